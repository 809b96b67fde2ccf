#: id: Q12
#: summary: Which single firm or part can stop what I build on this framework?
#: description: >
#:   Three sorts of rows. `squeezes`: an owner group by whose chips, clouds, licences or services the best way becomes
#:   worse, with all that it alone provides gone. `rests on`: a required project through which the best way passes; it
#:   is open and cannot be withheld, but it must be kept. `supplies`: who squeezes through the makers of the chips:
#:   foundry, lithography, memory. Parents and subsidiaries are one party.
#: tags: [cto]
#: params:
#:   framework: {type: entity, kinds: [Framework], example: pytorch, default: "",
#:     about: "what is built on; empty = each"}
#: columns:
#:   - {name: framework, type: entity, unit: ""}
#:   - {name: framework_name, type: string, unit: ""}
#:   - {name: sort, type: string, unit: "squeezes, rests on or supplies"}
#:   - {name: party, type: entity, unit: ""}
#:   - {name: party_name, type: string, unit: ""}
#:   - {name: squeezes_low, type: double, unit: "0 to 1, known"}
#:   - {name: squeezes_high, type: double, unit: "0 to 1, at most"}
#:   - {name: hops, type: integer, unit: "steps between the two"}
#:   - {name: owner_name, type: string, unit: "topmost sure owner of the party"}
#:   - {name: dependents, type: integer, unit: "frameworks and models that need the project"}
#:   - {name: why, type: string, unit: ""}
#:   - {name: edge, type: edge, unit: ""}
#: order: [sort, squeezes_high desc, squeezes_low desc, dependents desc, hops, party, framework]
#: reading: >
#:   1 means that no known way is left without the party, 0.38 that the best one is that much worse. Where no source
#:   states that the list of ways is whole, the lower end is 0: a way that nobody has told us of may be as good.
#: since: "0.2"
"""Chokepoints of one framework: who can squeeze it, what it rests on, who supplies its chips."""

from __future__ import annotations

import collections
from typing import Any, Final

from ..graph.wording import interval_text, listed
from .view import Found, Measure, View

__all__ = ["answer"]

_ORDER: Final = ("squeezes", "rests on", "supplies")
_DIGITS: Final = 9
_MAJORITY: Final = 0.5


def answer(view: View, framework: str) -> Found:
    """Who can squeeze it, what it rests on, who supplies its chips; of all frameworks, who can squeeze them."""
    if not framework:
        return _of_all(view)
    squeezers = [_squeezer(view, framework, row) for row in view.power_over(framework, "squeezes")]
    rows = _sorted(view, framework, [*squeezers, *_rests_on(view, framework)])
    whole = any(g.about == "runs on" and g.whole for g in view.production.needs.get(framework, ()))
    unknown = [] if whole else ["no source states that the list of chips it runs on is whole"]
    if not view.production.needs.get(framework):
        unknown = ["what it needs is not known"]
    measures = [
        Measure(
            f"squeeze by {r['party_name']}",
            None,
            "0 to 1",
            low=r["squeezes_low"],
            high=r["squeezes_high"],
        )
        for r in rows
        if r["sort"] == "squeezes"
    ]
    return Found(rows, _sentence(view.name(framework), rows), tuple(measures[:3]), tuple(unknown))


def _sorted(view: View, framework: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = [{"framework": framework, "framework_name": view.name(framework), **r} for r in rows]
    return sorted(named, key=_order)


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        _ORDER.index(row["sort"]),
        -(row["squeezes_high"] or 0.0),
        -(row["squeezes_low"] or 0.0),
        -(row["dependents"] or 0),
        row["hops"],
        row["party"],
        row["framework"],
    )


def _of_all(view: View) -> Found:
    """Who can squeeze which framework by its own chips, clouds or licences, over all frameworks."""
    things = sorted(t for t in view.production.needs if view.kinds.get(t) == "Framework")
    rows = []
    for thing in things:
        squeezers = [_squeezer(view, thing, row) for row in view.power_over(thing, "squeezes")]
        deciders = view.power_over(thing, "decides")
        own = {view.group(p["source"]) for p in deciders if p["low"] > _MAJORITY}
        direct = [
            r for r in squeezers if r["sort"] == _ORDER[0] and view.group(r["party"]) not in own
        ]
        rows += _sorted(
            view, thing, [{**r, "dependents": view.dependents.get(thing, 0)} for r in direct]
        )
    rows.sort(key=_order)
    every = sum(k == "Framework" for k in view.kinds.values())
    unknown = (f"what {every - len(things)} of {every} frameworks need",)
    if not rows:
        return Found([], "No firm is known that can squeeze a framework of others.", (), unknown)
    locked = {r["framework"] for r in rows if r["squeezes_high"] >= 1}
    parties = collections.Counter(r["party_name"] for r in rows)
    most = max(parties.values())
    first = sorted(p for p, n in parties.items() if n == most)
    named = [f"{r['framework_name']} ({r['party_name']})" for r in rows if r["squeezes_high"] >= 1]
    each = " each" if len(first) > 1 else ""
    ways = f": {listed(named, 4)}" if named else ""
    summary = (
        f"{listed(first, 3)} can squeeze most frameworks of others: {most}{each} of the {len(things)} whose needs are "
        f"known. {len(locked)} have no known way without one firm that does not decide on them{ways}."
    )
    measure = Measure("frameworks without another way", len(locked), "frameworks", n=len(things))
    return Found(rows, summary, (measure,), unknown)


def _squeezer(view: View, framework: str, row: dict[str, Any]) -> dict[str, Any]:
    makes = view.production.makers
    provides = {m for makers in makes.values() for m in makers}
    grants = view.production.withholders(framework)
    supplier = row["hops"] > len((row["through"] or "").split()) + 1
    direct = not supplier and (row["source"] in provides or row["source"] in grants)
    return {
        "sort": "squeezes" if direct else "supplies",
        "party": row["source"],
        "party_name": row["holder"],
        "squeezes_low": row["low"],
        "squeezes_high": row["high"],
        "hops": row["hops"],
        "owner_name": row["owner_name"],
        "dependents": None,
        "why": row["reason"],
        "edge": row["basis"],
    }


def _rests_on(view: View, framework: str) -> list[dict[str, Any]]:
    """Required projects that run on all the accelerators on which it runs best: its best way passes through them."""
    best = _best_chips(view, framework)
    reach = view.dependents
    rows = []
    for row in view.rows("DEPENDS_ON", "kind", "group", "condition"):
        target = row["target"]
        needed = row["kind"] != "optional" and row["condition"] is None and row["group"] is None
        if row["source"] != framework or not needed or not best <= _chips(view, target).keys():
            continue
        deciders = view.power_over(target, "decides")
        by = deciders[0] if deciders else None
        why = f"required; {_decided(by)}"
        rows.append(
            {
                "sort": "rests on",
                "party": target,
                "party_name": view.name(target),
                "squeezes_low": None,
                "squeezes_high": None,
                "hops": 1,
                "owner_name": by["holder"] if by else None,
                "dependents": reach.get(target, 0),
                "why": why,
                "edge": " ".join([row["key"], *(by["basis"].split() if by else ())]),
            }
        )
    return [] if not best else list({r["party"]: r for r in rows}.values())


def _decided(row: dict[str, Any] | None) -> str:
    if row is None:
        return "who decides on it is not known"
    return f"decided on by {row['holder']} ({interval_text(row['low'], row['high'])})"


def _chips(view: View, thing: str) -> dict[str, float]:
    """Weight of the tier by chip, of what a thing runs on."""
    return {
        m.rpartition(":")[2]: w
        for g in view.production.needs.get(thing, ())
        if g.about == "runs on"
        for m, w in g.members.items()
    }


def _best_chips(view: View, framework: str) -> set[str]:
    """The accelerators on which it runs best."""
    chips = {
        c: w
        for c, w in _chips(view, framework).items()
        if view.categories.get(c) not in {"cpu", None}
    }
    best = max(chips.values(), default=0.0)
    return {c for c, w in chips.items() if w == best}


def _sentence(name: str, rows: list[dict[str, Any]]) -> str:
    by_sort = {sort: [r for r in rows if r["sort"] == sort] for sort in _ORDER}
    parts = []
    if by_sort["squeezes"]:
        first = by_sort["squeezes"][0]
        value = (round(first["squeezes_low"], _DIGITS), round(first["squeezes_high"], _DIGITS))
        ties = [
            r
            for r in by_sort["squeezes"]
            if (round(r["squeezes_low"], _DIGITS), round(r["squeezes_high"], _DIGITS)) == value
        ]
        names = listed((r["party_name"] for r in ties), 4)
        text = interval_text(*value)
        each = " each" if len(ties) > 1 else ""
        parts.append(f"{names} can squeeze {name} ({text}{each}): {first['why']}.")
    else:
        parts.append(
            f"No firm is known that can squeeze {name} by its own chips, clouds or licences."
        )
    if by_sort["rests on"]:
        parts.append(f"It rests on {listed((r['party_name'] for r in by_sort['rests on']), 4)}.")
    if by_sort["supplies"]:
        suppliers = (
            f"{r['party_name']} ({interval_text(r['squeezes_low'], r['squeezes_high'])})"
            for r in by_sort["supplies"]
        )
        parts.append(f"Behind the chips: {listed(suppliers, 3)}.")
    return " ".join(parts)
