"""The graph as a worker holds it: pinned to one snapshot and date, its stores in this process."""

from __future__ import annotations

import dataclasses
import functools
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..answers.graph import Graph
from ..errors import QueryError, UsageError
from ..graph.home import Home
from ..graph.result import Cell, Column, Result
from ..state.state import State
from ..state.strengths import parameters
from ..stores import Language, Parameter, Store
from ..stores.guard import check_sparql
from ..stores.terms import bound, value_of

__all__ = ["Oxigraph", "PinnedHome", "ServedGraph", "opened"]

_KEPT = 2


@dataclasses.dataclass(frozen=True, slots=True)
class PinnedHome(Home):
    """A home whose current snapshot stays the same, and whose states lie elsewhere.

    Attributes:
        snapshot: Folder of the snapshot.
        scratch: Below it lie the states that are made on request, so that nothing is written in the home.
    """

    snapshot: Path
    scratch: Path

    @property
    def states(self) -> Path:
        """Projections of snapshots at a date, with their stores."""
        return self.scratch / "states"

    def current_snapshot(self) -> Path:
        """The snapshot it is pinned to."""
        return self.snapshot


class Oxigraph:
    """The RDF store of a state, opened read-only in this process; time and memory are the process's to bound."""

    language: Language = "sparql"

    def __init__(self, state: State) -> None:
        self.store: Any = None
        self.load(state)

    def load(self, state: State) -> None:
        """Opens the folder beside the state."""
        import pyoxigraph as ox

        self.store = ox.Store.read_only(str(state.folder / "rdf"))

    def query(
        self,
        text: str,
        parameters: Mapping[str, Parameter],
        *,
        timeout: float = 60.0,
        limit: int | None = None,
    ) -> Result:
        """Answers a SELECT or ASK; see `Store.query`."""
        check_sparql(text)
        found = self.evaluated(bound(text, parameters))
        if hasattr(found, "variables"):
            columns = [Column(v.value) for v in found.variables]
            return Result(columns, _rows(found), limit)
        return Result([Column("answer", "boolean")], [(bool(found),)], limit)

    def evaluated(self, text: str) -> Any:
        """What pyoxigraph gives for a text.

        Raises:
            QueryError: The text is wrong.
        """
        try:
            return self.store.query(text)
        except (SyntaxError, ValueError, RuntimeError) as error:
            said = textwrap.shorten(" ".join(str(error).split()), 300, placeholder=" …")
            raise QueryError(said, where="query") from error

    def close(self) -> None:
        """Lets the folder go."""
        self.store = None


def _rows(found: Any) -> Iterator[tuple[Cell, ...]]:
    for solution in found:
        yield tuple(_value(term) for term in solution)


def _value(term: Any) -> Cell:
    if term is None:
        return None
    if hasattr(term, "datatype"):
        return value_of("literal", term.value, term.datatype.value)
    return str(getattr(term, "value", term))


class ServedGraph(Graph):
    """A graph whose SPARQL store lies in this process, and which asks no servers."""

    def store(self, name: str = "embedded") -> Store:
        """The store of that name, opened once: `embedded` or `rdf`."""
        if name == "embedded":
            return super().store(name)
        if name != "rdf":
            raise UsageError(f"there is no store {name!r} here", hint="one of: embedded, rdf")
        return self.oxigraph

    @functools.cached_property
    def oxigraph(self) -> Oxigraph:
        """The RDF store of the state."""
        return Oxigraph(self.state)


_graphs: dict[tuple[str, str], ServedGraph] = {}


def opened(home: str, snapshot: str, scratch: str, as_of: str, strengths: str) -> ServedGraph:
    """The graph of a snapshot at a date; the last few stay open."""
    key = (snapshot, as_of)
    graph = _graphs.pop(key, None)
    if graph is None:
        while len(_graphs) >= _KEPT:
            _graphs.pop(next(iter(_graphs))).close()
        pinned = PinnedHome(Path(home), Path(snapshot), Path(scratch))
        graph = ServedGraph(pinned, as_of, parameters(strengths))
    _graphs[key] = graph
    return graph
