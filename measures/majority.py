"""Majority control: who holds more than half of the votes, directly or through whom it controls.

Source: Ceri, Gottlob & Tanca (1989); least fixpoint of
control(x, x);  control(x, y) if Σ {votes(z, y) : control(x, z)} > threshold.  Monotone, so it is unique.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Mapping

__all__ = ["Controlled", "Stake", "groups", "majority_control"]

_TOLERANCE = 1e-9


@dataclasses.dataclass(frozen=True, slots=True)
class Stake:
    """A holding.

    Attributes:
        owner: Who holds it.
        owned: In what.
        votes: Fraction of the votes; None = not stated.
        at_most: Where `votes` is not stated, what it is known not to exceed.
    """

    owner: str
    owned: str
    votes: float | None
    at_most: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Controlled:
    """One pair of the fixpoint.

    Attributes:
        controller: Who controls.
        controlled: Whom.
        sure: Whether the known votes are enough; else only if unknown votes fall that way.
    """

    controller: str
    controlled: str
    sure: bool


def majority_control(
    stakes: Iterable[Stake], threshold: float = 0.5, *, inclusive: bool = False
) -> list[Controlled]:
    """All pairs (x, y), x ≠ y, in which x controls y.

    Votes never stated are unknown, not none: a holder of such a stake may hold up to what the known votes leave, or up
    to the bound that is stated, and then controls `possibly`. Votes in one company that sum to more than 1 are not
    believed at all (rule R1): they count as not stated.

    Args:
        stakes: Holdings at one date; parallel statements of one holding count once, the largest.
        threshold: Fraction of the votes that must be exceeded.
        inclusive: Whether the threshold itself is enough.
    """
    stated, unstated, left = _holdings(stakes)
    controlled = []
    for controller in sorted(stated.keys() | unstated.keys()):
        sure = _reach(controller, stated, {}, {}, threshold, inclusive=inclusive)
        possible = _reach(controller, stated, unstated, left, threshold, inclusive=inclusive)
        controlled += [
            Controlled(controller, y, sure=y in sure) for y in sorted(possible - {controller})
        ]
    return controlled


def groups(controlled: Iterable[Controlled]) -> dict[str, str]:
    """The topmost sure controller of each controlled entity; of a circle, the first by name."""
    above: dict[str, set[str]] = collections.defaultdict(set)
    for pair in controlled:
        if pair.sure:
            above[pair.controlled].add(pair.controller)
    top = {}
    for entity, holders in above.items():
        free = {
            h
            for h in holders
            if not above.get(h, set()) - holders - {entity} and entity not in above.get(h, set())
        }
        roots = {h for h in free if not above.get(h)} or free
        top[entity] = min(roots) if roots else min(holders | {entity})
    return top


def _holdings(
    stakes: Iterable[Stake],
) -> tuple[Mapping[str, dict[str, float]], Mapping[str, dict[str, float]], Mapping[str, float]]:
    """Known votes by owner, the most that unstated holdings can be, and the fraction of votes left per company."""
    votes: dict[tuple[str, str], float] = {}
    silent: dict[tuple[str, str], float] = {}
    for stake in stakes:
        pair = (stake.owner, stake.owned)
        if stake.votes is None:
            bound = 1.0 if stake.at_most is None else stake.at_most
            silent[pair] = min(silent.get(pair, 1.0), bound)
        else:
            votes[pair] = max(votes.get(pair, 0.0), stake.votes)
    total: dict[str, float] = collections.defaultdict(float)
    for (_, owned), share in votes.items():
        total[owned] += share
    stated: dict[str, dict[str, float]] = collections.defaultdict(dict)
    unstated: dict[str, dict[str, float]] = collections.defaultdict(dict)
    for (owner, owned), share in votes.items():
        if total[owned] > 1 + 1e-6:
            unstated[owner][owned] = 1.0
        else:
            stated[owner][owned] = share
    for (owner, owned), bound in silent.items():
        if (owner, owned) not in votes:
            unstated[owner][owned] = bound
    left = {y: 1.0 if t > 1 + 1e-6 else max(0.0, 1.0 - t) for y, t in total.items()}
    return stated, unstated, left


def _reach(
    start: str,
    stated: Mapping[str, dict[str, float]],
    unstated: Mapping[str, dict[str, float]],
    left: Mapping[str, float],
    threshold: float,
    *,
    inclusive: bool,
) -> set[str]:
    """What `start` controls, itself included, by a worklist."""
    reached, work = {start}, [start]
    held: dict[str, float] = collections.defaultdict(float)
    hoped: dict[str, float] = collections.defaultdict(float)
    while work:
        member = work.pop()
        touched = stated.get(member, {}).keys() | unstated.get(member, {}).keys()
        for owned, share in stated.get(member, {}).items():
            held[owned] += share
        for owned, bound in unstated.get(member, {}).items():
            hoped[owned] += bound
        for owned in touched - reached:
            most = held[owned] + min(left.get(owned, 1.0), hoped[owned])
            if most > threshold + _TOLERANCE or (inclusive and most >= threshold - _TOLERANCE):
                reached.add(owned)
                work.append(owned)
    return reached
