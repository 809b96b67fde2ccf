"""Power in weighted voting: the Shapley–Shubik index, exact, or sampled where there are too many players.

Source: Shapley & Shubik (1954), computed by generating functions (Brams & Affuso 1976):
φ_i = Σ_{S∌i} |S|!(n−|S|−1)!/n! over the coalitions S that lose without i and win with it.
Sampling: Castro, Gómez & Tejada (2009).
"""

from __future__ import annotations

import collections
import dataclasses
import math
import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

__all__ = ["Sampled", "needed_votes", "sampled_shapley", "shapley"]


_Z: Final = 1.959963984540054


@dataclasses.dataclass(frozen=True, slots=True)
class Sampled:
    """An index from random orders.

    Attributes:
        value: Share of the orders in which the player is pivotal.
        low: Lower end of the 95 % interval (Wilson 1927).
        high: Upper end.
        n: Number of orders.
    """

    value: float
    low: float
    high: float
    n: int


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
    _check(votes, needed)
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


def _check(votes: Sequence[int], needed: int) -> None:
    total = sum(votes)
    if total <= 0 or needed > total or needed <= 0:
        raise ValueError(f"power is undefined where {needed} of {total} votes are needed")


def sampled_shapley(
    votes: Sequence[int], needed: int, *, orders: int = 10_000, seed: int = 0
) -> list[Sampled]:
    """The Shapley–Shubik index from random orders, each with its 95 % interval; for games too large to count.

    Raises:
        ValueError: As for `shapley`.
    """
    _check(votes, needed)
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    pivots: collections.Counter[int] = collections.Counter()
    players = list(range(len(votes)))
    for _ in range(orders):
        chance.shuffle(players)
        held = 0
        for player in players:
            held += votes[player]
            if held >= needed:
                pivots[player] += 1
                break
    return [_wilson(pivots[p], orders) for p in range(len(votes))]


def _wilson(hits: int, n: int) -> Sampled:
    share, square = hits / n, _Z * _Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    width = _Z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return Sampled(share, max(0.0, middle - width), min(1.0, middle + width), n)


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
