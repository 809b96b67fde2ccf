"""What `stackholder cypher` and `stackholder sparql` share: their options, and how they ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from .options import (
    as_of_option,
    check_parameters,
    check_store,
    format_option,
    home_option,
    limit_of,
    limit_option,
    opened,
    parameter_option,
    parameters_of,
    query_of,
    quiet_option,
    timeout_option,
)

__all__ = ["free_query", "free_query_options"]

Command = TypeVar("Command", bound=Callable[..., Any])


def free_query_options(store: str) -> Callable[[Command], Command]:
    """The text of a query and all its options, the store being `store` where none is named."""

    def decorated(command: Command) -> Command:
        for option in (
            quiet_option,
            timeout_option,
            limit_option,
            format_option,
            home_option,
            as_of_option,
            click.option(
                "--store", default=store, show_default=True, help="Or the address of a server."
            ),
            parameter_option,
            click.argument("text"),
        ):
            command = option(command)
        return command

    return decorated


def free_query(
    language: str,
    sigil: str,
    *,
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
    """Asks a query of the user's own, and prints what it gives.

    Args:
        language: `cypher` or `sparql`, the method of a graph that asks it.
        sigil: What stands before a parameter in it.
        text: The query, or `-` for stdin.
        parameters: Name and value as typed.
        store: A store or the address of a server.
        as_of: The date.
        home: Where the graph lies.
        style: The format.
        limit: Most rows.
        timeout: Seconds.
        quiet: Whether to leave the notes out.
    """
    from ..settings import settings
    from .output import default_format, emit_result

    ours = settings(limit=limit, timeout=timeout)
    query, bound = query_of(text), parameters_of(parameters)
    check_parameters(query, bound, sigil)
    check_store(store, as_of)
    chosen = style or default_format()
    with opened(home, as_of) as graph:
        result = getattr(graph, language)(
            query,
            store=store,
            limit=limit_of(ours.limit, chosen),
            timeout=ours.timeout.value,
            **bound,
        )
        emit_result(result, chosen, graph, bound, quiet=quiet)
