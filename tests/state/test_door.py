"""The state is the only door to what a snapshot holds: behind it nobody opens a Parquet file."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import stackholder
from stackholder.graph.home import Home
from stackholder.graph.table_file import write_table
from stackholder.state.derivation import state_at
from states import make_state

ROOT = Path(stackholder.__file__).parent
ROOMS = {"graph", "loaders"}
"""Snapshots are written and read in `graph`; loaders read tables that others wrote."""


def test_only_the_graph_and_loaders_open_parquet() -> None:
    opening = {
        file.relative_to(ROOT).parts[0]
        for file in ROOT.rglob("*.py")
        if re.search(
            r"pyarrow\.parquet as|\bpq\.|\bread_parquet\(", file.read_text(encoding="utf-8")
        )
    }
    assert opening & ROOMS == ROOMS
    assert opening - ROOMS - {"tests", "benchmarks", "build"} == set()


def test_a_snapshot_that_is_older_than_a_property_is_read(tmp_path: Path) -> None:
    owns = {"source": ("Company", "a"), "target": ("Company", "b"), "votes": 0.6}
    snapshot = make_state(tmp_path, {}, {"OWNS": [owns]}).snapshot
    write_table(snapshot.table("OWNS").drop_columns("votes_at_most"), snapshot.file("OWNS"))
    state = state_at(Home(tmp_path / "home"), snapshot, datetime.date(2026, 1, 1))
    [row] = state.current("OWNS", "votes", "votes_at_most")
    assert (row["votes"], row["votes_at_most"]) == (0.6, None)
