"""Names and slugs of a landscape, and the small tables that say what they mean."""

from __future__ import annotations

import csv
import dataclasses
import functools
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from ..spelling import address, slug

__all__ = [
    "Body",
    "Organisation",
    "body",
    "crunchbase_slug",
    "foreign_slugs",
    "is_group",
    "is_university",
    "known_body",
    "organisations",
    "plain_name",
]

_PATH_STEPS: Final = 2
_DATA: Final = Path(__file__).parent / "data"

_ROLE = re.compile(r"\s*\((?:member|supporter|hosting)\)\s*$", re.IGNORECASE)
_ACRONYM = re.compile(r"\s*\([^()]*\)$")
_GROUP = re.compile(r"\b(foundation|fund|consortium|alliance|working group|WG)\b", re.IGNORECASE)
_UNIVERSITY = re.compile(
    r"\b(universit(?:y|ies|[àé]|at|ät|et|e|eit|i)|universidade?|college|polytechnic"
    r"|institute of technology)\b",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Body:
    """A foundation, fund or project that has members.

    Attributes:
        id: Slug; that of the starter data where it is the same institution.
        name: As it is to be shown.
        aliases: Other spellings.
        crunchbase: Slugs under which landscapes name it.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    crunchbase: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that a landscape names by its crunchbase slug alone.

    Attributes:
        kind: `Company` or `Institution`.
        id: Slug; that of the starter data where it is the same organisation.
        name: As it is to be shown.
        part: `home` for a foundation that houses projects, `origin` for one that starts them.
    """

    kind: str
    id: str
    name: str
    part: str


def plain_name(name: str) -> str:
    """The name without the part it plays in the landscape: `Google LLC (member)` → `Google LLC`."""
    return _ROLE.sub("", " ".join(name.split()))


def is_university(name: str) -> bool:
    """Whether the name says so."""
    return bool(_UNIVERSITY.search(name))


def is_group(name: str) -> bool:
    """Whether the name is that of a foundation, fund or working group and not of software."""
    return bool(_GROUP.search(name))


def known_body(name: str) -> Body | None:
    """The institution of that name in `data/bodies.csv`, with or without its acronym."""
    bare = _ACRONYM.sub("", name)
    found = _bodies().get(name) or _bodies().get(bare)
    return found and dataclasses.replace(found, aliases=tuple(sorted({name, bare} - {found.name})))


def body(name: str) -> Body:
    """The institution of that name: a known one, else under its own slug."""
    bare = _ACRONYM.sub("", name)
    return known_body(name) or Body(slug(bare), bare, () if bare == name else (name,), ())


def crunchbase_slug(text: str) -> str:
    """The slug of an organisation's crunchbase page; empty when it is no such address."""
    host, steps = address(text)
    is_organisation = host == "crunchbase.com" and steps[:1] == ["organization"]
    return unquote(steps[1]) if is_organisation and len(steps) == _PATH_STEPS else ""


@functools.cache
def foreign_slugs() -> Mapping[tuple[str, str], str]:
    """(name, crunchbase slug) → whom the slug names instead; looked through by hand."""
    return {(r["name"], r["crunchbase"]): r["names"] for r in _rows("crunchbase.csv")}


@functools.cache
def organisations() -> Mapping[str, Organisation]:
    """Crunchbase slug → the organisation; slugs that name the software itself are not in it."""
    return {
        r["crunchbase"]: Organisation(r["kind"], r["id"], r["name"], r["part"])
        for r in _rows("organisations.csv")
    }


@functools.cache
def _bodies() -> Mapping[str, Body]:
    return {
        r["name"]: Body(r["id"], r["title"], (), (r["crunchbase"],) if r["crunchbase"] else ())
        for r in _rows("bodies.csv")
    }


def _rows(name: str) -> Collection[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
