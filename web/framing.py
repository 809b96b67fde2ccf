"""Frames between the server and a worker: one letter, a length of four bytes, a payload.

    server → worker   Q request (JSON)   B the body that belongs to it, where there is one
    worker → server   H head (JSON)      C a piece of the answer      E end      X error (JSON) instead of what is left

A head with a `length` is followed by an answer of so many bytes, as it is. Any other answer without its E is not whole.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

__all__ = [
    "BODY",
    "CHUNK",
    "END",
    "ERROR",
    "HEAD",
    "REQUEST",
    "frame",
    "json_frame",
    "receive",
    "received",
]

REQUEST: Final = b"Q"
BODY: Final = b"B"
HEAD: Final = b"H"
CHUNK: Final = b"C"
END: Final = b"E"
ERROR: Final = b"X"
_PREFIX: Final = struct.Struct("!cI")


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """A frame as bytes."""
    return _PREFIX.pack(kind, len(payload)) + payload


def json_frame(kind: bytes, payload: Mapping[str, Any]) -> bytes:
    """A frame whose payload is JSON."""
    return frame(kind, json.dumps(payload).encode())


def receive(channel: BinaryIO) -> tuple[bytes, bytes] | None:
    """The next frame as (kind, payload); None at the end. Blocks."""
    prefix = channel.read(_PREFIX.size)
    if len(prefix) < _PREFIX.size:
        return None
    kind, length = _PREFIX.unpack(prefix)
    payload = channel.read(length)
    return None if len(payload) < length else (kind, payload)


async def received(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The next frame as (kind, payload).

    Raises:
        asyncio.IncompleteReadError: There is none.
        ConnectionError: The other side is gone.
    """
    kind, length = _PREFIX.unpack(await reader.readexactly(_PREFIX.size))
    return kind, await reader.readexactly(length)
