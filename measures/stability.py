"""Stability: does a ranking of control paths survive other strengths?

Strengths are parameters. Each channel in turn is taken at half and at half again its strength (never above 1), all
others as they are; rankings are compared by Kendall's tau-b (Kendall 1945).
"""

from __future__ import annotations

import bisect
import collections
import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["Stability", "stability"]

_FACTORS: Final = (0.5, 1.5)
_DECIMALS: Final = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Stability:
    """How a ranking fares.

    Attributes:
        tau: Least rank correlation with the given ranking, in [-1, 1].
        first_stays: Whether the first, or one that ties with it, is first every time.
        channel: Channel whose change moves the ranking most.
        n: Number of paths compared.
    """

    tau: float
    first_stays: bool
    channel: str
    n: int


def stability(paths: Sequence[tuple[float, str]]) -> Stability | None:
    """The stability of a ranking by product; None where there is no order: fewer than two paths, or all of them tie.

    Args:
        paths: Product of the strengths, and one letter per hop for its channel.
    """
    given = [round(product, _DECIMALS) for product, _ in paths]
    if len(set(given)) < 2:
        return None
    best = max(given)
    least, worst, stays = 1.0, "", True
    for channel in sorted({c for _, channels in paths for c in channels}):
        for factor in _FACTORS:
            moved = [
                round(min(1.0, p * factor ** channels.count(channel)), _DECIMALS)
                for p, channels in paths
            ]
            tau = _tau(given, moved)
            stays &= any(m == max(moved) and g == best for g, m in zip(given, moved, strict=True))
            if tau < least:
                least, worst = tau, channel
    return Stability(least, stays, worst, len(paths))


def _tau(first: Sequence[float], second: Sequence[float]) -> float:
    """Kendall's tau-b; 1 where one of the two has only ties, since then nothing can be turned round.

    Discordant pairs are counted while sorting (Knight 1966, doi:10.1080/01621459.1966.10480879).
    """
    discordant = 0
    below: list[float] = []
    for _, value in sorted(zip(first, second, strict=True)):
        discordant += len(below) - bisect.bisect_right(below, value)
        bisect.insort(below, value)
    pairs = math.comb(len(first), 2)
    ties, other_ties = _ties(first), _ties(second)
    if pairs in {ties, other_ties}:
        return 1.0
    both = _ties(zip(first, second, strict=True))
    surplus = pairs - ties - other_ties + both - 2 * discordant
    return surplus / math.sqrt((pairs - ties) * (pairs - other_ties))


def _ties(values: Iterable[object]) -> int:
    """Pairs of equal values."""
    return sum(math.comb(n, 2) for n in collections.Counter(values).values())
