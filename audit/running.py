"""Where an application can run, how many independent ways there are, and whose loss cuts them all."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..measures.chokepoints import dominators, minimum_cut
from ..measures.exposure import exposure
from ..measures.routes import Route, substitutability
from .facts import Facts
from .findings import Chip, Chokepoint, Running

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["running"]

_APPLICATION: Final = "application"
_RUNS: Final = "runs"


@dataclasses.dataclass(frozen=True, slots=True)
class _Way:
    """A chip and a cloud that offers it."""

    chip: str
    cloud: str


def running(facts: Facts, frameworks: Sequence[str]) -> Running:
    """Where all the frameworks of an application that say so can run together."""
    stated = {f: tiers for f in frameworks if (tiers := _tiers(facts, f))}
    needs, held, chips = _common(facts, stated)
    ways = _ways(facts, chips)
    tiers = {c: _lowest(facts, [stated[f][c] for f in held if c in stated[f]]) for c in chips}
    groups = _Owners(facts, chips, ways)
    alternatives = _alternatives(facts, ways, tiers)
    measured = substitutability(alternatives)
    weighed = bool(ways) and all(tiers.values())
    graph = _production(ways)
    narrowing, without = _narrowing(facts, {f: stated[f] for f in held}, groups.makers, needs)
    hosts = _intersection(
        [{c for c in s if facts.category.get(c) == "cpu"} for s in stated.values()]
    )
    return Running(
        needs=needs,
        stated=facts.called(stated),
        silent=facts.called(f for f in frameworks if f not in stated),
        chips=tuple(
            _chip(facts, c, tiers[c], ways) for c in sorted(chips, key=lambda c: facts.names[c])
        ),
        hosts=facts.called(hosts),
        makers=facts.called(groups.makers),
        operators=facts.called(groups.operators),
        ways=len(ways),
        disjoint=minimum_cut(graph, _APPLICATION, _RUNS) if ways else None,
        effective_makers=float(measured.effective_makers) if measured.effective_makers else None,
        lock_in=float(measured.lock_in) if weighed and measured.lock_in is not None else None,
        narrowed_by=narrowing,
        makers_without=without,
        chokepoints=(*_parts(facts, graph, ways), *groups.chokepoints()),
        unknown_operators=facts.called({w.cloud for w in ways if not facts.provides.get(w.cloud)}),
        maker_keys=_needed(facts, narrowing, held, chips),
        operator_keys=_made(facts, {w.cloud for w in ways}),
        keys=_keys(facts, held, chips, ways),
    )


def _tiers(facts: Facts, framework: str) -> dict[str, str]:
    """Best stated tier per chip that a framework runs on; empty text = not stated."""
    found: dict[str, str] = {}
    for row in facts.runs_on.get(framework, []):
        if row["target_kind"] == "Processor":
            tier = row["tier"] or ""
            found[row["target"]] = max(found.get(row["target"], ""), tier, key=facts.rank)
    return found


def _lowest(facts: Facts, tiers: Iterable[str]) -> str:
    return min(tiers, key=facts.rank, default="")


def _common(
    facts: Facts, stated: Mapping[str, Mapping[str, str]]
) -> tuple[str, list[str], set[str]]:
    """What is needed, the frameworks that are held to it, and the chips on which all of those run."""

    def on(framework: str, *, cpu: bool) -> set[str]:
        return {c for c in stated[framework] if (facts.category.get(c) == "cpu") is cpu}

    accelerated = [f for f in stated if on(f, cpu=False)]
    chips = _intersection([on(f, cpu=False) for f in accelerated])
    if chips or not stated:
        return ("accelerator" if stated else ""), accelerated, chips
    hosted = [f for f in stated if on(f, cpu=True)]
    if len(hosted) == len(stated):
        return "cpu", hosted, _intersection([on(f, cpu=True) for f in hosted])
    return "accelerator", accelerated, set()


def _intersection(sets: Collection[set[str]]) -> set[str]:
    some = [s for s in sets if s]
    return set.intersection(*some) if some else set()


def _ways(facts: Facts, chips: Collection[str]) -> list[_Way]:
    pairs = {(c, o["source"]) for c in chips for o in facts.offers.get(c, [])}
    return [_Way(*pair) for pair in sorted(pairs)]


def _alternatives(facts: Facts, ways: Sequence[_Way], tiers: Mapping[str, str]) -> list[Route]:
    """The ways as routes between owner groups; a part without a known owner stands for itself."""
    return [
        Route(operator, maker, facts.rank(tiers[w.chip]) or 1)
        for w in ways
        for maker in _groups(facts, w.chip) or [w.chip]
        for operator in _groups(facts, w.cloud) or [w.cloud]
    ]


def _groups(facts: Facts, part: str) -> list[str]:
    return sorted({facts.group(r["source"]) for r in facts.provides.get(part, [])})


def _chip(facts: Facts, chip: str, tier: str, ways: Sequence[_Way]) -> Chip:
    return Chip(
        chip,
        facts.names[chip],
        facts.category.get(chip, ""),
        facts.called(r["source"] for r in facts.provides.get(chip, [])),
        tier,
        facts.called(w.cloud for w in ways if w.chip == chip),
    )


def _narrowing(
    facts: Facts,
    held: Mapping[str, Mapping[str, str]],
    makers: Collection[str],
    needs: str,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Frameworks that leave one maker where the others would leave more, and who these makers would be."""
    if len(makers) != 1:
        return (), ()

    def fit(framework: str) -> set[str]:
        wanted = needs == "cpu"
        return {c for c in held[framework] if (facts.category.get(c) == "cpu") is wanted}

    alone = {f for f in held if len({m for c in fit(f) for m in _groups(facts, c)}) == 1}
    rest = _intersection([fit(f) for f in held if f not in alone])
    others = {m for c in rest for m in _groups(facts, c)}
    return (facts.called(alone), facts.called(others)) if len(others) > 1 else ((), ())


def _production(ways: Sequence[_Way]) -> nx.DiGraph[Any]:
    """Application → chip → cloud → runs."""
    import networkx as nx

    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_nodes_from((_APPLICATION, _RUNS))
    for way in ways:
        nx.add_path(graph, (_APPLICATION, way.chip, way.cloud, _RUNS))
    return graph


def _parts(facts: Facts, graph: nx.DiGraph[Any], ways: Sequence[_Way]) -> list[Chokepoint]:
    chips = {w.chip for w in ways}
    return [
        Chokepoint(
            "part", (facts.names[p],), (p,), "chip" if p in chips else "cloud", _provided(facts, p)
        )
        for p in dominators(graph, _APPLICATION, _RUNS) or []
    ]


def _provided(facts: Facts, part: str) -> tuple[str, ...]:
    return tuple(sorted(r["key"] for r in facts.provides.get(part, [])))


class _Owners:
    """What each group of owners could withdraw: the chips it alone makes, the clouds it alone runs."""

    def __init__(self, facts: Facts, chips: Collection[str], ways: Sequence[_Way]) -> None:
        self._facts = facts
        self._ways = ways
        self._by = {p: frozenset(_groups(facts, p)) for w in ways for p in (w.chip, w.cloud)}
        self.makers = {g for c in chips for g in _groups(facts, c)}
        self.operators = {g for w in ways for g in self._by[w.cloud]}
        self._needs = {_APPLICATION: [[self._id(w) for w in ways]]} | {
            self._id(w): [[w.chip], [w.cloud]] for w in ways
        }

    @staticmethod
    def _id(way: _Way) -> str:
        return f"{way.chip} {way.cloud}"

    def _gone(self, owners: Collection[str]) -> set[str]:
        """Parts of which nobody else is a provider."""
        return {p for p, by in self._by.items() if by and by <= set(owners)}

    def _cuts(self, owners: Collection[str]) -> bool:
        gone = self._gone(owners)
        return _APPLICATION in exposure(self._needs, gone, {_APPLICATION: 1}).broken_artefacts

    def chokepoints(self) -> list[Chokepoint]:
        """Owners whose loss cuts every way; and pairs, where each alone leaves one."""
        if not self._ways:
            return []
        every = sorted({g for groups in self._by.values() for g in groups})
        hit = {g: self._touched((g,)) for g in every}
        alone = [g for g in every if self._cuts((g,))]
        pairs = [
            pair
            for pair in itertools.combinations([g for g in every if g not in alone], 2)
            if sum(hit[g] for g in pair) >= len(self._ways) and self._cuts(pair)
        ]
        return [
            *(self._chokepoint("owner", (g,)) for g in alone),
            *(self._chokepoint("pair", pair) for pair in pairs),
        ]

    def _touched(self, owners: tuple[str, ...]) -> int:
        """Ways that pass through any part that they provide, alone or with others."""
        mine = {p for p, by in self._by.items() if by & set(owners)}
        return sum(w.chip in mine or w.cloud in mine for w in self._ways)

    def _chokepoint(self, kind: str, owners: tuple[str, ...]) -> Chokepoint:
        gone = self._gone(owners)
        chips = {w.chip for w in self._ways}
        roles = [
            role for role, some in (("maker", gone & chips), ("operator", gone - chips)) if some
        ]
        keys = sorted({k for p in gone for k in _provided(self._facts, p)})
        names = tuple(self._facts.names.get(g, g) for g in owners)
        return Chokepoint(kind, names, owners, " and ".join(roles), tuple(keys))


def _needed(
    facts: Facts, narrowing: Sequence[str], held: Collection[str], chips: Collection[str]
) -> tuple[str, ...]:
    """Statements that hold the application to its chips: of the frameworks that narrow it, else of all."""
    some = [f for f in held if facts.names[f] in narrowing] or list(held)
    rows = (r for f in some for r in facts.runs_on.get(f, []) if r["target"] in chips)
    return (*sorted(r["key"] for r in rows), *_made(facts, chips))


def _made(facts: Facts, parts: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted({k for p in parts for k in _provided(facts, p)}))


def _keys(
    facts: Facts, held: Collection[str], chips: Collection[str], ways: Sequence[_Way]
) -> tuple[str, ...]:
    parts = {w.cloud for w in ways} | set(chips)
    rows = itertools.chain(
        (r for f in held for r in facts.runs_on.get(f, []) if r["target"] in chips),
        (r for c in chips for r in facts.offers.get(c, [])),
        (r for p in parts for r in facts.provides.get(p, [])),
    )
    return tuple(sorted({r["key"] for r in rows}))
