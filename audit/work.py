"""Whose work a framework is: elephant factor over employers, absence factor over persons, each as an interval.

What is counted of organisations is what `state.work` gives; nobody is called the leading one whose share is not sure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from ..measures.concentration import elephant_factor
from ..state.work import WorkShare, leading, shares_of_work
from .facts import Facts, Row
from .findings import Work

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["People", "people_of", "work"]

People = tuple[tuple[int, int], int]
"""Contributor absence factor (mirror accounts as persons, and left out), and number of persons."""


def work(facts: Facts, framework: str, people: People | None) -> Work | None:
    """What is counted, else published, of the work on one framework; None where nothing is."""
    rows = facts.shares.get(framework, [])
    every = shares_of_work(rows, facts.owners)
    shares = [s for s in every if s.counted == every[0].counted]
    if not shares:
        if people is None:
            return None
        return Work("all", 0, 0.0, "", False, (0.0, 1.0), None, people[0], people[1], ())
    top, keys = shares[0], {key for share in shares for key in share.keys}
    listed = min(1.0, sum(share.low for share in shares))
    return Work(
        window=top.window,
        total=top.total or 0,
        coverage=top.coverage if top.coverage is not None else listed,
        top=_called(facts, top),
        leads=leading(shares) is top,
        top_share=(top.low, top.high),
        elephant=_elephant([row for row in rows if row["key"] in keys]),
        absence=people[0] if people else None,
        persons=people[1] if people else None,
        keys=tuple(sorted(keys)),
    )


def _called(facts: Facts, share: WorkShare) -> str:
    """The name of an owner group; with its organisations, where those are others."""
    name = facts.names.get(share.group, share.group)
    members = facts.called(share.organisations)
    return name if members == (name,) else f"{name} ({', '.join(members)})"


def _elephant(rows: Collection[Row]) -> tuple[int, int] | None:
    low = [r["elephant_low"] for r in rows if r["elephant_low"] is not None]
    high = [r["elephant_high"] for r in rows if r["elephant_high"] is not None]
    return (min(low), max(high)) if low and high else None


def people_of(facts: Facts, frameworks: Collection[str]) -> Mapping[str, People]:
    """Absence factors of the frameworks whose commits are loaded, counted up to the date of the state."""
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
    found = {}
    for framework, counts in _commits(table).items():
        working = {who: n for who, n in counts.items() if kinds.get(who) != "automation"}
        alone = {who: n for who, n in working.items() if kinds.get(who) != "mirror"}
        factors = [elephant_factor(list(some.values())) for some in (working, alone)]
        known = [f for f in factors if f is not None]
        if known:
            found[framework] = ((min(known), max(known)), len(alone))
    return found


def _commits(table: pa.Table) -> dict[str, dict[str, int]]:
    """Commits per framework and person; what two readings state counts once, the fuller one."""
    once = table.group_by(["target", "source", "key"]).aggregate([("commits", "max")])
    sums = once.group_by(["target", "source"]).aggregate([("commits_max", "sum")])
    found: dict[str, dict[str, int]] = {}
    for row in sums.to_pylist():
        if row["commits_max_sum"]:
            found.setdefault(row["target"], {})[row["source"]] = row["commits_max_sum"]
    return found
