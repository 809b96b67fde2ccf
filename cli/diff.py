"""`stackholder diff`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import format_option, home_option, quiet_option, strengths_option

__all__ = ["command"]


@click.command("diff")
@click.argument("before")
@click.argument("after", default="current")
@click.option(
    "--control",
    is_flag=True,
    help="Only computed powers: what began, ended, or changed its value.",
)
@click.option("--around", metavar="ENTITY", help="Only edges at this entity.")
@click.option(
    "--paths", is_flag=True, help="The control paths that opened or closed, with evidence."
)
@click.option(
    "--between",
    nargs=2,
    metavar="FROM TO",
    help="Only paths from one entity to another (implies --paths).",
)
@click.option("--max-hops", type=click.IntRange(1, 5), default=3, show_default=True)
@strengths_option
@home_option
@format_option
@quiet_option
def command(
    before: str,
    after: str,
    control: bool,
    around: str | None,
    paths: bool,
    between: tuple[str, str] | None,
    max_hops: int,
    strengths: Path | None,
    home: Path | None,
    style: str | None,
    quiet: bool,
) -> None:
    """What changed between two dates, or between two snapshots.

    Each is a date (2022-09-01, 2022), `current`, or the first letters of a snapshot's hash. Dates are states of the
    current snapshot.

    \b
    stackholder diff 2022-09-01 2022-09-15
    stackholder diff 2022-09-01 2022-09-15 --control --around pytorch
    stackholder diff 2022-09-01 2022-09-15 --between meta-platforms pytorch
    """
    from ..answers.difference import changed_paths, differences
    from ..graph.home import Home
    from ..settings import settings
    from ..state.strengths import parameters
    from .output import default_format, emit

    ours = settings(home=home, strengths=strengths)
    where, chosen = Home(ours.home.value), parameters(ours.strengths.value)
    if paths or between:
        answer = changed_paths(
            where, before, after, between=between, max_hops=max_hops, strengths=chosen
        )
    else:
        answer = differences(where, before, after, control=control, around=around, strengths=chosen)
    emit(answer, style or default_format(), quiet=quiet)
