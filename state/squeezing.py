"""Who can squeeze: for each owner group, what is worse off when everything that it alone provides is gone.

squeeze(X, A) = 1 − best way left ÷ best way before, by removal (see `measures.removal`). Low counts only lists of
alternatives that a source states to be whole; high is the value over what is known.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from ..graph.wording import SUPPLIES
from ..measures.deciding import Interval
from ..measures.removal import Group, Removal, Retained
from .needs import ACCESS, SUPPLY, Production

__all__ = ["Explanation", "Squeeze", "squeezes"]

_DEPTH: Final = 8
_MOST_KEYS: Final = 12
_MOST_NAMES: Final = 3

_WORDS: Final[Mapping[str, str]] = {
    "operator": "runs {it}",
    "maker": "makes {it}",
    "supplier": "delivers {it}",
    "licence": "grants the licence of {it}, which is not open",
    "parent licence": "grants the licence of what {it} is derived from, which is not open",
    "access": "keeps {it} to itself",
    "exclusive offer": "alone offers {it}",
    "chip": "makes {it}",
    **{part: f"{verb} {{it}}" for part, verb in SUPPLIES.items()},
}


@dataclasses.dataclass(frozen=True, slots=True)
class Squeeze:
    """What an owner group can do to a thing by withholding.

    Attributes:
        group: The topmost owner.
        party: Its member that provides what would be missed most.
        target: The thing.
        value: Low and high.
        hops: Steps between the two.
        through: Ids of what would be missed in between.
        keys: Of the statements behind it.
        words: Why.
        confidence: The least of the statements.
    """

    group: str
    party: str
    target: str
    value: Interval
    hops: int
    through: tuple[str, ...]
    keys: tuple[str, ...]
    words: str
    confidence: float


def squeezes(
    production: Production,
    groups: Mapping[str, str],
    named: Callable[[str], str],
    least: float,
) -> Iterator[Squeeze]:
    """Every squeeze that could be at least `least`.

    Args:
        production: Who needs what.
        groups: Topmost sure owner by organisation.
        named: Gives the name of an id.
        least: Below it, a squeeze is not told.
    """
    removal = Removal(production.needs)
    members: dict[str, set[str]] = collections.defaultdict(set)
    for organisation in sorted(production.parties):
        members[groups.get(organisation, organisation)].add(organisation)
    explain = Explanation(production, removal, named)
    for group, gone in sorted(members.items()):
        most = removal.retained(gone)
        surely = removal.retained(gone, whole_only=True)
        for thing, left in most.items():
            target = thing.removeprefix(SUPPLY)
            if thing in gone or target in gone or thing.startswith(ACCESS):
                continue
            high = 1.0 - left.share
            if high < least:
                continue
            low = 1.0 - surely[thing].share if thing in surely else 0.0
            yield explain.squeeze(group, target, thing, Interval(low, high), most)


class Explanation:
    """The way from what is missed to who withholds it.

    Args:
        production: Who needs what.
        removal: Of its needs, or of more than these.
        named: Gives the name of an id.
    """

    def __init__(
        self, production: Production, removal: Removal, named: Callable[[str], str]
    ) -> None:
        self._production = production
        self._removal = removal
        self._named = named
        self._tiers = {weight: tier for tier, weight in production.tiers.items()}

    def squeeze(
        self, group: str, target: str, thing: str, value: Interval, left: Mapping[str, Retained]
    ) -> Squeeze:
        """What an owner group can do to a thing, with its reason.

        Args:
            group: The topmost owner.
            target: Id of what is squeezed.
            thing: As the production graph has it, with its prefix.
            value: Low and high.
            left: What is left of everything when the group's own is gone.
        """
        keys: list[str] = []
        way: list[str] = []
        words: list[str] = []
        current, steps = thing, 1
        for _ in range(_DEPTH):
            number = left[current].group
            if number is None:
                break
            needed = self._removal.group(number)
            lost = self._lost(needed, left)
            keys += [k for m in lost for k in self._production.keys.get((current, m), ())]
            phrase = self._phrase(current, needed, lost, left, whole=current == thing)
            if phrase:
                words.append(phrase)
            current = lost[0]
            steps += needed.about in SUPPLIES
            if left[current].group is not None and not current.startswith((ACCESS, SUPPLY)):
                way.append(current)
        distinct = tuple(dict.fromkeys(keys))[:_MOST_KEYS]
        sure = [
            self._production.confidence[k] for k in distinct if k in self._production.confidence
        ]
        return Squeeze(
            group,
            current,
            target,
            value,
            len(way) + steps,
            tuple(dict.fromkeys(way)),
            distinct,
            "; ".join(words),
            min(sure, default=1.0),
        )

    @staticmethod
    def _lost(group: Group, left: Mapping[str, Retained]) -> list[str]:
        """The members that are worse off, the best first."""
        hit = [m for m in group.members if m in left]
        return sorted(hit, key=lambda m: (left[m].share, -group.members[m], m))

    def _phrase(
        self,
        thing: str,
        group: Group,
        lost: list[str],
        left: Mapping[str, Retained],
        *,
        whole: bool,
    ) -> str:
        """Why a thing is worse off; `whole`: it is what is squeezed. On the way to that, a chip is told by its line."""
        chip = thing.removeprefix(ACCESS).removeprefix(SUPPLY)
        name = (None if whole else self._production.series.get(chip)) or self._named(chip)
        if group.about in _WORDS:
            if thing.startswith(SUPPLY) and group.about == "supplier":
                return ""
            return _WORDS[group.about].format(it=name)
        missing = self._listed(lost)
        if group.about != "runs on":
            return f"{name} needs {missing}"
        first = self._listed(m for m in lost if group.members[m] == group.best) or missing
        best = {m: w * (left[m].share if m in left else 1.0) for m, w in group.members.items()}
        after = max(best.values())
        if after <= 0:
            return f"{name} runs on {missing} and nothing else that is known"
        names = self._listed((m for m, v in best.items() if v == after), like=lost[0])
        before = self._tiers.get(group.best, f"{group.best:.2g}")
        return f"{name} is {before} on {first}; best way left: {self._tiers.get(after, f'{after:.2g}')} on {names}"

    def _listed(self, members: Iterable[str], like: str = "") -> str:
        """Chips by their product line, everything else by its name; the first few, of the sort of `like` first."""
        sorts = self._production.categories
        sort = sorts.get(like.removeprefix(ACCESS))
        chips = [m.removeprefix(ACCESS) for m in members]
        other = {
            self._production.series.get(c) or self._named(c): sort is not None
            and sorts.get(c) != sort
            for c in sorted(chips, key=lambda c: sorts.get(c) == sort)
        }
        names = sorted(other, key=lambda name: (other[name], name))
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        return ", ".join(names[:_MOST_NAMES]) + more
