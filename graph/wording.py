"""Numbers as a reader says them: intervals, money, counts, shares, short lists. Used by every answer and picture."""

from __future__ import annotations

import decimal
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

__all__ = [
    "SUPPLIES",
    "counted",
    "interval_text",
    "listed",
    "money_text",
    "percent",
    "power_text",
    "punctuated",
    "supplies_chips",
]

SUPPLIES: Final[Mapping[str, str]] = {
    "fabrication": "fabricates",
    "memory": "delivers the memory of",
    "packaging": "packages",
    "lithography": "delivers the lithography of",
    "design_ip": "licenses the design of",
    "assembly": "assembles",
}
"""What a supplier does, by the part that it supplies."""

_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))


def interval_text(low: float | None, high: float | None) -> str:
    """`0.73–0.83`; `1` where both ends are one; `up to 0.38` where nothing is known; empty without a value."""
    if high is None:
        return "" if low is None else _decimal(low)
    if low is None or (low == 0 and high > 0):
        return f"up to {_decimal(high)}"
    return _decimal(low) if _decimal(low) == _decimal(high) else f"{_decimal(low)}–{_decimal(high)}"


def _decimal(value: float) -> str:
    """Two decimals; what would be read as 0 or 1, and is not, says so."""
    exact = decimal.Decimal(repr(round(value, 9)))
    text = str(exact.quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_UP))
    if text == "0.00" and value > 0:
        return "<0.01"
    if text == "1.00":
        return "1" if value >= 1 else ">0.99"
    return "0" if text == "0.00" else text


def money_text(amount: float | None) -> str:
    """`USD 13.8 bn`; empty where no amount is stated."""
    if amount is None:
        return ""
    for scale, unit in _SCALES:
        if amount >= scale:
            return f"USD {amount / scale:.3g} {unit}"
    return f"USD {amount:,.0f}"


def power_text(
    power: str, low: float | None, high: float | None, amount: float | None = None
) -> str:
    """A power with its value: `decides 0.73–0.83`, `pays USD 13.8 bn`; a law that binds altogether only `binds`."""
    if high is None:
        return f"{power} {money_text(amount)}".strip()
    if power == "binds" and low == high == 1:
        return power
    return f"{power} {interval_text(low, high)}"


def listed(names: Iterable[str], most: int = 3) -> str:
    """Names in a sentence: the first few, and how many more."""
    every = list(names)
    shown = ", ".join(every[:most])
    return f"{shown} and {len(every) - most} more" if len(every) > most else shown


def percent(value: Fraction | float | None) -> str:
    """A share as a reader says it."""
    return "an unknown share" if value is None else f"{float(value):.0%}"


def counted(number: int, noun: str) -> str:
    """A number of things: `1 framework`, `2 frameworks`, `3 bodies`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def supplies_chips(reason: str) -> bool:
    """Whether a reason of a squeeze ends at a supplier of chips, and not at a maker, operator or licensor."""
    return reason.rpartition("; ")[2].startswith(tuple(SUPPLIES.values()))


def punctuated(text: str) -> str:
    """Sentences of which a name at the end may bring its own full stop: `MongoDB, Inc.`."""
    return re.sub(r"\.\.(?=\s|$)", ".", text)
