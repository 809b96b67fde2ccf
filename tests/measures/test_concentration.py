"""Concentration: the published examples, the edges, and bounds that hold whatever the unknown turns out to be."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stackholder.measures.concentration import (
    concentration,
    coverage,
    dominance,
    dominance_threshold,
    effective_number,
    elephant_factor,
    elephant_interval,
    elephant_members,
    gini,
    herfindahl,
    herfindahl_interval,
    top_share,
    top_share_interval,
)

NUMBERS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "concentration.json").read_text()
)
COUNTS = st.lists(st.integers(0, 400), max_size=7)
PERSONS = st.lists(st.integers(1, 60), max_size=5)


def test_the_chaoss_numbers_give_the_published_measures() -> None:
    told = NUMBERS["chaoss"]
    counts = told["counts"]
    assert sum(counts) == told["total"]
    assert elephant_factor(counts) == told["elephant"]
    assert top_share(counts) == pytest.approx(told["top_share"], abs=5e-6)
    assert herfindahl(counts) == pytest.approx(told["herfindahl"], abs=5e-6)
    assert effective_number(counts) == pytest.approx(told["effective"], abs=5e-5)
    assert gini(counts) == pytest.approx(told["gini"], abs=5e-6)
    first, second = (Fraction(c, told["total"]) for c in counts[:2])
    assert float(dominance_threshold(first, second)) == pytest.approx(told["threshold"], abs=5e-6)
    assert dominance(counts) == told["dominant"]


def test_the_order_of_the_counts_does_not_matter() -> None:
    assert elephant_factor([1000, 202, 90, 33, 332, 343, 42, 433]) == 2


@pytest.mark.parametrize(
    ("counts", "factor"), [([125] * 8, 4), ([7] * 10, 5), ([1], 1), ([1, 1], 1), ([2, 1, 1], 1)]
)
def test_exactly_half_is_enough(counts: list[int], factor: int) -> None:
    assert elephant_factor(counts) == factor


def test_unknowns_give_intervals_and_are_never_dropped() -> None:
    told = NUMBERS["unknown"]
    known, unknown = told["known"], told["unknown"]
    assert herfindahl_interval(known, unknown) == pytest.approx(told["herfindahl"])
    assert herfindahl(known) == pytest.approx(told["herfindahl_known_only"], abs=5e-6)
    assert elephant_interval(known, [1] * unknown) == tuple(told["elephant"])
    assert elephant_interval(known, [unknown]) == tuple(told["elephant"])
    assert top_share_interval(known, unknown) == pytest.approx(told["top_share"])
    assert coverage(known, unknown) == pytest.approx(0.7)


def test_the_largest_can_dominate_below_half() -> None:
    told = NUMBERS["below_half"]
    first, second = Fraction(told["first"]), Fraction(told["second"])
    assert float(dominance_threshold(first, second)) == told["threshold"]
    assert dominance([45, 20, 18, 17]) == told["dominant"]


@pytest.mark.parametrize(
    ("known", "unknown", "verdict"),
    [
        ([60, 10], 5, "yes"),
        ([40, 30], 30, "undecided"),
        ([20, 20, 20, 20], 5, "no"),
        ([1], 0, "yes"),
        ([0], 9, None),
    ],
)
def test_dominance_is_yes_no_or_undecided(
    known: list[int], unknown: int, verdict: str | None
) -> None:
    assert dominance(known, unknown) == verdict


def test_a_total_of_nothing_is_null_and_not_zero() -> None:
    for measure in (
        herfindahl,
        top_share,
        gini,
        elephant_factor,
        effective_number,
        dominance,
        coverage,
    ):
        assert measure([]) is None
        assert measure([0, 0]) is None
    assert concentration([]).coverage is None


def test_all_unknown_is_coverage_zero_without_values() -> None:
    measured = concentration([], [3, 4])
    assert (measured.coverage, measured.total, measured.organisations) == (0.0, 7, 0)
    assert (measured.herfindahl_interval, measured.elephant_interval, measured.dominant) == (
        None,
        None,
        None,
    )


def test_a_single_holder() -> None:
    measured = concentration([12])
    assert (measured.herfindahl, measured.elephant, measured.gini, measured.dominant) == (
        1.0,
        1,
        0.0,
        "yes",
    )


def test_below_a_coverage_of_seven_tenths_only_intervals_are_given() -> None:
    at_bound = concentration([40, 15, 15], [1] * 30)
    below = concentration([40, 15, 14], [1] * 31)
    assert at_bound.herfindahl is not None
    assert at_bound.elephant == 2
    assert (below.herfindahl, below.effective, below.top_share, below.gini, below.elephant) == (
        None,
    ) * 5
    assert below.herfindahl_interval is not None
    assert below.elephant_interval == (1, 2)


def test_ties_name_all_who_may_be_in_the_set() -> None:
    assert elephant_members({"a": 3, "b": 3, "c": 1}) == (frozenset("ab"), frozenset())
    assert elephant_members({"a": 4, "b": 2, "c": 2, "d": 2, "e": 2}) == (
        frozenset("a"),
        frozenset("bcde"),
    )
    assert elephant_members({}) == (frozenset(), frozenset())


@given(COUNTS, PERSONS, st.data())
def test_every_outcome_lies_within_the_intervals(
    known: list[int], persons: list[int], data: st.DataObject
) -> None:
    """Gives every unresolved person to some employer, old or new, and measures what comes out."""
    measured = concentration(known, persons)
    if not any(known):
        return
    outcome = list(known)
    for person in persons:
        place = data.draw(st.integers(0, len(outcome)))
        if place == len(outcome):
            outcome.append(person)
        else:
            outcome[place] += person
    slack = 1e-12
    index, top, factor = herfindahl(outcome), top_share(outcome), elephant_factor(outcome)
    assert measured.herfindahl_interval is not None
    assert measured.top_share_interval is not None
    assert measured.elephant_interval is not None
    assert index is not None
    assert top is not None
    assert factor is not None
    assert (
        measured.herfindahl_interval[0] - slack <= index <= measured.herfindahl_interval[1] + slack
    )
    assert measured.top_share_interval[0] - slack <= top <= measured.top_share_interval[1] + slack
    assert measured.elephant_interval[0] <= factor <= measured.elephant_interval[1]
    if measured.dominant != "undecided":
        assert dominance(outcome) == measured.dominant


@given(COUNTS)
def test_measures_stay_in_range(counts: list[int]) -> None:
    index, inequality = herfindahl(counts), gini(counts)
    holders = sum(c > 0 for c in counts)
    if index is None or inequality is None:
        assert holders == 0
        return
    assert 1 / holders - 1e-12 <= index <= 1
    assert 0 <= inequality < 1
