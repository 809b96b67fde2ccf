"""SPARQL 1.1 on any server over HTTP: asked by the SPARQL Protocol, loaded by the Graph Store Protocol."""

from __future__ import annotations

import contextlib
import json
import re
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx
import pyoxigraph as ox

from .. import __version__
from ..errors import (
    AccessDenied,
    QueryError,
    QueryTimeout,
    StoreError,
    Unreachable,
    UsageError,
)
from ..graph.result import Cell, Column, Result
from ..graph.schema import NS
from ..settings import settings
from ..state.state import State
from . import Language, Parameter
from .guard import check_sparql
from .terms import bound, value_of
from .triples import ntriples

__all__ = ["SparqlStore"]

_JSON: Final = "application/sparql-results+json"
_NTRIPLES: Final = "application/n-triples"
_CONNECT: Final = 15.0
_SLOW: Final = 3600.0
_COUNTS: Final = f"""SELECT ?nodes ?edges WHERE {{
  {{ SELECT (COUNT(*) AS ?nodes) WHERE {{ ?node <{NS}id> ?id }} }}
  {{ SELECT (COUNT(*) AS ?edges) WHERE {{ ?edge a <{NS}Statement> }} }}
}}"""
_BESIDE_FORM: Final = re.compile(r"<[^<>\s]*>|#[^\n]*")
_FORM: Final = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_PLACE: Final = re.compile(r"\bline:? (\d+)[^\n]*?\bcolumn:? (\d+)", re.IGNORECASE)


class SparqlStore:
    """A SPARQL server.

    Args:
        url: Where it takes queries; may hold `USER:PASSWORD@`.
        user: Goes before the one in the address and the environment's `STACKHOLDER_SPARQL_USER`.
        password: The same, with `STACKHOLDER_SPARQL_PASSWORD`.
        graph: IRI of the named graph that is asked and loaded; None = the default graph.
        graph_store_url: Where whole graphs are put; None = as Fuseki has it: `…/data` beside `…/query` or `…/sparql`.

    Raises:
        UsageError: It is not an address.
    """

    language: Language = "sparql"

    def __init__(
        self,
        url: str,
        *,
        user: str | None = None,
        password: str | None = None,
        graph: str | None = None,
        graph_store_url: str | None = None,
    ) -> None:
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise UsageError(f"not an address: {error}", where=url) from error
        ours = settings()
        user = user or address.username or ours.sparql_user.value
        password = password or address.password or ours.sparql_password.value
        self.address = str(address.copy_with(username=None, password=None))
        self._graph = graph
        self._graph_store_url = graph_store_url
        self._client = httpx.Client(
            auth=(user, password) if user else None,
            headers={"User-Agent": f"stackholder/{__version__}"},
            follow_redirects=True,
        )

    def load(self, state: State) -> None:
        """Puts this state in the place of all that the graph held; may be called again after any interruption.

        It is sent as TriG, within braces: a server that is sent only a part then knows it, and keeps what it has.
        Fuseki takes the lines of N-Triples that came before the break for the whole. A server that refuses TriG is
        given N-Triples.

        Raises:
            UsageError: It is not known where the server takes graphs.
            Unreachable: The server does not answer.
            AccessDenied: It refuses the credentials, or refuses to be written.
            StoreError: It did not take all of it.
        """
        answer = self._put("application/trig", _within_braces(state))
        if answer.status_code in {400, 406, 415}:
            answer = self._put(_NTRIPLES, ntriples(state))
        if not answer.is_success:
            raise self._refused(answer.status_code, answer.text, str(answer.request.url))
        counts = {"nodes": state.node_count, "edges": state.edge_count}
        (held,) = self.query(_COUNTS, {}, timeout=_SLOW).records()
        for what, count in counts.items():
            if held[what] < count:  # type: ignore[operator]
                raise StoreError(
                    f"the server was given {count:,} {what}, and holds {held[what]:,}",
                    where=self.address,
                    hint="push again",
                )

    def _put(self, kind: str, lines: Iterator[bytes]) -> httpx.Response:
        address = self._graph_store_url or self._beside_query()
        graph = f"graph={urllib.parse.quote(self._graph, safe='')}" if self._graph else "default"
        target = f"{address}{'&' if '?' in address else '?'}{graph}"
        headers = {"Content-Type": kind}
        limits = httpx.Timeout(_SLOW, connect=_CONNECT)
        with self._translating(_SLOW):
            # No redirect can be followed: the lines are given once.
            return self._client.put(
                target, content=lines, headers=headers, timeout=limits, follow_redirects=False
            )

    def query(
        self,
        text: str,
        parameters: Mapping[str, Parameter],
        *,
        timeout: float = 60.0,
        limit: int | None = None,
    ) -> Result:
        """Answers a SPARQL text; see `Store.query`. An answer is read whole before any row of it is given."""
        check_sparql(text)
        form = _FORM.search(_BESIDE_FORM.sub(" ", text))
        is_graph = form is not None and form[1].upper() in {"CONSTRUCT", "DESCRIBE"}
        wanted = _NTRIPLES if is_graph else _JSON
        fields = {"query": bound(text, parameters)}
        if self._graph:
            fields["default-graph-uri"] = self._graph
        kind, body = self._answer(fields, wanted, timeout)
        if kind != wanted:
            raise StoreError(
                f"the server answered with {kind or 'something'}, not {wanted}",
                where=self.address,
                hint="is it the address of a SPARQL endpoint?",
            )
        columns, rows = (_triples if is_graph else _solutions)(body, self.address)
        return Result([Column(name) for name in columns], rows, limit)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _answer(self, fields: dict[str, str], wanted: str, timeout: float) -> tuple[str, bytes]:
        """The media type and the body of the answer to a query, whole."""
        deadline = time.monotonic() + timeout
        limits = httpx.Timeout(timeout, connect=min(timeout, _CONNECT))
        headers = {"Accept": wanted}
        with (
            self._translating(timeout),
            self._client.stream(
                "POST", self.address, data=fields, headers=headers, timeout=limits
            ) as answer,
        ):
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if time.monotonic() > deadline:
                    raise _timed_out(timeout)
        if not answer.is_success:
            raise self._refused(
                answer.status_code, body.decode(errors="replace"), self.address, timeout
            )
        return answer.headers.get("Content-Type", "").partition(";")[0].strip(), bytes(body)

    def _beside_query(self) -> str:
        head, _, last = self.address.partition("?")[0].rpartition("/")
        if last not in {"query", "sparql"} or not urllib.parse.urlsplit(head).path:
            raise UsageError(
                "it is not known where this server takes whole graphs",
                where=self.address,
                hint="name the address of its SPARQL 1.1 Graph Store: graph_store_url=…",
            )
        return f"{head}/data"

    @contextlib.contextmanager
    def _translating(self, timeout: float) -> Iterator[None]:
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(
                f"no server answers: {error}",
                where=self.address,
                hint="start it, or check the address",
            ) from error
        except httpx.TimeoutException as error:
            raise _timed_out(timeout) from error
        except httpx.HTTPError as error:
            raise StoreError(f"the exchange broke off: {error}", where=self.address) from error

    def _refused(self, status: int, body: str, where: str, timeout: float = 0.0) -> StoreError:
        first = next((line.strip() for line in body.splitlines() if line.strip()), "")
        answer = f"{status} {first}".strip()
        if status in {401, 403}:
            return AccessDenied(
                f"the server refuses: {answer}",
                where=where,
                hint="set STACKHOLDER_SPARQL_USER and STACKHOLDER_SPARQL_PASSWORD",
            )
        if status in {408, 504} or (status == 503 and "time" in body.lower()):
            return _timed_out(timeout)
        if status == 400 and where == self.address:
            position = _PLACE.search(body)
            return QueryError(
                first or "the server cannot read it",
                where=f"query, line {position[1]}, column {position[2]}" if position else "query",
                hint="see `stackholder schema --format turtle` for classes and predicates",
            )
        return StoreError(f"the server answered: {answer}", where=where)


def _within_braces(state: State) -> Iterator[bytes]:
    yield b"{\n"
    yield from ntriples(state)
    yield b"}\n"


def _timed_out(timeout: float) -> QueryTimeout:
    return QueryTimeout(
        f"the query was stopped after {timeout:g} s",
        hint="narrow it, or give it longer: --timeout SECONDS",
    )


def _solutions(body: bytes, where: str) -> tuple[list[str], Iterator[list[Cell]]]:
    """Columns and rows of a body in SPARQL JSON results."""
    try:
        document = json.loads(body)
        if "boolean" in document:
            return ["answer"], iter([[bool(document["boolean"])]])
        names: list[str] = document["head"]["vars"]
        bindings = document["results"]["bindings"]
        return names, iter([[_cell(row.get(name)) for name in names] for row in bindings])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"the answer is not whole, or not SPARQL JSON results: {error}", where=where
        ) from error


def _cell(term: dict[str, Any] | None) -> Cell:
    if term is None:
        return None
    if term["type"] == "bnode":
        return f"_:{term['value']}"
    kind = "iri" if term["type"] == "uri" else "literal"
    return value_of(kind, term["value"], term.get("datatype", ""))


def _triples(body: bytes, where: str) -> tuple[list[str], Iterator[list[Cell]]]:
    """Columns and rows of a body in N-Triples."""
    try:
        triples = list(ox.parse(body, format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise StoreError(
            f"the answer is not whole, or not N-Triples: {error}", where=where
        ) from error
    rows = ([_term(t.subject), _term(t.predicate), _term(t.object)] for t in triples)
    return ["subject", "predicate", "object"], rows


def _term(term: object) -> Cell:
    if isinstance(term, ox.Literal):
        return value_of("literal", term.value, term.datatype.value)
    return term.value if isinstance(term, ox.NamedNode) else str(term)
