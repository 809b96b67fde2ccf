"""Installation reports of pip: `pip install --dry-run --report FILE` (format version 1).

The address a package comes from is not looked at; nothing of it is kept.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ...errors import SourceError
from ...graph.claims import Record
from .accounts import repositories
from .conditions import condition_of, extras_of, holds_everywhere, without_extras
from .foreign import name_of
from .licences import licences
from .packages import Dependency, Package, Packages
from .publishers import PERSONAL, Description, Publisher, of_parent, publisher

__all__ = ["REPORT_HINT", "Recorder", "read_report", "unwanted"]

Recorder = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Wraps a mapping of the source so that unread fields can be counted (`Claims.record`)."""

REPORT_HINT: Final = (
    "make it anew: python -m pip install --dry-run --ignore-installed --report FILE PACKAGE"
)
_FORMATS: Final = (
    "give a report or an inspection of pip, a requirements file, pylock.toml, uv.lock, poetry.lock, or a bill of"
    " CycloneDX or SPDX"
)
_UNWANTED_METADATA: Final = (
    *("metadata_version", "summary", "description", "description_content_type", "keywords"),
    *("platform", "supported_platform", "requires_external", "license_file"),
    *("dynamic", "download_url", "obsoletes_dist", "provides_dist"),
)
_CALENDAR = re.compile(r"(2[3-9]|[3-9]\d)\.\d")
_OUTSIDE: Final = "requirement on a package that is not in the list"
_OTHER_PLACE: Final = "requirement whose marker excludes this environment"
_NOT_ASKED: Final = (
    "requirement of an extra that nobody asked for, on a package that is not in the list"
)
_ITSELF: Final = "requirement of a package on its own extras"


@dataclasses.dataclass(slots=True)
class _Entry:
    """One package of a report before its requirements are looked at.

    Attributes:
        package: Without its dependencies.
        extras: Extras in use; grows until nothing asks for more.
        requirements: (as written, parsed), in order.
        offered: Extras that it knows.
        requires_python: Which versions of Python it runs on.
    """

    package: Package
    extras: set[str]
    requirements: list[tuple[str, Requirement]]
    offered: set[str]
    requires_python: str


def read_report(text: str, file: Path, record: Recorder = dict) -> Packages:
    """The packages of an installation report.

    Args:
        text: JSON.
        file: What it was read from, for messages.
        record: Notes which fields are read.

    Raises:
        SourceError: It is not JSON, or not a report.
    """
    try:
        top = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{file}:{error.lineno}:{error.colno}"
        raise SourceError(f"not JSON: {error.msg}", where=where, hint=REPORT_HINT) from error
    except RecursionError as error:
        raise SourceError(
            "not a report: nested too deep", where=str(file), hint=REPORT_HINT
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise SourceError(f"not JSON: {error}", where=str(file), hint=REPORT_HINT) from error
    if isinstance(top, dict) and "install" not in top and isinstance(top.get("installed"), list):
        return _as_roots(_Report(file).packages(record(_inspected(top))))
    if not isinstance(top, dict) or not isinstance(top.get("install"), list):
        name, how = name_of(top)
        what = f"this is {name}" if name else "this JSON is no report of pip: no list `install`"
        hint = f"make a file that is read, with: {how}" if how else _FORMATS
        raise SourceError(what, where=f"{file}:1", hint=hint)
    if str(top.get("version")) != "1":
        what = f"format version {top.get('version')!r} of the report, where 1 is known"
        raise SourceError(
            what, where=str(file), hint="use a pip of 23.0 or later that writes version 1"
        )
    return _Report(file).packages(record(top))


def _inspected(top: Mapping[str, Any]) -> dict[str, Any]:
    """What `pip inspect` says of an environment, as the report of its installation would be."""
    rows = [
        {
            "metadata": row.get("metadata"),
            "requested": row.get("requested"),
            "is_direct": "direct_url" in row,
            "download_info": row.get("direct_url") or {},
        }
        if isinstance(row, Mapping)
        else row
        for row in top["installed"]
    ]
    about = ("version", "pip_version", "environment")
    return {**{key: top[key] for key in about if key in top}, "install": rows}


def _as_roots(found: Packages) -> Packages:
    """The packages of an environment; where none is marked as asked for, those are that no other needs."""
    if found.roots:
        return found
    needed = {d.name for package in found.packages for d in package.dependencies}
    marked = (dataclasses.replace(p, requested=p.name not in needed) for p in found.packages)
    return dataclasses.replace(found, packages=tuple(marked))


class _Report:
    """Reads one report."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.refused: list[tuple[str, str, str]] = []
        self.excluded: collections.Counter[str] = collections.Counter()
        self.environment: dict[str, str] = {}
        self.since = ""
        self.entries: dict[str, _Entry] = {}
        self.truths: dict[tuple[str, str], bool] = {}

    def packages(self, top: Mapping[str, Any]) -> Packages:
        unwanted(top, "version")
        self.since = _year(_text(top.get("pip_version"), self._where("pip_version")))
        environment = _table(top.get("environment", {}), self._where("environment"))
        self.environment = {
            k: _text(v, self._where(f"environment.{k}")) for k, v in environment.items()
        }
        for number, install in enumerate(top["install"]):
            self._entry(_table(install, self._where(f"install[{number}]")), number)
        self._spread_extras()
        found = tuple(
            dataclasses.replace(
                e.package, extras=frozenset(e.extras), dependencies=self._dependencies(e)
            )
            for e in self.entries.values()
        )
        return Packages(self.file, _adopted(found), dict(self.excluded), tuple(self.refused))

    def _where(self, path: str) -> str:
        return f"{self.file}#{path}"

    def _entry(self, install: Mapping[str, Any], number: int) -> None:
        path = f"install[{number}]"
        at = f"{self.file.name}#{path}"
        unwanted(install, "yanked_reason")
        metadata = _table(install.get("metadata"), self._where(f"{path}.metadata"))
        unwanted(metadata, *_UNWANTED_METADATA)

        def text(field: str) -> str:
            return _text(metadata.get(field, ""), self._where(f"{path}.metadata.{field}"))

        def texts(field: str) -> list[str]:
            return _texts(metadata.get(field), self._where(f"{path}.metadata.{field}"))

        title = text("name")
        name = canonicalize_name(title)
        if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", name):
            raise SourceError(
                f"{title!r} is not the name of a package",
                where=self._where(f"{path}.metadata.name"),
                hint=REPORT_HINT,
            )
        if name in self.entries:
            self.refused.append((at, "name", f"{name} is listed twice"))
            return
        links = (("home", text("home_page")), *map(_link, texts("project_url")))
        description = Description(
            name,
            (text("author"), text("maintainer")),
            (text("author_email"), text("maintainer_email")),
            links,
            text("license"),
        )
        package = Package(
            name=name,
            title=title,
            version=text("version"),
            requested=_flag(install.get("requested"), self._where(f"{path}.requested")),
            extras=frozenset(),
            dependencies=(),
            licences=licences(text("license_expression"), text("license"), texts("classifier")),
            publisher=publisher(description),
            direct=self._direct(install, path),
            yanked=_flag(install.get("is_yanked"), self._where(f"{path}.is_yanked")),
            at=at,
            since=self.since,
            repositories=repositories(links),
        )
        asked = _texts(install.get("requested_extras"), self._where(f"{path}.requested_extras"))
        lines = texts("requires_dist")
        self.entries[name] = _Entry(
            package,
            {canonicalize_name(e) for e in asked},
            self._requirements(lines, at),
            {canonicalize_name(e) for e in [*texts("provides_extra"), *extras_of(" ".join(lines))]},
            text("requires_python"),
        )

    def _direct(self, install: Mapping[str, Any], path: str) -> str:
        """Where a package comes from that no index was asked for; its address is left out."""
        origin = _table(install.get("download_info", {}), self._where(f"{path}.download_info"))
        unwanted(origin, "url", "subdirectory", "archive_info", "dir_info")
        source = _table(origin.get("vcs_info") or {}, self._where(f"{path}.download_info.vcs_info"))
        unwanted(source, "requested_revision", "commit_id")
        if not _flag(install.get("is_direct"), self._where(f"{path}.is_direct")):
            return ""
        if source:
            kind = _text(source.get("vcs", ""), self._where(f"{path}.download_info.vcs_info.vcs"))
            return f"installed from a {kind or 'version control'} repository"
        return (
            "installed from a folder"
            if "dir_info" in set(origin)
            else "installed from an address, not from an index"
        )

    def _requirements(self, lines: Iterable[str], at: str) -> list[tuple[str, Requirement]]:
        found = []
        for number, line in enumerate(lines):
            try:
                found.append((line, _parsed(line)))
            except InvalidRequirement:
                reason = "not a requirement (PEP 508)"
                self.refused.append((f"{at}.requires_dist[{number}]", "requires_dist", reason))
        return found

    # ------------------------------------------------------------------ who needs what

    def _spread_extras(self) -> None:
        """Hands extras on along the requirements that hold, until nothing changes."""
        waiting = list(self.entries.values())
        while waiting:
            entry = waiting.pop()
            for _, requirement in entry.requirements:
                target = self.entries.get(canonicalize_name(requirement.name))
                wanted = {canonicalize_name(e) for e in requirement.extras}
                if (
                    target
                    and not wanted <= target.extras
                    and self._holds(requirement, entry.extras)
                ):
                    target.extras |= wanted
                    waiting.append(target)

    def _dependencies(self, entry: _Entry) -> tuple[Dependency, ...]:
        found: dict[Dependency, None] = {}
        markers: dict[str, set[str]] = collections.defaultdict(set)
        for _, requirement in entry.requirements:
            markers[canonicalize_name(requirement.name)].add(str(requirement.marker or ""))
        for line, requirement in entry.requirements:
            name = canonicalize_name(requirement.name)
            needed = self._holds(requirement, entry.extras)
            possible = needed or self._holds(requirement, entry.offered)
            if not possible:
                self.excluded[_OTHER_PLACE] += 1
            elif name == entry.package.name:
                self.excluded[_ITSELF] += 1
            elif name not in self.entries:
                self.excluded[_OUTSIDE if needed else _NOT_ASKED] += 1
            else:
                kind = "runtime" if self._holds(requirement, ()) else "optional"
                marker = str(requirement.marker or "")
                everywhere = kind == "runtime" and holds_everywhere(
                    markers[name], entry.requires_python
                )
                condition = "" if everywhere else condition_of(marker)
                found[Dependency(name, kind, _as_written(line, requirement), condition)] = None
        return tuple(found)

    def _holds(self, requirement: Requirement, extras: Collection[str]) -> bool:
        """Whether its marker is true in the list's environment, with one of the extras or none."""
        marker = requirement.marker
        if marker is None:
            return True
        text = str(marker)
        named = {canonicalize_name(e) for e in extras_of(text)}
        possible = extras if "extra" in without_extras(text) else named.intersection(extras)
        return any(self._true(marker, text, e) for e in ("", *sorted(possible)))

    def _true(self, marker: Marker, text: str, extra: str) -> bool:
        if (text, extra) not in self.truths:
            try:
                truth = marker.evaluate({**self.environment, "extra": extra})
            except (UndefinedComparison, UndefinedEnvironmentName):
                truth = False
            self.truths[text, extra] = truth
        return self.truths[text, extra]


def _adopted(packages: tuple[Package, ...]) -> tuple[Package, ...]:
    """The packages; one that names no organisation goes with a package that needs it and begins its name."""
    needed_by: dict[str, list[tuple[str, Publisher | None]]] = collections.defaultdict(list)
    for package in packages:
        for dependency in package.dependencies:
            needed_by[dependency.name].append((package.name, package.publisher))
    return tuple(
        dataclasses.replace(p, publisher=of_parent(needed_by[p.name], p.name) or p.publisher)
        if p.publisher is None or (p.publisher.sign == PERSONAL and needed_by[p.name])
        else p
        for p in packages
    )


def _link(text: str) -> tuple[str, str]:
    """(label, address) of a project address, which is written `label, address`."""
    label, comma, address = text.partition(",")
    return (label, address) if comma else ("", text)


def _year(pip_version: str) -> str:
    """The year of a pip, by its own calendar (`26.3` is of 2026): no report that it wrote is older."""
    match = _CALENDAR.match(pip_version)
    return f"20{match[1]}" if match else ""


@functools.lru_cache(maxsize=50_000)
def _parsed(line: str) -> Requirement:
    return Requirement(line)


def _as_written(line: str, requirement: Requirement) -> str:
    """Extras, versions and marker of a requirement as written, without its name and any address."""
    if requirement.url is None:
        return " ".join(line.strip().removeprefix(requirement.name).split())
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{extras} @ (an address){marker}".strip()


# ---------------------------------------------------------------------- types


def unwanted(record: Mapping[str, Any], *fields: str) -> None:
    """Marks fields as known and not wanted, where unread ones are counted."""
    if isinstance(record, Record):
        record.ignore(*fields)


def _table(value: object, where: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise SourceError(
        f"{type(value).__name__} where a mapping belongs", where=where, hint=REPORT_HINT
    )


def _text(value: object, where: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise SourceError(f"{type(value).__name__} where a text belongs", where=where, hint=REPORT_HINT)


def _texts(value: object, where: str) -> list[str]:
    if value is None:
        return []
    if (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(v, str) for v in value)
    ):
        return list(value)
    raise SourceError("not a list of texts", where=where, hint=REPORT_HINT)


def _flag(value: object, where: str) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise SourceError(
        f"{type(value).__name__} where true or false belongs", where=where, hint=REPORT_HINT
    )
