"""CycloneDX 1.2 to 1.7, as the mapping that its JSON form is; `cyclonedx_xml` gives the XML form as such a mapping."""

from __future__ import annotations

import collections
from collections.abc import Mapping
from typing import Any, Final

from ...errors import SourceError
from ..documents.fields import Wrong, short, text
from ..licences import Licence
from .bill import (
    LINE,
    NESTED,
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

__all__ = ["VERSIONS", "read_cyclonedx"]

VERSIONS: Final = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")

_UNWANTED_TOP: Final = (
    *("$schema", "bomFormat", "serialNumber", "version", "externalReferences", "compositions"),
    *("vulnerabilities", "annotations", "formulation", "declarations", "definitions"),
    *("properties", "signature", "citations", LINE),
)
_UNWANTED_METADATA: Final = (
    *("lifecycles", "tools", "manufacturer", "manufacture", "authors", "supplier"),
    *("properties", "distributionConstraints"),
)
_UNWANTED: Final = (
    *("mime-type", "supplier", "manufacturer", "authors", "author", "publisher", "description"),
    *("hashes", "copyright", "cpe", "omniborId", "swhid", "swid", "modified", "tags"),
    *("externalReferences", "evidence", "releaseNotes", "cryptoProperties", "properties"),
    *("signature", "isExternal", "versionRange", "patentAssertions", "modelCard", "pedigree"),
)
_KINDS: Final = {"machine-learning-model": "Model", "data": "Dataset"}
_OTHERS: Final = frozenset({"file", "device", "cryptographic-asset"})
_HOLDERS: Final = frozenset({"application", "container", "device-driver", "firmware", "platform"})
_SYSTEM: Final = "operating-system"
_ACKNOWLEDGED: Final = frozenset({"declared", "concluded"})


def read_cyclonedx(top: Mapping[str, Any], bill: Bill) -> None:
    """Reads a bill of CycloneDX: the described component, all components with those inside them, dependencies.

    Raises:
        SourceError: It is of a version that is not known, or a list is none.
    """
    version = top.get("specVersion")
    if version not in VERSIONS:
        raise SourceError(
            f"CycloneDX of version {short(version)}, where {VERSIONS[0]} to {VERSIONS[-1]} are known",
            where=place(bill.file, top, "/specVersion"),
            hint="convert it: cyclonedx convert --output-version v1_6",
        )
    bill.format = f"CycloneDX {version}"
    bill.elsewhere = lambda reference: reference.startswith("urn:cdx:")
    ignore(top, *_UNWANTED_TOP)
    about = top.get("metadata")
    if isinstance(about, Mapping):
        ignore(about, *_UNWANTED_METADATA)
        bill.created = day_of(about.get("timestamp"))
        own = _licences(about, bill)
        bill.licence = own[0][0].spdx if len(own) == 1 else ""
        mine = about.get("component")
        if mine is not None:
            bill.described = {_components([(mine, "/metadata/component", "")], bill)}
    _components(
        [(c, f"/components/{n}", "") for n, c in enumerate(_list(top, "components", bill))], bill
    )
    for number, service in enumerate(_list(top, "services", bill)):
        _service(service, f"/services/{number}", bill)
    for number, dependency in enumerate(_list(top, "dependencies", bill)):
        _dependencies(dependency, f"/dependencies/{number}", bill)


def _list(fields: Mapping[str, Any], key: str, bill: Bill) -> list[Any]:
    value = fields.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        where = place(bill.file, fields, f"/{key}")
        raise SourceError(f"{key}: {short(value)} is not a list", where=where)
    return value


def _components(listed: list[tuple[object, str, str]], bill: Bill) -> str:
    """Components and those that stand in them, in the order of the file; gives the reference of the first."""
    waiting = collections.deque(listed)
    first = ""
    while waiting:
        value, pointer, holder = waiting.popleft()
        at = place(bill.file, value, pointer)
        try:
            if not isinstance(value, Mapping):
                raise Wrong("", f"{short(value)} is not a mapping")
            component = _component(value, at, pointer, bill)
            inner = list(enumerate(_list(value, "components", bill)))
        except Wrong as wrong:
            bill.refuse(at, wrong)
            continue
        if component is not None:
            reference = component.reference
            bill.components.append(component)
            if holder:
                bill.links.append(Link("DEPENDS_ON", holder, reference, "", NESTED, at))
            holder = reference
            first = first or reference
        waiting.extendleft((c, f"{pointer}/components/{n}", holder) for n, c in reversed(inner))
    return first


def _component(fields: Mapping[str, Any], at: str, pointer: str, bill: Bill) -> Component | None:
    ignore(fields, *_UNWANTED)
    sort, reference = text(fields, "type"), text(fields, "bom-ref")
    stated = text(fields, "purl")
    purl = purl_of([stated] if stated else [])
    name, group = text(fields, "name"), text(fields, "group")
    version, scope = text(fields, "version"), text(fields, "scope")
    licences = _licences(fields, bill)
    kind = _KINDS.get(sort, "Package")
    data = fields.get("data")
    if kind == "Dataset" and not _may_be_dataset(data) and not (purl and purl.hub_kind):
        bill.leave("data that is not called a dataset", reference)
        return None
    if sort in _OTHERS and purl is None:
        bill.leave(sort, reference)
        return None
    if not name and purl is None:
        raise Wrong("name", "a component needs a name or a purl")
    if purl is not None and kind == "Package":
        kind = purl.hub_kind or kind
    whole = f"{group}/{name}" if group and name else name or (purl.name if purl else "")
    return Component(
        kind,
        whole,
        version or (purl.version if purl else ""),
        purl,
        reference or pointer,
        tuple(licences),
        at,
        excluded=scope == "excluded",
        optional=scope == "optional",
        holder=holder_of(purl, sort, _SYSTEM, _HOLDERS),
    )


def _may_be_dataset(data: object) -> bool:
    """Whether a component of data is called a data set, or nothing else."""
    listed = data if isinstance(data, list) else []
    for one in listed:
        ignore(one)
    sorts = {one.get("type") for one in listed if isinstance(one, Mapping)}
    return not sorts or "dataset" in sorts


def _licences(fields: Mapping[str, Any], bill: Bill) -> list[tuple[Licence, str]]:
    listed = fields.get("licenses")
    if listed is None:
        return []
    if not isinstance(listed, list):
        raise Wrong("licenses", f"{short(listed)} is not a list")
    found: list[tuple[Licence, str]] = []
    for choice in listed:
        if not isinstance(choice, Mapping):
            raise Wrong("licenses", f"{short(choice)} is not a mapping")
        inner = choice.get("license")
        inner = inner if isinstance(inner, Mapping) else {}
        for one in (choice, inner):
            ignore(one, "bom-ref", "text", "url", "properties", "licensing", "expressionDetails")
        kinds = {text(choice, "acknowledgement"), text(inner, "acknowledgement")} & _ACKNOWLEDGED
        said = text(choice, "expression") or text(inner, "id") or text(inner, "name")
        found += licences_of(said, next(iter(kinds), ""), document=bill.document)
    return found


def _service(value: object, pointer: str, bill: Bill) -> None:
    """A service is none of the loader's business, but others may refer to it."""
    waiting = [value]
    while waiting:
        service = waiting.pop()
        if not isinstance(service, Mapping):
            bill.refuse(
                place(bill.file, service, pointer),
                Wrong("services", f"{short(service)} is not a mapping"),
            )
            continue
        reference = service.get("bom-ref")
        bill.leave("service", reference if isinstance(reference, str) else "")
        inner = service.get("services")
        waiting += inner if isinstance(inner, list) else []
        ignore(service)


def _dependencies(value: object, pointer: str, bill: Bill) -> None:
    at = place(bill.file, value, pointer)
    try:
        if not isinstance(value, Mapping):
            raise Wrong("dependencies", f"{short(value)} is not a mapping")
        source = text(value, "ref")
        targets = value.get("dependsOn") or []
        if not isinstance(targets, list):
            raise Wrong("dependsOn", f"{short(targets)} is not a list")
        for _ in value.get("provides") or []:
            bill.leave("what a component provides: a specification, or cryptography")
        for number, target in enumerate(targets):
            here = at if "#" not in at else f"{at}/dependsOn/{number}"
            if isinstance(target, str):
                bill.links.append(
                    Link("DEPENDS_ON", source, target.strip(), "runtime", "dependsOn", here)
                )
            else:
                bill.refuse(here, Wrong("dependsOn", f"{short(target)} is not a reference"))
        if not targets:
            bill.leave("component that is said to depend on nothing")
    except Wrong as wrong:
        bill.refuse(at, wrong)
