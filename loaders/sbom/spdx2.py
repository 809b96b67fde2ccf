"""SPDX 2.2 and 2.3, as the mapping that its JSON form is; `tag_value` gives the tag-value form as such a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...errors import SourceError
from ..documents.fields import Wrong, short, text
from .bill import (
    LINE,
    Bill,
    Component,
    Link,
    day_of,
    holder_of,
    ignore,
    licences_of,
    place,
    purl_of,
)
from .spdx_relations import meaning_2

__all__ = ["read_spdx2"]

_VERSIONS: Final = ("SPDX-2.2", "SPDX-2.3")
_DOCUMENT: Final = "SPDXRef-DOCUMENT"
_NOTHING: Final = frozenset({"NONE", "NOASSERTION"})
_UNWANTED_TOP: Final = (
    *("name", "documentNamespace", "comment", "annotations", "revieweds"),
    *("externalDocumentRefs", "SPDXID", "reviewers", LINE),
)
_UNWANTED: Final = (
    *("downloadLocation", "filesAnalyzed", "packageVerificationCode", "checksums", "homepage"),
    *("sourceInfo", "licenseInfoFromFiles", "licenseComments", "copyrightText", "summary"),
    *("description", "comment", "supplier", "originator", "attributionTexts", "annotations"),
    *("packageFileName", "builtDate", "releaseDate", "validUntilDate", "hasFiles"),
)
_SYSTEM: Final = "OPERATING-SYSTEM"
_HOLDERS: Final = frozenset({"APPLICATION", "CONTAINER", "DEVICE", "FILE", "FIRMWARE"})


def read_spdx2(top: Mapping[str, Any], bill: Bill) -> None:
    """Reads a bill of SPDX 2: packages, files and snippets, what is described, relationships.

    Raises:
        SourceError: It is of a version that is not known, or a list is none.
    """
    version = top.get("spdxVersion")
    if version not in _VERSIONS:
        raise SourceError(
            f"SPDX of version {short(version)}, where {' and '.join(_VERSIONS)} are known",
            where=place(bill.file, top, "/spdxVersion"),
            hint="make it anew with a tool that writes SPDX 2.3",
        )
    bill.format = str(version).replace("-", " ")
    bill.elsewhere = lambda reference: reference.startswith("DocumentRef-")
    ignore(top, *_UNWANTED_TOP)
    made = top.get("creationInfo")
    if isinstance(made, Mapping):
        bill.created = day_of(made.get("created"))
        ignore(made)
    licence = top.get("dataLicense")
    bill.licence = licence if isinstance(licence, str) else ""
    names = _own_licences(top)
    for at, value in _each(top, "packages", bill):
        try:
            bill.components.append(_package(value, at, names, bill.document))
        except Wrong as wrong:
            bill.refuse(at, wrong)
    for key, reason in (("files", "file"), ("snippets", "snippet of a file")):
        for _, value in _each(top, key, bill):
            reference = value.get("SPDXID") if isinstance(value, Mapping) else None
            bill.leave(reason, reference if isinstance(reference, str) else "")
            ignore(value)
    for _, reference in _each(top, "documentDescribes", bill):
        bill.described.add(str(reference))
        bill.leave("row that says what the bill is about")
    for at, value in _each(top, "relationships", bill):
        try:
            _relationship(value, at, bill)
        except Wrong as wrong:
            bill.refuse(at, wrong)


def _each(top: Mapping[str, Any], key: str, bill: Bill) -> list[tuple[str, Any]]:
    value = top.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        where = place(bill.file, top, f"/{key}")
        raise SourceError(f"{key}: {short(value)} is not a list", where=where)
    return [(place(bill.file, one, f"/{key}/{n}"), one) for n, one in enumerate(value)]


def _own_licences(top: Mapping[str, Any]) -> dict[str, str]:
    """What the bill calls licences of its own; their texts are not looked at."""
    listed = top.get("hasExtractedLicensingInfos")
    found = {}
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, Mapping):
            ignore(one, "extractedText", "comment", "seeAlsos", "crossRefs", LINE)
            name, reference = one.get("name"), one.get("licenseId")
            if isinstance(name, str) and isinstance(reference, str) and name not in _NOTHING:
                found[reference] = name
    return found


def _package(value: object, at: str, names: Mapping[str, str], document: str) -> Component:
    if not isinstance(value, Mapping):
        raise Wrong("packages", f"{short(value)} is not a mapping")
    ignore(value, *_UNWANTED)
    purl = purl_of(_purls(value))
    name, version = text(value, "name"), text(value, "versionInfo")
    if not name:
        raise Wrong("name", "a value is required")
    stated = [
        ("declared", text(value, "licenseDeclared")),
        ("concluded", text(value, "licenseConcluded")),
    ]
    licences = [one for kind, said in stated for one in licences_of(said, kind, names, document)]
    kind = (purl.hub_kind if purl is not None else "") or "Package"
    purpose = text(value, "primaryPackagePurpose").upper().replace("_", "-")
    holder = holder_of(purl, purpose, _SYSTEM, _HOLDERS)
    reference = text(value, "SPDXID")
    return Component(kind, name, version, purl, reference, tuple(licences), at, holder=holder)


def _purls(value: Mapping[str, Any]) -> list[str]:
    listed = value.get("externalRefs") or []
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise Wrong("externalRefs", "is not a list of mappings")
    found = []
    for one in listed:
        ignore(one, "referenceCategory", "comment")
        locator = text(one, "referenceLocator", "externalRefs.")
        if text(one, "referenceType", "externalRefs.").rpartition("/")[2] == "purl":
            found.append(locator)
    return found


def _relationship(value: object, at: str, bill: Bill) -> None:
    if not isinstance(value, Mapping):
        raise Wrong("relationships", f"{short(value)} is not a mapping")
    ignore(value, "comment")
    one, other = text(value, "spdxElementId"), text(value, "relatedSpdxElement")
    sort = text(value, "relationshipType").upper().replace("-", "_")
    if sort in {"DESCRIBES", "DESCRIBED_BY"}:
        bill.described.add(other if sort == "DESCRIBES" else one)
        bill.leave("row that says what the bill is about")
        return
    meaning = meaning_2(sort)
    if meaning is None:
        raise Wrong("relationshipType", f"SPDX 2 knows no relationship {short(sort)}")
    if not meaning.relation:
        bill.leave(meaning.reason)
    elif {one, other} & _NOTHING:
        bill.leave("relationship to NONE or NOASSERTION")
    elif _DOCUMENT in {one, other}:
        bill.leave("relationship of the document itself")
    else:
        source, target = (other, one) if meaning.reverse else (one, other)
        bill.links.append(Link(meaning.relation, source, target, meaning.kind, sort, at))
