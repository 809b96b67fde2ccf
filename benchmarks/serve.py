"""The server under load: honest queries beside hostile ones, and against Oxigraph's own server on the same data.

    python -m benchmarks.serve --seconds 60
    python -m benchmarks.serve --peer-seconds 10

32 connections ask canned questions, in Cypher and SPARQL, as fast as they are answered: first alone, then beside ten
hostile queries a second. Printed: requests per second, percentiles, wrong answers and failures, and the memory of the
front and of the workers, minute by minute. The peer is `oxigraph serve-read-only` (from PyPI): both run, and are
asked in turn the same short SPARQL queries over as many connections, once ours has made what it makes at its start.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import itertools
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

CONNECTIONS: Final = 32
HOSTILE_PER_SECOND: Final = 10
AIM_SLOWER: Final = 5.0
AIM_PEER: Final = 0.3
AIM_LOST: Final = 1.0
AIM_GROWN: Final = 1.2
ROUNDS: Final = 3
PEER_PORT: Final = 7_991
MADE_AT_START: Final = ("/api/map", "/api/highlights")

_ALL: Final = "?a ?b ?c . ?d ?e ?f"
HOSTILE: Final = (
    f"SELECT (COUNT(*) AS ?n) WHERE {{ {_ALL} . ?g ?h ?i }}",
    "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<x:y>)* ?b . ?b (!<x:z>)* ?c }",
    f"SELECT * WHERE {{ {_ALL} }} ORDER BY ?c ?f ?a",
    f"SELECT * WHERE {{ {'{' * 5_000} ?s ?p ?o {'}' * 5_000} }}",
    f"SELECT * WHERE {{ ?s ?p ?o FILTER({'||'.join(['?o'] * 20_000)}) }}",
)
SHORT: Final = tuple(
    f"PREFIX stk: <https://w3id.org/stackholder/ns#> PREFIX schema: <https://schema.org/> "
    f"SELECT ?x ?name WHERE {{ ?x a stk:{kind} ; schema:name ?name }} LIMIT {count}"
    for kind in ("Company", "Framework", "Processor", "Model")
    for count in (1, 10, 50)
)
_FRACTION: Final = re.compile(rb"(\.\d{9})\d+")  # sums differ in their last digit by their order
Request = tuple[str, bytes]
"""Name, and the bytes of a request."""


def request(method: str, path: str, host: str, kind: str = "", body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n"
    if body:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def sparql(path: str, host: str, text: str) -> bytes:
    return request("GET", f"{path}?query={urllib.parse.quote(text)}", host)


def canned(host: str, home: Path, heavy: float) -> list[Request]:
    """Every canned question, as raw Cypher, by name, and as raw SPARQL where that takes less than `heavy` seconds."""
    import stackholder
    from stackholder.queries.catalogue import questions
    from stackholder.stores.terms import bound

    found: list[Request] = []
    with stackholder.open(home) as graph:
        for name, question in questions().items():
            if getattr(question, "computed", False):
                continue
            given = {p.name: p.example for p in question.parameters}
            used: dict[str, Any] = dict(graph.ask(name, limit=1, **given).parameters)
            body = json.dumps({"statement": question.text("cypher"), "parameters": used}).encode()
            posted = request("POST", "/cypher", host, "application/json", body)
            found.append((f"{name} cypher", posted))
            query = urllib.parse.urlencode({**given, "limit": 20})
            found.append((f"{name} ask", request("GET", f"/api/ask/{name}?{query}", host)))
            clock = time.perf_counter()
            graph.sparql(question.text("sparql"), limit=None, **used)
            if time.perf_counter() - clock < heavy:
                text = bound(question.text("sparql"), used)
                kind = "application/sparql-query"
                found.append(
                    (f"{name} sparql", request("POST", "/sparql", host, kind, text.encode()))
                )
    return found


class Connection:
    """A kept connection, which opens itself again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, content: bytes) -> tuple[int, bytes]:
        """Status and body; status 0 where the connection broke."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            writer.write(content)
            return await self._answer(reader)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            self.close()
            return 0, b""

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in head:
            pieces = []
            while size := int(await reader.readuntil(b"\r\n"), 16):
                pieces.append(await reader.readexactly(size))
                await reader.readexactly(2)
            await reader.readexactly(2)
            return status, b"".join(pieces)
        length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        if b"connection: close" in head:
            self.close()
        return status, body

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


class Load:
    """What some connections were answered."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.statuses: collections.Counter[int] = collections.Counter()
        self.bodies: dict[str, set[int]] = collections.defaultdict(set)
        self.failed: collections.Counter[str] = collections.Counter()

    async def run(self, port: int, requests: list[Request], seconds: float, count: int) -> None:
        end = time.monotonic() + seconds
        await asyncio.gather(*(self._one(port, requests, end, n) for n in range(count)))

    async def _one(self, port: int, requests: list[Request], end: float, seed: int) -> None:
        connection, order = Connection(port), random.Random(seed)
        while time.monotonic() < end:
            name, content = order.choice(requests)
            clock = time.perf_counter()
            status, body = await connection.ask(content)
            self.seconds.append(time.perf_counter() - clock)
            self.statuses[status] += 1
            if status != 200:
                self.failed[f"{name}: {status}"] += 1
            else:
                self.bodies[name].add(hash(_FRACTION.sub(rb"\1", body)))
        connection.close()

    def at(self, share: float) -> float:
        """The percentile."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    @property
    def wrong(self) -> int:
        """Questions that had more than one answer."""
        return sum(len(some) > 1 for some in self.bodies.values())

    def said(self, name: str, seconds: float) -> str:
        ms = "  ".join(f"{p} {self.at(s) * 1000:8.1f}" for p, s in (("p50", 0.5), ("p99", 0.99)))
        bad = sum(self.failed.values())
        return f"{name:28} {len(self.seconds) / seconds:9.1f} /s  {ms} ms  failed {bad}  wrong {self.wrong}"


async def bombard(port: int, host: str, seconds: float, statuses: collections.Counter[int]) -> None:
    """Sends hostile queries, ten a second, each over a connection of its own and without waiting."""

    async def one(text: str) -> None:
        kind = "application/sparql-query"
        connection = Connection(port)
        status, _ = await connection.ask(request("POST", "/sparql", host, kind, text.encode()))
        statuses[status] += 1
        connection.close()

    running: set[asyncio.Task[None]] = set()
    end, texts = time.monotonic() + seconds, itertools.cycle(HOSTILE)
    number = 0
    while time.monotonic() < end:
        number += 1
        running.add(asyncio.ensure_future(one(f"{next(texts)} #{number}")))
        await asyncio.sleep(1 / HOSTILE_PER_SECOND)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def longest_loss(port: int, host: str) -> float:
    """Seconds for which the place of a lost worker was empty, at most; the server counts them itself."""
    _, body = await Connection(port).ask(request("GET", "/metrics", host))
    name = b"stackholder_longest_replacement_seconds "
    return float(body.partition(b"\n" + name)[2].split()[0])


class Memory:
    """Memory of the front and of all processes below it, in MB, over time."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._begun = time.monotonic()
        self.samples: list[tuple[float, float, float]] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(2.0):
            workers = sum(map(memory, list(children(self._pid))))
            self.samples.append((time.monotonic() - self._begun, memory(self._pid), workers))

    def parts(self, which: int) -> list[float]:
        """Medians of each minute, or of each fifth where that is less."""
        end = self.samples[-1][0] if self.samples else 1.0
        count = max(5, round(end / 60))
        found: list[list[float]] = [[] for _ in range(count)]
        for sample in self.samples:
            found[min(count - 1, int(sample[0] / end * count))].append(sample[which])
        return [statistics.median(part) for part in found if part]

    def report(self) -> bool:
        """Prints all parts; gives whether the last of both is hardly more than the first."""
        flat = True
        for which, name in ((1, "front"), (2, "workers")):
            parts = self.parts(which)
            print(f"memory of the {name}, MB over time: {' '.join(f'{p:.0f}' for p in parts)}")
            grown = f"memory of the {name}, last part against the first"
            flat &= verdict(grown, parts[-1] / parts[0], AIM_GROWN)
        return flat


def memory(pid: int) -> float:
    """Proportional share of memory of a process, in MB; nothing once it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def children(pid: int) -> Iterator[int]:
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(file.read_text().rpartition(")")[2].split()[1]) == pid:
                child = int(file.parent.name)
                yield child
                yield from children(child)


@contextlib.asynccontextmanager
async def started(home: Path, *options: str) -> AsyncIterator[tuple[int, int]]:
    """Our server, with its log in a file; gives its port and process."""
    command = [sys.executable, "-m", "stackholder", "serve", "--port", "0", "--home", str(home)]
    with tempfile.NamedTemporaryFile() as log:
        process = subprocess.Popen([*command, *options], stderr=log)
        try:
            while b"\n" not in (lines := Path(log.name).read_bytes()):
                assert process.poll() is None, lines
                await asyncio.sleep(0.1)
            said: dict[str, Any] = json.loads(lines.partition(b"\n")[0])
            port = int(said["address"].rpartition(":")[2])
            for path in MADE_AT_START:
                await Connection(port).ask(request("GET", path, f"127.0.0.1:{port}"))
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


@contextlib.contextmanager
def peer(home: Path, port: int) -> Iterator[None]:
    """Oxigraph's own server on the same data."""
    folder = next((home / "states").glob("*/*/rdf"))
    program = Path(sys.executable).with_name("oxigraph")
    command = [program, "serve-read-only", "--location", folder, "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        yield
    finally:
        process.terminate()
        process.wait()


async def under_load(home: Path, options: argparse.Namespace) -> bool:
    """Quiet, then beside hostile queries."""
    seconds = options.seconds
    async with started(home, "--timeout", str(options.timeout)) as (port, pid):
        host = f"127.0.0.1:{port}"
        requests = canned(host, home, options.heavy)
        print(f"{CONNECTIONS} connections, {len(requests)} canned queries")
        await Load().run(port, requests, 5, CONNECTIONS)  # stores open, caches fill
        quiet = Load()
        await quiet.run(port, requests, max(10, seconds / 3), CONNECTIONS)
        print(quiet.said("quiet", max(10, seconds / 3)), flush=True)
        loaded, statuses = Load(), collections.Counter[int]()
        with Memory(pid) as used:
            await asyncio.gather(
                loaded.run(port, requests, seconds, CONNECTIONS),
                bombard(port, host, seconds, statuses),
            )
        lost = await longest_loss(port, host)
    print(loaded.said(f"beside {HOSTILE_PER_SECOND} hostile/s", seconds))
    differing = [n for n, some in loaded.bodies.items() if len(some | quiet.bodies[n]) > 1]
    print(f"more than one answer: {differing or 'none'}")
    print(
        f"hostile ended with {dict(sorted(statuses.items()))}; failures {dict(quiet.failed + loaded.failed)}"
    )
    return all(
        [
            verdict("p99 against quiet", loaded.at(0.99) / quiet.at(0.99), AIM_SLOWER),
            verdict("longest loss of a worker, s", lost, AIM_LOST),
            used.report(),
            verdict("questions with more than one answer", len(differing), 0),
            verdict("failed requests", sum((loaded.failed + quiet.failed).values()), 0),
        ]
    )


async def against_peer(home: Path, seconds: float) -> bool:
    """Requests per second of both servers on the same data, the same queries and as many connections."""
    if not Path(sys.executable).with_name("oxigraph").exists():
        print("oxigraph is not installed: pip install oxigraph")
        return False
    ratios = []
    async with started(home) as (port, _):
        with peer(home, PEER_PORT):
            for _ in range(ROUNDS):
                ours = await short(port, "/sparql", seconds)
                theirs = await short(PEER_PORT, "/query", seconds)
                print(ours.said("ours", seconds))
                print(theirs.said("oxigraph", seconds), flush=True)
                ratios.append(len(ours.seconds) / len(theirs.seconds))
    ratio = statistics.median(ratios)
    span = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(
        f"requests per second: {ratio:.2f} of the peer's, {span} in {ROUNDS} rounds"
        f" (aim: {AIM_PEER}; {met(ratio >= AIM_PEER)})"
    )
    return ratio >= AIM_PEER


async def short(port: int, path: str, seconds: float) -> Load:
    requests = [(text, sparql(path, f"127.0.0.1:{port}", text)) for text in SHORT]
    await Load().run(port, requests, 1, CONNECTIONS)
    load = Load()
    await load.run(port, requests, seconds, CONNECTIONS)
    return load


def verdict(name: str, figure: float, most: float) -> bool:
    print(f"{name}: {figure:.2f} (aim: at most {most:g}; {met(figure <= most)})")
    return figure <= most


def met(yes: bool) -> str:
    return "met" if yes else "MISSED"


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--home", type=Path, help="a home that is built; default: the starter graph"
    )
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--peer-seconds", type=float, default=10)
    options.add_argument("--timeout", type=float, default=10, help="limit of the server")
    options.add_argument(
        "--heavy", type=float, default=1.0, help="SPARQL texts above it are left out"
    )
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="stackholder-bench-") as folder:
        home = given.home or Path(folder) / "home"
        if given.home is None:
            build = [sys.executable, "-m", "stackholder", "build", "--quiet", "--home", str(home)]
            subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        good = asyncio.run(against_peer(home, given.peer_seconds)) if given.peer_seconds else True
        good &= asyncio.run(under_load(home, given)) if given.seconds else True
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
