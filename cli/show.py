"""`stackholder show`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..graph.wording import money_text, power_text
from .options import (
    as_of_option,
    format_option,
    home_option,
    opened,
    quiet_option,
    strengths_option,
)

__all__ = ["command"]


@click.command("show")
@click.argument("entity")
@as_of_option
@strengths_option
@home_option
@format_option
@click.option("--computed", is_flag=True, help="Also what was computed, such as CONTROLS.")
@quiet_option
def command(
    entity: str,
    as_of: str | None,
    strengths: Path | None,
    home: Path | None,
    style: str | None,
    computed: bool,
    quiet: bool,
) -> None:
    """All that is known of an entity, per statement with its source and dates.

    \b
    stackholder show pytorch
    stackholder show pytorch --as-of 2022-09-01 --format json
    """
    import json

    from .output import default_format, say

    card = opened(home, as_of, strengths).show(entity)
    if not computed:
        asserted = [s for s in card["statements"] if not _is_computed(s)]
        card = {**card, "statements": asserted}
    chosen = style or default_format()
    if chosen == "json":
        click.echo(json.dumps(card, default=str, ensure_ascii=False, indent=1))
    elif chosen == "table":
        _card(card)
    else:
        _rows(card["statements"], chosen)
    for source in card["incomplete_sources"]:
        say(f"not read in full: {source}", quiet=quiet)
    say(f"· as of {card['as_of']}, snapshot {card['snapshot'][:12]}", quiet=quiet)


def _is_computed(statement: Mapping[str, Any]) -> bool:
    from ..graph.schema import schema

    relation = schema().relations[statement["relation"]]
    return relation.computed or statement["evidence"].get("method") == "computed"


def _card(card: Mapping[str, Any]) -> None:
    """The values of the entity, then its statements by relation, each with what stands behind it."""
    from ..graph.result import Column
    from .output import emit_rows, proof

    values = [{"property": k, "value": v} for k, v in card["values"].items()]
    emit_rows([Column("property", "string"), Column("value", "string")], values, "table")
    click.echo()
    relation = ""
    for statement in card["statements"]:
        if statement["relation"] != relation:
            relation = statement["relation"]
            click.echo(relation)
        behind = (
            proof(statement["evidence"]) if statement["evidence"] else "  no evidence is stored"
        )
        click.echo(
            f"  {_arrow(statement)} {statement['other_name']} ({statement['other']}){_said(statement, '  ')}{behind}"
        )


def _rows(statements: list[dict[str, Any]], style: str) -> None:
    from ..graph.result import Column
    from .output import date_of, emit_rows

    rows = []
    for statement in statements:
        behind = statement["evidence"]
        rows.append(
            {
                "relation": statement["relation"],
                "direction": statement["direction"],
                "other": statement["other"],
                "other_name": statement["other_name"],
                "properties": _said(statement),
                "stated": behind.get("stated"),
                "from": date_of(behind, "valid_from") or None,
                "to": date_of(behind, "valid_to") or None,
                "method": behind.get("method"),
                "confidence": behind.get("confidence"),
                "read_in_full": behind.get("complete"),
                "source": behind.get("url") or " ".join(behind.get("urls", ())),
                "key": statement["key"],
            }
        )
    kinds = {"confidence": "double", "read_in_full": "boolean", "key": "edge"}
    names = "relation direction other other_name properties stated from to method confidence read_in_full source key"
    emit_rows([Column(n, kinds.get(n, "string")) for n in names.split()], rows, style)


def _arrow(statement: Mapping[str, Any]) -> str:
    return "→" if statement["direction"] == "out" else "←"


def _said(statement: Mapping[str, Any], before: str = "") -> str:
    """The relation's own properties; empty when there are none."""
    from .readable import short

    own = statement["properties"]
    if "power" in own:
        value = power_text(own["power"], own.get("low"), own.get("high"), own.get("amount"))
        return f"{before}{value}: {own['reason']}" if own.get("reason") else before + value
    dollars = own.get("currency") == "USD"
    text = ", ".join(
        f"{k} {money_text(v) if k == 'amount' and dollars else short(v)}"
        for k, v in own.items()
        if not (k == "currency" and dollars)
    )
    return before + text if text else ""
