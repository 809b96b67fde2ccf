"""Counts of firms by layer: a square whose area is the count, and the count beside it."""

from __future__ import annotations

import math
from typing import Final

from .canvas import MARGIN, Box, Canvas, cut, wrapped
from .subjects import Layers

__all__ = ["matrix_picture"]

_FIRM: Final = 210.0
_COLUMN: Final = 96.0
_ROW: Final = 27.0
_SQUARE: Final = 20.0


def matrix_picture(layers: Layers) -> str:
    """SVG. Squares compare within a column; a dot is none that is known."""
    width = max(2 * MARGIN + _FIRM + _COLUMN * len(layers.layers), 520.0)
    canvas = Canvas(width, layers.title, [layers.unit])
    headings = [wrapped(name, 11.0, _COLUMN - 10, 3) for name in layers.layers]
    deep = max((len(h) for h in headings), default=1)
    top = canvas.top + 14 * deep + 4
    most = [max((c[k] for _, c in layers.firms), default=0) for k in range(len(layers.layers))]
    for column, lines in enumerate(headings):
        x = MARGIN + _FIRM + _COLUMN * (column + 0.5)
        for number, line in enumerate(lines):
            y = top - 10 - 14 * (len(lines) - 1 - number)
            canvas.text(x, y, line, size=11.0, anchor="middle", bold=True)
    for row, (firm, counts) in enumerate(layers.firms):
        y = top + _ROW * row
        canvas.line(MARGIN, y, width - MARGIN, y, "grid")
        canvas.text(MARGIN, y + 18, cut(firm, 12.0, _FIRM - 12))
        for column, count in enumerate(counts):
            x = MARGIN + _FIRM + _COLUMN * (column + 0.5)
            about = f"{firm}: {layers.layers[column]}"
            _cell(canvas, (x, y + _ROW / 2), count, (most[column], max(most)), about)
    bottom = top + _ROW * len(layers.firms)
    canvas.line(MARGIN, bottom, width - MARGIN, bottom, "axis")
    if layers.left_out:
        words = f"and {layers.left_out:,} more, with less, not shown"
        canvas.text(MARGIN, bottom + 18, words, size=11.0, style="soft")
        bottom += 14
    return canvas.svg(bottom + 6, layers.source, layers.as_of)


def _cell(
    canvas: Canvas, middle: tuple[float, float], count: int, most: tuple[int, int], about: str
) -> None:
    """A square and its count; where no count of the picture exceeds 1, the square says it all."""
    x, y = middle
    if not count:
        canvas.text(x, y + 4, "·", anchor="middle", style="soft")
        return
    in_column, in_all = most
    side = max(3.0, _SQUARE * math.sqrt(count / in_column))
    left = x - side / 2 if in_all == 1 else x - 4 - side
    canvas.rectangle(Box(left, y - side / 2, side, side), "mark", about=f"{about}: {count}")
    if in_all > 1:
        canvas.text(x + 3, y + 4, f"{count:,}")
