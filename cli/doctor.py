"""`stackholder doctor`."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from pathlib import Path

import click

from .options import format_option, home_option

__all__ = ["command"]

_PACKAGES = (
    "ladybug",
    "pyoxigraph",
    "duckdb",
    "ibis-framework",
    "pyarrow",
    "neo4j",
    "rdflib",
    "networkx",
    "pandas",
)


@click.command("doctor")
@click.argument("addresses", nargs=-1)
@home_option
@format_option
def command(addresses: tuple[str, ...], home: Path | None, style: str | None) -> int:
    """What is installed and reachable: packages, the home, the graph in it, servers that you name.

    \b
    stackholder doctor
    stackholder doctor bolt://localhost:7687
    """
    from ..graph.result import Column
    from .output import default_format, emit_rows

    rows = [*_installed(), *_home(home), *(_server(a) for a in addresses)]
    columns = [Column(n, "string") for n in ("what", "state", "detail")]
    emit_rows(columns, rows, style or default_format(), "doctor")
    return 1 if any(r["state"] == "bad" for r in rows) else 0


def _row(what: str, state: str, detail: str) -> dict[str, str]:
    return {"what": what, "state": state, "detail": detail}


def _installed() -> list[dict[str, str]]:
    rows = [_row("python", "ok", platform.python_version())]
    for name in _PACKAGES:
        try:
            rows.append(_row(name, "ok", importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            rows.append(_row(name, "bad", "not installed"))
    git = shutil.which("git")
    rows.append(
        _row("git", "ok" if git else "missing", git or "needed by the git_history loader only")
    )
    return rows


def _home(home: Path | None) -> list[dict[str, str]]:
    from ..errors import NotFound
    from ..graph.home import Home
    from ..graph.snapshot import Snapshot
    from ..settings import settings

    setting = settings(home=home).home
    rows = [_row("home", "ok", f"{setting.value} ({setting.origin})")]
    try:
        snapshot = Snapshot.open(Home(setting.value).current_snapshot())
    except NotFound as error:
        return [*rows, _row("graph", "missing", f"{error.what}: {error.hint}")]
    nodes, edges = sum(snapshot.nodes.values()), sum(snapshot.edges.values())
    total = f"{snapshot.hash[:12]} of {snapshot.date}: {nodes:,} nodes, {edges:,} edges"
    rows.append(_row("graph", "ok", total))
    rows += [
        _row(f"source {led.partition}", "incomplete", led.failure)
        for led in snapshot.ledgers
        if not led.complete
    ]
    return rows


def _server(address: str) -> dict[str, str]:
    from ..errors import StackholderError, redact
    from ..stores import server

    try:
        store = server(address)
        text = (
            "RETURN 1 AS answer" if store.language == "cypher" else "SELECT (1 AS ?answer) WHERE {}"
        )
        store.query(text, {}, timeout=5, limit=1).rows  # noqa: B018 - reading is the test
    except StackholderError as error:
        return _row(redact(address), "bad", f"{error.what} {error.hint}")
    return _row(redact(address), "ok", store.language)
