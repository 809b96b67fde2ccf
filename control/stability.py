"""Stability: does a ranking of control paths survive other strengths?

Strengths are parameters. Each channel in turn is taken at half and at half again its strength (never above 1), all
others as they are; rankings are compared by Kendall's tau-b (Kendall 1945).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
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
    """Kendall's tau-b; 1 where one of the two has only ties, since then nothing can be turned round."""
    from scipy.stats import kendalltau

    if len(set(first)) == 1 or len(set(second)) == 1:
        return 1.0
    found = float(kendalltau(first, second).statistic)
    return 1.0 if math.isnan(found) else found
