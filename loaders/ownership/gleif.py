"""GLEIF level 2: who consolidates whom in its accounts, as CSV or XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ...graph.claims import Claims, End
from ..documents import Element, read_csv, read_xml

__all__ = ["is_gleif_csv", "relationships"]

_START: Final = "Relationship.StartNode.NodeID"
_END: Final = "Relationship.EndNode.NodeID"
_TYPE: Final = "Relationship.RelationshipType"
_STATUS: Final = "Relationship.RelationshipStatus"
_REGISTRATION: Final = "Registration.RegistrationStatus"
_VOID: Final = {
    "ANNULLED": "record that its registrar has annulled: it was wrong or invalid",
    "DUPLICATE": "record that stands for another one",
}
_LAPSED: Final = "; the record has not been renewed"
_PERIODS: Final = tuple(f"Relationship.Period.{n}" for n in range(1, 6))
_KNOWN: Final = (_START, f"{_START}Type", _END, f"{_END}Type", _TYPE, _STATUS)
_LEI_LENGTH: Final = 20
_NOT_GIVEN: Final = {
    "IS_FUND-MANAGED_BY": "fund and its manager",
    "IS_FEEDER_TO": "feeder fund and its master",
}
_CONSOLIDATED: Final = {
    "IS_DIRECTLY_CONSOLIDATED_BY": "",
    "IS_ULTIMATELY_CONSOLIDATED_BY": "; the ultimate parent, perhaps through others",
}
_PARTS: Final = {"IS_INTERNATIONAL_BRANCH_OF": "branch", "IS_SUBFUND_OF": "sub-fund"}
_CONSOLIDATES: Final = (
    "consolidated in the accounts: usually more than half of the votes, which are not stated"
)


def is_gleif_csv(head: str) -> bool:
    """Whether the first line of a file is that of a level 2 file."""
    return _START in head and _END in head


def relationships(file: Path, out: Claims) -> None:
    """States the relationships of a file; each is a row. A parent consolidates; its votes are not stated.

    Raises:
        SourceError: It is not CSV or XML, or lacks a column.
    """
    for at, row in _csv(file, out) if file.suffix.lower() != ".xml" else _xml(file):
        with out.row():
            if row is None:
                out.refuse(at, "has more or fewer fields than the header")
            else:
                _state(row, at, out)


def _csv(file: Path, out: Claims) -> Iterator[tuple[str, Mapping[str, str] | None]]:
    for line, fields in read_csv(file, (_START, _END, _TYPE, _STATUS)):
        if fields is not None:
            record = out.record(fields)
            record.ignore(
                *(
                    k
                    for k in fields
                    if k.startswith(("Registration.", "Relationship.")) and k != _REGISTRATION
                )
            )
        yield f"{file.name}:{line}", fields


def _xml(file: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    for element in read_xml(file, "RelationshipRecord"):
        inner = element.first("Relationship")
        row = _flat(inner) if inner is not None else {}
        row[_REGISTRATION] = element.said("Registration", "RegistrationStatus")
        yield f"{file.name}:{element.line}", row


def _flat(relationship: Element) -> dict[str, str]:
    """The element under the names of the CSV's columns."""
    found = {
        _START: relationship.said("StartNode", "NodeID"),
        _END: relationship.said("EndNode", "NodeID"),
        _TYPE: relationship.said("RelationshipType"),
        _STATUS: relationship.said("RelationshipStatus"),
    }
    periods = relationship.first("RelationshipPeriods")
    for number, period in enumerate(periods.children if periods else [], 1):
        place = f"Relationship.Period.{number}"
        found[f"{place}.startDate"] = period.said("StartDate")
        found[f"{place}.endDate"] = period.said("EndDate")
        found[f"{place}.periodType"] = period.said("PeriodType")
    return found


def _state(row: Mapping[str, str], at: str, out: Claims) -> None:
    child, parent = row.get(_START, "").strip().upper(), row.get(_END, "").strip().upper()
    sort, status = row.get(_TYPE, "").strip(), row.get(_STATUS, "").strip()
    for field, lei in ((_START, child), (_END, parent)):
        if len(lei) != _LEI_LENGTH or not lei.isalnum() or not lei.isascii():
            out.refuse(at, f"{lei[:40]!r} is not a legal entity identifier", field)
            return
    if sort in _NOT_GIVEN:
        out.skip(_NOT_GIVEN[sort])
        return
    registration = row.get(_REGISTRATION, "").strip().upper()
    if registration in _VOID:
        out.skip(_VOID[registration])
        return
    if status == "NULL":
        out.skip("relationship that its filer has withdrawn")
        return
    start, end = _period(row)
    if status == "INACTIVE" and not end:
        out.skip("relationship that is over: until when is not stated")
        return
    if sort not in _CONSOLIDATED and sort not in _PARTS:
        out.refuse(at, f"{sort[:60]!r} is not a type of relationship", _TYPE)
        return
    ends: tuple[End, End] = (_entity(child, at, out), _entity(parent, at, out))
    if sort in _PARTS:
        kind = _PARTS[sort]
        out.edge("PART_OF", *ends, at=at, kind=kind, stated=sort, valid_from=start, valid_to=end)
        return
    out.edge(
        "OWNS",
        ends[1],
        ends[0],
        at=at,
        interest="otherInfluenceOrControl",
        stated=sort,
        note=_CONSOLIDATES + _CONSOLIDATED[sort] + (_LAPSED if registration == "LAPSED" else ""),
        valid_from=start,
        valid_to=end,
    )


def _period(row: Mapping[str, str]) -> tuple[str | None, str | None]:
    """First and last day of the relationship itself, without times."""
    for place in _PERIODS:
        if row.get(f"{place}.periodType", "").strip() == "RELATIONSHIP_PERIOD":
            start, end = (row.get(f"{place}.{d}Date", "").strip()[:10] for d in ("start", "end"))
            return start or None, end or None
    return None, None


def _entity(lei: str, at: str, out: Claims) -> End:
    end = ("Company", lei.lower())
    out.node(*end, f"LEI {lei}", at=at, identifiers=[f"lei:{lei}"])
    return end
