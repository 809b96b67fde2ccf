"""Pytest fixtures for the servers; each starts when first asked for and serves the whole session.

Load them with `pytest_plugins = ["servers.fixtures"]`. Where Java is missing, the tests that need
it are skipped by name; where the environment has `CI`, they fail.
"""

import os
from collections.abc import Iterator
from secrets import token_urlsafe

import pytest

from servers.fuseki_server import FusekiServer, running_fuseki
from servers.http_server import HttpServer, running_http
from servers.java import missing_java
from servers.neo4j_server import Neo4jServer, running_neo4j


@pytest.fixture(scope="session")
def needs_java() -> None:
    """Skips the test where Java is missing; fails it in CI."""
    if missing := missing_java():
        if os.environ.get("CI"):
            pytest.fail(f"needs Java: {missing}", pytrace=False)
        pytest.skip(f"needs Java: {missing}")


@pytest.fixture(scope="session")
def neo4j_server(
    needs_java: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Neo4jServer]:
    """A Neo4j with a password, holding whatever earlier tests left in it."""
    with running_neo4j(tmp_path_factory.mktemp("neo4j"), password=token_urlsafe()) as server:
        yield server


@pytest.fixture(scope="session")
def fuseki_server(
    needs_java: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FusekiServer]:
    """A Fuseki, holding whatever earlier tests left in it."""
    with running_fuseki(tmp_path_factory.mktemp("fuseki")) as server:
        yield server


@pytest.fixture
def http_server() -> Iterator[HttpServer]:
    """A web server that knows no page yet."""
    with running_http() as server:
        yield server


@pytest.fixture
def empty_neo4j(neo4j_server: Neo4jServer) -> Neo4jServer:
    """The session's Neo4j without data, constraints and indexes."""
    neo4j_server.clear()
    return neo4j_server


@pytest.fixture
def empty_fuseki(fuseki_server: FusekiServer) -> FusekiServer:
    """The session's Fuseki without data."""
    fuseki_server.clear()
    return fuseki_server
