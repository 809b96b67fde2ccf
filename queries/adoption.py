"""Published counts of use in a sentence: the latest, and by how much it grew, each sort by itself."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed

__all__ = ["sentence"]

_WORDS: Final = {
    "dependents": "public dependents",
    "downloads": "downloads a month",
    "respondents": "of those who answered",
}

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """Of one framework each sort of count; of all, those with most dependents, as one counter counts them over time."""
    name = parameters["framework"]
    if not rows:
        return f"No count of use{f' of {name}' if name else ''} is published."
    series: dict[tuple[str, str, str], list[Row]] = collections.defaultdict(list)
    for row in rows:
        if row["day"] is not None and row["value"] is not None:
            series[row["framework"], row["what"], row["counter_name"]].append(row)
    for counts in series.values():
        counts.sort(key=lambda r: r["day"])
    if name:
        order = sorted(
            series.items(), key=lambda s: (list(_WORDS).index(s[0][1]), -len(s[1]), s[0])
        )
        return (
            f"{name}: {'; '.join(_one(counts) for _, counts in order[:3])}."
            if order
            else f"{name}: no count is dated."
        )
    grown = [
        counts
        for (_, what, _), counts in series.items()
        if what == "dependents" and len(counts) > 1 and counts[0]["value"]
    ]
    lead = (
        f"{counted(len({r['framework'] for r in rows}), 'framework')} have published counts of use"
    )
    if not grown:
        return f"{lead}; of none two counts of dependents show how it grew."
    grown.sort(key=lambda counts: (-counts[-1]["value"], counts[0]["framework"]))
    shown = (f"{counts[-1]['framework_name']} {_growth(counts)}" for counts in grown)
    return f"{lead}. Most public dependents: {listed(shown, 3)}."


def _one(counts: Sequence[Row]) -> str:
    last = counts[-1]
    value = f"{last['value']:.0%}" if last["what"] == "respondents" else f"{last['value']:,.0f}"
    before = f", {_times(counts)}" if len(counts) > 1 else ""
    return (
        f"{value} {_WORDS[last['what']]} at {last['day']}{before}, as {last['counter_name']} counts"
    )


def _growth(counts: Sequence[Row]) -> str:
    return f"{counts[-1]['value']:,.0f} ({counts[-1]['day']}, {_times(counts)})"


def _times(counts: Sequence[Row]) -> str:
    """`12 times those of 2020-01-23`; a fall is told as one."""
    first, last = counts[0], counts[-1]
    if last["what"] == "respondents":
        return f"after {first['value']:.0%} at {first['day']}"
    if not first["value"]:
        return f"after none at {first['day']}"
    times = last["value"] / first["value"]
    return f"{times:.3g} times those of {first['day']}"
