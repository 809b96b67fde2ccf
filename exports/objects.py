"""The graph as an object of networkx. The only export that holds all of a state in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..graph.schema import Property, schema
from ..state.state import State

if TYPE_CHECKING:
    import networkx as nx
    import pyarrow as pa

__all__ = ["attribute", "described", "to_networkx"]


def to_networkx(state: State) -> nx.MultiDiGraph[str]:
    """A state as a directed multigraph.

    A node is the id of an entity, the key of an edge that of its statement. Attributes are the properties that have a
    value: dates as dates, sets as lists. An edge has its `relation` besides.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.graph.update(described(state))
    for kind in state.kinds:
        for batch in state.node_batches(kind):
            rows = _said(batch, schema().node_properties(kind))
            graph.add_nodes_from(zip(batch["id"].to_pylist(), rows, strict=True))
    for relation in state.relations:
        for batch in state.edge_batches(relation):
            ends = (batch[name].to_pylist() for name in ("source", "target", "key"))
            rows = _said(batch, schema().edge_properties(relation), {"relation": relation})
            graph.add_edges_from(zip(*ends, rows, strict=True))
    return graph


def described(state: State) -> dict[str, str | None]:
    """What a state is, as attributes of a graph: snapshot, as_of, ontology."""
    return {
        "snapshot": state.snapshot.hash,
        "as_of": state.as_of.isoformat() if state.as_of else None,
        "ontology": schema().version,
    }


def attribute(name: str) -> str:
    """The attribute of an edge that holds a property: its name, but `relation` is the edge's own."""
    return "basis_relation" if name == "relation" else name


def _said(
    batch: pa.RecordBatch,
    properties: tuple[Property, ...],
    besides: Mapping[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:
    """The attributes of each row."""
    stated = [p for p in properties if batch[p.name].null_count < batch.num_rows]
    names = [attribute(p.name) for p in stated]
    columns = [batch[p.name].to_pylist() for p in stated]
    for row in zip(*columns, strict=True):
        values = {n: v for n, v in zip(names, row, strict=True) if v is not None}
        yield {**values, **besides} if besides else values
