"""A SPARQL server holds what was put there; an answer that is not whole is never taken for one."""

import contextlib
import datetime
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers.fuseki_server import FusekiServer
from stackholder.errors import (
    AccessDenied,
    QueryError,
    QueryRefused,
    QueryTimeout,
    StoreError,
    Unreachable,
    UsageError,
)
from stackholder.graph.result import Result
from stackholder.state.state import State
from stackholder.stores.sparql import SparqlStore
from states import ODD_TEXTS, make_state, rows_in_sparql, state_rows

JSON = "application/sparql-results+json"


@pytest.fixture
def store(empty_fuseki: FusekiServer) -> Iterator[SparqlStore]:
    with contextlib.closing(SparqlStore(empty_fuseki.query_url)) as store:
        yield store


def ask(store: SparqlStore, text: str, **parameters: str | int | float) -> Result:
    return store.query(text, parameters, timeout=60)


def assert_holds(store: SparqlStore, state: State) -> None:
    for name in (*state.kinds, *state.relations):
        assert rows_in_sparql(store, name) == state_rows(state, name), name


def triples(store: SparqlStore) -> int:
    ((count,),) = ask(store, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows
    assert isinstance(count, int)
    return count


# ---------------------------------------------------------------- loading


def test_every_node_and_every_parallel_edge_comes_back_as_it_was(
    odd: State, store: SparqlStore
) -> None:
    store.load(odd)
    assert_holds(store, odd)
    assert len(rows_in_sparql(store, "FUNDS")) == 9


def test_loading_twice_changes_nothing(odd: State, store: SparqlStore) -> None:
    store.load(odd)
    before = triples(store)
    store.load(odd)
    assert triples(store) == before
    assert_holds(store, odd)


def test_another_state_takes_the_place_of_the_first(
    odd: State, store: SparqlStore, tmp_path: Path
) -> None:
    other = make_state(tmp_path, {"Company": [{"id": "c0", "name": "only this"}]}, {})
    store.load(odd)
    store.load(other)
    assert_holds(store, other)
    assert rows_in_sparql(store, "FUNDS") == {}


def test_a_named_graph_is_loaded_and_asked_beside_the_default_one(
    odd: State, store: SparqlStore, empty_fuseki: FusekiServer, tmp_path: Path
) -> None:
    other = make_state(tmp_path, {"Company": [{"id": "c0", "name": "only this"}]}, {})
    named = SparqlStore(
        empty_fuseki.query_url,
        graph="urn:example:a?b&c",
        graph_store_url=empty_fuseki.graph_store_url,
    )
    with contextlib.closing(named):
        store.load(odd)
        named.load(other)
        assert_holds(named, other)
        assert rows_in_sparql(named, "FUNDS") == {}
        assert_holds(store, odd)


def test_a_load_that_is_killed_halfway_leaves_what_was_there_and_the_next_is_whole(
    odd: State, store: SparqlStore, empty_fuseki: FusekiServer, tmp_path: Path
) -> None:
    program = (
        "import sys, time\n"
        "from stackholder.stores import sparql\n"
        "def half(state):\n"
        "    yield b'<urn:a> <urn:b> <urn:c> .\\n' * 1000\n"
        "    print('half', flush=True)\n"
        "    time.sleep(600)\n"
        "sparql.ntriples = half\n"
        "sparql.SparqlStore(sys.argv[1]).load(None)\n"
    )
    first = make_state(tmp_path, {"Company": [{"id": "c0", "name": "first"}]}, {})
    store.load(first)
    before = triples(store)
    with subprocess.Popen(
        [sys.executable, "-c", program, empty_fuseki.query_url],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
    ) as loading:
        assert loading.stdout is not None
        loading.stdout.readline()
        loading.kill()
    assert triples(store) == before
    assert_holds(store, first)
    store.load(odd)
    assert_holds(store, odd)


def test_where_the_server_takes_graphs_must_be_known(odd: State) -> None:
    for url in ("http://127.0.0.1:1/sparql", "http://127.0.0.1:1/ds/other"):
        with (
            contextlib.closing(SparqlStore(url)) as store,
            pytest.raises(UsageError, match="graph") as error,
        ):
            store.load(odd)
        assert "graph_store_url" in error.value.hint


def test_a_server_that_does_not_take_it_says_so(odd: State, empty_fuseki: FusekiServer) -> None:
    place = empty_fuseki.query_url.replace("/ds/sparql", "/nothing/data")
    store = SparqlStore(empty_fuseki.query_url, graph_store_url=place)
    with contextlib.closing(store), pytest.raises(StoreError, match=r"40\d"):
        store.load(odd)


# ---------------------------------------------------------------- asking


def test_parameters_are_terms_and_never_text(odd: State, store: SparqlStore) -> None:
    store.load(odd)
    text = "SELECT ?id WHERE { ?x <https://schema.org/name> ?_name ; <https://w3id.org/stackholder/ns#id> ?id }"
    for number, name in enumerate(ODD_TEXTS):
        assert ask(store, text, name=name).rows == [(f"company/c{number}",)]
    assert ask(store, text, name='" } ?x ?y ?z { "').rows == []


def test_values_come_back_in_their_types(store: SparqlStore) -> None:
    text = """PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
    SELECT (1 AS ?a) (1.5 AS ?b) (1e300 AS ?c) (true AS ?d) ("x"@en AS ?e) (<urn:x> AS ?f)
      ("2020-02-29"^^xsd:date AS ?g) ("2020-01-01T00:00:00.5Z"^^xsd:dateTime AS ?h) (?no AS ?i)
    WHERE {}"""
    found = ask(store, text)
    assert found.names == list("abcdefghi")
    assert found.rows == [
        (
            *(1, 1.5, 1e300, True, "x", "urn:x", datetime.date(2020, 2, 29)),
            datetime.datetime(2020, 1, 1, 0, 0, 0, 500_000, tzinfo=datetime.UTC),
            None,
        )
    ]


def test_a_literal_that_is_none_of_its_type_stays_text(store: SparqlStore) -> None:
    typed = "<http://www.w3.org/2001/XMLSchema#{}>"
    names = ("integer", "double", "date", "dateTime")
    cells = " ".join(f'("odd"^^{typed.format(n)} AS ?{n})' for n in names)
    assert ask(store, f"SELECT {cells} WHERE {{}}").rows == [("odd",) * 4]


def test_ask_construct_and_describe_are_answered(odd: State, store: SparqlStore) -> None:
    store.load(odd)
    iri = "https://w3id.org/stackholder/id/license/mit"
    assert ask(store, f"ASK {{ <{iri}> ?p ?o }}").rows == [(True,)]
    osi = "https://w3id.org/stackholder/ns#osi"
    built = ask(store, f"# CONSTRUCT or SELECT?\nCONSTRUCT WHERE {{ <{iri}> <{osi}> ?o }}")
    assert built.names == ["subject", "predicate", "object"]
    assert built.rows == [(iri, osi, True)]
    assert (iri, osi, True) in ask(store, f"DESCRIBE <{iri}>").rows


def test_a_limit_is_kept_and_said(store: SparqlStore) -> None:
    text = "SELECT ?x WHERE { VALUES ?x { 1 2 3 4 } }"
    short = store.query(text, {}, timeout=60, limit=2)
    assert (short.rows, short.complete) == ([(1,), (2,)], False)
    assert store.query(text, {}, timeout=60, limit=4).complete


def test_a_syntax_error_says_line_and_column(store: SparqlStore) -> None:
    with pytest.raises(QueryError) as error:
        ask(store, "SELECT ?x\nWHERE { ?x ?y }")
    assert error.value.where.startswith("query, line 2, column ")
    assert "\n" not in error.value.what


@pytest.mark.parametrize(
    "text", ["DELETE WHERE { ?s ?p ?o }", "SELECT * WHERE { SERVICE <http://x/> { ?s ?p ?o } }"]
)
def test_what_would_write_or_reach_out_is_refused_before_it_is_sent(text: str) -> None:
    with (
        contextlib.closing(SparqlStore("http://127.0.0.1:1/ds/sparql")) as store,
        pytest.raises(QueryRefused),
    ):
        ask(store, text)


def test_a_query_that_takes_too_long_is_given_up(odd: State, store: SparqlStore) -> None:
    store.load(odd)
    clock = time.monotonic()
    cross = " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(5))
    with pytest.raises(QueryTimeout, match="1 s"):
        store.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {cross} }}", {}, timeout=1)
    assert time.monotonic() - clock < 20


# ---------------------------------------------------------------- servers that do not do as they should


@contextlib.contextmanager
def saying(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server that answers whatever it is asked with these bytes, and hangs up."""

    def answer() -> None:
        with contextlib.suppress(OSError):
            client, _ = listening.accept()
            with client:
                client.recv(1 << 16)
                for piece in pieces:
                    client.sendall(piece)
                    time.sleep(pause)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/ds/sparql"
        thread.join()


def http(status: str, kind: str, body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n".encode()
        + body
    )


ROWS = b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "1"}}]}}'
CHUNKED = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()


@pytest.mark.parametrize(
    "answer",
    [
        http("200 OK", JSON, ROWS[:60], len(ROWS)),
        http("200 OK", JSON, ROWS[:60]),
        http("200 OK", JSON, b"{}"),
        http("200 OK", JSON, b"[]"),
        http("200 OK", JSON, b'{"head": {}, "results": {"bindings": {"x": 1}}}'),
        http("200 OK", "text/html", b"<html>log in</html>"),
        http("200 OK", "application/n-triples", b"<urn:a> <urn:b> <urn:c> .\n"),
        http("500 Oh", "text/plain", b"broken"),
        http("302 Found", "text/plain", b""),
        CHUNKED + b"%x\r\n%s\r\n" % (len(ROWS), ROWS),
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
)
def test_an_answer_that_is_not_whole_is_an_error(answer: bytes) -> None:
    with (
        saying(answer) as url,
        contextlib.closing(SparqlStore(url)) as store,
        pytest.raises(StoreError) as error,
    ):
        ask(store, "SELECT ?x WHERE {}")
    assert url in str(error.value)


def test_the_same_answer_whole_is_none() -> None:
    answer = http("200 OK", f"{JSON};charset=utf-8", ROWS)
    with saying(answer) as url, contextlib.closing(SparqlStore(url)) as store:
        assert ask(store, "SELECT ?x WHERE {}").rows == [("1",)]


@pytest.mark.parametrize("body", [b"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b", b"<html>"])
def test_triples_that_break_off_are_an_error(body: bytes) -> None:
    with (
        saying(http("200 OK", "application/n-triples", body)) as url,
        contextlib.closing(SparqlStore(url)) as store,
        pytest.raises(StoreError, match="not whole"),
    ):
        ask(store, "CONSTRUCT WHERE { ?s ?p ?o }")


def test_an_answer_in_drops_does_not_outlast_the_time_limit() -> None:
    drops = [http("200 OK", JSON, b"", 1000), *[b" "] * 20]
    clock = time.monotonic()
    with (
        saying(*drops, pause=0.2) as url,
        contextlib.closing(SparqlStore(url)) as store,
        pytest.raises(QueryTimeout),
    ):
        store.query("SELECT ?x WHERE {}", {}, timeout=1)
    assert time.monotonic() - clock < 10


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("401 Unauthorized", AccessDenied),
        ("403 Forbidden", AccessDenied),
        ("504 Gateway Timeout", QueryTimeout),
        ("503 Query timed out", QueryTimeout),
        ("400 Bad Request", QueryError),
    ],
)
def test_what_a_server_refuses_is_told_by_its_kind(status: str, kind: type[StoreError]) -> None:
    body = b"\n  Query timed out\nmore"
    with (
        saying(http(status, "text/plain", body)) as url,
        contextlib.closing(SparqlStore(url.replace("://", "://me:secret@"))) as store,
        pytest.raises(kind) as error,
    ):
        ask(store, "SELECT ?x WHERE {}")
    assert "secret" not in str(error.value)
    assert "more" not in str(error.value)


def test_name_and_password_are_sent_but_not_in_the_address() -> None:
    said: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            client, _ = listening.accept()
            with client:
                said.append(client.recv(1 << 16))
                client.sendall(http("200 OK", JSON, b'{"head": {}, "boolean": false}'))

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"http://me:p%40ss@127.0.0.1:{listening.getsockname()[1]}/sparql"
        with contextlib.closing(SparqlStore(url)) as store:
            assert ask(store, "ASK {}").rows == [(False,)]
        thread.join()
    head = said[0].split(b"\r\n\r\n")[0]
    assert httpx.BasicAuth("me", "p@ss")._auth_header.encode() in head
    assert b"POST /sparql HTTP/1.1" in head
    assert b"stackholder/" in head


def test_where_nobody_listens_the_address_is_named_without_the_password(odd: State) -> None:
    url = "http://me:secret@127.0.0.1:1/ds/sparql"
    with contextlib.closing(SparqlStore(url)) as store:
        for act in (lambda: ask(store, "ASK {}"), lambda: store.load(odd)):
            with pytest.raises(Unreachable) as error:
                act()
            assert error.value.where == "http://127.0.0.1:1/ds/sparql"
            assert "start it, or check the address" in str(error.value)


def test_what_is_no_address_is_said_at_once() -> None:
    with pytest.raises(UsageError):
        SparqlStore("http://host:port/sparql")
