"""Who publishes the packages of an application: the graph first, then the repository, then what metadata say."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stackholder
from real import real
from small_stack import EDGES, NODES, edges
from stackholder.answers.graph import Graph
from stackholder.audit.findings import AuditedPackage
from stackholder.audit.page import page
from states import make_state

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[2]
SECRETS = ("jane", "roe", "jroe77")
"""What would name the person who publishes `solo`."""


@pytest.fixture(scope="module")
def forged_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small stack, whose frameworks lie on a forge: those of `polar` are Firm's, one of `mixed` is nobody's."""
    repositories = {"alpha": "polar/alpha", "beta": "mixed/beta", "lib": "trusted/lib"}
    frameworks = [
        {**f, "identifiers": [f"repository:https://github.com/{repositories[f['id']]}"]}
        if f["id"] in repositories
        else f
        for f in NODES["Framework"]
    ]
    council = {"id": "council", "name": "Mute Council"}
    folder = tmp_path_factory.mktemp("forged")
    make_state(
        folder,
        {
            **NODES,
            "Framework": frameworks,
            "GoverningBody": [council],
        },
        {
            **EDGES,
            "GOVERNS": [
                *EDGES["GOVERNS"],
                *edges(
                    "GoverningBody:council Framework:mute",
                    rights=["merge", "release", "admin", "appoint"],
                ),
            ],
        },
    )
    return folder / "home"


@pytest.fixture(scope="module")
def forged(forged_home: Path) -> Iterator[Graph]:
    with stackholder.open(forged_home) as graph:
        yield graph


def listed(folder: Path, **packages: dict[str, Any]) -> Path:
    """A pip report of packages with these metadata, under the names of the keywords."""
    entries = [
        {
            "metadata": {
                "name": name.replace("_", "-"),
                "version": "1",
                "license_expression": "MIT",
                **fields,
            },
            "requested": True,
        }
        for name, fields in packages.items()
    ]
    file = folder / "report.json"
    text = {"version": "1", "pip_version": "26.3", "install": entries, "environment": {}}
    file.write_text(json.dumps(text), encoding="utf-8")
    return file


def at(address: str, label: str = "Source") -> dict[str, Any]:
    return {"project_url": [f"{label}, https://github.com/{address}"]}


def answers(graph: Graph, file: Path) -> dict[str, AuditedPackage]:
    return {p.name: p for p in graph.audit(file).packages}


def answer(package: AuditedPackage) -> tuple[str | None, str | None, str]:
    return package.publisher_sort, package.publisher_name, package.sign


def test_a_package_of_a_framework_is_published_by_who_decides_on_that(
    forged: Graph, tmp_path: Path
) -> None:
    found = answers(forged, listed(tmp_path, alpha={}, mute={}, beta={}))
    assert answer(found["alpha"]) == ("company", "Firm", "graph")
    assert found["alpha"].evidence == "published by Alpha, on which it decides alone"
    assert answer(found["mute"]) == ("community", "Mute Council", "graph")
    assert answer(found["beta"]) == ("community", "Beta", "graph")
    assert "nobody is known to decide alone" in found["beta"].evidence


def test_the_repository_of_a_framework_makes_a_package_one_of_it(
    forged: Graph, tmp_path: Path
) -> None:
    file = listed(
        tmp_path,
        more=at("Polar/Alpha.git"),
        other={**at("polar/alpha"), "author": "Google LLC"},
        upstream=at("polar/alpha", "Upstream"),
    )
    found = answers(forged, file)
    assert answer(found["more"]) == ("company", "Firm", "repository")
    assert (found["more"].framework, found["more"].decider) == ("framework/alpha", "Firm")
    assert found["more"].confidence == 0.9
    assert (found["other"].framework, found["other"].publisher_name) == (None, "Google")
    assert (found["upstream"].framework, found["upstream"].publisher_sort) == (None, None)


def test_an_account_is_whose_everything_in_it_is(forged: Graph, tmp_path: Path) -> None:
    file = listed(tmp_path, tool=at("polar/tool"), other=at("mixed/tool"))
    found = answers(forged, file)
    assert answer(found["tool"]) == ("company", "Firm", "account")
    assert (found["tool"].framework, found["tool"].decider) == (None, None)
    assert found["other"].publisher_sort == "individual"


def test_an_individual_is_counted_and_named_in_no_format(
    cli: Cli, forged: Graph, forged_home: Path, tmp_path: Path
) -> None:
    person = {"author": "Jane Roe", "author_email": "Jane Roe <jroe77@example.net>"}
    file = listed(tmp_path, solo={**person, **at("jroe77/solo")}, silent={}, alpha={})
    audit = forged.audit(file)
    assert answer(audit.packages[0]) == ("individual", None, "personal account")
    assert answer(audit.packages[1]) == (None, None, "")
    for style in ("table", "md", "html", "json", "sarif", "csv"):
        said = cli("audit", file, "--home", forged_home, "-f", style, "--packages")
        assert said.code == 0, said.err
        assert not set(SECRETS) & set(re.split(r"[^a-z0-9]+", said.out.lower())), style
        assert "individual" in said.out
    text = " ".join(page(audit).split())
    assert (
        "1 by individuals or small projects, who are not named; of 1 the publisher is not" in text
    )
    rows = [(r["publisher"], r["sort"], r["packages"], r["signs"]) for r in audit.publishers]
    assert rows == [
        ("Firm", "company", 1, {"graph": 1}),
        (None, "individual", 1, {"personal account": 1}),
        (None, None, 1, {}),
    ]


def test_firms_foundations_communities_and_individuals_are_counted_apart(
    forged: Graph, tmp_path: Path
) -> None:
    file = listed(
        tmp_path,
        one=at("nvidia/one"),
        two=at("nvidia/two"),
        three=at("apache/three"),
        four=at("pallets/four"),
        five={"author": "Jane Roe"},
    )
    (sentence,) = [s for s in forged.audit(file).headline if "published by" in s]
    assert sentence == (
        "Of 5 packages, 2 are published by 1 company, 1 by 1 foundation or institution, 1 by 1 community and 1 by "
        "individuals or small projects, who are not named."
    )


def test_what_metadata_call_themselves_cannot_command_a_terminal(
    forged: Graph, tmp_path: Path
) -> None:
    file = listed(tmp_path, odd={"author": "Evil\x1b[2J Works, Inc."})
    audit = forged.audit(file)
    assert "\x1b" not in page(audit)
    assert "\x1b" not in f"{audit.packages[0].publisher_name}"


# ------------------------------------------------------------------ the real reports


def test_the_sample_that_was_checked_by_hand_is_whole() -> None:
    with (ROOT / "tests/data/publishers.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len({r["package"] for r in rows}) == 100
    for row in rows:
        assert row["verdict"] in {"right", "wrong", "silent"}
        assert (row["sort"] == "") == (row["verdict"] == "silent")
        assert not (row["sort"] == "individual" and (row["publisher"] or row["page"]))
        assert "@" not in "".join(row.values())


@pytest.mark.slow
def test_almost_every_package_has_its_publisher_and_its_licence_and_rightly_so() -> None:
    reports = real("pip-reports")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.publishers", str(reports)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = {
        name: float(re.search(rf"{name} ([\d.]+)", done.stdout)[1])  # type: ignore[index]
        for name in ("publisher known", "licence decided", "precision")
    }
    assert figures["publisher known"] >= 97
    assert figures["licence decided"] >= 99
    assert figures["precision"] >= 0.97
    assert "changed since: none" in done.stdout
