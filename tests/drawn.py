"""Reads a picture back, as a browser would: its texts, where they stand, and what it would fetch.

Texts are measured with Arimo, whose letters are as wide as those of Arial, Helvetica and Liberation Sans, and not
with what the pictures themselves believe a text to take.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import fontpkg_arimo
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from lxml import etree

SVG = "{http://www.w3.org/2000/svg}"
FACE = Path(fontpkg_arimo.__file__).parent / "files/Arimo[wght].ttf"
ASCENT, DESCENT = 0.76, 0.24
"""Of letters without a mark above, in parts of the size of the type."""
FULL_WIDTH, EMOJI = 1.0, 1.25
"""Ems of a character that the face lacks: of East Asian faces, and of small pictures."""


@dataclass(frozen=True)
class Rectangle:
    """In pixels; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    def touches(self, other: Rectangle) -> bool:
        """Whether they share an inner point; a hundredth of a pixel is none."""
        return (
            min(self.x + self.width, other.x + other.width) - max(self.x, other.x) > 0.01
            and min(self.y + self.height, other.y + other.height) - max(self.y, other.y) > 0.01
        )


@dataclass(frozen=True)
class Written:
    """One line of text in a picture."""

    text: str
    box: Rectangle


@functools.cache
def advances(bold: bool) -> dict[str, float]:
    """The width of each character that the face has, in ems."""
    font = TTFont(FACE)
    if bold:
        font = instantiateVariableFont(font, {"wght": 700})
    per_em, widths = font["head"].unitsPerEm, font["hmtx"].metrics
    return {chr(code): widths[glyph][0] / per_em for code, glyph in font.getBestCmap().items()}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text in pixels, as XML and SVG treat its blanks."""
    line = " ".join(text.split())
    return size * sum(_advance(character, bold) for character in line)


def _advance(character: str, bold: bool) -> float:
    known = advances(bold).get(character)
    if known is not None:
        return known
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cc", "Cf"}:
        return 0.0
    return EMOJI if unicodedata.category(character) == "So" else FULL_WIDTH


def parsed(svg: str) -> etree._Element:
    """The root of a picture; raises where it is no XML."""
    return etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))


def texts(svg: str) -> list[Written]:
    """All texts of a picture, in the order in which they are written."""
    lines = []
    for element in parsed(svg).iter(f"{SVG}text"):
        words, size = element.text or "", float(element.get("font-size"))
        wide = width(words, size, bold=element.get("font-weight") == "bold")
        before = {"start": 0, "middle": 0.5, "end": 1}[element.get("text-anchor")]
        left, base = float(element.get("x")) - wide * before, float(element.get("y"))
        box = Rectangle(left, base - size * ASCENT, wide, size * (ASCENT + DESCENT))
        lines.append(Written(words, box))
    return lines


def overlapping(svg: str) -> list[tuple[str, str]]:
    """Pairs of texts that touch."""
    pairs = itertools.combinations(texts(svg), 2)
    return [(a.text, b.text) for a, b in pairs if a.box.touches(b.box)]


def outside(svg: str) -> list[str]:
    """Texts that leave the picture."""
    right, bottom = (float(x) for x in parsed(svg).get("viewBox").split()[2:])
    return [
        w.text
        for w in texts(svg)
        if w.box.x < 0 or w.box.y < 0 or w.box.x + w.box.width > right
        or w.box.y + w.box.height > bottom
    ]  # fmt: skip


def fetched(text: str) -> list[str]:
    """Everything in SVG or HTML that would make a reader ask another host."""
    plain = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    return re.findall(
        r"(?:src|xlink:href|srcset|poster|data)\s*=|url\(|@import|<script|<link|<iframe|<image|<use",
        plain,
    )
