"""Duty coverage: which of the duties that apply are met, three-valued, and which fall away because a model is open.

Regulation (EU) 2024/1689: Art. 53(1)(a)–(d); 53(2) lifts (a) and (b) from free and open models without systemic risk;
Art. 51(2) presumes systemic risk above 10^25 FLOP.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from fractions import Fraction
from typing import Final, Literal

__all__ = ["LIFTED", "SYSTEMIC_FLOP", "Coverage", "Finding", "duty_coverage"]

Finding = Literal["yes", "no", "partial", "unknown"]
LIFTED: Final = ("53(1)(a)", "53(1)(b)")
"""What Art. 53(2) lifts."""

SYSTEMIC_FLOP: Final = 1e25
"""Training compute above which systemic risk is presumed, in FLOP."""


@dataclasses.dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the duties that apply are met.

    Attributes:
        low: Met / applicable; None where nothing applies.
        high: (Met + unknown + partial) / applicable.
        applicable: Duties that apply.
        lifted: Duties that fall away because it is open.
    """

    low: Fraction | None
    high: Fraction | None
    applicable: tuple[str, ...]
    lifted: tuple[str, ...]


def duty_coverage(
    findings: Mapping[str, Finding],
    *,
    open_licence: bool = False,
    training_flop: float | None = None,
) -> Coverage:
    """The coverage of a model's duties.

    Args:
        findings: Duty → whether it is met.
        open_licence: Whether it is free and open in the sense of Art. 53(2).
        training_flop: Compute; None = not known, and then nothing says that the risk is systemic.
    """
    systemic = training_flop is not None and training_flop > SYSTEMIC_FLOP
    lifted = tuple(d for d in findings if open_licence and not systemic and d in LIFTED)
    applicable = tuple(d for d in findings if d not in lifted)
    if not applicable:
        return Coverage(None, None, (), lifted)
    met = sum(findings[d] == "yes" for d in applicable)
    perhaps = sum(findings[d] in {"unknown", "partial"} for d in applicable)
    size = len(applicable)
    return Coverage(Fraction(met, size), Fraction(met + perhaps, size), applicable, lifted)
