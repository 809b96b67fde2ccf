"""How concentrated work is: the elephant factor, exact, and the index of squared shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

__all__ = ["elephant_factor", "herfindahl"]


def elephant_factor(
    counts: Sequence[int | Fraction], whole: int | Fraction | None = None
) -> int | None:
    """Least number of holders with at least half of the whole (CHAOSS); None where all of them have less, or nothing.

    Over persons it is the contributor absence factor. Low means concentrated.

    Args:
        counts: By holder.
        whole: What there is in all, where more holders are not listed; None = the sum.
    """
    holders = sorted((Fraction(c) for c in counts if c > 0), reverse=True)
    total = sum(holders, Fraction(0)) if whole is None else whole
    reached = Fraction(0)
    for number, count in enumerate(holders, 1):
        reached += count
        if 2 * reached >= total:
            return number
    return None


def herfindahl(shares: Sequence[float], unknown: float) -> tuple[float, float]:
    """Sum of the squared shares, 0 to 1: if the unknown part belongs to nobody of weight, and if all is the largest's.

    Source: Hirschman (1964); read as the US merger guidelines of 2023 do, above 0.18 highly concentrated.

    Args:
        shares: Fractions of the whole that are known.
        unknown: Fraction whose holder is not known.
    """
    low = math.fsum(share * share for share in shares)
    largest = max(shares, default=0.0)
    return low, low - largest**2 + (largest + unknown) ** 2
