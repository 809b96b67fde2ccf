"""Steering: who decides on an artefact, through votes, rights, structure and the people they employ.

The power of a group over an artefact is its best control path (product of strengths) of at most four hops over the
channels V, G, S and L. Infrastructure and money are left out: they squeeze, they do not decide.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from .paths import Web

if TYPE_CHECKING:
    from .state import State

__all__ = ["CHANNELS", "SOLE", "Steering", "deciding_web", "steering"]

CHANNELS: Final = ("V", "G", "S", "L")
SOLE: Final = 0.5
"""Above it a group decides alone."""

_HOPS: Final = 4
_LEAST: Final = 1e-9


@dataclasses.dataclass(frozen=True, slots=True)
class Steering:
    """Somebody's power over an artefact.

    Attributes:
        group: Topmost owner.
        holder: The organisation of the group whose path is the strongest.
        power: Product of the strengths along it, in (0, 1].
    """

    group: str
    holder: str
    power: float


def deciding_web(state: State) -> Web:
    """The control edges over which decisions run."""
    columns = ["source", "source_kind", "target", "target_kind", "key", "channel", "strength"]
    table = state.edges("CONTROLS", [*columns, "confidence", "status"])
    wanted = pc.is_in(table["channel"], pa.array(CHANNELS))
    outside = pc.invert(pc.equal(table["target_kind"], "Package"))
    return Web(table.filter(pc.and_(wanted, outside)))


def steering(
    web: Web, artefact: str, organisations: Iterable[str], groups: Mapping[str, str]
) -> list[Steering]:
    """Who steers an artefact, the most powerful first; empty where nothing is known.

    Args:
        web: The deciding edges.
        artefact: Its id.
        organisations: Ids of those who may hold power.
        groups: Topmost owner by organisation.
    """
    target = web.number(artefact)
    if target is None:
        return []
    costs = web.bounds([target], _HOPS)[-1]
    best: dict[str, Steering] = {}
    for organisation in organisations:
        place = web.number(organisation)
        if place is None or place == target or not math.isfinite(costs[place]):
            continue
        power, group = math.exp(-costs[place]), groups.get(organisation, organisation)
        if power > _LEAST and (group not in best or power > best[group].power):
            best[group] = Steering(group, organisation, power)
    return sorted(best.values(), key=lambda s: (-s.power, s.group))
