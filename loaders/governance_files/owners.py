"""OWNERS files (of Prow and its kin): approvers of a folder and of all below it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ..documents import Table, read_text, read_yaml
from ..documents.fields import Wrong, short
from .project import Body, Project, is_handle

__all__ = ["owners"]

_REVIEWER: Final = "reviewer: reads and comments, does not decide"
_CHROMIUM: Final = re.compile(r"set noparent$|file:|per-file\s|include\s|\*$|[^@\s:]+@[^@\s:]+$")
_NO_MAPPING: Final = "not an OWNERS file of Prow: no mapping with `approvers:`"
_FORMER: Final = "former member: until when is not stated"
_EVERY_FILE: Final = frozenset({"", ".*"})
_FORMER_FIELDS: Final = ("emeritus_approvers", "emeritus_reviewers")


def owners(project: Project, files: Mapping[str, Path], aliases: Path | None) -> None:
    """States the approvers of every folder; the body of a folder is part of that above it, unless it says no.

    Args:
        project: Whose files they are.
        files: Folder (empty = the root) → its OWNERS file.
        aliases: OWNERS_ALIASES, if there is one.

    Raises:
        SourceError: A file is not YAML; the others are read all the same.
    """
    groups = _aliases(project, aliases) if aliases else {}
    bodies: dict[str, Body] = {}
    failures: list[SourceError] = []
    for folder in sorted(files):
        try:
            _folder(project, folder, files[folder], groups, bodies)
        except SourceError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _folder(
    project: Project,
    folder: str,
    file: Path,
    groups: Mapping[str, list[str]],
    bodies: dict[str, Body],
) -> None:
    at = project.at(file)
    document = "another form" if _of_another_form(file) else read_yaml(file)
    if not isinstance(document, Table):
        with project.out.row():
            if document is None:
                project.out.skip("OWNERS file that names nobody")
            else:
                project.out.refuse(at, _NO_MAPPING)
        return
    record = project.out.record(document)
    record.ignore("labels", "required_reviewers")
    options = record.get("options")
    alone = bool(options.get("no_parent_owners")) if isinstance(options, Mapping) else False
    alone = alone or _above(folder, bodies) is None
    with project.out.rows(0):
        title = f"approvers of {folder}" if folder else "approvers"
        body = bodies[folder] = project.body(f"approvers {folder}", title, at)
        _place(project, folder, body, None if alone else _above(folder, bodies), at)
    for pattern, rules in _rules(record).items():
        own = body
        if pattern not in _EVERY_FILE:
            with project.out.rows(0):
                own = _part(project, folder, pattern, body, at)
        _people(project, rules, own, groups, at)


def _of_another_form(file: Path) -> bool:
    """Whether a file has the form of Chromium and Android: one address, rule or `*` a line."""
    lines = [line.partition("#")[0].strip() for line in read_text(file).split("\n")]
    said = [line for line in lines if line]
    return bool(said) and all(_CHROMIUM.match(line) for line in said)


def _place(project: Project, folder: str, body: Body, above: Body | None, at: str) -> None:
    """States what a body is part of, else what it governs."""
    if above is not None:
        project.out.edge("PART_OF", body.end, above.end, at=at, kind="folder", stated=folder)
    else:
        note = f"of {folder} and below only" if folder else ""
        project.governs(body, at, confidence=0.7 if folder else 0.95, note=note)


def _part(project: Project, folder: str, pattern: str, whole: Body, at: str) -> Body:
    """The body of some files of a folder."""
    title = f"approvers of {folder or '.'} {pattern}"
    body = project.body(f"approvers {folder} {pattern}", title, at)
    project.out.edge("PART_OF", body.end, whole.end, at=at, kind="files", stated=pattern)
    return body


def _rules(record: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Pattern of file names → who decides on them; empty for the file's own lists."""
    found: dict[str, Mapping[str, Any]] = {"": record}
    filters = record.get("filters")
    if isinstance(filters, Mapping):
        found |= {
            pattern: rules for pattern, rules in filters.items() if isinstance(rules, Mapping)
        }
    return found


def _people(
    project: Project,
    rules: Mapping[str, Any],
    body: Body,
    groups: Mapping[str, list[str]],
    at: str,
) -> None:
    out = project.out
    for field in ("approvers", "reviewers", *_FORMER_FIELDS):
        for handle in _handles(rules.get(field), field, project, at):
            with out.row():
                members = groups.get(handle.lower(), [handle])
                if field == "reviewers":
                    out.skip(_REVIEWER)
                elif field in _FORMER_FIELDS:
                    out.skip(_FORMER)
                elif not all(map(is_handle, members)):
                    out.refuse(at, f"{short(handle)} is not the name of an account", field)
                else:
                    for member in members:
                        project.seat(member, body, at, role=field.removesuffix("s"))


def _handles(value: object, field: str, project: Project, at: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        with project.out.row():
            project.out.refuse(at, f"{short(value)} is not a list of accounts", field)
        return []
    return [str(v).strip().removeprefix("@") for v in value]


def _above(folder: str, bodies: Mapping[str, Body]) -> Body | None:
    """The body of the nearest folder above."""
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in bodies:
            return bodies[folder]
    return None


def _aliases(project: Project, file: Path) -> dict[str, list[str]]:
    document = read_yaml(file)
    if not isinstance(document, Table):
        if document is not None:
            with project.out.row():
                project.out.refuse(project.at(file), "not a list of aliases: no mapping")
        return {}
    record = project.out.record(document)
    groups = record.get("aliases")
    if not isinstance(groups, Mapping):
        raise Wrong("aliases", "is not a mapping")
    found = {}
    for name, handles in groups.items():
        if isinstance(handles, list):
            found[str(name).lower()] = [str(h).strip().removeprefix("@") for h in handles]
    return found
