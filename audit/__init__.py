"""Audit: who decides on an application, can squeeze it, keeps it up and binds it, by what it is made of."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NotFound, UsageError
from ..loaders.python_packages.installing import dry_run
from .bonds import bonds
from .contents import (
    Application,
    audited_model,
    audited_package,
    key_of,
    line_finder,
    printable,
    read_application,
)
from .deciders import Deciding, deciding
from .facts import Facts, Row, facts_of
from .findings import (
    Audit,
    AuditedFramework,
    AuditedModel,
    AuditedPackage,
    Bond,
    Chip,
    Decider,
    Pair,
    Running,
    Share,
    Squeezer,
    Upkeep,
)
from .publishing import with_publisher
from .running import carried_frameworks, hardware, running
from .squeezers import squeezers
from .unknowns import unknowns
from .upkeep import upkeep

if TYPE_CHECKING:
    from ..answers.graph import Graph

__all__ = [
    "Audit",
    "AuditedFramework",
    "AuditedModel",
    "AuditedPackage",
    "Bond",
    "Chip",
    "Decider",
    "Pair",
    "Running",
    "Share",
    "Squeezer",
    "Upkeep",
    "audit",
]


def audit(graph: Graph, file: Path, resolve: Callable[[Path], str] = dry_run) -> Audit:
    """Audits a bill of materials, pip report, requirements file or lock file against a graph.

    Args:
        graph: The graph.
        file: The file.
        resolve: Gives pip's report of a requirements file.

    Raises:
        NotFound: There is no such file.
        UsageError: It is a folder, or names nothing to audit.
        SourceError: The file cannot be read.
    """
    if not file.exists():
        raise NotFound("there is no such file", where=str(file), hint="look at the path")
    if file.is_dir():
        hint = "name the bill, requirements file, lock file or pip report in it"
        raise UsageError("this is a folder, not a file", where=str(file), hint=hint)
    application = read_application(file, resolve)
    if not application.packages and not application.models:
        raise UsageError(
            "it names no package, model or data set: there is nothing to audit",
            where=str(file),
            hint="look at the file, and at how it was made",
        )
    facts = facts_of(graph.state)
    packages, models = _contents(file, application, facts)
    who = deciding(facts, packages, models)
    packages = [
        with_publisher(
            dataclasses.replace(p, decider=who.alone.get(p.name)),
            who.holders.get(p.framework or ""),
            facts,
        )
        for p in packages
    ]
    models = [dataclasses.replace(m, decider=who.alone.get(m.name)) for m in models]
    frameworks = _frameworks(facts, packages, who)
    found = hardware(facts, [f.id for f in frameworks], _carried(facts, application, packages))
    alone, pairs = squeezers(facts, packages, models, frameworks, found)
    where = running(facts, found, frameworks)
    kept = upkeep(facts, frameworks, who.parts)
    return Audit(
        file=printable(str(file)),
        as_of=graph.as_of,
        snapshot=graph.snapshot.hash,
        packages=tuple(packages),
        models=tuple(models),
        frameworks=tuple(frameworks),
        deciders=who.deciders,
        deciders_unsure=who.unsure,
        squeezers=alone,
        pairs=pairs,
        rests_on=kept,
        bound_by=bonds(facts, application.packages, frameworks, models, who.deciders),
        running=where,
        unknown=unknowns(packages, models, kept, where, len(application.refused)),
        refused=application.refused,
        incomplete_sources=graph.incomplete_sources,
    )


def _contents(
    file: Path, application: Application, facts: Facts
) -> tuple[list[AuditedPackage], list[AuditedModel]]:
    line = line_finder(file)
    packages = [
        audited_package(p, facts, line(p.name, p.title), optional=key_of(p) in application.optional)
        for p in application.packages
    ]
    models = [
        audited_model(c, application, facts, line(c.name.rpartition("/")[2], c.name))
        for c in application.models
    ]
    return packages, models


def _frameworks(
    facts: Facts, packages: Sequence[AuditedPackage], who: Deciding
) -> list[AuditedFramework]:
    """The frameworks behind the packages, those with most first."""
    published: dict[str, list[str]] = collections.defaultdict(list)
    for package in packages:
        if package.framework:
            published[package.framework].append(package.name)
    frameworks = [_framework(facts, i, names, who) for i, names in published.items()]
    return sorted(frameworks, key=lambda f: (-len(f.packages), f.name.casefold(), f.id))


def _framework(
    facts: Facts, entity: str, packages: Sequence[str], who: Deciding
) -> AuditedFramework:
    governs = facts.governs.get(entity, [])
    licences = facts.licences.get(entity, [])
    rights: dict[str, set[str]] = collections.defaultdict(set)
    for row in governs:
        rights[facts.name(row["source"])] |= set(row["rights"] or ())
    return AuditedFramework(
        id=entity,
        name=facts.name(entity),
        packages=tuple(sorted(packages)),
        licences=facts.named(r["target"] for r in licences),
        governors=tuple(sorted((name, tuple(sorted(held))) for name, held in rights.items())),
        relicensors=facts.named(_relicensors(facts, entity, governs)),
        decider=who.alone.get(entity),
        governing=tuple(sorted(g["key"] for g in governs)),
        keys=tuple(sorted(r["key"] for r in (*governs, *licences))),
    )


def _relicensors(facts: Facts, entity: str, governs: Sequence[Row]) -> set[str]:
    """Companies that hold the right, or to which alone contributors sign over theirs."""
    companies = [g for g in governs if g["source_kind"] == "Company"]
    held = {g["source"] for g in companies if "relicense" in (g["rights"] or ())}
    signed = {g["source"] for g in companies}
    if facts.cla.get(entity) == "cla_single_firm" and len(signed) == 1:
        return held | signed
    return held


def _carried(
    facts: Facts, application: Application, packages: Sequence[AuditedPackage]
) -> frozenset[str]:
    """Frameworks that only what runs elsewhere too needs: see `running.carried_frameworks`."""
    published = {
        key_of(p): a.framework
        for p, a in zip(application.packages, packages, strict=True)
        if a.framework
    }
    needs: dict[str, set[str]] = collections.defaultdict(set)
    for key, framework in published.items():
        needs[framework] |= _needed(key, application.needs, published)
        needs[framework] |= facts.needed.get(framework, set()) & set(published.values())
    requested = {a.framework for a in packages if a.requested and a.framework}
    return carried_frameworks(facts, list(needs), requested, needs)


def _needed(key: str, needs: Mapping[str, Set[str]], published: Mapping[str, str]) -> set[str]:
    """Frameworks that a package needs, also through packages of no framework."""
    seen: set[str] = set()
    frameworks: set[str] = set()
    waiting = [key]
    while waiting:
        for target in needs.get(waiting.pop(), ()):
            if target in published:
                frameworks.add(published[target])
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return frameworks - {published[key]}
