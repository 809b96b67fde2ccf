"""Control paths as a picture: from the controllers on the left to what they control on the right."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from .canvas import MARGIN, Box, Canvas, number, text_width, wrapped
from .ego import is_organisation, kind_words
from .layered import Layout, layered
from .powers import draw_line, label, legend
from .subjects import Link, Network, Node

__all__ = ["paths_picture"]

_NAME: Final = 12.0
_KIND: Final = 9.5
_LABEL: Final = 11.0
_ROOM: Final = 136.0
_BETWEEN: Final = 170.0
_PORT: Final = 11.0
_TRIES: Final = (22.0, 30.0, 40.0, 54.0, 72.0)
_PLACES: Final = (0.42, 0.5, 0.34, 0.58, 0.27, 0.66, 0.2, 0.74)

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]


@dataclasses.dataclass(frozen=True, slots=True)
class _Drawn:
    """A layout in pixels.

    Attributes:
        boxes: Of the nodes, by id.
        curves: Per link, its pieces from left to right as Bézier curves.
        labels: Per link, the box of its label.
        width, bottom: Extent of it all.
    """

    boxes: dict[str, Box]
    curves: tuple[tuple[Curve, ...], ...]
    labels: tuple[Box, ...]
    width: float
    bottom: float


def paths_picture(network: Network) -> str:
    """SVG. Every link with its power and value; rows move apart until no label touches another."""
    canvas, drawn = _canvas(network)
    nodes = {n.id: n for n in network.nodes}
    for link, curves in zip(network.links, drawn.curves, strict=True):
        _draw_link(canvas, link, curves, nodes)
    for link, box in zip(network.links, drawn.labels, strict=True):
        canvas.rectangle(box, "ground")
        words = label(link)
        canvas.text(box.x + box.width / 2, box.y + 10.5, words, size=_LABEL, anchor="middle")
    for node in network.nodes:
        _draw_node(canvas, node, drawn.boxes[node.id])
    bottom = legend(canvas, MARGIN, drawn.bottom + 34, network.links)
    return canvas.svg(bottom, network.source, network.as_of)


def _canvas(network: Network) -> tuple[Canvas, _Drawn]:
    """The canvas with its head, and the layout below it."""
    head = Canvas(1000.0, network.title, network.notes)
    drawn = _fitted(network, head.top + 6)
    width = max(drawn.width + MARGIN, 560.0)
    canvas = Canvas(width, network.title, network.notes)
    if canvas.top != head.top:
        drawn = _fitted(network, canvas.top + 6)
    return canvas, drawn


def _fitted(network: Network, top: float) -> _Drawn:
    """The layout whose rows are nearest and yet leave room for every label; at last, labels go beside their links."""
    for gap in _TRIES[:-1]:
        drawn = _placed(network, gap, top)
        if len(drawn.labels) == len(network.links):
            return drawn
    return _placed(network, _TRIES[-1], top, beside=True)


def _placed(network: Network, gap: float, top: float, *, beside: bool = False) -> _Drawn:
    sizes = {n.id: _height(n, network.links) for n in network.nodes}
    layout = layered(network, sizes, gap, 14.0)
    names = {n.id: n for n in network.nodes}
    widths = [
        max((_width(names[s.node]) for s in layer if s.node), default=20.0)
        for layer in layout.layers
    ]
    lefts = [MARGIN + sum(widths[:depth]) + depth * _BETWEEN for depth in range(len(layout.layers))]
    boxes = {}
    for layer, left, wide in zip(layout.layers, lefts, widths, strict=True):
        for stop in layer:
            if stop.node:
                tall, own = sizes[stop.node], _width(names[stop.node])
                y = top + layout.heights[stop] - tall / 2
                boxes[stop.node] = Box(left + (wide - own) / 2, y, own, tall)
    spans = list(zip(lefts, widths, strict=True))
    curves = tuple(_curves(layout, network, boxes, spans, top))
    bottom = max((b.y + b.height for b in boxes.values()), default=top)
    labels = _labels(network.links, curves, list(boxes.values()), beside=beside)
    lowest = max(
        [b.y + b.height for b in labels] + [p[1] for c in curves for piece in c for p in piece],
        default=bottom,
    )
    right = lefts[-1] + widths[-1] if lefts else MARGIN
    return _Drawn(boxes, curves, labels, right, max(bottom, lowest + 8))


def _width(node: Node) -> float:
    lines = wrapped(node.name, _NAME, _ROOM, 3)
    return (
        max(*(text_width(x, _NAME) for x in lines), text_width(kind_words(node.kind), _KIND)) + 18
    )


def _height(node: Node, links: Sequence[Link]) -> float:
    lines = len(wrapped(node.name, _NAME, _ROOM, 3))
    ports = max(sum(x.source == node.id for x in links), sum(x.target == node.id for x in links))
    return max(14.0 + 15.0 * lines + 12.0, ports * _PORT + 8)


def _curves(
    layout: Layout,
    network: Network,
    boxes: dict[str, Box],
    spans: Sequence[tuple[float, float]],
    top: float,
) -> Iterator[tuple[Curve, ...]]:
    """Per link its pieces: from the port of its source through the lanes to the port of its target."""
    ports = _ports(layout, network, boxes, top)
    for step, (link, route) in enumerate(zip(network.links, layout.routes, strict=True)):
        backward = route[0].layer >= route[-1].layer
        first, last = boxes[link.source], boxes[link.target]
        start = (first.x + first.width, ports[step, 0])
        end = (last.x, ports[step, 1])
        points = [start]
        for stop in route[1:-1]:
            left, wide = spans[stop.layer]
            y = top + layout.heights[stop]
            points += [(left + wide, y), (left, y)] if backward else [(left, y), (left + wide, y)]
        points.append(end)
        yield tuple(_bent(a, b) for a, b in itertools.pairwise(points))


def _bent(start: Point, end: Point) -> Curve:
    half = max(abs(end[0] - start[0]) / 2, 40.0) if end[0] <= start[0] else (end[0] - start[0]) / 2
    return start, (start[0] + half, start[1]), (end[0] - half, end[1]), end


def _ports(
    layout: Layout, network: Network, boxes: dict[str, Box], top: float
) -> dict[tuple[int, int], float]:
    """Height at which each link leaves its source (0) and meets its target (1): in the order of the other ends."""
    heights: dict[tuple[int, int], float] = {}
    for end, near in ((0, 1), (1, -2)):
        by: dict[str, list[tuple[float, str, int]]] = {}
        for step, (link, route) in enumerate(zip(network.links, layout.routes, strict=True)):
            node = link.target if end else link.source
            by.setdefault(node, []).append((layout.heights[route[near]], link.power, step))
        for node, ends in by.items():
            box = boxes[node]
            for rank, (_, _, step) in enumerate(sorted(ends)):
                shift = (rank - (len(ends) - 1) / 2) * _PORT
                heights[step, end] = box.y + box.height / 2 + shift
    return heights


def _labels(
    links: Sequence[Link], curves: Sequence[Sequence[Curve]], taken: list[Box], *, beside: bool
) -> tuple[Box, ...]:
    """A box on each link that touches no node and no other label; fewer where there is no room for one."""
    boxes: list[Box] = []
    for link, pieces in zip(links, curves, strict=True):
        wide = text_width(label(link), _LABEL) + 6
        places = _candidates(pieces, wide)
        if beside:
            places = itertools.chain(places, _beside(pieces[0], wide))
        free = (b for b in places if not any(b.overlaps(other, 1.5) for other in taken))
        box = next(free, None)
        if box is None:
            break
        boxes.append(box)
        taken.append(box)
    return tuple(boxes)


def _beside(curve: Curve, wide: float) -> Iterator[Box]:
    """Places below the middle of a link, ever further: one of them is free."""
    x, y = _point(curve, 0.5)
    return (Box(x - wide / 2, y - 7 + step * 4.0, wide, 14.0) for step in itertools.count(1))


def _candidates(pieces: Sequence[Curve], wide: float) -> Iterator[Box]:
    """Places along a link, the middle of its first piece first."""
    bent = [p for p in pieces if abs(p[3][0] - p[0][0]) > wide + 12] or list(pieces)
    for fraction in _PLACES:
        for piece in bent:
            x, y = _point(piece, fraction)
            yield Box(x - wide / 2, y - 7, wide, 14.0)


def _point(curve: Curve, t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x, y = (sum(w * p[axis] for w, p in zip(weights, curve, strict=True)) for axis in (0, 1))
    return x, y


def _draw_link(canvas: Canvas, link: Link, curves: Sequence[Curve], nodes: dict[str, Node]) -> None:
    tip = curves[-1][3]
    shaft = (tip[0] - 8.0, tip[1])
    shape = ""
    for step, (start, first, second, end) in enumerate(curves):
        stop = shaft if step == len(curves) - 1 else end
        shape += f"M{_at(start)}" if step == 0 else ""
        shape += f"C{_at(first)} {_at(second)} {_at(stop)}"
    ends = f"{nodes[link.source].name} → {nodes[link.target].name}"
    about = "; ".join(w for w in (f"{ends}: {label(link)}", link.reason, link.about) if w)
    wide = draw_line(canvas, shape, link, about)
    size = 3.0 + wide * 0.6
    head = f"M{_at(tip)}L{_at((shaft[0], tip[1] - size))}L{_at((shaft[0], tip[1] + size))}Z"
    canvas.path(head, f"head-{link.power}")


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _draw_node(canvas: Canvas, node: Node, box: Box) -> None:
    decides = is_organisation(node.kind)
    style, radius = ("organisation", 8.0) if decides else ("part", 0.0)
    canvas.rectangle(box, style, radius=radius, about=f"{node.name} ({kind_words(node.kind)})")
    lines = wrapped(node.name, _NAME, _ROOM, 3)
    y = box.y + box.height / 2 - (len(lines) * 15 + 10) / 2 + 11
    for line in lines:
        canvas.text(box.x + box.width / 2, y, line, size=_NAME, anchor="middle")
        y += 15
    canvas.text(
        box.x + box.width / 2,
        y - 2,
        kind_words(node.kind),
        size=_KIND,
        anchor="middle",
        style="soft",
    )
