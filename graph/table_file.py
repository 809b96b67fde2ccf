"""Parquet files that this product writes: compressed alike, and quiet where the disk is full."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["TableFile", "write_table"]


class TableFile(pq.ParquetWriter):  # type: ignore[misc]
    """A Parquet file that is written piece by piece.

    Args:
        file: Where it goes; one that exists is written over.
        layout: Its columns.
    """

    def __init__(self, file: Path, layout: pa.Schema) -> None:
        super().__init__(file, layout, compression="zstd")

    def __del__(self) -> None:
        """Does nothing: what was not closed has failed, and a second attempt would only print that again."""


def write_table(table: pa.Table, file: Path) -> None:
    """Writes a whole table."""
    with TableFile(file, table.schema) as writer:
        writer.write_table(table)
