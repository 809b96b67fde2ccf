"""How the five powers look: each has words, a dash pattern and a colour.

A line is as wide as what is known; a pale line around it is as wide as what it could be at most. Money has an amount
and no interval: its line is thin. So a picture can be read in black and white, and without its colours.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from ..graph.wording import power_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .canvas import Canvas
    from .subjects import Link

__all__ = ["LOOKS", "STYLE", "Look", "draw_line", "label", "legend", "line_width"]

_THIN: Final = 1.2
_LEGEND: Final = 11.0
_SAMPLE: Final = 40.0
_KEY: Final = "width of the line: what is known, 0 to 1"
_PALE: Final = "pale: what it could be at most"


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """A power's look.

    Attributes:
        words: What it means, to follow the name of who has it.
        dash: Lengths of line and gap in pixels; empty = unbroken.
        light: Its colour on a light ground.
        dark: On a dark one.
    """

    words: str
    dash: str
    light: str
    dark: str


LOOKS: Final = {
    "decides": Look("decides on it", "", "#1f4e9c", "#8fb4f0"),
    "works": Look("works: does its work", "3 4", "#226622", "#8fd08f"),
    "squeezes": Look("squeezes: can withhold what it needs", "9 5", "#8a3b00", "#f0a868"),
    "pays": Look("pays: gives it money", "12 3 2 3", "#6b5600", "#dcc460"),
    "binds": Look("binds it by law or licence", "3 9", "#5b2a86", "#c9a2ee"),
}
"""By power, in the order in which they are shown."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Style:
    light: str
    dark: str


def _sheet(*, dark: bool) -> str:
    rules = [] if dark else [".reach { fill: none; stroke-opacity: 0.28; }"]
    for power, look in LOOKS.items():
        colour = look.dark if dark else look.light
        dash = f" stroke-dasharray: {look.dash};" if look.dash and not dark else ""
        fill = "" if dark else " fill: none;"
        rules.append(f".power-{power} {{ stroke: {colour};{fill}{dash} }}")
        rules.append(f".reach-{power} {{ stroke: {colour}; }}")
        rules.append(f".head-{power} {{ fill: {colour}; }}")
    return "\n".join(rules) + "\n"


STYLE: Final = _Style(_sheet(dark=False), _sheet(dark=True))
"""The rules of style sheets, for a light and for a dark ground."""


def line_width(value: float | None) -> float:
    """1.2 to 6.2 pixels; money, and that of which nothing is known, is as thin as none."""
    return _THIN + 5.0 * min(1.0, max(0.0, value or 0.0))


def label(link: Link) -> str:
    """A link in words: `decides 0.73–0.83`, `pays USD 13.8 bn`."""
    return power_text(link.power, link.low, link.high, link.amount)


def draw_line(canvas: Canvas, shape: str, link: Link, about: str) -> float:
    """Draws a link along a path in SVG's notation: what is known over what it could be; gives the wider width."""
    sure, reach = line_width(link.low), line_width(link.high)
    if reach > sure:
        canvas.path(shape, f"reach reach-{link.power}", wide=reach)
    canvas.path(shape, f"power-{link.power}", wide=sure, about=about)
    return max(sure, reach)


def legend(canvas: Canvas, x: float, y: float, links: Iterable[Link]) -> float:
    """Draws what the lines mean, in rows that fit; gives where it ends."""
    from .canvas import MARGIN, number, text_width

    every = list(links)
    used = {link.power for link in every}
    left = x

    def place(wide: float) -> None:
        nonlocal left, y
        if left > x and left + wide > canvas.width - MARGIN:
            left, y = x, y + 18

    for power in [p for p in LOOKS if p in used]:
        words = LOOKS[power].words
        wide = _SAMPLE + 6 + text_width(words, _LEGEND)
        place(wide)
        line = f"M{number(left)} {number(y - 4)}h{number(_SAMPLE)}"
        canvas.path(line, f"power-{power}", wide=line_width(0.3))
        canvas.text(left + _SAMPLE + 6, y, words, size=_LEGEND)
        left += wide + 18
    valued = [link for link in every if link.high is not None]
    notes = [_KEY] if valued else []
    notes += [_PALE] if any((link.high or 0.0) > (link.low or 0.0) for link in valued) else []
    for words in notes:
        wide = text_width(words, _LEGEND)
        place(wide)
        canvas.text(left, y, words, size=_LEGEND, style="soft")
        left += wide + 18
    return y + 6
