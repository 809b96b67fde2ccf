#: turtle .ttl to read, and any RDF store
#: trig .trig to read, and any RDF store
"""Turtle to be read by people: prefixes, one block per entity and per statement. It is also TriG of the default graph.

    company:google
        a stk:Company, stk:Organization ;
        schema:name "Google" .

    company:alphabet stk:owns company:google ; p:owns statement:0a1b .
    statement:0a1b
        a stk:Statement ;
        ps:owns company:google ;
        stk:votes "1"^^xsd:double .

The triples are those of `stores.triples`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc

from ..graph.schema import NS, RDF, XSD, Property, schema
from ..graph.text import encoded, fragment, line, plain, replaced, utf8
from ..state.state import State
from ..stores.triples import BASE, ENTITY, PROP, PS, quoted
from . import Written, origin

if TYPE_CHECKING:
    from ..graph.text import Array

__all__ = ["write"]

_LOCAL: Final = "[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_NEXT: Final = " ;\n    "
_DATATYPES: Final = {"double": "double", "date": "date", "datetime": "dateTime"}


def write(state: State, stream: BinaryIO) -> Written:
    """Writes a state as Turtle."""
    spaces = _spaces(state)
    stream.write(f"# {origin(state)}\n".encode())
    stream.write("".join(f"@prefix {p}: <{n}> .\n" for p, n in spaces.items()).encode())
    writer = _Writer(spaces)
    nodes = edges = 0
    for kind in state.kinds:
        for batch in state.node_batches(kind):
            stream.write(writer.nodes(kind, batch))
            nodes += batch.num_rows
    for relation in state.relations:
        for batch in state.edge_batches(relation):
            stream.write(writer.edges(relation, batch))
            edges += batch.num_rows
    return Written(nodes, edges)


def _spaces(state: State) -> dict[str, str]:
    """Namespace by prefix: those of the ontology, and one per kind of entity."""
    kinds = {kind.slug: f"{ENTITY}{kind.slug}/" for kind in schema().kinds.values()}
    fixed = {"rdf": RDF, "xsd": XSD, "p": PROP, "ps": PS, "statement": f"{BASE}statement/"}
    return dict(sorted({**schema().prefixes, **kinds, **fixed}.items()))


class _Writer:
    """Blocks of Turtle under a set of prefixes."""

    def __init__(self, spaces: Mapping[str, str]) -> None:
        self._names = {namespace: prefix for prefix, namespace in spaces.items()}
        slugs = "|".join(p for p, n in spaces.items() if n == f"{ENTITY}{p}/")
        self._short = f"^(?:{slugs})/{_LOCAL}$"

    def nodes(self, kind: str, batch: pa.RecordBatch) -> bytes:
        definition = schema().kinds[kind]
        classes = (definition.iri, *(c for c in definition.superclasses if c != NS + "Node"))
        head = "\n    a " + ", ".join(self._named(c) for c in classes)
        values = self._said(batch, schema().node_properties(kind))
        return utf8(line("\n", self._entities(batch["id"]), head, *values, " .\n"))

    def edges(self, relation: str, batch: pa.RecordBatch) -> bytes:
        iri = schema().relations[relation].iri
        local = iri.removeprefix(NS)
        statement = fragment("statement:", batch["key"])
        target = self._entities(batch["target"])
        values = self._said(batch, schema().edge_properties(relation))
        fact = ("\n", self._entities(batch["source"]), f" {self._named(iri)} ", target)
        link = (f" ; p:{local} ", statement, " .\n")
        head = (statement, f"\n    a stk:Statement{_NEXT}ps:{local} ", target)
        return utf8(line(*fact, *link, *head, *values, " .\n"))

    def _said(self, batch: pa.RecordBatch, properties: tuple[Property, ...]) -> Iterator[Array]:
        for field in properties:
            column = batch[field.name]
            if column.null_count == len(column):
                continue
            head = f"{_NEXT}{self._named(field.path)} "
            objects = self._listed(column, field) if field.list else self._objects(column, field)
            yield fragment(head, objects)

    def _listed(self, column: pa.Array[Any], field: Property) -> Array:
        items = self._objects(pc.list_flatten(column), field)
        lengths = pc.fill_null(pc.list_value_length(column), 0)
        bounds = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
        lists = pa.ListArray.from_arrays(bounds, items, mask=pc.equal(lengths, 0))
        return pc.binary_join(lists, ", ")

    def _objects(self, column: Array, field: Property) -> Array:
        if field.reference:
            return encoded(column, self._entities)
        if field.type == "string":
            return encoded(column, _literals)
        if field.type in _DATATYPES:
            tail = f'"^^xsd:{_DATATYPES[field.type]}'
            return encoded(column, lambda values: fragment('"', plain(values), tail))
        return plain(column)

    def _entities(self, column: Array) -> Array:
        """Entities by prefix and slug, or by their IRI where the slug holds other characters."""
        short = pc.match_substring_regex(column, self._short)
        brief = pc.replace_substring(column, "/", ":", max_replacements=1)
        if pc.all(short).as_py() is not False:
            return brief
        return pc.if_else(short, brief, fragment(f"<{ENTITY}", quoted(column), ">"))

    def _named(self, iri: str) -> str:
        namespace, local = re.fullmatch(r"(.*[/#])(.*)", iri, re.DOTALL).groups()  # type: ignore[union-attr]
        prefix = self._names.get(namespace)
        return f"{prefix}:{local}" if prefix and re.fullmatch(_LOCAL, local) else f"<{iri}>"


def _literals(column: Array) -> Array:
    marks = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"))
    return fragment('"', replaced(column, *marks), '"')
