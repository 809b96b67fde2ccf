"""Whose work a framework is: elephant factor over employers, absence factor over persons, each as an interval."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from ..measures.concentration import elephant_factor
from .facts import Facts, Row
from .findings import Work

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["People", "people_of", "work"]

People = tuple[tuple[int, int], int]
"""Contributor absence factor (mirror accounts as persons, and left out), and number of persons."""


def work(facts: Facts, framework: str, people: People | None) -> Work | None:
    """What is counted of the work on one framework; None where nothing is.

    The window is `all`, else the latest year; of several counts the largest goes, as in `ask concentration`.
    """
    rows = facts.shares.get(framework, [])
    if not rows:
        if people is None:
            return None
        return Work("all", 0, 0.0, "", (0.0, 1.0), None, people[0], people[1], ())
    windows = {r["window"] for r in rows}
    window = "all" if "all" in windows else max(windows)
    rows = [r for r in rows if r["window"] == window]
    total = max(r["total"] or 0 for r in rows)
    rows = [r for r in rows if (r["total"] or 0) == total]
    top = max(rows, key=lambda r: (r["share"] or 0.0, r["source"]))
    return Work(
        window,
        total,
        top["coverage"] if top["coverage"] is not None else _listed(rows),
        str(facts.names.get(top["source"], top["source"])),
        _bounds(top),
        _elephant(rows),
        people[0] if people else None,
        people[1] if people else None,
        tuple(sorted(r["key"] for r in rows)),
    )


def _listed(rows: Collection[Row]) -> float:
    """What the rows themselves add up to: the least that is known."""
    return min(1.0, sum(r["share"] or 0.0 for r in rows))


def _bounds(row: Row) -> tuple[float, float]:
    share = row["share"] or 0.0
    return (
        row["low"] if row["low"] is not None else share,
        row["high"] if row["high"] is not None else 1.0,
    )


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
