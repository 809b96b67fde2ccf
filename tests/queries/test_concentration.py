"""How concentrated the work is, on a graph that can be worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from parity.written import DATA, read_graph
from stackholder.queries.catalogue import questions
from stackholder.queries.view import Found, View

Row = dict[str, Any]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    state = read_graph(tmp_path_factory.mktemp("work"), DATA.parent / "concentration.txt")
    return View(state, lambda _: state)


def ask(view: View, **parameters: object) -> tuple[list[Row], Found]:
    question = questions()["concentration"]
    answer, rows = question.compute(view, question.bind(parameters))
    names = [c.name for c in question.columns]
    return [dict(zip(names, row, strict=True)) for row in rows], answer


def values(row: Row, *names: str) -> tuple[Any, ...]:
    return tuple(round(v, 9) if isinstance(v, float) else v for v in (row[n] for n in names))


def test_firms_under_one_owner_are_one_party_by_the_name_of_who_does_most(view: View) -> None:
    rows, answer = ask(view, framework="framework/oak")
    # A and B together 0.4 of Oak, C 0.3; the unknown 0.3 could be anybody's. The smaller count is not mixed in.
    assert [values(r, "top_name", "top_low", "top_high", "organisations") for r in rows] == [
        ("B", 0.4, 0.7, 3),
        ("C", 0.3, 0.6, 3),
    ]
    assert "Who leads on Oak is not sure; most is known of B: 0.40–0.70" in answer.summary
    assert "then C 0.30–0.60" in answer.summary


def test_the_index_and_the_elephant_factor_are_those_of_parties(view: View) -> None:
    row = ask(view, framework="framework/oak")[0][0]
    # 0.4² + 0.3² = 0.25; with the unknown at the first 0.7² + 0.3² = 0.58.
    assert values(row, "hhi_low", "hhi_high") == (0.25, 0.58)
    # 0.4 + 0.3 unknown is more than half: one. Known alone: 0.4 + 0.3, two, though six organisations were counted.
    assert values(row, "elephant_low", "elephant_high") == (1, 2)


def test_a_known_majority_needs_no_counted_factor(view: View) -> None:
    rows, answer = ask(view, framework="framework/ash")
    assert values(rows[0], "elephant_low", "elephant_high", "until") == (1, 1, "2020-05")
    assert "B leads on Ash: 0.60–0.90 of 1,000 commits to 2020-05" in answer.summary
    assert "The count ends in 2020-05" in answer.summary
    assert "The count ends" not in ask(view, framework="framework/oak")[1].summary


def test_of_all_frameworks_whoever_leads_and_ties_are_ties(view: View) -> None:
    rows, answer = ask(view)
    assert [values(r, "framework_name", "top_name", "top_low") for r in rows] == [
        ("Ash", "B", 0.6),
        ("Oak", "B", 0.4),
        ("Elm", "C", 0.35),
        ("Elm", "D", 0.35),
    ]
    assert answer.summary == (
        "On 1 of 3 frameworks one party surely does half of the work or more: Ash (B)."
    )
    assert "C, D" in ask(view, framework="framework/elm")[1].summary


def test_a_year_is_counted_by_itself(view: View) -> None:
    rows, _ = ask(view, window="2025")
    assert [values(r, "framework", "top", "top_low", "top_high") for r in rows] == [
        ("framework/elm", "company/d", 0.5, 1.0)
    ]
    rows, answer = ask(view, window="1999", framework="framework/elm")
    assert (rows, answer.summary) == ([], "No work on Elm is counted for '1999'.")
