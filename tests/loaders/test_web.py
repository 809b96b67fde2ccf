"""The door to the network, against a server that answers, waits, refuses, breaks off and drips."""

from __future__ import annotations

import datetime
import email.utils
import json
import time
from pathlib import Path
from typing import Any

import pytest
from servers.http_server import Answer, HttpServer
from stackholder.errors import SourceError
from stackholder.loaders import web
from stackholder.loaders.web import Web

ONE = Answer(b'{"one": 1}')


def door(server: HttpServer, folder: Path, **how: Any) -> Web:
    return Web(server.address, folder / "cache", **{"pause": 0.01, **how})


def older(folder: Path, days: int) -> None:
    """Makes what is kept look as if it was fetched days ago."""
    for file in (folder / "cache").iterdir():
        head, _, body = file.read_bytes().partition(b"\n")
        said = json.loads(head)
        when = datetime.datetime.fromisoformat(said["fetched"]) - datetime.timedelta(days)
        said["fetched"] = when.isoformat()
        file.write_bytes(json.dumps(said).encode() + b"\n" + body)


def test_it_says_who_asks_and_what_for(
    http_server: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STACKHOLDER_CONTACT", "https://example.org/contact")
    http_server.say("/a?x=1&y=%26", ONE)
    with door(http_server, tmp_path) as client:
        assert client.get("/a", {"x": "1", "y": "&"}).json() == {"one": 1}
    [(_, headers)] = http_server.asked
    assert headers["user-agent"].startswith("stackholder/")
    assert headers["user-agent"].endswith(" (https://example.org/contact)")
    assert headers["accept"] == "application/json"
    assert "authorization" not in headers


def test_what_was_just_fetched_is_not_asked_again(http_server: HttpServer, tmp_path: Path) -> None:
    http_server.say("/a", ONE)
    for _ in range(3):
        with door(http_server, tmp_path) as client:
            assert client.get("/a").json() == {"one": 1}
    assert http_server.paths() == ["/a"]


def test_a_day_later_the_server_is_asked_whether_it_changed(
    http_server: HttpServer, tmp_path: Path
) -> None:
    tagged = Answer(b'{"one": 1}', headers={"ETag": '"v1"'})
    http_server.say("/a", tagged, tagged, Answer(b'{"two": 2}', headers={"ETag": '"v2"'}))
    with door(http_server, tmp_path) as client:
        first = client.get("/a")
        older(tmp_path, 1)
        second = client.get("/a")
        assert second.json() == {"one": 1}
        assert second.fetched >= first.fetched
        older(tmp_path, 1)
        assert client.get("/a").json() == {"two": 2}
    assert [h.get("if-none-match") for _, h in http_server.asked] == [None, '"v1"', '"v1"']


def test_offline_the_cache_answers_whatever_its_age_and_no_server_is_asked(
    http_server: HttpServer, tmp_path: Path
) -> None:
    http_server.say("/a", ONE)
    with door(http_server, tmp_path) as client:
        client.get("/a")
    older(tmp_path, 400)
    with door(http_server, tmp_path, offline=True) as client:
        assert client.get("/a").json() == {"one": 1}
        with pytest.raises(SourceError, match="offline, and this was never fetched"):
            client.get("/b")
    assert http_server.paths() == ["/a"]


def test_a_cache_file_that_was_damaged_is_asked_for_again(
    http_server: HttpServer, tmp_path: Path
) -> None:
    http_server.say("/a", ONE)
    with door(http_server, tmp_path) as client:
        client.get("/a")
        [file] = (tmp_path / "cache").iterdir()
        file.write_bytes(file.read_bytes()[:-1])
        assert client.get("/a").json() == {"one": 1}
    assert http_server.paths() == ["/a", "/a"]


def test_pages_follow_each_other_and_a_break_resumes_where_it_was(
    http_server: HttpServer, tmp_path: Path
) -> None:
    for n in (1, 2, 3):
        link = {"Link": f'</p?n={n + 1}>; rel="next"'} if n < 3 else {}
        http_server.say(f"/p?n={n}", Answer(str(n).encode(), headers=link))
    whole = http_server.answers["/p?n=3"][0]
    http_server.say("/p?n=3", Answer(status=403))
    with door(http_server, tmp_path) as client:
        seen = []
        with pytest.raises(SourceError, match="answers 403 Forbidden"):
            seen += [page.json() for page in client.pages("/p?n=1")]
        http_server.say("/p?n=3", whole)
        assert [page.json() for page in client.pages("/p?n=1")] == [1, 2, 3]
    assert http_server.paths() == ["/p?n=1", "/p?n=2", "/p?n=3", "/p?n=3"]


def test_pages_in_a_circle_end(http_server: HttpServer, tmp_path: Path) -> None:
    http_server.say("/p", Answer(b"1", headers={"Link": '</q>; rel="next"'}))
    http_server.say("/q", Answer(b"2", headers={"Link": '</p>; rel="next"'}))
    with door(http_server, tmp_path) as client, pytest.raises(SourceError, match="in a circle"):
        list(client.pages("/p"))


@pytest.mark.slow
@pytest.mark.parametrize("dated", [False, True])
def test_it_waits_as_long_as_the_server_asks_and_says_so(
    http_server: HttpServer, tmp_path: Path, dated: bool
) -> None:
    wait = email.utils.formatdate(time.time() + 2, usegmt=True) if dated else "1"
    http_server.say("/a", Answer(status=429, headers={"Retry-After": wait}), ONE)
    told: list[str] = []
    clock = time.monotonic()
    with door(http_server, tmp_path, tell=told.append) as client:
        assert client.get("/a").json() == {"one": 1}
    assert time.monotonic() - clock >= 0.9 - dated
    if not dated:
        assert told == ["127.0.0.1: the server answers 429 Too Many Requests; waiting 1 s"]


def test_a_server_that_asks_to_wait_for_hours_is_not_waited_for(
    http_server: HttpServer, tmp_path: Path
) -> None:
    http_server.say("/a", Answer(status=429, headers={"Retry-After": "7200"}))
    with door(http_server, tmp_path) as client, pytest.raises(SourceError) as caught:
        client.get("/a")
    assert "asks to wait 7,200 s" in str(caught.value)
    assert len(http_server.asked) == 1


def test_a_spent_rate_limit_is_waited_out(http_server: HttpServer, tmp_path: Path) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1)}
    http_server.say("/a", Answer(status=403, headers=spent), ONE)
    with door(http_server, tmp_path) as client:
        assert client.get("/a").json() == {"one": 1}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_stumbles_is_asked_again(
    http_server: HttpServer, tmp_path: Path, status: int
) -> None:
    http_server.say("/a", Answer(status=status), Answer(status=status), ONE)
    with door(http_server, tmp_path) as client:
        assert client.get("/a").json() == {"one": 1}
    assert len(http_server.asked) == 3


def test_a_server_that_is_down_is_asked_five_times(http_server: HttpServer, tmp_path: Path) -> None:
    http_server.say("/a", Answer(status=500))
    with door(http_server, tmp_path) as client, pytest.raises(SourceError) as caught:
        client.get("/a")
    assert len(http_server.asked) == 5
    assert "answers 500 Internal Server Error, 5 times" in str(caught.value)
    assert f"{http_server.address}/a" in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_final_and_says_what_to_do(
    http_server: HttpServer, tmp_path: Path, status: int
) -> None:
    http_server.say("/a", Answer(status=status))
    with door(http_server, tmp_path) as client, pytest.raises(SourceError) as caught:
        client.get("/a")
    assert len(http_server.asked) == 1
    assert caught.value.hint


def test_a_body_cut_short_is_never_taken_for_whole(http_server: HttpServer, tmp_path: Path) -> None:
    long = b'{"rows": [' + b"1, " * 1000 + b"1]}"
    http_server.say("/a", Answer(long, cut=500), Answer(long))
    http_server.say("/b", Answer(long, cut=500))
    with door(http_server, tmp_path) as client:
        assert len(client.get("/a").json()["rows"]) == 1001
        with pytest.raises(SourceError, match="breaks off"):
            client.get("/b")


@pytest.mark.slow
def test_a_body_that_drips_without_end_is_given_up(http_server: HttpServer, tmp_path: Path) -> None:
    http_server.say("/a", Answer(b"x" * 1000, drip=0.1))
    with door(http_server, tmp_path, longest=0.3) as client, pytest.raises(SourceError) as caught:
        client.get("/a")
    assert "takes too long" in str(caught.value)


def test_a_body_without_measure_is_refused(
    http_server: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "_MOST_BYTES", 1000)
    http_server.say("/a", Answer(b"x" * 5000))
    with door(http_server, tmp_path) as client, pytest.raises(SourceError, match="1,000 bytes"):
        client.get("/a")


def test_nobody_at_the_address_is_one_clear_error(http_server: HttpServer, tmp_path: Path) -> None:
    http_server.stop()
    with door(http_server, tmp_path) as client, pytest.raises(SourceError, match="no server"):
        client.get("/a")


def test_a_page_that_is_not_json_says_where(http_server: HttpServer, tmp_path: Path) -> None:
    http_server.say("/a", Answer(b"<html>log in</html>"))
    http_server.say("/b", Answer(b"[" * 100_000))
    with door(http_server, tmp_path) as client:
        for path in ("/a", "/b"):
            with pytest.raises(SourceError, match="not JSON") as caught:
                client.get(path).json()
            assert caught.value.where == f"{http_server.address}{path}"


def test_other_servers_are_never_asked(http_server: HttpServer, tmp_path: Path) -> None:
    http_server.say("/a", Answer(b"1", headers={"Link": '<http://other.invalid/b>; rel="next"'}))
    http_server.say("/c", Answer(status=302, headers={"Location": "http://other.invalid/c"}))
    http_server.say("/d", Answer(status=302, headers={"Location": "/e"}))
    http_server.say("/e", ONE)
    with door(http_server, tmp_path) as client:
        with pytest.raises(SourceError, match="another server"):
            client.get("http://other.invalid/x")
        with pytest.raises(SourceError, match="another server"):
            list(client.pages("/a"))
        with pytest.raises(SourceError, match="another server"):
            client.get("/c")
        assert client.get("/d").json() == {"one": 1}


def test_a_token_is_sent_and_neither_kept_nor_said(
    http_server: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STACKHOLDER_HUB_TOKEN", "s3cret")
    http_server.say("/a", ONE)
    http_server.say("/b", Answer(status=403))
    told: list[str] = []
    with door(http_server, tmp_path, tell=told.append) as client:
        client.get("/a", token="STACKHOLDER_HUB_TOKEN")
        with pytest.raises(SourceError) as caught:
            client.get("/b", token="STACKHOLDER_HUB_TOKEN")
    assert [h["authorization"] for _, h in http_server.asked] == ["Bearer s3cret"] * 2
    kept = b"".join(f.read_bytes() for f in (tmp_path / "cache").iterdir())
    assert b"s3cret" not in kept + str(caught.value).encode() + "".join(told).encode()
