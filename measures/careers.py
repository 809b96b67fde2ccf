"""Careers: who worked on what before whom, read off the employers known for each month of commits.

An employer is seen only through addresses, lists and sources, so every count here is a lower bound; a first commit made
after the hire looks like none before it. Persons whose employer was unknown at the start count as outsiders.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from .talent import TalentFlow, talent_flow

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Corridor", "Hiring", "corridors", "hiring", "movers"]


@dataclasses.dataclass(frozen=True, slots=True)
class Hiring:
    """Outside contributors of a project, and of comparable ones, that the sponsor hired.

    Attributes:
        flow: Relative risk and its interval.
        hired: Of the project's outsiders.
        watched: The project's outsiders, seen for the whole window.
        hired_else: Of the others'.
        watched_else: The others' outsiders.
        unknown: Part of the watched whose employer at the start is not known, [0, 1]; None without any.
        censored: Outsiders left out, since their window is not over.
    """

    flow: TalentFlow
    hired: int
    watched: int
    hired_else: int
    watched_else: int
    unknown: float | None
    censored: int


@dataclasses.dataclass(frozen=True, slots=True)
class Corridor:
    """A way that people took to an employer.

    Attributes:
        kind: `project` they worked on, or `employer` they worked for, before.
        entity: Its id.
        people: How many.
        first: Year of the first.
        last: Year of the last.
    """

    kind: str
    entity: str
    people: int
    first: int
    last: int

    @property
    def per_year(self) -> float:
        """People a year, over the years from the first to the last."""
        return self.people / (self.last - self.first + 1)


def movers(work: pd.DataFrame) -> int:
    """Persons seen with more than one employer, or first without a known one: only of these can a hire be seen.

    Where a history tells persons apart by address, a new address is a new person, and nobody moves.
    """
    people = work[~work["mirror"]]
    employers = people["organisation"].fillna("").groupby(people["person"]).nunique()
    return int((employers > 1).sum())


def hiring(
    work: pd.DataFrame,
    project: str,
    sponsor: Collection[str],
    months: int,
    until: str,
) -> Hiring:
    """Are outside contributors of a project hired by its sponsor more often than those of all other loaded projects?

    Args:
        work: columns: person, project, month, organisation, mirror (see `contributions.work`).
        project: Id of the project.
        sponsor: Ids of the sponsor's organisations.
        months: Length of the window after the first commit.
        until: Last month that was seen, YYYY-MM.
    """
    people = work[~work["mirror"]]
    number = people["month"].str[:4].astype(int) * 12 + people["month"].str[5:7].astype(int)
    people = people.assign(number=number, own=people["organisation"].isin(list(sponsor)))
    joined = people[people["own"]].groupby("person")["number"].min()
    end = int(until[:4]) * 12 + int(until[5:7])
    here = people[people["project"] == project]
    inside = set(here["person"])
    elsewhere = people[~people["person"].isin(inside)]
    counts = []
    unknown: float | None = None
    censored = 0
    for group in (here, elsewhere):
        first = group.sort_values("number").groupby("person").first()
        start = first["number"]
        hired_at = joined.reindex(start.index)
        outside = ~(hired_at <= start)
        seen = outside & (start + months <= end)
        taken = seen & (hired_at > start) & (hired_at <= start + months)
        counts += [int(taken.sum()), int(seen.sum())]
        if group is here:
            censored = int((outside & ~seen).sum())
            blank = first["organisation"].isna()[seen]
            unknown = float(blank.mean()) if len(blank) else None
    hired, watched, hired_else, watched_else = counts
    flow = talent_flow(hired, watched, hired_else, watched_else)
    return Hiring(flow, hired, watched, hired_else, watched_else, unknown, censored)


def corridors(
    work: pd.DataFrame, employer: Collection[str], groups: Mapping[str, str]
) -> list[Corridor]:
    """What those worked on, and for whom, before they first show up with an employer; the widest first.

    Args:
        work: As for `hiring`.
        employer: Ids of the employer's organisations.
        groups: Topmost owner by organisation.
    """
    people = work[~work["mirror"]]
    joined = people[people["organisation"].isin(list(employer))].groupby("person")["month"].min()
    before = people.assign(joined=people["person"].map(joined)).dropna(subset=["joined"])
    before = before[before["month"] < before["joined"]]
    before = before.assign(year=before["joined"].str[:4].astype(int))
    former = before.dropna(subset=["organisation"])
    former = former.assign(owner=former["organisation"].map(lambda o: groups.get(o, o)))
    ways = []
    for kind, frame, column in (("project", before, "project"), ("employer", former, "owner")):
        once = frame.drop_duplicates(["person", column])
        for entity, rows in once.groupby(column):
            years = rows["year"]
            ways.append(Corridor(kind, str(entity), len(rows), int(years.min()), int(years.max())))
    return sorted(ways, key=lambda c: (c.kind, -c.people, c.entity))
