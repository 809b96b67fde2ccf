"""Removal: how much worse the best way becomes when everything that one owner provides is gone.

A thing needs every one of its groups, and of each group any one member (AND of ORs); a member has a weight, such as
the tier of support. What is retained of a thing is the least over its groups of (best member left ÷ best member
before), where what a member retains counts with it. Greatest fixpoint from above, by a worklist: it takes time linear
in the part of the graph that is touched (the quantitative form of Horn propagation, Dowling & Gallier 1984).
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Collection, Iterable, Mapping
from typing import Final

__all__ = ["Group", "Needs", "Removal", "Retained"]

_ROUNDING: Final = 1e-12


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Alternatives, one of which is enough.

    Attributes:
        members: Weight of each, above 0.
        whole: Whether a source states that there are no others.
        always: Weight of what stays whatever is removed, such as versions that are out under their terms.
        breaks_only: Whether it counts only when nothing is left of it: how well it works is stated elsewhere.
        about: What sort of need it is, for those who explain it.
    """

    members: Mapping[str, float]
    whole: bool = True
    always: float = 0.0
    breaks_only: bool = False
    about: str = ""

    @property
    def best(self) -> float:
        """The best way before anything is removed."""
        return max(self.always, *self.members.values()) if self.members else self.always


Needs = Mapping[str, Iterable[Group]]
"""Thing → its groups."""


@dataclasses.dataclass(frozen=True, slots=True)
class Retained:
    """What is left of a thing.

    Attributes:
        share: Best way left ÷ best way before, in [0, 1].
        group: Number of the group that is hit most, of `Removal.group`; None for what was itself removed.
    """

    share: float
    group: int | None


class Removal:
    """Things and what they need, made ready once to be asked of many removals.

    Args:
        needs: Of each thing. One without groups stays as it is.
    """

    def __init__(self, needs: Needs) -> None:
        self._groups: list[tuple[str, Group]] = []
        self._using: dict[str, list[int]] = collections.defaultdict(list)
        for thing, groups in needs.items():
            for group in groups:
                number = len(self._groups)
                self._groups.append((thing, group))
                for member in group.members:
                    self._using[member].append(number)

    def group(self, number: int) -> Group:
        """A group by its number."""
        return self._groups[number][1]

    def retained(self, gone: Collection[str], *, whole_only: bool = False) -> dict[str, Retained]:
        """What is left of everything that is touched when some things are gone; what is not in it is as before.

        Args:
            gone: What disappears.
            whole_only: Whether a group counts only if it is stated to be whole; another may always have a member that
                nobody has told us of, as good as the best.
        """
        left: dict[str, Retained] = {thing: Retained(0.0, None) for thing in sorted(gone)}
        waiting = collections.deque(left)
        while waiting:
            member = waiting.popleft()
            for number in self._using.get(member, ()):
                thing, group = self._groups[number]
                if whole_only and not group.whole:
                    continue
                before = group.best
                after = max(
                    (w * left[m].share if m in left else w for m, w in group.members.items()),
                    default=0.0,
                )
                share = max(after, group.always) / before
                if group.breaks_only and share > 0:
                    continue
                current = left.get(thing)
                if share < (current.share if current else 1.0) - _ROUNDING:
                    left[thing] = Retained(share, number)
                    waiting.append(thing)
        return left
