"""Attacks, each refused with a clear status; nothing is read outside the home and nothing is written."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from served_tree import tree

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
SECRETS = ("root:", "daemon:", "[project]", "PRIVATE KEY", "ProgramFiles")
FILE = "/api/audit?name="

PATHS = [
    "/../../../../etc/passwd",
    "/..%2f..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/....//....//etc/passwd",
    "/..\\..\\..\\windows\\win.ini",
    "/..%5c..%5cetc%5cpasswd",
    "/%252e%252e/%252e%252e/etc/passwd",
    "/assets/../../app.py",
    "/assets/..%2f..%2fapp.py",
    "/assets/%2e%2e/serving.py",
    "//etc/passwd",
    "/etc/passwd%00.html",
    "/%00",
    "/assets/%00.js",
    "/assets/..%00/x.js",
    "/.git/config",
    "/.env",
    "/api/../../pyproject.toml",
    "/api/ask/..%2f..%2fapi.py",
    "/api/ask/%2e%2e%2fcatalogue",
    "/api/ask/who_controls%00",
    "/db/../../../etc/passwd/query/v2",
    "/db/neo4j%2f..%2f..%2fetc/query/v2",
    "/static/index.html%20",
    "/~root",
    "/" + "a/" * 1_500,
    "/" + "%41" * 3_000,
    "/api/" + "x" * 5_000,
]
"""Asked by GET as they stand; the answer is the page, or that there is no such thing."""


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_no_path_leads_out(server: Any, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    status, headers, body = server.raw(request.encode())
    assert status in {200, 400, 404, 405, 414}
    if status == 200:
        assert headers["content-type"].startswith("text/html")
    assert not any(secret.encode() in body for secret in SECRETS)


HOSTS = [
    b"Host: evil.example\r\n",
    b"Host: localhost.evil.example\r\n",
    b"Host: 127.0.0.1.evil.example\r\n",
    b"Host: 127.0.0.1@evil.example\r\n",
    b"Host: evil.example:7878\r\n",
    b"Host: localhost\r\nHost: evil.example\r\n",
    b"Host: localhost:port\r\n",
    b"Host: localhost/evil\r\n",
    b"Host: localhost#evil\r\n",
    b"Host: \r\n",
    b"Host: [::1\r\n",
    b"Host: 0\r\n",
    b"Host: 169.254.169.254\r\n",
    b"Host: 2130706433\r\n",
    b"Host: localhost evil.example\r\n",
    b"Host: evil.example\r\nX-Forwarded-Host: localhost\r\n",
    b"",
]
"""Names by which this server is not asked: a page elsewhere may have made a name lead here."""


@pytest.mark.parametrize("host", HOSTS, ids=range(len(HOSTS)))
def test_no_other_name_is_answered(server: Any, host: bytes) -> None:
    status, _, body = server.raw(
        b"GET /api/about HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n"
    )
    assert status in {400, 421}
    assert b"snapshot" not in body


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "127.0.0.1",
        "[::1]",
        "localhost:1",
        "graph.example",
        "Graph.Example:443",
    ],
)
def test_its_own_names_are_answered(server: Any, host: str) -> None:
    request = f"GET /api/about HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    status, _, body = server.raw(request.encode())
    assert status == 200
    assert b"snapshot" in body


ORIGINS = [
    "https://evil.example",
    "null",
    "http://localhost.evil.example",
    "https://friend.example.evil.example",
    "https://friend.example:444",
    "http://friend.example",
    "file://",
    "https://friend.example/",
    "http://127.0.0.1:1",
    "javascript:alert(1)",
]
"""Pages that may not ask; some look like the friend, even by the slash that no browser sends."""


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_other_page_may_ask(client: httpx.Client, origin: str, method: str) -> None:
    found = client.request(
        method,
        "/sparql",
        params={"query": "ASK {}"} if method == "GET" else None,
        data={"query": "ASK {}"} if method == "POST" else None,
        headers={"Origin": origin},
    )
    assert found.status_code == 403
    assert "Access-Control-Allow-Origin" not in found.headers
    assert b"boolean" not in found.content


def test_the_pages_of_the_list_and_its_own_may_ask(server: Any, client: httpx.Client) -> None:
    friend = "https://friend.example"
    found = client.get("/api/about", headers={"Origin": friend})
    assert found.status_code == 200
    assert found.headers["Access-Control-Allow-Origin"] == friend
    assert "X-Stackholder-Snapshot" in found.headers["Access-Control-Expose-Headers"]
    asked = {
        "Origin": friend,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    allowed = client.options("/cypher", headers=asked)
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == friend
    refused = client.options("/cypher", headers={**asked, "Origin": "https://evil.example"})
    assert refused.status_code in {400, 403}
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert client.get("/api/about", headers={"Origin": server.address}).status_code == 200


QUERIES = [
    "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * WHERE { SERVICE SILENT <http://169.254.169.254/> { ?s ?p ?o } }",
    "SELECT * WHERE { BIND(<http://127.0.0.1:9/> AS ?e) SERVICE ?e { ?s ?p ?o } }",
    "SELECT * WHERE{SeRvIcE<http://127.0.0.1:9/>{?s ?p ?o}}",
    "SELECT * WHERE { FILTER(1=1)SERVICE<http://127.0.0.1:9/>{?s ?p ?o} }",
    "SELECT * WHERE { ?s ?p 1SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }",
    "SELECT * WHERE { ?s ?p ?o } #\nSERVICE <http://127.0.0.1:9/> {}",
    "SELECT * FROM <http://127.0.0.1:9/> WHERE { ?s ?p ?o }",
    "SELECT * FROM NAMED <file:///etc/passwd> WHERE { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM<file:///etc/passwd>WHERE { ?s ?p ?o }",
    "LOAD <file:///etc/passwd>",
    "LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH <x:y>",
    "INSERT DATA { <x:y> <x:y> <x:y> }",
    "DELETE WHERE { ?s ?p ?o }",
    "DROP ALL",
    "CLEAR DEFAULT",
    "CREATE GRAPH <x:y>",
    "COPY DEFAULT TO <x:y>",
    "PREFIX a: <x:> INSERT { ?s a:b ?o } WHERE { ?s ?p ?o }",
    "WITH <x:y> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "SELECT * WHERE { ?s ?p ?o } ; DROP ALL",
    "ASK { ?s ?p '''unclosed",
    "ASK { ?s ?p ?o FILTER(<http://127.0.0.1:9/>(?o)) }",
    "SELECT * WHERE { ?s ?p ?o FILTER(REGEX(?o, (((((')) } LIMIT 1",
    "\x00\x01\x02",
    "ASK { ?s ?p '\ud800' }",
]
"""Texts in SPARQL that would write, reach outside, or confuse."""


@pytest.mark.parametrize("text", QUERIES, ids=range(len(QUERIES)))
def test_no_sparql_text_writes_or_reaches_out(client: httpx.Client, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    found = client.post("/sparql", content=content, headers={"Content-Type": DIRECT})
    assert found.status_code in {400, 403}, found.text
    assert found.json()["error"]["what"]


STATEMENTS = [
    "CREATE (n:Company {id: 'x'}) RETURN n",
    "MATCH (n) DETACH DELETE n",
    "MATCH (n) SET n.name = 'x'",
    "MERGE (n:Company {id: 'x'}) RETURN n",
    "DROP TABLE Company",
    "COPY Company FROM '/etc/passwd'",
    "COPY (MATCH (n) RETURN n.id) TO '/tmp/x.csv'",
    "LOAD FROM '/etc/passwd' RETURN *",
    "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "ATTACH 'x' AS y (dbtype duckdb)",
    "INSTALL httpfs",
    "CALL show_tables() RETURN *",
    "CALL threads=64",
    "EXPORT DATABASE '/tmp/x'",
    "IMPORT DATABASE '/tmp/x'",
    "BEGIN TRANSACTION",
    "CHECKPOINT",
    "RETURN 1; CREATE (n:Company {id: 'x'})",
    "/**/CREATE/**/(n)",
    "MATCH (n) // \nDELETE n",
    "CREATE MACRO f(x) AS x",
    "\u0000",
]
"""Texts in Cypher of the same kind."""


@pytest.mark.parametrize("text", STATEMENTS, ids=range(len(STATEMENTS)))
def test_no_cypher_text_writes_or_reaches_out(client: httpx.Client, text: str) -> None:
    found = client.post("/cypher", json={"statement": text})
    assert found.status_code in {400, 403}, found.text
    assert found.json()["errors"][0]["message"]
    assert not any(secret in found.text for secret in SECRETS)


def zipped() -> bytes:
    """Ten megabytes of nothing in ten kilobytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bom.json", b"0" * 10_000_000)
    return stream.getvalue()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
UPLOADS = [
    ("../../etc/passwd", b"x"),
    ("..%2f..%2fx.json", b"{}"),
    ("/etc/passwd", b"x"),
    ("a/b.json", b"{}"),
    ("a\\b.json", b"{}"),
    (".json", b"{}"),
    ("x" * 300 + ".json", b"{}"),
    ("a%00.json", b"{}"),
    ("bom.json", b""),
    ("bom.json", b"{"),
    ("bom.json", b"[" * 200_000),
    ("bom.json", b'{"a":' * 100_000),
    ("bom.json", b"\xff\xfe\x00"),
    ("bom.json", gzip.compress(b"0" * 10_000_000)),
    ("bom.json", zipped()),
    ("bom.zip", zipped()),
    (
        "bom.xml",
        f'<!DOCTYPE bom [<!ENTITY l0 "ha">{LAUGHS}]><bom xmlns="http://cyclonedx.org/schema/bom/1.5">&l19;</bom>'.encode(),
    ),
    (
        "bom.xml",
        b'<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]><bom xmlns="http://cyclonedx.org/schema/bom/1.5">&x;</bom>',
    ),
    ("uv.lock", b"a = " + b"[" * 50_000),
    ("poetry.lock", b"\x00" * 1_000),
    ("requirements.txt", b"-r /etc/passwd\n"),
    ("requirements.txt", b"-e /\n"),
    ("requirements.txt", b"x @ file:///etc/passwd ; \n(((("),
    ("requirements.txt", b"\x80\x81"),
    ("report.exe", b"MZ"),
]
"""Files that try to be elsewhere, to be large, or to be something else."""


@pytest.mark.parametrize(("name", "content"), UPLOADS, ids=range(len(UPLOADS)))
def test_no_upload_does_harm(client: httpx.Client, name: str, content: bytes) -> None:
    found = client.post(FILE + name, content=content)
    assert found.status_code in {400, 404, 422, 503, 504}, found.text
    assert found.json()["error"]["what"]
    assert not any(secret in found.text for secret in SECRETS)
    assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).json()["boolean"]


def big(method: str, path: str, kind: str, count: int) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nConnection: close\r\n"
    return f"{head}Content-Length: {count}\r\n\r\n".encode() + b"x" * (
        count if count < 10**9 else 0
    )


HERE = b"Host: localhost\r\n"
LAST = b"Connection: close\r\n\r\n"
POST = b"POST /sparql HTTP/1.1\r\n" + HERE
GZIP = b"Content-Type: application/sparql-query\r\nContent-Encoding: gzip\r\nContent-Length: 40\r\n"
CHUNKED = b"Content-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n"
MANY = b"Accept: " + b"a/b," * 10_000 + b"\r\n"
EVIL = b"Host: evil.example\r\n"
RAW = [
    (big("POST", "/sparql", DIRECT, 300_000), {413}),
    (big("POST", "/sparql", FORM, 300_000), {413}),
    (big("POST", "/sparql", DIRECT, 10**12), {413}),
    (big("POST", "/cypher", "application/json", 300_000), {413}),
    (big("POST", f"{FILE}x.json", "application/json", 11_000_000), {413}),
    (POST + GZIP + LAST + gzip.compress(b"0" * 10_000)[:40], {415}),
    (POST + b"Content-Length: -1\r\n\r\n", {400}),
    (POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", {400}),
    (
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n" + LAST + b"0\r\n\r\n",
        {400, 415},
    ),
    (POST + b"Transfer-Encoding: chunked\r\n" + LAST + b"ZZ\r\n", {400, 415}),
    (POST + CHUNKED + LAST + b"6\r\nASK {}\r\n0\r\n" + EVIL + b"\r\n", {200}),
    (b"GET / HTTP/1.1\r\n" + HERE + b"X: " + b"a" * 1_000_000 + b"\r\n" + LAST, {0, 400, 431}),
    (b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + HERE + LAST, {0, 400, 414, 431}),
    (b"GET / HTTP/1.1\r\n" + HERE + b"Bad Header\r\n" + LAST, {400}),
    (b"GET / HTTP/1.1\r\n" + HERE + b"X: a\x00b\r\n" + LAST, {400}),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
    (b"NONSENSE\r\n\r\n", {400}),
    (b"GET http://evil.example/api/about HTTP/1.1\r\n" + EVIL + LAST, {400, 421}),
    (b"CONNECT evil.example:443 HTTP/1.1\r\n" + EVIL + LAST, {400, 404, 405, 421}),
    (b"TRACE / HTTP/1.1\r\n" + HERE + LAST, {404, 405}),
    (b"DELETE /api/about HTTP/1.1\r\n" + HERE + LAST, {405}),
    (b"PUT /index.html HTTP/1.1\r\n" + HERE + b"Content-Length: 0\r\n" + LAST, {405}),
    (b"GET /api/about HTTP/1.1\r\n" + HERE + MANY + LAST, {200}),
    (b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n" + HERE + MANY + LAST, {406}),
    (b"GET /sparql?" + b"a=b&" * 5_000 + b" HTTP/1.1\r\n" + HERE + LAST, {400}),
    (b"GET /api/search?q=%0d%0aSet-Cookie:%20x=y HTTP/1.1\r\n" + HERE + LAST, {200}),
    (b"GET /%0d%0aSet-Cookie:%20x=y HTTP/1.1\r\n" + HERE + LAST, {200, 400, 404}),
]
"""Bytes that are no request, or too much of one."""


@pytest.mark.parametrize(("request_", "statuses"), RAW, ids=range(len(RAW)))
def test_no_request_is_too_odd(server: Any, request_: bytes, statuses: set[int]) -> None:
    status, headers, body = server.raw(request_)
    assert status in statuses, body[:300]
    assert "set-cookie" not in headers


NAMES = [
    "<script>alert(1)</script>",
    "'; DROP TABLE x; --",
    "${7*7}",
    "{{7*7}}",
    "\u202eevil",
    "a" * 999,
    "%s%s%n",
    "' OR 1=1",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_text_stays_a_text(client: httpx.Client, name: str) -> None:
    for path, parameter in (("search", "q"), ("entity", "id"), ("ask/who_controls", "artefact")):
        found = client.get(f"/api/{path}", params={parameter: name})
        assert found.status_code in {200, 404}
        assert found.headers["Content-Type"] == "application/json"
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        json.loads(found.text)
    assert client.get("/api/search", params={"q": "a" * 2_000}).status_code == 400


def test_every_answer_carries_the_headers_that_protect(client: httpx.Client) -> None:
    for path in (
        "/",
        "/api/about",
        "/api/nothing",
        "/sparql?query=ASK%7B%7D",
        "/health",
        "/metrics",
    ):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Server" not in headers


def test_all_this_has_written_nothing(
    server: Any, kept_home: Path, untouched: dict[str, tuple[int, int]]
) -> None:
    with httpx.Client(base_url=server.address, timeout=60) as client:
        assert client.get("/api/about", params={"as_of": "2021"}).status_code == 200
        assert client.get("/api/map").status_code == 200
    assert tree(kept_home) == untouched
