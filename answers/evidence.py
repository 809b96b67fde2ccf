"""Evidence: what stands behind a statement, hop by hop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..graph.schema import schema
from ..graph.snapshot import EVIDENCE
from ..graph.table_file import plain_rows
from ..state.state import ENDS, State

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["evidence_of"]

_SHOWN = (
    "key",
    "valid_from",
    "valid_from_precision",
    "valid_to",
    "valid_to_precision",
    "confidence",
    "method",
    "status",
    "stated",
    "note",
    "licence",
    "source_ids",
)


def evidence_of(state: State, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The evidence of statements, by key.

    Each value holds: relation, source, target, what was stated, dates with precision, confidence, method, status,
    licence, partition, locator (`at`), `url`, and `complete`: whether that source was read in full. What was computed
    from several statements holds the addresses of all their sources in `urls` instead.
    """
    if not keys:
        return {}
    wanted = set(keys)
    complete = {led.partition: led.complete for led in state.snapshot.ledgers}
    statements: dict[str, dict[str, Any]] = {}
    for relation in state.snapshot.edges:
        for row in _rows(state.snapshot.table(relation, [*ENDS, *_SHOWN, *EVIDENCE], key=wanted)):
            whole = complete.get(row["partition"], False)
            statements[row["key"]] = {"relation": relation, **row, "complete": whole}
    missing = wanted - statements.keys()
    if missing:
        urls = {
            row["id"]: row["url"]
            for kind in schema().evidence.targets
            for row in state.nodes(kind, ["id", "url"]).to_pylist()
        }
        for relation in state.relations:
            for row in _rows(state.edges(relation, [*ENDS, *_SHOWN], key=missing)):
                cited = [urls.get(i, i) for i in row.get("source_ids", ())]
                whole = all(complete.values())
                statements[row["key"]] = {
                    "relation": relation,
                    **row,
                    "urls": cited,
                    "complete": whole,
                }
    return {k: statements[k] for k in keys if k in statements}


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for row in plain_rows(table):
        yield {k: v for k, v in row.items() if v is not None}
