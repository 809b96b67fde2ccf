"""What the server says of itself: counts for Prometheus, and one JSON line per request on stderr.

Neither holds the text of a query, a parameter or a token: of an address only the path is written.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
import sys
import threading
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

__all__ = ["JsonLines", "Metrics", "note", "say"]

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_LONGEST: Final = 200
_HELD_SECONDS: Final = 0.05
_encoded: Final = json.JSONEncoder(ensure_ascii=False).encode
_held: list[str] = []
_writing = threading.Lock()


def say(level: str, event: str, **fields: Any) -> None:
    """Writes a JSON line on stderr: time, level, event, fields."""
    _hold(level, event, fields)
    _write()


def note(event: str, **fields: Any) -> None:
    """Writes such a line soon, together with others; called where an event loop runs."""
    if not _held:
        asyncio.get_running_loop().call_later(_HELD_SECONDS, _write)
    _hold("info", event, fields)


def _hold(level: str, event: str, fields: dict[str, Any]) -> None:
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    _held.append(_encoded({"time": now, "level": level, "event": event, **fields}) + "\n")


def _write() -> None:
    with _writing:
        lines, _held[:] = "".join(_held), []
        sys.stderr.write(lines)
        sys.stderr.flush()


class JsonLines(logging.Handler):
    """Log records of the libraries, in the same form; the cause of an error by its kind only."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record."""
        cause = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        event = record.getMessage().partition("\n")[0][:_LONGEST]
        say(record.levelname.lower(), event, **({"cause": cause} if cause else {}))


class Metrics:
    """The counts of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "stackholder_requests",
            "Requests by kind of path and status",
            ["path", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "stackholder_request_seconds",
            "Seconds from the request to the end of its answer",
            ["path"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.cut = Counter(
            "stackholder_cut_answers",
            "Answers that were stopped on the way",
            registry=self.registry,
        )
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self.workers = Gauge(
            "stackholder_workers", "Workers by what they do", ["doing"], registry=self.registry
        )
        self.waiting = Gauge(
            "stackholder_waiting_requests", "Requests without a worker", registry=self.registry
        )
        self.lost = Gauge(
            "stackholder_replaced_workers", "Workers ended since the start", registry=self.registry
        )
        self.longest = Gauge(
            "stackholder_longest_replacement_seconds",
            "Longest time that a place in the quick lane was empty",
            registry=self.registry,
        )
        self.swaps = Gauge(
            "stackholder_snapshot_swaps",
            "New snapshots served since the start",
            registry=self.registry,
        )
        self.snapshot = Gauge(
            "stackholder_snapshot", "1 for the one served", ["hash"], registry=self.registry
        )

    def observe(self, path: str, status: int, seconds: float, *, cut: bool) -> None:
        """Counts a request."""
        known = self._known.get((path, status))
        if known is None:
            known = self.requests.labels(path, str(status)), self.seconds.labels(path)
            self._known[path, status] = known
        known[0].inc()
        known[1].observe(seconds)
        if cut:
            self.cut.inc()
