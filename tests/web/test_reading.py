"""Readers of headers, addresses and texts, on whatever comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
from stackholder.errors import QueryRefused
from stackholder.web.guard import check, parameters_of, shape
from stackholder.web.negotiation import chosen
from stackholder.web.problem import Problem
from stackholder.web.sparql_protocol import read

OFFERED = ("a/x", "a/y", "b/z")
RANGES = st.sampled_from([*OFFERED, "a/*", "b/*", "*/*", "c/c"])
WISHES = st.lists(st.tuples(RANGES, st.sampled_from([0.0, 0.1, 0.5, 1.0])), min_size=1, max_size=6)


def quality(name: str, wishes: list[tuple[str, float]]) -> float:
    """What RFC 9110 gives a media type: the most special range counts."""
    for wanted in (name, name.partition("/")[0] + "/*", "*/*"):
        for wish, share in wishes:
            if wish == wanted:
                return share
    return 0.0


def outcome(work: Callable[[], Any]) -> Any:
    """What it gives; of a refusal the status."""
    try:
        return work()
    except Problem as problem:
        return problem.status
    except QueryRefused:
        return "refused"


@hypothesis.given(WISHES)
def test_the_best_of_the_acceptable_is_chosen(wishes: list[tuple[str, float]]) -> None:
    found = chosen(", ".join(f"{name};q={share}" for name, share in wishes), OFFERED)
    best = max(quality(name, wishes) for name in OFFERED)
    if best == 0:
        assert found is None
    else:
        assert found == next(name for name in OFFERED if quality(name, wishes) == best)


@hypothesis.given(st.text(max_size=200))
def test_any_accept_header_is_read_or_refused(header: str) -> None:
    assert outcome(lambda: chosen(header, OFFERED)) in {*OFFERED, None, 400}


@hypothesis.given(
    st.sampled_from(["GET", "HEAD", "POST"]),
    st.text(max_size=100),
    st.sampled_from(["", "application/sparql-query", "application/x-www-form-urlencoded", "x"]),
    st.binary(max_size=100),
)
def test_any_request_is_read_or_refused(method: str, address: str, kind: str, body: bytes) -> None:
    asked = outcome(lambda: read(method, address, kind, body))
    if isinstance(asked, int):
        assert asked in {400, 403, 415}
    else:
        assert asked.query is None or asked.query.strip()


@hypothesis.given(st.text(max_size=300), st.sampled_from(["sparql", "cypher"]))
def test_any_text_is_passed_or_refused(text: str, language: Any) -> None:
    assert outcome(lambda: check(text, language)) in {None, "refused"}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("ASK { ?s ?p 'a' }", "ASK  { ?s ?p 'b'} # c".replace("'b'}", "'b' }"), True),
        ("ASK { <x:a> ?p 1 }", "ASK { <x:b> ?p 2 }", True),
        ("RETURN 1 // one", "RETURN 2 // two", True),
        ("ASK { ?s ?p ?o }", "ASK { ?s ?p ?q }", False),
    ],
)
def test_texts_that_differ_in_values_have_one_shape(one: str, other: str, alike: bool) -> None:
    assert (shape(one).split() == shape(other).split()) is alike


def test_parameters_are_found_where_they_are_ones() -> None:
    text = "MATCH (n {id: $id}) WHERE n.`$not` = '$no' AND n.x = $x // $never\n/* $nor */ RETURN \"$no\""
    assert parameters_of(text) == {"id", "x"}


@pytest.mark.slow
@pytest.mark.parametrize("piece", ['\\"', "\\'", "<a", "1", "#", "/", " "])
@pytest.mark.parametrize("first", ["", '"', "'"])
def test_the_shape_of_a_long_text_is_found_in_one_pass(piece: str, first: str) -> None:
    """It is looked for where all requests pass: looking from every quote for its end would stop them for hours."""
    assert isinstance(shape(first + piece * (1_000_000 // len(piece))), str)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("*", OFFERED[0]),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", OFFERED[0]),
        (f"nonsense, {OFFERED[1]};q=1.5, x/y;q=much", OFFERED[1]),
        ("nonsense", 400),
        ("x/y", None),
    ],
)
def test_a_bad_range_is_passed_over_as_long_as_another_is_sound(
    header: str, wanted: str | int | None
) -> None:
    assert outcome(lambda: chosen(header, OFFERED)) == wanted
