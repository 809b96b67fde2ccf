"""The values of columns as text in XML and JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from ..graph.text import fragment, replaced, utf8

if TYPE_CHECKING:
    from ..graph.text import Array

__all__ = [
    "illegal_in_xml",
    "json_list",
    "json_text",
    "xml_text",
]

_HARMLESS: Final = bytes(b for b in range(256) if b >= 32 or b in b"\t\n\r")
_ILLEGAL_IN_XML: Final = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"


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
