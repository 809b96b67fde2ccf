#: id: Q02
#: summary: Does it run best on its controller's own platform, and do its ways end there more than by chance?
#: description: >
#:   One row per framework and party that surely has a part in deciding on it and runs clouds or makes processors.
#:   `own_tier` and `else_tier`: how well it runs on what the party makes or operates, and on the best of the others.
#:   A route is a product line of processors that the framework runs on, at an operator whose cloud offers it: the share
#:   of routes that end at its own clouds, beside the same operator's share over all frameworks (base), with this
#:   framework and without. Lift and p compare counts (hypergeometric), whatever the weight; `corrected` is p by Holm's
#:   method over all rows. Funnel lift is a measure of this project's own making.
#: tags: [regulator, investor]
#: params:
#:   framework: {type: entity, kinds: [Framework], example: tensorflow, default: "",
#:     about: "what is to run; empty = each"}
#:   weight: {type: string, example: tier, default: count, choices: [count, tier],
#:     about: "`count`, or `tier`: routes weigh what they are worth"}
#: columns:
#:   - {name: framework, type: entity, unit: ""}
#:   - {name: framework_name, type: string, unit: ""}
#:   - {name: controller, type: entity, unit: ""}
#:   - {name: controller_name, type: string, unit: ""}
#:   - {name: decides_low, type: double, unit: "0 to 1, known"}
#:   - {name: decides_high, type: double, unit: "0 to 1, at most"}
#:   - {name: own_tier, type: double, unit: "0 to 1, best on its own chips and clouds"}
#:   - {name: else_tier, type: double, unit: "0 to 1, best on those of others; 0: nowhere else, as far as is stated"}
#:   - {name: own, type: integer, unit: "routes that end at its clouds"}
#:   - {name: routes, type: integer, unit: "routes of the framework"}
#:   - {name: share, type: double, unit: "fraction, weighted"}
#:   - {name: base, type: double, unit: "fraction of all routes of all frameworks"}
#:   - {name: lift, type: double, unit: "ratio"}
#:   - {name: lift_without, type: double, unit: "ratio, this framework left out of the base"}
#:   - {name: p, type: double, unit: "probability of so many own routes by chance"}
#:   - {name: corrected, type: double, unit: "probability, corrected for the number of rows"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [own_tier less else_tier desc, decides_low desc, corrected, framework, controller]
#: reading: >
#:   Running best at home is an advantage, and may be no more than the maker knowing its own chips. A lift above 1.5
#:   with a corrected p below 0.05 is a funnel; at 1.1 or less there is none. Offers in a catalogue are not spending,
#:   and after a donation several groups may steer: read the power first.
#: since: "0.2"
"""Funnels: from a framework to its controller's own chips and clouds."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import Any, Final

from ..graph.wording import counted, interval_text, listed, percent
from ..measures.chance import holm
from ..measures.routes import Route, funnel
from ..state.routes import merged
from ..state.strengths import parameters
from .view import Found, Measure, Row, View, number

__all__ = ["answer"]

_PART: Final = 0.05
"""Least sure part in deciding of somebody whose funnel is looked for."""
_MAJORITY: Final = 0.5
_LIFT: Final = 1.5
_CHANCE: Final = 0.05
_WHO: Final = "a maker of chips or an operator of clouds"


def answer(view: View, framework: str, weight: str) -> Found:
    """One row per framework and party that decides on it and operates clouds or makes chips."""
    ways = view.routes
    by_tier = weight == "tier"
    routes = {f: ways.routes(f, by_tier=by_tier) for f in ways.frameworks()}
    owners = {o for o in (ways.owner(t) for t in ways.provided) if o}
    every = {*routes, *(f for f in ways.runs if view.kinds.get(f) == "Framework")}
    rows = [
        _row(view, one, power, routes)
        for one in ([framework] if framework else sorted(every))
        for power in view.power_over(one, "decides")
        if view.group(power["source"]) in owners and power["low"] >= _PART
    ]
    tried = [r for r in rows if r["p"] is not None]
    for row, corrected in zip(tried, holm([r["p"] for r in tried]), strict=True):
        row["corrected"] = corrected
    rows.sort(
        key=lambda r: (
            -_advantage(r),
            -r["decides_low"],
            r["corrected"] or 1.0,
            r["framework"],
            r["controller"],
        )
    )
    if not framework:
        return Found(rows, _of_all(rows), _counts(rows), _unknown_tiers(rows))
    own_ways = ways.ways(framework)
    lost = sum(w.maker is None or w.operator is None for w in own_ways)
    unknown = [f"{lost} of {len(own_ways)} ways have no known maker or operator"] if lost else []
    if by_tier:
        untold = len(ways.routes(framework)) - len(routes.get(framework, ()))
        unknown += [f"{untold} routes have no stated tier and weigh nothing"] if untold else []
    deciders = view.power_over(framework, "decides")
    summary = _of_one(view.name(framework), rows, deciders)
    return Found(rows, summary, _measures(rows), tuple(unknown), merged(own_ways))


def _row(
    view: View, framework: str, power: dict[str, Any], routes: dict[str, list[Route]]
) -> dict[str, Any]:
    group = view.group(power["source"])
    mine = routes.get(framework, [])
    result = funnel(group, mine, [r for f, some in routes.items() if f != framework for r in some])
    own, others, keys = _tiers(view, framework, group)
    return {
        "framework": framework,
        "framework_name": view.name(framework),
        "controller": power["source"],
        "controller_name": power["holder"],
        "decides_low": power["low"],
        "decides_high": power["high"],
        "own_tier": own,
        "else_tier": others,
        "own": sum(r.operator == group for r in mine),
        "routes": result.n,
        "share": number(result.share),
        "base": number(result.base),
        "lift": number(result.lift),
        "lift_without": number(result.lift_without),
        "p": number(result.p),
        "corrected": None,
        "edge": " ".join(dict.fromkeys([*power["basis"].split(), *keys])),
    }


def _tiers(view: View, framework: str, group: str) -> tuple[float | None, float | None, list[str]]:
    """Best tier on what a group makes or operates, and on what others do; None where none is stated of any."""
    weights: dict[bool, list[tuple[float, str]]] = {True: [], False: []}
    tiers = parameters()["tier"]
    for run in view.routes.runs.get(framework, ()):
        if run["tier"]:
            weights[view.routes.owner(run["target"]) == group].append(
                (tiers[run["tier"]], run["key"])
            )
    if not weights[True] and not weights[False]:
        return None, None, []
    best = {side: max(some, default=(0.0, "")) for side, some in weights.items()}
    return best[True][0], best[False][0], [k for _, k in best.values() if k]


def _advantage(row: Row) -> float:
    """How much better it runs at home; where it does not run there at all, or nothing is stated, none."""
    if row["own_tier"] is None or not row["own_tier"]:
        return -1.0
    return float(row["own_tier"] - row["else_tier"])


def _is_funnel(row: Row) -> bool:
    lifted = row["lift"] is not None and row["lift"] > _LIFT
    return bool(lifted and row["corrected"] is not None and row["corrected"] < _CHANCE)


def _of_all(rows: Sequence[Row]) -> str:
    """How many run better at home, and whose; how many funnels are left after correction."""
    sure = [r for r in rows if r["decides_low"] > _MAJORITY and r["own_tier"] is not None]
    if not sure:
        return f"Of no framework that {_WHO} surely decides on is it stated how well it runs where."
    home = [r for r in sure if _advantage(r) > 0]
    only = sum(not r["else_tier"] for r in home)
    every = collections.Counter(r["controller_name"] for r in sure)
    best = collections.Counter(r["controller_name"] for r in home)
    named = (f"{n} ({best[n]} of {every[n]})" for n in sorted(best, key=lambda n: (-best[n], n)))
    tried = [r for r in rows if r["p"] is not None]
    funnels = [r for r in tried if _is_funnel(r)]
    shown = (
        f"{r['framework_name']} ({r['controller_name']}, {r['own']} of {r['routes']})"
        for r in funnels
    )
    ends = "end at the clouds of who decides than chance would give"
    routes = (
        f"For {counted(len(funnels), 'framework')} more ways {ends}: {listed(shown, 3)}"
        if funnels
        else f"For no framework do more ways {ends}"
    )
    return (
        f"Of {counted(len(sure), 'framework')} that {_WHO} surely decides on, {len(home)} run better on its own than "
        f"on anybody else's, {only} of them nowhere else that is stated: {listed(named, 4)}. "
        f"{routes} ({len(tried)} tried, p corrected)."
    )


def _counts(rows: Sequence[Row]) -> tuple[Measure, ...]:
    sure = [r for r in rows if r["decides_low"] > _MAJORITY and r["own_tier"] is not None]
    return (
        Measure(
            "run better at home", sum(_advantage(r) > 0 for r in sure), "frameworks", n=len(sure)
        ),
        Measure(
            "funnels after correction", sum(_is_funnel(r) for r in rows), "frameworks", n=len(rows)
        ),
    )


def _unknown_tiers(rows: Sequence[Row]) -> tuple[str, ...]:
    untold = sum(r["own_tier"] is None for r in rows)
    return (f"how well {untold} of these {len(rows)} run anywhere",) if untold else ()


def _of_one(name: str, rows: Sequence[Row], deciders: list[dict[str, Any]]) -> str:
    if not deciders:
        return f"Nobody is known to decide on {name}, so there is no funnel to measure."
    if not rows:
        most = f"{deciders[0]['holder']} ({interval_text(deciders[0]['low'], deciders[0]['high'])})"
        return (
            f"Nobody who surely decides on {name} runs a cloud or makes chips: there is no funnel to measure. "
            f"Most is decided by {most}."
        )
    first = max(rows, key=lambda r: (r["decides_low"], r["decides_high"]))
    who = first["controller_name"]
    decides = interval_text(first["decides_low"], first["decides_high"])
    if not first["routes"]:
        return f"{_at_home(name, first)}No way of {name} to a cloud is known."
    verdict = "this is a funnel" if _is_funnel(first) else "no funnel is shown"
    chance = "unknown" if first["p"] is None else f"{first['p']:.2g}"
    return (
        f"{_at_home(name, first)}{first['own']} of {first['routes']} routes of {name} end at {who}, who decides on it "
        f"({decides}); over all frameworks {percent(first['base'])} of the routes do (p = {chance}): {verdict}."
    )


def _at_home(name: str, row: Row) -> str:
    """Whether it runs better on what its controller sells; empty where nothing is stated, or it does not run there."""
    if not row["own_tier"]:
        return ""
    who, ends = row["controller_name"], f"{row['own_tier']:g} against {row['else_tier']:g}"
    if not row["else_tier"]:
        return f"{name} is stated to run on what {who} sells, and nowhere else. "
    if _advantage(row) > 0:
        return f"{name} runs better on what {who} sells than on anything else ({ends}). "
    return f"{name} runs no better on what {who} sells than elsewhere ({ends}). "


def _measures(rows: Sequence[Row]) -> tuple[Measure, ...]:
    if not rows:
        return ()
    first = max(rows, key=lambda r: (r["decides_low"], r["decides_high"]))
    return (
        Measure("funnel", first["share"], "fraction of routes", n=first["routes"]),
        Measure("lift", first["lift"], "ratio to the base rate", n=first["routes"]),
        Measure("p", first["p"], "probability", n=first["routes"]),
    )
