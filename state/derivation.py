"""Makes the state of a snapshot at a date: its edges in force, and the relations computed from them.

Computed relations lie apart from asserted ones (rule R7). They belong to a date and not to the snapshot, since votes,
offers and rosters change: the power of a seat is that of the roster on the day.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..graph.home import Home, begin, publish
from ..graph.schema import schema
from ..graph.snapshot import Snapshot
from ..measures.majority import Controlled, Stake, groups, majority_control
from .contributions import contributions
from .deciding import stated_votes
from .dependencies import lifted
from .state import ENDS, HISTORY, State, edge_schema, holds, in_force
from .strengths import parameters

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["state_at"]

THRESHOLD = 0.5

_RULES = "4"
"""Version of what is computed: a state that another version made is made again."""


def state_at(home: Home, snapshot: Snapshot, as_of: datetime.date | None) -> State:
    """The state of a snapshot on a date, made now if it was not before.

    Args:
        home: Where states lie.
        snapshot: The snapshot.
        as_of: The date; None = every edge of every date.
    """
    strengths = parameters()
    made_by = {"strengths": strengths, "ontology": schema().version, "rules": _RULES}
    digest = hashlib.sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()[:8]
    name = as_of.isoformat() if as_of else HISTORY
    target = home.states / snapshot.hash / f"{name}-{digest}"
    if not (target / "manifest.json").exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = begin(target.parent)
        try:
            _project(snapshot, as_of, folder)
            if as_of is not None:
                _Derivation(State(folder, snapshot, as_of), strengths).run()
            manifest = {
                "snapshot": snapshot.hash,
                "as_of": as_of and as_of.isoformat(),
                "strengths": strengths["version"],
            }
            (folder / "manifest.json").write_text(json.dumps(manifest))
            publish(folder, target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return State.open(target, snapshot)


def _project(snapshot: Snapshot, as_of: datetime.date | None, folder: Path) -> None:
    from ..graph.table_file import TableFile

    (folder / "edges").mkdir()
    for relation in snapshot.edges:
        with TableFile(folder / f"edges/{relation}.parquet", edge_schema(relation)) as writer:
            for batch in in_force(snapshot, relation, as_of):
                writer.write_batch(batch.cast(edge_schema(relation)))


class _Derivation:
    """Computes the relations of one state, each from what was computed before it."""

    def __init__(self, state: State, strengths: Any) -> None:
        self._state = state
        self._strengths = strengths

    def run(self) -> None:
        """Writes `computed/…`."""
        (self._state.folder / "computed").mkdir()
        self._depend()
        self._contribute()
        self._power(self._own())

    def _write(self, relation: str, table: pa.Table) -> None:
        from ..graph.table_file import write_table

        write_table(table, self._state.folder / f"computed/{relation}.parquet")

    def _depend(self) -> None:
        """Lifts dependencies of packages to frameworks."""
        publishes, depends_on = self._state.edges("PUBLISHES"), self._state.edges("DEPENDS_ON")
        if not (publishes.num_rows and depends_on.num_rows):
            return
        import ibis

        from ..graph.engine import engine

        with engine() as connection:
            found = connection.to_pyarrow(
                lifted(ibis.memtable(publishes), ibis.memtable(depends_on))
            )
        self._write("DEPENDS_ON", _completed("DEPENDS_ON", found))

    def _contribute(self) -> None:
        """Employers and shares of work. Counts made here go before those made elsewhere; what is published stays."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        from ..graph.table_file import write_table

        day = self._state.as_of
        if day is None:
            return
        found = contributions(self._state.snapshot, day)
        for relation, table in found.items():
            counted = _completed(relation, table)
            self._write(relation, counted.filter(holds(relation, day)))
        stated = self._state.folder / "edges/CONTRIBUTION_SHARE.parquet"
        if found and stated.exists():
            told = pq.read_table(stated)
            ours = found["CONTRIBUTION_SHARE"]["target"].combine_chunks().cast(pa.string())
            elsewhere = pc.and_(
                pc.is_in(told["target"], ours), pc.equal(told["method"], "computed")
            )
            write_table(told.filter(pc.invert(elsewhere)), stated)

    def _own(self) -> list[Controlled]:
        """The majority fixpoint over votes."""
        import pyarrow as pa

        owns = self._state.edges(
            "OWNS",
            [
                *ENDS,
                "votes",
                "votes_above",
                "votes_at_least",
                "votes_at_most",
                "status",
                "confidence",
                "source_ids",
                "licence",
                "recorded_at",
            ],
        )
        rows = [r for r in owns.to_pylist() if r["status"] == "current"]
        kinds = {r[end]: r[f"{end}_kind"] for r in rows for end in ("source", "target")}
        controlled = majority_control(
            (Stake(r["source"], r["target"], stated_votes(r), r["votes_at_most"]) for r in rows),
            THRESHOLD,
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
                "threshold": THRESHOLD,
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

    def _power(self, controlled: list[Controlled]) -> None:
        """The five powers: hops of control paths, and what a party can do by all its ways together."""
        from ..graph.table_file import TableFile
        from .powers import Powers

        powers = Powers(self._state, self._strengths, groups(controlled), controlled)
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
