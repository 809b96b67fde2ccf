"""A YAML document as plain values that know their line, read without recursion and within bounds.

libyaml's own composer follows nesting with the machine's stack and aliases without end; this one is
built on the event stream, so that a hostile file ends in a `SourceError` and not in the death of
the process.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Final

import yaml

from ...errors import SourceError
from .plain import read_text

__all__ = ["Table", "read_yaml"]

_MOST_BYTES: Final = 64 * 2**20
_DEEPEST: Final = 60
_MOST_VALUES: Final = 10_000_000
_TEXT_TAGS: Final = frozenset({"tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp", "!"})
_SAFE_TAG: Final = "tag:yaml.org,2002:"
_ONLY_1_1: Final = re.compile(
    r"(?:y|yes|n|no|on|off)|[-+]?0[0-7_]+|[-+]?0b[01_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|.*_.*",
    re.IGNORECASE,
)
"""Words and numbers of YAML 1.1 that are text in YAML 1.2: `no` may be a country, `0123` an account."""


_loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Table(dict[str, object]):
    """A mapping with the line on which it starts.

    Attributes:
        line: Line of its first key, from 1.
        twice: A key that was given twice; empty when there is none.
    """

    line: int = 0
    twice: str = ""


class _Open:
    """A list or mapping that is being read."""

    __slots__ = ("anchor", "key", "value", "weight")

    def __init__(self, value: list[object] | Table, anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.key: str | None = None
        self.weight = 1


def read_yaml(path: Path) -> object:
    """The one document of a YAML file: `Table`, list, text, number, truth value or None.

    Dates stay text, as stated, and so do words that were truth values and numbers in YAML 1.1 only.

    Raises:
        SourceError: It is not YAML, is too large or too deep, or its aliases go round in a circle.
    """
    text = read_text(path, _MOST_BYTES)
    try:
        return _Composer(path).document(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise SourceError(
            f"not YAML: {error.problem or error.context}",
            where=where,
            hint="mend the line, or get the file anew",
        ) from error
    except yaml.YAMLError as error:
        raise SourceError(
            f"not YAML: {error}", where=str(path), hint="get the file anew"
        ) from error


class _Composer:
    """Turns events into values, with a stack of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[object, int]] = {}
        self._result: object = None
        self._resolver = yaml.SafeLoader("")

    def document(self, text: str) -> object:
        documents = 0
        for event in yaml.parse(text, Loader=_loader):
            if isinstance(event, yaml.ScalarEvent):
                self._add(self._scalar(event), 1, event)
                self._remember(event.anchor, self._last, 1)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._begin(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                done = self._stack.pop()
                self._remember(done.anchor, done.value, done.weight)
                self._add(done.value, done.weight, event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._error(
                        "a second document in one file", event, "keep one document per file"
                    )
        return self._result

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._stack) >= _DEEPEST:
            raise self._error(
                f"nested more than {_DEEPEST} deep", event, "no sound file is: look at this line"
            )
        value: list[object] | Table = []
        if isinstance(event, yaml.MappingStartEvent):
            value = Table()
            value.line = _place(event)[0]
        if event.anchor:
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Open(value, event.anchor))

    def _alias(self, event: yaml.AliasEvent) -> None:
        if any(o.anchor == event.anchor for o in self._stack) and event.anchor not in self._anchors:
            raise self._error(
                f"the alias *{event.anchor} stands inside what it names",
                event,
                "write the value out",
            )
        if event.anchor not in self._anchors:
            raise self._error(
                f"the alias *{event.anchor} names nothing above it", event, "write the value out"
            )
        value, weight = self._anchors[event.anchor]
        self._add(value, weight, event)

    def _remember(self, anchor: str | None, value: object, weight: int) -> None:
        if anchor:
            self._anchors[anchor] = (value, weight)

    def _add(self, value: object, weight: int, event: yaml.Event) -> None:
        self._last = value
        if not self._stack:
            self._result = value
            return
        top = self._stack[-1]
        top.weight += weight
        if top.weight > _MOST_VALUES:
            raise self._error(
                f"aliases blow the document up to more than {_MOST_VALUES:,} values",
                event,
                "write the values out",
            )
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is None:
            if not isinstance(value, (str, int, float)):
                raise self._error(
                    "a key is a text, not a list, a mapping or nothing", event, "mend the line"
                )
            top.key = str(value)
            if top.key in top.value:
                top.value.twice = top.key
        else:
            top.value[top.key] = value
            top.key = None

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        tag = event.tag
        if tag is None or (tag == "!" and event.implicit[0]):
            tag = self._resolver.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        if tag in _TEXT_TAGS or not tag.startswith(_SAFE_TAG):
            return event.value
        if not event.tag and _ONLY_1_1.fullmatch(event.value):
            return event.value
        with contextlib.suppress(yaml.YAMLError, ValueError):
            return self._resolver.construct_object(yaml.ScalarNode(tag, event.value))
        return event.value

    def _error(self, what: str, event: yaml.Event, hint: str) -> SourceError:
        line, column = _place(event)
        return SourceError(what, where=f"{self._path}:{line}:{column}", hint=hint)


def _place(event: yaml.Event) -> tuple[int, int]:
    """Line and column at which it begins, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
