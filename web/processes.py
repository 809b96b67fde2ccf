"""The processes behind the pool: the origin that workers are forked from, and the workers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from .problem import Problem

__all__ = ["Origin", "Worker"]

_WALL: Final = 20
_THREADS: Final = 8
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_BUFFER: Final = 1 << 18
_LOWEST: Final = 19
_QUIET: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


class Worker:
    """A worker process and the channel to it."""

    def __init__(
        self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.pid = pid
        self.reader = reader
        self.writer = writer
        self._process = os.pidfd_open(pid) if sys.platform == "linux" else -1
        self.served = 0
        self.slow = False
        self.lowered = False
        self.stopped = ""
        self.key = b""
        self.begun = 0.0
        self.used = 0.0
        self.slice = 0.0

    def processor(self) -> float:
        """Seconds of processor time so far; of the clock where the system does not say."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_bytes().rpartition(b")")[2].split()
            return (int(fields[11]) + int(fields[12])) / _TICKS
        except (OSError, IndexError):
            return time.monotonic()

    @property
    def slices(self) -> float:
        """How many slices it has used; waiting for a reader counts a little."""
        spent = time.monotonic() - self.begun
        if spent < self.slice / _THREADS:
            return 0.0
        return max(spent / _WALL, self.processor() - self.used) / self.slice

    def stop(self, reason: str) -> None:
        """Ends what it does."""
        self.stopped = reason
        with contextlib.suppress(ProcessLookupError):
            self._signal(signal.SIGKILL)

    def lower(self) -> None:
        """Gives all its threads the lowest priority."""
        self.lowered = True
        threads = Path(f"/proc/{self.pid}/task")
        with contextlib.suppress(OSError):
            self._signal(0)
            for thread in threads.iterdir() if threads.exists() else [Path(str(self.pid))]:
                os.setpriority(os.PRIO_PROCESS, int(thread.name), _LOWEST)

    def end(self) -> None:
        """Ends it."""
        self.stop(self.stopped)
        self.writer.close()
        if self._process >= 0:
            os.close(self._process)
            self._process = -1

    def _signal(self, number: int) -> None:
        """Sends a signal to this process, and never to another that was given its number."""
        if sys.platform != "linux":
            os.kill(self.pid, number)
        elif self._process >= 0:
            signal.pidfd_send_signal(self._process, number)


class Origin:
    """The process that workers are forked from.

    Args:
        scratch: Folder for what workers put aside.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._forking = asyncio.Lock()

    async def _start(self) -> None:
        """Starts it, and waits until it has read what workers need."""
        ours, theirs = socket.socketpair()
        self._scratch.mkdir(parents=True, exist_ok=True)
        program = f"import sys; from {__package__}.worker import main; main(sys.argv[1:])"
        command = [sys.executable, "-P", "-c", program, str(self._scratch)]
        self._process = subprocess.Popen(
            command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env={**os.environ, **_QUIET}
        )
        theirs.close()
        ours.setblocking(False)
        self._control = ours
        if len(await asyncio.get_running_loop().sock_recv(ours, 4)) != 4:
            raise OSError("the origin of the workers has ended")

    async def fork(self) -> Worker:
        """A new worker; the origin is started where it does not run.

        Raises:
            Problem: None can be started.
        """
        forking = asyncio.ensure_future(self._fork())
        try:
            return await asyncio.shield(forking)
        except (
            asyncio.CancelledError
        ):  # its number is on the way, and must not be taken for the next
            forking.add_done_callback(_unwanted)
            raise

    async def _fork(self) -> Worker:
        async with self._forking:
            for _ in range(2):
                try:
                    if self._control is None:
                        await self._start()
                    return await self._forked()
                except OSError:
                    self.close()
        raise Problem(503, "no worker could be started", retry=1)

    async def _forked(self) -> Worker:
        if self._control is None:
            raise OSError("not started")
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [b"F"], [theirs.fileno()])
        finally:
            theirs.close()
        said = await asyncio.get_running_loop().sock_recv(self._control, 4)
        if len(said) != 4:
            ours.close()
            raise OSError("the origin of the workers has ended")
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=_BUFFER)
        return Worker(struct.unpack("!i", said)[0], reader, writer)

    def close(self) -> None:
        """Ends it."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _unwanted(forking: asyncio.Future[Worker]) -> None:
    if not forking.cancelled() and forking.exception() is None:
        forking.result().end()
