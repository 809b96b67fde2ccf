"""Cypher over HTTP in the shape of Neo4j's Query API (version 2): what a request asks for, and how errors are said."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, Final

from .guard import MOST_BYTES
from .negotiation import chosen, media_type
from .problem import Problem

__all__ = ["DATABASES", "Statement", "error", "read"]

DATABASES: Final = ("neo4j", "stackholder")
"""Names of the one database."""

_PLAIN: Final = "application/json"
_TYPED: Final = (
    "application/vnd.neo4j.query.v1.1",
    "application/vnd.neo4j.query.v1.0",
    "application/vnd.neo4j.query",
)
_CODES: Final[Mapping[int, str]] = {
    400: "Neo.ClientError.Request.Invalid",
    401: "Neo.ClientError.Security.Unauthorized",
    403: "Neo.ClientError.Security.Forbidden",
    404: "Neo.ClientError.Database.DatabaseNotFound",
    406: "Neo.ClientError.Request.Invalid",
    413: "Neo.ClientError.Request.Invalid",
    415: "Neo.ClientError.Request.Invalid",
    503: "Neo.TransientError.Request.NoThreadsAvailable",
    504: "Neo.ClientError.Transaction.TransactionTimedOut",
}
_NUMBERS: Final = {"Integer": int, "Float": float}


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """What a request asks for.

    Attributes:
        text: In Cypher.
        parameters: By name.
        media_type: Of the answer.
        typed: Whether values carry their types.
    """

    text: str
    parameters: Mapping[str, Any]
    media_type: str
    typed: bool


def read(content_type: str, accept: str, body: bytes) -> Statement:
    """What a request asks for.

    Raises:
        Problem: Its media type is not taken (415), none of its wishes is offered (406), or it is no request of the
            Query API (400).
    """
    name, _ = media_type(content_type)
    if name != _PLAIN and name not in _TYPED:
        hint = f"one of: {_PLAIN}, {_TYPED[0]}"
        raise Problem(415, "that media type is not taken", where="Content-Type", hint=hint)
    form = chosen(accept, (_PLAIN, *_TYPED))
    if form is None:
        hint = f"one of: {_PLAIN}, {_TYPED[0]}"
        raise Problem(406, "no accepted media type is offered", where="Accept", hint=hint)
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "the body is no JSON", where="body", hint=_HINT) from None
    if not isinstance(given, dict) or not isinstance(given.get("statement"), str):
        raise Problem(400, "there is no statement", where="statement", hint=_HINT)
    parameters = given.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise Problem(400, "the parameters are no object", where="parameters", hint=_HINT)
    if name in _TYPED:
        parameters = {k: _value(v) for k, v in parameters.items()}
    text = given["statement"]
    if not text.strip():
        raise Problem(400, "the statement is empty", where="statement", hint=_HINT)
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise Problem(400, "the statement is no Unicode text", where="statement") from None
    if size > MOST_BYTES:
        raise Problem(413, f"the statement has more than {MOST_BYTES:,} bytes", where="statement")
    return Statement(text, parameters, form, form in _TYPED)


_HINT: Final = 'send {"statement": "MATCH …", "parameters": {…}}'


def _value(told: Any) -> Any:
    """The value of a parameter that carries its type."""
    if not isinstance(told, dict) or "$type" not in told:
        raise Problem(400, "a parameter carries no $type", where="parameters", hint=_HINT)
    kind, value = told["$type"], told.get("_value")
    if kind == "List" and isinstance(value, list):
        return [_value(v) for v in value]
    if kind == "Map" and isinstance(value, dict):
        return {k: _value(v) for k, v in value.items()}
    if kind in _NUMBERS:
        try:
            return _NUMBERS[kind](str(value))
        except ValueError:
            raise Problem(400, f"{str(value)[:40]!r} is no {kind}", where="parameters") from None
    return value


def error(problem: Problem) -> dict[str, Any]:
    """An error as the Query API says it."""
    code = _CODES.get(problem.status, "Neo.DatabaseError.General.UnknownError")
    if problem.kind == "QueryError":
        code = "Neo.ClientError.Statement.SyntaxError"
    place = f"{problem.where}: " if problem.where else ""
    advice = f" ({problem.hint})" if problem.hint else ""
    return {"errors": [{"code": code, "message": f"{place}{problem.what}{advice}"}]}
