"""Employers by name: a private address whose owner's name also stands beside a work address within a year.

Only the pseudonym of the name is known here, and only names of two words or more have one. It is a guess: two persons
may bear one name, and one person may write at night for nobody. Hence its own signal and a confidence of its own.
"""

from __future__ import annotations

import bisect
import collections
import dataclasses
import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from .domains import accuracy_rows, employer_on, is_private

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["NEAR", "Link", "confidence", "linked"]

NEAR: Final = 12
"""Months between the two uses of the name, at most."""


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Link:
    """An employment that a name tells.

    Attributes:
        contributor: Whose private address it is.
        organisation: Id of the employer.
        first: First month with work (since 1970-01).
        last: Last month with work.
    """

    contributor: str
    organisation: str
    first: int
    last: int


@functools.cache
def confidence(signal: str, repository: str = "") -> float:
    """How often a signal is right: as measured in the project itself, else the mean of those that were measured."""
    rows = [row for row in accuracy_rows() if row["signal"] == signal]
    own = [row for row in rows if repository and row["repository"] == repository]
    values = [float(row["accuracy"]) for row in own or rows]
    return round(sum(values) / len(values), 3)


def linked(work: pa.Table) -> list[Link]:
    """The links of one repository, in the order of contributors and months.

    Of several work addresses under one name the nearest in time counts; where two employers are equally near, none.

    Args:
        work: columns: contributor, called, domain, month, commits, merges, reviews, bot_kind.
    """
    import pyarrow.compute as pc

    named = pc.and_(pc.not_equal(work["called"], ""), pc.equal(work["bot_kind"], "none"))
    seen = work.filter(named).group_by(["called", "contributor", "domain", "month"]).aggregate([])
    people: dict[str, list[tuple[str, str, int]]] = collections.defaultdict(list)
    for row in seen.to_pylist():
        people[row["called"]].append((row["contributor"], row["domain"], row["month"]))
    found: set[Link] = set()
    for uses in people.values():
        if len({who for who, _, _ in uses}) > 1:
            found.update(_of_one_name(uses))
    return sorted(found)


def _of_one_name(uses: Sequence[tuple[str, str, int]]) -> Iterator[Link]:
    """The links among all uses of one name: (contributor, domain, month)."""
    employers: dict[int, set[str]] = collections.defaultdict(set)
    private: dict[str, set[int]] = collections.defaultdict(set)
    for who, domain, month in uses:
        if is_private(domain):
            private[who].add(month)
        elif found := employer_on(domain, _middle(month)):
            employers[month].add(found)
    months = sorted(employers)
    for who, active in private.items():
        told = [(m, org) for m in sorted(active) if (org := _nearest(m, months, employers))]
        yield from _spans(who, told)


def _nearest(month: int, months: Sequence[int], employers: Mapping[int, set[str]]) -> str:
    place = bisect.bisect_left(months, month)
    around = months[max(0, place - 1) : place + 1]
    near = min((abs(m - month) for m in around), default=NEAR + 1)
    told = {org for m in around if abs(m - month) == near for org in employers[m]}
    return told.pop() if near <= NEAR and len(told) == 1 else ""


def _spans(who: str, told: Sequence[tuple[int, str]]) -> Iterator[Link]:
    """One link for months that follow each other within a year and name one employer."""
    start = 0
    for n, (one, two) in enumerate(itertools.pairwise(told), 1):
        if one[1] != two[1] or two[0] - one[0] > NEAR:
            yield Link(who, one[1], told[start][0], one[0])
            start = n
    if told:
        yield Link(who, told[-1][1], told[start][0], told[-1][0])


def _middle(month: int) -> str:
    year, rest = divmod(month, 12)
    return f"{1970 + year:04}-{rest + 1:02}-15"
