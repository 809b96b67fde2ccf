"""CODEOWNERS: whose approval a host asks for, by pattern of files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ..documents import read_text
from ..organisations import organisation
from .project import Body, Project, is_handle

__all__ = ["codeowners"]

_ADVISORY: Final = (
    "asked for approval; whether the approval is required is set at the host and not stated here"
)
_EVERYTHING: Final = frozenset({"*", "/*", "/**", "**"})
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_LONGEST: Final = 200
_CONFIDENCE: Final = 0.6


def codeowners(project: Project, file: Path) -> None:
    """States teams as bodies, and single accounts as members of the body of all code owners; a rule is a row.

    Raises:
        SourceError: It is not UTF-8.
    """
    out = project.out
    rules = list(_rules(read_text(file)))
    patterns: dict[str, list[str]] = {}
    places: dict[str, str] = {}
    with out.rows(len(rules)):
        for number, pattern, names in rules:
            at = project.at(file, number)
            known = [name for name in names if _is_owner(name)]
            if not names:
                out.skip("pattern that has no owner")
            elif not known:
                out.refuse(at, "an owner is @account, @organisation/team or an address", pattern)
            for name in known:
                patterns.setdefault(name.removeprefix("@"), []).append(pattern)
                places.setdefault(name.removeprefix("@"), at)
        teams = {name: some for name, some in patterns.items() if "/" in name}
        for team, some in teams.items():
            body = project.body(f"team {team}", f"team @{team}", places[team])
            _governs(project, body, some, places[team])
            _belongs(project, body, team.partition("/")[0], places[team])
        alone = {name: some for name, some in patterns.items() if "/" not in name}
        if alone:
            first = next(iter(alone))
            body = project.body("code owners", "code owners", places[first])
            for name, some in alone.items():
                project.seat(name, body, places[name], role=_shown(some))
            _governs(project, body, [p for some in alone.values() for p in some], project.at(file))


def _rules(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Line, pattern and owners; comments and the headings of sections left out."""
    for number, line in enumerate(text.splitlines(), 1):
        words = re.sub(r"(?:^|\s)#.*", "", line).split()
        if words and not words[0].startswith(("[", "^[")):
            yield number, words[0], words[1:]


def _is_owner(name: str) -> bool:
    account = name.removeprefix("@")
    known = "/" in account or is_handle(account)
    return (name.startswith("@") and known) or bool(_ADDRESS.fullmatch(name))


def _governs(project: Project, body: Body, patterns: list[str], at: str) -> None:
    whole = any(pattern in _EVERYTHING for pattern in patterns)
    note = _ADVISORY if whole else f"of parts only; {_ADVISORY}"
    project.governs(body, at, confidence=_CONFIDENCE, stated=_shown(patterns), note=note)


def _belongs(project: Project, body: Body, account: str, at: str) -> None:
    """A team is part of the organisation that its account names, where that is one of the starter data."""
    owner = organisation(account)
    if owner.starter:
        note = f"a team of the account @{account}"
        end = owner.state(project.out, at)
        how = {"kind": "team", "method": "extracted", "note": note}
        project.out.edge("PART_OF", body.end, end, at=at, confidence=0.8, **how)


def _shown(patterns: list[str]) -> str:
    return " ".join(dict.fromkeys(patterns))[:_LONGEST]
