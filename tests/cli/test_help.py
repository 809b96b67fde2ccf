"""Help: there for every verb, at once, and with examples that run."""

from __future__ import annotations

import itertools
import json
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from stackholder.cli import stackholder

ROOT = Path(__file__).parents[2]
Cli = Callable[..., Any]
VERBS = stackholder.list_commands(click.Context(stackholder))
MAY_IMPORT = {"stackholder", "click"}
"""What help may import beside the standard library: the package itself, and the reader of command lines."""


def examples_of(verb: str) -> list[str]:
    """The lines of its help that begin with `stackholder`, or come to it after `&&`."""
    command = stackholder.get_command(click.Context(stackholder), verb)
    assert command is not None
    lines = (line.strip().rpartition("&& ")[2] for line in (command.help or "").splitlines())
    return [line for line in lines if line.startswith("stackholder ")]


EXAMPLES = [e for verb in VERBS for e in examples_of(verb)]
WRITING = {"forget", "judge"}
"""Verbs that change a home."""
SERVED = ("localhost:7687", "localhost:3030", "stackholder serve")


@pytest.fixture
def files(tmp_path: Path) -> None:
    """The files that the examples name."""
    samples = ROOT / "loaders"
    shutil.copy(samples / "lf_landscape/sample/members.yml", tmp_path / "landscape.yml")
    shutil.copy(samples / "python_packages/sample/report.json", tmp_path / "report.json")
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        metadata = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\nLicense: MIT\n"
        archive.writestr("tiny-1.0.dist-info/METADATA", metadata)
        archive.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "")
    (tmp_path / "requirements.txt").write_text(f"./{wheel.name}\n")


def test_the_program_says_what_its_verbs_do(cli: Cli) -> None:
    said = cli("--help")
    assert said.code == 0
    assert all(f"  {verb} " in said.out for verb in VERBS)
    assert cli("-h").out == said.out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(cli: Cli, verb: str) -> None:
    said = cli(verb, "--help")
    assert said.code == 0
    assert f"stackholder {verb}" in said.out
    assert examples_of(verb)


def test_help_imports_the_standard_library_the_package_and_click() -> None:
    """A list of what may be imported, since one of what may not be forgets what is heavy tomorrow."""
    code = f"""
import json, sys
before = set(sys.modules)
from stackholder.cli import run
imported = {{}}
for verb in ["", *{VERBS!r}]:
    assert run([verb, "--help"] if verb else ["--help"]) == 0
    names = {{name.partition(".")[0] for name in set(sys.modules) - before}}
    imported[verb] = sorted(names - set(sys.stdlib_module_names))
print(json.dumps(imported), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    imported = json.loads(done.stderr)
    assert list(imported) == ["", *VERBS]
    assert {v: extra for v, names in imported.items() if (extra := set(names) - MAY_IMPORT)} == {}


@pytest.mark.slow
@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("example", [e for e in EXAMPLES if not any(s in e for s in SERVED)])
def test_every_example_runs(
    cli: Cli,
    example: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    verb = shlex.split(example)[1]
    earlier = []
    if verb == "build":
        monkeypatch.setenv("STACKHOLDER_HOME", str(tmp_path / "another"))
    elif verb in WRITING:
        monkeypatch.setenv("STACKHOLDER_HOME", str(request.getfixturevalue("own_home")))
        earlier = list(itertools.takewhile(lambda line: line != example, examples_of(verb)))
    for line in (*earlier, example):
        said = cli(*shlex.split(line.partition(" > ")[0])[1:])
        assert said.code == 0, said.err
    assert said.out.strip()


def test_a_mistyped_verb_is_guessed(cli: Cli) -> None:
    said = cli("shwo")
    assert said.code == 2
    assert "Did you mean 'show'?" in said.err


def test_the_version_is_that_of_the_package(cli: Cli) -> None:
    import stackholder as package

    assert package.__version__ in cli("--version").out
