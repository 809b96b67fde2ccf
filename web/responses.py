"""Answers that come from a worker, sent as they come; one that is stopped on the way never looks whole."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .pool import Run
from .problem import Problem

__all__ = ["answered", "body_of", "connected"]

Found = TypeVar("Found")
_QUICK: Final = 0.05
_BODY_SECONDS: Final = 60.0
_UNREAD_SECONDS: Final = 10.0
_READ_OUT: Final = 32_000_000


async def answered(
    run: Run, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer of a run that has begun: what is short as a whole, the rest as it comes."""
    if "length" not in run.head:
        return _Streamed(run, status=status, headers=headers)
    content = await run.whole()
    more = {**(headers or {}), **run.head.get("headers", {})}
    return Response(content, status, more, run.head["media_type"])


class _Streamed(Response):
    """The answer of a run. Where the run ends before its answer does, so does the connection, without the last chunk.

    So does one whose client does not read.

    Args:
        run: It has begun.
        status: Of HTTP.
        headers: More headers.
    """

    def __init__(
        self, run: Run, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(None, status, headers, run.head["media_type"])
        self._run = run
        for name, value in run.head.get("headers", {}).items():
            self.headers[name] = value
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it; stops the run when the client is gone."""
        start = {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }
        sending = asyncio.ensure_future(self._send(scope, start, send))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            most = self._run.seconds + _UNREAD_SECONDS
            await asyncio.wait({sending, gone}, timeout=most, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, gone):
                if not task.done():
                    task.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)
            self._run.close()
        if sending.cancelled():
            scope["cut"] = True
        elif sending.exception() is not None:
            scope["cut"] = True
            if not isinstance(sending.exception(), (Problem, OSError)):
                await sending

    async def _send(self, scope: Scope, start: Mapping[str, object], send: Send) -> None:
        await send(dict(start))
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        async for piece in self._run.pieces():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def connected(request: Request, work: Awaitable[Found]) -> Found:
    """The outcome of some work, which is stopped when the client goes. The body has been read before.

    Raises:
        Problem: The client is gone (nobody will see it).
    """
    watch = _Watch(request.receive)
    try:
        return await work
    except asyncio.CancelledError:
        if watch.gone:
            watch.task.uncancel()
            raise Problem(499, "the client is gone") from None
        raise
    finally:
        watch.close()


class _Watch:
    """Cancels the running task when the client goes, if the task takes long enough to look."""

    def __init__(self, receive: Receive) -> None:
        self.task: Any = asyncio.current_task()
        self.gone = False
        self._receive = receive
        self._looking: asyncio.Task[None] | None = None
        self._later = asyncio.get_running_loop().call_later(_QUICK, self._look)

    def _look(self) -> None:
        self._looking = asyncio.ensure_future(_gone(self._receive))
        self._looking.add_done_callback(self._stop)

    def _stop(self, looking: asyncio.Task[None]) -> None:
        if not looking.cancelled():
            self.gone = self.task.cancel()

    def close(self) -> None:
        """Looks no more."""
        self._later.cancel()
        if self._looking is not None:
            self._looking.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def body_of(request: Request, most: int) -> bytes:
    """The body of a request.

    Raises:
        Problem: It has more bytes than `most` (413), is compressed (415), or does not come (408).
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        what = "compressed requests are not taken"
        raise Problem(415, what, where="Content-Encoding", hint="send it as it is")
    too_much = Problem(
        413, f"the body has more than {most:,} bytes", where="body", headers={"Connection": "close"}
    )
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > max(_READ_OUT, most):
        raise too_much
    found, count = bytearray(), 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for piece in request.stream():
                count += len(piece)
                if count > max(_READ_OUT, most):
                    raise too_much
                if count <= most:
                    found += piece
        if count > most:  # read to its end: who is still sending would not see the answer
            raise too_much
    except ClientDisconnect:
        raise Problem(499, "the client is gone") from None
    except TimeoutError:
        raise Problem(
            408, "the body did not come in time", headers={"Connection": "close"}
        ) from None
    return bytes(found)
