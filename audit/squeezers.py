"""Who can squeeze an application: what is left of it when everything that one owner alone provides is gone.

The application needs all its frameworks, models and data sets, and one machine on which all frameworks run that say
where (an AND of ORs, see `measures.removal`). A package under terms that are not open needs its publisher. What is out
under an open licence stays; what the application can do without is not counted.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ..graph.wording import counted, listed
from ..measures.deciding import Interval
from ..measures.removal import Group, Removal, Retained
from ..state.needs import ACCESS
from ..state.squeezing import Explanation
from .contents import SURE_PUBLISHER
from .facts import Facts
from .findings import AuditedFramework, AuditedModel, AuditedPackage, Pair, Squeezer
from .running import Hardware

__all__ = ["squeezers"]

_APPLICATION: Final = "application"
_BESIDE: Final = "beside:"
_MACHINE: Final = "machine:"
_LICENCE: Final = "licence"
_MOST_REASONS: Final = 3
_MOST_PAIRS: Final = 60
_ROUNDING: Final = 1e-9
_DIGITS: Final = 9


@dataclasses.dataclass(frozen=True, slots=True)
class _Need:
    """Something that the application needs.

    Attributes:
        sort: `package`, `licence`, `framework` or `machine`.
        group: As the removal has it.
        subjects: Ids of frameworks, models and data sets that it is about.
        things: Names of packages, models and data sets that it is about.
    """

    sort: str
    group: Group
    subjects: tuple[str, ...]
    things: tuple[str, ...]


def squeezers(
    facts: Facts,
    packages: Sequence[AuditedPackage],
    models: Sequence[AuditedModel],
    frameworks: Sequence[AuditedFramework],
    hardware: Hardware,
) -> tuple[tuple[Squeezer, ...], tuple[Pair, ...]]:
    """Owners who can make the application worse alone, and pairs that together leave nothing.

    Args:
        facts: Of the state.
        packages: Of the application, with who decides on each.
        models: Its models and data sets.
        frameworks: Behind the packages.
        hardware: Where these run.
    """
    return _Squeezing(facts, packages, models, frameworks, hardware).result()


class _Squeezing:
    def __init__(
        self,
        facts: Facts,
        packages: Sequence[AuditedPackage],
        models: Sequence[AuditedModel],
        frameworks: Sequence[AuditedFramework],
        hardware: Hardware,
    ) -> None:
        self._facts = facts
        self._production = facts.production
        self._names = {f.id: f.name for f in frameworks}
        self._weights = {w: tier for tier, w in self._production.tiers.items()}
        required = {p.name for p in packages if not p.optional}
        self._things = {f.id: tuple(p for p in f.packages if p in required) for f in frameworks}
        self._things |= {
            m.entity: (m.name,) for m in models if m.entity is not None and not m.optional
        }
        self._own: dict[str, list[Group]] = {}
        self._needs = [
            *self._proprietary([p for p in packages if not p.optional and p.proprietary]),
            *self._frameworks(hardware),
            *self._machines(hardware),
        ]
        self._own[_APPLICATION] = [n.group for n in self._needs]
        self._removal = Removal(self._reachable())
        self._explain = Explanation(self._production, self._removal, facts.name)
        self._members: dict[str, set[str]] = collections.defaultdict(set)
        for party in sorted(self._parties):
            self._members[facts.group(party)].add(party)
        chips = {p for m in hardware.machines for p in m.parts}
        makers = {m for c in chips for m in self._production.makers.get(c, ())}
        direct = {m for groups in self._own.values() for g in groups for m in g.members}
        self._direct = {facts.group(p) for p in (makers | direct) & self._parties}

    # ------------------------------------------------------------------ needs

    def _proprietary(self, packages: Sequence[AuditedPackage]) -> Iterator[_Need]:
        """Packages under terms that are not open need who publishes them, or who surely decides on them."""
        by_publisher: dict[tuple[str, bool], list[str]] = collections.defaultdict(list)
        for package in packages:
            holder, sure = _holder(self._facts, package)
            if holder:
                by_publisher[holder, sure].append(package.name)
        for (holder, sure), names in sorted(by_publisher.items()):
            yield _Need("package", Group({holder: 1.0}, whole=sure), (), tuple(names))

    def _frameworks(self, hardware: Hardware) -> Iterator[_Need]:
        """Frameworks, models and data sets; of what is carried only that its licence stands."""
        for subject, things in self._things.items():
            needs = self._production.needs.get(subject, ())
            if not things or not needs:
                continue
            if subject not in hardware.carried:
                yield _Need("framework", Group({subject: 1.0}), (subject,), things)
            elif licences := [g for g in needs if g.about == _LICENCE]:
                self._own[_BESIDE + subject] = licences
                yield _Need(_LICENCE, Group({_BESIDE + subject: 1.0}), (subject,), things)

    def _machines(self, hardware: Hardware) -> Iterator[_Need]:
        """One of the machines on which everything runs that says where."""
        members: dict[str, float] = {}
        for machine in hardware.machines:
            name = f"{_MACHINE}{' '.join(machine.parts)}"
            members[name] = machine.weight
            self._own[name] = [Group({self._chip(p): 1.0}) for p in machine.parts]
        if members:
            things = [t for f in hardware.held for t in self._things.get(f, ())]
            whole = all(
                g.whole
                for f in hardware.held
                for g in self._production.needs.get(f, ())
                if g.about == "runs on"
            )
            yield _Need(
                "machine", Group(members, whole=whole), hardware.held, tuple(sorted(things))
            )

    def _chip(self, chip: str) -> str:
        """A chip, or that it can be had where alone it is offered."""
        return ACCESS + chip if ACCESS + chip in self._production.needs else chip

    def _reachable(self) -> Mapping[str, Iterable[Group]]:
        """What the application needs, directly or not; also fills the parties among it."""
        needs: dict[str, Iterable[Group]] = {}
        self._parties: set[str] = set()
        waiting = [_APPLICATION]
        while waiting:
            thing = waiting.pop()
            if thing in needs:
                continue
            groups = (
                self._own[thing] if thing in self._own else self._production.needs.get(thing, [])
            )
            needs[thing] = groups
            waiting += [m for g in groups for m in g.members]
            if thing.startswith(("company/", "institution/", "contributor/", "governing-body/")):
                self._parties.add(thing)
        return needs

    # ------------------------------------------------------------------ removal

    def result(self) -> tuple[tuple[Squeezer, ...], tuple[Pair, ...]]:
        """Single owners in their order, and pairs."""
        singles = []
        total: set[str] = set()
        for group, gone in sorted(self._members.items()):
            left = self._removal.retained(gone)
            share = left[_APPLICATION].share if _APPLICATION in left else 1.0
            if share <= _ROUNDING:
                total.add(group)
            if 1.0 - share >= self._facts.least:
                singles.append(self._squeezer(group, gone, left))
        singles.sort(
            key=lambda s: (-round(s.low, _DIGITS), -round(s.high, _DIGITS), s.name.casefold())
        )
        return tuple(singles), tuple(self._pairs([g for g in self._direct if g not in total]))

    def _pairs(self, groups: Sequence[str]) -> Iterator[Pair]:
        """Pairs of makers, licensors and publishers that leave nothing; their suppliers are not tried out in pairs."""
        if len(groups) > _MOST_PAIRS:
            touched = {g: len(self._removal.retained(self._members[g])) for g in groups}
            groups = sorted(groups, key=lambda g: (-touched[g], g))[:_MOST_PAIRS]
        for one, other in itertools.combinations(sorted(groups), 2):
            left = self._removal.retained(self._members[one] | self._members[other])
            if _APPLICATION in left and left[_APPLICATION].share <= _ROUNDING:
                yield Pair((one, other), (self._called(one), self._called(other)))

    def _called(self, group: str) -> str:
        """A group by its only member that matters here, else by its owner."""
        members = self._members[group]
        return self._facts.name(min(members) if len(members) == 1 else group)

    def _squeezer(self, group: str, gone: set[str], left: Mapping[str, Retained]) -> Squeezer:
        surely = self._removal.retained(gone, whole_only=True)
        low = 1.0 - surely[_APPLICATION].share if _APPLICATION in surely else 0.0
        hit = sorted(
            ((share, place) for place, need in enumerate(self._needs)
             if (share := _after(need.group, left)) < 1.0 - _ROUNDING),
        )  # fmt: skip
        worst = hit[0][0]
        reasons: list[str] = []
        keys: list[str] = []
        parties: collections.Counter[str] = collections.Counter()
        for sort in ("package", _LICENCE, "machine", "framework"):
            some = [(s, self._needs[n]) for s, n in hit if self._needs[n].sort == sort]
            for words, basis, member in self._reasons(sort, some, group, left):
                parties[member] += 1 + sum(s <= worst for s, _ in some)
                reasons.append(words)
                keys += basis
        acting = min(parties, key=lambda p: (-parties[p], p))
        party = self._facts.party(acting)
        things = [t for _, n in hit for t in self._needs[n].things]
        return Squeezer(
            id=party.id,
            name=party.name,
            kind=party.kind,
            owner=party.owner,
            owner_name=party.owner_name,
            low=low,
            high=1.0 - left[_APPLICATION].share,
            reasons=tuple(reasons[:_MOST_REASONS]),
            packages=tuple(dict.fromkeys(things)),
            keys=tuple(dict.fromkeys(keys)),
        )

    # ------------------------------------------------------------------ reasons

    def _reasons(
        self,
        sort: str,
        hit: Sequence[tuple[float, _Need]],
        group: str,
        left: Mapping[str, Retained],
    ) -> Iterator[tuple[str, list[str], str]]:
        """Why, with the keys behind it and the member of the group: one reason per sort, of what is hit most."""
        if not hit:
            return
        if sort == "package":
            names = [t for _, n in hit for t in n.things]
            holders = [h for _, n in hit for h in n.group.members]
            are = "is" if len(names) == 1 else "are"
            yield (
                f"{counted(len(names), 'package')} of theirs {are} needed and under terms that are not open: "
                f"{listed(names, 3)}",
                [],
                holders[0],
            )
        elif sort == _LICENCE:
            subjects = [s for _, n in hit for s in n.subjects]
            grantors = [
                m for s in subjects for g in self._own[_BESIDE + s] for m in g.members if m in left
            ]
            keys = [
                k for s in subjects for m in grantors for k in self._production.keys.get((s, m), ())
            ]
            called = listed(sorted(self._names.get(s, s) for s in subjects), 4)
            noun = "licence" if len(subjects) == 1 else "licences"
            are = "is" if len(subjects) == 1 else "are"
            yield f"the {noun} of {called} {are} theirs, and not open", keys, grantors[0]
        elif sort == "machine":
            yield from self._machine_reason(hit[0][1].group, left)
        else:
            yield self._framework_reason(hit, group, left)

    def _framework_reason(
        self, hit: Sequence[tuple[float, _Need]], group: str, left: Mapping[str, Retained]
    ) -> tuple[str, list[str], str]:
        share, need = hit[0]
        (subject,) = need.subjects
        squeeze = self._explain.squeeze(group, subject, subject, Interval(0.0, 1.0 - share), left)
        alike = [self._facts.name(n.subjects[0]) for s, n in hit[1:] if s <= share + _ROUNDING]
        more = f"; likewise {listed(sorted(alike), 3)}" if alike else ""
        return f"{squeeze.words}{more}", list(squeeze.keys), squeeze.party

    def _machine_reason(
        self, group: Group, left: Mapping[str, Retained]
    ) -> Iterator[tuple[str, list[str], str]]:
        lost = [m for m in group.members if m in left]
        best = {m: w * (left[m].share if m in left else 1.0) for m, w in group.members.items()}
        after = max(best.values())
        chips = self._chips(m for m in lost if group.members[m] == group.best) or self._chips(lost)
        if after <= 0:
            words = f"all of it runs together on {chips} and nothing else that is known"
        else:
            tier = self._weights.get(after, f"{after:.2g}")
            rest = self._chips(m for m, value in best.items() if value == after)
            words = f"all of it runs best on {chips}; best way left: {tier} on {rest}"
        for member in sorted(lost, key=lambda m: (left[m].share, -group.members[m], m)):
            for part in member.removeprefix(_MACHINE).split():
                chip = self._chip(part)
                if chip in left:
                    whole = Interval(0.0, 1.0)
                    squeeze = self._explain.squeeze("", part, chip, whole, left)
                    yield words, list(squeeze.keys), squeeze.party
                    return

    def _chips(self, machines: Iterable[str]) -> str:
        """Chips of machines by their product line, CPUs only where there is no accelerator."""
        leads = {m.removeprefix(_MACHINE).split(" ", 1)[0] for m in machines}
        return listed(
            sorted({self._production.series.get(c) or self._facts.name(c) for c in leads})
        )


def _after(group: Group, left: Mapping[str, Retained]) -> float:
    """What is retained of a group."""
    after = max(
        (w * left[m].share if m in left else w for m, w in group.members.items()), default=0.0
    )
    return max(after, group.always) / group.best


def _holder(facts: Facts, package: AuditedPackage) -> tuple[str, bool]:
    """Who could withhold a package, and whether that is sure; empty where nobody is known to."""
    if package.framework:
        holders = facts.production.withholders(package.framework)
        if len(holders) == 1:
            return min(holders), True
    if package.publisher and package.publisher in facts.names:
        return package.publisher, (package.confidence or 0.0) >= SURE_PUBLISHER
    return "", False
