#: id: Q19
#: summary: Which projects and employers feed this employer?
#: description: >
#:   Persons who show up with the employer (and all that it surely owns) in the loaded histories of commits: the
#:   projects that they worked on before, and the employers known for them before, by owner group. A person counts once
#:   per row.
#: tags: [investor, ospo]
#: params:
#:   employer: {type: entity, kinds: [Company, Institution], example: microsoft, about: who hires}
#: columns:
#:   - {name: via, type: string, unit: "project or employer"}
#:   - {name: entity, type: entity, unit: ""}
#:   - {name: entity_name, type: string, unit: ""}
#:   - {name: people, type: integer, unit: "persons"}
#:   - {name: per_year, type: double, unit: "persons a year, from the first to the last"}
#:   - {name: first, type: integer, unit: "year"}
#:   - {name: last, type: integer, unit: "year"}
#: order: [via desc, people desc, entity]
#: reading: >
#:   Below ten persons a corridor says little. Only people who kept committing are seen, and a change of address within
#:   one employer looks like a hire. What tools they used before is not known.
#: since: "0.2"
"""Talent corridors: where an employer's people come from."""

from __future__ import annotations

from ..graph.wording import listed
from ..measures.careers import corridors, movers
from ..state.contributions import work
from .talent_flow import LEAST_MOVERS, unmoved
from .view import Found, View

__all__ = ["answer"]


def answer(view: View, employer: str) -> Found:
    """One row per project and former employer."""
    history = work(view.state.snapshot, view.as_of).to_pandas()
    name = view.name(employer)
    if history.empty:
        summary = "No history of commits is loaded (build with: --source git_history=CLONE)."
        return Found([], summary, (), ("who worked for whom, and when",))
    group = view.group(employer)
    members = {o for o in view.organisations if view.group(o) == group} | {employer}
    ways = [c for c in corridors(history, members, view.groups) if c.entity not in members]
    rows = [
        {
            "via": c.kind,
            "entity": c.entity,
            "entity_name": view.name(c.entity),
            "people": c.people,
            "per_year": c.per_year,
            "first": c.first,
            "last": c.last,
        }
        for c in sorted(ways, key=lambda c: (c.kind == "employer", -c.people, c.entity))
    ]
    wide = [f"{view.name(c.entity)} ({c.people})" for c in ways if c.people >= 10]
    summary = (
        f"{len(rows)} ways to {name} are seen; ten people or more came by: {listed(wide, 6)}."
        if wide
        else f"{len(rows)} ways to {name} are seen, none by ten people or more."
    )
    projects = history["project"].nunique()
    seen = movers(history)
    if seen < LEAST_MOVERS:
        summary = (
            f"Ways to {name} cannot be seen here: {unmoved(seen, history['person'].nunique())}."
        )
    return Found(rows, summary, (), (f"only the histories of {projects} projects are loaded",))
