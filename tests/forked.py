"""Processes that a test may kill, in a state in which they need not read the package first: forks of one that has.

A command takes as long as ours; a new interpreter would spend most of that on imports, and tests of kills and of bad
files start dozens.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "forked",
        "stackholder.pipeline",
        "stackholder.cli.build",
        "stackholder.graph.engine",
        "ibis.backends.duckdb",
    ]
)


def started(target: Callable[..., None], *arguments: Any) -> BaseProcess:
    """A process that calls a function of a module that lies in `tests/`; it ends with the tests at the latest."""
    process = _FORKS.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def pipe() -> tuple[Any, Any]:
    """Both ends of a pipe for `started`."""
    return _FORKS.Pipe()


def command(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """What `stackholder WORDS` does in a folder, without a word; SIGINT reaches it as a terminal's child."""
    from stackholder.cli import run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.update(environment)
    tempfile.tempdir = None
    with Path(os.devnull).open("r+b") as nothing:
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    with contextlib.suppress(BrokenPipeError):
        raise SystemExit(run(list(words)))
