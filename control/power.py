"""Power in weighted voting: the Shapley–Shubik index, exact.

Source: Shapley & Shubik (1954), computed by generating functions (Brams & Affuso 1976):
φ_i = Σ_{S∌i} |S|!(n−|S|−1)!/n! over the coalitions S that lose without i and win with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

__all__ = ["needed_votes", "shapley"]


def needed_votes(total: Fraction, quota: Fraction, *, strict: bool) -> Fraction:
    """The votes that carry a motion, for a quota stated as a fraction of all votes.

    Args:
        total: All votes of the body.
        quota: Fraction of them, in (0, 1].
        strict: Whether the quota must be exceeded (a simple majority is ½, strictly).
    """
    exact = total * quota
    whole = Fraction(math.ceil(exact))
    return whole + 1 if strict and whole == exact else whole


def shapley(votes: Sequence[int], needed: int) -> list[Fraction]:
    """The Shapley–Shubik index of each player of the weighted game [needed; votes].

    Args:
        votes: Votes of each player, whole and not negative; allied players are merged before.
        needed: Votes that carry a motion.

    Returns:
        One fraction per player; they sum to 1.

    Raises:
        ValueError: Nobody has a vote, or all votes together do not reach `needed`: power is undefined.
    """
    total = sum(votes)
    if total <= 0 or needed > total or needed <= 0:
        raise ValueError(f"power is undefined where {needed} of {total} votes are needed")
    players = len(votes)
    weight = [
        Fraction(math.factorial(s) * math.factorial(players - s - 1), math.factorial(players))
        for s in range(players)
    ]
    index: dict[int, Fraction] = {}
    for own in set(votes):
        others = list(votes)
        others.remove(own)
        pivotal = _coalitions(others, max(needed - own, 0), needed)
        index[own] = sum((weight[size] * count for size, count in enumerate(pivotal)), Fraction(0))
    return [index[own] for own in votes]


def _coalitions(votes: Sequence[int], least: int, below: int) -> list[int]:
    """How many coalitions of each size hold at least `least` and fewer than `below` votes."""
    table = [[0] * below for _ in range(len(votes) + 1)]
    table[0][0] = 1
    for seated, own in enumerate(votes):
        for size in range(seated, -1, -1):
            row, larger = table[size], table[size + 1]
            for held in range(below - own):
                if row[held]:
                    larger[held + own] += row[held]
    return [sum(row[least:below]) for row in table]
