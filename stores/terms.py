"""SPARQL terms and our values, both ways; parameters as one leading VALUES, never pasted into the text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Final

from ..errors import QueryError
from ..graph.result import Cell
from ..graph.schema import XSD
from . import Parameter

__all__ = ["bound", "term", "value_of"]

_INTEGERS: Final = frozenset(
    XSD + n
    for n in (
        "integer",
        "int",
        "long",
        "short",
        "nonNegativeInteger",
        "positiveInteger",
        "unsignedInt",
        "unsignedLong",
    )
)
_DOUBLES: Final = frozenset(XSD + n for n in ("double", "float", "decimal"))
_WHERE: Final = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_NAME: Final = re.compile(r"[A-Za-z]\w*\Z")


def term(value: Parameter) -> str:
    """A value as a SPARQL literal."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f'"{value!r}"^^<{XSD}double>'
    escaped = value.translate(_ESCAPES)
    return f'"{escaped}"'


def bound(text: str, parameters: Mapping[str, Parameter]) -> str:
    """The text with `VALUES (?_name …) { (term …) }` at the head of each WHERE.

    A parameter `name` is the variable `?_name`. Parameters that the text does not use are left out. One block for all:
    rdflib looks up what follows a block only where nothing but that block stands before it.

    Raises:
        QueryError: The text uses parameters but has no WHERE.
    """
    used = {n: v for n, v in parameters.items() if _NAME.match(n) and re.search(rf"\?_{n}\b", text)}
    if not used:
        return text
    if not _WHERE.search(text):
        raise QueryError("a query with parameters needs the word WHERE", where="query")
    names = " ".join(f"?_{name}" for name in sorted(used))
    terms = " ".join(term(value) for _, value in sorted(used.items()))
    block = f"VALUES ({names}) {{ ({terms}) }}"
    return _WHERE.sub(lambda match: f"{match.group()} {block} ", text)


def value_of(kind: str, text: str, datatype: str) -> Cell:
    """The value of a term of a result: an IRI as its text, a literal in its type; its text where it is none of it."""
    try:
        return _typed(text, datatype) if kind == "literal" else text
    except ValueError:
        return text


def _typed(text: str, datatype: str) -> Cell:
    if datatype in _INTEGERS:
        return int(text)
    if datatype in _DOUBLES:
        return float(text)
    if datatype == XSD + "boolean":
        return text in {"true", "1"}
    if datatype == XSD + "date":
        return datetime.date.fromisoformat(text[:10])
    if datatype == XSD + "dateTime":
        time = datetime.datetime.fromisoformat(text)
        return time if time.tzinfo else time.replace(tzinfo=datetime.UTC)
    return text
