"""Text of whole columns at once: what the writers of N-Triples, GraphML and CSV are made of.

All functions take and give Arrow arrays of one length. A null stays null, so that a fragment of a line vanishes with
its value; `line` puts fragments together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    Array: TypeAlias = pa.Array[Any] | pa.ChunkedArray[Any]

__all__ = ["encoded", "fragment", "line", "plain", "repeated", "replaced", "utf8"]


def plain(column: Array) -> Array:
    """Each value as text: numbers in their shortest form, true/false, ISO dates, times in UTC with a Z."""
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_timestamp(kind):
        return repeated(column, _times)
    if pa.types.is_date(kind):
        return repeated(column, lambda dates: dates.cast(pa.string()))
    return column.cast(pa.string())


def _times(column: Array) -> Array:
    texts = [
        None if t is None else t.isoformat(timespec="microseconds").replace("+00:00", "Z")
        for t in column.to_pylist()
    ]
    return pa.array(texts, pa.string())


def repeated(column: Array, change: Callable[[Array], Array]) -> Array:
    """Applies `change` to each different value once, and spreads what it gives."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = whole.dictionary_encode()
    return change(encoded.dictionary).take(encoded.indices)


def encoded(column: Array, change: Callable[[Array], Array]) -> Array:
    """As `repeated` where few values occur often, else directly."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if len(whole) > 1000 and pc.count_distinct(whole[:1000]).as_py() < 100:
        return repeated(whole, change)
    return change(whole)


def replaced(column: Array, *pairs: tuple[str, str]) -> Array:
    """Replaces characters, each pass only where one of them occurs at all."""
    data = utf8(column)
    for old, new in pairs:
        if old.encode() in data:
            column = pc.replace_substring(column, old, new)
    return column


def utf8(column: Array) -> bytes:
    """The bytes of all values of a column of texts, one after the other, copied at once."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    _, offsets, data = whole.buffers()
    if not len(whole) or data is None:
        return b""
    bounds = pa.Array.from_buffers(pa.int32(), len(whole) + 1, [None, offsets], offset=whole.offset)
    return bytes(memoryview(data)[bounds[0].as_py() : bounds[-1].as_py()])


def fragment(*parts: str | Array) -> Array:
    """Joins texts and columns; null where a column is null."""
    return pc.binary_join_element_wise(*parts, "", null_handling="emit_null")


def line(*fragments: str | Array) -> Array:
    """Joins fragments; one that is null vanishes."""
    return pc.binary_join_element_wise(*fragments, "", null_handling="replace", null_replacement="")
