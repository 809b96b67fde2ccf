"""uv.lock and poetry.lock: every platform in one file, of which markers pick this one."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from loading import load
from stackholder.errors import SourceError
from stackholder.loaders import loader
from stackholder.loaders.python_packages.reading import Packages, read_packages

SAMPLE = loader("python_packages").folder / "sample"


def test_what_uv_would_install_here_is_followed_from_the_project(tmp_path: Path) -> None:
    found = read_packages(SAMPLE / "uv.lock")
    assert {(p.name, p.version, p.requested, tuple(p.extras)) for p in found.packages} == {
        ("ice", "1.2", True, ("gpu",)),
        ("forked", "2.0", True, ()),
        ("water", "3.0", False, ()),
        ("heater", "0.9", False, ()),
    }
    assert found.excluded == {
        "package that this environment does not need": 5,
        "requirement of an extra that nobody asked for": 2,
        "requirement on a package that is not in the list": 1,
        "requirement whose marker excludes this environment": 1,
    }
    assert not found.refused
    [ice] = [p for p in found.packages if p.name == "ice"]
    assert {(d.name, d.kind, d.condition) for d in ice.dependencies} == {
        ("water", "runtime", ""),
        ("heater", "optional", "extra: gpu"),
    }


LOCK = """version = 1
requires-python = ">=3.11"
{top}
[[package]]
name = "app"
source = {{ editable = "." }}
dependencies = [{{ name = "torch" }}]
[[package]]
name = "torch"
version = "2"
dependencies = [{{ name = "a", marker = "python_version >= '3'" }}, {{ name = "b", marker = "os_name != 'none'" }}]
sdist = {{ url = "x", upload-time = "2025-03-02T10:00:00.5Z" }}
wheels = [{{ url = "y", upload-time = "2025-03-01T09:00:00Z" }}]
[[package]]
name = "a"
version = "1"
[[package]]
name = "b"
version = "1"
"""


@pytest.mark.parametrize(
    ("top", "conditions"),
    [
        ("", {"a": None, "b": None}),
        (
            "supported-markers = [\"os_name != 'nt'\"]",
            {"a": "python_version >= '3'", "b": "os_name != 'none'"},
        ),
    ],
)
def test_a_lock_file_states_what_holds_where_and_since_when(
    tmp_path: Path, top: str, conditions: dict[str, str | None]
) -> None:
    (tmp_path / "uv.lock").write_text(LOCK.format(top=top))
    loaded = load(tmp_path / "home", "python_packages", tmp_path / "uv.lock")
    rows = loaded.rows("DEPENDS_ON")
    assert {r["target"][5:]: r.get("condition") for r in rows} == conditions
    assert {str(r["valid_from"]) for r in rows} == {"2025-03-01"}
    assert loaded.ledger.unread == {}


def test_what_poetry_would_install_here_is_what_its_markers_and_groups_select() -> None:
    found = read_packages(SAMPLE / "poetry.lock")
    assert {(p.name, p.requested) for p in found.packages} == {
        ("ice", True),
        ("water", False),
        ("chilled-wind", False),
    }
    [ice] = [p for p in found.packages if p.name == "ice"]
    assert {(d.name, d.requirement, d.condition) for d in ice.dependencies} == {
        ("water", ">=3", ""),
        ("chilled-wind", ">=2; python_version >= '3.11'", "python_version >= '3.11'"),
    }
    assert found.excluded["package that is optional, or of another group"] == 2


@pytest.mark.parametrize("name", ["uv.lock", "poetry.lock"])
def test_no_address_of_an_index_or_repository_is_kept(tmp_path: Path, name: str) -> None:
    loaded = load(tmp_path / "home", "python_packages", SAMPLE / name)
    assert loaded.ledger.failure == ""
    assert loaded.triples("DEPENDS_ON") >= {("pypi/ice", "DEPENDS_ON", "pypi/water")}
    kept = b"".join(f.read_bytes() for f in loaded.folder.rglob("*") if f.is_file())
    assert b".example" not in kept
    assert loaded.ledger.unread == {}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("uv.lock", "version = 7\n", "version is 7, where 1 is known"),
        ("uv.lock", "version = 1\npackage = 5\n", "no [[package]]"),
        ("uv.lock", "version = 1\n[[package]]\nversion = '1'\n", "a package without a name"),
        ("uv.lock", "version = 1\n[[package]]\nname = 'a'\ndependencies = 5\n", "5 is not a list"),
        ("poetry.lock", "[[package]]\nname = 'a'\nmarkers = 'colour == 1'\n", "is not a marker"),
        ("poetry.lock", "[[package]]\nname = 'a'\n[package.dependencies]\nb = 5\n", "not a requirement"),
        ("poetry.lock", "[[package]\n", "not TOML"),
    ],
)  # fmt: skip
def test_a_broken_lock_file_says_where(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceError) as caught:
        read_packages(tmp_path / name)
    assert said in str(caught.value)
    assert name in caught.value.where
    assert caught.value.hint


def test_the_lock_file_that_uv_itself_writes_is_read_to_the_same_set(tmp_path: Path) -> None:
    """uv resolves two packages of this machine's own wheels offline, and installs what its lock says."""
    wheels = tmp_path / "wheels"
    for name, needs in (("frost", "Requires-Dist: rime; python_version >= '3.8'\n"), ("rime", "")):
        _wheel(wheels, name, needs)
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = ["frost"]\n'
        f'[tool.uv]\nno-index = true\nfind-links = ["{wheels}"]\n'
    )
    uv = [sys.executable, "-m", "uv", "--offline", "--quiet"]
    subprocess.run(
        [*uv, "lock"],
        cwd=project,
        check=True,
        env={**os.environ, "UV_CACHE_DIR": str(tmp_path / "c")},
    )
    found = read_packages(project / "uv.lock")
    listed = {p["name"] for p in tomllib.loads((project / "uv.lock").read_text())["package"]} - {
        "app"
    }
    assert {p.name for p in found.packages} == listed == {"frost", "rime"}
    assert {p.name for p in found.packages if p.requested} == {"frost"}


def _wheel(folder: Path, name: str, more: str) -> None:
    import zipfile

    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        place = f"{name}-1.0.dist-info"
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(
            f"{place}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{more}\n"
        )
        wheel.writestr(
            f"{place}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(
            f"{place}/RECORD",
            f"{name}.py,,\n{place}/METADATA,,\n{place}/WHEEL,,\n{place}/RECORD,,\n",
        )


def poetry(tmp_path: Path, version: str, *packages: str) -> Packages:
    text = "\n".join(f"[[package]]\n{package}\n" for package in packages)
    (tmp_path / "poetry.lock").write_text(f'{text}\n[metadata]\nlock-version = "{version}"\n')
    return read_packages(tmp_path / "poetry.lock")


def package(name: str, version: str = "1.0", more: str = "", **needs: str) -> str:
    listed = "".join(f"{need} = {stated}\n" for need, stated in needs.items())
    head = f'name = "{name}"\nversion = "{version}"\noptional = false\n{more}'
    return f"{head}\n[package.dependencies]\n{listed}"


def test_the_groups_of_old_lock_files_of_poetry_are_looked_at_and_else_said_to_be_missing(
    tmp_path: Path,
) -> None:
    dev = package("lint", more='category = "dev"')
    old = poetry(tmp_path, "1.1", package("app", more='category = "main"'), dev)
    assert [p.name for p in old.packages] == ["app"]
    mute = poetry(tmp_path, "2.0", package("app"), package("lint"))
    [count] = [
        n for why, n in mute.excluded.items() if "whose group this format does not say" in why
    ]
    assert count == 2
    assert poetry(tmp_path, "2.1", package("app")).excluded == {}


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_what_an_extra_needs_is_needed_and_nobody_s_root(tmp_path: Path, version: str) -> None:
    optional = '{version = "*", optional = true, markers = "extra == \\"quick\\""}'
    gone = '{version = "*", optional = true, markers = "extra == \\"rare\\""}'
    found = poetry(tmp_path, version, package("app", swift=optional, other=gone), package("swift"))
    assert {p.name: p.requested for p in found.packages} == {"app": True, "swift": False}
    [needed] = found.packages[0].dependencies
    assert (needed.name, needed.kind, needed.condition) == ("swift", "optional", "extra: quick")
    assert found.excluded["requirement of an extra that nobody asked for"] == 1


def test_of_several_locked_versions_the_one_that_a_requirement_permits_is_taken(
    tmp_path: Path,
) -> None:
    twice = """[{version = ">=1,<2", markers = "python_version < '3'"}, {version = ">=2"}]"""
    locked = [package("app", pair=twice), package("pair", "1.5", old='"*"'), package("old")]
    found = poetry(tmp_path, "2.0", *locked, package("pair", "2.5"))
    assert {p.name: p.version for p in found.packages} == {"app": "1.0", "pair": "2.5"}
    assert found.refused == ()


def test_packages_that_need_each_other_in_a_circle_are_not_lost(tmp_path: Path) -> None:
    circle = [package("a", b='"*"'), package("b", a='"*"', c='"*"'), package("c")]
    found = poetry(tmp_path, "2.0", *circle)
    assert [p.name for p in found.packages] == ["a", "b", "c"]


def test_a_dependency_on_another_version_than_the_chosen_one_is_counted(tmp_path: Path) -> None:
    text = """lock-version = "1.0"
[[packages]]
name = "app"
dependencies = [{name = "pair", version = "1.5"}, {name = "pair", version = "2.5"}]
[[packages]]
name = "pair"
version = "1.5"
marker = "python_version < '3'"
[[packages]]
name = "pair"
version = "2.5"
marker = "python_version >= '3'"
"""
    (tmp_path / "pylock.toml").write_text(text)
    found = read_packages(tmp_path / "pylock.toml")
    assert [d.requirement for d in found.packages[0].dependencies] == ["==2.5"]
    assert found.excluded["requirement on another version than this environment takes"] == 1


def test_the_lock_file_of_a_script_says_what_it_asks_for(tmp_path: Path) -> None:
    file = tmp_path / "tool.py.lock"
    text = 'version = 1\n[manifest]\nrequirements = [{ name = "Ice" }]\n'
    need = 'dependencies = [{ name = "water" }]\n'
    for name, more in (("ice", need), ("water", "")):
        text += f'[[package]]\nname = "{name}"\nversion = "1"\n{more}'
    file.write_text(text)
    found = read_packages(file)
    assert {p.name: p.requested for p in found.packages} == {"ice": True, "water": False}
