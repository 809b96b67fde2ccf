"""All real sources in one build: nothing is lost silently or kept privately, and a second build says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import stackholder
from real import real
from stackholder.graph.home import Home
from stackholder.loaders import loader, names
from stackholder.pipeline import Built, Input, build

pytestmark = pytest.mark.slow

ADDRESS = re.compile(rb"(?<=[A-Za-z0-9])@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
"""The end of an address, from its sign on: a beginning of any length would make the search slow."""
FOLDERS = {
    "ecosystem_graphs": ("ecosystem-graphs",),
    "governance_files": ("governance",),
    "lf_landscape": ("landscapes",),
    "openness_tool": ("openness", "models"),
    "os_ai_map": ("os-ai-map",),
    "python_packages": ("pip-reports",),
    "transparency_index": ("fmti",),
}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Built]:
    home = Home(tmp_path_factory.mktemp("everything"))
    inputs = [Input(name, "real", str(real(*parts))) for name, parts in FOLDERS.items()]
    inputs += [
        Input("git_history", part, str(real("git", part))) for part in ("bundles", "commits")
    ]
    built = build(home, inputs)
    with stackholder.open(home.path) as graph:
        graph.store("embedded")
        graph.store("rdf")
    return home, built


def test_every_source_is_read_and_its_rows_add_up(everything: tuple[Home, Built]) -> None:
    _, built = everything
    assert {led.loader for led in built.ledgers} == {
        *FOLDERS,
        "git_history",
        "curated",
        "affiliations",
    }
    for ledger in built.ledgers:
        assert not ledger.failure
        assert ledger.complete
        assert ledger.rows == ledger.rows_given + ledger.rows_refused + sum(ledger.skipped.values())
    rows = {led.loader: led.rows for led in built.ledgers if led.loader != "git_history"}
    packages = sum(
        f.read_text().count('"download_info"') for f in real("pip-reports").glob("*.json")
    )
    assert rows["python_packages"] == packages
    items = sum(f.read_text().count("- item:") for f in real("landscapes").glob("*.yml"))
    assert rows["lf_landscape"] == items == 3349 + 472
    assert (rows["openness_tool"], rows["ecosystem_graphs"], rows["os_ai_map"]) == (136, 271, 300)
    assert rows["transparency_index"] == 800


def test_a_second_build_says_the_same(everything: tuple[Home, Built]) -> None:
    home, built = everything
    again = build(home)
    assert not again.changed
    assert again.snapshot.hash == built.snapshot.hash


def test_no_address_is_kept_anywhere_in_the_home(everything: tuple[Home, Built]) -> None:
    home, _ = everything
    found: set[bytes] = set()
    for file in home.path.rglob("*"):
        if file.is_file() and not file.is_symlink():
            data = file.read_bytes()
            if file.suffix == ".parquet":
                table = pq.ParquetFile(file).read()
                data = "\n".join(
                    str(c.unique().to_pylist()) for c in table.columns if _texts(c)
                ).encode()
            found.update(ADDRESS.findall(data))
    assert {a for a in found if not _no_person(a)} == set()


def _texts(column: object) -> bool:
    return "string" in str(getattr(column, "type", "")) and "list" not in str(
        getattr(column, "type", "")
    )


def _no_person(found: bytes) -> bool:
    """What looks like an address and is none: a package at a version, a team."""
    return found.rpartition(b"@")[2][:1].isdigit()


def test_every_edge_carries_the_licence_of_its_source(everything: tuple[Home, Built]) -> None:
    _, built = everything
    known = {led.partition: led.licence for led in built.ledgers}
    for relation in built.snapshot.edges:
        table = pq.read_table(built.snapshot.file(relation), columns=["licence", "partition"])
        pairs = {
            (r["partition"], r["licence"])
            for r in table.group_by(table.column_names).aggregate([]).to_pylist()
        }
        assert all(licence for _, licence in pairs), relation
        for partition, licence in pairs:
            if not partition.startswith("lf_landscape"):
                assert licence == known[partition]


@pytest.mark.parametrize("name", [n for n in names() if (loader(n).folder / "sample").is_dir()])
def test_every_sample_gives_edges_or_nodes_under_a_licence(tmp_path: Path, name: str) -> None:
    from loading import load

    sample = loader(name).folder / "sample"
    attempts = [
        load(tmp_path / str(n), name, path)
        for n, path in enumerate((sample, *sorted(sample.iterdir())))
    ]
    read = [a for a in attempts if not a.ledger.failure and a.ledger.nodes]
    assert read, [a.ledger.failure for a in attempts]
    for loaded, relation in ((a, r) for a in read for r in a.ledger.edges):
        assert all(row["licence"] for row in loaded.rows(relation))
