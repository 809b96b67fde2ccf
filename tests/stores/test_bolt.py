"""A Neo4j holds what was pushed, nothing less and nothing twice, and says clearly why it cannot answer."""

import contextlib
import datetime
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import neo4j
import pytest
from neo4j import GraphDatabase
from servers.fuseki_server import FusekiServer
from servers.neo4j_server import Neo4jServer
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
from stackholder.stores.bolt import BoltStore, push
from stackholder.stores.bolt_push import Changes
from states import make_state, odd_state, rows_in_cypher, state_rows

Ask = Callable[..., list[Any]]


def address_of(server: Neo4jServer) -> str:
    return server.uri.replace("://", f"://{server.user}:{quote(server.password or '', safe='')}@")


@pytest.fixture
def address(empty_neo4j: Neo4jServer) -> str:
    return address_of(empty_neo4j)


@pytest.fixture
def store(address: str) -> Iterator[BoltStore]:
    with contextlib.closing(BoltStore(address)) as store:
        yield store


@pytest.fixture
def run(empty_neo4j: Neo4jServer) -> Iterator[Ask]:
    """Runs any text on the server itself, past our store."""
    with GraphDatabase.driver(empty_neo4j.uri, auth=empty_neo4j.auth) as driver:
        yield lambda text, **parameters: driver.execute_query(text, parameters).records


def ask(store: BoltStore, text: str, **parameters: str | int) -> Result:
    return store.query(text, parameters, timeout=60)


def assert_holds(store: BoltStore, state: State) -> None:
    parts = {name: state_rows(state, name) for name in (*state.kinds, *state.relations)}
    for name, rows in parts.items():
        if rows:
            assert rows_in_cypher(store, name) == rows, name
    nodes = "MATCH (n:Stackholder) RETURN n.kind AS name, count(*) AS many"
    edges = "MATCH (:Stackholder)-[r]->(:Stackholder) RETURN type(r) AS name, count(*) AS many"
    held = dict(ask(store, f"{nodes} UNION ALL {edges}").rows)
    assert held == {name: len(rows) for name, rows in parts.items() if rows}


# ---------------------------------------------------------------- pushing


def test_every_node_and_every_parallel_edge_comes_back_as_it_was(
    odd: State, store: BoltStore
) -> None:
    report = store.push(odd)
    assert report.nodes == Changes(created=odd.node_count)
    assert report.edges == Changes(created=odd.edge_count)
    assert_holds(store, odd)
    between = (
        "MATCH (:Company {id: 'company/c0'})-[r:FUNDS]->(:Company {id: 'company/c1'}) RETURN r"
    )
    assert len(ask(store, between).rows) == 9


def test_values_have_the_servers_own_types_and_nulls_are_absent(
    odd: State, store: BoltStore
) -> None:
    store.push(odd)
    types = ask(
        store,
        "MATCH (:Company)-[r:FUNDS]->() WHERE r.announced IS NOT NULL RETURN valueType(r.announced), "
        "valueType(r.recorded_at), valueType(r.source_ids), valueType(r.confidence), "
        "r.recorded_at.timezone, 'amount' IN keys(r)",
    ).rows
    assert types == [
        (
            "DATE NOT NULL",
            "ZONED DATETIME NOT NULL",
            "LIST<STRING NOT NULL> NOT NULL",
            "FLOAT NOT NULL",
            "Z",
            False,
        )
    ]


def test_pushing_twice_changes_nothing(odd: State, store: BoltStore, run: Ask) -> None:
    elements = (
        "MATCH (n) RETURN elementId(n) AS e UNION ALL MATCH ()-[r]->() RETURN elementId(r) AS e"
    )
    store.push(odd)
    before = {record["e"] for record in run(elements)}
    report = store.push(odd)
    assert (report.nodes, report.edges) == (Changes(), Changes())
    assert {record["e"] for record in run(elements)} == before
    assert len(before) == odd.node_count + odd.edge_count


def test_pushing_another_state_turns_the_server_into_it(
    odd: State, store: BoltStore, tmp_path: Path
) -> None:
    company = {"id": "c0", "name": "another name"}
    edge = {"source": ("Company", "c0"), "target": ("Company", "c1"), "amount": 1e9}
    other = make_state(
        tmp_path,
        {"Company": [company], "Dataset": [{"id": "d"}]},
        {"FUNDS": [edge], "CREATED": [{"source": ("Company", "c0"), "target": ("Dataset", "d")}]},
    )
    store.push(odd)
    report = store.push(other)
    assert report.nodes.updated > 0
    assert report.nodes.deleted > 0
    assert_holds(store, other)
    report = store.push(odd)
    assert report.edges.deleted > 0
    assert_holds(store, odd)


def test_only_what_differs_is_written(store: BoltStore, tmp_path: Path) -> None:
    def state(folder: str, name: str, note: str) -> State:
        companies = [{"id": f"c{i}", "name": f"Company {i}"} for i in range(20)]
        edges = [
            {"source": ("Company", "c0"), "target": ("Company", f"c{i}"), "note": "as before"}
            for i in range(1, 20)
        ]
        companies[7]["name"], edges[3]["note"] = name, note
        return make_state(tmp_path / folder, {"Company": companies}, {"FUNDS": edges}, as_of=None)

    store.push(state("before", "Company 7", "as before"))
    after = state("after", "renamed", "changed")
    report = store.push(after)
    assert (report.nodes, report.edges) == (Changes(updated=1), Changes(updated=1))
    assert_holds(store, after)


def test_a_node_that_became_another_kind_under_its_id_is_moved(
    store: BoltStore, tmp_path: Path
) -> None:
    edge = {"source": ("Company", "owner"), "target": ("Company", "c"), "votes": 1.0}
    first = make_state(tmp_path, {"Company": [{"id": "c", "name": "C"}]}, {"OWNS": [edge]})
    institution = {"id": "c", "name": "C", "identifiers": ["wikidata:Q1"]}
    edge = {**edge, "target": ("Institution", "c")}
    second = make_state(tmp_path, {"Institution": [institution]}, {"OWNS": [edge]})
    store.push(first)
    store.push(second)
    assert_holds(store, second)


def test_nodes_and_edges_of_others_survive(
    odd: State, store: BoltStore, run: Ask, tmp_path: Path
) -> None:
    run(
        "CREATE (a:Company {name: 'foreign'})-[:FUNDS {key: 5}]->(b:Person {id: 'company/c0'}), "
        "(a)-[:FUNDS]->(b), (a)-[:FUNDS]->(b)"
    )
    store.push(odd)
    run("MATCH (a:Person), (b:Stackholder {id: 'company/c0'}) CREATE (a)-[:KNOWS]->(b)")
    run("MATCH (a:Stackholder {id: 'company/c0'}) CREATE (a)-[:FUNDS {mine: true}]->(a)")
    store.push(make_state(tmp_path, {"Company": [{"id": "c0"}]}, {}))
    foreign = "MATCH (a:Company)-[r:FUNDS]->(:Person) RETURN a.name, r.key ORDER BY r.key"
    assert ask(store, foreign).rows == [("foreign", 5), ("foreign", None), ("foreign", None)]
    assert ask(store, "MATCH (:Person)-[:KNOWS]->(n:Company) RETURN n.id").rows == [("company/c0",)]
    assert ask(store, "MATCH (n)-[r:FUNDS]->(n) RETURN r.mine").rows == [(True,)]


def test_a_node_of_others_with_an_id_of_ours_is_named_and_not_touched(
    odd: State, store: BoltStore, run: Ask
) -> None:
    run("CREATE (:Company {id: 'company/c5', name: 'foreign'})")
    with pytest.raises(StoreError, match="company/c5") as error:
        store.push(odd)
    assert "database of its own" in error.value.hint
    assert run("MATCH (n {id: 'company/c5'}) RETURN n.name")[0].value() == "foreign"


def test_nodes_and_edges_that_the_bulk_importer_loaded_are_taken_over(
    odd: State, store: BoltStore, run: Ask
) -> None:
    store.push(odd)
    run("MATCH (n) REMOVE n._digest")
    run("MATCH ()-[r]->() REMOVE r._digest SET r.note = 'old'")
    report = store.push(odd)
    assert report.nodes == Changes(updated=odd.node_count)
    assert report.edges == Changes(updated=odd.edge_count)
    assert_holds(store, odd)


def test_the_server_keeps_ids_and_keys_unique(odd: State, store: BoltStore, run: Ask) -> None:
    store.push(odd)
    found = run("SHOW CONSTRAINTS YIELD labelsOrTypes, properties, type")
    unique = {(r["labelsOrTypes"][0], r["properties"][0]) for r in found if "UNIQUE" in r["type"]}
    assert unique == {("Stackholder", "id")} | {(k, "id") for k in odd.kinds} | {
        (r, "key") for r in odd.relations if state_rows(odd, r)
    }


KILLED_HALFWAY = """
import pickle, sys, time
from stackholder.stores import bolt_push
from stackholder.stores.bolt import push
from states import odd_state
import pathlib

def progress(name, done, total):
    print(name, done, total, flush=True)
    if name == sys.argv[3]:
        time.sleep(600)

bolt_push.ROWS = 4
push(sys.argv[1], odd_state(pathlib.Path(sys.argv[2])), progress)
"""


@pytest.mark.parametrize("moment", ["Company", "FUNDS"])
def test_a_push_that_is_killed_halfway_is_completed_by_the_next(
    moment: str, odd: State, address: str, store: BoltStore, run: Ask, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_HALFWAY, address, tmp_path, moment],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as pushing:
        assert pushing.stdout is not None
        for line in pushing.stdout:
            if line.startswith(moment):
                break
        pushing.kill()
    everything = f"MATCH (x:{moment}) RETURN count(x)"
    if moment in odd.relations:
        everything = f"MATCH ()-[x:{moment}]->() RETURN count(x)"
    assert run(everything)[0].value() == 4
    report = store.push(odd)
    assert 0 < report.edges.created <= odd.edge_count
    assert_holds(store, odd)


@contextlib.contextmanager
def memory_taken(server: Neo4jServer) -> Iterator[list[Callable[[], None]]]:
    """Takes all memory that the server has for transactions; what is yielded gives it back, bit by bit."""
    with (
        GraphDatabase.driver(server.uri, auth=server.auth) as driver,
        contextlib.ExitStack() as held,
    ):
        closing = []
        for nodes in (1000, 100, 10):
            with contextlib.suppress(neo4j.exceptions.TransientError):
                while True:
                    session = driver.session()
                    held.callback(session.close)  # takes back what it has not committed
                    text = "UNWIND range(1, $nodes) AS i CREATE (:Held {list: range(1, 1000)})"
                    session.begin_transaction().run(text, nodes=nodes).consume()
                    closing.append(session.close)
        yield closing


def test_a_push_waits_while_others_hold_the_servers_memory(
    odd: State, store: BoltStore, empty_neo4j: Neo4jServer
) -> None:
    events: list[str] = []
    with memory_taken(empty_neo4j) as closing:

        def release() -> None:
            events.append("released")
            for close in closing:
                close()

        later = threading.Timer(3, release)
        later.start()
        store.push(odd, lambda *_: events.append("written"))
        later.join()
    assert events[:2] == ["released", "written"]
    assert_holds(store, odd)


def test_a_push_goes_in_smaller_steps_where_the_server_has_little_memory(
    store: BoltStore, empty_neo4j: Neo4jServer, tmp_path: Path
) -> None:
    companies = [{"id": f"c{i}", "aliases": [f"{i} {'x' * 1000}"]} for i in range(3000)]
    state = make_state(tmp_path, {"Company": companies}, {}, as_of=None)
    steps: list[int] = []
    with memory_taken(empty_neo4j) as closing:
        closing[0]()
        store.push(state, lambda name, done, _: steps.append(done) if name == "Company" else None)
    assert steps[0] < 3000
    assert steps[-1] == 3000
    assert_holds(store, state)


def test_progress_tells_what_has_been_written(odd: State, store: BoltStore) -> None:
    told: dict[str, tuple[int, int]] = {}
    store.push(odd, lambda name, done, total: told.update({name: (done, total)}))
    assert told["FUNDS"] == (9, 9)
    assert sum(total for _, total in told.values()) == odd.node_count + odd.edge_count


def test_push_by_address_loads_and_closes(odd: State, address: str, store: BoltStore) -> None:
    assert push(address, odd).seconds > 0
    assert_holds(store, odd)


# ---------------------------------------------------------------- asking


def test_parameters_are_values_and_never_text(store: BoltStore, run: Ask) -> None:
    hostile = "'}) RETURN 1 //"
    run("CREATE (:Company {name: $name})", name=hostile)
    found = ask(store, "MATCH (n:Company) WHERE n.name = $name RETURN n.name", name=hostile)
    assert found.rows == [(hostile,)]


def test_values_come_back_as_our_own_and_without_the_digest(odd: State, store: BoltStore) -> None:
    store.push(odd)
    (row,) = ask(
        store,
        "MATCH p = (a:GoverningBody)-[r:GOVERNS]->(b:Framework) RETURN a, r, p, properties(a), [b], "
        "date('2020-02-29'), datetime('2020-01-01T02:00:00+02:00'), duration('P1D'), null",
    ).rows
    a, r, p, properties, listed, date, moment, _, nothing = row
    assert a == {"_LABEL": "GoverningBody", **properties}
    assert (a["id"], r["_LABEL"], r["rights"]) == (
        "governing-body/board",
        "GOVERNS",
        ["admin", "merge", "release"],
    )
    assert p == {"_NODES": [a, listed[0]], "_RELS": [r]}
    assert "_digest" not in {*a, *r, *properties}
    assert date == datetime.date(2020, 2, 29)
    assert moment == datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    assert nothing is None


def test_a_limit_is_kept_and_said(store: BoltStore) -> None:
    text = "UNWIND range(1, 100000) AS x RETURN x"
    short = store.query(text, {}, timeout=60, limit=3)
    assert (short.rows, short.complete) == ([(1,), (2,), (3,)], False)
    assert store.query("UNWIND range(1, 3) AS x RETURN x", {}, timeout=60, limit=3).complete


def test_names_of_columns_stand_even_without_rows(store: BoltStore) -> None:
    assert ask(store, "UNWIND [] AS x RETURN x AS a, 1 AS b").names == ["a", "b"]


def test_the_server_remarks_on_unknown_names_but_not_on_those_of_the_schema(
    store: BoltStore,
) -> None:
    ask(store, "MATCH (n:Compony)\nRETURN n.name")
    assert len(store.notifications) == 1
    assert store.notifications[0].startswith("line 1, column 10: ")
    assert "`Compony`" in store.notifications[0]
    ask(store, "MATCH (n:Dataset)-[r:OFFERS]->() RETURN n.size_unit, r.managed")
    assert store.notifications == ()


def test_a_syntax_error_says_line_and_column(store: BoltStore) -> None:
    with pytest.raises(QueryError, match="RETRN") as error:
        ask(store, "MATCH (n)\n  RETRN n")
    assert error.value.where == "query, line 2, column 3"
    assert "line 2" not in error.value.what


@pytest.mark.parametrize(
    ("text", "what"), [("RETURN $x", "x"), ("RETURN 1 / 0", "zero"), ("RETURN date('x')", "x")]
)
def test_a_query_that_fails_says_why(text: str, what: str, store: BoltStore) -> None:
    with pytest.raises(QueryError, match=what):
        ask(store, text)


@pytest.mark.parametrize(
    "text", ["CREATE (:X)", "MATCH (n) DETACH DELETE n", "LOAD CSV FROM 'x' AS y RETURN y"]
)
def test_what_would_write_is_refused_before_it_is_sent(text: str) -> None:
    with contextlib.closing(BoltStore("bolt://127.0.0.1:1")) as store, pytest.raises(QueryRefused):
        ask(store, text)


def test_a_query_is_stopped_on_the_server_when_its_time_is_over(store: BoltStore, run: Ask) -> None:
    clock = time.monotonic()
    with pytest.raises(QueryTimeout, match=r"0\.5 s"):
        store.query("UNWIND range(1, 9999999999) AS x WITH x WHERE x < 0 RETURN x", {}, timeout=0.5)
    assert time.monotonic() - clock < 30
    running = "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS '99999999' RETURN 1"
    deadline = time.monotonic() + 30
    while len(run(running)) > 1 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(run(running)) == 1  # this one


# ---------------------------------------------------------------- reaching it


@pytest.mark.parametrize(
    "given",
    [
        {"user": "neo4j", "password": "wrong"},
        {"password": "wrong"},
        {"user": "other", "password": "wrong"},
    ],
)
def test_a_wrong_password_is_refused_and_never_shown(
    given: Mapping[str, str], neo4j_server: Neo4jServer
) -> None:
    with (
        contextlib.closing(BoltStore(neo4j_server.uri, **given)) as store,
        pytest.raises(AccessDenied) as error,
    ):
        ask(store, "RETURN 1")
    assert neo4j_server.uri in str(error.value)
    assert "STACKHOLDER_NEO4J_PASSWORD" in str(error.value)
    assert "wrong" not in str(error.value)


def test_no_password_is_refused(neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STACKHOLDER_NEO4J_PASSWORD", raising=False)
    with (
        contextlib.closing(BoltStore(neo4j_server.uri)) as store,
        pytest.raises(AccessDenied),
    ):
        ask(store, "RETURN 1")


def test_the_password_may_stand_in_the_environment(
    neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STACKHOLDER_NEO4J_USER", neo4j_server.user)
    monkeypatch.setenv("STACKHOLDER_NEO4J_PASSWORD", neo4j_server.password or "")
    with contextlib.closing(BoltStore(neo4j_server.uri.replace("bolt", "neo4j"))) as store:
        assert ask(store, "RETURN 1").rows == [(1,)]


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_where_nobody_listens_the_address_is_named_without_the_password(scheme: str) -> None:
    with (
        contextlib.closing(BoltStore(f"{scheme}://neo4j:secret@127.0.0.1:1")) as store,
        pytest.raises(Unreachable) as error,
    ):
        ask(store, "RETURN 1")
    assert error.value.where == f"{scheme}://127.0.0.1:1"
    assert "start it, or check the address" in str(error.value)
    assert "secret" not in str(error.value)


def test_a_server_of_another_kind_is_not_taken_for_one(fuseki_server: FusekiServer) -> None:
    host = fuseki_server.query_url.split("/")[2]
    with (
        contextlib.closing(BoltStore(f"bolt://{host}")) as store,
        pytest.raises(Unreachable, match="Bolt"),
    ):
        ask(store, "RETURN 1")


@pytest.mark.parametrize("address", ["boltx://host", "bolt://neo4j:se/cret@host", "neo4j://"])
def test_what_is_no_address_is_said_at_once(address: str) -> None:
    with pytest.raises(UsageError) as error:
        BoltStore(address)
    assert "cret" not in str(error.value)


def test_a_database_that_is_not_there_is_named(neo4j_server: Neo4jServer) -> None:
    store = BoltStore(address_of(neo4j_server), database="nowhere")
    with contextlib.closing(store), pytest.raises(StoreError, match="nowhere"):
        ask(store, "RETURN 1")


def test_the_driver_is_imported_only_when_it_is_needed() -> None:
    program = "import sys, stackholder.stores.bolt; sys.exit('neo4j' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert (
        subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode
        == 0
    )


def test_the_odd_state_is_the_same_wherever_it_is_made(odd: State, tmp_path: Path) -> None:
    assert odd_state(tmp_path).snapshot.hash == odd.snapshot.hash
