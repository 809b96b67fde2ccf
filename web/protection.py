"""Who may ask: Host, origin and token are checked first; every answer carries the headers that protect its reader."""

from __future__ import annotations

import base64
import binascii
import functools
import hmac
import ipaddress
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from .problem import Problem

__all__ = ["HEADERS", "LOOPBACK", "Protection", "is_loopback"]

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_OPEN: Final = "/health"
_POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
"""What every answer carries."""
_MOST_PATH: Final = 2_048
_NAMES_KEPT: Final = 64


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Protection:
    """Refuses requests before anything reads them.

    Args:
        hosts: Names by which the server may be asked, besides those of the loopback and its own address.
        origins: Origins of pages that may ask.
        token: What a request must bring, as Bearer or as the password of Basic; empty = nothing.
    """

    def __init__(self, *, hosts: Collection[str], origins: Collection[str], token: str) -> None:
        self._hosts = {h.lower() for h in (*LOOPBACK, *hosts)}
        self._origins = {o.rstrip("/").lower() for o in origins}
        self._token = token.encode()

    def refusal(self, scope: Scope) -> Problem | None:
        """Why a request is refused; None where it is not."""
        headers = Headers(scope=scope)
        if len(scope.get("raw_path", b"")) > _MOST_PATH:
            return Problem(414, "the path is too long")
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._known(hosts[0], scope):
            hint = "start the server with --allow-host NAME to be asked by that name"
            return Problem(421, "this server is not asked by that name", where="Host", hint=hint)
        origin = headers.get("origin")
        if origin is not None and not self._welcome(origin, hosts[0]):
            hint = "start the server with --cors ORIGIN to be asked from that page"
            return Problem(403, "pages of that origin may not ask", where="Origin", hint=hint)
        if self._token and scope["path"] != _OPEN and not self._holds(headers):
            challenge = {"WWW-Authenticate": 'Basic realm="stackholder", charset="UTF-8"'}
            hint = "send it as `Authorization: Bearer TOKEN`, or as the password"
            return Problem(
                401, "a token is needed", where="Authorization", hint=hint, headers=challenge
            )
        return None

    def _known(self, host: str, scope: Scope) -> bool:
        name = _name(host)
        own = scope.get("server") or ("", 0)
        return name is not None and (name in self._hosts or name == str(own[0]).lower())

    def _welcome(self, origin: str, host: str) -> bool:
        lowered = origin.lower()
        if lowered in self._origins:
            return True
        parts = urlsplit(lowered)
        return parts.scheme in {"http", "https"} and parts.netloc == host.lower()

    def _holds(self, headers: Headers) -> bool:
        scheme, _, value = headers.get("authorization", "").partition(" ")
        given = value.strip().encode()
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).partition(b":")[2]
            except (binascii.Error, ValueError):
                return False
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(given, self._token)


@functools.lru_cache(_NAMES_KEPT)
def _name(host: str) -> str | None:
    """The name in a Host header, without port and brackets; None where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    if parts.netloc != host or "@" in host or parts.path or parts.query or parts.fragment:
        return None
    return parts.hostname
