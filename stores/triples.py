"""A state as RDF: N-Triples (which are N-Quads of the default graph), streamed.

Each edge gives the direct triple `s stk:owns o` and, always, the statement node `s p:owns e . e ps:owns o` with the
edge's properties on `e`: Wikidata's shape, which any SPARQL 1.1 server can hold.
"""

from __future__ import annotations

import string
import urllib.parse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from ..graph.schema import NS, RDF, XSD, Property, schema
from ..graph.text import encoded, fragment, line, plain, replaced, utf8
from ..state.state import State

if TYPE_CHECKING:
    from ..graph.text import Array

__all__ = ["BASE", "ENTITY", "PROP", "PS", "ntriples", "quoted"]

BASE: Final = "https://w3id.org/stackholder/"
PROP: Final = BASE + "prop/"
PS: Final = BASE + "prop/statement/"
ENTITY: Final = BASE + "id/"
_STATEMENT: Final = BASE + "statement/"
_SAFE: Final = "/._~@:+,;=()!$&'*-"
_PLAIN: Final = (string.ascii_letters + string.digits + _SAFE).encode()
_ROWS: Final = 1 << 13
_DATATYPES: Final = {
    "integer": "integer",
    "double": "double",
    "boolean": "boolean",
    "date": "date",
    "datetime": "dateTime",
}


def ntriples(state: State) -> Iterator[bytes]:
    """The lines of a state, in pieces of some megabytes."""
    for kind in state.kinds:
        for batch in state.node_batches(kind, rows=_ROWS):
            yield from _node_lines(kind, batch)
    for relation in state.relations:
        for batch in state.edge_batches(relation, rows=_ROWS):
            yield from _edge_lines(relation, batch)


def _node_lines(kind: str, batch: pa.RecordBatch) -> Iterator[bytes]:
    definition = schema().kinds[kind]
    subject = _iri(ENTITY, batch["id"])
    classes = (definition.iri, *(c for c in definition.superclasses if c != NS + "Node"))
    parts: list[str | Array] = [fragment(subject, f" <{RDF}type> <{c}> .\n") for c in classes]
    yield from _with_properties(subject, batch, schema().node_properties(kind), parts)


def _edge_lines(relation: str, batch: pa.RecordBatch) -> Iterator[bytes]:
    definition = schema().relations[relation]
    local = definition.iri.removeprefix(NS)
    source, target = _iri(ENTITY, batch["source"]), _iri(ENTITY, batch["target"])
    statement = fragment(f"<{_STATEMENT}", batch["key"], ">")
    parts: list[str | Array] = [
        fragment(source, f" <{definition.iri}> ", target, " .\n"),
        fragment(source, f" <{PROP}{local}> ", statement, " .\n"),
        fragment(statement, f" <{PS}{local}> ", target, " .\n"),
        fragment(statement, f" <{RDF}type> <{NS}Statement> .\n"),
    ]
    yield from _with_properties(statement, batch, schema().edge_properties(relation), parts)


def _with_properties(
    subject: Array,
    batch: pa.RecordBatch,
    properties: tuple[Property, ...],
    parts: list[str | Array],
) -> Iterator[bytes]:
    """The lines of single values beside `parts`, then those of sets."""
    for field in properties:
        column = batch[field.name]
        if column.null_count == len(column):
            continue
        if field.list:
            holders = subject.take(pc.list_parent_indices(column))
            values = pc.list_flatten(column)
            yield utf8(line(fragment(holders, f" <{field.path}> ", _object(values, field), " .\n")))
        else:
            parts.append(fragment(subject, f" <{field.path}> ", _object(column, field), " .\n"))
    yield utf8(line(*parts))


def _object(column: Array, field: Property) -> Array:
    if field.reference:
        return encoded(column, lambda values: _iri(ENTITY, values))
    if field.type == "string":
        return encoded(column, lambda values: fragment('"', _escaped(values), '"'))
    return encoded(
        column, lambda values: fragment('"', plain(values), f'"^^<{XSD}{_DATATYPES[field.type]}>')
    )


def _escaped(column: Array) -> Array:
    return replaced(column, ("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"))


def quoted(column: Array) -> Array:
    """Ids as the last part of an IRI, with what must not stand there percent-encoded."""
    if utf8(column).translate(None, _PLAIN):
        texts = [
            None if t is None else urllib.parse.quote(t, safe=_SAFE) for t in column.to_pylist()
        ]
        return pa.array(texts, pa.string())
    return column


def _iri(base: str, column: Array) -> Array:
    return fragment(f"<{base}", quoted(column), ">")
