"""Reads a bill of materials in any format that we know: the one door for all who need one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ..documents import read_json, read_text
from .bill import Bill, Component, Link, Recorder
from .cyclonedx import read_cyclonedx
from .cyclonedx_xml import as_mapping as from_xml
from .spdx2 import read_spdx2
from .spdx3 import CONTEXT, read_spdx3
from .tag_value import as_mapping as from_tags

__all__ = ["Bill", "Component", "Link", "is_bill", "read_bill"]

_HINT: Final = (
    "give a bill of CycloneDX (JSON or XML) or SPDX (2.3 as JSON or tag-value, 3.0 as JSON-LD)"
)
_HEAD: Final = 4_096


def read_bill(path: Path, record: Recorder = dict, document: str = "") -> Bill:
    """The bill in a file.

    Args:
        path: The file.
        record: Notes which fields are read (`Claims.record`).
        document: By which licences of the bill's own are told from those of other bills; empty = they are not.

    Raises:
        SourceError: It is missing, broken or of another format; says where, and what to do next.
    """
    if not path.is_file():
        raise SourceError("there is no such file", where=str(path), hint="look at the path")
    bill = Bill(path, record, document)
    head = _head(path)
    if head.startswith("<"):
        read_cyclonedx(record(from_xml(path)), bill)
    elif head.startswith("{"):
        top = _mapping(read_json(path), path)
        reader = _json_reader(top)
        if reader is None:
            raise SourceError("this is no bill of materials", where=f"{path}:1", hint=_HINT)
        reader(record(top), bill)
    elif "SPDXVersion:" in head:
        read_spdx2(record(from_tags(path, bill)), bill)
    else:
        read_text(path)
        raise SourceError("a bill in a format that is not known", where=f"{path}:1", hint=_HINT)
    return bill


def is_bill(path: Path) -> bool:
    """Whether a file looks like a bill; says nothing of whether it is a sound one."""
    head = _head(path)
    if head.startswith("<"):
        return "cyclonedx.org/schema/bom" in head
    marks = ('"bomFormat"', '"spdxVersion"', '"specVersion"', CONTEXT, "SPDXVersion:")
    return any(mark in head for mark in marks)


def _head(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.read(_HEAD).decode("utf-8-sig", "replace").lstrip()


def _mapping(value: object, path: Path) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SourceError("this is no bill of materials", where=f"{path}:1", hint=_HINT)
    return value


def _json_reader(top: Mapping[str, Any]) -> Any:
    context = top.get("@context")
    parts = context if isinstance(context, list) else [context]
    if any(str(part).startswith(CONTEXT) for part in parts):
        return read_spdx3
    if top.get("bomFormat") == "CycloneDX" or "specVersion" in top:
        return read_cyclonedx
    return read_spdx2 if "spdxVersion" in top else None
