"""Cypher in a worker: the answer as the Query API of Neo4j writes it, plain or with types."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any, Final

from ..errors import QueryError
from .guard import check, parameters_of
from .sparql_job import graph_of
from .worker import Out
from .worker_graph import ServedGraph

__all__ = ["answer", "ready"]

_ALARM: Final = 0.9
_OUT_OF_MEMORY: Final = ("bad_alloc", "Buffer manager", "out of memory")


def ready(asked: Mapping[str, Any]) -> None:
    """Opens the store."""
    graph_of(asked).store("embedded")


def answer(asked: Mapping[str, Any], body: bytes, out: Out) -> None:
    """Answers a statement with its parameters, row by row.

    Args:
        asked: `typed`: whether values carry their types. `media_type`, `seconds`.
        body: JSON: `statement`, `parameters`.
        out: Where the answer goes.
    """
    given = json.loads(body)
    check(given["statement"], "cypher")
    missing = sorted(parameters_of(given["statement"]) - given["parameters"].keys())
    if missing:
        hint = "send it in `parameters`"
        raise QueryError(
            f"the statement has a parameter ${missing[0][:40]}", where="query", hint=hint
        )
    graph: ServedGraph = graph_of(asked)
    seconds = float(asked["seconds"]) * _ALARM  # the store's own clock is asked to go first
    try:
        found = graph.store("embedded").query(
            given["statement"], given["parameters"], timeout=seconds, limit=None
        )
    except QueryError as error:
        if any(sign in error.what for sign in _OUT_OF_MEMORY):
            raise MemoryError from error
        raise
    shape = _typed if asked["typed"] else _plain
    out.head(asked["media_type"])
    fields = json.dumps(found.names, ensure_ascii=False)
    out.write(f'{{"data":{{"fields":{fields},"values":['.encode())
    rows = iter(found)
    separator = ""
    while (row := _next(rows)) is not None:
        values = json.dumps([shape(v) for v in row], ensure_ascii=False, separators=(",", ":"))
        out.write(f"{separator}{values}".encode())
        separator = ","
    out.write(b']},"bookmarks":[]}')


def _next(rows: Any) -> Any:
    try:
        return next(rows, None)
    except RuntimeError as error:
        raise QueryError(str(error).partition("\n")[0], where="query") from error


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return value


def _typed(value: Any) -> Any:
    if isinstance(value, list):
        return {"$type": "List", "_value": [_typed(v) for v in value]}
    if isinstance(value, dict):
        return {"$type": "Map", "_value": {k: _typed(v) for k, v in value.items()}}
    if value is None or isinstance(value, (bool, str)):
        names = {type(None): "Null", bool: "Boolean", str: "String"}
        return {"$type": names[type(value)], "_value": value}
    if isinstance(value, datetime.datetime):
        return {"$type": "OffsetDateTime", "_value": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"$type": "Date", "_value": value.isoformat()}
    name = "Integer" if isinstance(value, int) else "Float"
    return {"$type": name, "_value": str(value)}
