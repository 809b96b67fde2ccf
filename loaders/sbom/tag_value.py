"""The tag-value form of SPDX 2, as the mapping that its JSON form would be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ..documents import read_text
from ..documents.fields import Wrong
from .bill import LINE, Bill

__all__ = ["as_mapping"]

_TAG = re.compile(r"(?P<tag>[A-Za-z][A-Za-z0-9]*):[ \t]*(?P<value>.*)", re.DOTALL)
_OPEN: Final = "<text>"
_CLOSE: Final = "</text>"

_SECTIONS: Final = {
    "PackageName": "packages",
    "FileName": "files",
    "SnippetSPDXID": "snippets",
    "LicenseID": "hasExtractedLicensingInfos",
}
"""Tags with which a section begins, and the list to which it belongs."""

_NAMES: Final = {
    "SPDXVersion": "spdxVersion",
    "DataLicense": "dataLicense",
    "DocumentName": "name",
    "DocumentNamespace": "documentNamespace",
    "PackageName": "name",
    "PackageVersion": "versionInfo",
    "PackageLicenseDeclared": "licenseDeclared",
    "PackageLicenseConcluded": "licenseConcluded",
    "PrimaryPackagePurpose": "primaryPackagePurpose",
    "PackageSupplier": "supplier",
    "PackageOriginator": "originator",
    "PackageDownloadLocation": "downloadLocation",
    "PackageFileName": "packageFileName",
    "FilesAnalyzed": "filesAnalyzed",
    "PackageVerificationCode": "packageVerificationCode",
    "PackageChecksum": "checksums",
    "PackageHomePage": "homepage",
    "PackageSourceInfo": "sourceInfo",
    "PackageLicenseInfoFromFiles": "licenseInfoFromFiles",
    "PackageLicenseComments": "licenseComments",
    "PackageCopyrightText": "copyrightText",
    "PackageSummary": "summary",
    "PackageDescription": "description",
    "PackageComment": "comment",
    "PackageAttributionText": "attributionTexts",
    "ReleaseDate": "releaseDate",
    "BuiltDate": "builtDate",
    "ValidUntilDate": "validUntilDate",
    "ExternalRefComment": "comment",
    "LicenseID": "licenseId",
    "ExtractedText": "extractedText",
    "LicenseName": "name",
    "LicenseCrossReference": "seeAlsos",
    "LicenseComment": "comment",
    "SnippetSPDXID": "SPDXID",
}
_OF_THE_DOCUMENT: Final = frozenset(
    [
        "Creator",
        "CreatorComment",
        "LicenseListVersion",
        "DocumentComment",
        "ExternalDocumentRef",
        "Annotator",
        "AnnotationDate",
        "AnnotationType",
        "AnnotationComment",
        "SPDXREF",
        "Reviewer",
        "ReviewDate",
        "ReviewComment",
        "RelationshipComment",
    ]
)
_ONCE: Final = frozenset(
    ["SPDXID", "PackageVersion", "PackageLicenseDeclared", "PackageLicenseConcluded", "LicenseName"]
)


def as_mapping(path: Path, bill: Bill) -> dict[str, Any]:
    """The bill of a tag-value file, in the shape of its JSON form; its parts know their line.

    Lines that are none of the format are refused.

    Raises:
        SourceError: It is not text, or a `<text>` is not closed.
    """
    top: dict[str, Any] = {LINE: 1, "relationships": []}
    section = top
    for line, text in _entries(path):
        found = _TAG.fullmatch(text)
        at = f"{path.name}:{line}"
        if found is None:
            bill.refuse(at, Wrong("", "a line of SPDX reads `Tag: value`"))
            continue
        tag, value = found["tag"], _bare(found["value"])
        if tag in _SECTIONS:
            section = {LINE: line}
            top.setdefault(_SECTIONS[tag], []).append(section)
        if tag == "Created":
            top["creationInfo"] = {"created": value}
        elif tag == "Relationship":
            top["relationships"].append(_relationship(value, line))
        elif tag == "ExternalRef":
            section.setdefault("externalRefs", []).append(_external(value))
        elif tag in _ONCE and _NAMES.get(tag, tag) in section:
            bill.refuse(at, Wrong(tag, "the tag is given twice in one section"))
        elif tag not in _OF_THE_DOCUMENT:
            section[_NAMES.get(tag, tag)] = value
    return top


def _entries(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their number; those of a `<text>` joined, comments and empty ones left out."""
    opened, pieces = 0, list[str]()
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if opened:
            pieces.append(line)
            if _CLOSE in line:
                yield opened, "\n".join(pieces)
                opened, pieces = 0, []
        elif _OPEN in line and _CLOSE not in line.rpartition(_OPEN)[2]:
            opened, pieces = number, [line]
        elif line.strip() and not line.startswith("#"):
            yield number, line.strip()
    if opened:
        raise SourceError(
            "a <text> is not closed",
            where=f"{path}:{opened}",
            hint="close it with </text>, or get the file anew",
        )


def _bare(value: str) -> str:
    return value.strip().removeprefix(_OPEN).removesuffix(_CLOSE).strip()


def _relationship(value: str, line: int) -> dict[str, Any]:
    one, type_, other = (*value.split(), "", "", "")[:3]
    return {
        LINE: line,
        "spdxElementId": one,
        "relationshipType": type_,
        "relatedSpdxElement": other,
    }


def _external(value: str) -> dict[str, Any]:
    category, type_, locator = (*value.split(None, 2), "", "", "")[:3]
    return {
        "referenceCategory": category,
        "referenceType": type_,
        "referenceLocator": locator,
    }
