"""How the channels of control look: each has a letter, a dash pattern and a colour; width says strength."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .canvas import Canvas

__all__ = ["CHANNELS", "STYLE", "Channel", "label", "legend", "line_width"]


@dataclasses.dataclass(frozen=True, slots=True)
class Channel:
    """A channel's look.

    Attributes:
        name: In words.
        dash: Lengths of line and gap in pixels; empty = unbroken.
        light: Its colour on a light ground.
        dark: On a dark one.
    """

    name: str
    dash: str
    light: str
    dark: str


CHANNELS: Final = {
    "V": Channel("vote", "", "#1f4e9c", "#8fb4f0"),
    "G": Channel("gate", "14 3", "#8a3b00", "#f0a868"),
    "L": Channel("labour", "3 4", "#226622", "#8fd08f"),
    "I": Channel("infrastructure", "9 5", "#5b2a86", "#c9a2ee"),
    "M": Channel("money", "12 3 2 3", "#6b5600", "#dcc460"),
    "R": Channel("legal", "3 9", "#a01010", "#f09090"),
    "S": Channel("structural", "12 3 2 3 2 3", "#444444", "#bdbdbd"),
}
"""By letter."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Style:
    light: str
    dark: str


def _sheet(*, dark: bool) -> str:
    rules = []
    for letter, channel in CHANNELS.items():
        colour = channel.dark if dark else channel.light
        dash = f" stroke-dasharray: {channel.dash};" if channel.dash and not dark else ""
        fill = "" if dark else " fill: none;"
        rules.append(f".channel-{letter} {{ stroke: {colour};{fill}{dash} }}")
        rules.append(f".head-{letter} {{ fill: {colour}; }}")
    return "\n".join(rules) + "\n"


STYLE: Final = _Style(_sheet(dark=False), _sheet(dark=True))
"""The rules of style sheets, for a light and for a dark ground."""


def line_width(strength: float | None) -> float:
    """1 to 4.5 pixels; an unknown strength is as thin as none."""
    return 1.0 + 3.5 * min(1.0, max(0.0, strength or 0.0))


def label(channel: str, strength: float | None) -> str:
    """Letter and strength, such as `G 0.67`; an unknown strength is a question mark."""
    return f"{channel} {'?' if strength is None else f'{strength:.2g}'}"


def legend(canvas: Canvas, x: float, y: float, channels: Iterable[str]) -> float:
    """Draws what the lines mean, in rows that fit; gives where it ends."""
    from .canvas import MARGIN, number, text_width

    left = x
    for letter in [c for c in CHANNELS if c in set(channels)]:
        words = f"{letter} {CHANNELS[letter].name}"
        wide = 52 + text_width(words, 11.0)
        if left > x and left + wide > canvas.width - MARGIN:
            left, y = x, y + 18
        canvas.path(
            f"M{number(left)} {number(y - 4)}h40", f"channel-{letter}", wide=line_width(0.4)
        )
        canvas.text(left + 46, y, words, size=11.0)
        left += wide + 16
    words = "width and number: strength, 0 to 1"
    if left > x and left + text_width(words, 11.0) > canvas.width - MARGIN:
        left, y = x, y + 18
    canvas.text(left, y, words, size=11.0, style="soft")
    return y + 6
