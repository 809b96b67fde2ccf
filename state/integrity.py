"""Integrity rules R1 to R7 over a state: what breaks them, row by row. Nothing is mended here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from ..graph.schema import schema
from .state import ENDS, State

__all__ = ["Breach", "breaches"]

_TOLERANCE = 1e-6


@dataclasses.dataclass(frozen=True, slots=True)
class Breach:
    """One breach of a rule.

    Attributes:
        rule: R1 to R7, or `shape`.
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
    relations lie apart. Shape: every required property has a value and every value lies within its bounds. (R4 is kept
    by computing employers as of each commit; R6 is a matter of dates, which every state respects.)
    """
    owns = state.edges(
        "OWNS", [*ENDS, "key", "votes", "votes_at_least", "equity", "status"]
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
    silent = {row["key"] for row in owns if not row["votes"] and not (row["votes_at_least"])}
    for row in state.edges("CONTROLS", ["basis", "power", "low", "relation"]).to_pylist():
        basis = row["basis"].split()
        decides = (
            row["relation"] == "OWNS" and row["power"] == "decides" and (row["low"] or 0.0) > 0
        )
        if decides and silent.issuperset(basis):
            text = f"a stake without stated votes decides {row['low']:g}"
            yield Breach("R3", basis[0], text)


def _identifiers(state: State) -> Iterator[Breach]:
    holder: dict[tuple[str, str], str] = {}
    for kind in state.kinds:
        known = schema().kinds[kind]
        for row in state.nodes(kind, ["id", "identifiers"]).to_pylist():
            for identifier in row["identifiers"] or ():
                if identifier.partition(":")[0] in known.identifiers:
                    other = holder.setdefault((known.family, identifier), row["id"])
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
            m != "computed" for m in state.edges(relation.name, ["method"])["method"].to_pylist()
        ):
            yield Breach("R7", relation.name, "a computed relation is stated as asserted")


def _shapes(state: State) -> Iterator[Breach]:
    """Required values and bounds, by columns: the fast form of the SHACL shapes."""
    import pyarrow.compute as pc

    tables = [(k, state.nodes(k), schema().node_properties(k)) for k in state.kinds]
    tables += [(r, state.edges(r), schema().edge_properties(r)) for r in state.relations]
    for name, table, properties in tables:
        label = table["id" if "id" in table.column_names else "key"]
        for known in properties:
            column = table[known.name]
            bad = pc.is_null(column) if known.required else None
            if known.choices and not known.list:
                import pyarrow as pa

                odd = pc.and_(
                    pc.is_valid(column), pc.invert(pc.is_in(column, pa.array(known.choices)))
                )
                bad = odd if bad is None else pc.or_(bad, odd)
            for bound, test in (
                (known.low, pc.less),
                (known.high, pc.greater),
                (known.above, pc.less_equal),
            ):
                if bound is not None and not known.list:
                    odd = pc.fill_null(test(column, bound), False)
                    bad = odd if bad is None else pc.or_(bad, odd)
            if bad is not None:
                for about in label.filter(pc.fill_null(bad, False)).to_pylist():
                    yield Breach(
                        "shape", f"{name} {about}", f"{known.name} is missing or out of bounds"
                    )
