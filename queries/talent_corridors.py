#: id: Q19
#: summary: Which projects and employers feed this employer?
#: description: >
#:   Persons who show up with the employer (and all that it surely owns) in the loaded histories of commits: the
#:   projects that they worked on before, and the employers known for them before, by owner group. A person counts once
#:   per row.
#: tags: [investor, ospo]
#: params:
#:   employer: {type: entity, kinds: [Company, Institution], example: microsoft, default: "",
#:     about: "who hires; empty = each"}
#: columns:
#:   - {name: employer, type: entity, unit: ""}
#:   - {name: employer_name, type: string, unit: ""}
#:   - {name: via, type: string, unit: "project or employer"}
#:   - {name: entity, type: entity, unit: ""}
#:   - {name: entity_name, type: string, unit: ""}
#:   - {name: people, type: integer, unit: "persons"}
#:   - {name: per_year, type: double, unit: "persons a year, from the first to the last"}
#:   - {name: first, type: integer, unit: "year"}
#:   - {name: last, type: integer, unit: "year"}
#: order: [via desc, people desc, employer, entity]
#: reading: >
#:   Below ten persons a corridor says little. Only people who kept committing are seen, and a change of address within
#:   one employer looks like a hire. What tools they used before is not known.
#: since: "0.2"
"""Talent corridors: where an employer's people come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..graph.wording import listed
from ..measures.careers import corridors, movers
from ..state.contributions import work
from .talent_flow import LEAST_MOVERS, unmoved
from .view import Found, Row, View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["answer"]


def answer(view: View, employer: str) -> Found:
    """One row per project and former employer."""
    history = work(view.state.snapshot, view.as_of).to_pandas()
    if history.empty:
        summary = "No history of commits is loaded (build with: --source git_history=CLONE)."
        return Found([], summary, (), ("who worked for whom, and when",))
    seen = {view.group(o) for o in history["organisation"].dropna().unique()}
    wanted = [employer] if employer else sorted(seen)
    rows = [row for one in wanted for row in _ways(view, history, one)]
    rows.sort(key=lambda r: (r["via"] == "employer", -r["people"], r["employer"], r["entity"]))
    to = view.name(employer) if employer else "an employer"
    wide = [_corridor(r, with_employer=not employer) for r in rows if r["people"] >= LEAST_MOVERS]
    ways = f"{len(rows)} ways to {to} are seen"
    summary = (
        f"{ways}; ten people or more came by: {listed(wide, 6)}."
        if wide
        else f"{ways}, none by ten people or more."
    )
    moved = movers(history)
    if moved < LEAST_MOVERS:
        summary = (
            f"Ways to {to} cannot be seen here: {unmoved(moved, history['person'].nunique())}."
        )
    projects = history["project"].nunique()
    return Found(rows, summary, (), (f"only the histories of {projects} projects are loaded",))


def _ways(view: View, history: pd.DataFrame, employer: str) -> list[dict[str, Any]]:
    """The ways to one employer, with all that it surely owns."""
    group = view.group(employer)
    members = {o for o in view.organisations if view.group(o) == group} | {employer}
    return [
        {
            "employer": employer,
            "employer_name": view.name(employer),
            "via": c.kind,
            "entity": c.entity,
            "entity_name": view.name(c.entity),
            "people": c.people,
            "per_year": c.per_year,
            "first": c.first,
            "last": c.last,
        }
        for c in corridors(history, members, view.groups)
        if c.entity not in members
    ]


def _corridor(row: Row, *, with_employer: bool) -> str:
    """`Caffe2 (12)`, or with whom they work then: `Caffe2 → Meta (12)`."""
    to = f" → {row['employer_name']}" if with_employer else ""
    return f"{row['entity_name']}{to} ({row['people']})"
