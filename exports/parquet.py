#: parquet / pandas, DuckDB, Spark
"""Parquet: nodes/KIND.parquet and edges/RELATION.parquet, with the types of the ontology."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..graph.schema import schema
from ..state.state import State, edge_schema
from . import Written
from .columns import edge_batches, node_batches

__all__ = ["write"]

_ROWS = 1 << 17


def write(state: State, folder: Path) -> Written:
    """Writes a table per kind (its properties) and per relation (the ends, then its properties)."""
    nodes = edges = 0
    for kind in state.kinds:
        layout = pa.schema([pa.field(p.name, p.arrow) for p in schema().node_properties(kind)])
        nodes += _write(folder / f"nodes/{kind}.parquet", layout, node_batches(state, kind, _ROWS))
    for relation in state.relations:
        batches = edge_batches(state, relation, _ROWS)
        edges += _write(folder / f"edges/{relation}.parquet", edge_schema(relation), batches)
    return Written(nodes, edges)


def _write(file: Path, layout: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    file.parent.mkdir(exist_ok=True)
    rows = 0
    with pq.ParquetWriter(file, layout, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch.cast(layout))
            rows += batch.num_rows
    return rows
