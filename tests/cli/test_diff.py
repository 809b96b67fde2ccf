"""`stackholder diff`: unchanged input is no change, and one changed claim is exactly that change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stackholder.cli import run
from stackholder.graph.home import Home
from stackholder.pipeline import Input, build

MAPPING = """file = "t.csv"
[[edge]]
relation = "OWNS"
source = "Company: {owner}"
target = "Company: {owned}"
votes = "{votes}"
valid_from = "{since}"
"""
ROWS = "owner,owned,votes,since\na,b,0.6,2020\nb,c,0.7,2021\nd,e,0.2,\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "t.toml").write_text(MAPPING)
    (tmp_path / "t.csv").write_text(ROWS)
    home = Home(tmp_path / "home")
    build(home, [Input("table", "t", str(tmp_path / "t.toml"))], only=["table"])
    return home


def diff(home: Home, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["diff", "--home", str(home.path), "--format", "json", *words]) == 0
    return list(json.loads(capsys.readouterr().out)["rows"])


def rows(found: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    return {(r["what"], r["relation"], r["source"], r["target"]) for r in found}


@pytest.mark.slow
def test_unchanged_input_is_an_empty_difference(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    first = home.current_snapshot().name
    assert not build(home, only=["table"]).changed
    assert diff(home, capsys, first, "current") == []
    assert diff(home, capsys, first, "current", "--control") == []


def test_one_changed_claim_is_exactly_that_change_and_the_control_it_opens(
    home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = home.current_snapshot().name
    (tmp_path / "t.csv").write_text(ROWS.replace("d,e,0.2,", "d,e,0.8,"))
    build(home, only=["table"])
    found = diff(home, capsys, first, "current")
    assert rows(found) >= {("added", "OWNS", "company/d", "company/e")}
    assert {(r["source"], r["target"]) for r in found} == {("company/d", "company/e")}
    [power] = diff(home, capsys, first, "current", "--control")
    assert (power["what"], power["party"], power["thing"]) == ("changed", "company/d", "company/e")
    assert (power["before"], power["after"]) == ("decides up to 0.20", "decides 1")
    assert power["why"] == "holds 80 % of the votes"


def test_between_two_dates_what_began_is_added(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rows(diff(home, capsys, "2020-06", "2021-06")) == {
        ("added", "OWNS", "company/b", "company/c")
    }
    [power] = diff(home, capsys, "2020-06", "2021-06", "--control", "--around", "company/a")
    assert (power["what"], power["party_name"], power["thing_name"]) == ("began", "b", "c")
    assert (power["before"], power["after"]) == (None, "decides 1")
    assert diff(home, capsys, "2021-06", "2021-07") == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["abcdef", "current"], 4, "there is no snapshot"),
        (["last spring"], 2, "is not a date"),
        (["2020", "2021", "--around", "nobody"], 4, "there is no entity"),
    ],
)
def test_a_mistake_gets_one_clear_message(
    home: Home, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    capsys.readouterr()
    assert run(["diff", "--home", str(home.path), *words]) == code
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_the_paths_that_a_changed_claim_opens_and_closes_are_told_with_their_evidence(
    home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = home.current_snapshot().name
    (tmp_path / "t.csv").write_text(ROWS.replace("d,e,0.2,", "d,e,0.2,\nc,d,0.6,"))
    build(home, only=["table"])
    capsys.readouterr()
    assert run(["diff", "--home", str(home.path), "-f", "json", first, "--paths"]) == 0
    answer = json.loads(capsys.readouterr().out)
    ends = {(r["what"], r["hops"], r["low"], round(r["high"], 4)) for r in answer["rows"]}
    # c → d alone; b → c → d; c → d → e; a → b → c → d; b → c → d → e: each once. Votes above one half count 1; a fifth
    # of the votes may be worth nothing, since nobody knows who has the others.
    assert ends == {
        ("opened", 1, 1.0, 1.0),
        ("opened", 2, 1.0, 1.0),
        ("opened", 2, 0.0, 0.2),
        ("opened", 3, 1.0, 1.0),
        ("opened", 3, 0.0, 0.2),
    }
    assert len(answer["rows"]) == 5
    cells = {r[f"edge_{i}"] for r in answer["rows"] for i in (1, 2, 3)} - {None}
    keys = {key for cell in cells for key in cell.split()}
    assert keys == set(answer["evidence"])
    capsys.readouterr()
    assert (
        run(
            [
                "diff",
                "--home",
                str(home.path),
                "-f",
                "json",
                "current",
                first,
                "--between",
                "a",
                "d",
            ]
        )
        == 0
    )
    [row] = json.loads(capsys.readouterr().out)["rows"]
    assert (row["what"], row["hops"]) == ("closed", 3)
    assert diff(home, capsys, first, first, "--paths") == []
