"""README.md and docs/ say what is so: real output, links that lead somewhere, examples that work."""

from __future__ import annotations

import concurrent.futures
import csv
import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [p.relative_to(ROOT).as_posix() for p in PAGES]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", PAGES, ids=NAMES)


@pytest.fixture(scope="module")
def refresh() -> ModuleType:
    """docs/refresh.py as a module."""
    spec = importlib.util.spec_from_file_location("refresh", ROOT / "docs/refresh.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["refresh"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shop(refresh: ModuleType) -> Iterator[Any]:
    """Where the commands of the pages run."""
    with refresh.Workshop.open() as shop:
        yield shop


@pytest.fixture(scope="module")
def wanted(refresh: ModuleType, shop: Any) -> dict[Path, str]:
    """What the pages should be."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(PAGES, pool.map(lambda p: refresh.refreshed(shop, p), PAGES), strict=True))


def block(page: str, language: str) -> str:
    """The one fence of that language in a page of docs/."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return str(found[0])


@pytest.mark.timeout(1800)
def test_a_page_shows_what_the_commands_say(wanted: dict[Path, str], page: Path) -> None:
    assert page.read_text(encoding="utf-8") == wanted[page], "mend it: python docs/refresh.py"


def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#:\s]*)(?:#([^)]*))?\)", text):
        file = (page.parent / target) if target else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_files_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:docs|queries|loaders|measures|state|graph|exports|answers|examples|tests|cli|web)/[\w./-]+)`", text
    )
    own = {
        "loaders/teams/loader.py",
        "tests/loaders/test_teams.py",
        "queries/boards.cypher",
        "queries/boards.rq",
    }
    for name in {n for n in named if not n.isupper() and "NAME" not in n} - own:
        assert (ROOT / name).exists(), name


def test_no_page_names_a_folder_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w/])/(?:tmp|work|home|root|Users|private)/", text)
    assert "0.0.0.0" not in text
    assert "Traceback" not in text


def test_no_example_is_empty(refresh: ModuleType, page: Path) -> None:
    for part in refresh._parts(page.read_text(encoding="utf-8")):
        if part.kind == "console":
            for before, line in zip(part.lines, [*part.lines[1:], ""], strict=True):
                if before.startswith("$ "):
                    assert line
        elif part.kind.startswith("$ "):
            assert part.lines


def test_every_question_is_on_the_page_with_an_answer() -> None:
    from stackholder.queries.catalogue import questions

    text = (ROOT / "docs/questions.md").read_text(encoding="utf-8")
    for name in questions():
        section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        rows = section.partition("```console\n")[2].partition("\n```")[0].split("\n")
        assert len(rows) > 3, f"{name}: its example has no answer"


def test_the_check_fails_where_a_page_lies(refresh: ModuleType, shop: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ stackholder find wikidata:Q95 -f tsv\nnothing\n```\n")
    truth = refresh.refreshed(shop, page)
    assert "company/google\tCompany\tGoogle\twikidata:Q95" in truth
    assert "nothing" not in truth
    page.write_text(truth)
    assert refresh.refreshed(shop, page) == truth


def test_a_command_that_fails_is_no_example(refresh: ModuleType, shop: Any) -> None:
    with pytest.raises(refresh.Failed, match="ends with 4"):
        shop.page("```console\n$ stackholder show nosuchthing\n```\n")
    shown = shop.page("```console\n$ stackholder show nosuchthing 2>&1\n```\n")
    assert "there is no entity 'nosuchthing'" in shown


def test_what_is_not_to_be_run_stays(refresh: ModuleType, shop: Any) -> None:
    text = "# A\n\n```console no-run\n$ stackholder push x\nsaid so\n```\n\n```\n$ not run\n```\n"
    assert shop.page(text) == text


def test_the_loader_of_the_page_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from loading import load

    folder = tmp_path / "own/teams"
    folder.mkdir(parents=True)
    (folder / "loader.py").write_text(block("adding-a-source.md", "python"), encoding="utf-8")
    (tmp_path / "teams.csv").write_text(block("adding-a-source.md", "csv"), encoding="utf-8")
    monkeypatch.setenv("STACKHOLDER_LOADERS", str(tmp_path / "own"))
    loaded = load(tmp_path / "home", "teams", tmp_path / "teams.csv", "teams")
    assert loaded.ledger.failure == ""
    assert loaded.triples("USES") == {("search", "USES", "pytorch"), ("search", "USES", "jax")}
    dates = {r["target"]: str(r.get("valid_from"))[:7] for r in loaded.rows("USES")}
    assert dates == {"pytorch": "2023-05", "jax": "None"}
    (shown,) = re.findall(r"^teams:teams\s+(\S+)\s+(\S+)\s+(.*)$", block("adding-a-source.md", "console no-run"),
                          re.MULTILINE)  # fmt: skip
    assert loaded.refusals() == [shown]


@pytest.mark.slow
def test_a_loader_of_another_package_is_found_by_its_entry_point(tmp_path: Path) -> None:
    """The five steps of the README, without a file of this package being touched: command line and all."""
    import subprocess

    package, site = tmp_path / "site/teamsource", tmp_path / "site"
    (package / "sample").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "loader.py").write_text(block("adding-a-source.md", "python"), encoding="utf-8")
    (package / "README.md").write_text("# teams\n\nWhich team uses what.\n")
    about = site / "teamsource-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: teamsource\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[stackholder.loaders]\nteams = teamsource.loader\n")
    (tmp_path / "teams.csv").write_text(block("adding-a-source.md", "csv"), encoding="utf-8")
    home = ["--home", str(tmp_path / "home")]

    def run(*words: str) -> str:
        import stackholder

        paths = os.pathsep.join((str(site), str(Path(stackholder.__file__).parent.parent)))
        command = [sys.executable, "-m", "stackholder", *words, *home]
        env = {**os.environ, "PYTHONPATH": paths}
        done = subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    built = run(
        "build", "--only", "teams", "--source", "teams=teams.csv", "--no-stores", "--format", "tsv"
    )
    assert built.splitlines()[1].startswith("teams:teams\t")
    assert (
        run("sources", "--refused", "--format", "tsv")
        .splitlines()[1]
        .startswith("teams:teams\tteams.csv:4")
    )
    assert "company/search" in run("cypher", "MATCH (c)-[:USES]->(f) RETURN c.id, f.id")


def test_the_question_of_the_page_gives_the_same_rows_in_both_languages(shop: Any) -> None:
    import stackholder

    cypher, sparql = (block("adding-a-question.md", x) for x in ("cypher", "sparql"))
    with stackholder.open(shop.folder / "home") as graph:
        body = graph.find_one("onnx-steering-committee").id
        first = graph.cypher(cypher, body=body)
        second = graph.sparql(sparql, body=body)
        assert first.rows
        assert first.names == second.names == ["holder", "holder_name", "votes", "edge"]
        assert first.rows == second.rows


def test_the_schema_page_is_made_from_the_ontology(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from stackholder.cli import run

    capsys.readouterr()
    assert run(["schema", "--format", "md"]) == 0
    assert capsys.readouterr().out == (ROOT / "docs/schema.md").read_text(encoding="utf-8")


def test_every_relation_that_carries_control_is_on_the_page() -> None:
    from stackholder.graph.schema import schema

    text = (ROOT / "docs/how-it-works.md").read_text(encoding="utf-8")
    for relation in schema().relations.values():
        if relation.control is not None:
            assert relation.name in text


def test_a_csv_of_the_page_is_a_csv() -> None:
    rows = list(csv.DictReader(block("adding-a-source.md", "csv").splitlines()))
    assert all(None not in row and None not in row.values() for row in rows)


def test_the_computed_question_of_the_page_works(shop: Any, tmp_path: Path) -> None:
    import stackholder
    from stackholder.queries import catalogue

    text = block("adding-a-question.md", "python")
    module: dict[str, Any] = {
        "__name__": "stackholder.queries.owners",
        "__package__": "stackholder.queries",
    }
    exec(compile(text, "owners.py", "exec"), module)
    assert text.startswith(catalogue._MARKS[".py"])
    with stackholder.open(shop.folder / "home") as graph:
        found = module["answer"](graph.view, most=3)
    assert len(found.rows) == 3
    assert found.rows[0][2] >= found.rows[1][2] >= 2
