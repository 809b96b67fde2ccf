#: id: Q27
#: summary: Who holds most of the stack, by each power?
#: description: >
#:   One row per firm or institution, with all that it surely owns. `decides`: what it surely decides on (more than one
#:   half), counted per kind, and for frameworks also by reach (a framework, and all that needs it). `works`: frameworks
#:   of whose work it surely does half. `squeezes`: frameworks and models of others whose best way becomes worse by at
#:   least so much without it; sure, and at most. `pays`: what it gave others, in USD that are stated, closed or
#:   announced. `sits`: bodies. The powers are never added up: the rows are in the order of one of them.
#: tags: [regulator, investor, researcher]
#: params:
#:   by: {type: string, example: squeezes, default: decides, choices: [decides, works, squeezes, pays, sits],
#:     about: the power that the rows are ordered by}
#:   least: {type: double, example: 0.25, default: 0.25, about: "least loss that counts as a squeeze, 0 to 1"}
#: columns:
#:   - {name: party, type: entity, unit: ""}
#:   - {name: party_name, type: string, unit: ""}
#:   - {name: frameworks, type: integer, unit: "frameworks that it surely decides on"}
#:   - {name: reach, type: double, unit: "fraction of the reach of all frameworks"}
#:   - {name: models, type: integer, unit: "models that it surely decides on"}
#:   - {name: chips, type: integer, unit: "processors that it surely decides on"}
#:   - {name: clouds, type: integer, unit: "clouds and services that it surely decides on"}
#:   - {name: norms, type: integer, unit: "interfaces and formats that it surely decides on"}
#:   - {name: possible, type: integer, unit: "frameworks and models that it may decide on besides"}
#:   - {name: works, type: integer, unit: "frameworks of whose work it surely does half"}
#:   - {name: squeezes_low, type: integer, unit: "frameworks and models of others, sure"}
#:   - {name: squeezes_high, type: integer, unit: "frameworks and models of others, at most"}
#:   - {name: pays, type: double, unit: "USD, stated"}
#:   - {name: paid, type: integer, unit: "whom it gave money or holds a stake in"}
#:   - {name: sits, type: integer, unit: "bodies"}
#: order: [frameworks desc, reach desc, party]
#: reading: >
#:   Whoever is not in the graph cannot lead: counts follow what was described, frameworks most. Chips and clouds are
#:   counted as the catalogue lists them. Two may decide on one thing, a body and who has its majority. A squeeze is
#:   what is lost on the best known way; most are upper ends, for want of whole lists of alternatives.
#: since: "0.3"
"""A league table over the stack: who holds most, power by power."""

from __future__ import annotations

import collections
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed, money_text, percent
from .holders import ORGANISATIONS, Holders
from .view import Found, Measure, View

__all__ = ["answer"]

_MAJORITY: Final = 0.5
_COLUMNS: Final = {
    "Framework": "frameworks",
    "Model": "models",
    "Processor": "chips",
    "CloudPlatform": "clouds",
    "Norm": "norms",
}
_COUNTED: Final = frozenset({"Framework", "Model"})
_ORDER: Final[Mapping[str, Callable[[Mapping[str, Any]], tuple[float, ...]]]] = {
    "decides": lambda r: (r["frameworks"], r["reach"]),
    "works": lambda r: (r["works"],),
    "squeezes": lambda r: (r["squeezes_high"], r["squeezes_low"]),
    "pays": lambda r: (r["pays"] or 0.0, r["paid"]),
    "sits": lambda r: (r["sits"],),
}


def answer(view: View, by: str, least: float) -> Found:
    """One row per party that has any of the five, most of the chosen one first."""
    holders = Holders(view)
    described = {
        f["id"] for f in view.state.nodes("Framework", ["id", "stub"]).to_pylist() if not f["stub"]
    }
    whole = sum(view.reach.get(f, 0) + 1 for f in described)
    tallies: dict[str, _Tally] = collections.defaultdict(_Tally)
    for thing, powers in view.powers.items():
        for row in powers:
            if view.kinds.get(row["source"]) in ORGANISATIONS:
                tallies[holders.firm(row["source"])].add(
                    row, thing, view.kinds.get(thing, ""), least
                )
    for firms in holders.seats.values():
        for firm in firms:
            if view.kinds.get(firm) in ORGANISATIONS:
                tallies[firm].sits += 1
    rows = [_row(view, party, tally, described, whole) for party, tally in tallies.items()]
    rows = [
        r
        for r in rows
        if any(r[c] for c in (*_COLUMNS.values(), "works", "squeezes_high", "paid", "sits"))
    ]
    rows.sort(key=lambda r: (*(-v for v in _ORDER[by](r)), r["party"]))
    decided = {
        t for t in described if any(p["low"] > _MAJORITY for p in view.power_over(t, "decides"))
    }
    unknown = [
        f"who surely decides on {len(described) - len(decided)} of {len(described)} frameworks"
    ]
    unstated = sum(t.unstated for t in tallies.values())
    unknown += [
        f"the amount of {unstated} of {unstated + sum(t.stated for t in tallies.values())} payments"
    ] * bool(unstated)
    measures = (
        Measure(
            "frameworks surely decided on",
            len(decided),
            "frameworks",
            n=len(described),
            coverage=len(decided) / len(described) if described else None,
        ),
        Measure("parties", len(rows), "firms and institutions"),
    )
    return Found(rows, _sentence(rows, by, least), measures, tuple(unknown))


class _Tally:
    """What one party holds."""

    def __init__(self) -> None:
        self.sure: dict[str, set[str]] = collections.defaultdict(set)
        self.possible: set[str] = set()
        self.works: set[str] = set()
        self.squeezes: dict[str, bool] = {}
        self.amounts: list[float] = []
        self.paid: set[str] = set()
        self.stated = 0
        self.unstated = 0
        self.sits = 0

    def add(self, row: Mapping[str, Any], thing: str, kind: str, least: float) -> None:
        """Counts one power over one thing."""
        low, high = row["low"] or 0.0, row["high"] or 0.0
        if row["power"] == "decides":
            if low > _MAJORITY:
                self.sure[kind].add(thing)
            elif high > _MAJORITY and kind in _COUNTED:
                self.possible.add(thing)
        elif row["power"] == "works" and low >= _MAJORITY:
            self.works.add(thing)
        elif row["power"] == "squeezes" and kind in _COUNTED and high >= least:
            self.squeezes[thing] = self.squeezes.get(thing, False) or low >= least
        elif row["power"] == "pays":
            self.paid.add(thing)
            self.stated += row["amount"] is not None
            self.unstated += row["amount"] is None
            self.amounts += [row["amount"]] if row["amount"] is not None else []


def _row(view: View, party: str, tally: _Tally, described: set[str], whole: int) -> dict[str, Any]:
    frameworks = tally.sure["Framework"] & described
    own = tally.sure["Framework"] | tally.sure["Model"]
    squeezed = {thing: sure for thing, sure in tally.squeezes.items() if thing not in own}
    return {
        "party": party,
        "party_name": view.name(party),
        **{column: len(tally.sure[kind]) for kind, column in _COLUMNS.items()},
        "frameworks": len(frameworks),
        "reach": sum(view.reach.get(f, 0) + 1 for f in frameworks) / whole if whole else 0.0,
        "possible": len(tally.possible - frameworks - tally.sure["Model"]),
        "works": len(tally.works),
        "squeezes_low": sum(squeezed.values()),
        "squeezes_high": len(squeezed),
        "pays": math.fsum(tally.amounts) if tally.amounts else None,
        "paid": len(tally.paid),
        "sits": tally.sits,
    }


def _sentence(rows: Sequence[Mapping[str, Any]], by: str, least: float) -> str:
    """Who leads by each power, the chosen one first; the same number is told as a tie."""
    parts = {power: _leaders(rows, power, least) for power in _ORDER}
    order = [by, *(p for p in parts if p != by)]
    shown = [parts[p] for p in order if parts[p]]
    return " ".join(shown) if shown else "Nobody is known to hold any power over anything."


def _leaders(rows: Sequence[Mapping[str, Any]], power: str, least: float) -> str:
    ranked = sorted(rows, key=lambda r: (*(-v for v in _ORDER[power](r)), r["party"]))
    if not ranked or not _ORDER[power](ranked[0])[0]:
        return ""
    lead = ranked[0]
    first = [r for r in ranked if _ORDER[power](r) == _ORDER[power](lead)]
    several = len(first) > 1
    named = [r["party_name"] for r in first]
    names = " and ".join(named) if len(first) == _PAIR else listed(named, 3)
    verb, part = _SAID[power](lead, percent(least))
    text = f"{names} {verb[several]} {part}{', each' * several}"
    after = [r for r in ranked[len(first) :] if _ORDER[power](r)[0]]
    then = [f"{r['party_name']} ({_short(power, r)})" for r in after[:3]]
    return f"{text}; then {listed(then, 3)}." if then else f"{text}."


def _short(power: str, row: Mapping[str, Any]) -> str:
    return money_text(row["pays"]) if power == "pays" else f"{_ORDER[power](row)[0]:.0f}"


_PAIR: Final = 2
_SAID: Final[Mapping[str, Callable[[Mapping[str, Any], str], tuple[tuple[str, str], str]]]] = {
    "decides": lambda r, _: (
        ("surely decides", "surely decide"),
        f"on most frameworks: {r['frameworks']}, {percent(r['reach'])} of all reach",
    ),
    "works": lambda r, _: (
        ("surely does", "surely do"),
        f"half of the work on most: {counted(r['works'], 'framework')}",
    ),
    "squeezes": lambda r, least: (
        ("can squeeze", "can squeeze"),
        f"most: of up to {r['squeezes_high']} frameworks and models of others ({r['squeezes_low']} surely) the best "
        f"known way is worse by {least} or more without it",
    ),
    "pays": lambda r, _: (
        ("gave", "gave"),
        f"most, of amounts that are stated, closed or announced: {money_text(r['pays'])} to {r['paid']} others",
    ),
    "sits": lambda r, _: (("sits", "sit"), f"in most bodies: {r['sits']}"),
}
"""By power: the verb for one and for several, and what is said of the first."""
