"""A web server that does what it is told: for each path a list of answers, given in turn; the last one stays."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclasses.dataclass(frozen=True)
class Answer:
    """What is sent.

    Attributes:
        body: The body.
        status: The status; 304 is sent by itself where the client's validator is still right.
        headers: Besides the length.
        cut: Bytes after which the connection is dropped; None = the whole body is sent.
        drip: Seconds between single bytes; 0 = all at once.
        hold: Seconds before anything is sent.
    """

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    cut: int | None = None
    drip: float = 0
    hold: float = 0


class HttpServer:
    """Its address, its answers (`otherwise` for all other paths), and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.otherwise = Answer(b"no such page", 404)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._served: collections.Counter[str] = collections.Counter()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.respond(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}"

    def say(self, path: str, *answers: Answer) -> None:
        """Sets the answers for a path (with its query)."""
        self.answers[path] = list(answers)
        self._served[path] = 0

    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [path for path, _ in self.asked]

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append((handler.path, {k.lower(): v for k, v in handler.headers.items()}))
        known = self.answers.get(handler.path) or [self.otherwise]
        answer = known[min(self._served[handler.path], len(known) - 1)]
        self._served[handler.path] += 1
        time.sleep(answer.hold)
        tag = answer.headers.get("ETag")
        if tag and handler.headers.get("If-None-Match") == tag and answer.status == 200:
            handler.send_response(304)
            handler.end_headers()
            return
        with contextlib.suppress(OSError):
            handler.send_response(answer.status)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(answer.body)))
            handler.end_headers()
            if answer.drip:
                for byte in answer.body:
                    handler.wfile.write(bytes([byte]))
                    handler.wfile.flush()
                    time.sleep(answer.drip)
                return
            handler.wfile.write(answer.body[: answer.cut])
        if answer.cut is not None:
            handler.close_connection = True
            handler.connection.close()

    def run(self) -> None:
        """Serves until `stop`."""
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Ends it; nobody answers at the address afterwards."""
        self._http.shutdown()
        self._http.server_close()


@contextlib.contextmanager
def running_http() -> Iterator[HttpServer]:
    """A server for as long as the block lasts."""
    server = HttpServer()
    server.run()
    try:
        yield server
    finally:
        server.stop()
