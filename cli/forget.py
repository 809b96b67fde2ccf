"""`stackholder forget`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import home_option, quiet_option

__all__ = ["command"]


@click.command("forget")
@click.argument("pseudonyms", nargs=-1, required=True, metavar="PSEUDONYM...")
@home_option
@quiet_option
def command(pseudonyms: tuple[str, ...], home: Path | None, quiet: bool) -> None:
    """Leave contributors out of the graph, from the next build on.

    They are added to opt-out.txt in the home. The next build takes them out of all claims, and removes the snapshots
    that hold them. `stackholder pseudonym` tells which pseudonym an address has.

    \b
    stackholder forget 0123456789abcdef
    """
    from ..graph.forgetting import forget
    from ..graph.home import Home
    from ..settings import settings
    from .output import say

    where = Home(settings(home=home).home.value)
    for pseudonym in forget(where, pseudonyms):
        click.echo(pseudonym)
    say(f"added to {where.path / 'opt-out.txt'}; type: stackholder build", quiet=quiet)
