"""One state for the tests of all formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from odd_graph import EDGES, NODES, rows_of
from stackholder.graph.schema import schema
from stackholder.state.state import State
from states import make_state


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    """The state on the day of the tests, with its computed relations."""
    return make_state(tmp_path_factory.mktemp("state"), NODES, EDGES)


@pytest.fixture(scope="session")
def nodes(state: State) -> dict[str, dict[str, Any]]:
    """What the state says of each node by id, without nulls."""
    rows = (row for kind in schema().kinds for row in rows_of(state, kind))
    return {row["id"]: row for row in rows}


@pytest.fixture(scope="session")
def edges(state: State) -> dict[str, dict[str, Any]]:
    """What the state says of each edge by key, without nulls, and its relation as `:TYPE`."""
    return {
        row["key"]: {**row, ":TYPE": relation}
        for relation in schema().relations
        for row in rows_of(state, relation)
    }


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder for what is exported."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder
