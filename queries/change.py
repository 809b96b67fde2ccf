#: id: Q25
#: summary: What changed between two dates, and which measures broke trend at which event?
#: description: >
#:   Three sorts of rows. `control`: hops by which somebody decides that were added, ended or changed. `measure`: shares
#:   of work of an organisation whose intervals in the years of the two dates do not overlap. `trend`: the share of the
#:   leading organisation of a framework by year, up to the later date: Theil–Sen slope and Mann–Kendall p; and the
#:   change of its level at events of those years (it came under an institution, its licence changed, its governor was
#:   bought), beside the mean of all other frameworks (randomisation test).
#: tags: [ospo, regulator, investor, cto, researcher]
#: params:
#:   before: {type: string, example: "2022-09-01", default: "",
#:     about: "the earlier date; empty = a year before"}
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
#:   - {name: from, type: double, unit: "least that is known to be decided, or share, 0 to 1"}
#:   - {name: to, type: double, unit: "least that is known to be decided, or share, 0 to 1"}
#:   - {name: p, type: double, unit: "probability by chance"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [sort desc, what, source, target, edge]
#: reading: >
#:   Judge an event within two quarters of it. Shares whose coverage changed move for that reason alone: only intervals
#:   that part count. Many trends are tried, so a single p below 0.05 proves nothing.
#: since: "0.2"
"""Change between two dates."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..errors import UsageError
from ..graph.schema import Partial
from ..graph.wording import interval_text, listed
from ..measures.trend import interrupted, trend
from .view import Found, Measure, Row, View

if TYPE_CHECKING:
    from ..state.state import State

__all__ = ["answer"]

_DECIDES: Final = "decides"
_MOVED: Final = 0.05
_MAJORITY: Final = 0.5


def answer(view: View, before: str, after: str, around: str) -> Found:
    """Rows of control, of measures and of trends."""
    last = _day(after, "after") if after else view.as_of
    first = _day(before, "before") if before else last - datetime.timedelta(days=365)
    if first > last:
        raise UsageError(f"{first} is after {last}", where="parameter before", hint="swap them")
    old, new = view.at(first), view.at(last)
    wanted = _beside(view, (old, new), around) if around else None
    control = _control(view, old, new, wanted)
    moved = _moved(view, (old, first), (new, last), wanted)
    trends = _trends(view, new, last, wanted)
    rows = [*trends, *moved, *control]
    counts = collections.Counter(r["what"] for r in control)
    counted = ", ".join(f"{n} {what}" for what, n in sorted(counts.items())) or "none changed"
    summary = (
        f"Between {first} and {last}, of the hops by which somebody decides {counted}; "
        f"{len(moved)} shares of work moved beyond their intervals."
    )
    if control:
        added = (r for r in control if r["what"] == "added")
        hops = listed(f"{r['source_name']} → {r['target_name']}" for r in added)
        summary += f" New: {hops or 'nothing'}."
    measures = (
        Measure("deciding hops changed", len(control), "hops"),
        Measure("shares moved beyond their interval", len(moved), "shares"),
    )
    unknown = ("edges without dates stand in both states",)
    return Found(rows, summary, measures, unknown)


def _day(text: str, name: str) -> datetime.date:
    try:
        date = Partial.read(text)
    except ValueError as error:
        hint = "write a date like 2022-09-14"
        raise UsageError(str(error), where=f"parameter {name}", hint=hint) from None
    if date is None:
        raise UsageError("no date", where=f"parameter {name}", hint="write a date like 2022-09-14")
    return date.date


def _beside(view: View, states: Collection[State], around: str) -> set[str]:
    """An entity and what it is tied to by votes, rights or structure, in either state."""
    beside = {around}
    for state in states:
        for row in state.edges("CONTROLS", ["source", "target", "power"]).to_pylist():
            if row["power"] == _DECIDES and around in (row["source"], row["target"]):
                beside |= {row["source"], row["target"]}
    return beside


def _control(view: View, old: State, new: State, wanted: set[str] | None) -> list[Row]:
    """Hops that decide, by who and on what, on both dates."""
    before, after = (_hops(state) for state in (old, new))
    rows = []
    for ends in sorted(before.keys() | after.keys()):
        one, other = before.get(ends), after.get(ends)
        hop = other or one
        if hop is None or (wanted is not None and wanted.isdisjoint(ends)):
            continue
        values = (one["low"] if one else None, other["low"] if other else None)
        highs = (one["high"] if one else None, other["high"] if other else None)
        if one and other and values[0] == values[1] and highs[0] == highs[1]:
            continue
        what = "changed" if one and other else "added" if other else "ended"
        detail = f"{hop['reason']} ({interval_text(hop['low'], hop['high'])})"
        rows.append(_row(view, "control", what, ends, detail, values, edge=hop["basis"]))
    return sorted(rows, key=lambda r: (r["what"], r["source"], r["target"], r["edge"]))


def _row(
    view: View,
    sort: str,
    what: str,
    ends: tuple[str | None, str],
    detail: str,
    values: tuple[float | None, float | None],
    p: float | None = None,
    edge: str | None = None,
) -> Row:
    source, target = ends
    return {
        "sort": sort,
        "what": what,
        "source": source,
        "source_name": view.name(source) if source else None,
        "target": target,
        "target_name": view.name(target),
        "detail": detail,
        "from": values[0],
        "to": values[1],
        "p": p,
        "edge": edge,
    }


def _hops(state: State) -> dict[tuple[str, str], dict[str, Any]]:
    columns = ["source", "target", "power", "low", "high", "reason", "basis"]
    rows = state.edges("CONTROLS", columns).to_pylist()
    ranked = sorted(
        (r for r in rows if r["power"] == _DECIDES), key=lambda r: (r["low"], r["high"])
    )
    return {(r["source"], r["target"]): r for r in ranked}


def _shares(state: State) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Shares by organisation, framework and window; of several counts the largest."""
    columns = ["source", "target", "window", "total", "share", "low", "high", "key", "status"]
    shares: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in state.edges("CONTRIBUTION_SHARE", columns).to_pylist():
        which = (row["source"], row["target"], row["window"])
        if row["status"] == "current" and (row["total"] or 0) > (
            shares.get(which, {}).get("total") or -1
        ):
            shares[which] = row
    return shares


def _moved(
    view: View,
    before: tuple[State, datetime.date],
    after: tuple[State, datetime.date],
    wanted: set[str] | None,
) -> list[Row]:
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
            values = (past["share"], row["share"])
            ends = (source, target)
            rows.append(_row(view, "measure", "moved", ends, detail, values, edge=row["key"]))
    return rows


def _trends(view: View, new: State, last: datetime.date, wanted: set[str] | None) -> list[Row]:
    by: dict[str, dict[int, dict[str, Any]]] = collections.defaultdict(dict)
    for (_, target, window), row in sorted(_shares(new).items()):
        if window != "all" and int(window) < last.year and row["share"] is not None:
            former = by[target].get(int(window))
            if former is None or row["share"] > former["share"]:
                by[target][int(window)] = row
    events = _events(new)
    rows = []
    for framework, years in sorted(by.items()):
        if wanted is not None and framework not in wanted:
            continue
        span = sorted(years)
        values = [years[y]["share"] for y in span]
        line, ends = trend(values), (None, framework)
        if line is not None and line.p < _MOVED:
            what = "rises" if line.slope > 0 else "falls"
            detail = f"share of the leading organisation, {span[0]} to {span[-1]}: {line.slope:+.3f} a year"
            rows.append(
                _row(view, "trend", what, ends, detail, (values[0], values[-1]), float(line.p))
            )
        for day, event in events.get(framework, ()):
            if day.year in span:
                beside = _beside_it(by, framework, span)
                broken = interrupted(values, span.index(day.year), beside)
                if broken is not None:
                    than = "other frameworks" if beside else "nothing beside it"
                    detail = f"level of that share at {day} ({event}), against {than}: {broken.level:+.3f}"
                    rows.append(
                        _row(view, "trend", "broke", ends, detail, (None, None), float(broken.p))
                    )
    return rows


def _beside_it(
    by: Mapping[str, Mapping[int, Mapping[str, Any]]], framework: str, span: Sequence[int]
) -> list[float] | None:
    """Mean share of the leader over all other frameworks that are counted in every one of some years."""
    others = [years for f, years in by.items() if f != framework and set(span) <= years.keys()]
    if not others:
        return None
    return [sum(years[y]["share"] for years in others) / len(others) for y in span]


def _events(state: State) -> dict[str, list[tuple[datetime.date, str]]]:
    """Dated events of frameworks: donations, changes of licence, majorities bought in a company that governs."""
    events: dict[str, set[tuple[datetime.date, str]]] = collections.defaultdict(set)
    hosts: dict[str, set[str]] = collections.defaultdict(set)
    licences: dict[str, list[datetime.date | None]] = collections.defaultdict(list)
    for row in state.edges(
        "GOVERNS", ["source", "source_kind", "target", "valid_from"]
    ).to_pylist():
        hosts[row["source"]].add(row["target"])
        if row["source_kind"] == "Institution" and row["valid_from"]:
            events[row["target"]].add((row["valid_from"], "came under an institution"))
    for row in state.edges("LICENSED_UNDER", ["source", "valid_from"]).to_pylist():
        licences[row["source"]].append(row["valid_from"])
    for framework, days in licences.items():
        dated = sorted(d for d in days if d)
        if len(days) > 1 and dated:
            events[framework].add((dated[-1], "licence changed"))
    for row in state.edges("OWNS", ["target", "votes", "valid_from"]).to_pylist():
        if row["valid_from"] and (row["votes"] or 0.0) > _MAJORITY:
            for framework in hosts.get(row["target"], ()):
                events[framework].add((row["valid_from"], "its governor was bought"))
    return {framework: sorted(dated) for framework, dated in events.items()}
