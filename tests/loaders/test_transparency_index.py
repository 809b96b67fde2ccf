"""The Foundation Model Transparency Index: scores, their sum, and what disclosures name."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest
from loading import load, tally
from real import real
from stackholder.loaders import loader

SAMPLE = loader("transparency_index").folder / "sample"
INDEX = "foundation-model-transparency-index-2025"


def test_each_indicator_is_found_or_not_and_an_empty_score_is_unknown(tmp_path: Path) -> None:
    loaded = load(tmp_path, "transparency_index", SAMPLE)
    found = {(r["target"].removeprefix("fmti-dec2025-"), r["result"], r.get("score"))
             for r in loaded.rows("SATISFIES")}  # fmt: skip
    assert found == {
        ("open-weights", "yes", 1.0),
        ("compute-hardware-for-final-training-run", "yes", 1.0),
        ("compute-provider", "yes", 1.0),
        ("top-distribution-channels", "partial", 0.5),
        ("energy-usage-for-final-training-run", "no", 0.0),
        ("carbon-emissions-for-final-training-run", "unknown", None),
        (INDEX, "partial", 3.5),
    }
    assert {str(r["valid_from"]) for r in loaded.rows("SATISFIES")} == {"2025-12-01"}
    assert {r["licence"] for r in loaded.rows("SATISFIES")} == {"CC-BY-4.0"}


def test_what_a_disclosure_names_is_extracted_for_review(tmp_path: Path) -> None:
    loaded = load(tmp_path, "transparency_index", SAMPLE)
    granite = "granite-3-0"
    assert loaded.triples("RUNS_ON") == {
        (granite, "RUNS_ON", "nvidia-h100"),
        (granite, "RUNS_ON", "nvidia-a100"),
    }
    assert loaded.triples("USES") == {("polar-compute", "USES", "amazon-web-services-cloud")}
    assert loaded.triples("OFFERS") == {
        (c, "OFFERS", granite) for c in ("watsonx-ai", "replicate-platform", "hugging-face-hub")
    }
    extracted = [r for rel in ("RUNS_ON", "USES", "OFFERS") for r in loaded.rows(rel)]
    assert {(r["method"], r["confidence"]) for r in extracted} == {("extracted", 0.6)}
    assert all("tier" not in r and r["stated"] for r in extracted)


def test_bad_rows_are_refused_with_their_place(tmp_path: Path) -> None:
    loaded = load(tmp_path, "transparency_index", SAMPLE)
    report = "Polar_Compute_fmtransparencyreport_Dec2025.csv"
    assert [(at, field) for at, field, _ in loaded.refusals()] == [
        ("Dec2025_indicators.csv:4", "Indicator"),
        (f"{report}:9", "Indicator"),
        (f"{report}:10", "Indicator"),
        (f"{report}:11", "Score"),
    ]
    assert tally(loaded) == (12, 8, 4, 0)


def test_editions_have_indicators_of_their_own(tmp_path: Path) -> None:
    text = (SAMPLE / "Dec2025_indicators.csv").read_text()
    for edition in ("Dec2025", "May2024"):
        (tmp_path / f"{edition}_indicators.csv").write_text(text)
    loaded = load(tmp_path / "home", "transparency_index", tmp_path)
    assert {r["id"] for r in loaded.rows("Norm")} == {
        f"fmti-{e}-{i}"
        for e in ("dec2025", "may2024")
        for i in ("open-weights", "compute-provider")
    }


@pytest.mark.parametrize("name", ["report.csv", "nothing"])
def test_a_file_without_company_and_edition_in_its_name_is_refused(
    tmp_path: Path, name: str
) -> None:
    if name == "report.csv":
        (tmp_path / name).write_text("Indicator,Disclosure,Score\n")
    loaded = load(tmp_path / "home", "transparency_index", tmp_path / name)
    assert loaded.ledger.failure
    assert loaded.ledger.edges == {}


def test_every_mention_leads_to_the_starter_data() -> None:
    place = loader("transparency_index").folder
    with (place / "data/mentions.csv").open() as stream:
        for row in csv.DictReader(stream):
            nodes = (place.parent / f"curated/data/nodes/{row['kind']}.csv").read_text()
            assert f"\n{row['id']}," in nodes, row


def test_the_real_reports_meet_independent_counts(tmp_path: Path) -> None:
    folder = real("fmti")
    loaded = load(tmp_path, "transparency_index", folder)
    read = f"read_csv('{folder}/*_fmtransparencyreport_*.csv', filename = true, all_varchar = true)"
    rows = duckdb.sql(f"SELECT count(*) FROM {read}").fetchall()[0][0]
    more = duckdb.sql(f"SELECT count(*) FROM read_csv('{folder}/*_indicators.csv')").fetchall()[0][
        0
    ]
    assert tally(loaded) == (rows + more, rows + more, 0, 0) == (800, 800, 0, 0)
    sums = duckdb.sql(
        f"SELECT parse_filename(filename), sum(Score::DOUBLE) FROM {read} GROUP BY 1"
    ).fetchall()
    assert {(r["at"], r["score"]) for r in loaded.rows("SATISFIES") if r["target"] == INDEX} == set(
        sums
    )
    assert len(sums) == 7
