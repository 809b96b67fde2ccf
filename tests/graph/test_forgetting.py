"""Whoever opts out leaves claims, snapshots, states and caches at the next build, whatever their sources do."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import stackholder
from stackholder.cli import run
from stackholder.errors import SourceError
from stackholder.graph.claims import pseudonym_of
from stackholder.graph.forgetting import forget
from stackholder.graph.home import Home
from stackholder.loaders import loader
from stackholder.pipeline import Input, build

pytestmark = pytest.mark.slow

GOVERNANCE = loader("governance_files").folder / "sample"
LOADERS = ["governance_files", "git_history"]


def whole(file: Path) -> bytes:
    """All values of a Parquet file."""
    return b" ".join(str(c.to_pylist()).encode() for c in pq.ParquetFile(file).read().columns)


def holding(home: Path, who: str) -> set[str]:
    """The files of a home that hold a pseudonym, Parquet unpacked."""
    found = set()
    for file in home.rglob("*"):
        if not file.is_file() or file.is_symlink():
            continue
        data = whole(file) if file.suffix == ".parquet" else file.read_bytes()
        if who.encode() in data:
            found.add(file.relative_to(home).as_posix())
    return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Files of governance, and a repository in which the same person worked."""
    shutil.copytree(GOVERNANCE, tmp_path / "files")
    repository = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", "-b", "main", str(repository)], check=True)
    for who in ("ada", "bob"):
        (repository / who).write_text(who)
        config = ["-c", f"user.name={who} somebody", "-c", f"user.email={who}@polar.example"]
        subprocess.run(["git", "-C", str(repository), "add", "."], check=True)
        subprocess.run(
            ["git", "-C", str(repository), *config, "commit", "-q", "-m", who], check=True
        )
    made = Home(tmp_path / "home")
    inputs = [
        Input("governance_files", "files", str(tmp_path / "files")),
        Input("git_history", "kit", str(repository)),
    ]
    build(made, inputs, only=LOADERS)
    with stackholder.open(made.path) as graph:
        graph.store("embedded")
        graph.store("rdf")
    return made


@pytest.fixture
def persons(home: Home) -> list[str]:
    return [pseudonym_of(text, home.salt()) for text in ("account ada", "ada@polar.example")]


def test_whoever_opts_out_is_gone_from_every_file_at_the_next_build(
    home: Home, persons: list[str]
) -> None:
    assert all(len(holding(home.path, who)) > 5 for who in persons)
    assert set(forget(home, [f"contributor/{persons[0]}", persons[1]])) == set(persons)
    build(home, only=LOADERS)
    for who in persons:
        assert holding(home.path, who) == {"opt-out.txt"}
    with stackholder.open(home.path) as graph:
        assert graph.state.edges("HAS_SEAT").num_rows > 0
        assert graph.state.edges("CONTRIBUTED_TO").num_rows == 1


def test_a_source_that_can_no_longer_be_read_forgets_as_well(
    home: Home, persons: list[str], tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "files")
    shutil.rmtree(tmp_path / "repository")
    forget(home, persons)
    built = build(home, only=LOADERS)
    assert all(led.failure for led in built.ledgers)
    left = {f.partition("/")[0] for who in persons for f in holding(home.path, who)}
    assert left <= {"opt-out.txt", "cache"}, "a cache may be deleted; nothing is made from it here"


def test_taken_off_the_list_a_contributor_comes_back(home: Home, persons: list[str]) -> None:
    before = home.current_snapshot().name
    forget(home, persons)
    assert build(home, only=LOADERS).snapshot.hash != before
    (home.path / "opt-out.txt").unlink()
    assert build(home, only=LOADERS).snapshot.hash == before


def test_a_list_with_anything_else_on_it_stops_the_build(home: Home) -> None:
    (home.path / "opt-out.txt").write_text("# me\nada@polar.example\n")
    with pytest.raises(SourceError, match="not the pseudonym") as caught:
        build(home, only=LOADERS)
    assert caught.value.where.endswith("opt-out.txt:2")
    assert "ada@" not in str(caught.value)


def test_the_command_tells_the_pseudonym_of_an_address_and_forgets_it(
    home: Home,
    persons: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("@Ada\nAda <ADA@polar.example>\n"))
    assert run(["pseudonym", "--home", str(home.path)]) == 0
    assert capsys.readouterr().out.split() == persons
    assert run(["forget", "--home", str(home.path), *persons]) == 0
    assert run(["forget", "--home", str(home.path), "ada"]) == 1
    assert "is not the pseudonym" in capsys.readouterr().err
