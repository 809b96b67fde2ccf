"""The SPARQL 1.1 Protocol, its query operation: what a request asks for, and in which forms.

Queries come by GET, by POST as a form, or by POST as they are; the data set is the served graph; updates are refused.
"""

from __future__ import annotations

import dataclasses
import functools
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Final

from .negotiation import chosen, media_type
from .problem import Problem

__all__ = ["GRAPH_NAME", "Asked", "Form", "Forms", "description_form", "forms", "read"]

Form = tuple[str, str]
"""Name of a format in pyoxigraph, media type."""

GRAPH_NAME: Final = "https://w3id.org/stackholder/graph"
"""Name by which the served graph may be asked for; it is the default graph."""

_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_RESULTS: Final[Mapping[str, str]] = {
    "application/sparql-results+json": "JSON",
    "application/sparql-results+xml": "XML",
    "text/csv": "CSV",
    "text/tab-separated-values": "TSV",
    "application/json": "JSON",
    "application/xml": "XML",
    "text/xml": "XML",
}
_GRAPHS: Final[Mapping[str, str]] = {
    "text/turtle": "TURTLE",
    "application/n-triples": "N_TRIPLES",
    "application/n-quads": "N_QUADS",
    "application/trig": "TRIG",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON_LD",
    "application/x-turtle": "TURTLE",
    "application/xml": "RDF_XML",
    "application/json": "JSON_LD",
}
_HINT: Final = (
    "send the query as `query=` in the address or in a form, or as application/sparql-query"
)
_MOST_FIELDS: Final = 100
_FORMS_KEPT: Final = 256


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for.

    Attributes:
        query: The text; None = the description of the service.
        as_of: The date; empty = the date that is served.
    """

    query: str | None
    as_of: str


@dataclasses.dataclass(frozen=True, slots=True)
class Forms:
    """The forms that the client likes best; None = it takes none.

    Attributes:
        results: For SELECT and ASK.
        graphs: For CONSTRUCT and DESCRIBE.
    """

    results: Form | None
    graphs: Form | None


def read(method: str, address: str, content_type: str, body: bytes) -> Asked:
    """What a request asks for.

    Args:
        method: GET, HEAD or POST.
        address: What follows the question mark, as it was sent.
        content_type: The header.
        body: As it was sent.

    Raises:
        Problem: The request is none of the protocol (400), of another media type (415), or an update (403).
    """
    fields = _fields(address, "address")
    if method == "POST":
        name, parameters = media_type(content_type)
        charset = parameters.get("charset", "utf-8").lower()
        if name not in {_FORM, _QUERY, _UPDATE} or charset not in {"utf-8", "utf8", "us-ascii"}:
            hint = f"one of: {_FORM}, {_QUERY}; in UTF-8"
            what = f"the media type {content_type[:80]!r} is not taken"
            raise Problem(415, what, where="Content-Type", hint=hint)
        if name == _UPDATE:
            raise _no_update()
        if name == _FORM:
            fields += _fields(_decoded(body, "body"), "body")
        else:
            fields.append(("query", _decoded(body, "body")))
    return _asked(method, fields)


def _asked(method: str, fields: Sequence[tuple[str, str]]) -> Asked:
    by_name: dict[str, list[str]] = {}
    for name, value in fields:
        by_name.setdefault(name, []).append(value)
    if "update" in by_name:
        raise _no_update()
    queries, dates = by_name.get("query", []), by_name.get("as_of", [""])
    if len(queries) > 1 or len(dates) > 1:
        raise Problem(400, "there is more than one query, or date", where="query", hint=_HINT)
    named = list(filter(None, by_name.get("named-graph-uri", [])))  # an empty field names nothing
    graphs = {*filter(None, by_name.get("default-graph-uri", [])), *named}
    if named or graphs - {GRAPH_NAME}:
        other = next(iter(sorted(named or graphs - {GRAPH_NAME})))
        hint = f"leave it out, or ask for default-graph-uri={GRAPH_NAME}"
        raise Problem(400, f"there is no graph {other[:200]!r} here", where="data set", hint=hint)
    if not queries:
        if method == "POST" or graphs:
            raise Problem(400, "there is no query", where="query", hint=_HINT)
        return Asked(None, dates[0])
    if not queries[0].strip():
        raise Problem(400, "the query is empty", where="query", hint=_HINT)
    return Asked(queries[0], dates[0])


@functools.lru_cache(_FORMS_KEPT)
def forms(accept: str) -> Forms:
    """The forms of an answer by the header `Accept`.

    Raises:
        Problem: The client takes none that there is (406).
    """
    results, graphs = _form(accept, _RESULTS), _form(accept, _GRAPHS)
    if results is None and graphs is None:
        raise _not_acceptable([*_RESULTS, *_GRAPHS])
    return Forms(results, graphs)


def description_form(accept: str) -> Form:
    """The form of the description of the service.

    Raises:
        Problem: The client takes none that there is (406).
    """
    found = _form(accept, _GRAPHS)
    if found is None:
        raise _not_acceptable(list(_GRAPHS))
    return found


def _form(accept: str, known: Mapping[str, str]) -> Form | None:
    name = chosen(accept, list(known))
    return None if name is None else (known[name], name)


def _not_acceptable(offered: list[str]) -> Problem:
    hint = f"one of: {', '.join(dict.fromkeys(offered))}"
    return Problem(406, "none of the accepted media types is offered", where="Accept", hint=hint)


def _no_update() -> Problem:
    hint = "send a query: SELECT, ASK, CONSTRUCT or DESCRIBE"
    return Problem(403, "updates are refused: this graph is read-only", hint=hint)


def _fields(text: str, where: str) -> list[tuple[str, str]]:
    try:
        return urllib.parse.parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise Problem(400, "the parameters are not UTF-8, or too many", where=where) from None


def _decoded(body: bytes, where: str) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        what = f"not UTF-8 at byte {error.start + 1}"
        raise Problem(400, what, where=where, hint="send UTF-8") from None
