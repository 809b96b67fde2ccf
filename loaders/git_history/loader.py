"""Git histories: who contributed to which project in which month, without names and addresses."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...errors import SourceError
from ...graph.claims import Claims, Source, starter_id
from . import bundle
from .commits import Cache, Commits
from .domains import organisation_rows
from .history import COUNTS
from .links import LEAST, NEAR, confidence, linked
from .privacy import digest_of
from .repository import Repository, Table, found, newest
from .tables import read_table, rows_of

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="git_history",
    title="commits of a git repository",
    publisher="the project's own repository",
    licence="LicenseRef-commit-metadata",
    homepage="https://git-scm.com/docs/git-log",
    tier="primary",
    rank=60,
    reads=("a clone", "a bare repository", "*.bundle", "OWNER__NAME.parquet", "a folder of these"),
)

_HOW: Final = {
    "mailmap": "written from a work address, which the project's map of identities replaces",
    "sign_off": "the author signed the commit off from a work address, under the same name",
    "name_link": f"the same name wrote {LEAST} times or more from a work address within {NEAR} months; it is not kept",
}
_FIRST_MONTH: Final = (1990 - 1970) * 12
_LEFT_OUT: Final = "commits of contributors who opted out"


def load(source: Path, out: Claims) -> None:
    """Reads every repository at `source`; each is a scope of its own. A row is a commit.

    One that cannot be read leaves its scope unfinished; the others are read all the same.

    Raises:
        SourceError: There is no repository, one of them could not be read.
    """
    left_out = out.left_out
    kept = _cache(out, digest_of(left_out))
    repositories = found(source)
    if all(isinstance(r, Table) for r in repositories):
        out.awaited = sum(rows_of(r.path) for r in repositories)
    failures: list[SourceError] = []
    done: set[str] = set()
    for repository in repositories:
        if repository.id in done:
            rows = rows_of(repository.path) if isinstance(repository, Table) else 1
            out.skip("a second copy of a repository that is read", rows)
            continue
        done.add(repository.id)
        try:
            with out.scope(repository.id):
                if isinstance(repository, Table):
                    _read_table(repository, left_out, out)
                else:
                    _read_history(repository, left_out, kept, out)
        except SourceError as error:
            failures.append(error)
    if len(failures) > 1:
        first = failures[0]
        raise SourceError(
            f"{first.what} (and {len(failures) - 1} more could not be read)",
            where=first.where,
            hint=first.hint,
        )
    if failures:
        raise failures[0]


def _cache(out: Claims, left_out: str) -> Path:
    """The folder that keeps commits; what was kept under another list of opt-outs, or by older versions, goes."""
    folder = out.cache / "-".join(filter(None, ("commits", left_out)))
    for other in sorted(out.cache.glob("*")):
        if other != folder and (other.name == "bundles" or other.name.startswith("commits")):
            shutil.rmtree(other)
    return folder


def _read_table(repository: Repository, left_out: Collection[str], out: Claims) -> None:
    with out.rows(rows_of(repository.path)):
        work = read_table(repository.path, out)
        size = work.num_rows
        work = _without(work, left_out)
        _skip(_LEFT_OUT, size - work.num_rows, out)
        _framework(repository, out)
        _state(repository, work, out)


def _read_history(
    repository: Repository, left_out: Collection[str], kept: Path, out: Claims
) -> None:
    name = f"{repository.id}\n{repository.path.resolve()}"
    file = kept / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.parquet"
    before = out.ledger.rows
    cache = Cache(file, out.pseudonym, left_out, lambda done: out.progress(before + done))
    commits = _commits(repository, cache)
    with out.rows(commits.total if commits else 0):
        _framework(repository, out)
        if commits is None:
            return
        for reason, count in sorted(commits.omitted.items()):
            out.omit(reason, count)
        given = len(commits.table["sha"].unique())
        _skip(_LEFT_OUT, commits.total - given, out)
        _state(repository, commits.table, out)


def _commits(repository: Repository, cache: Cache) -> Commits | None:
    """The commits of a clone or a bundle; None where there is none yet."""
    path = repository.path
    if not path.is_file():
        head = newest(path, "HEAD", path)
        return cache.read(path, head) if head else None
    digest = bundle.digest(path)
    known = cache.unchanged(digest)
    if known is not None:
        return known
    with bundle.unpacked(path) as folder:
        head = newest(folder, bundle.HEAD, path)
        return cache.read(folder, head, digest) if head else None


def _without(work: pa.Table, left_out: Collection[str]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    gone = pc.is_in(work["contributor"], pa.array(sorted(left_out), pa.string()))
    return work.filter(pc.invert(gone))


def _skip(reason: str, count: int, out: Claims) -> None:
    if count:
        out.skip(reason, count)


def _framework(repository: Repository, out: Claims) -> None:
    address = repository.address
    identifiers = (
        sorted({f"repository:{address.url}", f"repository:{address.current}"}) if address else None
    )
    name = address.path.rpartition("/")[2] if address else repository.name
    url = address.url if address else None
    out.node("Framework", repository.id, name, at=repository.id, url=url, identifiers=identifiers)


def _state(repository: Repository, work: pa.Table, out: Claims) -> None:
    """States contributors, their work per month, the companies behind mirrors, and the employers that names tell."""
    import pyarrow as pa

    work = _dated(work, out)
    if not work.num_rows:
        return
    url = repository.address.url if repository.address else None
    people = (
        work.group_by(["contributor", "bot_kind", "organisation"])
        .aggregate([])
        .sort_by("contributor")
    )
    _contributors(repository, people, url, out)
    counts = [name for name in COUNTS if name in work.column_names]
    grouped = work.group_by(["contributor", "domain", "month"]).aggregate(
        [(name, "sum") for name in counts]
    )
    grouped = grouped.sort_by(
        [("contributor", "ascending"), ("month", "ascending"), ("domain", "ascending")]
    )
    size = grouped.num_rows
    months = grouped["month"].to_pylist()
    windows = [_month(m).strftime("%Y-%m") for m in months]
    columns = {
        "source_kind": pa.array(["Contributor"] * size),
        "source": grouped["contributor"],
        "target_kind": pa.array(["Framework"] * size),
        "target": pa.array([repository.id] * size),
        "at": pa.array([f"{repository.id} {window}" for window in windows]),
        "url": pa.array([url] * size, pa.string()),
        "window": pa.array(windows),
        "email_domain": grouped["domain"],
        **{name: grouped[f"{name}_sum"] for name in counts},
        "valid_from": pa.array([_month(m) for m in months], pa.date32()),
        "valid_from_precision": pa.array(["month"] * size),
        "valid_to": pa.array([_month(m + 1) for m in months], pa.date32()),
        "valid_to_precision": pa.array(["month"] * size),
    }
    out.edges("CONTRIBUTED_TO", pa.table(columns))
    if "called" in work.column_names:
        _linked(repository, work, url, out)


def _month(number: int) -> datetime.date:
    year, month = divmod(number, 12)
    return datetime.date(1970 + year, month + 1, 1)


def _dated(work: pa.Table, out: Claims) -> pa.Table:
    """Leaves out what a wrong clock dated before 1990 or after this run, and counts it."""
    import pyarrow.compute as pc

    now = datetime.datetime.fromisoformat(out.ledger.started)
    last = (now.year - 1970) * 12 + now.month - 1
    early, late = pc.less(work["month"], _FIRST_MONTH), pc.greater(work["month"], last)
    for mask, when in ((early, "before 1990"), (late, "after today")):
        count = pc.count_distinct(work.filter(mask)["sha"]).as_py()
        _skip(f"commits dated {when}", count, out)
    return work.filter(pc.invert(pc.or_(early, late)))


def _contributors(repository: Repository, people: pa.Table, url: str | None, out: Claims) -> None:
    employers = _Employers(repository, url, out)
    for person in people.to_pylist():
        who, kind = person["contributor"], person["bot_kind"]
        out.node(
            "Contributor",
            who,
            f"contributor {who[:8]}",
            at=repository.id,
            url=url,
            identifiers=[f"contributor:{who}"],
            email_hashes=[who],
            is_bot=kind != "none",
            bot_kind=kind,
        )
        if kind == "mirror":
            employers.state(person["organisation"], who, "service_identity")


def _linked(repository: Repository, work: pa.Table, url: str | None, out: Claims) -> None:
    employers = _Employers(repository, url, out)
    for link in linked(work):
        first, last = _month(link.first), _month(link.last + 1)
        employers.state(
            link.organisation,
            link.contributor,
            link.signal,
            note=_HOW[link.signal],
            valid_from=first.strftime("%Y-%m"),
            valid_to=last.strftime("%Y-%m"),
        )


class _Employers:
    """States who works for whom, and each employer once."""

    def __init__(self, repository: Repository, url: str | None, out: Claims) -> None:
        self._at, self._url, self._out = repository.id, url, out
        self._project = repository.address.current if repository.address else ""
        self._known = {row["id"]: row for row in organisation_rows()}
        self._stated: set[str] = set()

    def state(self, organisation: str, who: str, signal: str, **properties: str) -> None:
        """States one employment; nothing where the employer is not in the packaged list."""
        company = self._known.get(organisation)
        if company is None:
            return
        kind, id_ = company["kind"], company["id"]
        if id_ not in self._stated:
            self._stated.add(id_)
            known_as = [i for i in company["identifiers"].split(";") if i]
            self._out.node(
                kind,
                id_,
                company["name"],
                at=self._at,
                url=self._url,
                identifiers=[*known_as, starter_id(kind, id_)],
            )
        self._out.edge(
            "EMPLOYS",
            (kind, id_),
            ("Contributor", who),
            at=self._at,
            url=self._url,
            signal=signal,
            method="extracted",
            confidence=confidence(signal, self._project),
            **properties,
        )
