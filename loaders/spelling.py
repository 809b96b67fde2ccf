"""Names and addresses of foreign sources as ids: slugs, and repositories on known forges."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

__all__ = ["address", "ids", "repository", "slug"]

_OWNER_AND_NAME: Final = 2
_LETTERS: Final = str.maketrans(
    {"ı": "i", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d"}
)
_FORGES: Final = frozenset(
    {"github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com", "gitcode.com"}
)


def slug(text: str) -> str:
    """Lower case ASCII and hyphens; a digest tells letters apart that ASCII cannot say."""
    decomposed = unicodedata.normalize(
        "NFKD", text.replace("&", " and ").replace("+", " plus ").translate(_LETTERS)
    )
    kept = decomposed.encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", kept.lower()).strip("-")
    lost = any(c.isalnum() and not c.isascii() for c in decomposed)
    return f"{base or 'name'}-{_digest(text)}" if lost or not base else base


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def ids(names: Iterable[str]) -> dict[str, str]:
    """An id for each name: its slug, and a digest of the name too where several have one slug."""
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        found.setdefault(slug(name), []).append(name)
    return {
        name: base if len(sharing) == 1 else f"{base}-{_digest(name)}"
        for base, sharing in found.items()
        for name in sharing
    }


def repository(text: str) -> str:
    """`https://host/owner/name` on a known forge; empty for anything else, also an owner's page."""
    host, steps = address(text)
    if host not in _FORGES or len(steps) < _OWNER_AND_NAME:
        return ""
    path = steps if host == "gitlab.com" else steps[:_OWNER_AND_NAME]
    return f"https://{host}/{'/'.join(path)}".removesuffix(".git")


def address(text: str) -> tuple[str, list[str]]:
    """Host without `www.`, and the steps of the path."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return "", []
    return host.removeprefix("www."), [step for step in parts.path.split("/") if step]
