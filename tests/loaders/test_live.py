"""Live loaders against a server that refuses, breaks off or is never heard of again, at every page."""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import stackholder
from servers.http_server import Answer, HttpServer
from stackholder.graph.home import Home
from stackholder.loaders.wikidata.loader import wanted
from stackholder.pipeline import Input, build

pytestmark = pytest.mark.slow

DAY = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
OTHER = "affiliations"
"""A loader beside the one that fails: small, and of the package."""
RELATION = {"wikidata": "OWNS", "model_hub": "CREATED"}
Pages = list[str]


def hub(server: HttpServer) -> Pages:
    """Three pages of Google's models, then empty lists; gives the paths of the pages."""
    server.otherwise = Answer(b"[]")
    first = "/api/models?author=google&full=true&limit=1000&cardData=true"
    paths = [first, "/p?n=2", "/p?n=3"]
    for number, path in enumerate(paths):
        models = [{"id": f"google/m{number}-{n}", "tags": []} for n in range(5)]
        link = {"Link": f'<{paths[number + 1]}>; rel="next"'} if number < 2 else {}
        server.say(path, Answer(json.dumps(models).encode(), headers=link))
    return paths


def query_service(server: HttpServer) -> Pages:
    """An answer per 40 items, in each of which one owner is stated; the paths are known after the first run."""
    item = wanted()[0]
    entity = "http://www.wikidata.org/entity/"
    rows = [
        {
            "item": {"type": "uri", "value": f"{entity}{item}"},
            "relation": {"type": "literal", "value": "P127"},
            "other": {"type": "uri", "value": f"{entity}Q9{n}"},
        }
        for n in range(3)
    ]
    answer = {"head": {"vars": ["item", "relation", "other"]}, "results": {"bindings": rows}}
    server.otherwise = Answer(json.dumps(answer).encode())
    return []


SERVICES: dict[str, Callable[[HttpServer], Pages]] = {"model_hub": hub, "wikidata": query_service}


def age(home: Path) -> None:
    """Makes what was fetched look as old as a week."""
    for file in (home / "cache").rglob("web/*"):
        head, _, body = file.read_bytes().partition(b"\n")
        said = json.loads(head)
        said["fetched"] = "2026-01-01T00:00:00+00:00"
        said["validators"] = {}
        file.write_bytes(json.dumps(said).encode() + b"\n" + body)


def in_force(home: Path, name: str) -> int:
    file = home / f"claims/{name}/live/current/edges/{RELATION[name]}.parquet"
    table = pq.read_table(file)
    return table["ended"].null_count


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repetitions follow each other at once: the waits are tested elsewhere."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


def pages_of(server: HttpServer, name: str, pages: Pages) -> Pages:
    return pages or [p for p in dict.fromkeys(server.paths()) if p.startswith("/sparql")]


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("broken", [Answer(b"no", 403), Answer(b"[" * 900, cut=100), Answer(b"[{", 200)],
                         ids=["403", "cut short", "not JSON"])  # fmt: skip
@pytest.mark.usefixtures("pause")
def test_whatever_page_fails_nothing_ends_and_the_rest_is_published(
    http_server: HttpServer, tmp_path: Path, name: str, broken: Answer
) -> None:
    pages = SERVICES[name](http_server)
    home = Home(tmp_path / "home")
    source = Input(name, "live", f"{http_server.address}/{'sparql' if name == 'wikidata' else ''}")
    build(home, [source], now=DAY, only=[name, OTHER])
    before = in_force(home.path, name)
    assert before >= 3
    for number, page in enumerate(pages_of(http_server, name, pages)[:3], 1):
        age(home.path)
        kept = http_server.answers.get(page)
        http_server.say(page, broken)
        built = build(home, now=DAY + datetime.timedelta(number), only=[name, OTHER])
        [ledger] = [led for led in built.ledgers if led.loader == name]
        assert ledger.failure
        assert not ledger.complete
        assert in_force(home.path, name) == before
        assert next(led for led in built.ledgers if led.loader == OTHER).complete
        with stackholder.open(home.path) as graph:
            answer = graph.find("wikidata:Q95")
            assert answer.rows
            assert answer.incomplete_sources == (f"{name}:live",)
        if kept is None:
            http_server.answers.pop(page)
        else:
            http_server.answers[page] = kept
    age(home.path)
    built = build(home, now=DAY + datetime.timedelta(9), only=[name, OTHER])
    assert all(led.complete for led in built.ledgers)
    assert in_force(home.path, name) == before


@pytest.mark.parametrize("name", SERVICES)
def test_a_build_killed_at_any_page_costs_nothing_and_the_next_goes_on_there(
    http_server: HttpServer, tmp_path: Path, name: str
) -> None:
    pages = SERVICES[name](http_server)
    place, home = tmp_path / "home", Home(tmp_path / "home")
    source = Input(name, "live", f"{http_server.address}/{'sparql' if name == 'wikidata' else ''}")
    build(home, [source], now=DAY, only=[name])
    before, hashed = in_force(place, name), home.current_snapshot().name
    everything = pages_of(http_server, name, pages)
    for page in everything[:3]:
        age(place)
        kept = http_server.answers.get(page)
        answer = (kept or [http_server.otherwise])[0]
        http_server.say(page, Answer(answer.body, headers=answer.headers, hold=30))
        http_server.asked.clear()
        command = [
            sys.executable,
            "-m",
            "stackholder",
            "build",
            "--home",
            str(place),
            "--no-stores",
            "--only",
            name,
        ]
        packages = str(Path(stackholder.__file__).parent.parent)
        process = subprocess.Popen(
            command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": packages}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        limit = time.monotonic() + 60
        while page not in http_server.paths() and time.monotonic() < limit:
            time.sleep(0.02)
        assert page in http_server.paths()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert home.current_snapshot().name == hashed
        assert in_force(place, name) == before
        asked = [p for p in http_server.paths() if p != page]
        if kept is None:
            http_server.answers.pop(page)
        else:
            http_server.answers[page] = kept
        http_server.asked.clear()
        built = build(home, only=[name], now=DAY)
        assert all(led.complete for led in built.ledgers)
        assert not set(asked) & set(http_server.paths()), "what was fetched is not asked again"
        assert in_force(place, name) == before


@pytest.mark.parametrize("name", SERVICES)
def test_offline_a_build_says_the_same_from_what_was_fetched(
    http_server: HttpServer, tmp_path: Path, name: str
) -> None:
    SERVICES[name](http_server)
    home = Home(tmp_path)
    source = Input(name, "live", f"{http_server.address}/{'sparql' if name == 'wikidata' else ''}")
    first = build(home, [source], now=DAY, only=[name]).snapshot.hash
    age(tmp_path)
    http_server.asked.clear()
    built = build(home, now=DAY, only=[name], offline=True)
    assert built.snapshot.hash == first
    assert [led.fetched[:10] for led in built.ledgers] == ["2026-01-01"], "its age is said"
    assert http_server.asked == []
