"""`stackholder build`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import format_option, home_option, quiet_option

if TYPE_CHECKING:
    from ..graph.claims import Ledger

__all__ = ["command"]


@click.command("build")
@click.option(
    "-s",
    "--source",
    "sources",
    multiple=True,
    metavar="LOADER[:LABEL]=PATH|ADDRESS",
    help="Something to load; later builds read it again.",
)
@click.option(
    "--only", multiple=True, metavar="LOADER", help="Restrict the snapshot to these loaders."
)
@click.option(
    "--stores/--no-stores",
    default=True,
    help="Also build the Cypher and SPARQL stores, so that the first question is fast.",
)
@click.option(
    "--offline", is_flag=True, help="Answer APIs from what was fetched before; ask no server."
)
@click.option(
    "--accept-loss",
    "accepted",
    multiple=True,
    metavar="LOADER:LABEL",
    help="Let this source end more than half of what it stated before.",
)
@home_option
@format_option
@quiet_option
def command(
    sources: tuple[str, ...],
    only: tuple[str, ...],
    stores: bool,
    offline: bool,
    accepted: tuple[str, ...],
    home: Path | None,
    style: str | None,
    quiet: bool,
) -> int:
    """Run loaders, resolve who is who, publish a snapshot.

    The starter data is always read. What fails does not stop the rest, and what it gave before stays in force.

    \b
    stackholder build
    stackholder build --source lf_landscape:members=landscape.yml --source python_packages=report.json
    """
    from ..answers.graph import open as open_graph
    from ..errors import NotFound
    from ..graph.home import Home
    from ..pipeline import Input, build
    from ..settings import settings
    from .output import default_format, say
    from .progress import watching

    where = Home(settings(home=home).home.value)
    inputs = [Input.read(text) for text in sources]
    files = (i.path for i in inputs if not i.live)
    for missing in (file for file in files if not Path(file).exists()):
        raise NotFound("there is no such file or folder", where=missing, hint="look at the path")
    with watching(quiet=quiet) as watch:
        built = build(where, inputs, only=only, offline=offline, accept_loss=accepted, watch=watch)
        if stores:
            watch.step("building the stores")
            with open_graph(where.path) as graph:
                graph.store("embedded")
                graph.store("rdf")
    _table(built.ledgers, style or default_format())
    total = f"{sum(built.snapshot.nodes.values()):,} nodes, {sum(built.snapshot.edges.values()):,} edges"
    word = "snapshot" if built.changed else "unchanged: snapshot"
    say(
        f"{word} {built.snapshot.hash[:12]}: {total}, {built.seconds:.1f} s, in {where.path}",
        quiet=quiet,
    )
    failed = [led for led in built.ledgers if led.failure]
    for ledger in failed:
        say(f"error: {ledger.partition}: {ledger.failure}")
    return 1 if failed else 0


def _table(ledgers: list[Ledger], style: str) -> None:
    from ..graph.result import Column
    from .output import emit_rows

    columns = [
        Column("source", "string"),
        Column("rows", "integer"),
        Column("given", "integer"),
        Column("refused", "integer"),
        Column("outside", "integer"),
        Column("nodes", "integer"),
        Column("edges", "integer"),
        Column("fields_not_read", "integer"),
        Column("complete", "boolean"),
        Column("seconds", "double"),
    ]
    rows = [
        {
            "source": led.partition,
            "rows": led.rows,
            "given": led.rows_given,
            "refused": led.rows_refused,
            "outside": sum(led.skipped.values()),
            "nodes": sum(led.nodes.values()),
            "edges": sum(led.edges.values()),
            "fields_not_read": len(led.unread),
            "complete": led.complete,
            "seconds": led.seconds,
        }
        for led in ledgers
    ]
    emit_rows(columns, rows, style, "build")
