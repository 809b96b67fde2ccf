"""Starting, watching and stopping a server; who may ask it; what it writes."""

from __future__ import annotations

import asyncio
import base64
import concurrent.futures
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from stackholder.cli import run

TOKEN = "a-token-that-is-long-enough"


def test_health_and_metrics_say_how_it_is(client: httpx.Client) -> None:
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
    text = client.get("/metrics").text
    assert re.search(r'stackholder_requests_total{path="/sparql",status="200"} \d', text)
    assert re.search(r'stackholder_request_seconds_bucket{le="0.5",path="/sparql"} \d', text)
    assert f'stackholder_snapshot{{hash="{client.get("/health").json()["snapshot"]}"}} 1.0' in text


def test_logs_are_json_without_queries_parameters_or_tokens(serving: Any) -> None:
    secret = "ZEBRA"
    with serving("--token", TOKEN) as server:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=server.address, headers=headers, timeout=30) as client:
            client.get("/sparql", params={"query": f"ASK {{ ?s ?p '{secret}' }}"})
            client.post("/cypher", json={"statement": f"RETURN '{secret}' AS"})
            client.get("/api/search", params={"q": secret})
            client.get("/sparql", params={"query": f"SELECT {secret}"})
        httpx.get(f"{server.address}/health", headers={"Authorization": f"Bearer {secret}"})
        server.stop()
    requests = [line for line in server.lines if line["event"] == "request"]
    assert [(r["method"], r["path"], r["status"]) for r in requests] == [
        ("GET", "/sparql", 200),
        ("POST", "/cypher", 400),
        ("GET", "/api/search", 200),
        ("GET", "/sparql", 400),
        ("GET", "/health", 200),
    ]
    for line in requests:
        assert line["ms"] >= 0
        assert len(line["snapshot"]) == 12
    assert secret not in json.dumps(server.lines)
    assert TOKEN not in json.dumps(server.lines)


def test_a_token_opens_every_door_and_nothing_else_does(serving: Any) -> None:
    with (
        serving(STACKHOLDER_TOKEN=TOKEN) as server,
        httpx.Client(base_url=server.address) as client,
    ):
        basic = base64.b64encode(f"neo4j:{TOKEN}".encode()).decode()
        for path in ("/api/about", "/", "/metrics", "/sparql?query=ASK%7B%7D"):
            for held in (f"Bearer {TOKEN}", f"bearer {TOKEN}", f"Basic {basic}"):
                assert client.get(path, headers={"Authorization": held}).status_code == 200
            for held in (
                "",
                "Bearer",
                f"Bearer {TOKEN}x",
                f"Bearer {TOKEN[:-1]}",
                "Basic %%%",
                TOKEN,
                "Basic Zm9v",
            ):
                found = client.get(path, headers={"Authorization": held})
                assert found.status_code == 401
                assert found.headers["WWW-Authenticate"].startswith("Basic")
        found = client.post(
            "/db/neo4j/query/v2", json={"statement": "RETURN 1"}, auth=("neo4j", TOKEN)
        )
        assert found.status_code == 202
        assert client.post("/cypher", json={}).json()["errors"][0]["code"].endswith("Unauthorized")
        assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--host", "0.0.0.0"], 2, "a token is needed"),
        (["--host", "::"], 2, "a token is needed"),
        (["--token", "short"], 2, "at least 16"),
        (["--cors", "*"], 2, "no origin"),
        (["--cors", "https://a.example/path"], 2, "no origin"),
        (["--port", "70000"], 2, "70000"),
        (["--as-of", "soon"], 1, "date"),
        (["--host", "no.such.host.invalid"], 2, "token"),
        (["--home", "nowhere"], 4, "stackholder build"),
    ],
)
def test_it_does_not_start_where_it_should_not(
    starter: Path,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    home = [] if "--home" in options else ["--home", str(starter)]
    assert run(["serve", "--port", "0", *home, *options]) == code
    assert said in capfd.readouterr().err


def test_a_port_that_is_taken_is_said(
    server: Any, starter: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["serve", "--port", str(server.port), "--home", str(starter)]) == 2
    assert "cannot listen" in capfd.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_and_leaves_nothing(serving: Any, number: int, tmp_path: Path) -> None:
    with serving(TMPDIR=str(tmp_path)) as server:
        assert httpx.get(f"{server.address}/health").status_code == 200
        workers = children(server.process.pid)
        assert len(workers) > 1
        assert server.stop(number) == 0
        assert server.lines[-1]["event"] == "stopped"
        deadline = time.monotonic() + 5
        while any(Path(f"/proc/{w}").exists() for w in workers) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not [w for w in workers if Path(f"/proc/{w}").exists()]
    assert list(tmp_path.iterdir()) == []


def children(pid: int) -> list[int]:
    """The processes below one."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(file.parent.name)
            found += [child, *children(child)]
    return found


def test_requests_that_run_are_answered_before_it_stops(serving: Any) -> None:
    slow = "SELECT (COUNT(*) AS ?n) WHERE { SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 4000000 }"
    with (
        serving("--workers", "4") as server,
        concurrent.futures.ThreadPoolExecutor(1) as pool,
    ):
        address = f"{server.address}/sparql"
        asked = pool.submit(httpx.get, address, params={"query": slow}, timeout=60)
        while (
            'stackholder_workers{doing="idle"} 3.0'
            not in httpx.get(f"{server.address}/metrics").text
        ):
            assert not asked.done()
        server.process.send_signal(signal.SIGTERM)
        assert int(asked.result().json()["results"]["bindings"][0]["n"]["value"]) == 4_000_000
        assert server.process.wait(30) == 0


def test_a_worker_that_is_killed_is_replaced(server: Any, client: httpx.Client) -> None:
    (origin,) = [p for p in children(server.process.pid) if children(p)]
    for worker in children(origin):
        os.kill(worker, signal.SIGKILL)
    found = [client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}) for _ in range(30)]
    assert found[-1].json() == {"head": {}, "boolean": True}
    assert {f.status_code for f in found} <= {200, 503}


def test_the_origin_of_workers_is_replaced_too(serving: Any) -> None:
    with serving("--workers", "1") as server, httpx.Client(base_url=server.address) as client:
        (origin,) = [p for p in children(server.process.pid) if children(p)]
        worker = children(origin)
        for process in (origin, *worker):
            os.kill(process, signal.SIGKILL)
        status, deadline = 0, time.monotonic() + 20
        while status != 200 and time.monotonic() < deadline:
            status = client.get("/sparql", params={"query": "ASK {}"}, timeout=30).status_code
        assert status == 200


def test_a_worker_can_open_no_connection_and_start_no_program() -> None:
    program = """
import socket, subprocess, sys
from stackholder.web.sandbox import deny_reaching_out
denied = deny_reaching_out()
tried = []
for work in (lambda: socket.create_connection(("127.0.0.1", 9), 1), lambda: socket.socket(),
             lambda: subprocess.run(["true"]), lambda: socket.socket(socket.AF_UNIX)):
    try:
        work()
        tried.append("done")
    except PermissionError:
        tried.append("denied")
    except OSError as error:
        tried.append(str(error))
print(denied, *tried)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    if done.stdout.startswith("False"):
        pytest.skip("this kernel has no seccomp filter for us")
    assert done.stdout.split() == ["True", "denied", "denied", "denied", "denied"]


def test_the_page_that_was_not_built_says_how(client: httpx.Client, tmp_path: Path) -> None:
    from stackholder.web.page import Page
    from starlette.applications import Starlette
    from starlette.routing import Route

    unbuilt = Starlette(routes=[Route("/{rest:path}", Page(tmp_path).__call__)])

    async def got(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app=unbuilt)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as asked:
            return await asked.get(path)

    for path in ("/", "/entity/framework/pytorch", "/ask/who_controls"):
        found = asyncio.run(got(path))
        assert found.status_code == 200
        assert "make web" in found.text
        policy = client.get(path).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'")


def test_a_socket_that_says_nothing_does_not_stop_the_others(
    server: Any, client: httpx.Client
) -> None:
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
    try:
        silent[0].sendall(b"GET / HTTP/1.1\r\nHost: local")
        assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).json()["boolean"]
    finally:
        for one in silent:
            one.close()


def test_the_examples_of_its_help_run(serving: Any, starter: Path) -> None:
    from stackholder.cli.serve import command

    lines = [line.strip() for line in str(command.help).splitlines()]
    examples = [line.split()[2:] for line in lines if line.startswith("stackholder serve")]
    assert len(examples) > 1
    for options in examples:
        with serving(*options, "--port", "0") as server:
            assert httpx.get(f"{server.address}/health").json()["status"] == "ok"
