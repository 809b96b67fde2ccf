"""Evidence: what stands behind a statement, hop by hop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..graph.schema import schema
from ..graph.snapshot import EVIDENCE
from ..state.state import ENDS, State

__all__ = ["evidence_of"]

_SAID = (
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
    found: dict[str, dict[str, Any]] = {}
    for relation in state.snapshot.edges:
        for row in _rows(state.snapshot.file(relation), [*ENDS, *_SAID, *EVIDENCE], wanted):
            found[row["key"]] = {
                "relation": relation,
                **row,
                "complete": complete.get(row["partition"], False),
            }
    missing = wanted - found.keys()
    if missing:
        urls = {
            row["id"]: row["url"]
            for kind in schema().evidence.targets
            for row in state.nodes(kind, ["id", "url"]).to_pylist()
        }
        for relation in schema().relations:
            file = state.folder / f"computed/{relation}.parquet"
            if file.exists():
                for row in _rows(file, [*ENDS, *_SAID], missing):
                    cited = [urls.get(i, i) for i in row["source_ids"] or ()]
                    found[row["key"]] = {
                        "relation": relation,
                        **row,
                        "urls": cited,
                        "complete": all(complete.values()),
                    }
    return {k: found[k] for k in keys if k in found}


def _rows(file: Any, columns: Sequence[str], keys: set[str]) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    table = pq.read_table(file, columns=list(columns), filters=[("key", "in", sorted(keys))])
    for row in table.to_pylist():
        yield {k: v for k, v in row.items() if v is not None}
