"""Counterfactual exposure: what breaks, and what only loses a way out, when some things are gone.

An artefact needs every one of its groups, and of each group any one member (AND of ORs). It is *broken* when a group is
empty, *degraded* when a group has shrunk. Horn propagation, linear in the size of all groups (Dowling & Gallier 1984).
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

__all__ = ["Exposure", "Needs", "Network", "exposure", "synergies", "synergy"]

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


class Network:
    """Artefacts and what they need, made ready once to be asked of many events.

    Args:
        needs: Of each artefact. One without groups never breaks.
    """

    def __init__(self, needs: Needs) -> None:
        self.artefacts = tuple(needs)
        self._artefact: list[str] = []
        self._left: list[int] = []
        self._using: dict[str, list[int]] = collections.defaultdict(list)
        for artefact, groups in needs.items():
            for group in groups:
                members = set(group)
                for member in members:
                    self._using[member].append(len(self._left))
                self._artefact.append(artefact)
                self._left.append(len(members))
        self._empty = sorted({a for a, n in zip(self._artefact, self._left, strict=True) if not n})

    def exposure(
        self, gone: Collection[str], weights: Mapping[str, int | Fraction] | None = None
    ) -> Exposure:
        """What is broken and degraded when `gone` is gone; what breaks takes those who need it along.

        Args:
            gone: What disappears.
            weights: Of the artefacts that count; None = each counts 1.
        """
        left, using = self._left.copy(), self._using
        lost = {*gone, *self._empty}
        waiting = [*dict.fromkeys(gone), *(a for a in self._empty if a not in set(gone))]
        broken, degraded = set(self._empty), set()
        while waiting:
            for number in using.get(waiting.pop(), ()):
                artefact = self._artefact[number]
                left[number] -= 1
                degraded.add(artefact)
                if left[number] == 0:
                    broken.add(artefact)
                    if artefact not in lost:
                        lost.add(artefact)
                        waiting.append(artefact)
        degraded -= broken
        counted = dict.fromkeys(self.artefacts, 1) if weights is None else weights
        total = Fraction(sum(counted.values()))

        def share(some: Collection[str]) -> Fraction | None:
            return Fraction(sum(counted.get(a, 0) for a in some)) / total if total else None

        told = (tuple(sorted(broken)), tuple(sorted(degraded)))
        return Exposure(share(broken), share(degraded), *told)


def exposure(
    needs: Needs, gone: Collection[str], weights: Mapping[str, int | Fraction] | None = None
) -> Exposure:
    """What one event breaks and degrades; of many events ask a `Network`."""
    return Network(needs).exposure(gone, weights)


def synergy(
    needs: Needs,
    one: Collection[str],
    other: Collection[str],
    weights: Mapping[str, int | Fraction] | None = None,
) -> Fraction | None:
    """How much more breaks when both are gone than one by one: positive where they are each other's backup."""
    network = Network(needs)
    both = network.exposure({*one, *other}, weights).broken
    apart = [network.exposure(some, weights).broken for some in (one, other)]
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
    network = Network(needs)
    alone = {n: network.exposure(owners[n], weights).broken for n in names}
    found = []
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            both = network.exposure({*owners[one], *owners[other]}, weights).broken
            first, second = alone[one], alone[other]
            if both is not None and first is not None and second is not None:
                gain = both - first - second
                if gain > least:
                    found.append((one, other, gain))
    return sorted(found, key=lambda row: (-row[2], row[0], row[1]))
