"""What happened stays a fact: events hold from their beginning on, in every store and export, at every date."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow.parquet as pq
import pytest
from real import real
from stackholder.exports import export
from stackholder.graph.home import Home
from stackholder.graph.schema import schema
from stackholder.graph.snapshot import Snapshot
from stackholder.pipeline import Input, build
from stackholder.state.derivation import state_at
from stackholder.state.state import State
from stackholder.stores import open_store
from states import TODAY, make_state, rows_in_cypher, rows_in_sparql, state_rows

DONE = {"source": ("Contributor", "ann"), "target": ("Framework", "f")}
NODES = {"Contributor": [{"id": "ann"}], "Framework": [{"id": "f"}], "Company": [{"id": "firm"}]}
EDGES: dict[str, list[dict[str, Any]]] = {
    "CONTRIBUTED_TO": [
        {**DONE, "window": w, "commits": 3, "valid_from": w, "valid_to": end}
        for w, end in (("2020-05", "2020-06-01"), ("2024-01", "2024-02-01"))
    ],
    "EMPLOYS": [
        {
            "source": ("Company", "firm"),
            "target": ("Contributor", "ann"),
            "valid_from": "2019",
            "valid_to": "2021",
        }
    ],
}


@pytest.fixture
def state(tmp_path: Path) -> State:
    return make_state(tmp_path, NODES, EDGES)


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        ("2020-04-30", []),
        ("2020-05-01", ["2020-05"]),
        ("2023-12-31", ["2020-05"]),
        ("2026-11-24", ["2020-05", "2024-01"]),
    ],
)
def test_a_month_of_work_holds_from_its_first_day_on(
    tmp_path: Path, day: str, windows: list[str]
) -> None:
    state = make_state(tmp_path, NODES, EDGES, datetime.date.fromisoformat(day))
    assert sorted(state.edges("CONTRIBUTED_TO")["window"].to_pylist()) == windows


def test_a_job_that_has_ended_is_no_event(state: State) -> None:
    assert state_rows(state, "EMPLOYS") == {}
    assert not schema().relations["EMPLOYS"].event


def test_every_store_holds_the_work_that_was_done(state: State) -> None:
    stated = state_rows(state, "CONTRIBUTED_TO")
    assert len(stated) == 2
    assert rows_in_cypher(open_store("embedded", state), "CONTRIBUTED_TO") == stated
    for name in ("rdf", "rdflib"):
        assert rows_in_sparql(open_store(name, state), "CONTRIBUTED_TO") == stated, name


def test_graphml_holds_the_work_that_was_done(state: State, tmp_path: Path) -> None:
    file = tmp_path / "out.graphml"
    export(state, "graphml", file)
    graph = nx.read_graphml(file, force_multigraph=True)
    done = [data for *_, data in graph.edges(data=True) if len(data.get("window") or "") == 7]
    assert sorted(data["window"] for data in done) == ["2020-05", "2024-01"]


def test_an_event_that_its_source_takes_back_is_no_fact(tmp_path: Path) -> None:
    make_state(tmp_path, NODES, EDGES)
    fewer = {"CONTRIBUTED_TO": EDGES["CONTRIBUTED_TO"][1:]}
    for day in (TODAY, datetime.date(2021, 1, 1)):
        windows = make_state(tmp_path, NODES, fewer, day).edges("CONTRIBUTED_TO")["window"]
        assert windows.to_pylist() == (["2024-01"] if day == TODAY else [])


def test_a_history_that_was_read_twice_stands_once_by_its_fuller_reading(tmp_path: Path) -> None:
    tables = real("git", "commits", "facebookresearch__faiss.parquet")
    bundle = real("git", "bundles", "facebookresearch__faiss.bundle")
    home = Home(tmp_path)
    inputs = [Input("git_history", n, str(p)) for n, p in (("one", tables), ("two", bundle))]
    snapshot = build(home, inputs, only=["git_history"]).snapshot
    assert isinstance(snapshot, Snapshot)
    rows = state_at(home, snapshot, TODAY).edges("CONTRIBUTED_TO").to_pylist()
    assert len(rows) == len({r["key"] for r in rows}) < snapshot.edges["CONTRIBUTED_TO"]
    best: dict[str, int] = {}
    for row in pq.read_table(snapshot.file("CONTRIBUTED_TO")).to_pylist():
        best[row["key"]] = max(best.get(row["key"], 0), row["commits"])
    assert {r["key"]: r["commits"] for r in rows} == best


def test_no_contributor_of_a_real_history_stands_alone(tmp_path: Path) -> None:
    bundle = real("git", "bundles", "ml-explore__mlx.bundle")
    home = Home(tmp_path)
    snapshot = build(
        home, [Input("git_history", "mlx", str(bundle))], only=["git_history"]
    ).snapshot
    assert isinstance(snapshot, Snapshot)
    state = state_at(home, snapshot, TODAY)
    cypher = "MATCH (c:Contributor) WHERE NOT EXISTS { MATCH (c)--() } RETURN count(c) AS n"
    [[alone]] = open_store("embedded", state).query(cypher, {}, timeout=60, limit=None)
    assert (alone, snapshot.nodes["Contributor"] > 100) == (0, True)
    contributor, done = (
        schema().kinds["Contributor"].iri,
        schema().relations["CONTRIBUTED_TO"].iri,
    )
    sparql = f"SELECT (COUNT(?c) AS ?n) {{ ?c a <{contributor}> FILTER NOT EXISTS {{ ?c <{done}> ?f }} }}"
    [[alone]] = open_store("rdf", state).query(sparql, {}, timeout=60, limit=None)
    assert int(alone) == 0
