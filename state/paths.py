"""The k best control paths: any number of hops that decide, then at most one hop of another power, which ends it.

Paths are simple, of at most a given number of hops, over CONTROLS edges. The ends of their intervals multiply. Order:
what is known first (low, then high); of paths of which nothing is known, those with the fewest unknown hops. Search:
best-first over partial paths, with the best cost that remains as the bound (Hart, Nilsson & Raphael 1968), where the
cost of a hop is −ln low and, far below it, −ln high, and the bound comes from Bellman–Ford over the hops that are left.
Since the bound never overestimates, paths come out in their order; ties are ordered by the keys of their edges.
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

from ..graph.schema import POWERS
from ..graph.table_file import numbers
from ..graph.wording import interval_text, money_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .state import State

__all__ = [
    "CONTROL",
    "DEFAULT_POWERS",
    "POWER",
    "ControlGraph",
    "Hop",
    "Path",
    "best_paths",
    "changed_paths",
    "control_graph",
]

CONTROL: Final = "CONTROLS"
"""The computed relation that paths go over, always from controller to controlled."""

POWER: Final = "HAS_POWER"
"""The computed relation of what a party can do by all its ways together."""

DECIDES: Final = POWERS[0]
"""The power of all hops but the last."""

DEFAULT_POWERS: Final = ("decides", "squeezes")
"""By which powers a path may end where nothing else is asked."""

_LEVELS: Final = 64
_MOST_THROUGH: Final = 1_000
_MOST_TIED: Final = 200
"""Most paths beyond k that are as good as the last, looked at to find the shortest among them."""

_UNKNOWN: Final = 1_000.0
"""Cost of a hop of which nothing is known: more than all that is known together."""

_TIE: Final = 1e-6
_DIGITS: Final = 9


@dataclasses.dataclass(frozen=True, slots=True)
class Hop:
    """One edge of a path.

    Attributes:
        source: Who controls.
        target: Whom or what.
        power: decides, works, squeezes, pays or binds.
        low: What is known, 0 to 1; None for money.
        high: What it could be at most; None for money.
        amount: USD, for money.
        reason: Why, in words.
        keys: Of the statements behind it.
        confidence: The least of theirs, 0 to 1.
    """

    source: str
    target: str
    power: str
    low: float | None
    high: float | None
    amount: float | None
    reason: str
    keys: tuple[str, ...]
    confidence: float

    def describe(self) -> str:
        """The power and its value in words: `decides 0.73–0.83`, `pays USD 13.8 bn`."""
        if self.low is None or self.high is None:
            return f"{self.power} {money_text(self.amount)}".strip()
        return f"{self.power} {interval_text(self.low, self.high)}"


@dataclasses.dataclass(frozen=True, slots=True)
class Path:
    """A control path.

    Attributes:
        hops: From the first controller to the last controlled.
    """

    hops: tuple[Hop, ...]

    @property
    def low(self) -> float:
        """What is known to arrive: the product of the hops' lows; money counts 1."""
        return math.prod(1.0 if h.low is None else h.low for h in self.hops)

    @property
    def high(self) -> float:
        """What could arrive at most: the product of the hops' highs."""
        return math.prod(1.0 if h.high is None else h.high for h in self.hops)

    @property
    def power(self) -> str:
        """By which power it ends."""
        return self.hops[-1].power

    @property
    def confidence(self) -> float:
        """Of its weakest statement; never mixed into a value."""
        return min(h.confidence for h in self.hops)

    @property
    def keys(self) -> tuple[str, ...]:
        """Of all statements behind it."""
        return tuple(dict.fromkeys(k for h in self.hops for k in h.keys))

    def describe(self, named: Callable[[str], str] = str) -> str:
        """The path in a line: who, by which power and how much, whom; `named` gives the name of an id."""
        steps = (f" —{h.describe()}→ {named(h.target)}" for h in self.hops)
        return named(self.hops[0].source) + "".join(steps)


class ControlGraph:
    """Control edges as arrays.

    Args:
        controls: columns: source, target, power, low, high, amount, reason, basis, confidence, status. Edges that
            could at most be 0, and disputed ones, carry nothing and are left out.
    """

    def __init__(self, controls: pa.Table) -> None:
        carries = _is(controls["status"], "current") & ~(_numbers(controls["high"]) <= 0.0)
        table = controls.take(numbers(np.flatnonzero(carries))).sort_by(
            [("source", "ascending"), ("target", "ascending"), ("basis", "ascending")]
        )
        ends = pa.chunked_array([*table["source"].chunks, *table["target"].chunks], pa.string())
        coded = ends.combine_chunks().dictionary_encode()
        self.names: list[str] = coded.dictionary.to_pylist()
        codes = np.asarray(np.from_dlpack(coded.indices), np.int32)
        count = table.num_rows
        self.source: NDArray[np.int32] = codes[:count]
        self.target: NDArray[np.int32] = codes[count:]
        self.table = table
        self.decides = _is(table["power"], DECIDES)
        low, high = (np.nan_to_num(_numbers(table[end]), nan=1.0) for end in ("low", "high"))
        with np.errstate(divide="ignore"):
            least = np.where(low > 0, -np.log(low), _UNKNOWN)
        self.cost: NDArray[np.float64] = least - _TIE * np.log(high)
        order = np.argsort(self.source, kind="stable")
        self._order = order
        self._starts = np.searchsorted(self.source[order], np.arange(len(self.names) + 1))
        self._number = {name: i for i, name in enumerate(self.names)}
        self._into: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    def number(self, name: str) -> int | None:
        """The number of an entity; None where nothing controls it and it controls nothing."""
        return self._number.get(name)

    def leaving(self, node: int) -> NDArray[np.int64]:
        """Edges that start at a node."""
        return self._order[self._starts[node] : self._starts[node + 1]]

    def entering(self, node: int) -> NDArray[np.int64]:
        """Edges that end at a node."""
        if self._into is None:
            order = np.argsort(self.target, kind="stable")
            starts = np.searchsorted(self.target[order], np.arange(len(self.names) + 1))
            self._into = order, starts
        order, starts = self._into
        return order[starts[node] : starts[node + 1]]

    def bounds(self, targets: Collection[int], hops: int) -> list[NDArray[np.float64]]:
        """Least cost from each node to any target, within 0, 1, … hops; the last holds for all that are more."""
        best = np.full(len(self.names), np.inf)
        best[list(targets)] = 0.0
        ended = best.copy()
        last = np.flatnonzero(~self.decides & np.isin(self.target, list(targets)))
        np.minimum.at(ended, self.source[last], self.cost[last])
        middle = np.flatnonzero(self.decides)
        source, target, cost = self.source[middle], self.target[middle], self.cost[middle]
        levels = [best]
        for _ in range(hops):
            step = np.minimum(levels[-1], ended)
            np.minimum.at(step, source, cost + levels[-1][target])
            if np.array_equal(step, levels[-1]):
                break
            levels[_LEVELS:] = []
            levels.append(step)
        return levels

    def hop(self, edge: int) -> Hop:
        """An edge as a value."""
        names = (
            "source",
            "target",
            "power",
            "low",
            "high",
            "amount",
            "reason",
            "basis",
            "confidence",
        )
        row = {n: self.table[n][edge].as_py() for n in names}
        basis = tuple(row.pop("basis").split())
        return Hop(**{**row, "reason": row["reason"] or ""}, keys=basis)

    def way(self, edge: int) -> tuple[str, str, str]:
        """Who does what to whom: what makes an edge the same on two dates."""
        return (
            self.names[self.source[edge]],
            self.names[self.target[edge]],
            self.table["power"][edge].as_py(),
        )


def control_graph(state: State, powers: Collection[str] = DEFAULT_POWERS) -> ControlGraph:
    """The control edges of a state that decide, and those by some other powers.

    Args:
        state: The state.
        powers: By which a path may end.
    """
    columns = ["source", "target", "power", "low", "high", "amount", "reason", "basis"]
    edges = state.edges(CONTROL, [*columns, "confidence", "status"], power={DECIDES, *powers})
    return ControlGraph(edges)


def _is(column: pa.ChunkedArray, text: str) -> NDArray[np.bool_]:
    return np.array([value == text for value in column.to_pylist()], bool)


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """The values of a column, NaN where there is none; `to_numpy` would import pandas."""
    return np.array(column.to_pylist(), np.float64)


def best_paths(
    graph: ControlGraph,
    source: str,
    targets: Collection[str],
    *,
    k: int = 10,
    max_hops: int = 5,
    powers: Collection[str] = DEFAULT_POWERS,
) -> list[Path]:
    """The k best paths from one entity to any of some others.

    Args:
        graph: The control edges.
        source: Id of the entity to start from.
        targets: Ids of the entities to reach.
        k: Most paths.
        max_hops: Most edges in a path.
        powers: By which a path may end.
    """
    start = graph.number(source)
    ends = {n for n in map(graph.number, targets) if n is not None and n != start}
    if start is None or not ends or k < 1:
        return []
    paths: list[Path] = []
    for edges in _in_order(graph, start, ends, max_hops):
        path = Path(tuple(graph.hop(e) for e in edges))
        if path.power not in powers:
            continue
        if len(paths) >= k + _MOST_TIED or (len(paths) >= k and _worth(path) != _worth(paths[-1])):
            break
        paths.append(path)
    return sorted(paths, key=_rank)[:k]


def _worth(path: Path) -> tuple[float, float]:
    return -round(path.low, _DIGITS), -round(path.high, _DIGITS)


def _rank(path: Path) -> tuple[float, float, int, tuple[str, ...]]:
    return *_worth(path), len(path.hops), path.keys


def _in_order(
    graph: ControlGraph, start: int, ends: Collection[int], max_hops: int
) -> Iterator[tuple[int, ...]]:
    bounds = graph.bounds(ends, max_hops)
    heap: list[tuple[float, tuple[int, ...], int, tuple[int, ...], float, bool]] = []

    def push(
        edges: tuple[int, ...], node: int, visited: tuple[int, ...], spent: float, *, ended: bool
    ) -> None:
        level = bounds[min(max_hops - len(edges), len(bounds) - 1)]
        left = 0.0 if ended else float(level[node])  # numpy rounds otherwise than Python
        if math.isfinite(left):
            heapq.heappush(heap, (round(spent + left, 12), edges, node, visited, spent, ended))

    push((), start, (start,), 0.0, ended=False)
    while heap:
        bound, edges, node, visited, spent, ended = heapq.heappop(heap)
        if node in ends and edges and round(spent, 12) == bound:
            yield edges
        if ended or len(edges) == max_hops:
            continue
        for edge in graph.leaving(node):
            after = int(graph.target[edge])
            ends_here = not graph.decides[edge]
            if after in visited or (ends_here and after not in ends):
                continue
            cost = spent + float(graph.cost[edge])
            push((*edges, int(edge)), after, (*visited, after), cost, ended=ends_here)


def changed_paths(
    before: ControlGraph,
    after: ControlGraph,
    *,
    max_hops: int = 3,
    between: tuple[str, str] | None = None,
) -> tuple[list[Path], list[Path]]:
    """The control paths that closed and that opened: those over a hop that only one of two graphs has.

    Args:
        before: The control edges of the earlier state.
        after: Those of the later one.
        max_hops: Most edges in a path.
        between: Only paths from the one entity to the other; None = all.

    Returns:
        Closed and opened paths, best first; over one edge at most a thousand.
    """
    ways = [{graph.way(e) for e in range(graph.table.num_rows)} for graph in (before, after)]
    return (
        _over(before, ways[0] - ways[1], max_hops, between),
        _over(after, ways[1] - ways[0], max_hops, between),
    )


def _over(
    graph: ControlGraph,
    ways: Collection[tuple[str, str, str]],
    max_hops: int,
    between: tuple[str, str] | None,
) -> list[Path]:
    changed = [e for e in range(graph.table.num_rows) if graph.way(e) in ways]
    edges_of: dict[tuple[int, ...], None] = {}
    for edge in changed:
        for count, path in enumerate(_through(graph, edge, max_hops)):
            if count == _MOST_THROUGH:
                break
            ends = (graph.names[graph.source[path[0]]], graph.names[graph.target[path[-1]]])
            if between is None or ends == between:
                edges_of[path] = None
    paths = [Path(tuple(graph.hop(e) for e in edges)) for edges in edges_of]
    return sorted(paths, key=_rank)


def _through(graph: ControlGraph, edge: int, max_hops: int) -> Iterator[tuple[int, ...]]:
    """The simple paths over an edge, short ones first."""
    first, last = int(graph.source[edge]), int(graph.target[edge])
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
            for before in graph.entering(int(graph.source[path[0]])):
                node = int(graph.source[before])
                if node not in visited and graph.decides[before]:
                    waiting.append(((int(before), *path), visited | {node}, True))
        if not graph.decides[path[-1]]:
            continue
        for after in graph.leaving(int(graph.target[path[-1]])):
            node = int(graph.target[after])
            if node not in visited:
                waiting.append(((*path, int(after)), visited | {node}, False))
