#: id: Q05
#: summary: Which firms hold stakes in, or fund, several other firms at once?
#: description: >
#:   Companies with minority stakes in, or money given to, at least so many other companies at once: one row per holder
#:   and company held, however many statements there are. Firms under one sure majority owner are one, and what it
#:   surely controls is no stake. Money in USD: closed, announced (or of no stated stage), intended; a running total
#:   holds the single payments before it, and parts of a round without an amount of their own add nothing.
#: tags: [regulator, investor]
#: params:
#:   least: {type: integer, example: 2, default: 2, least: 1, about: least number of companies held at once}
#: columns:
#:   - {name: holder, type: entity, unit: ""}
#:   - {name: holder_name, type: string, unit: ""}
#:   - {name: rivals, type: integer, unit: "companies held or funded at once"}
#:   - {name: target, type: entity, unit: ""}
#:   - {name: target_name, type: string, unit: ""}
#:   - {name: kinds, type: string, unit: "of the money given, or of the interest held"}
#:   - {name: equity, type: double, unit: "fraction of the capital, the latest stated"}
#:   - {name: votes, type: double, unit: "fraction of the votes, the latest stated"}
#:   - {name: closed, type: double, unit: "USD, stated"}
#:   - {name: announced, type: double, unit: "USD, stated, not said to be closed"}
#:   - {name: intended, type: double, unit: "USD, in letters of intent"}
#:   - {name: since, type: date, unit: "first day that is stated"}
#:   - {name: latest, type: date, unit: "last day that is stated"}
#:   - {name: cloud_commitment, type: boolean, unit: "the money is to be spent on the giver's cloud"}
#:   - {name: exclusive, type: boolean, unit: "exclusivity, or a right to be consulted"}
#:   - {name: decides_low, type: double, unit: "0 to 1, what the holder surely decides of the company"}
#:   - {name: decides_high, type: double, unit: "0 to 1, at most"}
#:   - {name: buys, type: string, unit: "what the company buys of the holder, as stated or since it sells it"}
#:   - {name: shared_by, type: integer, unit: "holders of this list that hold or fund it as well"}
#:   - {name: confidence, type: double, unit: "probability, the least of its statements"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [rivals desc, holder, closed desc, announced desc, target]
#: reading: >
#:   Two rivals held at once is a flag (the CMA counted more than 90 such ties of makers of foundation models in 2024).
#:   Equity without votes carries no vote, but a cloud commitment or exclusivity may carry more. Most amounts are not
#:   stated: a sum is a lower bound, and an empty cell is no zero.
#: since: "0.1"
"""Stakes in several firms at once, with the sums that are stated."""

from __future__ import annotations

import collections
import datetime
import math
from collections.abc import Sequence
from typing import Any, Final

from ..graph.wording import counted, listed, money_text
from ..measures.money import Payment, total
from .circular_money import bought, purchases
from .holders import Holders
from .view import Found, Measure, Row, View

__all__ = ["answer"]

_MAJORITY: Final = 0.5
_CLOSED: Final = "closed"
_COLUMNS: Final = (
    *("kind", "amount", "currency", "stage", "cumulative", "valid_from", "announced", "closed"),
    *("cloud_commitment", "exclusive"),
)

Statement = dict[str, Any]


def answer(view: View, least: int) -> Found:
    """One row per holder and company held."""
    holders = Holders(view)
    ties = _ties(view, holders)
    held: dict[str, set[str]] = collections.defaultdict(set)
    for holder, target in ties:
        held[holder].add(target)
    several = {h for h, targets in held.items() if len(targets) >= least}
    shared = collections.Counter(target for h in several for target in held[h])
    buys = purchases(view, holders)
    rows = [
        {
            **_row(view, pair, statements),
            **_decided(view, holders, pair),
            "buys": bought(buys[pair[::-1]]) if pair[::-1] in buys else None,
            "rivals": len(held[pair[0]]),
            "shared_by": shared[pair[1]],
        }
        for pair, statements in ties.items()
        if pair[0] in several
    ]
    rows.sort(
        key=lambda r: (
            -r["rivals"],
            r["holder"],
            -(r["closed"] or 0.0),
            -(r["announced"] or 0.0),
            r["target"],
        )
    )
    priced = sum(r["closed"] is not None or r["announced"] is not None for r in rows)
    measures = (
        Measure("ties", len(rows), "pairs of a holder and a company"),
        Measure(
            "ties with a stated amount",
            priced,
            "pairs",
            n=len(rows),
            coverage=priced / len(rows) if rows else None,
        ),
    )
    unknown = (f"the amount of {len(rows) - priced} of {counted(len(rows), 'tie')}",)
    return Found(rows, _sentence(rows), measures, unknown if priced < len(rows) else ())


def _ties(view: View, holders: Holders) -> dict[tuple[str, str], list[Statement]]:
    """Statements by holder and company held, majorities and what is surely controlled left out."""
    ties: dict[tuple[str, str], list[Statement]] = collections.defaultdict(list)
    rows = [
        *view.rows("FUNDS", *_COLUMNS),
        *view.rows("OWNS", "equity", "votes", "interest", "valid_from"),
    ]
    for row in rows:
        pair = holders.firm(row["source"]), holders.firm(row["target"])
        firms = row["source_kind"] == row["target_kind"] == "Company"
        if firms and pair[0] != pair[1] and (row.get("votes") or 0.0) <= _MAJORITY:
            ties[pair].append(row)
    return ties


def _row(view: View, pair: tuple[str, str], statements: Sequence[Statement]) -> Row:
    holder, target = pair
    kinds = {r.get("kind") or r.get("interest") for r in statements} - {None}
    days = [d for r in statements if (d := _day(r))]
    return {
        "holder": holder,
        "holder_name": view.name(holder),
        "target": target,
        "target_name": view.name(target),
        "kinds": ", ".join(sorted(str(k) for k in kinds)) or None,
        "equity": _latest(statements, "equity"),
        "votes": _latest(statements, "votes"),
        **_sums(statements),
        "since": min(days, default=None),
        "latest": max(days, default=None),
        "cloud_commitment": any(r.get("cloud_commitment") for r in statements) or None,
        "exclusive": any(r.get("exclusive") for r in statements) or None,
        "confidence": min(r["confidence"] for r in statements),
        "edge": " ".join(sorted(r["key"] for r in statements)),
    }


def _decided(view: View, holders: Holders, pair: tuple[str, str]) -> dict[str, float | None]:
    """What the holder decides of the company by votes, seats or appointment, the strongest of its members."""
    holder, target = pair
    own = [
        (p["low"], p["high"])
        for p in view.power_over(target, "decides")
        if holders.firm(p["source"]) == holder
    ]
    low, high = max(own, default=(None, None))
    return {"decides_low": low, "decides_high": high}


def _sums(statements: Sequence[Statement]) -> dict[str, float | None]:
    """Closed, announced and intended, by payer and receiver as stated: each pair has its own running total."""
    by_pair: dict[tuple[str, str], list[Payment]] = collections.defaultdict(list)
    for r in statements:
        if "amount" in r:
            dollars = r["currency"] == "USD"
            payment = Payment(r["amount"], dollars, r["stage"], r["cumulative"] is True, _day(r))
            by_pair[r["source"], r["target"]].append(payment)
    closed, paid, intended = [], [], 0.0
    for payments in by_pair.values():
        every = total(payments)
        done = total(p for p in payments if p.stage == _CLOSED)
        intended += every.intended
        if done.paid is not None:
            closed.append(done.paid)
        if every.paid is not None and every.paid > (done.paid or 0.0):
            paid.append(every.paid - (done.paid or 0.0))
    return {
        "closed": math.fsum(closed) if closed else None,
        "announced": math.fsum(paid) if paid else None,
        "intended": intended or None,
    }


def _day(row: Statement) -> datetime.date | None:
    day: datetime.date | None = row.get("closed") or row.get("announced") or row["valid_from"]
    return day


def _latest(statements: Sequence[Statement], column: str) -> float | None:
    """The last value that is stated; of several of one day the greatest."""
    stated = [r for r in statements if r.get(column) is not None]
    first = datetime.date.min
    last = max(stated, key=lambda r: (r["valid_from"] or first, r[column]), default=None)
    return float(last[column]) if last else None


def _sentence(rows: Sequence[Row]) -> str:
    """Who holds most, what it gave, and what most of them hold."""
    if not rows:
        return "No company is known to hold or fund several others at once."
    holders = {str(r["holder_name"]): int(r["rivals"]) for r in rows}
    most = max(holders.values())
    first = [h for h, n in holders.items() if n == most]
    verb = "holds stakes in or funds" if len(first) == 1 else "hold stakes in or fund"
    each = " each" if len(first) > 1 else ""
    money = {h: _given(r for r in rows if r["holder_name"] == h) for h in holders}
    after = [f"{h} ({n})" for h, n in holders.items() if n < most]
    then = f"; then {listed(after, 3)}" if after else ""
    lead = f"{listed(first, 3)} {verb} {counted(most, 'other company')}{each}, the most{then}."
    rich = sorted((h for h in money if sum(money[h])), key=lambda h: (-sum(money[h]), h))
    parts = [f"{h} {_told(*money[h])}" for h in rich]
    sums = f" Most money, as far as it is stated: {listed(parts, 3)}." if parts else ""
    wanted = max(rows, key=lambda r: (r["shared_by"], str(r["target_name"])))
    shared = ""
    if wanted["shared_by"] > 1:
        names = sorted(
            {str(r["target_name"]) for r in rows if r["shared_by"] == wanted["shared_by"]}
        )
        by = f"{wanted['shared_by']} of these {len(holders)} holders"
        shared = f" {listed(names, 3)} {'is' if len(names) == 1 else 'are'} held or funded by {by}."
    strings = sum(r["buys"] is not None for r in rows)
    bought_back = (
        f" In {strings} of {len(rows)} ties the company buys of its holder." if strings else ""
    )
    return lead + sums + bought_back + shared


def _given(rows: Any) -> tuple[float, float]:
    some = list(rows)
    return (
        math.fsum(r["closed"] or 0.0 for r in some),
        math.fsum(r["announced"] or 0.0 for r in some),
    )


def _told(closed: float, announced: float) -> str:
    """`USD 8 bn closed and USD 25 bn announced`."""
    parts = [
        f"{money_text(v)} {word}" for v, word in ((closed, "closed"), (announced, "announced")) if v
    ]
    return " and ".join(parts)
