"""The one door to the network: what a live loader reads, it reads through `Web`.

An answer is kept on disk with its validators. Asked again soon, it is taken from there, so that a run that broke off
goes on where it was; asked later, the server is asked whether it changed; offline, it is all there is.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import email.utils
import hashlib
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from ..errors import SourceError
from ..graph.home import exchange
from ..settings import secret, settings

if TYPE_CHECKING:
    import httpx

__all__ = ["Page", "Web"]

_FRESH: Final = datetime.timedelta(hours=6)
_TRIES: Final = 5
_LONGEST_WAIT: Final = 900.0
_LONGEST_ANSWER: Final = 120.0
_MOST_BYTES: Final = 64 * 2**20
_MOST_PAGES: Final = 100_000
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_VALIDATORS: Final = (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
_RESUME: Final = "build again: what was fetched is kept, and the rest is asked for"


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One answer.

    Attributes:
        url: Its full address.
        body: As sent, decompressed.
        next: Address of the page after it (RFC 8288 `Link: rel="next"`); empty when there is none.
        fetched: When the server last confirmed it.
    """

    url: str
    body: bytes
    next: str
    fetched: datetime.datetime

    def json(self) -> Any:
        """Its value.

        Raises:
            SourceError: It is not JSON, or is nested too deep.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise SourceError(
                f"the answer is not JSON: {error}",
                where=self.url,
                hint="look at the address in a browser: it may want a login, or be another service",
            ) from error


class Web:
    """A client of one server.

    Args:
        address: Where the user said the source lies. Only its host is ever asked.
        cache: Folder that keeps answers.
        offline: Whether the cache alone answers.
        tell: Is told what a person would want to know, e.g. that the server asks to wait.
        pause: Seconds before the first repetition; each later one waits twice as long.
        longest: Seconds that one answer may take.

    Attributes:
        oldest: When the oldest answer that was given so far was last confirmed; None before the first.
    """

    def __init__(
        self,
        address: str,
        cache: Path,
        *,
        offline: bool = False,
        tell: Callable[[str], None] = lambda text: None,
        pause: float = 0.5,
        longest: float = _LONGEST_ANSWER,
    ) -> None:
        import httpx

        self.address = address
        self._cache = cache
        self._offline = offline
        self._tell = tell
        self._pause = pause
        self._longest = longest
        self.oldest: datetime.datetime | None = None
        self._host = httpx.URL(address).netloc
        self._client = httpx.Client(
            headers={"User-Agent": _agent()},
            timeout=httpx.Timeout(30, connect=10),
            follow_redirects=True,
            max_redirects=5,
            event_hooks={"request": [lambda request: self._stay(request.url)]},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(
        self,
        url: str = "",
        parameters: Mapping[str, str] | None = None,
        *,
        accept: str = "application/json",
        token: str = "",
    ) -> Page:
        """One answer; from the cache where that is young enough, or still what the server would send.

        Args:
            url: Absolute, or relative to the address.
            parameters: Of the query.
            accept: Media type wanted.
            token: Environment variable with a bearer token; nothing is sent where it is not set.

        Raises:
            SourceError: The server refuses, is not to be reached, or breaks off; or nothing is kept offline.
        """
        import httpx

        full = httpx.URL(self.address).join(url)
        if parameters:
            full = full.copy_merge_params(parameters)
        self._stay(full)
        name = hashlib.sha256(f"{accept} {full}".encode()).hexdigest()[:32]
        kept = _kept(self._cache / name, str(full))
        now = datetime.datetime.now(datetime.UTC)
        if kept is not None and (self._offline or now - kept.page.fetched < _FRESH):
            self.oldest = min(kept.page.fetched, self.oldest or now)
            return kept.page
        if self._offline:
            raise SourceError(
                "offline, and this was never fetched",
                where=str(full),
                hint="build once without --offline",
            )
        headers = {"Accept": accept, **(kept.conditions if kept else {})}
        if bearer := secret(token):
            headers["Authorization"] = f"Bearer {bearer}"
        answer, body = self._patiently(full, headers)
        if answer.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
            page = dataclasses.replace(kept.page, fetched=now)
            known = kept.validators
        else:
            page = Page(str(full), body, _next(answer), now)
            known = {k: answer.headers[k] for k, _ in _VALIDATORS if k in answer.headers}
        _keep(self._cache / name, page, known)
        self.oldest = self.oldest or now
        return page

    def pages(
        self,
        url: str = "",
        parameters: Mapping[str, str] | None = None,
        *,
        accept: str = "application/json",
        token: str = "",
    ) -> Iterator[Page]:
        """An answer and all that follow it; see `get`."""
        page = self.get(url, parameters, accept=accept, token=token)
        seen = {page.url}
        yield page
        while page.next:
            page = self.get(page.next, accept=accept, token=token)
            if page.url in seen or len(seen) >= _MOST_PAGES:
                raise SourceError("its pages go round in a circle", where=page.url)
            seen.add(page.url)
            yield page

    def _stay(self, url: httpx.URL) -> None:
        """Refuses another server, also one that a redirection leads to."""
        if url.netloc != self._host or url.scheme not in {"http", "https"}:
            raise SourceError(
                f"it leads to another server, {url.host!r}",
                where=self.address,
                hint="name that server as the source, if you trust it",
            )

    def _patiently(
        self, url: httpx.URL, headers: Mapping[str, str]
    ) -> tuple[httpx.Response, bytes]:
        """Asks until the server answers, at most some times; waits as long as it asks to."""
        import httpx

        trouble = ""
        for number in range(_TRIES):
            wait = self._pause * 2**number * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
            try:
                answer, body = self._once(url, headers)
            except httpx.TooManyRedirects as error:
                raise SourceError("it redirects without end", where=str(url)) from error
            except httpx.TransportError as error:
                trouble = f"{_said(error)}"
            else:
                asked = _asked_to_wait(answer)
                if answer.status_code not in _AGAIN and asked is None:
                    _check(answer, str(url))
                    return answer, body
                trouble = f"the server answers {answer.status_code} {answer.reason_phrase}"
                if asked is not None:
                    if asked > _LONGEST_WAIT:
                        raise SourceError(
                            f"{trouble} and asks to wait {asked:,.0f} s",
                            where=str(url),
                            hint=_RESUME,
                        )
                    wait = asked
            if number + 1 < _TRIES:
                if wait >= 1:
                    self._tell(f"{url.host}: {trouble}; waiting {wait:,.0f} s")
                time.sleep(wait)
        raise SourceError(f"{trouble}, {_TRIES} times", where=str(url), hint=_RESUME)

    def _once(self, url: httpx.URL, headers: Mapping[str, str]) -> tuple[httpx.Response, bytes]:
        import httpx

        end = time.monotonic() + self._longest
        with self._client.stream("GET", url, headers=dict(headers)) as answer:
            pieces, size = [], 0
            for piece in answer.iter_bytes():
                pieces.append(piece)
                size += len(piece)
                if size > _MOST_BYTES:
                    raise SourceError(
                        f"the answer has more than {_MOST_BYTES:,} bytes", where=str(url)
                    )
                if time.monotonic() > end:
                    raise httpx.ReadTimeout(f"no end after {self._longest:.0f} s")
        return answer, b"".join(pieces)


# ------------------------------------------------------------------ answers


def _agent() -> str:
    """Product, version, and whom to ask, where the user says so: some services want it."""
    from .. import __version__

    contact = settings().contact.value
    return f"stackholder/{__version__}" + (f" ({contact})" if contact else "")


def _asked_to_wait(answer: httpx.Response) -> float | None:
    """Seconds that the server asks to wait, if it refuses for now: `Retry-After`, or a spent rate limit."""
    if answer.status_code not in {403, 429, 503}:
        return None
    said = answer.headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(said)
    if said:
        with contextlib.suppress(ValueError):
            until = email.utils.parsedate_to_datetime(said)
            return max(0.0, until.timestamp() - time.time())
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(0.0, float(reset) - time.time())
    return None


def _check(answer: httpx.Response, url: str) -> None:
    code = answer.status_code
    if code < 300 or code == 304:
        return
    hint = {
        401: "it wants a token: see the README.md of the loader",
        403: "it does not let you: look whether it wants a token, or has blocked this machine",
        404: "look at the address",
        410: "look at the address",
    }.get(code, "look at the address in a browser")
    raise SourceError(f"the server answers {code} {answer.reason_phrase}", where=url, hint=hint)


def _said(error: httpx.TransportError) -> str:
    import httpx

    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return f"no server answers ({error})" if str(error) else "no server answers"
    if isinstance(error, httpx.TimeoutException):
        return f"the answer takes too long ({error})" if str(error) else "the answer takes too long"
    return f"the answer breaks off ({error})" if str(error) else "the answer breaks off"


def _next(answer: httpx.Response) -> str:
    following = answer.links.get("next", {}).get("url", "")
    return str(answer.url.join(following)) if following else ""


# ------------------------------------------------------------------ the cache


@dataclasses.dataclass(frozen=True, slots=True)
class _Kept:
    page: Page
    validators: dict[str, str]

    @property
    def conditions(self) -> dict[str, str]:
        return {header: self.validators[k] for k, header in _VALIDATORS if k in self.validators}


def _kept(file: Path, url: str) -> _Kept | None:
    """What a file holds: a line of JSON about the answer, then its body. A broken one holds nothing."""
    try:
        head, _, body = file.read_bytes().partition(b"\n")
        said = json.loads(head)
        if said["url"] != url or said["digest"] != hashlib.sha256(body).hexdigest():
            return None
        when = datetime.datetime.fromisoformat(said["fetched"])
        return _Kept(Page(url, body, said["next"], when), said["validators"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(file: Path, page: Page, validators: Mapping[str, str]) -> None:
    said = {
        "url": page.url,
        "next": page.next,
        "fetched": page.fetched.isoformat(timespec="seconds"),
        "validators": dict(validators),
        "digest": hashlib.sha256(page.body).hexdigest(),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".new-{file.name}-{os.getpid()}")
    fresh.write_bytes(json.dumps(said).encode() + b"\n" + page.body)
    exchange(fresh, file)
