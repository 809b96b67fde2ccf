"""Where an application can run: the chips on which all its frameworks that say so run together."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Final

from ..state.needs import ACCESS
from .facts import Facts
from .findings import AuditedFramework, Chip, Running

__all__ = ["Hardware", "Machine", "carried_frameworks", "hardware", "running"]

_CPU: Final = "cpu"
_EXCLUSIVE: Final = "exclusive offer"

Tiers = Mapping[str, Mapping[str, str]]
"""Framework → chip → best tier that is stated; empty text = none is."""


@dataclasses.dataclass(frozen=True, slots=True)
class Machine:
    """A way to run: an accelerator, a CPU, or an accelerator beside a CPU.

    Attributes:
        accelerator: Its id; empty = none.
        cpu: Its id; empty = the frameworks do not need one of a stated sort.
        weight: The least over the frameworks of how well each runs there, in (0, 1].
    """

    accelerator: str
    cpu: str
    weight: float

    @property
    def lead(self) -> str:
        """Its accelerator, or its CPU where it has none."""
        return self.accelerator or self.cpu

    @property
    def parts(self) -> tuple[str, ...]:
        """Ids of its chips."""
        return tuple(p for p in (self.accelerator, self.cpu) if p)


@dataclasses.dataclass(frozen=True, slots=True)
class Hardware:
    """What the frameworks of an application say of the chips they run on.

    Attributes:
        held: Frameworks that say so and are held to it, by id.
        carried: Those that say so and are needed by one that runs elsewhere too.
        silent: Those that do not say.
        machines: On which all that are held run.
    """

    held: tuple[str, ...]
    carried: tuple[str, ...]
    silent: tuple[str, ...]
    machines: tuple[Machine, ...]


def hardware(facts: Facts, frameworks: Sequence[str], carried: Set[str]) -> Hardware:
    """On which chips all the frameworks of an application run together.

    Args:
        facts: Of the state.
        frameworks: Ids.
        carried: Those that do not narrow what needs them.
    """
    stated = _tiers(facts, frameworks)
    held = {f: tiers for f, tiers in stated.items() if f not in carried}
    return Hardware(
        tuple(held),
        tuple(f for f in stated if f in carried),
        tuple(f for f in frameworks if f not in stated),
        tuple(_machines(facts, held)),
    )


def carried_frameworks(
    facts: Facts,
    frameworks: Collection[str],
    requested: Set[str],
    needs: Mapping[str, Set[str]],
) -> frozenset[str]:
    """Frameworks that are there because another needs them which states more chips than they do.

    That one's own statement says where it runs: a library for one sort of chip among its dependencies takes no chip
    away from it. What the application asks for itself is held to its chips.

    Args:
        facts: Of the state.
        frameworks: Ids.
        requested: Those that the application asks for.
        needs: Frameworks by those that need them, as the file and the graph say.
    """
    tiers = _tiers(facts, frameworks)
    reached = {f: _reached(f, needs) for f in tiers}
    return frozenset(
        f
        for f in tiers
        if f not in requested
        and any(
            f in reached[other]
            and other not in reached[f]
            and tiers[other].keys() - tiers[f].keys()
            for other in tiers
            if other != f
        )
    )


def _reached(start: str, needs: Mapping[str, Set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for target in needs.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def _tiers(facts: Facts, frameworks: Iterable[str]) -> dict[str, dict[str, str]]:
    stated: dict[str, dict[str, str]] = {}
    for framework in frameworks:
        tiers: dict[str, str] = {}
        for row in facts.runs_on.get(framework, []):
            if row["target_kind"] == "Processor":
                tier = row["tier"] or ""
                best = max(tiers.get(row["target"], ""), tier, key=lambda t: _rank(facts, t))
                tiers[row["target"]] = best
        if tiers:
            stated[framework] = tiers
    return stated


def _weight(facts: Facts, tier: str) -> float:
    """How well a tier runs; of a tier that is not stated, the least of all."""
    tiers = facts.production.tiers
    return float(tiers[tier]) if tier else float(min(tiers.values()))


def _rank(facts: Facts, tier: str) -> float:
    """The order of tiers; one that is not stated comes last."""
    return _weight(facts, tier) if tier else 0.0


def _machines(facts: Facts, held: Tiers) -> Iterable[Machine]:
    """Every accelerator and CPU, alone or together, on which all run; without parts that no framework needs."""
    weights = {f: {c: _weight(facts, t) for c, t in tiers.items()} for f, tiers in held.items()}
    chips = sorted({c for tiers in held.values() for c in tiers})
    hosts = [c for c in chips if facts.category.get(c) == _CPU]
    for accelerator in ("", *(c for c in chips if c not in hosts)):
        for cpu in ("", *hosts):
            pairs = [(w.get(accelerator, 0.0), w.get(cpu, 0.0)) for w in weights.values()]
            if not pairs or not all(map(any, pairs)):
                continue
            if accelerator and not any(a > c for a, c in pairs):
                continue
            if cpu and not any(c > a for a, c in pairs):
                continue
            yield Machine(accelerator, cpu, min(map(max, pairs)))


# ---------------------------------------------------------------------- as shown


def running(facts: Facts, where: Hardware, frameworks: Sequence[AuditedFramework]) -> Running:
    """Where it can run, by name.

    Args:
        facts: Of the state.
        where: Its hardware.
        frameworks: Of the application.
    """
    names = {f.id: f.name for f in frameworks}
    leads = sorted({m.lead for m in where.machines}, key=lambda c: (facts.name(c).casefold(), c))
    tiers = _tiers(facts, where.held)
    makers = _makers(facts, leads)
    narrowing, without = _narrowing(facts, tiers, makers)
    limiting = narrowing or where.held
    needed = [
        r["key"] for f in limiting for r in facts.runs_on.get(f, []) if r["target"] in set(leads)
    ]
    made = [r["key"] for c in leads for r in facts.provides.get(c, [])]
    operator, offered = _sole_operator(facts, leads)
    return Running(
        stated=tuple(sorted(names.get(f, f) for f in where.held)),
        carried=tuple(sorted(names.get(f, f) for f in where.carried)),
        silent=tuple(sorted(names.get(f, f) for f in where.silent)),
        chips=tuple(_chip(facts, c, where, tiers) for c in leads),
        makers=facts.named(makers),
        narrowed_by=tuple(sorted(names.get(f, f) for f in narrowing)),
        makers_without=facts.named(without),
        sole_operator=facts.name(operator) if operator else None,
        maker_keys=tuple(dict.fromkeys((*sorted(needed), *sorted(made)))),
        operator_keys=offered,
    )


def _makers(facts: Facts, chips: Iterable[str]) -> set[str]:
    """Groups that make chips; a chip without a known maker stands for itself."""
    groups: set[str] = set()
    for chip in chips:
        groups |= {facts.group(m) for m in facts.production.makers.get(chip, ())} or {chip}
    return groups


def _narrowing(
    facts: Facts, tiers: Tiers, makers: Set[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Frameworks that leave one maker where the others would leave more, and who these makers would be."""
    if len(makers) != 1:
        return (), ()
    narrow = [f for f, chips in tiers.items() if _makers(facts, chips) <= makers]
    others = {f: chips for f, chips in tiers.items() if f not in narrow}
    without = _makers(facts, {m.lead for m in _machines(facts, others)})
    return (tuple(narrow), tuple(sorted(without))) if len(without) > 1 else (tuple(narrow), ())


def _chip(facts: Facts, chip: str, where: Hardware, tiers: Tiers) -> Chip:
    machines = [m for m in where.machines if m.lead == chip]
    best = max(machines, key=lambda m: m.weight)
    lowest = min(
        (
            max((own.get(part, "") for part in best.parts), key=lambda t: _rank(facts, t))
            for own in tiers.values()
        ),
        key=lambda t: _rank(facts, t),
        default="",
    )
    return Chip(
        chip,
        facts.name(chip),
        facts.category.get(chip, ""),
        facts.named(facts.production.makers.get(chip, ())),
        lowest,
        facts.named(o["source"] for o in facts.offers.get(chip, [])),
    )


def _sole_operator(facts: Facts, chips: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The group that alone offers every chip, where that is stated, and the statements."""
    groups: set[str] = set()
    for chip in chips:
        offered = facts.production.needs.get(ACCESS + chip, ())
        clouds = {c for g in offered if g.about == _EXCLUSIVE for c in g.members}
        if not clouds:
            return None, ()
        groups |= {
            facts.group(r["source"]) for cloud in clouds for r in facts.provides.get(cloud, [])
        }
    if len(groups) != 1:
        return None, ()
    keys = sorted({r["key"] for c in chips for r in facts.offers.get(c, [])})
    return groups.pop(), tuple(keys)
