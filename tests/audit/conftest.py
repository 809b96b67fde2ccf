"""The starter graph, built once; a small stack made by hand; and a way to type commands at both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import stackholder
from small_stack import EDGES, NODES
from stackholder.answers.graph import Graph
from stackholder.cli import run
from states import make_state


@dataclass(frozen=True)
class Said:
    """What a command gave."""

    code: int
    out: str
    err: str


Cli = Callable[..., Said]


@pytest.fixture(scope="session")
def starter(starter_home: Path) -> Iterator[Graph]:
    with stackholder.open(starter_home) as graph:
        yield graph


@pytest.fixture(scope="session")
def hand_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hand")
    make_state(folder, NODES, EDGES)
    return folder / "home"


@pytest.fixture(scope="session")
def hand(hand_home: Path) -> Iterator[Graph]:
    with stackholder.open(hand_home) as graph:
        yield graph


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command in this process, in an empty folder."""
    for name in [n for n in os.environ if n.startswith("STACKHOLDER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = run([str(a) for a in arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call
