"""Trends: slope by Theil–Sen, significance by Mann–Kendall, exact for short series; breaks at events.

Theil 1950; Sen 1968; Mann 1945; Kendall 1975 (variance corrected for ties). Values are in
the order of time, at equal steps.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import statistics
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

__all__ = ["Break", "Trend", "interrupted", "trend"]

_LEAST: Final = 4
_EXACT: Final = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Trend:
    """Whether a series rises or falls.

    Attributes:
        slope: Median of all slopes, per step.
        p: Two-sided, of the Mann–Kendall statistic (rising pairs less falling ones): exact for up to 10 values without
            ties, else of its normal score, corrected for continuity and ties.
    """

    slope: float
    p: Fraction | float


def trend(values: Sequence[float]) -> Trend | None:
    """The trend of a series; None for fewer than four values, or where all are equal."""
    n = len(values)
    if n < _LEAST or len(set(values)) == 1:
        return None
    pairs = list(itertools.combinations(range(n), 2))
    slope = statistics.median((values[j] - values[i]) / (j - i) for i, j in pairs)
    s = sum((values[j] > values[i]) - (values[j] < values[i]) for i, j in pairs)
    ties = [count for count in Counter(values).values() if count > 1]
    if n <= _EXACT and not ties:
        return Trend(slope, _exact(n, s))
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    score = (s - (s > 0) + (s < 0)) / math.sqrt(variance)
    return Trend(slope, math.erfc(abs(score) / math.sqrt(2)))


def _exact(n: int, s: int) -> Fraction:
    """P(|S| ≥ |s|) over all orders of n values: the number of orders by inversions (MacMahon)."""
    ways = [1]
    for size in range(2, n + 1):
        longer = [0] * (len(ways) + size - 1)
        for inversions, count in enumerate(ways):
            for more in range(size):
                longer[inversions + more] += count
        ways = longer
    most = n * (n - 1) // 2
    far = sum(
        count for inversions, count in enumerate(ways) if abs(most - 2 * inversions) >= abs(s)
    )
    return Fraction(far, math.factorial(n))


@dataclasses.dataclass(frozen=True, slots=True)
class Break:
    """What changed at an event, beside a comparison series.

    Attributes:
        level: Mean after less mean before, less the same of the comparison (difference in differences).
        p: Share of all ways to split the years in time order whose difference is at least as far from 0.
        before: Values before.
        after: Values from the event on.
    """

    level: float
    p: Fraction
    before: int
    after: int


def interrupted(
    values: Sequence[float], event: int, comparison: Sequence[float] | None = None
) -> Break | None:
    """An interrupted series: the change of level at an event, against a comparison where there is one.

    The test is by randomisation over the possible events, at least two values on each side (Edgington 1980).

    Args:
        values: At equal steps.
        event: Index of the first value after the event.
        comparison: Another series over the same steps.

    Returns:
        None with fewer than two values on a side, or fewer than four in all.
    """
    n = len(values)
    if n < _LEAST or not 2 <= event <= n - 2:
        return None

    def level(at: int, series: Sequence[float]) -> float:
        return statistics.fmean(series[at:]) - statistics.fmean(series[:at])

    def effect(at: int) -> float:
        return level(at, values) - (level(at, comparison) if comparison else 0.0)

    change = effect(event)
    every = [effect(at) for at in range(2, n - 1)]
    far = sum(abs(e) >= abs(change) - 1e-12 for e in every)
    return Break(change, Fraction(far, len(every)), event, n - event)
