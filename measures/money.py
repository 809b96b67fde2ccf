"""Money of one payer to one receiver: a running total holds the single payments before it."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Iterable

__all__ = ["Payment", "Sums", "total"]


@dataclasses.dataclass(frozen=True, slots=True)
class Payment:
    """One statement of money.

    Attributes:
        amount: In its currency; None = not stated.
        dollars: Whether in USD; others are told, and not added.
        stage: `letter_of_intent`, `announced`, `closed`, or None.
        cumulative: Whether it is a total up to its date, and holds what was paid before.
        day: When; None = not known.
    """

    amount: float | None
    dollars: bool
    stage: str | None
    cumulative: bool
    day: datetime.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class Sums:
    """What they add up to, in USD.

    Attributes:
        paid: Closed or announced; None where no amount is stated.
        intended: In letters of intent alone.
    """

    paid: float | None
    intended: float


def total(payments: Iterable[Payment]) -> Sums:
    """The sum of payments in USD: the latest running total, and the single payments after it.

    Of several running totals the largest counts, of equal ones the latest. A single payment without a date lies within
    a running total.
    """
    stated = [p for p in payments if p.amount is not None and p.dollars]
    intended = math.fsum(p.amount or 0.0 for p in stated if p.stage == "letter_of_intent")
    firm = [p for p in stated if p.stage != "letter_of_intent"]
    running = [p for p in firm if p.cumulative]
    if not firm:
        return Sums(None, intended)
    if not running:
        return Sums(math.fsum(p.amount or 0.0 for p in firm), intended)
    last = max(running, key=lambda p: (p.amount or 0.0, p.day or datetime.date.min))
    later = [
        p
        for p in firm
        if not p.cumulative and last.day is not None and p.day is not None and p.day > last.day
    ]
    return Sums((last.amount or 0.0) + math.fsum(p.amount or 0.0 for p in later), intended)
