"""Chance and its correction, by hand."""

from __future__ import annotations

import pytest
from stackholder.measures.chance import at_least, holm


def test_the_chance_of_a_shared_member_is_hypergeometric() -> None:
    # Two of four and two of four: both alike with 1/6, at least one with 5/6.
    assert at_least(2, 2, 2, 4) == pytest.approx(1 / 6)
    assert at_least(1, 2, 2, 4) == pytest.approx(5 / 6)
    assert at_least(0, 2, 2, 4) == 1


def test_holms_correction_multiplies_by_what_is_left_and_never_falls() -> None:
    # Ordered 0.01, 0.02, 0.04: times 3, 2, 1, so 0.03, 0.04, 0.04.
    assert holm([0.04, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.5, 0.6]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


def test_tests_that_are_not_listed_count_as_tried() -> None:
    assert holm([0.01], tested=5) == pytest.approx([0.05])
