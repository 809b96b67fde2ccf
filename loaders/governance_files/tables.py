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
_HEADING: Final = re.compile(
    r"^ {0,3}(#{1,6})\s*(.*?)[\s#]*$|^\s*<h([1-6])[^>]*>(.*?)</h[1-6]>\s*$"
)
_UNDERLINE: Final = re.compile(r"^ {0,3}(=+|-+)\s*$")
_BOLD: Final = re.compile(r"^\s*(?:\*\*|__)([^|]+?):?(?:\*\*|__):?\s*$")
_SUMMARY: Final = re.compile(r"<summary>\s*(.*?)\s*</summary>", re.IGNORECASE)
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FENCE: Final = re.compile(r"^ {0,3}(```|~~~)")
_LINK: Final = re.compile(r"\[([^\]]*)\]\(\s*<?([^)>\s]*)>?[^)]*\)")
_PAGE: Final = re.compile(r"https?://(?:www\.)?(?:github|gitlab)\.com/([\w-]+)/?")
_FORMER: Final = re.compile(
    r"(?:\b|_)(emerit|former|past\b|previous|retired|inactive|alumn|departed|no longer|stepped down|at rest\b)",
    re.IGNORECASE,
)
_CURRENT: Final = re.compile(r"\b(current|active|present)\b", re.IGNORECASE)
_AND: Final = re.compile(r"\s+(?:and|&|or)\s+|[,/&+]", re.IGNORECASE)
_LEADS: Final = re.compile(r"\b(lead|chair)\b", re.IGNORECASE)
_ADVISES: Final = re.compile(r"^\s*(reviewer|triag|contributor)", re.IGNORECASE)
_BOLD_LEVEL: Final = 8
_FOLDED: Final = 7
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
    above = [re.sub(r"[_-]", " ", part) for part in file.relative_to(project.folder).parts]
    for headings, number, cells in rows:
        at = project.at(file, number)
        with out.row():
            account = _account(cells.get("account", ""))
            role = _plain(cells.get("role", ""))
            if _former([*above, *headings]) or _FORMER.search(role) or "~~" in cells["account"]:
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


def _former(headings: Sequence[str]) -> bool:
    """Whether the nearest heading that says so says that members are former ones; of `A and B`, A does."""
    for heading in reversed(headings):
        if _FORMER.search(_AND.split(heading, maxsplit=1)[0]):
            return True
        if _CURRENT.search(heading):
            return False
    return False


def _rows(text: str) -> Iterator[tuple[list[str], int, dict[str, str]]]:
    """The rows of all tables with a column of accounts: the headings above, line, cells by what they hold."""
    headings, columns, previous, before = dict[int, str](), dict[str, int](), list[str](), ""
    for number, line in _lines(text):
        level, title = _title(line, before)
        row = _ROW.match(line)
        if level:
            headings = {n: h for n, h in headings.items() if n < level}
            headings[level] = title
            columns, row = {}, None
        elif _RULE.match(line) and "|" in line and previous:
            columns = _known(previous)
        elif not row:
            columns = {}
        if "</details>" in line.lower():
            headings = {n: h for n, h in headings.items() if n < _FOLDED}
        cells = [c.strip() for c in row[1].split("|")] if row else []
        if row and columns and not _RULE.match(line):
            found = {n: cells[i] for n, i in columns.items() if i < len(cells)}
            yield list(headings.values()), number, {"account": "", **found}
        previous, before = cells, line


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their number; comments and blocks of code are empty ones."""
    bare = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    fence = ""
    for number, line in enumerate(bare.split("\n"), 1):
        mark = _FENCE.match(line)
        if mark and fence in {"", mark[1]}:
            fence = "" if fence else mark[1]
            yield number, ""
        else:
            yield number, "" if fence else line


def _title(line: str, before: str) -> tuple[int, str]:
    """Level and text of a heading in any of its forms; 0 where a line is none. Bold lines are below all others."""
    heading, bold, folded = _HEADING.match(line), _BOLD.match(line), _SUMMARY.search(line)
    if heading:
        return len(heading[1] or "") or int(heading[3]), heading[2] or heading[4] or ""
    if _UNDERLINE.match(line) and before.strip() and "|" not in before:
        return (1 if "=" in line else 2), before.strip()
    if bold:
        return _BOLD_LEVEL, bold[1]
    return (_FOLDED, folded[1]) if folded else (0, "")


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
