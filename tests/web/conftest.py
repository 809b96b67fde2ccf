"""A served starter graph, and plain ways to ask it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from served_tree import tree
from starter import copied

SECONDS = 1.5
"""Time limit of the served graph."""


class Server:
    """`stackholder serve` in a process of its own, and what it says on stderr."""

    def __init__(self, *options: str, home: Path, **environment: str) -> None:
        command = [sys.executable, "-m", "stackholder", "serve", "--port", "0", *options]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("STACKHOLDER_")}
        self.process = subprocess.Popen(
            [*command, "--home", str(home)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**kept, **environment},
        )
        self.lines: list[dict[str, Any]] = []
        self._started = threading.Event()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        assert self._started.wait(60), "it does not start"
        assert self.lines, "it says nothing"
        self.address = str(self.lines[0]["address"])
        self.port = int(self.address.rpartition(":")[2])

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line))
            self._started.set()
        self._started.set()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Asks it to stop; gives its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(30)
        self._reading.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code

    def raw(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """Sends bytes as they are; gives status, headers and body. Status 0: cut off without a word."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            found = b""
            with suppress(ConnectionError):
                connection.sendall(request)
                while piece := connection.recv(1 << 16):
                    found += piece
        if not found:
            return 0, {}, b""
        head, _, body = found.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {
            n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in rest)
        }
        return int(first.split()[1]), headers, body


Serving = Callable[..., Any]


@pytest.fixture(scope="session")
def starter(starter_home: Path) -> Path:
    """A home with the starter graph; tests only read it."""
    return starter_home


@pytest.fixture(scope="session")
def serving(starter: Path) -> Serving:
    """Starts a server for a block: `with serving("--timeout", "1", home=…) as server`."""

    @contextmanager
    def started(*options: str, home: Path = starter, **environment: str) -> Iterator[Server]:
        server = Server(*options, home=home, **environment)
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.stop()

    return started


@pytest.fixture(scope="session")
def kept_home(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of `server`, which must stay as it is."""
    return copied(starter, tmp_path_factory.mktemp("kept") / "home")


@pytest.fixture(scope="session")
def untouched(kept_home: Path) -> dict[str, tuple[int, int]]:
    """What lay in that home before it was served."""
    return tree(kept_home)


@pytest.fixture(scope="session")
def server(
    serving: Serving, kept_home: Path, untouched: dict[str, tuple[int, int]]
) -> Iterator[Server]:
    """The starter graph, served with a short time limit and from a home that must stay as it is."""
    assert untouched
    options = ("--timeout", str(SECONDS), "--memory", "512", "--read-only-home")
    who = ("--cors", "https://friend.example", "--allow-host", "graph.example")
    with serving(*options, *who, home=kept_home) as one:
        yield one


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=server.address, timeout=30) as one:
        yield one
