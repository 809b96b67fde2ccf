"""The relational engine: one place that opens it, bounded in memory, spilling to disk."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..settings import settings

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

__all__ = ["engine", "keep", "read"]

_LEAST_MB: Final = 512


@contextlib.contextmanager
def engine(rows: int = 0) -> Iterator[Backend]:
    """Opens DuckDB under Ibis for the length of a `with`.

    It may hold 512 MB before it spills to a temporary folder, or half a megabyte per thousand rows where that is more:
    what a join must pin grows with them. The setting `memory` goes before it.

    Args:
        rows: How many rows are to be read.
    """
    import ibis

    ours = settings()
    with tempfile.TemporaryDirectory(prefix="stackholder-") as spill:
        connection = ibis.duckdb.connect(
            memory_limit=ours.memory.value or f"{max(_LEAST_MB, rows // 2000)}MB",
            temp_directory=spill,
            max_temp_directory_size=ours.spill.value,
            preserve_insertion_order=False,
        )
        try:
            yield connection
        finally:
            connection.disconnect()


def read(connection: Backend, *files: Path) -> ir.Table:
    """The union of Parquet files of equal columns, as a table."""
    return connection.read_parquet([str(f) for f in files])


def keep(
    connection: Backend, name: str, rows: ir.Table | pa.Table | pa.RecordBatchReader
) -> ir.Table:
    """Computes a table once and keeps it in the engine under `name`; batches are streamed into it."""
    import ibis
    import ibis.expr.types as ir
    import pyarrow as pa

    if isinstance(rows, pa.RecordBatchReader):
        batches = connection.con.from_arrow(rows)
        batches.create(name)
        return connection.table(name)
    return connection.create_table(
        name, rows if isinstance(rows, ir.Table) else ibis.memtable(rows), temp=True
    )
