"""What goes wrong with a request, as an HTTP status and the three things that every error says."""

from __future__ import annotations

from typing import Any

__all__ = ["Problem"]


class Problem(Exception):
    """A request that is not answered.

    Args:
        status: Of HTTP.
        what: What is wrong, in one sentence.
        where: Parameter, header or place in the query; empty when there is none.
        hint: What to do next.
        kind: Name of the error of `errors.py` behind it.
        retry: Seconds after which to try again; 0 = that would not help.
        headers: More headers of the answer.
    """

    def __init__(
        self,
        status: int,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        kind: str = "",
        retry: int = 0,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status = status
        self.what = what
        self.where = where
        self.hint = hint
        self.kind = kind
        self.headers = dict(headers or {})
        if retry:
            self.headers["Retry-After"] = str(retry)
        super().__init__(what)

    def to_dict(self) -> dict[str, Any]:
        """As the JSON API says it."""
        return {"error": {"what": self.what, "where": self.where, "hint": self.hint}}
