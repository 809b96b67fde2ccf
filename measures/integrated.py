"""Integrated ownership and network control: what one holds of another through all chains of holdings, circles included.

Brioschi, Buzzacchi & Colombo 1989; corrected for circles by Baldone, Brioschi & Paleari 1997; network control after
Vitali, Glattfelder & Battiston 2011. With W_ij the share that i holds of j and V = (I - W)^-1:

    integrated ownership   A_ij = (V W)_ij / V_ii         (uncorrected: (V W)_ij counts walks through i again)
    network value          (A v)_i
    integrated value       v_i / V_ii + (A v)_i

Sums over owners exceed 1 by design: they are no parts of a whole. Exact fractions; cubic in the number of companies.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Literal

__all__ = ["ClosedGroup", "Holdings", "control_matrix", "holdings"]

Matrix = list[list[Fraction]]
Model = Literal["linear", "threshold", "relative"]


class ClosedGroup(ValueError):
    """A group of companies is held by itself alone: nothing outside owns it, and no share is defined."""


@dataclasses.dataclass(frozen=True, slots=True)
class Holdings:
    """What each holds of each.

    Attributes:
        names: In the order of rows and columns.
        corrected: Integrated ownership A; the diagonal is what a company holds of itself.
        uncorrected: V W.
        own: 1 / V_ii, the part of a company that is not held in circles through itself.
    """

    names: tuple[str, ...]
    corrected: tuple[tuple[Fraction, ...], ...]
    uncorrected: tuple[tuple[Fraction, ...], ...]
    own: tuple[Fraction, ...]

    def share(self, owner: str, owned: str) -> Fraction:
        """Integrated share of `owner` in `owned`."""
        return self.corrected[self.names.index(owner)][self.names.index(owned)]

    def network_value(self, values: Mapping[str, Fraction | int]) -> dict[str, Fraction]:
        """What each holds of the value of all, its own business left out; values are revenue, dependents, commits."""
        v = [Fraction(values.get(name, 0)) for name in self.names]
        return {
            name: sum((a * b for a, b in zip(row, v, strict=True)), Fraction(0))
            for name, row in zip(self.names, self.corrected, strict=True)
        }

    def integrated_value(self, values: Mapping[str, Fraction | int]) -> dict[str, Fraction]:
        """The network value and the part of its own business that no circle holds."""
        network = self.network_value(values)
        return {
            name: Fraction(values.get(name, 0)) * self.own[i] + network[name]
            for i, name in enumerate(self.names)
        }


def holdings(stakes: Iterable[tuple[str, str, Fraction]]) -> Holdings:
    """The integrated holdings that follow from direct ones.

    Args:
        stakes: (owner, owned, fraction); parallel ones add up.

    Raises:
        ClosedGroup: A group holds itself alone.
        ValueError: More than all of a company is held.
    """
    listed = list(stakes)
    names = tuple(sorted({n for owner, owned, _ in listed for n in (owner, owned)}))
    place = {name: i for i, name in enumerate(names)}
    size = len(names)
    w = [[Fraction(0)] * size for _ in names]
    for owner, owned, fraction in listed:
        w[place[owner]][place[owned]] += Fraction(fraction)
    for j, name in enumerate(names):
        if sum(row[j] for row in w) > 1:
            raise ValueError(f"more than all of {name} is held")
    identity = [[Fraction(i == j) for j in range(size)] for i in range(size)]
    v = _inverse([[identity[i][j] - w[i][j] for j in range(size)] for i in range(size)])
    plain = [[v[i][j] - identity[i][j] for j in range(size)] for i in range(size)]
    own = tuple(1 / v[i][i] for i in range(size))
    corrected = tuple(tuple(x * own[i] for x in row) for i, row in enumerate(plain))
    return Holdings(names, corrected, tuple(map(tuple, plain)), own)


def control_matrix(
    stakes: Sequence[tuple[str, str, Fraction]], model: Model
) -> list[tuple[str, str, Fraction]]:
    """Direct control from direct holdings, to be put through `holdings` for network control.

    `linear`: control is the share. `threshold`: all of it above one half, else none. `relative`: W_ij² / Σ_k W_kj²,
    so that a sole known holder has it all: an upper bound where others are unknown.
    """
    summed: dict[tuple[str, str], Fraction] = {}
    for owner, owned, fraction in stakes:
        summed[owner, owned] = summed.get((owner, owned), Fraction(0)) + Fraction(fraction)
    squares: dict[str, Fraction] = {}
    for (_, owned), share in summed.items():
        squares[owned] = squares.get(owned, Fraction(0)) + share**2
    found = []
    for (owner, owned), share in summed.items():
        if model == "linear":
            control = share
        elif model == "threshold":
            control = Fraction(share > Fraction(1, 2))
        else:
            control = share**2 / squares[owned]
        found.append((owner, owned, control))
    return found


def _inverse(matrix: Matrix) -> Matrix:
    """By Gauss and Jordan, in fractions.

    Raises:
        ClosedGroup: It has none.
    """
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = next((r for r in range(column, size) if rows[r][column]), None)
        if pivot is None:
            raise ClosedGroup("a group of companies is held by itself alone")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        factor = rows[column][column]
        rows[column] = [x / factor for x in rows[column]]
        for r in range(size):
            if r != column and rows[r][column]:
                times = rows[r][column]
                rows[r] = [x - times * y for x, y in zip(rows[r], rows[column], strict=True)]
    return [row[size:] for row in rows]
