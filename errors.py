"""The whole tree of errors that Stackholder raises on purpose.

* StackholderError: any of them. `exit_code` is what the command line ends with.
    * UsageError (2): a parameter, option, setting or file name is not what it should be.
    * SourceError (1): a foreign source cannot be read; says file and place.
        * OutsideExpectation (1): a loader gave fewer or more than its source promises; nothing is published.
    * ValidationFailed (3): the graph breaks an integrity rule.
    * NotFound (4): no such entity, question, snapshot, source or file.
        * NoGraph (4): nothing has been built in this home yet.
    * Locked (1): another build is running in this home.
    * StoreError (1): a store cannot do what was asked.
        * QueryError (1): the text of a query is wrong; says the place.
        * QueryRefused (2): the query would write, or reach outside.
        * QueryTimeout (124): the time limit ended it; there is no partial answer.
        * Unreachable (1): no server answers there.
        * AccessDenied (1): the server refuses the name or the password.

Every one says where (file, line, column or field), what was wrong, and what to type next.
"""

import re

__all__ = [
    "AccessDenied",
    "Locked",
    "NoGraph",
    "NotFound",
    "OutsideExpectation",
    "QueryError",
    "QueryRefused",
    "QueryTimeout",
    "SourceError",
    "StackholderError",
    "StoreError",
    "Unreachable",
    "UsageError",
    "ValidationFailed",
    "redact",
]

_SECRET_IN_URL = re.compile(r"(\w+://[^\s:/@]+):[^\s@]+@")


def redact(text: str) -> str:
    """Gives `text` with the passwords of any addresses in it starred out."""
    return _SECRET_IN_URL.sub(r"\1:***@", text)


class StackholderError(Exception):
    """Any error a user can cause or meet.

    Args:
        what: What went wrong, in one sentence.
        where: File with line and column, field, or address; empty when there is no place.
        hint: What to type or change next; empty when there is nothing to do.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = redact(what)
        self.where = redact(where)
        self.hint = redact(hint)
        super().__init__(self.what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  → {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"


class UsageError(StackholderError):
    """A parameter, option, setting or file name is not what it should be."""

    exit_code = 2


class SourceError(StackholderError):
    """A foreign source cannot be read."""


class OutsideExpectation(SourceError):
    """A loader gave fewer or more than its source promises."""


class ValidationFailed(StackholderError):
    """The graph breaks an integrity rule."""

    exit_code = 3


class NotFound(StackholderError):
    """No such entity, question, snapshot, source or file."""

    exit_code = 4


class NoGraph(NotFound):
    """Nothing has been built in this home yet."""


class Locked(StackholderError):
    """Another build is running in this home."""


class StoreError(StackholderError):
    """A store cannot do what was asked."""


class QueryError(StoreError):
    """The text of a query is wrong."""


class QueryRefused(StoreError):
    """The query would write, or reach outside."""

    exit_code = 2


class QueryTimeout(StoreError):
    """The time limit ended the query."""

    exit_code = 124


class Unreachable(StoreError):
    """No server answers there."""


class AccessDenied(StoreError):
    """The server refuses the name or the password."""
