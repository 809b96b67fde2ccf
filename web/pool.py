"""The workers, as the server sees them: a few for quick requests, and a few more for those that take long.

A request begins in the quick lane. Once it has used its slice of processor time it moves, with its worker, to the slow
lane, where workers run at the lowest priority, and another worker takes its place. Where that lane is full, it takes
the place of one that has been there for long, or goes on where it is until others wait. What had to move begins in the
slow lane the next time. So what is expensive costs its own request only, and what is quick is answered beside it.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import hashlib
import json
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from .framing import BODY, CHUNK, END, ERROR, HEAD, REQUEST, frame, json_frame, received
from .problem import Problem
from .processes import Origin, Worker
from .telemetry import say

__all__ = ["Pool", "Run"]

Found = TypeVar("Found")
_WATCHED: Final = 0.05
_WAITING: Final = 256
_PATIENCE: Final = 30.0
_SERVED: Final = 2_000
_FAIR: Final = 3.0
_AGAIN: Final = 0.5
_SHORT: Final = 0.05
_GRACE: Final = 4
_REMEMBERED: Final = 4_096


class Run:
    """One request in a worker.

    Attributes:
        head: What the worker says before its answer: `media_type`, and `length` where the answer is short.
        seconds: Most that it may take.
    """

    def __init__(self, pool: Pool, worker: Worker, seconds: float) -> None:
        self._pool = pool
        self._worker: Worker | None = worker
        self.seconds = seconds
        self.head: dict[str, Any] = {}

    async def begin(self) -> None:
        """Waits for the head.

        Raises:
            Problem: The worker refuses, or was stopped; nothing has been answered.
        """
        kind, payload = await self._next()
        if kind == ERROR:
            raise self._refused(payload)
        if kind != HEAD:
            raise self._ended()
        self.head = json.loads(payload)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The answer.

        Raises:
            Problem: It was stopped on the way; what was given is not whole.
        """
        while True:
            kind, payload = await self._next()
            if kind == CHUNK:
                yield payload
            elif kind == END:
                self._release()
                return
            elif kind == ERROR:
                raise self._refused(payload)
            else:
                raise self._ended()

    async def whole(self) -> bytes:
        """All of the answer.

        Raises:
            Problem: It was stopped on the way.
        """
        if "length" not in self.head:
            return b"".join([piece async for piece in self.pieces()])
        length = int(self.head["length"])
        content = await self._read(lambda reader: reader.readexactly(length))
        self._release()
        return content

    def close(self) -> None:
        """Stops it where it has not ended."""
        if self._worker is not None:
            self._worker.stopped = self._worker.stopped or "gone"
            self._pool.lose(self._worker)
            self._worker = None

    async def _next(self) -> tuple[bytes, bytes]:
        return await self._read(received)

    async def _read(self, part: Callable[[asyncio.StreamReader], Awaitable[Found]]) -> Found:
        if self._worker is None:
            raise self._ended()
        try:
            return await part(self._worker.reader)
        except asyncio.CancelledError:
            self.close()
            raise
        except (asyncio.IncompleteReadError, ConnectionError):
            raise self._ended() from None

    def _refused(self, payload: bytes) -> Problem:
        said = json.loads(payload)
        if said["last"]:
            if self._worker is not None:
                self._pool.remember(self._worker)
            self.close()
        else:
            self._release()
        return Problem(
            said["status"], said["what"], where=said["where"], hint=said["hint"], kind=said["kind"]
        )

    def _release(self) -> None:
        if self._worker is not None:
            self._pool.release(self._worker)
            self._worker = None

    def _ended(self) -> Problem:
        worker, self._worker = self._worker, None
        if worker is None:
            return Problem(503, "the request has ended")
        self._pool.remember(worker)
        self._pool.lose(worker)
        spent = time.monotonic() - worker.begun
        if worker.stopped == "busy":
            what = f"stopped after {spent:.1f} s: other long requests are running"
            return Problem(503, what, hint="narrow it, or try later", retry=5)
        if spent >= self.seconds - 0.05:
            what = f"the request was stopped after {self.seconds:g} s"
            return Problem(504, what, hint="narrow it, or start the server with a longer --timeout")
        what = "the request ended the process that answered it (memory, or nesting)"
        return Problem(503, what, hint="make it simpler")


class Pool:
    """Workers of both lanes.

    Args:
        scratch: Folder for what workers put aside.
        quick: Workers of the quick lane.
        slow: Most requests in the slow lane.
        seconds: Most that a request may take.
        memory: Most bytes of address space that a request may add.
    """

    def __init__(
        self, scratch: Path, *, quick: int, slow: int, seconds: float, memory: int
    ) -> None:
        self._scratch = scratch / "workers"
        self.quick = quick
        self.slow = slow
        self.seconds = seconds
        self._memory = memory
        self._origin = Origin(self._scratch)
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._errands: set[Worker] = set()
        self._waiting: collections.deque[asyncio.Future[Worker]] = collections.deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._long: collections.OrderedDict[bytes, None] = collections.OrderedDict()
        self._closed = False
        self._beginning = 0
        self.lost = 0
        self.longest = 0.0

    # ------------------------------------------------------------------ life

    async def start(self) -> None:
        """Starts the workers."""
        for _ in range(self.quick):
            self._idle.append(await self._origin.fork())
        self._later(self._watch())

    async def close(self) -> None:
        """Ends the workers."""
        self._closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in [*self._idle, *self._busy, *self._errands]:
            worker.end()
        self._origin.close()

    @property
    def figures(self) -> dict[str, int]:
        """How many workers are idle, busy, in the slow lane; how many requests wait."""
        slow = sum(w.slow for w in self._busy)
        waiting = len(self._waiting)
        return {
            "idle": len(self._idle),
            "busy": len(self._busy) - slow,
            "slow": slow,
            "waiting": waiting,
        }

    # ------------------------------------------------------------------ work

    async def run(
        self, request: Mapping[str, Any], body: bytes = b"", *, shape: str = "", quick: float = 2.0
    ) -> Run:
        """Gives a request to a worker and waits for the head of its answer.

        Args:
            request: With `job`, `module:function` of this package.
            body: What belongs to it.
            shape: What it has in common with others that take as long; empty = it is told by itself.
            quick: Seconds of processor time after which it counts as slow.

        Raises:
            Problem: No worker was free in time, or the worker refuses.
        """
        told = shape.encode() if shape else json.dumps(request, sort_keys=True).encode() + body
        key = hashlib.sha256(told).digest()
        worker = await (self._slow() if key in self._long else self._taken())
        if not worker.slow and key in self._long:  # which was learnt while it waited
            self._free(worker)
            worker = await self._slow()
        worker.slice, worker.begun, worker.stopped, worker.key = quick, time.monotonic(), "", key
        self._busy.add(worker)
        return await self._given(worker, request, body, self.seconds, self._memory)

    async def errand(
        self, request: Mapping[str, Any], seconds: float, *, urgent: bool = True
    ) -> bytes:
        """The answer to a request of the server itself, in a worker of its own, beside both lanes.

        Args:
            request: As for `run`.
            seconds: Most that it may take.
            urgent: Whether it has the priority of other requests, and not the lowest.
        """
        worker = await self._origin.fork()
        if not urgent:
            worker.lower()
        worker.slice, worker.begun, worker.slow = seconds, time.monotonic(), True
        self._errands.add(worker)
        run = await self._given(worker, request, b"", seconds, 0)
        try:
            return await run.whole()
        finally:
            run.close()

    async def _given(
        self, worker: Worker, request: Mapping[str, Any], body: bytes, seconds: float, memory: int
    ) -> Run:
        run = Run(self, worker, seconds)
        try:
            asked = {**request, "seconds": seconds, "memory": memory, "body": bool(body)}
            following = frame(BODY, body) if body else b""
            worker.writer.write(json_frame(REQUEST, asked) + following)
            with contextlib.suppress(ConnectionError):
                await worker.writer.drain()
            await run.begin()
        except BaseException:
            run.close()
            raise
        return run

    async def _slow(self) -> Worker:
        if self._in_slow_lane() >= self.slow:
            what = "this took long before, and other long requests are running"
            raise Problem(503, what, hint="narrow it, or try later", retry=5)
        self._beginning += 1
        try:
            worker = await self._origin.fork()
        finally:
            self._beginning -= 1
        worker.slow = True
        worker.lower()
        return worker

    async def _taken(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if not worker.reader.at_eof():
                return worker
            self.lose(worker)
        if len(self._waiting) >= _WAITING:
            raise _busy()
        loop = asyncio.get_running_loop()
        place: asyncio.Future[Worker] = loop.create_future()
        self._waiting.append(place)
        late = loop.call_later(_PATIENCE, _refuse, place)
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._free(place.result())
            raise
        finally:
            late.cancel()

    # ------------------------------------------------------------------ workers

    def release(self, worker: Worker) -> None:
        """Takes back a worker that has answered."""
        worker.served += 1
        if worker.slices < 1:
            self._long.pop(worker.key, None)
        if time.monotonic() - worker.begun > _SHORT:
            worker.used = worker.processor()
        if worker.slow or worker.lowered or worker.served >= _SERVED or worker.reader.at_eof():
            self.lose(worker)
            return
        self._busy.discard(worker)
        self._free(worker)

    def lose(self, worker: Worker) -> None:
        """Ends a worker, and starts another where its place is empty."""
        slow = worker.slow
        self._busy.discard(worker)
        self._errands.discard(worker)
        worker.end()
        self.lost += 1
        self._later(asyncio.to_thread(shutil.rmtree, self._scratch / str(worker.pid), True))
        if not slow:
            self._later(self._replace())

    def _free(self, worker: Worker) -> None:
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(worker)
                return
        self._idle.append(worker)

    async def _replace(self) -> None:
        clock = time.monotonic()
        while True:
            try:
                worker = await self._origin.fork()
                break
            except Problem as problem:
                say("error", problem.what)
                await asyncio.sleep(_AGAIN)
        self._free(worker)
        self.longest = max(self.longest, time.monotonic() - clock)

    async def _watch(self) -> None:
        """Moves what takes long to the slow lane, and stops what finds no place there."""
        while True:
            await asyncio.sleep(_WATCHED)
            for worker in sorted(self._busy, key=lambda w: w.begun):
                used = worker.slices
                if worker.slow or worker.stopped or used < 1:
                    continue
                self.remember(worker)
                worker.lower()
                if self._in_slow_lane() < self.slow or self._displaced():
                    worker.slow = True
                    self._later(self._replace())
                elif used > _GRACE and self._waiting:
                    worker.stop("busy")

    def _in_slow_lane(self) -> int:
        return sum(w.slow and not w.stopped for w in self._busy) + self._beginning

    def _displaced(self) -> bool:
        """Whether one that has been in the slow lane for long was stopped to make place."""
        slow = (w for w in self._busy if w.slow and not w.stopped)
        last = min(slow, key=lambda w: w.begun, default=None)
        if last is None or time.monotonic() - last.begun < _FAIR:
            return False
        last.stop("busy")
        return True

    def remember(self, worker: Worker) -> None:
        """Remembers that what a worker does takes long, or ends it."""
        self._long[worker.key] = None
        self._long.move_to_end(worker.key)
        if len(self._long) > _REMEMBERED:
            self._long.popitem(last=False)

    def _later(self, work: Any) -> None:
        if self._closed:
            work.close()
            return
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _refuse(place: asyncio.Future[Worker]) -> None:
    if not place.done():
        place.set_exception(_busy())


def _busy() -> Problem:
    return Problem(503, "too many requests are waiting", hint="try again", retry=1)
