#: id: Q02
#: summary: What share of the ways to run it end at its controller's own platform, and is that more than chance?
#: description: >
#:   A route is a product line of processors that the framework runs on, at an operator whose cloud offers it. One row
#:   per party that surely has a part in deciding on the framework and runs clouds or makes processors: the share of
#:   routes that end at its own clouds, beside the same operator's share over all frameworks (base), with this framework
#:   and without. Lift and p compare counts (hypergeometric), whatever the weight. Funnel lift is a measure of this
#:   project's own making.
#: tags: [regulator, investor]
#: params:
#:   framework: {type: entity, kinds: [Framework], example: tensorflow, about: what is to run}
#:   weight: {type: string, example: tier, default: count, choices: [count, tier],
#:     about: "`count`, or `tier`: routes weigh what they are worth"}
#: columns:
#:   - {name: controller, type: entity, unit: ""}
#:   - {name: controller_name, type: string, unit: ""}
#:   - {name: decides_low, type: double, unit: "0 to 1, known"}
#:   - {name: decides_high, type: double, unit: "0 to 1, at most"}
#:   - {name: own, type: integer, unit: "routes that end at its clouds"}
#:   - {name: routes, type: integer, unit: "routes of the framework"}
#:   - {name: share, type: double, unit: "fraction, weighted"}
#:   - {name: base, type: double, unit: "fraction of all routes of all frameworks"}
#:   - {name: lift, type: double, unit: "ratio"}
#:   - {name: lift_without, type: double, unit: "ratio, this framework left out of the base"}
#:   - {name: p, type: double, unit: "probability of so many own routes by chance"}
#: order: [decides_low desc, decides_high desc, controller]
#: reading: >
#:   A lift above 1.5 with p below 0.05 is a funnel; at 1.1 or less there is none. Offers in a catalogue are not
#:   spending, and after a donation several groups may steer: read the power first.
#: since: "0.2"
"""Funnels: from a framework to its controller's own cloud."""

from __future__ import annotations

from typing import Any, Final

from ..graph.wording import interval_text, percent
from ..measures.routes import Funnel, funnel
from ..state.routes import merged
from .view import Found, Measure, View, number

__all__ = ["answer"]

_PART: Final = 0.05
"""Least sure part in deciding of somebody whose funnel is looked for."""


def answer(view: View, framework: str, weight: str) -> Found:
    """One row per party that decides on the framework and operates clouds or makes chips."""
    ways = view.routes
    by_tier = weight == "tier"
    own_ways = ways.ways(framework)
    routes = ways.routes(framework, by_tier=by_tier)
    others = [
        r for f in ways.frameworks() if f != framework for r in ways.routes(f, by_tier=by_tier)
    ]
    owners = {o for o in (ways.owner(t) for t in ways.provided) if o}
    deciders = view.power_over(framework, "decides")
    measured = [
        (power, funnel(view.group(power["source"]), routes, others))
        for power in deciders
        if view.group(power["source"]) in owners and power["low"] >= _PART
    ]
    rows = [_row(view, power, result, routes) for power, result in measured]
    lost = sum(w.maker is None or w.operator is None for w in own_ways)
    unknown = [f"{lost} of {len(own_ways)} ways have no known maker or operator"] if lost else []
    if by_tier:
        untold = len(ways.routes(framework)) - len(routes)
        unknown += [f"{untold} routes have no stated tier and weigh nothing"] if untold else []
    return Found(
        rows,
        _sentence(view.name(framework), rows, deciders),
        _measures(measured),
        tuple(unknown),
        merged(own_ways),
    )


def _row(view: View, power: dict[str, Any], result: Funnel, routes: list[Any]) -> dict[str, Any]:
    group = view.group(power["source"])
    return {
        "controller": power["source"],
        "controller_name": power["holder"],
        "decides_low": power["low"],
        "decides_high": power["high"],
        "own": sum(r.operator == group for r in routes),
        "routes": result.n,
        "share": number(result.share),
        "base": number(result.base),
        "lift": number(result.lift),
        "lift_without": number(result.lift_without),
        "p": number(result.p),
    }


def _sentence(name: str, rows: list[dict[str, Any]], deciders: list[dict[str, Any]]) -> str:
    if not deciders:
        return f"Nobody is known to decide on {name}, so there is no funnel to measure."
    if not rows:
        return (
            f"Nobody who surely decides on {name} runs a cloud or makes chips: there is no funnel to measure. "
            f"Most is decided by {deciders[0]['holder']} ({interval_text(deciders[0]['low'], deciders[0]['high'])})."
        )
    first = rows[0]
    if not first["routes"]:
        return f"No way of {name} to a cloud is known."
    shown = (first["lift"] or 0.0) > 1.5 and first["p"] is not None and first["p"] < 0.05
    verdict = "this is a funnel" if shown else "no funnel is shown"
    chance = "unknown" if first["p"] is None else f"{first['p']:.2g}"
    return (
        f"{first['own']} of {first['routes']} routes of {name} end at {first['controller_name']}, who decides on it "
        f"({interval_text(first['decides_low'], first['decides_high'])}); over all frameworks {percent(first['base'])} "
        f"of the routes do (p = {chance}): {verdict}."
    )


def _measures(measured: list[tuple[dict[str, Any], Funnel]]) -> tuple[Measure, ...]:
    if not measured:
        return ()
    first = measured[0][1]
    return (
        Measure("funnel", number(first.share), "fraction of routes", n=first.n),
        Measure("lift", number(first.lift), "ratio to the base rate", n=first.n),
        Measure("p", number(first.p), "probability", n=first.n),
    )
