#: id: Q25
#: summary: What changed between two dates, and which measures broke trend at which event?
#: description: >
#:   Three sorts of rows. `control`: edges that carry votes, rights or structure and were added, ended or changed
#:   strength. `measure`: shares of work of an organisation whose intervals in the years of the two dates do not
#:   overlap. `trend`: the share of the leading organisation of a framework by year, up to the later date: Theil–Sen
#:   slope and Mann–Kendall p; and where a framework came under an institution in those years, the change of level at
#:   it (randomisation test).
#: tags: [ospo, regulator, investor, cto, researcher]
#: params:
#:   before: {type: string, example: "2022-09-01", about: the earlier date}
#:   after: {type: string, example: "2022-10-01", default: "", about: "the later date; empty = the date that is asked"}
#:   around: {type: entity, example: pytorch, default: "",
#:     about: "only what touches this entity, or one beside it; empty = all"}
#: columns:
#:   - {name: sort, type: string, unit: "control, measure or trend"}
#:   - {name: what, type: string, unit: "added, ended, changed, moved, rises, falls or broke"}
#:   - {name: source, type: entity, unit: ""}
#:   - {name: source_name, type: string, unit: ""}
#:   - {name: target, type: entity, unit: ""}
#:   - {name: target_name, type: string, unit: ""}
#:   - {name: detail, type: string, unit: ""}
#:   - {name: from, type: double, unit: "strength or share, 0 to 1"}
#:   - {name: to, type: double, unit: "strength or share, 0 to 1"}
#:   - {name: p, type: double, unit: "probability by chance"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [sort, what, source, target, edge]
#: reading: >
#:   Judge an event within two quarters of it. Shares whose coverage changed move for that reason alone: only
#:   intervals that part count. Many trends are tried, so a single p below 0.05 proves nothing.
#: since: "0.2"
"""Change between two dates."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from ..control.trend import interrupted, trend
from ..errors import UsageError
from ..graph.change import changes
from ..graph.schema import Partial
from .view import Found, Measure, View, listed

if TYPE_CHECKING:
    from ..graph.state import State

__all__ = ["answer"]

_CHANNELS: Final = frozenset({"V", "G", "S"})
_MOVED: Final = 0.05


def answer(view: View, before: str, after: str, around: str) -> Found:
    """Rows of control, of measures and of trends."""
    first, last = _day(before, "before"), _day(after, "after") if after else view.as_of
    if first > last:
        raise UsageError(f"{first} is after {last}", where="parameter before", hint="swap them")
    old, new = view.at(first), view.at(last)
    wanted = _beside(view, (old, new), around) if around else None
    control = _control(view, old, new, wanted)
    moved = _moved(view, (old, first), (new, last), wanted)
    trends = _trends(view, new, last, wanted)
    rows = [*control, *moved, *trends]
    counts = collections.Counter(r[1] for r in control)
    told = ", ".join(f"{n} {what}" for what, n in sorted(counts.items())) or "none changed"
    said = (
        f"Between {first} and {last}, of the edges of votes, rights and structure {told}; "
        f"{len(moved)} shares of work moved beyond their intervals."
    )
    if control:
        said += (
            f" New: {listed(f'{r[3]} → {r[5]}' for r in control if r[1] == 'added') or 'nothing'}."
        )
    measures = (
        Measure("control edges changed", len(control), "edges"),
        Measure("shares moved beyond their interval", len(moved), "shares"),
    )
    unknown = ("edges without dates stand in both states",)
    return Found(rows, said, measures, unknown)


def _day(text: str, name: str) -> datetime.date:
    try:
        found = Partial.read(text)
    except ValueError as error:
        hint = "write a date like 2022-09-14"
        raise UsageError(str(error), where=f"parameter {name}", hint=hint) from None
    if found is None:
        raise UsageError("no date", where=f"parameter {name}", hint="write a date like 2022-09-14")
    return found.date


def _beside(view: View, states: Collection[State], around: str) -> set[str]:
    """An entity and what it is tied to by votes, rights or structure, in either state."""
    found = {around}
    for state in states:
        for row in state.edges("CONTROLS", ["source", "target", "channel"]).to_pylist():
            if row["channel"] in _CHANNELS and around in (row["source"], row["target"]):
                found |= {row["source"], row["target"]}
    return found


def _control(view: View, old: State, new: State, wanted: set[str] | None) -> list[tuple[Any, ...]]:
    strengths: list[dict[str, Any]] = [
        {
            r["key"]: r
            for r in state.edges(
                "CONTROLS", ["key", "source", "target", "channel", "strength", "relation"]
            ).to_pylist()
        }
        for state in (old, new)
    ]
    rows = []
    for change in changes(old, new, computed=True):
        if change.relation != "CONTROLS":
            continue
        one, other = (s.get(change.key) for s in strengths)
        told = other or one
        if told is None or told["channel"] not in _CHANNELS:
            continue
        if wanted is not None and wanted.isdisjoint({change.source, change.target}):
            continue
        values = (one and one["strength"], other and other["strength"])
        if change.what == "changed" and values[0] == values[1]:
            continue
        ends = (change.source, view.name(change.source), change.target, view.name(change.target))
        detail = f"{told['relation']}, channel {told['channel']}"
        rows.append(("control", change.what, *ends, detail, *values, None, change.key))
    return sorted(rows, key=lambda r: (r[1], r[2], r[4], r[10]))


def _shares(state: State) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Shares by organisation, framework and window; of several counts the largest."""
    columns = ["source", "target", "window", "total", "share", "low", "high", "key", "status"]
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in state.edges("CONTRIBUTION_SHARE", columns).to_pylist():
        place = (row["source"], row["target"], row["window"])
        if row["status"] == "current" and (row["total"] or 0) > (
            found.get(place, {}).get("total") or -1
        ):
            found[place] = row
    return found


def _moved(
    view: View,
    before: tuple[State, datetime.date],
    after: tuple[State, datetime.date],
    wanted: set[str] | None,
) -> list[tuple[Any, ...]]:
    (old, first), (new, last) = before, after
    if first.year == last.year:
        return []
    shares = _shares(new)
    earlier = shares | _shares(old)
    rows = []
    for (source, target, window), row in sorted(shares.items()):
        past = earlier.get((source, target, str(first.year)))
        if window != str(last.year) or past is None or None in (row["low"], past["low"]):
            continue
        if wanted is not None and wanted.isdisjoint({source, target}):
            continue
        if row["low"] > past["high"] or row["high"] < past["low"]:
            detail = f"share of the commits of {first.year} and {last.year}"
            ends = (source, view.name(source), target, view.name(target))
            rows.append(
                ("measure", "moved", *ends, detail, past["share"], row["share"], None, row["key"])
            )
    return rows


def _trends(
    view: View, new: State, last: datetime.date, wanted: set[str] | None
) -> list[tuple[Any, ...]]:
    by: dict[str, dict[int, dict[str, Any]]] = collections.defaultdict(dict)
    for (_, target, window), row in sorted(_shares(new).items()):
        if window != "all" and int(window) < last.year and row["share"] is not None:
            former = by[target].get(int(window))
            if former is None or row["share"] > former["share"]:
                by[target][int(window)] = row
    housed = _housed(new)
    rows = []
    for framework, years in sorted(by.items()):
        if wanted is not None and framework not in wanted:
            continue
        span = sorted(years)
        values = [years[y]["share"] for y in span]
        found = trend(values)
        ends = (None, None, framework, view.name(framework))
        if found is not None and found.p < _MOVED:
            what = "rises" if found.slope > 0 else "falls"
            detail = f"share of the leading organisation, {span[0]} to {span[-1]}: {found.slope:+.3f} a year"
            rows.append(("trend", what, *ends, detail, values[0], values[-1], float(found.p), None))
        event = housed.get(framework)
        if event and event.year in span:
            broken = interrupted(values, span.index(event.year))
            if broken is not None:
                detail = f"level of that share at {event} (came under an institution): {broken.level:+.3f}"
                rows.append(("trend", "broke", *ends, detail, None, None, float(broken.p), None))
    return rows


def _housed(state: State) -> dict[str, datetime.date]:
    """First day on which an institution governs a framework."""
    found: dict[str, datetime.date] = {}
    for row in state.edges("GOVERNS", ["source_kind", "target", "valid_from"]).to_pylist():
        if row["source_kind"] == "Institution" and row["valid_from"]:
            found[row["target"]] = min(
                row["valid_from"], found.get(row["target"], row["valid_from"])
            )
    return found
