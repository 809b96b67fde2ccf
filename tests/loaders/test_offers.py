"""What clouds have on sale, out of tables as price lists are exported."""

from __future__ import annotations

from pathlib import Path

import pytest
from loading import load, tally
from stackholder.loaders import loader

SAMPLE = loader("offers").folder / "sample" / "prices.csv"
AWS, POLAR = "amazon-web-services-cloud", "polar-cloud"


def test_a_cloud_offers_an_accelerator_once_however_many_lines_say_so(tmp_path: Path) -> None:
    loaded = load(tmp_path, "offers", SAMPLE)
    rows = {
        (r["source"], r["target"], str(r.get("valid_from")), r["stated"])
        for r in loaded.rows("OFFERS")
    }
    h100 = "NVIDIA H100 80GB; 1 instance type: glacier.8xlarge ×8; 2 regions: north-1, south-1"
    assert rows == {
        (AWS, "nvidia-h100", "2024-03-01", h100),
        (AWS, "aws-trainium2", "2025-01-01", "Trainium2; 1 instance type: floe.large ×16; 1 region: north-1"),
        (POLAR, "nvidia-t4", "None", "Tesla T4; 1 instance type: ice-1 ×1; 1 region: pole"),
        (POLAR, "aurora-ax-9", "2025-01-01", "Aurora AX-9; 1 instance type: ice-2 ×2; 1 region: pole"),
        (POLAR, "a100-and-h100", "2025-01-01", "A100 and H100; 1 instance type: ice-3 ×2; 1 region: pole"),
    }  # fmt: skip


def test_what_the_starter_data_have_is_joined_and_what_they_have_not_stands_alone(
    tmp_path: Path,
) -> None:
    loaded = load(tmp_path, "offers", SAMPLE)
    known = {
        r["id"]: tuple(r.get("identifiers", ()))
        for kind in ("CloudPlatform", "Processor")
        for r in loaded.rows(kind)
    }
    assert known[AWS] == (f"stackholder:cloud-platform/{AWS}",)
    assert known["nvidia-h100"] == ("stackholder:processor/nvidia-h100",)
    assert known[POLAR] == known["aurora-ax-9"] == known["a100-and-h100"] == ()


def test_lines_are_refused_or_counted_and_none_is_lost(tmp_path: Path) -> None:
    loaded = load(tmp_path, "offers", SAMPLE)
    assert [(at, field) for at, field, _ in loaded.refusals()] == [
        ("prices.csv:9", "Effective Date"),
        ("prices.csv:10", "Provider"),
        ("prices.csv:11", ""),
    ]
    assert tally(loaded) == (10, 6, 3, 1)
    assert loaded.ledger.skipped == {"line without an accelerator": 1}
    assert list(loaded.ledger.unread) == ["Price per hour"]


def test_the_label_names_the_cloud_where_no_column_does(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("machine-type,gpu_type,until\na3,H200,2026-01\na4,H200,2026-03\n")
    loaded = load(tmp_path / "home", "offers", file, "gcp")
    assert loaded.triples("OFFERS") == {("google-cloud", "OFFERS", "nvidia-h200")}
    assert [str(r["valid_to"]) for r in loaded.rows("OFFERS")] == ["2026-03-01"]
    failure = load(tmp_path / "other", "offers", file, "mine").ledger.failure
    assert "no column says which cloud offers it" in failure
    assert "offers:aws=prices.csv" in failure


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("NVIDIA T4g", "nvidia-t4g"),
        ("NVIDIA Tesla T4 16GB", "nvidia-t4"),
        ("Cloud TPU v5e (8 chips)", "google-tpu-v5e"),
        ("nvidia-h100-80gb", "nvidia-h100"),
        ("H1000", "h1000"),
    ],
)
def test_an_accelerator_is_known_by_whole_words(tmp_path: Path, text: str, id_: str) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(f"cloud,accelerator\naws,{text}\n")
    loaded = load(tmp_path / "home", "offers", file)
    assert {r["target"] for r in loaded.rows("OFFERS")} == {id_}


def test_a_table_without_accelerators_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("cloud,price\naws,1\n")
    assert "no column for the accelerator" in load(tmp_path / "home", "offers", file).ledger.failure
