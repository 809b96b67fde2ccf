"""Exports: a state written in a foreign format, streamed, whole or not at all.

A module of this package is an exporter where it begins with a line for each format that it writes, and being there
registers it:

    #: NAME SUFFIX WHAT IT IS FOR        the usual end of the name of its file; `/` where it is a folder

It has a function `write(state, target, **options)`, which gets an open binary stream, or an empty folder, and says what
it has `Written`. `objects.to_networkx` gives a graph object; the module `subgraph` a part of a state to export.
"""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import json
import time
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import StackholderError, UsageError
from ..graph.schema import schema
from .atomic import MANIFEST, new_file, new_folder

if TYPE_CHECKING:
    from ..state.state import State

__all__ = ["FORMATS", "ExportReport", "Format", "Written", "export", "origin"]

_MARK: Final = "#: "


@dataclasses.dataclass(frozen=True, slots=True)
class Format:
    """A foreign format.

    Attributes:
        module: Module of this package that writes it.
        suffix: Usual end of the name of its file; empty when it is a folder.
        summary: What it is for.
    """

    module: str
    suffix: str
    summary: str

    @property
    def folder(self) -> bool:
        """Whether it is a folder of files."""
        return not self.suffix


def _declared() -> Iterator[tuple[str, Format]]:
    """The formats that the modules of this package declare in their first lines."""
    for file in resources.files(__name__).iterdir():
        if file.name.endswith(".py"):
            with file.open(encoding="utf-8") as lines:
                for line in itertools.takewhile(lambda line: line.startswith(_MARK), lines):
                    name, suffix, summary = line.removeprefix(_MARK).strip().split(" ", 2)
                    module = file.name.removesuffix(".py")
                    yield name, Format(module, suffix.removeprefix("/"), summary)


FORMATS: Final[Mapping[str, Format]] = dict(sorted(_declared()))
"""Every format by its name."""


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """What a writer has written.

    Attributes:
        nodes: How many.
        edges: How many.
        stripped: Characters left out because the format cannot hold them.
        notes: What the user should know.
    """

    nodes: int
    edges: int
    stripped: int = 0
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export has done.

    Attributes:
        format: Name of the format.
        path: Where it lies.
        nodes: How many were written.
        edges: How many were written.
        stripped: Characters left out because the format cannot hold them.
        seconds: How long it took.
        notes: What the user should know: how to go on, and what was left out.
    """

    format: str
    path: Path
    nodes: int
    edges: int
    stripped: int
    seconds: float
    notes: tuple[str, ...]


def export(state: State, format: str, target: Path, **options: Any) -> ExportReport:  # noqa: A002 - the field's term
    """Writes a state in a foreign format.

    Args:
        state: The state.
        format: One of `FORMATS`.
        target: The file or folder. What an earlier export wrote there is replaced, at the end and in one step.
        options: Of the format; `graphml` has `flavor`.

    Raises:
        UsageError: There is no such format, or the target cannot be replaced.
        StackholderError: It could not be written; nothing is left of it.
    """
    if format not in FORMATS:
        raise UsageError(f"there is no format {format!r}", hint=f"one of: {', '.join(FORMATS)}")
    chosen = FORMATS[format]
    write = importlib.import_module(f".{chosen.module}", __name__).write
    clock = time.monotonic()
    written: Written
    try:
        if chosen.folder:
            with new_folder(target) as folder:
                written = write(state, folder, **options)
                _list(state, format, folder)
        else:
            with new_file(target) as stream:
                written = write(state, stream, **options)
    except OSError as error:
        raise StackholderError(
            f"nothing was exported: {error.strerror or error}",
            where=str(target),
            hint="make room there, or name another place",
        ) from error
    seconds = round(time.monotonic() - clock, 3)
    notes = (*written.notes, *getattr(state, "notes", ()))
    return ExportReport(
        format, target, written.nodes, written.edges, written.stripped, seconds, notes
    )


def origin(state: State) -> str:
    """What a state is, in one line."""
    date = state.as_of.isoformat() if state.as_of else "every date"
    return f"Stackholder: snapshot {state.snapshot.hash}, as of {date}, ontology {schema().version}"


def _list(state: State, format: str, folder: Path) -> None:  # noqa: A002 - the field's term
    """Writes which files belong to an exported folder."""
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    manifest = {
        "format": format,
        "snapshot": state.snapshot.hash,
        "as_of": state.as_of and state.as_of.isoformat(),
        "ontology": schema().version,
        "files": files,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
