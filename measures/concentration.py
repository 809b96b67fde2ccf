"""How concentrated work is: the elephant factor, exact. Counts are whole numbers (commits) or fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

__all__ = ["elephant_factor"]


def elephant_factor(counts: Sequence[int | Fraction]) -> int | None:
    """Least number of holders with at least half of the total (CHAOSS); None where the total is 0.

    Over persons it is the contributor absence factor. Low means concentrated.
    """
    holders = sorted((Fraction(c) for c in counts if c > 0), reverse=True)
    total, reached = sum(holders, Fraction(0)), Fraction(0)
    for number, count in enumerate(holders, 1):
        reached += count
        if 2 * reached >= total:
            return number
    return None
