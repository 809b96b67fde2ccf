#: id: Q29
#: summary: Which boards and committees share firms?
#: description: >
#:   Pairs of bodies in which the same firms sit on the date that is asked. Firms under one sure majority owner are one,
#:   and a person counts for the employer. `p` is the probability of so many shared firms or more if each body drew its
#:   firms from all that sit in any (hypergeometric); `corrected` is p by Holm's method (Holm 1979), over all pairs. Two
#:   bodies of one institution or project are of one house, and come last.
#: tags: [regulator, researcher]
#: params:
#:   who: {type: entity, kinds: [GoverningBody, Company, Institution], example: nvidia, default: "",
#:     about: "a body, or who sits in both; empty = all pairs"}
#: columns:
#:   - {name: one, type: entity, unit: ""}
#:   - {name: one_name, type: string, unit: ""}
#:   - {name: other, type: entity, unit: ""}
#:   - {name: other_name, type: string, unit: ""}
#:   - {name: shared, type: integer, unit: "firms that sit in both"}
#:   - {name: firms_one, type: integer, unit: "firms that sit in the one"}
#:   - {name: firms_other, type: integer, unit: "firms that sit in the other"}
#:   - {name: unknown, type: integer, unit: "persons in either whose employer is not known"}
#:   - {name: firms, type: string, unit: ""}
#:   - {name: one_house, type: boolean, unit: "both are bodies of one institution or project"}
#:   - {name: p, type: double, unit: "probability of so many by chance"}
#:   - {name: corrected, type: double, unit: "probability, corrected for the number of pairs"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [one_house, corrected, p, shared desc, one, other]
#: reading: >
#:   A shared firm is a channel between two bodies, no proof of concert. Members buy many of these seats, so that large
#:   firms meet often; the chance model takes all firms alike and is no more than a floor. Rosters that are not whole
#:   hide firms: counts are lower bounds.
#: since: "0.3"
"""Interlocks: bodies that share firms."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed
from ..measures.chance import at_least, holm
from .holders import ORGANISATIONS, Holders, Seats
from .view import Found, Measure, View

__all__ = ["answer"]

_TELLING: Final = 0.05


def answer(view: View, who: str) -> Found:
    """One row per pair of bodies that share a firm."""
    holders = Holders(view)
    seats = {
        body: {f: own for f, own in some.items() if view.kinds.get(f) in ORGANISATIONS}
        for body, some in holders.seats.items()
    }
    firms = set().union(*seats.values()) if seats else set()
    pairs = [
        (a, b)
        for a, b in itertools.combinations(sorted(seats), 2)
        if seats[a].keys() & seats[b].keys()
    ]
    chances = [
        at_least(len(seats[a].keys() & seats[b].keys()), len(seats[a]), len(seats[b]), len(firms))
        for a, b in pairs
    ]
    tested = sum(1 for a, b in itertools.combinations(seats.values(), 2) if a and b)
    rows = [
        _row(view, holders, pair, seats, p, corrected)
        for pair, p, corrected in zip(pairs, chances, holm(chances, tested), strict=True)
    ]
    rows.sort(
        key=lambda r: (r["one_house"], r["corrected"], r["p"], -r["shared"], r["one"], r["other"])
    )
    unknown = _unknown(view, holders)
    kind = view.kinds.get(who, "")
    if kind == "GoverningBody":
        rows = [r for r in rows if who in {r["one"], r["other"]}]
    elif who:
        firm = holders.firm(who)
        rows = [r for r in rows if firm in seats[r["one"]] and firm in seats[r["other"]]]
    summary = (
        _of_one(view, holders, who, rows, seats)
        if who
        else _of_all(view, holders, rows, seats, tested)
    )
    measures = (
        Measure("pairs that share a firm", len(rows), "pairs", n=len(seats)),
        Measure("of two houses", sum(not r["one_house"] for r in rows), "pairs", n=len(rows)),
    )
    return Found(rows, summary, measures, unknown)


def _row(
    view: View,
    holders: Holders,
    pair: tuple[str, str],
    seats: Mapping[str, Mapping[str, Seats]],
    p: float,
    corrected: float,
) -> dict[str, Any]:
    one, other = pair
    both = sorted(seats[one].keys() & seats[other].keys(), key=view.name)
    keys = [k for body in pair for firm in both for k in seats[body][firm].keys]
    unknown = sum(view.kinds.get(f) == "Contributor" for body in pair for f in holders.seats[body])
    return {
        "one": one,
        "one_name": view.name(one),
        "other": other,
        "other_name": view.name(other),
        "shared": len(both),
        "firms_one": len(seats[one]),
        "firms_other": len(seats[other]),
        "unknown": unknown,
        "firms": listed((view.name(holders.sitter(f)) for f in both), 8),
        "one_house": bool(holders.houses.get(one, set()) & holders.houses.get(other, set())),
        "p": p,
        "corrected": corrected,
        "edge": " ".join(dict.fromkeys(keys)),
    }


def _unknown(view: View, holders: Holders) -> tuple[str, ...]:
    """What hides firms: bodies without a roster, persons without an employer, seats that nobody is named for."""
    empty = sum(view.kinds[b] == "GoverningBody" and b not in holders.seats for b in view.kinds)
    persons = {
        f for some in holders.seats.values() for f in some if view.kinds.get(f) == "Contributor"
    }
    unknown = []
    if empty:
        unknown.append(f"who sits in {empty} of {empty + len(holders.seats)} bodies is not known")
    if persons:
        unknown.append(
            f"for whom {counted(len(persons), 'person')} in these bodies work is not known"
        )
    return tuple(unknown)


def _of_all(
    view: View,
    holders: Holders,
    rows: Sequence[Mapping[str, Any]],
    seats: Mapping[str, Any],
    tested: int,
) -> str:
    apart = [r for r in rows if not r["one_house"]]
    if not apart:
        return "No two bodies of different institutions are known to share a firm."
    beyond = [r for r in apart if r["corrected"] < _TELLING]
    first = apart[0]
    pair = f"{first['one_name']} and {first['other_name']}"
    smaller = min(first["firms_one"], first["firms_other"])
    part = f"{pair} share {counted(first['shared'], 'firm')} of the {smaller} in the smaller ({first['firms']})"
    p = f"p = {first['corrected']:.1g}, corrected"
    if beyond:
        rest = len(beyond) - 1
        among = (
            f"the clearest of {len(beyond)} pairs that share"
            if rest
            else "the only pair that shares"
        )
        lead = f"{part}, {among} more than chance would give ({p}, over {tested:,} pairs of bodies)"
    else:
        lead = f"Of {tested:,} pairs of bodies none shares more firms than chance would give; nearest to it, {part}"
    return f"{lead}. {_most(view, holders, seats)}"


def _most(view: View, holders: Holders, seats: Mapping[str, Any]) -> str:
    """Who sits in most bodies; the same number is told as a tie."""
    sits = collections.Counter(firm for some in seats.values() for firm in some)
    top = max(sits.values())
    first = sorted(view.name(holders.sitter(f)) for f, n in sits.items() if n == top)
    verb = "sits" if len(first) == 1 else "sit"
    names = " and ".join(first) if len(first) < 3 else listed(first, 4)
    return f"{names} {verb} in most bodies: {top} of the {len(seats)} whose seats are known."


def _of_one(
    view: View,
    holders: Holders,
    who: str,
    rows: Sequence[Mapping[str, Any]],
    seats: Mapping[str, Mapping[str, Seats]],
) -> str:
    name, firm = view.name(who), holders.firm(who)
    if view.kinds.get(who) == "GoverningBody":
        if not rows:
            return f"No other body is known to share a firm with {name}."
        most = max(r["shared"] for r in rows)
        first = [r for r in rows if r["shared"] == most]
        others = listed(
            (r["other_name"] if r["one_name"] == name else r["one_name"] for r in first), 4
        )
        firms = f"{first[0]['shared']}: {first[0]['firms']}"
        return f"{name} shares firms with {len(rows)} other bodies, most with {others} ({firms})."
    count = sum(firm in some for some in seats.values())
    if count < 2:
        return f"{name} is known to sit in {counted(count, 'body')}: it ties no two together."
    company = collections.Counter(
        f for some in seats.values() if firm in some for f in some if f != firm
    )
    most = max(company.values(), default=0)
    lead = f"{name} sits in {count} of the {len(seats)} bodies whose seats are known"
    if most < 2:
        return f"{lead}, with no other firm in more than one of them."
    often = sorted(view.name(holders.sitter(f)) for f, n in company.items() if n == most)
    verb = "meets" if len(often) == 1 else "meet"
    return f"{lead}; {listed(often, 4)} {verb} it most often, in {most} of them."
