#: neo4j-csv / neo4j-admin database import
"""The files that `neo4j-admin database import` reads, and the command that has it read them.

    nodes/KIND.header.csv, nodes/KIND.csv
    edges/RELATION.FROM.TO.header.csv, edges/RELATION.FROM.TO.csv
    import.sh                              arguments of it are handed on

A null is an empty field, an empty text is `""`. The items of a set are parted by a control character that occurs in
none of them. A node has the label of its kind, and before it that of the family (`Organization:Company`).
"""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ..errors import StackholderError
from ..graph.schema import Property, schema
from ..graph.text import encoded, plain, utf8
from ..state.state import State
from . import Written, origin

if TYPE_CHECKING:
    from ..graph.text import Array

__all__ = ["write"]

_ADMIN: Final = "neo4j-admin database import full neo4j"
_DELIMITERS: Final = "\x1f\x1e\x1d\x1c\x06\x05\x04\x03\x02\x01"
_NUMBERS: Final = {"integer": "long", "double": "double"}
_ROWS: Final = 1 << 14
_SCRIPT: Final = """\
#!/bin/sh
# {origin}
# Makes a new database `neo4j`; for instance: sh import.sh --overwrite-destination=true
cd "$(dirname "$0")" || exit 1
exec {command} "$@" \\
  {arguments}
"""


def write(state: State, folder: Path) -> Written:
    """Writes header and data files per kind, and per relation and pair of kinds, and the command.

    Raises:
        StackholderError: The items of sets hold every delimiter there is.
    """
    delimiter = _delimiter(state)
    nodes = edges = 0
    arguments = [f"--array-delimiter=U+{ord(delimiter):04X}"]
    several_lines = False
    for kind in state.kinds:
        with _Table(folder, "nodes", kind, schema().node_properties(kind), delimiter) as table:
            for batch in state.node_batches(kind, rows=_ROWS):
                table.write(batch)
        nodes += table.rows
        several_lines |= table.several_lines
        arguments.append(f"--nodes={_labels(kind)}={table.files}")
    for relation in state.relations:
        for table in _relation(state, relation, folder, delimiter):
            edges += table.rows
            several_lines |= table.several_lines
            arguments.append(f"--relationships={relation}={table.files}")
    if several_lines:
        arguments.insert(1, "--multiline-fields=true")
    quoted = [shlex.quote(a) for a in arguments]
    script = _SCRIPT.format(origin=origin(state), command=_ADMIN, arguments=" \\\n  ".join(quoted))
    (folder / "import.sh").write_text(script)
    return Written(nodes, edges, notes=(f"in that folder: {_ADMIN} {' '.join(quoted)}",))


def _relation(state: State, relation: str, folder: Path, delimiter: str) -> Sequence[_Table]:
    """Writes the edges of a relation, parted by the kinds of their ends."""
    properties = schema().edge_properties(relation)
    tables: dict[tuple[str, str], _Table] = {}
    with contextlib.ExitStack() as opened:
        for batch in state.edge_batches(relation, rows=_ROWS):
            for pair, part in _by_pair(batch):
                if pair not in tables:
                    name = f"{relation}.{pair[0]}.{pair[1]}"
                    table = _Table(folder, "edges", name, properties, delimiter, (relation, *pair))
                    tables[pair] = opened.enter_context(table)
                tables[pair].write(part)
    return list(tables.values())


def _by_pair(batch: pa.RecordBatch) -> Iterable[tuple[tuple[str, str], pa.RecordBatch]]:
    kinds = ["source_kind", "target_kind"]
    pairs = pa.Table.from_batches([batch.select(kinds)]).group_by(kinds).aggregate([]).to_pylist()
    for source, target in sorted((p["source_kind"], p["target_kind"]) for p in pairs):
        here = batch
        if len(pairs) > 1:
            begins, leads = (
                pc.equal(batch["source_kind"], source),
                pc.equal(batch["target_kind"], target),
            )
            here = batch.filter(pc.and_(begins, leads))
        yield (source, target), here


class _Table(contextlib.AbstractContextManager["_Table"]):
    """A data file with its header file.

    Args:
        folder: The exported folder.
        part: `nodes` or `edges`.
        name: Of the files.
        properties: Its columns, besides the ends and the type of an edge.
        delimiter: Between the items of a set.
        edge: Relation and kinds of the ends; empty for nodes, whose `name` is their kind.
    """

    def __init__(
        self,
        folder: Path,
        part: str,
        name: str,
        properties: Sequence[Property],
        delimiter: str,
        edge: tuple[str, ...] = (),
    ) -> None:
        self.rows = 0
        self.several_lines = False
        self.files = f"{part}/{name}.header.csv,{part}/{name}.csv"
        self._properties = properties
        self._delimiter = delimiter
        self._relation = edge[0] if edge else ""
        ends = [f":START_ID({edge[1]})", f":END_ID({edge[2]})", ":TYPE"] if edge else []
        typed = [_typed(p, "" if edge else name) for p in properties]
        (folder / part).mkdir(exist_ok=True)
        (folder / part / f"{name}.header.csv").write_text(",".join([*ends, *typed]) + "\n")
        layout = pa.schema(
            [pa.field(c, pa.string()) for c in ends] + [_field(p) for p in properties]
        )
        self._layout = layout
        options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
        file = str(folder / part / f"{name}.csv")
        self._writer = pyarrow.csv.CSVWriter(file, layout, write_options=options)

    def write(self, batch: pa.RecordBatch) -> None:
        """Writes rows, each value in the importer's words."""
        columns: list[Array] = []
        if self._relation:
            relation = pa.repeat(self._relation, batch.num_rows)
            columns += [batch["source"], batch["target"], relation]
        columns += [self._told(batch[p.name], p) for p in self._properties]
        self._writer.write_batch(pa.record_batch(columns, schema=self._layout))
        self.rows += batch.num_rows
        self.several_lines = self.several_lines or any(
            mark in utf8(c)
            for c in columns
            if pa.types.is_string(c.type)
            for mark in (b"\n", b"\r")
        )

    def _told(self, column: pa.Array[Any], field: Property) -> Array:
        if field.list:
            return pc.binary_join(column, self._delimiter)
        if field.type == "datetime":
            return encoded(column, plain)
        return column

    def __exit__(self, *_: object) -> None:
        self._writer.close()


def _field(declared: Property) -> pa.Field[Any]:
    as_text = declared.list or declared.type == "datetime"
    return pa.field(declared.name, pa.string() if as_text else declared.arrow)


def _typed(field: Property, kind: str) -> str:
    """The header of a column; the id of a node is unique among those of its kind."""
    if kind and field.name == "id":
        return f"id:ID({kind})"
    return f"{field.name}:{_NUMBERS.get(field.type, field.type)}{'[]' if field.list else ''}"


def _labels(kind: str) -> str:
    family = schema().kinds[kind].family
    return kind if family == kind else f"{family}:{kind}"


def _delimiter(state: State) -> str:
    """A character that occurs in no item of any set."""
    left = set(_DELIMITERS)
    for kind in state.kinds:
        names = [p.name for p in schema().node_properties(kind) if p.list]
        for batch in state.node_batches(kind, columns=names):
            left -= _used(batch)
    for relation in state.relations:
        names = [p.name for p in schema().edge_properties(relation) if p.list]
        for batch in state.edge_batches(relation, columns=names):
            left -= _used(batch)
    if not left:
        what = "the items of sets hold every character that could part them"
        raise StackholderError(what, hint="export another format: parquet, node-link")
    return next(d for d in _DELIMITERS if d in left)


def _used(batch: pa.RecordBatch) -> set[str]:
    texts = [utf8(pc.list_flatten(c)) for c in batch.columns]
    return {d for d in _DELIMITERS if any(d.encode() in t for t in texts)}
