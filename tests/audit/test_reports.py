"""What an audit says: page, Markdown, HTML, SARIF; the rules, and the exit code when one is broken."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from drawn import fetched, overlapping, parsed
from real import real
from small_stack import edges, package, report
from stackholder.answers.graph import Graph
from stackholder.audit.page import HEIGHT, WIDTH, page
from stackholder.audit.rules import RULES, violations, wanted
from stackholder.audit.sections import sections
from states import make_state

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[2]
REPORT = ROOT / "examples/torch-transformers.report.json"
SCRIPT = "<script>alert(1)</script>"


def held(cli: Cli, home: Path, file: Path, *rules: str) -> Any:
    asked = [word for rule in rules for word in ("--fail-on", rule)]
    return cli("audit", file, "--home", home, *asked)


# ------------------------------------------------------------------ rules


BROKEN = {
    "sole-relicensor": (["alpha"], "MIT", "Firm alone can change the licence of Alpha"),
    "elephant-1": (["alpha"], "MIT", "Firm does at least half of the work on Alpha: 90% of 100 commits"),
    "one-maker": (["alpha", "beta"], "MIT", "is made by Over: Chip X"),
    "owner-chokepoint": (["alpha", "beta"], "MIT", "without what Xena alone provides nothing of it is left"),
    "squeezed=1": (["beta"], "MIT", "Xena can surely squeeze it by 1"),
    "squeezed=0.4": (["beta"], "MIT", "Xena can surely squeeze it by 1"),
    "proprietary": (["alpha"], "LicenseRef-Proprietary", "alpha 1.0, published by Firm, is under terms"),
    "proprietary-publisher=firm": (["alpha"], "LicenseRef-Proprietary", "alpha 1.0, published by Firm, is under terms"),
    "unknown-licence": (["alpha"], "LicenseRef-Odd", "alpha 1.0 states no licence"),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_ends_with_3_and_names_what_breaks_it(
    cli: Cli, hand_home: Path, tmp_path: Path, rule: str
) -> None:
    names, licence, message = BROKEN[rule]
    said = held(cli, hand_home, report(tmp_path, *names, licence=licence), rule)
    assert said.code == 3, said.err
    assert f"{rule.partition('=')[0]}: " in said.err
    assert message in said.err
    assert said.out.startswith("report.json")


KEPT = {
    "sole-relicensor": (["lib"], "MIT"),
    "elephant-1": (["lib"], "MIT"),
    "one-maker": (["alpha"], "MIT"),
    "one-operator": (["lib"], "MIT"),
    "owner-chokepoint": (["lib"], "MIT"),
    "squeezed=0.1": (["lib"], "MIT"),
    "archived": (["alpha"], "MIT"),
    "proprietary": (["alpha"], "MIT"),
    "proprietary-publisher=Zoe": (["alpha"], "LicenseRef-Proprietary"),
    "proprietary-publisher=Firm": (["alpha"], "MIT"),
    "unknown-licence": (["alpha"], "MIT"),
}


@pytest.mark.parametrize("rule", KEPT)
def test_a_rule_that_is_kept_ends_with_0(
    cli: Cli, hand_home: Path, tmp_path: Path, rule: str
) -> None:
    names, licence = KEPT[rule]
    said = held(cli, hand_home, report(tmp_path, *names, licence=licence), rule)
    assert said.code == 0, said.err


def one_framework(folder: Path, framework: dict[str, Any], **more: Any) -> Path:
    """A graph of one framework, with its package; gives a report of that package."""
    nodes = {
        "Framework": [{"id": "alpha", "name": "Alpha", **framework}],
        "Package": [package("alpha")],
        **more.get("nodes", {}),
    }
    published = {"PUBLISHES": edges("Framework:alpha Package:alpha")}
    make_state(folder, nodes, {**published, **more.get("edges", {})})
    return report(folder, "alpha")


@pytest.mark.parametrize("rule", ["one-maker", "owner-chokepoint", "squeezed=0.9", "one-operator"])
@pytest.mark.parametrize("name", ["lightgbm", "spacy", "xgboost", "faiss-cpu", "apache-tvm"])
def test_no_rule_says_that_a_maker_of_accelerators_cuts_what_runs_on_cpus(
    cli: Cli, starter_home: Path, tmp_path: Path, name: str, rule: str
) -> None:
    assert held(cli, starter_home, report(tmp_path, name), rule).code == 0


def test_an_elephant_factor_names_nobody_whose_share_is_not_sure(cli: Cli, tmp_path: Path) -> None:
    share = {"window": "2026", "commits": 1, "total": 46, "share": 0.02, "low": 0.02, "high": 1.0}
    counted = {**share, "coverage": 0.02, "elephant_low": 1, "elephant_high": 1}
    file = one_framework(
        tmp_path,
        {},
        nodes={"Institution": [{"id": "uni", "name": "State University"}]},
        edges={"CONTRIBUTION_SHARE": edges("Institution:uni Framework:alpha", **counted)},
    )
    said = held(cli, tmp_path / "home", file, "elephant-1")
    assert said.code == 3
    assert (
        "elephant-1: one employer does at least half of the work on Alpha, by 46 commits in 2026; "
        "which one is not known\n"
    ) in said.err
    for form in ("table", "md", "html", "sarif"):
        text = cli("audit", file, "--home", tmp_path / "home", "-f", form).out
        assert "State University" not in text + said.err
        assert "institution/uni" not in text + said.err


def test_an_elephant_factor_that_the_unknown_could_raise_breaks_nothing(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "lib"))
    assert violations(audit, [wanted("elephant-1")]) == []


@pytest.mark.parametrize(
    ("support", "code"),
    [("archived", 3), ("end_of_life", 3), ("maintenance", 0), ("active", 0), (None, 0)],
)
def test_what_is_archived_breaks_its_rule(
    cli: Cli, tmp_path: Path, support: str | None, code: int
) -> None:
    file = one_framework(tmp_path, {"support": support, "support_since": "2024-02-01"})
    said = held(cli, tmp_path / "home", file, "archived")
    assert said.code == code
    words = f"archived: Alpha is {(support or '').replace('_', ' ')} since 2024-02-01"
    assert (words in said.err) == (code == 3)


def test_chips_that_one_cloud_alone_offers_break_one_operator(cli: Cli, tmp_path: Path) -> None:
    file = one_framework(
        tmp_path,
        {},
        nodes={
            "Company": [{"id": "one", "name": "One"}],
            "Processor": [{"id": "x", "name": "Chip X", "category": "tpu"}],
            "CloudPlatform": [{"id": "sky", "name": "Sky"}],
        },
        edges={
            "RUNS_ON": edges("Framework:alpha Processor:x", tier="native"),
            "OFFERS": edges("CloudPlatform:sky Processor:x", exclusive=True),
            "PROVIDES": edges("Company:one Processor:x", "Company:one CloudPlatform:sky"),
        },
    )
    said = held(cli, tmp_path / "home", file, "one-operator")
    assert said.code == 3
    assert "is offered by One alone" in said.err


def test_models_break_the_rules_of_licences(cli: Cli, starter_home: Path, tmp_path: Path) -> None:
    parts = [
        {"type": "machine-learning-model", "bom-ref": "m", "name": "Llama-3.1-405B", "group": "meta-llama"},
        {"type": "machine-learning-model", "bom-ref": "n", "name": "nobody-knows-it"},
    ]  # fmt: skip
    file = tmp_path / "bom.json"
    text = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": parts}
    file.write_text(json.dumps(text), encoding="utf-8")
    said = held(cli, starter_home, file, "proprietary", "unknown-licence",
                "proprietary-publisher=Meta Platforms")  # fmt: skip
    assert said.code == 3
    assert (
        "meta-llama/Llama-3.1-405B, made by Meta Platforms, is under terms that are not open"
        in (said.err)
    )
    assert "unknown-licence: nobody-knows-it states no licence" in said.err
    assert "broken: proprietary, unknown-licence, proprietary-publisher" in said.err


def test_evidence_of_a_violation_is_shown_with_its_source(cli: Cli, starter_home: Path) -> None:
    said = held(cli, starter_home, REPORT, "sole-relicensor", "proprietary-publisher=nvidia")
    assert said.code == 3
    assert "company/nvidia GOVERNS framework/cuda" in said.err
    assert re.search(r"https?://\S+", said.err)
    assert "published by NVIDIA, is under terms that are not open" in said.err
    assert said.err.rstrip().endswith("stackholder audit --rules says what each means")


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("one-makr", "one-maker"),
        ("proprietary-publisher", "proprietary-publisher=NAME"),
        ("one-maker=3", "one-maker"),
        ("one-maker=", "one-maker"),
        ("squeezed", "squeezed=LOW"),
        ("squeezed=much", "squeezed=LOW"),
        ("squeezed=0", "squeezed=LOW"),
        ("squeezed=50", "squeezed=LOW"),
        ("squeezed=nan", "squeezed=LOW"),
        ("proprietary-publisher=Frim", "did you mean Firm"),
        ("proprietary-publisher=Chip X", "stackholder find"),
    ],
)
def test_a_rule_that_does_not_exist_is_a_mistake_and_not_a_pass(
    cli: Cli, hand_home: Path, tmp_path: Path, rule: str, hint: str
) -> None:
    said = held(cli, hand_home, report(tmp_path, "alpha"), rule)
    assert said.code == 2
    assert hint in said.err
    assert said.out == ""


def test_a_publisher_may_be_named_by_its_name_an_alias_its_id_or_its_owner(
    cli: Cli, starter_home: Path
) -> None:
    for name in ("NVIDIA", "nvidia", "company/nvidia"):
        assert held(cli, starter_home, REPORT, f"proprietary-publisher={name}").code == 3
    tpu = real("pip-reports", "jax_tpu_.json")
    for name in ("Google", "Alphabet"):
        assert held(cli, starter_home, tpu, f"proprietary-publisher={name}").code == 3
    assert held(cli, starter_home, REPORT, "proprietary-publisher=AMD").code == 0


def test_an_input_that_names_nothing_is_an_error_and_not_a_pass(
    cli: Cli, hand_home: Path, tmp_path: Path
) -> None:
    said = held(cli, hand_home, report(tmp_path), "proprietary")
    assert said.code == 2
    assert "nothing to audit" in said.err
    assert said.out == ""


def test_rules_are_listed_and_documented(cli: Cli) -> None:
    said = cli("audit", "--rules")
    assert said.code == 0
    text = (ROOT / "docs/auditing.md").read_text(encoding="utf-8")
    for name in RULES:
        assert re.search(rf"^{name}\b", said.out, re.MULTILINE)
        assert f"`{name}" in text


def test_a_broken_rule_still_leaves_the_whole_report(
    cli: Cli, hand_home: Path, tmp_path: Path
) -> None:
    file = report(tmp_path, "alpha", "beta")
    said = cli("audit", file, "--home", hand_home, "-f", "sarif", "-o", "out.sarif",
               "--fail-on", "one-maker")  # fmt: skip
    assert said.code == 3
    assert said.out == "out.sarif: written\n"
    assert json.loads(Path("out.sarif").read_text())["version"] == "2.1.0"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".new")] == []


def test_a_report_that_cannot_be_written_is_an_error(
    cli: Cli, hand_home: Path, tmp_path: Path
) -> None:
    said = cli("audit", report(tmp_path, "alpha"), "--home", hand_home, "-o", "nosuch/x.md")
    assert said.code == 1
    assert "nosuch" in said.err


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("x.html", "<!doctype html>"),
        ("x.md", "# Who holds"),
        ("x.json", "{"),
        ("x.sarif", "{"),
        ("x.csv", "package,"),
        ("x.txt", "report.json, as of"),
    ],
)
def test_the_ending_of_the_output_says_its_format(
    cli: Cli, hand_home: Path, tmp_path: Path, name: str, start: str
) -> None:
    assert cli("audit", report(tmp_path, "alpha"), "--home", hand_home, "-o", name).code == 0
    assert Path(name).read_text(encoding="utf-8").startswith(start)


def test_several_reports_are_written_in_one_run(cli: Cli, hand_home: Path, tmp_path: Path) -> None:
    said = cli(
        "audit", report(tmp_path, "alpha"), "--home", hand_home, "-o", "a.html", "-o", "a.sarif"
    )
    assert said.out == "a.html: written\na.sarif: written\n"
    assert Path("a.html").read_text().startswith("<!doctype html>")
    assert json.loads(Path("a.sarif").read_text())["version"] == "2.1.0"


def test_an_ending_that_means_no_format_is_a_mistake(
    cli: Cli, hand_home: Path, tmp_path: Path
) -> None:
    asked = ["audit", report(tmp_path, "alpha"), "--home", hand_home, "-o", "x.pdf"]
    said = cli(*asked)
    assert said.code == 2
    assert "--format" in said.err
    assert not Path("x.pdf").exists()
    assert cli(*asked, "-f", "md").code == 0


def test_the_same_values_as_json_with_its_headline_publishers_and_findings(
    cli: Cli, hand_home: Path, tmp_path: Path
) -> None:
    file = report(tmp_path, "alpha", "beta")
    audit = json.loads(cli("audit", file, "--home", hand_home, "-f", "json").out)
    for name in ("packages", "models", "deciders", "squeezers", "pairs", "rests_on", "bound_by",
                 "running", "unknown", "headline", "publishers"):  # fmt: skip
        assert name in audit
    assert audit["deciders"][0]["name"] == "Firm"
    assert {f["rule"] for f in audit["findings"]} >= {"one-maker", "owner-chokepoint"}
    assert audit["squeezers"][0]["keys"]


# ------------------------------------------------------------------ page


def test_the_page_keeps_its_size_even_where_every_part_is_full(
    hand: Graph, starter: Graph, tmp_path: Path
) -> None:
    names = [f"package-with-a-long-name-{n}-{'x' * 60}" for n in range(300)]
    everything = [
        row["name"]
        for row in starter.state.nodes("Package", ["name"]).to_pylist()
        if re.fullmatch(r"[a-z0-9-]+", row["name"])
    ]
    assert len(everything) > 100
    for graph, named in ((hand, ["alpha", *names]), (starter, everything)):
        lines = page(graph.audit(report(tmp_path, *named))).rstrip("\n").split("\n")
        assert len(lines) <= HEIGHT
        assert max(map(len, lines)) <= WIDTH
    assert sum("… and " in line for line in lines) >= 4


def test_the_page_answers_every_question_or_says_that_it_is_unknown(
    hand: Graph, tmp_path: Path
) -> None:
    text = page(hand.audit(report(tmp_path, "alpha", "beta", "lib")))
    for words in (
        "Of 3 packages, 1 is surely decided on by Firm; on 2 nobody is known to decide alone.",
        "Who decides on what is asked for: alpha: Firm 1.",
        "Xena alone can surely stop it: all of it runs together on Chip X and nothing else that is known.",
        "WHO DECIDES ON IT", "WHAT CAN BE SQUEEZED", "WHAT IT RESTS ON", "WHAT BINDS IT",
        "WHO CAN CHANGE A LICENCE ALONE", "Alpha (elephant factor 1)", "1–9",
        "Narrowed to one maker by Beta; without, Over and Yves.", "work not counted by employer: Beta",
    ):  # fmt: skip
        assert words in " ".join(text.split())
    empty = page(hand.audit(report(tmp_path, "nobody-knows-it")))
    assert "Of 1 package, on 1 nobody is known to decide alone." in " ".join(empty.split())
    assert "None of its frameworks says where it runs" in empty
    assert "Nobody is known to be able to make it worse alone" in empty


def test_every_format_says_the_same_in_the_same_order(
    hand: Graph, cli: Cli, hand_home: Path, tmp_path: Path
) -> None:
    file = report(tmp_path, "alpha", "beta", "lib")
    titles = [s.title for s in sections(hand.audit(file), [])]
    assert len(titles) > 8
    md = cli("audit", file, "--home", hand_home, "-f", "md").out
    assert re.findall(r"^## (.*)$", md, re.MULTILINE)[: len(titles)] == titles
    text = cli("audit", file, "--home", hand_home, "-f", "html").out
    assert re.findall(r'<h2 id="[^"]*">([^<]*)</h2>', text) == titles
    for sentence in hand.audit(file).headline:
        assert sentence in md
        assert sentence in text


def bill(folder: Path, name: str) -> Path:
    """A CycloneDX bill with one component of that name."""
    part = {"type": "library", "bom-ref": "a", "name": name, "version": "1"}
    text = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [part]}
    file = folder / "bom.json"
    file.write_text(json.dumps({**text, "dependencies": []}), encoding="utf-8")
    return file


def test_a_name_cannot_command_the_terminal_or_the_reader(
    cli: Cli, hand_home: Path, tmp_path: Path
) -> None:
    file = bill(tmp_path, f"\x1b[2J{SCRIPT}|`\n# x")
    for form in ("table", "md", "html"):
        said = cli("audit", file, "--home", hand_home, "-f", form, "--fail-on", "unknown-licence")
        assert said.code == 3
        assert "\x1b" not in said.out + said.err
        if form != "table":
            assert "<script" not in said.out
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in said.out


def test_a_graph_that_knows_nothing_still_gives_a_report(cli: Cli, tmp_path: Path) -> None:
    make_state(tmp_path, {"Company": [{"id": "ada", "name": "Ada"}]}, {})
    file = report(tmp_path, "torch")
    for form in ("table", "json", "md", "html", "sarif"):
        said = cli("audit", file, "--home", tmp_path / "home", "-f", form)
        assert said.code == 0, said.err
        assert "neither publisher nor framework known" in said.out


# ------------------------------------------------------------------ Markdown and HTML


def test_markdown_has_sound_tables_and_shows_markup_as_text(
    cli: Cli, starter_home: Path, tmp_path: Path
) -> None:
    file = report(tmp_path, "torch", "triton", licence="LicenseRef-Proprietary")
    file = file.rename(tmp_path / "a|b<script>`x`.json")
    text = cli("audit", file, "--home", starter_home, "-f", "md").out
    assert "<script" not in text
    assert text.startswith("# Who holds a\\|b&lt;script&gt;\\`x\\`.json?")
    widths: list[int] = []
    for line in text.splitlines():
        if line.startswith("|"):
            widths.append(len(re.findall(r"(?<!\\)\|", line)))
        else:
            assert len(set(widths)) <= 1
            widths = []
    assert "## What is not known" in text
    assert re.search(r"^\| sole-relicensor \|.*\| https://", text, re.MULTILINE)


class Reader(HTMLParser):
    """Collects elements, and checks that they are closed in order."""

    EMPTY = ("meta", "rect", "path", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_report_is_whole_in_itself(cli: Cli, starter_home: Path) -> None:
    for name in ("torch", "tensorflow"):
        text = cli(
            "audit", real("pip-reports", f"{name}.json"), "--home", starter_home, "-f", "html"
        ).out
        reader = Reader()
        reader.feed(text)
        assert reader.open == []
        assert fetched(text) == []
        assert "default-src 'none'" in text
        links = [a["href"] for tag, a in reader.seen if tag == "a"]
        assert all(str(x).startswith(("#", "https://", "http://")) for x in links)
        inner = {f"#{a['id']}" for tag, a in reader.seen if "id" in a and tag == "h2"}
        assert {x for x in links if str(x).startswith("#")} == inner
        assert "@media print" in text
        assert "prefers-color-scheme: dark" in text


def test_the_pictures_of_the_html_report_have_no_label_on_another(
    cli: Cli, starter_home: Path
) -> None:
    text = cli(
        "audit", real("pip-reports", "tensorflow.json"), "--home", starter_home, "-f", "html"
    ).out
    pictures = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(pictures) == 1
    for picture in pictures:
        assert parsed(picture).get("role") == "img"
        assert overlapping(picture) == []


def test_a_name_with_markup_is_text_in_the_html_report(
    cli: Cli, hand_home: Path, tmp_path: Path
) -> None:
    file = report(tmp_path, "alpha").rename(tmp_path / "<script>alert(1)<script>.json")
    text = cli("audit", file, "--home", hand_home, "-f", "html").out
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_same_audit_gives_the_same_report_in_every_process(starter_home: Path) -> None:
    """Python orders sets of texts anew in each process, and by a seed where it is given one."""
    program = (
        "import sys\n"
        "from stackholder.cli import run\n"
        "for form in ('html', 'md', 'sarif', 'json', 'table'):\n"
        "    assert run(['audit', *sys.argv[1:], '-f', form]) == 0\n"
    )
    command = [sys.executable, "-c", program, REPORT, "--home", starter_home]
    paths = os.pathsep.join(sys.path)
    first, second = (
        subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed},
        ).stdout.splitlines()
        for seed in ("0", "1")
    )
    assert len(first) > 300
    assert first == second


# ------------------------------------------------------------------ SARIF


def log_of(cli: Cli, home: Path, file: Path, *rules: str) -> dict[str, Any]:
    asked = [word for rule in rules for word in ("--fail-on", rule)]
    return json.loads(cli("audit", file, "--home", home, "-f", "sarif", *asked).out)  # type: ignore[no-any-return]


RUN = {"tool", "artifacts", "columnKind", "invocations", "results", "properties"}
RULE = {"id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration"}
RESULT = {
    "ruleId", "ruleIndex", "level", "message", "locations", "relatedLocations", "partialFingerprints", "properties",
}  # fmt: skip


def test_sarif_has_what_its_schema_requires(cli: Cli, starter_home: Path) -> None:
    log = log_of(cli, starter_home, REPORT, "squeezed=0.5", "proprietary-publisher=NVIDIA")
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert set(run) == RUN
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    assert driver["name"] == "Stackholder"
    assert all(set(r) == RULE for r in driver["rules"])
    assert [r["id"] for r in driver["rules"]] == list(RULES)
    assert all(r["shortDescription"]["text"] and r["help"]["text"] for r in driver["rules"])
    assert run["invocations"][0]["executionSuccessful"] is True
    assert all(n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"])
    assert run["results"]
    prints = set()
    for result in run["results"]:
        assert set(result) == RESULT
        assert [p["id"] for p in result["relatedLocations"]] == list(
            range(1, len(result["relatedLocations"]) + 1)
        )
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note", "none"}
        assert result["message"]["text"]
        assert len(result["locations"]) == 1
        for place in (*result["locations"], *result["relatedLocations"]):
            physical = place["physicalLocation"]
            assert urllib.parse.urlsplit(physical["artifactLocation"]["uri"]).path
            assert physical["region"]["startLine"] >= 1
        prints.add(result["partialFingerprints"]["stackholder/v1"])
    assert len(prints) == len(run["results"])


def test_a_result_is_an_error_where_its_rule_is_asked_for_and_lies_at_the_line_of_its_package(
    cli: Cli, starter_home: Path
) -> None:
    (run,) = log_of(cli, starter_home, REPORT, "proprietary-publisher=NVIDIA")["runs"]
    lines = REPORT.read_text(encoding="utf-8").splitlines()
    levels = {r["ruleId"]: r["level"] for r in run["results"]}
    assert levels["proprietary-publisher"] == "error"
    assert levels["sole-relicensor"] == "warning"
    for result in run["results"]:
        if result["ruleId"] == "proprietary-publisher":
            line = result["locations"][0]["physicalLocation"]["region"]["startLine"]
            (name,) = result["properties"]["packages"]
            assert f'"{name}"' in lines[line - 1].replace("_", "-")


def test_a_relative_file_stays_relative_and_is_a_uri(
    cli: Cli, hand_home: Path, tmp_path: Path
) -> None:
    report(tmp_path, "alpha").rename(tmp_path / "my report ä.json")
    (run,) = log_of(cli, hand_home, Path("my report ä.json"))["runs"]
    assert run["artifacts"][0]["location"]["uri"] == "my%20report%20%C3%A4.json"
    (tmp_path / "below").mkdir()
    (run,) = log_of(cli, hand_home, Path("below/../below/../my report ä.json"))["runs"]
    assert run["artifacts"][0]["location"]["uri"] == "my%20report%20%C3%A4.json"


def test_the_example_workflow_uses_rules_and_options_that_exist(cli: Cli) -> None:
    import yaml

    text = (ROOT / "examples/audit-workflow.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    commands = "\n".join(s.get("run", "") for s in workflow["jobs"]["audit"]["steps"])
    named = re.findall(r"--fail-on (\S+)", commands)
    assert named
    assert all(wanted(rule) for rule in named)
    help_text = cli("audit", "--help").out
    options = set(re.findall(r"(--[a-z-]+)", commands.partition("stackholder audit")[2]))
    assert options == {"--output", "--fail-on"}
    assert all(option in help_text for option in options)
    endings = re.findall(r"--output \S+\.(\w+)", commands)
    assert endings == ["html", "sarif"]
