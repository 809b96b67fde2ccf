"""The servers are real, hold what they are given, and end with the tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit

import httpx
import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError

from servers.fuseki_server import FusekiServer
from servers.java import POM, ServerError, jar_directories, missing_java, running_java
from servers.neo4j_server import Neo4jServer, admin_import, running_neo4j

pytestmark = pytest.mark.slow

pytest_plugins = ["servers.fixtures"]

TESTS = Path(__file__).parent.parent
EDGES = 10_000


def test_neo4j_gives_back_ten_thousand_edges(empty_neo4j: Neo4jServer) -> None:
    rows = [{"source": i, "target": (i * 7) % EDGES, "weight": i / 2} for i in range(EDGES)]
    with GraphDatabase.driver(empty_neo4j.uri, auth=empty_neo4j.auth) as driver:
        driver.execute_query("CREATE CONSTRAINT FOR (node:Node) REQUIRE node.id IS UNIQUE")
        driver.execute_query("UNWIND $ids AS id CREATE (:Node {id: id})", ids=list(range(EDGES)))
        driver.execute_query(
            "UNWIND $rows AS row MATCH (a:Node {id: row.source}), (b:Node {id: row.target}) "
            "CREATE (a)-[:TO {weight: row.weight}]->(b)",
            rows=rows,
        )
        records, _, _ = driver.execute_query(
            "MATCH (a)-[to:TO]->(b) RETURN a.id AS source, b.id AS target, to.weight AS weight "
            "ORDER BY source"
        )
    assert [record.data() for record in records] == rows


def test_the_server_is_the_pinned_neo4j(neo4j_server: Neo4jServer) -> None:
    with GraphDatabase.driver(neo4j_server.uri, auth=neo4j_server.auth) as driver:
        records, _, _ = driver.execute_query("CALL dbms.components() YIELD versions, edition")
    (((version,), edition),) = (record.values() for record in records)
    assert edition == "community"
    assert f"<version>{version}</version>" in POM.read_text()
    assert (neo4j_server.lib / f"neo4j-{version}.jar").is_file()


def test_neo4j_also_answers_a_routing_driver(neo4j_server: Neo4jServer) -> None:
    uri = neo4j_server.uri.replace("bolt:", "neo4j:")
    with GraphDatabase.driver(uri, auth=neo4j_server.auth) as driver:
        assert driver.execute_query("RETURN 1").records[0].value() == 1


@pytest.mark.parametrize("auth", [("neo4j", "wrong"), None])
def test_neo4j_refuses_a_wrong_and_a_missing_password(
    neo4j_server: Neo4jServer, auth: tuple[str, str] | None
) -> None:
    with (
        GraphDatabase.driver(neo4j_server.uri, auth=auth) as driver,
        pytest.raises(AuthError),
    ):
        driver.verify_connectivity()


def test_clearing_neo4j_leaves_no_data_constraint_or_index(neo4j_server: Neo4jServer) -> None:
    with GraphDatabase.driver(neo4j_server.uri, auth=neo4j_server.auth) as driver:
        driver.execute_query("CREATE CONSTRAINT `a ``name` FOR (n:Kept) REQUIRE n.id IS UNIQUE")
        driver.execute_query("CREATE INDEX FOR (n:Kept) ON (n.name)")
        driver.execute_query("CREATE FULLTEXT INDEX FOR (n:Kept) ON EACH [n.name]")
        driver.execute_query("CREATE (:Kept {id: 1})-[:TO]->(:Kept {id: 2})")
        neo4j_server.clear()
        left = [
            driver.execute_query(query).records
            for query in (
                "MATCH (n) RETURN n",
                "SHOW CONSTRAINTS",
                "SHOW INDEXES YIELD type WHERE type <> 'LOOKUP'",
            )
        ]
    assert left == [[], [], []]


@pytest.mark.usefixtures("needs_java")
def test_what_the_importer_reads_an_open_server_counts(tmp_path: Path) -> None:
    companies, projects, funds = (tmp_path / f"{name}.csv" for name in ("c", "p", "f"))
    companies.write_text('id:ID(Company),name,founded:DATE\na,Alpha,1999-01-01\nb,"Be, ta",\n')
    projects.write_text("id:ID(Project),name\np,Pi\n")
    funds.write_text(":START_ID(Company),share:DOUBLE,:END_ID(Project)\na,0.5,p\nb,0.25,p\n")
    home = tmp_path / "home"
    done = admin_import(
        [
            "neo4j",
            "--format=aligned",
            f"--nodes=Company={companies}",
            f"--nodes=Project={projects}",
            f"--relationships=FUNDS={funds}",
        ],
        home,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    password = token_urlsafe()
    for _ in ("first opened", "opened again"):
        with (
            running_neo4j(home, password=password) as server,
            GraphDatabase.driver(server.uri, auth=server.auth) as driver,
        ):
            records, _, _ = driver.execute_query(
                "MATCH (c:Company)-[f:FUNDS]->(p:Project) "
                "RETURN c.name, toString(c.founded), f.share, p.name ORDER BY c.id"
            )
        assert [record.values() for record in records] == [
            ["Alpha", "1999-01-01", 0.5, "Pi"],
            ["Be, ta", None, 0.25, "Pi"],
        ]


@pytest.mark.usefixtures("needs_java")
def test_the_importer_names_an_edge_without_its_node(tmp_path: Path) -> None:
    nodes, edges = tmp_path / "n.csv", tmp_path / "e.csv"
    nodes.write_text("id:ID\na\n")
    edges.write_text(":START_ID,:END_ID\na,nowhere\n")
    done = admin_import(
        ["--format=aligned", f"--nodes=N={nodes}", f"--relationships=TO={edges}"], tmp_path
    )
    assert done.returncode != 0
    assert "nowhere" in done.stdout + done.stderr


def test_fuseki_gives_back_the_triples_it_was_put(empty_fuseki: FusekiServer) -> None:
    triples = "".join(f'<urn:s{i}> <urn:p> "ä {i}" .\n' for i in range(1_000))
    with httpx.Client(trust_env=False) as client:
        for graph in ("default", "graph=urn:g"):
            client.put(
                f"{empty_fuseki.graph_store_url}?{graph}",
                content=triples.encode(),
                headers={"Content-Type": "application/n-triples"},
            ).raise_for_status()
        answer = client.post(
            empty_fuseki.query_url,
            data={"query": "SELECT (COUNT(*) AS ?n) (MAX(?o) AS ?last) { ?s ?p ?o }"},
            headers={"Accept": "application/sparql-results+json"},
        ).raise_for_status()
        (row,) = answer.json()["results"]["bindings"]
        assert (row["n"]["value"], row["last"]["value"]) == ("1000", "ä 999")

        empty_fuseki.clear()
        left = client.get(
            empty_fuseki.query_url, params={"query": "ASK { { ?s ?p ?o } UNION { GRAPH ?g {} } }"}
        ).raise_for_status()
        assert left.json()["boolean"] is False


@pytest.mark.usefixtures("needs_java")
@pytest.mark.parametrize(("name", "url"), [("neo4j", "uri"), ("fuseki", "query_url")])
def test_a_server_ends_when_the_tests_are_killed(name: str, url: str, tmp_path: Path) -> None:
    program = (
        f"import pathlib, sys, time; from servers.{name}_server import running_{name} as running\n"
        "with running(pathlib.Path(sys.argv[1])) as server:\n"
        f"    print(server.{url}, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout is not None
        address = tests.stdout.readline().strip()
        _ask(address)
        tests.send_signal(signal.SIGKILL)
    port = urlsplit(address).port
    assert port is not None
    deadline = time.monotonic() + 20
    while _listens(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _listens(port)


@pytest.mark.usefixtures("needs_java")
def test_a_failed_start_shows_the_servers_own_words(tmp_path: Path) -> None:
    program = tmp_path / "Broken.java"
    program.write_text(
        "class Broken { public static void main(String[] a)"
        ' { throw new IllegalStateException("the " + a[0]); } }'
    )
    with (
        pytest.raises(ServerError, match=r"(?s)Broken\.java ended with 1 before .*the why"),
        running_java(program, "why", jars=tmp_path, log=tmp_path / "log"),
    ):
        pass


@pytest.mark.usefixtures("needs_java")
def test_a_server_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    program = tmp_path / "Silent.java"
    program.write_text(
        "class Silent { public static void main(String[] a) throws Exception"
        " { System.in.read(); } }"
    )
    with (
        pytest.raises(ServerError, match=r"Silent\.java was not ready after 0\.2 s"),
        running_java(program, jars=tmp_path, log=tmp_path / "log", limit=0.2),
    ):
        pass


@pytest.mark.usefixtures("needs_java")
def test_filled_jars_need_no_maven(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    filled = jar_directories()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert jar_directories() == filled
    monkeypatch.setenv("STACKHOLDER_TEST_CACHE", str(tmp_path / "other"))
    with pytest.raises(ServerError, match=r"no `mvn` on the PATH to fill .*other"):
        jar_directories()


@pytest.mark.parametrize(("ci", "outcome"), [("", "skipped=1"), ("true", "errors=1")])
def test_without_java_a_test_is_skipped_by_name_and_fails_in_ci(
    ci: str, outcome: str, tmp_path: Path
) -> None:
    (tmp_path / "test_it.py").write_text(
        "pytest_plugins = ['servers.fixtures']\ndef test_it(empty_neo4j): pass\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", str(tmp_path)],
        env={"PATH": str(tmp_path), "PYTHONPATH": str(TESTS), "CI": ci},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    word, count = outcome.split("=")
    assert f"{count} {word}".removesuffix("s") in run.stdout
    assert "needs Java: no `java` on the PATH" in run.stdout


def test_nothing_is_missing_where_java_and_the_jars_are(needs_java: None) -> None:
    assert missing_java() is None


def _ask(url: str) -> None:
    if url.startswith("bolt:"):
        with GraphDatabase.driver(url) as driver:
            driver.verify_connectivity()
    else:
        answer = httpx.get(url, params={"query": "ASK {}"}, trust_env=False)
        assert answer.raise_for_status().json()["boolean"] is True


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
