"""SPDX 3.0, in the JSON-LD form that SPDX itself prescribes: elements side by side in `@graph`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...errors import SourceError
from ..documents.fields import Wrong, short, text
from ..licences import Licence
from .bill import Bill, Component, Link, day_of, holder_of, ignore, licences_of, place, purl_of
from .spdx_relations import meaning_3

__all__ = ["CONTEXT", "read_spdx3"]

CONTEXT: Final = "https://spdx.org/rdf/3.0"
"""How the context of every 3.0 document begins."""

_DEEPEST: Final = 50

_LISTED: Final = ("https://spdx.org/licenses/", "http://spdx.org/licenses/")
_KINDS: Final = {
    "software_Package": "Package",
    "ai_AIPackage": "Model",
    "dataset_DatasetPackage": "Dataset",
}
_LICENSING: Final = {"hasDeclaredLicense": "declared", "hasConcludedLicense": "concluded"}
_RELATIONSHIPS: Final = ("Relationship", "LifecycleScopedRelationship")
_ROOTS: Final = ("SpdxDocument", "software_Sbom", "Bom", "Bundle")
_SYSTEM: Final = "operatingSystem"
_HOLDERS: Final = frozenset({"application", "container", "device", "file", "firmware", "platform"})
_SETS: Final = {
    "expandedlicensing_ConjunctiveLicenseSet": " AND ",
    "expandedlicensing_DisjunctiveLicenseSet": " OR ",
}
_FILES: Final = {"software_File": "file", "software_Snippet": "snippet of a file"}
_NOTHING: Final = ("NoneElement", "NoAssertionElement", "NoneLicense", "NoAssertionLicense")


def read_spdx3(top: Mapping[str, Any], bill: Bill) -> None:
    """Reads a bill of SPDX 3.0. Licences are relationships there, and are gathered first.

    Raises:
        SourceError: `@graph` is not a list.
    """
    ignore(top, "@context")
    graph = top.get("@graph")
    if not isinstance(graph, list):
        raise SourceError(
            "not a bill of SPDX 3: there is no list under `@graph`",
            where=f"{bill.file}#/@graph",
            hint="write it as JSON-LD of SPDX 3.0.1: elements side by side in `@graph`",
        )
    bill.format = "SPDX 3.0"
    elements = list(_elements(graph, bill))
    by_reference = {_reference(e): e for _, e in elements}
    imported = set(_imported(elements))
    bill.elsewhere = imported.__contains__
    relations = [(at, e) for at, e in elements if _type(e) in _RELATIONSHIPS]
    licences: dict[str, list[tuple[Licence, str]]] = {}
    others = []
    for at, relation in relations:
        kind = _LICENSING.get(str(relation.get("relationshipType")))
        if kind is None:
            others.append((at, relation))
            continue
        bill.leave("relationship that gives a licence: stated with the component")
        said = [s for r in _references(relation.get("to")) if (s := _licence(r, by_reference))]
        for stated in said:
            licences.setdefault(_one(relation.get("from")), []).extend(
                licences_of(stated, kind, document=bill.document)
            )
        ignore(relation)
    for at, element in elements:
        sort = _type(element)
        if sort in _KINDS:
            try:
                bill.components.append(_package(element, _KINDS[sort], licences, at))
            except Wrong as wrong:
                bill.refuse(at, wrong)
        elif sort in _FILES:
            bill.leave(_FILES[sort], _reference(element))
        elif sort == "CreationInfo":
            bill.created = bill.created or day_of(element.get("created"))
        elif sort in _ROOTS:
            bill.licence = bill.licence or _licence(_one(element.get("dataLicense")), by_reference)
            bill.described.update(_references(element.get("rootElement")))
        if sort not in _RELATIONSHIPS:
            ignore(element)
    for at, relation in others:
        try:
            _relation(relation, at, bill)
        except Wrong as wrong:
            bill.refuse(at, wrong)


def _elements(graph: list[Any], bill: Bill) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, value in enumerate(graph):
        at = place(bill.file, value, f"/@graph/{number}")
        if isinstance(value, Mapping):
            yield at, value
        else:
            bill.refuse(at, Wrong("@graph", f"{short(value)} is not a mapping"))


def _type(element: Mapping[str, Any]) -> str:
    return str(element.get("type") or element.get("@type") or "")


def _reference(element: Mapping[str, Any]) -> str:
    return str(element.get("spdxId") or element.get("@id") or "")


def _one(value: object) -> str:
    """A reference, whether it is written as such or as a mapping with an id."""
    if isinstance(value, Mapping):
        return _reference(value)
    return value if isinstance(value, str) else ""


def _references(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [found for one in listed if (found := _one(one))]


def _imported(elements: list[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    for _, element in elements:
        if _type(element) == "SpdxDocument":
            listed = element.get("import")
            for one in listed if isinstance(listed, list) else []:
                if isinstance(one, Mapping):
                    yield str(one.get("externalSpdxId") or "")


def _licence(reference: str, known: Mapping[str, Mapping[str, Any]], depth: int = 0) -> str:
    """What a licence element says: an expression, an id of the SPDX list, or a name; empty for none."""
    if reference.rpartition("/")[2].rpartition("_")[2].startswith(_NOTHING):
        return "NOASSERTION" if depth else ""
    for start in _LISTED:
        if reference.startswith(start):
            return reference.removeprefix(start)
    element = known.get(reference)
    if element is None or depth > _DEEPEST:
        return ""
    operator = _SETS.get(_type(element))
    if operator:
        members = _references(element.get("expandedlicensing_member"))
        parts = [_licence(member, known, depth + 1) or "NOASSERTION" for member in members]
        return operator.join(f"({part})" for part in parts)
    said = element.get("simplelicensing_licenseExpression") or element.get("name")
    if isinstance(said, str):
        return said
    own = re.sub(r"[^A-Za-z0-9.]+", "-", reference.rpartition("/")[2]).strip("-")
    return f"LicenseRef-{own}" if own else ""


def _package(
    element: Mapping[str, Any],
    kind: str,
    licences: Mapping[str, list[tuple[Licence, str]]],
    at: str,
) -> Component:
    purl = purl_of(_purls(element))
    name = text(element, "name") or (purl.name if purl else "")
    if not name:
        raise Wrong("name", "a value is required")
    version, reference = text(element, "software_packageVersion"), _reference(element)
    if purl is not None and kind == "Package":
        kind = purl.hub_kind or kind
    purpose = str(element.get("software_primaryPurpose")).rpartition("/")[2]
    holder = holder_of(purl, purpose, _SYSTEM, _HOLDERS)
    terms = tuple(licences.get(reference, []))
    return Component(kind, name, version, purl, reference, terms, at, holder=holder)


def _purls(element: Mapping[str, Any]) -> list[str]:
    own = text(element, "software_packageUrl")
    found = [own] if own else []
    listed = element.get("externalIdentifier")
    for one in listed if isinstance(listed, list) else []:
        sort = str(one.get("externalIdentifierType")) if isinstance(one, Mapping) else ""
        if sort.rpartition("/")[2] in {"packageUrl", "purl"}:
            found.append(text(one, "identifier"))
    return found


def _relation(relation: Mapping[str, Any], at: str, bill: Bill) -> None:
    ignore(
        relation, "type", "@type", "spdxId", "@id", "creationInfo", "comment", "description", "name"
    )
    ignore(relation, "completeness", "startTime", "endTime", "summary", "externalRef", "extension")
    sort, scope = text(relation, "relationshipType"), text(relation, "scope")
    source, targets = _one(relation.get("from")), _references(relation.get("to"))
    meaning = meaning_3(sort, scope)
    if meaning is None:
        raise Wrong("relationshipType", f"SPDX 3 knows no relationship {short(sort)}")
    if not targets:
        raise Wrong("to", "a value is required")
    for target in targets:
        if target.rpartition("/")[2].rpartition("_")[2].startswith(_NOTHING):
            bill.leave("relationship to NONE or NOASSERTION")
        elif not meaning.relation:
            bill.leave(meaning.reason)
        else:
            one, other = (target, source) if meaning.reverse else (source, target)
            bill.links.append(Link(meaning.relation, one, other, meaning.kind, sort, at))
