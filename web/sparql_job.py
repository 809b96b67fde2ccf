"""SPARQL in a worker: a query evaluated, and its answer written in the form that the client takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import QueryError
from ..stores.guard import without_graph
from .guard import check
from .sparql_protocol import GRAPH_NAME
from .worker import NotAcceptable, Out
from .worker_graph import ServedGraph, opened

__all__ = ["answer", "ready"]


def graph_of(asked: Mapping[str, Any]) -> ServedGraph:
    """The graph that a request is about."""
    place = asked["place"]
    return opened(**place)


def ready(asked: Mapping[str, Any]) -> None:
    """Opens the store."""
    _ = graph_of(asked).oxigraph


def answer(asked: Mapping[str, Any], body: bytes, out: Out) -> None:
    """Answers `query` in `results` (of SELECT and ASK) or in `graphs` (of CONSTRUCT and DESCRIBE).

    Args:
        asked: Both forms are [name in pyoxigraph, media type], or None where the client takes none of them.
        body: The text of the query.
        out: Where the answer goes.
    """
    import pyoxigraph as ox

    text = without_graph(body.decode(), GRAPH_NAME)
    check(text, "sparql")
    found = graph_of(asked).oxigraph.evaluated(text)
    triples = isinstance(found, ox.QueryTriples)
    form = asked["graphs" if triples else "results"]
    if form is None:
        what = "a graph" if triples else "a table or a yes or no"
        raise NotAcceptable(
            f"the answer is {what}, which has none of the accepted forms", where="Accept"
        )
    name, media_type = form
    out.head(media_type)
    formats: Any = ox.RdfFormat if triples else ox.QueryResultsFormat
    try:
        found.serialize(output=out, format=getattr(formats, name))
    except (ValueError, RuntimeError, OSError) as error:
        raise QueryError(" ".join(str(error).split())[:300], where="query") from error
