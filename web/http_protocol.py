"""HTTP as it comes in: uvicorn's parser, with bounds on the size of a head and on the time it takes to come."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["BoundedProtocol"]

_MOST_BYTES: Final = 1 << 18
_MOST_HEADERS: Final = 200
_SECONDS: Final = 20.0
_NO_REQUEST: Final = "Invalid HTTP request received."


class BoundedProtocol(HttpToolsProtocol):
    """A connection that ends where a head is too long, or where no request comes while none is being answered.

    What is sent goes in one piece for each turn of the loop: head and body of a short answer together.
    """

    _head: int | None = None
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begins to wait for the first request."""
        together: Any = _Together(transport, self.loop)
        super().connection_made(together)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes some bytes, of a head not more than there may be."""
        if self._head is not None:
            self._head += len(data)
            if self._head > _MOST_BYTES:
                self.send_400_response(_NO_REQUEST)
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._head = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Takes a header; what follows a body is none."""
        if self._head is None:
            return
        if len(self.headers) >= _MOST_HEADERS or len(value) > _MOST_BYTES:
            raise ValueError("too many headers")
        super().on_header(name, value)

    def on_url(self, url: bytes) -> None:
        """Takes a piece of the address."""
        if len(self.url) + len(url) > _MOST_BYTES:
            raise ValueError("the address is too long")
        super().on_url(url)

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._head = None
        self._arrived()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Begins to wait for what is left of the request, and for the next."""
        super().on_response_complete()
        if self.cycle.response_complete:
            self._wait()

    def _wait(self) -> None:
        self._arrived()
        self._late = self.loop.call_later(_SECONDS, self._refuse)

    def _arrived(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self) -> None:
        if self.cycle is None:
            self.send_400_response(_NO_REQUEST)
        else:
            self.transport.close()


class _Together:
    """A transport that sends together what is written in one turn of the loop, and ends though nobody reads."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def write(self, content: bytes) -> None:
        """Sends it soon."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(content)

    def close(self) -> None:
        """Sends what was written, then ends; what is not read for long is not sent."""
        self._send()
        self._transport.close()
        self._wait(self._transport.get_write_buffer_size())

    def _wait(self, unsent: int) -> None:
        if unsent:
            self._loop.call_later(_SECONDS, self._look, unsent)

    def _look(self, before: int) -> None:
        unsent = self._transport.get_write_buffer_size()
        if unsent >= before:
            self._transport.abort()
        else:
            self._wait(unsent)

    def _send(self) -> None:
        if self._held:
            content = b"".join(self._held)
            self._held.clear()
            self._transport.write(content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
