#: id: Q11
#: summary: Which pairs of owners are each other's only backup?
#: description: >
#:   Owners of clouds, processors, licences and what processors are made of, singly and in pairs: what breaks when all
#:   that they provide is gone, as a share of the frameworks and models with known needs. Synergy is what breaks only
#:   when both are gone; it is a measure of this project's own making.
#: tags: [regulator]
#: params:
#:   k: {type: integer, example: 10, default: 20, least: 1, about: most pairs}
#: columns:
#:   - {name: one, type: entity, unit: ""}
#:   - {name: one_name, type: string, unit: ""}
#:   - {name: other, type: entity, unit: ""}
#:   - {name: other_name, type: string, unit: ""}
#:   - {name: broken_one, type: double, unit: "fraction of frameworks and models"}
#:   - {name: broken_other, type: double, unit: "fraction"}
#:   - {name: broken_both, type: double, unit: "fraction"}
#:   - {name: synergy, type: double, unit: "fraction that breaks only when both are gone"}
#:   - {name: broken, type: string, unit: "what breaks only together"}
#: order: [synergy desc, one, other]
#: reading: >
#:   A synergy above 0.1 is a pair that a merger or a common supplier would turn into one chokepoint. Alternatives that
#:   nobody states are missing.
#: since: "0.2"
"""Joint chokepoints: pairs of owners that back each other up."""

from __future__ import annotations

import collections
import itertools
from typing import Any, Final

from ..graph.wording import counted, listed
from ..state.needs import ACCESS, SUPPLY
from .view import Found, Measure, View

__all__ = ["answer"]

_COUNTED: Final = frozenset({"Framework", "Model"})


def answer(view: View, k: int) -> Found:
    """The pairs of greatest synergy: at least one of them makes something worse alone, else the best way is left."""
    removal, kinds = view.removal, view.kinds
    members: dict[str, set[str]] = collections.defaultdict(set)
    for party in sorted(view.production.parties):
        members[view.group(party)].add(party)
    weighed = {i for i in view.production.needs if kinds.get(i) in _COUNTED}
    hit: dict[str, set[str]] = {}
    broken: dict[str, set[str]] = {}
    for group, gone in members.items():
        left = removal.retained(gone)
        touched = {t for t in left if t in weighed}
        hit[group] = touched
        broken[group] = {t for t in touched if left[t].share == 0}
    rows: list[dict[str, Any]] = []
    for one, other in itertools.combinations(sorted(hit), 2):
        if not hit[one] and not hit[other]:
            continue
        left = removal.retained(members[one] | members[other])
        both = {t for t in weighed if t in left and left[t].share == 0}
        only = both - broken[one] - broken[other]
        if only:
            rows.append(_row(view, (one, other), broken, both, only, len(weighed)))
    rows.sort(key=lambda r: (-r["synergy"], r["one"], r["other"]))
    every = sum(view.state.snapshot.nodes.get(kind, 0) for kind in _COUNTED)
    unknown = (
        f"what {every - len(weighed):,} of {every:,} frameworks and models need is not known",
    )
    if not rows:
        return Found([], "No two owners are known to be each other's only backup.", (), unknown)
    first = rows[0]
    ties = [r for r in rows if r["synergy"] == first["synergy"]]
    pair = f"{first['one_name']} and {first['other_name']}"
    lead = f"{pair} back each other up most"
    if len(ties) > 1:
        lead = f"{counted(len(ties), 'pair')} back each other up alike, {pair} among them"
    summary = (
        f"{lead}: only when both are gone, {first['synergy']:.0%} of the {len(weighed)} frameworks and models with "
        f"known needs break ({first['broken']}). {counted(len(rows), 'pair')} in all."
    )
    measures = (
        Measure(
            "greatest synergy",
            first["synergy"],
            "fraction",
            n=len(weighed),
            coverage=len(weighed) / every,
        ),
    )
    return Found(rows[:k], summary, measures, unknown)


def _row(
    view: View,
    pair: tuple[str, str],
    broken: dict[str, set[str]],
    both: set[str],
    only: set[str],
    total: int,
) -> dict[str, Any]:
    one, other = pair
    names = sorted(view.name(i) for i in only if not i.startswith((ACCESS, SUPPLY)))
    return {
        "one": one,
        "one_name": view.name(one),
        "other": other,
        "other_name": view.name(other),
        "broken_one": len(broken[one]) / total,
        "broken_other": len(broken[other]) / total,
        "broken_both": len(both) / total,
        "synergy": len(only) / total,
        "broken": listed(names, 6),
    }
