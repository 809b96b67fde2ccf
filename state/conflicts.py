"""Statements that contradict each other on some day, with the sources of each. Nothing is mended: both stay.

Looked at is the whole snapshot with all its dates, and not the state of one day.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from ..graph.schema import schema
from ..graph.snapshot import Snapshot
from ..graph.table_file import column_names
from .state import ENDS

__all__ = ["Conflict", "conflicts"]

Row = Mapping[str, Any]

_EXCLUSIVE: Final = (
    ("OFFERS", "exclusive", "target", "source", ()),
    ("SUPPLIES", "sole", "target", "source", ("part",)),
    ("USES", "exclusive", "source", "target", ("target_kind",)),
)
"""Relation, the property that leaves room for no other, the end that it is about, the end of which there is one, and
what must be equal for two statements to be about the same thing."""

_BORN: Final = ("created", "released")
_ACTS: Final = ("GOVERNS", "OFFERS", "RUNS_ON", "IMPLEMENTS", "DEPENDS_ON")
_TOLERANCE: Final = 1e-6
_FIRST, _LAST = datetime.date.min, datetime.date.max


@dataclasses.dataclass(frozen=True, slots=True)
class Conflict:
    """Statements that cannot all hold.

    Attributes:
        conflict: `exclusive`, `rights`, `votes`, `value` or `date`.
        about: The entity that they are about.
        detail: What they say.
        sources: Who says it: loader and label, each once.
        edge: Keys of the statements, separated by blanks; empty where they describe an entity.
    """

    conflict: str
    about: str
    detail: str
    sources: str
    edge: str = ""


def conflicts(snapshot: Snapshot) -> Iterator[Conflict]:
    """All contradictions in a snapshot, by their sort.

    Two that are each stated to be the only one, or one beside another; two holders of all rights at one time; votes
    that sum to more than all of them on a day; values of an entity that sources state differently; dates that disagree
    with those of the entity.
    """
    yield from _exclusives(snapshot)
    yield from _rights(snapshot)
    yield from _votes(snapshot)
    yield from _values(snapshot)
    yield from _dates(snapshot)


def _rows(snapshot: Snapshot, relation: str, *more: str) -> list[Row]:
    """The statements of a relation that nobody disputes."""
    if relation not in snapshot.edges:
        return []
    wanted = [*ENDS, "key", "partition", "status", "valid_from", "valid_to", *more]
    columns = column_names(snapshot.file(relation))
    there = [name for name in wanted if name in columns]
    rows = snapshot.table(relation, there).to_pylist()
    return [r for r in rows if r["status"] == "current"]


def _overlap(*rows: Row) -> tuple[datetime.date, datetime.date] | None:
    """First day on which all hold, and first on which they no longer do; None where there is none."""
    first = max(r["valid_from"] or _FIRST for r in rows)
    last = min(r["valid_to"] or _LAST for r in rows)
    return (first, last) if first < last else None


def _when(span: tuple[datetime.date, datetime.date]) -> str:
    first, last = span
    since = f" from {first}" if first != _FIRST else ""
    return since + (f" until {last}" if last != _LAST else "")


def _conflict(sort: str, about: str, detail: str, rows: Sequence[Row]) -> Conflict:
    sources = ", ".join(dict.fromkeys(sorted(str(r["partition"]) for r in rows)))
    keys = " ".join(dict.fromkeys(str(r["key"]) for r in rows))
    return Conflict(sort, about, detail, sources, keys)


def _by(rows: Iterable[Row], *names: str) -> Iterator[list[Row]]:
    """Rows with equal values, together."""

    def place(row: Row) -> tuple[str, ...]:
        return tuple(str(row.get(name)) for name in names)

    for _, some in itertools.groupby(sorted(rows, key=place), key=place):
        yield list(some)


def _exclusives(snapshot: Snapshot) -> Iterator[Conflict]:
    above = _above(snapshot)
    for relation, only, about, one, same in _EXCLUSIVE:
        for rows in _by(_rows(snapshot, relation, only, *same), about, *same):
            met: set[frozenset[str]] = set()
            for row, other in itertools.product(rows, rows):
                pair = frozenset((row[one], other[one]))
                span = _overlap(row, other)
                if not row.get(only) or pair in met or span is None:
                    continue
                if _top(row[one], above) == _top(other[one], above):
                    continue
                met.add(pair)
                both = "each" if other.get(only) else "the first"
                detail = f"{row[one]} and {other[one]} {relation}{_when(span)}, {both} stated to be {only}"
                yield _conflict("exclusive", row[about], detail, (row, other))


def _above(snapshot: Snapshot) -> dict[str, str]:
    """Who provides, holds or has most of the votes in something: one step up."""
    rows = _rows(snapshot, "PROVIDES")
    rows += [r for r in _rows(snapshot, "OWNS", "votes") if (r["votes"] or 0) > 0.5]
    found = {r["target"]: r["source"] for r in rows}
    return found | {r["source"]: r["target"] for r in _rows(snapshot, "PART_OF")}


def _top(entity: str, above: Mapping[str, str]) -> str:
    seen: set[str] = set()
    while entity in above and entity not in seen:
        seen.add(entity)
        entity = above[entity]
    return entity


def _rights(snapshot: Snapshot) -> Iterator[Conflict]:
    every = len(
        next(p.choices for p in schema().relations["GOVERNS"].properties if p.name == "rights")
    )
    whole = [
        r for r in _rows(snapshot, "GOVERNS", "rights") if len(set(r["rights"] or ())) == every
    ]
    for rows in _by(whole, "target"):
        met: set[frozenset[str]] = set()
        for row, other in itertools.combinations(rows, 2):
            pair, span = frozenset((row["source"], other["source"])), _overlap(row, other)
            if span is not None and len(pair) > 1 and pair not in met:
                met.add(pair)
                names = " and ".join(sorted(pair))
                detail = f"{names} each have all rights{_when(span)}"
                yield _conflict("rights", row["target"], detail, (row, other))


def _votes(snapshot: Snapshot) -> Iterator[Conflict]:
    known = [r for r in _rows(snapshot, "OWNS", "votes") if r["votes"] is not None]
    for rows in _by(known, "target"):
        days = sorted({r["valid_from"] or _FIRST for r in rows})
        for day in days:
            held: dict[str, Row] = {}
            for row in rows:
                if (row["valid_from"] or _FIRST) <= day < (row["valid_to"] or _LAST):
                    best = held.get(row["source"])
                    held[row["source"]] = row if not best or row["votes"] > best["votes"] else best
            total = math.fsum(r["votes"] for r in held.values())
            if total > 1 + _TOLERANCE:
                since = f" on {day}" if day != _FIRST else ""
                detail = f"votes sum to {total:g}{since}: {', '.join(sorted(held))}"
                yield _conflict("votes", rows[0]["target"], detail, list(held.values()))
                break


def _values(snapshot: Snapshot) -> Iterator[Conflict]:
    """Values of which there is one, and of which two sources state two."""
    for kind in snapshot.nodes:
        compared = [
            p.name
            for p in schema().node_properties(kind)
            if not p.list and p.name != "stub" and (p.choices or p.type in {"boolean", "date"})
        ]
        if not compared:
            continue
        table = snapshot.statements(kind)
        wanted = [name for name in compared if name in table.column_names]
        rows = table.select(["entity", "partition", *wanted]).to_pylist()
        yields = {p.name: p.yields for p in schema().node_properties(kind)}
        for some in _by(rows, "entity"):
            for name in wanted if len(some) > 1 else ():
                said: dict[str, Row] = {}
                for row in some:
                    text = str(row[name])
                    if row[name] is not None and text.lower() != yields[name]:
                        said.setdefault(text, row)
                if len(said) > 1:
                    words = ", ".join(f"{text} ({row['partition']})" for text, row in said.items())
                    sources = ", ".join(sorted({str(r["partition"]) for r in said.values()}))
                    entity = str(some[0]["entity"])
                    yield Conflict("value", entity, f"{name} is {words}", sources)


def _dates(snapshot: Snapshot) -> Iterator[Conflict]:
    """What an entity did, or was made, before or beside the day that it states of itself."""
    born = _born(snapshot)
    for relation in _ACTS:
        for row in _rows(snapshot, relation):
            for end in ("source", "target"):
                day = born.get(row[end])
                if day and row["valid_to"] and row["valid_to"] <= day:
                    detail = f"{relation} {row['target']} ended {row['valid_to']}, before {row[end]} was there: {day}"
                    yield _conflict("date", row[end], detail, (row,))
    for row in _rows(snapshot, "CREATED", "valid_from_precision"):
        day, stated = born.get(row["target"]), row["valid_from"]
        digits = {"year": 4, "month": 7}.get(str(row.get("valid_from_precision")), 10)
        digits = min(digits, _digits(day)) if day else digits
        if day and stated and str(stated)[:digits] > str(day)[:digits]:
            when = str(stated)[:digits]
            detail = f"{row['source']} made it in {when}, after it was there: {str(day)[:digits]}"
            yield _conflict("date", row["target"], detail, (row,))


def _digits(day: datetime.date) -> int:
    """How much of a date without precision is sure: the first of a month may stand for it, and that of a year too."""
    return 10 if day.day > 1 else 7 if day.month > 1 else 4


def _born(snapshot: Snapshot) -> dict[str, datetime.date]:
    found: dict[str, datetime.date] = {}
    for kind in snapshot.nodes:
        names = {p.name for p in schema().node_properties(kind)}
        for name in names.intersection(_BORN):
            rows = snapshot.table(kind, ["id", name]).to_pylist()
            found |= {row["id"]: row[name] for row in rows if row[name] is not None}
    return found
