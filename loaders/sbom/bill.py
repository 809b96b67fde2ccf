"""What a bill of materials says, whatever the format it was written in."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

from ...graph.claims import Record
from ..documents.fields import Wrong
from ..licences import Licence, Terms, expressed, known, named, read_terms
from .purls import Purl, read_purl

__all__ = [
    "HOLDER",
    "LINE",
    "NESTED",
    "Bill",
    "Component",
    "Link",
    "Recorder",
    "day_of",
    "holder_of",
    "ignore",
    "licences_of",
    "place",
    "plain",
]

Recorder = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Wraps a mapping of the source so that unread fields can be counted (`Claims.record`)."""

LINE: Final = "@line"
"""Key under which a mapping that was not JSON carries its line."""

HOLDER: Final = "lock file, operating system or other thing that only holds packages"

NESTED: Final = "nested component"
_CONTAINMENTS: Final = frozenset({"CONTAINS", "CONTAINED_BY", "PACKAGE_OF", "contains", NESTED})

_OWN: Final = re.compile(
    r"(?:DocumentRef-[^:]+:)?LicenseRef-(?!scancode-|\.|Fedora-|Callaway-|KDE-Accepted-)",
    re.IGNORECASE,
)
"""Licences that mean something in their document only; those of public lists mean the same in all."""

_SAYS_NOTHING: Final = frozenset(
    {
        "commercial",
        "custom",
        "eula",
        "license",
        "licence",
        "noassertion",
        "none",
        "other",
        "proprietary",
        "unknown",
    }
)
"""Names that many different licences bear."""

_LONGEST: Final = 300
_LONGEST_NAME: Final = 200
_ADDRESS = re.compile(r"[\w.+-]+@[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*\.[A-Za-z]{2,}")


@dataclasses.dataclass(frozen=True, slots=True)
class Component:
    """One component at one version.

    Attributes:
        kind: `Package`, `Model` or `Dataset`.
        name: With its group.
        version: Empty when it is not known.
        purl: None when none is stated.
        reference: By which the bill names it; empty when it has no name of that sort.
        licences: (licence, `declared` or `concluded` or empty); all of them apply.
        excluded: Whether the bill says that it is no part of what runs.
        optional: Whether the bill says that it is not needed.
        holder: `always` for what only holds packages (an operating system), `perhaps` for what does if packages are
            stated in it, or no version of it is (a lock file, an application, an image); else empty.
        at: File, and place in it.
    """

    kind: str
    name: str
    version: str
    purl: Purl | None
    reference: str
    licences: tuple[tuple[Licence, str], ...]
    at: str
    excluded: bool = False
    optional: bool = False
    holder: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """What the bill states between two references.

    Attributes:
        relation: `DEPENDS_ON`, `TRAINED_ON` or `DERIVED_FROM`.
        source: Reference of what needs.
        target: Reference of what is needed.
        kind: `runtime`, `build` or `optional`; empty when the bill does not say when it is needed.
        stated: In the words of the format.
        at: File, and place in it.
    """

    relation: str
    source: str
    target: str
    kind: str
    stated: str
    at: str


@dataclasses.dataclass(slots=True)
class Bill:
    """A bill of materials, filled by the reader of its format.

    Attributes:
        file: What is read.
        record: Notes which fields are read.
        document: By which the licences of its own are told from those of other bills; empty = they are not.
        format: Name and version of the format, e.g. `CycloneDX 1.6`.
        licence: SPDX id of the licence of the bill itself; empty when it is not stated.
        created: Day on which the bill was made, YYYY-MM-DD; empty when it is not stated.
        described: References of what the bill is about.
        components: In the order of the file.
        links: In the order of the file.
        outside: Number of rows outside the loader's business, by reason.
        aside: References of rows that are outside, with the reason.
        refused: (at, field, reason).
        elsewhere: Whether a reference leads to another document.
    """

    file: Path
    record: Recorder
    document: str = ""
    format: str = ""
    licence: str = ""
    created: str = ""
    described: set[str] = dataclasses.field(default_factory=set)
    components: list[Component] = dataclasses.field(default_factory=list)
    links: list[Link] = dataclasses.field(default_factory=list)
    outside: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    aside: dict[str, str] = dataclasses.field(default_factory=dict)
    refused: list[tuple[str, str, str]] = dataclasses.field(default_factory=list)
    elsewhere: Callable[[str], bool] = lambda reference: False

    def refuse(self, at: str, wrong: Wrong) -> None:
        """Leaves a row out."""
        self.refused.append((at, wrong.field, plain(wrong.reason)))

    def leave(self, reason: str, reference: str = "") -> None:
        """Counts a row that is none of the loader's business, and to which others may refer."""
        self.outside[reason] += 1
        if reference:
            self.aside.setdefault(reference, reason)

    def settle(self) -> None:
        """Takes out what stands twice and what only holds packages; what needs a holder needs what it holds."""
        self._drop_repeats()
        held = {x.source for x in self.links}
        holders = {
            c.reference
            for c in self.components
            if (c.holder == "always" or (c.holder and (c.reference in held or not c.version)))
            and c.reference not in self.described
        }
        if not holders:
            return
        inside: dict[str, list[Link]] = {}
        for link in self.links:
            if link.source in holders:
                inside.setdefault(link.source, []).append(link)
        kept = [c for c in self.components if c.reference not in holders]
        for component in self.components:
            if component.reference in holders:
                self.leave(HOLDER, component.reference)
        self.components = kept
        links: dict[Link, None] = {}
        for link in self.links:
            if link.source not in holders:
                links.update(dict.fromkeys(self._through(link, holders, inside)))
            elif link.relation == "DEPENDS_ON":
                self.leave(f"statement of what a {HOLDER} holds")
        self.links = list(links)

    def _drop_repeats(self) -> None:
        """Takes a component that stands twice for one, and the application among its parts for the application."""
        seen: dict[str, Component] = {}
        once = []
        mine = None
        same: dict[str, str] = {}
        for component in self.components:
            bare = dataclasses.replace(component, at="", licences=())
            if component.reference and seen.get(component.reference) == bare:
                self.leave("component that stands twice")
                continue
            seen.setdefault(component.reference, bare)
            if mine is not None and _alike(mine, component):
                self.leave("component that stands twice")
                same[component.reference] = mine.reference
                continue
            if component.reference in self.described and len(self.described) == 1:
                mine = mine or component
            once.append(component)
        self.components = once
        if same:
            self.links = [
                dataclasses.replace(
                    link,
                    source=same.get(link.source, link.source),
                    target=same.get(link.target, link.target),
                )
                for link in self.links
            ]

    def _through(
        self, link: Link, holders: set[str], inside: Mapping[str, list[Link]]
    ) -> list[Link]:
        """A statement, or where its target is a holder, one for each thing that this holds at any depth."""
        if link.target not in holders:
            return [link]
        given, seen, waiting = [], {link.target}, [link]
        while waiting:
            outer = waiting.pop()
            for inner in inside.get(outer.target, []):
                kind = "optional" if "optional" in {outer.kind, inner.kind} else inner.kind
                whole = dataclasses.replace(inner, source=link.source, kind=kind)
                if inner.target not in holders:
                    given.append(whole)
                elif inner.target not in seen:
                    seen.add(inner.target)
                    waiting.append(whole)
        self.leave(f"statement of what a {HOLDER} holds")
        return given

    @property
    def application(self) -> Component | None:
        """What the bill is about; None when it does not say, or names several."""
        found = [c for c in self.components if c.reference and c.reference in self.described]
        return found[0] if len(found) == 1 else None

    @property
    def packages(self) -> list[Component]:
        """The packages that run, without the application."""
        mine = self.application
        return [
            c for c in self.components if c.kind == "Package" and not c.excluded and c is not mine
        ]

    @property
    def requested(self) -> set[str]:
        """References of what the application itself needs.

        Without an application, or where it is only said what it holds or nothing at all, of what nothing else needs.
        """
        mine = self.application.reference if self.application is not None else ""
        own = [x for x in self.links if mine and x.source == mine != x.target]
        asked = {x.target for x in own if x.stated not in _CONTAINMENTS}
        if asked:
            return asked
        held = {x.target for x in own}
        needed = {x.target for x in self.links if x.source not in {x.target, mine}}
        return (held or {c.reference for c in self.components}) - needed - {mine}


def _alike(one: Component, other: Component) -> bool:
    """Whether two components are one thing at one version."""
    purls = [c.purl.text if c.purl else "" for c in (one, other)]
    named = (one.kind, one.name, one.version) == (other.kind, other.name, other.version)
    return named and (purls[0] == purls[1] or "" in purls)


def holder_of(purl: Purl | None, sort: str, system: str, holders: Collection[str]) -> str:
    """Whether a component only holds packages, by its sort in the words of the format (`Component.holder`)."""
    if purl is not None and purl.id:
        return ""
    return "always" if sort == system else "perhaps" if sort in holders else ""


def day_of(time: object) -> str:
    """The day of a time as bills state it (ISO 8601), YYYY-MM-DD; empty where it is none."""
    try:
        return datetime.date.fromisoformat(str(time)[:10]).isoformat()
    except ValueError:
        return ""


def ignore(fields: object, *keys: str) -> None:
    """Marks fields as known and not wanted; without keys, all of them."""
    if isinstance(fields, Record):
        fields.ignore(*(keys or fields))


def plain(text: str) -> str:
    """Text on one line, without mail addresses, for names and messages."""
    return _ADDRESS.sub("(an address)", " ".join(text.split()))[:_LONGEST]


def place(file: Path, fields: object, pointer: str) -> str:
    """File and line where a mapping knows its line, else file and JSON pointer (RFC 6901)."""
    line = fields.get(LINE) if isinstance(fields, Mapping) else None
    return f"{file.name}:{line}" if line else f"{file.name}#{pointer}"


def purl_of(texts: list[str]) -> Purl | None:
    """The package URL that a component is known by: of several, that of a registry before that of a forge or an image.

    Where two registries of one sort are left, none of them is sure to be it.

    Raises:
        Wrong: None of them is a package URL.
    """
    read: dict[str, Purl] = {}
    wrong: Wrong | None = None
    for text in texts:
        try:
            purl = read_purl(text)
        except ValueError as error:
            wrong = wrong or Wrong("purl", str(error))
        else:
            read.setdefault(purl.id or purl.text, purl)
    if wrong is not None and not read:
        raise wrong
    best = min((purl.order for purl in read.values()), default=0)
    first = [purl for purl in read.values() if purl.order == best]
    return first[0] if len(first) == 1 else None


def licences_of(
    stated: str, kind: str = "", names: Mapping[str, str] | None = None, document: str = ""
) -> list[tuple[Licence, str]]:
    """The licences that an expression, an id or a name means; none for NONE, NOASSERTION or a whole text.

    Args:
        stated: As the bill states it.
        kind: `declared`, `concluded` or empty.
        names: What the bill calls its own licences, by `LicenseRef-…`.
        document: By which licences of the bill's own that have no name are told from those of other bills.
    """
    text = " ".join(stated.split())
    terms = read_terms(text)
    if terms is None:
        text = plain(stated)
        if len(text) > _LONGEST_NAME or not text:
            return []
        meant = known(text)
        one = list(expressed(meant, text, inferred=True)) if meant else [named(text)]
        return [(licence, kind) for licence in one]
    if all(licence.asserts_nothing for licence in terms.licences):
        return []
    terms = terms.replaced(lambda licence: _resolved(licence, names or {}, document))
    each = expressed(terms, plain(stated), inferred=False, silence=True)
    return [(licence, kind) for licence in each]


def _resolved(licence: Terms, names: Mapping[str, str], document: str) -> Terms:
    """A licence of the bill's own under its name, or else told from those of other bills."""
    if not _OWN.match(licence.licence):
        return licence
    name = plain(names.get(licence.licence, ""))[:_LONGEST_NAME]
    meant = read_terms(known(name)) if name else None
    if meant is not None and not _OWN.match(name):
        return meant
    if name and not _OWN.match(name) and name.lower() not in _SAYS_NOTHING:
        return dataclasses.replace(licence, licence=name)
    if not document:
        return licence
    return dataclasses.replace(licence, licence=_told_apart(licence.licence, document))


def _told_apart(reference: str, document: str) -> str:
    """`LicenseRef-1` of a document, in the grammar of SPDX for those of others."""
    other, _, own = reference.rpartition(":")
    where = re.sub(r"[^A-Za-z0-9.]+", "-", f"{document}-{other.removeprefix('DocumentRef-')}")
    return f"DocumentRef-{where.strip('-')}:{own}"
