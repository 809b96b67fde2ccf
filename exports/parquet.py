#: parquet / pandas, DuckDB, Spark
"""Parquet: nodes/KIND.parquet and edges/RELATION.parquet, with the types of the ontology."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from ..graph.schema import schema
from ..graph.table_file import TableFile
from ..state.state import State, edge_schema
from . import Written

__all__ = ["write"]

_ROWS = 1 << 17


def write(state: State, folder: Path) -> Written:
    """Writes a table per kind (its properties) and per relation (the ends, then its properties)."""
    nodes = edges = 0
    for kind in state.kinds:
        layout = pa.schema([pa.field(p.name, p.arrow) for p in schema().node_properties(kind)])
        nodes += _write(
            folder / f"nodes/{kind}.parquet", layout, state.node_batches(kind, rows=_ROWS)
        )
    for relation in state.relations:
        batches = state.edge_batches(relation, rows=_ROWS)
        edges += _write(folder / f"edges/{relation}.parquet", edge_schema(relation), batches)
    return Written(nodes, edges)


def _write(file: Path, layout: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    file.parent.mkdir(exist_ok=True)
    rows = 0
    with TableFile(file, layout) as writer:
        for batch in batches:
            writer.write_batch(batch.cast(layout))
            rows += batch.num_rows
    return rows
