"""Statements of the Beneficial Ownership Data Standard, version 0.4, as a JSON array or one per line."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ...graph.claims import Claims, End, Record
from ..documents import read_json, read_text
from ..documents.fields import Wrong, short, text
from ..spelling import slug

__all__ = ["statements"]

_SCHEMES: Final = {"XI-LEI": "lei", "WIKIDATA": "wikidata", "XI-WIKIDATA": "wikidata"}
_INSTITUTIONS: Final = frozenset({"state", "stateBody"})
_NO_JSON: Final = object()
_NOBODY: Final = frozenset({"unknownEntity", "anonymousEntity", "arrangement"})
_UNUSED: Final = [
    "statementDate",
    "declaration",
    "publicationDetails",
    "source",
    "annotations",
    "bodsVersion",
    "isComponent",
    "statementId",
]
_UNUSED_DETAILS: Final = [
    "alternateNames",
    "uri",
    "addresses",
    "foundingDate",
    "dissolutionDate",
    "publicListing",
    "formedByStatute",
    "personType",
    "names",
    "nationalities",
    "placeOfBirth",
    "birthDate",
    "deathDate",
    "placeOfResidence",
    "taxResidencies",
    "politicalExposure",
    "isComponent",
    "unspecifiedEntityDetails",
    "unspecifiedPersonDetails",
    "componentRecords",
]


@dataclasses.dataclass(slots=True)
class _Known:
    """Record id → what it is; None for what is kept out."""

    ends: dict[str, End] = dataclasses.field(default_factory=dict)
    outside: dict[str, str] = dataclasses.field(default_factory=dict)


def statements(file: Path, out: Claims) -> None:
    """States entities, persons (by pseudonym) and what they hold; each statement is a row.

    Of several statements on one record the last counts. Ranges stay ranges.

    Raises:
        SourceError: It is not JSON, or holds something other than statements.
    """
    listed = list(_listed(file))
    out.awaited = len(listed)
    latest: dict[tuple[str, str], int] = {}
    for number, (_, statement) in enumerate(listed):
        if isinstance(statement, Mapping):
            latest[str(statement.get("recordType")), str(statement.get("recordId"))] = number
    known = _Known()
    for wanted in (("entity", "person"), ("relationship",)):
        for number, (at, statement) in enumerate(listed):
            sort = statement.get("recordType") if isinstance(statement, Mapping) else None
            if (sort in wanted) or (wanted[0] == "entity" and sort != "relationship"):
                with out.row():
                    try:
                        _statement(statement, number, at, latest, known, out)
                    except Wrong as wrong:
                        out.refuse(at, wrong.reason, wrong.field)


def _listed(file: Path) -> Iterator[tuple[str, Any]]:
    whole = read_text(file)
    if whole.lstrip().startswith("["):
        document = read_json(file)
        if not isinstance(document, list):
            raise SourceError("not a list of statements", where=f"{file}:1")
        yield from ((f"{file.name}#/{n}", statement) for n, statement in enumerate(document))
        return
    lines = [(n, line) for n, line in enumerate(whole.split("\n"), 1) if line.strip()]
    read = [(f"{file.name}:{number}", _statement_of(line)) for number, line in lines]
    if read and all(statement is _NO_JSON for _, statement in read):
        hint = "one statement per line, or a JSON array of them"
        raise SourceError("not JSON", where=f"{file}:{lines[0][0]}", hint=hint)
    yield from read


def _statement_of(line: str) -> object:
    """The value of one line; only a line feed ends one, other signs of a new line may stand in a text."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return _NO_JSON


def _statement(
    statement: object,
    number: int,
    at: str,
    latest: Mapping[tuple[str, str], int],
    known: _Known,
    out: Claims,
) -> None:
    if statement is _NO_JSON:
        raise Wrong("", "the line is not JSON")
    if not isinstance(statement, Mapping):
        raise Wrong("", f"{short(statement)} is not a mapping")
    record = out.record(statement)
    record.ignore(*_UNUSED, "declarationSubject")
    sort, id_ = text(record, "recordType"), text(record, "recordId")
    status = text(record, "recordStatus")
    details = record.get("recordDetails")
    if sort not in {"entity", "person", "relationship"}:
        raise Wrong("recordType", f"{short(sort)} is not entity, person or relationship")
    if not id_:
        raise Wrong("recordId", "a value is required")
    if not isinstance(details, Record):
        raise Wrong("recordDetails", "is not a mapping")
    details.ignore(*_UNUSED_DETAILS)
    if latest.get((sort, id_)) != number:
        details.ignore(*details)
        out.skip("statement that a later one replaces")
    elif sort == "relationship":
        _relationship(details, status, at, known, out)
    elif sort == "person":
        details.ignore(*details)
        known.ends[id_] = ("Contributor", out.pseudonym(f"owner {id_}"))
        _person(known.ends[id_], at, out)
    else:
        _entity(id_, details, at, known, out)


def _person(end: End, at: str, out: Claims) -> None:
    known_as = [f"contributor:{end[1]}"]
    out.node(*end, f"owner {end[1][:8]}", at=at, identifiers=known_as, is_bot=False)


def _entity(id_: str, details: Record, at: str, known: _Known, out: Claims) -> None:
    type_ = details.get("entityType")
    sort = text(type_, "type", "entityType.") if isinstance(type_, Record) else ""
    if isinstance(type_, Record):
        type_.ignore("subtype", "details")
    if sort in _NOBODY:
        known.outside[id_] = f"entity of the type {sort}"
        details.ignore(*details)
        out.skip(known.outside[id_])
        return
    name = text(details, "name")
    identifiers = list(_identifiers(details))
    if not name and not identifiers:
        raise Wrong("name", "an entity needs a name or an identifier")
    where = details.get("jurisdiction")
    code = text(where, "code", "jurisdiction.") if isinstance(where, Record) else ""
    if isinstance(where, Record):
        where.ignore("name")
    kind = "Institution" if sort in _INSTITUTIONS else "Company"
    end = known.ends[id_] = (kind, f"bods/{slug(id_)}")
    out.node(*end, name or None, at=at, identifiers=identifiers, jurisdiction=code or None)


def _identifiers(details: Record) -> Iterator[str]:
    listed = details.get("identifiers") or []
    if not isinstance(listed, list) or not all(isinstance(one, Record) for one in listed):
        raise Wrong("identifiers", "is not a list of mappings")
    for one in listed:
        one.ignore("uri", "schemeName")
        scheme, value = text(one, "scheme", "identifiers."), text(one, "id", "identifiers.")
        if scheme in _SCHEMES and value:
            yield f"{_SCHEMES[scheme]}:{value}"


def _relationship(details: Record, status: str, at: str, known: _Known, out: Claims) -> None:
    subject, holder = details.get("subject"), details.get("interestedParty")
    if isinstance(holder, Record):
        holder.ignore("reason", "description")
        out.skip("owner who is not known, or not disclosed")
        return
    owned, owner = _end(subject, "subject", known, out), _end(holder, "interestedParty", known, out)
    if owned is None or owner is None:
        return
    if owned[0] == "Contributor":
        raise Wrong("subject", "a person cannot be owned")
    interests = details.get("interests") or []
    if not isinstance(interests, list) or not all(isinstance(i, Record) for i in interests):
        raise Wrong("interests", "is not a list of mappings")
    if status == "closed" and not any(text(i, "endDate") for i in interests):
        out.skip("relationship that is over: until when is not stated")
        return
    if not interests:
        out.edge("OWNS", owner, owned, at=at, interest="unknownInterest")
    for number, interest in enumerate(interests):
        _interest(owner, owned, interest, f"{at} interests {number}", out)


def _end(reference: object, field: str, known: _Known, out: Claims) -> End | None:
    if not isinstance(reference, str):
        raise Wrong(field, f"{short(reference)} is not the id of a record")
    if reference in known.outside:
        out.skip(f"relationship with an {known.outside[reference]}")
        return None
    if reference not in known.ends:
        raise Wrong(field, f"{short(reference)} is the id of no record in this file")
    return known.ends[reference]


def _interest(owner: End, owned: End, interest: Record, at: str, out: Claims) -> None:
    interest.ignore("details", "beneficialOwnershipOrControl")
    sort = text(interest, "type", "interests.") or "unknownInterest"
    how = text(interest, "directOrIndirect", "interests.")
    low, high, exact, above, said = _share(interest)
    own: dict[str, Any] = {}
    if sort == "votingRights":
        if exact is not None or (low or 0) > 0.5:
            own["votes"] = exact if exact is not None else low
        if exact is None:
            own |= {"votes_at_least": low, "votes_at_most": high, "votes_above": above}
    elif sort == "shareholding" and exact is not None:
        own["equity"] = exact
    words = " ".join(filter(None, (sort, said, how if how != "direct" else "")))
    out.edge(
        "OWNS",
        owner,
        owned,
        at=at,
        interest=sort,
        stated=words,
        note="held through others" if how == "indirect" else None,
        valid_from=text(interest, "startDate", "interests.") or None,
        valid_to=text(interest, "endDate", "interests.") or None,
        **own,
    )


def _share(
    interest: Record,
) -> tuple[float | None, float | None, float | None, float | None, str]:
    """Lower end, upper end, exact value, what the value exceeds, as fractions; and in words."""
    share = interest.get("share")
    if share is None:
        return None, None, None, None, ""
    if not isinstance(share, Record):
        raise Wrong("interests.share", f"{short(share)} is not a mapping")
    found = {}
    for name in ("exact", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        value = share.get(name)
        if value is None or isinstance(value, bool):
            continue
        if not isinstance(value, (int, float)) or not 0 <= value <= 100:
            raise Wrong(f"interests.share.{name}", f"{short(value)} is not a percentage")
        found[name] = value / 100
    above, below = found.get("exclusiveMinimum"), found.get("exclusiveMaximum")
    low, high = found.get("minimum", above), found.get("maximum", below)
    if share.get("exclusiveMinimum") is True:  # the bounds of version 0.2 and 0.3 beside a flag
        above = low
    exact = found.get("exact")
    if exact is None and low is not None and low == high:
        exact = low
    if exact is not None:
        return low, high, exact, None, f"{exact:.4g}"
    least = f"{'more than ' if above is not None else ''}{low if low is not None else 0:.4g}"
    under = below is not None and below == high
    most = f"{'less than ' if under else ''}{high if high is not None else 1:.4g}"
    return low, high, None, above, f"{least} to {most}"
