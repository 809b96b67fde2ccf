"""The endpoints of the JSON API: what each takes, so that reading a request and the OpenAPI document are one thing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.datastructures import QueryParams

from ..graph.schema import POWERS
from .problem import Problem

__all__ = ["ENDPOINTS", "MOST_FILE", "Endpoint", "Field"]

MOST_FILE: Final = 10_000_000
"""Most bytes of an uploaded file."""

_MOST_TEXT: Final = 1_000
_MOST_VALUES: Final = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A parameter in the address.

    Attributes:
        name: In the address.
        about: What it means.
        type: `text`, `integer`, `boolean`, `texts` (given again, or with commas).
        required: Whether it must be given.
        default: Value where it is not.
        least: Least integer.
        most: Greatest integer.
        choices: The values there are; empty = any.
        argument: Name of the argument of the operation; empty = `name`.
        commas: Whether commas part the values of `texts`.
    """

    name: str
    about: str
    type: str = "text"
    required: bool = False
    default: Any = None
    least: int = 1
    most: int = 10_000
    choices: tuple[str, ...] = ()
    argument: str = ""
    commas: bool = False

    def read(self, values: Sequence[str]) -> Any:
        """The value.

        Raises:
            Problem: It is missing, given twice, or of another type (400).
        """
        if any(len(v) > _MOST_TEXT or "\0" in v for v in values) or len(values) > _MOST_VALUES:
            raise Problem(400, "that is too long", where=self.name)
        if self.type == "texts":
            parts = [p for v in values for p in (v.split(",") if self.commas else [v]) if p.strip()]
            if self.required and not parts:
                raise self._missing()
            return [self._chosen(p.strip()) for p in parts]
        if len(values) > 1:
            raise Problem(400, f"{self.name} is given more than once", where=self.name)
        if not values or not values[0].strip():
            if self.required:
                raise self._missing()
            return self.default
        return self._typed(values[0])

    def _typed(self, text: str) -> Any:
        if self.type == "integer":
            if (
                not text.isascii()
                or not text.isdigit()
                or not self.least <= int(text[:9]) <= self.most
            ):
                hint = f"a number from {self.least} to {self.most}"
                raise Problem(400, f"{text[:40]!r} is out of range", where=self.name, hint=hint)
            return int(text)
        if self.type == "boolean":
            known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
            if text.lower() not in known:
                raise Problem(400, f"{text[:40]!r} is no yes or no", where=self.name, hint="1 or 0")
            return known[text.lower()]
        return self._chosen(text)

    def _chosen(self, text: str) -> str:
        if self.choices and text not in self.choices:
            hint = f"one of: {', '.join(self.choices)}"
            raise Problem(400, f"there is no {text[:40]!r}", where=self.name, hint=hint)
        return text

    def _missing(self) -> Problem:
        return Problem(400, f"{self.name} is missing: {self.about}", where=self.name)


@dataclasses.dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint.

    Attributes:
        path: Below `/api`.
        operation: Function of `operations` that answers.
        about: What it answers.
        fields: Its parameters, besides `as_of`.
        stores: Stores that it needs.
        method: GET or POST.
        free: Whether it takes any other parameter, as `given`.
        kept: Whether its answers are kept as long as the snapshot is served.
        file: Whether it answers with a file.
        early: Whether it takes long, and is therefore made once per snapshot, before anybody asks.
    """

    path: str
    operation: str
    about: str
    fields: tuple[Field, ...] = ()
    stores: tuple[str, ...] = ()
    method: str = "GET"
    free: bool = False
    kept: bool = True
    file: bool = False
    early: bool = False

    def read(self, query: QueryParams, path: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        """The date and the arguments of the operation.

        Raises:
            Problem: A parameter is missing, unknown or of another type (400).
        """
        by_name: dict[str, list[str]] = {}
        for name, value in query.multi_items():
            by_name.setdefault(name, []).append(value)
        dates = by_name.pop("as_of", [""])
        if len(dates) > 1:
            raise Problem(400, "as_of is given more than once", where="as_of")
        arguments: dict[str, Any] = dict(path)
        for field in self.fields:
            arguments[field.argument or field.name] = field.read(by_name.pop(field.name, []))
        if self.free:
            free = Field("", "a parameter of the question")
            arguments["given"] = {
                name: dataclasses.replace(free, name=name).read(values)
                for name, values in by_name.items()
                if values != [""]
            }
        elif by_name:
            takes = ", ".join([*(f.name for f in self.fields), "as_of"])
            raise Problem(
                400,
                f"there is no parameter {next(iter(by_name))[:40]!r}",
                hint=f"it takes: {takes}",
            )
        return dates[0], arguments


def _limit(default: int) -> Field:
    return Field("limit", "most rows", "integer", default=default)


ENDPOINTS: Final = (
    Endpoint("/about", "about", "What is served: snapshot, date, kinds and relations with counts"),
    Endpoint(
        "/highlights",
        "highlights",
        "The most telling facts of the graph, each with its sources",
        stores=("embedded",),
        early=True,
    ),
    Endpoint(
        "/search",
        "search",
        "Entities by name, alias, id or identifier, the nearest first",
        (Field("q", "what to look for", required=True), _limit(20)),
    ),
    Endpoint(
        "/entity",
        "entity",
        "All that is known of an entity, with sources: who holds it, and what it holds, each power by itself",
        (Field("id", "its id, name, alias or identifier", required=True),),
    ),
    Endpoint(
        "/paths",
        "paths",
        "The best control paths from one entity to others, what is known first, with a picture: any number of hops "
        "that decide, then at most one of another power",
        (
            Field("from", "who controls", required=True, argument="source"),
            Field(
                "to",
                "who or what is controlled; can be given again",
                "texts",
                required=True,
                argument="targets",
            ),
            Field("k", "most paths", "integer", default=10, most=1_000),
            Field("max_hops", "most hops in a path", "integer", default=5, most=8),
            Field(
                "power",
                "by which powers a path may end, with commas; none = decides and squeezes",
                "texts",
                choices=POWERS,
                argument="powers",
                commas=True,
            ),
        ),
    ),
    Endpoint("/questions", "questions", "The canned questions"),
    Endpoint(
        "/ask/{name}",
        "ask",
        "The answer to a canned question; its parameters are those of the question",
        (
            _limit(100),
            Field("language", "cypher or sparql", choices=("cypher", "sparql")),
            Field(
                "explain",
                "whether to give the evidence of every statement",
                "boolean",
                default=False,
            ),
        ),
        stores=("embedded", "rdf"),
        free=True,
    ),
    Endpoint(
        "/audit",
        "audit",
        "Who publishes, governs, owns and runs what a file names; the body is the file",
        (Field("name", "what the file is called; its end says the format", required=True),),
        method="POST",
    ),
    Endpoint("/snapshots", "snapshots", "The snapshots that are kept", kept=False),
    Endpoint(
        "/diff",
        "diff",
        "What changed between two dates or snapshots",
        (
            Field("before", "a date, or the beginning of a snapshot's hash", required=True),
            Field("after", "the same, or current", default="current"),
            Field("around", "only edges at this entity"),
            Field("control", "the computed powers instead of statements", "boolean", default=False),
        ),
    ),
    Endpoint(
        "/map",
        "map",
        "The entities with most control edges, laid out",
        (_limit(10_000),),
        early=True,
    ),
    Endpoint(
        "/export",
        "export",
        "The graph, or a part of it, as a file; a format of several files comes as ZIP",
        (
            Field("format", "the format", required=True),
            Field("around", "only what lies around this entity"),
            Field("hops", "how far around it", "integer", default=1, least=0, most=5),
            Field("kinds", "only these kinds", "texts", commas=True),
            Field("relations", "only these relations", "texts", commas=True),
            Field("licence", "only edges under this licence, or `permissive`"),
        ),
        kept=False,
        file=True,
    ),
)
"""All of them."""
