"""Parquet files: written compressed alike, and quiet where the disk is full; read whole, in part, or in batches.

To read needs no pandas, which PyArrow imports as soon as it is given a Python value (`pa.array`, `pa.scalar`, a literal
of an expression) or a time with a zone: half the start of a short command.
"""

from __future__ import annotations

import array
import datetime
import functools
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

__all__ = [
    "TableFile",
    "batches",
    "column_names",
    "numbers",
    "plain_rows",
    "read_table",
    "row_count",
    "texts",
    "write_table",
]

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


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


def read_table(
    file: Path,
    columns: Sequence[str] | None = None,
    wanted: Mapping[str, Collection[str]] | None = None,
    *,
    either: bool = False,
) -> pa.Table:
    """Some columns of a file, in that order.

    Args:
        file: The file.
        columns: None = all.
        wanted: By column: only rows with one of these texts there.
        either: Whether one of these columns is enough.
    """
    opened = pq.ParquetFile(file)
    names = opened.schema_arrow.names if columns is None else list(columns)
    if not wanted:
        return opened.read(names).select(names)
    values = {name: texts(sorted(set(allowed))) for name, allowed in wanted.items()}
    parts = [pa.Table.from_batches([], opened.schema_arrow).select(names)]
    for group in range(opened.num_row_groups):
        tested = opened.read_row_group(group, list(values))
        hits = [pc.is_in(tested[name], value_set=allowed) for name, allowed in values.items()]
        mask = functools.reduce(pc.or_ if either else pc.and_, hits)
        if pc.any(mask).as_py():
            parts.append(opened.read_row_group(group, names).select(names).filter(mask))
    return pa.concat_tables(parts)


def batches(file: Path, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """Some columns of a file, streamed.

    Read by one thread and without reading ahead: each more would hold memory of its own.
    """
    opened = pq.ParquetFile(file, pre_buffer=False)
    for batch in opened.iter_batches(rows, columns=list(columns), use_threads=False):
        yield batch.select(list(columns))


def column_names(file: Path) -> list[str]:
    """The columns of a file."""
    names: list[str] = pq.read_schema(file).names
    return names


def row_count(file: Path) -> int:
    """The number of rows of a file."""
    return int(pq.read_metadata(file).num_rows)


def texts(values: Collection[str]) -> pa.StringArray:
    """An array of texts."""
    encoded = [value.encode() for value in values]
    offsets = array.array("i", itertools.accumulate(map(len, encoded), initial=0))
    return pa.StringArray.from_buffers(
        len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))
    )


def numbers(values: NDArray[np.int64]) -> pa.Int64Array:
    """An array of whole numbers."""
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])


def plain_rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a table by name, as `to_pylist` gives them."""
    columns = {field.name: _values(table[field.name], field.type) for field in table.schema}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _values(column: pa.ChunkedArray, kind: pa.DataType) -> list[Any]:
    if not (pa.types.is_timestamp(kind) and kind.tz == "UTC" and kind.unit == "us"):
        values: list[Any] = column.to_pylist()
        return values
    microseconds = column.cast(pa.int64()).to_pylist()
    return [
        None if n is None else _EPOCH + datetime.timedelta(microseconds=n) for n in microseconds
    ]
