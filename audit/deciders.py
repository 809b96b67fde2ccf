"""Who decides on what an application is made of: parties by the packages, models and data sets they decide on."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from .contents import SURE_PUBLISHER
from .facts import Facts, Party, Row
from .findings import AuditedModel, AuditedPackage, Decider, Share

__all__ = ["Deciding", "alone", "deciding"]

_HALF: Final = 0.5
_DIGITS: Final = 9
_DECIDES: Final = "decides"


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    """What a party decides on one thing of the application.

    Attributes:
        group: Its topmost owner.
        party: The member that acts.
        about: Id of the framework, model or data set; of packages without one, of the publisher.
        label: Its name.
        thing: Name of the package, model or data set.
        closed: Whether its terms are not open.
        asked: Whether the application asks for it itself.
        low: Least.
        high: Most.
        reason: Why.
        through: Names of what lies between.
        keys: Of the statements.
    """

    group: str
    party: Party
    about: str
    label: str
    thing: str
    closed: bool
    asked: bool
    low: float
    high: float
    reason: str
    through: tuple[str, ...]
    keys: tuple[str, ...]


_Ranked = tuple[Decider, int]
"""With the number of what is asked for among what it surely decides on."""


@dataclasses.dataclass(frozen=True, slots=True)
class Deciding:
    """Who decides.

    Attributes:
        deciders: Of whom something is sure, in their order.
        unsure: Number of further parties of whom nothing is.
        alone: Name of who surely decides alone, by the id of a framework or the name of a thing.
        holders: The same as parties.
        parts: Ids of frameworks of which any party is known to have a part.
    """

    deciders: tuple[Decider, ...]
    unsure: int
    alone: Mapping[str, str]
    holders: Mapping[str, Party]
    parts: frozenset[str]


def alone(low: float) -> bool:
    """Whether a party surely decides alone: more than half."""
    return low > _HALF


def deciding(
    facts: Facts, packages: Sequence[AuditedPackage], models: Sequence[AuditedModel]
) -> Deciding:
    """Who decides on the packages, models and data sets of an application.

    A framework decides through who decides on it. A package of no framework is decided on by who publishes it: surely
    where the graph says so or its own metadata name the publisher, else possibly.
    """
    graph_ids = {p.name: _package_id(facts, p) for p in packages}
    wanted = {p.framework for p in packages} | {m.entity for m in models} | set(graph_ids.values())
    rows = facts.powers([w for w in wanted if w])
    parts: list[_Part] = []
    for package in packages:
        parts += _of_package(facts, package, rows, graph_ids[package.name])
    for model in models:
        parts += _of_model(facts, model, rows)
    by_group: dict[str, list[_Part]] = collections.defaultdict(list)
    for part in parts:
        by_group[part.group].append(part)
    pairs = ((_decider(some), _asked(some)) for some in by_group.values())
    ranked = sorted(pairs, key=_order)
    sure = [(d, asked) for d, asked in ranked if d.surely or d.in_part]
    single = [p for p in parts if alone(p.low)]
    return Deciding(
        tuple(_ranks(sure)),
        len(ranked) - len(sure),
        {n: p.party.name for p in single for n in (p.about, p.thing)},
        {n: p.party for p in single for n in (p.about, p.thing)},
        frozenset(p.about for p in parts if p.low > 0),
    )


def _package_id(facts: Facts, package: AuditedPackage) -> str | None:
    if package.framework and package.evidence != "stated in the graph":
        return None
    names = (package.name, f"pypi/{package.name}")
    return next((i for n in names if (i := facts.package_ids.get(n))), None)


def _of_package(
    facts: Facts, package: AuditedPackage, rows: Mapping[str, list[Row]], graph_id: str | None
) -> Iterable[_Part]:
    about = package.framework or ""
    over = rows.get(graph_id or about, [])
    deciding_rows = [r for r in over if _counts(facts, r)]
    if deciding_rows:
        label = package.framework_name or package.name
        return [_part(facts, row, about or graph_id or "", label, package) for row in deciding_rows]
    if about or package.publisher is None:
        return []
    sure = (package.confidence or 0.0) >= SURE_PUBLISHER
    party = facts.party(package.publisher) if package.publisher in facts.names else None
    kind = "Institution" if package.publisher.startswith("institution/") else "Company"
    return [
        _Part(
            facts.group(package.publisher),
            party or Party(package.publisher, str(package.publisher_name), kind, None, None),
            package.publisher,
            "packages that it publishes",
            package.name,
            package.proprietary is True,
            package.requested,
            1.0 if sure else 0.0,
            1.0,
            f"publishes {package.name}: {package.evidence}",
            (),
            (),
        )
    ]


def _of_model(facts: Facts, model: AuditedModel, rows: Mapping[str, list[Row]]) -> Iterable[_Part]:
    over = [r for r in rows.get(model.entity or "", []) if _counts(facts, r)]
    if over:
        label = model.entity_name or model.name
        return [_part(facts, row, str(model.entity), label, model) for row in over]
    makers = model.maker_ids
    value = 1 / len(makers) if makers else 0.0
    return [
        _Part(
            facts.group(maker),
            facts.party(maker),
            model.entity or f"{model.kind}:{model.name}",
            model.entity_name or model.name,
            model.name,
            model.proprietary is True,
            model.requested,
            value,
            value,
            f"makes {model.name}: {model.evidence}",
            (),
            (),
        )
        for maker in makers
    ]


def _counts(facts: Facts, row: Row) -> bool:
    """Whether a row says what a named party decides: not what a framework does, nor unnamed persons in a body."""
    person = row["source_kind"] == "Contributor"
    acts = row["source_kind"] != "Framework" and row["high"] >= facts.least
    named = person or row["holder"] == facts.name(row["source"])
    return bool(row["power"] == _DECIDES and acts and named)


def _part(
    facts: Facts, row: Row, about: str, label: str, thing: AuditedPackage | AuditedModel
) -> _Part:
    party = Party(row["source"], row["holder"], row["source_kind"], row["owner"], row["owner_name"])
    return _Part(
        row["owner"] or row["source"],
        party,
        about,
        label,
        thing.name,
        thing.proprietary is True,
        thing.requested,
        row["low"],
        row["high"],
        row["reason"] or "",
        tuple(facts.name(i) for i in (row["through"] or "").split()),
        tuple(row["basis"].split()),
    )


def _decider(parts: Sequence[_Part]) -> Decider:
    """All that one party decides; it goes by the member that acts over most."""
    lows: dict[str, float] = collections.defaultdict(float)
    members: collections.Counter[str] = collections.Counter()
    for part in parts:
        lows[part.party.id] += part.low
        members[part.party.id] += 1
    acting = min(members, key=lambda m: (-lows[m], -members[m], m))
    party = next(p.party for p in parts if p.party.id == acting)
    owner = party.owner
    shares = sorted(_shares(parts), key=lambda s: (-s.low, -s.high, -len(s.things), s.name))
    sure = [p for p in parts if alone(p.low)]
    return Decider(
        rank=0,
        tied=False,
        id=party.id,
        name=party.name,
        kind=party.kind,
        owner=owner,
        owner_name=party.owner_name,
        surely=tuple(dict.fromkeys(p.thing for p in sure)),
        in_part=tuple(dict.fromkeys(p.thing for p in parts if p.low > 0 and not alone(p.low))),
        at_most=len({p.thing for p in parts if p.high > _HALF}),
        proprietary=len({p.thing for p in sure if p.closed}),
        shares=tuple(shares),
        keys=tuple(dict.fromkeys(k for s in shares if s.low > 0 for k in s.keys)),
    )


def _asked(parts: Sequence[_Part]) -> int:
    """Of what a party surely decides on, how much is asked for."""
    return len({p.thing for p in parts if p.asked and alone(p.low)})


def _shares(parts: Sequence[_Part]) -> Iterable[Share]:
    def about(part: _Part) -> tuple[str, float, float]:
        return part.about, part.low, part.high

    for _, some in itertools.groupby(sorted(parts, key=about), about):
        alike = list(some)
        first = alike[0]
        yield Share(
            first.about,
            first.label,
            tuple(dict.fromkeys(p.thing for p in alike)),
            first.low,
            first.high,
            first.reason,
            first.through,
            tuple(dict.fromkeys(k for p in alike for k in p.keys)),
        )


def _measure(pair: _Ranked) -> tuple[int, int, float, int]:
    decider, asked = pair
    total = math.fsum(s.low * len(s.things) for s in decider.shares)
    return len(decider.surely), asked, round(total, _DIGITS), decider.at_most


def _order(pair: _Ranked) -> tuple[int, int, float, int, str, str]:
    sure, asked, total, at_most = _measure(pair)
    return -sure, -asked, -total, -at_most, pair[0].name.casefold(), pair[0].id


def _ranks(ranked: Sequence[_Ranked]) -> Iterable[Decider]:
    """Places; who decides on equally much shares one."""
    rank = 1
    for _, some in itertools.groupby(ranked, _measure):
        tied = list(some)
        for decider, _ in tied:
            yield dataclasses.replace(decider, rank=rank, tied=len(tied) > 1)
        rank += len(tied)
