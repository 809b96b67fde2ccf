"""The address under which clients reach the server, where a proxy stands before it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ..errors import UsageError
from .protection import is_loopback

__all__ = ["Outside", "base_of", "prefix_of"]

_PREFIX: Final = re.compile(r"(?:/[\w.~-]+)*")
_KEY: Final = "outside"
_BEFORE: Final = "outside prefix"


class Outside:
    """Notes for every request under which address its client asked.

    That is what `--public-url` says, else what a proxy on this machine says in `X-Forwarded-Proto` and
    `X-Forwarded-Prefix`, else the address of the request itself. A prefix that the proxy left in the path is taken off.

    Args:
        app: What answers.
        public_url: `https://graph.example.org/stack`; empty = as the request says.

    Raises:
        UsageError: That is no such address.
    """

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        parts = urlsplit(public_url.rstrip("/"))
        sound = parts.scheme in {"http", "https"} and parts.netloc and _PREFIX.fullmatch(parts.path)
        if public_url and (not sound or parts.query or parts.fragment):
            hint = "give one like https://graph.example.org/stack"
            raise UsageError(f"{public_url[:200]!r} is no address to be asked by", hint=hint)
        self._app = app
        self._base, self._prefix = public_url.rstrip("/"), parts.path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on."""
        base, prefix = (self._base, self._prefix) if self._base else _asked(scope)
        scope[_KEY], scope[_BEFORE] = base, prefix
        if prefix and scope["path"].startswith(f"{prefix}/"):
            scope["path"] = scope["path"].removeprefix(prefix)
        await self._app(scope, receive, send)


def base_of(scope: Scope) -> str:
    """The address under which the client of a request reaches the server, without a slash at its end."""
    return str(scope.get(_KEY, ""))


def prefix_of(scope: Scope) -> str:
    """What stands before every path for the client of a request: `/stack`, or nothing."""
    return str(scope.get(_BEFORE, ""))


def _asked(scope: Scope) -> tuple[str, str]:
    """The address by which a request asks, and its prefix; the name in it may be none."""
    headers = Headers(scope=scope)
    scheme, prefix = scope["scheme"], ""
    client = (scope.get("client") or ("",))[0]
    if is_loopback(str(client)):
        stated = headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
        scheme = stated if stated in {"http", "https"} else scheme
        before = headers.get("x-forwarded-prefix", "").partition(",")[0].strip().rstrip("/")
        prefix = before if _PREFIX.fullmatch(before) else ""
    return f"{scheme}://{headers.get('host', '')}{prefix}", prefix
