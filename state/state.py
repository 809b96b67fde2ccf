"""A state: a snapshot as it stood on one date, with the computed relations of that date beside it.

    states/HASH/DATE/  manifest.json  edges/RELATION.parquet  computed/RELATION.parquet   (nodes: those of the snapshot)

Stores and exports are made from a state and from nothing else. It can be thrown away and made again.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..graph.schema import schema
from ..graph.snapshot import ENDS, Snapshot
from ..graph.table_file import batches, column_names, plain_rows, read_table, row_count
from .strengths import parameters

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc

__all__ = ["ENDS", "HISTORY", "State", "edge_schema", "holds", "in_force"]

_ROWS: Final = 1 << 13
HISTORY: Final = "history"
"""Name of the state that holds every edge of every date."""


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """A projected state.

    Attributes:
        folder: Where it lies.
        snapshot: Of which it is the state.
        as_of: On which date; None = every edge of every date, without computed relations.
        strengths: The parameters of power that its computed relations follow.
    """

    folder: Path
    snapshot: Snapshot
    as_of: datetime.date | None
    strengths: Mapping[str, Any] = dataclasses.field(
        default_factory=parameters, repr=False, compare=False, kw_only=True
    )

    @property
    def kinds(self) -> list[str]:
        """The kinds that have nodes, in the order of the schema."""
        return [k for k in schema().kinds if self.snapshot.nodes.get(k)]

    @property
    def relations(self) -> list[str]:
        """The relations that have edges, in the order of the schema."""
        return [r for r in schema().relations if self.edge_files(r)]

    def node_file(self, kind: str) -> Path:
        """The Parquet file of the nodes of a kind."""
        return self.snapshot.file(kind)

    def edge_files(self, relation: str) -> list[Path]:
        """The Parquet files of the edges of a relation: asserted, computed, or both."""
        files = [self.folder / part / f"{relation}.parquet" for part in ("edges", "computed")]
        return [f for f in files if f.exists()]

    def nodes(
        self, kind: str, columns: Sequence[str] | None = None, **wanted: Collection[str]
    ) -> pa.Table:
        """The nodes of a kind, which has some.

        Args:
            kind: The kind.
            columns: None = node, then its properties.
            wanted: By column: only nodes with one of these texts there.
        """
        names = columns or ["node", *(p.name for p in schema().node_properties(kind))]
        return read_table(self.node_file(kind), names, wanted)

    def edges(
        self, relation: str, columns: Sequence[str] | None = None, **wanted: Collection[str]
    ) -> pa.Table:
        """The edges of a relation.

        Args:
            relation: The relation; it may have none.
            columns: None = the ends, then its properties.
            wanted: By column: only edges with one of these texts there.
        """
        return self._edges(relation, columns, wanted)

    def edges_at(
        self, entity: str, relation: str, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """The edges of a relation that lead from or to an entity. columns: as of `edges`."""
        return self._edges(relation, columns, {"source": [entity], "target": [entity]}, either=True)

    def _edges(
        self,
        relation: str,
        columns: Sequence[str] | None,
        wanted: Mapping[str, Collection[str]],
        *,
        either: bool = False,
    ) -> pa.Table:
        import pyarrow as pa

        names = list(columns or edge_schema(relation).names)
        files = self.edge_files(relation)
        tables = [read_table(file, names, wanted, either=either) for file in files]
        empty = pa.Table.from_batches([], edge_schema(relation)).select(names)
        return pa.concat_tables([empty, *tables])

    def node_batches(
        self, kind: str, columns: Sequence[str] | None = None, rows: int = _ROWS
    ) -> Iterator[pa.RecordBatch]:
        """The nodes of a kind, streamed. columns: its properties, or those asked for."""
        names = columns or [p.name for p in schema().node_properties(kind)]
        return batches(self.node_file(kind), names, rows)

    def edge_batches(
        self, relation: str, columns: Sequence[str] | None = None, rows: int = _ROWS
    ) -> Iterator[pa.RecordBatch]:
        """The edges of a relation, streamed. columns: the ends, then its properties, or those asked for."""
        for file in self.edge_files(relation):
            yield from batches(file, columns or edge_schema(relation).names, rows)

    def current(
        self, relation: str, *columns: str, **wanted: Collection[str]
    ) -> list[dict[str, Any]]:
        """The edges of a relation that nobody disputes: ends, key, confidence, status, and some properties."""
        names = [*ENDS, "key", "confidence", "status", *columns]
        return plain_rows(self.edges(relation, names, status=["current"], **wanted))

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Name by id; what is not in the graph goes by its id."""
        names = {i: i for i in sorted(set(ids))}
        slugs = {schema().kinds[kind].slug: kind for kind in self.kinds}
        for slug in dict.fromkeys(i.partition("/")[0] for i in names):
            if slug in slugs:
                table = self.nodes(slugs[slug], ["id", "name"], id=names)
                names |= zip(table["id"].to_pylist(), table["name"].to_pylist(), strict=True)
        return names

    def history(self, relation: str, **wanted: Collection[str]) -> pa.Table:
        """The statements of a relation of every date, in force or not. columns, wanted: as of `edges`."""
        layout = edge_schema(relation)
        if not self.snapshot.edges.get(relation):
            return layout.empty_table()
        return self.snapshot.table(relation, layout.names, **wanted).cast(layout)

    def count(self, relation: str) -> int:
        """Number of edges of a relation."""
        return sum(map(row_count, self.edge_files(relation)))

    @property
    def edge_count(self) -> int:
        """Number of edges of all relations."""
        return sum(map(self.count, self.relations))

    @property
    def node_count(self) -> int:
        """Number of nodes of all kinds."""
        return sum(self.snapshot.nodes.values())


def edge_schema(relation: str) -> pa.Schema:
    """The Arrow schema of the edges of a relation. columns: the ends, then its properties."""
    import pyarrow as pa

    ends = [pa.field(name, pa.string()) for name in ENDS]
    return pa.schema(
        [*ends, *(pa.field(p.name, p.arrow) for p in schema().edge_properties(relation))]
    )


def in_force(
    snapshot: Snapshot,
    relation: str,
    as_of: datetime.date | None,
    columns: Sequence[str] | None = None,
) -> Iterator[pa.RecordBatch]:
    """The edges of a snapshot that hold on a date (see `holds`), streamed, each key once.

    What two partitions of a loader state under one key, such as a history that was read as a bundle and as a table,
    stands once: the reading with the greater numbers, then the first partition by name.

    Args:
        snapshot: The snapshot.
        relation: The relation.
        as_of: The date; None = every edge.
        columns: Of the snapshot's file; None = the ends and the properties.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    names = list(columns or edge_schema(relation).names)
    wanted = holds(relation, as_of) if as_of else None
    repeated = _repeated_keys(snapshot, relation)
    numbers = [
        p.name
        for p in schema().relations[relation].properties
        if p.type in {"integer", "double"} and not p.identity
    ]
    bounds = ("valid_from", "valid_to", "status")
    needed = dict.fromkeys((*names, *bounds, *(("key", "partition", *numbers) if repeated else ())))
    readings: list[pa.RecordBatch] = []
    file, layout = snapshot.file(relation), edge_schema(relation)
    columns_there = set(column_names(file))
    there = [name for name in needed if name in columns_there]
    for batch in batches(file, there, 1 << 16):
        standing = batch if wanted is None else batch.filter(wanted)
        for name in needed.keys() - there:  # of a snapshot that is older than the property
            nulls = pa.nulls(standing.num_rows, layout.field(name).type)
            standing = standing.append_column(name, nulls)
        if repeated:
            several = pc.is_in(standing["key"], repeated)
            readings.append(standing.filter(several))
            standing = standing.filter(pc.invert(several))
        yield standing.select(names)
    if readings:
        table = pa.Table.from_batches(readings)
        order = [("key", "ascending"), *((n, "descending") for n in numbers)]
        table = table.sort_by([*order, ("partition", "ascending")])
        first = table.append_column("row", pa.array(range(table.num_rows)))
        rows = first.group_by("key", use_threads=False).aggregate([("row", "min")])["row_min"]
        yield from table.take(rows).select(names).combine_chunks().to_batches()


def _repeated_keys(snapshot: Snapshot, relation: str) -> pa.Array | None:
    """The keys that several partitions of one loader state; None where no loader has several with the relation."""
    import pyarrow.compute as pc

    loaders = [ledger.loader for ledger in snapshot.ledgers if relation in ledger.edges]
    if len(loaders) == len(set(loaders)):
        return None
    counts = pc.value_counts(snapshot.table(relation, ["key"])["key"])
    return counts.field("values").filter(pc.greater(counts.field("counts"), 1))


def holds(relation: str, day: datetime.date) -> pc.Expression:
    """Whether an edge of a relation holds on a day: the one as-of predicate, for tables, batches and files.

    It has begun, is not over, and is not retracted; unknown dates are no bound. What happened stays a fact: an edge of
    an event (`Relation.event`) is never over.

    Returns:
        An expression over the columns valid_from, valid_to and status, e.g. for `Table.filter`.
    """
    import pyarrow.compute as pc

    begins, ends = pc.field("valid_from"), pc.field("valid_to")
    standing = (begins.is_null() | (begins <= day)) & (pc.field("status") != "retracted")
    if schema().relations[relation].event:
        return standing
    return standing & (ends.is_null() | (ends > day))
