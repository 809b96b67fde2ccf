"""Shares of organisations in the commits of projects, out of clones, bundles and pseudonymised commit tables.

    python -m stackholder.loaders.git_history.aggregate COMMITS OUT.csv [--nodes FOLDER …]

It is how the rows of CONTRIBUTION_SHARE in the starter data were counted, and counts as a build does: commits by their
author. Only organisations come out, no persons.
"""

from __future__ import annotations

import argparse
import collections
import csv
import datetime
import hashlib
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from ...errors import SourceError
from ...graph.engine import engine, keep
from ...graph.schema import Partial
from ...measures.shares import DOMAIN_CONFIDENCE, attribute, shares, totals
from . import bundle
from .commits import Cache
from .domains import domain_rows, organisation_rows
from .links import confidence, linked
from .repository import Address, Repository, Table, found, newest

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

__all__ = ["COLUMNS", "aggregate", "contributions", "main"]

COLUMNS: Final = (
    *(
        "source_kind",
        "source",
        "target_kind",
        "target",
        "window",
        "commits",
        "total",
        "share",
        "low",
        "high",
    ),
    *(
        "coverage",
        "elephant_low",
        "elephant_high",
        "valid_from",
        "valid_to",
        "confidence",
        "status",
        "source_url",
    ),
    *("stated", "note"),
)
"""Columns of the file that comes out: those of the starter data."""

_FIRST: Final = datetime.datetime(1990, 1, 1, tzinfo=datetime.UTC)
_FIRST_MONTH: Final = (1990 - 1970) * 12
_DECIMALS: Final = 6


def aggregate(
    commits: Path,
    frameworks: Mapping[str, str],
    kinds: Mapping[str, str],
    *,
    least: float = 0.01,
    remark: Callable[[str], None] = lambda words: None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Counts the shares of all repositories at a path.

    Args:
        commits: A clone, a bundle, an `OWNER__NAME.parquet`, or a folder of these.
        frameworks: Id of a framework by the address of its repository in lower case.
        kinds: Kind (Company, Institution) by organisation id; those of the packaged list are known.
        least: Smallest share that gets a row.
        remark: Is told what was left out, and which repository has no framework.

    Returns:
        Rows with `COLUMNS`, and rows that say what is known of each repository and window as a whole.

    Raises:
        SourceError: There is no repository, or one cannot be read.
    """
    repositories = found(commits)
    now = datetime.datetime.now(datetime.UTC)
    kinds = {**{row["id"]: row["kind"] for row in organisation_rows()}, **kinds}
    tables = [r.path for r in repositories if isinstance(r, Table) and r.address]
    histories = [r for r in repositories if not isinstance(r, Table) and r.address]
    for nameless in (r for r in repositories if not r.address):
        remark(f"{nameless.name}: left out, since nothing says where it is published")
    with engine() as connection:
        parts = [contributions(connection, tables, now)] if tables else []
        employs = _no_employs()
        if histories:
            done, authors, employs = _of_histories(histories, now)
            parts.append((done, authors))
        if not parts:
            return [], []
        done, authors = (_union(each) for each in zip(*parts, strict=True))
        attributed = keep(connection, "attributed", attribute(done, employs, _domains()))
        counted = shares(attributed, authors).to_pyarrow().to_pylist()
        whole = totals(attributed, authors).to_pyarrow().to_pylist()
    below: collections.Counter[tuple[str, str]] = collections.Counter(
        (row["target"], row["window"]) for row in counted if row["share"] < least
    )
    last = {(r["target"], r["window"]): r["last"] for r in whole}
    rows = []
    for row in counted:
        place = (row["target"], row["window"])
        if row["share"] < least:
            continue
        if row["source"] not in kinds:
            remark(f"{row['source']}: left out, since no node says what it is: --nodes FOLDER")
            continue
        rows.append(_row(row, frameworks, kinds, _note(below[place], least, last[place])))
    for target in sorted({row["target"] for row in whole}):
        if not _framework(target, frameworks):
            remark(f"{target}: no framework of the nodes; its rows are under {_id(target)}")
    rows.sort(
        key=lambda r: (r["target"], r["window"] != "all", r["window"], -r["commits"], r["source"])
    )
    whole.sort(key=lambda r: (r["target"].lower(), r["window"] != "all", r["window"]))
    return rows, whole


def _union(tables: Sequence[ir.Table]) -> ir.Table:
    import ibis

    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def _of_histories(
    repositories: Sequence[Repository], now: datetime.datetime
) -> tuple[ir.Table, ir.Table, ir.Table]:
    """The tables `contributed_to`, `contributors` and `employs` of `measures.shares`, of clones and bundles.

    Names and addresses are turned into pseudonyms under a key that is forgotten.
    """
    import ibis
    import pyarrow as pa

    key = secrets.token_bytes(16)

    def pseudonym(text: str) -> str:
        return hashlib.blake2b(text.encode(), key=key, digest_size=8).hexdigest()

    done: list[dict[str, Any]] = []
    kinds: dict[str, str] = {}
    jobs: list[dict[str, Any]] = []
    last = (now.year - 1970) * 12 + now.month - 1
    for repository in repositories:
        address = cast("Address", repository.address)
        work = _read(repository, pseudonym)
        keys = ["contributor", "domain", "month", "bot_kind", "organisation"]
        for row in (
            work.group_by(keys).aggregate([("commits", "sum"), ("coauthored", "sum")]).to_pylist()
        ):
            authored = row["commits_sum"] - row["coauthored_sum"]
            if authored and _FIRST_MONTH <= row["month"] <= last:
                done.append(
                    {
                        "source": row["contributor"],
                        "target": address.url,
                        "window": f"{_month(row['month']):%Y-%m}",
                        "email_domain": row["domain"],
                        "commits": authored,
                    }
                )
                kinds[row["contributor"]] = row["bot_kind"]
            if row["bot_kind"] == "mirror" and row["organisation"]:
                jobs.append(
                    _job(row["organisation"], row["contributor"], "service_identity", address)
                )
        for link in linked(work):
            since, until = _month(link.first), _month(link.last + 1)
            jobs.append(
                _job(link.organisation, link.contributor, link.signal, address, since, until)
            )
    contributors = [{"id": who, "bot_kind": kind} for who, kind in kinds.items()]
    schemas = (
        ("source", "target", "window", "email_domain", "commits"),
        ("id", "bot_kind"),
        ("source", "target", "confidence", "valid_from", "valid_to"),
    )
    types = {
        "commits": pa.int64(),
        "confidence": pa.float64(),
        "valid_from": pa.date32(),
        "valid_to": pa.date32(),
    }
    tables = (
        pa.Table.from_pylist(
            rows, schema=pa.schema([(n, types.get(n, pa.string())) for n in names])
        )
        for rows, names in zip((done, contributors, jobs), schemas, strict=True)
    )
    one, two, three = (ibis.memtable(table) for table in tables)
    return one, two, three


def _read(repository: Repository, pseudonym: Callable[[str], str]) -> pa.Table:
    with tempfile.TemporaryDirectory(prefix="stackholder-") as folder:
        cache = Cache(Path(folder) / "commits.parquet", pseudonym)
        path = repository.path
        if not path.is_file():
            return cache.read(path, newest(path, "HEAD", path) or "HEAD").table
        with bundle.unpacked(path) as unpacked:
            return cache.read(unpacked, newest(unpacked, bundle.HEAD, path) or "HEAD").table


def _month(number: int) -> datetime.date:
    year, month = divmod(number, 12)
    return datetime.date(1970 + year, month + 1, 1)


def _job(
    organisation: str,
    who: str,
    signal: str,
    address: Address,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> dict[str, Any]:
    return {
        "source": organisation,
        "target": who,
        "confidence": confidence(signal, address.current),
        "valid_from": since,
        "valid_to": until,
    }


def contributions(
    connection: Backend, files: Sequence[Path], now: datetime.datetime
) -> tuple[ir.Table, ir.Table]:
    """Reads commit tables as the tables `contributed_to` and `contributors` of `control.shares`.

    The target is the address of the repository. Commits dated before 1990 or after `now` are left out.
    """
    import ibis

    table = connection.read_parquet([str(f) for f in files], filename=True)
    time = table.author_time
    table = table.filter((time >= int(_FIRST.timestamp())) & (time <= int(now.timestamp())))
    stem = table.filename.re_extract(r"([^/\\]+)\.parquet$", 1)
    rows = table.mutate(
        target=ibis.literal("https://github.com/") + stem.re_replace("__", "/"),
        window=table.author_time.as_timestamp("s").strftime("%Y-%m"),
        source=table.author_id,
    )
    done = rows.group_by(["source", "target", "window", "email_domain"]).agg(commits=rows.count())
    authors = table.group_by("author_id").agg(
        bot=table.is_bot.all(), service=table.is_service_identity.any()
    )
    kind = ibis.cases((authors.service, "mirror"), (authors.bot, "automation"), else_="none")
    return done, authors.select(id=authors.author_id, bot_kind=kind)


def _no_employs() -> ir.Table:
    import ibis
    import pyarrow as pa

    columns = [("source", pa.string()), ("target", pa.string()), ("confidence", pa.float64())]
    dates = [("valid_from", pa.date32()), ("valid_to", pa.date32())]
    return ibis.memtable(pa.schema([*columns, *dates]).empty_table())


def _domains() -> ir.Table:
    """The packaged list of domains as the table `domains` of `control.shares`."""
    import ibis
    import pyarrow as pa

    rows = domain_rows()
    table = pa.table(
        {
            "domain": [row["domain"] for row in rows],
            "organisation": [row["organisation"] for row in rows],
            "valid_from": pa.array([_first_day(row["from"]) for row in rows], pa.date32()),
            "valid_to": pa.array([_first_day(row["to"]) for row in rows], pa.date32()),
            "confidence": [DOMAIN_CONFIDENCE] * len(rows),
        }
    )
    return ibis.memtable(table)


def _first_day(text: str) -> datetime.date | None:
    partial = Partial.read(text)
    return partial.date if partial else None


def _note(below: int, least: float, last: datetime.date) -> str:
    left_out = f"; not listed, below {least:.0%}: {below}" if below else ""
    return (
        f"counted by Stackholder from public commit metadata to {last:%Y-%m}; author's address domain; "
        f"service accounts count for their company{left_out}"
    )


def _row(
    row: Mapping[str, Any], frameworks: Mapping[str, str], kinds: Mapping[str, str], note: str
) -> dict[str, Any]:
    target = row["target"]
    numbers = ("share", "low", "high", "coverage", "confidence")
    return {
        "source_kind": kinds[row["source"]],
        "target_kind": "Framework",
        **{
            k: row[k]
            for k in ("source", "window", "commits", "total", "elephant_low", "elephant_high")
        },
        "target": _framework(target, frameworks) or _id(target),
        **{k: round(row[k], _DECIMALS) for k in numbers},
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"] or "",
        "status": "",
        "source_url": _address(target).current,
        "stated": "",
        "note": note,
    }


def _address(target: str) -> Address:
    return Address(*target.removeprefix("https://").split("/", 1))


def _framework(target: str, frameworks: Mapping[str, str]) -> str:
    """The framework whose repository it is, where it is now or where it was; empty where none is."""
    address = _address(target)
    ids = (frameworks.get(a.lower(), "") for a in (address.current, address.url))
    return next(filter(None, ids), "")


def _id(target: str) -> str:
    return _address(target).path.lower()


def _nodes(folders: Iterable[Path], kind: str) -> Iterator[dict[str, str]]:
    for folder in folders:
        file = folder / f"{kind}.csv"
        if file.exists():
            with file.open(encoding="utf-8", newline="") as stream:
                yield from csv.DictReader(stream)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m stackholder.loaders.git_history.aggregate", description=__doc__
    )
    parser.add_argument(
        "commits", type=Path, help="clone, bundle, OWNER__NAME.parquet, or a folder of them"
    )
    parser.add_argument("out", type=Path, help="CSV to write")
    parser.add_argument(
        "--nodes",
        type=Path,
        action="append",
        default=[],
        help="folder of Framework.csv, Company.csv …",
    )
    parser.add_argument(
        "--least", type=float, default=0.01, help="smallest share that gets a row (default 0.01)"
    )
    given = parser.parse_args(arguments)
    folders = given.nodes or [Path(__file__).parents[1] / "curated" / "data" / "nodes"]
    frameworks = {
        name.removeprefix("repository:").lower(): row["id"]
        for row in _nodes(folders, "Framework")
        for name in row["identifiers"].split(";")
        if name.startswith("repository:")
    }
    kinds = {
        row["id"]: kind for kind in ("Company", "Institution") for row in _nodes(folders, kind)
    }
    try:
        rows, whole = aggregate(
            given.commits,
            frameworks,
            kinds,
            least=given.least,
            remark=lambda words: print(words, file=sys.stderr),
        )
    except SourceError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with given.out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for row in whole:
        if row["window"] == "all":
            low, high = row["elephant_low"], row["elephant_high"]
            sys.stdout.write(
                f"{row['target']}: {row['total']:,} commits, coverage {row['coverage']:.3f}, elephant {low}–{high}\n"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
