#: id: Q02
#: summary: What share of the ways to run it end at its controller's own platform, and is that more than chance?
#: description: >
#:   A route is a processor that the framework runs on, at an operator whose cloud offers it. One row per group that
#:   steers the framework and runs clouds or makes processors: the share of routes that end at its own clouds, beside
#:   the same operator's share over all frameworks (base), with this framework and without. Lift and p compare counts
#:   (hypergeometric), whatever the weight. Funnel lift is a measure of this project's own making.
#: tags: [regulator, investor]
#: params:
#:   framework: {type: entity, kinds: [Framework], example: tensorflow, about: what is to run}
#:   weight: {type: string, example: tier, default: count,
#:     about: "`count`, or `tier`: routes weigh what they are worth"}
#: columns:
#:   - {name: controller, type: entity, unit: ""}
#:   - {name: controller_name, type: string, unit: ""}
#:   - {name: power, type: double, unit: "0 to 1, best path of votes, rights, structure and employees"}
#:   - {name: own, type: integer, unit: "routes that end at its clouds"}
#:   - {name: routes, type: integer, unit: "routes of the framework"}
#:   - {name: share, type: double, unit: "fraction, weighted"}
#:   - {name: base, type: double, unit: "fraction of all routes of all frameworks"}
#:   - {name: lift, type: double, unit: "ratio"}
#:   - {name: lift_without, type: double, unit: "ratio, this framework left out of the base"}
#:   - {name: p, type: double, unit: "probability of so many own routes by chance"}
#: order: [power desc, controller]
#: reading: >
#:   A lift above 1.5 with p below 0.05 is a funnel; at 1.1 or less there is none. Offers in a catalogue are not
#:   spending, and after a donation several groups may steer: read the power first.
#: since: "0.2"
"""Funnels: from a framework to its controller's own cloud."""

from __future__ import annotations

from ..errors import UsageError
from ..graph.wording import percent
from ..measures.routes import Funnel, funnel
from ..state.production import merged
from ..state.steering import Steering, deciding_web, steering
from .view import Found, Measure, View, number

__all__ = ["answer"]


def answer(view: View, framework: str, weight: str) -> Found:
    """One row per group that steers the framework and operates clouds."""
    if weight not in {"count", "tier"}:
        raise UsageError(
            f"{weight!r} is no weight", where="parameter weight", hint="write count or tier"
        )
    production = view.production
    ways = production.ways(framework)
    by_tier = weight == "tier"
    routes = production.routes(framework, by_tier=by_tier)
    others = [
        r
        for f in production.frameworks()
        if f != framework
        for r in production.routes(f, by_tier=by_tier)
    ]
    owners = {o for o in (production.owner(t) for t in production.provided) if o}
    holders = steering(deciding_web(view.state), framework, view.organisations, view.groups)
    found = [(h, funnel(h.group, routes, others)) for h in holders if h.group in owners]
    own = {h.group: sum(r.operator == h.group for r in routes) for h, _ in found}
    rows = [
        (
            h.group,
            view.name(h.group),
            h.power,
            own[h.group],
            f.n,
            number(f.share),
            number(f.base),
            number(f.lift),
            number(f.lift_without),
            number(f.p),
        )
        for h, f in found
    ]
    lost = sum(w.maker is None or w.operator is None for w in ways)
    unknown = [f"{lost} of {len(ways)} ways have no known maker or operator"] if lost else []
    if by_tier:
        untold = len(production.routes(framework)) - len(routes)
        unknown += [f"{untold} routes have no stated tier and weigh nothing"] if untold else []
    return Found(
        rows,
        _said(view, framework, found, own),
        _measures(found),
        tuple(unknown),
        merged(ways),
    )


def _said(
    view: View, framework: str, found: list[tuple[Steering, Funnel]], own: dict[str, int]
) -> str:
    name = view.name(framework)
    if not found:
        return f"Nobody who steers {name} is known to run a cloud: there is no funnel to measure."
    holder, first = found[0]
    if not first.n:
        return f"No way of {name} to a cloud is known."
    shown = first.lift is not None and first.p is not None and first.lift > 1.5 and first.p < 0.05
    verdict = "this is a funnel" if shown else "no funnel is shown"
    chance = "unknown" if first.p is None else f"{float(first.p):.2g}"
    return (
        f"{own[holder.group]} of {first.n} routes of {name} end at {view.name(holder.group)}, who steers it most; "
        f"over all frameworks {percent(first.base)} of the routes do (p = {chance}): {verdict}."
    )


def _measures(found: list[tuple[Steering, Funnel]]) -> tuple[Measure, ...]:
    if not found:
        return ()
    first = found[0][1]
    return (
        Measure("funnel", number(first.share), "fraction of routes", n=first.n),
        Measure("lift", number(first.lift), "ratio to the base rate", n=first.n),
        Measure("p", number(first.p), "probability", n=first.n),
    )
