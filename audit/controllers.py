"""Who reaches the frameworks of an application: organisations and persons, ranked by their best control path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from ..state.paths import best_paths
from .facts import Facts
from .findings import Controller

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["controllers"]

MAX_HOPS: Final = 5
_HALF: Final = 0.5
_ROUNDING: Final = 1e-9


def controllers(
    facts: Facts, frameworks: Sequence[str], most: int = 25
) -> tuple[tuple[Controller, ...], int]:
    """The strongest controllers of any of some frameworks, and how many more there are.

    A walk of least cost is a simple path, since no edge has a cost below 0: one backward search per framework gives
    the best product of every controller, and only those that are shown need their path.

    Args:
        facts: Of the state.
        frameworks: Ids.
        most: How many are wanted.
    """
    web = facts.web
    places = {f: n for f in frameworks if (n := web.number(f)) is not None}
    if not places:
        return (), 0
    costs, hops = zip(*(_costs(facts, place) for place in places.values()), strict=True)
    cost = np.minimum.reduce(costs)
    fewest = np.where(np.stack(costs) <= cost + _ROUNDING, np.stack(hops), MAX_HOPS + 1).min(axis=0)
    reached = np.stack(costs) <= -math.log(_HALF) + _ROUNDING
    own = set(places.values())
    able = [
        n
        for n in np.flatnonzero(np.isfinite(cost)).tolist()
        if n not in own and facts.kinds.get(web.names[n]) in facts.controlling
    ]
    able.sort(
        key=lambda n: (
            round(float(cost[n]), 9),
            int(fewest[n]),
            -int(reached[:, n].sum()),
            facts.names[web.names[n]].lower(),
            web.names[n],
        )
    )
    names = list(places)
    found = []
    for number in able[:most]:
        some = tuple(facts.names[names[i]] for i in np.flatnonzero(reached[:, number]).tolist())
        found.append(_controller(facts, web.names[number], names, some))
    return tuple(found), max(0, len(able) - most)


def _costs(facts: Facts, place: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Per node: −ln of its best product to one framework, and the fewest hops that reach it."""
    levels = facts.web.bounds([place], MAX_HOPS)
    best = levels[-1]
    reached = np.stack(levels) <= best + _ROUNDING
    return best, reached.argmax(axis=0)


def _controller(
    facts: Facts, entity: str, frameworks: Sequence[str], reaches: tuple[str, ...]
) -> Controller:
    (path,) = best_paths(facts.web, entity, frameworks, k=1, max_hops=MAX_HOPS)
    ids = (entity, *(h.target for h in path.hops))
    return Controller(
        id=entity,
        name=facts.names[entity],
        kind=facts.kinds[entity],
        strength=path.product,
        confidence=path.confidence,
        channels=tuple(h.channel for h in path.hops),
        path=tuple(facts.names[i] for i in ids),
        ids=ids,
        strengths=tuple(h.strength for h in path.hops),
        reaches=reaches,
        keys=tuple(h.key for h in path.hops),
    )
