"""Every format of every verb that lists something: each parses, and all hold the same rows."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
Cli = Callable[..., Any]
COMPANIES = "MATCH (c:Company) RETURN c.id AS id, c.name AS name, c.aliases AS aliases ORDER BY id"
PROJECTS = """PREFIX stk: <https://w3id.org/stackholder/ns#>
SELECT ?id ?name WHERE { ?f a stk:Framework ; stk:id ?id ; <https://schema.org/name> ?name } ORDER BY ?id"""
LISTS = {
    "questions": ["ask"],
    "ask": ["ask", "who_controls", "-p", "artefact", "pytorch", "--limit", "30"],
    "ask in SPARQL": ["ask", "who_controls", "-p", "artefact", "pytorch", "--language", "sparql"],
    "paths": ["paths", "nvidia", "pytorch", "vllm", "-k", "5"],
    "find": ["find", "torch"],
    "cypher": ["cypher", COMPANIES, "--limit", "40"],
    "sparql": ["sparql", PROJECTS, "--limit", "40"],
    "sources": ["sources"],
    "refused": ["sources", "--refused"],
    "schema": ["schema"],
    "doctor": ["doctor"],
    "validate": ["validate"],
}
EVERY_JSON = {
    "question", "as_of", "snapshot", "parameters", "columns", "rows", "complete",
    "incomplete_sources", "notes",
}  # fmt: skip


def plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def in_markdown(text: str) -> list[dict[str, str]]:
    lines = text.splitlines()
    cells = [
        [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", x)[1:-1]] for x in lines
    ]
    assert set(cells[1]) == {"---"}
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def in_table(text: str) -> list[str]:
    """The lines below the heading of a table; on a wide terminal, one per row."""
    lines = [line.strip() for line in text.splitlines()]
    rule = next(i for i, line in enumerate(lines) if line and set(line) == {"─"})
    return list(itertools.takewhile(bool, lines[rule + 1 :]))


@pytest.mark.slow
@pytest.mark.parametrize("arguments", LISTS.values(), ids=LISTS)
def test_every_format_holds_the_same_rows(
    cli: Cli, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "3000")
    said = {}
    for form in ("json", "ndjson", "csv", "tsv", "md", "table"):
        if arguments == ["schema"] and form == "md":
            continue  # the reference page, not a list
        said[form] = cli(*arguments, "--format", form, *_unexplained(arguments))
        assert said[form].code == 0, said[form].err
    whole = said["json"].json
    rows = whole["rows"]
    assert set(whole) >= EVERY_JSON
    assert [json.loads(line) for line in said["ndjson"].out.splitlines()] == rows
    texts = [{k: plain(v) for k, v in row.items()} for row in rows]
    assert list(csv.DictReader(io.StringIO(said["csv"].out))) == texts
    assert list(csv.DictReader(io.StringIO(said["tsv"].out), delimiter="\t")) == texts
    names = [c["name"] for c in whole["columns"] if c["type"] in {"string", "entity"}]
    if "md" in said:
        shown = in_markdown(said["md"].out)
        assert len(shown) == len(rows)
        for row, cells in zip(rows, shown, strict=True):
            for name in set(names) & set(cells):
                assert cells[name] == (
                    " ".join((row[name] or "–").split()) if row[name] != "" else ""
                )
    if rows and not any("\n" in t for row in texts for t in row.values()):
        assert len(in_table(said["table"].out)) == len(rows)


def _unexplained(arguments: list[str]) -> list[str]:
    return ["--no-explain"] if arguments[0] == "paths" else []


@pytest.mark.parametrize("arguments", LISTS.values(), ids=LISTS)
def test_columns_have_name_type_and_unit(cli: Cli, arguments: list[str]) -> None:
    columns = cli(*arguments, "--format", "json").json["columns"]
    assert columns
    assert all(set(c) == {"name", "type", "unit"} for c in columns)


def test_json_says_what_was_asked_of_which_state_and_whether_that_is_all(cli: Cli) -> None:
    said = cli("ask", "who_controls", "-p", "artefact", "PyTorch", "--as-of", "2022-09-11",
               "--limit", 3, "-f", "json").json  # fmt: skip
    assert said["question"] == "who_controls"
    assert said["parameters"] == {"artefact": "framework/pytorch", "power": ""}
    assert said["as_of"] == "2022-09-11"
    assert re.fullmatch(r"[0-9a-f]{32}", said["snapshot"])
    assert len(said["rows"]) == 3
    assert said["complete"] is False
    assert said["incomplete_sources"] == []
    assert said["notes"]


def test_json_of_a_free_query_says_the_same(cli: Cli) -> None:
    said = cli("cypher", "MATCH (c:Company {name: $name}) RETURN c.id AS id", "-p", "name", "NVIDIA",
               "--as-of", "2022-09-11", "-f", "json").json  # fmt: skip
    assert said["parameters"] == {"name": "NVIDIA"}
    assert said["as_of"] == "2022-09-11"
    assert said["rows"] == [{"id": "company/nvidia"}]
    assert said["complete"] is True


def test_a_free_query_that_has_more_rows_says_so(cli: Cli) -> None:
    said = cli("cypher", COMPANIES, "--limit", 2, "-f", "csv")
    assert len(said.out.splitlines()) == 3
    assert "--limit" in said.err
    assert cli("cypher", COMPANIES, "--limit", 2, "-f", "json").json["complete"] is False


def test_both_languages_give_the_same_rows(cli: Cli) -> None:
    asked = ["ask", "who_controls", "-p", "artefact", "pytorch", "-f", "json", "--language"]
    assert cli(*asked, "cypher").json["rows"] == cli(*asked, "sparql").json["rows"]


def test_types_survive_in_json(cli: Cli) -> None:
    row = cli("cypher", "RETURN 1 AS one, 1.5 AS half, true AS truth, [1, 2] AS some, date('2022-09-14') "
              "AS day, null AS nothing", "-f", "json").json["rows"][0]  # fmt: skip
    assert row == {
        "one": 1, "half": 1.5, "truth": True, "some": [1, 2], "day": "2022-09-14", "nothing": None,
    }  # fmt: skip


def test_names_with_pipes_and_breaks_stay_in_their_cell(cli: Cli) -> None:
    said = cli("cypher", "RETURN 'a|b\nc' AS text, 1 AS n", "-f", "md")
    assert said.out.splitlines()[2] == "| a\\|b c | 1 |"
    row = next(
        csv.DictReader(io.StringIO(cli("cypher", "RETURN 'a,\"b\nc' AS text", "-f", "csv").out))
    )
    assert row == {"text": 'a,"b\nc'}


def test_an_audit_speaks_every_format(cli: Cli) -> None:
    file = ROOT / "examples/torch-transformers.report.json"
    packages = cli("audit", file, "-f", "json").json["packages"]
    asked = [p["name"] for p in packages]
    assert "torch" in asked
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        rows = csv.DictReader(io.StringIO(cli("audit", file, "-f", form).out), delimiter=delimiter)
        assert [r["package"] for r in rows] == asked
    lines = cli("audit", file, "-f", "ndjson").out.splitlines()
    assert [json.loads(line)["package"] for line in lines] == asked
    for form in ("md", "html", "table"):
        assert f"{len(asked)} packages" in cli("audit", file, "-f", form).out
    assert cli("audit", file, "-f", "sarif").json["version"] == "2.1.0"


def test_show_holds_the_same_statements_in_every_format(cli: Cli) -> None:
    keys = [s["key"] for s in cli("show", "pytorch", "-f", "json").json["statements"]]
    assert len(keys) > 50
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        rows = csv.DictReader(
            io.StringIO(cli("show", "pytorch", "-f", form).out), delimiter=delimiter
        )
        assert [r["key"] for r in rows] == keys
    rows = [json.loads(line) for line in cli("show", "pytorch", "-f", "ndjson").out.splitlines()]
    assert [r["key"] for r in rows] == keys
    assert [r["key"] for r in in_markdown(cli("show", "pytorch", "-f", "md").out)] == keys
    table = cli("show", "pytorch", "-f", "table").out
    assert len(re.findall(r"^  [→←] ", table, re.MULTILINE)) == len(keys)


def test_schema_has_its_own_forms(cli: Cli) -> None:
    import pyoxigraph as ox

    assert cli("schema", "-f", "mermaid").out.startswith(("graph", "flowchart", "classDiagram"))
    assert "CREATE " in cli("schema", "-f", "cypher-ddl").out
    for form in ("turtle", "shacl"):
        assert list(ox.parse(cli("schema", "-f", form).out, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("columns", ["", "0", "-5", "many", "99999999", "3"])
def test_a_width_that_is_none_is_another_than_none(
    cli: Cli, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    said = cli("find", "torchvision", "--format", "table")
    assert said.code == 0, said.err
    assert 60 < max(map(len, said.out.splitlines())) < 140
    assert "package/pypi/torchvision  Package" in said.out
