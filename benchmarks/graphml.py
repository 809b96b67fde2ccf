"""GraphML: our export against networkx with lxml, from the same state on disk to a file.

    python -m benchmarks.graphml --nodes 100000 --edges 500000

The peer builds its graph first, as its users must; dates and lists are given to it as texts, which it asks for.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.data import asked
from benchmarks.measure import Aim, benchmark, measured

AIMS = [Aim("cpu", 0.1), Aim("wall", 0.1), Aim("peak", 0.25)]


def ours(options: argparse.Namespace, folder: Path) -> None:
    from stackholder.exports import export, graphml

    assert graphml
    state = asked(options)
    with measured():
        export(state, "graphml", folder / "state.graphml")


def peer(options: argparse.Namespace, folder: Path) -> None:
    import lxml.etree
    import networkx as nx

    assert lxml.etree
    state = asked(options)
    with measured():
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for kind in state.kinds:
            graph.add_nodes_from((row.pop("id"), row) for row in rows(state.nodes(kind)))
        for relation in state.relations:
            for batch in state.edge_batches(relation):
                graph.add_edges_from(
                    (
                        row.pop("source"),
                        row.pop("target"),
                        row.pop("key"),
                        {"label": relation, **row},
                    )
                    for row in rows(batch)
                )
        nx.write_graphml_lxml(graph, str(folder / "state.graphml"))


def rows(table: Any) -> Iterator[dict[str, Any]]:
    """Rows as networkx can write them, without nulls."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = [n for n in table.schema.names if n not in {"node", "source_kind", "target_kind"}]
    columns = []
    for name in names:
        column = table[name]
        if pa.types.is_list(column.type):
            column = pc.binary_join(column, ";")
        elif pa.types.is_temporal(column.type):
            column = column.cast(pa.string())
        columns.append(column.to_pylist())
    for row in zip(*columns, strict=True):
        yield {n: v for n, v in zip(names, row, strict=True) if v is not None}


if __name__ == "__main__":
    sys.exit(benchmark("GraphML", {"ours": ours, "networkx": peer}, AIMS))
