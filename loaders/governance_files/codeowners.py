"""CODEOWNERS: whose approval a host asks for, by pattern of files."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ..documents import read_text
from ..organisations import organisation
from .project import Body, Project, is_handle

__all__ = ["codeowners"]

_ADVISORY: Final = (
    "asked for approval; whether the approval is required is set at the host and not stated here"
)
_OPTIONAL: Final = "in a section that is optional: no approval is required"
_EVERYTHING: Final = frozenset({"*", "**", "/**", "**/*", "/**/*"})
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_SECTION: Final = re.compile(r"(\^)?\[([^\]]+)\](?:\[(\d+)\])?(?:\s+(.*))?")
_SPACE: Final = re.compile(r"(?<!\\)\s+")
_LONGEST: Final = 200
_CONFIDENCE: Final = 0.6
_NOT_REQUIRED: Final = 0.3


@dataclasses.dataclass(frozen=True, slots=True)
class _Rule:
    """A line of the file.

    Attributes:
        line: Its number.
        pattern: Which files it is about.
        names: Owners as written, those of its section where it names none.
        section: In lower case; empty outside any.
        optional: Whether its section requires no approval.
    """

    line: int
    pattern: str
    names: tuple[str, ...]
    section: str
    optional: bool


def codeowners(project: Project, file: Path) -> None:
    """States teams as bodies, and single accounts as members of the body of all code owners; a rule is a row.

    Of several rules of a section that a file meets, the last one decides.

    Raises:
        SourceError: It is not UTF-8.
    """
    out = project.out
    rules = list(_rules(read_text(file)))
    owned: dict[str, list[_Rule]] = {}
    with out.rows(len(rules)):
        for rule, names in _in_force(project, file, rules):
            for name in names:
                owned.setdefault(name.removeprefix("@"), []).append(rule)
        teams = {name: some for name, some in owned.items() if "/" in name}
        for team, some in teams.items():
            at = project.at(file, some[0].line)
            body = project.body(f"team {team}", f"team @{team}", at)
            _governs(project, body, some, at)
            _belongs(project, body, team.partition("/")[0], at)
        alone = {name: some for name, some in owned.items() if "/" not in name}
        if alone:
            first = project.at(file, next(iter(alone.values()))[0].line)
            body = project.body("code owners", "code owners", first)
            for name, some in alone.items():
                project.seat(name, body, project.at(file, some[0].line), role=_shown(some))
            _governs(project, body, [r for some in alone.values() for r in some], project.at(file))


def _in_force(
    project: Project, file: Path, rules: Sequence[_Rule]
) -> Iterator[tuple[_Rule, list[str]]]:
    """The rules that no later one of their section overrides, with their owners."""
    out = project.out
    for number, rule in enumerate(rules):
        owners = [name for name in rule.names if _is_owner(name)]
        later = (r for r in rules[number + 1 :] if r.section == rule.section)
        if rule.pattern.startswith("!"):
            out.skip("pattern that takes files out of a section")
        elif any(_covers(other.pattern, rule.pattern) for other in later):
            out.skip("pattern that a later one overrides")
        elif not rule.names:
            out.skip("pattern that has no owner")
        elif owners:
            yield rule, owners
        elif all(name.startswith("@@") for name in rule.names):
            out.skip("pattern owned by a role of the host, which names nobody")
        else:
            reason = "an owner is @account, @organisation/team or an address"
            out.refuse(project.at(file, rule.line), reason, rule.pattern)


def _rules(text: str) -> Iterator[_Rule]:
    """The rules with the owners of their section; comments left out."""
    section, owners, optional = "", tuple[str, ...](), False
    for number, line in enumerate(text.split("\n"), 1):
        plain = re.sub(r"(?:^|\s)#.*", "", line).strip()
        heading = _SECTION.fullmatch(plain)
        if heading:
            section = heading[2].strip().casefold()
            owners = tuple((heading[4] or "").split())
            optional = bool(heading[1]) or heading[3] == "0"
        elif plain:
            pattern, *names = _SPACE.split(plain)
            yield _Rule(number, pattern, tuple(names) or owners, section, optional)


def _covers(later: str, earlier: str) -> bool:
    """Whether every file that the earlier pattern means is meant by the later one too; no where that is not plain."""
    if later in _EVERYTHING or later == earlier:
        return True
    if later.startswith("!"):
        return False
    ours, theirs = _path(later), _path(earlier)
    if "/" not in ours:
        if later.startswith("/"):
            return theirs.split("/")[0] == ours and earlier.startswith("/") and "*" not in ours
        parts = theirs.split("/")
        folders = parts if earlier.endswith(("/", "/**")) else parts[:-1]
        last = parts[-1] if not later.endswith("/") else ""
        return ours in folders or (last != "" and fnmatch.fnmatchcase(last, ours))
    if "*" in ours:
        return ours == theirs
    anchored = "/" in theirs or earlier.startswith("/")
    return anchored and (theirs == ours or theirs.startswith(f"{ours}/"))


def _path(pattern: str) -> str:
    """A pattern without the signs of a folder: `/docs/**` → `docs`."""
    return pattern.removeprefix("/").removesuffix("/**").removesuffix("/")


def _is_owner(name: str) -> bool:
    account = name.removeprefix("@")
    known = "/" in account or is_handle(account)
    return (name.startswith("@") and known) or bool(_ADDRESS.fullmatch(name))


def _governs(project: Project, body: Body, rules: Sequence[_Rule], at: str) -> None:
    required = [rule for rule in rules if not rule.optional]
    whole = any(rule.pattern in _EVERYTHING for rule in required)
    note = _ADVISORY if required else _OPTIONAL
    note = note if whole else f"of parts only; {note}"
    confidence = _CONFIDENCE if required else _NOT_REQUIRED
    project.governs(body, at, confidence=confidence, stated=_shown(required or rules), note=note)


def _belongs(project: Project, body: Body, account: str, at: str) -> None:
    """A team is part of the organisation that its account names, where that is one of the starter data."""
    owner = organisation(account)
    if owner.starter:
        note = f"a team of the account @{account}"
        end = owner.state(project.out, at)
        how = {"kind": "team", "method": "extracted", "note": note}
        project.out.edge("PART_OF", body.end, end, at=at, confidence=0.8, **how)


def _shown(rules: Sequence[_Rule]) -> str:
    return " ".join(dict.fromkeys(rule.pattern for rule in rules))[:_LONGEST]
