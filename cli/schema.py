"""`stackholder schema`."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("schema")
@click.option(
    "-f",
    "--format",
    "style",
    default="table",
    show_default=True,
    type=click.Choice(
        ["table", "tsv", "csv", "json", "ndjson", "md", "turtle", "shacl", "cypher-ddl", "mermaid"]
    ),
)
def command(style: str) -> None:
    """Kinds and relations: where they lead, what they hold, which carry control.

    \b
    stackholder schema
    stackholder schema --format shacl > shapes.ttl
    """
    from ..exports.schema_formats import FORMS, rows
    from ..graph.result import Column
    from .output import emit_rows

    if style in FORMS:
        click.echo(FORMS[style]().rstrip("\n"))
        return
    lines = list(rows())
    emit_rows([Column(name, "string") for name in lines[0]], lines, style, "schema")
