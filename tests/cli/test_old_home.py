"""A home that version 0.1.0 made: nothing reads it as if it were of today, and the command that is named mends it.

`tests/data/home-0.1.0.tar.gz` is such a home, with the table that it was built from and a judgement. It was made by
the program as it was when the changelog began, before there were powers: `build --only table --source
table:acme=stack.toml`, then `judge company/search company/search-team same`, then `build --only table`; states and
stores are left out.
"""

from __future__ import annotations

import re
import shlex
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stackholder
from stackholder.errors import NoGraph

ARCHIVE = Path(__file__).parents[1] / "data/home-0.1.0.tar.gz"
READING = (
    "find search", "show search", "ask", "ask who_controls -p artefact own-asr", "paths speech own-asr", "validate",
    "diff 2022-01-01 2023-01-01", "cypher 'MATCH (n) RETURN n.id'", "sparql 'SELECT * WHERE { ?s ?p ?o }'", "judge",
    "export graphml out.graphml", "draw ego search", "audit report.json", "serve --port 0",
)  # fmt: skip
LISTING = "ask"
"""The one of these that reads no graph."""
Cli = Callable[..., Any]


@pytest.fixture
def old_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That home, moved to another folder with its table."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    home = tmp_path / "home"
    sources = home / "sources.json"
    sources.write_text(sources.read_text().replace("/tmp/acme", str(tmp_path)))
    (tmp_path / "report.json").write_text('{"version": "1", "install": []}')
    monkeypatch.setenv("STACKHOLDER_HOME", str(home))
    return home


@pytest.mark.usefixtures("old_home")
@pytest.mark.parametrize("words", READING)
def test_every_command_that_reads_it_refuses_it_and_names_the_one_that_mends_it(
    cli: Cli, words: str
) -> None:
    said = cli(*shlex.split(words))
    if words == LISTING:
        assert said.code == 0
        return
    assert said.code == NoGraph.exit_code
    assert re.search(r"made with version 1\.1 of the ontology, not \d", said.err)
    assert said.err.count("error:") == 1
    assert said.err.endswith("  → type: stackholder build\n")


def test_python_refuses_it_as_well(old_home: Path) -> None:
    with pytest.raises(NoGraph, match="stackholder build"):
        stackholder.open(old_home).state  # noqa: B018 - reading it is what is refused


@pytest.mark.slow
def test_that_command_mends_it_and_loses_nothing(cli: Cli, old_home: Path) -> None:
    salt, judgements = ((old_home / name).read_bytes() for name in ("salt", "judgements.csv"))
    (command,) = re.findall(r"type: stackholder (.*)", cli("find", "search").err)
    built = cli(*shlex.split(command), "--no-stores", "--only", "table")
    assert built.code == 0, built.err
    assert ((old_home / "salt").read_bytes(), (old_home / "judgements.csv").read_bytes()) == (
        salt,
        judgements,
    )
    rows = cli("find", "search", "-f", "json").json["rows"]
    assert [r["id"] for r in rows] == ["company/search"], "the judgement joins them"
    recorded = "MATCH (c)-[u:USES]->(f) RETURN c.id AS who, f.id AS what, u.recorded_at AS at"
    rows = cli("cypher", recorded, "-f", "json").json["rows"]
    assert {(r["who"], r["what"]) for r in rows} >= {
        ("company/search", "framework/pytorch"),
        ("company/speech", "framework/own-asr"),
    }
    assert {r["at"][:10] for r in rows} == {"2026-11-28"}, "claims keep when they were first read"
    decides = cli("ask", "who_controls", "-p", "artefact", "own-asr", "-f", "json").json["rows"]
    assert [r["party"] for r in decides][:1] == ["company/speech"]


@pytest.mark.slow
def test_what_can_no_longer_be_read_keeps_the_claims_of_then(cli: Cli, old_home: Path) -> None:
    (old_home.parent / "stack.toml").unlink()
    built = cli("build", "--no-stores", "--only", "table")
    assert built.code == 1
    assert "there is no such file" in built.err
    rows = cli("find", "speech", "-f", "json").json["rows"]
    assert [r["id"] for r in rows] == ["company/speech"]
