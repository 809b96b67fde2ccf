"""Cypher in a file: Ladybug, opened read-only; built beside the state, then renamed."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import QueryError, QueryTimeout, StoreError
from ..graph.result import Column, Result, cell
from ..graph.schema import Property, Relation, schema
from ..state.state import ENDS, State
from . import Language, Parameter
from .guard import check_cypher

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["EmbeddedStore", "ddl"]

_TYPES: Final = {
    "string": "STRING",
    "boolean": "BOOL",
    "integer": "INT64",
    "double": "DOUBLE",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}
_RESULT_TYPES: Final = {
    "STRING": "string",
    "BOOL": "boolean",
    "INT64": "integer",
    "INT128": "integer",
    "INT32": "integer",
    "DOUBLE": "double",
    "FLOAT": "double",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
_POOL: Final = 1 << 30


def ddl() -> list[str]:
    """The statements that declare every kind and relation, between all kinds that it may join."""
    relations = schema().relations.values()
    return [*map(_kind, schema().kinds), *(_relation(r.name, r.pairs) for r in relations)]


def _kind(kind: str) -> str:
    columns = _columns(schema().node_properties(kind))
    return f"CREATE NODE TABLE `{kind}`({columns}, PRIMARY KEY(id))"


def _relation(relation: str, pairs: Collection[tuple[str, str]]) -> str:
    ends = ", ".join(f"FROM `{s}` TO `{t}`" for s, t in sorted(pairs))
    columns = _columns(schema().edge_properties(relation))
    return f"CREATE REL TABLE `{relation}`({ends}, {columns})"


def _columns(properties: Sequence[Property]) -> str:
    return ", ".join(f"`{p.name}` {_TYPES[p.type]}{'[]' if p.list else ''}" for p in properties)


class EmbeddedStore:
    """A Ladybug database of one state."""

    language: Language = "cypher"

    def __init__(self, state: State) -> None:
        self._database: Any = None
        self.load(state)

    def load(self, state: State) -> None:
        """Opens the database beside the state; builds it first where it is missing."""
        import ladybug

        self.close()
        file = state.folder / "embedded.lbug"
        if not file.exists():
            _build(state, file)
        self._database = ladybug.Database(str(file), read_only=True, buffer_pool_size=_POOL)

    def query(
        self,
        text: str,
        parameters: Mapping[str, Parameter],
        *,
        timeout: float = 60.0,
        limit: int | None = None,
    ) -> Result:
        """Answers a Cypher text; see `Store.query`."""
        import ladybug

        check_cypher(text)
        connection = ladybug.Connection(self._database)
        connection.set_query_timeout(max(1, round(timeout * 1000)))
        used = {k: v for k, v in parameters.items() if re.search(rf"\${k}\b", text)}
        try:
            rows = connection.execute(text, used)
        except RuntimeError as error:
            raise _translated(error, text, timeout) from error
        if isinstance(rows, list):
            raise QueryError("one statement at a time", hint="leave out the semicolon")
        columns = [
            Column(n, _RESULT_TYPES.get(t, "list" if t.endswith("]") else ""))
            for n, t in zip(rows.get_column_names(), rows.get_column_data_types(), strict=True)
        ]
        return Result(columns, _cells(rows), limit)

    def close(self) -> None:
        """Closes the database."""
        if self._database is not None:
            self._database.close()
            self._database = None


def _cells(rows: Any) -> Iterator[tuple[Any, ...]]:
    while rows.has_next():
        yield tuple(cell(v) for v in rows.get_next())


def _translated(error: RuntimeError, text: str, timeout: float) -> StoreError:
    message = str(error)
    if "nterrupted" in message:
        return QueryTimeout(
            f"the query was stopped after {timeout:g} s",
            hint="narrow it, or give it longer: --timeout SECONDS",
        )
    position = re.search(r"\(line: (\d+), offset: (\d+)\)", message)
    where = f"query, line {position[1]}, column {int(position[2]) + 1}" if position else "query"
    cause = message[: position.start()] if position else message.partition("\n")[0]
    what = " ".join(re.sub(r"^\w+ exception: ", "", cause).split())
    return QueryError(
        what or "the query failed",
        where=where,
        hint="see `stackholder schema` for kinds, relations and properties",
    )


def _build(state: State, file: Path) -> None:
    """Builds the database in a folder of its own, and moves it into place when it is whole."""
    import ladybug

    folder = Path(tempfile.mkdtemp(prefix=".new-", dir=state.folder))
    try:
        database = ladybug.Database(
            str(folder / file.name), buffer_pool_size=_POOL, auto_checkpoint=False
        )
        connection = ladybug.Connection(database)
        for kind in schema().kinds:
            connection.execute(_kind(kind))
            if kind in state.kinds:
                names = [p.name for p in schema().node_properties(kind)]
                _copy(connection, f"COPY `{kind}`", _loadable(state.nodes(kind, names)))
        for relation in schema().relations.values():
            _load(connection, relation, state.edges(relation.name))
        connection.close()
        database.close()
        (folder / file.name).replace(file)
    except RuntimeError as error:
        raise StoreError(
            f"the embedded store could not be built: {str(error).splitlines()[0]}", where=str(file)
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _load(connection: Any, relation: Relation, edges: pa.Table) -> None:
    """Declares a relation between the kinds that it joins here, and loads it.

    To declare all that it may join would make each opening of the file several times as dear.
    """
    pairs = edges.select(["source_kind", "target_kind"]).group_by(["source_kind", "target_kind"])
    joined = [(p["source_kind"], p["target_kind"]) for p in pairs.aggregate([]).to_pylist()]
    connection.execute(_relation(relation.name, joined or [min(relation.pairs)]))
    for source, target in sorted(joined):
        here = _between(edges, source, target) if len(joined) > 1 else edges
        kept = ["source", "target", *(n for n in edges.column_names if n not in ENDS)]
        tail = f"(FROM='{source}', TO='{target}')"
        _copy(connection, f"COPY `{relation.name}`", _loadable(here.select(kept)), tail)


def _copy(connection: Any, head: str, rows: pa.Table, tail: str = "") -> None:
    """Loads an Arrow table; Ladybug finds it by the name of this variable."""
    if rows.num_rows:
        connection.execute(f"{head} FROM rows {tail}")


def _between(edges: pa.Table, source: str, target: str) -> pa.Table:
    import pyarrow.compute as pc

    ends = pc.equal(edges["source_kind"], source), pc.equal(edges["target_kind"], target)
    return edges.filter(pc.and_(*ends))


def _loadable(rows: pa.Table) -> pa.Table:
    """Times without a zone (they are UTC): the loader knows no other."""
    import pyarrow as pa

    for number, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            rows = rows.set_column(number, field.name, rows.column(number).cast(pa.timestamp("us")))
    return rows
