"""The loader of Python packages: what it states, what it keeps to itself, what real reports hold."""

from __future__ import annotations

import csv
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from loading import Loaded, load
from packaging.utils import canonicalize_name
from stackholder.errors import SourceError
from stackholder.loaders.python_packages import reading
from stackholder.loaders.python_packages.conditions import condition_of, holds_everywhere
from stackholder.loaders.python_packages.installing import dry_run
from stackholder.loaders.python_packages.licences import licences
from stackholder.loaders.python_packages.publishers import Description, of_parent, publisher
from stackholder.loaders.python_packages.reading import Dependency, Package, read_packages

SAMPLE = Path(reading.__file__).parent / "sample"
REPOSITORY = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("STACKHOLDER_REAL_DATA", REPOSITORY.parent / "shared" / "data"))
REPORTS = REAL / "pip-reports"


def real(file: Path) -> Path:
    """A real file; where it is absent, the test is skipped by name, and fails in CI."""
    if not file.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{file} is missing: set STACKHOLDER_REAL_DATA")
        pytest.skip(f"no {file}")
    return file


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(tmp_path_factory.mktemp("report"), "python_packages", SAMPLE / "report.json")


@pytest.fixture(scope="module")
def lockfile(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(tmp_path_factory.mktemp("lockfile"), "python_packages", SAMPLE / "pylock.toml")


def everything(loaded: Loaded) -> str:
    """All that a run wrote, as text."""
    kinds = ("Package", "License", "Company", "Institution")
    relations = ("DEPENDS_ON", "LICENSED_UNDER", "PUBLISHES")
    rows = [loaded.rows(name) for name in (*kinds, *relations)]
    return f"{rows}{loaded.refusals()}{loaded.ledger.to_json()}"


# ---------------------------------------------------------------------- reports


def test_packages_are_known_by_purl_and_normalised_name(report: Loaded) -> None:
    found = {(r["id"], r["name"], r["latest"], *r["identifiers"]) for r in report.rows("Package")}
    assert {f for f in found if f[0] != f"pypi/{f[1]}"} == {
        ("pypi/aurora", "Aurora", "2.0.1", "purl:pkg:pypi/aurora"),
        ("pypi/glacier-runtime", "glacier_runtime", "13.2", "purl:pkg:pypi/glacier-runtime"),
    }
    assert {r["ecosystem"] for r in report.rows("Package")} == {"pypi"}
    assert len(found) == 11


def test_markers_and_requested_extras_decide_what_is_needed(report: Loaded) -> None:
    found = {
        (e["source"][5:], e["target"][5:], e["kind"], e.get("requirement"), e.get("condition"))
        for e in report.rows("DEPENDS_ON")
    }
    linux = "platform_system == 'Linux'"
    assert found == {
        ("aurora", "borealis", "runtime", ">=1.0", None),
        ("aurora", "comet", "runtime", '[fast]<3 ; python_version >= "3.8"', None),
        ("aurora", "tundra", "optional", '(>=0.1) ; extra == "gpu"', "extra: gpu"),
        ("aurora", "krill", "optional", '>=1 ; extra == "test"', "extra: test"),
        ("aurora", "fjord", "runtime", '@ (an address) ; python_version >= "3"', None),
        ("borealis", "glacier-runtime", "runtime", '==13.*; platform_system == "Linux"', linux),
        ("comet", "glacier-runtime", "optional", '>=12 ; extra == "fast"', "extra: fast"),
        ("comet", "ice-floe", "optional", '; extra == "fast"', "extra: fast"),
        ("comet", "krill", "optional", '; extra == "slow"', "extra: slow"),
        ("tundra", "glacier-runtime", "runtime", None, None),
        ("fjord", "moraine", "runtime", None, None),
        ("moraine", "drumlin", "runtime", None, None),
        ("esker", "glacier-runtime", "runtime", None, None),
    }


def test_what_a_report_states_does_not_hold_before_the_year_of_the_pip_that_wrote_it(
    report: Loaded, tmp_path: Path
) -> None:
    version = json.loads((SAMPLE / "report.json").read_text())["pip_version"]
    stated = {str(e.get("valid_from"))[:4] for e in report.rows("DEPENDS_ON")}
    assert stated == {f"20{version[:2]}"}
    assert all("valid_from" not in e for e in report.rows("LICENSED_UNDER"))
    without = json.loads((SAMPLE / "report.json").read_text()) | {"pip_version": "9.0.3"}
    (tmp_path / "old.json").write_text(json.dumps(without))
    older = load(tmp_path / "home", "python_packages", tmp_path / "old.json")
    assert all("valid_from" not in e for e in older.rows("DEPENDS_ON"))


@pytest.mark.parametrize(
    ("marker", "condition"),
    [
        ("", ""),
        ('extra == "cuda"', "extra: cuda"),
        ("extra == 'a' or extra == 'b'", "extra: a, b"),
        ('platform_system == "Linux"', "platform_system == 'Linux'"),
        (
            'sys_platform == "linux" and extra == "cuda"',
            "extra: cuda; sys_platform == 'linux' and extra == 'cuda'",
        ),
    ],
)
def test_a_marker_is_the_condition_of_a_dependency(marker: str, condition: str) -> None:
    assert condition_of(marker) == condition


@pytest.mark.parametrize(
    ("markers", "pythons", "everywhere"),
    [
        ([""], "", True),
        (['platform_system == "Linux"'], "", False),
        (['sys_platform == "linux"', 'sys_platform != "linux"'], "", True),
        (['python_version < "3.12"', 'python_version >= "3.12"'], "", True),
        (['python_version < "3.12"', 'python_version > "3.12"'], "", False),
        (['python_version >= "3.10"'], "", False),
        (['python_version >= "3.10"'], ">=3.10", True),
        (['python_version < "3.11"'], ">=3.11", False),
        (['extra == "cuda"'], "", False),
        (['platform_machine == "x86_64"'], "", False),
        (["no marker at all"], "", False),
        (['python_version >= "3.8"'], "not a specifier", True),
        (['python_version >= "3.8"'], ">=4", False),
    ],
)
def test_markers_that_leave_nothing_out_together_are_no_condition(
    markers: list[str], pythons: str, everywhere: bool
) -> None:
    assert holds_everywhere(markers, pythons) is everywhere


def test_requirements_that_lead_nowhere_are_counted(report: Loaded) -> None:
    unasked = "requirement of an extra that nobody asked for, on a package that is not in the list"
    assert report.ledger.omitted == {
        unasked: 1,
        "requirement whose marker excludes this environment": 2,
        "requirement on a package that is not in the list": 1,
        "requirement of a package on its own extras": 1,
        "package whose metadata name no licence": 1,
        "package whose metadata say nothing of its publisher": 2,
        "package that an individual or a small project publishes: not named": 1,
    }
    assert report.refusals() == [
        (
            "report.json#install[0].requires_dist[9]",
            "requires_dist",
            "not a requirement (PEP 508)",
        ),
        ("report.json#install[10]", "name", "drumlin is listed twice"),
    ]
    assert report.ledger.unread == {"install.metadata.mascot": 1}


def test_licences_are_spdx_where_the_metadata_are_clear(report: Loaded) -> None:
    assert {t[::2] for t in report.triples("LICENSED_UNDER")} == {
        ("pypi/aurora", "apache-2-0"),
        ("pypi/aurora", "bsd-3-clause-or-mit"),
        ("pypi/borealis", "mit"),
        ("pypi/comet", "bsd"),
        ("pypi/tundra", "licenseref-nvidia-proprietary"),
        ("pypi/glacier-runtime", "nvidia-proprietary-software"),
        ("pypi/ice-floe", "mit"),
        ("pypi/krill", "polar-commons-licence-3"),
        ("pypi/fjord", "apache-software-license-bsd-license"),
        ("pypi/moraine", "mit"),
        ("pypi/esker", "other-proprietary-license"),
    }
    found = {r["id"]: (r.get("identifiers"), r.get("osi")) for r in report.rows("License")}
    assert found["mit"] == (["spdx:MIT"], None)
    assert found["licenseref-nvidia-proprietary"] == (None, False)
    assert found["bsd-3-clause-or-mit"] == (None, None)
    assert found["bsd"] == (None, True)


def test_publishers_are_guessed_with_a_confidence(report: Loaded) -> None:
    found = {
        (e["source"], e["target"][5:], e["confidence"], e["method"], e["official"])
        for e in report.rows("PUBLISHES")
    }
    assert found == {
        ("hugging-face", "aurora", 0.8, "extracted", False),
        ("microsoft", "borealis", 0.96, "extracted", False),
        ("google", "comet", 0.7, "extracted", False),
        ("nvidia", "tundra", 0.93, "extracted", False),
        ("nvidia", "glacier-runtime", 0.93, "extracted", False),
        ("nvidia", "krill", 0.83, "extracted", False),
        ("microsoft", "drumlin", 0.7, "extracted", False),
        ("pytorch-foundation", "esker", 0.96, "extracted", False),
    }


def test_odd_origins_and_withdrawn_versions_are_noted(report: Loaded) -> None:
    notes = {
        (e["source"][5:], e["target"][5:], e["note"])
        for e in report.rows("DEPENDS_ON")
        if "note" in e
    }
    withdrawn = "this version was withdrawn"
    git, folder = "installed from a git repository", f"installed from a folder; {withdrawn}"
    assert notes == {
        ("aurora", "fjord", f"fjord: {git}"),
        ("fjord", "moraine", f"{git}; moraine: {folder}"),
        ("moraine", "drumlin", f"{folder}; drumlin: {withdrawn}"),
    }


def test_no_person_address_or_index_is_kept(report: Loaded, lockfile: Loaded) -> None:
    for loaded in (report, lockfile):
        text = everything(loaded)
        assert not re.search(r"\w@\w", text)
        for word in ("Jane", "Roe", "John", "secret", "index.example", "git.example", "/home/"):
            assert word not in text
        assert "Permission is hereby granted" not in text


def test_loading_twice_gives_equal_files(tmp_path: Path) -> None:
    one, two = (load(tmp_path / n, "python_packages", SAMPLE).folder for n in ("one", "two"))
    files = sorted(p.relative_to(one) for p in one.rglob("*.parquet"))
    assert len(files) == 7
    for file in files:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file


def test_the_newest_version_wins_and_all_requirements_stay(tmp_path: Path) -> None:
    both = load(tmp_path, "python_packages", SAMPLE)
    latest = {r["id"]: r.get("latest") for r in both.rows("Package")}
    assert (latest["pypi/aurora"], latest["pypi/glacier-runtime"]) == ("2.1.0", "13.2")
    found = {
        (e["target"], e.get("requirement"), e.get("note"))
        for e in both.rows("DEPENDS_ON")
        if e["source"] == "pypi/aurora" and e["target"] == "pypi/borealis"
    }
    assert found == {
        ("pypi/borealis", "==1.4", None),
        ("pypi/borealis", ">=1.0", "stated by version 2.0.1"),
    }
    licences_of_aurora = {
        (e["target"], e["note"])
        for e in both.rows("LICENSED_UNDER")
        if e["source"] == "pypi/aurora"
    }
    assert licences_of_aurora == {
        ("apache-2-0", "stated by version 2.0.1"),
        ("bsd-3-clause-or-mit", "stated by version 2.0.1"),
    }
    assert both.ledger.skipped["package that another list holds too"] == 5


# ---------------------------------------------------------------------- the shared reader


def test_the_reader_tells_what_was_asked_for() -> None:
    found = read_packages(SAMPLE / "report.json")
    assert [(p.name, p.version, sorted(p.extras)) for p in found.roots] == [
        ("aurora", "2.0.1", ["gpu"]),
        ("esker", "3.1", []),
    ]
    by_name = {p.name: p for p in found.packages}
    assert by_name["comet"].extras == {"fast"}
    assert by_name["drumlin"].yanked
    assert by_name["fjord"].direct == "installed from a git repository"


def test_a_lock_file_is_read_for_this_environment(lockfile: Loaded) -> None:
    assert {t[::2] for t in lockfile.triples("DEPENDS_ON")} == {
        ("pypi/aurora", "pypi/borealis"),
        ("pypi/aurora", "pypi/glacier-runtime"),
        ("pypi/glacier-runtime", "pypi/skua"),
    }
    assert {r["id"] for r in lockfile.rows("Package")} == {
        "pypi/aurora",
        "pypi/borealis",
        "pypi/glacier-runtime",
        "pypi/petrel",
        "pypi/skua",
    }
    assert lockfile.ledger.skipped["package whose marker excludes this environment"] == 2
    assert lockfile.ledger.unread == {}
    assert lockfile.refusals() == [("pylock.toml#packages[7]", "name", "aurora is listed twice")]
    where = {e["target"][5:]: e["condition"] for e in lockfile.rows("DEPENDS_ON")}
    assert where == {
        "borealis": "aurora 2.1.0",
        "glacier-runtime": "aurora 2.1.0; sys_platform != 'nowhere'",
        "skua": "glacier-runtime 12.0",
    }
    roots = {p.name: p.direct for p in read_packages(SAMPLE / "pylock.toml").roots}
    assert roots == {"aurora": "", "petrel": "installed from a folder"}


def test_a_lock_file_without_dependencies_asks_for_all(tmp_path: Path) -> None:
    file = tmp_path / "pylock.dev.toml"
    file.write_text('lock-version = "1.0"\npackages = [{name = "a"}, {name = "b"}]')
    assert [p.name for p in read_packages(file).roots] == ["a", "b"]


# ---------------------------------------------------------------------- requirements files


def wheel(folder: Path, name: str, version: str, *lines: str) -> None:
    """A wheel that pip can resolve without any index."""
    stem = f"{name}-{version}"
    metadata = "\n".join(["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *lines])
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}.py", "")
        archive.writestr(f"{stem}.dist-info/METADATA", f"{metadata}\n")
        tags = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{stem}.dist-info/WHEEL", tags)
        archive.writestr(f"{stem}.dist-info/RECORD", "")


@pytest.mark.slow
def test_pip_resolves_a_requirements_file(tmp_path: Path) -> None:
    wheel(tmp_path, "aurora", "2.0", "Requires-Dist: borealis>=1", "License-Expression: MIT")
    wheel(tmp_path, "borealis", "1.4", "Author: NVIDIA Corporation")
    wheel(tmp_path, "comet", "1.0")
    file = tmp_path / "requirements.txt"
    file.write_text("--no-index\n--find-links .\naurora\n")
    loaded = load(tmp_path / "home", "python_packages", file)
    assert loaded.ledger.failure == ""
    assert loaded.triples("DEPENDS_ON") == {("pypi/aurora", "DEPENDS_ON", "pypi/borealis")}
    assert loaded.triples("PUBLISHES") == {("nvidia", "PUBLISHES", "pypi/borealis")}
    assert [p.name for p in read_packages(file).roots] == ["aurora"]


@pytest.mark.slow
def test_when_pip_fails_its_last_error_is_told_without_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_RETRIES", "0")
    file = tmp_path / "requirements.txt"
    file.write_text("--no-index\n--find-links https://user:secret@127.0.0.1:9/wheels\nnowhere==9\n")
    failure = load(tmp_path / "home", "python_packages", file).ledger.failure
    assert failure.startswith(f"{file}: pip: No matching distribution found for nowhere==9")
    assert "secret" not in failure
    assert "127.0.0.1" not in failure
    assert "\n  → perhaps there is no wheel of it for this Python: --allow-builds" in failure


@pytest.mark.slow
def test_addresses_in_pips_last_line_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_RETRIES", "0")
    file = tmp_path / "requirements.txt"
    file.write_text("aurora @ https://user:secret@127.0.0.1:9/aurora-1.0-py3-none-any.whl\n")
    with pytest.raises(SourceError) as caught:
        dry_run(file)
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.slow
def test_a_conflict_is_told_in_pips_own_words(tmp_path: Path) -> None:
    wheel(tmp_path, "aurora", "2.0", "Requires-Dist: comet<2")
    wheel(tmp_path, "borealis", "1.4", "Requires-Dist: comet>=2")
    wheel(tmp_path, "comet", "1.0")
    wheel(tmp_path, "comet", "2.0")
    file = tmp_path / "requirements.txt"
    file.write_text("--no-index\n--find-links .\naurora\nborealis\n")
    with pytest.raises(SourceError) as caught:
        dry_run(file)
    for words in (
        "conflicting dependencies",
        "aurora 2.0 depends on comet<2",
        "borealis 1.4 depends on comet>=2",
    ):
        assert words in caught.value.what
    assert str(tmp_path) not in caught.value.what


BACKEND = """
import pathlib
pathlib.Path(__file__).with_name("ran").touch()
def get_requires_for_build_wheel(settings=None):
    return []
def prepare_metadata_for_build_wheel(folder, settings=None):
    info = pathlib.Path(folder) / "floe-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: floe\\nVersion: 1\\n")
    return info.name
"""


@pytest.mark.slow
def test_nothing_is_built_unless_that_is_allowed(tmp_path: Path) -> None:
    source = tmp_path / "floe"
    source.mkdir()
    (source / "backend.py").write_text(BACKEND)
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    more = tmp_path / "more.txt"
    more.write_text("# of this folder\n./floe\n")
    file = tmp_path / "requirements.txt"
    file.write_text("--no-index\n-r more.txt\n")
    with pytest.raises(SourceError, match="would be built, which runs its code") as caught:
        dry_run(file)
    assert caught.value.where == f"{more}:2"
    assert "--allow-builds" in caught.value.hint
    assert not (source / "ran").exists()
    seen: list[str] = []
    assert '"floe"' in dry_run(file, allow_builds=True, watch=seen.append)
    assert (source / "ran").exists()
    assert seen[0].startswith("pip ")
    assert seen[-1] == "pip has looked at 1 packages"


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "--editable=./x",
        "git+https://forge.example/x.git",
        "x @ git+https://forge.example/x.git@main",
        "x @ https://files.example/x-1.tar.gz",
        "./x-1.zip",
        "x @ file:///tmp/x",
        "--no-binary x",
        "x @ \\\n  git+https://forge.example/x.git",
    ],
)
def test_whatever_must_be_built_is_refused_before_pip_runs(tmp_path: Path, line: str) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(f"aurora\n{line}\n")
    with pytest.raises(SourceError, match="would be built") as caught:
        dry_run(file)
    assert caught.value.where == f"{file}:2"
    assert "forge.example" not in str(caught.value)
    assert "files.example" not in str(caught.value)


@pytest.mark.slow
def test_settings_of_pip_for_terminals_and_folders_do_not_spoil_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(tmp_path, "aurora", "2.0", "License-Expression: MIT")
    file = tmp_path / "requirements.txt"
    file.write_text("--no-index\n--find-links .\naurora\n")
    plain = json.loads(dry_run(file))
    for name in ("FORCE_COLOR", "PIP_QUIET", "PIP_VERBOSE", "PIP_REQUIRE_VIRTUALENV"):
        monkeypatch.setenv(name, "1")
    for name in ("PIP_REPORT", "PIP_TARGET", "PIP_LOG"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    assert json.loads(dry_run(file)) == plain
    assert plain["install"][0]["metadata"]["license_expression"] == "MIT"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.slow
def test_the_same_pins_read_the_same_from_requirements_and_from_a_report(tmp_path: Path) -> None:
    wheel(tmp_path, "aurora", "2.0", "License-Expression: MIT", "Requires-Dist: borealis==1.4")
    wheel(tmp_path, "borealis", "1.4", "Author: NVIDIA Corporation", "License: BSD")
    file = tmp_path / "requirements.txt"
    file.write_text("--no-index\n--find-links .\naurora==2.0\n")
    saved = tmp_path / "report.json"
    saved.write_text(dry_run(file), encoding="utf-8")
    one, two = (
        {
            (p.name, p.version, p.requested, p.licences, p.publisher)
            for p in read_packages(f).packages
        }
        for f in (file, saved)
    )
    assert one == two
    assert {licence.name for _, _, _, licences, _ in one for licence in licences} == {"MIT", "BSD"}


def test_a_pip_that_leaves_licences_out_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: "24.3.1")
    file = tmp_path / "requirements.txt"
    file.write_text("aurora\n")
    with pytest.raises(SourceError, match=r"pip 24\.3\.1 is too old") as caught:
        dry_run(file)
    assert caught.value.hint.startswith('python -m pip install --upgrade "pip>=25.0"')


def test_a_slow_pip_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("aurora\n")
    with pytest.raises(SourceError, match="no answer within 0 seconds"):
        dry_run(file, timeout=0.01)


# ---------------------------------------------------------------------- broken files


def broken(install: list[Any]) -> str:
    return json.dumps({"version": "1", "install": install, "environment": {}})


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file"):
        read_packages(tmp_path / "report.json")


@pytest.mark.parametrize(
    ("name", "text", "place", "what"),
    [
        ("r.json", '{"version": "1",\n "install": [', ":2:14", "not JSON"),
        ("r.json", "[" * 100_000, "", "nested too deep"),
        ("r.json", "[]", ":1", "no list `install`"),
        ("r.json", '{"install": {}}', ":1", "no list `install`"),
        ("r.json", '{"version": "2", "install": []}', "", "format version '2'"),
        ("r.json", broken([3]), "#install[0]", "int where a mapping belongs"),
        ("r.json", broken([{}]), "#install[0].metadata", "NoneType where a mapping belongs"),
        ("r.json", broken([{"metadata": {}}]), "#install[0].metadata.name", "'' is not the name"),
        ("r.json", broken([{"metadata": {"name": 3}}]), "#install[0].metadata.name", "int where"),
        (
            "r.json",
            broken([{"metadata": {"name": "a", "requires_dist": "b"}}]),
            "#install[0].metadata.requires_dist",
            "not a list of texts",
        ),
        (
            "r.json",
            broken([{"metadata": {"name": "a"}, "requested": "yes"}]),
            "#install[0].requested",
            "str where true or false belongs",
        ),
        ("pylock.toml", "a = 1\nb = ]", ":2:5", "not TOML"),
        ("pylock.toml", "a = 1\nb =", "", "not TOML"),
        ("pylock.toml", "a = 1", ":1", "lock-version is None"),
        ("pylock.toml", 'lock-version = "1.0"', ":1", "no [[packages]]"),
        ("pylock.toml", 'lock-version = "1.0"\npackages = [{}]', "#packages[0]", "without a name"),
        (
            "pylock.toml",
            'lock-version = "1.0"\npackages = [{name = "a", marker = "b"}]',
            "#packages[0].marker",
            "'b' is not a marker",
        ),
        (
            "pylock.toml",
            'lock-version = "1.0"\npackages = [{name = "a", dependencies = [1]}]',
            "#packages[0].dependencies",
            "a dependency without a name",
        ),
        ("Pipfile.lock", "version = 1", "", "a format that is not known"),
        ("pyproject.toml", "", "", "a format that is not known"),
    ],
)
def test_a_broken_file_says_where(
    tmp_path: Path, name: str, text: str, place: str, what: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    failure = load(tmp_path / "home", "python_packages", file).ledger.failure
    assert failure.startswith(f"{file}{place}: ")
    assert what in failure
    assert "\n  → " in failure


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    loaded = load(tmp_path / "home", "python_packages", tmp_path / "none")
    assert "no list of packages in this folder" in loaded.ledger.failure


# ---------------------------------------------------------------------- licences, publishers

APPROVED = "License :: OSI Approved :: "


@pytest.mark.parametrize(
    ("expression", "text", "classifiers", "names"),
    [
        ("Apache-2.0 AND MIT", "", [], ["Apache-2.0", "MIT"]),
        ("MIT OR Apache-2.0", "", [], ["Apache-2.0 OR MIT"]),
        ("MPL-2.0 AND (MIT OR Apache-2.0)", "", [], ["Apache-2.0 OR MIT", "MPL-2.0"]),
        ("Apache-2.0 WITH LLVM-exception", "", [], ["Apache-2.0 WITH LLVM-exception"]),
        ("MIT", "GPL", [APPROVED + "BSD License"], ["MIT"]),
        ("", "apache 2.0", [], ["Apache-2.0"]),
        ("", "MIT -or- Apache License 2.0", [APPROVED + "MIT License"], ["Apache-2.0 OR MIT"]),
        ("", "BSD", [], ["BSD"]),
        ("", "", [APPROVED + "MIT License"], ["MIT"]),
        ("", "", [APPROVED + "Apache Software License"], ["Apache Software License"]),
        ("", "UNKNOWN", [APPROVED + "MIT License"], ["MIT"]),
        ("", "UNKNOWN", [], []),
        ("", "", ["License :: OSI Approved"], []),
        ("", "Copyright (c) 2020 Jane Roe", [], []),
        ("", "word " * 100, [], []),
        ("", "word " * 100, [APPROVED + "ISC License (ISCL)"], ["ISC"]),
        ("", "Apache License\n Version 2.0, January 2004\n" * 9, [], ["Apache-2.0"]),
    ],
)
def test_a_licence_is_what_the_metadata_clearly_say(
    expression: str, text: str, classifiers: list[str], names: list[str]
) -> None:
    assert [found.name for found in licences(expression, text, classifiers)] == names


def described(name: str = "glacier", **fields: Any) -> Description:
    """What a package says: `links` are addresses of its source."""
    links = tuple(("Source", link) for link in fields.pop("links", ()))
    return Description(name, links=links, **fields)


JANE = ("Jane Roe",)


@pytest.mark.parametrize(
    ("description", "sort", "name", "sign"),
    [
        (described(links=["https://github.com/NVIDIA/x"]), "company", "NVIDIA", "account"),
        (described(links=["https://nvidia.github.io/x"]), "company", "NVIDIA", "account"),
        (
            described(authors=JANE, links=["https://github.com/pallets/x"]),
            *("community", "Pallets", "account"),
        ),
        (described(authors=("NVIDIA Corporation",)), "company", "NVIDIA", "author"),
        (described(addresses=("philip@openai.com",)), "company", "OpenAI", "domain"),
        (
            described(addresses=("Devs team <dev@airflow.apache.org>",)),
            *("foundation", "Apache Software Foundation", "domain"),
        ),
        (
            described(authors=("Polar Works, Inc.",)),
            "company",
            "Polar Works, Inc.",
            "collective author",
        ),
        (described(authors=("Polar GmbH",)), "company", "Polar GmbH", "collective author"),
        (
            described(authors=("Arctic Research Institute",)),
            *("foundation", "Arctic Research Institute", "collective author"),
        ),
        (
            described(authors=("The Glacier Developers",)),
            *("community", "Glacier Developers", "collective author"),
        ),
        (
            described(authors=("Floe",), addresses=("x@lists.floe.org",)),
            *("community", "Floe", "collective author"),
        ),
        (
            described(licence="MIT License\n\nCopyright (c) 2021 Polar Works, Inc.\n\nPermission"),
            *("company", "Polar Works, Inc", "licence holder"),
        ),
        (
            described(
                licence="Copyright (c) 2019-2021, Microsoft Corporation. All rights reserved."
            ),
            *("company", "Microsoft", "licence holder"),
        ),
        (
            described(authors=JANE, links=["https://github.com/glacier-dev/glacier"]),
            *("community", "glacier-dev", "project account"),
        ),
        (
            described(
                addresses=("Glacier <hello@glacier.io>",), links=["https://github.com/glacier/sdk"]
            ),
            *("company", "glacier", "project account"),
        ),
        (
            described(authors=JANE, links=["https://github.com/janeroe/x"]),
            "individual",
            "",
            "personal account",
        ),
        (
            described(addresses=("jr77@example.net",), links=["https://github.com/jr77/x"]),
            *("individual", "", "personal account"),
        ),
        (described(authors=JANE), "individual", "", "person"),
        (described(authors=JANE, addresses=("jane@openai.com",)), "individual", "", "person"),
        (described(links=["https://gitlab.com/somebody/x"]), "individual", "", "person"),
    ],
)
def test_a_publisher_is_who_the_surest_sign_names_and_a_person_is_never_named(
    description: Description, sort: str, name: str, sign: str
) -> None:
    found = publisher(description)
    assert found is not None
    assert (found.sort, found.name, found.sign) == (sort, name, sign)
    shown = f"{found.id} {found.name} {found.evidence}".lower()
    assert not {"jane", "roe", "janeroe", "jr77", "somebody"} & set(re.split(r"\W+", shown))


@pytest.mark.parametrize(
    "description",
    [
        described(),
        described(authors=("Your Name",), addresses=("Your Name <you@example.com>",)),
        described(links=["https://github.com/sponsors/nvidia", "http://[bad"]),
    ],
)
def test_metadata_that_name_nobody_have_no_publisher(description: Description) -> None:
    assert publisher(description) is None


@pytest.mark.parametrize(
    "description",
    [
        described(
            authors=JANE, addresses=("jane@openai.com",), links=["https://github.com/triton-x/y"]
        ),
        described(authors=("nvidious",), addresses=("x@notnvidia.com",)),
        described(links=["https://github.com/nvidia-fans/x"]),
        described("nvidia-something", authors=JANE),
        described(authors=("Grace Hopper",), addresses=("contact@gracehopper.com",)),
        described(authors=JANE, links=["https://x.example/nvidia/x"]),
    ],
)
def test_no_organisation_is_named_for_a_likeness_alone(description: Description) -> None:
    found = publisher(description)
    assert found is not None
    assert (found.sort, found.id) == ("individual", "")


def test_the_account_goes_before_the_author_and_a_contradiction_costs_confidence() -> None:
    source = ["https://github.com/huggingface/x"]
    alone = publisher(described(links=source))
    agreeing = publisher(described(authors=("Hugging Face",), links=source))
    contradicting = publisher(described(authors=("Google LLC",), links=source))
    assert alone is not None
    assert agreeing is not None
    assert contradicting is not None
    assert {p.name for p in (alone, agreeing, contradicting)} == {"Hugging Face"}
    assert contradicting.confidence < alone.confidence < agreeing.confidence
    assert "names another" in contradicting.evidence


def test_links_to_other_projects_and_to_funding_are_no_sign() -> None:
    links = (
        ("Upstream source code", "https://github.com/NVIDIA/x"),
        ("Funding", "https://github.com/google"),
        ("Issues", "https://github.com/microsoft/x/issues"),
        ("Source code", "https://github.com/pallets/x"),
    )
    found = publisher(Description("x", links=links))
    assert found is not None
    assert found.name == "Pallets"


def test_a_package_goes_with_the_one_that_needs_it_and_begins_its_name(tmp_path: Path) -> None:
    def entry(name: str, *needs: str, **metadata: Any) -> dict[str, Any]:
        fields = {"name": name, "version": "1", "requires_dist": list(needs), **metadata}
        return {"metadata": fields, "requested": False}

    own = {"project_url": ["Source, https://github.com/huggingface/x"]}
    entries = [
        entry("floe", "floe-core", "drift", **own),
        entry("floe-core"),
        entry("floe-plugin", author="Jane Roe"),
        entry("drift"),
    ]
    file = tmp_path / "report.json"
    file.write_text(broken(entries), encoding="utf-8")
    found = {p.name: p.publisher for p in read_packages(file).packages}
    child = found["floe-core"]
    assert child is not None
    assert (child.name, child.sign, child.confidence) == ("Hugging Face", "parent", 0.7)
    assert (plugin := found["floe-plugin"]) is not None
    assert plugin.sort == "individual"
    assert found["drift"] is None
    assert of_parent([("floe", found["floe"]), ("floe-core", None)], "floe-x") is not None
    other = publisher(described(authors=("Google LLC",)))
    assert of_parent([("floe", found["floe"]), ("floe", other)], "floe-x") is None


def test_every_account_is_stated_once_with_its_page() -> None:
    file = Path(reading.__file__).parent / "data" / "accounts.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len({(r["host"], r["account"]) for r in rows}) == len(rows)
    sorts: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in rows:
        assert row["account"] == row["account"].lower()
        assert row["source_url"].startswith("https://")
        assert 0.5 <= float(row["confidence"]) <= 1
        assert row["sort"] in {"company", "foundation", "community"}
        assert (row["sort"] == "company") == (row["kind"] == "Company")
        sorts.setdefault((row["kind"], row["organisation"]), set()).add((row["name"], row["sort"]))
    assert {key: each for key, each in sorts.items() if len(each) > 1} == {}


# ---------------------------------------------------------------------- the real reports


def entries(file: Path) -> list[dict[str, Any]]:
    """The metadata of a report, read without our reader."""
    return [i["metadata"] for i in json.loads(file.read_text(encoding="utf-8"))["install"]]


def test_most_of_what_torch_pulls_is_nvidias_and_proprietary(tmp_path: Path) -> None:
    metadata = entries(real(REPORTS / "torch.json"))
    fields = ("author", "author_email", "maintainer", "maintainer_email")
    by_nvidia = {
        m["name"] for m in metadata if "nvidia" in " ".join(m.get(f, "") for f in fields).lower()
    }
    terms = {
        m["name"]: f"{m.get('license', '')} {m.get('license_expression', '')}" for m in metadata
    }
    proprietary = {name for name in by_nvidia if "proprietary" in terms[name].lower()}
    assert (len(metadata), len(by_nvidia), len(proprietary)) == (29, 18, 15)

    loaded = load(tmp_path, "python_packages", REPORTS / "torch.json")
    published = {e["target"][5:] for e in loaded.rows("PUBLISHES") if e["source"] == "nvidia"}
    closed = {r["id"] for r in loaded.rows("License") if r.get("osi") is False}
    ours = {e["source"][5:] for e in loaded.rows("LICENSED_UNDER") if e["target"] in closed}
    assert published == by_nvidia
    assert ours == proprietary
    assert (loaded.ledger.refused, loaded.ledger.unread) == (0, {})


def test_jax_on_tpu_ends_at_googles_libtpu(tmp_path: Path) -> None:
    loaded = load(tmp_path, "python_packages", real(REPORTS / "jax_tpu_.json"))
    assert ("pypi/jax", "DEPENDS_ON", "pypi/libtpu") in loaded.triples("DEPENDS_ON")
    assert ("google", "PUBLISHES", "pypi/libtpu") in loaded.triples("PUBLISHES")
    terms = ("pypi/libtpu", "LICENSED_UNDER", "google-cloud-platform-terms-of-service")
    assert terms in loaded.triples("LICENSED_UNDER")


@pytest.mark.slow
def test_all_real_reports_hold_what_a_count_of_their_lines_says(tmp_path: Path) -> None:
    files = sorted(real(REPORTS).glob("*.json"))
    line = re.compile(r'^"name": "([^"]+)",$', re.MULTILINE)
    found = [n for f in files for n in line.findall(f.read_text(encoding="utf-8"))]
    assert (len(files), len(found)) == (52, 2070)
    distinct = {re.sub(r"[-_.]+", "-", n).lower() for n in found}
    loaded = load(tmp_path, "python_packages", REPORTS)
    assert {r["id"] for r in loaded.rows("Package")} == {f"pypi/{n}" for n in distinct}
    assert len(distinct) == 548
    assert (loaded.ledger.failure, loaded.ledger.refused, loaded.ledger.unread) == ("", 0, {})
    text = everything(loaded)
    assert "index.example" not in text
    assert not re.search(r"\w@\w", text)


def asked(package: Package, dependency: Dependency) -> bool:
    """Whether an extra that somebody asked for needs it."""
    named = re.match("extra: ([^;]*)", dependency.condition)
    return bool(named and package.extras & {canonicalize_name(e) for e in named[1].split(", ")})


@pytest.mark.slow
def test_what_pip_resolved_is_what_the_requirements_reach() -> None:
    for file in sorted(real(REPORTS).glob("*.json")):
        found = read_packages(file)
        needs = {
            p.name: [d.name for d in p.dependencies if d.kind == "runtime" or asked(p, d)]
            for p in found.packages
        }
        reached, waiting = set[str](), [p.name for p in found.roots]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += needs[name]
        assert reached == set(needs), file.name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [("FORCE_COLOR", "1"), ("PIP_VERBOSE", "3"), ("PIP_REPORT", "elsewhere.json")],
)
def test_settings_of_pip_and_of_a_terminal_do_not_spoil_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    (tmp_path / "requirements.txt").write_text("--no-index\n# nothing is asked for\n")
    assert json.loads(dry_run(tmp_path / "requirements.txt"))["install"] == []
    assert not (tmp_path / "elsewhere.json").exists()


def test_an_environment_that_pip_inspects_is_read(tmp_path: Path) -> None:
    def row(name: str, *needs: str, asked: bool) -> dict[str, Any]:
        metadata = {"name": name, "version": "1.0", "requires_dist": list(needs)}
        return {"metadata": metadata, "requested": asked, "installer": "pip"}

    for asked in (True, False):
        top = {"version": "1", "pip_version": "26.1", "environment": {}}
        top["installed"] = [row("ice", "water", asked=asked), row("water", asked=False)]
        (tmp_path / "env.json").write_text(json.dumps(top))
        found = read_packages(tmp_path / "env.json")
        assert {p.name: p.requested for p in found.packages} == {"ice": True, "water": False}
        assert [d.name for d in found.packages[0].dependencies] == ["water"]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ([{"name": "ice", "version": "1"}], "a list of pip without what needs what"),
        ({"lockfileVersion": 3, "packages": {}}, "a lock file of npm"),
        ({"SchemaVersion": 2, "Results": []}, "a report of Trivy"),
        ({"artifacts": [], "descriptor": {}}, "a list of syft"),
        ({"hello": 1}, "this JSON is no report of pip"),
    ],
)
def test_json_of_another_tool_is_told_for_what_it_is(
    tmp_path: Path, value: object, what: str
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(value))
    with pytest.raises(SourceError) as caught:
        read_packages(tmp_path / "a.json")
    assert what in str(caught.value)
    assert "pip install" not in str(caught.value)
