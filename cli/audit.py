"""`stackholder audit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import as_of_option, home_option, opened, quiet_option, strengths_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..answers.graph import Graph
    from ..audit import Audit
    from ..audit.rules import Violation, Wanted

__all__ = ["command"]

_FORMATS = ("table", "json", "md", "html", "sarif", "ndjson", "csv", "tsv")
_ENDINGS = {"txt": "table", "htm": "html", "markdown": "md", "jsonl": "ndjson"}
_PROOFS = 2


@click.command("audit")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-f",
    "--format",
    "style",
    type=click.Choice(_FORMATS),
    help="table, md and html are reports; json is all of it; ndjson, csv and tsv a row per package. "
    "Default: by the ending of the output, else table.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Write to this file instead of stdout; can be given again, for several formats at once.",
)
@click.option(
    "--fail-on",
    "rules",
    multiple=True,
    metavar="RULE",
    help="End with 3 where this rule is broken; can be given again. `--rules` lists them.",
)
@click.option(
    "--rules",
    "listing",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, on: _list_rules(context) if on else None,
    help="List the rules and end.",
)
@click.option("--packages", is_flag=True, help="Below the table, also list every package.")
@click.option(
    "--allow-builds",
    is_flag=True,
    help="Let pip build source distributions, folders and repositories of a requirements file: that runs their code.",
)
@as_of_option
@strengths_option
@home_option
@quiet_option
def command(
    file: Path,
    style: str | None,
    outputs: tuple[Path, ...],
    rules: tuple[str, ...],
    packages: bool,
    allow_builds: bool,
    as_of: str | None,
    strengths: Path | None,
    home: Path | None,
    quiet: bool,
) -> None:
    """Who decides on, can squeeze, keeps up and binds what a requirements file, lock file, pip report or bill names.

    \b
    stackholder audit requirements.txt
    stackholder audit requirements.txt --output report.html --output report.sarif
    stackholder audit requirements.txt --fail-on squeezed=0.5 --fail-on proprietary-publisher=NVIDIA
    pip install --dry-run --report report.json torch && stackholder audit report.json
    """
    from ..audit.facts import facts_of
    from ..audit.rules import resolved, violations, wanted
    from .files import write
    from .output import say
    from .progress import watching

    asked = [wanted(text) for text in rules]
    styles = {output: style or _style(output) for output in outputs}
    graph = opened(home, as_of, strengths)
    with watching(quiet=quiet) as watch:
        audited = graph.audit(file, allow_builds=allow_builds, watch=watch.step)
    asked = resolved(asked, audited, facts_of(graph.state))
    texts = {
        form: _text(graph, audited, form, asked, packages=packages)
        for form in styles.values() or [style or "table"]
    }
    if not outputs:
        click.echo("".join(texts.values()), nl=False)
    for output, form in styles.items():
        write(output, texts[form])
        click.echo(f"{output}: written")
    for at, field, reason in audited.refused:
        say(f"· left out: {at} {field} {reason}", quiet=quiet)
    if audited.incomplete_sources:
        say(f"· not read in full: {', '.join(audited.incomplete_sources)}", quiet=quiet)
    say(f"· as of {audited.as_of}, snapshot {audited.snapshot[:12]}", quiet=quiet)
    broken = violations(audited, asked)
    if broken:
        _fail(graph, broken)


def _style(output: Path) -> str:
    """The format that the ending of a file means.

    Raises:
        UsageError: The ending means none.
    """
    from ..errors import UsageError

    ending = output.suffix.lower().removeprefix(".")
    style = _ENDINGS.get(ending, ending)
    if style not in _FORMATS:
        raise UsageError(
            f"the ending of {output.name} means no format",
            where="--output",
            hint=f"--format one of: {', '.join(_FORMATS)}",
        )
    return style


def _text(
    graph: Graph, audited: Audit, style: str, asked: Sequence[Wanted], *, packages: bool
) -> str:
    """The audit in one of the formats."""
    if style == "json":
        return audited.to_json() + "\n"
    if style == "table":
        from ..audit.page import page

        return page(audited, asked) + ("\n" + _packages(audited, "table") if packages else "")
    if style == "sarif":
        from ..audit.sarif import sarif

        return sarif(audited, asked, graph.evidence)
    if style == "md":
        from ..audit.markdown import markdown

        return markdown(audited, asked, graph.evidence)
    if style == "html":
        from ..audit.report import report

        return report(audited, asked, graph.evidence)
    return _packages(audited, style)


def _packages(audited: Audit, style: str) -> str:
    """A row per package."""
    import contextlib
    import io

    from ..graph.result import Column
    from .output import emit_rows

    rows = [
        {
            "package": p.name,
            "version": p.version,
            "requested": p.requested,
            "publisher": p.publisher_name,
            "sort": p.publisher_sort,
            "confidence": p.confidence,
            "sign": p.sign,
            "framework": p.framework,
            "licence": ", ".join(p.licences),
            "proprietary": p.proprietary,
        }
        for p in audited.packages
    ]
    kinds = {"confidence": "double", "requested": "boolean", "proprietary": "boolean"}
    names = "package version requested publisher sort confidence sign framework licence proprietary"
    columns = [Column(n, kinds.get(n, "string")) for n in names.split()]
    with contextlib.redirect_stdout(io.StringIO()) as output:
        emit_rows(columns, rows, style)
    return output.getvalue()


def _fail(graph: Graph, broken: Sequence[Violation]) -> None:
    """Names what is broken, each with what proves it, and ends with 3.

    Raises:
        ValidationFailed: Always.
    """
    from ..errors import ValidationFailed
    from .output import say, statement

    evidence = graph.evidence(sorted({k for v in broken for k in v.keys[:_PROOFS]}))
    for one in broken:
        say(f"{one.rule}: {one.message}")
        for key in one.keys[:_PROOFS]:
            say("      " + statement(evidence.get(key, {})))
        if len(one.keys) > _PROOFS:
            say(f"      and {len(one.keys) - _PROOFS} more statements: --format json")
    names = list(dict.fromkeys(v.rule for v in broken))
    raise ValidationFailed(
        f"broken: {', '.join(names)}",
        where="--fail-on",
        hint="stackholder audit --rules says what each means",
    )


def _list_rules(context: click.Context) -> None:
    from ..audit.rules import RULES

    for rule in RULES.values():
        name = f"{rule.name}={rule.argument}" if rule.argument else rule.name
        click.echo(f"{name:<28}{rule.summary}\n{'':<28}{rule.advice}")
    context.exit(0)
