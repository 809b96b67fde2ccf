"""Who may decide, as projects write it into their own repository."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ...graph.claims import Claims, Source, starter_id
from ..documents import Table, read_yaml
from ..documents.fields import Wrong
from .codeowners import codeowners
from .owners import owners
from .project import Project, is_handle, projects
from .tables import maintainers

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="governance_files",
    title="files in which projects write down who may decide",
    publisher="the project's own repository",
    licence="LicenseRef-project-files",
    homepage="https://docs.github.com/en/repositories",
    tier="primary",
    rank=50,
    reads=("a checkout", "a folder OWNER+NAME of its files", "a folder of these"),
)

_LISTS: Final = re.compile(
    r"(?:.*_)?(MAINTAINERS|COMMITTERS|STEERING|LEADS|sigs)(?:\.md|\.markdown)?", re.IGNORECASE
)
_OWNERS: Final = re.compile(r"(?:(?P<folder>.+)_)?OWNERS")
_DEEPEST: Final = 12
_ASF: Final = "apache-software-foundation"
_HIDDEN: Final = frozenset({".github", ".gitlab"})


def load(source: Path, out: Claims) -> None:
    """Reads the files of every project at `source`; each project is a scope of its own.

    Raises:
        SourceError: There is no such folder, or none of its projects has such a file.
    """
    if not source.is_dir():
        raise SourceError("this is not a folder", where=str(source), hint="name a checkout")
    read = 0
    for folder in projects(source):
        project = Project(folder, out)
        with out.scope(project.path):
            read += _project(project)
    if not read:
        hint = "wanted: OWNERS, CODEOWNERS, MAINTAINERS.md, COMMITTERS.md, .asf.yaml, sigs.yaml"
        raise SourceError("no file here says who may decide", where=str(source), hint=hint)


def _project(project: Project) -> int:
    """Reads one project; gives the number of its files."""
    found = list(_files(project.folder))
    lists: dict[str, Path] = {}
    aliases: Path | None = None
    for file in found:
        flat = _OWNERS.fullmatch(file.name)
        if file.name == "OWNERS_ALIASES":
            aliases = file
        elif flat:
            below = file.parent.relative_to(project.folder).as_posix().removeprefix(".")
            lists["/".join(filter(None, (below, flat["folder"])))] = file
    try:
        if lists:
            owners(project, lists, aliases)
        for file in found:
            if file.name.removeprefix(".") == "asf.yaml":
                _apache(project, file)
            elif file.name in {"sigs.yaml", "wgs.yaml"}:
                _groups(project, file)
            elif file.name == "CODEOWNERS":
                codeowners(project, file)
            elif _LISTS.fullmatch(file.name):
                maintainers(project, file)
    except Wrong as wrong:
        raise SourceError(wrong.reason, where=f"{project.folder}: {wrong.field}") from wrong
    return len(found)


def _files(folder: Path) -> Iterator[Path]:
    """The files that say who decides, in order; links are not followed, other hidden folders not entered."""
    for place, below, names in os.walk(folder):
        here = Path(place)
        depth = len(here.relative_to(folder).parts)
        below[:] = sorted(
            n for n in below if depth < _DEEPEST and (not n.startswith(".") or n in _HIDDEN)
            and n not in {"node_modules", "vendor", "third_party"}
        )  # fmt: skip
        for name in sorted(names):
            known = _OWNERS.fullmatch(name) or name in {
                "OWNERS_ALIASES", "CODEOWNERS", ".asf.yaml", "asf.yaml", "sigs.yaml", "wgs.yaml"
            }  # fmt: skip
            near = depth <= 1 and _LISTS.fullmatch(name)
            if known or near:
                yield here / name


def _apache(project: Project, file: Path) -> None:
    """`.asf.yaml` works in repositories of the Apache Software Foundation only: it is their home."""
    document = read_yaml(file)
    at = project.at(file)
    with project.out.row():
        if not isinstance(document, Table):
            project.out.refuse(at, "not a mapping")
            return
        home = ("Institution", _ASF)
        known_as = [starter_id(*home)]
        project.out.node(*home, "Apache Software Foundation", at=at, identifiers=known_as)
        project.state(at)
        project.out.edge(
            "GOVERNS",
            home,
            project.end,
            at=at,
            url=project.url,
            rights=["trademark"],
            method="extracted",
            confidence=0.9,
            note="read as its legal home: the file is of use there only",
        )


def _groups(project: Project, file: Path) -> None:
    """`sigs.yaml` as Kubernetes has it: groups with chairs and technical leads, who are members."""
    document = read_yaml(file)
    groups = document if isinstance(document, list) else _listed(document)
    for group in groups:
        if not isinstance(group, Table):
            with project.out.row():
                project.out.refuse(project.at(file), "a group is not a mapping")
            continue
        name, at = str(group.get("name") or group.get("dir") or ""), project.at(file, group.line)
        leaders = _leaders(group)
        if not name or not leaders:
            with project.out.row():
                project.out.skip("group without name or leaders")
            continue
        body = project.body(f"group {name}", name, at)
        for role, leader in leaders:
            handle = str(leader.get("github") or "")
            with project.out.row():
                if not is_handle(handle):
                    project.out.refuse(at, "names no account", "github")
                    continue
                person = project.seat(handle, body, at, chair=role == "chairs", role=role)
                project.employs(str(leader.get("company") or ""), person, at)


def _listed(document: object) -> list[Any]:
    if not isinstance(document, Mapping):
        return []
    return [g for value in document.values() if isinstance(value, list) for g in value]


def _leaders(group: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    leadership = group.get("leadership")
    if not isinstance(leadership, Mapping):
        return []
    return [
        (role, one)
        for role, some in leadership.items()
        if role in {"chairs", "tech_leads"} and isinstance(some, list)
        for one in some
        if isinstance(one, Mapping)
    ]
