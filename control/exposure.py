"""Counterfactual exposure: what breaks, and what only loses a way out, when some things are gone.

An artefact needs every one of its groups, and of each group any one member (AND of ORs). It is *broken* when a group is
empty, *degraded* when a group has shrunk. Horn propagation, linear in the size of all groups (Dowling & Gallier 1984).
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

__all__ = ["Exposure", "Needs", "exposure", "synergies", "synergy"]

Needs = Mapping[str, Iterable[Collection[str]]]
"""Artefact → its groups; members may be artefacts themselves."""


@dataclasses.dataclass(frozen=True, slots=True)
class Exposure:
    """What an event does.

    Attributes:
        broken: Share of the weight that no longer works, in [0, 1]; None where there is no weight.
        degraded: Share that works with fewer alternatives.
        broken_artefacts: Those that no longer work, by name.
        degraded_artefacts: Those that lost an alternative.
    """

    broken: Fraction | None
    degraded: Fraction | None
    broken_artefacts: tuple[str, ...]
    degraded_artefacts: tuple[str, ...]


def exposure(
    needs: Needs, gone: Collection[str], weights: Mapping[str, int | Fraction] | None = None
) -> Exposure:
    """What is broken and degraded when `gone` is gone; what breaks takes those who need it along.

    Args:
        needs: Of each artefact. One without groups never breaks.
        gone: What disappears.
        weights: Of the artefacts that count; None = each of `needs` counts 1.
    """
    groups = [(a, frozenset(group)) for a, some in needs.items() for group in some]
    using: dict[str, list[int]] = collections.defaultdict(list)
    left = []
    for number, (_, group) in enumerate(groups):
        left.append(len(group))
        for member in group:
            using[member].append(number)
    lost, waiting = set(gone), list(dict.fromkeys(gone))
    broken: set[str] = {a for a, group in groups if not group}
    waiting += sorted(broken - lost)
    lost |= broken
    degraded: set[str] = set()
    while waiting:
        for number in using.get(waiting.pop(), ()):
            artefact = groups[number][0]
            left[number] -= 1
            degraded.add(artefact)
            if left[number] == 0 and artefact not in lost:
                broken.add(artefact)
                lost.add(artefact)
                waiting.append(artefact)
            elif left[number] == 0:
                broken.add(artefact)
    degraded -= broken
    counted = dict.fromkeys(needs, 1) if weights is None else weights
    total = sum(Fraction(w) for w in counted.values())

    def share(some: Collection[str]) -> Fraction | None:
        return (
            sum((Fraction(counted[a]) for a in some if a in counted), Fraction(0)) / total
            if total
            else None
        )

    return Exposure(share(broken), share(degraded), tuple(sorted(broken)), tuple(sorted(degraded)))


def synergy(
    needs: Needs,
    one: Collection[str],
    other: Collection[str],
    weights: Mapping[str, int | Fraction] | None = None,
) -> Fraction | None:
    """How much more breaks when both are gone than one by one: positive where they are each other's backup."""
    both = exposure(needs, {*one, *other}, weights).broken
    apart = [exposure(needs, some, weights).broken for some in (one, other)]
    if both is None or apart[0] is None or apart[1] is None:
        return None
    return both - apart[0] - apart[1]


def synergies(
    needs: Needs,
    owners: Mapping[str, Collection[str]],
    weights: Mapping[str, int | Fraction] | None = None,
    least: Fraction = Fraction(0),
) -> list[tuple[str, str, Fraction]]:
    """The pairs of owners whose synergy exceeds `least`, greatest first. O(k²) exposures for k owners."""
    names = sorted(owners)
    alone = {n: exposure(needs, owners[n], weights).broken for n in names}
    found = []
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            both = exposure(needs, {*owners[one], *owners[other]}, weights).broken
            first, second = alone[one], alone[other]
            if both is not None and first is not None and second is not None:
                gain = both - first - second
                if gain > least:
                    found.append((one, other, gain))
    return sorted(found, key=lambda row: (-row[2], row[0], row[1]))
