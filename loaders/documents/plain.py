"""Text, JSON and TOML."""

from __future__ import annotations

import codecs
import json
import re
import tomllib
from pathlib import Path
from typing import Any, Final, NoReturn

from ...errors import SourceError

__all__ = ["read_json", "read_text", "read_toml"]

_MOST_BYTES: Final = 256 * 2**20
_AGAIN: Final = "mend the file, or get it anew"


def read_text(path: Path, most: int = _MOST_BYTES) -> str:
    """The text of a UTF-8 file, or of a UTF-16 file that says so by its byte order mark, without that mark.

    Args:
        path: The file.
        most: Bytes above which it is not read.

    Raises:
        SourceError: It is missing, too large, or neither.
    """
    if not path.is_file():
        raise SourceError("there is no such file", where=str(path), hint="look at the path")
    size = path.stat().st_size
    if size > most:
        raise SourceError(
            f"the file has {size:,} bytes, more than the {most:,} that are read",
            where=str(path),
            hint="give the file as its publisher made it, or a part of it",
        )
    data = path.read_bytes()
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            "the file is not UTF-16, as its first bytes say" if marked else "the file is not UTF-8",
            where=f"{path}, byte {error.start}",
            hint="save it as UTF-8",
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_json(path: Path, most: int = _MOST_BYTES) -> object:
    """The value of a JSON file (RFC 8259).

    Raises:
        SourceError: It is not JSON, gives a key twice in one object, holds NaN, or is nested too deep.
    """
    text = read_text(path, most)
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"not JSON: {error.msg}", where=f"{path}:{error.lineno}:{error.colno}", hint=_AGAIN
        ) from error
    except _Twice as twice:
        found = [m.start() for m in re.finditer(re.escape(json.dumps(twice.key)), text)]
        line = text.count("\n", 0, found[1]) + 1 if len(found) > 1 else 1
        raise SourceError(
            f"the key {twice.key[:80]!r} stands twice in one object",
            where=f"{path}, about line {line}",
            hint=_AGAIN,
        ) from twice
    except RecursionError as error:
        raise SourceError("nested too deep", where=str(path), hint=_AGAIN) from error
    except ValueError as error:
        raise SourceError(f"not JSON: {error}", where=str(path), hint=_AGAIN) from error


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        SourceError: It is not TOML, or is nested too deep.
    """
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        where = f"{path}:{place[1]}:{place[2]}" if place else str(path)
        said = str(error)[: place.start()].strip() if place else str(error)
        raise SourceError(f"not TOML: {said}", where=where, hint=_AGAIN) from error
    except RecursionError as error:
        raise SourceError("nested too deep", where=str(path), hint=_AGAIN) from error


class _Twice(Exception):
    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Twice(key)
            seen.add(key)
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")
