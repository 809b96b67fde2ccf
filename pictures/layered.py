"""A layered layout: controllers on the left, what they control to the right of them (Sugiyama, Tagawa & Toda 1981).

Circles are broken where a depth-first walk meets its own trail; a link over several layers passes through a place in
each; the order within a layer follows the mean place of the neighbours, and the order with fewest crossings is kept.
Everything is decided by names and ids, so the same network gives the same places.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

from .subjects import Network

__all__ = ["Layout", "Stop", "layered"]

_SWEEPS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Stop:
    """A place in a layer: a node's, or that of a link which passes through.

    Attributes:
        layer: Which, from 0 on the left.
        node: Id of the node; empty for a link that passes.
        link: Number of the link that passes; -1 for a node.
    """

    layer: int
    node: str
    link: int


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """Where everything goes.

    Attributes:
        layers: The stops of each layer, from the top.
        heights: Middle of each stop in pixels, from 0.
        routes: Per link, its stops from source to target.
    """

    layers: tuple[tuple[Stop, ...], ...]
    heights: Mapping[Stop, float]
    routes: tuple[tuple[Stop, ...], ...]


def layered(network: Network, sizes: Mapping[str, float], gap: float, lane: float) -> Layout:
    """Lays a network out.

    Args:
        network: Nodes and links.
        sizes: Height of each node's box, by id, in pixels.
        gap: Least space between two stops of a layer.
        lane: Height of a link that passes.
    """
    depth = _depths(network)
    stops = {n.id: Stop(depth[n.id], n.id, -1) for n in network.nodes}
    routes = tuple(
        _route(number, stops[link.source], stops[link.target])
        for number, link in enumerate(network.links)
    )
    count = max(depth.values(), default=0) + 1
    layers: list[list[Stop]] = [[] for _ in range(count)]
    names = {n.id: (n.name.lower(), n.id) for n in network.nodes}
    every = dict.fromkeys((*stops.values(), *itertools.chain.from_iterable(routes)))
    for stop in sorted(every, key=lambda s: (names.get(s.node, ("~", "")), s.link)):
        layers[stop.layer].append(stop)
    near = _neighbours(routes)
    best = _ordered(layers, near)
    tall = {s: sizes[s.node] if s.node else lane for s in every}
    return Layout(tuple(map(tuple, best)), _heights(best, near, tall, gap), routes)


def _depths(network: Network) -> dict[str, int]:
    """The longest way to each node over links that lead on, in number of links."""
    after: dict[str, list[str]] = {n.id: [] for n in sorted(network.nodes, key=lambda n: n.id)}
    entered = set()
    for link in network.links:
        if link.source != link.target and link.target not in after[link.source]:
            after[link.source].append(link.target)
            entered.add(link.target)
    order: list[str] = []
    state: dict[str, int] = {}
    forward: dict[str, list[str]] = {n: [] for n in after}

    def walk(node: str) -> None:
        state[node] = 1
        for target in sorted(after[node]):
            if state.get(target) == 1:
                continue
            forward[node].append(target)
            if target not in state:
                walk(target)
        state[node] = 2
        order.append(node)

    for node in [*sorted(set(after) - entered), *sorted(entered)]:
        if node not in state:
            walk(node)
    depth = dict.fromkeys(after, 0)
    for node in reversed(order):
        for target in forward[node]:
            depth[target] = max(depth[target], depth[node] + 1)
    return depth


def _route(number: int, source: Stop, target: Stop) -> tuple[Stop, ...]:
    step = 1 if target.layer >= source.layer else -1
    between = range(source.layer + step, target.layer, step)
    return (source, *(Stop(layer, "", number) for layer in between), target)


def _neighbours(routes: Sequence[Sequence[Stop]]) -> dict[Stop, list[Stop]]:
    near: dict[Stop, list[Stop]] = {}
    for route in routes:
        for one, other in itertools.pairwise(route):
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    return near


def _ordered(layers: list[list[Stop]], near: Mapping[Stop, list[Stop]]) -> list[list[Stop]]:
    """Sweeps there and back; gives the order with the fewest crossings that was met."""
    best, fewest = [list(x) for x in layers], _crossings(layers, near)
    current = [list(x) for x in layers]
    for sweep in range(_SWEEPS):
        onward = sweep % 2 == 0
        numbers = range(1, len(current)) if onward else range(len(current) - 2, -1, -1)
        for number in numbers:
            beside = current[number - 1 if onward else number + 1]
            position = {s: p for p, s in enumerate(beside)}

            def middle(
                stop: Stop, position: Mapping[Stop, int] = position, here: int = number
            ) -> float:
                places = [position[n] for n in near.get(stop, []) if n in position]
                return sum(places) / len(places) if places else float(current[here].index(stop))

            keyed = {s: middle(s) for s in current[number]}
            current[number].sort(key=lambda s: keyed[s])
        crossings = _crossings(current, near)
        if crossings < fewest:
            best, fewest = [list(x) for x in current], crossings
    return best


def _crossings(layers: Sequence[Sequence[Stop]], near: Mapping[Stop, list[Stop]]) -> int:
    total = 0
    for first, second in itertools.pairwise(layers):
        position = {s: p for p, s in enumerate(second)}
        ends = [
            (p, position[n]) for p, s in enumerate(first) for n in near.get(s, []) if n in position
        ]
        total += sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for a, b in itertools.combinations(ends, 2))
    return total


def _heights(
    layers: Sequence[Sequence[Stop]],
    near: Mapping[Stop, list[Stop]],
    tall: Mapping[Stop, float],
    gap: float,
) -> dict[Stop, float]:
    """Each stop near the mean of its neighbours, in the order of its layer, at least `gap` from the next."""
    heights: dict[Stop, float] = {}
    for layer in layers:
        y = -sum(tall[s] + gap for s in layer) / 2
        for stop in layer:
            heights[stop] = y + (tall[stop] + gap) / 2
            y += tall[stop] + gap
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else list(reversed(layers)):
            wish = {
                s: sum(heights[n] for n in near[s]) / len(near[s]) if near.get(s) else heights[s]
                for s in layer
            }
            _settle(layer, wish, tall, gap, heights)
    least = min((heights[s] - tall[s] / 2 for s in heights), default=0.0)
    return {s: y - least for s, y in heights.items()}


def _settle(
    layer: Sequence[Stop],
    wish: Mapping[Stop, float],
    tall: Mapping[Stop, float],
    gap: float,
    heights: dict[Stop, float],
) -> None:
    """Places a layer as near to the wishes as its order allows: blocks that touch move to their mean wish."""
    blocks: list[
        tuple[float, float, list[Stop]]
    ] = []  # sum of offsets from the wish, extent, stops
    for stop in layer:
        extent = tall[stop] + gap
        block = (wish[stop] - extent / 2, extent, [stop])
        while blocks and blocks[-1][0] / len(blocks[-1][2]) + blocks[-1][1] > block[0] / len(
            block[2]
        ):
            above = blocks.pop()
            joined = [*above[2], *block[2]]
            block = (above[0] + block[0] - above[1] * len(block[2]), above[1] + block[1], joined)
        blocks.append(block)
    for offset, _, stops in blocks:
        y = offset / len(stops)
        for stop in stops:
            heights[stop] = y + (tall[stop] + gap) / 2
            y += tall[stop] + gap
