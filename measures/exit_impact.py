"""Withdrawal: what an organisation leaves behind when its people go.

An artefact is orphaned if the contributor absence factor of those who remain falls below half of its former value, or
nobody remains who may merge. Orphaned is not broken: it runs on, and nobody keeps it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import TYPE_CHECKING

from .concentration import elephant_factor

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Left", "left_behind"]


@dataclasses.dataclass(frozen=True, slots=True)
class Left:
    """What is left of a project.

    Attributes:
        before: Contributor absence factor (persons who together do half) with everybody.
        after: Without those who go; None where nobody is left.
        unknown: Part of the commits whose employer is not known, in [0, 1].
    """

    before: int
    after: int | None
    unknown: float

    @property
    def orphaned(self) -> bool:
        """Whether the factor falls below half."""
        return self.after is None or 2 * self.after < self.before


def left_behind(work: pd.DataFrame, leaving: Collection[str], months: int = 12) -> dict[str, Left]:
    """What is left of each project, over its last months with commits.

    Args:
        work: columns: person, project, month, organisation, commits (see `contributions.work`).
        leaving: Ids of the organisations that go; unknown employers stay.
        months: How far back from the last month of each project.
    """
    number = work["month"].str[:4].astype(int) * 12 + work["month"].str[5:7].astype(int)
    last = number.groupby(work["project"]).transform("max")
    recent = work[(number > last - months) & (work["commits"] > 0)]
    left = {}
    for project, rows in recent.groupby("project"):
        going = rows["organisation"].isin(list(leaving))
        persons = rows.groupby("person")["commits"].sum()
        staying = rows[~going].groupby("person")["commits"].sum()
        before = elephant_factor([int(c) for c in persons])
        if before is None or not going.any():
            continue
        left[str(project)] = Left(
            before,
            elephant_factor([int(c) for c in staying]),
            float(rows.loc[rows["organisation"].isna(), "commits"].sum() / rows["commits"].sum()),
        )
    return left
