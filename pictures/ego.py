"""An entity between those who have power over it, on the left, and what it has power over: a block per power."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Final

from ..graph.schema import POWERS
from .canvas import MARGIN, Anchor, Box, Canvas, cut, number, text_width, wrapped
from .powers import draw_line, label, legend, line_width
from .subjects import Ego, Link, Node

__all__ = ["ego_picture", "is_organisation", "kind_words"]

_SIDE: Final = 320.0
_NONE: Final = 190.0
_GAP: Final = 110.0
_MIDDLE: Final = 150.0
_ROW: Final = 36.0
_HEADING: Final = 26.0
_REST: Final = 20.0
_ORGANISATIONS: Final = frozenset({"Company", "Institution", "Contributor", "GoverningBody"})
_OVER: Final = {
    "decides": "decide on it",
    "works": "do its work",
    "squeezes": "can squeeze it",
    "pays": "pay it",
    "binds": "bind it",
}
_OWN: Final = {
    "decides": "decides on",
    "works": "works on",
    "squeezes": "can squeeze",
    "pays": "pays",
    "binds": "binds",
}

Row = tuple[Node, Link]


@dataclasses.dataclass(frozen=True, slots=True)
class _Block:
    """The neighbours by one power.

    Attributes:
        heading: With their number.
        rows: Those that are drawn.
        rest: What is said of those that are not; empty = all are.
    """

    heading: str
    rows: tuple[Row, ...]
    rest: str

    @property
    def height(self) -> float:
        return _HEADING + _ROW * len(self.rows) + (_REST if self.rest else 0.0) + 8.0

    @property
    def wide(self) -> float:
        """Width of its boxes, and of what stands above and below them."""
        texts = text_width(self.heading, 11.5) * 1.08, text_width(self.rest, 11.0)
        return max(*texts, *map(_wide, self.rows)) + 8.0


def is_organisation(kind: str) -> bool:
    """Whether a kind decides: organisations, bodies and persons are drawn rounded and filled."""
    return kind in _ORGANISATIONS


def kind_words(kind: str) -> str:
    """A kind as a reader says it: `governing body`."""
    return {"Contributor": "person"}.get(kind) or re.sub("(?<=[a-z])(?=[A-Z])", " ", kind).lower()


def ego_picture(ego: Ego) -> str:
    """SVG. A block per power, a row per neighbour, strongest first; those left out are counted."""
    canvas, bottom = _drawn(ego)
    return canvas.svg(bottom, ego.network.source, ego.network.as_of)


def _drawn(ego: Ego) -> tuple[Canvas, float]:
    network = ego.network
    nodes = {n.id: n for n in network.nodes}
    sides = [tuple(_blocks(ego, nodes, incoming=incoming)) for incoming in (True, False)]
    left, right = (max((b.wide for b in blocks), default=_NONE) for blocks in sides)
    canvas = Canvas(left + right + 2 * (MARGIN + _GAP) + _MIDDLE, network.title, network.notes)
    middle_x = MARGIN + left + _GAP
    tall = [sum(b.height for b in blocks) for blocks in sides]
    top, height = canvas.top + 4, max(*tall, 3 * _ROW)
    for blocks, extent, incoming in zip(sides, tall, (True, False), strict=True):
        inner, anchor = _edge(middle_x, incoming=incoming)
        if not blocks:
            words = "nobody is known to hold it" if incoming else "it is known to hold nothing"
            canvas.text(inner, top + height / 2, words, style="soft", anchor=anchor)
        y = top + (height - extent) / 2
        for block in blocks:
            _draw_block(canvas, block, (inner, y), incoming=incoming)
            y += block.height
    _centre(canvas, nodes[ego.middle], Box(middle_x, top, _MIDDLE, height))
    links = [link for blocks in sides for block in blocks for _, link in block.rows]
    return canvas, legend(canvas, MARGIN, top + height + 30, links)


def _edge(middle: float, *, incoming: bool) -> tuple[float, Anchor]:
    """The inner edge of a side, and how its texts stand at it; `middle` is where the box of the entity begins."""
    return (middle - _GAP, "end") if incoming else (middle + _MIDDLE + _GAP, "start")


def _blocks(ego: Ego, nodes: dict[str, Node], *, incoming: bool) -> Iterator[_Block]:
    """The neighbours of one side by power, strongest first; a neighbour once per power."""
    left_out = ego.left_out[0 if incoming else 1]
    words = _OVER if incoming else _OWN
    for power in POWERS:
        best: dict[str, Link] = {}
        for link in ego.network.links:
            mine, other = (link.target, link.source) if incoming else (link.source, link.target)
            if link.power == power and mine == ego.middle != other:
                best[other] = min(best.get(other, link), link, key=_rank)
        rows = [(nodes[other], link) for other, link in best.items()]
        rows.sort(key=lambda r: (*_rank(r[1]), r[0].name.lower(), r[0].id))
        hidden = left_out.get(power, 0)
        if rows or hidden:
            rest = f"and {hidden:,} more, none with more" if hidden else ""
            yield _Block(f"{words[power]}: {len(rows) + hidden:,}", tuple(rows), rest)


def _rank(link: Link) -> tuple[float, float, float]:
    return -(link.low or 0.0), -(link.high or 0.0), -(link.amount or 0.0)


def _draw_block(
    canvas: Canvas, block: _Block, corner: tuple[float, float], *, incoming: bool
) -> None:
    inner, y = corner
    anchor: Anchor = "end" if incoming else "start"
    outer = -1 if incoming else 1
    canvas.text(inner + outer * 7, y + 17, block.heading, size=11.5, anchor=anchor, bold=True)
    y += _HEADING
    wide = max((_wide(row) for row in block.rows), default=0.0)
    for row in block.rows:
        _neighbour(canvas, row, wide, (inner, y + _ROW / 2), incoming=incoming)
        y += _ROW
    if block.rest:
        canvas.text(inner + outer * 7, y + 12, block.rest, size=11.0, style="soft", anchor=anchor)


def _wide(row: Row) -> float:
    """Width of the box that a row needs."""
    node, link = row
    name = cut(node.name, 12.0, _SIDE - 16)
    return max(text_width(name, 12.0), text_width(_under(node, link), 10.0)) + 14


def _neighbour(
    canvas: Canvas, row: Row, wide: float, corner: tuple[float, float], *, incoming: bool
) -> None:
    """A neighbour's box, and its line to or from the middle; `place` is the middle of the box's inner side."""
    node, link = row
    inner, y = corner
    anchor: Anchor = "end" if incoming else "start"
    outer = -1 if incoming else 1
    box = Box(inner - wide if incoming else inner, y - 15, wide, 30)
    _line(canvas, link, inner, y, incoming=incoming)
    style, radius = ("organisation", 8.0) if is_organisation(node.kind) else ("part", 0.0)
    about = f"{node.name} ({kind_words(node.kind)})"
    canvas.rectangle(
        box, style, radius=radius, about=f"{about}: {link.reason}" if link.reason else about
    )
    name = cut(node.name, 12.0, _SIDE - 16)
    canvas.text(inner + outer * 7, y - 2.5, name, anchor=anchor)
    words = _under(node, link)
    canvas.text(inner + outer * 7, y + 10.5, words, size=10.0, style="soft", anchor=anchor)


def _under(node: Node, link: Link) -> str:
    """What stands below a neighbour's name: kind, power with its value, what money is for, under or through whom."""
    purpose = link.reason if link.power == "pays" else ""
    words = " · ".join(w for w in (kind_words(node.kind), label(link), purpose, link.about) if w)
    return cut(words, 10.0, _SIDE - 16)


def _line(canvas: Canvas, link: Link, inner: float, y: float, *, incoming: bool) -> None:
    """A line between a neighbour and the middle, its arrow at the end over which the power is."""
    start, tip = (inner, inner + _GAP) if incoming else (inner - _GAP, inner)
    wide = max(line_width(link.low), line_width(link.high))
    stop = tip - 9.0
    about = ": ".join(w for w in (label(link), link.reason) if w)
    draw_line(canvas, f"M{_at(start, y)}L{_at(stop, y)}", link, about)
    size = 3.0 + wide * 0.6
    head = f"M{_at(tip, y)}L{_at(stop, y - size)}L{_at(stop, y + size)}Z"
    canvas.path(head, f"head-{link.power}")


def _at(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"


def _centre(canvas: Canvas, node: Node, box: Box) -> None:
    canvas.rectangle(box, "middle", radius=10.0, about=f"{node.name} ({kind_words(node.kind)})")
    lines = wrapped(node.name, 14.0, box.width - 20, 3)
    y = box.y + box.height / 2 - (len(lines) - 1) * 9 - 2
    for line in lines:
        canvas.text(box.x + box.width / 2, y, line, size=13.0, anchor="middle", bold=True)
        y += 17
    canvas.text(
        box.x + box.width / 2,
        y + 1,
        kind_words(node.kind),
        size=10.5,
        anchor="middle",
        style="soft",
    )
