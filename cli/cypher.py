"""`stackholder cypher`."""

from __future__ import annotations

from typing import Any

import click

from .free_query import free_query, free_query_options

__all__ = ["command"]


@click.command("cypher")
@free_query_options("embedded")
def command(**arguments: Any) -> None:
    """Any read query in Cypher; `-` reads it from stdin.

    \b
    stackholder cypher "MATCH (c:Company)-[:PROVIDES]->(p:Processor) RETURN c.name, p.name"
    """
    free_query("cypher", "$", **arguments)
