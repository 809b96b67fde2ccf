"""`stackholder validate`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import as_of_option, format_option, home_option, opened, quiet_option

if TYPE_CHECKING:
    from ..answers.graph import Graph

__all__ = ["command"]


@click.command("validate")
@click.option(
    "--conflicts",
    is_flag=True,
    help="List what sources say against each other, at any date, instead of checking.",
)
@as_of_option
@home_option
@format_option
@quiet_option
def command(
    conflicts: bool, as_of: str | None, home: Path | None, style: str | None, quiet: bool
) -> int:
    """Check the integrity rules R1–R7 and the shapes of all kinds and relations. Exit code 3 when one is broken.

    Clashes are listed too, with what is made of them: rights without a date, too many seats, ended terms.

    \b
    stackholder validate
    stackholder validate --conflicts
    """
    from ..errors import ValidationFailed
    from ..graph.result import Column
    from ..state.integrity import breaches, clashes
    from .output import default_format, emit_rows, say

    graph = opened(home, as_of)
    if conflicts:
        return _conflicts(graph, style or default_format(), quiet=quiet)
    broken = [dataclasses.asdict(b) for b in breaches(graph.state)]
    clashing = [dataclasses.asdict(c) for c in clashes(graph.state)]
    columns = [Column(n, "string") for n in ("rule", "about", "detail")]
    emit_rows(columns, broken + clashing, style or default_format(), "validate")
    counts = f"{graph.state.node_count:,} nodes and {graph.state.edge_count:,} edges checked as of {graph.as_of}"
    beside = f", {len(clashing)} clash{'es' * (len(clashing) != 1)}" if clashing else ""
    if not broken:
        say(f"{counts}: sound{beside}", quiet=quiet)
        return 0
    say(f"{counts}: {len(broken)} breaches{beside}", quiet=quiet)
    return ValidationFailed.exit_code


def _conflicts(graph: Graph, style: str, *, quiet: bool) -> int:
    from ..graph.result import Column
    from ..state.conflicts import Conflict, conflicts
    from .output import emit_rows, say

    found = [dataclasses.asdict(one) for one in conflicts(graph.snapshot)]
    names = [field.name for field in dataclasses.fields(Conflict)]
    columns = [Column(name, "edge" if name == "edge" else "string") for name in names]
    emit_rows(columns, found, style, "conflicts")
    say(f"{len(found):,} conflicts between statements, at any date; both sides stay", quiet=quiet)
    return 0
