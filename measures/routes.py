"""Routes from a framework to production: the funnel to its controller's own platform, and how many ways remain.

A route is (operator, maker of the accelerator, weight): weight 1 counts catalogues, the tier counts how well it runs. A
funnel means something only beside a base rate: how often routes of all frameworks end at the same operator.
"""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

__all__ = ["Funnel", "Route", "Substitutability", "disjoint", "funnel", "substitutability"]

Number = int | float | Fraction


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """One way to production.

    Attributes:
        operator: Group that runs the platform.
        maker: Group that makes the accelerator.
        weight: 1, or the tier of support in (0, 1].
    """

    operator: str
    maker: str
    weight: Number = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Funnel:
    """What share of the ways ends at home.

    Attributes:
        share: By weight, in [0, 1]; None without routes.
        base: The operator's share of routes over all frameworks, this one among them; by count.
        lift: share by count / base; None where the base is 0.
        lift_without: The same without this framework in the base.
        p: P(at least as many own routes), hypergeometric: small where chance does not explain it.
        n: Number of routes.
    """

    share: Fraction | None
    base: Fraction | None
    lift: Fraction | None
    lift_without: Fraction | None
    p: Fraction | None
    n: int


@dataclasses.dataclass(frozen=True, slots=True)
class Substitutability:
    """How many ways remain.

    Attributes:
        operators: Independent operators.
        makers: Independent makers: four clouds may be one chip.
        effective_makers: Inverse of the Herfindahl index of the makers over routes, at least 1; None without routes.
        lock_in: 1 - best weight without the leading operator / best weight, in [0, 1]; 1 where none remains.
    """

    operators: int
    makers: int
    effective_makers: Fraction | None
    lock_in: Fraction | None


def funnel(own: str, routes: Sequence[Route], others: Iterable[Route]) -> Funnel:
    """The funnel of a framework to the platform of its controller, with its null model.

    Args:
        own: Group that controls the framework.
        routes: Of the framework.
        others: Of all other frameworks.
    """
    rest = list(others)
    mine, theirs = (sum(r.operator == own for r in ways) for ways in (routes, rest))
    count, pooled = len(routes), len(routes) + len(rest)
    if not count:
        return Funnel(None, None, None, None, None, 0)
    weight = sum((Fraction(r.weight) for r in routes), Fraction(0))
    at_home = sum((Fraction(r.weight) for r in routes if r.operator == own), Fraction(0))
    plain = Fraction(mine, count)
    base = Fraction(mine + theirs, pooled)
    without = Fraction(theirs, len(rest)) if rest else None
    return Funnel(
        share=at_home / weight,
        base=base,
        lift=plain / base if base else None,
        lift_without=plain / without if without else None,
        p=_at_least(mine, count, mine + theirs, pooled),
        n=count,
    )


def _at_least(hits: int, drawn: int, marked: int, total: int) -> Fraction:
    """P(X ≥ hits) for `drawn` of `total`, `marked` of which count."""
    ways = sum(
        math.comb(marked, k) * math.comb(total - marked, drawn - k)
        for k in range(hits, min(drawn, marked) + 1)
    )
    return Fraction(ways, math.comb(total, drawn))


def substitutability(routes: Sequence[Route]) -> Substitutability:
    """How many independent ways there are, by operator and by maker, and what losing the leading operator costs."""
    operators = {r.operator for r in routes}
    makers = collections.Counter(r.maker for r in routes)
    if not routes:
        return Substitutability(0, 0, None, None)
    total = sum(makers.values())
    index = sum((Fraction(n, total) ** 2 for n in makers.values()), Fraction(0))
    best = max(Fraction(r.weight) for r in routes)
    leaders = sorted({r.operator for r in routes if Fraction(r.weight) == best})
    rest = [Fraction(r.weight) for r in routes if r.operator != leaders[0]]
    lock_in = 1 - (max(rest) / best if rest else Fraction(0))
    return Substitutability(len(operators), len(makers), 1 / index, lock_in)


def disjoint(routes: Sequence[Route]) -> int:
    """The greatest number of routes of which no two share an operator or a maker: a maximum matching (König 1931)."""
    import networkx as nx

    graph: nx.Graph[tuple[str, str]] = nx.Graph()
    operators = {("operator", r.operator) for r in routes}
    graph.add_nodes_from(operators)
    graph.add_edges_from((("operator", r.operator), ("maker", r.maker)) for r in routes)
    return len(nx.bipartite.maximum_matching(graph, operators)) // 2
