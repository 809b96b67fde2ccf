"""Power in weighted voting: exact fractions, checked against the definition."""

from __future__ import annotations

import itertools
import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stackholder.measures.power import needed_votes, shapley

KNOWN = json.loads((Path(__file__).parent.parent / "data/control.json").read_text())
GAMES = st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any)


def by_orders(votes: list[int], needed: int) -> list[Fraction]:
    """Power by its definition: in how many orders of all players each one turns the vote."""
    turns = [0] * len(votes)
    for order in itertools.permutations(range(len(votes))):
        held = 0
        for player in order:
            held += votes[player]
            if held >= needed:
                turns[player] += 1
                break
    return [Fraction(t, math.factorial(len(votes))) for t in turns]


@pytest.mark.parametrize("game", KNOWN["games"], ids=lambda game: game["name"])
def test_the_worked_examples_as_exact_fractions(game: dict[str, Any]) -> None:
    expected = [Fraction(p) for p in game["power"]]
    assert shapley(game["votes"], game["needed"]) == expected
    assert by_orders(game["votes"], game["needed"]) == expected


@pytest.mark.parametrize("case", KNOWN["quotas"], ids=str)
def test_a_quota_is_exceeded_where_it_is_strict_and_met_where_it_is_not(
    case: dict[str, Any],
) -> None:
    found = needed_votes(Fraction(case["votes"]), Fraction(case["quota"]), strict=case["strict"])
    assert found == case["needed"]


@settings(deadline=None, derandomize=True)
@given(GAMES, st.data())
def test_it_counts_the_orders_in_which_a_player_turns_the_vote(
    votes: list[int], data: st.DataObject
) -> None:
    needed = data.draw(st.integers(1, sum(votes)))
    found = shapley(votes, needed)
    assert found == by_orders(votes, needed)
    assert sum(found) == 1


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=25).filter(any), st.data())
def test_equal_votes_have_equal_power_no_votes_none_and_more_votes_never_less(
    votes: list[int], data: st.DataObject
) -> None:
    needed = data.draw(st.integers(1, sum(votes)))
    power = shapley(votes, needed)
    assert sum(power) == 1
    ordered = sorted(zip(votes, power, strict=True))
    for (fewer, less), (more, greater) in itertools.pairwise(ordered):
        assert less <= greater
        assert less == greater or fewer < more
    assert all(p == 0 for v, p in zip(votes, power, strict=True) if v == 0)


@settings(deadline=None, derandomize=True)
@given(GAMES, st.data())
def test_a_player_whose_votes_never_matter_has_no_power(
    votes: list[int], data: st.DataObject
) -> None:
    needed = data.draw(st.integers(1, sum(votes)))
    for player, power in enumerate(shapley(votes, needed)):
        others = [v for i, v in enumerate(votes) if i != player]
        sums = {sum(c) for n in range(len(votes)) for c in itertools.combinations(others, n)}
        matters = any(s < needed <= s + votes[player] for s in sums)
        assert (power > 0) == matters


@settings(deadline=None, derandomize=True)
@given(GAMES, st.integers(1, 5), st.data())
def test_the_unit_in_which_votes_are_counted_means_nothing(
    votes: list[int], unit: int, data: st.DataObject
) -> None:
    needed = data.draw(st.integers(1, sum(votes)))
    assert shapley([v * unit for v in votes], needed * unit) == shapley(votes, needed)


def test_one_player_alone_has_all_power() -> None:
    assert shapley([3], 2) == [1]


@pytest.mark.parametrize(("votes", "needed"), [([0, 0], 1), ([], 1), ([2, 1], 4), ([2, 1], 0)])
def test_where_nobody_can_decide_power_is_undefined(votes: list[int], needed: int) -> None:
    with pytest.raises(ValueError, match="power is undefined"):
        shapley(votes, needed)


def test_a_body_of_two_hundred_is_exact() -> None:
    power = shapley([40] + [1] * 200, 121)
    assert power[0] == Fraction(40, 201)
    assert sum(power) == 1
