"""Shares of organisations in the commits of projects, out of a folder of pseudonymised commit tables.

    python -m stackholder.loaders.git_history.aggregate COMMITS_FOLDER OUT.csv [--nodes FOLDER …]

It is how the rows of CONTRIBUTION_SHARE in the starter data were counted. Only organisations come out, no persons.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ...errors import SourceError
from ...graph.engine import engine, keep
from ...graph.schema import Partial
from ...measures.shares import DOMAIN_CONFIDENCE, attribute, shares, totals
from .domains import domain_rows
from .repository import Address

if TYPE_CHECKING:
    import ibis.expr.types as ir
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
_DECIMALS: Final = 6


def aggregate(
    commits: Path, frameworks: Mapping[str, str], kinds: Mapping[str, str], *, least: float = 0.01
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Counts the shares of all repositories of a folder.

    Args:
        commits: Folder of `OWNER__NAME.parquet`.
        frameworks: Id of a framework by the address of its repository in lower case.
        kinds: Kind (Company, Institution) by organisation id.
        least: Smallest share that gets a row.

    Returns:
        Rows with `COLUMNS`, and rows that say what is known of each repository and window as a whole.

    Raises:
        SourceError: The folder holds no commit tables.
    """
    files = sorted(commits.glob("*__*.parquet"))
    if not files:
        raise SourceError(
            "no OWNER__NAME.parquet here",
            where=str(commits),
            hint="name the folder of commit tables",
        )
    with engine() as connection:
        done, authors = contributions(connection, files, datetime.datetime.now(datetime.UTC))
        attributed = keep(connection, "attributed", attribute(done, _no_employs(), _domains()))
        counted = shares(attributed, authors).to_pyarrow().to_pylist()
        whole = totals(attributed, authors).to_pyarrow().to_pylist()
    below: dict[tuple[str, str], int] = {}
    for row in counted:
        if row["share"] < least:
            below[row["target"], row["window"]] = below.get((row["target"], row["window"]), 0) + 1
    last = {(r["target"], r["window"]): r["last"] for r in whole}
    rows = []
    for row in counted:
        if row["share"] >= least:
            place = (row["target"], row["window"])
            note = _note(below.get(place, 0), least, last[place])
            rows.append(_row(row, frameworks, kinds, note))
    rows.sort(
        key=lambda r: (r["target"], r["window"] != "all", r["window"], -r["commits"], r["source"])
    )
    whole.sort(key=lambda r: (r["target"].lower(), r["window"] != "all", r["window"]))
    return rows, whole


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
    address = Address(*row["target"].removeprefix("https://").split("/", 1))
    if row["source"] not in kinds:
        raise SourceError(
            "an organisation of the domain list has no node",
            where=row["source"],
            hint="name its folder with --nodes",
        )
    known = [
        frameworks[a.lower()] for a in (address.current, address.url) if a.lower() in frameworks
    ]
    if not known:
        raise SourceError(
            "a repository has no framework",
            where=row["target"],
            hint="name its folder with --nodes",
        )
    numbers = ("share", "low", "high", "coverage", "confidence")
    return {
        "source_kind": kinds[row["source"]],
        "target_kind": "Framework",
        **{
            k: row[k]
            for k in ("source", "window", "commits", "total", "elephant_low", "elephant_high")
        },
        "target": known[0],
        **{k: round(row[k], _DECIMALS) for k in numbers},
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"] or "",
        "status": "",
        "source_url": address.current,
        "stated": "",
        "note": note,
    }


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
    parser.add_argument("commits", type=Path, help="folder of OWNER__NAME.parquet")
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
        rows, whole = aggregate(given.commits, frameworks, kinds, least=given.least)
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
