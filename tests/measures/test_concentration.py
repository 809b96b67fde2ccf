"""The elephant factor: how few holders do half of the work."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stackholder.measures.concentration import elephant_factor

COUNTS = st.lists(st.integers(0, 400), max_size=7)


@pytest.mark.parametrize(
    ("counts", "factor"), [([125] * 8, 4), ([7] * 10, 5), ([1], 1), ([1, 1], 1), ([2, 1, 1], 1)]
)
def test_exactly_half_is_enough(counts: list[int], factor: int) -> None:
    assert elephant_factor(counts) == factor


def test_a_total_of_nothing_is_null_and_not_zero() -> None:
    assert elephant_factor([]) is None
    assert elephant_factor([0, 0]) is None


@given(COUNTS, st.randoms(use_true_random=False), st.integers(1, 5))
def test_neither_order_nor_unit_nor_who_does_nothing_matters(
    counts: list[int], chance: random.Random, unit: int
) -> None:
    other = [Fraction(c, unit) for c in chance.sample(counts, len(counts))]
    assert elephant_factor([*other, 0]) == elephant_factor(counts)


@given(COUNTS)
def test_so_many_hold_half_and_no_fewer_do(counts: list[int]) -> None:
    factor = elephant_factor(counts)
    if factor is None:
        assert not any(counts)
        return
    largest = sorted(counts, reverse=True)
    assert 2 * sum(largest[:factor]) >= sum(counts) > 2 * sum(largest[: factor - 1])


def test_holders_that_are_not_listed_count_in_the_whole() -> None:
    assert elephant_factor([3, 2], whole=10) == 2
    assert elephant_factor([3, 1], whole=10) is None
