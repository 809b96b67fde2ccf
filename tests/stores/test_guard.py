"""What the guards of the query languages read in a text, and that they read any text in one pass."""

from __future__ import annotations

import re

import hypothesis
import hypothesis.strategies as st
import pytest
from stackholder.errors import QueryRefused
from stackholder.stores import Language
from stackholder.stores.guard import check_cypher, check_sparql, tokens, without_graph

PIECES = st.sampled_from([*"'\"`\\/*#<>:.-$?@{}[]()é1a \n", "'''", '"""', "/*", "*/", "//", "set"])
LANGUAGES = st.sampled_from(["cypher", "sparql"])


@hypothesis.given(st.lists(PIECES, max_size=60).map("".join), LANGUAGES)
def test_every_sign_is_in_one_token(text: str, language: Language) -> None:
    found = "".join(tokens(text, language))
    assert re.sub(r"\s", "", found) == re.sub(r"\s", "", text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["\\'", '\\"', "/* ", "``", "'''\\", '"""\\"', "-", "1-", "é", "<a"]
)
@pytest.mark.parametrize("first", ["", "'", '"', "`", "/*", "'''", '"""'])
@pytest.mark.parametrize("language", ["cypher", "sparql"])
def test_a_long_text_is_read_in_one_pass(piece: str, first: str, language: Language) -> None:
    """Looking from every beginning for an end would take longer than any test may."""
    assert sum(1 for _ in tokens(first + piece * (500_000 // len(piece)), language)) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "RETURN 'set' + \"it's set\" + `set` // set\n/* set */",
        "MATCH (n:Set {name: $set}) RETURN n . set",
        "RETURN 'a \\' set'",
        "MATCH (a)-[*1..4]->(b) RETURN a[1..2], 1.5",
    ],
)
def test_cypher_words_count_only_where_they_are_words(text: str) -> None:
    check_cypher(text)


@pytest.mark.parametrize(
    "text",
    [
        "RETURN 1CREATE (n)",
        "RETURN 1. CREATE (n)",
        "RETURN 1.5CREATE (n)",
        "RETURN 'a' SET",
        "RETURN 'a\\\\' SET n.x = ''",
        "/* */ SET",
        "RETURN 'not closed SET",
        "/* not closed SET",
        "` not closed SET",
    ],
)
def test_cypher_words_that_write_are_seen(text: str) -> None:
    with pytest.raises(QueryRefused):
        check_cypher(text)


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?from <x:from> 'from', \"from\"@from-from, '''from ' \n from''', from:from } # from",
        "ASK { ?s?p:from }",
        "ASK { ?s ?p '\\' from' }",
        'ASK { ?s ?p """from \\""" from""" }',
    ],
)
def test_sparql_words_count_only_where_they_are_words(text: str) -> None:
    check_sparql(text)


@pytest.mark.parametrize(
    "text",
    [
        "ASK FROM <x:y> {}",
        "ASK { 1SERVICE <x:y> {} }",
        "ASK { ?a-SERVICE <x:y> {} }",
        "ASK { '' SERVICE <x:y> {} }",
        "ASK { 'not closed\n SERVICE <x:y> {} }",
        "ASK { '''not closed SERVICE <x:y> {} }",
        "ASK { ?a <?b SERVICE <x:y> {} }",
    ],
)
def test_sparql_words_that_reach_out_are_seen(text: str) -> None:
    with pytest.raises(QueryRefused):
        check_sparql(text)


OWN = "https://w3id.org/stackholder/graph"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        (f"SELECT * FROM <{OWN}> WHERE {{}}", "SELECT *   WHERE {}"),
        (f"SELECT * from\n<{OWN}> {{}}", "SELECT *   {}"),
        (f"SELECT * FROM <{OWN}x> {{}}", f"SELECT * FROM <{OWN}x> {{}}"),
        (f"ASK {{ ?s ?p 'FROM <{OWN}>' }}", f"ASK {{ ?s ?p 'FROM <{OWN}>' }}"),
        (f"SELECT * FROM NAMED <{OWN}> {{}}", f"SELECT * FROM NAMED <{OWN}> {{}}"),
    ],
)
def test_the_graph_that_is_asked_anyway_may_be_named(text: str, without: str) -> None:
    assert without_graph(text, OWN) == without
