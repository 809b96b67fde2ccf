"""Clients that people use, against a running server."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import httpx
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    POST,
    POSTDIRECTLY,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

NAMES = """PREFIX schema: <https://schema.org/> PREFIX stk: <https://w3id.org/stackholder/ns#>
SELECT ?name WHERE { ?c a stk:Company ; schema:name ?name } ORDER BY ?name LIMIT 4"""
LIST = "MATCH (c:Company) RETURN c.name AS name ORDER BY name LIMIT 4"
TYPED = "application/vnd.neo4j.query.v1.1"


@pytest.fixture
def companies(client: httpx.Client) -> list[str]:
    found = client.get("/sparql", params={"query": NAMES}).json()
    return [row["name"]["value"] for row in found["results"]["bindings"]]


@pytest.mark.parametrize(
    ("method", "request_method"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]
)
def test_sparqlwrapper_asks_by_every_method(
    server: Any, companies: list[str], method: str, request_method: str
) -> None:
    wrapper = SPARQLWrapper(f"{server.address}/sparql")
    wrapper.setMethod(method)
    wrapper.setRequestMethod(request_method)
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery(NAMES)
    found: Any = wrapper.query().convert()
    assert [row["name"]["value"] for row in found["results"]["bindings"]] == companies


def test_sparqlwrapper_reads_every_format(server: Any, companies: list[str]) -> None:
    wrapper = SPARQLWrapper(f"{server.address}/sparql")
    wrapper.setQuery(NAMES)
    for form in (CSV, TSV):
        wrapper.setReturnFormat(form)
        raw: Any = wrapper.query().convert()
        assert companies[0] in raw.decode()
    wrapper.setReturnFormat(XML)
    document: Any = wrapper.query().convert()
    assert len(document.getElementsByTagName("result")) == 4
    wrapper.setQuery("CONSTRUCT WHERE { ?s a <https://w3id.org/stackholder/ns#Norm> }")
    wrapper.setReturnFormat(TURTLE)
    turtle: Any = wrapper.query().convert()
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) > 3


def test_sparqlwrapper_is_told_that_a_query_is_wrong(server: Any) -> None:
    wrapper = SPARQLWrapper(f"{server.address}/sparql")
    wrapper.setQuery("SELECT WHERE nonsense")
    with pytest.raises(QueryBadFormed):
        wrapper.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_uses_it_as_a_store(server: Any, companies: list[str], method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server.address}/sparql", method=method))
    rows: Any = graph.query(NAMES)
    assert [str(row.name) for row in rows] == companies
    pytorch = rdflib.URIRef("https://w3id.org/stackholder/id/framework/pytorch")
    name = rdflib.URIRef("https://schema.org/name")
    assert str(graph.value(pytorch, name)) == "PyTorch"
    assert (pytorch, name, rdflib.Literal("PyTorch")) in graph
    assert graph.query("ASK { ?s ?p ?o }").askAnswer


def test_the_query_api_of_neo4j_is_spoken(client: httpx.Client, companies: list[str]) -> None:
    found = client.post("/db/neo4j/query/v2", json={"statement": LIST}, auth=("neo4j", "any"))
    assert found.status_code == 202
    told = found.json()
    assert told["data"] == {"fields": ["name"], "values": [[name] for name in companies]}
    assert told["bookmarks"] == []


def test_cypher_takes_parameters_of_every_type(client: httpx.Client) -> None:
    given = {"text": "it's", "whole": 7, "part": 0.5, "yes": True, "list": ["a", "b"]}
    text = "RETURN $text AS t, $whole + 1 AS w, $part AS p, $yes AS y, $list AS l"
    found = client.post("/cypher", json={"statement": text, "parameters": given}).json()
    assert found["data"]["values"] == [["it's", 8, 0.5, True, ["a", "b"]]]


def test_types_are_carried_where_they_are_wished(client: httpx.Client) -> None:
    text = "MATCH (f:Framework {id: $id}) RETURN f.name, f.created, $n AS n, 0.5 AS half, null AS nothing, f.aliases"
    parameters = {
        "id": {"$type": "String", "_value": "framework/pytorch"},
        "n": {"$type": "Integer", "_value": "41"},
    }
    headers = {"Accept": TYPED, "Content-Type": TYPED}
    found = client.post(
        "/cypher", json={"statement": text, "parameters": parameters}, headers=headers
    )
    assert found.headers["Content-Type"] == TYPED
    (row,) = found.json()["data"]["values"]
    assert row[:5] == [
        {"$type": "String", "_value": "PyTorch"},
        {"$type": "Date", "_value": "2016-09-01"},
        {"$type": "Integer", "_value": "41"},
        {"$type": "Float", "_value": "0.5"},
        {"$type": "Null", "_value": None},
    ]
    assert row[5]["$type"] == "List"


@pytest.mark.parametrize(
    ("address", "kind", "body", "status", "code"),
    [
        ("/cypher", "application/json", '{"statement": "MATCH"}', 400, "Statement.SyntaxError"),
        ("/cypher", "application/json", '{"statement": "RETURN $a"}', 400, "Statement.SyntaxError"),
        ("/cypher", "application/json", '{"statement": ""}', 400, "Request.Invalid"),
        ("/cypher", "application/json", '{"statement": 5}', 400, "Request.Invalid"),
        ("/cypher", "application/json", "{}", 400, "Request.Invalid"),
        ("/cypher", "application/json", "[]", 400, "Request.Invalid"),
        ("/cypher", "application/json", "not json", 400, "Request.Invalid"),
        ("/cypher", "application/json", "[" * 100_000, 400, "Request.Invalid"),
        ("/cypher", "application/json", '{"statement": "RETURN 1", "parameters": []}', 202, ""),
        (
            "/cypher",
            "application/json",
            '{"statement": "RETURN 1", "parameters": [1]}',
            400,
            "Request.Invalid",
        ),
        ("/cypher", "text/plain", "RETURN 1", 415, "Request.Invalid"),
        (
            "/cypher",
            "application/json",
            '{"statement": "CREATE (n) RETURN n"}',
            403,
            "Security.Forbidden",
        ),
        (
            "/cypher",
            "application/json",
            '{"statement": "CALL show_tables() RETURN *"}',
            403,
            "Security.Forbidden",
        ),
        (
            "/db/other/query/v2",
            "application/json",
            '{"statement": "RETURN 1"}',
            404,
            "DatabaseNotFound",
        ),
        ("/db/neo4j/tx/commit", "application/json", "{}", 404, ""),
        ("/db/stackholder/query/v2", "application/json", '{"statement": "RETURN 1"}', 202, ""),
    ],
)
def test_an_error_in_cypher_is_said_as_the_query_api_says_it(
    client: httpx.Client, address: str, kind: str, body: str, status: int, code: str
) -> None:
    found = client.post(address, content=body, headers={"Content-Type": kind})
    assert found.status_code in {status, status - 2 if status == 202 else status}, found.text
    if status >= 400:
        (said,) = found.json()["errors"]
        assert said["message"]
        assert said["code"].endswith(code)


def test_curl_notices_an_answer_that_was_stopped(server: Any) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is missing")
    text = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"
    command = [
        curl,
        "-s",
        "-o",
        "-",
        "--data-urlencode",
        f"query={text}",
        f"{server.address}/sparql",
    ]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 18
    assert len(done.stdout) > 100_000
    assert b"stopped" not in done.stdout[-2_000:]
