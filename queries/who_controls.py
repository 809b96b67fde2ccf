"""Who controls something, in sentences: who decides, who works on it, who can squeeze it, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import (
    counted,
    interval_text,
    listed,
    money_text,
    percent,
    supplies_chips,
)

__all__ = ["sentence"]

_DIGITS: Final = 9
_TELLING: Final = 0.05
_UNKNOWN: Final = "employer is not known"

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The answer in sentences; the same numbers are told as ties."""
    artefact, power = parameters["artefact"], parameters["power"]
    if power == "pays":
        return _payers(artefact, rows)
    if power == "binds":
        names = listed((r["party_name"] for r in rows), 4)
        return (
            f"{artefact} is bound by {names}."
            if rows
            else f"No law or licence is known to bind {artefact}."
        )
    parts = []
    if power in {"", "decides"}:
        parts += _deciders(artefact, [r for r in rows if r["decides_high"] is not None])
    if power in {"", "works"}:
        parts += _workers([r for r in rows if r["works_high"] is not None])
    if power in {"", "squeezes"}:
        parts += _squeezers(artefact, [r for r in rows if r["squeezes_high"] is not None])
    return " ".join(parts)


def _deciders(artefact: str, rows: Sequence[Row]) -> list[str]:
    if not rows:
        return [f"Nobody is known to decide on {artefact}."]
    best = [r for r in rows if _value(r) == _value(rows[0])]
    first = best[0]
    rest = [r for r in rows if r not in best and (r["decides_low"] or 0) >= _TELLING]
    persons = [r for r in rows if _UNKNOWN in r["party_name"]]
    unsure = [r for r in rows if r not in best and r not in rest and r not in persons]
    value = interval_text(first["decides_low"], first["decides_high"])
    if len(best) > 1:
        names = listed((r["party_name"] for r in best), 4)
        parts = [
            f"{artefact} is decided on by {counted(len(best), 'party')} alike ({value} each): {names}."
        ]
    else:
        parts = [
            f"{artefact} is decided on by {first['party_name']}{_owned(first)} ({value}: {first['decides_by']})."
        ]
    if rest:
        parts.append(f"Then by {listed((_told(r, n == 0) for n, r in enumerate(rest)), 3)}.")
    if persons:
        most = interval_text(0.0, max(r["decides_high"] for r in persons))
        verb = "sits" if [r["party_name"][:2] for r in persons] == ["1 "] else "sit"
        names = listed((r["party_name"] for r in persons), 2)
        parts.append(f"{names} {verb} where it is decided ({most}).")
    if unsure:
        most = interval_text(0.0, max(r["decides_high"] for r in unsure))
        count = sum(r["parties"] for r in unsure)
        parts.append(f"{counted(count, 'other party')} may have a part ({most}).")
    if (first["decides_low"] or 0) <= 0.5 < first["decides_high"]:
        parts.append("Who decides is mostly not known.")
    return parts


def _told(row: Row, with_reason: bool) -> str:
    value = interval_text(row["decides_low"], row["decides_high"])
    reason = f": {row['decides_by']}" if with_reason and row["decides_by"] else ""
    return f"{row['party_name']}{_owned(row)} ({value}{reason})"


def _owned(row: Row) -> str:
    return f", under {row['owner_name']}" if row["owner_name"] else ""


def _value(row: Row) -> tuple[float, float]:
    return round(row["decides_low"] or 0.0, _DIGITS), round(row["decides_high"] or 0.0, _DIGITS)


def _workers(rows: Sequence[Row]) -> list[str]:
    most = [r for r in sorted(rows, key=lambda r: -(r["works_low"] or 0.0)) if r["works_low"]][:2]
    if not most:
        return []
    share = f"{most[0]['party_name']} is known to do at least {percent(most[0]['works_low'])} of the work"
    more = "".join(f", {r['party_name']} at least {percent(r['works_low'])}" for r in most[1:])
    return [f"{share}{more}."]


def _squeezers(artefact: str, rows: Sequence[Row]) -> list[str]:
    if not rows:
        return [f"Nobody is known to be able to squeeze {artefact}."]
    suppliers = [r for r in rows if supplies_chips(r["squeezes_by"] or "")]
    ways = [
        f"by {_ranked(direct)}" if (direct := [r for r in rows if r not in suppliers]) else "",
        f"in the supply of chips by {_ranked(suppliers)}" if suppliers else "",
    ]
    return [f"{artefact} can be squeezed {'; '.join(way for way in ways if way)}."]


def _ranked(rows: Sequence[Row]) -> str:
    """The surest first; the same numbers are told as ties."""
    ranked = sorted(rows, key=lambda r: (-_squeeze(r)[0], -_squeeze(r)[1], r["hops"], r["party"]))
    alike = [r for r in ranked if _squeeze(r) == _squeeze(ranked[0])]
    each = " each" if len(alike) > 1 else ""
    names = listed((r["party_name"] for r in alike), 4)
    text = f"{names} ({interval_text(*_squeeze(ranked[0]))}{each})"
    rest = [f"{r['party_name']} ({interval_text(*_squeeze(r))})" for r in ranked if r not in alike]
    return f"{text}, then {listed(rest, 2)}" if rest else text


def _squeeze(row: Row) -> tuple[float, float]:
    return round(row["squeezes_low"] or 0.0, _DIGITS), round(row["squeezes_high"], _DIGITS)


def _payers(artefact: str, rows: Sequence[Row]) -> str:
    if not rows:
        return f"Nobody is known to pay {artefact}."
    stated = [r for r in rows if r["pays"] is not None]
    total = (
        f", {money_text(sum(r['pays'] for r in stated))} in amounts that are stated"
        if stated
        else ""
    )
    amounts = (f" ({money_text(r['pays'])})" if r["pays"] is not None else "" for r in rows)
    names = listed((f"{r['party_name']}{a}" for r, a in zip(rows, amounts, strict=True)), 4)
    return f"{artefact} is paid by {counted(len(rows), 'party')}{total}: {names}."
