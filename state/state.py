"""A state: a snapshot as it stood on one date, with the computed relations of that date beside it.

    states/HASH/DATE/  manifest.json  edges/RELATION.parquet  computed/RELATION.parquet   (nodes: those of the snapshot)

Stores and exports are made from a state and from nothing else. It can be thrown away and made again.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..graph.schema import schema
from ..graph.snapshot import ENDS, Snapshot

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ENDS", "HISTORY", "State", "edge_schema", "holds", "in_force"]

HISTORY: Final = "history"
"""Name of the state that holds every edge of every date."""


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """A projected state.

    Attributes:
        folder: Where it lies.
        snapshot: Of which it is the state.
        as_of: On which date; None = every edge of every date, without computed relations.
    """

    folder: Path
    snapshot: Snapshot
    as_of: datetime.date | None

    @classmethod
    def open(cls, folder: Path, snapshot: Snapshot) -> State:
        """Opens a state that was made before."""
        date = json.loads((folder / "manifest.json").read_text())["as_of"]
        return cls(folder, snapshot, datetime.date.fromisoformat(date) if date else None)

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

    def nodes(self, kind: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The nodes of a kind. columns: node, then its properties."""
        import pyarrow.parquet as pq

        names = columns or ["node", *(p.name for p in schema().node_properties(kind))]
        return pq.read_table(self.node_file(kind), columns=list(names))

    def edges(self, relation: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The edges of a relation. columns: the ends, then its properties."""
        import pyarrow as pa

        tables = list(self.edge_batches(relation, columns))
        return (
            pa.Table.from_batches(tables, schema=tables[0].schema)
            if tables
            else edge_schema(relation)
            .empty_table()
            .select(list(columns or edge_schema(relation).names))
        )

    def edge_batches(
        self, relation: str, columns: Sequence[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The edges of a relation, streamed."""
        import pyarrow.parquet as pq

        names = list(columns or edge_schema(relation).names)
        for file in self.edge_files(relation):
            for batch in pq.ParquetFile(file).iter_batches(columns=names):
                yield batch.select(names)

    def history(self, relation: str) -> pa.Table:
        """The statements of a relation of every date, in force or not. columns: as of `edges`."""
        import pyarrow.parquet as pq

        if not self.snapshot.edges.get(relation):
            return edge_schema(relation).empty_table()
        table = pq.read_table(self.snapshot.file(relation), columns=edge_schema(relation).names)
        return table.cast(edge_schema(relation))

    @property
    def edge_count(self) -> int:
        """Number of edges of all relations."""
        import pyarrow.parquet as pq

        return sum(pq.read_metadata(f).num_rows for r in self.relations for f in self.edge_files(r))

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
    snapshot: Snapshot, relation: str, as_of: datetime.date | None
) -> Iterator[pa.RecordBatch]:
    """The edges of a snapshot that hold on a date, streamed; those with unknown dates hold always.

    Args:
        snapshot: The snapshot.
        relation: The relation.
        as_of: The date; None = every edge.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    names = edge_schema(relation).names
    for batch in pq.ParquetFile(snapshot.file(relation)).iter_batches(columns=names):
        if as_of is None:
            yield batch.select(names)
            continue
        begun = pc.fill_null(pc.less_equal(batch["valid_from"], as_of), True)
        lasting = pc.fill_null(pc.greater(batch["valid_to"], as_of), True)
        standing = pc.not_equal(batch["status"], "retracted")
        yield batch.select(names).filter(pc.and_(pc.and_(begun, lasting), standing))


def holds(edges: pa.Table | pa.RecordBatch, day: datetime.date) -> pa.Array:
    """Which edges hold on a day: begun, not over, not retracted; unknown dates are no bound."""
    import pyarrow.compute as pc

    begun = pc.fill_null(pc.less_equal(edges["valid_from"], day), True)
    lasting = pc.fill_null(pc.greater(edges["valid_to"], day), True)
    return pc.and_(pc.and_(begun, lasting), pc.not_equal(edges["status"], "retracted"))
