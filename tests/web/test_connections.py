"""Connections whose other end stops in the middle: none of them stays, and none holds what others need."""

from __future__ import annotations

import socket
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from packaging.requirements import Requirement
from stackholder.web import http_protocol
from stackholder.web.http_protocol import BoundedProtocol

PATIENCE = 0.4
LARGE = b"x" * 8_000_000
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"


async def answers_at_once(scope: Any, receive: Any, send: Any) -> None:
    """Answers without reading the body: with much where `/large` is asked."""
    body = LARGE if scope["path"] == "/large" else b"short"
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[uvicorn.Server, int]]:
    """Our side of a connection before an application that answers at once; it waits for less long."""
    monkeypatch.setattr(http_protocol, "_SECONDS", PATIENCE)
    config = uvicorn.Config(
        answers_at_once, http=BoundedProtocol, ws="none", lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield server, listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


def within(seconds: float, happens: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not happens() and time.monotonic() < deadline:
        time.sleep(0.02)
    return happens()


def asked(port: int, request: bytes, room: int = 0) -> socket.socket:
    connection = socket.socket()
    connection.settimeout(10)
    if room:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    connection.connect(("127.0.0.1", port))
    connection.sendall(request)
    return connection


@pytest.mark.parametrize("rest", [b"", b"x", b"x" * 100, b"x" * 100 + b"GET / HT"])
def test_a_connection_ends_where_no_more_requests_come(small: Any, rest: bytes) -> None:
    _, port = small
    with asked(port, POST) as connection:
        assert connection.recv(1_000).endswith(b"short")
        connection.sendall(rest)
        while connection.recv(1_000):
            pass


def test_head_and_body_of_a_short_answer_come_together(small: Any) -> None:
    _, port = small
    with asked(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") as connection:
        found = connection.recv(1_000)
    assert found.startswith(b"HTTP/1.1 200")
    assert found.endswith(b"\r\n\r\nshort")


def test_an_answer_that_nobody_reads_is_dropped(small: Any) -> None:
    server, port = small
    head = b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with asked(port, head, room=4_096):
        assert within(5, lambda: bool(server.server_state.connections))
        assert within(10, lambda: not server.server_state.connections)


def test_an_answer_that_is_read_slowly_comes_whole(small: Any) -> None:
    _, port = small
    head = b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    count, begun = 0, time.monotonic()
    with asked(port, head, room=65_536) as connection:
        while piece := connection.recv(100_000):
            count += len(piece)
            time.sleep(0.01 if time.monotonic() - begun < 4 * PATIENCE else 0)
    assert count > len(LARGE)


def test_a_client_that_goes_before_its_body_is_no_defect(server: Any) -> None:
    before = len(server.lines)
    head = b"POST /cypher HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    asked(server.port, head + b"Content-Length: 100\r\n\r\n{").close()
    assert within(10, lambda: any(x.get("path") == "/cypher" for x in server.lines[before:]))
    assert [x["status"] for x in server.lines[before:] if x.get("path") == "/cypher"] == [499]
    assert not [x for x in server.lines[before:] if x["level"] == "error"]


def test_answers_that_nobody_reads_leave_the_workers_to_others(server: Any) -> None:
    """Each stops when its time is over; the others are answered before, and after."""
    everything = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"
    request = httpx.Request("GET", f"{server.address}/sparql", params={"query": everything})
    head = f"GET {request.url.raw_path.decode()} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    unread = [asked(server.port, head, room=4_096) for _ in range(12)]
    try:
        with httpx.Client(base_url=server.address, timeout=30) as client:
            time.sleep(1)
            for _ in range(10):
                found = client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"})
                assert found.json()["boolean"] is True

            def stopped() -> bool:
                lines = client.get("/metrics").text.splitlines()
                return all(
                    f'stackholder_workers{{doing="{doing}"}} 0.0' in lines
                    for doing in ("busy", "slow")
                )

            assert within(30, stopped)
    finally:
        for one in unread:
            one.close()


def test_the_server_whose_private_class_is_used_is_capped() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    [needed] = [
        r for r in map(Requirement, project["project"]["dependencies"]) if r.name == "uvicorn"
    ]
    assert any(one.operator in {"<", "<="} for one in needed.specifier)
    assert uvicorn.__version__ in needed.specifier
