"""Which of a repository's files are in force where it is hosted: the one place that knows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .project import Project

__all__ = ["LISTS", "OWNERS", "files", "idle"]

LISTS: Final = re.compile(
    r"(?:.*_)?(MAINTAINERS|COMMITTERS|STEERING|LEADS|sigs)(?:\.md|\.markdown)?", re.IGNORECASE
)
OWNERS: Final = re.compile(r"(?:(?P<folder>.+)_)?OWNERS")
_NAMES: Final = frozenset(
    {"OWNERS_ALIASES", "CODEOWNERS", ".asf.yaml", "asf.yaml", "sigs.yaml", "wgs.yaml"}
)
_DEEPEST: Final = 12
_HIDDEN: Final = frozenset({".bitbucket", ".forgejo", ".gitea", ".github", ".gitlab"})
_OF_OTHERS: Final = frozenset({"node_modules", "vendor", "third_party"})
_FIXTURES: Final = re.compile(r"_*(?:test[-_]?)?fixtures?_*|test[-_]?data|golden", re.IGNORECASE)

_GITHUB: Final = (".github", "", "docs")
_CODEOWNERS: Final = {
    "github": _GITHUB,
    "gitlab": ("", "docs", ".gitlab"),
    "codeberg": ("", "docs", ".forgejo", ".gitea"),
    "gitea": ("", "docs", ".gitea"),
    "forgejo": ("", "docs", ".forgejo", ".gitea"),
    "bitbucket": (".bitbucket", ""),
}
"""Folders in which a host looks for CODEOWNERS, by a word of its name; the first that holds one counts."""

_APACHE: Final = re.compile(r"https://(?:github\.com/apache/|[\w.-]+\.apache\.org/)", re.IGNORECASE)


def files(folder: Path) -> Iterator[Path]:
    """The files that say who decides, in order.

    Links are not followed; other hidden folders, those of other projects and the inputs of tests are not entered.
    """
    for place, below, names in os.walk(folder):
        here = Path(place)
        depth = len(here.relative_to(folder).parts)
        below[:] = sorted(n for n in below if depth < _DEEPEST and _may_govern(n))
        for name in sorted(names):
            if OWNERS.fullmatch(name) or name in _NAMES or (depth <= 1 and LISTS.fullmatch(name)):
                yield here / name


def _may_govern(folder: str) -> bool:
    if folder.startswith("."):
        return folder in _HIDDEN
    return folder not in _OF_OTHERS and not _FIXTURES.fullmatch(folder)


def idle(project: Project, found: list[Path]) -> dict[Path, str]:
    """Files that say something, and to which the host of the project pays no heed: file → why."""
    reasons: dict[Path, str] = {}
    owners = [f for f in found if f.name == "CODEOWNERS"]
    in_force = _codeowners(project, owners)
    for file in owners:
        if file != in_force:
            reasons[file] = "CODEOWNERS file that the host does not read"
    for file in found:
        if file.name.removeprefix(".") == "asf.yaml":
            if not _APACHE.match(f"{project.url or ''}/"):
                reasons[file] = ".asf.yaml of a copy: it is of use below apache/ only"
            elif file.parent != project.folder:
                reasons[file] = ".asf.yaml that does not stand at the root"
    return reasons


def _codeowners(project: Project, found: list[Path]) -> Path | None:
    """The CODEOWNERS file that is in force; of a host that is not known, the one that GitHub or GitLab would take."""
    host = (project.url or "").removeprefix("https://").partition("/")[0].lower()
    known = next((places for word, places in _CODEOWNERS.items() if word in host), None)
    for place in known or (*_GITHUB, ".gitlab", ".forgejo", ".gitea", ".bitbucket"):
        file = project.folder / place / "CODEOWNERS"
        if file in found:
            return file
    return None
