"""`stackholder audit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import as_of_option, home_option, opened, quiet_option, strengths_option

if TYPE_CHECKING:
    from ..audit import Audit

__all__ = ["command"]


@click.command("audit")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-f",
    "--format",
    "style",
    default="table",
    show_default=True,
    type=click.Choice(["table", "json", "ndjson", "csv", "tsv", "md"]),
    help="ndjson, csv, tsv and md hold a row per package.",
)
@click.option("--packages", is_flag=True, help="Also list every package.")
@as_of_option
@strengths_option
@home_option
@quiet_option
def command(
    file: Path, style: str, packages: bool, as_of: str | None, home: Path | None, quiet: bool
) -> None:
    """Who publishes, governs, owns and runs what a pip report, requirements file or lock file names.

    \b
    stackholder audit requirements.txt
    pip install --dry-run --report report.json torch && stackholder audit report.json
    """
    from .output import say

    found = opened(home, as_of).audit(file)
    if style == "json":
        click.echo(found.to_json())
        return
    if style != "table":
        _packages(found, style)
        return
    _publishers(found)
    _frameworks(found)
    if packages:
        click.echo()
        _packages(found, "table")
    unknown = sum(p.publisher is None and p.framework is None for p in found.packages)
    say(
        f"· {unknown} of {len(found.packages)} packages: neither publisher nor framework known",
        quiet=quiet,
    )
    say(
        "· publishers that the graph does not state are guessed from the packages' own metadata (see --format json)",
        quiet=quiet,
    )
    for at, field, reason in found.refused:
        say(f"· left out: {at} {field} {reason}", quiet=quiet)
    if found.incomplete_sources:
        say(f"· not read in full: {', '.join(found.incomplete_sources)}", quiet=quiet)
    say(f"· as of {found.as_of}, snapshot {found.snapshot[:12]}", quiet=quiet)


def _publishers(found: Audit) -> None:
    from ..graph.result import Column
    from .output import emit_rows

    named = [r for r in found.publishers if r["publisher"]]
    total = len(found.packages)
    top = named[0] if named else None
    roots = ", ".join(p.name for p in found.packages if p.requested) or "?"
    click.echo(f"{total} packages, asked for: {roots}.")
    if top:
        click.echo(
            f"{top['publisher']} publishes {top['packages']} of the {total}, "
            f"{top['proprietary']} of them under a proprietary licence."
        )
    columns = [
        Column("publisher", "string"),
        *(Column(n, "integer") for n in ("packages", "proprietary", "open", "licence_unknown")),
    ]
    emit_rows(
        columns,
        [{**r, "publisher": r["publisher"] or "unknown"} for r in found.publishers],
        "table",
    )


def _frameworks(found: Audit) -> None:
    from ..graph.result import Column
    from .output import emit_rows

    rows = [
        {
            "framework": f.name,
            "packages": len(f.packages),
            "licence": ", ".join(f.licences) or "?",
            "governed_by": "\n".join(
                f"{n} ({', '.join(r) if len(r) < 6 else 'all rights'})" for n, r in f.governors
            )
            or "?",
            "owners": ", ".join(f.owners) or "–",
            "can_relicense_alone": ", ".join(f.relicensors) or "–",
            "chip_makers": len(f.makers) or None,
            "cloud_operators": len(f.operators) or None,
        }
        for f in found.frameworks
    ]
    click.echo()
    kinds = {"packages": "integer", "chip_makers": "integer", "cloud_operators": "integer"}
    names = (
        "framework",
        "packages",
        "licence",
        "governed_by",
        "owners",
        "can_relicense_alone",
        "chip_makers",
        "cloud_operators",
    )
    emit_rows([Column(n, kinds.get(n, "string")) for n in names], rows, "table")


def _packages(found: Audit, style: str) -> None:
    from ..graph.result import Column
    from .output import emit_rows

    rows = [
        {
            "package": p.name,
            "version": p.version,
            "requested": p.requested,
            "publisher": p.publisher_name,
            "confidence": p.confidence,
            "framework": p.framework,
            "licence": ", ".join(p.licences),
            "proprietary": p.proprietary,
        }
        for p in found.packages
    ]
    kinds = {"confidence": "double", "requested": "boolean", "proprietary": "boolean"}
    names = "package version requested publisher confidence framework licence proprietary"
    emit_rows([Column(n, kinds.get(n, "string")) for n in names.split()], rows, style)
