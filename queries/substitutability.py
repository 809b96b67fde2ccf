#: id: Q13
#: summary: How many independent routes have I, and what does switching cost?
#: description: >
#:   Routes of a framework (or of each) to production: a product line of processors at an operator. Operators and makers
#:   are owner groups. `disjoint` is the greatest number of routes of which no two share an operator or a maker (a
#:   maximum matching). The effective number of makers is the inverse Herfindahl index over routes. Lock-in is what is
#:   lost of the best tier when the best operator goes. Switching costs are those that a source states for alternatives.
#: tags: [cto]
#: params:
#:   framework: {type: entity, kinds: [Framework], example: jax, default: "", about: "what is to run; empty = each"}
#: columns:
#:   - {name: framework, type: entity, unit: ""}
#:   - {name: framework_name, type: string, unit: ""}
#:   - {name: routes, type: integer, unit: "product lines at operators"}
#:   - {name: operators, type: integer, unit: "independent operators"}
#:   - {name: makers, type: integer, unit: "independent makers of processors"}
#:   - {name: disjoint, type: integer, unit: "routes that share neither operator nor maker"}
#:   - {name: effective_makers, type: double, unit: "makers, 1 / Herfindahl index over routes"}
#:   - {name: first_maker_name, type: string, unit: ""}
#:   - {name: first_maker_share, type: double, unit: "fraction of the routes"}
#:   - {name: lock_in, type: double, unit: "0 to 1, part of the tier lost without the best operator"}
#:   - {name: alternatives, type: integer, unit: "frameworks stated to stand in for it"}
#:   - {name: switching_cost, type: double, unit: "person-months, least stated"}
#: order: [disjoint, makers, framework]
#: reading: >
#:   One disjoint route is locked in. Beware of four clouds with one chip: many operators, one maker. Offers that nobody
#:   states are missing, so counts are lower bounds.
#: since: "0.2"
"""Substitutability: how many independent ways to production there are."""

from __future__ import annotations

import collections

from ..graph.wording import listed
from ..measures.routes import disjoint, substitutability
from ..state.routes import Routes, merged
from .view import Found, Measure, Row, View, number

__all__ = ["answer"]


def answer(view: View, framework: str) -> Found:
    """One row per framework with a way to production."""
    every = view.routes
    wanted = [framework] if framework else every.frameworks()
    stand_ins: dict[str, list[float | None]] = collections.defaultdict(list)
    for row in view.rows("SUBSTITUTES", "switching_cost"):
        for end in ("source", "target"):
            stand_ins[row[end]].append(row["switching_cost"])
    rows = [_row(view, f, every, stand_ins[f]) for f in wanted]
    rows.sort(key=lambda r: (r["disjoint"], r["makers"], r["framework"]))
    ways = every.ways(framework) if framework else []
    lost = sum(w.maker is None or w.operator is None for w in ways)
    unknown = [f"{lost} of {len(ways)} ways have no known maker or operator"] if lost else []
    if all(r["switching_cost"] is None for r in rows):
        unknown.append("no source states what switching costs")
    if framework:
        [only] = rows
        apart, routes = only["disjoint"], only["routes"]
        summary = (
            f"{only['framework_name']} has {routes} known routes to production at {only['operators']} operators "
            f"with processors of {only['makers']} makers; {apart} of them share neither."
        )
        measures = (
            Measure("disjoint routes", apart, "routes", low=apart, n=routes),
            Measure("effective makers", only["effective_makers"], "makers", n=routes),
        )
        return Found(rows, summary, measures, tuple(unknown), merged(ways))
    locked = [r["framework_name"] for r in rows if r["disjoint"] == 1]
    summary = f"{len(locked)} of {len(rows)} frameworks have a single independent route: {listed(locked)}."
    return Found(rows, summary, (), tuple(unknown))


def _row(view: View, framework: str, ways: Routes, costs: list[float | None]) -> Row:
    tiered = ways.routes(framework, by_tier=True)
    routes = ways.routes(framework)
    spread = substitutability(routes)
    maker, count = next(iter(collections.Counter(r.maker for r in routes).most_common(1)), ("", 0))
    stated = [c for c in costs if c is not None]
    return {
        "framework": framework,
        "framework_name": view.name(framework),
        "routes": len(routes),
        "operators": spread.operators,
        "makers": spread.makers,
        "disjoint": disjoint(routes),
        "effective_makers": number(spread.effective_makers),
        "first_maker_name": view.name(maker) if count else None,
        "first_maker_share": count / len(routes) if count else None,
        "lock_in": number(substitutability(tiered).lock_in),
        "alternatives": len(costs),
        "switching_cost": min(stated, default=None),
    }
