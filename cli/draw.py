"""`stackholder draw`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .options import as_of_option, home_option, opened, power_option

if TYPE_CHECKING:
    from ..pictures import Network

__all__ = ["command"]

Command = TypeVar("Command", bound=Callable[..., Any])


def _output_option(command: Command) -> Command:
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        help="Write to this file; its ending names the format.",
    )(command)


def _format_option(*formats: str) -> Callable[[Command], Command]:
    return click.option(
        "-f",
        "--format",
        "style",
        type=click.Choice(formats),
        help="Default: as the file ends, else svg.",
    )


@click.group("draw")
def command() -> None:
    """Draw paths, neighbourhoods, concentration or firms by layer, for screen and print.

    \b
    stackholder draw paths nvidia pytorch
    stackholder draw ego pytorch --output pytorch.svg && stackholder draw ego nvidia --format dot
    stackholder draw concentration faiss
    stackholder draw matrix
    """


@command.command("paths")
@click.argument("source")
@click.argument("targets", nargs=-1, required=True)
@click.option("-k", type=click.IntRange(1, 100), default=8, show_default=True, help="Most paths.")
@click.option(
    "--max-hops",
    type=click.IntRange(1, 8),
    default=5,
    show_default=True,
    help="Most hops in a path.",
)
@power_option
@_format_option("svg", "png", "mermaid", "dot")
@_output_option
@as_of_option
@home_option
def paths(
    source: str,
    targets: tuple[str, ...],
    k: int,
    max_hops: int,
    powers: tuple[str, ...],
    style: str | None,
    output: Path | None,
    as_of: str | None,
    home: Path | None,
) -> None:
    """The best control paths from one entity to others.

    \b
    stackholder draw paths nvidia pytorch -k 5 --output paths.svg
    """
    from ..errors import NotFound
    from ..graph.wording import counted
    from ..pictures import paths_picture
    from ..pictures.views import network_of

    answer = opened(home, as_of).paths(source, *targets, k=k, max_hops=max_hops, powers=powers)
    if not answer.hops:
        raise NotFound(
            f"no control path of at most {counted(max_hops, 'hop')} leads there",
            hint="try --max-hops 8, other powers, or other entities",
        )
    network = network_of(answer)
    _emit_network(network, lambda: paths_picture(network), style, output)


@command.command("ego")
@click.argument("entity")
@click.option(
    "--most",
    type=click.IntRange(1, 100),
    default=16,
    show_default=True,
    help="Most neighbours on each side, shared out among the powers.",
)
@_format_option("svg", "png", "mermaid", "dot")
@_output_option
@as_of_option
@home_option
def ego(
    entity: str,
    most: int,
    style: str | None,
    output: Path | None,
    as_of: str | None,
    home: Path | None,
) -> None:
    """An entity between those who hold it and what it holds, a block per power.

    \b
    stackholder draw ego pytorch --most 10 --output pytorch.svg
    """
    from ..pictures import ego_picture
    from ..pictures.views import ego_of

    graph = opened(home, as_of)
    picture = ego_of(graph.state, graph.find_one(entity).id, most)
    _emit_network(picture.network, lambda: ego_picture(picture), style, output)


@command.command("concentration")
@click.argument("framework")
@_format_option("svg", "png")
@_output_option
@as_of_option
@home_option
def concentration(
    framework: str,
    style: str | None,
    output: Path | None,
    as_of: str | None,
    home: Path | None,
) -> None:
    """Whose work a framework was, year by year, with what unknown employers could change.

    \b
    stackholder draw concentration keras --output keras.svg
    """
    from ..pictures import concentration_picture
    from ..pictures.views import WORKED_ON, years_of

    graph = opened(home, as_of)
    years = years_of(graph.state, graph.find_one(framework, WORKED_ON).id)
    _emit(_format(style, output), output, lambda: concentration_picture(years))


@command.command("matrix")
@click.option(
    "--most", type=click.IntRange(1, 200), default=20, show_default=True, help="Most firms."
)
@_format_option("svg", "png")
@_output_option
@as_of_option
@home_option
def matrix(
    most: int,
    style: str | None,
    output: Path | None,
    as_of: str | None,
    home: Path | None,
) -> None:
    """Firms by layer of the stack: chips, clouds, frameworks, models, data sets, standards, seats.

    \b
    stackholder draw matrix --output matrix.svg
    """
    from ..pictures import matrix_picture
    from ..pictures.views import layers_of

    layers = layers_of(opened(home, as_of).state, most)
    _emit(_format(style, output), output, lambda: matrix_picture(layers))


def _format(style: str | None, output: Path | None) -> str:
    """The format that the file's ending names, or that is asked for.

    Raises:
        UsageError: The ending names none, or another one than is asked for.
    """
    from ..errors import UsageError

    if output is None:
        return style or "svg"
    endings = {
        ".svg": "svg",
        ".png": "png",
        ".dot": "dot",
        ".gv": "dot",
        ".mmd": "mermaid",
        ".mermaid": "mermaid",
    }
    meant = endings.get(output.suffix.lower())
    if meant is None or style not in {None, meant}:
        what = (
            f"{output.name} is no {style}"
            if meant
            else f"the ending of {output.name} means no format"
        )
        raise UsageError(what, where="--output", hint=f"one of: {', '.join(endings)}")
    return meant


def _emit_network(
    network: Network,
    picture: Callable[[], str],
    style: str | None,
    output: Path | None,
) -> None:
    from ..pictures import dot, mermaid

    chosen = _format(style, output)
    texts = {"mermaid": lambda: mermaid(network), "dot": lambda: dot(network)}
    _emit(chosen, output, texts.get(chosen, picture))


def _emit(style: str, output: Path | None, text: Callable[[], str]) -> None:
    """Writes the picture to a file or to stdout.

    Raises:
        UsageError: A PNG would go to a terminal, or this picture has no such format.
    """
    import sys

    from ..errors import UsageError
    from .files import write

    if style == "png":
        from ..pictures import png

        if output is None and sys.stdout.isatty():
            raise UsageError("PNG is no text", where="--format png", hint="add: --output FILE.png")
        content: str | bytes = png(text())
    else:
        content = text()
    if output is None:
        click.echo(content, nl=False)
        return
    write(output, content)
    click.echo(f"{output}: written")
