"""Python packages: what depends on what, under which licence, and who seems to publish it."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.version import InvalidVersion, Version

from ...errors import SourceError
from ...graph.claims import Claims, Source, starter_id
from .reading import Dependency, Licence, Package, Publisher, read_packages

__all__ = ["SOURCE", "load", "read_packages"]

SOURCE = Source(
    id="python_packages",
    title="metadata of Python packages",
    publisher="the publishers of the packages",
    licence="LicenseRef-package-metadata",
    homepage="https://packaging.python.org/en/latest/specifications/core-metadata/",
    rank=50,
    reads=("*.json", "requirements*.txt", "pylock*.toml", "uv.lock", "poetry.lock"),
)


def load(source: Path, out: Claims) -> None:
    """Reads a pip report, a requirements file or a lock file, or all reports of a folder.

    A package that several lists hold at several versions is given once, as of its newest version;
    its licences and publisher are those of the newest one that states any (a lock file states
    none), its dependencies are those of all. A package of a list is a row.

    Raises:
        SourceError: A file is missing, broken or of another format.
    """
    lists = [read_packages(file, out.record) for file in _files(source)]
    seen = [package for each in lists for package in each.packages]
    newest = {p.name: p for p in sorted(seen, key=lambda p: _age(p.version))}
    described = {
        p.name: p
        for p in sorted(seen, key=lambda p: (bool(p.licences or p.publisher), _age(p.version)))
    }
    refused = [one for each in lists for one in each.refused]
    excluded: collections.Counter[str] = sum(
        (collections.Counter(each.excluded) for each in lists), collections.Counter()
    )
    outside = {reason: n for reason, n in excluded.items() if reason.startswith("package")}
    with out.scope("packages"), out.rows(len(seen) + len(refused) + sum(outside.values())):
        for at, field, reason in refused:
            out.refuse(at, reason, field)
        for reason, count in excluded.items():
            (out.skip if reason in outside else out.omit)(reason, count)
        if len(seen) > len(newest):
            out.skip("package that another list holds too", len(seen) - len(newest))
        for package in newest.values():
            _package(package, described[package.name], out)
        _ends(described.values(), out)
        _dependencies(seen, newest, out)


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    found = sorted(
        p
        for p in source.iterdir()
        if p.suffix == ".json"
        or p.name.startswith("pylock")
        or p.name.endswith(("uv.lock", "poetry.lock"))
    )
    if not found:
        hint = "it should hold pip reports (*.json) or lock files"
        raise SourceError("no list of packages in this folder", where=str(source), hint=hint)
    return found


def _age(version: str) -> tuple[Version, str]:
    """Sorts versions; one that PEP 440 does not know is older than all others."""
    try:
        return Version(version), version
    except InvalidVersion:
        return Version("0.dev0"), version


def _id(name: str) -> str:
    return f"pypi/{name}"


def _package(package: Package, described: Package, out: Claims) -> None:
    """States a package, with the licences and the publisher that a version of it describes."""
    out.node(
        "Package",
        _id(package.name),
        package.title,
        ecosystem="pypi",
        latest=package.version,
        identifiers=[f"purl:pkg:pypi/{package.name}"],
        at=package.at,
    )
    older = described.version != package.version
    remarks = (described.remark, f"stated by version {described.version}" if older else "")
    note = "; ".join(filter(None, remarks))
    for licence in described.licences:
        out.edge(
            "LICENSED_UNDER",
            ("Package", _id(package.name)),
            ("License", licence.id),
            kind="declared",
            stated=licence.stated,
            method="extracted" if licence.inferred else "asserted",
            confidence=0.95 if licence.inferred else 1.0,
            note=note,
            at=described.at,
        )
    if not described.licences:
        out.omit("package whose metadata name no licence")
    publisher = described.publisher
    if publisher is None:
        out.omit("package whose metadata say nothing of its publisher")
        return
    if not publisher.id:
        out.omit("package that an individual or a small project publishes: not named")
        return
    out.edge(
        "PUBLISHES",
        (publisher.kind, publisher.id),
        ("Package", _id(package.name)),
        official=False,
        stated=f"{publisher.sign}: {publisher.evidence}",
        method="extracted",
        confidence=publisher.confidence,
        note=note,
        at=described.at,
    )


def _ends(packages: Iterable[Package], out: Claims) -> None:
    """States each licence and each organisation once, at the first package that names it."""
    licences: dict[str, tuple[Licence, str]] = {}
    publishers: dict[tuple[str, str], tuple[Publisher, str]] = {}
    approved: dict[str, set[bool]] = collections.defaultdict(set)
    for package in packages:
        for licence in package.licences:
            licences.setdefault(licence.id, (licence, package.at))
            approved[licence.id] |= set() if licence.osi is None else {licence.osi}
        if (found := package.publisher) and found.id:
            publishers.setdefault((found.kind, found.id), (found, package.at))
    for id_, (licence, at) in sorted(licences.items()):
        known_as = [f"spdx:{licence.spdx}"] if licence.spdx else None
        osi = next(iter(approved[id_])) if len(approved[id_]) == 1 else None
        out.node("License", id_, licence.name, identifiers=known_as, osi=osi, at=at)
    for (kind, id_), (publisher, at) in sorted(publishers.items()):
        known_as = [*publisher.identifiers, starter_id(kind, id_)]
        category = "community" if publisher.sort == "community" else None
        out.node(kind, id_, publisher.name, identifiers=known_as, category=category, at=at)


def _dependencies(seen: Iterable[Package], newest: Mapping[str, Package], out: Claims) -> None:
    """States each requirement once, however many lists hold it.

    A package that is needed anyway, in any list, is not optional: requirements by extras are then
    left out. None holds before the first day on which a list can have stated it.
    """
    found: dict[tuple[str, str], dict[Dependency, Package]] = {}
    since: dict[tuple[str, Dependency], str] = {}
    for package in seen:
        for dependency in package.dependencies:
            stated = found.setdefault((package.name, dependency.name), {})
            stated.setdefault(dependency, package)
            first = since.setdefault((package.name, dependency), package.since)
            since[package.name, dependency] = min(first, package.since)
    for (name, needed), stated in found.items():
        always = {d: p for d, p in stated.items() if d.kind == "runtime"}
        if always and len(stated) > len(always):
            out.omit(
                "requirement of an extra on a package that is needed anyway",
                len(stated) - len(always),
            )
        for dependency, package in (always or stated).items():
            target = newest[needed].remark
            older = package.version != newest[name].version
            remarks = (
                package.remark,
                f"{needed}: {target}" if target else "",
                f"stated by version {package.version}" if older else "",
            )
            out.edge(
                "DEPENDS_ON",
                ("Package", _id(name)),
                ("Package", _id(needed)),
                kind=dependency.kind,
                requirement=dependency.requirement,
                condition=dependency.condition or None,
                valid_from=since[name, dependency] or None,
                note="; ".join(filter(None, remarks)),
                at=package.at,
            )
