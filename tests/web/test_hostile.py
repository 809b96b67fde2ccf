"""Queries that would take everything: each costs its own request only."""

from __future__ import annotations

import concurrent.futures
import time
from typing import Any

import httpx
import pytest

SECONDS = 1.5

EVERYTHING = "?a ?b ?c . ?d ?e ?f"
SPARQL = {
    # A join without a common variable holds one of its sides: on a small machine memory ends before time does.
    "cross product": (f"SELECT (COUNT(*) AS ?n) WHERE {{ {EVERYTHING} . ?g ?h ?i }}", {503, 504}),
    "path over everything": (
        "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<x:y>)* ?b . ?b (!<x:z>)* ?c }",
        {504},
    ),
    "order bomb": (f"SELECT * WHERE {{ {EVERYTHING} }} ORDER BY ?c ?f ?a", {503, 504}),
    "group bomb": (f"SELECT (GROUP_CONCAT(?c) AS ?x) WHERE {{ {EVERYTHING} }}", {503, 504}),
    "distinct bomb": (f"SELECT (COUNT(DISTINCT *) AS ?n) WHERE {{ {EVERYTHING} }}", {503, 504}),
    "5,000 braces": (f"SELECT * WHERE {'{' * 5_000} ?s ?p ?o {'}' * 5_000}", {403}),
    "5,000 parentheses": (
        f"SELECT * WHERE {{ ?s ?p ?o FILTER({'(' * 5_000}1{')' * 5_000}) }}",
        {403},
    ),
    "20,000 ors": (f"SELECT * WHERE {{ ?s ?p ?o FILTER({'||'.join(['?o'] * 20_000)}) }}", {413}),
    "5,000 ors": (f"SELECT * WHERE {{ ?s ?p ?o FILTER({'||'.join(['?o'] * 5_000)}) }}", {403}),
    "20,000 nots": (f"ASK {{ ?s ?p ?o FILTER({'!' * 20_000}true) }}", {403}),
    "3,000 unions": (f"SELECT * WHERE {{ {' UNION '.join(['{?s ?p ?o}'] * 3_000)} }}", {403}),
    "30,000 values": (f"SELECT * WHERE {{ VALUES ?x {{ {'1 ' * 30_000} }} }}", {403}),
    "a megabyte": ("ASK { } #" + "x" * 1_000_000, {413}),
}
CYPHER = {
    "paths without end": ("MATCH (a)-[*1..30]->(b) RETURN count(*)", {503, 504}),
    "order bomb": (
        "MATCH (a), (b), (c) RETURN a, b, c ORDER BY a.name, b.name, c.name LIMIT 1",
        {503, 504},
    ),
    "a list of a billion": ("UNWIND range(1, 1000000000) AS x RETURN sum(x)", {503, 504}),
    "30,000 sums": (f"RETURN {'+'.join(['1'] * 30_000)}", {403}),
    "15,000 nots": (f"RETURN {'NOT ' * 15_000} true", {403}),
    "open comments": ("/* " * 20_000, {403}),
    "5,000 brackets": (f"RETURN {'[' * 5_000}{']' * 5_000}", {403}),
}


def next_answers(client: httpx.Client) -> None:
    """The next queries answer, in both languages."""
    assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).json()["boolean"] is True
    found = client.post("/cypher", json={"statement": "RETURN 1 AS one"})
    assert found.json()["data"]["values"] == [[1]]


@pytest.mark.parametrize("name", SPARQL)
def test_a_hostile_sparql_query_ends_with_a_clear_status(client: httpx.Client, name: str) -> None:
    text, statuses = SPARQL[name]
    found = client.post(
        "/sparql", content=text, headers={"Content-Type": "application/sparql-query"}
    )
    assert found.status_code in statuses, found.text
    assert found.json()["error"]["what"]
    next_answers(client)


@pytest.mark.parametrize("name", CYPHER)
def test_a_hostile_cypher_query_ends_with_a_clear_status(client: httpx.Client, name: str) -> None:
    text, statuses = CYPHER[name]
    found = client.post("/cypher", json={"statement": text})
    assert found.status_code in statuses, found.text
    assert found.json()["errors"][0]["message"]
    next_answers(client)


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * WHERE {{ {EVERYTHING} }}",
        f"CONSTRUCT {{ ?a ?b ?f }} WHERE {{ {EVERYTHING} }}",
    ],
)
def test_an_answer_that_is_stopped_on_the_way_does_not_look_whole(
    client: httpx.Client, text: str
) -> None:
    with client.stream("GET", "/sparql", params={"query": text}) as found:
        assert found.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in found.iter_raw():
                pass
    next_answers(client)


def test_cypher_rows_that_are_stopped_on_the_way_do_not_look_whole(client: httpx.Client) -> None:
    text = "MATCH (a), (b), (c) RETURN a.name, b.name, c.name"
    with client.stream("POST", "/cypher", json={"statement": text}) as found:
        assert found.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in found.iter_raw():
                pass
    next_answers(client)


def test_quick_queries_are_answered_beside_many_hostile_ones(server: Any) -> None:
    bombs = [text for text, statuses in SPARQL.values() if 504 in statuses]
    with (
        httpx.Client(base_url=server.address, timeout=30) as client,
        concurrent.futures.ThreadPoolExecutor(12) as pool,
    ):

        def hostile(text: str) -> int:
            return client.get("/sparql", params={"query": text}).status_code

        running = [pool.submit(hostile, bombs[n % len(bombs)]) for n in range(12)]
        time.sleep(0.3)
        for _ in range(20):
            next_answers(client)
        assert {f.result() for f in running} <= {503, 504}
    figures = httpx.get(f"{server.address}/metrics").text
    assert 'stackholder_workers{doing="slow"}' in figures


def test_a_client_that_goes_away_stops_its_query(server: Any, client: httpx.Client) -> None:
    before = len(server.lines)

    def gone() -> list[dict[str, Any]]:
        return [line for line in server.lines[before:] if line.get("status") == 499]

    with pytest.raises(httpx.ReadTimeout):
        client.get("/sparql", params={"query": SPARQL["cross product"][0]}, timeout=0.3)
    deadline = time.monotonic() + SECONDS
    while not gone() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [x["ms"] < 1_000 * SECONDS for x in gone()] == [True]
    lines = client.get("/metrics").text.splitlines()
    assert 'stackholder_workers{doing="busy"} 0.0' in lines
    assert 'stackholder_workers{doing="slow"} 0.0' in lines
