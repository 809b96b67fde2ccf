"""Integrity rules R1 to R7 over a state: what breaks them, row by row, and where statements clash. Nothing is mended.

A clash breaks no rule: the derivation has an answer to it, which is told beside it, and whoever has the sources is
asked to date or correct a statement.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from ..graph.schema import schema
from .deciding import former_seats, undisplaced
from .state import ENDS, State
from .work import SHARE

__all__ = ["Breach", "breaches", "clashes"]

_TOLERANCE = 1e-6
_ORGANISATIONS = frozenset({"Company", "Institution"})


@dataclasses.dataclass(frozen=True, slots=True)
class Breach:
    """One breach of a rule.

    Attributes:
        rule: R1 to R7, `shape`, or `clash`.
        about: The entity or statement at fault.
        detail: What is wrong.
    """

    rule: str
    about: str
    detail: str


def breaches(state: State) -> Iterator[Breach]:
    """All breaches in a state.

    R1 votes in an organisation sum to at most 1. R2 no interval ends before it begins, and nobody works full time for
    two at once. R3 equity without votes carries no vote. R5 no two entities share a strong identifier. R7 computed
    relations lie apart; a share of work that somebody publishes may stand among them with its definition. Shape:
    every required property has a value and every value lies within its bounds. (R4 is kept by computing employers as
    of each commit; R6 is a matter of dates, which every state respects.)
    """
    owns = state.edges(
        "OWNS", [*ENDS, "key", "votes", "votes_above", "votes_at_least", "equity", "status"]
    ).to_pylist()
    yield from _votes(owns)
    yield from _dates(state)
    yield from _employers(state)
    yield from _equity(state, owns)
    yield from _identifiers(state)
    yield from _apart(state)
    yield from _shapes(state)


def _votes(owns: list[dict[str, Any]]) -> Iterator[Breach]:
    held: dict[str, dict[str, float]] = {}
    for row in owns:
        if row["votes"] is not None and row["status"] == "current":
            holders = held.setdefault(row["target"], {})
            holders[row["source"]] = max(holders.get(row["source"], 0.0), row["votes"])
    for owned, holders in sorted(held.items()):
        total = sum(holders.values())
        if total > 1 + _TOLERANCE:
            yield Breach(
                "R1",
                owned,
                f"votes sum to {total:g}: {', '.join(sorted(holders))}; taken as not stated",
            )


def _dates(state: State) -> Iterator[Breach]:
    for relation in state.relations:
        table = state.edges(relation, ["key", "valid_from", "valid_to"])
        for row in table.to_pylist():
            if row["valid_from"] and row["valid_to"] and row["valid_from"] > row["valid_to"]:
                yield Breach(
                    "R2",
                    row["key"],
                    f"{relation} ends {row['valid_to']}, before it begins {row['valid_from']}",
                )


def _employers(state: State) -> Iterator[Breach]:
    full: dict[str, set[str]] = {}
    for row in state.edges("EMPLOYS", ["source", "target", "fte", "status"]).to_pylist():
        if row["fte"] == 1.0 and row["status"] == "current":
            full.setdefault(row["target"], set()).add(row["source"])
    for person, employers in sorted(full.items()):
        if len(employers) > 1:
            yield Breach(
                "R2", person, f"works full time for {', '.join(sorted(employers))} at once"
            )


def _equity(state: State, owns: list[dict[str, Any]]) -> Iterator[Breach]:
    none = {row["key"] for row in owns if row["votes"] == 0}
    bounds = ("votes", "votes_at_least", "votes_above")
    unstated = {r["key"] for r in owns if r["votes"] is None and not any(r[b] for b in bounds)}
    controlled = state.edges("ULTIMATELY_CONTROLS", ["source", "target"]).to_pylist()
    through_others = {(row["source"], row["target"]) for row in controlled}
    columns = ["source", "target", "power", "relation", "basis", "low", "high"]
    for row in state.edges("CONTROLS", columns).to_pylist():
        if (row["relation"], row["power"]) != ("OWNS", "decides"):
            continue
        basis = set(row["basis"].split())
        end = "high" if basis <= none else "low" if basis <= none | unstated else ""
        if end and row[end] and (row["source"], row["target"]) not in through_others:
            yield Breach(
                "R3", row["basis"], f"a stake without stated votes decides {row[end]:g} ({end})"
            )


def clashes(state: State) -> Iterator[Breach]:
    """Statements that cannot all hold as they stand, though none breaks a rule; with what is made of them.

    Undated rights beside a dated change to another holder of all rights; two holders of all rights at one time; more
    seats than a body has; rights to appoint more than all of a board; rosters whose terms have ended.
    """
    yield from _rights(state)
    yield from _appointments(state)
    yield from _seats(state)


def _rights(state: State) -> Iterator[Breach]:
    every = len(
        next(p.choices for p in schema().relations["GOVERNS"].properties if p.name == "rights")
    )
    columns = [*ENDS, "key", "status", "rights", "valid_from", "valid_to"]
    governed: dict[str, list[dict[str, Any]]] = {}
    for row in state.edges("GOVERNS", columns).to_pylist():
        if row["status"] == "current" and row["target_kind"] not in _ORGANISATIONS:
            governed.setdefault(row["target"], []).append(row)
    for thing, rows in sorted(governed.items()):
        standing = undisplaced(rows, every)
        whole = [r for r in standing if len(set(r["rights"] or ())) == every]
        holders = sorted({r["source"] for r in whole})
        cut = sorted({r["source"] for r in rows if r not in standing})
        if cut:
            since = min(r["valid_from"] for r in whole if r["valid_from"])
            yield Breach(
                "clash",
                thing,
                f"{', '.join(holders)} has all rights since {since}, and {', '.join(cut)} has rights"
                f" without a date: taken as ended then",
            )
        if len(holders) > 1:
            yield Breach(
                "clash", thing, f"{', '.join(holders)} have all rights at one time: taken as shared"
            )


def _appointments(state: State) -> Iterator[Breach]:
    shares: dict[str, dict[str, float]] = {}
    for row in state.edges("GOVERNS", ["source", "target", "board_share", "status"]).to_pylist():
        if row["board_share"] is not None and row["status"] == "current":
            holders = shares.setdefault(row["target"], {})
            holders[row["source"]] = max(holders.get(row["source"], 0.0), row["board_share"])
    for organisation, holders in sorted(shares.items()):
        total = sum(holders.values())
        if total > 1 + _TOLERANCE:
            yield Breach(
                "clash",
                organisation,
                f"{', '.join(sorted(holders))} appoint {total:g} of its board together",
            )


def _seats(state: State) -> Iterator[Breach]:
    if "GoverningBody" not in state.kinds:
        return
    sizes = {r["id"]: r["size"] for r in state.nodes("GoverningBody", ["id", "size"]).to_pylist()}
    sitting: dict[str, set[str]] = {}
    for row in state.edges("HAS_SEAT", ["source", "target", "status"]).to_pylist():
        if row["status"] == "current":
            sitting.setdefault(row["target"], set()).add(row["source"])
    for body, holders in sorted(sitting.items()):
        size = sizes.get(body)
        if size is not None and len(holders) > size:
            yield Breach(
                "clash", body, f"{len(holders)} hold its {size} seats: taken as {len(holders)}"
            )
    ended: dict[str, Any] = {}
    for row in former_seats(state):
        ended[row["target"]] = row["valid_to"]
    for body, day in sorted(ended.items()):
        yield Breach(
            "clash",
            body,
            f"the terms of its last known roster ended on {day}: taken as possible, not as known",
        )


def _identifiers(state: State) -> Iterator[Breach]:
    holder: dict[tuple[str, str], str] = {}
    for kind in state.kinds:
        definition = schema().kinds[kind]
        for row in state.nodes(kind, ["id", "identifiers"]).to_pylist():
            for identifier in row["identifiers"] or ():
                if identifier.partition(":")[0] in definition.identifiers:
                    other = holder.setdefault((definition.family, identifier), row["id"])
                    if other != row["id"]:
                        yield Breach(
                            "R5",
                            row["id"],
                            f"shares {identifier} with {other}: parted by a judgement, or to be judged",
                        )


def _apart(state: State) -> Iterator[Breach]:
    for relation in schema().relations.values():
        computed = relation.computed and (state.folder / f"edges/{relation.name}.parquet").exists()
        if computed and any(
            row["method"] != "computed" and not (relation.name == SHARE and row["note"])
            for row in state.edges(relation.name, ["method", "note"]).to_pylist()
        ):
            yield Breach("R7", relation.name, "a computed relation is stated as asserted")


def _shapes(state: State) -> Iterator[Breach]:
    """Required values and bounds, by columns: the fast form of the SHACL shapes."""
    import pyarrow.compute as pc

    tables = [(k, state.nodes(k), schema().node_properties(k)) for k in state.kinds]
    tables += [(r, state.edges(r), schema().edge_properties(r)) for r in state.relations]
    for name, table, properties in tables:
        label = table["id" if "id" in table.column_names else "key"]
        for field in properties:
            column = table[field.name]
            bad = pc.is_null(column) if field.required else None
            if field.choices and not field.list:
                import pyarrow as pa

                odd = pc.and_(
                    pc.is_valid(column), pc.invert(pc.is_in(column, pa.array(field.choices)))
                )
                bad = odd if bad is None else pc.or_(bad, odd)
            for bound, test in (
                (field.low, pc.less),
                (field.high, pc.greater),
                (field.above, pc.less_equal),
            ):
                if bound is not None and not field.list:
                    odd = pc.fill_null(test(column, bound), False)
                    bad = odd if bad is None else pc.or_(bad, odd)
            if bad is not None:
                for about in label.filter(pc.fill_null(bad, False)).to_pylist():
                    yield Breach(
                        "shape", f"{name} {about}", f"{field.name} is missing or out of bounds"
                    )
