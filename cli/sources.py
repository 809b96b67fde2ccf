"""`stackholder sources`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import format_option, home_option

if TYPE_CHECKING:
    from ..graph.claims import Ledger
    from ..graph.home import Home

__all__ = ["command"]


@click.command("sources")
@click.option(
    "--refused", "part", flag_value="refused", help="Refused rows: file and line, field, reason."
)
@click.option("--unread", "part", flag_value="unread", help="Fields that no loader read.")
@click.option("--outside", "part", flag_value="outside", help="What was left out, by reason.")
@click.option(
    "--scopes", "part", flag_value="scopes", help="Parts of each source, read in full or not."
)
@click.option(
    "--employers",
    "part",
    flag_value="employers",
    help="Work with a known employer, by project and signal.",
)
@click.option(
    "--stubs", "part", flag_value="stubs", help="What is named and described by no source."
)
@home_option
@format_option
def command(part: str | None, home: Path | None, style: str | None) -> None:
    """Loaders with licence and last run; what was refused, not read, left out, or only named.

    \b
    stackholder sources
    stackholder sources --refused
    stackholder sources --stubs --format tsv
    """
    from ..graph.home import Home
    from ..settings import settings
    from .output import default_format

    where = Home(settings(home=home).home.value)
    if part is None:
        _sources(where, style or default_format())
    else:
        _list(_PARTS[part](where), part, style or default_format())


def _sources(home: Home, style: str) -> None:
    from ..graph.partition import ledger_of
    from ..graph.result import Column
    from ..loaders import loader, names
    from .output import emit_rows, say

    ledgers = [ledger_of(p) for p in home.partitions()]
    rows = []
    for name in names():
        source = loader(name).source
        runs: list[Ledger | None] = [led for led in ledgers if led.loader == name]
        for run in runs or [None]:
            rows.append(  # noqa: PERF401 - a comprehension of this size cannot be read
                {
                    "loader": name,
                    "label": run and run.label,
                    "reads": source.title,
                    "licence": run.licence if run else source.licence,
                    "last_run": run and run.started[:16].replace("T", " "),
                    "fetched": (run and run.fetched[:16].replace("T", " ")) or None,
                    "complete": run and run.complete,
                    "rows": run and run.rows,
                    "nodes": run and sum(run.nodes.values()),
                    "edges": run and sum(run.edges.values()),
                    "refused": run and run.refused,
                    "outside": run and sum(run.skipped.values()),
                    "not_read": run and len(run.unread),
                    "failure": run.failure if run else "",
                }
            )
    counts = ("rows", "nodes", "edges", "refused", "outside", "not_read")
    kinds = {**dict.fromkeys(counts, "integer"), "complete": "boolean"}
    columns = [Column(n, kinds.get(n, "string")) for n in rows[0]]
    if style != "table":
        emit_rows(columns, rows, style, "sources")
        return
    hidden = {"failure", "reads"} if ledgers else {"failure"}
    shown = [
        c for c in columns if c.name not in hidden and any(r[c.name] is not None for r in rows)
    ]
    emit_rows(shown, rows, style)
    for ledger in ledgers:
        unfinished = [s.name for s in ledger.scopes if not s.finished]
        if ledger.failure:
            say(f"{ledger.partition}: {ledger.failure}")
        if unfinished:
            say(f"{ledger.partition}: not read in full: {', '.join(unfinished[:10])}")


# ------------------------------------------------------------------ the parts


def _list(rows: list[dict[str, Any]], part: str, style: str) -> None:
    from ..graph.result import Column
    from .output import emit_rows

    kinds = {"count": "integer", "claims": "integer", "commits": "integer", "finished": "boolean"}
    names = _COLUMNS.get(part) or tuple(rows[0] if rows else ())
    if part == "employers":
        kinds |= dict.fromkeys(set(names) - {"project", "name", "commits"}, "double")
    columns = [Column(n, kinds.get(n, "string")) for n in names]
    emit_rows(columns, rows, style, part)


def _refused(home: Home) -> list[dict[str, Any]]:
    import json

    from ..graph.partition import ledger_of

    return [
        {"source": ledger_of(p).partition, "at": at, "field": field, "reason": reason}
        for p in home.partitions()
        for at, field, reason in json.loads((p / "refused.json").read_text())
    ]


def _unread(home: Home) -> list[dict[str, Any]]:
    return [
        {"source": led.partition, "field": field, "count": count}
        for led in _ledgers(home)
        for field, count in sorted(led.unread.items())
    ]


def _outside(home: Home) -> list[dict[str, Any]]:
    return [
        {"source": led.partition, "of": of, "reason": reason, "count": count}
        for led in _ledgers(home)
        for of, counts in (("rows", led.skipped), ("parts of rows", led.omitted))
        for reason, count in sorted(counts.items())
    ]


def _scopes(home: Home) -> list[dict[str, Any]]:
    return [
        {"source": led.partition, "scope": s.name, "finished": s.finished, "claims": s.rows}
        for led in _ledgers(home)
        for s in led.scopes
    ]


def _stubs(home: Home) -> list[dict[str, Any]]:
    from ..graph.snapshot import Snapshot, stubs

    return stubs(Snapshot.open(home.current_snapshot()))


def _employers(home: Home) -> list[dict[str, Any]]:
    from ..graph.snapshot import Snapshot
    from ..state.contributions import coverage

    snapshot = Snapshot.open(home.current_snapshot())
    return list(coverage(snapshot, snapshot.date).to_pylist())


def _ledgers(home: Home) -> list[Ledger]:
    from ..graph.partition import ledger_of

    return [ledger_of(p) for p in home.partitions()]


_PARTS = {
    "refused": _refused,
    "unread": _unread,
    "outside": _outside,
    "scopes": _scopes,
    "stubs": _stubs,
    "employers": _employers,
}
_COLUMNS = {
    "refused": ("source", "at", "field", "reason"),
    "unread": ("source", "field", "count"),
    "outside": ("source", "of", "reason", "count"),
    "scopes": ("source", "scope", "finished", "claims"),
    "stubs": ("id", "stated", "named_by", "at", "count"),
}
