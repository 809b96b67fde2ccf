"""HTTP as it comes in: uvicorn's parser, with bounds on the size of a head and on the time it takes to come."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["BoundedProtocol"]

_MOST_BYTES: Final = 1 << 18
_MOST_HEADERS: Final = 200
_SECONDS: Final = 20.0


class BoundedProtocol(HttpToolsProtocol):
    """A connection that ends where a head is too long, or does not come."""

    _head = 0
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begins to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes some bytes, of a head not more than there may be."""
        if self._late is not None:
            self._head += len(data)
            if self._head > _MOST_BYTES + len(data):
                self._refuse()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._wait()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Takes a header."""
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
        self._arrived()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._arrived()
        self._late = self.loop.call_later(_SECONDS, self._refuse)

    def _arrived(self) -> None:
        self._head = 0
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self) -> None:
        if not self.transport.is_closing():
            self.send_400_response("Invalid HTTP request received.")
