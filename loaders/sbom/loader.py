"""Software bills of materials: packages, models and data sets, what they need, and under which licence they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ...graph.claims import Claims, End, Source
from ...graph.schema import schema
from ..spelling import slug
from .purls import read_purl
from .reading import Bill, Component, Link, bill_in, read_bill

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="sbom",
    title="software bills of materials: CycloneDX and SPDX",
    publisher="whoever made the bill",
    licence="NOASSERTION",
    homepage="https://www.ntia.gov/page/software-bill-materials",
    rank=50,
    reads=("CycloneDX *.json, *.xml", "SPDX 2.3 *.json, *.spdx", "SPDX 3.0 *.json"),
)

_MARKS: Final = (
    b"bomFormat",
    b"specVersion",
    b"spdxVersion",
    b"SPDXVersion",
    b"spdx.org/rdf",
    b"cyclonedx.org",
)
"""What a broken file holds somewhere that was to be a bill."""

_UNIDENTIFIED: Final = "component without a purl: known in this bill only"


def load(source: Path, out: Claims) -> None:
    """Reads one bill, or every bill of a folder; each is a scope of its own, and one that is broken stops no other.

    Rows are its components and what it states between them.

    Raises:
        SourceError: A file is missing, broken or of another format.
    """
    if not source.is_dir():
        bills: list[Bill | SourceError] = [read_bill(source, out.record, _document(source, out))]
    else:
        files = sorted(f for f in source.iterdir() if f.is_file())
        tried = [(f, _bill_or_error(f, out)) for f in files]
        bills = [bill for _, bill in tried if bill is not None]
        others = len(tried) - len(bills)
        if not bills:
            hint = "it should hold bills of CycloneDX or SPDX"
            raise SourceError("no bill in this folder", where=str(source), hint=hint)
        if others:
            out.skip("file of the folder that is no bill", others)
    licences = {bill.licence for bill in bills if isinstance(bill, Bill)}
    if len(licences) == 1:
        out.describe(licence=licences.pop())
    failures: list[SourceError] = []
    for bill in bills:
        if isinstance(bill, SourceError):
            failures.append(bill)
            continue
        with out.scope(bill.file.name):
            _Giving(bill, out).give()
    if failures:
        first, more = failures[0], len(failures) - 1
        what = f"{first.what} (and {more} more could not be read)" if more else first.what
        raise SourceError(what, where=first.where, hint=first.hint)


def _document(file: Path, out: Claims) -> str:
    return f"{out.ledger.label}-{file.name}"


def _bill_or_error(file: Path, out: Claims) -> Bill | SourceError | None:
    """The bill in a file of a folder, or why it cannot be read; None where it is none."""
    try:
        return bill_in(file, out.record, _document(file, out))
    except SourceError as error:
        return error if any(mark in file.read_bytes() for mark in _MARKS) else None


class _Giving:
    """States one bill."""

    def __init__(self, bill: Bill, out: Claims) -> None:
        self._bill = bill
        self._out = out
        self._ends: dict[str, End] = {}
        self._versions: dict[str, str] = {}
        self._optional: set[str] = set()
        self._excluded: set[str] = set()
        self._licences: set[str] = set()

    def give(self) -> None:
        """Components first, so that references lead somewhere."""
        for at, field, reason in self._bill.refused:
            self._out.refuse(at, reason, field)
        for reason, count in sorted(self._bill.outside.items()):
            self._out.skip(reason, count)
        for component in self._bill.components:
            with self._out.row():
                self._component(component)
        for link in self._bill.links:
            with self._out.row():
                self._link(link)

    def _component(self, component: Component) -> None:
        out, purl = self._out, component.purl
        if component.reference in self._ends:
            what = f"{component.reference[:80]!r} names another component too"
            out.refuse(component.at, what, "reference")
            return
        strong = purl is not None and purl.id and purl.of_a_hub == (component.kind != "Package")
        if purl is not None and strong:
            end = (component.kind, purl.id)
            known_as = [purl.identifier]
        else:
            end = (component.kind, f"{slug(out.ledger.label)}/{slug(component.name)}")
            known_as = []
            out.skip(_UNIDENTIFIED)
        self._ends[component.reference] = end
        if component.optional:
            self._optional.add(component.reference)
        if component.excluded:
            self._excluded.add(component.reference)
        own: dict[str, Any] = {}
        if component.kind == "Package":
            own = {"latest": component.version, "ecosystem": purl.type if purl else None}
        name = purl.name if purl is not None and purl.type == "pypi" else component.name
        self._versions[component.reference] = f"{name} {component.version}".strip()
        out.node(*end, name, at=component.at, url=None, identifiers=known_as, aliases=None, **own)
        for licence, kind in component.licences:
            if licence.terms is not None and licence.terms.asserts_nothing:
                out.omit("part of a licence expression that asserts nothing")
                continue
            target = ("License", licence.id)
            if licence.id not in self._licences:
                self._licences.add(licence.id)
                listed = [f"spdx:{licence.spdx}"] if licence.spdx else None
                out.node(
                    *target, licence.name, at=component.at, identifiers=listed, osi=licence.osi
                )
            out.edge(
                "LICENSED_UNDER",
                end,
                target,
                at=component.at,
                kind=kind or None,
                stated=licence.stated,
                method="extracted" if licence.inferred else "asserted",
                version_range=component.version or None,
            )

    def _link(self, link: Link) -> None:
        source, target = self._end(link.source, link), self._end(link.target, link)
        if source is None or target is None:
            return
        if source == target:
            self._out.skip("dependency of a component on itself")
        elif link.target in self._excluded or link.source in self._excluded:
            self._out.skip("dependency of or on a component that is excluded from what runs")
        elif (source[0], target[0]) not in schema().relations[link.relation].pairs:
            self._out.skip(
                f"{link.relation} from {source[0]} to {target[0]}: no relation says that"
            )
        else:
            kind = "optional" if link.target in self._optional else link.kind
            own: dict[str, Any] = {}
            if link.relation == "DEPENDS_ON":
                # A bill speaks of the version that was built, and of the platform it was built for.
                condition = self._versions.get(link.source) or "one build"
                own = {"kind": kind or None, "condition": condition}
                own |= {"valid_from": self._bill.created or None}
            self._out.edge(
                link.relation, source, target, at=link.at, stated=link.stated, identity=None, **own
            )

    def _end(self, reference: str, link: Link) -> End | None:
        """What a reference names; a purl that no component has is a stub, anything else is refused."""
        known = self._ends.get(reference)
        if known is not None:
            return known
        if reference in self._bill.aside:
            self._out.skip(f"statement about what is not given: {self._bill.aside[reference]}")
        elif self._bill.elsewhere(reference):
            self._out.skip("statement about what stands in another document")
        else:
            try:
                purl = read_purl(reference)
            except ValueError:
                what = f"the reference {reference[:80]!r} names nothing in this bill"
                self._out.refuse(link.at, what, "reference")
                return None
            if purl.id:
                self._out.skip("reference to a package that the bill does not list")
                return (purl.hub_kind or "Package", purl.id)
            what = f"the reference {reference[:80]!r} names nothing in this bill"
            self._out.refuse(link.at, what, "reference")
        return None
