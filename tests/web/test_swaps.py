"""A new snapshot is served without a failed request, and every answer is from one snapshot."""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from effort import Effort
from stackholder.cli import run
from stackholder.graph.home import Home, point
from starter import copied

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
NODES = "MATCH (n) RETURN count(*) AS n"


@pytest.fixture(scope="module")
def two(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[Path]]:
    """A home with two snapshots and the stores of both."""
    home = Home(copied(starter, tmp_path_factory.mktemp("two") / "home"))
    first = home.current_snapshot()
    built = ["build", "--home", str(home.path), "--only", "affiliations", "--quiet"]
    assert run(built) == 0
    second = home.current_snapshot()
    assert first != second
    return home, [first, second]


def counted(client: httpx.Client, kind: str) -> tuple[str, int]:
    """The snapshot that an answer names, and what it counts."""
    if kind == "sparql":
        found = client.get("/sparql", params={"query": COUNT})
        count = int(found.json()["results"]["bindings"][0]["n"]["value"])
    elif kind == "cypher":
        found = client.post("/cypher", json={"statement": NODES})
        count = found.json()["data"]["values"][0][0]
    else:
        found = client.get("/api/about")
        told = found.json()
        assert told["snapshot"] == found.headers["X-Stackholder-Snapshot"]
        count = told["edges"]
    assert found.status_code == 200
    return found.headers["X-Stackholder-Snapshot"], count


def test_swaps_under_load_fail_no_request(
    serving: Any,
    two: tuple[Home, list[Path]],
    effort: Effort,
    record_property: Callable[[str, object], None],
) -> None:
    home, snapshots = two
    seen: dict[tuple[str, str], set[int]] = collections.defaultdict(set)
    failures: list[str] = []
    answered: collections.Counter[str] = collections.Counter()
    begun = time.monotonic()
    done = threading.Event()
    with serving(home=home.path) as server:

        def ask(kind: str) -> None:
            with httpx.Client(base_url=server.address, timeout=30) as client:
                while not done.is_set():
                    try:
                        snapshot, count = counted(client, kind)
                        seen[kind, snapshot].add(count)
                        answered[kind] += 1
                    except Exception as error:
                        failures.append(f"{kind}: {error!r}")

        asking = [threading.Thread(target=ask, args=(k,)) for k in ("sparql", "cypher", "about")]
        for thread in asking:
            thread.start()
        with httpx.Client(base_url=server.address, timeout=30) as client:
            for number in range(effort.swaps):
                wanted = snapshots[number % 2]
                point(home.path / "current", wanted)
                deadline = time.monotonic() + 30
                while client.get("/health").json()["snapshot"] != wanted.name:
                    assert time.monotonic() < deadline, "the new snapshot is not served"
                    time.sleep(0.02)
        done.set()
        for thread in asking:
            thread.join()
        swaps = [line for line in server.lines if line["event"] == "new snapshot"]
    record_property("soak: seconds of load", time.monotonic() - begun)
    record_property("soak: snapshots swapped under load", len(swaps))
    record_property("soak: requests answered meanwhile", answered.total())
    record_property("soak: requests failed", len(failures))
    assert failures == []
    assert len(swaps) >= effort.swaps - 1
    assert {snapshot for _, snapshot in seen} == {s.name for s in snapshots}
    for counts in seen.values():
        assert len(counts) == 1
    for kind in ("sparql", "cypher", "about"):
        assert seen[kind, snapshots[0].name] != seen[kind, snapshots[1].name]


def test_an_answer_that_has_begun_ends_on_its_snapshot(
    serving: Any, two: tuple[Home, list[Path]]
) -> None:
    home, (first, second) = two
    point(home.path / "current", first)
    with (
        serving(home=home.path) as server,
        httpx.Client(base_url=server.address, timeout=60) as client,
    ):
        whole = len(client.get("/sparql", params={"query": "SELECT * WHERE { ?s ?p ?o }"}).content)
        with client.stream(
            "GET", "/sparql", params={"query": "SELECT * WHERE { ?s ?p ?o }"}
        ) as found:
            point(home.path / "current", second)
            while httpx.get(f"{server.address}/health").json()["snapshot"] != second.name:
                time.sleep(0.02)
            assert found.headers["X-Stackholder-Snapshot"] == first.name
            assert sum(len(piece) for piece in found.iter_bytes()) == whole
        assert client.get("/health").headers["X-Stackholder-Snapshot"] == second.name


def test_a_snapshot_that_cannot_be_served_leaves_the_one_before(
    serving: Any, own_home: Path
) -> None:
    home = Home(own_home)
    good = home.current_snapshot().name
    with (
        serving(home=own_home) as server,
        httpx.Client(base_url=server.address, timeout=30) as client,
    ):
        broken = home.snapshots / "0000broken"
        broken.mkdir()
        (broken / "manifest.json").write_text("{}")
        point(own_home / "current", broken)
        deadline = time.monotonic() + 20
        while len(server.lines) < 2 or not [x for x in server.lines if x["level"] == "error"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert client.get("/api/about").json()["snapshot"] == good
        assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).json()["boolean"]
