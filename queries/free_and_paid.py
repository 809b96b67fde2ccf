#: id: Q32
#: summary: What is given away that whoever decides on it offers as a service, and at what price?
#: description: >
#:   Frameworks under an open licence that one firm surely decides on, with each cloud or service of that firm that
#:   offers them. `rivals` are other firms whose clouds offer it too. `price` is the least that is stated for an hour of
#:   a processor on that service on which the framework runs; software itself costs nothing.
#: tags: [investor, regulator, cto]
#: params:
#:   sponsor: {type: entity, kinds: [Company, Institution], example: hugging-face, default: "",
#:     about: "who gives and sells; empty = all"}
#: columns:
#:   - {name: framework, type: entity, unit: ""}
#:   - {name: framework_name, type: string, unit: ""}
#:   - {name: licence_name, type: string, unit: "the mildest"}
#:   - {name: sponsor, type: entity, unit: ""}
#:   - {name: sponsor_name, type: string, unit: ""}
#:   - {name: service, type: entity, unit: "empty: none of its own is stated to offer it"}
#:   - {name: service_name, type: string, unit: ""}
#:   - {name: managed, type: boolean, unit: "as a managed service"}
#:   - {name: rivals, type: integer, unit: "other firms whose clouds offer it"}
#:   - {name: rivals_names, type: string, unit: ""}
#:   - {name: price, type: double, unit: "USD an hour of one processor, the least stated"}
#:   - {name: processor_name, type: string, unit: "for that price"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [service, rivals, price, sponsor, framework]
#: reading: >
#:   Giving away what one sells the running of is a common and open trade; it holds users where no rival offers the
#:   same. Few prices are stated. What a service adds besides is not in its price here.
#: since: "0.3"
"""Free software, paid compute."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed
from ..state.needs import Terms
from ..state.strengths import parameters
from .holders import Holders
from .view import Found, Measure, Row, View

__all__ = ["answer"]

_MAJORITY: Final = 0.5


def answer(view: View, sponsor: str) -> Found:
    """One row per open framework and service of who decides on it."""
    holders = Holders(view)
    sellers: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    offers: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    for row in view.rows("OFFERS", "managed", "price"):
        sellers[row["source"]].append(row)
        offers[row["target"]].append(row)
    operator = {r["target"]: holders.firm(r["source"]) for r in view.rows("PROVIDES")}
    rows: list[dict[str, Any]] = []
    for framework, terms in _open(view).items():
        for power in view.power_over(framework, "decides"):
            firm = holders.firm(power["source"])
            if power["low"] > _MAJORITY and view.kinds.get(power["source"]) == "Company":
                rows += _rows(view, framework, terms, firm, (offers[framework], sellers, operator))
                break
    wanted = holders.firm(sponsor) if sponsor else ""
    rows = [r for r in rows if not wanted or r["sponsor"] == wanted]
    rows.sort(
        key=lambda r: (
            r["service"] is None,
            r["rivals"],
            r["price"] is None,
            r["price"] or 0.0,
            r["sponsor"],
            r["framework"],
            r["service"] or "",
        )
    )
    sold = [r for r in rows if r["service"]]
    unpriced = sum(r["price"] is None for r in sold)
    unknown = (f"the price of {unpriced} of {counted(len(sold), 'offer')}",) if unpriced else ()
    frameworks = {r["framework"] for r in rows}
    count = len({r["framework"] for r in sold})
    measure = Measure("offered by who decides", count, "frameworks", n=len(frameworks))
    return Found(rows, _sentence(rows), (measure,), unknown)


def _open(view: View) -> dict[str, Terms]:
    """The terms of each framework whose licence is open."""
    most = parameters()["licence"]["open_below"]
    frameworks = sorted(i for i, kind in view.kinds.items() if kind == "Framework")
    terms = {f: view.production.terms(f) for f in frameworks}
    return {f: t for f, t in terms.items() if t.hold is not None and t.hold < most}


def _rows(
    view: View,
    framework: str,
    terms: Terms,
    firm: str,
    market: tuple[Sequence[Row], Mapping[str, Sequence[Row]], Mapping[str, str]],
) -> list[dict[str, Any]]:
    """The services of a firm that offer a framework; one row without a service where none does."""
    offers, sellers, operator = market
    operators = {operator.get(o["source"], firm) for o in offers} - {firm}
    rivals = sorted(view.name(o) for o in operators)
    runs = {r["target"] for r in view.routes.runs.get(framework, ())}
    base = {
        "framework": framework,
        "framework_name": view.name(framework),
        "licence_name": view.name(terms.licence),
        "sponsor": firm,
        "sponsor_name": view.name(firm),
        "rivals": len(rivals),
        "rivals_names": listed(rivals, 4) or None,
    }
    nothing = dict.fromkeys(("service", "service_name", "managed", "price", "processor_name"))
    rows = []
    for offer in sorted(offers, key=lambda o: o["source"]):
        if operator.get(offer["source"]) == firm:
            sold = sellers.get(offer["source"], ())
            priced = [o for o in sold if o["price"] is not None and o["target"] in runs]
            least = min(priced, key=lambda o: (o["price"], o["target"]), default=None)
            rows.append(
                {
                    **base,
                    "service": offer["source"],
                    "service_name": view.name(offer["source"]),
                    "managed": offer["managed"],
                    "price": least["price"] if least else None,
                    "processor_name": view.name(least["target"]) if least else None,
                    "edge": " ".join(
                        [offer["key"], *terms.keys, *([least["key"]] if least else [])]
                    ),
                }
            )
    return rows or [{**base, **nothing, "edge": " ".join(terms.keys)}]


def _sentence(rows: Sequence[Row]) -> str:
    if not rows:
        return "No open framework is known that one firm surely decides on."
    every = {r["framework"] for r in rows}
    sold = [r for r in rows if r["service"]]
    by = collections.Counter(s for s, _ in {(r["sponsor_name"], r["framework"]) for r in sold})
    lead = f"Of {counted(len(every), 'framework')} under an open licence that one firm surely decides on"
    if not sold:
        return f"{lead}, none is stated to be offered by a cloud of that firm."
    named = listed((f"{s} {n}" for s, n in sorted(by.items(), key=lambda c: (-c[1], c[0]))), 4)
    count = len({r["framework"] for r in sold})
    alone = len({r["framework"] for r in sold if not r["rivals"]})
    priced = sorted(
        (r for r in sold if r["price"] is not None), key=lambda r: (r["price"], r["framework"])
    )
    text = (
        f"{lead}, {count} are offered as a service by a cloud of its own ({named}), {alone} of them by no other "
        "that is stated."
    )
    if not priced:
        return text
    first = priced[0]
    return (
        f"{text} The least price that is stated: {first['framework_name']} on {first['service_name']} from USD "
        f"{first['price']:g} an hour ({first['processor_name']})."
    )
