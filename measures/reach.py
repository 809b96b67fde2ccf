"""Reach: how many build on an artefact, directly and through others."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable
from fractions import Fraction

__all__ = ["Reach", "reach", "reaches"]


@dataclasses.dataclass(frozen=True, slots=True)
class Reach:
    """Who builds on an artefact. Counts are lower bounds: what nobody states is missing.

    Attributes:
        direct: Number of direct dependents.
        total: Number of all dependents, itself left out in a circle.
        h: Largest h such that h direct dependents have at least h dependents each.
        multiplier: total / direct; None without direct dependents.
        external: Share of the dependents that its controller does not control; None without dependents.
    """

    direct: int
    total: int
    h: int
    multiplier: Fraction | None
    external: Fraction | None


def reach(edges: Iterable[tuple[str, str]], artefact: str, own: Iterable[str] = ()) -> Reach:
    """The reach of an artefact, by a breadth-first search backwards: O(V + E).

    Args:
        edges: (what needs, what is needed); parallel ones count once.
        artefact: What is built on.
        own: Dependents that its controller controls.
    """
    above: dict[str, set[str]] = collections.defaultdict(set)
    for dependent, needed in edges:
        if dependent != needed:
            above[needed].add(dependent)
    direct, found = above.get(artefact, set()), _above(above, artefact)
    counts = sorted((len(above.get(d, set())) for d in direct), reverse=True)
    h = sum(count >= rank for rank, count in enumerate(counts, 1))
    outside = len(found - set(own))
    return Reach(
        len(direct),
        len(found),
        h,
        Fraction(len(found), len(direct)) if direct else None,
        Fraction(outside, len(found)) if found else None,
    )


def reaches(edges: Iterable[tuple[str, str]], artefacts: Iterable[str]) -> dict[str, int]:
    """The number of all dependents of many artefacts; each by its own search backwards."""
    above: dict[str, set[str]] = collections.defaultdict(set)
    for dependent, needed in edges:
        if dependent != needed:
            above[needed].add(dependent)
    return {a: len(_above(above, a)) for a in artefacts}


def _above(above: dict[str, set[str]], artefact: str) -> set[str]:
    found, waiting = {artefact}, [artefact]
    while waiting:
        for dependent in above.get(waiting.pop(), ()):
            if dependent not in found:
                found.add(dependent)
                waiting.append(dependent)
    found.discard(artefact)
    return found
