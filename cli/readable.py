"""Rows as people read them, in a table or in Markdown: names for ids, one column per interval, one for reasons.

Programs get every column as it is: CSV, TSV, JSON.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..graph.result import Column
from ..graph.schema import POWERS
from ..graph.wording import interval_text, money_text

__all__ = ["detail", "readable", "short"]

Row = Mapping[str, Any]
_NUMBERS: Final = frozenset({"double", "integer"})
_DETAIL: Final = re.compile(r"(^|_)kind$|^parties$|^hops$|^weakest$|^confidence$")


def readable(
    columns: Sequence[Column], rows: Sequence[Row]
) -> tuple[list[Column], list[dict[str, Any]], list[str]]:
    """Columns and rows for people; and the names of the columns that are left out since no row has anything in them.

    Keys of statements are no column, nor is an entity beside its name. `X_low` and `X_high` are one column `X`, and
    `low` and `high` one column `value`; sums of money are short; `X_by` whose unit is `why` are one column `why`,
    a tuple of reasons.
    """
    shown = [c for c in columns if c.type != "edge" and not _named(c, columns)]
    cells: dict[str, Callable[[Row], Any]] = {c.name: _value(c) for c in shown}
    for column in columns:
        stem = _stem(column, columns)
        if stem is not None:
            name = _called(stem, columns)
            shown = _merged(shown, stem, name, columns)
            cells[name] = _interval(stem, name, columns)
    because = [c.name for c in shown if c.name.endswith("_by") and c.unit.startswith("why")]
    if because:
        shown = [c for c in shown if c.name not in because]
        shown.append(Column("why", "reasons"))
        cells["why"] = lambda row: _why(row, because)
    records = [{c.name: cells[c.name](row) for c in shown} for row in rows]
    empty = [c.name for c in shown if records and all(row[c.name] is None for row in records)]
    return [c for c in shown if c.name not in empty], records, empty


def detail(column: Column) -> bool:
    """Whether a column gives way where there is little room: kinds, counts of ties, lengths and confidences."""
    return _DETAIL.search(column.name) is not None


def _named(column: Column, columns: Sequence[Column]) -> bool:
    return column.type == "entity" and any(c.name == f"{column.name}_name" for c in columns)


def _value(column: Column) -> Callable[[Row], Any]:
    name = column.name
    if column.type == "double" and column.unit.startswith("USD"):
        return lambda row: None if row[name] is None else money_text(row[name])
    return lambda row: row[name]


def _stem(column: Column, columns: Sequence[Column]) -> str | None:
    """What is before `low` in the name of the lower end of an interval; None where it is none."""
    if column.type not in _NUMBERS or not re.search("(^|_)low$", column.name):
        return None
    stem = column.name.removesuffix("low").removesuffix("_")
    names = {c.name for c in columns if c.type in _NUMBERS}
    return stem if _end(stem, "high") in names else None


def _end(stem: str, end: str) -> str:
    return f"{stem}_{end}" if stem else end


def _called(stem: str, columns: Sequence[Column]) -> str:
    """What an interval is called: as its stem, unless that is the name of something else."""
    other = any(c.name == stem and c.type not in _NUMBERS for c in columns)
    return f"{stem}_share" if other else stem or "value"


def _merged(
    shown: Sequence[Column], stem: str, name: str, columns: Sequence[Column]
) -> list[Column]:
    """The columns with the two ends of an interval as one, where the first of the three stands."""
    ends = {_end(stem, "low"), _end(stem, "high"), name}
    unit = next(c.unit for c in columns if c.name == _end(stem, "low")).partition(",")[0]
    first = next(nth for nth, c in enumerate(shown) if c.name in ends)
    before = [c for c in shown[:first] if c.name not in ends]
    after = [c for c in shown[first:] if c.name not in ends]
    return [*before, Column(name, "interval", unit), *after]


def _interval(stem: str, name: str, columns: Sequence[Column]) -> Callable[[Row], str | None]:
    low, high = _end(stem, "low"), _end(stem, "high")
    middle = name if any(c.name == name for c in columns) else None

    def text(row: Row) -> str | None:
        bounds = _bounds(row[low], row[high])
        value = None if middle is None else row[middle]
        if value is None:
            return bounds
        shown = short(value)
        return shown if bounds in {None, shown} else f"{shown} ({bounds})"

    return text


def _bounds(low: float | None, high: float | None) -> str | None:
    if low is None and high is None:
        return None
    ends = [e for e in (low, high) if e is not None]
    if all(isinstance(e, float) and 0 <= e <= 1 for e in ends):
        return interval_text(low, high)
    if low is None or high is None:
        return f"at least {short(low)}" if high is None else f"up to {short(high)}"
    return short(low) if short(low) == short(high) else f"{short(low)}–{short(high)}"


def _why(row: Row, because: Sequence[str]) -> tuple[str, ...] | None:
    """The reasons of a row, each with its power."""
    reasons = {name.removesuffix("_by"): row[name] for name in because if row[name]}
    words = [f"{p}: {r}" if p in POWERS else str(r) for p, r in reasons.items()]
    return tuple(words) or None


def short(value: object) -> str:
    """A value as a reader wants it: yes and no, three figures, thousands apart."""
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, tuple):
        return "; ".join(value)
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)
