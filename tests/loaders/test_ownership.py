"""Ownership registers: accounts are not votes, ranges stay ranges, persons have no names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from loading import load, tally
from stackholder.loaders import loader

SAMPLE = loader("ownership").folder / "sample"
A, B, C, D, F = (f"{c * 18}00" for c in "abcdf")


@pytest.mark.parametrize("name", ["level2.csv", "level2.xml"])
def test_a_parent_in_the_accounts_owns_without_stated_votes(tmp_path: Path, name: str) -> None:
    loaded = load(tmp_path, "ownership", SAMPLE / name)
    owns = {
        (r["source"], r["target"], str(r.get("valid_from")), str(r.get("valid_to")))
        for r in loaded.rows("OWNS")
    }
    assert owns == {
        (A, B, "2019-05-17", "None"),
        (A, C, "None", "None"),
        (A, F, "2010-01-01", "2015-01-01"),
    }
    assert all("votes" not in r and "equity" not in r for r in loaded.rows("OWNS"))
    assert loaded.triples("PART_OF") == {(D, "PART_OF", A)}
    assert {r["identifiers"][0] for r in loaded.rows("Company")} == {
        f"lei:{x.upper()}" for x in (A, B, C, D, F)
    }
    assert [f for _, f, _ in loaded.refusals()] == [
        "Relationship.RelationshipType",
        "Relationship.StartNode.NodeID",
    ]
    assert loaded.ledger.skipped == {
        "fund and its manager": 1,
        "relationship that its filer has withdrawn": 1,
    }
    assert tally(loaded) == (8, 4, 2, 2)
    assert {r["licence"] for r in loaded.rows("OWNS")} == {"CC0-1.0"}


@pytest.mark.parametrize("name", ["statements.json", "statements.jsonl"])
def test_interests_are_votes_or_equity_and_ranges_stay_ranges(tmp_path: Path, name: str) -> None:
    loaded = load(tmp_path, "ownership", SAMPLE / name)
    person = loaded.rows("Contributor")[0]["id"]
    own = ("votes", "equity", "votes_at_least", "votes_at_most")
    found = {
        (r["source"], r["target"], r["interest"], *(r.get(n) for n in own))
        for r in loaded.rows("OWNS")
    }
    assert found == {
        ("bods/e2", "bods/e1", "votingRights", 0.6, None, None, None),
        ("bods/e2", "bods/e1", "shareholding", None, 0.8, None, None),
        (person, "bods/e1", "votingRights", None, None, 0.25, 0.5),
        ("bods/e3", "bods/e2", "votingRights", 0.75, None, 0.75, 1.0),
        (person, "bods/e2", "appointmentOfBoard", None, None, None, None),
    }
    dates = {
        (r["source"], str(r.get("valid_from")), str(r.get("valid_to"))) for r in loaded.rows("OWNS")
    }
    assert ("bods/e3", "None", "2024-06-30") in dates
    assert {r["name"] for r in loaded.rows("Company")} == {"Polar Compute", "Polar Holding"}
    assert [r["name"] for r in loaded.rows("Institution")] == ["Republic of Ice"]


def test_unknown_owners_are_counted_and_not_invented(tmp_path: Path) -> None:
    loaded = load(tmp_path, "ownership", SAMPLE / "statements.json")
    assert loaded.ledger.skipped == {
        "entity of the type unknownEntity": 1,
        "owner who is not known, or not disclosed": 1,
        "relationship that is over: until when is not stated": 1,
        "relationship with an entity of the type unknownEntity": 1,
        "statement that a later one replaces": 1,
    }
    assert [(at, f) for at, f, _ in loaded.refusals()] == [
        ("statements.json#/15", "recordType"),
        ("statements.json#/11", "interestedParty"),
        ("statements.json#/12", "interests.share.exact"),
    ]
    assert tally(loaded) == (16, 8, 3, 5)


def test_no_name_of_a_person_is_kept(tmp_path: Path) -> None:
    loaded = load(tmp_path, "ownership", SAMPLE / "statements.json")
    kept = b"".join(f.read_bytes() for f in loaded.folder.rglob("*") if f.is_file())
    assert b"Some Body" not in kept
    assert b"1970" not in kept
    assert loaded.ledger.unread == {}


def test_a_stake_of_at_most_half_never_makes_a_possible_majority(tmp_path: Path) -> None:
    from stackholder.graph.home import Home
    from stackholder.pipeline import Input, build
    from stackholder.state.derivation import state_at

    home = Home(tmp_path / "home")
    lines = (SAMPLE / "statements.jsonl").read_text().splitlines()
    (tmp_path / "few.jsonl").write_text("\n".join(x for x in lines if '"r8"' not in x))
    source = Input("ownership", "bods", str(tmp_path / "few.jsonl"))
    snapshot = build(home, [source], only=["ownership"]).snapshot
    rows = state_at(home, snapshot, snapshot.date).edges("ULTIMATELY_CONTROLS").to_pylist()
    pairs = {(r["source_kind"], r["target"].rpartition("/")[2], r["certainty"]) for r in rows}
    assert ("Company", "e1", "sure") in pairs
    assert ("Contributor", "e1", "possible") not in pairs


def register(tmp_path: Path, share: dict[str, Any], *, name: str = "Owner") -> Path:
    def row(id_: str, sort: str, **details: Any) -> str:
        return json.dumps(
            {"recordId": id_, "recordType": sort, "recordDetails": details}, ensure_ascii=False
        )

    def entity(id_: str, called: str) -> str:
        return row(id_, "entity", entityType={"type": "registeredEntity"}, name=called)

    interest = {"type": "votingRights", "directOrIndirect": "direct", "share": share}
    held = row("r", "relationship", subject="a", interestedParty="b", interests=[interest])
    file = tmp_path / "register.jsonl"
    file.write_text("\n".join([entity("a", "Held"), entity("b", name), held]), newline="")
    return file


def controls(tmp_path: Path, file: Path) -> set[tuple[str, str]]:
    from stackholder.graph.home import Home
    from stackholder.pipeline import Input, build
    from stackholder.state.derivation import state_at

    home = Home(tmp_path / "home")
    snapshot = build(home, [Input("ownership", "bods", str(file))], only=["ownership"]).snapshot
    rows = state_at(home, snapshot, snapshot.date).edges("ULTIMATELY_CONTROLS").to_pylist()
    return {(r["target"].rpartition("/")[2], r["certainty"]) for r in rows}


@pytest.mark.parametrize(
    ("share", "certainty", "words"),
    [
        ({"exclusiveMinimum": 50, "maximum": 75}, "sure", "more than 0.5 to 0.75"),
        (
            {"exclusiveMinimum": 50, "exclusiveMaximum": 75},
            "sure",
            "more than 0.5 to less than 0.75",
        ),
        ({"minimum": 50, "maximum": 75}, "possible", "0.5 to 0.75"),
        ({"exclusiveMinimum": 25, "maximum": 50}, "", "more than 0.25 to 0.5"),
    ],
)
def test_more_than_half_of_the_votes_is_a_majority_and_half_may_be_none(
    tmp_path: Path, share: dict[str, Any], certainty: str, words: str
) -> None:
    file = register(tmp_path, share)
    assert controls(tmp_path, file) == ({("a", certainty)} if certainty else set())
    [row] = load(tmp_path / "other", "ownership", file).rows("OWNS")
    assert row["stated"] == f"votingRights {words}"


def test_a_line_of_json_lines_ends_with_a_line_feed_alone_and_a_bad_one_costs_itself(
    tmp_path: Path,
) -> None:
    file = register(tmp_path, {"exact": 60}, name="North\u2028Works\u0085Co")
    file.write_text(file.read_text() + "\n{bad\n", newline="")
    loaded = load(tmp_path / "home", "ownership", file)
    assert len(loaded.rows("OWNS")) == 1
    assert loaded.refusals() == [("register.jsonl:4", "", "the line is not JSON")]


@pytest.mark.parametrize("status", ["ANNULLED", "DUPLICATE", "LAPSED", "PUBLISHED"])
def test_a_record_that_its_registrar_took_back_owns_nothing(tmp_path: Path, status: str) -> None:
    child, parent = "5299000000000000A001", "5299000000000000P000"
    row = {
        "Relationship.StartNode.NodeID": child,
        "Relationship.EndNode.NodeID": parent,
        "Relationship.RelationshipType": "IS_DIRECTLY_CONSOLIDATED_BY",
        "Relationship.RelationshipStatus": "ACTIVE",
        "Registration.RegistrationStatus": status,
    }
    (tmp_path / "a.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    (tmp_path / "a.xml").write_text(
        "<r><RelationshipRecord><Relationship>"
        f"<StartNode><NodeID>{child}</NodeID></StartNode><EndNode><NodeID>{parent}</NodeID></EndNode>"
        "<RelationshipType>IS_DIRECTLY_CONSOLIDATED_BY</RelationshipType>"
        "<RelationshipStatus>ACTIVE</RelationshipStatus></Relationship><Registration>"
        f"<RegistrationStatus>{status}</RegistrationStatus></Registration></RelationshipRecord></r>"
    )
    for name in ("a.csv", "a.xml"):
        loaded = load(tmp_path / name[2:], "ownership", tmp_path / name)
        held = loaded.rows("OWNS")
        assert len(held) == (0 if status in {"ANNULLED", "DUPLICATE"} else 1)
        assert sum(loaded.ledger.skipped.values()) == 1 - len(held)
        assert all(("not been renewed" in r["note"]) is (status == "LAPSED") for r in held)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "a,b\n1,2\n", "a format that is not known"),
        ("a.xml", "<!DOCTYPE a><a/>", "a DOCTYPE is refused"),
        ("a.json", "[1", "not JSON"),
        ("a.json", '{"a": 1\nnothing\n', "not JSON"),
    ],
)
def test_a_broken_register_says_where(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    assert said in load(tmp_path / "home", "ownership", tmp_path / name).ledger.failure
