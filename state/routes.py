"""Routes to production: the ways in which a framework runs somewhere.

A *way* is a processor that the framework runs on, at a cloud that offers the processor; a *route* is a product line
of processors at an operator, whatever chip and cloud are called. Owners are merged by the topmost sure holder of a
majority of their votes.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..measures.routes import Route
from .owners import owner_groups

if TYPE_CHECKING:
    from .state import State

__all__ = ["Routes", "Way", "merged"]


@dataclasses.dataclass(frozen=True, slots=True)
class Way:
    """One way of a framework to production.

    Attributes:
        processor: What it runs on.
        cloud: Where that is offered.
        maker: Group that makes the processor; None = unknown.
        operator: Group that runs the cloud; None = unknown.
        tier: How well it runs, as stated; None = unknown.
        keys: Of the statements that say so.
    """

    processor: str
    cloud: str
    maker: str | None
    operator: str | None
    tier: str | None
    keys: tuple[str, ...]


class Routes:
    """Who makes, offers and runs what, in one state. Disputed statements are left out."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._groups = owner_groups(state)
        self._tiers: Mapping[str, float] = state.strengths["tier"]
        self.runs = self._by("RUNS_ON", "source", "tier")
        self.offers = self._by("OFFERS", "target", "exclusive")
        self.provided = self._by("PROVIDES", "target")
        chips = (
            state.nodes("Processor", ["id", "series"]).to_pylist()
            if "Processor" in state.kinds
            else []
        )
        self._series = {r["id"]: r["series"] for r in chips if r["series"]}

    def _by(self, relation: str, end: str, *columns: str) -> dict[str, list[dict[str, Any]]]:
        rows: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
        for row in self._state.current(relation, *columns):
            rows[row[end]].append(row)
        return dict(rows)

    def owner(self, thing: str) -> str | None:
        """The group that provides a cloud or processor; None = unknown, or several do."""
        providers = {r["source"] for r in self.provided.get(thing, ())}
        owners = {self._groups.get(p, p) for p in providers}
        return owners.pop() if len(owners) == 1 else None

    def ways(self, framework: str) -> list[Way]:
        """The ways of a framework, one per processor and cloud, the best tier that a source states."""
        best: dict[tuple[str, str], Way] = {}
        for run in self.runs.get(framework, ()):
            for offer in self.offers.get(run["target"], ()):
                chip, cloud = run["target"], offer["source"]
                stated = [
                    p[0]["key"] for p in (self.provided.get(chip), self.provided.get(cloud)) if p
                ]
                keys = (run["key"], offer["key"], *stated)
                way = Way(chip, cloud, self.owner(chip), self.owner(cloud), run["tier"], keys)
                former = best.get((chip, cloud))
                if former is None or self.weight(way) > self.weight(former):
                    best[chip, cloud] = way
        return [best[place] for place in sorted(best)]

    def weight(self, way: Way) -> float:
        """How well a way runs, 0 to 1; 0 where no tier is stated."""
        return self._tiers[way.tier] if way.tier else 0.0

    def routes(self, framework: str, *, by_tier: bool = False) -> list[Route]:
        """The routes of a framework whose operator and maker are known; by tier, only those whose tier is stated."""
        best: dict[tuple[str, str], tuple[float, Route]] = {}
        for way in self.ways(framework):
            weight = self.weight(way)
            if way.operator is None or way.maker is None or (by_tier and not weight):
                continue
            key = (self._series.get(way.processor, way.maker), way.operator)
            if key not in best or weight > best[key][0]:
                best[key] = weight, Route(way.operator, way.maker, weight if by_tier else 1)
        return [route for _, route in best.values()]

    def frameworks(self) -> list[str]:
        """The frameworks that have a way to production."""
        rows = (r for some in self.runs.values() for r in some)
        return sorted(
            {
                r["source"]
                for r in rows
                if r["source_kind"] == "Framework" and r["target"] in self.offers
            }
        )


def merged(ways: Iterable[Way]) -> tuple[str, ...]:
    """The keys of the statements behind some ways, each once."""
    return tuple(dict.fromkeys(k for way in ways for k in way.keys))
