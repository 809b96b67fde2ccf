"""The command line. Each verb is a module of its own, imported when it is called: `--help` answers at once."""

from __future__ import annotations

import importlib
import io
import sys
from pathlib import Path
from typing import Any

import click

from .. import __version__
from ..errors import StackholderError, redact

__all__ = ["main"]

_VERBS = {
    "build": "run loaders, resolve, publish a snapshot",
    "sources": "loaders, their licences and last runs",
    "find": "look an entity up by name, alias or identifier",
    "show": "all that is known of an entity, with sources",
    "ask": "a canned question; none named lists them",
    "paths": "the best control paths between entities",
    "audit": "who decides on an application and can squeeze it",
    "draw": "pictures: paths, neighbours, concentration, firms",
    "cypher": "any read query in Cypher",
    "sparql": "any read query in SPARQL",
    "diff": "what changed between two dates or snapshots",
    "judge": "pairs that may be one entity: list, decide, undo",
    "pseudonym": "under which pseudonym a person stands in the graph",
    "forget": "leave a contributor out of the graph",
    "export": "write the graph in a foreign format",
    "serve": "SPARQL, Cypher, a JSON API and the page over HTTP",
    "push": "load the graph into a Neo4j or SPARQL server",
    "validate": "check integrity rules and shapes",
    "schema": "kinds and relations, in several forms",
    "doctor": "what is installed and reachable",
}


class _Lazy(click.Group):
    """A group whose commands are imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        module = importlib.import_module(f".{cmd_name}", __name__)
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        outcome = super().invoke(ctx)
        sys.stdout.flush()
        return outcome

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _VERBS:
            import difflib

            near = difflib.get_close_matches(args[0], _VERBS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else " See: stackholder --help"
            ctx.fail(f"there is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="stackholder")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option(
    "--show-config",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda c, _, on: _show_config(c) if on else None,
    help="Print the settings and where each came from.",
)
@click.pass_context
def stackholder(context: click.Context, debug: bool) -> None:
    """Who holds your stack? A graph of who controls open-source AI: every hop cited, every unknown said.

    \b
    Start:  stackholder build
            stackholder ask who_controls -p artefact pytorch
            stackholder paths nvidia pytorch
    """
    context.obj = debug


def _show_config(context: click.Context) -> None:
    from ..settings import settings

    try:
        lines = settings().lines()
    except StackholderError as error:
        click.echo(f"error: {error}", err=True)
        context.exit(error.exit_code)
    for line in lines:
        click.echo(redact(line))
    context.exit(0)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line and ends the process with the exit code of the design: 0 to 4, 124, 130."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(arguments))


def _is_sound(argument: str) -> bool:
    """Whether an argument is a text, or names a file that is there, whatever it is called."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return Path(argument.rpartition("=")[2]).exists()
    return True


def run(arguments: list[str] | None = None) -> int:
    """Runs the command line; gives the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    odd = next((text for text in given if not _is_sound(text)), None)
    if odd is not None:
        shown = odd.encode("utf-8", "replace").decode()
        click.echo(f"error: an argument is not UTF-8: {shown!r}\n  → type it as UTF-8", err=True)
        return 2
    try:
        outcome: Any = stackholder.main(given, prog_name="stackholder", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except SystemExit:  # so click and rich end when nobody reads on: `| head -1`
        return 0
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        if context is not None:
            click.echo(
                f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n", err=True
            )
        click.echo(f"Error: {redact(error.format_message())}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return 130
    except StackholderError as error:
        if "--debug" in given:
            raise
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except MemoryError:
        click.echo("error: out of memory", err=True)
        return 1
    except OSError as error:
        if "--debug" in given:
            raise
        place = f"{error.filename}: " if error.filename else ""
        click.echo(redact(f"error: {place}{error.strerror or error}"), err=True)
        return 1
    except Exception as error:
        if "--debug" in given:
            raise
        what = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        click.echo(redact(f"error: unexpected: {what}"), err=True)
        click.echo(
            "  → this is a defect of Stackholder: run it again as `stackholder --debug …` and report what it prints",
            err=True,
        )
        return 1
    return outcome if isinstance(outcome, int) else 0
