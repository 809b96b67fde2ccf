#: id: Q28
#: summary: Where does money come back to the firm that gave it?
#: description: >
#:   Circles of firms: one holds a stake in another, lends to it or gives it shares or warrants, and the other buys from
#:   the first, or from a third that buys from the first. A purchase is stated (it uses a cloud or a chip of the seller,
#:   or has promised to spend the money there), or follows from what is sold: a cloud that has a maker's chips on offer
#:   bought them, and a maker buys from its suppliers. Firms under one sure majority owner are one.
#: tags: [regulator, investor]
#: params:
#:   firm: {type: entity, kinds: [Company, Institution], example: nvidia, default: "",
#:     about: "who is in the circle; empty = all"}
#: columns:
#:   - {name: investor, type: entity, unit: ""}
#:   - {name: investor_name, type: string, unit: ""}
#:   - {name: receiver, type: entity, unit: ""}
#:   - {name: receiver_name, type: string, unit: ""}
#:   - {name: through, type: entity, unit: "who stands between, of longer circles"}
#:   - {name: through_name, type: string, unit: ""}
#:   - {name: invested, type: double, unit: "USD, stated, closed or announced"}
#:   - {name: spent, type: double, unit: "USD that the receiver spends or promised to, stated"}
#:   - {name: promised, type: boolean, unit: "a source states that the receiver is to spend with the seller"}
#:   - {name: buys, type: string, unit: "what the receiver buys"}
#:   - {name: returns, type: string, unit: "what comes back to the investor"}
#:   - {name: hops, type: integer, unit: "hops of the circle"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [hops, promised desc, investor, receiver, through]
#: reading: >
#:   A circle shows that the giver earns on what the receiver spends; it does not show that these are the same dollars,
#:   nor that the sale would not have been made without them. Announced sums may never be paid. Most prices are not
#:   stated, so an empty cell is no zero.
#: since: "0.3"
"""Circular money: investors who sell to what they invest in."""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed, money_text
from .holders import Holders
from .view import Found, Measure, View

__all__ = ["Tie", "answer", "bought", "purchases"]

_STAKES: Final = frozenset({"equity", "convertible", "credit"})
_SOLD: Final = frozenset({"CloudPlatform", "Processor"})
_MOST: Final = 6
"""Most statements that are cited for one purchase."""


@dataclasses.dataclass(slots=True)
class Tie:
    """Money from one firm to another.

    Attributes:
        amount: Stated, in USD; None = nothing is.
        promised: Whether a source states that it is to be spent there.
        stated: Whether a source says that one buys from the other; False: it follows from what is sold.
        names: What is bought.
        keys: Of the statements.
    """

    amount: float | None = None
    promised: bool = False
    stated: bool = False
    names: set[str] = dataclasses.field(default_factory=set)
    keys: list[str] = dataclasses.field(default_factory=list)


Pair = tuple[str, str]


def answer(view: View, firm: str) -> Found:
    """One row per circle: a stake, and one or two purchases that lead back."""
    holders = Holders(view)
    stakes, buys = _stakes(view, holders), purchases(view, holders)
    sellers: dict[str, set[str]] = collections.defaultdict(set)
    for buyer, seller in buys:
        sellers[buyer].add(seller)
    rows = []
    for investor, receiver in stakes:
        for seller in sellers[receiver]:
            if seller == investor:
                rows.append(_row(view, stakes, buys, (investor, receiver)))
            elif buys[receiver, seller].stated and investor in sellers[seller]:
                rows.append(_row(view, stakes, buys, (investor, receiver), seller))
    wanted = holders.firm(firm) if firm else ""
    rows = [r for r in rows if not firm or wanted in {r["investor"], r["receiver"], r["through"]}]
    rows.sort(
        key=lambda r: (
            r["hops"],
            not r["promised"],
            -max(r["spent"] or 0.0, r["invested"] or 0.0),
            r["investor"],
            r["receiver"],
            r["through"] or "",
        )
    )
    priced = sum(r["invested"] is not None and r["spent"] is not None for r in rows)
    unknown = (
        f"what is invested or what is spent, of {len(rows) - priced} of {counted(len(rows), 'circle')}",
    )
    measures = (
        Measure("circles of two", sum(r["hops"] == 2 for r in rows), "circles"),
        Measure("circles of three", sum(r["hops"] == 3 for r in rows), "circles"),
        Measure("circles with both sums stated", priced, "circles", n=len(rows)),
    )
    name = view.name(firm) if firm else ""
    return Found(rows, _sentence(name, rows), measures, unknown if priced < len(rows) else ())


def _stakes(view: View, holders: Holders) -> dict[Pair, Tie]:
    """Who lends to, holds a stake in or was to give shares to whom, with the sums that are stated; no memberships."""
    ties: dict[Pair, Tie] = collections.defaultdict(Tie)
    for row in [*view.rows("FUNDS", "kind", "cloud_commitment"), *view.rows("OWNS")]:
        pair = holders.firm(row["source"]), holders.firm(row["target"])
        if pair[0] == pair[1] or ("kind" in row and row["kind"] not in _STAKES):
            continue
        tie = ties[pair]
        tie.promised |= bool(row.get("cloud_commitment"))
        tie.keys.append(row["key"])
    amounts: dict[Pair, list[float]] = collections.defaultdict(list)
    for thing, powers in view.powers.items():
        for power in powers:
            if power["power"] == "pays" and power["amount"]:
                amounts[holders.firm(power["source"]), holders.firm(thing)].append(power["amount"])
    for pair, tie in ties.items():
        tie.amount = math.fsum(amounts[pair]) if pair in amounts else None
    return ties


def purchases(view: View, holders: Holders) -> dict[Pair, Tie]:
    """Who buys from whom: as stated, as promised with a stake, or since it sells or makes what the other delivers."""
    seller: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("PROVIDES"):
        seller[row["target"]].add(holders.firm(row["source"]))
    ties: dict[Pair, Tie] = collections.defaultdict(Tie)
    for row in view.rows("USES", "spend"):
        if row["target_kind"] in _SOLD:
            for firm in seller[row["target"]]:
                tie = ties[holders.firm(row["source"]), firm]
                tie.stated = True
                tie.promised |= row["spend"] is not None
                tie.names.add(view.name(row["target"]))
                tie.keys.append(row["key"])
                if row["spend"] is not None:
                    tie.amount = (tie.amount or 0.0) + row["spend"]
    for row in view.rows("OFFERS"):
        if row["target_kind"] == "Processor":
            for buyer in seller[row["source"]]:
                for firm in seller[row["target"]]:
                    _follow(view, ties[buyer, firm], row["target"], row["key"])
    for row in view.rows("SUPPLIES"):
        buyers = (
            seller[row["target"]]
            if row["target_kind"] == "Processor"
            else {holders.firm(row["target"])}
        )
        for buyer in buyers:
            _follow(view, ties[buyer, holders.firm(row["source"])], row["target"], row["key"])
    for row in view.rows("FUNDS", "cloud_commitment"):
        if row["cloud_commitment"]:
            tie = ties[holders.firm(row["target"]), holders.firm(row["source"])]
            tie.promised = tie.stated = True
            tie.names.add(f"clouds of {view.name(row['source'])}")
            tie.keys.append(row["key"])
    return {pair: tie for pair, tie in ties.items() if pair[0] != pair[1]}


def _follow(view: View, tie: Tie, thing: str, key: str) -> None:
    tie.names.add(view.name(thing))
    tie.keys.append(key)


def _row(
    view: View,
    stakes: Mapping[Pair, Tie],
    buys: Mapping[Pair, Tie],
    pair: Pair,
    through: str | None = None,
) -> dict[str, Any]:
    investor, receiver = pair
    first = buys[receiver, through or investor]
    last = buys[through, investor] if through else first
    keys = [*stakes[pair].keys, *first.keys[:_MOST], *(last.keys[:_MOST] if through else ())]
    return {
        "investor": investor,
        "investor_name": view.name(investor),
        "receiver": receiver,
        "receiver_name": view.name(receiver),
        "through": through,
        "through_name": view.name(through) if through else None,
        "invested": stakes[pair].amount,
        "spent": first.amount,
        "promised": first.promised,
        "buys": bought(first),
        "returns": bought(last),
        "hops": 3 if through else 2,
        "edge": " ".join(dict.fromkeys(keys)),
    }


def bought(tie: Tie) -> str:
    """What is bought, in a few words."""
    return listed(sorted(tie.names), 3)


def _sentence(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        about = f" with {name} in it" if name else ""
        return f"No circle{about} is known in which money comes back to the firm that gave it."
    short = [r for r in rows if r["hops"] == 2]
    promised = [r for r in short if r["promised"]]
    lead = f"{name}: " if name else ""
    parts = []
    if short:
        text = f"{counted(len(short), 'circle')} of two: a firm buys from who gave it money, credit or shares"
        parts.append(f"{lead}{text}.")
    if promised:
        shown = listed((_told(r) for r in promised), 4)
        parts.append(
            f"In {len(promised)} of them a source states a promise to spend there: {shown}."
        )
    elif short:
        parts.append(
            f"No promise to spend there is stated; the largest: {listed((_told(r) for r in short), 3)}."
        )
    investors = collections.Counter(r["investor_name"] for r in short)
    most = max(investors.values(), default=0)
    if most > 1 and len(investors) > 1:
        first = sorted(n for n, count in investors.items() if count == most)
        parts.append(f"Most close at {listed(first, 3)}: {most}{' each' * (len(first) > 1)}.")
    if len(rows) > len(short):
        besides = " besides" if short else ""
        parts.append(
            f"{lead * (not short)}{counted(len(rows) - len(short), 'circle')} of three firms{besides}."
        )
    return " ".join(parts)


def _told(row: Mapping[str, Any]) -> str:
    """A circle in a few words, with the sums that are stated."""
    gave = (
        f"{money_text(row['invested'])} from {row['investor_name']}"
        if row["invested"]
        else f"from {row['investor_name']}"
    )
    back = f", {money_text(row['spent'])} to be spent there" if row["spent"] else ""
    return f"{row['receiver_name']} ({gave}{back})"
