"""The application: routes, and what each request passes through."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import json
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import cypher_http, sparql_protocol
from .endpoints import ENDPOINTS, MOST_FILE, Endpoint
from .guard import MOST_BYTES, shape
from .openapi import document
from .outside import Outside, base_of
from .page import Page
from .pool import Pool
from .problem import Problem
from .protection import HEADERS, Protection
from .responses import answered, body_of, connected
from .telemetry import Metrics, note, say
from .watcher import Generation, Served

__all__ = ["Access", "application"]

_KEPT_BYTES: Final = 1 << 26
_SMALL: Final = 1 << 22
_FORM_BYTES: Final = 4 * MOST_BYTES
_HASH: Final = "X-Stackholder-Snapshot"
_LONGEST: Final = 200
_EARLY: Final = 600.0
_LOOKED: Final = 0.5


@dataclasses.dataclass(frozen=True, slots=True)
class Access:
    """Who may ask.

    Attributes:
        hosts: Names by which the server may be asked, besides those of the loopback.
        origins: Origins of pages that may ask.
        token: What a request must bring; empty = nothing.
        public_url: Under which address clients reach the server through a proxy; empty = as their requests say.
    """

    hosts: Sequence[str] = ()
    origins: Sequence[str] = ()
    token: str = ""
    public_url: str = ""


def application(
    served: Served, pool: Pool, access: Access
) -> tuple[ASGIApp, Callable[[], Coroutine[Any, Any, None]]]:
    """The application that serves a home, and what to run beside it: it makes early what takes long."""
    handlers = _Handlers(served, pool)
    routes = [
        Route("/health", handlers.health, methods=["GET"]),
        Route("/metrics", handlers.metrics, methods=["GET"]),
        *(Route(f"/sparql{end}", handlers.sparql, methods=["GET", "POST"]) for end in ("", "/")),
        Route("/.well-known/void", handlers.sparql, methods=["GET"]),
        *(Route(f"/cypher{end}", handlers.cypher, methods=["POST"]) for end in ("", "/")),
        Route("/db/{database}/query/v2", handlers.cypher, methods=["POST"]),
        Route("/api/openapi.json", handlers.openapi, methods=["GET"]),
        *(Route(f"/api{e.path}", handlers.api(e), methods=[e.method]) for e in ENDPOINTS),
        Route("/api/{rest:path}", _nothing, methods=["GET", "POST"]),
        Route("/api", _nothing, methods=["GET"]),
        Route("/db/{rest:path}", _nothing, methods=["GET", "POST"]),
        Route("/sparql/{rest:path}", _nothing, methods=["GET", "POST"]),
        Route("/cypher/{rest:path}", _nothing, methods=["GET", "POST"]),
        Route("/{rest:path}", Page().__call__, methods=["GET"]),
    ]
    protection = Protection(hosts=access.hosts, origins=access.origins, token=access.token)
    app = _allowing(_Answers(routes, protection), access.origins)
    return Outside(_Observed(app, handlers.counts, served), access.public_url), handlers.prepare


def _allowing(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """Lets pages of some origins ask."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=list(origins),
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["Accept", "Authorization", "Content-Type"],
        expose_headers=[_HASH, "Content-Disposition"],
    )


async def _nothing(request: Request) -> Response:
    raise Problem(404, f"there is no {request.url.path[:_LONGEST]!r}", hint="see /api/openapi.json")


def _worded(request: Request, error: Exception) -> Response:
    """An error in the words of the endpoint that it belongs to."""
    if isinstance(error, Problem):
        problem = error
    elif isinstance(error, HTTPException):
        what = HTTPStatus(error.status_code).phrase.lower()
        problem = Problem(error.status_code, what, headers=dict(error.headers or {}))
    else:
        say("error", "unexpected", cause=type(error).__name__)
        problem = Problem(500, "unexpected", hint="this is a defect of Stackholder: report it")
    path = request.url.path
    told = cypher_http.error(problem) if path.startswith(("/cypher", "/db/")) else problem.to_dict()
    return JSONResponse(told, problem.status, problem.headers)


class _Answers:
    """Answers requests, or says what is wrong with them; those of a path without parameters are not looked for.

    Args:
        routes: The endpoints.
        protection: Who may ask.
    """

    def __init__(self, routes: Sequence[Route], protection: Protection) -> None:
        self._router = Router(routes)
        self._known = {(m, r.path): r for r in routes if "{" not in r.path for m in r.methods or ()}
        self._protection = protection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        request = Request(scope, receive, send)
        try:
            refused = self._protection.refusal(scope)
            if refused is not None:
                raise refused
            route = self._known.get((scope["method"], scope["path"]))
            if route is None:
                await self._router(scope, receive, send)
                return
            scope["route"] = route
            answer = await route.endpoint(request)
        except Exception as error:
            answer = _worded(request, error)
        await answer(scope, receive, send)


class _Observed:
    """Counts and logs every request, and names the snapshot that it was answered from."""

    def __init__(self, app: ASGIApp, metrics: Metrics, served: Served) -> None:
        self._app = app
        self._metrics = metrics
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        clock, status = time.monotonic(), 0
        scope["generation"] = self._served.current

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                named = (_HASH.lower().encode(), scope["generation"].hash.encode())
                message["headers"] = [*message["headers"], *HEADERS, named]
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            seconds = time.monotonic() - clock
            cut = bool(scope.get("cut"))
            kind = getattr(scope.get("route"), "path", "other")
            self._metrics.observe(kind, status, seconds, cut=cut)
            note(
                "request",
                method=scope["method"][:20],
                path=scope["path"][:_LONGEST],
                status=status,
                ms=round(seconds * 1000, 1),
                snapshot=scope["generation"].hash[:12],
                **({"cut": True} if cut else {}),
            )


class _Handlers:
    """The endpoints."""

    def __init__(self, served: Served, pool: Pool) -> None:
        self._served = served
        self._pool = pool
        self.counts = Metrics()
        self._kept: collections.OrderedDict[str, bytes] = collections.OrderedDict()
        self._kept_bytes = 0
        self._made: dict[str, asyncio.Task[bytes]] = {}

    # ------------------------------------------------------------------ operations

    async def health(self, request: Request) -> Response:
        """Whether requests are answered."""
        current = self._served.current
        return JSONResponse({"status": "ok", "snapshot": current.hash, "as_of": current.as_of})

    async def metrics(self, request: Request) -> Response:
        """The counts, for Prometheus."""
        figures = self._pool.figures
        self.counts.waiting.set(figures.pop("waiting"))
        for doing, count in figures.items():
            self.counts.workers.labels(doing).set(count)
        self.counts.lost.set(self._pool.lost)
        self.counts.longest.set(self._pool.longest)
        self.counts.swaps.set(self._served.swaps)
        self.counts.snapshot.clear()
        self.counts.snapshot.labels(self._served.current.hash).set(1)
        return Response(generate_latest(self.counts.registry), media_type=CONTENT_TYPE_LATEST)

    async def openapi(self, request: Request) -> Response:
        """The description of the JSON API."""
        return JSONResponse(document())

    # ------------------------------------------------------------------ SPARQL and Cypher

    async def sparql(self, request: Request) -> Response:
        """The SPARQL 1.1 Protocol."""
        address = request.scope["query_string"].decode("latin-1")
        body = await body_of(request, _FORM_BYTES) if request.method == "POST" else b""
        accept = ",".join(request.headers.getlist("accept"))
        asked = sparql_protocol.read(
            request.method, address, request.headers.get("content-type", ""), body
        )
        if asked.query is None:
            form = sparql_protocol.description_form(accept)
            arguments = {"form": list(form), "address": f"{base_of(request.scope)}/sparql"}
            operation = Endpoint("", "describe", "", stores=("rdf",))
            return await self._operated(request, operation, asked.as_of, arguments, b"")
        forms = sparql_protocol.forms(accept)
        text = asked.query.encode()
        if len(text) > MOST_BYTES:
            raise Problem(413, f"the query has more than {MOST_BYTES:,} bytes", where="query")
        generation = await self._pinned(request, asked.as_of, ("rdf",))
        job = {
            "job": "sparql_job:answer",
            "place": self._served.place(generation),
            "results": forms.results,
            "graphs": forms.graphs,
        }
        run = await connected(request, self._pool.run(job, text, shape=shape(asked.query)))
        return await answered(run, headers={"Vary": "Accept", "Cache-Control": "no-cache"})

    async def cypher(self, request: Request) -> Response:
        """The Query API of Neo4j."""
        database = str(request.path_params.get("database", ""))
        if database and database not in cypher_http.DATABASES:
            hint = f"one of: {', '.join(cypher_http.DATABASES)}"
            raise Problem(404, f"there is no database {database[:40]!r}", hint=hint)
        body = await body_of(request, _FORM_BYTES)
        accept = ",".join(request.headers.getlist("accept"))
        statement = cypher_http.read(request.headers.get("content-type", ""), accept, body)
        generation = await self._pinned(request, _date(request), ("embedded",))
        job = {
            "job": "cypher_job:answer",
            "place": self._served.place(generation),
            "typed": statement.typed,
            "media_type": statement.media_type,
        }
        given = {"statement": statement.text, "parameters": statement.parameters}
        work = self._pool.run(job, json.dumps(given).encode(), shape=shape(statement.text))
        run = await connected(request, work)
        status = 202 if database else 200
        return await answered(run, status=status, headers={"Vary": "Accept"})

    # ------------------------------------------------------------------ JSON API

    def api(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """What answers an endpoint."""

        async def answer(request: Request) -> Response:
            as_of, arguments = endpoint.read(request.query_params, request.path_params)
            body = await body_of(request, MOST_FILE) if endpoint.method == "POST" else b""
            return await self._operated(request, endpoint, as_of, arguments, body)

        answer.__name__ = endpoint.operation
        return answer

    async def _operated(
        self,
        request: Request,
        endpoint: Endpoint,
        as_of: str,
        arguments: Mapping[str, Any],
        body: bytes,
    ) -> Response:
        generation = await self._pinned(request, as_of, endpoint.stores)
        keeping = endpoint.kept and endpoint.method == "GET" and request.method == "GET"
        key = _key(generation, endpoint, arguments)
        kept = self._kept.get(key) if keeping else None
        headers = {"Cache-Control": "no-cache"}
        if kept is not None:
            self._kept.move_to_end(key)
            kind, _, content = kept.partition(b"\n")
            return Response(content, 200, headers, kind.decode())
        job = self._job(generation, endpoint, arguments)
        if endpoint.early:
            made = self._early(key, job)
            content = await connected(request, asyncio.wait_for(asyncio.shield(made), _EARLY))
            return Response(content, 200, headers, "application/json")
        run = await connected(request, self._pool.run(job, body))
        if not keeping or run.head.get("length", _SMALL) >= _SMALL:
            return await answered(run, headers=headers)
        content = await connected(request, run.whole())
        self._keep(key, run.head["media_type"].encode() + b"\n" + content)
        return Response(content, 200, headers, run.head["media_type"])

    def _job(
        self, generation: Generation, endpoint: Endpoint, arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        return {
            "job": "operations:call",
            "place": self._served.place(generation),
            "operation": endpoint.operation,
            "arguments": arguments,
            "stores": endpoint.stores,
        }

    def _early(self, key: str, job: Mapping[str, Any]) -> asyncio.Task[bytes]:
        """What makes an answer that takes long; one for all who wait for it."""

        async def make() -> bytes:
            try:
                content = await self._pool.errand(job, _EARLY, urgent=False)
                self._keep(key, b"application/json\n" + content)
                return content
            finally:
                self._made.pop(key, None)

        if key not in self._made:
            self._made[key] = asyncio.ensure_future(make())
        return self._made[key]

    async def prepare(self) -> None:
        """Makes what takes long for every new snapshot, for ever."""
        done = None
        while True:
            current = self._served.current
            if current.folder != done:
                done = current.folder
                for endpoint in (e for e in ENDPOINTS if e.early):
                    _, arguments = endpoint.read(QueryParams(), {})
                    key = _key(current, endpoint, arguments)
                    if key not in self._kept:
                        with contextlib.suppress(Problem):
                            await self._early(key, self._job(current, endpoint, arguments))
            await asyncio.sleep(_LOOKED)

    async def _pinned(self, request: Request, as_of: str, stores: Sequence[str]) -> Generation:
        """The generation that this request is answered from; it is named in the header."""
        generation = self._served.current
        if as_of:
            generation = await connected(request, self._served.at(as_of, stores))
        request.scope["generation"] = generation
        return generation

    def _keep(self, key: str, content: bytes) -> None:
        self._kept_bytes += len(content) - len(self._kept.pop(key, b""))
        self._kept[key] = content
        while self._kept_bytes > _KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped)


def _key(generation: Generation, endpoint: Endpoint, arguments: Mapping[str, Any]) -> str:
    return json.dumps([str(generation.folder), endpoint.operation, arguments], sort_keys=True)


def _date(request: Request) -> str:
    dates = request.query_params.getlist("as_of")
    if len(dates) > 1:
        raise Problem(400, "as_of is given more than once", where="as_of")
    return dates[0] if dates else ""
