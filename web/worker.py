"""A worker: a process that answers one request after the other, and can be ended at any moment without loss.

`main`, with a socket as its standard input, is the origin of all workers: it imports what they need, starts no thread,
and forks a worker for every socket that it is sent. So a worker starts in milliseconds and shares what all have read.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import struct
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ..errors import (
    NotFound,
    QueryError,
    QueryRefused,
    QueryTimeout,
    SourceError,
    StackholderError,
    StoreError,
    UsageError,
    ValidationFailed,
)
from .framing import BODY, CHUNK, END, ERROR, HEAD, REQUEST, frame, json_frame, receive
from .sandbox import deny_reaching_out, limited_memory, limited_time

__all__ = ["Job", "NotAcceptable", "Out", "main"]

_PIECE: Final = 1 << 16
_WHOLE: Final = 1 << 18
_STATUS: Final[tuple[tuple[type[StackholderError], int], ...]] = (
    (QueryRefused, 403),
    (QueryTimeout, 504),
    (QueryError, 400),
    (StoreError, 503),
    (NotFound, 404),
    (UsageError, 400),
    (SourceError, 422),
    (ValidationFailed, 422),
)
_NEEDED: Final = (
    *(
        "..answers.graph",
        "..answers.entity",
        "..answers.evidence",
        "..audit",
        "..queries.catalogue",
        "..state.paths",
    ),
    *(".worker_graph", ".operations", ".sparql_job", ".cypher_job", ".description", ".files"),
    *("ladybug", "pyarrow.parquet", "pyarrow.compute", "pyarrow.dataset", "pyoxigraph"),
)


class NotAcceptable(StackholderError):
    """The answer has no form that the client takes."""


class Out:
    """Where a job writes its answer: a head, then pieces; what is small enough goes as a whole."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._held = bytearray()
        self._head: dict[str, Any] = {}
        self.begun = False

    def head(self, media_type: str, **more: Any) -> None:
        """Says what comes: its media type, and headers."""
        self._head = {"media_type": media_type, **more}

    def write(self, piece: bytes) -> int:
        """Takes a piece."""
        self._held += piece
        if self.begun and len(self._held) >= _PIECE:
            self._flush()
        elif len(self._held) >= _WHOLE:
            self._channel.sendall(json_frame(HEAD, self._head))
            self.begun = True
            self._flush()
        return len(piece)

    def flush(self) -> None:
        """Nothing: pieces go when they are large enough."""

    def end(self) -> None:
        """Says that the answer is whole."""
        if self.begun:
            self._flush()
            self._channel.sendall(frame(END))
            return
        head = json_frame(HEAD, {**self._head, "length": len(self._held)})
        self._channel.sendall(head + self._held)

    def _flush(self) -> None:
        self._channel.sendall(frame(CHUNK, bytes(self._held)))
        self._held.clear()


Job = Callable[[Mapping[str, Any], bytes, Out], None]
"""What a worker does: the request, the body that belongs to it, where the answer goes.

Its module has a function `ready`, which is given the request first and opens what it needs: that counts as time, not
as memory.
"""


def _work(channel: socket.socket) -> None:
    """Answers until the channel ends."""
    deny_reaching_out()
    incoming = channel.makefile("rb")
    while (request := receive(incoming)) is not None:
        kind, payload = request
        if kind != REQUEST:
            return
        asked = json.loads(payload)
        body = b""
        if asked.get("body"):
            following = receive(incoming)
            if following is None or following[0] != BODY:
                return
            body = following[1]
        with limited_time(float(asked["seconds"])):
            sound = _answer(channel, asked, body)
        if not sound:
            return


def _answer(channel: socket.socket, asked: Mapping[str, Any], body: bytes) -> bool:
    """Does one job; gives whether this process may go on."""
    out = Out(channel)
    try:
        ready, job = _job(asked["job"])
        ready(asked)
        memory = asked.get("memory")
        with limited_memory(int(memory)) if memory else contextlib.nullcontext():
            job(asked, body, out)
            out.end()
    except MemoryError:
        what = "the request needed more memory than one may have"
        _refuse(channel, 503, what, "", "narrow it", last=True)
        return False
    except NotAcceptable as error:
        _refuse(channel, 406, error.what, error.where, error.hint)
    except StackholderError as error:
        status = next((s for kind, s in _STATUS if isinstance(error, kind)), 500)
        _refuse(channel, status, error.what, error.where, error.hint, type(error).__name__)
    except BrokenPipeError:
        return False
    except Exception as error:
        what = f"unexpected: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
        _refuse(channel, 500, what, "", "this is a defect of Stackholder: report it")
        return False
    return True


@functools.cache
def _job(told: str) -> tuple[Callable[[Mapping[str, Any]], None], Job]:
    """What makes ready for a job, and the job."""
    module, _, name = told.partition(":")
    home = importlib.import_module(f".{module}", __package__)
    return home.ready, getattr(home, name)


def _refuse(
    channel: socket.socket,
    status: int,
    what: str,
    where: str,
    hint: str,
    kind: str = "",
    *,
    last: bool = False,
) -> None:
    said = {
        "status": status,
        "what": what,
        "where": where,
        "hint": hint,
        "kind": kind,
        "last": last,
    }
    channel.sendall(json_frame(ERROR, said))


def _worker(channel: socket.socket, scratch: Path) -> None:
    """The life of a forked worker."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # what libraries write when they run out of memory is no line of our log
    folder = scratch / str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(folder)
    try:
        _work(channel)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> None:
    """Forks a worker for every socket that comes over standard input, until it ends.

    Args:
        arguments: The folder for what workers put aside.
    """
    from ..graph.schema import schema
    from ..queries.catalogue import questions

    scratch = Path(arguments[0])
    for name in _NEEDED:
        importlib.import_module(name, __package__)
    schema()
    questions()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    control = socket.socket(fileno=0)
    control.sendall(b"\0" * 4)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        pid = os.fork()
        if not pid:
            control.close()
            status = 1
            try:
                _worker(socket.socket(fileno=descriptors[0]), scratch)
                status = 0
            finally:
                os._exit(status)
        os.close(descriptors[0])
        control.sendall(struct.pack("!i", pid))
