"""The packages of an application: what its file names, who publishes each, under which licences, at which line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..loaders.python_packages.reading import Licence, Package, Packages, read_packages
from ..loaders.sbom.reading import is_bill, read_bill
from .facts import Facts
from .findings import AuditedPackage

__all__ = ["audited_package", "line_finder", "read_application"]

_NAMED: Final = (
    re.compile(r'"(?:name|packageName)"\s*:\s*"([^"]+)"'),  # JSON: pip report, CycloneDX, SPDX
    re.compile(r'^\s*name\s*=\s*"([^"]+)"'),  # TOML: lock files
    re.compile(r"<name>([^<]+)</name>"),  # CycloneDX as XML
    re.compile(r"^PackageName:\s*(\S.*?)\s*$"),  # SPDX as tags
    re.compile(r"^([A-Za-z0-9][\w.-]*)\s*(?:[\[=<>~!@;#\s]|$)"),  # requirements
)


def read_application(file: Path) -> Packages:
    """The packages of a bill of materials, pip report, requirements file or lock file.

    Raises:
        SourceError: The file cannot be read.
    """
    return _bill(file) if is_bill(file) else read_packages(file)


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


def line_finder(file: Path) -> Callable[[str, str], int]:
    """Gives a function from a package's name and title to the line that names it first; 1 where none does."""
    lines: dict[str, int] = {}
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        for pattern in _NAMED:
            for name in pattern.findall(line):
                lines.setdefault(_plain(name), number)
    return lambda name, title: lines.get(_plain(title), lines.get(_plain(name), 1))


def _plain(name: str) -> str:
    """A name as PEP 503 compares it; good enough for other ecosystems too."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def audited_package(package: Package, facts: Facts, line: int) -> AuditedPackage:
    """A package with its publisher and whether its licences are proprietary."""
    key = f"{package.ecosystem}/{package.name}"
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
    terms = [_is_open(licence, facts) for licence in package.licences]
    proprietary = None if not terms or None in terms else not all(terms)
    if any(t is False for t in terms):
        proprietary = True
    return AuditedPackage(
        _shown(package.name),
        _shown(package.version),
        package.requested,
        facts.published_by.get(key),
        organisation,
        name,
        sure,
        evidence,
        tuple(_shown(licence.name) for licence in package.licences),
        proprietary,
        line,
    )


def _shown(text: str) -> str:
    """A text of the file without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _is_open(licence: Licence, facts: Facts) -> bool | None:
    """Whether a licence is open: by what its source says, else by the graph; None = neither says."""
    if licence.osi is not None:
        return licence.osi
    choices = [_approved(part, facts) for part in (licence.spdx or licence.name).split(" OR ")]
    if any(choices):
        return True
    return None if None in choices else False


def _approved(expression: str, facts: Facts) -> bool | None:
    """The same of an SPDX id; an exception after WITH only ever permits more."""
    return facts.approved.get(expression.strip(" ()").partition(" WITH ")[0])
