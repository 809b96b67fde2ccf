"""`stackholder sparql`."""

from __future__ import annotations

from typing import Any

import click

from .free_query import free_query, free_query_options

__all__ = ["command"]


@click.command("sparql")
@free_query_options("rdf")
def command(**arguments: Any) -> None:
    """Any read query in SPARQL; `-` reads it from stdin.

    \b
    stackholder sparql "PREFIX stk: <https://w3id.org/stackholder/ns#> SELECT ?n WHERE { ?c a stk:Company ; stk:id ?n }"
    """
    free_query("sparql", "?_", **arguments)
