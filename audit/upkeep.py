"""What an application rests on: who keeps up each framework, and whether anybody still does."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final

from ..measures.concentration import elephant_factor
from ..state.work import WorkShare, leading
from .facts import Facts, Row
from .findings import AuditedFramework, Upkeep

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["upkeep"]

_HALF: Final = 0.5
_RISK: Final = {"end_of_life": 0, "archived": 0, "maintenance": 1}

People = tuple[tuple[int, int], int]
"""Bus factor (mirror accounts as persons, and left out), and number of persons."""


def upkeep(
    facts: Facts, frameworks: Sequence[AuditedFramework], decided: Set[str]
) -> tuple[Upkeep, ...]:
    """Upkeep of the frameworks, what is at risk first: no longer worked on, then one employer, then one person.

    Args:
        facts: Of the state.
        frameworks: Of the application.
        decided: Ids of those of which any party is known to have a part in deciding.
    """
    people = _people(facts, [f.id for f in frameworks])
    kept = [_upkeep(facts, f, people.get(f.id), decided=f.id in decided) for f in frameworks]
    return tuple(sorted(kept, key=_risk))


def _risk(one: Upkeep) -> tuple[int, bool, bool, bool, int, str]:
    return (
        _RISK.get(one.support or "", 2),
        one.elephant is None or one.elephant[1] > 1,
        one.bus is None or one.bus[1] > 1,
        one.coverage is None,
        -len(one.packages),
        one.name.casefold(),
    )


def _upkeep(
    facts: Facts, framework: AuditedFramework, people: People | None, *, decided: bool
) -> Upkeep:
    shares = facts.work(framework.id)
    counts = [s for s in shares if s.counted] or shares
    first = leading(counts)
    support, since = facts.support.get(framework.id, (None, None))
    top = counts[0] if counts else None
    behind = [s for s in counts if s is first] or counts
    return Upkeep(
        framework=framework.id,
        name=framework.name,
        packages=framework.packages,
        support=support,
        support_since=_day(since),
        decided=decided,
        window=top.window if top else "",
        total=top.total if top else None,
        coverage=top.coverage if top else None,
        elephant=_elephant(facts.shares.get(framework.id, ()), top) if top else None,
        leader=facts.name(first.organisations[0]) if first else None,
        leader_share=(first.low, first.high) if first else None,
        bus=people[0] if people else None,
        persons=people[1] if people else None,
        keys=tuple(sorted({k for s in behind for k in s.keys})),
    )


def _day(since: object) -> datetime.date | None:
    return since if isinstance(since, datetime.date) else None


def _elephant(rows: Sequence[Row], top: WorkShare) -> tuple[int, int] | None:
    """Of the count that the shares are taken from: 1 where one surely does half; else as stated, or None."""
    if top.low >= _HALF:
        return 1, 1
    same = [
        r
        for r in rows
        if r["window"] == top.window
        and (r["total"] or 0) == (top.total or 0)
        and (r["method"] == "computed") is top.counted
    ]
    low = [r["elephant_low"] for r in same if r["elephant_low"] is not None]
    high = [r["elephant_high"] for r in same if r["elephant_high"] is not None]
    return (min(low), max(high)) if low and high else None


# ---------------------------------------------------------------------- persons


def _people(facts: Facts, frameworks: Collection[str]) -> Mapping[str, People]:
    """Bus factors of the frameworks whose commits are loaded, counted up to the date of the state."""
    import pyarrow as pa
    import pyarrow.compute as pc

    state = facts.state
    if not state.snapshot.edges.get("CONTRIBUTED_TO") or state.as_of is None:
        return {}
    table = state.edges("CONTRIBUTED_TO", ["source", "target", "key", "commits"])
    table = table.filter(pc.is_in(table["target"], pa.array(sorted(frameworks), pa.string())))
    people = state.nodes("Contributor", ["id", "bot_kind"])
    bots = people.filter(pc.is_in(people["bot_kind"], pa.array(["automation", "mirror"])))
    kinds = dict(zip(bots["id"].to_pylist(), bots["bot_kind"].to_pylist(), strict=True))
    factors: dict[str, People] = {}
    for framework, counts in _commits(table).items():
        working = {who: n for who, n in counts.items() if kinds.get(who) != "automation"}
        single = {who: n for who, n in working.items() if kinds.get(who) != "mirror"}
        both = [elephant_factor(list(some.values())) for some in (working, single)]
        stated = [f for f in both if f is not None]
        if stated:
            factors[framework] = ((min(stated), max(stated)), len(single))
    return factors


def _commits(table: pa.Table) -> dict[str, dict[str, int]]:
    """Commits per framework and person; what two readings state counts once, the fuller one."""
    once = table.group_by(["target", "source", "key"]).aggregate([("commits", "max")])
    sums = once.group_by(["target", "source"]).aggregate([("commits_max", "sum")])
    commits: dict[str, dict[str, int]] = {}
    for row in sums.to_pylist():
        if row["commits_max_sum"]:
            commits.setdefault(row["target"], {})[row["source"]] = row["commits_max_sum"]
    return commits
