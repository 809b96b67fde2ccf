"""Examples of help that need a server: apart, so that the others need not wait for it."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

import pytest

from .test_help import EXAMPLES, SERVED

Cli = Callable[..., Any]


@pytest.mark.parametrize("example", [e for e in EXAMPLES if SERVED[0] in e])
def test_every_example_runs_against_neo4j(
    cli: Cli, example: str, empty_neo4j: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = empty_neo4j.uri.partition("://")[2]
    monkeypatch.setenv("STACKHOLDER_NEO4J_USER", empty_neo4j.user)
    monkeypatch.setenv("STACKHOLDER_NEO4J_PASSWORD", empty_neo4j.password)
    said = cli(*shlex.split(example.replace(SERVED[0], host))[1:])
    assert said.code == 0, said.err


@pytest.mark.parametrize("example", [e for e in EXAMPLES if SERVED[1] in e])
def test_every_example_runs_against_fuseki(cli: Cli, example: str, empty_fuseki: Any) -> None:
    words = shlex.split(example)[1:]
    said = cli(*(empty_fuseki.query_url if SERVED[1] in w else w for w in words))
    assert said.code == 0, said.err
