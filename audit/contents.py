"""What an application is made of, as its file says: packages, models and data sets, what needs what, at which line."""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import Final

from ..loaders.licences import Licence, Terms, read_terms
from ..loaders.python_packages.installing import dry_run
from ..loaders.python_packages.reading import Package, read_packages
from ..loaders.sbom.reading import Bill, Component, bill_in
from .facts import Facts
from .findings import AuditedModel, AuditedPackage
from .publishing import framework_of, metadata_publisher

__all__ = [
    "SURE_PUBLISHER",
    "Application",
    "audited_model",
    "audited_package",
    "key_of",
    "line_finder",
    "printable",
    "read_application",
    "terms",
]

SURE_PUBLISHER: Final = 0.9
"""Confidence from which a publisher that is read out of the metadata of a package is taken for sure."""

_NAMED: Final = (
    re.compile(r'"(?:name|packageName)"\s*:\s*"([^"]+)"'),  # JSON: pip report, CycloneDX, SPDX
    re.compile(r'^\s*name\s*=\s*"([^"]+)"'),  # TOML: lock files
    re.compile(r"<name>([^<]+)</name>"),  # CycloneDX as XML
    re.compile(r"^PackageName:\s*(\S.*?)\s*$"),  # SPDX as tags
    re.compile(r"^([A-Za-z0-9][\w.-]*)\s*(?:[\[=<>~!@;#\s]|$)"),  # requirements
)
_HUB: Final = "hub:"
_MILDEST_FIRST: Final = ("permissive", "copyleft", "not known", "restricted", "proprietary")


@dataclasses.dataclass(frozen=True, slots=True)
class Application:
    """What a file says.

    Attributes:
        packages: In the order of the file.
        optional: Keys of those that the application can do without.
        needs: Keys of the packages that a package needs, by key.
        models: Models and data sets, in the order of the file.
        requested: References of the models and data sets that the application asks for itself.
        trained_on: Names of the data sets that the file states a model learned from, by reference.
        refused: Rows that were left out: (at, field, reason).
    """

    packages: tuple[Package, ...]
    optional: Set[str]
    needs: Mapping[str, Set[str]]
    models: tuple[Component, ...] = ()
    requested: Set[str] = frozenset()
    trained_on: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    refused: tuple[tuple[str, str, str], ...] = ()


def key_of(package: Package) -> str:
    """`ecosystem/name`, by which the graph knows a package."""
    return f"{package.ecosystem}/{package.name}"


def read_application(file: Path, resolve: Callable[[Path], str] = dry_run) -> Application:
    """What a bill of materials, pip report, requirements file or lock file names.

    Args:
        file: The file.
        resolve: Gives pip's report of a requirements file.

    Raises:
        SourceError: The file cannot be read.
    """
    bill = bill_in(file)
    if bill is not None:
        return _of_bill(bill)
    read = read_packages(file, resolve=resolve)
    needs = {
        key_of(p): {f"{p.ecosystem}/{d.name}" for d in p.dependencies if d.kind != "optional"}
        for p in read.packages
    }
    return Application(read.packages, frozenset(), needs, refused=read.refused)


def _of_bill(bill: Bill) -> Application:
    """Its parts; the application itself only where it is a model or data set."""
    asked = bill.requested
    parts = bill.packages
    packages = tuple(_package(c, asked=c.reference in asked) for c in parts)
    keys = {c.reference: key_of(p) for c, p in zip(parts, packages, strict=True)}
    needs: dict[str, set[str]] = collections.defaultdict(set)
    for link in bill.links:
        needed = link.relation == "DEPENDS_ON" and link.kind not in {"optional", "build"}
        if needed and link.source in keys and link.target in keys:
            needs[keys[link.source]].add(keys[link.target])
    models = [c for c in bill.components if c.kind != "Package" and not c.excluded]
    names = {c.reference: c.name for c in models}
    learned: dict[str, list[str]] = collections.defaultdict(list)
    for link in bill.links:
        if link.relation == "TRAINED_ON":
            learned[link.source].append(printable(names.get(link.target, link.target)))
    described = {bill.application.reference} if bill.application else set()
    return Application(
        packages,
        {keys[c.reference] for c in parts if c.optional},
        needs,
        tuple(models),
        asked | described,
        {model: tuple(sets) for model, sets in learned.items()},
        tuple(bill.refused),
    )


def _package(component: Component, *, asked: bool) -> Package:
    purl = component.purl
    return Package(
        name=purl.name if purl else component.name,
        title=component.name,
        version=component.version,
        requested=asked,
        extras=frozenset(),
        dependencies=(),
        licences=tuple(licence for licence, _ in component.licences),
        publisher=None,
        direct="",
        yanked=False,
        at=component.at,
        ecosystem=purl.type if purl else "",
    )


def line_finder(file: Path) -> Callable[[str, str], int]:
    """Gives a function from a package's name and title to the line that names it first; 1 where none does."""
    lines: dict[str, int] = {}
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    for number, line in enumerate(text.split("\n"), 1):
        for pattern in _NAMED:
            for name in pattern.findall(line):
                lines.setdefault(_plain(name), number)
    return lambda name, title: lines.get(_plain(title), lines.get(_plain(name), 1))


def _plain(name: str) -> str:
    """A name as PEP 503 compares it; good enough for other ecosystems too."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def printable(text: str) -> str:
    """A text of the file without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


# ---------------------------------------------------------------------- packages


def audited_package(package: Package, facts: Facts, line: int, *, optional: bool) -> AuditedPackage:
    """A package with who publishes it by its metadata, and whether its licences are proprietary."""
    key = key_of(package)
    framework = framework_of(package, key, facts)
    published = metadata_publisher(package, key, facts)
    return AuditedPackage(
        name=printable(package.name),
        version=printable(package.version),
        requested=package.requested,
        optional=optional,
        framework=framework.id if framework else None,
        framework_name=facts.name(framework.id) if framework else None,
        framework_confidence=framework.confidence if framework else None,
        framework_sign=framework.sign if framework else "",
        publisher=published.entity,
        publisher_name=printable(published.name) if published.name else None,
        publisher_sort=published.sort,
        confidence=published.confidence,
        sign=published.sign,
        evidence=printable(published.evidence),
        decider=None,
        licences=tuple(printable(licence.name) for licence in package.licences),
        proprietary=_proprietary([terms(licence, facts) for licence in package.licences]),
        line=line,
    )


def _proprietary(sorts: list[str]) -> bool | None:
    """All of several licences apply: one that is not open is enough, one that is not known leaves it open."""
    if any(sort in {"proprietary", "restricted"} for sort in sorts):
        return True
    return None if not sorts or "not known" in sorts else False


def terms(licence: Licence, facts: Facts) -> str:
    """`permissive`, `copyleft`, `restricted`, `proprietary` or `not known`.

    Of alternatives the mildest, of what all applies the hardest. What its source says goes first, else what the graph
    knows. An exception after WITH only ever permits more.
    """
    if licence.terms is None:
        return _sort(licence.spdx or licence.name, licence.osi, facts)
    single = not licence.terms.parts

    def one(part: Terms) -> str:
        sort = _sort(part.licence, licence.osi if single else None, facts)
        own = "licenseref-" in part.licence.lower() and "proprietary" in part.licence.lower()
        return "proprietary" if own and sort == "not known" else sort

    return licence.terms.value(one, _MILDEST_FIRST)


def _sort(name: str, stated: bool | None, facts: Facts) -> str:
    approved = stated if stated is not None else facts.is_open(name)
    if approved is None:
        return "not known"
    if approved:
        return "copyleft" if facts.is_copyleft(name) else "permissive"
    return "restricted" if facts.restrictions(name) else "proprietary"


# ---------------------------------------------------------------------- models and data sets


def audited_model(
    component: Component, application: Application, facts: Facts, line: int
) -> AuditedModel:
    """A model or data set, matched to the graph: by its id on the hub, its name, its family, or its account."""
    entity, makers, evidence = _identity(component, facts)
    rows = facts.licences.get(entity, []) if entity else []
    stated = [licence for licence, _ in component.licences]
    names = tuple(printable(licence.name) for licence in stated) or facts.named(
        r["target"] for r in rows
    )
    sorts = [terms(licence, facts) for licence in stated] or [
        sort for r in rows if (sort := _sort_of(facts.name(r["target"]), facts))
    ]
    learned = facts.trained_on.get(entity, []) if entity else []
    own = application.trained_on.get(component.reference, ())
    made = [r for r in facts.created.get(entity, []) if r["source"] in makers] if entity else []
    return AuditedModel(
        name=printable(component.name),
        version=printable(component.version),
        kind=component.kind,
        requested=component.reference in application.requested,
        optional=component.optional,
        entity=entity,
        entity_name=facts.name(entity) if entity else None,
        makers=facts.named(makers),
        maker_ids=tuple(sorted(makers)),
        evidence=evidence,
        decider=None,
        licences=names,
        restrictions=tuple(sorted({r for name in names for r in facts.restrictions(name)})),
        proprietary=_proprietary(sorts),
        trained_on=tuple(sorted({*own, *(facts.name(r["target"]) for r in learned)})),
        data_disclosed=True if own or any(r["disclosed"] for r in learned) else None,
        keys=tuple(dict.fromkeys(r["key"] for r in (*made, *rows, *learned))),
        line=line,
    )


def _sort_of(name: str, facts: Facts) -> str:
    """What a licence of the graph is, by its name; an expression by what it is made of."""
    expression = read_terms(name)
    if expression is None or not expression.parts:
        return _sort(name, None, facts)
    return expression.value(lambda part: _sort(part.licence, None, facts), _MILDEST_FIRST)


def _identity(component: Component, facts: Facts) -> tuple[str | None, set[str], str]:
    """The entity that a component is, who made it, and why it is taken for that."""
    kind, hub_id = component.kind, _hub_id(component)
    entity = facts.hub.get((kind, hub_id.lower())) if hub_id else None
    if entity:
        return entity, _makers(facts, entity), f"its id on the hub, {hub_id}"
    spelt = facts.aliases.get(kind, {})
    short = component.name.rpartition("/")[2]
    matches = spelt.get(component.name.casefold()) or spelt.get(short.casefold()) or set()
    account = hub_id.partition("/")[0] if "/" in hub_id else ""
    owners = _account(facts, account)
    if len(matches) == 1:
        (entity,) = matches
        makers = _makers(facts, entity)
        if not owners or owners & makers:
            return entity, makers, "its name"
    family = _family(facts, kind, short, owners)
    if family:
        return (
            family,
            owners,
            f"the family {facts.name(family)}: its name and its account {account}",
        )
    if owners:
        return None, owners, f"its account on the hub, {account}"
    return None, set(), ""


def _hub_id(component: Component) -> str:
    purl = component.purl
    if purl is not None:
        return purl.identifier.removeprefix(_HUB) if purl.identifier.startswith(_HUB) else ""
    return component.name if component.name.count("/") == 1 else ""


def _makers(facts: Facts, entity: str) -> set[str]:
    rows = facts.created.get(entity, []) or facts.governs.get(entity, [])
    organisations = {r["source"] for r in rows if r["source_kind"] != "Contributor"}
    return organisations or {r["source"] for r in rows}


def _account(facts: Facts, account: str) -> set[str]:
    """Whose account on the hub it is: who alone made everything in it that the graph knows."""
    made = [
        _makers(facts, entity)
        for (_, hub_id), entity in facts.hub.items()
        if account and hub_id.partition("/")[0] == account.lower()
    ]
    return made[0] if made and all(m == made[0] for m in made) else set()


def _family(facts: Facts, kind: str, name: str, owners: Set[str]) -> str | None:
    """The entity of the same makers whose name is the longest beginning of a name; None where none or two are."""
    if not owners:
        return None
    spelt = _plain(name)
    lengths: dict[str, int] = {}
    for alias, entities in facts.aliases.get(kind, {}).items():
        start = _plain(alias.replace(" ", "-"))
        if spelt == start or spelt.startswith(f"{start}-"):
            for entity in entities:
                if owners & _makers(facts, entity):
                    lengths[entity] = max(lengths.get(entity, 0), len(start))
    best = [e for e, length in lengths.items() if length == max(lengths.values())]
    return best[0] if len(best) == 1 else None
