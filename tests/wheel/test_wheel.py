"""What `python -m build` makes does the main job by itself: outside the checkout, with what it declares and no more.

The archives are made by the steps of `python -m build`, without its downloads: the source archive, and from it the
wheel. The environment holds the wheel and links to the distributions that it requires, directly or through others.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from real import FOLDER as REAL

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ROOMS = {f.parent.name for f in ROOT.glob("*/__init__.py")} - {"benchmarks"}
LEFT = (".*", "build", "dist", "*.egg-info", "node_modules", "static", "tests", "__pycache__")
PAGE = "web/static/index.html"
ADDED = "loaders/added/reading.py"
TESTS = (
    "measures/test_worked_examples.py",
    "graph/test_schema.py",
    "exports/test_tables.py",
    "state/test_powers.py",
)
"""The tests that run against the wheel: a file of each sort of room, which read what it holds beside modules."""


@dataclass(frozen=True)
class Made:
    """Archives, and what was said when they were made."""

    sources: Path
    wheel: Path
    said: str


def made(folder: Path, *, page: bool) -> Made:
    """Builds from a copy of the checkout, with a web page or without one, and with a folder that was just added."""
    shutil.copytree(ROOT, folder / "checkout", ignore=shutil.ignore_patterns(*LEFT))
    (folder / "checkout" / ADDED).parent.mkdir()
    (folder / "checkout" / ADDED).write_text("")
    if page:
        (folder / "checkout" / PAGE).parent.mkdir()
        (folder / "checkout" / PAGE).write_text("<!doctype html><title>a page</title>")
    first = backend("build_sdist", folder / "checkout", folder)
    (sources,) = folder.glob("*.tar.gz")
    with tarfile.open(sources) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    second = backend("build_wheel", unpacked, folder)
    (wheel,) = folder.glob("*.whl")
    return Made(sources, wheel, first + second)


def backend(step: str, checkout: Path, target: Path) -> str:
    """Does a step of the build backend; gives what it says."""
    code = f"from setuptools import build_meta; build_meta.{step}({str(target)!r})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def required(names: Iterable[Requirement]) -> set[str]:
    """The names of the distributions that some requirements need, with what those need."""
    needed: set[str] = set()
    waiting = [(r, "") for r in names]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        if name not in needed or requirement.extras:
            needed.add(name)
            theirs = importlib.metadata.requires(name) or ()
            waiting += [(Requirement(t), e) for t in theirs for e in ("", *requirement.extras)]
    return needed


def link(site: Path, names: Iterable[str]) -> None:
    """Puts installed distributions into another environment."""
    for name in names:
        one = importlib.metadata.distribution(name)
        for top in {f.parts[0] for f in one.files or () if f.parts[0] not in {"..", "__pycache__"}}:
            if not (site / top).is_symlink():
                (site / top).symlink_to(Path(str(one.locate_file(top))))


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The archives of a checkout in which the page was made."""
    return made(tmp_path_factory.mktemp("archives"), page=True)


@dataclass(frozen=True)
class Environment:
    """An environment outside the checkout, and a folder to work in."""

    folder: Path

    @property
    def site(self) -> Path:
        """Where its packages lie."""
        (site,) = self.folder.glob("lib/python*/site-packages")
        return site

    def run(self, program: str, *words: object) -> str:
        """What a program of the environment prints."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("STACKHOLDER_", "PYT"))}
        work = self.folder / "work"
        work.mkdir(exist_ok=True)
        done = subprocess.run(
            [self.folder / "bin" / program, *map(str, words)],
            cwd=work,
            env={
                **kept,
                "STACKHOLDER_HOME": str(self.folder / "home"),
                "STACKHOLDER_REAL_DATA": str(REAL),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def environment(archives: Made, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A new environment with the wheel and what it requires."""
    one = Environment(tmp_path_factory.mktemp("environment"))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", one.folder], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(one.folder / "bin/python")]
    install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    subprocess.run([*pip, *install, str(archives.wheel)], check=True)
    (metadata,) = one.site.glob("stackholder-*.dist-info/METADATA")
    stated = re.findall(r"^Requires-Dist: (.*)$", metadata.read_text(), re.MULTILINE)
    link(one.site, required(map(Requirement, stated)))
    return one


def test_no_module_of_the_checkout_stands_before_the_program_that_builds() -> None:
    """`python -m build` takes a module of the folder that it is called in before its own."""
    assert not (ROOT / "build.py").exists()
    assert not (ROOT / "build/__init__.py").exists()


def test_the_wheel_holds_all_that_the_package_reads(archives: Made) -> None:
    with zipfile.ZipFile(archives.wheel) as wheel:
        names = {n.removeprefix("stackholder/") for n in wheel.namelist()}
    data = (
        "schema.ttl",
        "*/*.toml",
        "queries/*.cypher",
        "queries/*.rq",
        "loaders/*/README.md",
        "loaders/*/data/**/*.csv",
    )
    files = {f for pattern in data for f in ROOT.glob(pattern) if f.parent.name != "requirements"}
    modules = {f for f in ROOT.glob("*/**/*.py") if f.relative_to(ROOT).parts[0] in ROOMS}
    wanted = {f.relative_to(ROOT).as_posix() for f in files | modules}
    assert len(wanted) > 300
    assert {*wanted, ADDED} - names == set()
    assert not [n for n in names if n.startswith(("tests/", "benchmarks/", "docs/"))]


def test_the_wheel_holds_the_page_or_the_build_says_that_it_does_not(
    archives: Made, tmp_path: Path
) -> None:
    bare = made(tmp_path, page=False)
    for one, held in ((archives, True), (bare, False)):
        with zipfile.ZipFile(one.wheel) as wheel:
            assert (f"stackholder/{PAGE}" in wheel.namelist()) is held
        assert ("no web page" in one.said) is not held


def test_the_wheel_does_the_main_job(environment: Environment) -> None:
    run = environment.run
    code = "import stackholder; print(stackholder.__file__)"
    assert Path(run("python", "-c", code).strip()).is_relative_to(environment.site)
    assert "curated:packaged" in run("stackholder", "build")
    asked = run("stackholder", "ask", "who_controls", "-p", "artefact", "pytorch", "-f", "json")
    assert len(json.loads(asked)["rows"]) > 3
    sparql = ("-p", "framework", "pytorch", "--language", "sparql", "-f", "tsv")
    assert "NVIDIA" in run("stackholder", "ask", "framework_cloud_paths", *sparql)
    assert "decides 1" in run("stackholder", "paths", "nvidia", "cuda", "-k", "1", "-f", "table")
    report = environment.folder / "report.json"
    shutil.copy(ROOT / "examples/torch-transformers.report.json", report)
    assert "torch" in run("stackholder", "audit", report)
    run("stackholder", "export", "graphml", environment.folder / "graph.graphml")
    assert (environment.folder / "graph.graphml").stat().st_size > 1_000_000


def test_a_part_of_the_tests_holds_for_the_wheel(environment: Environment) -> None:
    tree = environment.folder / "tree"
    shutil.copytree(ROOT / "tests", tree / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    for room in ROOMS:
        (tree / room).symlink_to(environment.site / "stackholder" / room)
    extra = importlib.metadata.requires("stackholder") or ()
    tests = [
        r for r in map(Requirement, extra) if r.marker and r.marker.evaluate({"extra": "test"})
    ]
    link(environment.site, required(Requirement(str(r).partition(";")[0]) for r in tests))
    options = ("-q", "-p", "no:cacheprovider", "--rootdir", tree, "--basetemp", tree / "tmp")
    chosen = (tree / "tests" / name for name in TESTS)
    said = environment.run("python", "-m", "pytest", *options, "-m", "not slow", *chosen)
    (count,) = re.findall(r"^(\d+) passed", said, re.MULTILINE)
    assert int(count) > 60, said
