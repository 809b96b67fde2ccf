#: id: Q06
#: summary: Who decides more than they contribute?
#: description: >
#:   Per group: its power (Shapley–Shubik index) in each body that decides on the framework or on the institution that
#:   governs it, less its share of the commits of the window. A company or institution that governs it itself has
#:   power 1 over the rights it holds. The interval is that of the share: unknown commits are all its own, or none.
#:   Control surplus is a measure of this project's own making.
#: tags: [ospo, researcher]
#: params:
#:   project: {type: entity, kinds: [Framework], example: pytorch, about: the framework}
#:   window: {type: string, example: "2025", default: all, about: "`all`, or a year"}
#: columns:
#:   - {name: body, type: entity, unit: ""}
#:   - {name: body_name, type: string, unit: ""}
#:   - {name: rights, type: string, unit: "over the framework, or over its institution"}
#:   - {name: group, type: entity, unit: ""}
#:   - {name: group_name, type: string, unit: ""}
#:   - {name: power, type: double, unit: "0 to 1"}
#:   - {name: share_low, type: double, unit: "fraction of the commits"}
#:   - {name: share_high, type: double, unit: "fraction of the commits"}
#:   - {name: surplus_low, type: double, unit: "-1 to 1"}
#:   - {name: surplus_high, type: double, unit: "-1 to 1"}
#: order: [body, power desc, group]
#: reading: >
#:   Above +0.25 (lower end) power is held by those who do not do the work; below -0.25 (upper end) others decide over
#:   what a group builds. Many bodies seek consensus and hardly vote. A body without an index is listed as not known.
#: since: "0.2"
"""Control surplus: power less work."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..measures.composite import control_surplus
from ..state.bodies import Body, bodies
from .view import Found, Measure, View

__all__ = ["answer"]


def answer(view: View, project: str, window: str) -> Found:
    """One row per body and group with power in it or a share of the work."""
    rules = _rules(view, project)
    shares, total, coverage, keys = _shares(view, project, window)
    known = bodies(view.state, view.groups)
    rows: list[tuple[Any, ...]] = []
    unknown: list[str] = []
    for rule in rules:
        body = known.get(rule.governor)
        if rule.kind == "GoverningBody":
            power = _power(view, body, rule.governor, unknown)
        else:
            power = {view.group(rule.governor): 1.0}
        named = (rule.governor, view.name(rule.governor), rule.said(view))
        for group in sorted(power.keys() | shares.keys() if power else ()):
            held = power.get(group, 0.0)
            bounds: tuple[float | None, ...] = (None,) * 4
            if total:
                low, high = shares.get(group, (0.0, 1 - coverage))
                surplus = control_surplus(held, low, high)
                bounds = (low, high, float(surplus.low), float(surplus.high))
            rows.append((*named, group, view.name(group), held, *bounds))
        keys += [*rule.keys, *(body.keys if body else ())]
    rows.sort(key=lambda r: (r[0], -r[5], r[3]))
    if not total:
        unknown.append(f"no shares of the work are known for {view.name(project)} in {window!r}")
    deciding = {r.governor for r in rules if not r.only_name}
    said = _said(view, project, [r for r in rows if r[0] in deciding])
    return Found(
        rows,
        said,
        _measures([r for r in rows if r[0] in deciding] or rows, total, coverage),
        tuple(unknown),
        tuple(keys),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Rule:
    """Who governs the project, or an institution that does, with which rights."""

    governor: str
    kind: str
    over: str
    rights: frozenset[str]
    passed: frozenset[str]
    keys: tuple[str, ...]

    @property
    def only_name(self) -> bool:
        """Whether it decides on nothing but the name."""
        return self.passed <= {"trademark"}

    def said(self, view: View) -> str:
        rights = ", ".join(sorted(self.rights)) or "not stated"
        if self.passed is self.rights:
            return rights
        return (
            f"{rights} over {view.name(self.over)}, which holds: {', '.join(sorted(self.passed))}"
        )


def _rules(view: View, project: str) -> list[_Rule]:
    """One rule per governor and governed, whatever number of sources state it; then those one step above."""
    rights: dict[tuple[str, str], set[str]] = {}
    kinds: dict[str, str] = {}
    keys: dict[tuple[str, str], list[str]] = {}
    for row in view.rows("GOVERNS", "rights"):
        place = (row["source"], row["target"])
        rights.setdefault(place, set()).update(row["rights"] or ())
        keys.setdefault(place, []).append(row["key"])
        kinds |= {row["source"]: row["source_kind"], row["target"]: row["target_kind"]}
    direct = {g: frozenset(r) for (g, over), r in rights.items() if over == project}
    rules = [_Rule(g, kinds[g], project, r, r, tuple(keys[g, project])) for g, r in direct.items()]
    for (governor, over), held in sorted(rights.items()):
        if over in direct:
            told = (frozenset(held), direct[over], tuple(keys[governor, over]))
            rules.append(_Rule(governor, kinds[governor], over, *told))
    return rules


def _power(view: View, body: Body | None, name: str, unknown: list[str]) -> dict[str, float]:
    if body is None or body.why:
        why = body.why if body else "its seats are not known"
        unknown.append(f"power in {view.name(name)}: {why}")
        return {}
    return {player: float(index) for player, index in body.shapley.items() if index}


def _shares(
    view: View, project: str, window: str
) -> tuple[dict[str, tuple[float, float]], int, float, list[str]]:
    """Share of each group, the total of commits, their coverage, and keys. Several counts: the largest is taken."""
    rows: list[dict[str, Any]] = [
        r
        for r in view.rows("CONTRIBUTION_SHARE", "window", "total", "share", "high", "coverage")
        if r["target"] == project and r["window"] == window
    ]
    total = max((r["total"] or 0 for r in rows), default=0)
    rows = [r for r in rows if r["total"] == total and r["share"] is not None]
    coverage = min((r["coverage"] or 0.0 for r in rows), default=0.0)
    found: dict[str, float] = {}
    for row in rows:
        group = view.group(row["source"])
        found[group] = found.get(group, 0.0) + row["share"]
    bounds = {g: (s, min(1.0, s + 1 - coverage)) for g, s in found.items()}
    return bounds, total, coverage, [r["key"] for r in rows]


def _said(view: View, project: str, rows: list[tuple[Any, ...]]) -> str:
    sure = [r for r in rows if r[8] is not None and r[8] > 0.25]
    name = view.name(project)
    if not rows:
        return (
            f"No body whose seats carry computable power decides on more than the name of {name}."
        )
    if sure:
        first = max(sure, key=lambda r: r[8])
        return (
            f"{first[4]} decides more than it contributes to {name}: power {first[5]:.2g} in {first[1]}, "
            f"{first[6]:.0%} to {first[7]:.0%} of the commits, surplus {first[8]:+.2f} to {first[9]:+.2f}."
        )
    return f"Nobody surely decides much more on {name} than they contribute."


def _measures(rows: list[tuple[Any, ...]], total: int, coverage: float) -> tuple[Measure, ...]:
    known = sorted((r for r in rows if r[8] is not None), key=lambda r: (r[8], r[0], r[3]))
    ends = [known[-1], known[0]] if len(known) > 1 else known
    return tuple(
        Measure(
            f"control surplus of {r[4]} in {r[1]}",
            None,
            "power less share",
            low=r[8],
            high=r[9],
            n=total,
            coverage=coverage,
        )
        for r in ends
    )
