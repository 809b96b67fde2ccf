"""Homes in which tests speak as any source, on the real road: claims, partition, snapshot, state."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from stackholder.answers.graph import Graph
from stackholder.graph.assembly import build_snapshot
from stackholder.graph.claims import Claims, Ledger, Source
from stackholder.graph.home import Home
from stackholder.graph.partition import settle
from stackholder.graph.snapshot import Snapshot

DAY = datetime.datetime(2026, 11, 24, 10, 30, tzinfo=datetime.UTC)
Rows = Mapping[str, Iterable[Mapping[str, Any]]]


class Place:
    """A home, and what sources say in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.home = Home(path)

    @contextmanager
    def speaking(
        self,
        loader: str = "hand",
        *,
        label: str = "test",
        rank: int = 50,
        day: datetime.datetime = DAY,
        origin: str = "by hand",
        expects: Mapping[str, tuple[int, int]] | None = None,
    ) -> Iterator[Claims]:
        """The claims of one run of a source, settled at the end unless the run broke off."""
        source = Source(
            id=loader,
            publisher=loader.title(),
            licence="CC0-1.0",
            homepage=f"https://example.org/{loader}",
            rank=rank,
            expects=expects or {},
        )
        place = self.home.claims / loader / label
        place.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
        claims = Claims(source, folder, label=label, origin=origin, now=day)
        yield claims
        settle(self.home, claims, day)

    def say(
        self,
        nodes: Rows = {},
        edges: Rows = {},
        loader: str = "hand",
        scope: str = "all",
        **how: Any,
    ) -> Ledger:
        """One finished run with one scope. Rows as in `states.make_state`."""
        with self.speaking(loader, **how) as claims, claims.scope(scope):
            give(claims, nodes, edges)
        return claims.ledger

    def partition(self, loader: str = "hand", label: str = "test") -> Path:
        """The folder of the claims in force."""
        return (self.home.claims / loader / label / "current").resolve()

    def rows(self, name: str, loader: str = "hand", label: str = "test") -> list[dict[str, Any]]:
        """The claims of a kind or relation in force in a partition, without nulls."""
        files = [self.partition(loader, label) / p / f"{name}.parquet" for p in ("nodes", "edges")]
        rows = [row for f in files if f.exists() for row in pq.read_table(f).to_pylist()]
        return [{k: v for k, v in row.items() if v is not None} for row in rows]

    def refusals(self, loader: str = "hand", label: str = "test") -> list[tuple[str, str, str]]:
        """The refused rows as (at, field, reason)."""
        rows = json.loads((self.partition(loader, label) / "refused.json").read_text())
        return [(at, field, reason) for at, field, reason in rows]

    def snapshot(self, *only: str) -> Snapshot:
        """The snapshot of all partitions in force, or those of some loaders."""
        with self.home.locked():
            return build_snapshot(self.home, only)

    def judge(self, *rows: tuple[str, str, str]) -> None:
        """Makes these the user's own judgements, and no others."""
        lines = ["left,right,judgement,who,when,why"]
        lines += [",".join((*row, "me", "2026-11-24", "looked")) for row in rows]
        self.home.judgements.write_text("\n".join(lines) + "\n")

    def ids(self, kind: str) -> set[str]:
        """The ids of the entities of a kind in the current snapshot."""
        file = Snapshot.open(self.home.current_snapshot()).file(kind)
        return set(pq.read_table(file, columns=["id"])["id"].to_pylist())

    def edges(self, relation: str) -> list[dict[str, Any]]:
        """The edges of a relation in the current snapshot, of every date, without nulls."""
        file = Snapshot.open(self.home.current_snapshot()).file(relation)
        rows = pq.read_table(file).to_pylist() if file.exists() else []
        return [{k: v for k, v in row.items() if v is not None} for row in rows]

    def graph(self) -> Graph:
        """The graph as a user opens it."""
        return Graph(self.home)


def give(claims: Claims, nodes: Rows, edges: Rows) -> None:
    """States rows in the open scope."""
    for kind, rows in nodes.items():
        for number, row in enumerate(rows):
            claims.node(kind, **{"at": f"{kind}:{number}", **row})
    for relation, rows in edges.items():
        for number, row in enumerate(rows):
            claims.edge(relation, **{"at": f"{relation}:{number}", **row})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty home."""
    return Place(tmp_path / "home")


@pytest.fixture
def another_place(tmp_path: Path) -> Callable[[], Place]:
    """Gives further empty homes, each at another path."""
    return lambda: Place(Path(tempfile.mkdtemp(dir=tmp_path)) / "deep" / "home")
