"""What a state is made of: the edges in force on its date, and the relations that follow from them.

Computed relations lie apart from asserted ones (rule R7). They belong to a date and not to the snapshot, since votes,
offers and rosters change: the power of a seat is that of the roster on the day.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..graph.schema import schema
from ..graph.snapshot import Snapshot
from ..graph.table_file import TableFile, read_table, write_table
from ..measures.majority import Controlled, Stake, groups, majority_control
from .contributions import contributions
from .deciding import stated_votes
from .dependencies import lifted
from .offers import lines_offered
from .state import ENDS, State, edge_schema, holds, in_force

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["compute", "project"]

_THRESHOLD: Final = 0.5


def project(snapshot: Snapshot, as_of: datetime.date | None, folder: Path) -> None:
    """Writes `edges/…`: the edges in force on a date; None = all."""
    (folder / "edges").mkdir()
    for relation in snapshot.edges:
        with TableFile(folder / f"edges/{relation}.parquet", edge_schema(relation)) as writer:
            for batch in in_force(snapshot, relation, as_of):
                writer.write_batch(batch.cast(edge_schema(relation)))


def compute(state: State) -> None:
    """Writes `computed/…`: each relation from what was computed before it."""
    (state.folder / "computed").mkdir()
    computation = _Computation(state)
    computation.depend()
    computation.offer()
    computation.contribute()
    computation.power(computation.own())


class _Computation:
    """The steps of one state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def _write(self, relation: str, table: pa.Table) -> None:
        write_table(table, self._state.folder / f"computed/{relation}.parquet")

    def depend(self) -> None:
        """Lifts dependencies of packages to frameworks."""
        publishes, depends_on = self._state.edges("PUBLISHES"), self._state.edges("DEPENDS_ON")
        if not (publishes.num_rows and depends_on.num_rows):
            return
        import ibis

        from ..graph.engine import engine

        with engine() as connection:
            dependencies = connection.to_pyarrow(
                lifted(ibis.memtable(publishes), ibis.memtable(depends_on))
            )
        self._write("DEPENDS_ON", _completed("DEPENDS_ON", dependencies))

    def offer(self) -> None:
        """Lifts offers of chips to their product lines."""
        import pyarrow as pa

        if "Processor" not in self._state.kinds:
            return
        columns = ("status", "confidence", "source_ids", "licence", "recorded_at")
        offers = self._state.edges("OFFERS", [*ENDS, *columns, "valid_from", "valid_to"])
        rows = lines_offered(
            self._state.nodes("Processor", ["id", "name", "series"]).to_pylist(),
            (row for row in offers.to_pylist() if row["target_kind"] == "Processor"),
        )
        table = pa.Table.from_pylist(rows, schema=edge_schema("OFFERS"))
        self._write("OFFERS", _completed("OFFERS", table))

    def contribute(self) -> None:
        """Employers and shares of work. Counts made here go before those made elsewhere; what is published stays."""
        import pyarrow as pa
        import pyarrow.compute as pc

        day = self._state.as_of
        if day is None:
            return
        found = contributions(self._state.snapshot, day)
        for relation, table in found.items():
            counted = _completed(relation, table)
            self._write(relation, counted.filter(holds(relation, day)))
        stated = self._state.folder / "edges/CONTRIBUTION_SHARE.parquet"
        if found and stated.exists():
            published = read_table(stated)
            ours = found["CONTRIBUTION_SHARE"]["target"].combine_chunks().cast(pa.string())
            elsewhere = pc.and_(
                pc.is_in(published["target"], ours), pc.equal(published["method"], "computed")
            )
            write_table(published.filter(pc.invert(elsewhere)), stated)

    def own(self) -> list[Controlled]:
        """The majority fixpoint over votes."""
        import pyarrow as pa

        votes = ("votes", "votes_above", "votes_at_least", "votes_at_most")
        rows = self._state.current("OWNS", *votes, "source_ids", "licence", "recorded_at")
        kinds = {r[end]: r[f"{end}_kind"] for r in rows for end in ("source", "target")}
        controlled = majority_control(
            (Stake(r["source"], r["target"], stated_votes(r), r["votes_at_most"]) for r in rows),
            _THRESHOLD,
        )
        stakes: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            stakes.setdefault(row["target"], []).append(row)
        edges = [
            {
                "source_kind": kinds[c.controller],
                "source": c.controller,
                "target_kind": kinds[c.controlled],
                "target": c.controlled,
                "threshold": _THRESHOLD,
                "certainty": "sure" if c.sure else "possible",
                "confidence": min(r["confidence"] for r in stakes[c.controlled]),
                "source_ids": sorted({i for r in stakes[c.controlled] for i in r["source_ids"]}),
                "licence": min(r["licence"] for r in stakes[c.controlled]),
                "recorded_at": max(r["recorded_at"] for r in stakes[c.controlled]),
            }
            for c in controlled
        ]
        found = pa.Table.from_pylist(edges, schema=edge_schema("ULTIMATELY_CONTROLS"))
        self._write("ULTIMATELY_CONTROLS", _completed("ULTIMATELY_CONTROLS", found))
        return controlled

    def power(self, controlled: list[Controlled]) -> None:
        """The five powers: hops of control paths, and what a party can do by all its ways together."""
        from .powers import Powers

        powers = Powers(self._state, groups(controlled), controlled)
        for relation, tables in (
            ("CONTROLS", powers.controls()),
            ("HAS_POWER", powers.has_power()),
        ):
            file = self._state.folder / f"computed/{relation}.parquet"
            with TableFile(file, edge_schema(relation)) as writer:
                for table in tables:
                    writer.write_table(table)


def _completed(relation: str, table: pa.Table) -> pa.Table:
    """A computed table in the layout of its relation, with keys made of its content."""
    import pyarrow as pa

    layout = edge_schema(relation)
    count = table.num_rows
    identity = [p.name for p in schema().relations[relation].properties if p.identity]
    parts = table.select([*ENDS, *(i for i in identity if i in table.column_names)]).to_pylist()
    keys = [
        hashlib.md5(json.dumps([relation, *p.values()]).encode(), usedforsecurity=False).hexdigest()
        for p in parts
    ]
    standing = {
        "key": pa.array(keys, pa.string()),
        "method": pa.repeat("computed", count),
        "status": pa.repeat("current", count),
        "confidence": pa.repeat(1.0, count),
    }

    def column(field: pa.Field) -> pa.Array:
        if field.name in table.column_names and not (
            field.name in standing and table[field.name].null_count == count
        ):
            return table[field.name].cast(field.type)
        return standing.get(field.name, pa.nulls(count, field.type))

    return pa.table([column(f) for f in layout], schema=layout)
