"""Intervals side by side, such as the share of the largest employer of several projects."""

from __future__ import annotations

from .canvas import MARGIN, Box, Canvas, cut, text_width
from .subjects import Intervals

__all__ = ["intervals_picture"]

_WIDTH = 900.0
_NAMES = 190.0
_SAID = 270.0
_ROW = 26.0


def intervals_picture(intervals: Intervals) -> str:
    """SVG. Per row a bar from the least to the greatest value over an axis from 0 to 100 %."""
    canvas = Canvas(_WIDTH, intervals.title, intervals.notes)
    left, right = MARGIN + _NAMES, _WIDTH - MARGIN - _SAID
    top = canvas.top + 4
    bottom = top + _ROW * len(intervals.rows)
    for part in (0, 25, 50, 75, 100):
        x = left + (right - left) * part / 100
        canvas.line(x, top, x, bottom, "grid")
        canvas.text(x, bottom + 16, str(part), size=10.5, anchor="middle", style="soft")
    canvas.text(MARGIN, bottom + 16, intervals.unit, size=10.5, style="soft")
    for number, (name, low, high, words) in enumerate(intervals.rows):
        y = top + _ROW * (number + 0.5)
        canvas.text(MARGIN, y + 4, cut(name, 12.0, _NAMES - 12))
        x, x2 = (left + (right - left) * min(1.0, max(0.0, v)) for v in (low, high))
        about = f"{name}: {words}, {low:.0%} to {high:.0%}"
        canvas.rectangle(Box(x, y - 6, max(x2 - x, 1.0), 12), "band", about=about)
        for end in (x, x2):
            canvas.line(end, y - 8, end, y + 8, "curve")
        room = _SAID - 14
        size = 11.0 if text_width(words, 11.0) <= room else 10.0
        canvas.text(right + 14, y + 4, cut(words, size, room), size=size)
    canvas.line(left, bottom, right, bottom, "axis")
    return canvas.svg(bottom + 22, intervals.source, intervals.as_of)
