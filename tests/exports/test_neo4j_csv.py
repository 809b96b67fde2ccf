"""The CSV files say all that the state says, to Python and to the real importer."""

from __future__ import annotations

import csv
import datetime
import re
import shlex
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase
from servers.neo4j_server import admin_import, running_neo4j
from stackholder.exports import ExportReport, export
from stackholder.graph.schema import schema
from stackholder.state.state import State
from states import make_state

ADMIN = "neo4j-admin database import full neo4j "
READERS = {
    "string": str,
    "boolean": lambda text: {"true": True, "false": False}[text],
    "long": int,
    "double": float,
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
}


@pytest.fixture(scope="module")
def exported(state: State, tmp_path_factory: pytest.TempPathFactory) -> ExportReport:
    return export(state, "neo4j-csv", tmp_path_factory.mktemp("neo4j") / "out")


@pytest.fixture(scope="module")
def arguments(exported: ExportReport) -> list[str]:
    (note,) = exported.notes
    command = note.partition(": ")[2]
    assert command.startswith(ADMIN)
    return shlex.split(command.removeprefix(ADMIN))


def read(folder: Path, files: str, delimiter: str) -> list[dict[str, Any]]:
    """The rows of a data file by its header file; empty fields left out."""
    header, data = (folder / f for f in files.split(","))
    columns = [c.rpartition(":")[::2] for c in header.read_text().strip().split(",")]
    rows = []
    with data.open(newline="") as stream:
        for row in csv.reader(stream, strict=True):
            assert len(row) == len(columns)
            told = {}
            for text, (name, type_) in zip(row, columns, strict=True):
                read_one = READERS.get(type_.removesuffix("[]"), str)
                if text and type_.endswith("[]"):
                    told[name] = [read_one(item) for item in text.split(delimiter)]
                elif text:
                    told[name or type_.partition("(")[0]] = read_one(text)
            rows.append(told)
    return rows


def test_python_reads_every_node_with_equal_properties(
    exported: ExportReport, arguments: list[str], nodes: dict[str, dict[str, Any]]
) -> None:
    delimiter = chr(int(arguments[0].removeprefix("--array-delimiter=U+"), 16))
    found = {}
    for argument in arguments:
        if argument.startswith("--nodes="):
            labels, files = argument.removeprefix("--nodes=").split("=")
            for row in read(exported.path, files, delimiter):
                assert row["kind"] == labels.split(":")[-1]
                found[row["id"]] = row
    assert found == nodes
    assert exported.nodes == len(nodes)


def test_python_reads_every_edge_with_equal_properties(
    exported: ExportReport, arguments: list[str], edges: dict[str, dict[str, Any]]
) -> None:
    delimiter = chr(int(arguments[0].removeprefix("--array-delimiter=U+"), 16))
    found = {}
    for argument in arguments:
        if argument.startswith("--relationships="):
            _, files = argument.removeprefix("--relationships=").split("=")
            start, end = re.findall(
                r"ID\((\w+)\)", (exported.path / files.split(",")[0]).read_text()
            )
            for row in read(exported.path, files, delimiter):
                ends = {"source": row.pop("START_ID"), "target": row.pop("END_ID")}
                row[":TYPE"] = row.pop("TYPE")
                found[row["key"]] = row | ends | {"source_kind": start, "target_kind": end}
    assert found == edges
    assert exported.edges == len(edges)


def test_the_delimiter_of_sets_occurs_in_none_of_their_items(arguments: list[str]) -> None:
    assert arguments[0] == "--array-delimiter=U+001E"  # one of the aliases holds U+001F


def test_multiline_fields_are_asked_for_only_where_there_are_any(
    arguments: list[str], tmp_path: Path
) -> None:
    assert "--multiline-fields=true" in arguments
    plain = make_state(tmp_path, {"Company": [{"id": "a", "name": "A"}]}, {})
    report = export(plain, "neo4j-csv", tmp_path / "out")
    assert "--multiline-fields" not in report.notes[0]


def test_the_script_runs_the_command_in_its_own_folder(
    exported: ExportReport, arguments: list[str], tmp_path: Path
) -> None:
    admin = tmp_path / "neo4j-admin"
    admin.write_text('#!/bin/sh\npwd\nfor a in "$@"; do echo "$a"; done\n')
    admin.chmod(admin.stat().st_mode | stat.S_IXUSR)
    done = subprocess.run(
        ["sh", str(exported.path / "import.sh"), "--overwrite-destination=true"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    where, *words = done.stdout.splitlines()
    assert Path(where) == exported.path
    given = ["database", "import", "full", "neo4j", "--overwrite-destination=true"]
    assert words == [*given, *arguments]


@pytest.fixture(scope="module")
def imported(
    needs_java: None,
    exported: ExportReport,
    arguments: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Driver]:
    """A Neo4j that holds what the real importer read."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(exported.path)
        done = admin_import(["neo4j", "--format=aligned", *arguments], home)
    assert done.returncode == 0, done.stdout + done.stderr
    with (
        running_neo4j(home) as server,
        GraphDatabase.driver(server.uri, auth=server.auth) as driver,
    ):
        yield driver


def test_neo4j_holds_every_node_with_equal_properties(
    imported: Driver, nodes: dict[str, dict[str, Any]]
) -> None:
    records, *_ = imported.execute_query("MATCH (n) RETURN labels(n) AS labels, n AS node")
    assert len(records) == len(nodes)
    for record in records:
        row = native(dict(record["node"]))
        assert row == nodes[row["id"]]
        kind = schema().kinds[row["kind"]]
        assert set(record["labels"]) == {kind.family, kind.name}


def test_neo4j_holds_every_edge_with_equal_properties(
    imported: Driver, edges: dict[str, dict[str, Any]]
) -> None:
    records, *_ = imported.execute_query(
        "MATCH (a)-[e]->(b) RETURN e AS edge, type(e) AS type, a.id AS source, a.kind AS source_kind,"
        " b.id AS target, b.kind AS target_kind"
    )
    assert len(records) == len(edges)
    for record in records:
        row = native(dict(record["edge"]))
        ends = {k: record[k] for k in ("source", "source_kind", "target", "target_kind")}
        assert row | ends | {":TYPE": record["type"]} == edges[row["key"]]


def native(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.to_native() if hasattr(v, "to_native") else v for k, v in row.items()}
