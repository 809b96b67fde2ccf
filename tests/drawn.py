"""Reads a picture back, as a browser would: its texts, where they stand, and what it would fetch."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from lxml import etree
from stackholder.pictures.canvas import Box, text_width

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Written:
    """One line of text in a picture."""

    text: str
    box: Box


def parsed(svg: str) -> etree._Element:
    """The root of a picture; raises where it is no XML."""
    return etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))


def texts(svg: str) -> list[Written]:
    found = []
    for element in parsed(svg).iter(f"{SVG}text"):
        words, size = element.text or "", float(element.get("font-size"))
        wide = text_width(words, size)
        left = float(element.get("x")) - wide * {"start": 0, "middle": 0.5, "end": 1}[
            element.get("text-anchor")
        ]  # fmt: skip
        found.append(Written(words, Box(left, float(element.get("y")) - size * 0.76, wide, size)))
    return found


def overlapping(svg: str) -> list[tuple[str, str]]:
    """Pairs of texts that touch."""
    pairs = itertools.combinations(texts(svg), 2)
    return [(a.text, b.text) for a, b in pairs if a.box.overlaps(b.box)]


def outside(svg: str) -> list[str]:
    """Texts that leave the picture."""
    width, height = (float(x) for x in parsed(svg).get("viewBox").split()[2:])
    return [
        w.text
        for w in texts(svg)
        if w.box.x < 0 or w.box.y < 0 or w.box.x + w.box.width > width
        or w.box.y + w.box.height > height
    ]  # fmt: skip


def fetched(text: str) -> list[str]:
    """Everything in SVG or HTML that would make a reader ask another host."""
    plain = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    return re.findall(
        r"(?:src|xlink:href|srcset|poster|data)\s*=|url\(|@import|<script|<link|<iframe|<image|<use",
        plain,
    )
