"""`stackholder push`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .options import as_of_option, home_option, opened, quiet_option

__all__ = ["command"]


@click.command("push")
@click.argument("address")
@as_of_option
@home_option
@quiet_option
def command(address: str, as_of: str | None, home: Path | None, quiet: bool) -> None:
    """Load the graph into a running server, again and again without duplicates.

    The password may stand in STACKHOLDER_NEO4J_PASSWORD instead of the address.

    \b
    stackholder push bolt://neo4j@localhost:7687
    stackholder push http://localhost:3030/ds/query
    """
    import time

    from ..errors import redact
    from ..stores import server
    from .output import say

    graph = opened(home, as_of)
    store = server(address)
    clock = time.monotonic()
    if sys.stderr.isatty() and not quiet:
        sys.stderr.write(
            f"pushing {graph.state.node_count:,} nodes and {graph.state.edge_count:,} edges …\n"
        )
    try:
        store.load(graph.state)
    finally:
        store.close()
    say(
        f"{redact(address)} holds {graph.state.node_count:,} nodes and {graph.state.edge_count:,} edges "
        f"as of {graph.as_of}, {time.monotonic() - clock:.1f} s",
        quiet=quiet,
    )
