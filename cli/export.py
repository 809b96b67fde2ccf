"""`stackholder export`."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from .options import as_of_option, home_option, opened, quiet_option, strengths_option

__all__ = ["command"]


class _Format(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.3
    """A format that the room `exports` writes; it is asked when one is given, so that `--help` stays light."""

    name = "format"

    @staticmethod
    def _choice() -> click.Choice[str]:
        from ..exports import FORMATS

        return click.Choice(tuple(FORMATS))

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return self._choice().convert(value, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return self._choice().shell_complete(ctx, param, incomplete)


@click.command("export")
@click.argument("form", metavar="FORMAT", type=_Format())
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--around", metavar="ENTITY", help="Only what lies around this entity.")
@click.option(
    "--hops", type=click.IntRange(0), default=1, show_default=True, help="How far around it."
)
@click.option(
    "--kinds", multiple=True, metavar="KIND", help="Only these kinds; can be given again."
)
@click.option(
    "--relations",
    multiple=True,
    metavar="RELATION",
    help="Only these relations; can be given again.",
)
@click.option("--licence", help="Only edges under this licence (SPDX id), or `permissive`.")
@click.option("--flavor", type=click.Choice(["plain", "yed"]), default=None, help="Of graphml.")
@click.option(
    "--history", is_flag=True, help="Every edge of every date, without computed relations."
)
@as_of_option
@strengths_option
@home_option
@quiet_option
def command(
    form: str,
    target: Path,
    around: str | None,
    hops: int,
    kinds: tuple[str, ...],
    relations: tuple[str, ...],
    licence: str | None,
    flavor: str | None,
    history: bool,
    as_of: str | None,
    strengths: Path | None,
    home: Path | None,
    quiet: bool,
) -> None:
    """Write the graph, or a part of it, in a foreign format. A failed export leaves no file.

    \b
    stackholder export graphml graph.graphml
    stackholder export neo4j-csv import/
    stackholder export turtle pytorch.ttl --around pytorch --hops 2
    """
    from ..errors import UsageError
    from .output import say

    if flavor and form != "graphml":
        raise UsageError("--flavor belongs to graphml", hint="leave it out")
    report = opened(home, as_of, strengths).export(
        form,
        target,
        around=around,
        hops=hops,
        kinds=kinds,
        relations=relations,
        licence=licence,
        history=history,
        **({"flavor": flavor} if flavor else {}),
    )
    click.echo(f"{report.path}: {report.nodes:,} nodes, {report.edges:,} edges")
    if report.stripped:
        say(f"· {report.stripped:,} characters that {form} cannot hold were left out", quiet=quiet)
    for note in report.notes:
        say(f"· {note}", quiet=quiet)
