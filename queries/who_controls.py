"""Who controls something, in a sentence: who decides, who works on it, who can squeeze it, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, interval_text, listed, money_text, percent

__all__ = ["sentence"]

_DIGITS: Final = 9
_TELLING: Final = 0.05

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The first sentences of the answer; ties are told as ties."""
    power = parameters["power"]
    if power in {"pays", "binds"}:
        return _others(rows, power)
    parts = []
    if not power or power == "decides":
        parts += _deciders([r for r in rows if r["decides_high"] is not None])
    if not power or power == "works":
        parts += _workers([r for r in rows if r["works_high"] is not None])
    if not power or power == "squeezes":
        parts += _squeezers([r for r in rows if r["squeezes_high"] is not None])
    return " ".join(parts)


def _deciders(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return ["Nobody is known to decide on it."]
    best = _ties(rows, "decides")
    first = best[0]
    value = interval_text(first["decides_low"], first["decides_high"])
    if len(best) > 1:
        names = listed((r["party_name"] for r in best), 4)
        parts = [f"{counted(len(best), 'party')} decide on it alike ({value} each): {names}."]
    else:
        why = f": {_owned(first)}{first['decides_by']}" if first["decides_by"] else ""
        parts = [f"{first['party_name']} decides on it ({value}){why}."]
    firms = [r for r in rows if r not in best and (r["decides_low"] or 0) >= _TELLING]
    if firms:
        told = [
            f"{r['party_name']} ({interval_text(r['decides_low'], r['decides_high'])}"
            f"{', ' + r['decides_by'] if n == 0 and r['decides_by'] else ''})"
            for n, r in enumerate(firms)
        ]
        parts.append(f"Then {listed(told, 3)}.")
    unsure = [r for r in rows if r not in best and r not in firms]
    if unsure:
        most = max(r["decides_high"] for r in unsure)
        parts.append(
            f"{counted(len(unsure), 'other party')} could have {interval_text(0.0, most)} each."
        )
    if (first["decides_low"] or 0) <= 0.5 < first["decides_high"]:
        parts.append("Who decides is mostly not known.")
    persons = [r for r in rows if "employer is not known" in (r["party_name"] or "")]
    if persons:
        parts.append(f"{listed((r['party_name'] for r in persons), 2)} sit where it is decided.")
    return parts


def _owned(row: Row) -> str:
    return f"owned by {row['owner_name']}, " if row["owner_name"] else ""


def _workers(rows: Sequence[Row]) -> list[str]:
    done = sorted(rows, key=lambda r: -(r["works_low"] or 0.0))[:2]
    told = [
        f"{r['party_name']} did at least {percent(r['works_low'])}" for r in done if r["works_low"]
    ]
    if not told:
        return []
    return [f"Of the work {' and '.join(told)}."]


def _squeezers(rows: Sequence[Row]) -> list[str]:
    ranked = sorted(
        rows, key=lambda r: (-r["squeezes_high"], -(r["squeezes_low"] or 0), r["hops"], r["party"])
    )
    told = [
        f"{r['party_name']} ({interval_text(r['squeezes_low'], r['squeezes_high'])})"
        for r in ranked
    ]
    return (
        [f"It can be squeezed by {listed(told, 3)}."]
        if told
        else ["Nobody is known to be able to squeeze it."]
    )


def _ties(rows: Sequence[Row], power: str) -> list[Row]:
    """The first rows, as long as their values are the same."""
    first = _value(rows[0], power)
    return [r for r in rows if _value(r, power) == first]


def _value(row: Row, power: str) -> tuple[float, float]:
    low, high = row[f"{power}_low"] or 0.0, row[f"{power}_high"] or 0.0
    return round(low, _DIGITS), round(high, _DIGITS)


def _others(rows: Sequence[Row], power: str) -> str:
    names = listed((f"{r['party_name']}{_amount(r)}" for r in rows), 4)
    if power == "pays":
        return (
            f"{counted(len(rows), 'party')} are known to have paid it: {names}."
            if rows
            else "Nobody is known to pay it."
        )
    return f"It is bound by {names}." if rows else "No law or licence is known to bind it."


def _amount(row: Row) -> str:
    text = money_text(row["pays"])
    return f" ({text})" if text else ""
