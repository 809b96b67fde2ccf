"""Fields of a foreign mapping, read as what they must be: a wrong type is a `Wrong` that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["Wrong", "short", "text", "texts"]

_LONGEST: Final = 60


class Wrong(Exception):
    """A field is not what it must be: refuse the row.

    Args:
        field: Which one.
        reason: What is wrong with it.
    """

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(reason)


def text(record: Mapping[str, Any], field: str, prefix: str = "") -> str:
    """The text of a field without outer white space; empty where there is none.

    Args:
        record: The mapping.
        field: Its key.
        prefix: What to put before the key in an error, e.g. `extra.`.

    Raises:
        Wrong: It is something else.
    """
    value = record.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Wrong(f"{prefix}{field}", f"{short(value)} is not a text")
    return value.strip()


def texts(record: Mapping[str, Any], field: str, prefix: str = "") -> list[str]:
    """The texts of a list, or one text, each once and without needless white space.

    Raises:
        Wrong: It is something else.
    """
    value = record.get(field)
    if value is None:
        return []
    some = [value] if isinstance(value, str) else value
    if not isinstance(some, list) or not all(isinstance(s, str) for s in some):
        raise Wrong(f"{prefix}{field}", f"{short(value)} is not a list of texts")
    return list(dict.fromkeys(" ".join(s.split()) for s in some if s.strip()))


def short(value: object) -> str:
    """A value as it may stand in a message."""
    said = repr(value)
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
