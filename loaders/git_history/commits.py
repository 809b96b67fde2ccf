"""What was read of a repository, kept without names and addresses, so that next time only new commits are read."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .domains import MANY, lists_digest
from .history import KINDS, History, fixing_tags, read_history
from .people import Actor, bots_digest
from .plumbing import ask

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Cache", "Commits"]

_VERSION: Final = "5"
_ACTOR: Final = ("domain", "key", "bot_kind", "organisation")


@dataclasses.dataclass(frozen=True, slots=True)
class Commits:
    """All commits of a repository.

    Attributes:
        table: columns: sha, contributor, called (pseudonym of the name), month (months since 1970-01), `COUNTS`,
            authored, seen_as, written, signed (see `History`), domain, key (pseudonym of a domain that too few share),
            bot_kind, organisation (of a mirror). One row per commit and contributor; none of those who opted out.
        total: Commits, whoever made them.
        omitted: Parts of them that give nothing, by reason.
    """

    table: pa.Table
    total: int
    omitted: Mapping[str, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Cache:
    """The file that keeps what was read of one repository.

    Attributes:
        file: Parquet.
        pseudonym: Keyed hash.
        left_out: Contributors who opted out; the file is another where they are others.
        tell: Is told every few thousand commits how many were read.
    """

    file: Path
    pseudonym: Callable[[str], str]
    left_out: Collection[str] = frozenset()
    tell: Callable[[int], None] = lambda done: None

    def unchanged(self, bundle: str) -> Commits | None:
        """What is kept of a bundle, if that is still the one that was read.

        Args:
            bundle: Its digest.
        """
        table, said = self._file()
        if table is None or said.get("bundle") != bundle or not _same(said, self._lists()):
            return None
        return _commits(table, said)

    def read(self, folder: Path, head: str, bundle: str = "") -> Commits:
        """Reads a repository up to `head`: what is kept, then the commits since.

        All is read anew where the history was restarted, or where what the rows rest on has changed: `.mailmap`, the
        salt, the lists, tags that name a vulnerability.

        Args:
            folder: The repository.
            head: Its newest commit.
            bundle: Digest of the bundle that it was made of, if it was.

        Raises:
            SourceError: git failed.
        """
        tags = fixing_tags(folder)
        basis = {**self._lists(), "mailmap": _mailmap(folder, head), "tags": " ".join(tags)}
        kept, said = self._file()
        if kept is not None and not (_same(said, basis) and _leads_to(folder, said["head"], head)):
            kept = None
        if kept is not None and said["head"] == head and said["bundle"] == bundle:
            return _commits(kept, said)
        since = said["head"] if kept is not None else None
        history = read_history(folder, head, since, self.pseudonym, self.tell)
        total, omitted = history.total, collections.Counter(history.omitted)
        if kept is not None:
            total += int(said["total"])
            omitted.update(json.loads(said["omitted"]))
        table = _joined(kept, history, self.left_out)
        table = _marked(table, history.fixes.union(tags))
        said = {**basis, "head": head, "bundle": bundle, "total": str(total)}
        said["omitted"] = json.dumps(omitted, sort_keys=True)
        self._keep(table, said)
        return _commits(table, said)

    def _lists(self) -> dict[str, str]:
        lists = f"{lists_digest()} {bots_digest()}"
        return {"version": _VERSION, "salt": self.pseudonym("salt"), "lists": lists}

    def _file(self) -> tuple[pa.Table | None, dict[str, str]]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(self.file)
        except (OSError, pa.ArrowException):
            return None, {}
        said = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()}
        return table.replace_schema_metadata(None), said

    def _keep(self, table: pa.Table, said: dict[str, str]) -> None:
        import pyarrow.parquet as pq

        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_name(f".new-{self.file.name}-{os.getpid()}")
        pq.write_table(table.replace_schema_metadata(said), fresh, compression="zstd")
        fresh.replace(self.file)


def _commits(table: pa.Table, said: Mapping[str, str]) -> Commits:
    return Commits(table, int(said["total"]), json.loads(said["omitted"]))


def _same(said: Mapping[str, str], basis: Mapping[str, str]) -> bool:
    return all(said.get(name) == value for name, value in basis.items())


def _leads_to(folder: Path, old: str, new: str) -> bool:
    return ask(folder, "merge-base", "--is-ancestor", old, new) is not None


def _mailmap(folder: Path, head: str) -> str:
    """Changes when the maps of identities do."""
    found = ask(folder, "rev-parse", "-q", "--verify", f"{head}:.mailmap") or ""
    own = folder / ".mailmap"
    return found + (hashlib.sha256(own.read_bytes()).hexdigest() if own.is_file() else "")


def _marked(table: pa.Table, shas: Iterable[str]) -> pa.Table:
    """Counts commits as security fixes that others than their own message call so."""
    import pyarrow as pa
    import pyarrow.compute as pc

    named = pc.is_in(table["sha"], pa.array(sorted(shas), pa.string()))
    named = pc.and_(named, pc.greater(table["commits"], 0))
    place = table.column_names.index("security_fixes")
    both = pc.bit_wise_or(table["security_fixes"], named.cast(pa.int8()))
    return table.set_column(place, "security_fixes", both)


def _joined(kept: pa.Table | None, history: History, left_out: Collection[str]) -> pa.Table:
    """Old and new rows, every contributor described alike in all of them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    facts: dict[str, _Facts] = {}
    work = history.work
    if left_out:
        gone = pc.is_in(work["contributor"], pa.array(sorted(left_out), pa.string()))
        work = work.filter(pc.invert(gone))
    parts = [work]
    if kept is not None:
        columns = ["contributor", *_ACTOR]
        for row in kept.select(columns).group_by(columns).aggregate([]).to_pylist():
            facts.setdefault(row["contributor"], _Facts()).add_row(row)
        parts.insert(0, kept.select(work.column_names))
    shared: dict[str, str] = {}
    for one in history.actors:
        facts.setdefault(one.pseudonym, _Facts()).add(one)
        if one.key:
            shared[one.key] = one.shared
    work = pa.concat_tables(parts)
    present = set(work["contributor"].unique().to_pylist())
    authors: dict[str, int] = {}
    for fact in (f for who, f in facts.items() if who in present and f.key):
        authors[fact.key] = authors.get(fact.key, 0) + 1
    open_domains = {
        key: shared[key] for key, count in authors.items() if count >= MANY and key in shared
    }
    kinds = _kinds(work)
    people = [
        {"contributor": who, "bot_kind": kinds.get(who, "none"), **fact.columns(open_domains)}
        for who, fact in facts.items()
    ]
    return _described(work, people)


def _described(work: pa.Table, people: Iterable[dict[str, str]]) -> pa.Table:
    import pyarrow as pa

    rows = list(people)
    place = {row["contributor"]: n for n, row in enumerate(rows)}
    codes = pa.array([place[who] for who in work["contributor"].to_pylist()], pa.int32())
    for name in _ACTOR:
        values = pa.array([row[name] for row in rows], pa.string())
        work = work.append_column(name, values.take(codes))
    return work


def _kinds(work: pa.Table) -> dict[str, str]:
    """What sort of actor each contributor is that any commit shows as a robot.

    An address of a robot is a person's where a person authored more under it than the robot: to be credited in a
    trailer, or to commit as much, turns no robot human.
    """
    columns = ["contributor", "seen_as"]
    rows = work.select([*columns, "authored"]).group_by(columns).aggregate([("authored", "sum")])
    authored: dict[str, dict[int, int]] = collections.defaultdict(dict)
    for row in rows.to_pylist():
        authored[row["contributor"]][row["seen_as"]] = row["authored_sum"]
    robots = {}
    for who, counts in authored.items():
        human = counts.pop(0, 0)
        if counts and human <= sum(counts.values()):
            robots[who] = KINDS[max(counts, key=lambda kind: (counts[kind], kind))]
    return robots


class _Facts:
    """What is known of one contributor, gathered over all names and runs."""

    def __init__(self) -> None:
        self.domain = ""
        self.key = ""
        self.organisation = ""

    def add(self, one: Actor) -> None:
        self._merge(one.domain, one.key, one.bot.organisation)

    def add_row(self, row: dict[str, Any]) -> None:
        self._merge(row["domain"], row["key"], row["organisation"])

    def _merge(self, domain: str, key: str, organisation: str) -> None:
        # One address has one domain; only whether it looks personal depends on the name beside it.
        opened = bool(self.domain) and not self.domain.startswith("~")
        if not opened and (not self.domain or not domain.startswith("~") or domain < self.domain):
            self.domain = domain
        self.key = key or self.key
        self.organisation = organisation or self.organisation

    def columns(self, open_domains: dict[str, str]) -> dict[str, str]:
        domain = open_domains.get(self.key, self.domain)
        return {
            "domain": domain,
            "key": self.key,
            "organisation": self.organisation,
        }
