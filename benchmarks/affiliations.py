"""Employers, measured: the share of commits with a known employer per project and signal; how often a signal is right.

    python -m benchmarks.affiliations FOLDER      # clones, bare repositories and bundles; default: the real bundles

`before` counts what the domain of the address and accounts of companies tell; the columns after it are parts that each
further signal adds, in their order, none counted twice. Accuracy: where the domain of a commit is a company's, it is
hidden, the signal is asked, and both are compared; a commit of which the signal says nothing is not counted. A person
counts as right where more than half of the person's commits do: a few write most. Names and addresses stay in this
process.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import hashlib
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_REAL = Path(os.environ.get("STACKHOLDER_REAL_DATA", Path(__file__).parents[2] / "shared/data"))
_SIGNALS = ("mailmap", "sign_off", "name_link")


@dataclasses.dataclass(slots=True)
class _Counts:
    """Commits of a project: all, and those whose employer each signal tells first."""

    total: int = 0
    by: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)


@dataclasses.dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether a signal agrees with the domain, for a person's commits in a month."""

    signal: str
    project: str
    who: str
    right: bool
    commits: int


def main() -> int:
    """Prints both tables."""
    from stackholder.loaders.git_history.repository import Table, found

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", nargs="?", default=_REAL / "git/bundles", type=Path)
    verdicts: list[_Verdict] = []
    signals = "".join(f"{signal:>11}" for signal in _SIGNALS)
    print(f"{'project':<40}{'commits':>9}{'before':>9}{signals}{'after':>9}")
    every = _Counts()
    for repository in found(options.parse_args().folder):
        if isinstance(repository, Table):
            continue
        work = _work(repository.path)
        counts = _counted(work)
        _row(repository.id, counts)
        every.total += counts.total
        every.by.update(counts.by)
        verdicts += _verdicts(repository.id, work)
    _row("all", every)
    print()
    for signal in _SIGNALS:
        print(f"{signal:<12}{_agreement([v for v in verdicts if v.signal == signal])}")
    return 0


def _agreement(verdicts: Sequence[_Verdict]) -> str:
    right = sum(v.commits for v in verdicts if v.right)
    total = sum(v.commits for v in verdicts)
    persons: dict[tuple[str, str], int] = collections.defaultdict(int)
    for one in verdicts:
        persons[one.project, one.who] += one.commits if one.right else -one.commits
    held = sum(balance > 0 for balance in persons.values())
    if not total:
        return "nothing to compare"
    return (
        f"right for {right:,} of {total:,} commits ({right / total:.3f}), for {held} of {len(persons)} persons "
        f"({held / len(persons):.3f})"
    )


def _work(path: Path) -> pa.Table:
    """The commits of a repository, under pseudonyms that nobody can make again."""
    from stackholder.loaders.git_history import bundle
    from stackholder.loaders.git_history.commits import Cache
    from stackholder.loaders.git_history.repository import newest

    key = secrets.token_bytes(16)

    def pseudonym(text: str) -> str:
        return hashlib.blake2b(text.encode(), key=key, digest_size=8).hexdigest()

    with tempfile.TemporaryDirectory(prefix="stackholder-bench-") as folder:
        cache = Cache(Path(folder) / "commits.parquet", pseudonym)
        if not path.is_file():
            return cache.read(path, newest(path, "HEAD", path) or "").table
        with bundle.unpacked(path) as unpacked:
            return cache.read(unpacked, newest(unpacked, bundle.HEAD, path) or "").table


def _row(name: str, counts: _Counts) -> None:
    total = max(1, counts.total)
    parts = "".join(f"{counts.by[s] / total:>11.3f}" for s in _SIGNALS)
    before = counts.by["domain"] / total
    print(
        f"{name:<40}{counts.total:>9,}{before:>9.3f}{parts}{sum(counts.by.values()) / total:>9.3f}"
    )


def _counted(work: pa.Table) -> _Counts:
    """What each signal tells of the commits of a project, the domain first."""
    from stackholder.loaders.git_history.links import linked

    told: dict[tuple[str, int], dict[str, str]] = collections.defaultdict(dict)
    for link in linked(work):
        for month in range(link.first, link.last + 1):
            told[link.contributor, month][link.signal] = link.organisation
    counts = _Counts()
    for row in _rows(work):
        counts.total += row["commits"]
        if _employer(row) or row["bot_kind"] == "mirror":
            counts.by["domain"] += row["commits"]
        else:
            known = told.get((row["contributor"], row["month"]), {})
            signal = next((s for s in _SIGNALS if s in known), None)
            if signal:
                counts.by[signal] += row["commits"]
    return counts


def _verdicts(project: str, work: pa.Table) -> Iterator[_Verdict]:
    """Whether each signal agrees with the domain of the author's address, where that is hidden from it."""
    from stackholder.loaders.git_history.domains import employer_on, is_company

    for row in _rows(work):
        own = _employer(row)
        if not is_company(own) or row["bot_kind"] != "none":
            continue
        for signal, column in (("mailmap", "written"), ("sign_off", "signed")):
            other = employer_on(row[column], _day(row["month"])) if row[column] else ""
            if other:
                yield _Verdict(signal, project, row["contributor"], other == own, row["commits"])
    for who, right, commits in _named(work):
        yield _Verdict("name_link", project, who, right, commits)


def _named(work: pa.Table) -> Iterator[tuple[str, bool, int]]:
    """Of each company address of a name, whether the name's others tell its employer, and its commits in a month."""
    import pyarrow.compute as pc
    from stackholder.loaders.git_history.domains import employer_on, is_company
    from stackholder.loaders.git_history.links import Use, of_one_name

    persons = work.filter(
        pc.and_(pc.equal(work["bot_kind"], "none"), pc.not_equal(work["called"], ""))
    )
    keys = ["called", "contributor", "domain", "month"]
    names: dict[str, list[Use]] = collections.defaultdict(list)
    for row in persons.group_by(keys).aggregate([([], "count_all")]).to_pylist():
        use = Use(row["contributor"], row["domain"], row["month"], row["count_all"])
        names[row["called"]].append(use)
    for uses in names.values():
        for who in {u.who for u in uses if employer_on(u.domain, _day(u.month))}:
            own = {
                u.month: (employer_on(u.domain, _day(u.month)), u.count)
                for u in uses
                if u.who == who
            }
            masked = [dataclasses.replace(u, domain="~none") if u.who == who else u for u in uses]
            for link in of_one_name(masked):
                for month in range(link.first, link.last + 1) if link.contributor == who else ():
                    employer, count = own.get(month, ("", 0))
                    if is_company(employer):
                        yield who, employer == link.organisation, count


def _rows(work: pa.Table) -> list[dict[str, Any]]:
    keys = ["contributor", "domain", "month", "bot_kind", "written", "signed"]
    rows = work.group_by(keys).aggregate([("commits", "sum"), ("coauthored", "sum")]).to_pylist()
    authored = [{**row, "commits": row["commits_sum"] - row["coauthored_sum"]} for row in rows]
    return [row for row in authored if row["commits"] and row["bot_kind"] != "automation"]


def _employer(row: Mapping[str, Any]) -> str:
    from stackholder.loaders.git_history.domains import employer_on

    return employer_on(str(row["domain"]), _day(row["month"]))


def _day(month: int) -> str:
    year, rest = divmod(month, 12)
    return f"{1970 + year:04}-{rest + 1:02}-15"


if __name__ == "__main__":
    sys.exit(main())
