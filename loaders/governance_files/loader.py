"""Who may decide, as projects write it into their own repository."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ...graph.claims import Claims, Source, starter_id
from ..documents import Table, read_yaml
from ..documents.fields import Wrong
from .codeowners import codeowners
from .in_force import LISTS, OWNERS, files, idle
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

_ASF: Final = "apache-software-foundation"


def load(source: Path, out: Claims) -> None:
    """Reads the files of every project at `source`; each project is a scope of its own.

    A project or file that cannot be read stops no other.

    Raises:
        SourceError: There is no such folder, none of its projects has such a file, or one could not be read.
    """
    if not source.is_dir():
        raise SourceError("this is not a folder", where=str(source), hint="name a checkout")
    read = 0
    failures: list[SourceError] = []
    for folder in projects(source):
        project = Project(folder, out)
        try:
            with out.scope(project.path):
                read += _project(project)
        except SourceError as error:
            failures.append(error)
    if failures:
        first, more = failures[0], len(failures) - 1
        what = f"{first.what} (and {more} more projects could not be read)" if more else first.what
        raise SourceError(what, where=first.where, hint=first.hint)
    if not read:
        hint = "wanted: OWNERS, CODEOWNERS, MAINTAINERS.md, COMMITTERS.md, .asf.yaml, sigs.yaml"
        raise SourceError("no file here says who may decide", where=str(source), hint=hint)


def _project(project: Project) -> int:
    """Reads one project; gives the number of its files. What cannot be read stops no other file of it."""
    found = list(files(project.folder))
    out_of_force = idle(project, found)
    for reason in out_of_force.values():
        project.out.skip(reason)
    lists: dict[str, Path] = {}
    aliases: Path | None = None
    for file in found:
        flat = OWNERS.fullmatch(file.name)
        if file.name == "OWNERS_ALIASES":
            aliases = file
        elif flat:
            below = file.parent.relative_to(project.folder).as_posix().removeprefix(".")
            lists["/".join(filter(None, (below, flat["folder"])))] = file
    readers: list[Callable[[], None]] = []
    if lists:
        readers.append(functools.partial(owners, project, lists, aliases))
    for file in found:
        reader = _reader(file)
        if reader is not None and file not in out_of_force:
            readers.append(functools.partial(reader, project, file))
    failures: list[SourceError] = []
    for read in readers:
        try:
            read()
        except SourceError as error:
            failures.append(error)
        except Wrong as wrong:
            failures.append(SourceError(wrong.reason, where=f"{project.folder}: {wrong.field}"))
    if failures:
        raise failures[0]
    return len(found)


def _reader(file: Path) -> Callable[[Project, Path], None] | None:
    """Who reads a file; None for lists of OWNERS, which are read together."""
    if file.name.removeprefix(".") == "asf.yaml":
        return _apache
    if file.name in {"sigs.yaml", "wgs.yaml"}:
        return _groups
    if file.name == "CODEOWNERS":
        return codeowners
    return maintainers if LISTS.fullmatch(file.name) else None


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
