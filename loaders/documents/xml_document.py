"""XML, one element at a time: no DOCTYPE, hence no entities; bounded depth."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.parsers import expat

from ...errors import SourceError

__all__ = ["Element", "read_xml"]

_DEEPEST: Final = 200
_PIECE: Final = 1 << 16
_MOST_CHILDREN: Final = 2_000_000
_AGAIN: Final = "mend the file, or get it anew"


@dataclasses.dataclass(slots=True)
class Element:
    """An element with its line.

    Attributes:
        name: Local name, without namespace or prefix.
        namespace: Its namespace; empty when it has none.
        attributes: By local name.
        line: On which it begins, from 1.
        children: In order.
        text: All text directly inside it, stripped.
    """

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = dataclasses.field(default_factory=list)
    text: str = ""

    def first(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def every(self, name: str) -> list[Element]:
        """All children of that name."""
        return [child for child in self.children if child.name == name]

    def said(self, *names: str) -> str:
        """The text at the end of a path of first children; empty where there is none."""
        found: Element | None = self
        for name in names:
            found = found.first(name) if found is not None else None
        return found.text if found is not None else ""


def read_xml(path: Path, *names: str) -> Iterator[Element]:
    """The elements of those local names as they end, each whole and then forgotten; without names, the root alone.

    Of nested elements with such names, the outermost is given.

    Raises:
        SourceError: It is missing, not XML, holds a DOCTYPE, or is nested too deep.
    """
    reader = _Reader(path, frozenset(names))
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                reader.parser.Parse(piece, False)
                yield from reader.done
                reader.done.clear()
            reader.parser.Parse(b"", True)
            yield from reader.done
    except FileNotFoundError as error:
        raise SourceError(
            "there is no such file", where=str(path), hint="look at the path"
        ) from error
    except expat.ExpatError as error:
        raise SourceError(
            f"not XML: {expat.ErrorString(error.code)}",
            where=f"{path}:{error.lineno}:{error.offset + 1}",
            hint=_AGAIN,
        ) from error
    except (ValueError, LookupError) as error:
        raise SourceError(f"not XML: {error}", where=str(path), hint=_AGAIN) from error


class _Reader:
    def __init__(self, path: Path, names: frozenset[str]) -> None:
        self._path = path
        self._names = names
        self._depth = 0
        self._stack: list[Element] = []
        self._pieces: list[list[str]] = []
        self.done: list[Element] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, *_: object) -> None:
        raise self._error(
            "a DOCTYPE is refused", "take it out: no format that is read here needs it"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(f"nested more than {_DEEPEST} deep", _AGAIN)
        namespace, _, local = name.rpartition(" ")
        if not self._stack and self._names and local not in self._names:
            return
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        element = Element(local, namespace, plain, self.parser.CurrentLineNumber)
        if self._stack:
            self._stack[-1].children.append(element)
            if len(self._stack[-1].children) > _MOST_CHILDREN:
                raise self._error(f"more than {_MOST_CHILDREN:,} elements in one", _AGAIN)
        self._stack.append(element)
        self._pieces.append([])

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._stack:
            element = self._stack.pop()
            element.text = "".join(self._pieces.pop()).strip()
            if not self._stack:
                self.done.append(element)

    def _text(self, text: str) -> None:
        if self._pieces:
            self._pieces[-1].append(text)

    def _error(self, what: str, hint: str) -> SourceError:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        return SourceError(what, where=f"{self._path}:{line}:{column}", hint=hint)
