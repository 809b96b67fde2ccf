"""What `ask`, `paths`, `show`, `audit` and `validate` say, and what stands behind it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from states import make_state

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "examples/torch-transformers.report.json"
Cli = Callable[..., Any]


def deciders(cli: Cli, *arguments: str) -> dict[str, tuple[float, float]]:
    asked = ["ask", "who_controls", "-p", "artefact", "pytorch", "-p", "power", "decides"]
    rows = cli(*asked, *arguments, "-f", "json").json["rows"]
    return {r["party"]: (r["decides_low"], r["decides_high"]) for r in rows if r["hops"] == 1}


@pytest.mark.slow
def test_pytorch_was_metas_until_its_foundation_took_effect(cli: Cli) -> None:
    before = deciders(cli, "--as-of", "2022-09-11")
    after = deciders(cli, "--as-of", "2022-09-14")
    assert before == {"company/meta-platforms": (1.0, 1.0)}
    assert "company/meta-platforms" not in after
    assert after["institution/pytorch-foundation"] == pytest.approx((0.05, 0.15))


def test_every_hop_of_an_answer_can_be_explained(cli: Cli) -> None:
    asked = ["ask", "who_controls", "-p", "artefact", "pytorch", "--limit", "20", "--explain"]
    said = cli(*asked, "-f", "json").json
    edges = [c["name"] for c in said["columns"] if c["type"] == "edge"]
    keys = {key for row in said["rows"] for e in edges if row[e] for key in row[e].split()}
    assert keys
    assert keys == set(said["evidence"])
    for proof in said["evidence"].values():
        assert {"relation", "source", "target", "confidence", "method", "complete"} <= set(proof)
        assert proof.get("url") or proof.get("urls")
    table = cli(*asked, "-f", "table").out
    assert "read in full" in table
    assert "https://" in table


def test_paths_say_per_hop_what_was_stated_where_and_when(cli: Cli) -> None:
    out = cli("paths", "meta-platforms", "pytorch", "-k", "2", "--explain", "-f", "table").out
    hops = [x for x in out.splitlines() if ", confidence " in x]
    assert len(hops) >= 4
    for line in hops:
        assert "asserted" in line or "extracted" in line or "computed" in line
        assert "[" in line
        assert " → " in line
        assert "(verified)" in line or "(unverified)" in line
        assert "read in full" in line
    assert re.search(r" “[^”]+”  \[(\?|\d{4}(-\d\d){0,2}) → (open|\d{4}(-\d\d){0,2})\] ", out)
    assert re.search(r"\[\d{4}", out)
    assert "https://" in out
    assert (
        "https://"
        not in cli(
            "paths", "meta-platforms", "pytorch", "-k", "2", "--no-explain", "-f", "table"
        ).out
    )


def test_paths_count_their_hops_and_stop_where_they_are_told(cli: Cli) -> None:
    rows = cli("paths", "meta-platforms", "pytorch", "--max-hops", "3", "-f", "json").json["rows"]
    assert rows
    assert all(r["hops"] <= 3 for r in rows)
    ends = [(r["low"], r["high"]) for r in rows]
    assert ends == sorted(ends, reverse=True)


def test_paths_end_by_the_powers_that_are_asked_for(cli: Cli) -> None:
    asked = ["paths", "microsoft", "openai", "-f", "json"]
    assert {r["power"] for r in cli(*asked).json["rows"]} == {"decides"}
    [row] = cli(*asked, "--power", "pays").json["rows"]
    assert row["amount"] > 1e10
    assert row["low"] is row["high"] is None
    both = cli(*asked, "--power", "decides", "--power", "pays").json["rows"]
    assert {r["power"] for r in both} == {"decides", "pays"}


def test_who_types_channels_is_told_to_type_power(cli: Cli) -> None:
    said = cli("paths", "nvidia", "pytorch", "--channels", "V")
    assert said.code == 2
    assert "--power, one of: decides, works, squeezes, pays, binds" in said.err
    assert "--channels" not in cli("paths", "--help").out


def test_every_target_is_answered_and_a_way_stands_once(cli: Cli) -> None:
    said = cli("paths", "nvidia", "pytorch", "jax", "vllm", "-k", "2", "-f", "json").json
    reached = {path[-1]["target"] for path in said["hops"]}
    assert reached == {"framework/pytorch", "framework/vllm"}
    assert "no path to JAX is known" in said["notes"]
    [way] = cli("paths", "microsoft", "openai", "-f", "json").json["hops"]
    assert [h["target"] for h in way] == ["company/openai-group-pbc", "company/openai"]


@pytest.mark.slow
def test_a_source_that_was_not_read_in_full_is_said_at_every_hop(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = (ROOT / "loaders/python_packages/sample/report.json").read_text()
    (tmp_path / "mine.json").write_text(sample)
    home = ["--home", str(tmp_path / "h")]
    build = ["build", "--no-stores", "--only", "python_packages", *home]
    cli(*build, "-s", "python_packages=mine.json")
    (tmp_path / "mine.json").write_text("{")
    assert cli(*build).code == 1
    source = "MATCH (p:Package)-[d:DEPENDS_ON]->(:Package) RETURN p.id AS id LIMIT 1"
    package = cli("cypher", source, "-f", "json", *home).json["rows"][0]["id"]
    said = cli("show", package, "-f", "table", *home)
    assert "SOURCE NOT READ IN FULL" in said.out
    assert "python_packages:mine" in said.err


def test_show_says_per_statement_source_stated_value_dates_and_method(cli: Cli) -> None:
    rows = {
        (r["relation"], r["other"]): r
        for r in cli("show", "pytorch", "-f", "json").json["statements"]
    }
    home = rows["GOVERNS", "institution/pytorch-foundation"]
    assert home["evidence"]["valid_from"] == "2022-09-12"
    assert home["evidence"]["stated"] == "trademark and legal home"
    assert home["evidence"]["method"] == "asserted"
    assert home["evidence"]["complete"] is True
    assert home["evidence"]["url"].startswith("https://www.linuxfoundation.org/")
    table = cli("show", "pytorch", "-f", "table").out
    assert (
        "PyTorch Foundation (institution/pytorch-foundation)  rights trademark “trademark" in table
    )
    assert "[2022-09-12 → open] asserted, confidence 0.99 (verified), read in full" in table


def test_show_leaves_out_what_was_computed_unless_asked(cli: Cli) -> None:
    for form in ("table", "csv", "json"):
        assert "CONTROLS" not in cli("show", "pytorch", "-f", form).out
        assert "CONTROLS" in cli("show", "pytorch", "-f", form, "--computed").out


def test_a_computed_power_is_shown_in_words(cli: Cli) -> None:
    out = cli("show", "pytorch", "-f", "table", "--computed").out
    assert "decides 0.73–0.83: holds release, admin, appoint and shares merge with 1 other" in out
    assert "basis" not in out


def test_the_text_of_a_question_is_what_is_asked(cli: Cli) -> None:
    text = cli("ask", "who_controls", "--text").out
    assert text.startswith("//+ ")
    assert cli("ask", "who_controls", "--text", "--language", "sparql").out.startswith("#+ ")
    given = ["-p", "artefact", "framework/pytorch", "-p", "power", ""]
    rows = cli("cypher", text, *given, "-f", "json").json["rows"]
    asked = cli("ask", "who_controls", "-p", "artefact", "pytorch", "-f", "json").json["rows"]
    assert rows == asked


def test_a_mermaid_drawing_holds_every_hop_once(cli: Cli) -> None:
    asked = ["paths", "nvidia", "pytorch", "-k", "3"]
    hops = {
        (h["source"], h["target"], h["power"])
        for p in cli(*asked, "-f", "json").json["hops"]
        for h in p
    }
    lines = cli(*asked, "--mermaid").out.splitlines()
    assert lines[0] == "graph LR"
    assert sum("-->" in line for line in lines) == len(hops)


def test_the_audit_names_who_publishes_most_and_who_can_relicense(cli: Cli) -> None:
    out = cli("audit", REPORT).out
    assert "are surely decided on by NVIDIA" in out
    found = cli("audit", REPORT, "-f", "json").json
    by_name = {f["name"]: f for f in found["frameworks"]}
    assert by_name["CUDA"]["relicensors"] == ["NVIDIA"]
    assert by_name["PyTorch"]["relicensors"] == []
    proprietary = [p for p in found["packages"] if p["proprietary"]]
    assert {p["publisher_name"] for p in proprietary} >= {"NVIDIA"}
    assert all(p["licences"] for p in proprietary)


def test_the_starter_graph_is_sound(cli: Cli) -> None:
    said = cli("validate", "-f", "json")
    assert said.code == 0
    assert {r["rule"] for r in said.json["rows"]} <= {"clash"}
    assert all("ended on" in r["detail"] for r in said.json["rows"])
    assert "sound" in cli("validate").err


def test_a_breach_is_listed_and_ends_with_3(cli: Cli, tmp_path: Path) -> None:
    make_state(
        tmp_path,
        {"Company": [{"id": i, "name": i.title()} for i in ("ada", "bert", "cleo")]},
        {
            "OWNS": [
                {"source": ("Company", "ada"), "target": ("Company", "cleo"), "votes": 0.7},
                {"source": ("Company", "bert"), "target": ("Company", "cleo"), "votes": 0.6},
            ]
        },
        datetime.date(2026, 11, 24),
    )
    said = cli("validate", "--home", tmp_path / "home", "-f", "json")
    assert said.code == 3
    rows = said.json["rows"]
    assert [(r["rule"], r["about"]) for r in rows] == [("R1", "company/cleo")]
    assert "1.3" in rows[0]["detail"]


def test_an_export_is_what_the_state_holds(cli: Cli) -> None:
    said = cli("export", "node-link", "graph.json", "--around", "vllm")
    assert said.code == 0
    assert said.out.startswith("graph.json: ")
    assert "framework/vllm" in Path("graph.json").read_text()
