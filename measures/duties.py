"""Duty coverage: how many of the duties that apply are met, three-valued."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

__all__ = ["Coverage", "Finding", "duty_coverage"]

Finding = Literal["yes", "no", "partial", "unknown"]


@dataclasses.dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the duties that apply are met.

    Attributes:
        low: Met / applicable; None where nothing applies.
        high: (Met + unknown + partial) / applicable.
    """

    low: Fraction | None
    high: Fraction | None


def duty_coverage(findings: Mapping[str, Finding]) -> Coverage:
    """The coverage of duties: whether each that applies is met."""
    size = len(findings)
    if not size:
        return Coverage(None, None)
    met = sum(f == "yes" for f in findings.values())
    perhaps = sum(f in {"unknown", "partial"} for f in findings.values())
    return Coverage(Fraction(met, size), Fraction(met + perhaps, size))
