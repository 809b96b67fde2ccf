"""Every RDF format gives the same graph, to rdflib and to Oxigraph."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic
from stackholder.exports import export
from stackholder.graph.schema import schema
from stackholder.state.state import State
from stackholder.stores.triples import ntriples

PARSERS = {
    "ntriples": ("nt", ox.RdfFormat.N_TRIPLES),
    "nquads": ("nquads", ox.RdfFormat.N_QUADS),
    "turtle": ("turtle", ox.RdfFormat.TURTLE),
    "trig": ("trig", ox.RdfFormat.TRIG),
}


@pytest.fixture(scope="module")
def expected(state: State) -> rdflib.Graph:
    graph = rdflib.Graph()
    graph.parse(data=b"".join(ntriples(state)), format="nt")
    return graph


@pytest.mark.parametrize("name", PARSERS)
def test_rdflib_reads_an_isomorphic_graph(
    name: str, state: State, expected: rdflib.Graph, out: Path
) -> None:
    report = export(state, name, out / "state")
    read = rdflib.Dataset(default_union=True)
    read.parse(out / "state", format=PARSERS[name][0])
    graph = rdflib.Graph()
    for triple in read.triples((None, None, None)):
        graph.add(triple)
    assert len(graph) == len(expected)
    assert isomorphic(graph, expected)
    assert (report.nodes, report.edges) == (state.node_count, state.edge_count)
    assert not [
        g for g in read.graphs() if len(g) and g.identifier != read.default_graph.identifier
    ]


@pytest.mark.parametrize("name", PARSERS)
def test_oxigraph_reads_the_same_quads(name: str, state: State, out: Path) -> None:
    export(state, name, out / "state")
    read = set(ox.parse(path=out / "state", format=PARSERS[name][1]))
    lines = ox.parse(b"".join(ntriples(state)), format=ox.RdfFormat.N_TRIPLES)
    assert {(q.subject, q.predicate, q.object) for q in read} == {
        (q.subject, q.predicate, q.object) for q in lines
    }


def test_each_edge_has_its_direct_triple_and_its_statement(
    state: State, expected: rdflib.Graph
) -> None:
    statements = set(
        expected.subjects(rdflib.RDF.type, rdflib.URIRef(schema().prefixes["stk"] + "Statement"))
    )
    assert len(statements) == state.edge_count
    assert all(len(set(expected.subject_predicates(s))) == 1 for s in statements)


def test_turtle_is_short_to_read(state: State, out: Path) -> None:
    export(state, "turtle", out / "state.ttl")
    text = (out / "state.ttl").read_text()
    body = "".join(
        line for line in text.splitlines(keepends=True) if not line.startswith("@prefix")
    )
    assert "\ncompany:plain\n    a stk:Company, stk:Organization ;\n" in body
    long = re.findall(r"<https://w3id\.org/stackholder/[^>]*>", body)
    assert all("/id/package/" in iri for iri in long)  # the odd ids only


def test_no_prefix_of_a_kind_is_one_of_the_ontology() -> None:
    assert not {k.slug for k in schema().kinds.values()} & {
        *schema().prefixes,
        "p",
        "ps",
        "statement",
    }


def test_the_triples_are_counted(state: State, out: Path) -> None:
    report = export(state, "nquads", out / "state.nq")
    assert report.notes == (f"{(out / 'state.nq').read_bytes().count(bytes([10])):,} triples",)
