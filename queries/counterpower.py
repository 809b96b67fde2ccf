#: id: Q24
#: summary: What share of the ecosystem has no controlling company, and which forks show exit works?
#: description: >
#:   Frameworks by who decides on them (see who_controls; a sure part of more than one half is sole control): one
#:   company, a foundation or body, nobody alone, or not known: where more than one half of what decides is not known to
#:   be anybody's; a home for the name alone tells nothing. Counted once each, and weighed by reach (frameworks and
#:   models that need them, directly or through others, plus themselves). Then every fork that is stated, with the days
#:   until an institution governed it (0: from the start).
#: tags: [ospo, researcher]
#: params: {}
#: columns:
#:   - {name: what, type: string, unit: "one company, foundation or body, nobody alone, not known, or fork"}
#:   - {name: entity, type: entity, unit: ""}
#:   - {name: entity_name, type: string, unit: ""}
#:   - {name: parent_name, type: string, unit: "what it was forked from"}
#:   - {name: count, type: integer, unit: "frameworks"}
#:   - {name: share, type: double, unit: "fraction of the frameworks"}
#:   - {name: share_by_reach, type: double, unit: "fraction of all reach"}
#:   - {name: since, type: date, unit: ""}
#:   - {name: governed_since, type: date, unit: "first day of an institution"}
#:   - {name: days, type: integer, unit: "days from fork to institution"}
#: order: [what, since, entity]
#: reading: >
#:   What is not known is in neither part: read the shares with it. A fork shows exit only if others can follow it.
#: since: "0.2"
"""Counterpower: what no company controls alone, and forks."""

from __future__ import annotations

import collections
import datetime
import math
from typing import Any, Final

from ..graph.wording import counted, listed, percent
from .view import Found, Measure, View

__all__ = ["answer"]

_SOLE: Final = 0.5
_FREE: Final = ("foundation or body", "nobody alone")
_CLASSES: Final = ("one company", *_FREE, "not known")


def answer(view: View) -> Found:
    """A row per class of control, and a row per fork."""
    frameworks = view.state.nodes("Framework", ["id", "stub"]).to_pylist()
    described = [f["id"] for f in frameworks if not f["stub"]]
    weight = view.reach
    classes: dict[str, list[str]] = collections.defaultdict(list)
    for framework in described:
        classes[_class(view, framework)].append(framework)
    total = sum(weight.get(f, 0) + 1 for f in described)
    rows: list[dict[str, Any]] = []
    for what in _CLASSES:
        some = classes[what]
        rows.append(
            _row(
                what,
                count=len(some),
                share=len(some) / len(described) if described else None,
                share_by_reach=sum(weight.get(f, 0) + 1 for f in some) / total if total else None,
            )
        )
    forks = _forks(view)
    known = len(described) - len(classes["not known"])
    free = len(classes["nobody alone"]) + len(classes["foundation or body"])
    share = free / known if known else None
    by_reach = math.fsum(r["share_by_reach"] or 0.0 for r in rows if r["what"] in _FREE)
    held = next(r["share_by_reach"] or 0.0 for r in rows if r["what"] == "one company")
    summary = (
        f"By reach, no company alone decides on {percent(by_reach)} of the frameworks and one on {percent(held)}, "
        f"as far as it is known; by number, {percent(share)} of {known} have no controlling company. {_told(forks)}"
    )
    measures = (
        Measure(
            "without a controlling company",
            share,
            "fraction of frameworks",
            low=free / len(described) if described else None,
            high=(free + len(classes["not known"])) / len(described) if described else None,
            n=len(described),
            coverage=known / len(described) if described else None,
        ),
    )
    unknown = (
        f"who decides on {len(classes['not known'])} of {len(described)} frameworks is not known",
    )
    return Found([*rows, *forks], summary, measures, unknown)


def _told(forks: list[dict[str, Any]]) -> str:
    """Which forks came under an institution, and when."""
    if not forks:
        return "No fork is stated."
    start = [r["entity_name"] for r in forks if r["days"] == 0]
    later = [f"{r['entity_name']} after {r['days']:,} days" for r in forks if r["days"]]
    parts = [f"from the start over {listed(start, 4)}"] if start else []
    parts += [f"over {listed(later, 3)}"] if later else []
    house = (
        f"; an institution came {', '.join(parts)}"
        if parts
        else "; of none it is known that an institution came over it"
    )
    return f"{counted(len(forks), 'fork')} {'is' if len(forks) == 1 else 'are'} stated{house}."


def _row(what: str, **values: Any) -> dict[str, Any]:
    names = (
        "entity",
        "entity_name",
        "parent_name",
        "count",
        "share",
        "share_by_reach",
        "since",
        "governed_since",
        "days",
    )
    return {"what": what, **dict.fromkeys(names), **values}


def _class(view: View, framework: str) -> str:
    deciders = view.power_over(framework, "decides")
    firms = [d for d in deciders if view.kinds.get(d["source"]) == "Company"]
    if any(d["low"] > _SOLE for d in firms):
        return "one company"
    known = math.fsum(d["low"] for d in deciders if d["hops"] == 1)
    if known <= _SOLE:
        return "not known"
    return "foundation or body" if any(d["low"] > _SOLE for d in deciders) else "nobody alone"


def _forks(view: View) -> list[dict[str, Any]]:
    """Forks, with the days until an institution held rights; a date known to the month or year gives none in it."""
    housed: dict[str, datetime.date] = {}
    for row in view.rows("GOVERNS", "valid_from"):
        if row["source_kind"] == "Institution" and row["valid_from"]:
            former = housed.get(row["target"])
            housed[row["target"]] = min(former, row["valid_from"]) if former else row["valid_from"]
    forks = [r for r in view.rows("DERIVED_FROM", "kind", "valid_from") if r["kind"] == "fork"]
    rows = []
    for row in sorted(forks, key=lambda r: (r["valid_from"] or datetime.date.max, r["source"])):
        since, governed = row["valid_from"], housed.get(row["source"])
        days = max(0, (governed - since).days) if since and governed else None
        rows.append(
            _row(
                "fork",
                entity=row["source"],
                entity_name=view.name(row["source"]),
                parent_name=view.name(row["target"]),
                since=since,
                governed_since=governed,
                days=days,
            )
        )
    return rows
