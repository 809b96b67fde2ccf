"""Assets of the Ecosystem Graphs: what is made from what, and what names nothing."""

from __future__ import annotations

import collections
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from loading import load, tally
from real import real
from stackholder.loaders import loader

SAMPLE = loader("ecosystem_graphs").folder / "sample"


def test_what_an_asset_is_made_from_depends_on_what_both_are(tmp_path: Path) -> None:
    loaded = load(tmp_path, "ecosystem_graphs", SAMPLE)
    assert loaded.triples("TRAINED_ON") == {
        ("polar-1", "TRAINED_ON", "polar-web"),
        ("polar-1", "TRAINED_ON", "ice-corpus"),
    }
    assert loaded.triples("DERIVED_FROM") == {
        ("polar-1", "DERIVED_FROM", "polar-0"),
        ("polar-web", "DERIVED_FROM", "common-crawl"),
    }
    assert loaded.triples("DEPENDS_ON") == {
        ("polar-chat", "DEPENDS_ON", "polar-1"),
        ("polar-chat", "DEPENDS_ON", "pytorch"),
    }


def test_a_name_that_no_file_describes_is_a_stub_of_a_guessed_kind_and_counted(
    tmp_path: Path,
) -> None:
    loaded = load(tmp_path, "ecosystem_graphs", SAMPLE)
    guessed = {
        (r["target"], r["confidence"], r["stated"])
        for r in loaded.rows("TRAINED_ON")
        if "note" in r
    }
    assert guessed == {("ice-corpus", 0.5, "Ice Corpus")}
    assert "ice-corpus" not in {r["id"] for r in loaded.rows("Dataset")}
    assert loaded.ledger.omitted == {
        "dependency of a data set on a model or an application: no relation says that": 1,
        "dependency that no file describes": 1,
        "dependency that names no model, data set or software": 1,
        "dependency on itself": 1,
    }


def test_organisations_are_told_apart_and_joined_by_spelling(tmp_path: Path) -> None:
    loaded = load(tmp_path, "ecosystem_graphs", SAMPLE)
    assert loaded.triples("CREATED") == {
        ("polar-compute", "CREATED", "polar-web"),
        ("polar-compute", "CREATED", "polar-1"),
        ("eleutherai", "CREATED", "polar-1"),
        ("polar-compute", "CREATED", "polar-chat"),
    }


def test_sizes_dates_and_pages_are_read_where_they_are_plain(tmp_path: Path) -> None:
    loaded = load(tmp_path, "ecosystem_graphs", SAMPLE)
    models = {r["id"]: (r.get("params"), str(r.get("released"))) for r in loaded.rows("Model")}
    assert models == {"polar-1": (7_000_000_000, "2024-05-17"), "polar-0": (52_000_000_000, "None")}
    [web] = [r for r in loaded.rows("Dataset") if r["id"] == "polar-web"]
    assert (web["size"], web["size_unit"], str(web["released"])) == (3e12, "tokens", "2024-03-01")
    assert web["identifiers"] == ["hub:polar/web"]


def test_bad_assets_are_refused_with_their_place_and_the_rest_goes_on(tmp_path: Path) -> None:
    loaded = load(tmp_path, "ecosystem_graphs", SAMPLE)
    assert [(at, field) for at, field, _ in loaded.refusals()] == [
        ("polar.yaml:48", "type"),
        ("polar.yaml:50", "name"),
        ("polar.yaml:52", "created_date"),
        ("polar.yaml:55", "dependencies"),
    ]
    assert tally(loaded) == (8, 4, 4, 0)
    assert loaded.ledger.unread == {"colour": 1}


def test_a_file_that_is_no_list_of_assets_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("type: model\n")
    loaded = load(tmp_path / "home", "ecosystem_graphs", tmp_path / "a.yaml")
    assert "not a list of assets" in loaded.ledger.failure


@pytest.mark.slow
def test_the_real_assets_meet_an_independent_count(tmp_path: Path) -> None:
    folder = real("ecosystem-graphs")
    loaded = load(tmp_path, "ecosystem_graphs", folder)
    assets: list[dict[str, Any]] = [
        a for f in folder.glob("*.yaml") for a in yaml.safe_load(f.read_text())
    ]
    lines = sum(len(re.findall(r"^- ", f.read_text(), re.MULTILINE)) for f in folder.glob("*.yaml"))
    assert tally(loaded) == (len(assets), len(assets), 0, 0)
    assert lines == len(assets) == 271
    kinds = collections.Counter(a["type"] for a in assets)
    own = {r["id"] for r in loaded.rows("Model") if "stackholder:" not in str(r.get("identifiers"))}
    assert len(own) == kinds["model"]
    edges = sum(len(loaded.rows(r)) for r in ("TRAINED_ON", "DERIVED_FROM", "DEPENDS_ON"))
    named = 0
    for asset in assets:
        some = asset["dependencies"]
        some = some["value"] if isinstance(some, dict) else some
        named += len(set(some))
    outside = sum(
        n for reason, n in loaded.ledger.omitted.items() if "no file describes" not in reason
    )
    assert named == edges + outside
    assert loaded.ledger.unread == {}
