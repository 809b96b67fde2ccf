"""Reads a bill of materials in any format that we know: the one door for all who need one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ..documents import read_json
from .bill import Bill, Component, Link, Recorder
from .cyclonedx import read_cyclonedx
from .cyclonedx_xml import as_mapping as from_xml
from .spdx2 import read_spdx2
from .spdx3 import CONTEXT, read_spdx3
from .tag_value import as_mapping as from_tags

__all__ = ["Bill", "Component", "Link", "bill_in", "read_bill"]

_HINT: Final = (
    "give a bill of CycloneDX (JSON or XML) or SPDX (2.3 as JSON or tag-value, 3.0 as JSON-LD)"
)
_HEAD: Final = 4_096
_WRAPPINGS: Final = ("sbom", "SPDX", "predicate")
"""Keys under which a forge, a builder of images and an attestation hold the bill itself."""


def read_bill(path: Path, record: Recorder = dict, document: str = "") -> Bill:
    """The bill in a file.

    Args:
        path: The file.
        record: Notes which fields are read (`Claims.record`).
        document: By which licences of the bill's own are told from those of other bills; empty = they are not.

    Raises:
        SourceError: It is missing, broken or of another format; says where, and what to do next.
    """
    bill = bill_in(path, record, document)
    if bill is None:
        raise SourceError("this is no bill of materials", where=f"{path}:1", hint=_HINT)
    return bill


def bill_in(path: Path, record: Recorder = dict, document: str = "") -> Bill | None:
    """The bill in a file; None where what it holds says that it is something else.

    What stands at the top of the parsed file decides, in whatever order: some tools write the marks of the format last.

    Raises:
        SourceError: It is missing, or a bill that is broken; says where, and what to do next.
    """
    if not path.is_file():
        raise SourceError("there is no such file", where=str(path), hint="look at the path")
    bill = Bill(path, record, document)
    head = _head(path)
    if head.startswith("<"):
        if path.suffix.lower() not in {".xml", ".cdx"} and "cyclonedx.org/schema/bom" not in head:
            return None
        read_cyclonedx(record(from_xml(path)), bill)
    elif head.startswith("{"):
        top = _bill_of(read_json(path))
        reader = _json_reader(top) if top else None
        if top is None or reader is None:
            return None
        reader(record(top), bill)
    elif "SPDXVersion:" in head:
        read_spdx2(record(from_tags(path, bill)), bill)
    else:
        return None
    bill.settle()
    return bill


def _head(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return head.decode(encoding, "replace").lstrip()


def _bill_of(value: object) -> Mapping[str, Any] | None:
    """The mapping that is the bill: the value itself, or what stands in its wrapping."""
    if not isinstance(value, dict):
        return None
    inner = (value[key] for key in _WRAPPINGS if isinstance(value.get(key), dict))
    return next((top for top in (value, *inner) if _json_reader(top)), None)


def _json_reader(top: Mapping[str, Any]) -> Callable[[Mapping[str, Any], Bill], None] | None:
    context = top.get("@context")
    parts = context if isinstance(context, list) else [context]
    if any(str(part).startswith(CONTEXT) for part in parts):
        return read_spdx3
    if top.get("bomFormat") == "CycloneDX" or "specVersion" in top:
        return read_cyclonedx
    return read_spdx2 if "spdxVersion" in top else None
