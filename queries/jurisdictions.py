#: id: Q30
#: summary: Under which jurisdictions does the stack lie, layer by layer?
#: description: >
#:   Each thing counts for the country of registration of the topmost organisation that surely decides on it (more than
#:   one half), or, where none does alone, of organisations of one country that surely do together; chips also for who
#:   fabricates them. `decided`: how much of the layer a country has for sure, `at_most` with all of which it is not
#:   known. Frameworks are weighed by reach as well. A seat of registration is not where the people are, nor whose law
#:   reaches it.
#: tags: [regulator, researcher]
#: params:
#:   jurisdiction: {type: string, example: CN, default: "", about: "an ISO 3166 code, such as US or CN; empty = all"}
#: columns:
#:   - {name: layer, type: string, unit: ""}
#:   - {name: jurisdiction, type: string, unit: "ISO 3166; shared: by several, not known: nobody surely"}
#:   - {name: things, type: integer, unit: "things of the layer"}
#:   - {name: total, type: integer, unit: "things of the layer that are described"}
#:   - {name: decided, type: double, unit: "fraction of the layer, sure"}
#:   - {name: at_most, type: double, unit: "fraction of the layer, with all that is not known"}
#:   - {name: reach, type: double, unit: "fraction of the reach of all frameworks"}
#:   - {name: holders, type: integer, unit: "firms and institutions"}
#:   - {name: first, type: string, unit: "who holds most of it"}
#: order: [layer, things desc, jurisdiction]
#: reading: >
#:   What is described leans to what is written of in English: read a share as one of this catalogue. What is not known
#:   may lie anywhere. Fabrication counts the maker of the wafer, wherever its plants stand.
#: since: "0.3"
"""The stack by jurisdiction."""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..errors import UsageError
from ..graph.wording import listed
from .holders import ORGANISATIONS, Holders
from .view import Found, Measure, View

__all__ = ["answer"]

_LAYERS: Final = {
    "Framework": "frameworks",
    "Model": "models",
    "CloudPlatform": "clouds and services",
    "Processor": "chips",
    "Norm": "interfaces and formats",
}
_FABRICATION: Final = "chips by foundry"
_OPEN: Final = ("shared", "not known")
_MAJORITY: Final = 0.5
_NORMS: Final = frozenset({"interface", "format"})


@dataclasses.dataclass(frozen=True, slots=True)
class _Lot:
    """Where one thing lies: its jurisdiction, or `shared`, or `not known`; and for whom it counts."""

    thing: str
    jurisdiction: str
    holders: tuple[str, ...]


def answer(view: View, jurisdiction: str) -> Found:
    """One row per layer and jurisdiction."""
    holders = Holders(view)
    country = {
        r["id"]: r["jurisdiction"].partition("-")[0]
        for kind in ORGANISATIONS & set(view.state.kinds)
        for r in view.state.nodes(kind, ["id", "jurisdiction"]).to_pylist()
        if r["jurisdiction"]
    }
    layers = {
        layer: [_decided(view, holders, country, thing) for thing in _described(view, kind)]
        for kind, layer in _LAYERS.items()
    }
    layers[_FABRICATION] = _fabricated(view, holders, country)
    rows = [row for layer, lots in layers.items() for row in _rows(view, layer, lots)]
    wanted = jurisdiction.upper()
    if wanted and all(r["jurisdiction"] != wanted for r in rows):
        codes = sorted({r["jurisdiction"] for r in rows} - set(_OPEN))
        raise UsageError(
            f"nothing of the stack lies under {jurisdiction!r}",
            where="parameter jurisdiction",
            hint=f"one of: {', '.join(codes)}",
        )
    rows = [r for r in rows if not wanted or r["jurisdiction"] == wanted]
    measures = tuple(
        Measure(
            f"{r['layer']}, {r['jurisdiction']}",
            r["decided"],
            "fraction of the layer",
            r["decided"],
            r["at_most"],
            r["total"],
        )
        for r in rows
        if r["jurisdiction"] not in _OPEN
    )
    open_lots = {
        layer: sum(lot.jurisdiction == "not known" for lot in lots)
        for layer, lots in layers.items()
    }
    unknown = [
        f"where {n} of {len(layers[layer])} {layer} lie" for layer, n in open_lots.items() if n
    ]
    return Found(rows, _sentence(rows, wanted), measures[:6], tuple(unknown))


def _described(view: View, kind: str) -> list[str]:
    """Things of a kind that a source describes; of norms interfaces and formats alone."""
    if kind not in view.state.kinds:
        return []
    columns = ["id", "stub", *(["category"] if kind == "Norm" else [])]
    rows = view.state.nodes(kind, columns).to_pylist()
    return [r["id"] for r in rows if not r["stub"] and (kind != "Norm" or r["category"] in _NORMS)]


def _decided(view: View, holders: Holders, country: Mapping[str, str], thing: str) -> _Lot:
    deciders = [
        p for p in view.power_over(thing, "decides") if view.kinds.get(p["source"]) in ORGANISATIONS
    ]
    for power in sorted(deciders, key=lambda p: (-(p["low"] or 0.0), -p["hops"], p["source"])):
        firm = holders.firm(power["source"])
        if power["low"] > _MAJORITY and firm in country:
            return _Lot(thing, country[firm], (firm,))
    sums: dict[str, dict[str, float]] = collections.defaultdict(dict)
    for power in deciders:
        firm = holders.firm(power["source"])
        between = {view.kinds.get(t) for t in (power["through"] or "").split()}
        if firm in country and not between & ORGANISATIONS:
            sums[country[firm]][firm] = power["low"] or 0.0
    for code, parts in sorted(sums.items()):
        if math.fsum(parts.values()) > _MAJORITY:
            return _Lot(thing, code, tuple(sorted(parts, key=lambda f: (-parts[f], f))))
    sure = math.fsum(v for parts in sums.values() for v in parts.values())
    return _Lot(thing, "shared" if sure > _MAJORITY else "not known", ())


def _fabricated(view: View, holders: Holders, country: Mapping[str, str]) -> list[_Lot]:
    """Chips by who fabricates them; by several of one country they lie there, else they are shared."""
    makers: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("SUPPLIES", "part"):
        if row["part"] == "fabrication" and row["target_kind"] == "Processor":
            makers[row["target"]].add(holders.firm(row["source"]))
    lots = []
    for chip in _described(view, "Processor"):
        codes = {country.get(m, "not known") for m in makers[chip]} or {"not known"}
        code = codes.pop() if len(codes) == 1 else "shared"
        lots.append(_Lot(chip, code, tuple(sorted(makers[chip]))))
    return lots


def _rows(view: View, layer: str, lots: Sequence[_Lot]) -> Iterable[dict[str, Any]]:
    by: dict[str, list[_Lot]] = collections.defaultdict(list)
    for lot in lots:
        by[lot.jurisdiction].append(lot)
    whole = sum(_reach(view, lot) for lot in lots)
    unknown = len(by["not known"])
    rows = []
    for code, some in by.items():
        if not some:
            continue
        counts = collections.Counter(h for lot in some for h in lot.holders)
        first = sorted(counts, key=lambda h: (-counts[h], h))
        rows.append(
            {
                "layer": layer,
                "jurisdiction": code,
                "things": len(some),
                "total": len(lots),
                "decided": len(some) / len(lots),
                "at_most": len(some) / len(lots)
                if code == "not known"
                else (len(some) + unknown) / len(lots),
                "reach": sum(_reach(view, lot) for lot in some) / whole
                if layer == _LAYERS["Framework"]
                else None,
                "holders": len(counts),
                "first": listed((f"{view.name(h)} ({counts[h]})" for h in first), 3) or None,
            }
        )
    return sorted(rows, key=lambda r: (r["jurisdiction"] in _OPEN, -r["things"], r["jurisdiction"]))


def _reach(view: View, lot: _Lot) -> int:
    return view.reach.get(lot.thing, 0) + 1


def _sentence(rows: Sequence[Mapping[str, Any]], wanted: str) -> str:
    placed = [r for r in rows if r["jurisdiction"] not in _OPEN]
    if not placed:
        return "Of nothing in the stack it is known under which jurisdiction it lies."
    if wanted:
        parts = [
            f"{r['things']} of {r['total']} {r['layer']} ({_range(r)}: {r['first']})"
            for r in placed
        ]
        return f"{wanted} surely has {'; '.join(parts)}."
    layers: dict[str, list[Mapping[str, Any]]] = collections.defaultdict(list)
    for row in placed:
        layers[row["layer"]].append(row)
    parts = []
    for layer, some in layers.items():
        first = [r for r in some if r["things"] == some[0]["things"]]
        codes = " and ".join(r["jurisdiction"] for r in first)
        after = [
            f"{r['jurisdiction']} {r['decided']:.0%}" for r in some[len(first) : len(first) + 2]
        ]
        rest = f", {', '.join(after)}" if after else ""
        parts.append(f"{layer}: {codes} {_range(first[0])}{rest}")
    return f"By who surely decides, {'; '.join(parts)}."


def _range(row: Mapping[str, Any]) -> str:
    low, high = f"{row['decided']:.0%}", f"{row['at_most']:.0%}"
    return low if low == high else f"{row['decided']:.0%} to {high}"
