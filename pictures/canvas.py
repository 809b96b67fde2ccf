"""A small SVG writer: text as text, every label's box kept, colours for light and dark, nothing fetched."""

from __future__ import annotations

import dataclasses
import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal

from .powers import STYLE

__all__ = ["MARGIN", "Anchor", "Box", "Canvas", "clean", "cut", "number", "text_width", "wrapped"]

MARGIN: Final = 24.0
_TITLE: Final = 17.0
_FOOT: Final = 10.0
_ASCENT: Final = 0.76
_DESCENT: Final = 0.24
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW: Final = frozenset("iljI|!.,:;'`()[]{}/\\-ftr \"°·")
_BROAD: Final = frozenset("mwMW@%—→")
_FACE: Final = "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
_SHEET: Final = f"""
text {{ font-family: {_FACE}; }}
.ground {{ fill: #ffffff; }} .ink {{ fill: #1a1a1a; }} .soft {{ fill: #5a5a5a; }}
.part {{ fill: #ffffff; stroke: #1a1a1a; stroke-width: 1.2; }}
.organisation {{ fill: #ececec; stroke: #1a1a1a; stroke-width: 1.2; }}
.middle {{ fill: #ececec; stroke: #1a1a1a; stroke-width: 2.4; }}
.axis {{ stroke: #1a1a1a; stroke-width: 1; fill: none; }}
.grid {{ stroke: #d4d4d4; stroke-width: 1; fill: none; }}
.band {{ fill: #d9d9d9; stroke: none; }} .mark {{ fill: #1a1a1a; stroke: none; }}
.curve {{ stroke: #1a1a1a; stroke-width: 1.8; fill: none; }}
.curve-1 {{ stroke-dasharray: 7 4; }} .curve-2 {{ stroke-dasharray: 2 3; }}
.curve-3 {{ stroke-dasharray: 9 3 2 3; }}
"""
_DARK: Final = """
.ground { fill: #15171a; } .ink { fill: #ececec; } .soft { fill: #a8a8a8; }
.part { fill: #15171a; stroke: #d8d8d8; } .organisation { fill: #33373d; stroke: #d8d8d8; }
.middle { fill: #33373d; stroke: #ececec; }
.axis { stroke: #d8d8d8; } .grid { stroke: #3a3e44; } .band { fill: #43484f; }
.mark { fill: #ececec; } .curve { stroke: #ececec; }
"""

Anchor = Literal["start", "middle", "end"]


@dataclasses.dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, in pixels; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box, gap: float = 0.0) -> bool:
        """Whether two rectangles share any inner point, or come nearer than `gap`."""
        return (
            self.x < other.x + other.width + gap
            and other.x < self.x + self.width + gap
            and self.y < other.y + other.height + gap
            and other.y < self.y + self.height + gap
        )


def text_width(text: str, size: float) -> float:
    """Width of a text in pixels, rather too wide than too narrow: the faces of readers differ."""
    ems = 0.0
    for character in text:
        if unicodedata.combining(character):
            continue
        if unicodedata.east_asian_width(character) in "WF":
            ems += 1.05
        elif character in _NARROW:
            ems += 0.41
        elif character in _BROAD:
            ems += 1.0
        else:
            ems += 0.76 if character.isupper() else 0.64
    return ems * size


def cut(text: str, size: float, room: float) -> str:
    """A text in one line, with … where it had to be cut to fit."""
    plain = " ".join(clean(text).split())
    if text_width(plain, size) <= room:
        return plain
    while plain and text_width(plain + "…", size) > room:
        plain = plain[:-1]
    return plain.rstrip() + "…"


def wrapped(text: str, size: float, room: float, most: int = 2) -> list[str]:
    """A text in at most so many lines; what does not fit is cut with …."""
    lines: list[str] = []
    words = clean(text).split() or [""]
    while words and len(lines) < most:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= room:
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    if words:
        lines[-1] = f"{lines[-1]} {' '.join(words)}"
    return [cut(line, size, room) for line in lines]


def clean(text: str) -> str:
    """A text without the characters that XML forbids."""
    return _ILLEGAL.sub("\ufffd", text)


class Canvas:
    """A drawing that grows downwards: its head is written at once, its foot when it is finished.

    Args:
        width: In pixels.
        title: Shown at the top.
        notes: Shown below it.

    Attributes:
        boxes: Of every text, for those who look whether they overlap.
    """

    def __init__(self, width: float, title: str, notes: Sequence[str] = ()) -> None:
        self.width = width
        self.boxes: list[Box] = []
        self._title = clean(title)
        self._parts: list[str] = []
        y = MARGIN
        for line in wrapped(title, _TITLE, width - 2 * MARGIN, 3):
            self.text(MARGIN, y + _TITLE * _ASCENT, line, size=_TITLE, style="ink", bold=True)
            y += _TITLE * 1.25
        for note in notes:
            for line in wrapped(note, 11.5, width - 2 * MARGIN, 3):
                self.text(MARGIN, y + 11.5 * _ASCENT + 2, line, size=11.5, style="soft")
                y += 11.5 * 1.4
        self.top = y + 10
        """Where the drawing begins."""

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12.0,
        anchor: Anchor = "start",
        style: str = "ink",
        bold: bool = False,
    ) -> Box:
        """Writes one line; `y` is its baseline. Gives its box."""
        plain = clean(text)
        wide = text_width(plain, size) * (1.08 if bold else 1.0)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        box = Box(left, y - size * _ASCENT, wide, size * (_ASCENT + _DESCENT))
        self.boxes.append(box)
        weight = ' font-weight="bold"' if bold else ""
        where = f'x="{number(x)}" y="{number(y)}" font-size="{number(size)}"'
        self._parts.append(
            f'<text class="{style}" {where} text-anchor="{anchor}"{weight}>{html.escape(plain)}</text>'
        )
        return box

    def rectangle(self, box: Box, style: str, *, radius: float = 0.0, about: str = "") -> None:
        """Draws a rectangle; `about` shows when it is pointed at."""
        where = " ".join(
            f'{n}="{number(v)}"'
            for n, v in (("x", box.x), ("y", box.y), ("width", box.width), ("height", box.height))
        )
        rounded = f' rx="{number(radius)}"' if radius else ""
        self._parts.append(f'<rect class="{style}" {where}{rounded}{_said(about, "rect")}')

    def path(self, shape: str, style: str, *, wide: float = 0.0, about: str = "") -> None:
        """Draws a path in SVG's own notation; `wide` is its line's width."""
        line = f' stroke-width="{number(wide)}"' if wide else ""
        self._parts.append(f'<path class="{style}" d="{shape}"{line}{_said(about, "path")}')

    def line(self, x: float, y: float, x2: float, y2: float, style: str) -> None:
        """Draws a straight line."""
        self.path(f"M{number(x)} {number(y)}L{number(x2)} {number(y2)}", style)

    def svg(self, bottom: float, source: str, as_of: str) -> str:
        """Finishes it with the line at the foot; gives the whole as text."""
        y = bottom + 18
        lines = [*wrapped(f"Source: {source}", _FOOT, self.width - 2 * MARGIN, 3), f"As of {as_of}"]
        for line in lines:
            self.text(MARGIN, y, line, size=_FOOT, style="soft")
            y += _FOOT * 1.4
        height = y + MARGIN / 2
        name = html.escape(self._title)
        size = f"{number(self.width)} {number(height)}"
        sheet = f"{_SHEET}{STYLE.light}@media screen and (prefers-color-scheme: dark) {{{_DARK}{STYLE.dark}}}\n"
        ground = f'<rect class="ground" width="{number(self.width)}" height="{number(height)}"/>'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{number(self.width)}" '
            f'height="{number(height)}" role="img" aria-label="{name}">'
        )
        style = f"<style>{sheet}</style>"
        return "\n".join((head, f"<title>{name}</title>", style, ground, *self._parts, "</svg>\n"))


def number(value: float) -> str:
    """A length with at most one decimal: the same bytes everywhere."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def _said(about: str, element: str) -> str:
    """The end of an element's tag, with what it says when pointed at."""
    return f"><title>{html.escape(clean(about))}</title></{element}>" if about else "/>"
