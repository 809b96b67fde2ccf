"""`stackholder judge`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import format_option, home_option, quiet_option

if TYPE_CHECKING:
    from ..answers.judgements import Proposal
    from ..graph.home import Home
    from ..graph.identity import Judgement
    from ..graph.snapshot import Snapshot

__all__ = ["command"]

_ALSO = {"not-the-same": "different", "not the same": "different"}
_KEYS = {"s": "same", "d": "different", "u": "unsure"}


@click.command("judge")
@click.argument("left", required=False)
@click.argument("right", required=False)
@click.argument("verdict", required=False, metavar="[same|different|unsure]")
@click.option("--why", default="", help="The reason, kept with the judgement.")
@click.option("--who", default="", help="Who decides; default: the name of the account.")
@click.option("--undo", is_flag=True, help="Take your judgement of LEFT and RIGHT back.")
@click.option(
    "--all", "decided", is_flag=True, help="List also what is called different or unsure."
)
@click.option("-i", "--interactive", is_flag=True, help="Go through the open pairs one by one.")
@home_option
@format_option
@quiet_option
def command(
    left: str | None,
    right: str | None,
    verdict: str | None,
    why: str,
    who: str,
    undo: bool,
    decided: bool,
    interactive: bool,
    home: Path | None,
    style: str | None,
    quiet: bool,
) -> None:
    """List pairs that may be one entity, and decide them.

    A judgement is a line of judgements.csv in the home. It takes effect at the next build; undone, the next build
    gives the graph as it was.

    \b
    stackholder judge
    stackholder judge company/openai company/openai-group-pbc different --why "parent and subsidiary"
    stackholder judge --undo company/openai company/openai-group-pbc
    """
    from ..answers import judgements
    from ..errors import UsageError
    from ..graph.home import Home
    from ..graph.snapshot import Snapshot
    from ..settings import settings
    from .output import default_format, say

    where = Home(settings(home=home).home.value)
    snapshot = Snapshot.open(where.current_snapshot())
    if undo:
        if not (left and right) or verdict:
            hint = "write: stackholder judge --undo LEFT RIGHT"
            raise UsageError("--undo takes the two entities", hint=hint)
        gone = judgements.undo(where, snapshot, left, right)
        _show(gone, style or default_format())
        say("taken back; type: stackholder build", quiet=quiet)
    elif left:
        if not (right and verdict):
            hint = f"write: stackholder judge {left} RIGHT same"
            raise UsageError("a judgement takes two entities and a verdict", hint=hint)
        meant = _ALSO.get(verdict.lower(), verdict.lower())
        made = _decide(where, snapshot, (left, right, meant), who, why)
        _show(made, style or default_format())
        say("type: stackholder build", quiet=quiet)
    elif interactive:
        _ask(where, snapshot, who, quiet=quiet)
    else:
        _list(judgements.proposals(where, snapshot, decided=decided), style or default_format())


def _decide(
    home: Home, snapshot: Snapshot, pair: tuple[str, str, str], who: str, why: str
) -> Judgement:
    import datetime
    import getpass

    from ..answers.judgements import decide

    today = datetime.datetime.now(datetime.UTC).date()
    return decide(home, snapshot, *pair, who=who or getpass.getuser(), why=why, day=today)


def _show(judgement: Judgement, style: str) -> None:
    import dataclasses

    from ..graph.result import Column
    from .output import emit_rows

    row = dataclasses.asdict(judgement)
    emit_rows([Column(n, "string") for n in row], [row], style, "judge")


def _ask(home: Home, snapshot: Snapshot, who: str, *, quiet: bool) -> None:
    from ..answers.judgements import proposals
    from .output import say

    waiting = proposals(home, snapshot)
    for number, one in enumerate(waiting, 1):
        click.echo(f"\n{number} of {len(waiting)}: {one.reason}", err=True)
        for side in (one.left, one.right):
            click.echo(f"  {side.id}  {side.name}", err=True)
            for reference, name, at, url in side.said:
                click.echo(f"    {reference}  “{name}”  {at}  {url}", err=True)
        key = click.prompt(
            "[s]ame, [d]ifferent, [u]nsure, [n]ext, [q]uit",
            type=click.Choice(["s", "d", "u", "n", "q"]),
            show_choices=False,
            err=True,
        )
        if key == "q":
            return
        if key in _KEYS:
            why = click.prompt("why", default="", show_default=False, err=True)
            ends = (one.left.said[0][0], one.right.said[0][0], _KEYS[key])
            _decide(home, snapshot, ends, who, why)
    say("nothing is left to judge; type: stackholder build", quiet=quiet)


def _list(proposals: list[Proposal], style: str) -> None:
    from ..graph.result import Column
    from .output import emit_rows

    names = (
        "left",
        "left_name",
        "left_sources",
        "right",
        "right_name",
        "right_sources",
        "reason",
        "verdict",
    )
    rows = [
        {
            "left": one.left.id,
            "left_name": one.left.name,
            "left_sources": ", ".join(f"{r} ({at})" for r, _, at, _ in one.left.said),
            "right": one.right.id,
            "right_name": one.right.name,
            "right_sources": ", ".join(f"{r} ({at})" for r, _, at, _ in one.right.said),
            "reason": one.reason,
            "verdict": one.verdict,
        }
        for one in proposals
    ]
    emit_rows([Column(n, "string") for n in names], rows, style, "judge")
