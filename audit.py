"""Audit: who publishes, governs, owns and runs what an application is made of."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import NotFound, UsageError
from .graph.state import State
from .loaders.python_packages.reading import Package, Packages, read_packages
from .loaders.sbom.reading import is_bill, read_bill

if TYPE_CHECKING:
    from .api import Graph

__all__ = ["Audit", "AuditedFramework", "AuditedPackage", "audit"]


@dataclasses.dataclass(frozen=True, slots=True)
class AuditedPackage:
    """One package of the application.

    Attributes:
        name: Normalised name.
        version: As stated.
        requested: Whether the application asks for it itself.
        framework: Id of the framework that publishes it; None = not known.
        publisher: Id of the organisation that publishes it; None = not known.
        publisher_name: Its name.
        confidence: How sure the publisher is.
        evidence: Why it is taken for the publisher.
        licences: As its metadata state them.
        proprietary: True or False by its stated licences; None = they do not say.
    """

    name: str
    version: str
    requested: bool
    framework: str | None
    publisher: str | None
    publisher_name: str | None
    confidence: float | None
    evidence: str
    licences: tuple[str, ...]
    proprietary: bool | None


@dataclasses.dataclass(frozen=True, slots=True)
class AuditedFramework:
    """One framework behind the packages.

    Attributes:
        id: Its id.
        name: Its name.
        packages: Those of the application that it publishes.
        licences: Names of its licences.
        governors: Who holds which rights, as (name, rights).
        owners: Topmost sure owners of the governors, by name.
        relicensors: Companies that can relicense it alone.
        makers: Who makes the processors it runs on.
        operators: Who runs the clouds that offer those processors.
        keys: Keys of the statements behind all this.
    """

    id: str
    name: str
    packages: tuple[str, ...]
    licences: tuple[str, ...]
    governors: tuple[tuple[str, tuple[str, ...]], ...]
    owners: tuple[str, ...]
    relicensors: tuple[str, ...]
    makers: tuple[str, ...]
    operators: tuple[str, ...]
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Audit:
    """What was found.

    Attributes:
        file: What was audited.
        as_of: Date of the state.
        snapshot: Its hash.
        packages: All packages.
        frameworks: The frameworks behind them, those with most packages first.
        refused: Rows of the file that were left out: (at, field, reason).
        incomplete_sources: Sources whose last run did not read everything.
    """

    file: str
    as_of: datetime.date
    snapshot: str
    packages: tuple[AuditedPackage, ...]
    frameworks: tuple[AuditedFramework, ...]
    refused: tuple[tuple[str, str, str], ...]
    incomplete_sources: tuple[str, ...]

    @property
    def publishers(self) -> list[dict[str, Any]]:
        """Organisations by the number of packages they publish.

        columns: publisher, packages, proprietary, open, licence_unknown.
        """
        groups: dict[str | None, list[AuditedPackage]] = collections.defaultdict(list)
        for package in self.packages:
            groups[package.publisher_name].append(package)
        rows = [
            {
                "publisher": name,
                "packages": len(some),
                "proprietary": sum(p.proprietary is True for p in some),
                "open": sum(p.proprietary is False for p in some),
                "licence_unknown": sum(p.proprietary is None for p in some),
            }
            for name, some in groups.items()
        ]
        return sorted(
            rows,
            key=lambda r: (r["publisher"] is None, -int(r["packages"] or 0), str(r["publisher"])),
        )

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {**dataclasses.asdict(self), "publishers": self.publishers}

    def to_json(self) -> str:
        """All of it as JSON."""
        return json.dumps(self.to_dict(), default=str, ensure_ascii=False, indent=1)


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
    read = _bill(file) if is_bill(file) else read_packages(file)
    facts = _Facts(graph.state)
    packages = tuple(_package(p, facts) for p in read.packages)
    published: dict[str, list[str]] = collections.defaultdict(list)
    for package in packages:
        if package.framework:
            published[package.framework].append(package.name)
    frameworks = [facts.framework(i, names) for i, names in published.items()]
    frameworks.sort(key=lambda f: (-len(f.packages), f.name.lower()))
    return Audit(
        str(file),
        graph.as_of,
        graph.snapshot.hash,
        packages,
        tuple(frameworks),
        read.refused,
        graph.incomplete_sources,
    )


def _bill(file: Path) -> Packages:
    """The packages of a bill of materials."""
    bill = read_bill(file)
    asked = bill.requested
    packages = tuple(
        Package(
            name=c.purl.name if c.purl else c.name,
            title=c.name,
            version=c.version,
            requested=c.reference in asked,
            extras=frozenset(),
            dependencies=(),
            licences=tuple(licence for licence, _ in c.licences),
            publisher=None,
            direct="",
            yanked=False,
            at=c.at,
            ecosystem=c.purl.type if c.purl else "",
        )
        for c in bill.packages
    )
    return Packages(file, packages, dict(bill.outside), tuple(bill.refused))


def _package(package: Package, facts: _Facts) -> AuditedPackage:
    key = f"{package.ecosystem}/{package.name}"
    known = facts.published_by.get(key)
    stated = facts.publishing_organisation.get(key)
    guess = package.publisher
    organisation, name, sure, evidence = None, None, None, ""
    if stated:
        organisation, sure = stated
        name, evidence = facts.names.get(organisation, organisation), "stated in the graph"
    elif guess:
        name, sure, evidence = guess.name, guess.confidence, guess.evidence
        organisation = facts.by_identifier.get(
            f"stackholder:{guess.kind.lower()}/{guess.id}", f"{guess.kind.lower()}/{guess.id}"
        )
        name = facts.names.get(organisation, name)
    terms = [
        facts.approved.get(licence.spdx) if licence.osi is None else licence.osi
        for licence in package.licences
    ]
    proprietary = None if not terms or None in terms else not all(terms)
    if any(t is False for t in terms):
        proprietary = True
    return AuditedPackage(
        package.name,
        package.version,
        package.requested,
        known,
        organisation,
        name,
        sure,
        evidence,
        tuple(licence.name for licence in package.licences),
        proprietary,
    )


class _Facts:
    """The parts of a state that an audit looks at, by what they are looked up with."""

    def __init__(self, state: State) -> None:
        self.names: dict[str, str] = {}
        self.by_identifier: dict[str, str] = {}
        self.approved = _approved(state)
        packages: dict[str, str] = {}
        for kind in state.kinds:
            for row in state.nodes(kind, ["id", "name", "identifiers"]).to_pylist():
                self.names[row["id"]] = row["name"]
                for identifier in row["identifiers"] or ():
                    self.by_identifier[identifier] = row["id"]
                    if identifier.startswith("purl:pkg:"):
                        packages[row["id"]] = identifier.removeprefix("purl:pkg:")
        self.published_by: dict[str, str] = {}
        self.publishing_organisation: dict[str, tuple[str, float]] = {}
        for row in _rows(state, "PUBLISHES", "source_kind", "official"):
            name = packages.get(row["target"])
            if name and row["source_kind"] == "Framework":
                self.published_by.setdefault(name, row["source"])
            elif name and row["official"]:
                self.publishing_organisation.setdefault(name, (row["source"], row["confidence"]))
        self._governs = _by(_rows(state, "GOVERNS", "rights", "source_kind"), "target")
        self._runs_on = _by(_rows(state, "RUNS_ON"), "source")
        self._offers = _by(_rows(state, "OFFERS"), "target")
        self._provides = _by(_rows(state, "PROVIDES"), "target")
        self._licences = _by(_rows(state, "LICENSED_UNDER"), "source")
        owners = [
            r for r in _rows(state, "ULTIMATELY_CONTROLS", "certainty") if r["certainty"] == "sure"
        ]
        owned = {r["target"] for r in owners}
        self._owner = _by([r for r in owners if r["source"] not in owned], "target")

    def framework(self, entity: str, packages: Sequence[str]) -> AuditedFramework:
        """What is known of the control of one framework."""
        governs = self._governs.get(entity, [])
        runs_on = self._runs_on.get(entity, [])
        processors = {r["target"] for r in runs_on}
        made = [r for p in processors for r in self._provides.get(p, [])]
        offers = [r for p in processors for r in self._offers.get(p, [])]
        operated = [r for o in {o["source"] for o in offers} for r in self._provides.get(o, [])]
        licences = self._licences.get(entity, [])
        owners = [r for g in governs for r in self._owner.get(g["source"], [])]
        rights: dict[str, set[str]] = collections.defaultdict(set)
        for row in governs:
            rights[self.names[row["source"]]] |= set(row["rights"] or ())
        used = [*governs, *runs_on, *made, *offers, *operated, *licences]
        return AuditedFramework(
            entity,
            self.names[entity],
            tuple(sorted(packages)),
            self._called(licences, "target"),
            tuple(sorted((name, tuple(sorted(held))) for name, held in rights.items())),
            self._called(owners, "source"),
            self._called(
                [
                    g
                    for g in governs
                    if g["source_kind"] == "Company" and "relicense" in (g["rights"] or ())
                ],
                "source",
            ),
            self._called(made, "source"),
            self._called(operated, "source"),
            tuple(sorted({r["key"] for r in used})),
        )

    def _called(self, rows: Sequence[Mapping[str, Any]], end: str) -> tuple[str, ...]:
        return tuple(sorted({self.names[r[end]] for r in rows}))


def _approved(state: State) -> dict[str, bool]:
    """Whether the Open Source Initiative approves a licence, by SPDX id, where it is known."""
    return {
        identifier.removeprefix("spdx:"): row["osi"]
        for row in state.nodes("License", ["identifiers", "osi"]).to_pylist()
        for identifier in row["identifiers"] or ()
        if identifier.startswith("spdx:") and row["osi"] is not None
    }


def _rows(state: State, relation: str, *columns: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = state.edges(
        relation, ["source", "target", "key", "confidence", *columns]
    ).to_pylist()
    return rows


def _by(rows: Sequence[dict[str, Any]], end: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    for row in rows:
        found[row[end]].append(row)
    return found
