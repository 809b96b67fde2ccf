"""The description of the SPARQL service and of what it holds: Service Description and VoID, counted from the store."""

from __future__ import annotations

from typing import Any, Final

from .. import __version__
from ..graph.schema import RDF, XSD
from ..stores.triples import BASE
from .sparql_protocol import GRAPH_NAME
from .worker import Out
from .worker_graph import ServedGraph

__all__ = ["describe"]

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_VOID: Final = "http://rdfs.org/ns/void#"
_DATA: Final = (
    "http://www.w3.org/ns/sparql-service-description#Dataset",
    "http://rdfs.org/ns/void#Dataset",
)
_DCT: Final = "http://purl.org/dc/terms/"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_OFFERED: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "N-Quads", "TriG", "RDF_XML", "JSON-LD"),
)
_MOST: Final = 200


def describe(graph: ServedGraph, out: Out, *, body: bytes, form: list[str], address: str) -> None:
    """Writes the description.

    Args:
        graph: The graph.
        out: Where the answer goes.
        body: Nothing.
        form: Name of the format in pyoxigraph, media type.
        address: Of the endpoint.
    """
    import pyoxigraph as ox

    name, media_type = form
    stream: Any = out
    prefixes = {"sd": _SD, "void": _VOID, "dct": _DCT, "formats": _FORMATS}
    out.head(media_type)
    ox.serialize(
        _triples(graph, address), stream, format=getattr(ox.RdfFormat, name), prefixes=prefixes
    )


def _triples(graph: ServedGraph, address: str) -> list[Any]:
    import pyoxigraph as ox

    def iri(text: str) -> Any:
        return ox.NamedNode(text)

    def number(value: Any) -> Any:
        return ox.Literal(str(value), datatype=iri(XSD + "integer"))

    service, data = iri(address), iri(f"{address}#dataset")
    kept = iri(GRAPH_NAME)
    found = [
        (service, RDF + "type", iri(_SD + "Service")),
        (service, _SD + "endpoint", service),
        (service, _SD + "supportedLanguage", iri(_SD + "SPARQL11Query")),
        (service, _SD + "feature", iri(_SD + "EmptyGraphs")),
        *((service, _SD + "resultFormat", iri(_FORMATS + f)) for f in _OFFERED),
        (service, _SD + "defaultDataset", data),
        *((data, RDF + "type", iri(kind)) for kind in _DATA),
        (data, _SD + "defaultGraph", kept),
        (kept, RDF + "type", iri(_SD + "Graph")),
        (data, _DCT + "title", ox.Literal(f"Stackholder {__version__}, as of {graph.as_of}")),
        (data, _DCT + "identifier", ox.Literal(graph.snapshot.hash)),
        (data, _DCT + "modified", ox.Literal(str(graph.as_of), datatype=iri(XSD + "date"))),
        (data, _VOID + "sparqlEndpoint", service),
        (data, _VOID + "uriSpace", ox.Literal(BASE)),
        *((data, _VOID + n, number(v)) for n, v in _totals(graph).items()),
    ]
    for kind, link, counted in (
        ("class", "classPartition", "entities"),
        ("property", "propertyPartition", "triples"),
    ):
        for place, (term, count) in enumerate(_parts(graph, kind)):
            part = iri(f"{address}#{kind}-{place}")
            found += [
                (data, _VOID + link, part),
                (part, _VOID + kind, iri(term)),
                (part, _VOID + counted, number(count)),
            ]
    return [ox.Triple(s, iri(p), o) for s, p, o in found]


def _totals(graph: ServedGraph) -> dict[str, Any]:
    store = graph.oxigraph
    text = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?class }"
    return {"triples": len(store.store), "entities": store.query(text, {}).rows[0][0]}


def _parts(graph: ServedGraph, kind: str) -> list[tuple[str, int]]:
    pattern = {"class": "?s a ?term", "property": "?s ?term ?o"}[kind]
    text = f"SELECT ?term (COUNT(*) AS ?n) WHERE {{ {pattern} }} GROUP BY ?term ORDER BY DESC(?n) ?term"
    return [(str(t), int(str(n))) for t, n in graph.oxigraph.query(text, {}, limit=_MOST).rows]
