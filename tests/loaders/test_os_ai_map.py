"""The open-source AI map: makers and products, and products that no file describes."""

from __future__ import annotations

import re
from pathlib import Path

from loading import load, tally
from real import real
from stackholder.loaders import loader

SAMPLE = loader("os_ai_map").folder / "sample"


def test_who_made_what(tmp_path: Path) -> None:
    loaded = load(tmp_path, "os_ai_map", SAMPLE)
    made = {(r["source_kind"], r["source"], r["target_kind"], r["target"], r["confidence"])
            for r in loaded.rows("CREATED")}  # fmt: skip
    assert made == {
        ("Company", "polar-compute", "Framework", "polar-kit", 0.9),
        ("Company", "polar-compute", "Model", "polar-1", 0.9),
        ("Company", "polar-compute", "Framework", "polar-cloud", 0.5),
        ("Company", "google", "Model", "polar-1", 0.9),
    }
    [google] = [r for r in loaded.rows("Company") if r["id"] == "google"]
    assert google["identifiers"] == ["stackholder:company/google"]
    assert google["aliases"] == ["Google Research"]


def test_products_are_known_by_repository_page_and_package(tmp_path: Path) -> None:
    loaded = load(tmp_path, "os_ai_map", SAMPLE)
    known = {
        i
        for kind in ("Framework", "Model", "Package")
        for r in loaded.rows(kind)
        for i in r["identifiers"]
    }
    assert known == {
        "repository:https://github.com/polar/kit",
        "hub:polar/polar-1",
        "purl:pkg:pypi/polar-kit",
    }
    assert loaded.triples("PUBLISHES") == {("polar-kit", "PUBLISHES", "pypi/polar-kit")}


def test_a_product_without_a_file_is_a_stub_and_counted(tmp_path: Path) -> None:
    loaded = load(tmp_path, "os_ai_map", SAMPLE)
    assert {r["id"] for r in loaded.rows("Framework")} == {"polar-kit"}
    assert loaded.ledger.omitted == {"product that no file describes": 1}


def test_a_person_is_not_stored(tmp_path: Path) -> None:
    loaded = load(tmp_path, "os_ai_map", SAMPLE)
    assert loaded.ledger.skipped == {"product of one person: no name is stored": 1}
    kept = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    assert b"Some Body" not in kept


def test_bad_files_are_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    loaded = load(tmp_path, "os_ai_map", SAMPLE)
    assert {(at, field) for at, field, _ in loaded.refusals()} == {
        ("products/ice.yaml:1", "type"),
        ("products/ice-2.yaml:1", "github"),
    }
    assert tally(loaded) == (7, 4, 2, 1)
    assert loaded.ledger.unread == {"colour": 1}


def test_the_real_map_meets_an_independent_count(tmp_path: Path) -> None:
    folder = real("os-ai-map")
    loaded = load(tmp_path, "os_ai_map", folder)
    texts = [f.read_text() for f in folder.glob("*/*.yaml")]
    persons = [t for t in texts if re.search(r"^type: individual$", t, re.MULTILINE)]
    assert (
        tally(loaded)
        == (len(texts), len(texts) - len(persons), 0, len(persons))
        == (300, 297, 0, 3)
    )
    named = [p for f in folder.glob("organizations/*.yaml") if (t := f.read_text()) not in persons
             for p in re.findall(r"^- ([\w.-]+)$", t.partition("\nproducts:")[2], re.MULTILINE)]  # fmt: skip
    described = {f.stem for f in folder.glob("products/*.yaml")}
    assert len(loaded.rows("CREATED")) == len(named)
    assert loaded.ledger.omitted == {
        "product that no file describes": len([p for p in named if p not in described])
    }
    assert loaded.ledger.unread == {}
