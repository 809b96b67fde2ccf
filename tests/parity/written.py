"""Graphs and answers written as text: `tests/data/parity/graph.txt`, and one table per question beside it."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stackholder.graph.schema import schema
from stackholder.queries.catalogue import Question, question
from stackholder.state.state import State
from states import make_state

DATA = Path(__file__).parent.parent / "data/parity"
COMPUTED = "computed"
"""What a table says in the place of a computed edge, which has no label."""

Row = tuple[Any, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """A question, what was asked, and the rows by hand, without the columns that only repeat a name."""

    question: Question
    given: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return " ".join([self.question.name, *(f"{k}={v}" for k, v in self.given.items())])


class Labels:
    """Ids as `graph.txt` has them, and labels of edges, both ways."""

    def __init__(self, state: State) -> None:
        self.ids: dict[str, str] = {}
        self.names: dict[str, str] = {}
        for kind in state.kinds:
            for row in state.nodes(kind, ["id", "name"]).to_pylist():
                self.ids[row["id"].partition("/")[2]] = row["id"]
                self.names[row["id"]] = row["name"]
        self.edges = {
            row["key"]: row["stated"]
            for relation in state.relations
            for row in state.edges(relation, ["key", "stated"]).to_pylist()
        }

    def edge(self, keys: str | None) -> str | None:
        """The labels of some keys, in their order."""
        return None if keys is None else " ".join(self.edges[k] or COMPUTED for k in keys.split())


def read_graph(folder: Path, file: Path = DATA / "graph.txt") -> State:
    """The state of a graph written as text; the label of an edge becomes its `stated`."""
    nodes: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    edges: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    kind_of: dict[str, str] = {}
    pending = []
    for words in _lines(file):
        if words[0] in schema().kinds:
            kind, id_, name, *rest = words
            kind_of[id_] = kind
            nodes[kind].append({"id": id_, "name": name, **_properties(rest)})
        else:
            pending.append(words)
    for label, source, relation, target, *rest in pending:
        said = {"stated": label, "identity": label, **_properties(rest)}
        if schema().relations[relation].computed:
            said["method"] = "computed"
        ends = {"source": (kind_of[source], source), "target": (kind_of[target], target)}
        edges[relation].append({**ends, **said})
    return make_state(folder, nodes, edges)


def read_answers(file: Path) -> Iterator[Written]:
    """The tables of a question: `? parameter=value …`, then the columns, then the rows, cells divided by `|`."""
    asked = question(file.stem)
    for block in re.split(r"^\? ?", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        first, *lines = block.splitlines()
        table = [
            tuple(cell.strip() for cell in line.split("|"))
            for line in lines
            if line and line[0] != "#"
        ]
        given = dict(word.split("=") for word in first.split())
        yield Written(asked, given, table[0], tuple(table[1:]))


def every_answer() -> list[Written]:
    """All tables of all questions."""
    files = sorted(DATA.glob("*.txt"))
    return [w for file in files if file.stem != "graph" for w in read_answers(file)]


def expected(written: Written, labels: Labels) -> list[Row]:
    """The rows of a table in the types of its columns, edges by label."""
    types = {c.name: c.type for c in written.question.columns}
    return [
        tuple(_typed(c, types[n], labels) for n, c in zip(written.columns, row, strict=True))
        for row in written.rows
    ]


def shown(asked: Question, rows: Sequence[Row], labels: Labels) -> list[Row]:
    """Rows of a store as a table has them: without the names of entities, which must be theirs; edges by label."""
    found = []
    for row in rows:
        said = dict(zip([c.name for c in asked.columns], row, strict=True))
        for column in asked.columns:
            if column.type == "entity":
                id_ = said[column.name]
                assert said.pop(f"{column.name}_name") == (id_ and labels.names[id_])
            elif column.type == "edge":
                said[column.name] = labels.edge(said[column.name])
        found.append(tuple(said.values()))
    return found


def _lines(file: Path) -> Iterator[list[str]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield shlex.split(line)


def _properties(words: Sequence[str]) -> dict[str, str]:
    return dict(word.split("=", 1) for word in words)


def _typed(text: str, kind: str, labels: Labels) -> Any:
    if text == "-":
        return None
    match kind:
        case "entity":
            return labels.ids[text]
        case "integer":
            return int(text)
        case "double":
            up, _, down = text.partition("/")
            return float(up) / float(down or 1)
        case "boolean":
            return {"true": True, "false": False}[text]
        case "date":
            return datetime.date.fromisoformat(text)
    return text
