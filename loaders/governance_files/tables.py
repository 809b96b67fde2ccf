"""Lists of maintainers in Markdown: tables whose columns may stand in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ..documents import read_text
from .project import Project, is_handle

__all__ = ["maintainers"]

_ROW: Final = re.compile(r"^\s*\|?(.*?\|.*?)\|?\s*$")
_RULE: Final = re.compile(r"^[\s|:-]*-[\s|:-]*$")
_HEADING: Final = re.compile(r"^#+\s*(.*?)[\s#]*$")
_LINK: Final = re.compile(r"\[([^\]]*)\]\(\s*<?([^)>\s]*)>?[^)]*\)")
_PAGE: Final = re.compile(r"https?://(?:www\.)?(?:github|gitlab)\.com/([\w-]+)/?")
_FORMER: Final = re.compile(r"\b(emerit|former|past|retired|inactive|alumni)", re.IGNORECASE)
_LEADS: Final = re.compile(r"\b(lead|chair)\b", re.IGNORECASE)
_ADVISES: Final = re.compile(r"^\s*(reviewer|triag|contributor)", re.IGNORECASE)
_COLUMNS: Final = {
    "account": re.compile(r"\b(github|gitlab|account|handle|username|login|id)\b", re.IGNORECASE),
    "employer": re.compile(
        r"\b(affiliations?|company|employer|organi[sz]ation|org)\b", re.IGNORECASE
    ),
    "role": re.compile(r"\b(roles?|title|position|status)\b", re.IGNORECASE),
}


def maintainers(project: Project, file: Path) -> None:
    """States the people of every table that has a column of accounts as members of one body; a row is a row.

    Neither names nor accounts are stored. A table below a heading such as "Emeritus" lists former members.

    Raises:
        SourceError: It is not UTF-8.
    """
    out = project.out
    word = re.sub(r"(_|^docs/)", " ", file.stem).strip().lower()
    body = None
    rows = list(_rows(read_text(file)))
    if not rows:
        out.skip("list without a table of accounts")
    for heading, number, cells in rows:
        at = project.at(file, number)
        with out.row():
            account = _account(cells.get("account", ""))
            role = _plain(cells.get("role", ""))
            if _FORMER.search(heading) or _FORMER.search(role):
                out.skip("former member: until when is not stated")
            elif _ADVISES.search(role):
                out.skip("reviewer: reads and comments, does not decide")
            elif not is_handle(account):
                out.refuse(at, "names no account", "account")
            else:
                if body is None:
                    body = project.body(word, word, at)
                    project.governs(body, at, confidence=0.9, note=f"listed in {file.name}")
                chair = bool(_LEADS.search(role))
                person = project.seat(account, body, at, chair=chair, role=role)
                project.employs(_plain(cells.get("employer", "")), person, at)


def _rows(text: str) -> Iterator[tuple[str, int, dict[str, str]]]:
    """The rows of all tables with a column of accounts: heading above, line, cells by what they hold."""
    heading, columns, previous = "", dict[str, int](), list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        title = _HEADING.match(line)
        row = _ROW.match(line)
        if title:
            heading, columns = title[1], {}
        elif _RULE.match(line) and "|" in line and previous:
            columns = _known(previous)
        elif not row:
            columns = {}
        cells = [c.strip() for c in row[1].split("|")] if row else []
        if row and columns and not _RULE.match(line):
            yield heading, number, {n: cells[i] for n, i in columns.items() if i < len(cells)}
        previous = cells


def _known(header: Sequence[str]) -> dict[str, int]:
    """What each column holds; nothing where none holds accounts."""
    found: dict[str, int] = {}
    for name, pattern in _COLUMNS.items():
        place = next((i for i, c in enumerate(header) if pattern.search(c)), None)
        if place is not None and place not in found.values():
            found[name] = place
    return found if "account" in found else {}


def _account(cell: str) -> str:
    link = _LINK.search(cell)
    page = _PAGE.fullmatch(link[2]) if link else _PAGE.search(cell)
    shown = link[1] if link else cell
    return page[1] if page else shown.strip("`* ").removeprefix("@")


def _plain(cell: str) -> str:
    return " ".join(_LINK.sub(r"\1", cell).strip("`* ").split())
