"""`stackholder find`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import format_option, home_option, limit_of, limit_option, opened, quiet_option

__all__ = ["command"]


@click.command("find")
@click.argument("text")
@click.option("--kind", "kinds", multiple=True, help="Only this kind; can be given again.")
@home_option
@format_option
@limit_option
@quiet_option
def command(
    text: str,
    kinds: tuple[str, ...],
    home: Path | None,
    style: str | None,
    limit: int | None,
    quiet: bool,
) -> None:
    """Look an entity up by any name or identifier.

    \b
    stackholder find torch
    stackholder find wikidata:Q95
    """
    from ..errors import NotFound, UsageError
    from ..graph.schema import schema
    from ..settings import Setting
    from .output import default_format, emit

    for kind in kinds:
        if kind not in schema().kinds:
            every = ", ".join(schema().kinds)
            raise UsageError(f"there is no kind {kind!r}", where="--kind", hint=f"one of: {every}")
    chosen = style or default_format()
    shown = Setting(limit or 20, "flag" if limit else "default")
    answer = opened(home).find(text, kinds=kinds, limit=limit_of(shown, chosen))
    if not answer.rows:
        raise NotFound(
            f"nothing is called or identified by {text!r}", hint="try a part of the name"
        )
    emit(answer, chosen, quiet=quiet)
