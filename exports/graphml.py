#: graphml .graphml networkx, igraph, Gephi, Cytoscape, yEd, APOC
"""GraphML 1.1, in the profile that networkx, igraph, Gephi, Cytoscape, yEd and APOC read alike.

The keys are `n_PROPERTY` and `e_PROPERTY`, but `labels` of a node and `label` of an edge, which APOC knows by these
ids only. Types are the six of the standard. A list is a JSON array in a string, a date an ISO date in a string. The id
of a node is made of the entity's by `node_id`; that of an edge is the key of its statement.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, Literal
from xml.sax.saxutils import quoteattr

import pyarrow as pa

from ..errors import UsageError
from ..graph.schema import Property, schema
from ..graph.text import encoded, fragment, line, plain, replaced, utf8
from ..state.state import ENDS, State
from ..stores.triples import ENTITY, quoted
from . import Written, origin
from .columns import illegal_in_xml, json_list, xml_text

if TYPE_CHECKING:
    from ..graph.text import Array

__all__ = ["Flavor", "node_id", "write"]

Flavor = Literal["plain", "yed"]

_TYPES: Final = {"boolean": "boolean", "integer": "long", "double": "double"}
_WEIGHTS: Final = ("weight", "share", "high")
_PLAIN: Final = (string.ascii_letters + string.digits + "/.-").encode()
_ODD: Final = re.compile(rb"[^A-Za-z0-9/.-]")
_OPENING: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!-- {origin} -->
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"\
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{more}\
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.1/graphml.xsd">
"""
_YED: Final = ' xmlns:y="http://www.yworks.com/xml/graphml"'
_YED_KEY: Final = '<key id="n_graphics" for="node" yfiles.type="nodegraphics"/>\n'


def write(state: State, stream: BinaryIO, *, flavor: Flavor = "plain") -> Written:
    """Writes a state as GraphML: all nodes, then all edges.

    A weight is the edge's own `weight`, `share` or `high`, the most that a power could be (none where that is unknown),
    or 1 where its relation has no such property.

    Args:
        state: The state.
        stream: Where to.
        flavor: `yed` adds the label that yEd draws, outside of the standard.

    Raises:
        UsageError: There is no such flavor.
    """
    if flavor not in {"plain", "yed"}:
        raise UsageError(f"there is no flavor {flavor!r}", hint="one of: plain, yed")
    yed = flavor == "yed"
    stream.write(_OPENING.format(origin=origin(state), more=_YED if yed else "").encode())
    stream.write("".join(_keys(state)).encode())
    stream.write(_YED_KEY.encode() if yed else b"")
    stream.write(b'<graph id="G" edgedefault="directed">\n')
    nodes = edges = stripped = 0
    for kind in state.kinds:
        for batch in state.node_batches(kind):
            stream.write(_nodes(kind, batch, yed=yed))
            nodes += batch.num_rows
            stripped += _illegal(batch)
    for relation in state.relations:
        for batch in state.edge_batches(relation):
            stream.write(_edges(relation, batch))
            edges += batch.num_rows
            stripped += _illegal(batch)
    stream.write(b"</graph>\n</graphml>\n")
    return Written(nodes, edges, stripped)


def node_id(id: str) -> str:  # noqa: A002 - the field's standard term
    """The NMTOKEN of an entity: `/` is `:`; what is neither letter, digit, `.` nor `-` is `_` and its bytes in hex."""
    return _ODD.sub(lambda odd: b"_%02X" % odd[0][0], id.encode()).decode().replace("/", ":")


def _node_ids(column: Array) -> Array:
    """As `node_id`, for a column."""
    simple = replaced(column, ("_", "_5F"), ("~", "_7E"), ("@", "_40"), (":", "_3A"))
    if utf8(simple).translate(None, _PLAIN + b"_"):
        return pa.array(
            [None if t is None else node_id(t) for t in column.to_pylist()], pa.string()
        )
    return replaced(simple, ("/", ":"))


def _keys(state: State) -> Iterator[str]:
    """The declarations of what the nodes and edges of this state can have."""
    yield _key("labels", "node", "labels")
    yield _key("n_label", "node", "label")
    yield _key("n_iri", "node", "iri")
    yield from _declared("node", (schema().node_properties(k) for k in state.kinds))
    yield _key("label", "edge", "label")
    yield _key("e_weight", "edge", "weight", "double")
    yield from _declared("edge", (schema().edge_properties(r) for r in state.relations))


def _declared(part: str, properties: Iterable[tuple[Property, ...]]) -> Iterator[str]:
    """One key per name; a name that has several types is declared as text."""
    types: dict[str, str] = {}
    for field in (p for several in properties for p in several):
        type_ = "string" if field.list else _TYPES.get(field.type, "string")
        types[field.name] = type_ if types.get(field.name, type_) == type_ else "string"
    types.pop("weight", None)
    return (_key(f"{part[0]}_{name}", part, name, type_) for name, type_ in types.items())


def _key(id_: str, part: str, name: str, type_: str = "string") -> str:
    return f'<key id="{id_}" for="{part}" attr.name={quoteattr(name)} attr.type="{type_}"/>\n'


def _nodes(kind: str, batch: pa.RecordBatch, *, yed: bool) -> bytes:
    family = schema().kinds[kind].family
    labels = f":{kind}" if family == kind else f":{family}:{kind}"
    name = xml_text(batch["name"])
    parts: list[str | Array] = [
        fragment('<node id="', _node_ids(batch["id"]), f'"><data key="labels">{labels}</data>'),
        fragment('<data key="n_label">', name, "</data>"),
        fragment(f'<data key="n_iri">{ENTITY}', xml_text(quoted(batch["id"])), "</data>"),
        *_data("n", schema().node_properties(kind), batch),
    ]
    if yed:
        opening = '<data key="n_graphics"><y:ShapeNode><y:NodeLabel>'
        parts.append(fragment(opening, name, "</y:NodeLabel></y:ShapeNode></data>"))
    return utf8(line(*parts, "</node>\n"))


def _edges(relation: str, batch: pa.RecordBatch) -> bytes:
    properties = schema().edge_properties(relation)
    parts: list[str | Array] = [
        '<edge id="', batch["key"],
        '" source="', _node_ids(batch["source"]),
        '" target="', _node_ids(batch["target"]),
        f'"><data key="label">{relation}</data>',
        _weight(batch),
        *_data("e", (p for p in properties if p.name != "weight"), batch),
    ]  # fmt: skip
    return utf8(line(*parts, "</edge>\n"))


def _weight(batch: pa.RecordBatch) -> str | Array:
    own = next((name for name in _WEIGHTS if name in batch.schema.names), None)
    if own is None:
        return '<data key="e_weight">1.0</data>'
    return fragment('<data key="e_weight">', plain(batch[own]), "</data>")


def _data(prefix: str, properties: Iterable[Property], batch: pa.RecordBatch) -> Iterator[Array]:
    """The data elements of each property that has values."""
    for field in properties:
        column = batch[field.name]
        if column.null_count < len(column):
            opening = f'<data key="{prefix}_{field.name}">'
            yield _element(opening, field, json_list(column) if field.list else column)


def _element(opening: str, field: Property, column: Array) -> Array:
    as_text = xml_text if field.type == "string" else plain
    return encoded(column, lambda values: fragment(opening, as_text(values), "</data>"))


def _illegal(batch: pa.RecordBatch) -> int:
    """Characters of the properties that are left out; the ends are told by their tokens."""
    columns = (c for n, c in zip(batch.schema.names, batch.columns, strict=True) if n not in ENDS)
    return sum(illegal_in_xml(c) for c in columns if pa.types.is_string(c.type))
