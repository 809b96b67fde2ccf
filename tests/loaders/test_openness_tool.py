"""Descriptions of the Model Openness Tool, and the classes that follow from them."""

from __future__ import annotations

import collections
import re
from pathlib import Path
from typing import Any

import yaml
from loading import Loaded, load, tally
from real import real
from stackholder.loaders import loader
from stackholder.loaders.openness_tool.loader import COMPONENTS
from stackholder.measures.openness import Part, openness

SAMPLE = loader("openness_tool").folder / "sample"
STATES: dict[str, Part] = {
    "yes": "open",
    "partial": "available",
    "unknown": "unknown",
    "no": "absent",
}


def parts(loaded: Loaded) -> dict[str, dict[str, Part]]:
    """Model → component → state."""
    names = {r["id"]: r["aliases"][0] for r in loaded.rows("Norm")}
    found: dict[str, dict[str, Part]] = collections.defaultdict(dict)
    for row in loaded.rows("SATISFIES"):
        found[row["source"]][names[row["target"]]] = STATES[row["result"]]
    return found


def test_licences_are_inherited_by_type_then_from_the_distribution(tmp_path: Path) -> None:
    loaded = load(tmp_path, "openness_tool", SAMPLE)
    found = {n: s for n, s in parts(loaded)["polar-1"].items() if s != "absent"}
    assert found == {
        "Model architecture": "open",
        "Training code": "open",
        "Model parameters (Final)": "available",
        "Model card": "unknown",
        "Research paper": "open",
        "Datasets": "unknown",
    }
    said = {
        r["target"]: r.get("stated") for r in loaded.rows("SATISFIES") if r["source"] == "polar-1"
    }
    assert said["mof-model-architecture"] == "MIT"
    assert said["mof-model-parameters-final"] == "Polar Licence"
    assert loaded.triples("LICENSED_UNDER") == {
        ("polar-1", "LICENSED_UNDER", "polar-licence"),
        ("polar-2", "LICENSED_UNDER", "bsd-3-clause"),
    }


def test_a_part_without_any_licence_is_not_open(tmp_path: Path) -> None:
    found = parts(load(tmp_path, "openness_tool", SAMPLE))["polar-2"]
    assert found["Evaluation results"] == "available"
    assert found["Model parameters (Final)"] == "open"


def test_every_producer_that_is_named_is_stated_and_unknown_ones_are_not(tmp_path: Path) -> None:
    loaded = load(tmp_path, "openness_tool", SAMPLE)
    assert loaded.triples("CREATED") == {
        ("polar-compute", "CREATED", "polar-1"),
        ("brown-university", "CREATED", "polar-1"),
    }
    assert [r["identifiers"] for r in loaded.rows("Model") if "identifiers" in r] == [
        ["hub:polar/polar-1"]
    ]


def test_an_unknown_component_is_refused_with_its_place(tmp_path: Path) -> None:
    loaded = load(tmp_path, "openness_tool", SAMPLE)
    assert [(at, field) for at, field, _ in loaded.refusals()] == [
        ("polar-3.yml:2", "components.name")
    ]
    assert tally(loaded) == (3, 2, 1, 0)
    assert loaded.ledger.unread == {"release.components.colour": 1}


def independent(file: Path) -> dict[str, Part]:
    """The states of a real description, by another parser and in other words."""
    release: dict[str, Any] = yaml.safe_load(file.read_text())["release"]
    terms = {k: (v or {}).get("name", "") for k, v in dict(release["license"] or {}).items()}
    free = re.compile(
        r"(apache[- ]2\.0|mit( license)?|bsd-3|cc-by(-sa)?-4\.0|odc-by-1\.0)$", re.IGNORECASE
    )
    found: dict[str, Part] = {}
    for part in release["components"] or []:
        own = part.get("license")
        said = own if isinstance(own, str) else ""
        said = said or terms.get(COMPONENTS[part["name"]], "") or terms.get("distribution", "")
        low = " ".join(said.lower().split())
        if low in ("unlicensed", "undisclosed"):
            found[part["name"]] = "unknown"
        elif low.startswith("component") and "not incl" in low:
            found[part["name"]] = "absent"
        else:
            found[part["name"]] = "open" if free.match(low) else "available"
    return found


def test_the_classes_of_all_real_models_meet_an_independent_count(tmp_path: Path) -> None:
    files = sorted(real("openness", "models").glob("*.yml"))
    loaded = load(tmp_path, "openness_tool", files[0].parent)
    assert tally(loaded) == (136, 136, 0, 0) == (len(files), len(files), 0, 0)
    found = parts(loaded)
    names = {r["at"].partition(":")[0]: r["id"] for r in loaded.rows("Model")}
    classes: collections.Counter[str | None] = collections.Counter()
    must = {
        "III": ["Model architecture", "Model parameters (Final)", "Evaluation results", "Model card", "Data card"],
        "II": ["Training code", "Inference code", "Evaluation code", "Evaluation data"],
        "I": ["Datasets", "Data preprocessing code", "Model parameters (Intermediate)", "Research paper"],
    }  # fmt: skip
    for file in files:
        own = independent(file)
        assert {n: s for n, s in found[names[file.name]].items() if s != "absent"} == {
            n: s for n, s in own.items() if s != "absent"
        }, file.name
        free = {n for n, s in own.items() if s == "open"}
        reached = None
        if {"Technical report", "Research paper"} & free:
            for name, wanted in must.items():
                if not set(wanted) <= free:
                    break
                reached = name
        judged = openness(found[names[file.name]])
        assert judged.openness_class == reached, file.name
        classes[reached] += 1
    assert sum(classes.values()) == 136
    assert classes["I"] >= 1
