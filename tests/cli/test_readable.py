"""Tables for people: an interval is one column, reasons are one, and nothing has three decimals."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from stackholder.cli.output import emit_rows
from stackholder.cli.readable import readable, short
from stackholder.graph.result import Column

Cli = Callable[..., Any]
COLUMNS = (
    Column("party", "entity"),
    Column("party_name", "string"),
    Column("decides_low", "double", "0 to 1, known"),
    Column("decides_high", "double", "0 to 1, at most"),
    Column("pays", "double", "USD, closed or announced"),
    Column("binds", "double", "0 to 1"),
    Column("decides_by", "string", "why"),
    Column("others_by", "string", "why, of money and law"),
    Column("elephant_low", "integer"),
    Column("elephant_high", "integer"),
    Column("edge", "edge"),
)


def row(*cells: object) -> dict[str, object]:
    return dict(zip((c.name for c in COLUMNS), cells, strict=True))


ROWS = (
    row("company/ada", "Ada", 0.725, 0.825, 13.8e9, None, "holds merge", "equity", 1, 7, "k1 k2"),
    row("company/bert", "Bert", 0.0, 0.375, None, None, None, None, 2, 2, "k3"),
    row("company/cleo", "Cleo", None, None, None, None, "sits", None, 3, None, None),
)


def test_two_ends_are_one_column_and_a_name_stands_for_its_id() -> None:
    columns, rows, empty = readable(COLUMNS, ROWS)
    assert [c.name for c in columns] == ["party_name", "decides", "pays", "elephant", "why"]
    assert [r["decides"] for r in rows] == ["0.73–0.83", "up to 0.38", None]
    assert [r["elephant"] for r in rows] == ["1–7", "2", "at least 3"]
    assert empty == ["binds"]


def test_money_is_short_and_reasons_say_their_power() -> None:
    _, rows, _ = readable(COLUMNS, ROWS)
    assert [r["pays"] for r in rows] == ["USD 13.8 bn", None, None]
    assert [r["why"] for r in rows] == [
        ("decides: holds merge", "equity"), None, ("decides: sits",)
    ]  # fmt: skip


def test_an_interval_beside_its_value_stands_in_brackets_and_another_column_keeps_its_name() -> (
    None
):
    columns = (
        Column("top", "entity"),
        Column("top_low", "double", "fraction"),
        Column("top_high", "double", "fraction"),
        Column("share", "double", "fraction"),
        Column("share_low", "double", "fraction"),
        Column("share_high", "double", "fraction"),
        Column("low", "double"),
        Column("high", "double"),
    )
    cells = ("company/ada", 0.1, 0.9, 0.25, 0.2, 0.3, -2.0, 2.5)
    shown, [found], _ = readable(
        columns, [dict(zip((c.name for c in columns), cells, strict=True))]
    )
    assert [c.name for c in shown] == ["top", "top_share", "share", "value"]
    assert found == {
        "top": "company/ada", "top_share": "0.10–0.90", "share": "0.25 (0.20–0.30)", "value": "-2–2.5",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0906249, "0.0906"), (12345.678, "12,346"), (7, "7"), (True, "yes"), (("a", "b"), "a; b")],
)
def test_a_number_has_three_figures(value: object, text: str) -> None:
    assert short(value) == text


def test_who_controls_fits_a_narrow_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    said = cli("ask", "who_controls", "-p", "artefact", "pytorch", "-f", "table")
    lines = [line.rstrip() for line in said.out.splitlines()]
    assert max(map(len, lines)) <= 100
    heading = next(line for line in lines if line.startswith("party"))
    assert heading.split() == ["party", "decides", "works", "squeezes", "owner"]
    place = next(i for i, x in enumerate(lines) if x.startswith("Meta Platforms "))
    assert re.fullmatch(
        r"Meta Platforms +0\.36–0\.88 +0\.59–0\.82 +– +Mark Zuckerberg", lines[place]
    )
    assert lines[place + 1].startswith("    decides: has 4 of 8 seats of PyTorch core maintainers")
    assert sum(line.startswith("16 parties, little known ") for line in lines) == 1
    assert not re.search(r"\d\.\d{3}", said.out)
    assert "empty in every row, not shown: pays, binds" in said.err
    assert "no room for: party_kind, parties, hops, weakest" in said.err


def test_reasons_that_are_those_of_the_row_before_are_not_said_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    columns = (Column("party", "string"), Column("why", "reasons"))
    reasons = (("a reason that does not fit beside it",), ("another",), ("another",), None)
    emit_rows(
        columns, [{"party": p, "why": w} for p, w in zip("abcd", reasons, strict=True)], "table"
    )
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[2:] == [
        "a", "    a reason that does not fit beside it", "b", "    another", "c", "    the same", "d",
    ]  # fmt: skip


def test_programs_get_both_ends_and_every_column(cli: Cli) -> None:
    asked = ["ask", "who_controls", "-p", "artefact", "pytorch"]
    heading = cli(*asked, "-f", "csv").out.splitlines()[0].split(",")
    assert {"decides_low", "decides_high", "binds", "weakest", "decides_on"} <= set(heading)
    row = cli(*asked, "-f", "json").json["rows"][0]
    assert (row["decides_low"], row["decides_high"]) == pytest.approx((0.725, 0.825))


def test_markdown_is_for_people_too(cli: Cli) -> None:
    asked = ["ask", "who_controls", "-p", "artefact", "pytorch", "-f", "md"]
    first = cli(*asked).out.splitlines()
    assert "decides | works | squeezes" in first[0]
    assert "| 0.73–0.83 |" in first[2]


def test_a_path_of_money_has_an_amount_and_no_interval(cli: Cli) -> None:
    out = cli("paths", "microsoft", "openai", "--power", "pays", "--no-explain", "-f", "table").out
    assert "USD 13.8 bn" in out
    assert "pays 1" not in out
