"""`stackholder ask`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import (
    as_of_option,
    check_store,
    format_option,
    home_option,
    limit_of,
    limit_option,
    opened,
    parameter_option,
    quiet_option,
    strengths_option,
    timeout_option,
)

__all__ = ["command"]


@click.command("ask")
@click.argument("question", required=False)
@parameter_option
@click.option("--language", type=click.Choice(["cypher", "sparql"]), help="Default: Cypher.")
@click.option(
    "--store",
    default=None,
    help="embedded, rdf, rdflib, bolt://…, or the address of a SPARQL endpoint.",
)
@click.option("--explain", is_flag=True, help="Show the evidence of every hop.")
@click.option("--text", is_flag=True, help="Print the query instead of asking it.")
@as_of_option
@strengths_option
@home_option
@format_option
@limit_option
@timeout_option
@quiet_option
def command(
    question: str | None,
    parameters: tuple[tuple[str, str], ...],
    language: str | None,
    store: str | None,
    explain: bool,
    text: bool,
    as_of: str | None,
    strengths: Path | None,
    home: Path | None,
    style: str | None,
    limit: int | None,
    timeout: float | None,
    quiet: bool,
) -> None:
    """Ask a canned question; none named lists them.

    \b
    stackholder ask
    stackholder ask who_controls -p artefact pytorch
    stackholder ask who_controls -p artefact pytorch --as-of 2022-09-01 --explain
    stackholder ask framework_cloud_paths -p framework pytorch --language sparql
    """
    from ..queries.catalogue import question as lookup
    from ..settings import settings
    from .output import default_format, emit

    chosen = style or default_format()
    if question is None:
        _list(chosen)
        return
    asked = lookup(question)
    if text:
        click.echo(asked.text("sparql" if language == "sparql" else "cypher").rstrip())
        return
    asked.bind({p.name: p.example for p in asked.parameters} | dict(parameters))
    ours = settings(home=home, limit=limit, timeout=timeout, store=store)
    check_store(ours.store.value, as_of)
    with opened(home, as_of, strengths) as graph:
        answer = graph.ask(
            question,
            language=language,
            store=ours.store.value,
            limit=limit_of(ours.limit, chosen),
            timeout=ours.timeout.value,
            explain=explain,
            **dict(parameters),
        )
        emit(answer, chosen, quiet=quiet)


def _list(style: str) -> None:
    from ..graph.result import Column
    from ..queries.catalogue import START, questions
    from .output import emit_rows

    rows = [
        {
            "name": q.name,
            "summary": q.summary,
            "parameters": " ".join(p.name for p in q.parameters),
            "for": " ".join(q.tags),
            "answered": "computed" if q.computed else "cypher, sparql",
        }
        for q in questions().values()
    ]
    rows.append(
        {
            "name": "paths",
            "summary": "How does X reach Y? The k best control paths (stackholder paths).",
            "parameters": "FROM TO…",
            "for": "regulator researcher",
            "answered": "computed",
        }
    )
    columns = [Column(n, "string") for n in rows[0]]
    if style == "table":
        click.echo("Where to start:")
        for person, names in START.items():
            click.echo(f"  {person:<12}{', '.join(names)}")
        click.echo()
    emit_rows(columns, rows, style, "questions")
