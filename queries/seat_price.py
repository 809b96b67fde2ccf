#: id: Q07
#: summary: What did governance power cost?
#: description: >
#:   Per member that paid a stated sum to an institution: the sum, over the mean of its power (Shapley–Shubik index) in
#:   the bodies of that institution during the term. The roster of each day counts; rules are those known today. A day
#:   whose index cannot be computed is left out and said. Seat price is a measure of this project's own making.
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
#:   - {name: edge, type: edge, unit: ""}
#: order: [body, price, member]
#: reading: >
#:   Compare across bodies, not across members with equal fees. A price is null where the power was 0 all the time:
#:   money that bought a seat and no say by vote. Sums whose terms are not stated are missing.
#: since: "0.2"
"""Seat price: money per unit of power."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping
from typing import Any

from ..graph.wording import listed
from ..measures.composite import mean_power, seat_price
from ..state.bodies import bodies, seats_on
from .view import Found, Measure, View

__all__ = ["answer"]


def answer(view: View, institution: str, years: float) -> Found:
    """One row per payment and body."""
    paid = _payments(view, institution)
    houses = {r["target"] for r in paid}
    of = _bodies_of(view, houses)
    powers: dict[datetime.date, Mapping[str, Mapping[str, float]]] = {}
    rows: list[tuple[Any, ...]] = []
    for payment in paid:
        start = payment["valid_from"]
        if start is None:
            continue
        end = payment["valid_to"] or start + datetime.timedelta(days=round(years * 365.25))
        held = of.get(payment["target"], ())
        rows += [_row(view, payment, body, start, end, powers) for body in held]
    rows.sort(key=lambda r: (r[0], r[11] is None, r[11] or 0.0, r[2]))
    undated = sum(r["valid_from"] is None for r in paid)
    unknown = [f"{undated} payments have no date"] if undated else []
    if not paid:
        unknown.append("no membership fee with a stated sum is known")
    priced = [r for r in rows if r[11] is not None]
    free = listed(sorted({r[3] for r in rows if r[11] is None and r[10]}))
    said = (
        f"The cheapest say cost {priced[0][11]:,.0f} {priced[0][5]} per unit of power ({priced[0][3]}, {priced[0][1]})"
        + (f"; no say by vote at all: {free}." if free else ".")
        if priced
        else "No price can be computed from what is stated."
    )
    measures = tuple(
        Measure(f"seat price of {r[3]}", r[11], f"{r[5]} per unit of power", coverage=r[10])
        for r in priced[:3]
    )
    return Found(rows, said, measures, tuple(unknown))


def _payments(view: View, institution: str) -> list[dict[str, Any]]:
    """Membership fees with a sum that were ever paid up to the date: terms that are over count as well."""
    import pyarrow.parquet as pq

    snapshot = view.state.snapshot
    if not snapshot.edges.get("FUNDS"):
        return []
    return [
        r
        for r in pq.read_table(
            snapshot.file("FUNDS"), filters=[("kind", "=", "membership")]
        ).to_pylist()
        if r["amount"]
        and r["status"] == "current"
        and institution in {"", r["target"]}
        and (r["valid_from"] is None or r["valid_from"] <= view.as_of)
    ]


def _bodies_of(view: View, houses: set[str]) -> dict[str, list[str]]:
    """The bodies that govern an institution."""
    found: dict[str, list[str]] = {}
    for row in view.rows("GOVERNS"):
        if row["source_kind"] == "GoverningBody" and row["target"] in houses:
            found.setdefault(row["target"], []).append(row["source"])
    return found


def _row(
    view: View,
    payment: Mapping[str, Any],
    body: str,
    start: datetime.date,
    end: datetime.date,
    powers: dict[datetime.date, Mapping[str, Mapping[str, float]]],
) -> tuple[Any, ...]:
    player = view.group(payment["source"])
    days = _changes(view, body, start, min(end, max(start, view.as_of)))
    terms, first = [], None
    for day, after in itertools.pairwise(days):
        if day not in powers:
            found = bodies(view.state, view.groups, seats_on(view.state.snapshot, day))
            powers[day] = {
                b.id: {p: float(v) for p, v in b.shapley.items()}
                for b in found.values()
                if b.shapley
            }
        known = powers[day].get(body)
        power = known.get(player, 0.0) if known is not None else None
        first = power if day == days[0] else first
        if power is not None:
            terms.append(((after - day).days / 365.25, power))
    years = (end - start).days / 365.25
    seen = sum(t for t, _ in terms)
    mean = float(mean_power(terms)) if seen else None
    price = None if mean is None else seat_price(float(payment["amount"]), mean)
    span = (start, end, first, mean, min(1.0, seen / years) if years else None)
    member = (
        payment["source"],
        view.name(payment["source"]),
        payment["amount"],
        payment["currency"],
    )
    return (
        body,
        view.name(body),
        *member,
        *span,
        None if price is None else float(price),
        payment["key"],
    )


def _changes(
    view: View, body: str, start: datetime.date, end: datetime.date
) -> list[datetime.date]:
    """The days within a term on which seats of a body begin or end, with both ends."""
    import pyarrow.parquet as pq

    table = pq.read_table(
        view.state.snapshot.file("HAS_SEAT"), columns=["target", "valid_from", "valid_to"]
    )
    seats = [r for r in table.to_pylist() if r["target"] == body]
    dates = {d for r in seats for d in (r["valid_from"], r["valid_to"]) if d and start < d < end}
    return sorted({start, *dates, end})
