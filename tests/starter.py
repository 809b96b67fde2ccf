"""The starter graph: built once per run, whatever the number of processes, and read by all tests that need it.

Who opens it may add states and stores, which can be made again (`states/`, `cache/`); nothing else is written.
Who builds, judges or forgets gets a copy.
"""

from __future__ import annotations

import datetime
import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from stackholder.cli import run
from stackholder.graph.home import Home
from stackholder.graph.snapshot import Snapshot
from stackholder.state.derivation import state_at
from stackholder.state.state import State

REMADE = ("states", "cache")
"""What opening a graph may add to."""


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share, and no other run."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def once(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """What `make` puts at the path that it is given; the first process to ask makes it, the others wait."""
    target = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            draft = folder / f"{name}.draft"
            shutil.rmtree(draft, ignore_errors=True)
            make(draft)
            draft.rename(target)
    return target


def built_home(factory: pytest.TempPathFactory) -> Path:
    """The home with the starter graph, with its state of today and both embedded stores."""
    return once(run_folder(factory), "starter", _build)


def _build(home: Path) -> None:
    assert run(["build", "--home", str(home), "--quiet", "--format", "tsv"]) == 0


def contents(home: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of every file that no reader may touch."""
    files = sorted(f for f in home.rglob("*") if f.relative_to(home).parts[0] not in REMADE)
    return {str(f.relative_to(home)): (f.lstat().st_size, f.lstat().st_mtime_ns) for f in files}


def copied(home: Path, target: Path) -> Path:
    """A copy to write to."""
    return Path(shutil.copytree(home, target, symlinks=True))


def state_of(home: Path, day: datetime.date) -> State:
    """The state of its snapshot on a day."""
    where = Home(home)
    return state_at(where, Snapshot.open(where.current_snapshot()), day)
