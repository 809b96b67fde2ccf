"""The k best control paths: strongest product of strengths first.

Paths are simple, of at most a given number of hops, over CONTROLS edges of known strength above 0. Search: best-first
over partial paths, with the best cost that remains as the bound (Hart, Nilsson & Raphael 1968), where the cost of an
edge is −ln strength and the bound comes from Bellman–Ford over at most the hops that are left. Since the bound never
overestimates, paths come out in their order; ties are ordered by the keys of their edges.
"""

from __future__ import annotations

import collections
import dataclasses
import heapq
import math
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .state import State

__all__ = [
    "CONTROL",
    "Hop",
    "Path",
    "Web",
    "best_paths",
    "changed_paths",
    "combined",
    "control_web",
]

CONTROL: Final = "CONTROLS"
"""The computed relation that paths go over, always from controller to controlled."""

_LEVELS: Final = 64
_MOST_THROUGH: Final = 1_000


@dataclasses.dataclass(frozen=True, slots=True)
class Hop:
    """One edge of a path.

    Attributes:
        source: Who controls.
        target: Whom or what.
        key: Key of the CONTROLS edge.
        channel: V, G, L, I, M, R or S.
        strength: 0 to 1.
        confidence: 0 to 1.
    """

    source: str
    target: str
    key: str
    channel: str
    strength: float
    confidence: float


@dataclasses.dataclass(frozen=True, slots=True)
class Path:
    """A control path.

    Attributes:
        hops: From the first controller to the last controlled.
    """

    hops: tuple[Hop, ...]

    @property
    def product(self) -> float:
        """Share of influence that arrives: the product of the strengths."""
        return math.prod(h.strength for h in self.hops)

    @property
    def bottleneck(self) -> float:
        """Whether the one can squeeze the other: the least strength."""
        return min(h.strength for h in self.hops)

    @property
    def confidence(self) -> float:
        """Product of the confidences; never mixed into a strength."""
        return math.prod(h.confidence for h in self.hops)

    def told(self, named: Callable[[str], str] = str) -> str:
        """The path in a line: who, by which channel and how strongly, whom; `named` gives the name of an id."""
        steps = (f" —{h.channel} {h.strength:.2g}→ {named(h.target)}" for h in self.hops)
        return named(self.hops[0].source) + "".join(steps)


class Web:
    """Control edges as arrays.

    Args:
        controls: columns: source, target, key, channel, strength, confidence, status. Edges of unknown strength or
            strength 0, and disputed ones, carry nothing and are left out.
    """

    def __init__(self, controls: pa.Table) -> None:
        carries = pc.and_(
            pc.greater(controls["strength"], 0.0), pc.equal(controls["status"], "current")
        )
        self.unknown = int(controls["strength"].null_count)
        table = controls.filter(pc.fill_null(carries, False)).sort_by("key")
        ends = pa.chunked_array([*table["source"].chunks, *table["target"].chunks], pa.string())
        coded = ends.combine_chunks().dictionary_encode()
        self.names: list[str] = coded.dictionary.to_pylist()
        codes = coded.indices.to_numpy(zero_copy_only=False)
        count = table.num_rows
        self.source: NDArray[np.int32] = codes[:count]
        self.target: NDArray[np.int32] = codes[count:]
        self.table = table
        self.cost: NDArray[np.float64] = -np.log(table["strength"].to_numpy())
        order = np.argsort(self.source, kind="stable")
        self._order = order
        self._starts = np.searchsorted(self.source[order], np.arange(len(self.names) + 1))
        self._number = {name: i for i, name in enumerate(self.names)}
        self._into: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    def number(self, name: str) -> int | None:
        """The place of an entity; None where nothing controls it and it controls nothing."""
        return self._number.get(name)

    def leaving(self, node: int) -> NDArray[np.int64]:
        """Edges that start at a node."""
        return self._order[self._starts[node] : self._starts[node + 1]]

    def bounds(self, targets: Collection[int], hops: int) -> list[NDArray[np.float64]]:
        """Least cost from each node to any target, within 0, 1, … hops; the last holds for all that are more."""
        best = np.full(len(self.names), np.inf)
        best[list(targets)] = 0.0
        found = [best]
        for _ in range(hops):
            step = found[-1].copy()
            np.minimum.at(step, self.source, self.cost + found[-1][self.target])
            if np.array_equal(step, found[-1]):
                break
            found[_LEVELS:] = []
            found.append(step)
        return found

    def entering(self, node: int) -> NDArray[np.int64]:
        """Edges that end at a node."""
        if self._into is None:
            order = np.argsort(self.target, kind="stable")
            starts = np.searchsorted(self.target[order], np.arange(len(self.names) + 1))
            self._into = order, starts
        order, starts = self._into
        return order[starts[node] : starts[node + 1]]

    def hop(self, edge: int) -> Hop:
        """An edge as a value."""
        row = {
            n: self.table[n][edge].as_py()
            for n in ("source", "target", "key", "channel", "strength", "confidence")
        }
        return Hop(**row)


def control_web(state: State, channels: Collection[str] = (), *, duties: bool = True) -> Web:
    """The control edges of a state, or those through some channels.

    Args:
        state: The state.
        channels: Letters of the channels; empty = all.
        duties: Whether with those of law over whom it binds: a duty decides on its matter, not on all that its
            bearer does.
    """
    columns = ["source", "target", "key", "channel", "strength", "confidence", "status", "relation"]
    edges = state.edges(CONTROL, columns)
    if channels:
        edges = edges.filter(pc.is_in(edges["channel"], pa.array(sorted(channels), pa.string())))
    return Web(edges if duties else edges.filter(pc.not_equal(edges["relation"], "SUBJECT_TO")))


def best_paths(
    web: Web, source: str, targets: Collection[str], *, k: int = 10, max_hops: int = 5
) -> list[Path]:
    """The k best paths from one entity to any of some others, best product first.

    Args:
        web: The control edges.
        source: Id of the entity to start from.
        targets: Ids of the entities to reach.
        k: Most paths.
        max_hops: Most edges in a path.
    """
    start = web.number(source)
    ends = {n for n in map(web.number, targets) if n is not None and n != start}
    if start is None or not ends or k < 1:
        return []
    found: list[Path] = []
    for edges in _in_order(web, start, ends, max_hops):
        found.append(Path(tuple(web.hop(e) for e in edges)))
        if len(found) == k:
            break
    return found


def _in_order(
    web: Web, start: int, ends: Collection[int], max_hops: int
) -> Iterator[tuple[int, ...]]:
    bounds = web.bounds(ends, max_hops)
    heap: list[tuple[float, tuple[int, ...], int, tuple[int, ...], float]] = []

    def push(edges: tuple[int, ...], node: int, visited: tuple[int, ...], spent: float) -> None:
        left = bounds[min(max_hops - len(edges), len(bounds) - 1)][node]
        if math.isfinite(left):
            heapq.heappush(heap, (round(spent + left, 12), edges, node, visited, spent))

    push((), start, (start,), 0.0)
    while heap:
        bound, edges, node, visited, spent = heapq.heappop(heap)
        if node in ends and round(spent, 12) == bound:
            yield edges
        if len(edges) == max_hops:
            continue
        for edge in web.leaving(node):
            after = int(web.target[edge])
            if after not in visited:
                push((*edges, int(edge)), after, (*visited, after), spent + float(web.cost[edge]))


def combined(web: Web, source: str, target: str) -> tuple[float, float]:
    """Two readings of all paths together: noisy-or over edge-disjoint paths, and the maximum flow, capped at 1.

    Paths that share an edge are never combined: they are taken greedily, the best first (at most five hops each), and
    an edge that was used is gone. Noisy-or is 1 − ∏(1 − product). Neither is a probability: strengths are ordinal.

    Args:
        web: The control edges.
        source: Id of the entity to start from.
        target: Id of the entity to reach.
    """
    import networkx as nx

    flow: nx.DiGraph[int] = nx.DiGraph()
    first, last = web.number(source), web.number(target)
    if first is None or last is None or first == last:
        return 0.0, 0.0
    for start, end, cost in zip(web.source, web.target, web.cost, strict=True):
        held = flow.get_edge_data(int(start), int(end), {"capacity": 0.0})["capacity"]
        flow.add_edge(int(start), int(end), capacity=held + math.exp(-cost))
    most = min(1.0, float(nx.maximum_flow_value(flow, first, last)))
    left, missed = web, 1.0
    while paths := best_paths(left, source, [target], k=1):
        missed *= 1.0 - paths[0].product
        used = pa.array([h.key for h in paths[0].hops])
        left = Web(left.table.filter(pc.invert(pc.is_in(left.table["key"], used))))
    return 1.0 - missed, most


def changed_paths(
    before: Web, after: Web, *, max_hops: int = 3, between: tuple[str, str] | None = None
) -> tuple[list[Path], list[Path]]:
    """The control paths that closed and that opened: those over an edge that only one of two webs has.

    Args:
        before: The control edges of the earlier state.
        after: Those of the later one.
        max_hops: Most edges in a path.
        between: Only paths from the one entity to the other; None = all.

    Returns:
        Closed and opened paths, strongest first; of one edge at most a thousand.
    """
    keys = [set(web.table["key"].to_pylist()) for web in (before, after)]
    return (
        _over(before, keys[0] - keys[1], max_hops, between),
        _over(after, keys[1] - keys[0], max_hops, between),
    )


def _over(
    web: Web, keys: Collection[str], max_hops: int, between: tuple[str, str] | None
) -> list[Path]:
    changed = [i for i, key in enumerate(web.table["key"].to_pylist()) if key in keys]
    found: dict[tuple[int, ...], None] = {}
    for edge in changed:
        for count, path in enumerate(_through(web, edge, max_hops)):
            if count == _MOST_THROUGH:
                break
            ends = (web.names[web.source[path[0]]], web.names[web.target[path[-1]]])
            if between is None or ends == between:
                found[path] = None
    paths = [Path(tuple(web.hop(e) for e in edges)) for edges in found]
    return sorted(paths, key=lambda p: (-p.product, len(p.hops), [h.key for h in p.hops]))


def _through(web: Web, edge: int, max_hops: int) -> Iterator[tuple[int, ...]]:
    """The simple paths over an edge, short ones first."""
    first, last = int(web.source[edge]), int(web.target[edge])
    if first == last:
        return
    begun: tuple[tuple[int, ...], frozenset[int], bool] = ((edge,), frozenset({first, last}), True)
    waiting = collections.deque([begun])
    while waiting:
        path, visited, may_go_back = waiting.popleft()
        yield path
        if len(path) == max_hops:
            continue
        if may_go_back:  # backwards first, then only forwards: each path is made once
            for before in web.entering(int(web.source[path[0]])):
                node = int(web.source[before])
                if node not in visited:
                    waiting.append(((int(before), *path), visited | {node}, True))
        for after in web.leaving(int(web.target[path[-1]])):
            node = int(web.target[after])
            if node not in visited:
                waiting.append(((*path, int(after)), visited | {node}, False))
