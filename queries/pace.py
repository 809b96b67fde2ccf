#: id: Q43
#: summary: How soon is a new chip or model supported?
#: description: >
#:   Per chip or model and framework whose support is dated: days from the announcement of the chip, or the release of
#:   the model, to that support. Dates that a source states by month or year only widen the days to a range; a support
#:   that a page states to be there by some day may be older than that.
#: tags: [cto, investor, researcher]
#: params:
#:   framework: {type: entity, kinds: [Framework], example: vllm, default: "", about: "whose support; empty = all"}
#: columns:
#:   - {name: sort, type: string, unit: "chip or model"}
#:   - {name: thing, type: entity, unit: ""}
#:   - {name: thing_name, type: string, unit: ""}
#:   - {name: framework, type: entity, unit: ""}
#:   - {name: framework_name, type: string, unit: ""}
#:   - {name: began, type: date, unit: "announced or released; first day of the stated period"}
#:   - {name: supported, type: date, unit: "first day of the stated period"}
#:   - {name: days_low, type: integer, unit: "days, at least"}
#:   - {name: days_high, type: integer, unit: "days, at most"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [sort, thing, days_low, framework]
#: reading: >
#:   Zero days means that whoever made it and those who support it worked together before. A chip is announced months
#:   before it can be had, so compare frameworks on one chip, not chips with models.
#: since: "0.3"
"""Pace: from a new chip or model to its support."""

from __future__ import annotations

import calendar
import collections
import datetime
import statistics
from typing import Any, Final

from ..graph.wording import counted, listed
from .view import Found, Measure, View

__all__ = ["answer", "period"]

_BEGINNINGS: Final = {"Processor": ("PROVIDES", "CREATED"), "Model": ("CREATED",)}
_SORTS: Final = {"Processor": "chip", "Model": "model"}
_ENGINE: Final = "engine"
_DATED: Final = ("valid_from", "valid_from_precision")


def answer(view: View, framework: str) -> Found:
    """One row per chip or model and framework."""
    began = _began(view)
    rows: list[dict[str, Any]] = []
    undated = 0
    for kind, thing, supporter, row in _supports(view):
        if framework not in {"", supporter}:
            continue
        if row["valid_from"] is None or thing not in began:
            undated += 1
            continue
        rows.append(_row(view, kind, thing, supporter, row, began[thing]))
    rows.sort(key=lambda r: (r["sort"], r["thing"], r["days_low"], r["framework"]))
    unknown = (f"{undated} supports, or what they support, have no date",) if undated else ()
    if not rows:
        return Found([], "Of no support both days are stated.", (), unknown)
    return Found(rows, _summary(rows), _measures(rows), unknown)


def period(day: datetime.date, precision: str | None) -> tuple[datetime.date, datetime.date]:
    """First and last day that a date means, stated to the day, the month or the year.

    Args:
        day: The first day of the period.
        precision: day, month or year; None means the day.
    """
    if precision == "year":
        return day, datetime.date(day.year, 12, 31)
    if precision == "month":
        return day, day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day, day


def _began(view: View) -> dict[str, dict[str, Any]]:
    """The earliest statement of who made or sells a thing, by its id; makers' own dates of chips first."""
    found: dict[str, dict[str, Any]] = {}
    for kind, relations in _BEGINNINGS.items():
        for relation in relations:
            dated: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
            for row in view.rows(relation, *_DATED):
                if row["target_kind"] == kind and row["valid_from"] is not None:
                    dated[row["target"]].append(row)
            for thing, rows in dated.items():
                found.setdefault(thing, min(rows, key=lambda r: (r["valid_from"], r["key"])))
    return found


def _supports(view: View) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Kind and id of what is supported, id of the framework, and the statement."""
    chips = [
        ("Processor", r["target"], r["source"], r)
        for r in view.rows("RUNS_ON", *_DATED)
        if (r["source_kind"], r["target_kind"]) == ("Framework", "Processor")
    ]
    models = [
        ("Model", r["source"], r["target"], r)
        for r in view.rows("DEPENDS_ON", "group", *_DATED)
        if r["source_kind"] == "Model" and r["group"] == _ENGINE
    ]
    return chips + models


def _row(
    view: View,
    kind: str,
    thing: str,
    supporter: str,
    row: dict[str, Any],
    beginning: dict[str, Any],
) -> dict[str, Any]:
    first, last = period(beginning["valid_from"], beginning["valid_from_precision"])
    earliest, latest = period(row["valid_from"], row["valid_from_precision"])
    return {
        "sort": _SORTS[kind],
        "thing": thing,
        "thing_name": view.name(thing),
        "framework": supporter,
        "framework_name": view.name(supporter),
        "began": first,
        "supported": earliest,
        "days_low": (earliest - last).days,
        "days_high": (latest - first).days,
        "edge": f"{beginning['key']} {row['key']}",
    }


def _summary(rows: list[dict[str, Any]]) -> str:
    parts = []
    for sort in ("model", "chip"):
        some = [r for r in rows if r["sort"] == sort]
        if not some:
            continue
        once = [r for r in some if r["days_high"] <= 0]
        slowest = max(some, key=lambda r: (r["days_low"], r["thing"]))
        parts.append(
            f"{len(once)} of {counted(len(some), 'dated support')} of a {sort} came on its first day"
            + (f" ({listed(sorted({r['framework_name'] for r in once}))})" if once else "")
            + f", the last after {slowest['days_low']} days"
            + f" ({slowest['framework_name']}, {slowest['thing_name']})"
        )
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _measures(rows: list[dict[str, Any]]) -> tuple[Measure, ...]:
    found = []
    for sort in ("model", "chip"):
        some = [r for r in rows if r["sort"] == sort]
        if some:
            low, high = (statistics.median(r[c] for r in some) for c in ("days_low", "days_high"))
            found.append(
                Measure(f"median days to support a {sort}", low, "days", low, high, len(some))
            )
    return tuple(found)
