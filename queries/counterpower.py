#: id: Q24
#: summary: What share of the ecosystem has no controlling company, and which forks show exit works?
#: description: >
#:   Frameworks by who decides on them (best path of votes, rights, structure and employees; more than one half is
#:   sole control): one company, an institution, nobody alone, or not known, which is also where nobody is stated to
#:   merge, release or administer: a home for the name alone tells nothing. Counted once each, and weighed by reach
#:   (frameworks and models that need them, directly or through others, plus themselves). Then every fork that is
#:   stated, with the days until an institution governed it.
#: tags: [ospo, researcher]
#: params: {}
#: columns:
#:   - {name: what, type: string, unit: "one company, institution, nobody alone, not known, or fork"}
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
from typing import Any, Final

from ..graph.wording import counted, listed, percent
from ..measures.reach import reaches
from ..state.steering import SOLE, Steering, deciding_web, steering
from .view import Found, Measure, View

__all__ = ["answer"]

_KEEPING: Final = frozenset({"merge", "release", "admin", "relicense"})
"""Rights that decide on more than the name."""


def answer(view: View) -> Found:
    """A row per class of control, and a row per fork."""
    web, organisations = deciding_web(view.state), view.organisations
    frameworks = view.state.nodes("Framework", ["id", "stub"]).to_pylist()
    described = [f["id"] for f in frameworks if not f["stub"]]
    needs = [
        (r["source"], r["target"])
        for r in view.rows("DEPENDS_ON", "kind")
        if {r["source_kind"], r["target_kind"]} <= {"Framework", "Model"}
        and r["kind"] != "optional"
    ]
    weight = reaches(needs, described)
    companies = set(view.state.nodes("Company", ["id"])["id"].to_pylist())
    kept = {
        r["target"]
        for r in view.rows("GOVERNS", "rights")
        if not _KEEPING.isdisjoint(r["rights"] or ())
    }
    found: dict[str, list[str]] = collections.defaultdict(list)
    for framework in described:
        holders = steering(web, framework, organisations, view.groups) if framework in kept else []
        found[_class(holders, companies) if framework in kept else "not known"].append(framework)
    total = sum(weight[f] + 1 for f in described)
    rows: list[tuple[Any, ...]] = []
    for what in ("one company", "institution", "nobody alone", "not known"):
        some = found[what]
        by_reach = sum(weight[f] + 1 for f in some) / total if total else None
        share = len(some) / len(described) if described else None
        rows.append((what, None, None, None, len(some), share, by_reach, None, None, None))
    forks = _forks(view)
    known = len(described) - len(found["not known"])
    free = len(found["nobody alone"]) + len(found["institution"])
    told = [f"{r[2]} after {r[9]} days" for r in forks if r[9] is not None]
    said = (
        f"Of {known} frameworks whose control is known, {percent(free / known if known else None)} have no controlling "
        f"company. {counted(len(forks), 'fork')} stated"
        + (f"; to an institution came {listed(told)}." if told else ".")
    )
    measures = (
        Measure(
            "without a controlling company",
            free / known if known else None,
            "fraction of frameworks",
            low=free / len(described) if described else None,
            high=(free + len(found["not known"])) / len(described) if described else None,
            n=len(described),
            coverage=known / len(described) if described else None,
        ),
    )
    unknown = (
        f"who decides on {len(found['not known'])} of {len(described)} frameworks is not known",
    )
    return Found([*rows, *forks], said, measures, unknown)


def _class(holders: list[Steering], companies: set[str]) -> str:
    first = holders[0] if holders else None
    if first is None or first.power <= SOLE:
        return "nobody alone"
    return "one company" if first.holder in companies else "institution"


def _forks(view: View) -> list[tuple[Any, ...]]:
    housed: dict[str, datetime.date] = {}
    for row in view.rows("GOVERNS", "valid_from"):
        if row["source_kind"] == "Institution" and row["valid_from"]:
            former = housed.get(row["target"])
            housed[row["target"]] = min(former, row["valid_from"]) if former else row["valid_from"]
    forks = [r for r in view.rows("DERIVED_FROM", "kind", "valid_from") if r["kind"] == "fork"]
    rows = []
    for row in sorted(forks, key=lambda r: (r["valid_from"] or datetime.date.max, r["source"])):
        since, governed = row["valid_from"], housed.get(row["source"])
        days = (governed - since).days if since and governed else None
        names = (row["source"], view.name(row["source"]), view.name(row["target"]))
        rows.append(("fork", *names, None, None, None, since, governed, days))
    return rows
