#: id: Q07
#: summary: What did governance power cost?
#: description: >
#:   Per member that paid a stated sum to an institution: the sum, over the mean of its power (Shapley–Shubik index) in
#:   the bodies of that institution during the term. The roster of each day counts; rules are those known today. A day
#:   whose index cannot be computed is left out and said. A fee without a date is taken as that of one year, with what
#:   the member decides in the body on the date that is asked, where that is sure. Seat price is a measure of this
#:   project's own making.
#: tags: [investor, researcher]
#: params:
#:   institution: {type: entity, kinds: [Institution], example: pytorch-foundation, default: "",
#:     about: "who was paid; empty = each"}
#:   years: {type: double, example: 3, default: 3, least: 0.1,
#:     about: years that one payment covers where no end is stated}
#: columns:
#:   - {name: body, type: entity, unit: ""}
#:   - {name: body_name, type: string, unit: ""}
#:   - {name: member, type: entity, unit: ""}
#:   - {name: member_name, type: string, unit: ""}
#:   - {name: paid, type: double, unit: "currency"}
#:   - {name: currency, type: string, unit: "ISO 4217"}
#:   - {name: from, type: date, unit: ""}
#:   - {name: until, type: date, unit: ""}
#:   - {name: power_first, type: double, unit: "0 to 1, on the first day"}
#:   - {name: power_mean, type: double, unit: "0 to 1, over the known days"}
#:   - {name: known, type: double, unit: "fraction of the term whose power is known"}
#:   - {name: price, type: double, unit: "currency per unit of mean power over the term"}
#:   - {name: price_year, type: double, unit: "currency per unit of power and year"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [body, price, member]
#: reading: >
#:   Compare across bodies, not across members with equal fees. A price is null where the power was 0 all the time:
#:   money that bought a seat and no say by vote. Compare terms of different length by `price_year`.
#: since: "0.2"
"""Seat price: money per unit of power."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from ..graph.wording import counted, listed
from ..measures.composite import mean_power, seat_price
from ..state.bodies import shapley_on
from .view import Found, Measure, Row, View, number

__all__ = ["answer"]

_SEVERAL: Final = 2


def answer(view: View, institution: str, years: float) -> Found:
    """One row per payment and body."""
    payments = _payments(view, institution)
    governing = _governing_bodies(view, {p["target"] for p in payments})
    powers: dict[datetime.date, Mapping[str, Mapping[str, Fraction]]] = {}
    rows = [
        _row(view, payment, body, years, powers)
        for payment in payments
        for body in governing.get(payment["target"], ())
    ]
    rows.sort(key=lambda r: (r["body"], r["price"] is None, r["price"] or 0.0, r["member"]))
    undated = sum(p["valid_from"] is None for p in payments)
    unknown = [f"the term of {counted(undated, 'payment')}: taken as one year"] if undated else []
    if not payments:
        unknown.append("no membership fee with a stated sum is known")
    cheapest = _cheapest(rows)
    others = [r for r in rows if r["price"] is not None and r not in cheapest]
    measures = tuple(
        Measure(
            f"seat price of {row['member_name']}",
            row["price"],
            f"{row['currency']} per unit of power",
            coverage=row["known"],
        )
        for row in [*cheapest, *others][:3]
    )
    return Found(rows, _sentence(rows, cheapest), measures, tuple(unknown))


def _cheapest(rows: Sequence[Row]) -> list[Row]:
    """The rows of the least price in each currency: sums of two currencies are not compared."""
    priced = [r for r in rows if r["price"] is not None]
    least: dict[str, float] = {}
    for row in priced:
        least[row["currency"]] = min(row["price"], least.get(row["currency"], row["price"]))
    return sorted(
        (r for r in priced if r["price"] == least[r["currency"]]), key=lambda r: str(r["currency"])
    )


def _sentence(rows: Sequence[Row], cheapest: Sequence[Row]) -> str:
    if not cheapest:
        return "No price can be computed from what is stated."
    prices = []
    for currency, tied in itertools.groupby(cheapest, key=lambda r: r["currency"]):
        seats = list(tied)
        who = "; ".join(f"{r['member_name']}, {r['body_name']}" for r in seats)
        prices.append(f"{seats[0]['price']:,.0f} {currency} per unit of power ({who})")
    free = sorted({r["member_name"] for r in rows if r["price"] is None and r["known"]})
    none = f"; no say by vote at all: {listed(free)}." if free else "."
    return f"The cheapest say cost {' or '.join(prices)}{none}{_by_year(rows)}"


def _by_year(rows: Sequence[Row]) -> str:
    """What a unit of power costs by the year, in bodies of which it is known; empty where there is one body."""
    least: dict[tuple[str, str], float] = {}
    for row in rows:
        if row["price_year"]:
            body = row["body_name"], row["currency"]
            least[body] = min(row["price_year"], least.get(body, row["price_year"]))
    if len(least) < _SEVERAL:
        return ""
    order = sorted(least.items(), key=lambda b: (b[0][1], b[1], b[0][0]))
    told = (f"{name} {price:,.0f} {currency}" for (name, currency), price in order)
    return f" A unit of power a year, the least in each: {listed(told, 4)}."


def _payments(view: View, institution: str) -> list[dict[str, Any]]:
    """Membership fees with a sum that were ever paid up to the date: terms that are over count as well."""
    return [
        r
        for r in view.state.history("FUNDS", kind=["membership"]).to_pylist()
        if r["amount"]
        and r["status"] == "current"
        and institution in {"", r["target"]}
        and (r["valid_from"] is None or r["valid_from"] <= view.as_of)
    ]


def _governing_bodies(view: View, institutions: Collection[str]) -> dict[str, list[str]]:
    """The bodies that govern each institution."""
    bodies_of: dict[str, list[str]] = {}
    for row in view.rows("GOVERNS"):
        if row["source_kind"] == "GoverningBody" and row["target"] in institutions:
            bodies_of.setdefault(row["target"], []).append(row["source"])
    return bodies_of


def _row(
    view: View,
    payment: Row,
    body: str,
    years: float,
    powers: dict[datetime.date, Mapping[str, Mapping[str, Fraction]]],
) -> Row:
    """The price of what one payment gave in one body; `powers` keeps those of each day."""
    if payment["valid_from"] is None:
        return _undated(view, payment, body)
    start: datetime.date = payment["valid_from"]
    end = payment["valid_to"] or start + datetime.timedelta(days=round(years * 365.25))
    player = view.group(payment["source"])
    days = _changes(view, body, start, min(end, max(start, view.as_of)))
    terms, first = [], None
    for day, after in itertools.pairwise(days):
        if day not in powers:
            powers[day] = shapley_on(view.state, view.groups, day)
        index = powers[day].get(body)
        power = index.get(player, Fraction(0)) if index is not None else None
        first = power if day == days[0] else first
        if power is not None:
            terms.append(((after - day).days / 365.25, power))
    span = (end - start).days / 365.25
    covered = sum(t for t, _ in terms)
    mean = float(mean_power(terms)) if covered else None
    price = None if mean is None else seat_price(float(payment["amount"]), mean)
    return {
        **_paid(view, payment, body),
        "from": start,
        "until": end,
        "power_first": number(first),
        "power_mean": mean,
        "known": min(1.0, covered / span) if span else None,
        "price": number(price),
        "price_year": float(price) / span if price is not None and span else None,
        "edge": payment["key"],
    }


def _paid(view: View, payment: Row, body: str) -> dict[str, Any]:
    """The columns that say who paid what, and for which body."""
    return {
        "body": body,
        "body_name": view.name(body),
        "member": payment["source"],
        "member_name": view.name(payment["source"]),
        "paid": payment["amount"],
        "currency": payment["currency"],
    }


def _undated(view: View, payment: Row, body: str) -> Row:
    """A yearly fee, with what its payer surely decides in the body on the date that is asked."""
    player = view.group(payment["source"])
    own = [
        p
        for p in view.power_over(body, "decides")
        if view.group(p["source"]) == player and p["hops"] == 1
    ]
    sure = next((p for p in own if p["low"] == p["high"]), None)
    price = number(seat_price(float(payment["amount"]), sure["low"])) if sure else None
    return {
        **_paid(view, payment, body),
        **dict.fromkeys(("from", "until", "power_first")),
        "power_mean": sure["low"] if sure else None,
        "known": 1.0 if sure else None,
        "price": price,
        "price_year": price,
        "edge": " ".join([payment["key"], *(sure["basis"].split() if sure else ())]),
    }


def _changes(
    view: View, body: str, start: datetime.date, end: datetime.date
) -> list[datetime.date]:
    """The days within a term on which seats of a body begin or end, with both ends."""
    seats = view.state.history("HAS_SEAT", target=[body]).to_pylist()
    dates = {d for r in seats for d in (r["valid_from"], r["valid_to"]) if d and start < d < end}
    return sorted({start, *dates, end})
