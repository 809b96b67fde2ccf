"""Loading a Bolt server: makes what is ours on it equal to a state, however often and after whatever interruption.

Ours are the nodes with the label `Stackholder` beside the label of their kind, and the edges between two such nodes
that have a `key`. Nodes and edges of others in the same database are left as they are; only an edge of theirs that
hangs on a node of ours goes when that node goes.

Every node and edge of ours carries a digest of its content in `_digest`: the next push compares it, and sends only
what is missing or has changed.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import StoreError
from ..graph.cypher_ddl import unique_id, unique_key
from ..graph.digests import row_text
from ..graph.schema import schema
from ..state.state import State

if TYPE_CHECKING:
    import neo4j

    from ..graph.text import Array

__all__ = ["DIGEST", "LABEL", "ROWS", "Changes", "Progress", "Push"]

LABEL: Final = "Stackholder"
"""The label of every node of ours."""

DIGEST: Final = "_digest"
"""The property of every node and edge of ours that holds the digest of its content."""

ROWS: Final = 10_000
"""Most rows in one transaction."""

Progress = Callable[[str, int, int], None]
"""Is called with a kind or relation, the rows of it written so far, and how many there are to write."""

_BYTES: Final = 16 << 20
_PATIENCE: Final = 60.0
_NUL: Final = "\x00"
_SHIFT: Final = 28
_HALF: Final = 1 << _SHIFT
_ENDS: Final = ("source", "target")


@dataclasses.dataclass(frozen=True, slots=True)
class Changes:
    """How many nodes or edges a push has created, updated and deleted."""

    created: int = 0
    updated: int = 0
    deleted: int = 0

    def __add__(self, other: Changes) -> Changes:
        """The sum, field by field."""
        return Changes(
            self.created + other.created,
            self.updated + other.updated,
            self.deleted + other.deleted,
        )


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    """The nodes of a kind or the edges of a relation, in the state and on the server.

    Attributes:
        name: The kind or relation.
        key: The property that tells them apart.
        sent: What the server is given of each.
        batches: Reads those of the state.
        held: The text that finds every `x` on the server.
        find: The text that finds `x` by its key, as a function of the places of columns in a parameter.
        drop: What takes `x` away.
        create: The text that creates one, as a function of the same.
        created: The server's counter of them.
        constraint: The text that has the server keep the key unique.
    """

    name: str
    key: str
    sent: list[str]
    batches: Callable[[], Iterator[pa.RecordBatch]]
    held: str
    find: Callable[[Mapping[str, str]], str]
    drop: str
    create: Callable[[Mapping[str, str]], str]
    created: str
    constraint: str


def _nodes(state: State, kind: str) -> _Part:
    names = [p.name for p in schema().node_properties(kind)]
    family = schema().kinds[kind].family
    x = f"x:{LABEL}:`{kind}`"
    labels = x if family == kind else f"{x}:`{family}`"

    return _Part(
        name=kind,
        key="id",
        sent=[*names, DIGEST],
        batches=lambda: state.node_batches(kind) if kind in state.kinds else iter(()),
        held=f"MATCH ({x})",
        find=lambda places: f"MATCH ({x} {{id: {places['id']}}})",
        drop="DETACH DELETE x",
        create=lambda places: f"CREATE ({labels} {_map(places)})",
        created="nodes_created",
        constraint=unique_id(kind),
    )


def _edges(state: State, relation: str) -> _Part:
    x = f"x:`{relation}`"

    def create(places: Mapping[str, str]) -> str:
        own = {name: value for name, value in places.items() if name not in _ENDS}
        ends = [f"MATCH ({end}:{LABEL} {{id: {places[end]}}})" for end in _ENDS]
        return f"{' '.join(ends)} CREATE (source)-[{x} {_map(own)}]->(target)"

    return _Part(
        name=relation,
        key="key",
        sent=[*_ENDS, *(p.name for p in schema().edge_properties(relation)), DIGEST],
        batches=lambda: state.edge_batches(relation),
        held=f"MATCH (:{LABEL})-[{x}]->(:{LABEL}) WHERE x.key IS NOT NULL",
        find=lambda places: f"MATCH (:{LABEL})-[{x} {{key: {places['key']}}}]->(:{LABEL})",
        drop="DELETE x",
        create=create,
        created="relationships_created",
        constraint=unique_key(relation),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Difference:
    """How a part of the state differs from what the server holds of it.

    Attributes:
        held: How many the server holds.
        digests: Of each row of the state, in its order.
        missing: Whether the server does not have the row.
        changed: Whether the server has it with another content.
        outdated: Keys of the changed rows.
        vanished: Keys that only the server has.
    """

    held: int
    digests: Array
    missing: Array
    changed: Array
    outdated: Array
    vanished: Array

    @property
    def changes(self) -> Changes:
        """How many rows each of them are."""
        return Changes(self.missing.true_count, len(self.outdated), len(self.vanished))

    def rows(self, part: _Part, wanted: Array) -> Iterator[pa.RecordBatch]:
        """The wanted rows of the state, each with its digest."""
        if not wanted.true_count:
            return
        position = 0
        for batch in part.batches():
            here = slice(position, position + batch.num_rows)
            position = here.stop
            digested = batch.append_column(DIGEST, self.digests[here])
            yield digested.select(part.sent).filter(wanted[here])


class Push:
    """One push: what is no longer true goes first, edges before nodes; then what is missing is written."""

    def __init__(self, session: neo4j.Session, progress: Progress) -> None:
        self._session = session
        self._progress = progress
        self._size = ROWS
        self._failing: float | None = None

    def run(self, state: State) -> tuple[Changes, Changes]:
        """Gives the changes of nodes and of edges."""
        self._constrain(unique_id(LABEL))
        edges = self._differences([_edges(state, r) for r in schema().relations])
        for part, apart in edges:
            if apart.held:
                self._constrain(part.constraint)
            self._delete(part, apart.vanished)
            self._delete(part, apart.outdated)
        nodes = self._differences([_nodes(state, k) for k in schema().kinds])
        for part, apart in nodes:
            self._delete(part, apart.vanished)
        for part, apart in nodes:
            if len(apart.digests):
                self._constrain(part.constraint)
            self._write(part, _updating(part), apart.rows(part, apart.changed), len(apart.outdated))
            self._create(part, apart, apart.missing)
        for part, apart in edges:
            self._create(part, apart, pc.or_(apart.missing, apart.changed))
            if len(apart.digests):  # for edges that are all new it is cheaper afterwards
                self._constrain(part.constraint)
        return _total(nodes), _total(edges)

    def _constrain(self, statement: str) -> None:
        from neo4j.exceptions import ClientError

        try:
            self._rows(statement)
        except ClientError as error:
            # An index that the user made on the same property serves as well.
            if not str(error.code).endswith("IndexAlreadyExists"):
                raise

    def _rows(self, text: str) -> list[list[Any]]:
        from neo4j.exceptions import TransientError

        while True:
            try:
                rows = self._session.run(text).values()
            except TransientError as error:
                self._pause(error)
            else:
                self._failing = None
                return rows

    def _differences(self, parts: list[_Part]) -> list[tuple[_Part, _Difference]]:
        count = f"MATCH (x:{LABEL}) RETURN count(x)"
        empty = self._rows(count) == [[0]]
        return [(part, self._compared(part, empty=empty)) for part in parts]

    def _compared(self, part: _Part, *, empty: bool) -> _Difference:
        """Compares the sums first: where they are equal, and where the server has nothing, no key is read."""
        pairs = [(batch[part.key], _digests(batch)) for batch in part.batches()]
        keys = pa.concat_arrays([pa.array([], pa.string()), *(k for k, _ in pairs)])
        digests = pa.concat_arrays([pa.array([], pa.int64()), *(d for _, d in pairs)])
        sums = f"count(*), sum(x.{DIGEST} / {_HALF}), sum(x.{DIGEST} % {_HALF})"
        counts = [0, 0, 0]
        if not empty:
            (counts,) = self._rows(f"{part.held} RETURN {sums}")
        if counts == _sums(digests):
            held, contents = keys, digests
        else:
            text = f"{part.held} RETURN toString(x.{part.key}), x.{DIGEST}"
            rows = self._rows(text) if counts[0] else []
            held = pa.array([key for key, _ in rows], pa.string())
            contents = pa.array([digest for _, digest in rows], pa.int64())
        index = pc.index_in(keys, value_set=held)
        same = pc.fill_null(pc.equal(contents.take(index), digests), False)
        changed = pc.and_not(pc.is_valid(index), same)
        vanished = held.filter(pc.invert(pc.is_in(held, value_set=keys)))
        outdated = keys.filter(changed)
        return _Difference(counts[0], digests, pc.is_null(index), changed, outdated, vanished)

    def _delete(self, part: _Part, keys: Array) -> None:
        rows = pa.record_batch([keys], names=[part.key])
        self._write(part, lambda places: f"{part.find(places)} {part.drop}", [rows], len(keys))

    def _create(self, part: _Part, apart: _Difference, wanted: Array) -> None:
        rows, total = apart.rows(part, wanted), wanted.true_count
        self._write(part, part.create, rows, total, part.created)

    def _write(
        self,
        part: _Part,
        text: Callable[[Mapping[str, str]], str],
        batches: Iterable[pa.RecordBatch],
        total: int,
        counter: str = "",
    ) -> None:
        """Sends rows in transactions of a size that the server can take.

        Raises:
            StoreError: The server created fewer than were sent: an end of an edge is gone.
        """
        from neo4j.exceptions import TransientError

        done = 0
        for rows in batches:
            if not rows.num_rows:
                continue
            fitting = max(1, _BYTES * rows.num_rows // max(1, rows.nbytes))
            places = _places(rows)
            statement = f"UNWIND $rows AS row {text(places)}"
            position = 0
            while position < rows.num_rows:
                piece = rows.slice(position, min(self._size, fitting))
                parameters = _parameters(piece, places)
                try:
                    summary = self._session.run(statement, parameters).consume()
                except TransientError as error:
                    self._pause(error)
                    self._size = max(1, piece.num_rows // 2)
                    continue
                if counter and getattr(summary.counters, counter) != piece.num_rows:
                    raise StoreError(
                        f"{part.name}: the server changed while it was loaded", hint="push again"
                    )
                self._failing = None
                self._size = min(ROWS, self._size + self._size // 4 + 1)
                position += piece.num_rows
                done += piece.num_rows
                self._progress(part.name, done, total)

    def _pause(self, error: Exception) -> None:
        """Waits a little: the server lacks memory, or others hold what it needs. Not for ever."""
        now = time.monotonic()
        self._failing = self._failing or now
        if now - self._failing > _PATIENCE:
            raise error
        time.sleep(min(1.0, 0.1 + (now - self._failing) / 10))


def _total(parts: list[tuple[_Part, _Difference]]) -> Changes:
    return sum((apart.changes for _, apart in parts), Changes())


def _updating(part: _Part) -> Callable[[Mapping[str, str]], str]:
    return lambda places: f"{part.find(places)} SET x = {_map(places)}"


def _map(places: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"`{name}`: {value}" for name, value in places.items()) + "}"


def _places(rows: pa.RecordBatch) -> dict[str, str]:
    """Where a text finds each column in its parameters.

    `$c3` where all rows have one value, `$c3[row[5]]` where they have few, else `row[5]`: packing values is what costs
    the client most. Columns without any value are left out.
    """
    places: dict[str, str] = {}
    width = 0
    for number, name in enumerate(rows.schema.names):
        column = rows.column(number)
        if column.null_count == len(column):
            continue
        count = len(_distinct(column)[0])
        if count == 1 and not column.null_count:
            places[name] = f"$c{number}"
            continue
        places[name] = f"$c{number}[row[{width}]]" if 2 * count <= len(column) else f"row[{width}]"
        width += 1
    return places


def _parameters(rows: pa.RecordBatch, places: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of a text with these places."""
    parameters: dict[str, Any] = {}
    columns: list[list[Any]] = []
    for number, name in enumerate(rows.schema.names):
        value = places.get(name, "")
        if not value:
            continue
        values, indices = _distinct(rows.column(number))
        if value == f"$c{number}":
            parameters[value[1:]] = values[0]
        elif value.startswith("$"):
            parameters[f"c{number}"] = values
            columns.append(indices)
        else:
            columns.append([None if i is None else values[i] for i in indices])
    parameters["rows"] = list(zip(*columns, strict=True)) if columns else [()] * rows.num_rows
    return parameters


def _distinct(column: Array) -> tuple[list[Any], list[int | None]]:
    """The different values of a column, and for each row which of them it has."""
    listed = pa.types.is_list(column.type)
    encoded = (pc.binary_join(column, _NUL) if listed else column).dictionary_encode()
    values = encoded.dictionary.to_pylist()
    if listed:
        values = [v.split(_NUL) for v in values]
    elif pa.types.is_timestamp(column.type):
        values = [v.replace(tzinfo=datetime.UTC) for v in values]
    return values, encoded.indices.to_pylist()


def _digests(rows: pa.RecordBatch) -> Array:
    """A digest of 56 bits of the whole content of each row."""
    texts = row_text(rows.columns).to_pylist()
    hashes = (hashlib.blake2b(t.encode(), digest_size=7).digest() for t in texts)
    return pa.array([int.from_bytes(h) for h in hashes], pa.int64())


def _sums(digests: Array) -> list[int]:
    """How many there are, and the sums of their halves: equal only for equal rows, in whatever order."""
    high, low = pc.shift_right(digests, _SHIFT), pc.bit_wise_and(digests, _HALF - 1)
    return [len(digests), pc.sum(high).as_py() or 0, pc.sum(low).as_py() or 0]
