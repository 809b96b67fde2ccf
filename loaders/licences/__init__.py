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

from .expressions import Terms, read_terms

__all__ = [
    "Licence",
    "Terms",
    "canonical",
    "expressed",
    "known",
    "named",
    "read_terms",
    "spellings",
]

LONGEST: Final = 80
"""Characters of a name that are kept; what is longer is a licence's text."""

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
        terms: The expression as a tree; None where there is only a name.
    """

    id: str
    name: str
    spdx: str
    stated: str
    osi: bool | None
    inferred: bool
    terms: Terms | None = None


def canonical(expression: str) -> str:
    """The SPDX expression in its normal form; empty when it is none, or asserts nothing."""
    terms = read_terms(expression)
    return "" if terms is None or terms.asserts_nothing else str(terms)


def known(text: str) -> str:
    """The SPDX expression that a short text means; empty when it is not sure."""
    text = " ".join(text.split()).removeprefix("License: ")
    return spellings().get(text, "") or spellings().get(text.lower(), "") or canonical(text)


def expressed(
    expression: str | Terms, stated: str, *, inferred: bool, silence: bool = False
) -> Iterator[Licence]:
    """The licences of an SPDX expression; those of an `AND` one by one.

    Args:
        expression: The expression, or its tree; what no grammar reads is one licence.
        stated: What the source says.
        inferred: Whether it was read out of a text or name.
        silence: Whether to give NONE and NOASSERTION among them too, as terms that nobody knows.
    """
    terms = (
        read_terms(expression) or Terms(expression) if isinstance(expression, str) else expression
    )
    for part in terms.conjuncts:
        if part.asserts_nothing and not silence:
            continue
        name = str(part)
        single = not part.parts
        osi = False if single and "proprietary" in name.lower() else None
        listed = single and not part.exception and "LicenseRef-" not in name and canonical(name)
        id_ = _slug(name, nested="(" in name and not single)
        text = stated[:_LONGEST_STATED]
        yield Licence(id_, name[:LONGEST], listed or "", text, osi, inferred, part)


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


def _slug(text: str, *, nested: bool = False) -> str:
    """A slug; a digest tells apart what it would make equal, such as `GPL-2.0+` and `GPL-2.0`, or other brackets."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if slug and "+" not in text and not nested and len(slug) <= LONGEST:
        return slug
    digest = hashlib.blake2b(" ".join(text.lower().split()).encode(), digest_size=4).hexdigest()
    return f"{slug[:LONGEST]}-{digest}".lstrip("-")
