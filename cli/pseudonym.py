"""`stackholder pseudonym`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .options import home_option

__all__ = ["command"]


@click.command("pseudonym")
@click.argument("account", required=False, metavar="[@ACCOUNT]")
@home_option
def command(account: str | None, home: Path | None) -> None:
    """Tell under which pseudonym a person stands in this graph. Nothing is kept.

    Reads one e-mail address or @account per line from standard input. An account may also be the argument; an address
    never: shells keep arguments.

    \b
    stackholder pseudonym @octocat
    """
    from ..errors import UsageError
    from ..graph.claims import pseudonym_of
    from ..graph.home import Home
    from ..settings import settings

    salt = Home(settings(home=home).home.value).salt()
    if account and not account.startswith("@"):
        hint = "write it on standard input: shells keep arguments"
        raise UsageError("only an @account can be an argument", hint=hint)
    if not account and sys.stdin.isatty():
        click.echo("an address or @account per line, then Ctrl-D:", err=True)
    for number, line in enumerate([account] if account else sys.stdin, 1):
        identity = line.strip().lower()
        if identity.startswith("@"):
            identity = f"account {identity[1:]}"
        elif "@" not in identity:
            hint = "write one per line on standard input"
            raise UsageError("not an address or @account", where=f"line {number}", hint=hint)
        else:
            identity = identity.rpartition("<")[2].partition(">")[0].strip()
        click.echo(pseudonym_of(identity, salt))
