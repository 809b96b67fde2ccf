#: id: Q31
#: summary: What single fact, if somebody stated it, would settle most?
#: description: >
#:   Facts that no source states and that keep an answer open: who decides at all, who holds a right that nobody is
#:   known to hold, the employer of a person with a seat, who has a seat that is not named, votes of a stake, whether
#:   a list of chips is whole, and for whom the authors of commits work. `width` is how much of an interval of 0 to 1 it
#:   leaves open, for the thing where that is most. It settles an answer where, whatever it turns out to be, it is sure
#:   afterwards whether somebody has more than one half. Facts of one row are needed together.
#: tags: [researcher, ospo]
#: params:
#:   thing: {type: entity, kinds: [Framework, Model, Norm, Company, Institution], example: pytorch, default: "",
#:     about: "what the answer is about; empty = all"}
#: columns:
#:   - {name: missing, type: string, unit: "the fact"}
#:   - {name: about, type: entity, unit: ""}
#:   - {name: about_name, type: string, unit: ""}
#:   - {name: power, type: string, unit: "decides, works or squeezes"}
#:   - {name: facts, type: integer, unit: "facts that are needed together; empty where it is not known how many"}
#:   - {name: width, type: double, unit: "0 to 1, of an interval that it leaves open"}
#:   - {name: settles, type: string, unit: "the question that it settles"}
#:   - {name: things, type: integer, unit: "things whose answer it narrows"}
#:   - {name: needed_by, type: integer, unit: "frameworks and models that need one of them, at most"}
#:   - {name: weight, type: double, unit: "sum of the widths over all things and what needs them"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [settles, facts, weight desc, missing]
#: reading: >
#:   A fact is worth looking up where it settles an answer that many rest on. It may be public and only not yet in the
#:   graph, or nowhere stated. A width is that of one interval: two facts do not add up.
#: since: "0.3"
"""What would settle an answer: the facts that nobody has stated yet."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed
from ..state.strengths import parameters
from .holders import ORGANISATIONS, Holders, Seats
from .view import Found, Measure, View

__all__ = ["answer"]

_HALF: Final = 0.5
_ROUNDING: Final = 1e-9
_LEAST: Final = 0.01
_ASKED: Final = ("Framework", "Model", "Norm")
_NORMS: Final = frozenset({"interface", "format"})


@dataclasses.dataclass(frozen=True, slots=True)
class _Fact:
    """A fact that is missing, and what it leaves open of the answer about one thing."""

    missing: str
    about: str
    power: str
    facts: int | None
    width: float
    settles: str | None
    thing: str
    keys: tuple[str, ...] = ()


def answer(view: View, thing: str) -> Found:
    """One row per fact that is missing."""
    search = _Search(view)
    things = [thing] if thing else _described(view)
    missing: dict[tuple[str, str], list[_Fact]] = collections.defaultdict(list)
    for one in things:
        for fact in search.missing(one):
            if fact.width >= _LEAST:
                missing[fact.missing, fact.about].append(fact)
    rows = [_row(view, facts) for facts in missing.values()]
    rows.sort(
        key=lambda r: (
            r["settles"] is None,
            r["facts"] is None,
            r["facts"] if r["settles"] else 0,
            -r["weight"],
            r["missing"],
        )
    )
    settling = [r for r in rows if r["settles"]]
    measures = (
        Measure("facts that settle an answer", len(settling), "rows", n=len(rows)),
        Measure(
            "single ones among them", sum(r["facts"] == 1 for r in settling), "rows", n=len(rows)
        ),
    )
    return Found(rows, _sentence(view.name(thing) if thing else "", rows), measures)


def _described(view: View) -> list[str]:
    """What answers are about: what a source describes, and organisations with a stake whose votes are not stated."""
    things = []
    for kind in (k for k in _ASKED if k in view.state.kinds):
        columns = ["id", "stub", *(["category"] if kind == "Norm" else [])]
        rows = view.state.nodes(kind, columns).to_pylist()
        things += [r["id"] for r in rows if not r["stub"] and r.get("category", "format") in _NORMS]
    return things + sorted({r["target"] for r in view.rows("OWNS", "votes") if r["votes"] is None})


class _Search:
    """Looks for what is missing, thing by thing."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._holders = Holders(view)
        self._weights: Mapping[str, float] = parameters()["rights"]
        self._governed: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
        for row in view.rows("GOVERNS", "rights"):
            self._governed[row["target"]].append(row)
        bodies = (
            view.state.nodes("GoverningBody", ["id", "size"]).to_pylist()
            if "GoverningBody" in view.state.kinds
            else []
        )
        self._sizes = {r["id"]: r["size"] for r in bodies}

    def missing(self, thing: str) -> Iterator[_Fact]:
        """The facts that keep the answers about one thing open."""
        if self._view.kinds.get(thing) in ORGANISATIONS:
            yield from self._votes(thing)
            return
        yield from self._rights(thing)
        for power in self._view.power_over(thing, "decides"):
            body = power["source"]
            if (
                power["hops"] == 1
                and power["holder"] == self._view.name(body)
                and body in self._sizes
            ):
                yield from self._seats(thing, body, power)
        yield from self._chips(thing)
        yield from self._work(thing)

    def _rights(self, thing: str) -> Iterator[_Fact]:
        """Rights that nobody is known to hold; where nobody is known to decide, who does."""
        name, deciders = self._view.name(thing), self._view.power_over(thing, "decides")
        if not deciders:
            yield _Fact(
                f"who decides on {name}", thing, "decides", 1, 1.0, f"who decides on {name}", thing
            )
            return
        rows = self._governed[thing]
        lacking = [w for w in self._weights if not any(w in (r["rights"] or ()) for r in rows)]
        if not rows or not lacking:
            return
        width = sum(self._weights[right] for right in lacking)
        first = deciders[0]["low"] or 0.0
        settles = None
        if first <= _HALF < first + width + _ROUNDING:
            whether = f"whether {deciders[0]['holder']} has more than half of the say in {name}"
            settles = whether if first > width else f"who decides on {name}"
        rights = f"{', '.join(lacking[:-1])} and {lacking[-1]}" if len(lacking) > 1 else lacking[0]
        text = f"who holds the right{'s' * (len(lacking) > 1)} to {rights} over {name}"
        keys = tuple(r["key"] for r in rows)
        yield _Fact(text, thing, "decides", len(lacking), width, settles, thing, keys)

    def _seats(self, thing: str, body: str, power: Mapping[str, Any]) -> Iterator[_Fact]:
        """For whom persons with a seat work, and who has the seats that nobody is named for."""
        seats, name = self._holders.seats.get(body, {}), self._view.name(body)
        persons = [f for f in seats if self._view.kinds.get(f) == "Contributor"]
        roster = len({h for own in seats.values() for h in own.holders})
        size = max(self._sizes[body] or 0, roster)
        keys = tuple(k for p in persons for k in seats[p].keys)
        lots = (
            (
                len(persons),
                f"the employer{'s' * (len(persons) > 1)} of {counted(len(persons), 'person')} in {name}",
                keys,
            ),
            (size - roster, f"who has {size - roster} of the {size} seats in {name}", ()),
        )
        for number, text, cited in lots:
            if not number:
                continue
            pivots = self._pivots(seats, size, number) if power["low"] > _HALF else []
            width = number / size * power["high"]
            settles = None
            if pivots:
                own = [
                    p
                    for p in self._view.power_over(thing, "decides")
                    if self._holders.firm(p["source"]) in pivots
                ]
                width = max([width, *(p["high"] - p["low"] for p in own)])
                names = " or ".join(self._view.name(self._holders.sitter(f)) for f in pivots[:3])
                if number > size / 2:
                    names = "any firm"
                settles = f"whether {names} has the majority in {name}"
            yield _Fact(text, body, "decides", number, min(1.0, width), settles, thing, cited)

    def _pivots(self, seats: Mapping[str, Seats], size: int, number: int) -> list[str]:
        """Firms that have half of the seats or less, and more with those that are not known."""
        return sorted(
            firm
            for firm, own in seats.items()
            if self._view.kinds.get(firm) in ORGANISATIONS
            and len(own.holders) <= size / 2 < len(own.holders) + number
        )

    def _votes(self, thing: str) -> Iterator[_Fact]:
        """Stakes whose votes are not stated, where they might be the majority."""
        for row in self._view.rows("OWNS", "votes", "votes_at_most"):
            if row["target"] != thing or row["votes"] is not None:
                continue
            own = [
                p
                for p in self._view.power_over(thing, "decides")
                if row["key"] in p["basis"].split()
            ]
            for power in own[:1]:
                holder, name = self._view.name(row["source"]), self._view.name(thing)
                settles = (
                    f"whether {holder} decides on {name}"
                    if power["low"] <= _HALF < power["high"]
                    else None
                )
                text = f"the votes of {holder} in {name}"
                width = power["high"] - power["low"]
                yield _Fact(text, thing, "decides", 1, width, settles, thing, (row["key"],))

    def _chips(self, thing: str) -> Iterator[_Fact]:
        """Whether the list of chips that it runs on is whole: without that no squeeze by a maker is sure."""
        groups = [g for g in self._view.production.needs.get(thing, ()) if g.about == "runs on"]
        squeezes = [
            p
            for p in self._view.power_over(thing, "squeezes")
            if p["hops"] <= len((p["through"] or "").split()) + 1
        ]
        name = self._view.name(thing)
        if groups and squeezes and not all(g.whole for g in groups):
            first = max(squeezes, key=lambda p: (p["high"] - p["low"], -p["hops"], p["holder"]))
            settles = None
            if first["low"] <= _HALF < first["high"]:
                settles = f"whether {name} has another way than {first['holder']}"
            text = f"whether the list of chips that {name} runs on is whole"
            yield _Fact(text, thing, "squeezes", 1, first["high"] - first["low"], settles, thing)

    def _work(self, thing: str) -> Iterator[_Fact]:
        """For whom the authors of commits work whose employer is not known."""
        works = self._view.power_over(thing, "works")
        if works:
            name, first = self._view.name(thing), works[0]
            settles = None
            if first["low"] <= _HALF < first["high"]:
                settles = f"whether {first['holder']} does half of the work on {name}"
            text = f"for whom the authors of the commits to {name} work"
            yield _Fact(text, thing, "works", None, first["high"] - first["low"], settles, thing)


def _row(view: View, facts: Sequence[_Fact]) -> dict[str, Any]:
    widest = max(facts, key=lambda f: (f.settles is not None, f.width, f.thing))
    return {
        "missing": widest.missing,
        "about": widest.about,
        "about_name": view.name(widest.about),
        "power": widest.power,
        "facts": widest.facts,
        "width": widest.width,
        "settles": widest.settles,
        "things": len({f.thing for f in facts}),
        "weight": sum(f.width * (1 + view.reach.get(f.thing, 0)) for f in facts),
        "needed_by": max(view.reach.get(f.thing, 0) for f in facts),
        "edge": " ".join(dict.fromkeys(k for f in facts for k in f.keys)) or None,
    }


def _sentence(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    about = f" about {name}" if name else ""
    if not rows:
        return f"No missing fact is seen that would narrow an answer{about}."
    single = [r for r in rows if r["settles"] and r["facts"] == 1]
    first = single[0] if single else rows[0]
    if single:
        lead = f"One fact would settle {first['settles']}: {first['missing']}."
    elif first["settles"]:
        lead = f"No single fact settles an answer{about}; nearest to it, {first['missing']}: {first['settles']}."
    else:
        width = f"a width of {first['width']:.2f}"
        lead = f"No fact settles an answer{about}; most would be known with this one ({width}): {first['missing']}."
    rest = [r for r in rows if r is not first]
    if name:
        then = (f"{r['missing']} ({r['width']:.2f} of {r['power']})" for r in rest)
        return f"{lead} Then: {listed(then, 3)}." if rest else lead
    if first["needed_by"]:
        lead += f" {first['needed_by']} frameworks and models need what hangs on it."
    if len(single) < 2:
        return lead
    after = listed((r["missing"] for r in single[1:]), 3)
    return f"{lead} {len(single)} single facts would each settle an answer; next: {after}."
