"""CONTRIBUTING.md keeps its promise: what it adds word for word works from the command line, nothing else touched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starter import copied

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Adding is adding\n")[2].partition("\n## ")[0]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([\w/-]+\.\w+)`")
LEFT = ("node_modules", "static", "build", "dist", "benchmarks", "__pycache__", ".*", "*.egg-info")


def written() -> Iterator[tuple[str, str]]:
    """The files of the page: a block is the next file that the text before it names and that is not there yet."""
    names: deque[str] = deque()
    end = 0
    for fence in FENCE.finditer(SECTION):
        text = SECTION[end : fence.start()]
        names += (name for name in NAMED.findall(text) if not (ROOT / name).exists())
        end = fence.end()
        if fence[1] != "console":
            yield names.popleft(), fence[2]
    assert not names


def commands() -> list[str]:
    """What the page types."""
    return re.findall(r"^\$ (.*)$", SECTION, re.MULTILINE)


@dataclass(frozen=True)
class Scratch:
    """A copy of the repository, to add to.

    Attributes:
        folder: The copy.
        before: Every file that was copied, with its bytes.
    """

    folder: Path
    before: dict[str, bytes]

    def run(self, command: str) -> str:
        """What a command of the page prints, in the folder of the copy."""
        bin_ = self.folder.parent / "bin"
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env={
                **{
                    k: v
                    for k, v in os.environ.items()
                    if not k.startswith(("STACKHOLDER_", "PYTEST_"))
                },
                "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(self.folder.parent),
                "STACKHOLDER_HOME": str(self.folder.parent / "home"),
            },
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def files(self) -> dict[str, bytes]:
        """Every file of the copy, but what Python keeps of it."""
        every = (f for f in self.folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
        return {f.relative_to(self.folder).as_posix(): f.read_bytes() for f in every}


@pytest.fixture(scope="module")
def scratch(starter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """The copy with the files of the page, and its own starter graph."""
    above = tmp_path_factory.mktemp("contributing")
    folder = above / "stackholder"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT))
    copied(starter_home, above / "home")
    (above / "bin").mkdir()
    for name, words in (("stackholder", "-m stackholder"), ("python", "")):
        program = above / "bin" / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        program.chmod(0o755)
    one = Scratch(folder, {})
    one.before.update(one.files())
    for name, text in written():
        file = folder / name
        assert not file.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return one


@pytest.fixture(scope="module")
def outputs(scratch: Scratch) -> dict[str, str]:
    """What each command of the page prints, in their order."""
    return {command: scratch.run(command) for command in commands()}


def test_the_page_adds_one_of_each() -> None:
    rooms = [Path(name).parts[0] for name, _ in written()]
    assert {"loaders", "queries", "measures", "exports", "tests"} == set(rooms)
    assert all("stackholder" in c or "pytest" in c for c in commands())


def test_the_source_is_read(outputs: dict[str, str]) -> None:
    (command,) = (c for c in outputs if " build " in c)
    (line,) = (x for x in outputs[command].splitlines() if x.startswith("teams:"))
    assert line.split()[1:3] == ["3", "3"]


def test_the_question_is_answered_in_both_languages(
    scratch: Scratch, outputs: dict[str, str]
) -> None:
    (command,) = (c for c in outputs if "ask users" in c)
    rows = scratch.run(f"{command} -f tsv").splitlines()[1:]
    assert {"company/search", "company/speech"} <= {row.split("\t")[0] for row in rows}
    assert scratch.run(f"{command} -f tsv --language sparql").splitlines()[1:] == rows
    assert "\nusers\t" in scratch.run("stackholder ask")


def test_the_measure_is_shown_by_the_question(scratch: Scratch, outputs: dict[str, str]) -> None:
    (command,) = (c for c in outputs if "ask team_choice" in c)
    assert re.match(
        r"The 2 most used have \d+% of \d+ uses\.\n", scratch.run(f"{command} -f table")
    )
    (tested,) = (c for c in outputs if "pytest" in c)
    assert "1 passed" in outputs[tested]


def test_the_export_is_written(scratch: Scratch, outputs: dict[str, str]) -> None:
    (command,) = (c for c in outputs if " export tgf " in c)
    nodes, _, edges = (scratch.folder / "pytorch.tgf").read_text().partition("#\n")
    assert "framework/pytorch PyTorch\n" in nodes
    assert "company/search framework/pytorch USES\n" in edges
    assert (
        f"{len(nodes.splitlines()):,} nodes, {len(edges.splitlines()):,} edges" in outputs[command]
    )


def test_no_file_is_touched_and_the_general_tests_take_the_new_ones(
    scratch: Scratch, outputs: dict[str, str]
) -> None:
    """The tests of all loaders and of all formats find what was added by themselves."""
    assert outputs
    general = (
        "tests/loaders/test_everything.py tests/exports/test_place.py tests/exports/test_tables.py"
    )
    said = scratch.run(f"python -m pytest -q -p no:cacheprovider {general} -k 'tgf or teams'")
    assert re.search(r"^(1[0-9]|[2-9][0-9]) passed", said, re.MULTILINE), said
    assert {
        name: text for name, text in scratch.files().items() if name in scratch.before
    } == scratch.before
