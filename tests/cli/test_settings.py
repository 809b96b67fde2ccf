"""Settings: flag, then environment, then file, then default; each says where it came from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stackholder

Cli = Callable[..., Any]
COMPANIES = "MATCH (c:Company) RETURN c.id"


def test_show_config_says_where_each_came_from(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("stackholder.toml").write_text('limit = 7\nhome = "somewhere"\n')
    monkeypatch.setenv("STACKHOLDER_TIMEOUT", "9")
    lines = cli("--show-config").out.splitlines()
    assert "limit = 7  (stackholder.toml)" in lines
    assert "timeout = 9.0  (STACKHOLDER_TIMEOUT)" in lines
    assert any(x.startswith("home = ") and x.endswith("(STACKHOLDER_HOME)") for x in lines)
    assert any(x.startswith("store = ") and x.endswith("(default)") for x in lines)


def test_every_setting_is_shown_and_no_secret(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = {"salt", "token", "hub_token", "neo4j_password", "sparql_password"}
    for name in secret:
        monkeypatch.setenv(f"STACKHOLDER_{name.upper()}", "hush")
    lines = dict(line.split(" = ", 1) for line in cli("--show-config").out.splitlines())
    assert set(lines) >= {"strengths", "memory", "spill", "contact", "neo4j_user", "sparql_user"}
    assert "hush" not in str(lines)
    for name in secret:
        assert lines[name] == f"(set)  (STACKHOLDER_{name.upper()})"
    Path("stackholder.toml").write_text('neo4j_password = "hush"\n')
    assert "set STACKHOLDER_NEO4J_PASSWORD instead" in cli("--show-config").err


def test_only_the_settings_read_the_environment() -> None:
    root = Path(stackholder.__file__).parent
    others = {
        *(
            "cli/output.py",
            "cli/progress.py",
        ),  # NO_COLOR, TERM and COLUMNS, which are the terminal's
        *("web/processes.py", "loaders/python_packages/installing.py"),  # handed on to programs
        "loaders/git_history/plumbing.py",
    }
    rooms = {"tests", "benchmarks", "build", "docs", "examples"}
    reading = {
        str(file.relative_to(root))
        for file in root.rglob("*.py")
        if any(reads in file.read_text(encoding="utf-8") for reads in ("os.environ", "envvar="))
    }
    assert {f for f in reading if f.partition("/")[0] not in rooms} == {"settings.py", *others}


def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows(*flags: str) -> int:
        return len(cli("cypher", COMPANIES, *flags).out.splitlines()) - 1

    assert rows() > 100, "a pipe holds all rows"
    Path("stackholder.toml").write_text("limit = 7\n")
    assert rows() == 7
    monkeypatch.setenv("STACKHOLDER_LIMIT", "5")
    assert rows() == 5
    assert rows("--limit", "3") == 3


def test_the_home_of_the_file_is_used(
    cli: Cli, starter_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STACKHOLDER_HOME")
    Path("stackholder.toml").write_text(f'home = "{starter_home}"\n')
    assert cli("find", "pytorch").code == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("limit = = 3\n", ("stackholder.toml", "line 1")),
        ('colour = "red"\n', ("stackholder.toml", "'colour'", "home, store, timeout, limit")),
        ('timeout = "soon"\n', ("stackholder.toml", "timeout is a number above 0, not 'soon'")),
        ("limit = -5\n", ("stackholder.toml", "limit is a number above 0, not -5")),
        ("limit = true\n", ("stackholder.toml", "limit is a number above 0, not True")),
        ("timeout = nan\n", ("stackholder.toml", "timeout is a number above 0")),
    ],
)
def test_a_wrong_settings_file_is_named(cli: Cli, text: str, parts: tuple[str, ...]) -> None:
    Path("stackholder.toml").write_text(text)
    for arguments in (["cypher", COMPANIES], ["--show-config"]):
        said = cli(*arguments)
        assert said.code == 2
        assert said.out == ""
        assert said.err.startswith("error: ")
        for part in parts:
            assert part in said.err


def test_a_wrong_variable_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKHOLDER_LIMIT", "many")
    said = cli("cypher", COMPANIES)
    assert said.code == 2
    assert "STACKHOLDER_LIMIT: limit is a number above 0, not 'many'" in said.err


def test_a_settings_folder_is_an_error(cli: Cli) -> None:
    Path("stackholder.toml").mkdir()
    said = cli("find", "torch")
    assert said.code == 1
    assert "stackholder.toml" in said.err
    assert "Traceback" not in said.err
