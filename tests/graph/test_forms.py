"""The SHACL shapes: a validator takes them, the starter graph conforms, and planted faults are found."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
import stackholder
from rdflib.namespace import RDF, SH, XSD
from stackholder.exports.schema_formats import FORMS
from stackholder.graph.schema import NS, schema
from stackholder.state.state import State
from stackholder.stores.triples import BASE, PS, ntriples
from states import entity_iri, make_state, state_rows

STK = rdflib.Namespace(NS)
SOME = 12


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(data=FORMS["shacl"](), format="turtle")


def statement_iri(key: str) -> str:
    return f"{BASE}statement/{key}"


@pytest.fixture(scope="module")
def starter(starter_home: Path) -> State:
    with stackholder.open(starter_home) as graph:
        return graph.state


def a_part(state: State) -> Iterator[bytes]:
    """The triples of some edges of every relation, of their ends and sources, and of some nodes of every kind."""
    edges = [
        row
        for relation in state.relations
        for file in state.edge_files(relation)
        for row in itertools.islice(iter_rows(file), SOME)
    ]
    nodes = {n for k in state.kinds for n in state.nodes(k, ["id"])["id"].to_pylist()[:SOME]}
    nodes |= {row[end] for row in edges for end in ("source", "target")}
    nodes |= {source for row in edges for source in row["source_ids"]}
    wanted = {f"<{entity_iri(n)}>" for n in nodes} | {f"<{statement_iri(r['key'])}>" for r in edges}
    for line in b"".join(ntriples(state)).splitlines(keepends=True):
        if line[: line.index(b" ")].decode() in wanted:
            yield line


def iter_rows(file: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    yield from pq.read_table(file, columns=["source", "target", "key", "source_ids"]).to_pylist()


def report(data: rdflib.Graph, shapes: rdflib.Graph) -> set[tuple[str, str, str]]:
    """What a validator finds, as (focus node, path, constraint)."""
    _, found, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert isinstance(found, rdflib.Graph)
    return {
        (
            str(found.value(result, SH.focusNode)).rpartition("/")[2],
            str(found.value(result, SH.resultPath)),
            str(found.value(result, SH.sourceConstraintComponent)).removeprefix(str(SH)),
        )
        for result in found.subjects(RDF.type, SH.ValidationResult)
    }


def test_there_is_a_shape_for_every_kind_and_every_relation(shapes: rdflib.Graph) -> None:
    classes = {str(c) for c in shapes.objects(None, SH.targetClass)}
    assert classes == {k.iri for k in schema().kinds.values()}
    predicates = {str(c) for c in shapes.objects(None, SH.targetSubjectsOf)}
    assert predicates == {f"{PS}{r.iri.removeprefix(NS)}" for r in schema().relations.values()}


@pytest.mark.parametrize("name", ["GoverningBody", "OWNS"])
def test_the_shapes_of_a_kind_and_of_a_relation_are_shapes_by_the_standard(
    name: str, shapes: rdflib.Graph
) -> None:
    one = shapes.cbd(rdflib.URIRef(f"https://w3id.org/stackholder/shape/{name}"))
    conforms, _, text = pyshacl.validate(rdflib.Graph(), shacl_graph=one, meta_shacl=True)
    assert conforms, text


@pytest.mark.slow
def test_the_starter_graph_conforms_in_every_kind_and_relation(
    starter: State, shapes: rdflib.Graph
) -> None:
    data = rdflib.Graph().parse(data=b"".join(a_part(starter)), format="nt")
    kinds = {str(k) for k in data.objects(None, RDF.type)}
    assert {schema().kinds[k].iri for k in starter.kinds} <= kinds
    assert len(starter.kinds) == 14
    assert {str(p) for p in data.predicates()} >= {
        f"{PS}{schema().relations[r].iri.removeprefix(NS)}" for r in starter.relations
    }
    assert report(data, shapes) == set()


@pytest.mark.slow
def test_planted_faults_are_found_and_nothing_else(tmp_path: Path, shapes: rdflib.Graph) -> None:
    ends = {"source": ("Company", "a"), "target": ("Company", "b")}
    owns = [{**ends, "interest": str(n), "votes": 0.1} for n in range(7)]
    nodes = {
        "Company": [{"id": "a", "category": "public"}, {"id": "b"}],
        "GoverningBody": [{"id": "g", "quota": 0.5}],
    }
    state = make_state(tmp_path, nodes, {"OWNS": owns}, as_of=None)
    data = rdflib.Graph().parse(data=b"".join(ntriples(state)), format="nt")
    assert report(data, shapes) == set()
    keys = {row["interest"]: row["key"] for row in state_rows(state, "OWNS").values()}
    edges = [rdflib.URIRef(statement_iri(keys[str(n)])) for n in range(7)]
    company, body = (rdflib.URIRef(entity_iri(i)) for i in ("company/a", "governing-body/g"))
    owned = rdflib.URIRef(f"{PS}owns")
    data.set((edges[0], STK.votes, rdflib.Literal("1.5", datatype=XSD.double)))
    data.set((edges[1], STK.votes, rdflib.Literal("most")))
    data.add((edges[2], STK.votes, rdflib.Literal("0.2", datatype=XSD.double)))
    data.remove((edges[3], STK.method, None))
    data.set((edges[4], STK.status, rdflib.Literal("rumoured")))
    data.set((edges[5], owned, body))
    data.add((edges[6], owned, company))
    data.set((company, STK.category, rdflib.Literal("evil")))
    data.set((body, STK.quota, rdflib.Literal("0", datatype=XSD.double)))
    data.remove((body, STK.id, None))
    assert report(data, shapes) == {
        (keys["0"], str(STK.votes), "MaxInclusiveConstraintComponent"),
        (keys["1"], str(STK.votes), "DatatypeConstraintComponent"),
        (keys["1"], str(STK.votes), "MaxInclusiveConstraintComponent"),
        (keys["1"], str(STK.votes), "MinInclusiveConstraintComponent"),
        (keys["2"], str(STK.votes), "MaxCountConstraintComponent"),
        (keys["3"], str(STK.method), "MinCountConstraintComponent"),
        (keys["4"], str(STK.status), "InConstraintComponent"),
        (keys["5"], str(owned), "OrConstraintComponent"),
        (keys["6"], str(owned), "MaxCountConstraintComponent"),
        ("a", str(STK.category), "InConstraintComponent"),
        ("g", str(STK.quota), "MinExclusiveConstraintComponent"),
        ("g", str(STK.id), "MinCountConstraintComponent"),
    }


def test_the_schema_is_given_out_as_it_is_kept() -> None:
    text = (Path(__file__).parent.parent.parent / "schema.ttl").read_text(encoding="utf-8")
    assert FORMS["turtle"]() == text


def test_the_reference_page_names_every_kind_relation_and_property() -> None:
    page = FORMS["md"]()
    for target in (*schema().kinds.values(), *schema().relations.values(), schema().evidence):
        assert f"\n## {target.name}\n" in page
        section = page.partition(f"\n## {target.name}\n")[2].partition("\n## ")[0]
        assert target.comment in section
        assert all(f"| `{p.name}`" in section for p in target.properties)


def test_the_drawing_shows_exactly_what_carries_control() -> None:
    drawn = {line.split("|")[1] for line in FORMS["mermaid"]().splitlines() if "|" in line}
    assert drawn == {r.name for r in schema().asserted if r.control}
