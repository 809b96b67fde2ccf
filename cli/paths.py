"""`stackholder paths`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import as_of_option, format_option, home_option, opened, quiet_option

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
@click.option(
    "--channels",
    "channels",
    multiple=True,
    type=click.Choice([*"VGLIMRS"]),
    help="Only hops through this channel; can be given again.",
)
@click.option("--explain/--no-explain", default=True, help="The evidence of every hop.")
@click.option("--mermaid", "drawing", is_flag=True, help="Draw them: print a Mermaid graph.")
@as_of_option
@home_option
@format_option
@quiet_option
def command(
    source: str,
    targets: tuple[str, ...],
    k: int,
    max_hops: int,
    channels: tuple[str, ...],
    explain: bool,
    drawing: bool,
    as_of: str | None,
    home: Path | None,
    style: str | None,
    quiet: bool,
) -> None:
    """The best control paths from one entity to others, strongest first.

    \b
    stackholder paths nvidia pytorch
    stackholder paths "Meta Platforms" pytorch --as-of 2023-01-01 -k 3
    """
    from .output import default_format, emit

    answer = opened(home, as_of).paths(
        source, *targets, k=k, max_hops=max_hops, channels=channels, explain=explain
    )
    if drawing:
        from .drawing import mermaid

        click.echo(mermaid(answer, answer.names))
        return
    emit(answer, style or default_format(), quiet=quiet, more="-k")
