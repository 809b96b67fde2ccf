"""`stackholder judge`: what may be one entity is listed, decided, and can be undone byte for byte."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import stackholder
from stackholder.cli import run
from stackholder.graph.home import Home
from stackholder.pipeline import Input, build

pytestmark = pytest.mark.slow

LANDSCAPE = """landscape:
  - name: Polar Members
    subcategories:
      - name: Gold
        items:
          - {name: "Frost GmbH", homepage_url: https://frost.example}
          - {name: Rime, homepage_url: https://rime.example}
"""
TABLE = """file = "t.csv"
[[node]]
kind = "Company"
id = "f-{name}"
name = "{name}"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "m.yml").write_text(LANDSCAPE)
    (tmp_path / "t.toml").write_text(TABLE)
    (tmp_path / "t.csv").write_text("name\nFrost\nRime\n")
    home = Home(tmp_path / "home")
    inputs = [
        Input.read(f"lf_landscape:m={tmp_path / 'm.yml'}"),
        Input.read(f"table:t={tmp_path / 't.toml'}"),
    ]
    build(home, inputs, only=["lf_landscape", "table"])
    return home


def again(home: Home) -> str:
    return build(home, only=["lf_landscape", "table"]).snapshot.hash


def listed(home: Home, capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, str]]:
    capsys.readouterr()
    assert run(["judge", "--home", str(home.path), "--format", "json", *more]) == 0
    return list(json.loads(capsys.readouterr().out)["rows"])


def test_pairs_with_one_name_are_listed_with_what_each_source_says(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = listed(home, capsys)
    assert {(r["left"], r["right"], r["verdict"]) for r in rows} == {
        ("company/f-frost", "company/frost-gmbh", ""),
        ("company/f-rime", "company/rime", ""),
    }
    assert "table:company/f-frost (t.csv:2)" in rows[0]["left_sources"]
    assert "lf_landscape:company/frost-gmbh" in rows[0]["right_sources"]


def test_a_judgement_joins_and_undoing_it_gives_the_former_graph_byte_for_byte(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    before = home.current_snapshot().name
    files = {f.name: f.read_bytes() for f in sorted((home.snapshots / before / "nodes").iterdir())}
    pair = ["company/f-frost", "company/frost-gmbh"]
    assert (
        run(
            ["judge", "--home", str(home.path), *pair, "same", "--why", "legal form", "--who", "me"]
        )
        == 0
    )
    [row] = list(csv.DictReader(home.judgements.read_text().splitlines()))
    assert (row["judgement"], row["who"], row["why"]) == ("same", "me", "legal form")
    assert again(home) != before
    assert {(r["left"], r["right"]) for r in listed(home, capsys)} == {
        ("company/f-rime", "company/rime")
    }
    assert (
        run(
            [
                "judge",
                "--home",
                str(home.path),
                "--undo",
                "table:company/f-frost",
                "lf_landscape:company/frost-gmbh",
            ]
        )
        == 0
    )
    assert again(home) == before
    assert {
        f.name: f.read_bytes() for f in sorted((home.snapshots / before / "nodes").iterdir())
    } == files
    assert len(listed(home, capsys)) == 2


@pytest.mark.parametrize("verdict", ["different", "not-the-same", "unsure"])
def test_what_is_called_different_or_unsure_is_no_longer_open_and_joins_nothing(
    home: Home, capsys: pytest.CaptureFixture[str], verdict: str
) -> None:
    before = home.current_snapshot().name
    assert run(["judge", "--home", str(home.path), "company/f-rime", "company/rime", verdict]) == 0
    assert len(listed(home, capsys)) == 1
    every = {r["verdict"] for r in listed(home, capsys, "--all")}
    assert every == {"", "different" if verdict == "not-the-same" else verdict}
    assert again(home) == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["company/f-rime"], 2, "takes two entities and a verdict"),
        (["company/f-rime", "company/rime", "perhaps"], 2, "'perhaps' is no judgement"),
        (["company/f-rime", "company/nobody", "same"], 4, "there is no entity"),
        (["company/rime", "company/rime", "same"], 2, "are one already"),
        (["--undo", "company/f-rime", "company/rime"], 4, "you have not judged"),
        (["--undo", "company/f-rime"], 2, "--undo takes the two entities"),
    ],
)
def test_a_mistake_gets_one_clear_message(
    home: Home, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    capsys.readouterr()
    assert run(["judge", "--home", str(home.path), *words]) == code
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not home.judgements.exists()


def test_on_a_terminal_pairs_are_decided_one_by_one(home: Home) -> None:
    packages = str(Path(stackholder.__file__).parent.parent)
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "stackholder",
        "judge",
        "--home",
        str(home.path),
        "-i",
        "--who",
        "me",
    ]
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": packages},
    )
    os.close(theirs)
    os.write(ours, b"s\nlegal form\nd\n\n")
    said = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
    assert process.wait() == 0
    assert b"1 of 2: same name" in said
    assert b"nothing is left to judge" in said
    rows = list(csv.DictReader(home.judgements.read_text().splitlines()))
    assert [(r["judgement"], r["why"]) for r in rows] == [("same", "legal form"), ("different", "")]
