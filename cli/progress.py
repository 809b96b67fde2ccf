"""How far a build has come: one line on a terminal, nothing elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..pipeline import Watch

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["watching"]


@contextlib.contextmanager
def watching(*, quiet: bool) -> Iterator[Watch]:
    """A watch that draws on the terminal; a silent one where there is none, or where quiet is asked for."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield Notes(quiet=quiet)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _Line(progress)


class Notes(Watch):
    """Says only what a person would want to know, one line each."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def note(self, text: str) -> None:
        """Writes the note to stderr."""
        from .output import say

        say(text, quiet=self._quiet)


class _Line(Watch):
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def step(self, text: str) -> None:
        self._progress.reset(self._task, total=None, completed=0, description=text)

    def progress(self, done: int, total: int | None) -> None:
        self._progress.update(self._task, completed=done, total=total)

    def note(self, text: str) -> None:
        self._progress.console.print(text, markup=False, highlight=False)
