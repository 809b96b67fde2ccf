"""Lock files of PEP 751: `pylock.toml`. They state no licence, author or classifier."""

from __future__ import annotations

import collections
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.utils import canonicalize_name

from ...errors import SourceError
from .conditions import condition_of, first_day
from .packages import Dependency, Package, Packages
from .report import Recorder, unwanted

__all__ = ["first_upload", "read_lockfile"]

_HINT: Final = (
    "make it anew: python -m pip lock -r requirements.txt, or uv export --format pylock.toml"
)
_UNWANTED: Final = (
    "created-by",
    "requires-python",
    "environments",
    "extras",
    "dependency-groups",
    "tool",
)
_UNWANTED_PACKAGE: Final = (
    "requires-python",
    "index",
    "attestation-identities",
    "tool",
)
_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_OTHER_PLACE: Final = "package whose marker excludes this environment"
_OUTSIDE: Final = "requirement on a package that is not in the list"
_OTHER_VERSION: Final = "requirement on another version than this environment takes"
_DIRECT: Final = {
    "vcs": "installed from a version control repository",
    "directory": "installed from a folder",
    "archive": "installed from an address, not from an index",
}


def read_lockfile(text: str, file: Path, record: Recorder = dict) -> Packages:
    """The packages of a lock file that its markers select for this Python and its default groups.

    What it states that a package needs is what one resolution gave for this version: such a dependency is conditional.
    A lock file does not say what was asked for. Where it states dependencies, the packages that no
    other one needs count as requested; where it states none, all of them do.

    Args:
        text: TOML.
        file: What it was read from, for messages.
        record: Notes which fields are read.

    Raises:
        SourceError: It is not TOML, or not a lock file.
    """
    try:
        top = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        where = (
            f"{file}:{place['line']}:{place['column']}" if place and place["line"] else str(file)
        )
        raise SourceError(
            f"not TOML: {_PLACE.sub('', str(error))}", where=where, hint=_HINT
        ) from error
    except RecursionError as error:
        raise SourceError(
            "not a lock file: nested too deep", where=str(file), hint=_HINT
        ) from error
    version = top.get("lock-version")
    if not isinstance(version, str) or not version.startswith("1."):
        what = f"not a lock file of PEP 751: lock-version is {version!r}, where 1.0 is known"
        raise SourceError(what, where=f"{file}:1", hint=_HINT)
    if not isinstance(top.get("packages"), list):
        raise SourceError(
            "not a lock file of PEP 751: no [[packages]]", where=f"{file}:1", hint=_HINT
        )
    return _Lockfile(file).packages(record(top))


class _Lockfile:
    """Reads one lock file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.refused: list[tuple[str, str, str]] = []
        self.excluded: collections.Counter[str] = collections.Counter()

    def packages(self, top: Mapping[str, Any]) -> Packages:
        unwanted(top, "lock-version", *_UNWANTED)
        groups = top.get("default-groups") or []
        chosen: dict[str, tuple[Mapping[str, Any], int]] = {}
        for number, table in enumerate(top["packages"]):
            path = f"packages[{number}]"
            if not isinstance(table, Mapping) or not isinstance(table.get("name"), str):
                what = "a package without a name"
                raise SourceError(what, where=f"{self.file}#{path}", hint=_HINT)
            name = canonicalize_name(table["name"])
            if not self._selected(table, groups, path):
                self.excluded[_OTHER_PLACE] += 1
            elif name in chosen:
                self.refused.append((f"{self.file.name}#{path}", "name", f"{name} is listed twice"))
            else:
                chosen[name] = (table, number)
        found = {
            name: self._dependencies(name, table, n, chosen) for name, (table, n) in chosen.items()
        }
        needed = {d.name for dependencies in found.values() for d in dependencies}
        packages = tuple(
            self._package(table, n, found[name], requested=name not in needed)
            for name, (table, n) in chosen.items()
        )
        return Packages(self.file, packages, dict(self.excluded), tuple(self.refused))

    def _selected(self, table: Mapping[str, Any], groups: list[str], path: str) -> bool:
        marker = table.get("marker")
        if marker is None:
            return True
        where = f"{self.file}#{path}.marker"
        try:
            chosen: dict[str, Any] = {"extras": set(), "dependency_groups": set(groups)}
            return Marker(marker).evaluate(chosen, context="lock_file")
        except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, TypeError) as error:
            raise SourceError(f"{marker!r} is not a marker", where=where, hint=_HINT) from error

    def _dependencies(
        self,
        own: str,
        table: Mapping[str, Any],
        number: int,
        chosen: Mapping[str, tuple[Mapping[str, Any], int]],
    ) -> tuple[Dependency, ...]:
        found: dict[Dependency, None] = {}
        locked = f"{own} {table.get('version') or ''}".strip()
        stated = table.get("dependencies") or []
        where = f"{self.file}#packages[{number}].dependencies"
        if not isinstance(stated, list):
            raise SourceError("not a list of tables", where=where, hint=_HINT)
        for entry in stated:
            if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
                raise SourceError("a dependency without a name", where=where, hint=_HINT)
            name = canonicalize_name(entry["name"])
            version = entry.get("version")
            if name in chosen and not _means(entry, chosen[name][0]):
                self.excluded[_OTHER_VERSION] += 1
            elif name in chosen:
                marker = condition_of(str(chosen[name][0].get("marker") or ""))
                condition = f"{locked}; {marker}" if marker else locked
                requirement = f"=={version}" if version else ""
                found[Dependency(name, "runtime", requirement, condition)] = None
            else:
                self.excluded[_OUTSIDE] += 1
        return tuple(found)

    def _package(
        self,
        table: Mapping[str, Any],
        number: int,
        dependencies: tuple[Dependency, ...],
        *,
        requested: bool,
    ) -> Package:
        unwanted(table, *_UNWANTED_PACKAGE, *_DIRECT)
        version = table.get("version", "")
        if not isinstance(version, str):
            where = f"{self.file}#packages[{number}].version"
            raise SourceError(
                f"{type(version).__name__} where a text belongs", where=where, hint=_HINT
            )
        direct = next((words for field, words in _DIRECT.items() if field in set(table)), "")
        name = canonicalize_name(table["name"])
        at = f"{self.file.name}#packages[{number}]"
        return Package(
            name,
            table["name"],
            version,
            requested,
            frozenset(),
            dependencies,
            (),
            None,
            direct,
            False,
            at,
            since=first_upload(table),
        )


def _means(entry: Mapping[str, Any], package: Mapping[str, Any]) -> bool:
    """Whether a dependency means a package of its name: where both say a version or place, they say the same."""
    keys = ("version", "index", "vcs", "archive", "directory")
    return all(entry[key] == package[key] for key in keys if key in entry and key in package)


def first_upload(table: Mapping[str, Any]) -> str:
    """The day on which the first file of a version was uploaded; empty where the lock file does not say."""
    sdist, wheels = table.get("sdist"), table.get("wheels")
    files = [sdist, *(wheels if isinstance(wheels, list) else [])]
    listed = [file for file in files if isinstance(file, Mapping)]
    for file in listed:
        unwanted(file, *(field for field in file if field != "upload-time"))
    return first_day(file.get("upload-time") for file in listed)
