"""How many use it, in sentences: of each sort of count the greatest of the latest, and how it grew."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import listed, percent

__all__ = ["sentence"]

_NAMED: Final = 3
_SORTS: Final = {
    "dependents": "public repositories that name it",
    "downloads": "downloads a month",
    "respondents": "respondents who use it",
}

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The answer in sentences; counts of different sorts and publishers are told apart."""
    if not rows:
        return f"No count of who uses {parameters['framework'] or 'anything'} is published."
    series: dict[tuple[str, str], dict[str, list[Row]]] = collections.defaultdict(dict)
    for row in rows:
        key = row["what"], row["counter_name"]
        series[key].setdefault(row["framework_name"], []).append(row)
    parts = [_sort(what, counter, every) for (what, counter), every in sorted(series.items())]
    frameworks = len({row["framework"] for row in rows})
    of = f" of {frameworks} frameworks" if frameworks > 1 else ""
    return f"{len(rows):,} published counts of use{of}. {' '.join(parts)}"


def _sort(what: str, counter: str, every: Mapping[str, Sequence[Row]]) -> str:
    """One sort of count by one publisher: the greatest latest values, each with its first."""
    ends = {name: _ends(some) for name, some in every.items()}
    first = sorted(ends, key=lambda name: (-ends[name][1][1], name))
    told = listed((f"{name} {_grown(what, *ends[name])}" for name in first), _NAMED)
    return f"{_SORTS[what].capitalize()}, by {counter}: {told}."


def _ends(rows: Sequence[Row]) -> tuple[tuple[datetime.date, float], tuple[datetime.date, float]]:
    points = sorted((row["day"], row["value"]) for row in rows if row["day"] is not None)
    points = points or [(datetime.date.min, row["value"]) for row in rows]
    return points[0], points[-1]


def _grown(
    what: str, before: tuple[datetime.date, float], after: tuple[datetime.date, float]
) -> str:
    def text(point: tuple[datetime.date, float]) -> str:
        value = percent(point[1]) if what == "respondents" else f"{point[1]:,.0f}"
        return value if point[0] == datetime.date.min else f"{value} ({point[0]:%Y-%m})"

    return text(after) if before == after else f"{text(before)} to {text(after)}"
