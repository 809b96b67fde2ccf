"""Runs one loader into a home of its own, for the tests of loaders."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from stackholder.graph.claims import Ledger
from stackholder.graph.home import Home
from stackholder.pipeline import Input, run_loader

NOW = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Loaded:
    """What one run of a loader left in its partition."""

    ledger: Ledger
    folder: Path

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The claims of a kind or relation, each as a dictionary without nulls."""
        files = [self.folder / part / f"{name}.parquet" for part in ("nodes", "edges")]
        tables = [pq.read_table(f).to_pylist() for f in files if f.exists()]
        return [
            {k: v for k, v in row.items() if v is not None} for table in tables for row in table
        ]

    def triples(self, relation: str) -> set[tuple[str, str, str]]:
        """The edges of a relation as (source, relation, target)."""
        return {(r["source"], relation, r["target"]) for r in self.rows(relation)}

    def refusals(self) -> list[tuple[str, str, str]]:
        """The refused rows as (at, field, reason)."""
        return [
            (at, field, reason)
            for at, field, reason in json.loads((self.folder / "refused.json").read_text())
        ]


def load(
    home: Path,
    name: str,
    source: Path | str | None,
    label: str = "test",
    now: datetime.datetime = NOW,
    *,
    offline: bool = False,
) -> Loaded:
    """Runs the loader `name` over `source`: a file, a folder, or the address of an API."""
    item = Input(name, label, str(source or ""))
    ledger = run_loader(Home(home), item, now, offline=offline)
    folder = home / "claims" / name / label / "current"
    return Loaded(ledger, folder.resolve() if folder.exists() else folder)


def tally(loaded: Loaded) -> tuple[int, int, int, int]:
    """Rows, and of these given, refused and outside."""
    ledger = loaded.ledger
    outside = sum(ledger.skipped.values())
    assert ledger.rows == ledger.rows_given + ledger.rows_refused + outside
    return ledger.rows, ledger.rows_given, ledger.rows_refused, outside
