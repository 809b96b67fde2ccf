#: id: Q26
#: summary: What does X hold?
#: description: >
#:   All that a firm, institution or body has power over, with what it surely owns: one row per thing and power, in the
#:   order of the powers, what is sure first. Packages follow the framework that publishes them and are left out, and so
#:   is a squeeze on what it surely decides on itself. `needed_by` is the number of frameworks and models that need the
#:   thing, directly or through others. Without a holder, each firm and institution with its most needed holding by each
#:   power.
#: tags: [regulator, investor, ospo]
#: params:
#:   holder: {type: entity, kinds: [Company, Institution, GoverningBody, Contributor], example: nvidia, default: "",
#:     about: "who holds; empty = the most telling holding of each"}
#: columns:
#:   - {name: holder, type: entity, unit: ""}
#:   - {name: holder_name, type: string, unit: "who acts"}
#:   - {name: power, type: string, unit: "decides, works, squeezes or pays"}
#:   - {name: kind, type: string, unit: ""}
#:   - {name: thing, type: entity, unit: ""}
#:   - {name: thing_name, type: string, unit: ""}
#:   - {name: sure, type: boolean, unit: "more than one half for decides and works, anything else for the others"}
#:   - {name: low, type: double, unit: "0 to 1, known"}
#:   - {name: high, type: double, unit: "0 to 1, at most"}
#:   - {name: amount, type: double, unit: "USD, stated"}
#:   - {name: needed_by, type: integer, unit: "frameworks and models that need it"}
#:   - {name: why, type: string, unit: ""}
#:   - {name: edge, type: edge, unit: ""}
#: order: [power, sure desc, needed_by desc, low desc, high desc, amount desc, thing]
#: reading: >
#:   Above one half it decides; below, it has a part. Where low is 0 nothing is sure: high is what it could be. Money is
#:   no control by itself. Holdings that nobody has stated are missing.
#: since: "0.3"
"""Reach: everything that one party holds."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, interval_text, listed, money_text
from .holders import ORGANISATIONS, Holders
from .view import Found, Measure, View

__all__ = ["answer"]

_POWERS: Final = ("decides", "works", "squeezes", "pays")
_MAJORITY: Final = 0.5
_PART: Final = 0.01
_TELLING: Final = 0.25
_NOUNS: Final = {
    "Framework": "framework",
    "Model": "model",
    "Processor": "processor",
    "CloudPlatform": "cloud or service",
    "Norm": "interface or format",
    "Dataset": "data set",
    "Company": "company",
    "Institution": "institution",
    "GoverningBody": "body",
}
_PLURALS: Final = {"CloudPlatform": "clouds and services", "Norm": "interfaces and formats"}


def answer(view: View, holder: str) -> Found:
    """One row per thing and power of one holder, or the most needed of each holder."""
    if not holder:
        return _all(view)
    members = view.owned_by(holder)
    rows = _strongest(
        _row(view, power, thing)
        for thing, powers in view.powers.items()
        for power in powers
        if power["source"] in members and thing not in members
    )
    own = {r["thing"] for r in rows if r["power"] == "decides" and r["sure"]}
    rows = [r for r in rows if r["power"] != "squeezes" or r["thing"] not in own]
    rows.sort(key=_order)
    measures = tuple(
        Measure(
            f"{power}, sure" if power in {"decides", "works", "squeezes"} else power,
            sum(_sure(r) for r in rows if r["power"] == power),
            "things",
            n=sum(r["power"] == power for r in rows),
        )
        for power in _POWERS
    )
    unstated = sum(r["power"] == "pays" and r["amount"] is None for r in rows)
    unknown = [f"how much it paid {counted(unstated, 'other')}"] if unstated else []
    return Found(rows, _sentence(view, holder, rows), measures, tuple(unknown))


def _all(view: View) -> Found:
    holders = Holders(view)
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for thing, powers in view.powers.items():
        for power in powers:
            if (
                power["power"] not in _POWERS
                or view.kinds.get(power["source"]) not in ORGANISATIONS
            ):
                continue
            row = _row(view, power, thing)
            place = holders.firm(power["source"]), power["power"]
            told = row["kind"] != "Package" and (row["sure"] or row["power"] == "squeezes")
            if told and (place not in best or _order(row) < _order(best[place])):
                best[place] = row
    rows = sorted(best.values(), key=_order)
    decides = [r for r in rows if r["power"] == "decides" and r["needed_by"]]
    squeezes = [r for r in rows if r["power"] == "squeezes" and r["high"] >= _TELLING]
    squeezes.sort(key=lambda r: (-r["needed_by"], -r["high"], r["holder"]))
    parts = []
    if decides:
        named = (
            f"{r['thing_name']} ({r['holder_name']}, needed by {r['needed_by']})" for r in decides
        )
        parts.append(
            f"Most needed of all that one firm or institution surely decides on: {listed(named, 4)}."
        )
    if squeezes and squeezes[0]["needed_by"]:
        named = (
            f"{r['thing_name']} ({r['holder_name']}, {interval_text(r['low'], r['high'])})"
            for r in squeezes
        )
        parts.append(f"Most needed of what one can squeeze: {listed(named, 3)}.")
    summary = " ".join(parts) or "Nobody is known to decide on anything that others need."
    return Found(rows, summary, (), ("what needs a thing and is not in the graph",))


def _sure(row: Mapping[str, Any]) -> bool:
    if row["power"] == "pays":
        return True
    least = _MAJORITY if row["power"] in {"decides", "works"} else 0.0
    return (row["low"] or 0.0) > least


def _row(view: View, power: Mapping[str, Any], thing: str) -> dict[str, Any]:
    return {
        "holder": power["source"],
        "holder_name": power["holder"],
        "power": power["power"],
        "kind": view.kinds.get(thing, ""),
        "thing": thing,
        "thing_name": view.name(thing),
        "sure": _sure(power),
        "low": power["low"],
        "high": power["high"],
        "amount": power["amount"],
        "needed_by": view.reach.get(thing, 0),
        "why": power["reason"],
        "edge": power["basis"],
    }


def _strongest(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per thing and power: of several members of a group the strongest."""
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        place = row["thing"], row["power"]
        told = row["power"] in _POWERS and row["kind"] != "Package"
        if told and (place not in best or _order(row) < _order(best[place])):
            best[place] = row
    return list(best.values())


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        _POWERS.index(row["power"]),
        not row["sure"],
        -row["needed_by"],
        -(row["low"] or 0.0),
        -(row["high"] or 0.0),
        -(row["amount"] or 0.0),
        row["thing"],
    )


def _sentence(view: View, holder: str, rows: Sequence[Mapping[str, Any]]) -> str:
    name = view.name(holder)
    of = {power: [r for r in rows if r["power"] == power] for power in _POWERS}
    sure = [r for r in of["decides"] if r["sure"]]
    part = [r for r in of["decides"] if not r["sure"] and r["low"] >= _PART]
    maybe = len(of["decides"]) - len(sure) - len(part)
    said = []
    if sure:
        kinds = collections.Counter(r["kind"] for r in sure if r["kind"] in _NOUNS)
        text = ", ".join(_counted(kind, kinds[kind]) for kind in _NOUNS if kinds[kind])
        needed = [f"{r['thing_name']} ({r['needed_by']})" for r in sure if r["needed_by"]]
        first = f"; needed by most others: {listed(needed, 3)}" if needed else ""
        said.append(f"{name}: sure to decide on {text}{first}.")
    else:
        said.append(f"{name}: not sure to decide on anything.")
    if part:
        named = (f"{r['thing_name']} ({interval_text(r['low'], r['high'])})" for r in part)
        said.append(f"It has a part in deciding on {len(part)} more: {listed(named, 3)}.")
    if maybe:
        said.append(f"It may have a part in {maybe} more, of which too little is known.")
    if of["works"]:
        most = sorted(of["works"], key=lambda r: (-(r["low"] or 0.0), r["thing"]))
        named = (f"{r['thing_name']} ({interval_text(r['low'], r['high'])})" for r in most)
        said.append(
            f"Of the work it does a part on {counted(len(most), 'framework')}: {listed(named, 3)}."
        )
    if of["squeezes"]:
        whole = sum((r["high"] or 0.0) >= 1 for r in of["squeezes"])
        besides = f", {whole} of which may have no known way without it" if whole else ""
        said.append(
            f"It can squeeze up to {counted(len(of['squeezes']), 'thing')} of others{besides}."
        )
    if of["pays"]:
        said.append(_payments(of["pays"]))
    return " ".join(said) if rows else f"Nothing is known that {name} holds."


def _payments(rows: Sequence[Mapping[str, Any]]) -> str:
    stated = sorted((r for r in rows if r["amount"]), key=lambda r: (-r["amount"], r["thing"]))
    text = f"It gave money to, or holds a stake in, {counted(len(rows), 'other')}"
    if not stated:
        return f"{text}; no amount is stated."
    named = (f"{r['thing_name']} ({money_text(r['amount'])})" for r in stated)
    return f"{text}, {money_text(sum(r['amount'] for r in stated))} where it is stated: {listed(named, 3)}."


def _counted(kind: str, number: int) -> str:
    if number > 1 and kind in _PLURALS:
        return f"{number:,} {_PLURALS[kind]}"
    return counted(number, _NOUNS[kind])
