#: id: Q08
#: summary: How concentrated is the work on a framework, or on each?
#: description: >
#:   Shares in the commits of a window, from the employers known for each month; firms under one topmost sure owner are
#:   one party, by the name of the one that does most. Of one framework, a row per party; of all, a row per framework
#:   and whoever leads, so a tie for the lead gives several. Low and high bound what the unknown commits can change: all
#:   of them the party's, or none. Of several counts the largest is taken; where there is none, what is published.
#: tags: [ospo]
#: params:
#:   framework: {type: entity, kinds: [Framework], example: deepspeed, default: "", about: "one framework; empty = all"}
#:   window: {type: string, example: all, default: all, pattern: "all|[0-9]{4}", about: "`all`, or a year such as 2025"}
#: columns:
#:   - {name: framework, type: entity, unit: ""}
#:   - {name: framework_name, type: string, unit: ""}
#:   - {name: commits, type: integer, unit: "commits, automation left out; null = published shares"}
#:   - {name: until, type: string, unit: "month of the last commit counted"}
#:   - {name: coverage, type: double, unit: "fraction of the commits with a known employer"}
#:   - {name: top, type: entity, unit: "who leads; of one framework, each"}
#:   - {name: top_name, type: string, unit: ""}
#:   - {name: top_low, type: double, unit: "fraction of the commits"}
#:   - {name: top_high, type: double, unit: "fraction of the commits"}
#:   - {name: hhi_low, type: double, unit: "0 to 1, sum of squared shares"}
#:   - {name: hhi_high, type: double, unit: "0 to 1"}
#:   - {name: elephant_low, type: integer, unit: "parties that together do half of the work"}
#:   - {name: elephant_high, type: integer, unit: "parties"}
#:   - {name: organisations, type: integer, unit: "organisations listed"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [elephant_high, top_low desc, top_high desc, framework, top]
#: reading: >
#:   An elephant factor of 1 is red: one party does half of the work. Above 0.18 the index is called highly concentrated
#:   (US merger guidelines 2023). Below a coverage of 0.7 only the interval means anything. Both ends of the index lack
#:   the organisations that the counts do not list (below 1 %), so they are slightly low. A university is often one
#:   student.
#: since: "0.1"
"""How concentrated the work is: shares by party, the elephant factor, the index of squared shares."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from ..graph.wording import counted, interval_text, listed, percent
from ..measures.concentration import elephant_factor, herfindahl
from ..state.work import COLUMNS, SHARE, WorkShare, leading, shares_of_work
from .view import Found, Measure, View

__all__ = ["answer"]

_HALF: Final = 0.5
_NAMED: Final = 4
_DIGITS: Final = 9
_OLD: Final = 2 * 365

Row = dict[str, Any]


def answer(view: View, framework: str, window: str) -> Found:
    """One row per party of a framework, or per framework and whoever leads on it."""
    statements = [
        row
        for row in view.rows(SHARE, *COLUMNS[4:], "elephant_low", "elephant_high")
        if row["window"] == window and row["target"] == (framework or row["target"])
    ]
    shares = {
        artefact: _best(list(some))
        for artefact, some in itertools.groupby(
            shares_of_work(statements, view.groups), lambda share: share.artefact
        )
    }
    factors: dict[str, list[Row]] = {}
    for row in statements:
        factors.setdefault(row["target"], []).append(row)
    rows = [
        _row(view, share, shares[artefact], factors[artefact])
        for artefact in shares
        for share in (shares[artefact] if framework else _leaders(shares[artefact]))
    ]
    rows.sort(key=_order)
    sentence = _one(view, framework, window, shares, rows) if framework else _all(rows, window)
    return Found(rows, sentence, _measures(rows) if framework else ())


def _best(shares: Sequence[WorkShare]) -> list[WorkShare]:
    """What is counted; where nothing is, what is published."""
    return [s for s in shares if s.counted] or list(shares)


def _leaders(shares: Sequence[WorkShare]) -> list[WorkShare]:
    most = max(share.low for share in shares)
    return [share for share in shares if share.low == most]


def _order(row: Row) -> tuple[Any, ...]:
    high = math.inf if row["elephant_high"] is None else row["elephant_high"]
    return high, -row["top_low"], -row["top_high"], row["framework"], row["top"]


def _row(view: View, share: WorkShare, every: Sequence[WorkShare], counts: Sequence[Row]) -> Row:
    unknown = None if share.coverage is None else max(0.0, 1.0 - share.coverage)
    low, high = herfindahl([s.low for s in every], 1.0 if unknown is None else unknown)
    least, most = _elephant(every, unknown, [c for c in counts if c["total"] == share.total])
    return {
        "framework": share.artefact,
        "framework_name": view.name(share.artefact),
        "commits": share.total,
        "until": None if share.until is None else f"{share.until:%Y-%m}",
        "coverage": share.coverage,
        "top": share.organisations[0],
        "top_name": view.name(share.organisations[0]),
        "top_low": share.low,
        "top_high": share.high,
        "hhi_low": low,
        "hhi_high": min(1.0, high),
        "elephant_low": least,
        "elephant_high": most,
        "organisations": sum(len(s.organisations) for s in every),
        "edge": " ".join(share.keys),
    }


def _elephant(
    shares: Sequence[WorkShare], unknown: float | None, counts: Sequence[Row]
) -> tuple[int | None, int | None]:
    """Least number of parties with half of the work: with all that is unknown at the first, and with none of it.

    A count that saw every commit has both ends by organisation; joined firms can only lower them.
    """
    sure = _enough([s.low for s in shares])
    hoped = None
    if unknown is not None and shares:
        first, *others = sorted((s.low for s in shares), reverse=True)
        hoped = _enough([first + unknown, *others])
    stated = [c["elephant_low"] for c in counts if c["elephant_low"] is not None]
    worst = [c["elephant_high"] for c in counts if c["elephant_high"] is not None]
    lows = [hoped] if hoped is not None else stated[:1]
    highs = [n for n in (sure, *worst[:1]) if n is not None]
    return min(lows, default=None), min(highs, default=None)


def _enough(shares: Sequence[float]) -> int | None:
    """How many of the greatest are half of the work together; None where all of them are less."""
    exact = [Fraction(str(round(share, _DIGITS))) for share in shares]
    return elephant_factor(exact, whole=1)


# ---------------------------------------------------------------------- sentences


def _all(rows: Sequence[Row], window: str) -> str:
    if not rows:
        return f"No work is counted for {window!r}."
    half = [row for row in rows if row["top_low"] >= _HALF]
    frameworks = len({row["framework"] for row in rows})
    if not half:
        return f"Of {counted(frameworks, 'framework')}, none is surely half done by one party."
    half.sort(key=lambda row: (-row["top_low"], row["framework"]))
    names = listed(
        dict.fromkeys(f"{row['framework_name']} ({row['top_name']})" for row in half), _NAMED
    )
    count = len({row["framework"] for row in half})
    return f"On {count} of {frameworks} frameworks one party surely does half of the work or more: {names}."


def _one(
    view: View, framework: str, window: str, shares: dict[str, list[WorkShare]], rows: Sequence[Row]
) -> str:
    name = view.name(framework)
    if not rows:
        return f"No work on {name} is counted for {window!r}."
    first = leading(shares[framework])
    ahead = [row for row in rows if row["top_low"] == rows[0]["top_low"]]
    names = listed((row["top_name"] for row in ahead), _NAMED)
    lead = (
        f"{names} leads on {name}"
        if first
        else f"Who leads on {name} is not sure; most is known of {names}"
    )
    top = rows[0]
    each = " each" if len(ahead) > 1 else ""
    work = f"{interval_text(top['top_low'], top['top_high'])}{each} of {_counted(top)}"
    behind = [row for row in rows[len(ahead) :] if row["top_low"] >= 0.01][:3]
    then = ", ".join(
        f"{row['top_name']} {interval_text(row['top_low'], row['top_high'])}" for row in behind
    )
    known = (
        f"Employers are known for {percent(top['coverage'])}; "
        if top["coverage"] is not None
        else "How much of it has a known employer is not stated; "
    )
    until = shares[framework][0].until
    old = until is not None and (view.as_of - until).days > _OLD
    date = f" The count ends in {until:%Y-%m}: what was done since is not in it." if old else ""
    return f"{lead}: {work}{f'; then {then}' if then else ''}. {known}{_half(top)}.{date}"


def _counted(row: Row) -> str:
    until = f" to {row['until']}" if row["until"] else ""
    return (
        f"{row['commits']:,} commits{until}" if row["commits"] else f"the work, as published{until}"
    )


def _half(row: Row) -> str:
    low, high = row["elephant_low"], row["elephant_high"]
    if low is None and high is None:
        return "how many parties do half of it is not counted"
    ends = (
        f"{low}"
        if low == high
        else f"{low or 1} to {high}"
        if high is not None
        else f"{low} or more"
    )
    return f"half of it is done by {ends} {'party' if ends == '1' else 'parties'}"


def _measures(rows: Sequence[Row]) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            f"share of {row['top_name']}",
            None,
            "fraction of the commits",
            low=row["top_low"],
            high=row["top_high"],
            n=row["commits"],
            coverage=row["coverage"],
        )
        for row in rows[:2]
    )
