"""Runs the server: workers first, then the graph, then the door; and all of it down again."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
import socket
import tempfile
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import uvicorn
import uvloop

from ..errors import NoGraph, StackholderError, UsageError
from .app import Access, application
from .http_protocol import BoundedProtocol
from .pool import Pool
from .problem import Problem
from .protection import is_loopback
from .telemetry import say
from .watcher import Served

__all__ = ["Options", "serve"]

_LEAST_TOKEN: Final = 16
_CONNECTIONS: Final = 512
_BACKLOG: Final = 256
_GRACE: Final = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """How it is served.

    Attributes:
        home: Where the graph lies.
        host: Address to listen on.
        port: Port; 0 = any that is free.
        token: What requests must bring; empty = nothing, which is for the loopback only.
        hosts: More names by which it may be asked.
        origins: Origins of pages that may ask.
        seconds: Most that a request may take.
        workers: Processes for quick requests.
        memory: Most bytes that a request may add to its process.
        public_url: Under which address clients reach it through a proxy; empty = as their requests say.
        read_only: Whether nothing may be written in the home.
        as_of: The date that is served; empty = of the snapshot.
        strengths: File with another set of strengths; empty = ours.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 7878
    token: str = ""
    hosts: Sequence[str] = ()
    origins: Sequence[str] = ()
    seconds: float = 60.0
    workers: int = 4
    memory: int = 1 << 30
    public_url: str = ""
    read_only: bool = False
    as_of: str = ""
    strengths: str = ""

    def check(self) -> None:
        """Raises UsageError where they would let anybody in."""
        if not self.token and not is_loopback(self.host):
            raise UsageError(
                f"{self.host} can be reached from other machines, so a token is needed",
                where="--host",
                hint="set STACKHOLDER_TOKEN (or --token), or stay on 127.0.0.1",
            )
        if self.token and (len(self.token) < _LEAST_TOKEN or not self.token.isascii()):
            hint = "python -c 'import secrets; print(secrets.token_urlsafe())' makes one"
            raise UsageError(
                f"a token has at least {_LEAST_TOKEN} ASCII characters", where="--token", hint=hint
            )
        for origin in self.origins:
            if not origin.startswith(("http://", "https://")) or origin.count("/") > 2:
                hint = "write it like https://example.org"
                raise UsageError(f"{origin!r} is no origin", where="--cors", hint=hint)


def serve(options: Options) -> None:
    """Serves until it is told to stop (SIGTERM, SIGINT).

    Raises:
        UsageError: The options would let anybody in, or the address is taken.
        NoGraph: There is nothing to serve.
        StackholderError: It cannot be served.
    """
    options.check()
    with _listening(options) as door, tempfile.TemporaryDirectory(prefix="stackholder-") as scratch:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_serve(options, door, Path(scratch)))
        except Problem as problem:
            kind = NoGraph if problem.status == HTTPStatus.NOT_FOUND else StackholderError
            raise kind(problem.what, where=problem.where, hint=problem.hint) from problem


@contextlib.contextmanager
def _listening(options: Options) -> Iterator[socket.socket]:
    try:
        family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
        door = socket.create_server((options.host, options.port), family=family, backlog=_BACKLOG)
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else answers wait for 40 ms
    except OSError as error:
        where = f"{options.host}:{options.port}"
        hint = "take another: --port 0 takes any that is free"
        raise UsageError(f"cannot listen: {error.strerror}", where=where, hint=hint) from error
    with door:
        yield door


async def _serve(options: Options, door: socket.socket, scratch: Path) -> None:
    pool = Pool(
        scratch,
        quick=options.workers,
        slow=max(2, os.cpu_count() or 2),
        seconds=options.seconds,
        memory=options.memory,
    )
    served = Served(
        pool,
        options.home,
        scratch,
        as_of=options.as_of,
        read_only=options.read_only,
        strengths=options.strengths and str(Path(options.strengths).absolute()),
    )
    served.home.current_snapshot()
    try:
        await pool.start()
        await served.start()
        access = Access(options.hosts, options.origins, options.token, options.public_url)
        app, prepare = application(served, pool, access)
        server = uvicorn.Server(_configured(app))
        beside = [asyncio.ensure_future(served.follow()), asyncio.ensure_future(prepare())]
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)  # what uvicorn raises again after its own end
        host, port = door.getsockname()[:2]
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        say(
            "info",
            "listening",
            address=address,
            snapshot=served.current.hash,
            as_of=served.current.as_of,
        )
        await server.serve(sockets=[door])
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
    finally:
        await pool.close()
        say("info", "stopped")


def _configured(app: Any) -> uvicorn.Config:
    """The server without its own logs and headers, with bounds on connections and heads."""
    handler = {"class": f"{__package__}.telemetry.JsonLines"}
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE,
        log_config={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"lines": handler},
            "loggers": {"uvicorn": {"handlers": ["lines"], "level": "WARNING", "propagate": False}},
        },
    )
