"""An entity between those who control it, on the left, and those whom it controls, on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .canvas import MARGIN, Anchor, Box, Canvas, cut, number, text_width, wrapped
from .channels import label, legend, line_width
from .subjects import Ego, Link, Node

__all__ = ["ego_picture", "is_organisation"]

_SIDE: Final = 300.0
_GAP: Final = 120.0
_MIDDLE: Final = 150.0
_ROW: Final = 34.0
_ORGANISATIONS: Final = frozenset({"Company", "Institution", "Contributor", "GoverningBody"})

Row = tuple[Node, tuple[Link, ...]]


def is_organisation(kind: str) -> bool:
    """Whether a kind decides: organisations, bodies and persons are drawn rounded and filled."""
    return kind in _ORGANISATIONS


def ego_picture(ego: Ego) -> str:
    """SVG. One row per neighbour, strongest first; its channels side by side; those left out are counted."""
    canvas, bottom = _drawn(ego)
    return canvas.svg(bottom, ego.network.source, ego.network.as_of)


def _drawn(ego: Ego) -> tuple[Canvas, float]:
    network = ego.network
    nodes = {n.id: n for n in network.nodes}
    width = 2 * MARGIN + 2 * (_SIDE + _GAP) + _MIDDLE
    canvas = Canvas(width, network.title, network.notes)
    left, right = (_rows(ego, nodes, incoming=incoming) for incoming in (True, False))
    headings: tuple[tuple[float, Anchor, str], ...] = (
        (MARGIN + _SIDE, "end", f"controlled by {len(left) + ego.left_out[0]:,}"),
        (width - MARGIN - _SIDE, "start", f"controls {len(right) + ego.left_out[1]:,}"),
    )
    top = canvas.top + 14
    for x, anchor, words in headings:
        canvas.text(x, top, words, size=11.5, style="soft", anchor=anchor)
    top += 14
    height = max(len(left), len(right), 3) * _ROW
    middle = Box(MARGIN + _SIDE + _GAP, top, _MIDDLE, height)
    for rows, incoming in ((left, True), (right, False)):
        start = top + (height - len(rows) * _ROW) / 2
        wide = max((_wide(row) for row in rows), default=0.0)
        for place, row in enumerate(rows):
            y = start + (place + 0.5) * _ROW
            _neighbour(canvas, row, wide, y, incoming=incoming)
    _centre(canvas, nodes[ego.middle], middle)
    bottom = top + height + 8
    for (x, anchor, _), rows in zip(headings, (left, right), strict=True):
        if not rows:
            canvas.text(x, top + height / 2, "none is known", style="soft", anchor=anchor)
    for (x, anchor, _), hidden in zip(headings, ego.left_out, strict=True):
        if hidden:
            words = f"and {hidden:,} more, none of them stronger"
            canvas.text(x, bottom + 8, words, size=11.5, style="soft", anchor=anchor)
    used = [link.channel for rows in (left, right) for _, links in rows for link in links]
    return canvas, legend(canvas, MARGIN, bottom + 40, used)


def _rows(ego: Ego, nodes: dict[str, Node], *, incoming: bool) -> list[Row]:
    """Neighbours of one side with their links, the strongest per channel; strongest first."""
    best: dict[str, dict[str, Link]] = {}
    for link in ego.network.links:
        mine, other = (link.target, link.source) if incoming else (link.source, link.target)
        if mine != ego.middle or other == ego.middle:
            continue
        channels = best.setdefault(other, {})
        old = channels.get(link.channel)
        if old is None or _strength(link) > _strength(old):
            channels[link.channel] = link
    rows = [
        (nodes[other], tuple(sorted(links.values(), key=lambda x: (-_strength(x), x.channel))))
        for other, links in best.items()
    ]
    return sorted(rows, key=lambda r: (-_strength(r[1][0]), r[0].name.lower(), r[0].id))


def _strength(link: Link) -> float:
    return -1.0 if link.strength is None else link.strength


def _wide(row: Row) -> float:
    """Width of the box that a row needs."""
    node, links = row
    name = cut(node.name, 12.0, _SIDE - 16)
    return max(text_width(name, 12.0), text_width(_under(node, links), 10.0)) + 14


def _neighbour(canvas: Canvas, row: Row, wide: float, y: float, *, incoming: bool) -> None:
    """A neighbour's box, and its lines to or from the middle."""
    node, links = row
    inner = MARGIN + _SIDE if incoming else canvas.width - MARGIN - _SIDE
    outer = -1 if incoming else 1
    anchor: Anchor = "end" if incoming else "start"
    box = Box(inner - wide if incoming else inner, y - 15, wide, 30)
    for place, link in enumerate(links):
        shift = (place - (len(links) - 1) / 2) * 6
        _line(canvas, link, inner, y + shift, incoming=incoming)
    decides = is_organisation(node.kind)
    style, radius = ("organisation", 8.0) if decides else ("part", 0.0)
    canvas.rectangle(box, style, radius=radius, about=f"{node.name} ({node.kind})")
    name = cut(node.name, 12.0, _SIDE - 16)
    canvas.text(inner + outer * 7, y - 2.5, name, anchor=anchor)
    words = _under(node, links)
    canvas.text(inner + outer * 7, y + 10.5, words, size=10.0, style="soft", anchor=anchor)


def _under(node: Node, links: Sequence[Link]) -> str:
    """What stands below a neighbour's name: its kind, and its channels with their strengths."""
    words = "  ".join(label(link.channel, link.strength) for link in links[:4])
    return f"{node.kind}  ·  {words}" + (" …" if len(links) > 4 else "")


def _line(canvas: Canvas, link: Link, inner: float, y: float, *, incoming: bool) -> None:
    """A line between a neighbour and the middle, its arrow at the controlled end."""
    start, tip = (inner, inner + _GAP) if incoming else (inner - _GAP, inner)
    stop = tip - 9.0
    wide = line_width(link.strength)
    about = f"{label(link.channel, link.strength)} {link.about}".strip()
    canvas.path(
        f"M{_at(start, y)}L{_at(stop, y)}", f"channel-{link.channel}", wide=wide, about=about
    )
    size = 3.0 + wide * 0.7
    head = f"M{_at(tip, y)}L{_at(stop, y - size)}L{_at(stop, y + size)}Z"
    canvas.path(head, f"head-{link.channel}")


def _at(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"


def _centre(canvas: Canvas, node: Node, box: Box) -> None:
    canvas.rectangle(box, "middle", radius=10.0, about=f"{node.name} ({node.kind})")
    lines = wrapped(node.name, 14.0, box.width - 20, 3)
    y = box.y + box.height / 2 - (len(lines) - 1) * 9 - 2
    for line in lines:
        canvas.text(box.x + box.width / 2, y, line, size=13.0, anchor="middle", bold=True)
        y += 17
    canvas.text(box.x + box.width / 2, y + 1, node.kind, size=10.5, anchor="middle", style="soft")
