"""All that is known of one entity."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..graph.schema import schema
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
    import pyarrow.parquet as pq

    row = pq.read_table(state.node_file(entity.kind), filters=[("id", "=", entity.id)]).to_pylist()[
        0
    ]
    values = {
        p.name: row[p.name]
        for p in schema().node_properties(entity.kind)
        if row[p.name] is not None
    }
    file = state.snapshot.statements(entity.kind)
    return {
        "id": entity.id,
        "kind": entity.kind,
        "as_of": state.as_of,
        "snapshot": state.snapshot.hash,
        "values": values,
        "said": _said(file, entity.id) if file.exists() else [],
        "statements": _statements(state, entity.id),
        "incomplete_sources": list(incomplete),
    }


def _said(file: Path, entity: str) -> list[dict[str, Any]]:
    """What each source says of an entity."""
    import pyarrow.parquet as pq

    found = pq.read_table(file, filters=[("entity", "=", entity)]).drop_columns("entity")
    return [{k: v for k, v in one.items() if v is not None} for one in found.to_pylist()]


def _statements(state: State, entity: str) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = []
    for relation in state.relations:
        own = [p.name for p in schema().relations[relation].properties]
        columns = [*ENDS, "key", "method", *own]
        for file in state.edge_files(relation):
            either = [[("source", "=", entity)], [("target", "=", entity)]]
            for row in pq.read_table(file, columns=columns, filters=either).to_pylist():
                direction = "out" if row["source"] == entity else "in"
                other = row["target"] if direction == "out" else row["source"]
                properties = {k: row[k] for k in own if row[k] is not None}
                found.append(
                    {
                        "relation": relation,
                        "direction": direction,
                        "other": other,
                        "key": row["key"],
                        "properties": properties,
                    }
                )
    evidence = evidence_of(state, [f["key"] for f in found])
    names = state.names(f["other"] for f in found)
    return [
        {**f, "other_name": names[f["other"]], "evidence": evidence.get(f["key"], {})}
        for f in found
    ]
