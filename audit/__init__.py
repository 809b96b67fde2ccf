"""Audit: who can stop, relicense or steer an application, by what it is made of."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NotFound, UsageError
from .contents import audited_package, line_finder, read_application
from .controllers import controllers
from .facts import Facts, Row, facts_of
from .findings import (
    Audit,
    AuditedFramework,
    AuditedPackage,
    Chip,
    Chokepoint,
    Controller,
    Running,
    Work,
)
from .running import running
from .unknowns import unknowns
from .work import People, people_of, work

if TYPE_CHECKING:
    from ..answers.graph import Graph

__all__ = [
    "Audit",
    "AuditedFramework",
    "AuditedPackage",
    "Chip",
    "Chokepoint",
    "Controller",
    "Running",
    "Work",
    "audit",
]


def audit(graph: Graph, file: Path) -> Audit:
    """Audits a bill of materials, pip report, requirements file or lock file against a graph.

    Raises:
        NotFound: There is no such file.
        UsageError: It is a folder.
        SourceError: The file cannot be read.
    """
    if not file.exists():
        raise NotFound("there is no such file", where=str(file), hint="look at the path")
    if file.is_dir():
        hint = "name the bill, requirements file, lock file or pip report in it"
        raise UsageError("this is a folder, not a file", where=str(file), hint=hint)
    read = read_application(file)
    facts = facts_of(graph.state)
    line = line_finder(file)
    packages = tuple(audited_package(p, facts, line(p.name, p.title)) for p in read.packages)
    published: dict[str, list[str]] = collections.defaultdict(list)
    for package in packages:
        if package.framework:
            published[package.framework].append(package.name)
    people = people_of(facts, published)
    frameworks = [_framework(facts, i, names, people.get(i)) for i, names in published.items()]
    frameworks.sort(key=lambda f: (-len(f.packages), f.name.lower(), f.id))
    ids = [f.id for f in frameworks]
    strongest, left_out = controllers(facts, ids)
    where = running(facts, ids)
    return Audit(
        file=str(file),
        as_of=graph.as_of,
        snapshot=graph.snapshot.hash,
        packages=packages,
        frameworks=tuple(frameworks),
        controllers=strongest,
        controllers_left_out=left_out,
        running=where,
        unknown=unknowns(packages, frameworks, where, facts.web.unknown, len(read.refused)),
        refused=read.refused,
        incomplete_sources=graph.incomplete_sources,
    )


def _framework(
    facts: Facts, entity: str, packages: Sequence[str], people: People | None
) -> AuditedFramework:
    """What is known of the control of one framework."""
    governs = facts.governs.get(entity, [])
    runs_on = facts.runs_on.get(entity, [])
    processors = {r["target"] for r in runs_on}
    made = [r for p in processors for r in facts.provides.get(p, [])]
    offers = [r for p in processors for r in facts.offers.get(p, [])]
    operated = [r for o in {o["source"] for o in offers} for r in facts.provides.get(o, [])]
    licences = facts.licences.get(entity, [])
    owners = [o for g in governs if (o := facts.owner(g["source"])) is not None]
    rights: dict[str, set[str]] = collections.defaultdict(set)
    for row in governs:
        rights[facts.names[row["source"]]] |= set(row["rights"] or ())
    counted = work(facts, entity, people)
    used = [*governs, *runs_on, *made, *offers, *operated, *licences]
    return AuditedFramework(
        id=entity,
        name=facts.names[entity],
        packages=tuple(sorted(packages)),
        licences=facts.called(r["target"] for r in licences),
        governors=tuple(sorted((name, tuple(sorted(held))) for name, held in rights.items())),
        owners=facts.called(owners),
        relicensors=facts.called(_relicensors(facts, entity, governs)),
        makers=facts.called(r["source"] for r in made),
        operators=facts.called(r["source"] for r in operated),
        keys=tuple(sorted({*(r["key"] for r in used), *(counted.keys if counted else ())})),
        governing=tuple(sorted(g["key"] for g in governs)),
        work=counted,
    )


def _relicensors(facts: Facts, entity: str, governs: Sequence[Row]) -> set[str]:
    """Companies that hold the right, or to which alone contributors sign over theirs."""
    companies = [g for g in governs if g["source_kind"] == "Company"]
    held = {g["source"] for g in companies if "relicense" in (g["rights"] or ())}
    signed = {g["source"] for g in companies}
    if facts.cla.get(entity) == "cla_single_firm" and len(signed) == 1:
        return held | signed
    return held
