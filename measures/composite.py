"""Two headline measures of our own: control surplus (power less work), and the price of a unit of power."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction

__all__ = ["Surplus", "control_surplus", "mean_power", "seat_price"]

Number = int | float | Fraction


@dataclasses.dataclass(frozen=True, slots=True)
class Surplus:
    """How much more somebody decides than does, in [-1, 1].

    Attributes:
        low: If every unknown commit is theirs.
        high: If none is.
    """

    low: Number
    high: Number


def control_surplus(power: Number, share_low: Number, share_high: Number) -> Surplus:
    """Power index less share of the work; above +1/4 captured, below -1/4 exploited.

    Args:
        power: Shapley–Shubik index in the body that decides, [0, 1].
        share_low: Share of the work if no unknown commit is theirs.
        share_high: If every unknown one is.
    """
    return Surplus(power - share_high, power - share_low)


def mean_power(terms: Sequence[tuple[Number, Number]]) -> Number:
    """Mean power over (years, power), weighted by years.

    Raises:
        ValueError: No time at all.
    """
    years = sum(y for y, _ in terms)
    if not years:
        raise ValueError("power over no time")
    return sum(y * p for y, p in terms) / years


def seat_price(paid: Number, power: Number) -> Number | None:
    """Money per unit of mean power over the paid term; None where the seat carries no power at all."""
    return paid / power if power else None
