"""What a holder of seats, rights or votes decides, as an interval: known, and at most given what is not known."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stackholder.measures.deciding import (
    ALL,
    NONE,
    Game,
    Interval,
    game_power,
    rights_held,
    seat_shares,
    vote_power,
)
from stackholder.measures.majority import Stake, majority_control

WEIGHTS = {
    "merge": 0.25,
    "release": 0.20,
    "admin": 0.20,
    "appoint": 0.20,
    "relicense": 0.10,
    "trademark": 0.05,
}


def within(narrow: Interval, wide: Interval) -> bool:
    return wide.low - 1e-9 <= narrow.low and narrow.high <= wide.high + 1e-9


# ------------------------------------------------------------------ seats


def test_the_share_of_seats_counts_and_those_nobody_knows_count_at_most() -> None:
    """Eight maintainers: three of one firm, one of another, four of whom nobody knows the employer."""
    shares = seat_shares({"one": 3, "other": 1}, 8)
    assert shares == {"one": Interval(3 / 8, 1.0), "other": Interval(1 / 8, 1.0)}


def test_five_of_eight_seats_are_control() -> None:
    assert seat_shares({"one": 5, "other": 1}, 8)["one"] == ALL


def test_half_of_the_seats_is_no_control() -> None:
    assert seat_shares({"one": 4, "other": 4}, 8) == {
        "one": Interval(0.5, 0.5),
        "other": Interval(0.5, 0.5),
    }


def test_a_roster_longer_than_its_stated_size_is_believed() -> None:
    assert seat_shares({"one": 3, "other": 1}, 2) == {"one": ALL, "other": Interval(0.25, 0.25)}


def test_possible_seats_that_stay_below_half_are_no_possible_control() -> None:
    assert seat_shares({"one": 1, "other": 2}, 4)["one"] == Interval(0.25, 0.5)


# ------------------------------------------------------------------ votes in a body


def test_a_vote_with_a_known_quota_is_worth_its_index() -> None:
    """[51; 50, 49, 1]: 2/3, 1/6, 1/6 (metrics, worked example of Shapley and Shubik)."""
    power = game_power(Game({"a": 50, "b": 49, "c": 1}, 0, 51))
    assert {n: v.low for n, v in power.items()} == {n: v.high for n, v in power.items()}
    assert power["a"].low == pytest.approx(2 / 3)
    assert power["b"].low == power["c"].low == pytest.approx(1 / 6)


def test_who_wins_alone_has_all() -> None:
    """The board of the PyTorch Foundation in its first year: Meta 6 of 11 votes, a simple majority."""
    players = {"meta": 6, **{f"f{i}": 1 for i in range(5)}}
    power = game_power(Game(players, 0, 6))
    assert power["meta"] == ALL
    assert {power[f"f{i}"] for i in range(5)} == {NONE}


def test_unknown_votes_give_a_player_at_most_what_it_would_have_with_all_of_them() -> None:
    """Seven seats, four needed, two of unknown employers. With both, Google has [4; 4, 1, 1, 1]: it wins alone."""
    power = game_power(Game({"google": 2, "a": 1, "b": 1, "c": 1}, 2, 4))
    assert power["google"] == Interval(0.0, 1.0)
    assert power["a"].low == 0.0
    assert power["a"].high == pytest.approx(1 / 2), "[4; 3, 2, 1, 1]: pivotal in 12 of 24 orders"


def test_where_two_can_each_win_alone_neither_has_all() -> None:
    """A quota of a third of the votes: who comes first decides."""
    assert game_power(Game({"a": 1, "b": 1}, 0, 1)) == dict.fromkeys("ab", Interval(0.5, 0.5))
    assert game_power(Game({"a": 1}, 1, 1))["a"] == Interval(0.0, 1.0)


def test_unknown_votes_do_not_unseat_who_wins_without_them() -> None:
    power = game_power(Game({"firm": 4, "other": 1}, 2, 4))
    assert power["firm"] == ALL
    assert power["other"].low == 0.0


def test_a_body_in_which_nobody_can_carry_a_motion_has_no_index() -> None:
    with pytest.raises(ValueError, match="undefined"):
        game_power(Game({"a": 1, "b": 1}, 0, 3))


def test_a_body_too_large_to_count_is_sampled_with_its_error() -> None:
    """A thousand and one equal seats: each has 1/1001."""
    power = game_power(Game({f"p{i}": 1 for i in range(3001)}, 0, 1501))
    assert sum(p.low <= 1 / 3001 <= p.high for p in power.values()) > 2800
    assert all(p.high < 0.01 for p in power.values())


@settings(deadline=None, derandomize=True)
@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 4), min_size=2),
    st.integers(0, 2),
    st.data(),
)
def test_to_know_less_of_a_vote_only_widens_what_each_holds(
    votes: dict[str, int], unknown: int, data: st.DataObject
) -> None:
    total = sum(votes.values()) + unknown
    needed = data.draw(st.integers(1, total))
    before = game_power(Game(votes, unknown, needed))
    forgotten = data.draw(st.sampled_from(sorted(votes)))
    fewer = {n: v - (n == forgotten) for n, v in votes.items()}
    fewer = {n: v for n, v in fewer.items() if v}
    after = game_power(Game(fewer, unknown + 1, needed))
    for player, value in after.items():
        assert within(before[player], value), player


@settings(deadline=None, derandomize=True)
@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 3), min_size=1),
    st.integers(1, 3),
    st.data(),
)
def test_the_truth_lies_in_the_interval_whoever_holds_the_unknown_votes(
    votes: dict[str, int], unknown: int, data: st.DataObject
) -> None:
    needed = data.draw(st.integers(1, sum(votes.values()) + unknown))
    told = game_power(Game(votes, unknown, needed))
    holders = [*sorted(votes), "x", "y", "z"]
    for owners in itertools.combinations_with_replacement(holders, unknown):
        truth = {**dict.fromkeys(holders, 0), **votes}
        for owner in owners:
            truth[owner] += 1
        power = game_power(Game({n: v for n, v in truth.items() if v}, 0, needed))
        for player, value in told.items():
            assert within(power[player], value), owners


# ------------------------------------------------------------------ rights


def held(holders: Mapping[str, set[str] | None]) -> dict[str, tuple[float, float]]:
    return {
        name: (pytest.approx(share.low), pytest.approx(share.low + share.unheld))  # type: ignore[misc]
        for name, share in rights_held(holders, WEIGHTS).items()
    }


def test_the_rights_over_pytorch() -> None:
    """Core and module maintainers merge; nobody is known to be able to relicense."""
    assert held(
        {
            "core": {"merge", "release", "admin", "appoint"},
            "modules": {"merge"},
            "foundation": {"trademark"},
        }
    ) == {"core": (0.725, 0.825), "modules": (0.125, 0.225), "foundation": (0.05, 0.15)}


def test_all_rights_of_one_are_all_there_is() -> None:
    assert held({"vendor": set(WEIGHTS)}) == {"vendor": (1.0, 1.0)}


def test_a_trademark_beside_nobody_may_be_everything() -> None:
    assert held({"foundation": {"trademark"}}) == {"foundation": (0.05, 1.0)}


def test_who_governs_by_rights_that_are_not_stated_may_hold_those_of_nobody() -> None:
    assert held({"body": None, "firm": {"merge"}}) == {"body": (0.0, 0.75), "firm": (0.25, 1.0)}


def test_a_further_holder_of_a_right_splits_it() -> None:
    """The one stated exception to: what is not known never makes stronger."""
    alone, beside = (held({n: {"merge"} for n in names}) for names in ("a", "abc"))
    assert alone["a"] == (0.25, 1.0)
    assert beside["a"] == (0.25 / 3, 0.75 + 0.25 / 3)


# ------------------------------------------------------------------ votes in a company


def power(
    votes: dict[str, float | None], at_most: dict[str, float] | None = None
) -> dict[str, tuple[float, float]]:
    """The power of the direct holders, with the majority fixpoint over the same votes."""
    stakes = [Stake(h, "firm", v, (at_most or {}).get(h)) for h, v in votes.items()]
    found = majority_control(stakes)
    values = vote_power(
        votes,
        at_most or {},
        {c.controller for c in found if c.sure},
        {c.controller for c in found},
    )
    return {h: (round(v.low, 9), round(v.high, 9)) for h, v in values.items()}


def test_more_than_half_of_the_votes_is_control_and_leaves_nothing_to_others() -> None:
    assert power({"founder": 0.61, "fund": 0.2}) == {"founder": (1.0, 1.0), "fund": (0.0, 0.0)}


def test_minorities_are_what_they_are_where_nobody_can_have_the_majority() -> None:
    assert power({"a": 0.26, "b": 0.25}) == {"a": (0.26, 0.26), "b": (0.25, 0.25)}


def test_exactly_half_is_no_control() -> None:
    assert power({"a": 0.5, "b": 0.5}) == {"a": (0.5, 0.5), "b": (0.5, 0.5)}


def test_votes_that_are_not_stated_are_at_most_what_the_others_leave() -> None:
    assert power({"a": 0.6, "b": None})["b"] == (0.0, 0.0)
    assert power({"a": 0.55, "b": None})["a"] == (1.0, 1.0)
    assert power({"a": 0.5, "b": None}) == {"a": (0.5, 0.5), "b": (0.0, 0.5)}
    assert power({"a": 0.3, "b": None}) == {"a": (0.0, 0.3), "b": (0.0, 1.0)}


def test_a_stated_range_caps_what_is_not_stated() -> None:
    assert power({"a": 0.5, "b": None}, {"b": 0.25}) == {"a": (0.5, 0.5), "b": (0.0, 0.25)}


def test_where_most_votes_are_nobodys_that_is_known_a_minority_may_decide_nothing() -> None:
    """Seven tenths may be in one hand that no source names."""
    assert power({"a": 0.3}) == {"a": (0.0, 0.3)}
    assert power({"a": 0.3, "b": 0.2}) == {"a": (0.3, 0.3), "b": (0.2, 0.2)}


def test_votes_that_sum_to_more_than_all_say_nothing_sure() -> None:
    assert power({"a": 0.7, "b": 0.4}) == {"a": (0.0, 1.0), "b": (0.0, 1.0)}


VOTES = st.dictionaries(
    st.sampled_from("abcd"), st.sampled_from([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.9]), min_size=1
).filter(lambda votes: sum(votes.values()) <= 1)


@settings(deadline=None, derandomize=True)
@given(VOTES, st.data())
def test_to_know_less_of_the_votes_only_widens_what_each_holds(
    votes: dict[str, float], data: st.DataObject
) -> None:
    hidden = data.draw(st.sets(st.sampled_from(sorted(votes))))
    once = {h: None if h in hidden else v for h, v in votes.items()}
    forgotten = data.draw(st.sampled_from(sorted(votes)))
    less = {**once, forgotten: None}
    before, after = power(once), power(less)
    for holder in votes:
        assert within(Interval(*before[holder]), Interval(*after[holder])), holder
    unlisted = {h: v for h, v in once.items() if h != forgotten}
    for holder, value in power(unlisted).items():
        assert within(Interval(*before[holder]), Interval(*value)), f"{holder}, unlisted"
