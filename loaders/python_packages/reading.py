"""Reads a list of Python packages in any format that we know: the one door for all who need one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from ...errors import SourceError
from ..documents import read_text
from .installing import dry_run
from .licences import Licence
from .lockfile import read_lockfile
from .packages import Dependency, Package, Packages
from .publishers import Publisher
from .report import Recorder, read_report
from .universal import read_poetry, read_uv

__all__ = ["Dependency", "Licence", "Package", "Packages", "Publisher", "Recorder", "read_packages"]

_HINT: Final = (
    "give a pip report or inspection (*.json), a requirements file (*.txt, *.in), pylock.toml, uv.lock or poetry.lock;"
    " to audit, a bill of CycloneDX or SPDX as well"
)


def read_packages(
    path: Path, record: Recorder = dict, *, resolve: Callable[[Path], str] = dry_run
) -> Packages:
    """The packages of a pip report or inspection, a requirements file (pip resolves it) or a lock file.

    Args:
        path: The file.
        record: Notes which fields are read (`Claims.record`).
        resolve: Gives pip's report of a requirements file.

    Raises:
        SourceError: It is missing, broken or of another format; says where, and what to do next.
    """
    if not path.is_file():
        raise SourceError("there is no such file", where=str(path), hint="look at the path")
    name = path.name.lower()
    if name.endswith(".json"):
        return read_report(read_text(path), path, record)
    if name.endswith((".txt", ".in")):
        return read_report(resolve(path), path, record)
    if name.endswith(".toml") and name.startswith("pylock"):
        return read_lockfile(read_text(path), path, record)
    if name.endswith(("uv.lock", ".py.lock")):
        return read_uv(path, record)
    if name.endswith("poetry.lock"):
        return read_poetry(path, record)
    raise SourceError(
        "a list of packages in a format that is not known", where=str(path), hint=_HINT
    )
