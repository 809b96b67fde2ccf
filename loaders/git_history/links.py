"""Employers of those who write from private addresses: by `.mailmap`, own sign-offs, a name beside work addresses.

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

from .domains import accuracy_rows, employer_on, is_company, is_private

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["LEAST", "NEAR", "Link", "Use", "confidence", "linked", "of_one_name"]

NEAR: Final = 12
"""Months between the two uses of the name, at most."""


_COLUMNS: Final = {"written": "mailmap", "signed": "sign_off"}
"""Signal by the column that tells it."""

LEAST: Final = 3
"""Uses of a work address under one name, from which the name tells an employer."""


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Link:
    """An employment that something else than the domain of an address tells.

    Attributes:
        contributor: Whose private address it is.
        organisation: Id of the employer.
        first: First month with work (since 1970-01).
        last: Last month with work.
        signal: `mailmap`, `sign_off` or `name_link`.
    """

    contributor: str
    organisation: str
    first: int
    last: int
    signal: str = "name_link"


@dataclasses.dataclass(frozen=True, slots=True)
class Use:
    """A name used with an address in a month.

    Attributes:
        who: The contributor whose address it is.
        domain: Of the address, as it is kept.
        month: Since 1970-01.
        count: How many times.
    """

    who: str
    domain: str
    month: int
    count: int


@functools.cache
def confidence(signal: str, repository: str = "") -> float:
    """How often a signal is right: as measured in the project itself, else the mean of those that were measured."""
    rows = [row for row in accuracy_rows() if row["signal"] == signal]
    own = [row for row in rows if repository and row["repository"] == repository]
    values = [float(row["accuracy"]) for row in own or rows]
    return round(sum(values) / len(values), 3)


def linked(work: pa.Table) -> list[Link]:
    """The links of one repository, in the order of contributors and months; of private addresses alone.

    `mailmap`: the commit itself was written from a work address, before the project's map gave its author another.
    `sign_off`: the author signed the commit off from one, under the same name. `name_link`: a work address that the
    same name used three times or more, of a company: a university's says where somebody has studied. Of several the
    nearest in time counts, and none where two are equally near.

    Args:
        work: columns: contributor, called, domain, month, bot_kind, written, signed.
    """
    import pyarrow.compute as pc

    persons = work.filter(pc.equal(work["bot_kind"], "none"))
    links = {link for column in _COLUMNS for link in _of_commits(persons, column)}
    named = persons.filter(pc.not_equal(persons["called"], ""))
    keys = ["called", "contributor", "domain", "month"]
    people: dict[str, list[Use]] = collections.defaultdict(list)
    for row in named.group_by(keys).aggregate([([], "count_all")]).to_pylist():
        use = Use(row["contributor"], row["domain"], row["month"], row["count_all"])
        people[row["called"]].append(use)
    for uses in people.values():
        if len({use.who for use in uses}) > 1:
            links.update(of_one_name(uses))
    return sorted(links)


def _of_commits(persons: pa.Table, column: str) -> Iterator[Link]:
    """The links that a column of employers' domains tells, commit by commit."""
    import pyarrow.compute as pc

    columns = ["contributor", "domain", "month", column]
    rows = persons.filter(pc.not_equal(persons[column], "")).group_by(columns).aggregate([])
    months: dict[str, dict[int, set[str]]] = collections.defaultdict(dict)
    for row in rows.to_pylist():
        employer = employer_on(row[column], _middle(row["month"]))
        if is_private(row["domain"]) and employer:
            months[row["contributor"]].setdefault(row["month"], set()).add(employer)
    for who, employers in months.items():
        sure = [(month, min(some)) for month, some in sorted(employers.items()) if len(some) == 1]
        yield from _spans(who, sure, _COLUMNS[column], gap=1)


def of_one_name(uses: Sequence[Use]) -> Iterator[Link]:
    """The links that the work addresses of one name tell for its private ones.

    Args:
        uses: All uses of the name in one project.
    """
    employers: dict[int, set[str]] = collections.defaultdict(set)
    private: dict[str, set[int]] = collections.defaultdict(set)
    often: collections.Counter[str] = collections.Counter()
    for use in uses:
        if is_private(use.domain):
            private[use.who].add(use.month)
        elif is_company(employer := employer_on(use.domain, _middle(use.month))):
            employers[use.month].add(employer)
            often[employer] += use.count
    employers = {
        month: some
        for month, each in employers.items()
        if (some := {employer for employer in each if often[employer] >= LEAST})
    }
    months = sorted(employers)
    for who, active in private.items():
        near = [(m, org) for m in sorted(active) if (org := _nearest(m, months, employers))]
        yield from _spans(who, near, "name_link")


def _nearest(month: int, months: Sequence[int], employers: Mapping[int, set[str]]) -> str:
    place = bisect.bisect_left(months, month)
    around = months[max(0, place - 1) : place + 1]
    near = min((abs(m - month) for m in around), default=NEAR + 1)
    told = {org for m in around if abs(m - month) == near for org in employers[m]}
    return told.pop() if near <= NEAR and len(told) == 1 else ""


def _spans(
    who: str, told: Sequence[tuple[int, str]], signal: str, gap: int = NEAR
) -> Iterator[Link]:
    """One link for months that follow each other within a gap and name one employer."""
    start = 0
    for n, (one, two) in enumerate(itertools.pairwise(told), 1):
        if one[1] != two[1] or two[0] - one[0] > gap:
            yield Link(who, one[1], told[start][0], one[0], signal)
            start = n
    if told:
        yield Link(who, told[-1][1], told[start][0], told[-1][0], signal)


def _middle(month: int) -> str:
    year, rest = divmod(month, 12)
    return f"{1970 + year:04}-{rest + 1:02}-15"
