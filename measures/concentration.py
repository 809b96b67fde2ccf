"""How concentrated work is: measures over counts per holder, exact, with the interval that unknowns leave.

Counts are whole numbers (commits) or fractions; comparisons are exact. An unknown part is never dropped: every
measure has an interval over all ways in which it may turn out, and coverage says how much is known.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal

__all__ = [
    "LEAST_COVERAGE",
    "Concentration",
    "Verdict",
    "concentration",
    "coverage",
    "dominance",
    "dominance_threshold",
    "effective_number",
    "elephant_factor",
    "elephant_interval",
    "elephant_members",
    "gini",
    "herfindahl",
    "herfindahl_interval",
    "top_share",
    "top_share_interval",
]

Count = int | Fraction
Verdict = Literal["yes", "no", "undecided"]

LEAST_COVERAGE: Final = Fraction(7, 10)
"""Below this coverage only intervals are given."""


@dataclasses.dataclass(frozen=True, slots=True)
class Concentration:
    """All measures of one project and window.

    Attributes:
        total: Commits.
        coverage: Part with a known employer, [0, 1]; None where the total is 0.
        organisations: Number of known employers.
        herfindahl: HHI of shares, (0, 1]; like the other values None below a coverage of 0.7.
        herfindahl_interval: Least and greatest under the unknown part; None where nothing is known.
        effective: Effective number of holders, 1 / HHI.
        effective_interval: The same with bounds.
        top_share: Share of the largest (CR1).
        top_share_interval: The same with bounds.
        gini: Inequality among the holders, uncorrected, [0, 1).
        elephant: Elephant factor.
        elephant_interval: Unknown given to the top; every unresolved person an employer of their own.
        dominant: Whether the largest dominates (Melnik, Shy & Stenbacka).
    """

    total: Count
    coverage: float | None
    organisations: int
    herfindahl: float | None = None
    herfindahl_interval: tuple[float, float] | None = None
    effective: float | None = None
    effective_interval: tuple[float, float] | None = None
    top_share: float | None = None
    top_share_interval: tuple[float, float] | None = None
    gini: float | None = None
    elephant: int | None = None
    elephant_interval: tuple[int, int] | None = None
    dominant: Verdict | None = None


def concentration(known: Sequence[Count], persons: Sequence[Count] = ()) -> Concentration:
    """Measures a project in a window.

    Values (as against intervals) take every unresolved person as an employer of their own.

    Args:
        known: Commits per employer.
        persons: Commits per person whose employer is unknown.
    """
    employers, unresolved = _holders(known), _holders(persons)
    unknown = sum(unresolved, Fraction(0))
    total = sum(employers, Fraction(0)) + unknown
    share = coverage(known, unknown)
    if share is None or not employers:
        return Concentration(_plain(total), share, len(employers))
    holders = [*employers, *unresolved]
    enough = Fraction(sum(employers, Fraction(0)), 1) / total >= LEAST_COVERAGE
    spread = herfindahl_interval(known, unknown)
    return Concentration(
        total=_plain(total),
        coverage=share,
        organisations=len(employers),
        herfindahl=herfindahl(holders) if enough else None,
        herfindahl_interval=spread,
        effective=effective_number(holders) if enough else None,
        effective_interval=spread and (1 / spread[1], 1 / spread[0]),
        top_share=top_share(holders) if enough else None,
        top_share_interval=top_share_interval(known, unknown),
        gini=gini(holders) if enough else None,
        elephant=elephant_factor(holders) if enough else None,
        elephant_interval=elephant_interval(known, persons),
        dominant=dominance(known, unknown),
    )


def coverage(known: Sequence[Count], unknown: Count = 0) -> float | None:
    """Known part of the total, [0, 1]; None where the total is 0."""
    total = sum(_holders(known), Fraction(0)) + unknown
    return float((total - unknown) / total) if total else None


def herfindahl(counts: Sequence[Count]) -> float | None:
    """Herfindahl–Hirschman index Σ s², (0, 1] (times 10,000 in the US guidelines); None where the total is 0."""
    bounds = herfindahl_interval(counts)
    return bounds and bounds[0]


def herfindahl_interval(known: Sequence[Count], unknown: Count = 0) -> tuple[float, float] | None:
    """HHI with the unknown part spread thin, and given to the largest; None where nothing is known."""
    employers = _holders(known)
    if not employers:
        return None
    total = sum(employers, Fraction(0)) + unknown
    least = sum((c * c for c in employers), Fraction(0))
    most = least - employers[0] ** 2 + (employers[0] + unknown) ** 2
    return float(least / total**2), float(most / total**2)


def effective_number(counts: Sequence[Count]) -> float | None:
    """Number of equal holders with the same HHI; None where the total is 0."""
    index = herfindahl(counts)
    return index and 1 / index


def top_share(counts: Sequence[Count]) -> float | None:
    """Share of the largest (CR1); None where the total is 0."""
    bounds = top_share_interval(counts)
    return bounds and bounds[0]


def top_share_interval(known: Sequence[Count], unknown: Count = 0) -> tuple[float, float] | None:
    """Share of the largest employer, without and with all of the unknown part; None where nothing is known."""
    employers = _holders(known)
    if not employers:
        return None
    total = sum(employers, Fraction(0)) + unknown
    return float(employers[0] / total), float((employers[0] + unknown) / total)


def gini(counts: Sequence[Count]) -> float | None:
    """Gini coefficient among those with a count above 0, uncorrected, [0, 1); None where there is none."""
    ascending = _holders(counts)[::-1]
    if not ascending:
        return None
    number, total = len(ascending), sum(ascending, Fraction(0))
    weighted = sum((place * count for place, count in enumerate(ascending, 1)), Fraction(0))
    return float(2 * weighted / (number * total) - Fraction(number + 1, number))


def elephant_factor(counts: Sequence[Count]) -> int | None:
    """Least number of holders with at least half of the total (CHAOSS); None where the total is 0.

    Over persons it is the contributor absence factor. Low means concentrated.
    """
    bounds = elephant_interval(counts)
    return bounds and bounds[0]


def elephant_interval(
    known: Sequence[Count], persons: Sequence[Count] = ()
) -> tuple[int, int] | None:
    """Elephant factor with the unknown part given to the largest, and with every person an employer of their own.

    Args:
        known: Commits per employer.
        persons: Commits per person whose employer is unknown.
    """
    employers, unresolved = _holders(known), _holders(persons)
    if not employers:
        return None
    unknown = sum(unresolved, Fraction(0))
    gathered = [employers[0] + unknown, *employers[1:]]
    return _half(gathered), _half(_holders([*employers, *unresolved]))


def elephant_members(counts: Mapping[str, Count]) -> tuple[frozenset[str], frozenset[str]]:
    """Who makes up the elephant factor: those in every such set, and those who tie for the last places of it."""
    number = elephant_factor(list(counts.values()))
    if number is None:
        return frozenset(), frozenset()
    last = _holders(list(counts.values()))[number - 1]
    above = frozenset(name for name, count in counts.items() if count > last)
    tied = frozenset(name for name, count in counts.items() if count == last)
    return (above | tied, frozenset()) if len(above) + len(tied) == number else (above, tied)


def dominance_threshold(
    first: Fraction, second: Fraction, gamma: Fraction = Fraction(1)
) -> Fraction:
    """Share above which the largest dominates: ½ [1 − γ (s₁² − s₂²)] (Melnik, Shy & Stenbacka 2008)."""
    return (1 - gamma * (first**2 - second**2)) / 2


def dominance(
    known: Sequence[Count], unknown: Count = 0, gamma: Fraction = Fraction(1)
) -> Verdict | None:
    """Whether the largest dominates, however the unknown part is shared out; None where nothing is known.

    It helps dominance most to give the unknown part to the largest, and harms it most to give it to the second.
    """
    employers = _holders(known)
    if not employers:
        return None
    total = sum(employers, Fraction(0)) + unknown
    first = employers[0] / total
    second = employers[1] / total if len(employers) > 1 else Fraction(0)
    rest = Fraction(unknown) / total
    rival = min(second + rest, first)
    if first > dominance_threshold(first, rival, gamma):
        return "yes"
    return "undecided" if first + rest > dominance_threshold(first + rest, second, gamma) else "no"


def _holders(counts: Sequence[Count]) -> list[Fraction]:
    """Those above 0, largest first."""
    return sorted((Fraction(c) for c in counts if c > 0), reverse=True)


def _half(descending: Sequence[Fraction]) -> int:
    total, reached = sum(descending, Fraction(0)), Fraction(0)
    for number, count in enumerate(descending, 1):
        reached += count
        if 2 * reached >= total:
            return number
    return len(descending)


def _plain(total: Fraction) -> Count:
    return int(total) if total.denominator == 1 else total
