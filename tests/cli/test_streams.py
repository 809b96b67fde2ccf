"""Data on stdout and nothing else there; notes on stderr; terminals, pipes, colours."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Cli = Callable[..., Any]
REPORT = str(Path(__file__).parents[2] / "examples/torch-transformers.report.json")
ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])(?:;[0-9;]*)?m")


def on_terminal(*arguments: str, **environment: str) -> str:
    """What a command writes to a terminal of 120 columns, stdout and stderr together."""
    main, other = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "stackholder", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=other,
        stderr=other,
        env={**os.environ, "COLUMNS": "120", "LINES": "40", **environment},
    )
    os.close(other)
    read = []
    while True:
        try:
            piece = os.read(main, 65_536)
        except OSError:  # Linux: the other end is closed
            break
        if not piece:
            break
        read.append(piece)
    os.close(main)
    assert done.wait(120) == 0
    return b"".join(read).decode()


def test_notes_go_to_stderr_and_data_to_stdout(cli: Cli) -> None:
    said = cli("ask", "who_controls", "-p", "artefact", "pytorch", "--limit", 2)
    assert said.out.splitlines()[0].startswith("party\t")
    assert len(said.out.splitlines()) == 3
    assert "as of" in said.err
    assert "snapshot" in said.err
    assert "snapshot" not in said.out


def test_a_pipe_gets_tsv_and_a_terminal_a_table(process: Cli) -> None:
    assert process("find", "torchvision").out.splitlines()[0] == "id\tkind\tname\tmatched"
    assert "─────" in on_terminal("find", "torchvision", TERM="xterm-256color")


@pytest.mark.parametrize(
    "arguments",
    [
        ["find", "torch"],
        ["ask", "who_controls", "-p", "artefact", "pytorch"],
        ["paths", "nvidia", "pytorch"],
        ["show", "pytorch"],
        ["cypher", "MATCH (n) RETURN n.id AS id ORDER BY id", "--limit", "3"],
        ["validate"],
        ["audit", REPORT],
    ],
    ids=lambda a: a[0],
)
def test_quiet_leaves_stderr_empty(cli: Cli, arguments: list[str]) -> None:
    loud, quiet = cli(*arguments), cli(*arguments, "--quiet")
    assert loud.err
    assert quiet.err == ""
    assert quiet.out == loud.out


def test_quiet_still_says_what_failed(cli: Cli) -> None:
    assert "nosuchthing" in cli("paths", "nosuchthing", "pytorch", "--quiet").err


def test_a_dumb_terminal_gets_no_escapes() -> None:
    assert ESCAPE not in on_terminal("paths", "nvidia", "pytorch", "-k", "1", TERM="dumb")


def test_a_dumb_terminal_gets_no_progress_line(tmp_path: object) -> None:
    build = ("build", "--home", f"{tmp_path}/h", "--no-stores", "--only", "affiliations")
    text = on_terminal(*build, TERM="dumb")
    assert ESCAPE not in text
    assert "reading" not in text
    assert "reading affiliations" in on_terminal(*build, TERM="xterm")


def test_no_color_leaves_colours_out() -> None:
    text = on_terminal("paths", "nvidia", "pytorch", "-k", "1", TERM="xterm-256color", NO_COLOR="1")
    assert "NVIDIA" in text
    assert not COLOUR.search(text)


@pytest.mark.parametrize(
    "arguments",
    [
        "schema -f ndjson",
        "cypher 'MATCH (n) RETURN n.id' --limit 100000",
        "find torch -f csv",
        "find torch -f table",
        "show pytorch -f table",
        "schema -f turtle",
        "--help",
        "--show-config",
    ],
)
def test_a_reader_who_has_enough_ends_it_in_silence(arguments: str) -> None:
    command = f"{sys.executable} -m stackholder {arguments}"
    done = subprocess.run(
        ["bash", "-c", f'({command}; echo "code $?" >&2) | head -1 > /dev/null'],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    said = [
        line
        for line in done.stderr.splitlines()
        if not line.startswith(("·", "the first", "there are"))
    ]
    assert said == ["code 0"]


def test_letters_that_the_terminal_lacks_are_written_as_escapes(process: Cli) -> None:
    said = process("paths", "nvidia", "pytorch", "-k", "1", "-f", "tsv", PYTHONIOENCODING="ascii")
    assert said.code == 0
    assert "\\u2192" in said.out


def test_a_dash_reads_the_query_from_stdin(process: Cli) -> None:
    cypher = process("cypher", "-", stdin=b"MATCH (c:Company {name: 'NVIDIA'}) RETURN c.id AS id")
    assert cypher.out == "id\ncompany/nvidia\n"
    sparql = process("sparql", "-", stdin=b"SELECT (1 AS ?one) WHERE {}")
    assert sparql.out == "one\n1\n"


def test_files_and_pipes_hold_all_rows_and_a_terminal_says_how_many_it_shows(
    cli: Cli, tmp_path: Path
) -> None:
    query = "UNWIND range(1, 130) AS n RETURN n"
    assert len(cli("cypher", query, "-f", "csv").out.splitlines()) == 131
    assert len(cli("cypher", query, "-f", "table").out.splitlines()) >= 132
    cut = cli("cypher", query, "-f", "csv", "--limit", 100)
    assert len(cut.out.splitlines()) == 101
    assert "there are more rows: --limit" in cut.err
    said = cli("cypher", query, "-o", tmp_path / "rows.csv")
    assert said.code == 0, said.err
    assert said.out == ""
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == 131
    shown = on_terminal("cypher", query, TERM="xterm-256color")
    assert "there are more rows: --limit" in shown
    assert len(cli("find", "a", "-f", "tsv").out.splitlines()) > 100


@pytest.mark.parametrize("command", [("find", "torch"), ("ask",), ("sources",), ("show", "jax")])
def test_the_ending_of_the_output_says_its_format_in_every_command(
    cli: Cli, tmp_path: Path, command: tuple[str, ...]
) -> None:
    wanted = {"json": "{", "ndjson": "{", "jsonl": "{", "md": "|"}
    for ending, start in wanted.items():
        file = tmp_path / f"rows.{ending}"
        said = cli(*command, "--output", file)
        assert said.code == 0, said.err
        assert file.read_text().startswith(start)
        assert f"{file}: written" in said.err
    for name, more in (("rows.xyz", ()), ("rows.csv", ("--format", "json"))):
        said = cli(*command, "-o", tmp_path / name, *more)
        assert said.code == 2
        assert not (tmp_path / name).exists()


def test_evidence_is_there_in_every_format(cli: Cli) -> None:
    asked = ("ask", "who_controls", "-p", "artefact", "jax", "--explain", "-q", "--format")
    whole = cli(*asked, "json").json
    [key] = str(whole["rows"][0]["decides_on"]).split()
    said = whole["evidence"][key]
    first = json.loads(cli(*asked, "ndjson").out.splitlines()[0])
    proof = first["evidence"][0]
    assert (proof["url"], proof["stated"]) == (said["url"], said["stated"])
    assert said["valid_from"].startswith(proof["valid_from"])
    for form, mark in (("csv", ","), ("tsv", "\t")):
        row = next(csv.DictReader(io.StringIO(cli(*asked, form).out), delimiter=mark))
        assert row["evidence_url"].split(" | ")[0] == said["url"]
        assert row["evidence_stated"].split(" | ")[0] == said["stated"]
        assert row["evidence_valid_from"].split(" | ")[0] == proof["valid_from"]
        assert "evidence_note" in row
    assert said["url"] in cli(*asked, "md").out
    assert said["url"] in cli(*asked, "table").out
