"""Models and data sets of a hub: lineage, licences, makers, and what is not known."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from loading import load, tally
from stackholder.loaders import loader

SAMPLE = loader("model_hub").folder / "sample"


def test_what_a_model_was_made_from(tmp_path: Path) -> None:
    loaded = load(tmp_path, "model_hub", SAMPLE)
    made = {(r["source"], r["target"], r.get("kind")) for r in loaded.rows("DERIVED_FROM")}
    assert made == {
        ("someuser/ice-7b-gguf", "google/ice-7b", "quantise"),
        ("someuser/ice-merge", "google/ice-7b", None),
        ("someuser/ice-merge", "gone/deleted", None),
    }
    assert loaded.triples("TRAINED_ON") == {
        ("google/ice-7b", "TRAINED_ON", "allenai/c4"),
        ("google/ice-7b", "TRAINED_ON", "polar/web"),
    }
    assert "gone/deleted" not in {r["id"] for r in loaded.rows("Model")}, "a deleted base is a stub"


def test_licences_other_is_one_only_with_a_name_and_gates_are_noted(tmp_path: Path) -> None:
    loaded = load(tmp_path, "model_hub", SAMPLE)
    found = {(r["source"], r["target"], "note" in r) for r in loaded.rows("LICENSED_UNDER")}
    assert found == {
        ("google/ice-7b", "ice-terms", True),
        ("someuser/ice-7b-gguf", "apache-2-0", False),
        ("someuser/ice-merge", "mit", False),
        ("someuser/ice-merge", "cc-by-4-0", False),
        ("bert-base", "apache-2-0", False),
        ("allenai/c4", "odc-by-1-0", False),
    }
    assert loaded.ledger.omitted["licence that is stated as other or unknown"] == 1


def test_only_known_organisations_are_makers(tmp_path: Path) -> None:
    loaded = load(tmp_path, "model_hub", SAMPLE)
    assert {(r["source_kind"], r["source"], r["target"]) for r in loaded.rows("CREATED")} == {
        ("Company", "google", "google/ice-7b"),
        ("Institution", "allen-institute-for-ai", "allenai/c4"),
    }
    assert loaded.ledger.omitted["namespace that may be a person's: the maker is not stated"] == 4


def test_downloads_are_rounded_so_that_another_day_says_the_same(tmp_path: Path) -> None:
    loaded = load(tmp_path, "model_hub", SAMPLE)
    said = {r["target"]: r.get("stated") for r in loaded.rows("OFFERS")}
    assert said["google/ice-7b"] == "about 100,000 downloads a month"
    assert said["bert-base"] is None


def test_bad_entries_are_refused_with_their_place(tmp_path: Path) -> None:
    loaded = load(tmp_path, "model_hub", SAMPLE)
    assert [(at, f) for at, f, _ in loaded.refusals()] == [
        ("models.json#/4", "id"),
        ("models.json#/5", "tags"),
        ("models.json#/6", ""),
    ]
    assert tally(loaded) == (9, 6, 3, 0)
    assert loaded.ledger.unread == {"colour": 1}


def test_the_hub_s_own_ids_of_licences_mean_licences_whose_terms_are_known(tmp_path: Path) -> None:
    table = loader("model_hub").folder / "data" / "licences.csv"
    rows = list(csv.DictReader(table.open(encoding="utf-8", newline="")))
    models = [{"id": f"polar/m{n}", "tags": [f"license:{r['hub']}"]} for n, r in enumerate(rows)]
    (tmp_path / "models.json").write_text(json.dumps(models))
    loaded = load(tmp_path / "home", "model_hub", tmp_path / "models.json")
    nodes = {r["id"]: r for r in loaded.rows("License")}
    curated = loader("curated").folder / "data/nodes/License.csv"
    starter = {r["id"] for r in csv.DictReader(curated.open(encoding="utf-8", newline=""))}
    assert {r["starter"] for r in rows} - {""} <= starter
    assert all(r["starter"] or r["expression"] or r["osi"] for r in rows)
    under = {r["stated"]: nodes[r["target"]] for r in loaded.rows("LICENSED_UNDER")}
    assert under["llama3.1"]["identifiers"] == ["stackholder:license/llama-3-1-community-license"]
    assert under["gpl-3.0"]["identifiers"] == ["spdx:GPL-3.0-only"]
    assert (under["openrail"]["osi"], under["openrail"]["restrictions"]) == (
        False,
        ["field_of_use"],
    )
