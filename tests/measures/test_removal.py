"""What is left of a thing when some others are gone: ANDs of ORs, weights, lists that are whole or not."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stackholder.measures.removal import Group, Removal


def one_of(*members: str, **more: float | bool | str) -> Group:
    return Group(dict.fromkeys(members, 1.0), **more)  # type: ignore[arg-type]


def tiers(**weights: float) -> Group:
    return Group(weights)


def left(needs: Mapping[str, Iterable[Group]], *gone: str, whole: bool = False) -> dict[str, float]:
    """What is retained of all that is touched, the removed things themselves left out."""
    found = Removal(needs).retained(gone, whole_only=whole)
    return {thing: share.share for thing, share in found.items() if thing not in gone}


# ------------------------------------------------------------------ and, or


def test_every_group_is_needed_and_of_a_group_any_one() -> None:
    needs = {"a": [one_of("x"), one_of("y", "z")]}
    assert left(needs, "x") == {"a": 0.0}
    assert left(needs, "y") == {}
    assert left(needs, "y", "z") == {"a": 0.0}


def test_a_thing_that_needs_nothing_stays() -> None:
    assert left({"a": []}, "x") == {}
    assert left({}, "x") == {}


def test_what_is_lost_takes_along_who_needs_it_to_the_end_of_the_chain() -> None:
    chain = {f"n{i}": [one_of(f"n{i - 1}")] for i in range(1, 2_000)}
    found = left(chain, "n0")
    assert len(found) == 1_999
    assert set(found.values()) == {0.0}


def test_broken_is_what_the_worked_example_of_the_blast_radius_says() -> None:
    """a1 needs F1; a2 F1 or F2; a3 F2 and one of M1, M2. X has F1 and M1, Y F2, Z M2."""
    needs = {
        "a1": [one_of("F1")],
        "a2": [one_of("F1", "F2")],
        "a3": [one_of("F2"), one_of("M1", "M2")],
    }
    weights = {"a1": 10, "a2": 30, "a3": 60}
    owners = {"X": ("F1", "M1"), "Y": ("F2",), "Z": ("M2",), "X+Y": ("F1", "M1", "F2")}
    broken = {
        who: Fraction(sum(weights[a] for a, s in left(needs, *gone).items() if s == 0), 100)
        for who, gone in owners.items()
    }
    assert broken == {"X": Fraction(1, 10), "Y": Fraction(3, 5), "Z": 0, "X+Y": 1}


# ------------------------------------------------------------------ weights


def test_the_best_way_left_over_the_best_before() -> None:
    """PyTorch is optimised on NVIDIA (.8) and supported on AMD (.5): without NVIDIA .625 is left."""
    needs = {"pytorch": [tiers(nvidia=0.8, amd=0.5)]}
    assert left(needs, "nvidia") == {"pytorch": 0.5 / 0.8}
    assert left(needs, "amd") == {}
    assert left(needs, "nvidia", "amd") == {"pytorch": 0.0}


def test_the_worst_hit_group_counts() -> None:
    needs = {"a": [tiers(x=1.0, y=0.8), tiers(x=1.0, z=0.2)]}
    assert left(needs, "x") == {"a": 0.2}


def test_what_a_member_retains_counts_with_its_weight() -> None:
    """b keeps .5 without x; a needs b natively or c experimentally: .5 of before."""
    needs = {"b": [tiers(x=1.0, y=0.5)], "a": [tiers(b=1.0, c=0.2)]}
    assert left(needs, "x") == {"b": 0.5, "a": 0.5}


def test_what_stays_whatever_is_removed_is_left() -> None:
    """A licence that withholds .6 of what is out leaves .4."""
    assert left({"a": [one_of("x", always=0.4)]}, "x") == {"a": 0.4}
    assert left({"a": [one_of("x", always=1.0)]}, "x") == {}


def test_a_need_whose_tier_is_stated_elsewhere_counts_only_where_it_breaks() -> None:
    needs = {"b": [tiers(x=1.0, y=0.5)], "a": [one_of("b", breaks_only=True)]}
    assert left(needs, "x") == {"b": 0.5}
    assert left(needs, "x", "y") == {"b": 0.0, "a": 0.0}


# ------------------------------------------------------------------ lists that are whole


def test_a_list_that_is_not_stated_to_be_whole_may_have_another_member() -> None:
    needs = {"a": [one_of("x", whole=False)], "b": [one_of("a")]}
    assert left(needs, "x") == {"a": 0.0, "b": 0.0}
    assert left(needs, "x", whole=True) == {}


def test_a_whole_list_beside_one_that_is_not() -> None:
    needs = {"a": [Group({"x": 1.0}, whole=False), tiers(x=1.0, y=0.5)]}
    assert left(needs, "x") == {"a": 0.0}
    assert left(needs, "x", whole=True) == {"a": 0.5}


# ------------------------------------------------------------------ circles


def test_two_that_need_each_other_stand_as_long_as_nothing_else_is_lost() -> None:
    needs = {"a": [one_of("b")], "b": [one_of("a"), one_of("x")]}
    assert left(needs, "y") == {}
    assert left(needs, "x") == {"a": 0.0, "b": 0.0}


def test_each_the_others_only_alternative_holds_the_other_up() -> None:
    """Greatest fixpoint: a and b each run on x or on the other; without x they still claim each other."""
    needs = {"a": [one_of("x", "b")], "b": [one_of("x", "a")]}
    assert left(needs, "x") == {}


def test_a_circle_that_loses_a_little_each_round_comes_to_an_end() -> None:
    needs = {"a": [tiers(b=1.0, x=1.0)], "b": [tiers(a=0.5, x=1.0)]}
    assert left(needs, "x") == pytest.approx({"a": 0.0, "b": 0.0}, abs=1e-9)


# ------------------------------------------------------------------ properties

NAMES = "abcdef"
GROUP = st.builds(
    Group,
    st.dictionaries(
        st.sampled_from(NAMES), st.sampled_from([0.2, 0.5, 1.0]), min_size=1, max_size=3
    ),
    whole=st.booleans(),
    always=st.sampled_from([0.0, 0.0, 0.2]),
    breaks_only=st.booleans(),
)
NEEDS = st.dictionaries(st.sampled_from(NAMES[:4]), st.lists(GROUP, max_size=3), max_size=4)
GONE = st.sets(st.sampled_from(NAMES), min_size=1, max_size=3)


def by_rounds(needs: Mapping[str, Iterable[Group]], gone: set[str], *, whole: bool) -> list[float]:
    """The greatest fixpoint by its definition: from all down, round after round."""
    share = {n: 0.0 if n in gone else 1.0 for n in NAMES}
    for _ in range(200):
        for thing, groups in needs.items():
            if thing in gone:
                continue
            for group in groups:
                ways = [w * share[m] for m, w in group.members.items()]
                part = max([*ways, group.always]) / group.best
                if (whole and not group.whole) or (group.breaks_only and part > 0):
                    continue
                share[thing] = min(share[thing], part)
    return [share[n] for n in NAMES]


@settings(deadline=None, derandomize=True)
@given(NEEDS, GONE, st.booleans())
def test_the_worklist_finds_the_greatest_fixpoint(
    needs: dict[str, list[Group]], gone: set[str], whole: bool
) -> None:
    found = Removal(needs).retained(gone, whole_only=whole)
    shares = [found[n].share if n in found else 1.0 for n in NAMES]
    for one, other in zip(shares, by_rounds(needs, gone, whole=whole), strict=True):
        assert abs(one - other) < 1e-6


@settings(deadline=None, derandomize=True)
@given(NEEDS, GONE, st.sampled_from(NAMES))
def test_more_loss_never_leaves_more_and_what_is_sure_is_no_more_than_what_is_possible(
    needs: dict[str, list[Group]], gone: set[str], more: str
) -> None:
    removal = Removal(needs)
    once, further = removal.retained(gone), removal.retained({*gone, more})
    surely = removal.retained(gone, whole_only=True)
    for name in NAMES:
        before = once[name].share if name in once else 1.0
        assert (further[name].share if name in further else 1.0) <= before + 1e-9
        assert before <= (surely[name].share if name in surely else 1.0) + 1e-9


@settings(deadline=None, derandomize=True)
@given(NEEDS, GONE, st.permutations(NAMES))
def test_names_order_and_repetition_mean_nothing(
    needs: dict[str, list[Group]], gone: set[str], names: list[str]
) -> None:
    other = dict(zip(NAMES, names, strict=True))
    renamed = {
        other[thing]: [
            Group(
                {other[m]: w for m, w in g.members.items()},
                g.whole,
                g.always,
                g.breaks_only,
            )
            for g in itertools.chain(groups, groups)
        ]
        for thing, groups in reversed(needs.items())
    }
    once = {n: s.share for n, s in Removal(needs).retained(gone).items()}
    again = Removal(renamed).retained({other[g] for g in gone})
    assert {n: round(s.share, 6) for n, s in again.items()} == {
        other[n]: round(s, 6) for n, s in once.items()
    }


def test_what_is_gone_in_whatever_order_leaves_the_same_for_the_same_reason() -> None:
    needs = {"a": [one_of("x"), one_of("y")], "b": [one_of("y"), one_of("x")]}
    answers = [list(Removal(needs).retained(gone).items()) for gone in itertools.permutations("xy")]
    assert answers[0] == answers[1]
