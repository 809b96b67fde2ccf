"""The rules of the SPARQL 1.1 Protocol on queries, against a running server."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

SELECT = "SELECT ?s ?o WHERE { ?s <https://schema.org/name> ?o } ORDER BY ?s LIMIT 3"
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s <https://schema.org/name> ?o } WHERE { ?s <https://schema.org/name> ?o } LIMIT 3"
DESCRIBE = "DESCRIBE <https://w3id.org/stackholder/id/framework/pytorch>"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
OWN = "https://w3id.org/stackholder/graph"


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["o"]["value"] for row in answer.json()["results"]["bindings"]]


@pytest.fixture
def truth(client: httpx.Client) -> list[str]:
    return names(client.get("/sparql", params={"query": SELECT}))


def test_a_query_comes_by_get_by_form_and_as_it_is(client: httpx.Client, truth: list[str]) -> None:
    assert len(truth) == 3
    assert names(client.post("/sparql", data={"query": SELECT})) == truth
    direct = client.post("/sparql", content=SELECT, headers={"Content-Type": DIRECT})
    assert names(direct) == truth


def test_a_media_type_may_carry_parameters(client: httpx.Client, truth: list[str]) -> None:
    for kind in (f"{DIRECT}; charset=UTF-8", f'{DIRECT};charset="utf-8"', DIRECT.upper()):
        found = client.post("/sparql", content=SELECT, headers={"Content-Type": kind})
        assert names(found) == truth


def test_letters_beyond_ascii_arrive_by_every_road(client: httpx.Client) -> None:
    text = "SELECT ?o WHERE { BIND('Zürich – 東京' AS ?o) }"
    headers = {"Content-Type": DIRECT}
    for found in (
        client.get("/sparql", params={"query": text}),
        client.post("/sparql", data={"query": text}),
        client.post("/sparql", content=text.encode(), headers=headers),
    ):
        assert names(found) == ["Zürich – 東京"]


@pytest.mark.parametrize(
    ("method", "address", "kind", "body", "status"),
    [
        ("GET", "?query=", "", "", 400),
        ("GET", "?query=%20", "", "", 400),
        ("GET", "?query=ASK%7B%7D&query=ASK%7B%7D", "", "", 400),
        ("GET", "?query=NOT%20SPARQL", "", "", 400),
        ("GET", "?query=%FF%FE", "", "", 400),
        ("GET", "?query=ASK%7B%7D&as_of=2020&as_of=2021", "", "", 400),
        ("GET", "?query=ASK%7B%7D&as_of=yesterday", "", "", 400),
        ("GET", "?update=DROP%20ALL", "", "", 403),
        ("GET", "?query=DROP%20ALL", "", "", 403),
        ("POST", "", FORM, "", 400),
        ("POST", "", FORM, "query=ASK%7B%7D&query=ASK%7B%7D", 400),
        ("POST", "?query=ASK%7B%7D", FORM, "query=ASK%7B%7D", 400),
        ("POST", "", FORM, "update=CLEAR%20ALL", 403),
        ("POST", "", FORM, "query=INSERT%20DATA%20%7B%7D", 403),
        ("POST", "?query=ASK%7B%7D", DIRECT, "ASK {}", 400),
        ("POST", "", DIRECT, "", 400),
        ("POST", "", DIRECT, "SELECT", 400),
        ("POST", "", DIRECT, b"ASK { ?s ?p '\xff' }", 400),
        ("POST", "", "application/sparql-update", "CLEAR ALL", 403),
        ("POST", "", "application/json", "{}", 415),
        ("POST", "", "text/plain", ASK, 415),
        ("POST", "", "multipart/form-data; boundary=x", "--x--", 415),
        ("POST", "", f"{DIRECT}; charset=utf-16", ASK, 415),
        ("POST", "", "", ASK, 415),
        ("PUT", "", DIRECT, ASK, 405),
        ("DELETE", "", "", "", 405),
        ("PATCH", "", DIRECT, ASK, 405),
        ("GET", "?query=ASK%7B%7D&default-graph-uri=http://example.org/g", "", "", 400),
        ("GET", "?query=ASK%7B%7D&named-graph-uri=http://example.org/g", "", "", 400),
        ("GET", "?default-graph-uri=http://example.org/g", "", "", 400),
        ("GET", "?query=ASK%20FROM%20%3Chttp://example.org/g%3E%7B%7D", "", "", 403),
        ("GET", f"?query=ASK%7B%7D&default-graph-uri={OWN}", "", "", 200),
        ("POST", f"?default-graph-uri={OWN}", DIRECT, ASK, 200),
        ("GET", "?query=ASK%7B%7D&unknown=parameter", "", "", 200),
        ("HEAD", "?query=ASK%7B%7D", "", "", 200),
        ("HEAD", "?query=NOT%20SPARQL", "", "", 400),
        ("HEAD", "", "", "", 200),
    ],
)
def test_a_request_gets_the_status_that_it_should(
    client: httpx.Client, method: str, address: str, kind: str, body: str | bytes, status: int
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    found = client.request(method, f"/sparql{address}", content=body or None, headers=headers)
    assert found.status_code == status, found.text
    if method == "HEAD":
        assert found.content == b""
    elif status >= 400:
        assert found.json()["error"]["what"]
    if status == 405:
        assert {"GET", "HEAD", "POST"} <= set(found.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize(
    ("accept", "query", "kind"),
    [
        (None, SELECT, JSON),
        ("*/*", SELECT, JSON),
        (JSON, SELECT, JSON),
        ("application/json", SELECT, "application/json"),
        (XML, SELECT, XML),
        ("application/xml", SELECT, "application/xml"),
        ("text/csv", SELECT, "text/csv"),
        ("text/tab-separated-values", SELECT, "text/tab-separated-values"),
        (f"{JSON};q=0.2, {XML};q=0.8", SELECT, XML),
        (f"{JSON};q=0.9, {XML};q=0.8", SELECT, JSON),
        (f"*/*;q=0.1, {XML}", SELECT, XML),
        (f"text/*, {JSON};q=0.5", SELECT, "text/csv"),
        (f"{JSON};q=0, */*", SELECT, XML),
        ("text/html, application/xhtml+xml, */*;q=0.8", SELECT, JSON),
        (None, ASK, JSON),
        (XML, ASK, XML),
        ("text/csv", ASK, "text/csv"),
        (None, CONSTRUCT, "text/turtle"),
        ("text/turtle", CONSTRUCT, "text/turtle"),
        ("application/n-triples", CONSTRUCT, "application/n-triples"),
        ("application/n-quads", CONSTRUCT, "application/n-quads"),
        ("application/trig", CONSTRUCT, "application/trig"),
        ("application/rdf+xml", CONSTRUCT, "application/rdf+xml"),
        ("application/ld+json", CONSTRUCT, "application/ld+json"),
        (f"{JSON}, text/turtle;q=0.1", CONSTRUCT, "text/turtle"),
        ("application/n-triples", DESCRIBE, "application/n-triples"),
        (None, "", "text/turtle"),
        ("application/rdf+xml", "", "application/rdf+xml"),
        ("application/ld+json", "", "application/ld+json"),
    ],
)
def test_the_best_accepted_form_is_sent(
    client: httpx.Client, accept: str | None, query: str, kind: str
) -> None:
    request = client.build_request("GET", "/sparql", params={"query": query} if query else {})
    del request.headers["Accept"]
    if accept is not None:
        request.headers["Accept"] = accept
    found = client.send(request)
    assert found.status_code == 200, found.text
    assert found.headers["Content-Type"].partition(";")[0] == kind
    assert readable(found.content, kind, query)


def readable(content: bytes, kind: str, query: str) -> bool:
    """Whether a reader of the format reads what was asked for."""
    if kind in {"text/csv", "text/tab-separated-values"}:
        rows = list(
            csv.reader(io.StringIO(content.decode()), delimiter="," if "csv" in kind else "\t")
        )
        return rows == [["true"]] if query == ASK else len(rows) == 4
    if query in {SELECT, ASK} and "json" in kind:
        told = json.loads(content)
        return bool(told.get("boolean") if query == ASK else len(told["results"]["bindings"]) == 3)
    if query in {SELECT, ASK}:
        tree = ET.fromstring(content)
        space = "{http://www.w3.org/2005/sparql-results#}"
        if query == ASK:
            return tree.findtext(f"{space}boolean") == "true"
        return len(tree.findall(f".//{space}result")) == 3
    form = ox.RdfFormat.from_media_type(kind)
    count = len(list(ox.parse(content, format=form)))
    return count == 3 if query == CONSTRUCT else count > 3


@pytest.mark.parametrize(
    ("accept", "query", "status"),
    [
        ("image/png", SELECT, 406),
        ("text/turtle", SELECT, 406),
        (JSON, CONSTRUCT, 406),
        ("*/*;q=0", SELECT, 406),
        ("image/png", "", 406),
        ("no-type", SELECT, 400),
        ("text/csv;q=many", SELECT, 400),
        ("text/csv;q=-1", SELECT, 400),
    ],
)
def test_what_nobody_accepts_is_not_sent(
    client: httpx.Client, accept: str, query: str, status: int
) -> None:
    params = {"query": query} if query else {}
    found = client.get("/sparql", params=params, headers={"Accept": accept})
    assert found.status_code == status
    assert found.json()["error"]["where"] == "Accept"


def test_an_error_in_a_query_says_its_place(client: httpx.Client) -> None:
    found = client.get("/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"})
    assert found.status_code == 400
    assert "2:" in found.json()["error"]["what"]


def test_the_service_describes_itself_and_what_it_holds(client: httpx.Client) -> None:
    import rdflib

    found = client.get("/sparql", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=found.text, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    (service,) = graph.subjects(rdflib.RDF.type, sd.Service)
    assert str(graph.value(service, sd.endpoint)) == f"{client.base_url}/sparql".replace(
        "//sparql", "/sparql"
    )
    assert (service, sd.supportedLanguage, sd.SPARQL11Query) in graph
    (data,) = graph.subjects(rdflib.RDF.type, void.Dataset)
    count = client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?o) WHERE { ?s ?p ?x }"})
    assert str(graph.value(data, void.triples)) == names(count)[0]
    assert len(list(graph.objects(data, void.classPartition))) > 5
    assert client.get("/.well-known/void").status_code == 200


def test_every_answer_names_its_snapshot_and_varies_by_accept(client: httpx.Client) -> None:
    snapshot = client.get("/health").json()["snapshot"]
    found = client.get("/sparql", params={"query": ASK})
    assert found.headers["X-Stackholder-Snapshot"] == snapshot
    assert "Accept" in found.headers["Vary"]
    wrong = client.get("/sparql", params={"query": "nonsense"})
    assert wrong.headers["X-Stackholder-Snapshot"] == snapshot


def test_a_long_answer_is_whole(client: httpx.Client) -> None:
    found = client.get("/sparql", params={"query": "SELECT * WHERE { ?s ?p ?o } LIMIT 30000"})
    rows: list[Any] = found.json()["results"]["bindings"]
    assert len(rows) == 30_000
    assert found.headers["Transfer-Encoding"] == "chunked"


def test_another_date_gives_another_graph(client: httpx.Client) -> None:
    text = """PREFIX stk: <https://w3id.org/stackholder/ns#> SELECT ?o WHERE {
        <https://w3id.org/stackholder/id/company/meta-platforms> stk:governs ?f .
        FILTER(?f = <https://w3id.org/stackholder/id/framework/pytorch>) BIND(STR(?f) AS ?o) }"""
    assert names(client.get("/sparql", params={"query": text})) == []
    before = client.get("/sparql", params={"query": text, "as_of": "2022-09-01"})
    assert names(before) == ["https://w3id.org/stackholder/id/framework/pytorch"]


def test_what_names_the_served_graph_or_none_is_no_obstacle(
    client: httpx.Client, truth: list[str]
) -> None:
    for field in ("default-graph-uri", "named-graph-uri"):
        assert names(client.get("/sparql", params={"query": SELECT, field: ""})) == truth
    named = SELECT.replace("WHERE", f"FROM <{OWN}> WHERE")
    assert names(client.get("/sparql", params={"query": named})) == truth


def test_a_slash_at_the_end_is_the_same_endpoint_and_what_is_below_is_none(
    client: httpx.Client, truth: list[str]
) -> None:
    assert names(client.get("/sparql/", params={"query": SELECT})) == truth
    assert client.get("/sparql/other", params={"query": SELECT}).status_code == 404


@pytest.mark.parametrize(
    ("proto", "prefix", "start"),
    [
        ("https", "/stack", "https://{}/stack"),
        ("https, http", "/a/b/", "https://{}/a/b"),
        ("gopher", "//elsewhere.example/", "http://{}"),
        ("", "/x?y", "http://{}"),
    ],
)
def test_behind_a_proxy_the_description_gives_the_address_that_clients_use(
    client: httpx.Client, proto: str, prefix: str, start: str
) -> None:
    headers = {"Accept": "application/n-triples"}
    headers |= {"X-Forwarded-Proto": proto, "X-Forwarded-Prefix": prefix}
    text = client.get("/sparql", headers=headers).text
    address = start.format(client.base_url.netloc.decode())
    endpoint = "http://www.w3.org/ns/sparql-service-description#endpoint"
    assert f"<{endpoint}> <{address}/sparql> ." in text


def test_a_prefix_that_the_proxy_leaves_in_the_path_is_taken_off(client: httpx.Client) -> None:
    headers = {"X-Forwarded-Prefix": "/stack"}
    assert client.get("/stack/health", headers=headers).json()["status"] == "ok"
