"""Which of the forms that there are a client takes (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .problem import Problem

__all__ = ["chosen", "media_type"]

_MOST: Final = 64


def media_type(header: str) -> tuple[str, dict[str, str]]:
    """A media type in lower case, and its parameters."""
    name, *rest = header.split(";")
    parameters = {}
    for part in rest:
        key, _, value = part.partition("=")
        parameters[key.strip().lower()] = value.strip().strip('"')
    return name.strip().lower(), parameters


def chosen(accept: str, offered: Sequence[str]) -> str | None:
    """The offered media type that the client likes best; of equals the first offered.

    Args:
        accept: The header; empty = anything.
        offered: In our order of preference.

    Raises:
        Problem: The header cannot be read.
    """
    wishes = _wishes(accept)
    best, found = 0.0, None
    for name in offered:
        quality = _quality(name, wishes)
        if quality > best:
            best, found = quality, name
    return found


def _wishes(accept: str) -> list[tuple[str, float]]:
    """Ranges with their quality, the most special first; one that is none is passed over, as long as another is sound.

    `*` alone stands for all, as older clients write it.
    """
    found = []
    parts = [part for part in (accept or "*/*").split(",")[:_MOST] if part.strip()]
    for part in parts:
        name, parameters = media_type(part)
        name = "*/*" if name == "*" else name
        try:
            quality = min(float(parameters.get("q", "1")), 1.0)  # some clients write 1.5 for much
        except ValueError:
            continue
        if name.count("/") == 1 and quality >= 0:
            found.append((name, quality))
    if parts and not found:
        raise Problem(400, f"{parts[0].strip()[:80]!r} is no media range", where="Accept")
    return sorted(found, key=lambda wish: wish[0].count("*"))


def _quality(name: str, wishes: Sequence[tuple[str, float]]) -> float:
    family = name.partition("/")[0] + "/*"
    return next((q for wish, q in wishes if wish in {name, family, "*/*"}), 0.0)
