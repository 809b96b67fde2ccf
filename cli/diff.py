"""`stackholder diff`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import format_option, home_option, quiet_option

__all__ = ["command"]


@click.command("diff")
@click.argument("before")
@click.argument("after", default="current")
@click.option(
    "--control",
    is_flag=True,
    help="Only computed control: what opened, closed, or changed its strength.",
)
@click.option("--around", metavar="ENTITY", help="Only edges at this entity.")
@home_option
@format_option
@quiet_option
def command(
    before: str,
    after: str,
    control: bool,
    around: str | None,
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
    """
    from ..api import differences
    from ..graph.home import Home
    from ..settings import settings
    from .output import default_format, emit

    place = Home(settings(home=home).home.value)
    answer = differences(place, before, after, control=control, around=around)
    emit(answer, style or default_format(), quiet=quiet)
