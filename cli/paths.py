"""`stackholder paths`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import (
    as_of_option,
    format_option,
    home_option,
    opened,
    power_option,
    quiet_option,
    strengths_option,
)

__all__ = ["command"]


@click.command("paths")
@click.argument("source")
@click.argument("targets", nargs=-1, required=True)
@click.option("-k", type=click.IntRange(1, 1000), default=10, show_default=True, help="Most paths.")
@click.option(
    "--max-hops",
    type=click.IntRange(1, 8),
    default=5,
    show_default=True,
    help="Most hops in a path.",
)
@power_option
@click.option("--explain/--no-explain", default=True, help="The evidence of every hop.")
@click.option("--mermaid", "drawing", is_flag=True, help="Draw them: print a Mermaid graph.")
@as_of_option
@strengths_option
@home_option
@format_option
@quiet_option
def command(
    source: str,
    targets: tuple[str, ...],
    k: int,
    max_hops: int,
    powers: tuple[str, ...],
    explain: bool,
    drawing: bool,
    as_of: str | None,
    strengths: Path | None,
    home: Path | None,
    style: str | None,
    quiet: bool,
) -> None:
    """The best control paths from one entity to others, what is known first.

    A path is any number of hops that decide, then at most one of another power.

    \b
    stackholder paths nvidia pytorch
    stackholder paths microsoft openai --power decides --power pays
    stackholder paths "Meta Platforms" pytorch --as-of 2023-01-01 -k 3
    """
    from .output import default_format, emit

    answer = opened(home, as_of, strengths).paths(
        source, *targets, k=k, max_hops=max_hops, powers=powers, explain=explain
    )
    if drawing:
        from ..pictures import mermaid
        from ..pictures.views import network_of

        click.echo(mermaid(network_of(answer)), nl=False)
        return
    emit(answer, style or default_format(), quiet=quiet, more="-k")
