"""`stackholder sparql`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import (
    as_of_option,
    check_parameters,
    check_store,
    format_option,
    home_option,
    limit_option,
    opened,
    parameter_option,
    parameters_of,
    query_of,
    quiet_option,
    timeout_option,
)

__all__ = ["command"]


@click.command("sparql")
@click.argument("text")
@parameter_option
@click.option("--store", default="rdf", show_default=True, help="Or the address of a server.")
@as_of_option
@home_option
@format_option
@limit_option
@timeout_option
@quiet_option
def command(
    text: str,
    parameters: tuple[tuple[str, str], ...],
    store: str,
    as_of: str | None,
    home: Path | None,
    style: str | None,
    limit: int | None,
    timeout: float | None,
    quiet: bool,
) -> None:
    """Any read query in SPARQL; `-` reads it from stdin.

    \b
    stackholder sparql "PREFIX stk: <https://w3id.org/stackholder/ns#> SELECT ?n WHERE { ?c a stk:Company ; stk:id ?n }"
    """
    from ..settings import settings
    from .output import default_format, emit_result

    found = settings(limit=limit, timeout=timeout)
    query, given = query_of(text), parameters_of(parameters)
    check_parameters(query, given, "?_")
    check_store(store, as_of)
    with opened(home, as_of) as graph:
        result = graph.sparql(
            query,
            store=store,
            limit=found.limit.value,
            timeout=found.timeout.value,
            **given,
        )
        emit_result(result, style or default_format(), graph, given, quiet=quiet)
