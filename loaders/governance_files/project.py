"""A repository on disk, and what its files make of it: bodies, their seats, and what they may do."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ...graph.claims import Claims, End
from ..organisations import organisation
from ..spelling import repository, slug

__all__ = ["Body", "Project", "is_handle", "projects"]


_FOLDER: Final = re.compile(r"([A-Za-z0-9][\w.-]*?)(?:\+|__)([\w.-]+)")
_REMOTE: Final = re.compile(
    r"^\s*url\s*=\s*(?:https?://(?:[^/@]*@)?|ssh://(?:[^/@]*@)?|[^/@:\s]*@)([^/:\s]+)[:/]+(\S+?)(?:\.git)?/?\s*$",
    re.MULTILINE,
)
_HANDLE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[-_](?=[A-Za-z0-9])){0,61}(?:\[bot\])?")
_AUTOMATON: Final = re.compile(r"(?:\[bot\]|[-_]bot|^bot|robot)$", re.IGNORECASE)
_NOBODY: Final = frozenset(
    {"", "-", "n/a", "none", "independent", "individual", "unaffiliated", "self"}
)


@dataclasses.dataclass(frozen=True, slots=True)
class Body:
    """People who decide together.

    Attributes:
        id: Slug.
        name: As it is to be shown.
    """

    id: str
    name: str

    @property
    def end(self) -> End:
        """One end of an edge."""
        return ("GoverningBody", self.id)


class Project:
    """A repository, as one end of edges; states whatever is asked of it once.

    Args:
        folder: Where its files lie.
        out: Takes the claims.
    """

    def __init__(self, folder: Path, out: Claims) -> None:
        self.folder = folder
        self.out = out
        self.path, self.url = _address(folder)
        self.id = slug(self.path)
        self.end: End = ("Framework", self.id)
        self._stated: set[End] = set()

    def at(self, file: Path, line: int | None = None) -> str:
        """The place of a line, below the folder that holds the project."""
        place = f"{self.folder.name}/{file.relative_to(self.folder).as_posix()}"
        return place if line is None else f"{place}:{line}"

    def body(self, part: str, title: str, at: str) -> Body:
        """A body of this project; it is stated once.

        Args:
            part: What tells it from the project's other bodies, e.g. `approvers`.
            title: Its name beside that of the project.
            at: Where it stands.
        """
        body = Body(f"{self.id}-{slug(part)}", f"{self.path} {title}")
        if body.end not in self._stated:
            self._stated.add(body.end)
            self.out.node(*body.end, body.name, at=at, url=self.url)
        return body

    def governs(
        self, body: Body, at: str, *, confidence: float, stated: str = "", note: str = ""
    ) -> None:
        """States that a body decides what is merged, and the project itself."""
        self.state(at)
        self.out.edge(
            "GOVERNS",
            body.end,
            self.end,
            at=at,
            url=self.url,
            rights=["merge"],
            method="extracted",
            confidence=confidence,
            stated=stated or None,
            note=note or None,
        )

    def state(self, at: str) -> None:
        """States the project, once."""
        if self.end not in self._stated:
            self._stated.add(self.end)
            known_as = [f"repository:{self.url}"] if self.url else None
            self.out.node(*self.end, self.path, at=at, url=self.url, identifiers=known_as)

    def seat(self, handle: str, body: Body, at: str, *, chair: bool = False, role: str = "") -> End:
        """States that an account sits in a body; gives the person as one end of an edge.

        The account's name is not stored: a pseudonym stands for it.
        """
        person = ("Contributor", self.out.pseudonym(f"account {handle.lower()}"))
        if person not in self._stated:
            self._stated.add(person)
            bot = bool(_AUTOMATON.search(handle))
            self.out.node(
                *person,
                f"contributor {person[1][:8]}",
                at=at,
                identifiers=[f"contributor:{person[1]}"],
                is_bot=bot,
                bot_kind="automation" if bot else "none",
            )
        self.out.edge(
            "HAS_SEAT",
            person,
            body.end,
            at=at,
            url=self.url,
            chair=chair or None,
            stated=role or None,
            method="extracted",
            confidence=0.9,
        )
        return person

    def employs(self, employer: str, person: End, at: str) -> None:
        """States an employer as a file gives it; nothing for `independent` and the like."""
        said = " ".join(employer.split())
        if said.casefold() in _NOBODY:
            return
        company = organisation(said)
        self.out.edge(
            "EMPLOYS",
            company.state(self.out, at),
            person,
            at=at,
            url=self.url,
            signal="list",
            stated=said,
            method="extracted",
            confidence=0.9,
        )


def is_handle(text: str) -> bool:
    """Whether a text can be the name of an account."""
    return bool(_HANDLE.fullmatch(text))


def projects(source: Path) -> Iterator[Path]:
    """The folders of projects at a path: those named `OWNER+NAME` or `OWNER__NAME`, and checkouts; else itself."""
    inside = sorted(p for p in source.iterdir() if p.is_dir() and not p.name.startswith("."))
    known = [p for p in inside if _FOLDER.fullmatch(p.name) or (p / ".git").exists()]
    if known and not (source / ".git").exists() and not _FOLDER.fullmatch(source.name):
        yield from known
    else:
        yield source


def _address(folder: Path) -> tuple[str, str | None]:
    """`owner/name` and the address of a project, by its remote or by the name of its folder."""
    config = folder / ".git/config"
    if config.is_file():
        found = _REMOTE.search(config.read_text(encoding="utf-8", errors="replace"))
        if found and "@" not in found[2]:
            return found[2], repository(f"https://{found[1]}/{found[2]}") or None
    named = _FOLDER.fullmatch(folder.name)
    if named:
        return f"{named[1]}/{named[2]}", f"https://github.com/{named[1]}/{named[2]}"
    return folder.name, None
