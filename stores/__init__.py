"""Stores: projections of a state that answer Cypher or SPARQL. Any of them can be thrown away and made again.

embedded   Cypher, in a file beside the state; the default
rdf        SPARQL 1.1, in a folder beside the state
rdflib     SPARQL 1.1, in memory; the reference
bolt       Cypher, on a Neo4j or other Bolt server
sparql     SPARQL 1.1, on any server over HTTP
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, Protocol

from ..errors import UsageError
from ..graph.result import Result

if TYPE_CHECKING:
    from ..state.state import State

__all__ = ["Language", "Parameter", "Store", "open_store", "server"]

Language = Literal["cypher", "sparql"]
Parameter = str | bool | int | float


class Store(Protocol):
    """What a store can do; `load` replaces all that it held."""

    language: Language

    def load(self, state: State) -> None:
        """Holds this state from now on."""
        ...

    def query(
        self, text: str, parameters: Mapping[str, Parameter], *, timeout: float, limit: int | None
    ) -> Result:
        """Answers a read query.

        Args:
            text: In the store's language.
            parameters: By name, without sigil.
            timeout: Seconds after which it is stopped.
            limit: Most rows.

        Raises:
            QueryError: The text is wrong.
            QueryRefused: It would write or reach outside.
            QueryTimeout: It took too long.
        """
        ...

    def close(self) -> None:
        """Gives everything back."""
        ...


def open_store(name: str, state: State) -> Store:
    """A store that holds `state`, or an address where one is served.

    Args:
        name: `embedded`, `rdf`, `rdflib`, `bolt://…`, `neo4j://…` or `http(s)://…` of a SPARQL endpoint. Servers are
            asked as they are: `push` is what loads them.
        state: The state.

    Raises:
        UsageError: It is none of these.
    """
    if name == "embedded":
        from .embedded import EmbeddedStore

        return EmbeddedStore(state)
    if name == "rdf":
        from .rdf import RdfStore

        return RdfStore(state)
    if name == "rdflib":
        from .rdflib_store import RdflibStore

        return RdflibStore(state)
    return server(name)


def server(address: str) -> Store:
    """A store behind an address: `bolt://…` or `neo4j://…`, or `http(s)://…` of a SPARQL endpoint.

    Raises:
        UsageError: It is none of these.
    """
    if address.startswith(("bolt", "neo4j")):
        from .bolt import BoltStore

        return BoltStore(address)
    if address.startswith(("http://", "https://")):
        from .sparql import SparqlStore

        return SparqlStore(address)
    hint = "one of: embedded, rdf, rdflib, bolt://HOST:PORT, http://HOST/sparql"
    raise UsageError(f"there is no store {address!r}", hint=hint)
