"""The XML form of CycloneDX, as the mapping that its JSON form would be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ..documents import Element, read_xml
from .bill import LINE

__all__ = ["as_mapping"]

_NAMESPACE: Final = "http://cyclonedx.org/schema/bom/"
_LISTS: Final = frozenset({"components", "services", "dependencies", "licenses", "properties"})


def as_mapping(path: Path) -> dict[str, Any]:
    """The bill of an XML file, in the shape of its JSON form; components and dependencies know their line.

    Raises:
        SourceError: It is not XML, holds a DOCTYPE, or is no bill of CycloneDX.
    """
    root = next(read_xml(path))
    if root.name != "bom" or not root.namespace.startswith(_NAMESPACE):
        raise SourceError(
            f"not a bill of CycloneDX: its root is {root.name[:60]!r} in {root.namespace[:80]!r}",
            where=f"{path}:{root.line}",
            hint="RDF of SPDX is not read: convert it to JSON",
        )
    found = _plain(root)
    found["specVersion"] = root.namespace.removeprefix(_NAMESPACE)
    found[LINE] = root.line
    for metadata in root.every("metadata")[:1]:
        found["metadata"] = _plain(metadata)
        _licensed(metadata, found["metadata"])
        for described in metadata.every("component")[:1]:
            found["metadata"]["component"] = _component(described)
    found["components"] = [_component(c) for c in _inside(root, "components")]
    found["services"] = [_service(s) for s in _inside(root, "services")]
    found["dependencies"] = [_dependency(d) for d in _inside(root, "dependencies")]
    return found


def _inside(element: Element, name: str) -> Iterator[Element]:
    """The elements in all children of that name."""
    for holder in element.every(name):
        yield from holder.children


def _plain(element: Element) -> dict[str, Any]:
    """Its attributes and children, with the texts of those that hold nothing else; for the rest, their number."""
    found: dict[str, Any] = dict(element.attributes)
    for child in element.children:
        if child.name not in _LISTS:
            found[child.name] = len(child.children) if child.children else child.text
    return found


def _component(element: Element) -> dict[str, Any]:
    found = _plain(element)
    found[LINE] = element.line
    _licensed(element, found)
    if nested := list(_inside(element, "components")):
        found["components"] = [_component(c) for c in nested]
    if data := element.every("data"):
        found["data"] = [{"type": d.said("type")} for d in data]
    return found


def _licensed(element: Element, found: dict[str, Any]) -> None:
    if element.first("licenses") is None:
        return
    found["licenses"] = [
        {"expression": each.text, **each.attributes}
        if each.name == "expression"
        else {"license": _plain(each)}
        for each in _inside(element, "licenses")
    ]


def _service(element: Element) -> dict[str, Any]:
    nested = [_service(s) for s in _inside(element, "services")]
    return {**element.attributes, LINE: element.line, "services": nested}


def _dependency(element: Element) -> dict[str, Any]:
    return {
        LINE: element.line,
        **element.attributes,
        "dependsOn": [d.attributes.get("ref") for d in element.every("dependency")],
        "provides": [d.attributes.get("ref") for d in element.every("provides")],
    }
