"""An audit as a page that fits a terminal: its sections, each cut to a few rows of 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from .findings import Audit
from .rules import Wanted
from .sections import Section, sections

__all__ = ["HEIGHT", "WIDTH", "page"]

WIDTH: Final = 100
HEIGHT: Final = 120
_INDENT: Final = "  "
_GAP: Final = 2
_LEAST: Final = 8
_LINES: Final = 2
_SENTENCE: Final = 4


def page(audit: Audit, asked: Sequence[Wanted] = ()) -> str:
    """The page; what is left out of it is counted, never dropped in silence."""
    lines = [f"{audit.file.rpartition('/')[2]}, as of {audit.as_of}"]
    for section in sections(audit, asked):
        if section.brief:
            lines += _section(section)
    return "\n".join(map(_clip, lines)) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield section.title.upper()
    for sentence in section.text:
        yield from _wrapped(sentence, _SENTENCE)
    if not section.columns:
        return
    rows = section.rows[: section.brief]
    if len(section.columns) == 1:
        yield from (f"{_INDENT}{_plain(row[0])}" for row in rows)
    else:
        yield from _table([section.columns, *rows])
    left = len(section.rows) - len(rows)
    if left:
        yield f"{_INDENT}… and {left} more"


def _wrapped(text: str, most: int) -> list[str]:
    """A text in at most so many lines."""
    return textwrap.wrap(
        _plain(text),
        WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        max_lines=most,
        placeholder=" …",
    )


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows under each other; the widest columns give way until all fit, and the last one takes a second line."""
    cells = [[_plain(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    room = WIDTH - len(_INDENT) - _GAP * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    *_, width = widths
    for row in cells:
        *first, last = row
        lines = textwrap.wrap(last, width, max_lines=_LINES, placeholder=" …") or [""]
        line = (" " * _GAP).join(
            _clip(cell, w).rjust(w) if cell.isdigit() else _clip(cell, w).ljust(w)
            for cell, w in zip(first, widths, strict=False)
        )
        yield f"{_INDENT}{line}{' ' * _GAP}{lines[0]}".rstrip()
        yield from (" " * (len(_INDENT) + len(line) + _GAP) + more for more in lines[1:])


def _plain(text: str) -> str:
    """A text in one line; nothing that a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def _clip(text: str, room: int = WIDTH) -> str:
    plain = text.rstrip()
    return plain if len(plain) <= room else plain[: max(0, room - 1)] + "…"
