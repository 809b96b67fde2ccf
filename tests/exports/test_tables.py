"""Parquet, node-link JSON and networkx objects say all that the state says."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stackholder.exports import FORMATS, export
from stackholder.exports.objects import to_networkx
from stackholder.graph.schema import schema
from stackholder.state.state import State
from states import make_state

ENDS = {"source_kind", "target_kind", "source", "target", ":TYPE"}


@pytest.fixture(scope="module")
def graph(state: State) -> nx.MultiDiGraph[str]:
    return to_networkx(state)


def as_attributes(row: dict[str, Any]) -> dict[str, Any]:
    own = {("basis_relation" if k == "relation" else k): v for k, v in row.items() if k not in ENDS}
    return own | ({"relation": row[":TYPE"]} if ":TYPE" in row else {})


def test_networkx_holds_every_node_and_edge_with_equal_properties(
    graph: nx.MultiDiGraph[str],
    nodes: dict[str, dict[str, Any]],
    edges: dict[str, dict[str, Any]],
) -> None:
    assert dict(graph.nodes(data=True)) == {k: as_attributes(v) for k, v in nodes.items()}
    found = {key: (a, b, data) for a, b, key, data in graph.edges(keys=True, data=True)}
    assert found == {k: (v["source"], v["target"], as_attributes(v)) for k, v in edges.items()}


def test_networkx_knows_which_state_it_is(graph: nx.MultiDiGraph[str], state: State) -> None:
    assert graph.graph == {
        "snapshot": state.snapshot.hash,
        "as_of": "2026-11-24",
        "ontology": schema().version,
    }


def test_networkx_reads_node_link_as_the_same_graph(
    graph: nx.MultiDiGraph[str], state: State, out: Path
) -> None:
    report = export(state, "node-link", out / "state.json")
    data = json.loads((out / "state.json").read_bytes())
    assert (len(data["nodes"]), len(data["edges"])) == (report.nodes, report.edges)
    assert (report.nodes, report.edges) == (state.node_count, state.edge_count)
    read = nx.node_link_graph(data, edges="edges")
    assert isinstance(read, nx.MultiDiGraph)
    assert read.graph == graph.graph

    def plain(value: object) -> object:
        if isinstance(value, datetime.datetime):
            return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return value.isoformat() if isinstance(value, datetime.date) else value

    def told(said: dict[str, Any], own: str) -> dict[str, Any]:
        return {k: plain(v) for k, v in said.items() if k != own}

    assert dict(read.nodes(data=True)) == {k: told(d, "id") for k, d in graph.nodes(data=True)}
    assert {(a, b, k): d for a, b, k, d in read.edges(keys=True, data=True)} == {
        (a, b, k): told(d, "key") for a, b, k, d in graph.edges(keys=True, data=True)
    }


def test_node_link_is_one_line_per_node_or_edge(state: State, out: Path) -> None:
    export(state, "node-link", out / "state.json")
    rows = (out / "state.json").read_text().split("\n")[1:-2]
    for row in rows:
        assert row in {"],", '"edges": ['} or json.loads(row.removesuffix(",")), row


def test_pandas_reads_every_table_with_equal_properties(
    state: State, nodes: dict[str, dict[str, Any]], edges: dict[str, dict[str, Any]], out: Path
) -> None:
    report = export(state, "parquet", out / "state")
    found_nodes = read(out / "state/nodes", "id")
    assert {k: without_type(v) for k, v in found_nodes.items()} == nodes
    assert read(out / "state/edges", "key") == edges
    assert (report.nodes, report.edges) == (len(nodes), len(edges))


def read(folder: Path, key: str) -> dict[str, dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for file in folder.iterdir():
        frame = pd.read_parquet(file, dtype_backend="pyarrow")
        told = pa.Table.from_pandas(frame, preserve_index=False).to_pylist()
        rows += [{**row, ":TYPE": file.stem} for row in told]
    return {r[key]: {k: v for k, v in r.items() if v is not None} for r in rows}


def without_type(row: dict[str, Any]) -> dict[str, Any]:
    assert row[":TYPE"] == row["kind"]
    return {k: v for k, v in row.items() if k != ":TYPE"}


def test_parquet_has_the_types_of_the_ontology(state: State, out: Path) -> None:
    export(state, "parquet", out / "state")
    for kind in state.kinds:
        layout = pq.read_schema(out / f"state/nodes/{kind}.parquet")
        assert [(f.name, f.type) for f in layout] == [
            (p.name, p.arrow) for p in schema().node_properties(kind)
        ]
    manifest = json.loads((out / "state/manifest.json").read_text())
    found = {f.relative_to(out / "state").as_posix() for f in (out / "state").rglob("*.parquet")}
    assert set(manifest["files"]) == found
    assert manifest["snapshot"] == state.snapshot.hash


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_a_state_without_edges_is_written_too(name: str, out: Path) -> None:
    state = make_state(out, {"Company": [{"id": "alone", "name": "Alone"}]}, {})
    report = export(state, name, out / "state")
    assert (report.nodes, report.edges) == (2, 0)  # the firm, and the source that states it
    if name == "node-link":
        read = nx.node_link_graph(json.loads((out / "state").read_bytes()), edges="edges")
        assert (len(read), read.number_of_edges()) == (2, 0)
    if name == "graphml":
        assert len(nx.read_graphml(out / "state")) == 2
