"""Organisations from Wikidata: ranks, dates, and what a proportion means."""

from __future__ import annotations

import json
from pathlib import Path

from loading import load, tally
from stackholder.loaders import loader

SAMPLE = loader("wikidata").folder / "sample" / "answer.json"


def test_owners_lead_to_what_they_own_whichever_side_states_it(tmp_path: Path) -> None:
    loaded = load(tmp_path, "wikidata", SAMPLE)
    owns = {
        (
            r["source"],
            r["target"],
            str(r.get("valid_from")),
            str(r.get("valid_to")),
            r.get("equity"),
            r["confidence"],
        )
        for r in loaded.rows("OWNS")
    }
    assert owns == {
        ("q20800404", "q95", "2015-10-02", "None", 1.0, 0.9),
        ("q95", "q15733006", "2014-01-01", "2023-04-20", None, 0.85),
    }
    assert all("votes" not in r for r in loaded.rows("OWNS"))
    [deepmind] = [r for r in loaded.rows("OWNS") if r["target"] == "q15733006"]
    assert deepmind["valid_from_precision"] == "year"


def test_parents_and_parts_and_a_point_in_time_is_no_beginning(tmp_path: Path) -> None:
    loaded = load(tmp_path, "wikidata", SAMPLE)
    assert loaded.triples("PART_OF") == {
        ("q95", "PART_OF", "q20800404"),
        ("q202833", "PART_OF", "q95"),
    }
    [parent] = [r for r in loaded.rows("PART_OF") if r["source"] == "q95"]
    assert "valid_from" not in parent
    assert parent["note"] == "stated as of 2020-06-01"


def test_deprecated_statements_and_unknown_values_are_outside(tmp_path: Path) -> None:
    loaded = load(tmp_path, "wikidata", SAMPLE)
    assert loaded.ledger.skipped == {
        "statement of the rank deprecated": 1,
        "statement about an unknown or missing value": 1,
    }
    assert [f for _, f, _ in loaded.refusals()] == ["relation", "item"]
    assert tally(loaded) == (10, 6, 2, 2)


def test_identifiers_and_names_of_all_rows_are_one_node(tmp_path: Path) -> None:
    loaded = load(tmp_path, "wikidata", SAMPLE)
    google = max(
        (r for r in loaded.rows("Company") if r["id"] == "q95"), key=lambda r: len(r["identifiers"])
    )
    assert google["identifiers"] == [
        "crunchbase:google",
        "lei:7ZW8QJWVPR4P1J1KQY45",
        "wikidata:Q95",
    ]
    assert google["aliases"] == ["Google Inc.", "Google LLC"]


def test_an_answer_of_another_query_is_refused(tmp_path: Path) -> None:
    for text, said in (
        ({"head": {"vars": ["x"]}, "results": {"bindings": []}}, "no variable ?item"),
        ([], "not the answer"),
    ):
        (tmp_path / "a.json").write_text(json.dumps(text))
        assert said in load(tmp_path / "home", "wikidata", tmp_path / "a.json").ledger.failure
