#: node-link .json networkx, D3
"""Node-link JSON, as `networkx.node_link_graph(data, edges="edges")` reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

import pyarrow as pa

from ..graph.schema import Property, schema
from ..graph.text import encoded, fragment, line, plain, utf8
from ..state.state import State
from . import Written
from .columns import json_list, json_text
from .objects import attribute, described

if TYPE_CHECKING:
    from ..graph.text import Array

__all__ = ["write"]

_BARE: Final = frozenset({"boolean", "integer", "double"})


def write(state: State, stream: BinaryIO) -> Written:
    """Writes a directed multigraph, one node or edge per line: `nodes`, then `edges` (not `links`).

    The attributes are those of `objects.to_networkx`, dates as ISO texts.
    """
    head = {"directed": True, "multigraph": True, "graph": described(state)}
    stream.write(f'{json.dumps(head)[:-1]}, "nodes": ['.encode())
    nodes = edges = 0
    for kind in state.kinds:
        for batch in state.node_batches(kind):
            rows = utf8(line(",\n{", *_said(batch, schema().node_properties(kind)), "}"))
            stream.write(rows if nodes else rows[1:])
            nodes += batch.num_rows
    stream.write(b'\n],\n"edges": [')
    for relation in state.relations:
        opening = f',\n{{"relation": {json.dumps(relation)}, "source": '
        for batch in state.edge_batches(relation):
            ends = (
                opening,
                json_text(batch["source"]),
                ', "target": ',
                json_text(batch["target"]),
                ", ",
            )
            rows = utf8(line(*ends, *_said(batch, schema().edge_properties(relation)), "}"))
            stream.write(rows if edges else rows[1:])
            edges += batch.num_rows
    stream.write(b"\n]}\n")
    return Written(nodes, edges)


def _said(batch: pa.RecordBatch, properties: tuple[Property, ...]) -> Iterator[Array]:
    """The members of each row; the first property, an id or key, has always a value."""
    for number, field in enumerate(properties):
        column = batch[field.name]
        if column.null_count == len(column):
            continue
        name = f"{', ' if number else ''}{json.dumps(attribute(field.name))}: "
        yield fragment(name, _value(column, field))


def _value(column: pa.Array[object], field: Property) -> Array:
    if field.list:
        return json_list(column)
    if field.type in _BARE:
        return encoded(column, plain)
    return encoded(column, lambda values: json_text(plain(values)))
