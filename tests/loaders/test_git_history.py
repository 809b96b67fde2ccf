"""Git histories: small repositories made with git itself, then the real bundles with counts of an independent count."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from loading import NOW, Loaded, load, tally
from stackholder.loaders import affiliations
from stackholder.loaders.git_history.aggregate import main
from stackholder.loaders.git_history.domains import generalised, looks_personal
from stackholder.loaders.git_history.history import trailers
from stackholder.loaders.git_history.people import Bot, actor, credited
from stackholder.loaders.git_history.repository import Address

SALT = b"a salt of the tests"
REAL = (
    Path(os.environ.get("STACKHOLDER_REAL_DATA", Path(__file__).parents[2] / "../shared/data"))
    / "git"
)
LISTS = Path(str(affiliations.__file__)).parent / "data"
ANN = ("Ann Example", "ann@acme-tools.io")
BOB = ("Bob Sample", "bob@gmail.com")
EVE = ("Eve Third", "eve@intel.com")


pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ibis"),
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning:ibis"),
]


@pytest.fixture(autouse=True)
def _salt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKHOLDER_SALT", SALT.decode())


def who(address: str) -> str:
    """The pseudonym that an address must have."""
    return hashlib.blake2b(address.encode(), digest_size=8, key=SALT).hexdigest()


@dataclasses.dataclass(frozen=True)
class Workshop:
    """Makes a repository with git itself."""

    path: Path

    def git(self, *arguments: str, given: bytes | None = None, **environment: str) -> str:
        own = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        own |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **environment}
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            input=given,
            capture_output=True,
            env=own,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def identity(self, person: tuple[str, str], date: str) -> dict[str, str]:
        roles = ("AUTHOR", "COMMITTER")
        return {
            f"GIT_{r}_{k}": v
            for r in roles
            for k, v in (("NAME", person[0]), ("EMAIL", person[1]), ("DATE", date))
        }

    def commit(
        self, person: tuple[str, str], date: str, message: str = "work", *options: str
    ) -> str:
        self.git(
            *options,
            "commit",
            "--quiet",
            "--allow-empty",
            "-m",
            message,
            **self.identity(person, f"{date}T12:00:00Z"),
        )
        return self.git("rev-parse", "HEAD")

    def raw(self, head: bytes, message: bytes) -> None:
        """A commit as bytes, for what git itself would not write."""
        tree = self.git("mktree", given=b"")
        parent = self.git("rev-parse", "HEAD")
        text = b"tree %s\nparent %s\n%s\n%s" % (tree.encode(), parent.encode(), head, message)
        made = self.git("hash-object", "-t", "commit", "-w", "--stdin", given=text)
        self.git("update-ref", "HEAD", made)


def workshop(path: Path, *options: str) -> Workshop:
    path.mkdir(parents=True)
    made = Workshop(path)
    made.git("init", "--quiet", "-b", "main", *options)
    return made


def contributions(loaded: Loaded) -> set[tuple[Any, ...]]:
    """(who, project, month, domain, commits, reviews, merges, security fixes)"""
    counts = ("commits", "reviews", "merges", "security_fixes")
    rows = [r for r in loaded.rows("CONTRIBUTED_TO") if "ended" not in r]
    return {
        (r["source"], r["target"], r["window"], r["email_domain"], *(r.get(c) for c in counts))
        for r in rows
    }


ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
IN_BYTES = re.compile(rb"[\w.+-]{3,}@[\w-]{2,}(?:\.[\w-]+)*\.[a-z]{2,}", re.ASCII)


def texts(folder: Path) -> str:
    """Everything below a folder: Parquet as values with metadata, other files as their bytes."""
    found = []
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        if file.suffix == ".parquet":
            table = pq.ParquetFile(file).read()
            values = [_distinct(column) for column in table.columns]
            found.append(f"{table.schema.metadata}{values}")
        else:
            found.append(file.read_bytes().decode("latin-1"))
    return "\n".join(found)


def _distinct(column: pa.ChunkedArray) -> list[Any]:
    flat = pc.list_flatten(column) if pa.types.is_list(column.type) else column
    return list(flat.unique().to_pylist())


def addresses(home: Path) -> set[str]:
    """What looks like an e-mail address anywhere below a folder, in values and in raw bytes."""
    raw = (f.read_bytes() for f in home.rglob("*") if f.is_file())
    found = {a.decode() for text in raw for a in IN_BYTES.findall(text)}
    return found.union(ADDRESS.findall(texts(home)))


@pytest.fixture
def busy(tmp_path: Path) -> Workshop:
    """Three people, a merge, co-authors, a review, a security fix, a robot, a mailmap."""
    made = workshop(tmp_path / "acme__tool")
    (made.path / ".mailmap").write_text(
        "Bob Sample <bob@gmail.com> <old-bob@nowhere-special.net>\n"
    )
    made.git("add", ".mailmap")
    made.commit(ANN, "2024-01-10")
    made.commit(("Bob", "old-bob@nowhere-special.net"), "2024-01-20")
    made.git("checkout", "--quiet", "-b", "side")
    made.commit(
        EVE,
        "2024-02-01",
        f"part\n\nCo-authored-by: Bob <old-bob@nowhere-special.net>\nCo-Authored-By: {EVE[0]} <{EVE[1]}>\n",
    )
    made.git("checkout", "--quiet", "main")
    made.commit(
        BOB,
        "2024-02-02",
        "fix CVE-2024-12345\n\nnot GHSA here\n\nReviewed-by: Ann Example <ANN@acme-tools.io>\nReviewed-by: nobody\n",
    )
    made.git(
        "merge",
        "--quiet",
        "--no-ff",
        "-m",
        "join",
        "side",
        **made.identity(ANN, "2024-02-03T12:00:00Z"),
    )
    made.commit(
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"), "2024-03-01"
    )
    return made


def test_work_is_counted_per_contributor_month_and_domain(busy: Workshop, tmp_path: Path) -> None:
    loaded = load(tmp_path / "home", "git_history", busy.path)
    assert loaded.ledger.failure == ""
    assert contributions(loaded) == {
        (who(ANN[1]), "acme/tool", "2024-01", "~rare", 1, 0, 0, 0),
        (who(ANN[1]), "acme/tool", "2024-02", "~rare", 0, 1, 1, 0),
        (who(BOB[1]), "acme/tool", "2024-01", "gmail.com", 1, 0, 0, 0),
        (who(BOB[1]), "acme/tool", "2024-02", "gmail.com", 2, 0, 0, 1),
        (who(EVE[1]), "acme/tool", "2024-02", "intel.com", 1, 0, 0, 0),
        (
            who("49699333+dependabot[bot]@users.noreply.github.com"),
            "acme/tool",
            "2024-03",
            "users.noreply.github.com",
            1,
            0,
            0,
            0,
        ),
    }
    assert loaded.ledger.skipped == {}
    assert loaded.ledger.omitted == {"co-authors and reviewers without an address": 1}
    assert {(n["id"], tuple(n["identifiers"])) for n in loaded.rows("Framework")} == {
        ("acme/tool", ("repository:https://github.com/acme/tool",))
    }
    people = loaded.rows("Contributor")
    assert all(
        p["identifiers"] == [f"contributor:{p['id']}"] and p["email_hashes"] == [p["id"]]
        for p in people
    )
    assert all(p["name"] == f"contributor {p['id'][:8]}" for p in people)
    assert sorted(p["bot_kind"] for p in people) == [
        "automation",
        "none",
        "none",
        "none",
    ]


def test_months_are_half_open_and_say_so(busy: Workshop, tmp_path: Path) -> None:
    rows = load(tmp_path / "home", "git_history", busy.path).rows("CONTRIBUTED_TO")
    row = next(r for r in rows if r["window"] == "2024-01")
    assert (str(row["valid_from"]), str(row["valid_to"])) == ("2024-01-01", "2024-02-01")
    assert (row["valid_from_precision"], row["valid_to_precision"]) == ("month", "month")
    assert row["url"] == "https://github.com/acme/tool"


def test_neither_names_nor_addresses_are_kept(busy: Workshop, tmp_path: Path) -> None:
    busy.git("bundle", "create", "--quiet", str(tmp_path / "acme__tool.bundle"), "HEAD", "main")
    for source in (busy.path, tmp_path / "acme__tool.bundle"):
        home = tmp_path / f"home-{source.suffix}"
        loaded = load(home, "git_history", source)
        kept = texts(loaded.folder) + texts(home / "cache")
        assert who(ANN[1]) in kept
        assert "@" not in kept
        for word in ("Ann", "Bob", "Eve", "Example", "acme-tools", "nowhere-special", "49699333"):
            assert word not in kept


def test_the_same_history_gives_the_same_partition(busy: Workshop, tmp_path: Path) -> None:
    first = load(tmp_path / "home", "git_history", busy.path)
    files = {f.name: f.read_bytes() for f in first.folder.rglob("*.parquet")}
    rows = {f.name: pq.read_table(f).to_pylist() for f in first.folder.rglob("*.parquet")}
    again = load(tmp_path / "home", "git_history", busy.path, now=NOW.replace(hour=1))
    other = load(tmp_path / "elsewhere", "git_history", busy.path)
    assert {f.name: f.read_bytes() for f in other.folder.rglob("*.parquet")} == files
    assert {f.name: pq.read_table(f).to_pylist() for f in again.folder.rglob("*.parquet")} == rows


def reading_calls(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Notes from which commit on each history is read."""
    from stackholder.loaders.git_history import commits

    seen: list[str | None] = []
    real = commits.read_history

    def noting(folder: Path, revision: str, since: str | None, *rest: Any) -> Any:
        seen.append(since)
        return real(folder, revision, since, *rest)

    monkeypatch.setattr(commits, "read_history", noting)
    return seen


def test_a_second_run_reads_only_new_commits(
    busy: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = reading_calls(monkeypatch)
    load(tmp_path / "home", "git_history", busy.path)
    head = busy.git("rev-parse", "HEAD")
    load(tmp_path / "home", "git_history", busy.path)
    busy.commit(("Ann at work", ANN[1]), "2024-05-05")
    busy.commit(("Zoe", "zoe@acme-tools.io"), "2024-05-06")
    busy.commit(("Kim", "kim@acme-tools.io"), "2024-05-07")
    grown = load(tmp_path / "home", "git_history", busy.path)
    assert seen == [None, head]
    whole = load(tmp_path / "fresh", "git_history", busy.path)
    assert contributions(grown) == contributions(whole)
    domains = {row[3] for row in contributions(grown) if row[0] == who(ANN[1])}
    assert domains == {"acme-tools.io"}, (
        "the third author opens the domain for the months before, too"
    )


def test_a_changed_mailmap_reads_all_anew(
    busy: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = reading_calls(monkeypatch)
    load(tmp_path / "home", "git_history", busy.path)
    (busy.path / ".mailmap").write_text(f"Bob Sample <{BOB[1]}> <{ANN[1]}>\n")
    loaded = load(tmp_path / "home", "git_history", busy.path)
    assert seen == [None, None]
    assert who(ANN[1]) not in {row[0] for row in contributions(loaded)}


def test_a_restarted_history_is_read_whole(
    busy: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = reading_calls(monkeypatch)
    load(tmp_path / "home", "git_history", busy.path)
    busy.git("checkout", "--quiet", "--orphan", "again")
    busy.commit(EVE, "2024-06-01")
    busy.git("branch", "-M", "again", "main")
    loaded = load(tmp_path / "home", "git_history", busy.path, now=NOW.replace(hour=2))
    assert seen == [None, None]
    assert contributions(loaded) == {(who(EVE[1]), "acme/tool", "2024-06", "intel.com", 1, 0, 0, 0)}
    assert len(loaded.rows("CONTRIBUTED_TO")) > 1, "what is stated no more is ended, not erased"


def bundled(made: Workshop, file: Path, *what: str) -> Path:
    made.git("bundle", "create", "--quiet", str(file), *(what or ("HEAD", "--all")))
    return file


def unpackings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Notes into which folders bundles are unpacked."""
    from stackholder.loaders.git_history import bundle

    seen: list[Path] = []
    real = bundle.unpacked

    @contextlib.contextmanager
    def noting(file: Path) -> Iterator[Path]:
        with real(file) as folder:
            seen.append(folder)
            yield folder

    monkeypatch.setattr(bundle, "unpacked", noting)
    return seen


def test_a_bundle_is_unpacked_outside_the_home_and_removed(
    busy: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = unpackings(monkeypatch)
    home, file = tmp_path / "home", bundled(busy, tmp_path / "acme__tool.bundle")
    load(home, "git_history", file)
    assert len(folders) == 1
    assert not folders[0].is_relative_to(home)
    assert not folders[0].exists()
    file.write_bytes(file.read_bytes()[:-40])
    assert load(home, "git_history", file).ledger.failure
    assert not list(Path(tempfile.gettempdir()).glob("stackholder-bundle-*"))


def test_an_unchanged_bundle_is_not_unpacked_again(
    busy: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = unpackings(monkeypatch)
    home, file = tmp_path / "home", bundled(busy, tmp_path / "acme__tool.bundle")
    first = load(home, "git_history", file)
    os.utime(file, (1, 1))
    monkeypatch.setenv("PATH", str(tmp_path))
    second = load(home, "git_history", file)
    assert second.ledger.failure == "", "not even git is needed"
    assert len(folders) == 1
    assert contributions(second) == contributions(first)
    assert (second.ledger.rows, second.ledger.rows_given, second.ledger.omitted) == (
        first.ledger.rows,
        first.ledger.rows_given,
        first.ledger.omitted,
    )


def test_of_a_changed_bundle_only_new_commits_are_read(
    busy: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = reading_calls(monkeypatch)
    home, file = tmp_path / "home", bundled(busy, tmp_path / "acme__tool.bundle")
    head = busy.git("rev-parse", "HEAD")
    first = load(home, "git_history", file)
    assert contributions(first) == contributions(load(tmp_path / "clone", "git_history", busy.path))
    busy.commit(EVE, "2024-07-01", "more\n\nReviewed-by: nobody\n")
    second = load(home, "git_history", bundled(busy, file))
    assert contributions(second) - contributions(first) == {
        (who(EVE[1]), "acme/tool", "2024-07", "intel.com", 1, 0, 0, 0)
    }
    assert seen == [None, None, head]
    assert second.ledger.rows == first.ledger.rows + 1
    assert second.ledger.omitted == {"co-authors and reviewers without an address": 2}


def test_a_bundle_of_new_commits_alone_is_refused_and_changes_nothing(
    busy: Workshop, tmp_path: Path
) -> None:
    home, file = tmp_path / "home", bundled(busy, tmp_path / "acme__tool.bundle")
    first = load(home, "git_history", file)
    head = busy.git("rev-parse", "HEAD")
    busy.commit(EVE, "2024-07-01")
    second = load(home, "git_history", bundled(busy, file, f"{head}..main", "HEAD"))
    assert "the bundle holds new commits only" in second.ledger.failure
    assert "git bundle create FILE HEAD --all" in second.ledger.failure
    assert contributions(second) == contributions(first)


def test_a_damaged_bundle_says_where_and_what_to_do(busy: Workshop, tmp_path: Path) -> None:
    bundle = tmp_path / "acme__tool.bundle"
    busy.git("bundle", "create", "--quiet", str(bundle), "HEAD", "main")
    whole = bundle.read_bytes()
    for number, broken in enumerate(
        (whole[:-40], b"", b"# v2 git bundle\n", whole[:200] + b"\0" * 64 + whole[264:])
    ):
        bundle.write_bytes(broken)
        failure = load(tmp_path / f"home{number}", "git_history", bundle).ledger.failure
        assert str(bundle) in failure
        assert "→" in failure


def test_a_bad_bundle_does_not_stop_the_others(busy: Workshop, tmp_path: Path) -> None:
    folder = tmp_path / "several"
    folder.mkdir()
    (folder / "aaa__bad.bundle").write_bytes(b"# v2 git bundle\nnonsense")
    busy.git("bundle", "create", "--quiet", str(folder / "acme__tool.bundle"), "HEAD", "main")
    (folder / "README.md").write_text("not a repository")
    loaded = load(tmp_path / "home", "git_history", folder)
    assert "aaa__bad.bundle" in loaded.ledger.failure
    assert {(s.name, s.finished) for s in loaded.ledger.scopes} == {
        ("aaa/bad", False),
        ("acme/tool", True),
    }
    assert len(contributions(loaded)) == 6


def test_a_repository_without_commits_is_a_project_without_work(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__empty")
    loaded = load(tmp_path / "home", "git_history", made.path)
    assert loaded.ledger.failure == ""
    assert [f["id"] for f in loaded.rows("Framework")] == ["acme/empty"]
    assert contributions(loaded) == set()
    assert (loaded.ledger.rows, loaded.ledger.rows_given) == (0, 0)


def test_a_folder_inside_a_repository_is_not_taken_for_it(busy: Workshop, tmp_path: Path) -> None:
    (busy.path / "docs").mkdir()
    failure = load(tmp_path / "home", "git_history", busy.path / "docs").ledger.failure
    assert "no repository, bundle or commit table" in failure


def test_a_shallow_clone_is_refused(busy: Workshop, tmp_path: Path) -> None:
    busy.git(
        "clone", "--quiet", "--depth", "1", f"file://{busy.path}", str(tmp_path / "acme__shallow")
    )
    failure = load(tmp_path / "home", "git_history", tmp_path / "acme__shallow").ledger.failure
    assert "git fetch --unshallow" in failure


def test_missing_objects_end_in_an_error_and_not_in_fewer_commits(
    busy: Workshop, tmp_path: Path
) -> None:
    lost = busy.git("rev-parse", "HEAD~3")
    (busy.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    loaded = load(tmp_path / "home", "git_history", busy.path)
    assert "git log failed" in loaded.ledger.failure
    assert contributions(loaded) == set()


def test_git_that_is_not_installed_is_said(
    busy: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (
        "git is not installed" in load(tmp_path / "home", "git_history", busy.path).ledger.failure
    )


def test_replace_refs_and_other_branches_are_left_alone(busy: Workshop, tmp_path: Path) -> None:
    before = contributions(load(tmp_path / "one", "git_history", busy.path))
    head = busy.git("rev-parse", "HEAD")
    busy.git("checkout", "--quiet", "--orphan", "elsewhere")
    other = busy.commit(EVE, "2020-01-01")
    busy.git("update-ref", "refs/pull/7/head", other)
    busy.git("checkout", "--quiet", "main")
    busy.git("replace", head, other)
    assert contributions(load(tmp_path / "two", "git_history", busy.path)) == before


def test_settings_of_a_repository_run_nothing(busy: Workshop, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("gpg.program", "core.fsmonitor", "core.pager", "diff.external"):
        busy.git("config", key, str(trap))
    busy.git("config", "log.showSignature", "true")
    assert load(tmp_path / "home", "git_history", busy.path).ledger.failure == ""
    assert not (tmp_path / "sprung").exists()


def test_clocks_wrong_by_decades_are_counted_and_left_out(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__clock")
    made.commit(ANN, "2024-01-10")
    made.commit(ANN, "1980-01-01")
    made.commit(ANN, "2039-01-01")
    made.raw(
        b"author Ann <ann@acme-tools.io> 99999999999999 +0000\ncommitter Ann <ann@acme-tools.io> 1 +0000\n",
        b"far\n",
    )
    loaded = load(tmp_path / "home", "git_history", made.path)
    assert {(row[2], row[4]) for row in contributions(loaded)} == {("2024-01", 1)}
    assert loaded.ledger.skipped["commits dated before 1990"] >= 1
    assert (
        sum(n for reason, n in loaded.ledger.skipped.items() if reason.startswith("commits dated"))
        == 3
    )


def test_old_encodings_are_read(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__old")
    made.commit(ANN, "2024-01-10")
    person = "Пётр".encode("cp1251")
    line = (
        b"author %s <petr@gmail.com> 1706000000 +0300\ncommitter %s <petr@gmail.com> 1706000000 +0300\n"
        % (person, person)
    )
    made.raw(line, "правка\n\nCo-authored-by: Боб <bob@gmail.com>\n".encode("cp1251"))
    made.raw(
        line.replace(b"+0300\ncommitter", b"+0300\ncommitter") + b"encoding windows-1251\n",
        "правка\n".encode("cp1251"),
    )
    loaded = load(tmp_path / "home", "git_history", made.path)
    assert loaded.ledger.failure == ""
    assert {(row[0], row[4]) for row in contributions(loaded)} == {
        (who(ANN[1]), 1),
        (who("petr@gmail.com"), 2),
        (who(BOB[1]), 1),
    }


def test_mirrors_belong_to_their_company(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__mirrored")
    made.commit(("A. Unique TensorFlower", "gardener@tensorflow.org"), "2024-01-10")
    made.commit(
        ("Facebook Github Bot", "facebook-github-bot@users.noreply.github.com"), "2024-01-11"
    )
    loaded = load(tmp_path / "home", "git_history", made.path)
    assert loaded.triples("EMPLOYS") == {
        ("google", "EMPLOYS", who("gardener@tensorflow.org")),
        ("meta-platforms", "EMPLOYS", who("facebook-github-bot@users.noreply.github.com")),
    }
    assert {r["signal"] for r in loaded.rows("EMPLOYS")} == {"service_identity"}
    assert {p["bot_kind"] for p in loaded.rows("Contributor")} == {"mirror"}
    assert (
        "wikidata:Q95"
        in next(c for c in loaded.rows("Company") if c["id"] == "google")["identifiers"]
    )


def test_a_robot_s_address_is_a_person_s_by_more_authored_commits_than_the_robot_s(
    tmp_path: Path,
) -> None:
    made = workshop(tmp_path / "acme__shared")
    kinds = []
    made.commit(("Release Bot", ANN[1]), "2024-01-10")
    for hour, date in enumerate(("2024-01-11", "2024-01-12", "2024-01-13"), 1):
        loaded = load(tmp_path / "home", "git_history", made.path, now=NOW.replace(hour=hour))
        kinds.append([p["bot_kind"] for p in loaded.rows("Contributor")])
        made.commit(ANN, date)
    loaded = load(tmp_path / "home", "git_history", made.path, now=NOW.replace(hour=9))
    kinds.append([p["bot_kind"] for p in loaded.rows("Contributor")])
    assert kinds == [["automation"], ["automation"], ["none"], ["none"]]
    anew = load(tmp_path / "other", "git_history", made.path)
    assert [p["bot_kind"] for p in anew.rows("Contributor")] == ["none"]


def test_to_be_credited_turns_no_robot_human(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__credited")
    made.commit(("Release Bot", "release@nvidia.com"), "2024-01-10")
    for day in range(11, 15):
        message = "work\n\nCo-authored-by: Release <release@nvidia.com>"
        made.commit(ANN, f"2024-01-{day}", message)
    loaded = load(tmp_path / "home", "git_history", made.path)
    kinds = {p["id"]: p["bot_kind"] for p in loaded.rows("Contributor")}
    assert kinds == {who("release@nvidia.com"): "automation", who(ANN[1]): "none"}


# ------------------------------------------------------------------ employers of private addresses

JANE = "Jane Roe"
HOME = (JANE, "jane.roe@gmail.com")
OFFICE = (JANE, "jroe@nvidia.com")


def employers(loaded: Loaded) -> set[tuple[Any, ...]]:
    """(employer, signal, from, to) of the private address."""
    return {
        (e["source"], e["signal"], str(e["valid_from"]), str(e["valid_to"]))
        for e in loaded.rows("EMPLOYS")
        if e["target"] == who(HOME[1])
    }


def test_a_name_tells_an_employer_from_three_uses_of_its_company_address_on(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__named")
    made.commit(HOME, "2024-03-10")
    seen = []
    for hour, day in enumerate((11, 12, 13), 1):
        made.commit(OFFICE, f"2024-03-{day}")
        loaded = load(tmp_path / "home", "git_history", made.path, now=NOW.replace(hour=hour))
        seen.append(employers(loaded))
    assert seen == [set(), set(), {("nvidia", "name_link", "2024-03-01", "2024-04-01")}]


def test_a_university_s_address_tells_no_employer_of_a_name(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__studied")
    made.commit(HOME, "2024-03-10")
    for day in range(11, 16):
        made.commit((JANE, "jroe@mit.edu"), f"2024-03-{day}")
    loaded = load(tmp_path / "home", "git_history", made.path)
    assert employers(loaded) == set()
    for day in range(16, 19):
        made.commit(OFFICE, f"2024-03-{day}")
    loaded = load(tmp_path / "home", "git_history", made.path, now=NOW.replace(hour=3))
    assert {e[:2] for e in employers(loaded)} == {("nvidia", "name_link")}


def test_an_own_sign_off_tells_the_employer_and_overrules_no_domain(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__signed")
    signed = f"work\n\nSigned-off-by: {JANE} <{OFFICE[1]}>"
    made.commit(HOME, "2024-03-10", signed)
    made.commit(HOME, "2024-05-10")
    made.commit(("John Doe", "john@gmail.com"), "2024-03-11", signed)
    made.commit((JANE, "jane@google.com"), "2024-03-12", signed)
    loaded = load(tmp_path / "home", "git_history", made.path)
    assert employers(loaded) == {("nvidia", "sign_off", "2024-03-01", "2024-04-01")}
    told = {e["target"] for e in loaded.rows("EMPLOYS")}
    assert told == {who(HOME[1])}


def test_the_address_behind_a_map_of_identities_tells_the_employer(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__mapped")
    (made.path / ".mailmap").write_text(f"{JANE} <{HOME[1]}> <{OFFICE[1]}>\n")
    made.git("add", ".mailmap")
    made.commit(OFFICE, "2024-03-10")
    made.commit(HOME, "2024-06-10")
    loaded = load(tmp_path / "home", "git_history", made.path)
    assert {r["source"] for r in loaded.rows("CONTRIBUTED_TO")} == {who(HOME[1])}
    assert employers(loaded) == {("nvidia", "mailmap", "2024-03-01", "2024-04-01")}
    assert not addresses(tmp_path / "home")


def test_pseudonymised_identities_keep_their_id(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__masked")
    made.commit(("u-0123456789abcdef", "0123456789abcdef@rare.invalid"), "2024-01-10")
    made.commit(
        ("bot-00000000000000aa[bot]", "00000000000000aa@users.noreply.github.com"), "2024-01-11"
    )
    made.commit(("svc-00000000000000bb", "00000000000000bb@google.com"), "2024-01-12")
    table = {
        "commit_sha": ["a" * 40, "b" * 40, "c" * 40],
        "author_id": ["0123456789abcdef", "00000000000000aa", "00000000000000bb"],
        "email_domain": ["~rare", "users.noreply.github.com", "google.com"],
        "author_time": [1704888000, 1704974400, 1705060800],
        "insertions": [1, 1, 1],
        "is_bot": [False, True, True],
        "is_service_identity": [False, False, True],
    }
    file = tmp_path / "tables" / "acme__masked.parquet"
    file.parent.mkdir()
    pq.write_table(pa.table(table), file)
    from_git, from_table = (
        load(tmp_path / "one", "git_history", made.path),
        load(tmp_path / "two", "git_history", file),
    )
    assert {r[:5] for r in contributions(from_git)} == {r[:5] for r in contributions(from_table)}
    assert {r[0] for r in contributions(from_git)} == set(table["author_id"])
    for loaded in (from_git, from_table):
        assert loaded.triples("EMPLOYS") == {("google", "EMPLOYS", "00000000000000bb")}
        kinds = {(p["id"], p["bot_kind"]) for p in loaded.rows("Contributor")}
        assert kinds == {
            ("0123456789abcdef", "none"),
            ("00000000000000aa", "automation"),
            ("00000000000000bb", "mirror"),
        }
    assert from_table.ledger.unread == {"insertions": 1}


def test_a_table_with_addresses_or_without_columns_is_refused(tmp_path: Path) -> None:
    columns = {
        "commit_sha": ["a", "ann@acme-tools.io", "c", "d"],
        "author_id": ["0123456789abcdef", "Ann Example", "0123456789abcdef", "0123456789abcdef"],
        "email_domain": ["gmail.com", "gmail.com", "ann@acme-tools.io", "Ann Example"],
        "author_time": [1704888000] * 4,
        "is_bot": [False, None, None, None],
        "is_service_identity": [False, None, None, None],
    }
    file = tmp_path / "acme__table.parquet"
    pq.write_table(pa.table(columns), file)
    loaded = load(tmp_path / "home", "git_history", file)
    assert [(at, field) for at, field, _ in loaded.refusals()] == [
        ("acme__table.parquet row 2", "author_id"),
        ("acme__table.parquet row 3", "email_domain"),
        ("acme__table.parquet row 4", "email_domain"),
    ]
    assert tally(loaded) == (4, 1, 3, 0)
    assert "@" not in texts(loaded.folder)
    assert len(contributions(loaded)) == 1
    del columns["is_bot"]
    pq.write_table(pa.table(columns), file)
    assert (
        "the column is_bot is missing"
        in load(tmp_path / "home", "git_history", file).ledger.failure
    )
    file.write_bytes(b"PAR1 nonsense")
    assert "not a commit table" in load(tmp_path / "home", "git_history", file).ledger.failure


def test_the_history_of_a_repository_goes_before_its_table(busy: Workshop, tmp_path: Path) -> None:
    folder = tmp_path / "both"
    folder.mkdir()
    shutil.copytree(busy.path, folder / "acme__tool")
    pq.write_table(pa.table({"commit_sha": ["a"]}), folder / "acme__tool.parquet")
    loaded = load(tmp_path / "home", "git_history", folder)
    assert len(contributions(loaded)) == 6
    assert loaded.ledger.skipped["a second copy of a repository that is read"] == 1


def test_a_clone_is_known_by_its_remote(busy: Workshop, tmp_path: Path) -> None:
    busy.git("remote", "add", "origin", "https://user:secret@github.com/microsoft/DeepSpeed.git")
    loaded = load(tmp_path / "home", "git_history", busy.path)
    framework = loaded.rows("Framework")[0]
    assert framework["id"] == "microsoft/deepspeed"
    assert framework["identifiers"] == [
        "repository:https://github.com/deepspeedai/DeepSpeed",
        "repository:https://github.com/microsoft/DeepSpeed",
    ]
    assert "secret" not in texts(loaded.folder)


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://github.com/numpy/numpy.git", "https://github.com/numpy/numpy"),
        ("git@github.com:numpy/numpy.git", "https://github.com/numpy/numpy"),
        ("ssh://git@gitlab.example.org:2222/a/b/c.git/", "https://gitlab.example.org/a/b/c"),
        ("/srv/git/numpy.git", None),
        ("file:///srv/git.d/numpy", None),
        ("../numpy.git", None),
        ("C:/work/numpy", None),
    ],
)
def test_remotes_are_read_in_every_spelling(remote: str, url: str | None) -> None:
    address = Address.of_remote(remote)
    assert (address.url if address else None) == url


@pytest.mark.parametrize(
    ("domain", "kept"),
    [
        ("gmail.com", "gmail.com"), ("intel.com", "intel.com"), ("cs.washington.edu", "washington.edu"),
        ("cs.unknown-college.ac.nz", "unknown-college.ac.nz"), ("alum.mit.edu", "alum.mit.edu"), ("", "~none"),
        ("laptop", "~local"), ("ann.local", "~local"), ("192.168.0.1", "~local"), ("ann-example.org", None),
        ("users.noreply.github.com", "users.noreply.github.com"),
    ],
)  # fmt: skip
def test_domains_are_kept_only_where_they_name_no_person(domain: str, kept: str | None) -> None:
    assert generalised(domain) == kept


def test_a_domain_with_the_owner_s_name_is_personal() -> None:
    assert looks_personal("Ann Example", "x@ann-example.org")
    assert looks_personal("Somebody", "me@deep.space")
    assert not looks_personal("Ann Example", "aexample@startup.io")


def test_robots_are_known_by_name_address_and_ending() -> None:
    def kind(name: str, address: str) -> Bot:
        return actor(name, address, who).bot

    assert kind("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com") == Bot(
        "automation"
    )
    assert kind("Claude", "noreply@anthropic.com") == Bot("automation")
    assert kind("Our Release Bot", "release@acme-tools.io") == Bot("automation")
    assert kind("Copybara-Service", "copybara-worker@google.com") == Bot("mirror", "google")
    assert kind("Talbot", "talbot@gmail.com") == Bot("none")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Claude Sonnet 5", "noreply@anthropic.com"),
        ("Claude", "claude@anthropic.com"),
        ("Codex", "noreply@openai.com"),
        ("codex (gpt-7)", "codex@openai.com"),
        ("Somebody", "qwen-coder@alibabacloud.com"),
        ("Gemini 3 Pro", "gemini@google.com"),
        ("gemini-cli", "dev@acme-tools.io"),
        ("Junie", "junie@jetbrains.com"),
        ("aider (some-model)", "noreply@aider.chat"),
        ("Jules", "jules@google.com"),
        ("Oz", "oz@warp.dev"),
        ("Goose", "no-reply@acme-tools.io"),
        ("Codex", "12+chatgpt-codex-connector[bot]@users.noreply.github.com"),
        ("Gemini AI", "gemini@users.noreply.github.com"),
    ],
)
def test_assistants_are_tools_whoever_makes_them(name: str, address: str) -> None:
    assert actor(name, address, who).bot == Bot("automation")
    assert credited(name, address, who).bot == Bot("automation")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Claude Monod", "claude@monod-lab.fr"),
        ("Claude", "claude@monod-lab.fr"),
        ("Jules", "77+jules@users.noreply.github.com"),
        ("Devin Rivers", "devin@intel.com"),
        ("Eve Third", "eve@openai.com"),
        ("Amperage Jones", "amp@intel.com"),
        ("Ann Example", "12+ann@users.noreply.github.com"),
        ("Li Ai", "li.ai@intel.com"),
    ],
)
def test_people_called_like_an_assistant_or_employed_by_its_maker_stay_people(
    name: str, address: str
) -> None:
    assert actor(name, address, who).bot == Bot("none")
    assert credited(name, address, who).bot == Bot("none")


@pytest.mark.parametrize(
    ("name", "address", "kind"),
    [
        ("Frost-5", "frost@acme-tools.io", "automation"),
        ("Frost M2 (large)", "frost@intel.com", "automation"),
        ("Frost", "frost@acme-tools.io", "none"),
        ("frost99", "frost@gmail.com", "none"),
    ],
)
def test_a_product_credited_with_its_version_at_its_maker_is_a_tool(
    name: str, address: str, kind: str
) -> None:
    assert credited(name, address, who).bot == Bot(kind)


def test_who_is_credited_at_an_address_without_reply_is_a_tool_and_no_mirror(
    tmp_path: Path,
) -> None:
    made = workshop(tmp_path / "acme__tool")
    made.commit(("The Team", "no-reply@google.com"), "2024-01-10")
    credit = "work\n\nCo-authored-by: Newest Thing <no-reply@google.com>\nReviewed-by: Review <noreply@intel.com>"
    made.commit(ANN, "2024-01-11", credit)
    loaded = load(tmp_path / "home", "git_history", made.path)
    kinds = {p["id"]: p["bot_kind"] for p in loaded.rows("Contributor")}
    work = [r for r in loaded.rows("CONTRIBUTED_TO") if kinds[r["source"]] == "mirror"]
    assert sum(r["commits"] for r in work) == 1
    assert sorted(kinds.values()) == ["automation", "automation", "mirror", "none"]
    reason = "co-authors and reviewers that are tools: they count for nobody"
    assert loaded.ledger.omitted[reason] == 2


def test_head_of_a_branch_that_is_gone_means_the_usual_one_or_the_only_one(tmp_path: Path) -> None:
    made = workshop(tmp_path / "acme__tool")
    made.commit(ANN, "2024-01-10")
    made.git("symbolic-ref", "HEAD", "refs/heads/gone")
    assert len(contributions(load(tmp_path / "main", "git_history", made.path))) == 1
    made.git("branch", "-m", "main", "trunk")
    assert len(contributions(load(tmp_path / "only", "git_history", made.path))) == 1
    made.git("branch", "other", "trunk")
    failed = load(tmp_path / "two", "git_history", made.path).ledger.failure
    assert "HEAD names a branch that is not there" in failed
    assert "git symbolic-ref HEAD refs/heads/other" in failed


def test_a_trailer_goes_on_in_lines_that_begin_with_a_space() -> None:
    said = trailers(
        b"Subject\n\nCo-authored-by: Ann Example\n  <ann@x.org>,\n\tBob Sample <bob@x.org>\n"
        b" Signed-off-by: Fay <fay@x.org>\r\nCo-developed-by: Eve Third <eve@x.org>\r\n"
        b"Reviewed-by:\n Dan <dan@x.org>\n * no <part> of it\n"
    )
    assert said.coauthors == (
        (b"Ann Example", b"ann@x.org"),
        (b"Bob Sample", b"bob@x.org"),
        (b"Eve Third", b"eve@x.org"),
    )
    assert said.reviewers == ((b"Dan", b"dan@x.org"),)
    assert said.nameless == 0


def test_trailers_of_squashed_commits_are_found() -> None:
    parts = (
        *(b"Subject", b"* one", b"Co-authored-by: A <a@x.org>", b"* two", b"see CVE-2020-1234"),
        b"Fixes: GHSA-2345-6789-cfgh\nco-authored-by: B <b@x.org>\n",
    )
    message = b"\n\n".join(parts)
    said = trailers(message)
    assert said.coauthors == ((b"A", b"a@x.org"), (b"B", b"b@x.org"))
    assert said.security
    assert not trailers(
        b"Subject\n\nwe wrote about CVE-2020-1234 in the body\n\nSigned-off-by: A <a@x.org>\n"
    ).security
    assert trailers(b"CVE-2020-1234: bound the read\n").security


def bundles() -> list[Path]:
    found = sorted((REAL / "bundles").glob("*.bundle"))
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"the real bundles are missing: {REAL}")
        pytest.skip(f"the real bundles are not here: {REAL}")
    return found


CREDITS = "%x00%aE%n%(trailers:key=Co-authored-by,valueonly)"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_all_real_bundles_meet_an_independent_count(tmp_path: Path) -> None:
    files = bundles()
    home = tmp_path / "home"
    loaded = load(home, "git_history", REAL / "bundles")
    assert loaded.ledger.failure == ""
    assert len(loaded.ledger.scopes) == len(files) == 16
    counted: dict[str, dict[str, int]] = {}
    for row in loaded.rows("CONTRIBUTED_TO"):
        sums = counted.setdefault(row["target"], {"commits": 0, "merges": 0})
        sums["commits"] += row["commits"]
        sums["merges"] += row["merges"]
    every = signatures = 0
    for file in files:
        bare = Workshop(tmp_path / file.stem)
        subprocess.run(["git", "clone", "--quiet", "--bare", str(file), str(bare.path)], check=True)
        own = int(bare.git("rev-list", "--count", "--no-merges", "HEAD"))
        merges = int(bare.git("rev-list", "--count", "--merges", "HEAD"))
        every += own + merges
        signatures += bare.git("log", "--format=%B", "HEAD").count("\nSigned-off-by: ")
        more = 0
        for block in bare.git("log", "--no-merges", f"--format={CREDITS}", "HEAD").split("\0")[1:]:
            author, *others = block.strip().splitlines()
            more += len(
                {o.partition("<")[2].partition("@")[0].rstrip(">") for o in others if o}
                - {author.partition("@")[0]}
            )
        name = file.stem.replace("__", "/").lower()
        near = counted[name]["commits"] - own
        assert counted[name]["merges"] == merges
        # A mailmap may join co-authors whom the plain trailers tell apart.
        assert near == more or (bare.git("ls-tree", "HEAD", ".mailmap") and near <= more)
    assert tally(loaded) == (every, every, 0, 0)
    assert every == 86_575
    tools = "co-authors and reviewers that are tools: they count for nobody"
    signed = "sign-offs: where a change came from, no work of its own"
    assert loaded.ledger.omitted == {tools: 869, signed: signatures}
    assert addresses(home) == set(), "nothing in the home holds an address"
    again = load(home, "git_history", REAL / "bundles", now=NOW.replace(hour=4))
    assert again.ledger.edges == loaded.ledger.edges
    assert tally(again) == tally(loaded)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_all_real_tables_meet_an_independent_count(tmp_path: Path) -> None:
    bundles()
    loaded = load(tmp_path / "home", "git_history", REAL / "commits")
    assert loaded.ledger.failure == ""
    query = f"""
        SELECT lower(replace(regexp_extract(filename, '([^/]+)\\.parquet', 1), '__', '/')),
               count(*), count(DISTINCT author_id)
        FROM read_parquet('{REAL}/commits/*.parquet', filename = true) GROUP BY 1
    """
    expected = {name: (commits, authors) for name, commits, authors in duckdb.sql(query).fetchall()}
    counted: dict[str, tuple[int, set[str]]] = {}
    for row in loaded.rows("CONTRIBUTED_TO"):
        commits, authors = counted.get(row["target"], (0, set()))
        counted[row["target"]] = (commits + row["commits"], authors | {row["source"]})
    assert {
        name: (commits, len(authors)) for name, (commits, authors) in counted.items()
    } == expected
    assert len(expected) == 22
    mirrors = duckdb.sql(
        f"SELECT DISTINCT author_id FROM read_parquet('{REAL}/commits/*.parquet') WHERE is_service_identity"
    )
    assert loaded.triples("EMPLOYS") == {
        ("google", "EMPLOYS", author) for (author,) in mirrors.fetchall()
    }
    assert "@" not in texts(loaded.folder)


@pytest.mark.timeout(600)
def test_bundles_and_tables_name_the_same_people(tmp_path: Path) -> None:
    """The authors of a bundle are those of its table."""
    file = next(f for f in bundles() if f.stem == "facebookresearch__faiss")
    history = load(tmp_path / "one", "git_history", file)
    table = load(tmp_path / "two", "git_history", REAL / "commits" / f"{file.stem}.parquet")
    authors = {row[0] for row in contributions(table)}
    assert authors <= {row[0] for row in contributions(history)}
    domains = {(row[0], row[3]) for row in contributions(table)}
    assert domains <= {(row[0], row[3]) for row in contributions(history)}


def aggregated(folder: Path, commits: Path) -> list[dict[str, str]]:
    nodes = folder / "nodes"
    nodes.mkdir()
    owners = csv.DictReader((LISTS / "organisations.csv").read_text().splitlines())
    kinds = [(row["id"], row["kind"]) for row in owners]
    for kind in ("Company", "Institution"):
        ids = "\n".join(i for i, k in kinds if k == kind)
        (nodes / f"{kind}.csv").write_text(f"id\n{ids}\n")
    tables = [f.stem.replace("__", "/") for f in commits.glob("*.parquet")]
    rows = "\n".join(
        f"{t.lower()},{'repository:' + Address('github.com', t).current}" for t in tables
    )
    (nodes / "Framework.csv").write_text(f"id,identifiers\n{rows}\n")
    assert main([str(commits), str(folder / "out.csv"), "--nodes", str(nodes)]) == 0
    with (folder / "out.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_aggregates_hold_organisations_and_no_persons(tmp_path: Path) -> None:
    folder = tmp_path / "commits"
    folder.mkdir()
    people = [
        "00000000000000a1",
        "00000000000000a2",
        "00000000000000a3",
        "00000000000000a4",
        "00000000000000a5",
    ]
    domains = ["xilinx.com", "xilinx.com", "gmail.com", "users.noreply.github.com", "google.com"]
    columns = {
        "commit_sha": [f"{n:040d}" for n in range(5)],
        "author_id": people,
        "email_domain": domains,
        "author_time": [1640995200, 1672531200, 1672531200, 1672531200, 1672531200],
        "is_bot": [False, False, False, True, True],
        "is_service_identity": [False, False, False, False, True],
    }
    pq.write_table(pa.table(columns), folder / "microsoft__DeepSpeed.parquet")
    rows = aggregated(tmp_path, folder)
    assert {
        (r["source"], r["window"], r["commits"], r["total"], r["share"], r["high"]) for r in rows
    } == {
        ("xilinx", "all", "1", "4", "0.25", "0.5"),
        ("amd", "all", "1", "4", "0.25", "0.5"),
        ("google", "all", "1", "4", "0.25", "0.5"),
        ("xilinx", "2022", "1", "1", "1.0", "1.0"),
        ("amd", "2023", "1", "3", "0.333333", "0.666667"),
        ("google", "2023", "1", "3", "0.333333", "0.666667"),
    }
    assert {r["source_url"] for r in rows} == {"https://github.com/deepspeedai/DeepSpeed"}
    assert not any(person in value for person in people for r in rows for value in r.values())


def test_a_clone_is_aggregated_as_it_is_built_and_co_authors_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = workshop(tmp_path / "acme__built")
    made.git("remote", "add", "origin", "https://github.com/acme/built")
    credit = f"work\n\nCo-authored-by: {BOB[0]} <{BOB[1]}>"
    made.commit(OFFICE, "2024-03-10", credit)
    made.commit(OFFICE, "2024-03-11", credit)
    made.commit(OFFICE, "2024-03-12")
    made.commit(HOME, "2024-03-13")
    made.commit(("Odd One", "odd@gmail.com"), "2024-03-14")
    loaded = load(tmp_path / "home", "git_history", made.path)
    sums = {
        name: sum(r.get(name) or 0 for r in loaded.rows("CONTRIBUTED_TO"))
        for name in ("commits", "coauthored")
    }
    assert sums == {"commits": 7, "coauthored": 2}
    out = tmp_path / "out.csv"
    assert main([str(made.path), str(out)]) == 0
    with out.open(newline="") as stream:
        rows = [r for r in csv.DictReader(stream) if r["window"] == "all"]
    shown = [(r["source"], r["target"], r["commits"], r["total"]) for r in rows]
    assert shown == [("nvidia", "acme/built", "4", "5")]
    assert "no framework of the nodes; its rows are under acme/built" in capsys.readouterr().err


def test_an_organisation_without_a_node_stops_no_aggregate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nodes = tmp_path / "nodes"
    nodes.mkdir()
    (nodes / "Company.csv").write_text("id\nacme\n")
    made = workshop(tmp_path / "acme__lonely")
    made.git("remote", "add", "origin", "https://github.com/acme/lonely")
    made.commit(OFFICE, "2024-03-10")
    out = tmp_path / "out.csv"
    assert main([str(made.path), str(out), "--nodes", str(nodes)]) == 0
    assert "nvidia" in out.read_text()
    nameless = workshop(tmp_path / "nameless")
    nameless.commit(OFFICE, "2024-03-10")
    assert main([str(nameless.path), str(out)]) == 0
    assert "nothing says where it is published" in capsys.readouterr().err


@pytest.mark.timeout(600)
def test_aggregates_of_the_real_tables_meet_plain_sql(tmp_path: Path) -> None:
    bundles()
    rows = aggregated(tmp_path, REAL / "commits")
    assert len({r["target"] for r in rows}) == 22
    every = {
        (r["target"], r["source"]): (int(r["commits"]), int(r["total"]))
        for r in rows
        if r["window"] == "all"
    }
    cases = {
        (
            "facebookresearch/faiss",
            "meta-platforms",
        ): "(^|[.])(meta|fb|facebook|oculus|tfbnw)[.](com|net)$",
        ("numpy/numpy", "uc-berkeley"): "(^|[.])berkeley[.]edu$",
        ("ollama/ollama", "ollama-inc"): "(^|[.])ollama[.]com$",
        ("googleapis/python-aiplatform", "google"): "(^|[.])google[.]com$",
    }
    for (target, organisation), pattern in cases.items():
        file = next(
            f
            for f in (REAL / "commits").glob("*.parquet")
            if f.stem.replace("__", "/").lower() == target
        )
        query = f"""
            SELECT count(*) FILTER (regexp_matches(email_domain, '{pattern}')), count(*)
            FROM read_parquet('{file}') WHERE NOT is_bot OR is_service_identity
        """
        assert every[target, organisation] == duckdb.sql(query).fetchall()[0]


def test_ledger_is_readable_as_json(busy: Workshop, tmp_path: Path) -> None:
    loaded = load(tmp_path / "home", "git_history", busy.path)
    assert (
        json.loads((loaded.folder / "ledger.json").read_text())["licence"]
        == "LicenseRef-commit-metadata"
    )
