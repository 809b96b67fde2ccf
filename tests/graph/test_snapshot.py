"""Snapshots: whole, immutable, named by their content; nothing that sources disagree on is dropped."""

from __future__ import annotations

import datetime
import json
import os
import threading
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from stackholder.answers.graph import Graph
from stackholder.errors import NoGraph, NotFound, SourceError
from stackholder.graph.home import Home
from stackholder.graph.snapshot import Snapshot
from stackholder.pipeline import Input, build, run_loader
from stackholder.state.derivation import state_at
from stackholder.stores import open_store

SAMPLE = Path(__file__).parent.parent.parent / "loaders/lf_landscape/sample/members.yml"
NODES = {
    "Company": [
        {"id": "google", "name": "Google", "jurisdiction": "US", "identifiers": ["wikidata:Q95"]},
        {"id": "meta", "name": "Meta"},
    ],
    "Contributor": [{"id": "c1"}],
}
EDGES = {
    "OWNS": [
        {"source": ("Company", "google"), "target": ("Company", "deepmind"), "votes": 1.0},
        {"source": ("Company", "google"), "target": ("Company", "meta"), "votes": 0.1},
    ],
    "EMPLOYS": [{"source": ("Company", "meta"), "target": ("Contributor", "c1")}],
}
NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
NEXT_YEAR = datetime.datetime(2027, 11, 24, 12, tzinfo=datetime.UTC)


def statements(snapshot: Snapshot, kind: str, entity: str) -> list[dict[str, Any]]:
    rows = snapshot.statements(kind, entity=[entity]).to_pylist()
    return [{k: v for k, v in row.items() if v is not None} for row in rows]


def test_before_the_first_build_there_is_no_graph(place: Any) -> None:
    with pytest.raises(NoGraph, match="no graph in this home"):
        place.graph()
    with pytest.raises(NotFound, match="no snapshot here"):
        Snapshot.open(place.path)


def test_a_conflicting_value_is_not_dropped(place: Any) -> None:
    company = {"id": "google", "identifiers": ["wikidata:Q95"]}
    said = {"one": ("public", "US", ["GOOG"]), "two": ("private", "IE", ["Alphabet"])}
    for rank, (loader, (category, country, aliases)) in enumerate(said.items()):
        row = {**company, "category": category, "jurisdiction": country, "aliases": aliases}
        place.say({"Company": [row]}, loader=loader, rank=rank)
    snapshot = place.snapshot()
    [node] = pq.read_table(snapshot.file("Company")).to_pylist()
    assert (node["category"], node["jurisdiction"]) == ("public", "US")
    assert node["aliases"] == ["Alphabet", "GOOG"]
    rows = statements(snapshot, "Company", "company/google")
    told = {r["loader"]: (r["category"], r["jurisdiction"], r["aliases"]) for r in rows}
    assert told == said


def test_who_is_a_bot_to_any_source_is_one_whatever_the_better_source_says(place: Any) -> None:
    for rank, kind in enumerate(("none", "automation", "none")):
        row = {"id": "c1", "identifiers": ["contributor:c1"], "bot_kind": kind}
        row["is_bot"] = kind != "none"
        place.say({"Contributor": [row]}, loader=f"source{rank}", rank=rank)
    [node] = pq.read_table(place.snapshot().file("Contributor")).to_pylist()
    assert (node["bot_kind"], node["is_bot"]) == ("automation", True)


def test_edges_that_contradict_each_other_both_stand(place: Any) -> None:
    ends = {"source": ("Company", "google"), "target": ("Company", "meta")}
    place.say(edges={"OWNS": [{**ends, "votes": 0.1}]}, loader="one")
    place.say(edges={"OWNS": [{**ends, "votes": 0.9}]}, loader="two")
    place.snapshot()
    assert {(r["partition"], r["votes"]) for r in place.edges("OWNS")} == {
        ("one:test", 0.1),
        ("two:test", 0.9),
    }


def test_the_counts_of_the_manifest_are_those_of_the_files(place: Any) -> None:
    place.say(NODES, EDGES)
    snapshot = place.snapshot()
    manifest = json.loads((snapshot.folder / "manifest.json").read_text())
    for part in ("nodes", "edges"):
        found = {
            file.stem: duckdb.sql(f"select count(*) from '{file}'").fetchall()[0][0]
            for file in (snapshot.folder / part).glob("*.parquet")
        }
        assert manifest[part] == found
    assert manifest["nodes"]["Company"] == 3
    assert manifest["edges"] == {"OWNS": 2, "EMPLOYS": 1}
    ids = duckdb.sql(
        f"select count(*), count(distinct id), count(distinct node), min(node), max(node) + 1 "
        f"from read_parquet('{snapshot.folder}/nodes/*.parquet', union_by_name=true)"
    ).fetchall()[0]
    count = sum(manifest["nodes"].values())
    assert ids == (count, count, count, 0, count)


def test_every_end_and_every_source_of_an_edge_is_a_node(place: Any) -> None:
    place.say(NODES, EDGES)
    folder = place.snapshot().folder
    nodes = f"read_parquet('{folder}/nodes/*.parquet', union_by_name=true)"
    for end in ("source", "target"):
        orphans = duckdb.sql(
            f"select e.{end} from read_parquet('{folder}/edges/*.parquet', union_by_name=true) e "
            f"anti join {nodes} n on n.id = e.{end} and n.kind = e.{end}_kind and n.node = e.{end}_node"
        ).fetchall()
        assert orphans == []
    cited = f"select unnest(source_ids) id from read_parquet('{folder}/edges/*.parquet', union_by_name=true)"
    assert duckdb.sql(f"from ({cited}) anti join {nodes} n using (id)").fetchall() == []


def test_an_address_that_is_none_costs_its_claim_nothing(place: Any) -> None:
    edges = [{**edge, "url": "http://[half"} for edge in EDGES["OWNS"]]
    place.say(edges={"OWNS": edges})
    assert place.snapshot().edges == {"OWNS": 2}


def test_the_hash_leaves_times_of_reading_out_but_the_date_is_of_the_last(place: Any) -> None:
    place.say(NODES, EDGES, day=NOON)
    first = place.snapshot()
    place.say(NODES, EDGES, day=NEXT_YEAR)
    second = place.snapshot()
    assert (first.hash, first.folder) == (second.hash, second.folder)
    assert (first.date, second.date) == (NOON.date(), NEXT_YEAR.date())
    assert place.graph().as_of == NEXT_YEAR.date()
    assert {row["recorded_at"] for row in place.edges("OWNS")} == {NOON}


@pytest.mark.slow
def test_the_hash_tells_every_other_difference(another_place: Any) -> None:
    hashes = set()
    changes: list[dict[str, Any]] = [
        {},
        {"votes": 0.2},
        {"note": "x"},
        {"at": "elsewhere"},
        {"url": "https://example.org/other"},
        {"confidence": 0.5},
        {"status": "disputed"},
        {"valid_from": "2020"},
        {"valid_from": "2020-01-01"},
        {"target": ("Company", "other")},
        {"target": ("Institution", "other")},
    ]
    for change in changes:
        place = another_place()
        place.say(edges={"OWNS": [{**EDGES["OWNS"][0], "identity": "one", **change}]})
        hashes.add(place.snapshot().hash)
    assert len(hashes) == len(changes)


def test_a_snapshot_is_published_whole_or_not_at_all(place: Any) -> None:
    place.say(NODES, EDGES)
    before = place.snapshot()
    place.say(NODES, EDGES, loader="broken")
    torn = place.partition("broken") / "edges/OWNS.parquet"
    torn.write_bytes(torn.read_bytes()[:-20])
    with pytest.raises(Exception, match="Parquet"):
        place.snapshot()
    assert place.graph().snapshot == before
    assert [p.name for p in place.home.snapshots.glob("[!.]*")] == [before.hash]
    with place.home.locked():
        place.home.sweep()
    assert [p.name for p in place.home.snapshots.iterdir()] == [before.hash]


def test_nothing_that_was_published_is_changed_by_a_later_build(place: Any) -> None:
    place.say(NODES, EDGES)
    first = place.snapshot()
    content = {p: p.read_bytes() for p in first.folder.rglob("*") if p.is_file()}
    place.say(NODES, {**EDGES, "OWNS": EDGES["OWNS"][:1]})
    assert place.snapshot().hash != first.hash
    assert {p: p.read_bytes() for p in first.folder.rglob("*") if p.is_file()} == content


@pytest.mark.slow
def test_the_last_ten_snapshots_are_kept_and_the_states_of_the_others_go_with_them(
    place: Any,
) -> None:
    hashes = []
    for number in range(12):
        place.say({"Company": [{"id": "google", "name": f"Google {number}"}]})
        snapshot = place.snapshot()
        state_at(place.home, snapshot, snapshot.date)
        os.utime(snapshot.folder, (number, number))
        hashes.append(snapshot.hash)
    assert {p.name for p in place.home.snapshots.iterdir()} == set(hashes[2:])
    assert {p.name for p in place.home.states.iterdir()} == set(hashes[2:])
    place.say({"Company": [{"id": "google", "name": "Google 2"}]})
    again = place.snapshot()
    assert again.hash == hashes[2]
    assert place.graph().snapshot.hash == hashes[2]
    assert Snapshot.open(place.home.snapshots / hashes[3]).nodes["Company"] == 1


# ------------------------------------------------------------------ sources that fail


def landscape(folder: Path, text: str | None = None) -> Input:
    file = folder / "members.yml"
    file.write_text(text if text is not None else SAMPLE.read_text())
    return Input.read(f"lf_landscape={file}")


@pytest.mark.slow
def test_a_source_that_fails_keeps_its_former_claims_and_is_named_incomplete(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    before = build(home, [landscape(tmp_path)], only=["lf_landscape"], now=NOON)
    assert Graph(home).incomplete_sources == ()
    landscape(tmp_path, "landscape: [")
    failed = build(home, only=["lf_landscape"], now=NEXT_YEAR)
    assert failed.snapshot.edges == before.snapshot.edges
    assert failed.snapshot.nodes == before.snapshot.nodes
    [ledger] = failed.ledgers
    assert "members.yml" in ledger.failure
    assert (ledger.nodes, ledger.edges) == (before.ledgers[0].nodes, before.ledgers[0].edges)
    assert Graph(home).incomplete_sources == ("lf_landscape:members",)
    landscape(tmp_path)
    again = build(home, only=["lf_landscape"], now=NEXT_YEAR)
    assert again.snapshot.hash == before.snapshot.hash
    assert Graph(home).incomplete_sources == ()


@pytest.mark.slow
def test_evidence_says_which_statement_comes_from_a_source_that_was_not_read_in_full(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    build(home, [landscape(tmp_path)], only=["lf_landscape"])
    (tmp_path / "members.yml").unlink()
    build(home, only=["lf_landscape"])
    with Graph(home) as graph:
        key = graph.state.edges("FUNDS", ["key"])["key"][0].as_py()
        [said] = graph.evidence([key]).values()
    assert said["complete"] is False
    assert said["partition"] == "lf_landscape:members"
    assert said["at"]


def test_a_source_outside_its_bounds_is_named_incomplete_though_its_former_claims_answer(
    place: Any,
) -> None:
    ledger = run_loader(place.home, Input("lf_landscape", "all", str(SAMPLE)), NOON)
    assert not ledger.failure
    before = place.rows("FUNDS", "lf_landscape", "all")
    few = place.path / "few.yml"
    few.write_text(
        "landscape:\n  - name: LF Members\n    subcategories:\n      - name: Platinum\n"
        "        items:\n          - {name: A, homepage_url: https://a.example}\n"
    )
    ledger = run_loader(place.home, Input("lf_landscape", "all", str(few)), NEXT_YEAR)
    assert "where 4,000 to 8,000 were expected: nothing was published" in ledger.failure
    assert place.rows("FUNDS", "lf_landscape", "all") == before
    place.snapshot()
    assert place.graph().incomplete_sources == ("lf_landscape:all",)


def members(place: Path, firms: int) -> Input:
    """A landscape with so many members, which no bounds are known of."""
    place.mkdir(exist_ok=True)
    file = place / "many.yml"
    rows = (
        f"          - {{name: Firm {n}, homepage_url: https://f{n}.example}}\n"
        for n in range(firms)
    )
    head = "landscape:\n  - name: Polar Members\n    subcategories:\n      - name: Gold\n        items:\n"
    file.write_text(head + "".join(rows))
    return Input("lf_landscape", "many", str(file))


def test_a_file_cut_short_ends_nothing_until_a_person_accepts_the_loss(place: Any) -> None:
    assert not run_loader(place.home, members(place.path, 120), NOON).failure
    ledger = run_loader(place.home, members(place.path, 50), NEXT_YEAR)
    assert "no longer states 70 of the 120 edges" in ledger.failure
    assert "stackholder build --accept-loss lf_landscape:many" in ledger.failure
    assert [r for r in place.rows("FUNDS", "lf_landscape", "many") if "ended" in r] == []
    ledger = run_loader(place.home, members(place.path, 50), NEXT_YEAR, accept_loss=True)
    assert not ledger.failure
    assert len([r for r in place.rows("FUNDS", "lf_landscape", "many") if "ended" in r]) == 70
    again = NEXT_YEAR + datetime.timedelta(hours=1)
    assert not run_loader(place.home, members(place.path, 49), again).failure


@pytest.mark.slow
def test_where_the_hash_names_a_failure_it_names_no_folder(tmp_path: Path) -> None:
    hashes = set()
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        home = Home(tmp_path / name / "home")
        build(home, [landscape(tmp_path / name)], only=["lf_landscape"], now=NOON)
        (tmp_path / name / "members.yml").unlink()
        hashes.add(build(home, only=["lf_landscape"], now=NOON).snapshot.hash)
    assert len(hashes) == 1


def test_a_build_in_which_nothing_at_all_can_be_read_publishes_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with pytest.raises(SourceError, match="no such file"):
        build(home, [Input("lf_landscape", "x", str(tmp_path / "none.yml"))], only=["lf_landscape"])
    with pytest.raises(NoGraph):
        home.current_snapshot()


# ------------------------------------------------------------------ states


def test_many_readers_may_ask_for_one_state_at_once(place: Any) -> None:
    place.say(NODES, EDGES)
    snapshot = place.snapshot()
    found: list[object] = []
    gate = threading.Barrier(6)

    def read() -> None:
        gate.wait()
        try:
            found.append(state_at(place.home, snapshot, snapshot.date).edge_count)
        except Exception as error:
            found.append(error)

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(found) == 6
    assert len(set(map(str, found))) == 1, found
    assert not list(place.home.states.glob("*/.new-*"))


def test_what_is_served_can_be_read_by_another_user_where_the_umask_lets_him(place: Any) -> None:
    before = os.umask(0o022)
    try:
        place.say(NODES, EDGES)
        state = state_at(place.home, place.snapshot(), NOON.date())
        for name in ("embedded", "rdf"):
            open_store(name, state).close()
    finally:
        os.umask(before)
    served = [p for top in ("snapshots", "states") for p in (place.home.path / top).rglob("*")]
    assert state.folder in served
    assert not [p for p in served if p.stat().st_mode & 0o004 == 0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "held"),
    [
        ("2021-12-31", {"open", "begins unknown"}),
        ("2022-01-01", {"open", "year", "begins unknown"}),
        ("2023-05-31", {"open", "year", "begins unknown"}),
        ("2023-06-01", {"open", "year"}),
        ("2024-06-30", {"open", "year", "month"}),
        ("2024-07-01", {"open", "year"}),
    ],
)
def test_an_edge_holds_from_its_first_day_until_the_day_of_its_end(
    place: Any, day: str, held: set[str]
) -> None:
    dates = {
        "open": {},
        "year": {"valid_from": "2022"},
        "begins unknown": {"valid_to": "2023-06"},
        "month": {"valid_from": "2024-06", "valid_to": "2024-07"},
        "taken back": {"status": "retracted"},
    }
    ends = {"source": ("Company", "a"), "target": ("Company", "b")}
    place.say(edges={"OWNS": [{**ends, "interest": name, **d} for name, d in dates.items()]})
    state = state_at(place.home, place.snapshot(), datetime.date.fromisoformat(day))
    assert set(state.edges("OWNS")["interest"].to_pylist()) == held
    history = state_at(place.home, place.graph().snapshot, None)
    assert set(history.edges("OWNS")["interest"].to_pylist()) == set(dates)
