"""SPARQL in memory: rdflib, the reference that other stores are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import QueryError
from ..graph.result import Cell, Column, Result
from ..state.state import State
from . import Language, Parameter
from .guard import check_sparql
from .terms import bound, value_of
from .triples import ntriples

if TYPE_CHECKING:
    import rdflib

__all__ = ["RdflibStore", "to_rdflib"]


def to_rdflib(state: State) -> rdflib.Graph:
    """The state as an rdflib graph."""
    import rdflib

    graph = rdflib.Graph()
    graph.parse(data=b"".join(ntriples(state)), format="nt")
    return graph


class RdflibStore:
    """An rdflib graph of one state. It has no time limit."""

    language: Language = "sparql"

    def __init__(self, state: State) -> None:
        self.load(state)

    def load(self, state: State) -> None:
        """Holds this state from now on."""
        self._graph = to_rdflib(state)

    def query(
        self,
        text: str,
        parameters: Mapping[str, Parameter],
        *,
        timeout: float = 60.0,
        limit: int | None = None,
    ) -> Result:
        """Answers a SPARQL text; see `Store.query`. The time limit is not kept."""
        from pyparsing import ParseException
        from rdflib.plugins.sparql import prepareQuery

        check_sparql(text)
        try:
            prepared = prepareQuery(bound(text, parameters))
        except ParseException as error:
            raise QueryError(
                error.msg, where=f"query, line {error.lineno}, column {error.column}"
            ) from error
        except Exception as error:  # rdflib raises no narrower one for an unknown prefix
            raise QueryError(str(error), where="query") from error
        result = self._graph.query(prepared)
        if result.type == "ASK":
            return Result([Column("answer")], [[result.askAnswer]], limit)
        names = [str(v) for v in result.vars or ("subject", "predicate", "object")]
        rows = (tuple(_cell(v) for v in row) for row in result)
        return Result([Column(n) for n in names], rows, limit)

    def close(self) -> None:
        """Lets the graph go."""
        self._graph = None


def _cell(value: object) -> Cell:
    import rdflib

    if value is None:
        return None
    if isinstance(value, rdflib.Literal):
        return value_of("literal", str(value), str(value.datatype or ""))
    return value_of("iri", str(value), "")
