"""`build` and `sources`: what was read, what was not, and what a failure leaves alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "loaders/lf_landscape/sample/members.yml"
Cli = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for builds."""
    home = tmp_path / "built"
    monkeypatch.setenv("STACKHOLDER_HOME", str(home))
    return home


def build(cli: Cli, *arguments: object) -> Any:
    return cli("build", "--no-stores", "-f", "json", *arguments)


def by_source(said: Any) -> dict[str, dict[str, Any]]:
    return {row["source"]: row for row in said.json["rows"]}


@pytest.mark.usefixtures("home")
def test_a_build_says_per_source_what_it_gave(cli: Cli) -> None:
    said = build(cli, "-s", f"lf_landscape={SAMPLE}")
    assert said.code == 0
    rows = by_source(said)
    assert set(rows) >= {"curated:packaged", "lf_landscape:members"}
    assert rows["curated:packaged"]["edges"] > 4000
    assert rows["lf_landscape:members"]["nodes"] > 10
    assert all(row["complete"] for row in rows.values())
    assert "snapshot" in said.err


@pytest.mark.usefixtures("home")
def test_two_builds_of_the_same_give_the_same_snapshot(cli: Cli) -> None:
    first, second = build(cli, "--only", "affiliations"), build(cli, "--only", "affiliations")
    assert "unchanged" not in first.err
    assert second.err.startswith("unchanged: snapshot ")
    name = second.err.split()[2]
    assert name in first.err


@pytest.mark.usefixtures("home")
def test_what_was_named_once_is_read_again(cli: Cli, tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "mine.yml")
    build(cli, "-s", "lf_landscape:theirs=mine.yml", "--only", "lf_landscape")
    assert "lf_landscape:theirs" in by_source(build(cli, "--only", "lf_landscape"))


BROKEN = (
    ("lf_landscape", "cut.yml", "landscape:\n  - category:\n    name: [a\n", "not YAML"),
    ("lf_landscape", "cycle.yml", "landscape: &a\n  - *a\n", "cycle.yml:2:5: the alias *a"),
    ("lf_landscape", "list.yml", "- 1\n- 2\n", "list.yml:"),
    ("lf_landscape", "word.yml", "landscape: no\n", "word.yml:"),
    ("lf_landscape", "bytes.yml", "landscape: \udcff\n", "UTF-8"),
    ("python_packages", "cut.json", '{"install": [', "cut.json:1:14: not JSON"),
    ("python_packages", "wrong.json", '{"install": {}}', "no list `install`"),
    ("python_packages", "x.csv", "a,b\n", "format"),
    ("git_history", "plain.txt", "x", "plain.txt:"),
)


@pytest.mark.usefixtures("home")
def test_broken_sources_are_said_one_by_one_and_the_rest_goes_on(cli: Cli) -> None:
    given = []
    for loader, name, text, _ in BROKEN:
        Path(name).write_bytes(text.encode("utf-8", "surrogateescape"))
        given += ["-s", f"{loader}={name}"]
    said = build(cli, *given)
    assert said.code == 1
    assert "Traceback" not in said.err
    assert "defect of Stackholder" not in said.err
    errors = {part.split(": ")[0]: part for part in said.err.split("error: ")[1:]}
    assert len(errors) == len(BROKEN)
    rows = by_source(said)
    for loader, name, _, part in BROKEN:
        source = f"{loader}:{Path(name).stem}"
        assert str(Path(name).absolute()) in errors[source]
        assert part in errors[source]
        assert rows[source]["complete"] is False
    assert rows["curated:packaged"]["complete"] is True
    assert cli("find", "pytorch").code == 0


@pytest.mark.usefixtures("home")
def test_a_source_that_breaks_keeps_what_it_gave_before(cli: Cli) -> None:
    only = ["--only", "lf_landscape"]
    shutil.copy(SAMPLE, "mine.yml")
    before = by_source(build(cli, "-s", "lf_landscape=mine.yml", *only))
    count = "MATCH (:Company)-[f:FUNDS]->() RETURN count(f) AS n"
    known = cli("cypher", count, "-f", "json").json["rows"]
    Path("mine.yml").write_text("landscape: [\n")
    said = build(cli, *only)
    assert said.code == 1
    assert before["lf_landscape:mine"]["edges"] > 0
    answer = cli("cypher", count, "-f", "json").json
    assert answer["rows"] == known
    assert answer["incomplete_sources"] == ["lf_landscape:mine"]


def test_a_file_that_is_not_there_is_said_before_anything_is_built(cli: Cli, home: Path) -> None:
    said = build(cli, "-s", "lf_landscape=nosuch.yml")
    assert said.code == 4
    assert said.err.startswith(f"error: {Path('nosuch.yml').absolute()}: there is no such file")
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["-s", "nosuch=x.yml"], 2, "there is no loader 'nosuch'"),
        (["-s", "lf_landscape"], 2, "names no path"),
        (["-s", "lf_landscape="], 2, "names no path"),
        (["--only", "nosuch"], 4, "there is no loader 'nosuch'"),
    ],
)
def test_an_unknown_loader_lists_the_known_ones(
    cli: Cli, home: Path, arguments: list[str], code: int, part: str
) -> None:
    said = build(cli, *arguments)
    assert said.code == code
    assert part in said.err
    assert "  → " in said.err
    assert not home.exists()


@pytest.mark.usefixtures("home")
def test_sources_say_licence_completeness_and_what_was_not_read(cli: Cli) -> None:
    text = SAMPLE.read_text()
    Path("odd.yml").write_text(
        text.replace("        name:", "        nobody_reads_this: 1\n        name:", 1)
    )
    assert "nobody_reads_this" in Path("odd.yml").read_text()
    Path("broken.yml").write_text("landscape: [\n")
    build(cli, "-s", "lf_landscape=odd.yml", "-s", "lf_landscape=broken.yml")
    rows = {(r["loader"], r["label"]): r for r in cli("sources", "-f", "json").json["rows"]}
    odd, broken = rows["lf_landscape", "odd"], rows["lf_landscape", "broken"]
    assert odd["licence"] == "CC-BY-4.0"
    assert odd["complete"] is True
    assert odd["not_read"] >= 1
    unread = {r["field"]: r["count"] for r in cli("sources", "--unread", "-f", "json").json["rows"]}
    assert any(field.endswith("nobody_reads_this") for field in unread)
    assert broken["complete"] is False
    assert "broken.yml" in broken["failure"]
    assert rows["git_history", None]["last_run"] is None
    assert rows["curated", "packaged"]["licence"] == "Apache-2.0"
    assert "broken.yml" in cli("sources", "-f", "table").err


@pytest.mark.usefixtures("home")
def test_refused_rows_are_listed_with_file_line_field_and_reason(cli: Cli) -> None:
    report = ROOT / "loaders/python_packages/sample/report.json"
    build(cli, "-s", f"python_packages={report}", "--only", "python_packages")
    rows = cli("sources", "--refused", "-f", "json").json["rows"]
    assert rows
    assert {r["source"] for r in rows} == {"python_packages:report"}
    assert ["report.json#install[10]", "name", "drumlin is listed twice"] in [
        [r["at"], r["field"], r["reason"]] for r in rows
    ]
    counted = {
        f"{r['loader']}:{r['label']}": r["refused"]
        for r in cli("sources", "-f", "json").json["rows"]
    }
    assert counted["python_packages:report"] == len(rows)


@pytest.mark.usefixtures("home")
def test_only_restricts_the_snapshot(cli: Cli) -> None:
    build(cli, "-s", f"lf_landscape={SAMPLE}", "--only", "lf_landscape")
    assert cli("show", "pytorch").code == 4
