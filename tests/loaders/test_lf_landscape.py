"""The loader of landscapes: what it states, what it refuses, and what the real files hold."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from loading import Loaded, load, tally
from stackholder.errors import SourceError
from stackholder.loaders.documents import read_yaml
from stackholder.loaders.lf_landscape import names

SAMPLE = Path(names.__file__).parent / "sample"
REPOSITORY = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("STACKHOLDER_REAL_DATA", REPOSITORY.parent / "shared" / "data"))
MEMBER_MAP = REAL / "landscapes" / "lf-members-landscape.yml"
LFAI = REAL / "landscapes" / "lfai-landscape.yml"


def real(file: Path) -> Path:
    """A real file; where it is absent, the test is skipped by name, and fails in CI."""
    if not file.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{file} is missing: set STACKHOLDER_REAL_DATA")
        pytest.skip(f"no {file}")
    return file


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(tmp_path_factory.mktemp("members"), "lf_landscape", SAMPLE / "members.yml")


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(tmp_path_factory.mktemp("projects"), "lf_landscape", SAMPLE / "projects.yml")


def write(folder: Path, text: str, name: str = "landscape.yml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


# ---------------------------------------------------------------------- members


def test_each_membership_is_one_edge(members: Loaded) -> None:
    own = "northern-lights-foundation"
    assert members.triples("FUNDS") == {
        ("fjord-systems-inc-63f5fee6", "FUNDS", own),
        ("fjord-systems-inc-63f5fee6", "FUNDS", "polar-compute-fund"),
        ("fjord-systems-inc-63f5fee6", "FUNDS", "pytorch-foundation"),
        ("fjord-systems-inc-a1217096", "FUNDS", own),
        ("fjord-systems-inc-a1217096", "FUNDS", "polar-compute-fund"),
        ("fjord-systems-inc-a1217096", "FUNDS", "pytorch-foundation"),
        ("glacier-motors-gmbh-and-co-kg", "FUNDS", own),
        ("glacier-leasing", "FUNDS", own),
        ("kyndryl", "FUNDS", own),
        ("name-5f231cbd", "FUNDS", "polar-compute-fund"),
        ("name-5f231cbd", "FUNDS", own),
        ("name-0441e1fa", "FUNDS", own),
        ("tundra-university", "FUNDS", own),
        ("cncf", "FUNDS", own),
        ("reindeer-society-e-v", "FUNDS", own),
    }
    assert {e["kind"] for e in members.rows("FUNDS")} == {"membership"}


def test_the_tier_is_stated_for_the_landscapes_own_body_only(members: Loaded) -> None:
    tiers = {(e["source"], e.get("stated")) for e in members.rows("FUNDS") if "fund" in e["target"]}
    assert tiers == {
        ("fjord-systems-inc-63f5fee6", None),
        ("fjord-systems-inc-a1217096", None),
        ("name-5f231cbd", None),
    }
    own = [e for e in members.rows("FUNDS") if e["target"] == "northern-lights-foundation"]
    assert {e["stated"] for e in own} == {"Platinum", "Silver", "Associate"}


def test_two_items_never_become_one_member(members: Loaded) -> None:
    rows = [*members.rows("Company"), *members.rows("Institution")]
    found = {r["id"]: r["name"] for r in rows if ":" in r["at"]}
    assert len(found) == len(set(found.values())) == 10
    assert {i for i, n in found.items() if n.startswith("Fjord")} == {
        "fjord-systems-inc-63f5fee6",
        "fjord-systems-inc-a1217096",
    }


def test_a_crunchbase_slug_identifies_only_the_member_it_names(members: Loaded) -> None:
    known = {r["id"]: r["identifiers"] for r in members.rows("Company") if "identifiers" in r}
    assert known == {"fjord-systems-inc-63f5fee6": ["crunchbase:fjord-systems"]}
    notes = {(e["source"], e["note"]) for e in members.rows("FUNDS") if "note" in e}
    assert notes == {
        ("glacier-motors-gmbh-and-co-kg", "the crunchbase slug glacier names several members"),
        ("glacier-leasing", "the crunchbase slug glacier names several members"),
        ("kyndryl", "the crunchbase slug ibm names its former owner"),
    }


def test_members_are_companies_unless_associate_or_a_university(members: Loaded) -> None:
    assert {(r["id"], r.get("category")) for r in members.rows("Institution")} == {
        ("cncf", None),
        ("northern-lights-foundation", None),
        ("polar-compute-fund", None),
        ("pytorch-foundation", None),
        ("reindeer-society-e-v", None),
        ("tundra-university", "university"),
    }


def test_legal_forms_are_cut_from_aliases_only(members: Loaded) -> None:
    found = {r["name"]: r.get("aliases") for r in members.rows("Company")}
    assert found["Glacier Motors GmbH & Co. KG"] == ["Glacier Motors"]
    assert found["Fjord Systems Inc"] == found["Fjord Systems, Inc."] == ["Fjord Systems"]
    assert found["Glacier Leasing"] is None


# ---------------------------------------------------------------------- projects


def test_a_project_has_a_dated_home_and_an_undated_group(members: Loaded) -> None:
    found = {
        (e["source"], e["target"], str(e.get("valid_from")), e.get("valid_from_precision"))
        for e in members.rows("GOVERNS")
    }
    own, group = "northern-lights-foundation", "polar-compute-fund"
    assert found == {
        (own, "aurora-lab-aurora", "2021-03-04", "day"),
        (group, "aurora-lab-aurora", "None", None),
        (own, "borealis-borealis", "2019-11-30", "day"),
        (own, "polar-tools-kit", "2020-02-01", "month"),
        (group, "polar-tools-kit", "None", None),
        (own, "comet", "2022-01-01", "day"),
        (own, "comet-documentation", "2022-01-01", "day"),
        (own, "meridian-grid", "2016-05-05", "day"),
    }
    assert {tuple(e["rights"]) for e in members.rows("GOVERNS")} == {("trademark",)}
    assert {e["method"] for e in members.rows("GOVERNS")} == {"extracted"}


def test_a_repository_identifies_a_project_unless_several_give_it(members: Loaded) -> None:
    assert {r["id"]: r.get("identifiers") for r in members.rows("Framework")} == {
        "aurora-lab-aurora": [
            "repository:https://github.com/aurora-lab/Aurora",
            "repository:https://github.com/aurora-lab/aurora",
        ],
        "borealis-borealis": ["repository:https://github.com/borealis/borealis"],
        "polar-tools-kit": ["repository:https://gitlab.com/polar/tools/kit"],
        "comet": None,
        "comet-documentation": None,
        "meridian-grid": None,
    }


def test_stages_are_stated_without_a_date(projects: Loaded) -> None:
    found = {(e["source"], e["target"], e["stated"]) for e in projects.rows("GOVERNS")}
    assert found == {
        ("polar-ai", "icefloe-icefloe", "graduated"),
        ("polar-ai", "krill", "sandbox"),
        ("apache-software-foundation", "seal-seal", "crunchbase: apache"),
    }
    assert not any("valid_from" in e for e in projects.rows("GOVERNS"))


def test_a_company_slug_says_origin_and_a_project_slug_says_nothing(projects: Loaded) -> None:
    assert projects.triples("CREATED") == {
        ("ibm", "CREATED", "krill"),
        ("hugging-face", "CREATED", "walrus-walrus"),
    }
    assert {e["confidence"] for e in projects.rows("CREATED")} == {0.6}


def test_licences_are_stated_in_spdx_terms(members: Loaded, projects: Loaded) -> None:
    assert members.triples("LICENSED_UNDER") == {
        ("aurora-lab-aurora", "LICENSED_UNDER", "apache-2-0"),
        ("polar-tools-kit", "LICENSED_UNDER", "mit"),
        ("meridian-grid", "LICENSED_UNDER", "gpl-3-0"),
    }
    assert projects.triples("LICENSED_UNDER") == {
        ("icefloe-icefloe", "LICENSED_UNDER", "apache-2-0")
    }


# ---------------------------------------------------------------------- what is left out


def test_items_with_wrong_fields_are_refused_and_the_rest_goes_on(members: Loaded) -> None:
    assert [(at, field) for at, field, _ in members.refusals()] == [
        ("members.yml:97", "extra.accepted"),
        ("members.yml:105", "second_path"),
        ("members.yml:113", "name"),
        ("members.yml:117", "name"),
        ("members.yml:120", "name"),
        ("members.yml:124", "extra"),
        ("members.yml:187", "crunchbase"),
        ("members.yml:191", "name"),
    ]
    reasons = [reason for _, _, reason in members.refusals()]
    assert reasons[0] == "'last spring' is not a date like 2022, 2022-09 or 2022-09-14"
    assert reasons[2:5] == ["12 is not a text", "a value is required", "the field is given twice"]


def test_rows_in_are_given_refused_or_skipped(members: Loaded, projects: Loaded) -> None:
    for loaded, file in ((members, "members.yml"), (projects, "projects.yml")):
        items = (SAMPLE / file).read_text().count("- item:")
        rows, given, refused, outside = tally(loaded)
        assert rows == items == given + refused + outside
    assert projects.ledger.skipped == {
        "company that gave a project to the foundation; which one is not stated": 1,
        "project listed again in another category": 1,
        "project with neither repository nor licence: a programme or a standard": 1,
    }


def test_fields_that_nobody_reads_are_counted(members: Loaded, projects: Loaded) -> None:
    assert members.ledger.unread == {
        "landscape.subcategories.items.mascot": 1,
        "landscape.subcategories.items.second_path.group": 1,
    }
    assert projects.ledger.unread == {}


def test_an_unknown_landscape_has_no_licence_and_no_bounds(members: Loaded) -> None:
    assert {e["licence"] for e in members.rows("FUNDS")} == {"NOASSERTION"}
    assert members.ledger.failure == ""


def test_a_member_map_that_has_shrunk_is_not_published(tmp_path: Path) -> None:
    text = (SAMPLE / "members.yml").read_text().replace("Northern Lights Foundation Mem", "LF Mem")
    loaded = load(tmp_path / "home", "lf_landscape", write(tmp_path, text))
    assert "where 4,000 to 8,000 were expected: nothing was published" in loaded.ledger.failure
    assert loaded.rows("FUNDS") == []


def test_loading_twice_gives_equal_files(tmp_path: Path) -> None:
    one, two = (load(tmp_path / n, "lf_landscape", SAMPLE).folder for n in ("one", "two"))
    files = sorted(p.relative_to(one) for p in one.rglob("*.parquet"))
    assert files == sorted(p.relative_to(two) for p in two.rglob("*.parquet"))
    assert len(files) == 8
    for file in files:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    first = load(tmp_path, "lf_landscape", SAMPLE)
    before = {k: first.rows(k) for k in ("FUNDS", "GOVERNS", "Company", "Framework")}
    again = load(tmp_path, "lf_landscape", SAMPLE)
    assert {k: again.rows(k) for k in before} == before


# ---------------------------------------------------------------------- broken files


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("landscape: &a [*a]", ":1:16", "stands inside what it names"),
        ("landscape:\n  - &c\n    subcategories: [*c]", ":3:21", "stands inside what it names"),
        ("landscape: [*nothing]", ":1:13", "names nothing above it"),
        ("landscape: [1,\n  b: }", ":2:6", "not YAML"),
        ("landscape: " + "[" * 100_000, ":1:71", "nested more than 60 deep"),
        ("a: 1\n---\nb: 2", ":2:1", "a second document"),
        ("? [a]\n: b", ":1:5", "a key is a text"),
        ("people: []", ":1", "there is no list under `landscape`"),
        ("", ":1", "there is no list under `landscape`"),
        ("landscape:\n  - category:\n    name: X\n    subcategories: 3", ":2", "`subcategories`"),
        ("landscape:\n  - category:\n    subcategories: []", ":2", "a category without a name"),
        ("landscape: [1]", ":1", "`landscape` is not a list of mappings"),
    ],
)
def test_a_broken_file_says_where(tmp_path: Path, text: str, place: str, what: str) -> None:
    file = write(tmp_path, text)
    failure = load(tmp_path / "home", "lf_landscape", file).ledger.failure
    assert failure.startswith(f"{file}{place}: ")
    assert what in failure
    assert "\n  → " in failure


def test_aliases_do_not_blow_up(tmp_path: Path) -> None:
    lines = ["- &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for this, last in zip("bcdefghij", "abcdefghi", strict=True):
        lines.append(f"- &{this} [{', '.join([f'*{last}'] * 10)}]")
    with pytest.raises(SourceError, match="blow the document up"):
        read_yaml(write(tmp_path, "\n".join(lines)))


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "landscape.yml"
    file.write_bytes(b"landscape: [\xff]")
    assert "not UTF-8" in load(tmp_path / "home", "lf_landscape", file).ledger.failure


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    loaded = load(tmp_path / "home", "lf_landscape", tmp_path / "none")
    assert "no landscape in this folder" in loaded.ledger.failure


def test_an_object_tag_builds_nothing(tmp_path: Path) -> None:
    document = read_yaml(write(tmp_path, "a: !!python/object/apply:os.getcwd []\nb: 2020-01-01"))
    assert document == {"a": [], "b": "2020-01-01"}


# ---------------------------------------------------------------------- the real files


@pytest.fixture(scope="module")
def member_map(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(tmp_path_factory.mktemp("real"), "lf_landscape", real(MEMBER_MAP))


@pytest.mark.slow
def test_the_member_map_holds_what_a_count_of_its_lines_says(member_map: Loaded) -> None:
    text = MEMBER_MAP.read_text(encoding="utf-8")
    memberships = re.findall(r"^ +- Project Membership / (.+)$", text, re.MULTILINE)
    people = re.findall(r"^            name: .*\(member\)['\"]?$", text, re.MULTILINE)
    assert (len(people), len(memberships), len(set(memberships))) == (2251, 5108, 69)

    edges = member_map.rows("FUNDS")
    assert len(edges) == len(memberships)
    assert len({e["target"] for e in edges}) == len(set(memberships))
    assert len({e["source"] for e in edges}) == len(people)
    counted = {
        "linux-foundation": memberships.count("The Linux Foundation"),
        "pytorch-foundation": memberships.count("PyTorch Foundation"),
        "cncf": memberships.count("Cloud Native Computing Foundation (CNCF)"),
    }
    assert counted == {"linux-foundation": 2251, "pytorch-foundation": 48, "cncf": 619}
    assert {b: sum(e["target"] == b for e in edges) for b in counted} == counted
    assert (member_map.ledger.refused, member_map.ledger.unread) == (0, {})


def test_every_item_of_the_member_map_is_accounted_for(member_map: Loaded) -> None:
    text = MEMBER_MAP.read_text(encoding="utf-8")
    members_part = text[text.index("name: LF Members") :]
    items = members_part.split("- item:")[1:]
    without = sum("crunchbase:" not in item for item in items)
    assert (len(items), without) == (2251, 926)
    sources = {e["source"] for e in member_map.rows("FUNDS")}
    rows = [r for k in ("Company", "Institution") for r in member_map.rows(k) if ":" in r["at"]]
    notes = {e["source"] for e in member_map.rows("FUNDS") if "note" in e}
    named = {r["id"] for r in rows if "identifiers" in r}
    assert {r["id"] for r in rows} == sources
    assert len(sources) - len(named | notes) == without
    given = len(sources) + len(member_map.rows("Framework"))
    assert given + sum(member_map.ledger.skipped.values()) == text.count("- item:") == 3349


def test_the_dates_of_the_member_map_are_those_of_the_linux_foundation(member_map: Loaded) -> None:
    text = MEMBER_MAP.read_text(encoding="utf-8")
    item = next(i for i in text.split("- item:") if "\n            name: vLLM\n" in i)
    assert "accepted: '2024-10-17'" in item
    assert {
        (e["source"], str(e.get("valid_from")))
        for e in member_map.rows("GOVERNS")
        if e["target"] == "vllm-project-vllm"
    } == {("linux-foundation", "2024-10-17"), ("pytorch-foundation", "None")}


def test_the_lfai_landscape_holds_what_a_count_of_its_lines_says(tmp_path: Path) -> None:
    text = real(LFAI).read_text(encoding="utf-8")
    loaded = load(tmp_path, "lf_landscape", LFAI)
    stages = re.findall(r"^ +project: (\S+)$", text, re.MULTILINE)
    members = text[
        text.index("name: LF AI & Data Member Company") : text.index("name: Hosting Com")
    ]
    homes = [e for e in loaded.rows("GOVERNS") if e["source"] == "lf-ai-data-foundation"]
    assert sorted(e["stated"] for e in homes) == sorted(stages)
    assert len(stages) == 64
    assert len(loaded.rows("FUNDS")) == members.count("- item:") == 64
    assert {e["licence"] for e in loaded.rows("FUNDS")} == {"Apache-2.0"}
    given = len({e["source"] for e in loaded.rows("FUNDS")}) + len(loaded.rows("Framework"))
    skipped = sum(loaded.ledger.skipped.values())
    assert given + skipped == text.count("- item:") == 472
    assert (loaded.ledger.refused, loaded.ledger.unread) == (0, {})


@pytest.mark.slow
def test_both_real_files_load_as_one_folder(tmp_path: Path) -> None:
    real(MEMBER_MAP)
    loaded = load(tmp_path, "lf_landscape", MEMBER_MAP.parent)
    assert (loaded.ledger.failure, len(loaded.rows("FUNDS"))) == ("", 5108 + 64)
