"""Options that several commands share."""

from __future__ import annotations

import contextlib
import functools
import io
import re
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from ..errors import UsageError
from ..graph.schema import POWERS
from ..settings import Setting
from .files import write

__all__ = [
    "as_of_option",
    "check_parameters",
    "check_store",
    "format_option",
    "home_option",
    "limit_of",
    "limit_option",
    "opened",
    "parameter_option",
    "parameters_of",
    "power_option",
    "query_of",
    "quiet_option",
    "strengths_option",
    "timeout_option",
]

Command = TypeVar("Command", bound=Callable[..., Any])

_BESIDE: Final = re.compile(
    r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`", re.DOTALL
)
_WORD: Final = re.compile(r"[$?]\w+")
_FORMATS = ("table", "json", "ndjson", "csv", "tsv", "md")
_ENDINGS: Final = {"txt": "table", "jsonl": "ndjson", "markdown": "md"}


def home_option(command: Command) -> Command:
    """`--home`."""
    return click.option(
        "--home",
        type=click.Path(path_type=Path),
        help="Where the graph lies (default: STACKHOLDER_HOME, else the user's data directory).",
    )(command)


def format_option(command: Command) -> Command:
    """`--format`, and `--output`, whose ending names the format."""

    @functools.wraps(command)
    def written(*arguments: Any, style: str | None, output: Path | None, **options: Any) -> Any:
        if output is None:
            return command(*arguments, style=style, **options)
        style = _format_of(output, style)
        held = io.StringIO()
        try:
            with contextlib.redirect_stdout(held):
                outcome = command(*arguments, style=style, **options)
        except click.exceptions.Exit:
            write(output, held.getvalue())
            raise
        write(output, held.getvalue())
        click.echo(f"{output}: written", err=True)
        return outcome

    style = click.option(
        "-f",
        "--format",
        "style",
        type=click.Choice(_FORMATS),
        help="Default: a table on a terminal, TSV in a pipe.",
    )
    output = click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write to this file; its ending names the format.",
    )
    return style(output(written))  # type: ignore[return-value]


def _format_of(output: Path, style: str | None) -> str:
    """The format that the ending of a file means.

    Raises:
        UsageError: It means none, or another one than is asked for.
    """
    ending = output.suffix.lower().removeprefix(".")
    meant = _ENDINGS.get(ending, ending)
    if meant not in _FORMATS:
        hint = (
            f"one of: {', '.join(f'.{e}' for e in ('txt', 'json', 'ndjson', 'csv', 'tsv', 'md'))}"
        )
        raise UsageError(
            f"the ending of {output.name} means no format", where="--output", hint=hint
        )
    if style not in {None, meant}:
        hint = "leave --format out, or give the file another ending"
        raise UsageError(f"{output.name} is no {style}", where="--output", hint=hint)
    return meant


def limit_of(setting: Setting, style: str) -> int | None:
    """Most rows: as somebody asked for; else a table on a terminal is cut, and files and pipes hold all rows."""
    shown = style == "table" and sys.stdout.isatty()
    return setting.value if shown or setting.origin != "default" else None


def quiet_option(command: Command) -> Command:
    """`--quiet`."""
    return click.option("-q", "--quiet", is_flag=True, help="No remarks on stderr.")(command)


def as_of_option(command: Command) -> Command:
    """`--as-of`."""
    return click.option(
        "--as-of",
        metavar="DATE",
        help="The state on this date, e.g. 2022-09-14 (default: the date of the snapshot).",
    )(command)


def strengths_option(command: Command) -> Command:
    """`--strengths`."""
    return click.option(
        "--strengths",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Another set of strengths, as state/strengths.toml.",
    )(command)


def power_option(command: Command) -> Command:
    """`--power`, and the former `--channels`, which says what to write instead."""

    def refuse(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> None:
        if value:
            hint = f"write --power, one of: {', '.join(POWERS)}"
            raise UsageError("there are no channels any more", where="--channels", hint=hint)

    former = click.option(
        "--channels", multiple=True, hidden=True, expose_value=False, callback=refuse
    )
    return click.option(
        "--power",
        "powers",
        multiple=True,
        type=click.Choice(POWERS),
        help="By which power a path may end; can be given again (default: decides and squeezes).",
    )(former(command))


def limit_option(command: Command) -> Command:
    """`--limit`."""
    return click.option(
        "--limit",
        type=click.IntRange(1),
        help="Most rows (default 100 on a terminal, all in a file or pipe).",
    )(command)


def timeout_option(command: Command) -> Command:
    """`--timeout`."""
    return click.option(
        "--timeout",
        type=click.FloatRange(0, min_open=True),
        help="Seconds after which it is stopped (default 60).",
    )(command)


def parameter_option(command: Command) -> Command:
    """`-p NAME VALUE`."""
    return click.option(
        "-p",
        "parameters",
        nargs=2,
        multiple=True,
        metavar="NAME VALUE",
        help="A parameter; can be given again.",
    )(command)


def parameters_of(pairs: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Parameters of a free query: numbers and true/false in their types, the rest as text."""
    return {name: _value(text) for name, text in pairs}


def _value(text: str) -> str | bool | int | float:
    if text in {"true", "false"}:
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def query_of(text: str) -> str:
    """The text of a query; `-` reads it from stdin.

    Raises:
        UsageError: It is not UTF-8.
    """
    query = sys.stdin.read() if text == "-" else text
    try:
        query.encode()
    except UnicodeEncodeError as error:
        where = f"query, character {error.start + 1}"
        raise UsageError("not UTF-8 text", where=where, hint="save it as UTF-8") from None
    return query


def check_parameters(text: str, names: Collection[str], sigil: str) -> None:
    """Raises UsageError where a parameter is not in the query, or one of a Cypher query is not given.

    Args:
        text: The query.
        names: Names of the parameters that are given.
        sigil: `$` in Cypher, `?_` in SPARQL.
    """
    words = set(_WORD.findall(_BESIDE.sub(" ", text) if sigil == "$" else text))
    for name in names:
        if sigil + name not in words:
            raise UsageError(
                f"the query has no parameter {name!r}",
                where="-p",
                hint=f"write {sigil}{name} in it",
            )
    for word in sorted(w for w in words if sigil == "$" and w.startswith("$")):
        if word[1:] not in names:
            hint = f"give it: -p {word[1:]} VALUE"
            raise UsageError(f"the query has a parameter {word}", where="-p", hint=hint)


def check_store(store: str, as_of: str | None) -> None:
    """Raises UsageError where a date is asked of a server, which holds what was pushed, and no other date."""
    if as_of and "://" in store:
        raise UsageError(
            "a server holds the state that was pushed to it, not that of another date",
            where="--as-of",
            hint=f"leave it out, or first: stackholder push {store} --as-of {as_of}",
        )


def opened(home: Path | None, as_of: str | None = None, strengths: Path | None = None) -> Any:
    """The graph of the current snapshot.

    Raises:
        UsageError: The date is none, or the file is no set of strengths.
    """
    from ..answers.graph import open as open_graph

    if as_of is not None and not as_of.strip():
        raise UsageError("no date is given", where="--as-of", hint="write a date like 2022-09-14")
    return open_graph(home, as_of, strengths)
