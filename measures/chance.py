"""How likely a count is by chance, and what is left of it where many are tried."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["at_least", "holm", "wilson"]


def at_least(shared: int, one: int, other: int, total: int) -> float:
    """Probability that two sets drawn at random share so many members or more (hypergeometric).

    Args:
        shared: Members of both.
        one: Size of the one.
        other: Size of the other.
        total: How many there are to draw from.
    """
    from scipy.stats import hypergeom

    return float(hypergeom.sf(shared - 1, total, one, other))


def holm(chances: Sequence[float], tested: int | None = None) -> list[float]:
    """Probabilities corrected for how many were tried, in the same order.

    Holm 1979, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6(2): the
    i-th smallest of m is multiplied by m - i + 1, and none is less than one before it. It asks for no independence.

    Args:
        chances: Of the tests that are listed.
        tested: How many were tried in all; the rest have no smaller chance than those listed. None = these.
    """
    total = max(tested or 0, len(chances))
    corrected, least = [0.0] * len(chances), 0.0
    for rank, index in enumerate(sorted(range(len(chances)), key=lambda i: chances[i])):
        least = max(least, min(1.0, chances[index] * (total - rank)))
        corrected[index] = least
    return corrected


def wilson(hits: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """The interval of a share, 95 % by default; 0 to 1 where nothing was seen.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22(158): it holds for few
    cases, and does not leave 0 to 1.
    """
    if not total:
        return 0.0, 1.0
    share, square = hits / total, z * z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = (
        z * math.sqrt(share * (1 - share) / total + square / (4 * total**2)) / (1 + square / total)
    )
    return max(0.0, middle - half), min(1.0, middle + half)
