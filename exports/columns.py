"""Columns of a state, streamed, and their values as text in XML and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..graph.schema import schema
from ..graph.text import fragment, replaced, utf8
from ..state.state import State, edge_schema

if TYPE_CHECKING:
    from ..graph.text import Array

__all__ = [
    "batches",
    "edge_batches",
    "illegal_in_xml",
    "json_list",
    "json_text",
    "node_batches",
    "xml_text",
]

_ROWS: Final = 1 << 13
_HARMLESS: Final = bytes(b for b in range(256) if b >= 32 or b in b"\t\n\r")
_ILLEGAL_IN_XML: Final = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"


def node_batches(
    state: State, kind: str, rows: int = _ROWS, columns: Sequence[str] = ()
) -> Iterator[pa.RecordBatch]:
    """The nodes of a kind, streamed. columns: the properties of the kind, or those asked for."""
    names = columns or [p.name for p in schema().node_properties(kind)]
    yield from batches(state.node_file(kind), names, rows)


def edge_batches(
    state: State, relation: str, rows: int = _ROWS, columns: Sequence[str] = ()
) -> Iterator[pa.RecordBatch]:
    """The edges of a relation, streamed. columns: the ends, then its properties, or those asked for."""
    for file in state.edge_files(relation):
        yield from batches(file, columns or edge_schema(relation).names, rows)


def batches(file: Path, names: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """Some columns of a Parquet file, streamed.

    Read by one thread and without reading ahead: each more would hold memory of its own.
    """
    opened = pq.ParquetFile(file, pre_buffer=False)
    for batch in opened.iter_batches(rows, columns=list(names), use_threads=False):
        yield batch.select(list(names))


def illegal_in_xml(column: Array) -> int:
    """How many characters of these texts XML 1.0 cannot hold, not even escaped."""
    if not _is_odd(column):
        return 0
    return pc.sum(pc.count_substring_regex(column, _ILLEGAL_IN_XML)).as_py() or 0


def xml_text(column: Array) -> Array:
    """Texts as the content of an XML element, without what XML cannot hold."""
    if illegal_in_xml(column):
        column = pc.replace_substring_regex(column, _ILLEGAL_IN_XML, "")
    return replaced(column, ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))


def json_text(column: Array) -> Array:
    """Texts as JSON strings, in quotes."""
    plain = replaced(
        column, ("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")
    )
    if _is_odd(plain):
        odd = pc.fill_null(pc.match_substring_regex(plain, _ILLEGAL_IN_XML), False)
        texts = [json.dumps(t)[1:-1] for t in column.filter(odd).to_pylist()]
        plain = pc.replace_with_mask(plain, odd, pa.array(texts, pa.string()))
    return fragment('"', plain, '"')


def json_list(column: pa.Array[Any]) -> Array:
    """Lists of texts as JSON arrays of strings."""
    items = json_text(pc.list_flatten(column))
    lengths = pc.fill_null(pc.list_value_length(column), 0)
    bounds = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
    lists = pa.ListArray.from_arrays(bounds, items, mask=column.is_null())
    return fragment("[", pc.binary_join(lists, ","), "]")


def _is_odd(column: Array) -> bool:
    """Whether control characters besides tab and line breaks, or U+FFFE or U+FFFF, occur."""
    data = utf8(column)
    return (
        bool(data.translate(None, _HARMLESS)) or b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data
    )
