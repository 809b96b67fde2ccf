"""Lock files of uv and Poetry: they hold every platform at once; markers pick what this Python would install."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.utils import canonicalize_name

from ...errors import SourceError
from ..documents import read_toml
from ..documents.fields import short
from .conditions import condition_of, holds_everywhere
from .lockfile import first_upload
from .packages import Dependency, Package, Packages
from .report import Recorder, unwanted

__all__ = ["read_poetry", "read_uv"]

_OTHER_PLACE: Final = "package that this environment does not need"
_OTHER_GROUP: Final = "package that is optional, or of another group"
_NOT_ASKED: Final = "requirement of an extra that nobody asked for"
_OTHER_MARKER: Final = "requirement whose marker excludes this environment"
_OUTSIDE: Final = "requirement on a package that is not in the list"
_DIRECT: Final = {
    "git": "installed from a version control repository",
    "url": "installed from an address, not from an index",
    "path": "installed from a file",
    "file": "installed from a file",
    "directory": "installed from a folder",
    "editable": "installed from a folder",
    "virtual": "installed from a folder",
}
_HINT: Final = "make it anew with the tool that wrote it: uv lock, or poetry lock"


@dataclasses.dataclass(frozen=True, slots=True)
class _Need:
    """A requirement: on what, under which marker, with which extras, for which extra of its own package."""

    name: str
    version: str
    requirement: str
    marker: str
    extras: frozenset[str]
    extra: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class _Locked:
    """One package of a lock file."""

    name: str
    title: str
    version: str
    direct: str
    own: bool
    needs: tuple[_Need, ...]
    marker: str
    at: str
    pythons: str = ""
    since: str = ""


def read_uv(file: Path, record: Recorder = dict) -> Packages:
    """The packages of `uv.lock` that this environment needs, from the project on; its extras and groups are left out.

    Raises:
        SourceError: It is not TOML, or not a lock file of uv.
    """
    top = record(read_toml(file))
    unwanted(top, "revision", "resolution-markers", "options", "manifest")
    unwanted(top, "required-markers", "conflicts")
    if top.get("version") != 1:
        what = f"not a lock file of uv: version is {short(top.get('version'))}, where 1 is known"
        raise SourceError(what, where=f"{file}:1", hint=_HINT)
    pythons = str(top.get("requires-python") or "")
    locked = [_uv(*one, file, pythons) for one in _tables(top, file)]
    supported = top.get("supported-markers")
    places = [str(marker) for marker in supported] if isinstance(supported, list) else []
    return _Walk(file, locked, places=" or ".join(places)).packages()


def read_poetry(file: Path, record: Recorder = dict) -> Packages:
    """The packages of `poetry.lock` whose markers select this environment; optional ones and other groups are left out.

    A lock file of Poetry does not say what was asked for: packages that no other one needs count as requested.

    Raises:
        SourceError: It is not TOML, or not a lock file of Poetry.
    """
    top = record(read_toml(file))
    unwanted(top, "metadata", "extras")
    every = [_poetry(*one, file) for one in _tables(top, file)]
    return _Walk(file, [p for p in every if p], every.count(None)).packages()


def _tables(top: Mapping[str, Any], file: Path) -> Iterator[tuple[Mapping[str, Any], str]]:
    listed = top.get("package")
    if not isinstance(listed, list):
        raise SourceError("not a lock file: no [[package]]", where=f"{file}:1", hint=_HINT)
    for number, table in enumerate(listed):
        where = f"{file}#package[{number}]"
        if not isinstance(table, Mapping) or not isinstance(table.get("name"), str):
            raise SourceError("a package without a name", where=where, hint=_HINT)
        if not isinstance(table.get("version", ""), str):
            what = f"{short(table.get('version'))} is not a version"
            raise SourceError(what, where=where, hint=_HINT)
        yield table, f"{file.name}#package[{number}]"


def _uv(table: Mapping[str, Any], at: str, file: Path, pythons: str) -> _Locked:
    unwanted(table, "metadata", "resolution-markers", "dev-dependencies")
    source = table.get("source")
    kinds = list(source) if isinstance(source, Mapping) else []
    if isinstance(source, Mapping):
        unwanted(source, *source)
    own = bool({"editable", "virtual"} & set(kinds))
    needs = [_uv_need(n, "", at, file) for n in _listed(table, "dependencies", at, file)]
    for extra, some in _mapping(table, "optional-dependencies", at, file).items():
        if not isinstance(some, list):
            raise SourceError(f"{short(some)} is not a list", where=f"{file}: {at}", hint=_HINT)
        needs += [_uv_need(n, canonicalize_name(extra), at, file) for n in some]
    name, direct = table["name"], next((w for k, w in _DIRECT.items() if k in kinds), "")
    version = table.get("version", "")
    since = first_upload(table)
    return _Locked(
        canonicalize_name(name), name, version, direct, own, tuple(needs), "", at, pythons, since
    )


def _uv_need(value: object, extra: str, at: str, file: Path) -> _Need:
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
        raise SourceError("a dependency without a name", where=f"{file}: {at}", hint=_HINT)
    unwanted(value, "source")
    extras = value.get("extra") or []
    version, marker = str(value.get("version") or ""), str(value.get("marker") or "")
    wanted = (
        frozenset(canonicalize_name(str(e)) for e in extras)
        if isinstance(extras, list)
        else frozenset[str]()
    )
    return _need(value["name"], version, f"=={version}" if version else "", marker, wanted, extra)


def _poetry(table: Mapping[str, Any], at: str, file: Path) -> _Locked | None:
    unwanted(table, "description", "files", "category", "develop")
    pythons = str(table.get("python-versions") or "")
    groups = table.get("groups")
    optional = table.get("optional") is True
    source = _mapping(table, "source", at, file)
    kind = str(source.get("type") or "")
    unwanted(source, *source)
    needs = [
        need
        for name, stated in _mapping(table, "dependencies", at, file).items()
        for need in _poetry_needs(name, stated, at, file)
    ]
    extras = _mapping(table, "extras", at, file)
    unwanted(extras, *extras)
    marker = table.get("markers")
    main = marker.get("main", "") if isinstance(marker, Mapping) else marker or ""
    if optional or (isinstance(groups, list) and "main" not in groups):
        return None
    name = table["name"]
    direct = _DIRECT.get(kind, "")
    version = table.get("version", "")
    return _Locked(
        canonicalize_name(name), name, version, direct, False, tuple(needs), str(main), at, pythons
    )


def _poetry_needs(name: str, stated: object, at: str, file: Path) -> Iterator[_Need]:
    for one in stated if isinstance(stated, list) else [stated]:
        if isinstance(one, str):
            yield _need(name, "", "" if one == "*" else one, "", frozenset(), "")
        elif isinstance(one, Mapping):
            version = str(one.get("version") or "")
            extras = one.get("extras") or []
            unwanted(one, "git", "rev", "url", "path", "branch", "tag", "subdirectory", "develop")
            yield _need(
                name,
                "",
                "" if version == "*" else version,
                str(one.get("markers") or ""),
                frozenset(canonicalize_name(str(e)) for e in extras)
                if isinstance(extras, list)
                else frozenset(),
                "(optional)" if one.get("optional") is True else "",
            )
        else:
            what = f"{short(one)} is not a requirement on {name}"
            raise SourceError(what, where=f"{file}: {at}", hint=_HINT)


def _need(
    name: str, version: str, spec: str, marker: str, extras: frozenset[str], extra: str
) -> _Need:
    named = f"[{','.join(sorted(extras))}]" if extras else ""
    requirement = f"{named}{spec}" + (f"; {marker}" if marker else "")
    return _Need(canonicalize_name(name), version, requirement, marker, extras, extra)


def _listed(table: Mapping[str, Any], field: str, at: str, file: Path) -> list[Any]:
    value = table.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise SourceError(
            f"{field}: {short(value)} is not a list", where=f"{file}: {at}", hint=_HINT
        )
    return value


def _mapping(table: Mapping[str, Any], field: str, at: str, file: Path) -> Mapping[str, Any]:
    value = table.get(field)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise SourceError(
            f"{field}: {short(value)} is not a table", where=f"{file}: {at}", hint=_HINT
        )
    return value


class _Walk:
    """Follows requirements whose markers hold, from the project's own packages on; without any, from all."""

    def __init__(
        self, file: Path, locked: list[_Locked], left_out: int = 0, *, places: str = ""
    ) -> None:
        self._file = file
        self._places = places
        self._by_name: dict[str, list[_Locked]] = collections.defaultdict(list)
        for package in locked:
            self._by_name[package.name].append(package)
        self._excluded = collections.Counter({_OTHER_GROUP: left_out} if left_out else {})
        self._truths: dict[str, bool] = {}

    def packages(self) -> Packages:
        """The list of what is installed here."""
        every = [p for some in self._by_name.values() for p in some]
        own = [p for p in every if p.own]
        starts = own or [p for p in every if self._holds(p.marker, p.at)]
        extras: dict[tuple[str, str], set[str]] = {(p.name, p.version): set() for p in starts}
        found: dict[tuple[str, str], _Locked] = {}
        edges: dict[tuple[str, str], dict[Dependency, None]] = collections.defaultdict(dict)
        waiting = collections.deque(starts)
        while waiting:
            package = waiting.popleft()
            key = (package.name, package.version)
            found.setdefault(key, package)
            for need in package.needs:
                if need.extra and need.extra not in extras[key]:
                    self._excluded[_NOT_ASKED] += 1
                    continue
                if not self._holds(need.marker, package.at):
                    self._excluded[_OTHER_MARKER] += 1
                    continue
                target = self._chosen(need)
                if target is None:
                    self._excluded[_OUTSIDE] += 1
                    continue
                there = (target.name, target.version)
                edges[key][self._dependency(package, need)] = None
                known = extras.setdefault(there, set())
                if there not in found or not need.extras <= known:
                    known |= need.extras
                    waiting.append(target)
        unused = len(every) - len(found)
        if unused:
            self._excluded[_OTHER_PLACE] = unused
        return self._result(found, edges, extras, own)

    def _result(
        self,
        found: Mapping[tuple[str, str], _Locked],
        edges: Mapping[tuple[str, str], Mapping[Dependency, None]],
        extras: Mapping[tuple[str, str], set[str]],
        own: list[_Locked],
    ) -> Packages:
        direct = {d.name for p in own for d in edges[p.name, p.version]}
        needed = {d.name for some in edges.values() for d in some}
        packages, refused, names = [], list[tuple[str, str, str]](), set[str]()
        for key, locked in found.items():
            if locked.own:
                continue
            if locked.name in names:
                what = f"{locked.name} is needed at two versions here"
                refused.append((locked.at, "version", what))
                continue
            names.add(locked.name)
            dependencies = tuple(d for d in edges[key] if d.name != locked.name)
            asked = locked.name in direct if own else locked.name not in needed
            packages.append(
                Package(
                    locked.name,
                    locked.title,
                    locked.version,
                    asked,
                    frozenset(extras[key]),
                    dependencies,
                    (),
                    None,
                    locked.direct,
                    False,
                    locked.at,
                    since=locked.since,
                )
            )
        return Packages(self._file, tuple(packages), dict(self._excluded), tuple(refused))

    def _dependency(self, package: _Locked, need: _Need) -> Dependency:
        """A requirement with its condition: an extra, or a marker that leaves a platform or Python out.

        A lock file that was made for some platforms only speaks of these.
        """
        if need.extra:
            condition = f"extra: {need.extra}" + (f"; {need.marker}" if need.marker else "")
            return Dependency(need.name, "optional", need.requirement, condition.replace('"', "'"))
        beside = (n.marker for n in package.needs if n.name == need.name and not n.extra)
        everywhere = not self._places and holds_everywhere(beside, package.pythons)
        condition = "" if everywhere else condition_of(need.marker or self._places)
        return Dependency(need.name, "runtime", need.requirement, condition)

    def _chosen(self, need: _Need) -> _Locked | None:
        some = [p for p in self._by_name.get(need.name, []) if self._holds(p.marker, p.at)]
        exact = [p for p in some if p.version == need.version]
        return next(iter(exact or some), None)

    def _holds(self, marker: str, at: str) -> bool:
        if not marker:
            return True
        if marker not in self._truths:
            try:
                self._truths[marker] = Marker(marker).evaluate({"extra": ""})
            except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName) as error:
                where = f"{self._file}: {at}"
                raise SourceError(f"{marker!r} is not a marker", where=where, hint=_HINT) from error
        return self._truths[marker]
