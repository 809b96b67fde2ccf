"""Licences as sources state them: an SPDX expression, or a name that may mean one.

Licences that all apply are given one by one; alternatives are one licence, by the alphabet, so that `A OR B` and
`B OR A` are the same. A name that could mean several licences is kept as it is stated.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

__all__ = ["Licence", "canonical", "expressed", "known", "named", "spellings"]

LONGEST: Final = 80
"""Characters of a name that are kept; what is longer is a licence's text."""

_LONGEST_EXPRESSION: Final = 20_000
_LONGEST_STATED: Final = 300


@dataclasses.dataclass(frozen=True, slots=True)
class Licence:
    """Terms that a source names.

    Attributes:
        id: Slug.
        name: SPDX expression, or the text as stated (80 characters at most).
        spdx: Identifier in the SPDX list; empty when it is none, or several joined by OR.
        stated: What the source says, in short; never a licence's text.
        osi: True or False where the source says that it is approved, or proprietary; else None.
        inferred: Whether it was read out of a text or name, and not stated as an expression.
    """

    id: str
    name: str
    spdx: str
    stated: str
    osi: bool | None
    inferred: bool


def canonical(expression: str) -> str:
    """The SPDX expression in its usual spelling; empty when it is none."""
    if len(expression) > _LONGEST_EXPRESSION:
        return ""
    try:
        return str(canonicalize_license_expression(expression))
    except (InvalidLicenseExpression, RecursionError):
        return ""


def known(text: str) -> str:
    """The SPDX expression that a short text means; empty when it is not sure."""
    text = " ".join(text.split()).removeprefix("License: ")
    return spellings().get(text, "") or spellings().get(text.lower(), "") or canonical(text)


def expressed(expression: str, stated: str, *, inferred: bool) -> Iterator[Licence]:
    """The licences of an SPDX expression; those of an `AND` one by one."""
    for conjunct in _conjuncts(expression):
        part = _ordered(conjunct)
        listed = " " not in part and "LicenseRef-" not in part and bool(canonical(part))
        osi = False if "proprietary" in part.lower() else None
        spdx, said = part if listed else "", stated[:_LONGEST_STATED]
        yield Licence(_slug(part), part[:LONGEST], spdx, said, osi, inferred)


def named(name: str, stated: str = "", *, approved: bool = False) -> Licence:
    """A licence that SPDX does not list, under the name that the source gives it.

    Args:
        name: The name.
        stated: What the source says; empty = the name.
        approved: Whether the source says that the Open Source Initiative approved it.
    """
    stated = stated or name
    osi = False if "proprietary" in stated.lower() else True if approved else None
    return Licence(_slug(name), name[:LONGEST], "", stated[:_LONGEST_STATED], osi, inferred=True)


@functools.cache
def spellings() -> Mapping[str, str]:
    """Names and classifiers in use → the SPDX expression that each of them can only mean."""
    file = Path(__file__).parent / "data" / "spellings.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return {r["stated"]: r["expression"] for r in csv.DictReader(stream)}


def _conjuncts(expression: str) -> list[str]:
    """The parts that all apply: `A AND (B OR C)` → `A`, `B OR C`."""
    if " OR " in re.sub(r"\([^()]*\)", "", expression) or expression.count("(") > 1:
        return [expression]
    parts = re.split(r" AND (?![^(]*\))", expression)
    return list(dict.fromkeys(p.removeprefix("(").removesuffix(")") for p in parts))


def _ordered(expression: str) -> str:
    if " OR " not in expression or "(" in expression or " AND " in expression:
        return expression
    return " OR ".join(sorted(set(expression.split(" OR "))))


def _slug(text: str) -> str:
    """A slug; a digest tells apart what it would make equal, such as `GPL-2.0+` and `GPL-2.0`."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if slug and "+" not in text and len(slug) <= LONGEST:
        return slug
    digest = hashlib.blake2b(" ".join(text.lower().split()).encode(), digest_size=4).hexdigest()
    return f"{slug[:LONGEST]}-{digest}".lstrip("-")
