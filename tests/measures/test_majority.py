"""Majority control: the least fixpoint, thresholds, mutual control, and votes that are not known."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stackholder.measures.majority import Controlled, Stake, groups, majority_control

KNOWN = json.loads((Path(__file__).parent.parent / "data/control.json").read_text())


def stakes(votes: dict[str, float | None]) -> list[Stake]:
    return [Stake(*pair.split(">"), share) for pair, share in votes.items()]


def sure(votes: dict[str, float | None], threshold: float = 0.5, **how: Any) -> set[str]:
    found = majority_control(stakes(votes), threshold, **how)
    return {f"{c.controller}>{c.controlled}" for c in found if c.sure}


def possible(votes: dict[str, float | None]) -> set[str]:
    found = majority_control(stakes(votes))
    return {f"{c.controller}>{c.controlled}" for c in found if not c.sure}


@pytest.mark.parametrize("case", KNOWN["control"], ids=str)
def test_the_worked_example_at_every_threshold(case: dict[str, Any]) -> None:
    found = sure(KNOWN["votes"], case["threshold"], inclusive=case["inclusive"])
    assert found == set(case["pairs"])


def test_exactly_half_is_no_control() -> None:
    assert sure({"H>I": 0.5}) == set()
    assert sure({"H>I": 0.5}, inclusive=True) == {"H>I"}
    assert sure({"H>I": 0.500001}) == {"H>I"}


def test_halves_that_only_add_up_are_no_control() -> None:
    parts = {"H>A": 1.0, "H>B": 1.0, "H>C": 1.0, "A>I": 0.1, "B>I": 0.2, "C>I": 0.2}
    assert "H>I" not in sure(parts)
    assert "H>I" in sure({**parts, "C>I": 0.2001})


def test_each_of_two_may_control_the_other() -> None:
    assert sure({"F>G": 0.6, "G>F": 0.6}) == {"F>G", "G>F"}


def test_nobody_is_said_to_control_itself() -> None:
    assert sure({"A>A": 0.9, "A>B": 0.6, "B>A": 0.2}) == {"A>B"}


def test_votes_that_are_not_stated_give_control_that_is_possible_and_never_none() -> None:
    assert possible({"A>B": None}) == {"A>B"}
    assert sure({"A>B": None}) == set()


def test_unknown_votes_reach_no_further_than_what_the_known_ones_leave() -> None:
    assert possible({"A>B": None, "C>B": 0.5}) == set()
    assert possible({"A>B": None, "C>B": 0.49}) == {"A>B"}
    assert possible({"A>B": None, "C>B": 0.6}) == set()
    assert possible({"A>B": None, "D>B": None, "C>B": 0.3}) == {"A>B", "D>B"}


def test_what_possibly_follows_is_possible_too() -> None:
    assert possible({"A>B": None, "B>C": 0.9}) == {"A>B", "A>C"}
    assert sure({"A>B": None, "B>C": 0.9}) == {"B>C"}


def test_votes_known_in_part_and_hoped_for_in_part_add_up() -> None:
    votes: dict[str, float | None] = {"A>B": 0.3, "A>C": 1.0, "C>B": None, "D>B": 0.4}
    assert "A>B" in possible(votes)
    assert "A>B" not in possible({**votes, "D>B": 0.5})


def test_no_votes_are_no_stake_at_all() -> None:
    assert majority_control([Stake("google", "anthropic", 0.0)]) == []


def test_votes_that_sum_to_more_than_all_are_not_believed() -> None:
    assert sure({"A>B": 0.7, "C>B": 0.4}) == set()
    assert possible({"A>B": 0.7, "C>B": 0.4}) == {"A>B", "C>B"}
    assert sure({"A>B": 0.6, "C>B": 0.4}) == {"A>B"}


def test_parallel_statements_of_one_stake_count_once() -> None:
    twice = [Stake("A", "B", 0.3), Stake("A", "B", 0.3), Stake("A", "B", None)]
    assert majority_control(twice) == []
    assert majority_control([*twice, Stake("A", "B", 0.6)]) == [Controlled("A", "B", sure=True)]


def test_a_chain_of_a_thousand_holdings_is_followed_to_its_end() -> None:
    chain = [Stake(str(i), str(i + 1), 0.51) for i in range(1000)]
    from_the_top = [c for c in majority_control(chain) if c.controller == "0"]
    assert len(from_the_top) == 1000


def by_rounds(votes: dict[tuple[str, str], float], threshold: float) -> set[tuple[str, str]]:
    """The fixpoint by its definition, round after round over all pairs."""
    names = {n for pair in votes for n in pair}
    control = {(n, n) for n in names}
    while True:
        more = {
            (x, y)
            for x in names
            for y in names
            if sum(votes.get((z, y), 0.0) for z in names if (x, z) in control) > threshold + 1e-9
        }
        if more <= control:
            return {(x, y) for x, y in control if x != y}
        control |= more


PAIRS = st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"))
VOTES = st.dictionaries(PAIRS, st.sampled_from([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 1.0]), max_size=14)


def believed(votes: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """The votes with those of over-subscribed companies scaled down to all."""
    total: dict[str, float] = {}
    for (_, owned), share in votes.items():
        total[owned] = total.get(owned, 0.0) + share
    return {p: s / max(1.0, total[p[1]]) for p, s in votes.items()}


@settings(deadline=None, derandomize=True)
@given(VOTES, st.sampled_from([0.25, 0.5, 2 / 3]))
def test_the_worklist_finds_the_least_fixpoint(
    votes: dict[tuple[str, str], float], threshold: float
) -> None:
    shares = believed(votes)
    found = majority_control([Stake(*pair, share) for pair, share in shares.items()], threshold)
    assert {(c.controller, c.controlled) for c in found if c.sure} == by_rounds(shares, threshold)


@settings(deadline=None, derandomize=True)
@given(VOTES, st.randoms(use_true_random=False))
def test_what_is_sure_stays_so_however_the_unknown_votes_fall(
    votes: dict[tuple[str, str], float], chance: random.Random
) -> None:
    shares = believed(votes)
    hidden = {pair for pair in shares if chance.random() < 0.4}
    told = majority_control([Stake(*p, None if p in hidden else s) for p, s in shares.items()])
    truth = by_rounds(shares, 0.5)
    assert {(c.controller, c.controlled) for c in told if c.sure} <= truth
    assert truth <= {(c.controller, c.controlled) for c in told}


@settings(deadline=None, derandomize=True)
@given(VOTES, st.randoms(use_true_random=False))
def test_the_order_of_the_stakes_means_nothing(
    votes: dict[tuple[str, str], float], chance: random.Random
) -> None:
    listed = [Stake(*pair, share) for pair, share in votes.items()]
    assert majority_control(chance.sample(listed, len(listed))) == majority_control(listed)


# ------------------------------------------------------------------ groups


def group(*pairs: str) -> dict[str, str]:
    """Groups of the transitive closure of `controller>controlled`."""
    graph = nx.transitive_closure(nx.DiGraph(p.split(">") for p in pairs))
    return groups(Controlled(a, b, sure=True) for a, b in graph.edges if a != b)


def test_a_group_is_named_after_its_topmost_owner() -> None:
    assert group("A>B", "B>C", "A>D") == {"B": "A", "C": "A", "D": "A"}


def test_a_circle_is_one_group_under_its_first_name() -> None:
    assert group("G>F", "F>G", "G>X") == {"F": "F", "G": "F", "X": "F"}


def test_a_circle_that_is_owned_belongs_to_its_owner() -> None:
    assert group("A>F", "F>G", "G>F", "G>X") == {"F": "A", "G": "A", "X": "A"}


def test_what_is_only_possible_makes_no_group() -> None:
    assert groups([Controlled("A", "B", sure=False)]) == {}


@settings(deadline=None, derandomize=True)
@given(st.sets(PAIRS, max_size=12))
def test_every_member_of_a_group_has_one_top_that_controls_it(pairs: set[tuple[str, str]]) -> None:
    graph = nx.DiGraph(p for p in pairs if p[0] != p[1])
    closure = nx.transitive_closure(graph)
    found = groups(Controlled(a, b, sure=True) for a, b in closure.edges if a != b)
    assert set(found) == {b for a, b in closure.edges if a != b}
    for member, top in found.items():
        assert top == member or closure.has_edge(top, member)
    for one, other in itertools.permutations(graph, 2):
        if closure.has_edge(one, other) and closure.has_edge(other, one):
            assert found[one] == found[other]


def test_a_stake_that_is_known_not_to_reach_half_is_no_possible_majority() -> None:
    bounded = [Stake("a", "x", None, at_most=0.5), Stake("b", "y", None, at_most=0.75)]
    assert majority_control(bounded) == [Controlled("b", "y", sure=False)]


def test_bounded_stakes_of_one_group_add_up() -> None:
    stakes = [
        Stake("a", "b", 0.6),
        Stake("a", "x", None, at_most=0.3),
        Stake("b", "x", None, at_most=0.3),
    ]
    assert Controlled("a", "x", sure=False) in majority_control(stakes)
    assert Controlled("b", "x", sure=False) not in majority_control(stakes)
