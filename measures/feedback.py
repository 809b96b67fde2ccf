"""Feedback: does one series lead another? Correlation at lags, and Granger's test.

Granger 1969, "Investigating causal relations by econometric models and cross-spectral methods", Econometrica 37(3).
Both need many steps to say anything; with few, the answer is that nothing can be said.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import numpy as np

__all__ = ["Lag", "granger", "lags"]

_LEAST: Final = 5
_LEAST_GRANGER: Final = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Lag:
    """Correlation of changes at one lag.

    Attributes:
        lag: Steps by which the first series leads; negative where it follows.
        r: Pearson's correlation of the changes, in [-1, 1].
        p: Two-sided.
        n: Pairs.
    """

    lag: int
    r: float
    p: float
    n: int


def lags(first: Sequence[float], second: Sequence[float], most: int = 2) -> list[Lag]:
    """Correlations of the changes of two series of equal length, from -most to most steps.

    Lags with fewer than five pairs, or where one series stands still, are left out.
    """
    from scipy.stats import pearsonr

    x, y = np.diff(np.asarray(first, float)), np.diff(np.asarray(second, float))
    correlations = []
    for lag in range(-most, most + 1):
        a, b = (x[: len(x) - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[: len(y) + lag])
        if len(a) >= _LEAST and np.ptp(a) > 0 and np.ptp(b) > 0:
            r, p = pearsonr(a, b)
            correlations.append(Lag(lag, float(r), float(p), len(a)))
    return correlations


def granger(first: Sequence[float], second: Sequence[float]) -> float | None:
    """The probability that changes of the first series, one step back, add nothing to what the second tells of itself.

    None for fewer than ten steps, or where it cannot be computed.
    """
    from scipy.stats import f

    x, y = np.diff(np.asarray(first, float)), np.diff(np.asarray(second, float))
    n = len(y) - 1
    if n < _LEAST_GRANGER:
        return None
    ones = np.ones(n)
    alone, both = np.column_stack([ones, y[:-1]]), np.column_stack([ones, y[:-1], x[:-1]])
    rest = [_squares(design, y[1:]) for design in (alone, both)]
    if rest[1] <= 0:
        return None
    return float(f.sf((rest[0] - rest[1]) / (rest[1] / (n - 3)), 1, n - 3))


def _squares(design: np.ndarray, values: np.ndarray) -> float:
    solution = np.linalg.lstsq(design, values, rcond=None)[0]
    return float(((values - design @ solution) ** 2).sum())
