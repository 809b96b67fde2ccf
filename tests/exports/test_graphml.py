"""GraphML says all that the state says, to networkx and to a strict reader of the profile."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_graph import PARALLEL, STRIPPED_OF_IDS, STRIPPED_OF_NAMES
from stackholder.errors import UsageError
from stackholder.exports import export
from stackholder.exports.graphml import node_id
from stackholder.graph.schema import schema
from stackholder.state.state import State
from states import entity_iri

XML = "{http://graphml.graphdrawing.org/xmlns}"
NMTOKEN = re.compile(r"[A-Za-z0-9._:-]+")
SIX_TYPES = {"boolean", "int", "long", "float", "double", "string"}
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BESIDES = {"label", "labels", "weight", "iri"}
ENDS = {"source_kind", "source", "target_kind", "target", ":TYPE"}


def told(row: dict[str, Any]) -> dict[str, Any]:
    """A row in the words of the profile."""

    def value(given: object) -> object:
        if isinstance(given, str):
            return ILLEGAL.sub("", given)
        if isinstance(given, datetime.datetime):
            return given.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return given.isoformat() if isinstance(given, datetime.date) else given

    return {k: value(v) for k, v in row.items() if k not in ENDS}


def unlisted(data: dict[str, Any], listed: set[str]) -> dict[str, Any]:
    """Attributes as they were read, with the lists in them read too."""
    return {
        k: json.loads(v) if k in listed else v
        for k, v in data.items()
        if k not in BESIDES or k in listed
    }


@pytest.fixture(scope="module")
def file(state: State, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("graphml") / "state.graphml"
    report = export(state, "graphml", target)
    assert (report.nodes, report.edges) == (state.node_count, state.edge_count)
    return target


@pytest.fixture(scope="module")
def root(file: Path) -> ElementTree.Element:
    return ElementTree.parse(file).getroot()


@pytest.fixture(scope="module")
def graph(file: Path) -> nx.MultiDiGraph[str]:
    return nx.read_graphml(file)


def test_networkx_reads_every_node_with_equal_properties(
    graph: nx.MultiDiGraph[str], nodes: dict[str, dict[str, Any]]
) -> None:
    lists = {p.name for k in schema().kinds for p in schema().node_properties(k) if p.list}
    read = {
        id_: unlisted({k: v for k, v in data.items() if k != "weight"}, lists)
        for id_, data in graph.nodes(data=True)
    }
    assert read == {node_id(id_): told(row) for id_, row in nodes.items()}


def test_networkx_reads_every_edge_under_its_key_with_equal_properties(
    graph: nx.MultiDiGraph[str], edges: dict[str, dict[str, Any]]
) -> None:
    lists = {p.name for r in schema().relations for p in schema().edge_properties(r) if p.list}
    read = {
        key: (source, data["label"], target, unlisted(data, lists))
        for source, target, key, data in graph.edges(keys=True, data=True)
    }
    assert read == {
        key: (
            node_id(row["source"]),
            row[":TYPE"],
            node_id(row["target"]),
            {k: v for k, v in told(row).items() if k != "weight"},
        )
        for key, row in edges.items()
    }


def test_parallel_claims_stay_apart(graph: nx.MultiDiGraph[str]) -> None:
    claims = graph.get_edge_data("company:quotes", "company:lines").values()
    votes = sorted(c["votes"] for c in claims if c["label"] == "OWNS" and "votes" in c)
    assert votes == [n / 10 for n in range(PARALLEL)]


def test_labels_iris_and_weights_are_for_apoc_and_gephi(graph: nx.MultiDiGraph[str]) -> None:
    company = graph.nodes["company:plain"]
    assert company["labels"] == ":Organization:Company"
    assert company["label"] == "Plain"
    assert company["iri"] == entity_iri("company/plain")
    assert graph.nodes["framework:pytorch"]["labels"] == ":Framework"
    for *_, data in graph.edges(data=True):
        own = [n for n in ("weight", "share", "high") if has_property(data["label"], n)]
        expected = data.get(own[0]) if own else 1.0
        assert data.get("weight") == expected, data


def has_property(relation: str, name: str) -> bool:
    return any(p.name == name for p in schema().edge_properties(relation))


def test_an_unknown_weight_is_no_weight(
    graph: nx.MultiDiGraph[str], edges: dict[str, dict[str, Any]]
) -> None:
    unknown = {k for k, row in edges.items() if row[":TYPE"] == "USES" and "weight" not in row}
    assert len(unknown) == 1
    assert not any("weight" in d for *_, k, d in graph.edges(keys=True, data=True) if k in unknown)


def test_the_file_keeps_to_the_profile(root: ElementTree.Element, file: Path) -> None:
    assert file.read_bytes().startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    keys = {e.attrib["id"]: e.attrib for e in root.findall(f"{XML}key")}
    assert len(keys) == len(root.findall(f"{XML}key"))
    assert {k["attr.type"] for k in keys.values()} <= SIX_TYPES
    assert all(set(k) == {"id", "for", "attr.name", "attr.type"} for k in keys.values())
    for id_, key in keys.items():
        prefix = {"node": "n_", "edge": "e_"}[key["for"]]
        assert id_.startswith(prefix) or (key["for"], id_) in {
            ("node", "labels"),
            ("edge", "label"),
        }
    for part in ("node", "edge"):
        names = [k["attr.name"] for k in keys.values() if k["for"] == part]
        assert len(names) == len(set(names))
    (graph,) = root.findall(f"{XML}graph")
    assert [e.tag for e in root] == [f"{XML}key"] * len(keys) + [f"{XML}graph"]
    tags = [e.tag for e in graph]
    assert tags == sorted(tags, reverse=True)  # all nodes before all edges
    ids = [e.attrib["id"] for e in graph]
    assert len(ids) == len(set(ids))
    assert all(NMTOKEN.fullmatch(i) for i in ids)
    declared = {e.attrib["id"] for e in graph if e.tag == f"{XML}node"}
    for element in graph:
        used = [d.attrib["key"] for d in element]
        assert len(used) == len(set(used))
        part = element.tag.removeprefix(XML)
        assert all(keys[k]["for"] == part for k in used)
        assert all(valid(d.text or "", keys[d.attrib["key"]]["attr.type"]) for d in element)
        if part == "edge":
            assert used[0] == "label"
            assert {element.attrib["source"], element.attrib["target"]} <= declared
            assert set(element.attrib) == {"id", "source", "target"}
        else:
            assert set(element.attrib) == {"id"}


def valid(text: str, type_: str) -> bool:
    if type_ == "boolean":
        return text in {"true", "false"}
    if type_ == "long":
        return re.fullmatch(r"-?\d+", text) is not None
    return type_ == "string" or re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text) is not None


def test_lxml_reads_it_too(file: Path, state: State) -> None:
    etree = pytest.importorskip("lxml.etree")
    found = etree.parse(str(file)).getroot().find(f"{XML}graph")
    assert len(found) == state.node_count + state.edge_count


def test_what_xml_cannot_hold_is_left_out_and_counted(state: State, out: Path) -> None:
    report = export(state, "graphml", out / "a.graphml")
    in_requirement = 1  # of the edge from the package whose id holds a bell
    assert report.stripped == STRIPPED_OF_NAMES + STRIPPED_OF_IDS + in_requirement


def test_yed_finds_a_label_to_draw(state: State, out: Path) -> None:
    export(state, "graphml", out / "a.graphml", flavor="yed")
    root = ElementTree.parse(out / "a.graphml").getroot()
    label = "{http://www.yworks.com/xml/graphml}NodeLabel"
    labels = [e.text for e in root.iter(label)]
    assert len(labels) == state.node_count
    assert "A & B \"quoted\" 'twice' <tag/> ]]> <!-- no --> &amp; &#65;" in labels
    graph = nx.read_graphml(out / "a.graphml")
    assert (len(graph), graph.number_of_edges()) == (state.node_count, state.edge_count)


def test_an_unknown_flavor_is_refused_and_nothing_is_written(state: State, out: Path) -> None:
    with pytest.raises(UsageError, match="no flavor 'vanilla'"):
        export(state, "graphml", out / "a.graphml", flavor="vanilla")
    assert not list(out.iterdir())


@given(st.lists(st.text(min_size=1), unique=True))
def test_different_ids_have_different_tokens(ids: list[str]) -> None:
    tokens = [node_id(f"company/{id_}") for id_ in ids]
    assert len(set(tokens)) == len(ids)
    assert all(NMTOKEN.fullmatch(t) for t in tokens)
