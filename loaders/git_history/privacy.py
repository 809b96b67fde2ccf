"""What must not be kept: addresses in texts, and contributors who do not want to be in the graph."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

__all__ = ["digest_of", "without_addresses"]

_ADDRESS: Final = re.compile(r"[^\s<>\"'(),;:/@]+@[^\s<>\"'(),;:/@]+")


def without_addresses(text: str) -> str:
    """The text with `(an address)` in the place of each e-mail address."""
    return _ADDRESS.sub("(an address)", text)


def digest_of(contributors: Iterable[str]) -> str:
    """Changes when the contributors do; empty where there are none."""
    text = " ".join(sorted(contributors))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest() if text else ""
