"""Talent flow: are outside contributors of a project hired by its sponsor more often than those of comparable projects?

Relative risk with the usual interval on its logarithm (Katz et al. 1978).
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

__all__ = ["TalentFlow", "talent_flow"]

_Z: Final = 1.959963984540054
_LEAST: Final = 10


@dataclasses.dataclass(frozen=True, slots=True)
class TalentFlow:
    """Hired of those who were watched, against hired of comparable others.

    Attributes:
        ratio: Relative risk; None below ten in either group.
        interval: 95 % interval of the ratio.
        difference: Risk difference.
        corrected: Whether a half was added to all four cells, since one was empty.
        n: Size of both groups.
    """

    ratio: float | None
    interval: tuple[float, float] | None
    difference: float | None
    corrected: bool
    n: tuple[int, int]


def talent_flow(hired: int, watched: int, hired_else: int, watched_else: int) -> TalentFlow:
    """The flow from counts of persons; an employer seen only through addresses and lists makes them lower bounds.

    Raises:
        ValueError: A count is negative, or more were hired than watched.
    """
    if not (0 <= hired <= watched and 0 <= hired_else <= watched_else):
        raise ValueError("hired of watched: counts of persons")
    sizes = (watched, watched_else)
    if min(sizes) < _LEAST:
        return TalentFlow(None, None, None, False, sizes)
    cells = [
        float(hired),
        float(watched - hired),
        float(hired_else),
        float(watched_else - hired_else),
    ]
    corrected = 0.0 in cells
    if corrected:
        cells = [cell + 0.5 for cell in cells]
    a, b, c, d = cells
    one, other = a / (a + b), c / (c + d)
    ratio = one / other
    error = math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    low, high = (math.exp(math.log(ratio) + sign * _Z * error) for sign in (-1, 1))
    difference = hired / watched - hired_else / watched_else
    return TalentFlow(ratio, (low, high), difference, corrected, sizes)
