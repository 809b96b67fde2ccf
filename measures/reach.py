"""Reach: how many build on an artefact, directly and through others."""

from __future__ import annotations

import collections
from collections.abc import Iterable

__all__ = ["reaches"]


def reaches(edges: Iterable[tuple[str, str]], artefacts: Iterable[str]) -> dict[str, int]:
    """The number of all dependents of artefacts, each by its own breadth-first search backwards.

    The artefact itself is not counted in a circle. Counts are lower bounds: what nobody states is missing.

    Args:
        edges: (what needs, what is needed); parallel ones count once.
        artefacts: What is built on.
    """
    above: dict[str, set[str]] = collections.defaultdict(set)
    for dependent, needed in edges:
        if dependent != needed:
            above[needed].add(dependent)
    return {a: len(_above(above, a)) for a in artefacts}


def _above(above: dict[str, set[str]], artefact: str) -> set[str]:
    reached, waiting = {artefact}, [artefact]
    while waiting:
        for dependent in above.get(waiting.pop(), ()):
            if dependent not in reached:
                reached.add(dependent)
                waiting.append(dependent)
    reached.discard(artefact)
    return reached
