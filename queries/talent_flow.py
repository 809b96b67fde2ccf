#: id: Q18
#: summary: Are outside contributors hired by the sponsor more than the base rate?
#: description: >
#:   Persons whose first commit to the framework was made while they were not known to work for the sponsor, and who
#:   could be watched for the whole window: how many show up with the sponsor within it, beside the same count over all
#:   other loaded histories. Relative risk with its 95 % interval; a half is added to every cell where one is empty.
#: tags: [ospo, researcher]
#: params:
#:   framework: {type: entity, kinds: [Framework], example: deepspeed, about: the project}
#:   sponsor: {type: entity, kinds: [Company, Institution], example: microsoft, about: who might hire}
#:   months: {type: integer, example: 24, default: 24, least: 1, about: months after the first commit}
#: columns:
#:   - {name: group, type: string, unit: "the framework, or all other loaded projects"}
#:   - {name: watched, type: integer, unit: "outside contributors seen for the whole window"}
#:   - {name: hired, type: integer, unit: "of these, with the sponsor within the window"}
#:   - {name: rate, type: double, unit: "fraction"}
#: order: [group]
#: reading: >
#:   Only where the interval leaves out 1 is there a difference. Employers are seen through addresses and lists, so both
#:   rates are lower bounds, and a project whose people use company addresses shows more.
#: since: "0.2"
"""Talent flow: from outside contributor to employee of the sponsor."""

from __future__ import annotations

from typing import Final

from ..measures.careers import hiring, movers
from ..state.contributions import work
from .view import Found, Measure, View

__all__ = ["LEAST_MOVERS", "answer", "unmoved"]


LEAST_MOVERS: Final = 10
"""Persons who must be seen with two employers before a count of hires means anything."""


def unmoved(seen: int, persons: int) -> str:
    """Why hires are not seen."""
    return (
        f"only {seen} of {persons:,} persons in the loaded histories show more than one employer, since a person with "
        "a new address counts as another one unless a mailmap joins them"
    )


def answer(view: View, framework: str, sponsor: str, months: int) -> Found:
    """Two rows: the framework, and all others."""
    history = work(view.state.snapshot, view.as_of).to_pandas()
    name, firm = view.name(framework), view.name(sponsor)
    if not len(history[history["project"] == framework]):
        hint = "build with: --source git_history=CLONE"
        return Found(
            [],
            f"No history of {name} is loaded ({hint}).",
            (),
            (f"who worked on {name}, and when",),
        )
    owner = view.group(sponsor)
    members = {o for o in view.organisations if view.group(o) == owner} | {sponsor}
    hires = hiring(history, framework, members, months, max(history["month"]))
    rows = [
        {
            "group": group,
            "watched": watched,
            "hired": hired,
            "rate": hired / watched if watched else None,
        }
        for group, watched, hired in (
            (name, hires.watched, hires.hired),
            ("all other loaded projects", hires.watched_else, hires.hired_else),
        )
    ]
    flow = hires.flow
    seen = movers(history)
    unknown = [
        f"{hires.censored} outside contributors were first seen less than {months} months ago and are left out"
    ]
    if hires.unknown is not None:
        unknown.append(
            f"the employer of {hires.unknown:.0%} of the watched was not known at their first commit"
        )
    if seen < LEAST_MOVERS:
        summary = f"A hire cannot be seen here: {unmoved(seen, history['person'].nunique())}."
        return Found(rows, summary, (), (f"who of them {firm} hired", *unknown))
    if flow.ratio is None or flow.interval is None:
        return Found(
            rows,
            f"Too few outside contributors of {name} were watched to compare.",
            (),
            tuple(unknown),
        )
    low, high = flow.interval
    verdict = (
        "more often than elsewhere"
        if low > 1
        else "less often than elsewhere"
        if high < 1
        else "no difference is shown"
    )
    summary = (
        f"{firm} hired {hires.hired} of {hires.watched} outside contributors of {name} within {months} months, and "
        f"{hires.hired_else} of {hires.watched_else} of all others: relative risk {flow.ratio:.2g} "
        f"({low:.2g} to {high:.2g}), {verdict}."
    )
    if flow.corrected:
        unknown.append("a cell was empty: a half was added to all four")
    measures = (
        Measure("relative risk", flow.ratio, "ratio, 95 % interval", low, high, sum(flow.n)),
        Measure("risk difference", flow.difference, "fraction", n=sum(flow.n)),
    )
    return Found(rows, summary, measures, tuple(unknown))
