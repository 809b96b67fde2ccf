#: id: Q06
#: summary: Who decides more than they contribute?
#: description: >
#:   Per party: what it decides on the framework (see who_controls) less its share of the commits of the window. The
#:   interval holds what is not known of both: rights, seats and employers on one side, commits without a known employer
#:   on the other. A year is set against who decided at its end. Control surplus is a measure of this project's own
#:   making.
#: tags: [ospo, researcher]
#: params:
#:   project: {type: entity, kinds: [Framework], example: pytorch, default: "", about: "the framework; empty = all"}
#:   window: {type: string, example: "2025", default: all, pattern: "all|[0-9]{4}",
#:     about: "`all`, or a year"}
#: columns:
#:   - {name: project, type: entity, unit: ""}
#:   - {name: project_name, type: string, unit: ""}
#:   - {name: party, type: entity, unit: ""}
#:   - {name: party_name, type: string, unit: ""}
#:   - {name: decides_low, type: double, unit: "0 to 1, known"}
#:   - {name: decides_high, type: double, unit: "0 to 1, at most"}
#:   - {name: works_low, type: double, unit: "fraction of the commits, known"}
#:   - {name: works_high, type: double, unit: "fraction of the commits, at most"}
#:   - {name: surplus_low, type: double, unit: "-1 to 1"}
#:   - {name: surplus_high, type: double, unit: "-1 to 1"}
#:   - {name: why, type: string, unit: ""}
#:   - {name: edge, type: edge, unit: ""}
#: order: [surplus_low desc, surplus_high desc, project, party]
#: reading: >
#:   Above +0.25 (lower end) power is held by those who do not do the work; below -0.25 (upper end) others decide over
#:   what a party builds. Many bodies seek consensus and hardly vote.
#: since: "0.2"
"""Control surplus: power less work."""

from __future__ import annotations

import datetime
from typing import Any, Final

from ..errors import UsageError
from ..graph.wording import counted, interval_text, listed
from ..measures.composite import control_surplus
from ..state.state import State
from ..state.work import COLUMNS, WorkShare, shares_of_work
from .view import Found, Measure, View

__all__ = ["answer"]

_ALL: Final = "all"
_TELLING: Final = 0.25
_LEAST: Final = 0.01
_NOTED: Final = 0.05
_HALF: Final = 0.5
_NAMED: Final = 4


def answer(view: View, project: str, window: str) -> Found:
    """One row per project and party with a part in decisions or work."""
    powers, shares = _sides(view, window)
    projects = [project] if project else sorted(shares.keys() & powers.keys())
    rows = [row for p in projects for row in _rows(view, p, powers.get(p, []), shares.get(p, {}))]
    rows.sort(
        key=lambda r: (
            -(-2.0 if r["surplus_low"] is None else r["surplus_low"]),
            -(-2.0 if r["surplus_high"] is None else r["surplus_high"]),
            r["project"],
            r["party"],
        )
    )
    unknown = [
        f"no shares of the work are known for {view.name(p)} in {window!r}"
        for p in projects
        if p not in shares
    ]
    unknown += [
        f"nobody is known to decide on {view.name(p)}" for p in projects if not powers.get(p)
    ]
    measures = tuple(
        Measure(
            f"control surplus of {r['party_name']}",
            None,
            "power less share",
            low=r["surplus_low"],
            high=r["surplus_high"],
        )
        for r in rows[:2]
        if r["surplus_low"] is not None
    )
    return Found(rows, _sentence(view, project, rows), measures, tuple(unknown))


def _sides(
    view: View, window: str
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, dict[str, WorkShare]]]:
    """Who decides, and who works, by project; of a year, at its end."""
    state: State = view.state
    if window != _ALL:
        if not (window.isdigit() and len(window) == 4):
            raise UsageError(
                f"{window!r} is no window",
                where="parameter window",
                hint="write all, or a year such as 2025",
            )
        end = datetime.date(int(window), 12, 31)
        state = view.at(end) if end < view.as_of else view.state
    powers: dict[str, list[dict[str, Any]]] = {}
    for row in state.edges("HAS_POWER").to_pylist():
        if row["power"] == "decides" and row["target_kind"] == "Framework":
            powers.setdefault(row["target"], []).append(row)
    columns = [*COLUMNS, "confidence"]
    work = [
        r
        for r in view.state.edges("CONTRIBUTION_SHARE", columns).to_pylist()
        if r["window"] == window
    ]
    shares: dict[str, dict[str, WorkShare]] = {}
    for share in shares_of_work(work, view.groups):
        shares.setdefault(share.artefact, {}).setdefault(share.group, share)
    return powers, shares


def _rows(
    view: View, project: str, powers: list[dict[str, Any]], shares: dict[str, WorkShare]
) -> list[dict[str, Any]]:
    by_group = {view.group(r["source"]): r for r in powers if r["holder"] == view.name(r["source"])}
    unknown = 1.0 - next((s.coverage for s in shares.values() if s.coverage is not None), 1.0)
    rows = []
    for group in sorted(by_group.keys() | shares.keys()):
        power, share = by_group.get(group), shares.get(group)
        organisation = group in shares or view.kinds.get(power["source"] if power else "") in {
            "Company",
            "Institution",
        }
        if not organisation or (power is None and (share is None or share.low < _LEAST)):
            continue
        low, high = (power["low"], power["high"]) if power else (0.0, 0.0)
        works = (share.low, share.high) if share else (0.0, unknown)
        known = bool(shares)
        ends = (
            (control_surplus(low, *works).low, control_surplus(high, *works).high)
            if known
            else (None, None)
        )
        party = power["source"] if power else share.organisations[0] if share else group
        keys = [*(power["basis"].split() if power else ()), *(share.keys if share else ())]
        rows.append(
            {
                "project": project,
                "project_name": view.name(project),
                "party": party,
                "party_name": view.name(party),
                "decides_low": low,
                "decides_high": high,
                "works_low": works[0] if known else None,
                "works_high": works[1] if known else None,
                "surplus_low": ends[0],
                "surplus_high": ends[1],
                "why": power["reason"] if power else "no part in decisions is known",
                "edge": " ".join(keys) or None,
            }
        )
    return rows


def _over_all(rows: list[dict[str, Any]]) -> str:
    """Over all frameworks: who surely decides beyond their work, and who surely works beyond their say."""
    known = [r for r in rows if r["surplus_low"] is not None]
    over = [r for r in known if r["surplus_low"] >= _NOTED and r["decides_low"] > _HALF]
    under = sorted(
        (r for r in known if r["surplus_high"] <= -_NOTED),
        key=lambda r: (r["surplus_high"], r["project"], r["party"]),
    )
    parts = []
    if over:
        names = listed(
            (f"{r['project_name']} ({r['party_name']}, {r['surplus_low']:.0%})" for r in over),
            _NAMED,
        )
        parts.append(
            f"On {counted(len(over), 'framework')} a party decides alone while others surely do part of the work, "
            f"at least so much: {names}."
        )
    if under:
        names = listed(
            (
                f"{r['party_name']} on {r['project_name']} (does at least {r['works_low']:.0%}, decides "
                f"{interval_text(r['decides_low'], r['decides_high'])})"
                for r in under
            ),
            _NAMED,
        )
        parts.append(f"The other way round, more is done than decided by {names}.")
    return " ".join(parts) or (
        f"On none of {counted(len({r['project'] for r in rows}), 'framework')} is it sure that anybody decides more "
        "than they do, or less."
    )


def _sentence(view: View, project: str, rows: list[dict[str, Any]]) -> str:
    if not project:
        return _over_all(rows)
    sure = [r for r in rows if r["surplus_low"] is not None and r["surplus_low"] > _TELLING]
    over = f" on {view.name(project)}" if project else ""
    if sure:
        first = sure[0]
        more = f" {counted(len(sure) - 1, 'other')} as well." if len(sure) > 1 else ""
        return (
            f"{first['party_name']} decides more on {first['project_name']} than it does of the work: decides "
            f"{interval_text(first['decides_low'], first['decides_high'])}, does {first['works_low']:.0%} to "
            f"{first['works_high']:.0%} of the commits.{more}"
        )
    less = [r for r in rows if r["surplus_high"] is not None and r["surplus_high"] < -_TELLING]
    if less:
        names = listed((f"{r['party_name']} on {r['project_name']}" for r in less), 3)
        return f"Nobody surely decides much more{over} than they contribute; others decide over the work of {names}."
    if not any(r["surplus_low"] is not None for r in rows):
        return f"It cannot be said who decides more{over} than they contribute: the work or the deciders are not known."
    return f"Nobody surely decides much more{over} than they contribute: what is not known is too much to tell."
