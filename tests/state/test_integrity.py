"""Integrity rules and clashes: what is planted is found, and nothing else."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from powers import ALL_RIGHTS
from stackholder.state.integrity import Breach, breaches, clashes
from stackholder.state.state import State
from states import make_state, state_rows

A, B, C = (("Company", name) for name in "abc")
NODES = {
    "Company": [{"id": "a", "category": "public"}, {"id": "b"}, {"id": "c"}],
    "Contributor": [{"id": "p"}],
    "GoverningBody": [{"id": "g", "quota": 0.5}],
}
SOUND = {
    "OWNS": [
        {"source": A, "target": C, "votes": 0.6, "valid_from": "2020", "valid_to": "2030"},
        {"source": B, "target": C, "votes": 0.4},
        {"source": B, "target": A, "equity": 0.14, "votes": 0},
    ],
    "EMPLOYS": [{"source": A, "target": ("Contributor", "p"), "fte": 1}],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> State:
    return make_state(tmp_path_factory.mktemp("sound"), NODES, SOUND)


@pytest.fixture
def sound(made: State, tmp_path: Path) -> State:
    """A copy of the sound graph, to be harmed."""
    snapshot = dataclasses.replace(made.snapshot, folder=tmp_path / "snapshot")
    shutil.copytree(made.snapshot.folder, snapshot.folder)
    shutil.copytree(made.folder, tmp_path / "state")
    return dataclasses.replace(made, folder=tmp_path / "state", snapshot=snapshot)


def broken(state: State) -> dict[tuple[str, str], str]:
    return {(b.rule, b.about): b.detail for b in breaches(state)}


def replanted(state: State, part: str, column: str, row: int, value: Any) -> None:
    """Writes one value into a file of the state, as no road of the product does."""
    file = state.folder / f"{part}.parquet"
    table = pq.read_table(file)
    values = table[column].to_pylist()
    values[row] = value
    place = table.schema.get_field_index(column)
    changed = table.set_column(
        place, table.schema.field(column), pa.array(values, table.schema.field(column).type)
    )
    pq.write_table(changed, file)


def changed(edges: dict[str, list[dict[str, Any]]], **more: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: [*edges.get(name, []), *more.get(name, [])] for name in {*edges, *more}}


def test_a_sound_graph_breaks_nothing(sound: State) -> None:
    assert broken(sound) == {}


def test_r1_votes_that_sum_to_more_than_all(tmp_path: Path) -> None:
    edges = changed(SOUND, OWNS=[{"source": ("Institution", "i"), "target": C, "votes": 0.01}])
    found = broken(make_state(tmp_path, NODES, edges))
    assert set(found) == {("R1", "company/c")}
    assert "votes sum to 1.01: company/a, company/b, institution/i" in found["R1", "company/c"]


@pytest.mark.parametrize("votes", [0.4 + 1e-7, 0.4])
def test_r1_leaves_rounding_alone(tmp_path: Path, votes: float) -> None:
    edges = {
        "OWNS": [
            {"source": A, "target": C, "votes": 0.6},
            {"source": B, "target": C, "votes": votes},
        ]
    }
    assert broken(make_state(tmp_path, NODES, edges)) == {}


def test_r1_counts_one_stake_once_and_a_disputed_one_not_at_all(tmp_path: Path) -> None:
    more = [
        {"source": A, "target": C, "votes": 0.6, "note": "said again"},
        {"source": B, "target": C, "votes": 0.9, "status": "disputed"},
    ]
    assert broken(make_state(tmp_path, NODES, changed(SOUND, OWNS=more))) == {}


def test_r1_counts_the_votes_of_one_date(tmp_path: Path) -> None:
    more = [{"source": ("Company", "d"), "target": C, "votes": 0.6, "valid_to": "2020"}]
    assert broken(make_state(tmp_path, NODES, changed(SOUND, OWNS=more))) == {}
    then = make_state(tmp_path, NODES, changed(SOUND, OWNS=more), as_of=datetime.date(2019, 12, 31))
    assert broken(then) == {}


def test_r2_an_interval_that_ends_before_it_begins(sound: State) -> None:
    [key] = [k for k, row in state_rows(sound, "OWNS").items() if row.get("valid_from")]
    place = list(state_rows(sound, "OWNS")).index(key)
    replanted(sound, "edges/OWNS", "valid_to", place, datetime.date(2019, 1, 1))
    assert broken(sound) == {("R2", key): "OWNS ends 2019-01-01, before it begins 2020-01-01"}


@pytest.mark.parametrize(
    ("more", "breach"),
    [
        ({"fte": 1}, True),
        ({"fte": 0.5}, False),
        ({}, False),
        ({"fte": 1, "valid_to": "2026-11-24"}, False),
        ({"fte": 1, "status": "disputed"}, False),
    ],
)
def test_r2_nobody_works_full_time_for_two_at_once(
    tmp_path: Path, more: dict[str, Any], breach: bool
) -> None:
    second = [{"source": B, "target": ("Contributor", "p"), **more}]
    found = broken(make_state(tmp_path, NODES, changed(SOUND, EMPLOYS=second)))
    expected = {("R2", "contributor/p"): "works full time for company/a, company/b at once"}
    assert found == (expected if breach else {})


@pytest.mark.parametrize(
    ("owner", "end", "wrong"),
    [("company/b", "high", True), ("company/a", "low", False)],
)
def test_r3_equity_that_decides(sound: State, owner: str, end: str, wrong: bool) -> None:
    """B holds 14 % of A without a vote, which decides nothing; A holds most of C by its votes."""
    rows = state_rows(sound, "CONTROLS")
    [basis] = [r["basis"] for r in rows.values() if r["source"] == "company/a"]
    silent = next(k for k, r in state_rows(sound, "OWNS").items() if r["votes"] == 0)
    place = [r["source"] for r in rows.values()].index("company/a")
    if owner == "company/b":
        replanted(sound, "computed/CONTROLS", "basis", place, silent)
        replanted(sound, "computed/CONTROLS", "source", place, owner)
        basis = silent
    replanted(sound, "computed/CONTROLS", end, place, 0.14)
    expected = {("R3", basis): "a stake without stated votes decides 0.14 (high)"}
    assert {k: v for k, v in broken(sound).items() if k[0] == "R3"} == (expected if wrong else {})


def test_r3_leaves_alone_who_holds_the_majority_through_others(tmp_path: Path) -> None:
    """What A may vote in C is not stated; that B, which A holds, has six tenths is."""
    edges = {
        "OWNS": [
            {"source": A, "target": B, "votes": 1},
            {"source": B, "target": C, "votes": 0.6},
            {"source": A, "target": C, "equity": 0.2},
        ]
    }
    assert broken(make_state(tmp_path, {}, edges)) == {}


def test_r5_two_entities_that_share_a_strong_identifier(tmp_path: Path) -> None:
    judgement = (
        "left,right,judgement,who,when,why\nhand:company/b,wikidata:Q1,different,me,today,so\n"
    )
    (tmp_path / "home").mkdir()
    (tmp_path / "home/judgements.csv").write_text(judgement)
    nodes = {
        **NODES,
        "Company": [{"id": i, "identifiers": ["wikidata:Q1", "ticker:X"]} for i in "ab"],
    }
    found = broken(make_state(tmp_path, nodes, SOUND))
    assert set(found) == {("R5", "company/b")}
    assert "shares wikidata:Q1 with company/a" in found["R5", "company/b"]


def test_r7_a_computed_relation_that_a_source_asserts(tmp_path: Path) -> None:
    share = {"source": A, "target": ("Framework", "f"), "window": "all", "share": 0.5}
    computed = make_state(
        tmp_path / "1", NODES, {"CONTRIBUTION_SHARE": [{**share, "method": "computed"}]}
    )
    assert broken(computed) == {}
    asserted = make_state(tmp_path / "2", NODES, {"CONTRIBUTION_SHARE": [share]})
    assert broken(asserted) == {
        ("R7", "CONTRIBUTION_SHARE"): "a computed relation is stated as asserted"
    }
    published = {**share, "note": "published: commits whose author's company is known"}
    assert broken(make_state(tmp_path / "3", NODES, {"CONTRIBUTION_SHARE": [published]})) == {}


@pytest.mark.parametrize(
    ("part", "column", "value", "about"),
    [
        ("edges/OWNS", "method", None, "OWNS"),
        ("edges/OWNS", "method", "guessed", "OWNS"),
        ("edges/OWNS", "confidence", 1.5, "OWNS"),
        ("edges/OWNS", "votes", -0.1, "OWNS"),
        ("edges/OWNS", "source_ids", None, "OWNS"),
        ("edges/EMPLOYS", "licence", None, "EMPLOYS"),
        ("computed/CONTROLS", "power", "steers", "CONTROLS"),
        ("computed/HAS_POWER", "high", 1.5, "HAS_POWER"),
    ],
)
def test_a_value_that_is_missing_or_out_of_bounds(
    sound: State, part: str, column: str, value: Any, about: str
) -> None:
    key = sound.edges(about, ["key"])["key"][0].as_py()
    replanted(sound, part, column, 0, value)
    assert ("shape", f"{about} {key}") in broken(sound)
    assert {b.detail for b in breaches(sound) if b.rule == "shape"} == {
        f"{column} is missing or out of bounds"
    }


@pytest.mark.parametrize(
    ("kind", "column", "value"),
    [("Company", "category", "evil"), ("GoverningBody", "quota", 0.0), ("Company", "name", None)],
)
def test_a_node_with_a_value_that_cannot_be(
    sound: State, kind: str, column: str, value: Any
) -> None:
    file = sound.node_file(kind)
    table = pq.read_table(file)
    about = table["id"][0].as_py()
    place = table.schema.get_field_index(column)
    values = pa.array([value, *table[column].to_pylist()[1:]], table.schema.field(column).type)
    pq.write_table(table.set_column(place, table.schema.field(column), values), file)
    assert list(breaches(sound)) == [
        Breach("shape", f"{kind} {about}", f"{column} is missing or out of bounds")
    ]


# ------------------------------------------------------------------ clashes

F, G = ("Framework", "f"), ("GoverningBody", "g")


def clashing(folder: Path, edges: dict[str, Any], **body: Any) -> list[str]:
    """What clashes; none of it breaks a rule."""
    state = make_state(folder, {"GoverningBody": [{"id": "g", **body}]}, edges)
    assert broken(state) == {}
    found = list(clashes(state))
    assert {c.rule for c in found} <= {"clash"}
    return [f"{c.about}: {c.detail}" for c in found]


def test_a_sound_graph_has_no_clash(sound: State) -> None:
    assert list(clashes(sound)) == []


def governs(holder: tuple[str, str], rights: list[str], **more: Any) -> dict[str, Any]:
    return {"source": holder, "target": F, "rights": rights, **more}


def test_undated_rights_beside_a_dated_change_to_another_holder_of_all(tmp_path: Path) -> None:
    later = governs(B, ALL_RIGHTS, valid_from="2022-09-12")
    edges = {"GOVERNS": [governs(A, ["merge", "release"]), later]}
    assert clashing(tmp_path, edges) == [
        "framework/f: company/b has all rights since 2022-09-12, and company/a has rights without a"
        " date: taken as ended then"
    ]


@pytest.mark.parametrize(
    "former",
    [
        governs(A, ["merge"], valid_from="2023"),
        governs(A, ["merge"], valid_from="2016", valid_to="2022-09-12"),
        governs(A, ["merge"], status="disputed"),
        governs(B, ["merge"]),
    ],
)
def test_rights_that_are_dated_disputed_or_its_own_do_not_clash(
    tmp_path: Path, former: dict[str, Any]
) -> None:
    later = governs(B, ALL_RIGHTS, valid_from="2022-09-12")
    assert clashing(tmp_path, {"GOVERNS": [former, later]}) == []


def test_two_holders_of_all_rights_at_one_time(tmp_path: Path) -> None:
    both = {"GOVERNS": [governs(h, ALL_RIGHTS) for h in (A, B)]}
    assert clashing(tmp_path, both) == [
        "framework/f: company/a, company/b have all rights at one time: taken as shared"
    ]
    turns = [governs(A, ALL_RIGHTS, valid_to="2022"), governs(B, ALL_RIGHTS, valid_from="2022")]
    assert clashing(tmp_path, {"GOVERNS": turns}) == []


def test_more_seats_than_a_body_has(tmp_path: Path) -> None:
    seats = [{"source": holder, "target": G} for holder in (A, B, C)]
    edges = {"HAS_SEAT": [*seats, {"source": A, "target": G, "chair": True}]}
    assert clashing(tmp_path / "2", edges, size=2) == [
        "governing-body/g: 3 hold its 2 seats: taken as 3"
    ]
    assert clashing(tmp_path / "3", edges, size=3) == []


def test_rights_to_appoint_more_than_all_of_a_board(tmp_path: Path) -> None:
    def appoints(*shares: float) -> dict[str, Any]:
        return {
            "GOVERNS": [
                {"source": holder, "target": C, "rights": ["appoint"], "board_share": share}
                for holder, share in zip((A, B), shares, strict=True)
            ]
        }

    assert clashing(tmp_path / "more", appoints(0.6, 0.5)) == [
        "company/c: company/a, company/b appoint 1.1 of its board together"
    ]
    assert clashing(tmp_path / "all", appoints(0.6, 0.4)) == []


def test_a_roster_whose_terms_have_ended(tmp_path: Path) -> None:
    former = {"source": A, "target": G, "valid_from": "2023", "valid_to": "2025-06-01"}
    assert clashing(tmp_path / "over", {"HAS_SEAT": [former]}) == [
        "governing-body/g: the terms of its last known roster ended on 2025-06-01: taken as"
        " possible, not as known"
    ]
    successor = {"source": B, "target": G, "valid_from": "2025-06-01"}
    assert clashing(tmp_path / "filled", {"HAS_SEAT": [former, successor]}, size=1) == []
