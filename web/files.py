"""Files in and out, in a worker: what is uploaded is audited, what is exported is downloaded."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from ..audit.contents import line_finder
from ..errors import SourceError, UsageError
from .worker import Out
from .worker_graph import ServedGraph

__all__ = ["audit", "export"]

_NAME: Final = re.compile(r"[\w][\w.+ -]{0,99}\Z")
_VARIABLE: Final = re.compile(r"[=<>!~]=?=?\s*\$\{[A-Z0-9_]+\}")
_KEYS: Final = frozenset({"keys", "governing", "maker_keys", "operator_keys"})
_PIECE: Final = 1 << 16
_MARKED: Final = "{} of its lines hold only where their marker says so, and count as if they did"
_OTHERS: Final = (
    "{} of its lines name no package of an index, but another file or place: they are left out"
)
_NOTE: Final = (
    "only the packages that the file names, without what they need in turn: pip is not run for an "
    "uploaded file; for all of them upload a pip report, a lock file or a bill of materials"
)


def audit(graph: ServedGraph, out: Out, *, body: bytes, name: str) -> None:
    """Audits an uploaded file.

    Args:
        graph: The graph.
        out: Where the answer goes.
        body: The file.
        name: What the user calls it; its end says the format.

    Raises:
        UsageError: That is no name of a file.
        SourceError: The file cannot be read.
    """
    if not _NAME.match(name):
        raise UsageError(f"{name[:80]!r} is no name of a file", where="name")
    if not body:
        raise SourceError("the file is empty", where=name, hint="send the file as the body")
    notes: list[str] = []
    with _folder() as folder:
        file = folder / name
        file.write_bytes(body)
        lines: Callable[[str, str], int] | None = None
        if name.lower().endswith((".txt", ".in")):
            wanted, others = _requirements(body, name)
            marked = sum(one.marker is not None for one in wanted)
            counts = ((_MARKED, marked), (_OTHERS, others))
            notes = [_NOTE, *(note.format(count) for note, count in counts if count)]
            file.write_text(_text(body, name), encoding="utf-8")
            lines = line_finder(file)
            file = file.with_suffix(".json")
            file.write_bytes(_named(body, name))
        try:
            found = graph.audit(file).to_dict()
        except SourceError as error:
            where = error.where.replace(f"{folder}/", "")
            raise SourceError(error.what, where=where, hint=error.hint) from None
    if lines is not None:
        for package in found["packages"]:
            package["line"] = lines(package["name"], package["name"])
    evidence = graph.evidence(list(dict.fromkeys(_keys(found))))
    told = {**found, "file": name, "notes": notes, "evidence": evidence}
    out.head("application/json")
    out.write(json.dumps(told, default=str, ensure_ascii=False).replace(f"{folder}/", "").encode())


def _keys(value: Any) -> Iterator[str]:
    """The keys of all statements that an audit names."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from part if name in _KEYS else _keys(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _keys(part)


def _named(body: bytes, name: str) -> bytes:
    """A pip report of just the packages that a requirements file names; without a version where none is pinned."""
    installs: dict[str, dict[str, Any]] = {}
    for wanted in _requirements(body, name)[0]:
        key = canonicalize_name(wanted.name)
        metadata = {"name": wanted.name}
        if version := _version(wanted):
            metadata["version"] = version
        here = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        if key not in installs or here:
            installs[key] = {"metadata": metadata, "requested": True}
    if not installs:
        raise SourceError("the file names no package", where=name)
    report = {"version": "1", "pip_version": "0", "install": list(installs.values())}
    return json.dumps(report).encode()


def _version(wanted: Requirement) -> str:
    """The version that a requirement pins, or that the name of its wheel says; empty where neither does."""
    pinned = [s.version for s in wanted.specifier if s.operator in {"==", "==="}]
    if pinned and "*" not in pinned[0]:
        return pinned[0]
    try:
        return str(parse_wheel_filename((wanted.url or "").rpartition("/")[2])[1])
    except InvalidWheelFilename:
        return ""


def _requirements(body: bytes, name: str) -> tuple[list[Requirement], int]:
    """The requirements of a file, and how many lines name another file, an address or a folder instead."""
    found: list[Requirement] = []
    others = 0
    for line in re.sub(r"\\\r?\n", " ", _text(body, name)).replace("\r", "\n").split("\n"):
        plain = re.split(r"(?:^|\s)#|\s--", line, maxsplit=1)[0].strip()
        if not plain or re.match(r"-(?!e\b|r\b|-editable|-requirement)", plain):
            continue
        try:
            found.append(Requirement(_VARIABLE.sub("", plain)))
        except InvalidRequirement:
            others += 1
    return found, others


def _text(body: bytes, name: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 that says so."""
    marked = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return body.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError("not UTF-8 text", where=f"{name}: byte {error.start}") from None


def export(
    graph: ServedGraph,
    out: Out,
    *,
    body: bytes,
    format: str,  # noqa: A002 - the field's term
    around: str | None,
    hops: int,
    kinds: Sequence[str],
    relations: Sequence[str],
    licence: str | None,
) -> None:
    """Exports the state or a part of it; a folder comes as a ZIP file."""
    from ..exports import FORMATS

    if format not in FORMATS:
        raise UsageError(f"there is no format {format!r}", hint=f"one of: {', '.join(FORMATS)}")
    chosen = FORMATS[format]
    with _folder() as folder:
        target = folder / f"stackholder{chosen.suffix}"
        graph.export(
            format,
            target,
            around=around,
            hops=hops,
            kinds=kinds,
            relations=relations,
            licence=licence,
        )
        suffix = ".zip" if chosen.folder else chosen.suffix
        disposition = f'attachment; filename="stackholder-{graph.as_of}{suffix}"'
        media_type = "application/zip" if chosen.folder else "application/octet-stream"
        out.head(media_type, headers={"content-disposition": disposition})
        if chosen.folder:
            _zipped(target, out)
        else:
            with target.open("rb") as stream:
                while piece := stream.read(_PIECE):
                    out.write(piece)


def _zipped(folder: Path, out: Out) -> None:
    class Stream(io.RawIOBase):
        """What a ZIP file is written to as it grows."""

        def writable(self) -> bool:
            return True

        def write(self, piece: Any) -> int:
            return out.write(bytes(piece))

    with zipfile.ZipFile(Stream(), "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            archive.write(file, file.relative_to(folder).as_posix())


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="file-") as folder:
        yield Path(folder)
