"""Whose work an artefact is: one interval per owner group, out of the shares that are counted or published.

A share is *counted* where commits were attributed to employers (method `computed`), else *published*: somebody states
it, by a definition of their own, which is in the note. The two are never added up.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

__all__ = ["COLUMNS", "SHARE", "WorkShare", "leading", "shares_of_work"]

COLUMNS: Final = (
    *("source", "target", "key", "status", "method"),
    *("window", "total", "share", "low", "high", "coverage", "valid_from"),
)
"""What is read of a CONTRIBUTION_SHARE."""

SHARE: Final = "CONTRIBUTION_SHARE"
"""The relation that holds shares of work."""

_EVERYTHING: Final = "all"
_HALF: Final = 0.5

Row = Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class WorkShare:
    """The share of an owner group in the work on one artefact.

    Attributes:
        artefact: Its id.
        group: Topmost sure owner of the organisations; an organisation without one stands for itself.
        low: Known to be theirs, [0, 1]: the sum over the organisations. No unknown commit is in it.
        high: If all of the unknown part is theirs too, at most 1.
        coverage: Part of the work whose employer is known; None = not stated.
        window: `all`, or a year.
        organisations: Ids of those that are summed, who does most first.
        keys: Of the statements behind it.
        counted: From commits; False: as published.
        total: Commits of the count, automation left out; None = not stated.
        until: Beginning of the last month that was counted; None = not stated.
    """

    artefact: str
    group: str
    low: float
    high: float
    coverage: float | None
    window: str
    organisations: tuple[str, ...]
    keys: tuple[str, ...]
    counted: bool
    total: int | None
    until: datetime.date | None = None


def shares_of_work(rows: Iterable[Row], group: Mapping[str, str]) -> list[WorkShare]:
    """One interval per artefact and owner group.

    Counted shares go first. Published ones are used where nothing is counted, and beside a count that knows the
    employer of less than half of the work. The window is `all` where there is one, else the latest year; of several
    counts of one artefact the one with the greatest total is taken. Published shares have the window of their own
    group, since each source has its own.

    Args:
        rows: CONTRIBUTION_SHARE at one date, with `COLUMNS`; what is disputed is left out.
        group: Owner by organisation; who is not in it stands for themselves.

    Returns:
        By artefact; then counted before published; then the greater share first.
    """
    counted: dict[str, list[Row]] = collections.defaultdict(list)
    published: dict[str, list[Row]] = collections.defaultdict(list)
    for row in rows:
        if row["status"] == "current" and _bounds(row) is not None:
            (counted if row["method"] == "computed" else published)[row["target"]].append(row)
    shares: list[WorkShare] = []
    for artefact in sorted({*counted, *published}):
        count = _counted(artefact, counted.get(artefact, ()), group)
        shares += count
        if not count or (count[0].coverage or 0.0) < _HALF:
            shares += _published(artefact, published.get(artefact, ()), group)
    return shares


def leading(shares: Sequence[WorkShare]) -> WorkShare | None:
    """Who surely does more than anybody else; None where what is not known could change that.

    Its least share exceeds the most that any other group, and that all who are not listed together, could have.

    Args:
        shares: Of one artefact, all counted or all published.
    """
    if not shares:
        return None
    first = max(shares, key=lambda s: s.low)
    others = [s.high for s in shares if s is not first]
    unlisted = 1.0 - math.fsum(s.low for s in shares)
    return first if first.low > max([*others, unlisted]) else None


def _bounds(row: Row) -> tuple[float, float] | None:
    """The interval that one statement gives; None where it states no share."""
    share, low, high = row["share"], row["low"], row["high"]
    if share is None and low is None and high is None:
        return None
    least = low if low is not None else share if share is not None else 0.0
    most = high if high is not None else share if low is None else 1.0
    return least, max(least, most)


def _newest(rows: Sequence[Row]) -> list[Row]:
    """Those of the window `all`, else of the latest year; of these, those with the greatest total."""
    windows = {row["window"] for row in rows}
    window = _EVERYTHING if _EVERYTHING in windows else max(windows)
    rows = [row for row in rows if row["window"] == window]
    total = max(row["total"] or 0 for row in rows)
    return [row for row in rows if (row["total"] or 0) == total]


def _by_group(rows: Iterable[Row], group: Mapping[str, str]) -> dict[str, list[Row]]:
    members: dict[str, list[Row]] = collections.defaultdict(list)
    for row in rows:
        members[group.get(row["source"], row["source"])].append(row)
    return members


def _counted(artefact: str, rows: Sequence[Row], group: Mapping[str, str]) -> list[WorkShare]:
    if not rows:
        return []
    rows = _newest(rows)
    covered = [row["coverage"] for row in rows if row["coverage"] is not None]
    members = _by_group(rows, group)
    known = {owner: _most(values) for owner, values in members.items()}
    # Where no coverage is stated, what is listed is the least that is known.
    listed = min(1.0, math.fsum(v for values in known.values() for v in values.values()))
    coverage = min(covered) if covered else listed
    return _sorted(
        _share(artefact, owner, values, known[owner], coverage, counted=True)
        for owner, values in members.items()
    )


def _most(rows: Iterable[Row]) -> dict[str, float]:
    """The known share of each organisation; of equal counts that differ, the greater."""
    known: dict[str, float] = {}
    for row in rows:
        least, _ = _bounds(row) or (0.0, 0.0)
        known[row["source"]] = max(known.get(row["source"], 0.0), least)
    return known


def _share(
    artefact: str,
    owner: str,
    rows: Sequence[Row],
    known: Mapping[str, float],
    coverage: float | None,
    *,
    counted: bool,
    high: float | None = None,
) -> WorkShare:
    low = min(1.0, math.fsum(known.values()))
    most = 1.0 - (coverage - low) if coverage is not None else high
    return WorkShare(
        artefact=artefact,
        group=owner,
        low=low,
        high=max(low, min(1.0, most if most is not None else 1.0)),
        coverage=coverage,
        window=rows[0]["window"],
        organisations=tuple(sorted(known, key=lambda o: (-known[o], o))),
        keys=tuple(sorted({row["key"] for row in rows})),
        counted=counted,
        total=rows[0]["total"],
        until=rows[0].get("valid_from"),
    )


def _published(artefact: str, rows: Sequence[Row], group: Mapping[str, str]) -> list[WorkShare]:
    shares = []
    for owner, every in _by_group(rows, group).items():
        newest = _newest(every)
        low: dict[str, float] = {}
        high: dict[str, float] = {}
        for row in newest:  # of several statements on one organisation, what all of them leave open
            least, most = _bounds(row) or (0.0, 1.0)
            organisation = row["source"]
            low[organisation] = min(low.get(organisation, 1.0), least)
            high[organisation] = max(high.get(organisation, 0.0), most)
        covered = [row["coverage"] for row in newest if row["coverage"] is not None]
        coverage = min(covered) if covered else None
        shares.append(
            _share(
                artefact, owner, newest, low, coverage, counted=False, high=math.fsum(high.values())
            )
        )
    return _sorted(shares)


def _sorted(shares: Iterable[WorkShare]) -> list[WorkShare]:
    return sorted(shares, key=lambda s: (-s.low, -s.high, s.group))
