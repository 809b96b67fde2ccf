"""All that is known of one entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..graph.schema import schema
from ..graph.table_file import plain_rows
from ..state.state import ENDS, State
from .evidence import evidence_of
from .search import Match

__all__ = ["dossier"]


def dossier(state: State, entity: Match, incomplete: Sequence[str] = ()) -> dict[str, Any]:
    """The values of an entity, what each source says of it, and its statements with their evidence.

    Returns:
        id, kind, as_of, snapshot, values, said (a list per source), statements (each with its evidence),
        incomplete_sources.
    """
    [row] = plain_rows(state.snapshot.table(entity.kind, id=[entity.id]))
    values = {
        p.name: row[p.name]
        for p in schema().node_properties(entity.kind)
        if row[p.name] is not None
    }
    return {
        "id": entity.id,
        "kind": entity.kind,
        "as_of": state.as_of,
        "snapshot": state.snapshot.hash,
        "values": values,
        "said": _by_source(state, entity),
        "statements": _statements(state, entity.id),
        "incomplete_sources": list(incomplete),
    }


def _by_source(state: State, entity: Match) -> list[dict[str, Any]]:
    """What each source says of an entity."""
    table = state.snapshot.statements(entity.kind, entity=[entity.id]).drop_columns("entity")
    return [{k: v for k, v in one.items() if v is not None} for one in plain_rows(table)]


def _statements(state: State, entity: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = []
    for relation in state.relations:
        own = [p.name for p in schema().relations[relation].properties]
        for row in plain_rows(state.edges_at(entity, relation, [*ENDS, "key", *own])):
            direction = "out" if row["source"] == entity else "in"
            statements.append(
                {
                    "relation": relation,
                    "direction": direction,
                    "other": row["target"] if direction == "out" else row["source"],
                    "key": row["key"],
                    "properties": {k: row[k] for k in own if row[k] is not None},
                }
            )
    evidence = evidence_of(state, [s["key"] for s in statements])
    names = state.names(s["other"] for s in statements)
    return [
        {**s, "other_name": names[s["other"]], "evidence": evidence.get(s["key"], {})}
        for s in statements
    ]
