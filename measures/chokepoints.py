"""Chokepoints: single parts, pairs and cuts that every way from an adopter to running must pass.

Dominators (Lengauer & Tarjan 1979), minimum vertex cuts (Menger), betweenness (Brandes 2001, directed, unnormalised):
networkx computes them. A missing alternative looks like a chokepoint: judge by how complete the alternatives are.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["betweenness", "dominators", "minimum_cut", "minimum_cuts"]

_MOST_TRIED: Final = 200_000


def dominators(graph: nx.DiGraph[Any], start: str, goal: str) -> list[str] | None:
    """What lies on every way from `start` to `goal`, in order, both left out; None where there is no way at all."""
    import networkx as nx

    if start not in graph or goal not in graph or not nx.has_path(graph, start, goal):
        return None
    above = nx.immediate_dominators(graph, start)
    found, place = [], above[goal]
    while place is not None and place != start:
        found.append(place)
        place = above[place]
    return found[::-1]


def minimum_cut(graph: nx.DiGraph[Any], start: str, goal: str) -> int | None:
    """The least number of parts whose loss cuts every way; None where none can: they touch, or are cut already."""
    import networkx as nx

    if not nx.has_path(graph, start, goal) or graph.has_edge(start, goal):
        return None
    return len(nx.minimum_node_cut(graph, start, goal))


def minimum_cuts(graph: nx.DiGraph[Any], start: str, goal: str) -> list[tuple[str, ...]]:
    """All minimum cuts, each sorted; none where there is none, or more candidates than can be tried.

    Candidates are the parts that lie on some way; each combination of the least size is tried.
    """
    import networkx as nx

    size = minimum_cut(graph, start, goal)
    if size is None:
        return []
    between = nx.descendants(graph, start) & nx.ancestors(graph, goal)
    found = []
    for tried, some in enumerate(itertools.combinations(sorted(between), size)):
        if tried >= _MOST_TRIED:
            return []
        if not nx.has_path(_without(graph, some), start, goal):
            found.append(some)
    return found


def betweenness(graph: nx.DiGraph[Any]) -> dict[str, float]:
    """Number of shortest ways through each part, ways of equal length shared; a part may yet be replaceable."""
    import networkx as nx

    return dict(nx.betweenness_centrality(graph, normalized=False))


def _without(graph: nx.DiGraph[Any], some: Iterable[str]) -> nx.DiGraph[Any]:
    gone = set(some)
    return graph.subgraph([n for n in graph if n not in gone])
