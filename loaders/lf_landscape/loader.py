"""Landscape files: who is a member of which foundation, and which project has its home where."""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from ...errors import SourceError
from ...graph.claims import Claims, Source
from ...graph.legal_forms import without_legal_forms
from .. import spelling
from . import names
from .items import Item, Landscape, read_landscape

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="lf_landscape",
    title="landscapes of the Linux Foundation and its projects",
    publisher="Linux Foundation",
    licence="CC-BY-4.0",
    homepage="https://github.com/jmertic/lf-landscape",
    rank=40,
    reads=("*.yml", "*.yaml"),
)

_MEMBERSHIP: Final = "Project Membership / "
_GROUP: Final = "Project Group / "
_MEMBERS = re.compile(r"^(?P<body>.+?)\s+Members?(?:\s+Compan(?:y|ies))?$", re.IGNORECASE)
_HOSTING = re.compile(r"^Hosting\b", re.IGNORECASE)
_READ_AS_HOME: Final = (
    "that the home holds the trademark is how such homes work; the landscape does not say it"
)
_READ_AS_ORIGIN: Final = "the landscape names it for the software, without saying in what part"
_LICENCES: Final = {"apache 2.0": "Apache-2.0", "mit license": "MIT"}


@dataclasses.dataclass(frozen=True, slots=True)
class _Known:
    """A landscape whose publisher, licence and size are known.

    Attributes:
        url: Where it is published.
        licence: SPDX id.
        bounds: Least and most claims per kind or relation.
    """

    url: str
    licence: str
    bounds: Mapping[str, tuple[int, int]]


_KNOWN: Final = {
    "LF Members": _Known(
        SOURCE.homepage,
        "CC-BY-4.0",
        {
            "FUNDS": (4_000, 8_000),
            "Company": (1_000, 3_000),
            "Framework": (500, 2_000),
            "GOVERNS": (800, 4_000),
        },
    ),
    "LF AI & Data Member Company": _Known(
        "https://github.com/lfai/lfai-landscape",
        "Apache-2.0",
        {"FUNDS": (40, 150), "Company": (60, 250), "Framework": (200, 800), "GOVERNS": (60, 300)},
    ),
}
_UNKNOWN: Final = _Known("https://github.com/cncf/landscape2", "NOASSERTION", {})


def load(source: Path, out: Claims) -> None:
    """Reads one landscape file, or every `*.yml` and `*.yaml` of a folder.

    Raises:
        SourceError: A file is missing, is not YAML or is not a landscape.
    """
    landscapes = [_Reading(read_landscape(file, out), out) for file in _files(source)]
    for landscape in landscapes:
        landscape.give()
    if all(landscape.known.bounds for landscape in landscapes):
        for name in landscapes[0].known.bounds:
            spans = [landscape.known.bounds[name] for landscape in landscapes]
            out.expect(name, sum(least for least, _ in spans), sum(most for _, most in spans))


def _files(source: Path) -> list[Path]:
    if source.is_dir():
        found = sorted(p for p in source.iterdir() if p.suffix in {".yml", ".yaml"} and p.is_file())
        if not found:
            raise SourceError(
                "no landscape in this folder", where=str(source), hint="it should hold a *.yml file"
            )
        return found
    if not source.exists():
        raise SourceError("there is no such file", where=str(source), hint="look at the path")
    return [source]


class _Reading:
    """States what one landscape says."""

    def __init__(self, landscape: Landscape, out: Claims) -> None:
        self.landscape = landscape
        self.out = out
        self.known = next((_KNOWN[c] for c in landscape.categories if c in _KNOWN), _UNKNOWN)
        members = (_MEMBERS.match(c) for c in landscape.categories)
        self.body = next((names.body(m["body"]) for m in members if m), None)
        self._described: dict[tuple[str, str], tuple[str, set[str], set[str]]] = {}

    def give(self) -> None:
        """Members and projects are scopes of their own; refused items count with the members."""
        file, items = self.landscape.file.name, self.landscape.items
        with self.out.scope(f"{file}: members"):
            for at, field, reason in self.landscape.refused:
                self.out.refuse(at, reason, field)
            self._members([i for i in items if _MEMBERS.match(i.category)])
        with self.out.scope(f"{file}: projects"):
            self._projects(list(self._software(i for i in items if not _MEMBERS.match(i.category))))
            with self.out.rows(0):
                self._describe()

    # ------------------------------------------------------------------ members

    def _members(self, members: list[Item]) -> None:
        ids = spelling.ids(i.name for i in members)
        slugs = collections.Counter(i.crunchbase for i in members)
        seen: set[str] = set()
        for item in members:
            with self.out.row():
                if item.name in seen:
                    what = f"{item.name!r} is listed twice among the members"
                    self.out.refuse(item.at, what, "name")
                    continue
                seen.add(item.name)
                why_not = names.foreign_slugs().get((item.name, item.crunchbase), "")
                shared = slugs[item.crunchbase] > 1
                if not why_not and shared and item.crunchbase != spelling.slug(item.name):
                    why_not = "several members"
                self._member(item, ids[item.name], why_not)

    def _member(self, item: Item, id_: str, why_not: str) -> None:
        """States a member; its crunchbase slug identifies it unless it is known to name somebody else."""
        university = names.is_university(item.name)
        kind = "Institution" if item.tier == "Associate" or university else "Company"
        known = names.known_body(item.name)
        member = known.id if known else id_
        self.out.node(
            kind,
            member,
            item.name,
            aliases={without_legal_forms(item.name)} - {item.name},
            identifiers=[f"crunchbase:{item.crunchbase}"]
            if item.crunchbase and not why_not
            else None,
            at=item.at,
            url=self.known.url,
            **({"category": "university"} if university else {}),
        )
        note = (
            f"the crunchbase slug {item.crunchbase} names {why_not}"
            if item.crunchbase and why_not
            else None
        )
        self._memberships(item, (kind, member), note)

    def _memberships(self, item: Item, member: tuple[str, str], note: str | None) -> None:
        own = self.body
        targets = {
            b.id: b for b in (names.body(_bare(p)) for p in item.paths if p.startswith(_MEMBERSHIP))
        }
        if own is not None:
            targets.setdefault(own.id, own)
        for target in targets.values():
            if target.id == member[1]:
                self.out.skip("membership of a body in itself")
                continue
            self.out.edge(
                "FUNDS",
                member,
                self._home(target),
                kind="membership",
                stated=item.tier if own is not None and target.id == own.id else None,
                note=note,
                at=item.at,
                url=self.known.url,
                licence=self.known.licence,
            )

    # ------------------------------------------------------------------ projects

    def _software(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items that are software; the others are counted by reason."""
        paths = (
            p for i in self.landscape.items for p in i.paths if p.startswith((_MEMBERSHIP, _GROUP))
        )
        bodies = {names.body(_bare(p)).id for p in paths}
        seen: set[tuple[str, str]] = set()
        for item in items:
            if _HOSTING.match(item.category):
                self.out.skip(
                    "company that gave a project to the foundation; which one is not stated"
                )
            elif names.body(item.name).id in bodies or names.is_group(item.name):
                self.out.skip("foundation, fund or working group listed among the projects")
            elif not item.has_code and not _licence(item.licence):
                self.out.skip(
                    "project with neither repository nor licence: a programme or a standard"
                )
            elif (item.name, item.repository) in seen:
                self.out.skip("project listed again in another category")
            else:
                seen.add((item.name, item.repository))
                yield item

    def _projects(self, items: list[Item]) -> None:
        shared = collections.Counter(i.repository.lower() for i in items)
        by_name = spelling.ids(i.name for i in items)
        given: set[str] = set()
        for item in items:
            with self.out.row():
                own = item.repository if shared[item.repository.lower()] == 1 else ""
                id_ = spelling.slug("/".join(own.split("/")[3:])) if own else by_name[item.name]
                if id_ in given:
                    what = f"{item.name!r} cannot be told from another project of this file"
                    self.out.refuse(item.at, what, "name")
                    continue
                given.add(id_)
                self._project(item, id_, own)

    def _project(self, item: Item, id_: str, own: str) -> None:
        """States a project, known by its repository where that is its own."""
        known_as = {f"repository:{own}", f"repository:{own.lower()}"} if own else None
        self.out.node(
            "Framework", id_, item.name, identifiers=known_as, at=item.at, url=self.known.url
        )
        lent = item.repository and not own
        self._homes(item, id_, "its repository is given for several projects" if lent else "")
        self._named(item, id_)
        self._licensed(item, id_)

    def _homes(self, item: Item, id_: str, note: str) -> None:
        """The landscape's own body houses it since a date; the group below it without one."""
        note = "; ".join(filter(None, (_READ_AS_HOME, note)))
        groups = [names.body(_bare(p)) for p in item.paths if p.startswith(_GROUP)]
        own = self.body if item.stage or item.accepted else None
        if own is not None:
            said = (item.stage, f"accepted {item.accepted}" if item.accepted else "")
            self._houses(own, item, id_, "; ".join(filter(None, said)), note, item.accepted)
        for group in groups:
            if own is None or group.id != own.id:
                since = "the date of joining it is not stated"
                self._houses(group, item, id_, f"{_GROUP}{group.name}", f"{note}; {since}")

    def _houses(
        self, home: names.Body, item: Item, id_: str, stated: str, note: str, since: str = ""
    ) -> None:
        self.out.edge(
            "GOVERNS",
            self._home(home),
            ("Framework", id_),
            rights=["trademark"],
            valid_from=since,
            stated=stated,
            note=note,
            confidence=0.9,
            method="extracted",
            at=item.at,
            url=self.known.url,
            licence=self.known.licence,
        )

    def _named(self, item: Item, id_: str) -> None:
        """What a project's crunchbase slug can honestly say: a foundation houses, others began."""
        found = names.organisations().get(item.crunchbase)
        if found is None or (self.body is not None and item.crunchbase in self.body.crunchbase):
            return
        stated = f"crunchbase: {item.crunchbase}"
        if found.part == "home":
            self._houses(
                names.Body(found.id, found.name, (), (item.crunchbase,)),
                item,
                id_,
                stated,
                _READ_AS_HOME,
            )
            return
        self._note((found.kind, found.id), found.name, (), (item.crunchbase,))
        self.out.edge(
            "CREATED",
            (found.kind, found.id),
            ("Framework", id_),
            stated=stated,
            note=_READ_AS_ORIGIN,
            confidence=0.6,
            method="extracted",
            at=item.at,
            url=self.known.url,
            licence=self.known.licence,
        )

    def _licensed(self, item: Item, id_: str) -> None:
        licence = _licence(item.licence)
        if licence:
            target = ("License", spelling.slug(licence))
            self._note(target, licence, (), (licence,))
            self.out.edge(
                "LICENSED_UNDER",
                ("Framework", id_),
                target,
                kind="declared",
                stated=item.licence,
                at=item.at,
                url=self.known.url,
                licence=self.known.licence,
            )

    # ------------------------------------------------------------------ ends without an item

    def _home(self, body: names.Body) -> tuple[str, str]:
        self._note(("Institution", body.id), body.name, body.aliases, body.crunchbase)
        return ("Institution", body.id)

    def _note(
        self, end: tuple[str, str], name: str, aliases: Iterable[str], known_as: Iterable[str]
    ) -> None:
        _, spellings, identifiers = self._described.setdefault(end, (name, set(), set()))
        spellings.update(aliases)
        identifiers.update(known_as)

    def _describe(self) -> None:
        """Gives a node for each end that the edges name and no item describes."""
        for (kind, id_), (name, aliases, known_as) in sorted(self._described.items()):
            scheme = "spdx" if kind == "License" else "crunchbase"
            identifiers = [f"{scheme}:{k}" for k in known_as if scheme != "spdx" or " " not in k]
            at, url = self.landscape.file.name, self.known.url
            self.out.node(kind, id_, name, aliases=aliases, identifiers=identifiers, at=at, url=url)


def _bare(path: str) -> str:
    return path.partition(" / ")[2]


def _licence(stated: str) -> str:
    """The SPDX expression of what is stated; empty when it names none."""
    try:
        return str(canonicalize_license_expression(_LICENCES.get(stated.lower(), stated)))
    except InvalidLicenseExpression:
        return ""
