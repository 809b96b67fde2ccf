"""Files in which projects write down who may decide."""

from __future__ import annotations

import collections
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from loading import Loaded, load, tally
from real import real
from stackholder.loaders import loader

SAMPLE = loader("governance_files").folder / "sample"


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    return load(tmp_path / "home", "governance_files", SAMPLE)


def seats(loaded: Loaded) -> dict[str, int]:
    """Body → number of members."""
    return dict(collections.Counter(r["target"] for r in loaded.rows("HAS_SEAT")))


def test_approvers_of_each_folder_are_a_body_and_aliases_are_spelled_out(loaded: Loaded) -> None:
    assert {b: n for b, n in seats(loaded).items() if "approvers" in b} == {
        "polar-kit-approvers": 3,
        "polar-kit-approvers-docs": 1,
        "polar-kit-approvers-sdk": 2,
        "polar-kit-approvers-sdk-go": 1,
    }


def test_a_folder_is_part_of_the_one_above_unless_it_says_no(loaded: Loaded) -> None:
    assert loaded.triples("PART_OF") == {
        ("polar-kit-approvers-sdk", "PART_OF", "polar-kit-approvers"),
        ("polar-kit-approvers-sdk-go", "PART_OF", "polar-kit-approvers-sdk"),
        ("polar-kit-team-nvidia-kernels", "PART_OF", "nvidia"),
    }
    governs = {
        (r["source"], r["target"], tuple(r["rights"]), r["confidence"])
        for r in loaded.rows("GOVERNS")
    }
    assert governs == {
        ("polar-kit-approvers", "polar-kit", ("merge",), 0.95),
        ("polar-kit-approvers-docs", "polar-kit", ("merge",), 0.7),
        ("polar-kit-team-polar-core", "polar-kit", ("merge",), 0.6),
        ("polar-kit-team-nvidia-kernels", "polar-kit", ("merge",), 0.6),
        ("polar-kit-code-owners", "polar-kit", ("merge",), 0.6),
        ("polar-kit-maintainers", "polar-kit", ("merge",), 0.9),
        ("apache-software-foundation", "apache-frost", ("trademark",), 0.9),
    }


def test_columns_stand_in_any_order_and_emeriti_and_reviewers_do_not_decide(loaded: Loaded) -> None:
    assert seats(loaded)["polar-kit-maintainers"] == 2
    employers = {(r["source"], r["stated"]) for r in loaded.rows("EMPLOYS")}
    assert employers == {("microsoft", "Microsoft")}
    assert loaded.ledger.skipped == {
        "former member: until when is not stated": 2,
        "group without name or leaders": 1,
        "pattern that has no owner": 1,
        "reviewer: reads and comments, does not decide": 2,
    }


def test_one_account_is_one_person_in_all_files(loaded: Loaded) -> None:
    [ada] = {r["target"] for r in loaded.rows("EMPLOYS")}
    assert {r["target"] for r in loaded.rows("HAS_SEAT") if r["source"] == ada} == {
        "polar-board-group-ice",
        "polar-kit-approvers",
        "polar-kit-approvers-sdk",
        "polar-kit-code-owners",
        "polar-kit-maintainers",
    }
    chairs = {r["target"] for r in loaded.rows("HAS_SEAT") if r.get("chair")}
    assert chairs == {"polar-board-group-ice", "polar-kit-maintainers"}


def test_neither_names_nor_accounts_nor_addresses_are_stored(
    loaded: Loaded, tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    files = [f for f in (tmp_path / "home").rglob("*.parquet") if f.is_file()]
    kept = " ".join(str(pq.read_table(f).to_pylist()) for f in files)
    assert "polar-kit" in kept
    for word in ("Ada L.", "Ivy", "ivy", "somebody@", "'hal'", "fay", "zoe"):
        assert word not in kept, word


def test_bad_rows_are_refused_with_their_place(loaded: Loaded) -> None:
    assert {(at, field) for at, field, _ in loaded.refusals()} == {
        ("polar+board/sigs.yaml:2", "github"),
        ("polar+kit/docs/CODEOWNERS:6", "/bad/"),
        ("polar+kit/MAINTAINERS.md:8", "account"),
        ("polar+kit/sdk_OWNERS", "approvers"),
    }
    assert tally(loaded)[2] == 4


def test_a_checkout_is_known_by_its_remote_whatever_its_folder_is_called(tmp_path: Path) -> None:
    checkout = tmp_path / "here"
    shutil.copytree(SAMPLE / "polar+kit", checkout)
    for command in (["init", "-q"], ["remote", "add", "origin", "git@github.com:Frost/Kit.git"]):
        subprocess.run(["git", "-C", str(checkout), *command], check=True)
    loaded = load(tmp_path / "home", "governance_files", checkout)
    [framework] = loaded.rows("Framework")
    assert framework["identifiers"] == ["repository:https://github.com/Frost/Kit"]
    assert {r["target"] for r in loaded.rows("GOVERNS")} == {"frost-kit"}


@pytest.mark.parametrize("text", ["approvers: &a [*a]\n", "approvers: [a]: b\n"])
def test_a_broken_owners_file_leaves_its_project_unfinished_and_says_where(
    tmp_path: Path, text: str
) -> None:
    project = tmp_path / "in" / "polar+kit"
    project.mkdir(parents=True)
    (project / "OWNERS").write_text(text)
    loaded = load(tmp_path / "home", "governance_files", tmp_path / "in")
    assert "OWNERS:1" in loaded.ledger.failure
    assert not loaded.ledger.complete


def test_a_folder_without_such_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert (
        "no file here says"
        in load(tmp_path / "home", "governance_files", tmp_path / "in").ledger.failure
    )


def test_the_real_files_meet_an_independent_count(tmp_path: Path) -> None:
    folder = real("governance")
    loaded = load(tmp_path, "governance_files", folder)
    rows = 0
    for file in folder.glob("*/*"):
        text = file.read_text()
        if file.name.endswith("CODEOWNERS"):
            rows += len(re.findall(r"^[^#\s].*$", text, re.MULTILINE))
        elif file.name.endswith("OWNERS"):
            rows += len(re.findall(r"^\s+- ", text, re.MULTILINE))
        elif file.name in {"MAINTAINERS.md", "COMMITTERS.md"}:
            rows += len(re.findall(r"^\|", text, re.MULTILINE)) - 2
        else:
            rows += 1
    assert tally(loaded)[0] == rows
    assert loaded.ledger.rows_refused == 0
    committers = {r["source"] for r in loaded.rows("EMPLOYS") if "COMMITTERS" in r["at"]}
    assert {"microsoft", "snowflake", "amd", "argonne-national-laboratory"} <= committers
    apache = [r for r in loaded.rows("GOVERNS") if r["source"] == "apache-software-foundation"]
    assert [r["target"] for r in apache] == ["apache-tvm"]


def written(tmp_path: Path, files: dict[str, str], project: str = "polar+kit") -> Loaded:
    for name, text in files.items():
        file = tmp_path / "in" / project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    home = tmp_path / f"home-{len(list(tmp_path.iterdir()))}"
    return load(home, "governance_files", tmp_path / "in")


def bodies(loaded: Loaded) -> set[str]:
    return {row["name"].partition(" ")[2] for row in loaded.rows("GoverningBody")}


def test_what_cannot_be_read_stops_no_other_file_and_no_other_project(tmp_path: Path) -> None:
    written(tmp_path, {"OWNERS": "approvers:\n- ann\n"}, "other+fine")
    texts = {"OWNERS": "set noparent\nper-file *.gn=x\n*\n", "CODEOWNERS": "* @polar/team\n"}
    texts |= {"empty/OWNERS": "# nobody yet\n"}
    written(tmp_path, {"OWNERS": "approvers: [a\n"}, "other+broken")
    loaded = written(tmp_path, texts)
    assert bodies(loaded) == {"team @polar/team", "approvers"}
    assert "other+broken/OWNERS" in loaded.ledger.failure
    assert [at for at, _, _ in loaded.refusals()] == ["polar+kit/OWNERS"]
    assert loaded.ledger.skipped["OWNERS file that names nobody"] == 1


def test_owners_of_a_section_own_every_entry_of_it_that_names_none(tmp_path: Path) -> None:
    text = (
        "* @polar/all\n[Guides] @polar/guides\nguides/\nREADME.md\n[Store][2] @polar/store @ann\n"
        "store/\nstore/notes.md @polar/guides\n^[Style] @bob\n*.css\n[a]b.txt @polar/odd\n"
    )
    loaded = written(tmp_path, {"CODEOWNERS": text})
    teams = {f"team @polar/{name}" for name in ("all", "guides", "store", "odd")}
    assert bodies(loaded) == {*teams, "code owners"}
    assert {row["stated"] for row in loaded.rows("HAS_SEAT")} == {"store/", "*.css"}
    assert loaded.refusals() == []


@pytest.mark.parametrize(
    ("earlier", "later", "overridden"),
    [
        ("/src/", "*", True),
        ("/src/a/", "/src/", True),
        ("/src/a.py", "/src/**", True),
        ("docs/", "docs/", True),
        ("/web/docs/", "docs/", True),
        ("/src/main.js", "*.js", True),
        ("/src/", "/src/a/", False),
        ("/src/", "/*", False),
        ("/source/", "/src/", False),
        ("/src/", "*.js", False),
        ("*.js", "/src/", False),
        ("/web/docs/", "/docs/", False),
    ],
)
def test_the_last_rule_that_a_file_meets_decides(
    tmp_path: Path, earlier: str, later: str, overridden: bool
) -> None:
    loaded = written(tmp_path, {"CODEOWNERS": f"{earlier} @polar/one\n{later} @polar/two\n"})
    teams = {"team @polar/two"} | (set() if overridden else {"team @polar/one"})
    assert bodies(loaded) == teams
    assert loaded.ledger.skipped.get("pattern that a later one overrides", 0) == int(overridden)


def test_rules_of_another_section_are_not_overridden(tmp_path: Path) -> None:
    loaded = written(tmp_path, {"CODEOWNERS": "/src/ @polar/one\n[All]\n* @polar/two\n"})
    assert bodies(loaded) == {"team @polar/one", "team @polar/two"}


def test_the_host_says_which_file_is_in_force(tmp_path: Path) -> None:
    files = {"docs/CODEOWNERS": "* @polar/docs\n", "src/CODEOWNERS": "* @polar/src\n"}
    files |= {".github/CODEOWNERS": "* @polar/hub\n", "tests/testdata/OWNERS": "approvers: [a]\n"}
    files |= {".gitlab/CODEOWNERS": "* @polar/lab\n", ".asf.yaml": "github:\n  x: 1\n"}
    loaded = written(tmp_path, files)
    assert bodies(loaded) == {"team @polar/hub"}
    assert loaded.ledger.skipped == {
        "CODEOWNERS file that the host does not read": 3,
        ".asf.yaml of a copy: it is of use below apache/ only": 1,
    }
    config = '[remote "origin"]\n\turl = https://gitlab.com/polar/kit.git\n'
    (tmp_path / "in/polar+kit/.git").mkdir()
    (tmp_path / "in/polar+kit/.git/config").write_text(config)
    assert bodies(written(tmp_path, {})) == {"team @polar/docs"}


def table(account: str) -> str:
    return f"| Name | GitHub |\n| --- | --- |\n| X | @{account} |\n\n"


@pytest.mark.parametrize(
    ("above", "seats"),
    [
        ("# Maintainers\n\n", 1),
        ("# Maintainers and emeriti\n\n", 1),
        ("# Emeritus\n\n## Current\n\n", 1),
        ("## Former\n\n## Others\n\n", 1),
        ("<details><summary>Past maintainers</summary>\n</details>\n\n", 1),
        ("Retired and inactive\n===\n\n", 0),
        ("Emeritus maintainers\n---\n\n### 2021\n\n", 0),
        ("# Team\n\n**Alumni:**\n\n", 0),
        ("<details><summary>Past maintainers</summary>\n\n", 0),
        ("<h2 align='left'>Former maintainers</h2>\n\n", 0),
        ("<!--\n", 0),
        ("```\n", 0),
    ],
)
def test_former_members_stand_below_a_heading_however_it_is_written(
    tmp_path: Path, above: str, seats: int
) -> None:
    loaded = written(tmp_path, {"MAINTAINERS.md": above + table("ann")})
    assert len(loaded.rows("HAS_SEAT")) == seats


def test_a_file_or_folder_of_emeriti_makes_no_body(tmp_path: Path) -> None:
    files = {"EMERITUS_MAINTAINERS.md": table("ann"), "alumni/MAINTAINERS.md": table("bob")}
    loaded = written(tmp_path, files)
    assert bodies(loaded) == set()
    assert loaded.ledger.skipped["former member: until when is not stated"] == 2
