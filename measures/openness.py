"""How open a model is: its class in the Model Openness Framework, and what is open of code, weights and data.

White, Haddad, Osborne et al. 2024, "The Model Openness Framework", arXiv:2403.13784. The sub-scores and gaps are ours.
A part counts as *open* only under an open licence, and as *available* whatever its terms; a part whose terms nobody
states is available, and may be open: hence the upper ends.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Set
from fractions import Fraction
from typing import Final, Literal

__all__ = ["CLASSES", "CODE", "DATA", "WEIGHTS", "Openness", "Part", "Shares", "openness"]

Part = Literal["open", "available", "unknown", "absent"]
"""Open licence; other terms; present, terms not stated; not there."""

CODE: Final = (
    "Model architecture",
    "Data preprocessing code",
    "Training code",
    "Inference code",
    "Evaluation code",
)
WEIGHTS: Final = ("Model parameters (Final)", "Model parameters (Intermediate)")
DATA: Final = ("Datasets", "Evaluation data", "Data card")

_REPORT: Final = "Technical report"
_PAPER: Final = "Research paper"
_III: Final = (
    "Model architecture",
    "Model parameters (Final)",
    "Evaluation results",
    "Model card",
    "Data card",
    _REPORT,
)
_II: Final = (*_III, "Training code", "Inference code", "Evaluation code", "Evaluation data")
_I: Final = (
    *_II,
    "Datasets",
    "Data preprocessing code",
    "Model parameters (Intermediate)",
    _PAPER,
)
CLASSES: Final[Mapping[str, tuple[str, ...]]] = {"I": _I, "II": _II, "III": _III}
"""Class → what must be open; a research paper will do where a technical report is asked for."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shares:
    """Shares in [0, 1] of the five parts of code, the two of weights and the three of data."""

    code: Fraction
    weights: Fraction
    data: Fraction

    @property
    def gap(self) -> Fraction:
        """Partial openness: how much more of code or weights than of data, in [-1, 1]."""
        return max(self.code, self.weights) - self.data

    def __sub__(self, other: Shares) -> Shares:
        return Shares(self.code - other.code, self.weights - other.weights, self.data - other.data)


@dataclasses.dataclass(frozen=True, slots=True)
class Openness:
    """What a model gives away.

    Attributes:
        open: Shares under an open licence.
        available: Shares that are to be had at all.
        openness_class: `I`, `II` or `III`, the best whose parts are all open; None = none.
        class_at_best: The same, if all parts with unknown terms were open.
        missing: What keeps it from the next better class than its own.
    """

    open: Shares
    available: Shares
    openness_class: str | None
    class_at_best: str | None
    missing: tuple[str, ...]

    @property
    def licence_gap(self) -> Shares:
        """What is available and surely or possibly not open."""
        return self.available - self.open


def openness(parts: Mapping[str, Part]) -> Openness:
    """Judges a model by its parts.

    Args:
        parts: Name of a component (as in the framework) → its state; what is left out is absent.
    """
    sure = {name for name, state in parts.items() if state == "open"}
    perhaps = sure | {name for name, state in parts.items() if state == "unknown"}
    present = {name for name, state in parts.items() if state != "absent"}
    reached = _class(sure)
    order = [None, "III", "II", "I"]
    above = order[min(order.index(reached) + 1, 3)]
    return Openness(
        open=_shares(sure),
        available=_shares(present),
        openness_class=reached,
        class_at_best=_class(perhaps),
        missing=() if reached == "I" or above is None else _lacking(sure, above),
    )


def _class(parts: Set[str]) -> str | None:
    return next((name for name in CLASSES if not _lacking(parts, name)), None)


def _lacking(parts: Set[str], name: str) -> tuple[str, ...]:
    with_report = parts | {_REPORT} if _PAPER in parts else parts
    return tuple(part for part in CLASSES[name] if part not in with_report)


def _shares(parts: Set[str]) -> Shares:
    return Shares(*(Fraction(len(parts & set(s)), len(s)) for s in (CODE, WEIGHTS, DATA)))
