"""Lock files of uv and Poetry: they hold every platform at once; markers pick what this Python would install."""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ...errors import SourceError
from ..documents import read_toml
from ..documents.fields import short
from .conditions import condition_of, extras_of, holds_everywhere
from .lockfile import first_upload
from .packages import Dependency, Package, Packages
from .report import Recorder, unwanted

__all__ = ["read_poetry", "read_uv"]

_OTHER_PLACE: Final = "package that this environment does not need"
_OTHER_GROUP: Final = "package that is optional, or of another group"
_NOT_ASKED: Final = "requirement of an extra that nobody asked for"
_OTHER_MARKER: Final = "requirement whose marker excludes this environment"
_NO_GROUPS: Final = (
    "package whose group this format does not say (Poetry 1.5 to 1.8): counted as one that runs"
)
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
_UNMARKED: Final = frozenset({"1.0", "1.1", "2.0"})
"""Versions of the format that do not say by markers and groups where a package is installed."""

_HINT: Final = "make it anew with the tool that wrote it: uv lock, or poetry lock"


_NAME: Final = re.compile(r"[^\w.-]")


@dataclasses.dataclass(frozen=True, slots=True)
class _Need:
    """A requirement: on what, under which marker, with which extras, for which extra of its own package.

    Attributes:
        version: The one that is locked; empty where the lock file gives a range.
        versions: The range (PEP 440).
        perhaps: Whether the lock file does not say if its extra is asked for; if what it needs is locked, somebody did.
    """

    name: str
    version: str
    requirement: str
    marker: str
    extras: frozenset[str]
    extra: str = ""
    versions: str = ""
    perhaps: bool = False


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
    unwanted(top, "revision", "resolution-markers", "options")
    unwanted(top, "required-markers", "conflicts")
    if top.get("version") != 1:
        what = f"not a lock file of uv: version is {short(top.get('version'))}, where 1 is known"
        raise SourceError(what, where=f"{file}:1", hint=_HINT)
    pythons = str(top.get("requires-python") or "")
    locked = [_uv(*one, file, pythons) for one in _tables(top, file)]
    supported = top.get("supported-markers")
    places = [str(marker) for marker in supported] if isinstance(supported, list) else []
    script = _script(_mapping(top, "manifest", "manifest", file))
    return _Walk(file, locked, places=" or ".join(places), script=script).packages()


def _script(manifest: Mapping[str, Any]) -> frozenset[str]:
    """What a script asks for, in the lock file of a script."""
    unwanted(manifest, *manifest)
    wanted = manifest.get("requirements")
    rows = wanted if isinstance(wanted, list) else []
    return frozenset(
        canonicalize_name(str(row.get("name"))) for row in rows if isinstance(row, Mapping)
    )


def read_poetry(file: Path, record: Recorder = dict) -> Packages:
    """The packages of `poetry.lock` whose markers select this environment; optional ones and other groups are left out.

    A lock file of Poetry does not say what was asked for: packages that no other one needs count as requested.

    Raises:
        SourceError: It is not TOML, or not a lock file of Poetry.
    """
    top = record(read_toml(file))
    unwanted(top, "extras")
    about = _mapping(top, "metadata", "metadata", file)
    unwanted(about, *about)
    marked = str(about.get("lock-version") or "") not in _UNMARKED
    tables = list(_tables(top, file))
    every = [_poetry(*one, file) for one in tables]
    blind = sum("groups" not in table and "category" not in table for table, _ in tables)
    excluded = {_OTHER_GROUP: every.count(None), _NO_GROUPS: 0 if marked else blind}
    return _Walk(file, [p for p in every if p], excluded, marked=marked).packages()


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
    unwanted(table, "description", "files", "develop")
    category = table.get("category")
    pythons = str(table.get("python-versions") or "")
    groups = table.get("groups")
    optional = table.get("optional") is True
    source = _mapping(table, "source", at, file)
    kind = str(source.get("type") or "")
    unwanted(source, *source)
    extras = _mapping(table, "extras", at, file)
    unwanted(extras, *extras)
    of_extra: dict[str, str] = {
        canonicalize_name(_NAME.split(str(wanted).strip(), maxsplit=1)[0]): canonicalize_name(extra)
        for extra, some in extras.items()
        for wanted in (some if isinstance(some, list) else [])
    }
    needs = [
        need
        for name, stated in _mapping(table, "dependencies", at, file).items()
        for need in _poetry_needs(name, stated, of_extra, at, file)
    ]
    marker = table.get("markers")
    main = marker.get("main", "") if isinstance(marker, Mapping) else marker or ""
    others = isinstance(groups, list) and "main" not in groups
    if optional or others or category not in {None, "main"}:
        return None
    name = table["name"]
    direct = _DIRECT.get(kind, "")
    version = table.get("version", "")
    return _Locked(
        canonicalize_name(name), name, version, direct, False, tuple(needs), str(main), at, pythons
    )


def _poetry_needs(
    name: str, stated: object, of_extra: Mapping[str, str], at: str, file: Path
) -> Iterator[_Need]:
    for one in stated if isinstance(stated, list) else [stated]:
        if isinstance(one, str):
            versions = "" if one == "*" else one
            need = _need(name, "", versions, "", frozenset(), "")
            yield dataclasses.replace(need, versions=versions)
        elif isinstance(one, Mapping):
            version = str(one.get("version") or "")
            extras = one.get("extras") or []
            unwanted(one, "git", "rev", "url", "path", "branch", "tag", "subdirectory", "develop")
            versions = "" if version == "*" else version
            marker = str(one.get("markers") or "")
            named = extras_of(marker) or (of_extra.get(canonicalize_name(name), "(optional)"),)
            wanted = (
                frozenset(canonicalize_name(str(e)) for e in extras)
                if isinstance(extras, list)
                else frozenset[str]()
            )
            optional = one.get("optional") is True
            extra = canonicalize_name(named[0]) if optional else ""
            need = _need(name, "", versions, marker, wanted, extra)
            yield dataclasses.replace(need, versions=versions, perhaps=optional)
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
        self,
        file: Path,
        locked: list[_Locked],
        excluded: Mapping[str, int] | None = None,
        *,
        places: str = "",
        script: Collection[str] = (),
        marked: bool = True,
    ) -> None:
        self._file = file
        self._places = places
        self._script = script
        self._marked = marked
        self._by_name: dict[str, list[_Locked]] = collections.defaultdict(list)
        for package in locked:
            self._by_name[package.name].append(package)
        self._excluded = collections.Counter({k: n for k, n in (excluded or {}).items() if n})
        self._truths: dict[tuple[str, str], bool] = {}

    def packages(self) -> Packages:
        """The list of what is installed here."""
        every = [p for some in self._by_name.values() for p in some]
        own = [p for p in every if p.own]
        starts = own or [p for p in every if p.name in self._script]
        starts = starts or (
            [p for p in every if self._holds(p.marker, p.at)]
            if self._marked
            else self._roots(every)
        )
        extras: dict[tuple[str, str], set[str]] = {(p.name, p.version): set() for p in starts}
        found: dict[tuple[str, str], _Locked] = {}
        edges: dict[tuple[str, str], dict[Dependency, None]] = collections.defaultdict(dict)
        waiting = collections.deque(starts)
        while waiting:
            package = waiting.popleft()
            key = (package.name, package.version)
            found.setdefault(key, package)
            for need in package.needs:
                asked = not need.extra or need.extra in extras[key]
                target = self._chosen(need)
                if not asked and not (need.perhaps and target):
                    self._excluded[_NOT_ASKED] += 1
                    continue
                if not self._holds(need.marker, package.at, need.extra):
                    self._excluded[_OTHER_MARKER] += 1
                    continue
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
        direct = {d.name for p in own for d in edges[p.name, p.version]} or self._script
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
            asked = locked.name in direct if direct or own else locked.name not in needed
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
            condition = condition_of(need.marker) if extras_of(need.marker) else ""
            remark = f"; {need.marker}" if need.marker else ""
            condition = condition or f"extra: {need.extra}{remark}"
            return Dependency(need.name, "optional", need.requirement, condition.replace('"', "'"))
        beside = (n.marker for n in package.needs if n.name == need.name and not n.extra)
        everywhere = not self._places and holds_everywhere(beside, package.pythons)
        condition = "" if everywhere else condition_of(need.marker or self._places)
        return Dependency(need.name, "runtime", need.requirement, condition)

    def _roots(self, every: list[_Locked]) -> list[_Locked]:
        """What no other package needs; of packages that nobody but each other needs, the first."""
        needers: dict[str, set[str]] = collections.defaultdict(set)
        for package in every:
            for need in package.needs:
                if need.name != package.name:
                    needers[need.name].add(package.name)
        above = {name: _reached(name, needers) for name in {p.name for p in every}}
        roots: list[_Locked] = []
        taken: set[str] = set()
        for package in every:
            mine = above[package.name]
            circle = all(package.name in above.get(name, ()) for name in mine)
            if circle and not mine & taken:
                roots.append(package)
                taken.add(package.name)
        return roots

    def _chosen(self, need: _Need) -> _Locked | None:
        """The package that a requirement means here: of its version, else one in its range."""
        some = [p for p in self._by_name.get(need.name, []) if self._holds(p.marker, p.at)]
        exact = [p for p in some if p.version == need.version]
        fitting = [p for p in some if _within(p.version, need.versions)]
        return next(iter(exact or fitting or some), None)

    def _holds(self, marker: str, at: str, extra: str = "") -> bool:
        if not marker:
            return True
        if (marker, extra) not in self._truths:
            named = next((e for e in extras_of(marker) if canonicalize_name(e) == extra), extra)
            try:
                self._truths[marker, extra] = Marker(marker).evaluate({"extra": named})
            except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName) as error:
                where = f"{self._file}: {at}"
                raise SourceError(f"{marker!r} is not a marker", where=where, hint=_HINT) from error
        return self._truths[marker, extra]


def _reached(name: str, needers: Mapping[str, set[str]]) -> set[str]:
    """Who needs a package, itself or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for other in needers.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _within(version: str, versions: str) -> bool:
    """Whether a version lies in a range; no where the range cannot be read."""
    try:
        return not versions or SpecifierSet(versions).contains(version, prereleases=True)
    except InvalidSpecifier:
        return False
