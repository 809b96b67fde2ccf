"""The state is the only door to what a snapshot holds: behind it nobody opens a Parquet file."""

from __future__ import annotations

import re
from pathlib import Path

import stackholder

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
