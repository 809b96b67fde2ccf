"""What holds for all tests: their marks, the order in which they run, and what is dear to prepare, prepared once."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from effort import Effort, add_options, choose_seed, effort_of, figures, header
from hypothesis import settings
from starter import built_home, contents, copied
from xdist.scheduler import LoadFileScheduling

FOLDER = Path(__file__).parent
JAVA = frozenset({"needs_java", "neo4j_server", "fuseki_server"})
"""Fixtures that start Java; whatever asks for one of them, through whichever other, is marked `server`."""
SLOW = frozenset({"serving", "shop"})
"""Fixtures with which a test waits for processes: a server of ours, or the commands of the docs."""
ASKS_JAVA = re.compile("needs_java|(neo4j|fuseki)_server|empty_(neo4j|fuseki)")

settings.register_profile("patient", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=25)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    choose_seed(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    return header(config)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures of a soak, for the notes of a release."""
    if not terminalreporter.config.getoption("soak"):
        return
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]
    terminalreporter.section(str(header(terminalreporter.config)))
    for name, total in sorted(figures(reports).items()):
        terminalreporter.write_line(f"{total:>12,.6g}  {name}")


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_disks() -> Iterator[None]:
    """No test cuts the power: in this process nothing waits until it lies on the disk, of which builds do a lot."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(scope="session")
def effort(pytestconfig: pytest.Config) -> Effort:
    """How much this run tries."""
    return effort_of(pytestconfig)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs Java or a browser; files that take longest begin first, so that no core waits at the end."""
    for item in items:
        if JAVA & set(getattr(item, "fixturenames", ())):
            item.add_marker("server")
        if item.path.is_relative_to(FOLDER / "page"):
            item.add_marker("browser")
        if SLOW & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
        if "effort" in getattr(item, "fixturenames", ()):
            item.add_marker("soak")
    dear: dict[Path, set[str]] = {}
    for item in items:
        dear.setdefault(item.path, set()).update(mark.name for mark in item.iter_markers())
    items.sort(key=lambda item: _place_in_line(dear[item.path]))


def _place_in_line(marks: set[str]) -> int:
    return next((i for i, m in enumerate(("server", "browser", "slow")) if m in marks), 3)


@functools.cache
def asks_java(file: Path) -> bool:
    """Whether tests of a file need Neo4j or Fuseki."""
    return bool(ASKS_JAVA.search(file.read_text(encoding="utf-8")))


class Rooms(LoadFileScheduling):
    """Tests of one file share a process, and so do all that need a server, if they run: each starts once."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        without = "not server" in self.config.getoption("markexpr")
        return "servers" if not without and asks_java(self.config.rootpath / file) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Rooms:
    """What deals out the tests."""
    return Rooms(config, log)


@pytest.fixture(scope="session")
def starter_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home with the starter graph, which all tests of all processes share; they only read it."""
    home = built_home(tmp_path_factory)
    before = contents(home)
    yield home
    assert contents(home) == before, "a test wrote to the home that all share: it needs `own_home`"


@pytest.fixture
def own_home(starter_home: Path, tmp_path: Path) -> Path:
    """A copy of that home, to change."""
    return copied(starter_home, tmp_path / "home")
