#: id: Q16
#: summary: How much code, review and security work comes from outside, into products whose owner charges?
#: description: >
#:   Frameworks that a sponsor (with all that it surely owns) governs, or of which it made the first version: the share
#:   of commits that is not its own, as an interval (unknown commits are all its own, or none), and of reviews and fixes
#:   that name a CVE or GHSA where a history of commits is loaded; a history that names none says nothing of them.
#:   `services` are clouds of the sponsor that offer it.
#: tags: [ospo, researcher]
#: params:
#:   sponsor: {type: entity, kinds: [Company, Institution], example: microsoft, default: "",
#:     about: "who governs; empty = each that governs counted work"}
#:   window: {type: string, example: "2025", default: all, pattern: "all|[0-9]{4}",
#:     about: "`all`, or a year"}
#: columns:
#:   - {name: sponsor, type: entity, unit: ""}
#:   - {name: sponsor_name, type: string, unit: ""}
#:   - {name: framework, type: entity, unit: ""}
#:   - {name: framework_name, type: string, unit: ""}
#:   - {name: commits, type: integer, unit: "commits, automation left out"}
#:   - {name: coverage, type: double, unit: "fraction of the commits with a known employer"}
#:   - {name: outside_low, type: double, unit: "fraction of the commits"}
#:   - {name: outside_high, type: double, unit: "fraction of the commits"}
#:   - {name: reviews, type: integer, unit: "reviews named in trailers"}
#:   - {name: reviews_outside_low, type: double, unit: "fraction of the reviews"}
#:   - {name: reviews_outside_high, type: double, unit: "fraction of the reviews"}
#:   - {name: fixes, type: integer, unit: "commits that name a CVE or GHSA"}
#:   - {name: fixes_outside_low, type: double, unit: "fraction of the fixes"}
#:   - {name: fixes_outside_high, type: double, unit: "fraction of the fixes"}
#:   - {name: services, type: integer, unit: "clouds of the sponsor that offer it"}
#:   - {name: services_names, type: string, unit: ""}
#: order: [outside_low desc, commits desc, framework, sponsor]
#: reading: >
#:   The lower end is sure: so much is done by people known to work elsewhere. A wide interval says that employers are
#:   unknown, not that outsiders work. Most security work names no number and is not seen.
#: since: "0.2"
"""Outside work: what others put into a sponsor's projects."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ..graph.wording import counted, listed, percent
from ..state.contributions import work
from .holders import Holders
from .view import Found, Measure, Row, View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["answer"]

_HALF: Final = 0.5
_MAJORITY: Final = 0.5


def answer(view: View, sponsor: str, window: str) -> Found:
    """One row per framework of a sponsor, or of each."""
    history = work(view.state.snapshot, view.as_of).to_pandas()
    if window != "all":
        history = history[history["month"].str.startswith(window)]
    rows: list[dict[str, Any]] = []
    keys: dict[str, str] = {}
    for one, decided in [(sponsor, None)] if sponsor else sorted(_sponsors(view).items()):
        own_rows, owned = _of(view, one, decided, window, history)
        rows += own_rows
        keys |= owned
    rows.sort(
        key=lambda r: (
            -(r["outside_low"] or 0.0),
            -(r["commits"] or 0),
            r["framework"],
            r["sponsor"],
        )
    )
    with_work = [r for r in rows if r["commits"]]
    unknown = [
        f"no shares of the work are known for {len(keys) - len({r['framework'] for r in with_work})} of {len(keys)} "
        f"frameworks{f' of {view.name(sponsor)}' if sponsor else ''}"
    ]
    for what, noun in (("reviews", "who reviewed"), ("fixes", "who fixed vulnerabilities")):
        blind = sum(r[what] is None for r in rows)
        unknown += [f"{noun}, for {blind} of {counted(len(rows), 'framework')}"] if blind else []
    if not with_work:
        whose = f"the frameworks of {view.name(sponsor)}" if sponsor else "any framework"
        return Found(rows, f"Nothing is known of who works on {whose}.", (), tuple(unknown))
    if not sponsor:
        return Found(rows, _of_all(with_work), (), tuple(unknown))
    summary, measures = _of_one(view.name(sponsor), rows, with_work)
    return Found(rows, summary, measures, tuple(unknown), tuple(keys.values()))


def _sponsors(view: View) -> dict[str, set[str]]:
    """Firms that surely decide on a framework, and on which."""
    holders = Holders(view)
    decided: dict[str, set[str]] = collections.defaultdict(set)
    for thing, powers in view.powers.items():
        for power in powers:
            ends = view.kinds.get(power["source"]), view.kinds.get(thing)
            if (
                power["power"] == "decides"
                and power["low"] > _MAJORITY
                and ends == ("Company", "Framework")
            ):
                decided[holders.firm(power["source"])].add(thing)
    return decided


def _of(
    view: View, sponsor: str, decided: set[str] | None, window: str, history: pd.DataFrame
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The rows of one sponsor, and the key of what makes each framework its own; only of those that it decides on."""
    group = view.group(sponsor)
    members = {o for o in view.organisations if view.group(o) == group} | {sponsor}
    owned = {
        r["target"]: r["key"]
        for relation in ("CREATED", "GOVERNS")
        for r in view.rows(relation)
        if r["source"] in members
        and r["target_kind"] == "Framework"
        and (decided is None or r["target"] in decided)
    }
    shares, services = _shares(view, members, window, owned), _services(view, members)
    rows = [
        {
            "sponsor": sponsor,
            "sponsor_name": view.name(sponsor),
            **_row(view, f, shares.get(f), services.get(f, []), history, members),
        }
        for f in owned
        if f in shares or f in services
    ]
    return rows, owned


def _mean(rows: Sequence[Row], column: str) -> float:
    return float(sum(r["commits"] * r[column] for r in rows) / sum(r["commits"] for r in rows))


def _of_one(
    name: str, rows: Sequence[Row], with_work: Sequence[Row]
) -> tuple[str, tuple[Measure, ...]]:
    total = sum(r["commits"] for r in with_work)
    low, high = _mean(with_work, "outside_low"), _mean(with_work, "outside_high")
    offered = counted(sum(bool(r["services"]) for r in rows), "framework")
    summary = (
        f"Between {percent(low)} and {percent(high)} of the {total:,} commits to "
        f"{counted(len(with_work), 'framework')} of {name} come from outside; its own clouds offer {offered} of it."
    )
    coverage = _mean(with_work, "coverage")
    measure = Measure(
        "outside share", None, "fraction of commits", low=low, high=high, n=total, coverage=coverage
    )
    return summary, (measure,)


def _of_all(rows: Sequence[Row]) -> str:
    """Where outsiders surely do most, and how much of all comes from outside."""
    sure = [r for r in rows if r["outside_low"] >= _HALF]
    open_ = sum(r["outside_low"] < _HALF <= r["outside_high"] for r in rows)
    shown = (
        f"{r['framework_name']} ({r['sponsor_name']}, {percent(r['outside_low'])})"
        for r in sure or rows
    )
    every, named = (
        f"{counted(len(rows), 'framework')} that one firm surely decides on",
        listed(shown, 3),
    )
    lead = (
        f"On {len(sure)} of {every} outsiders surely do half of the work or more: {named}"
        if sure
        else f"On none of {every} it is sure that outsiders do half of the work; most is sure of {named}"
    )
    low, high = percent(_mean(rows, "outside_low")), percent(_mean(rows, "outside_high"))
    return f"{lead}. On {open_} more it may be so. Of all their commits, {low} to {high} come from outside."


def _row(
    view: View,
    framework: str,
    share: tuple[int, float, float] | None,
    services: Sequence[str],
    history: pd.DataFrame,
    members: set[str],
) -> Row:
    row: dict[str, Any] = {
        "framework": framework,
        "framework_name": view.name(framework),
        **dict.fromkeys(("commits", "coverage", "outside_low", "outside_high")),
        "services": len(services),
        "services_names": listed(services) or None,
    }
    if share is not None:
        commits, coverage, own = share
        row |= {"commits": commits, "coverage": coverage}
        row |= {"outside_low": max(0.0, coverage - own), "outside_high": 1 - own}
    done = history[history["project"] == framework]
    for name, column in (("reviews", "reviews"), ("fixes", "security_fixes")):
        row[name], row[f"{name}_outside_low"], row[f"{name}_outside_high"] = _outside(
            done, members, column
        )
    return row


def _shares(
    view: View, members: set[str], window: str, owned: dict[str, str]
) -> dict[str, tuple[int, float, float]]:
    """Commits, coverage and the sponsor's own share per framework; of several counts the largest."""
    by: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    for row in view.rows("CONTRIBUTION_SHARE", "window", "total", "share", "coverage"):
        if row["window"] == window and row["target"] in owned and row["total"]:
            by[row["target"]].append(row)
    shares = {}
    for framework, rows in by.items():
        total = max(r["total"] for r in rows)
        largest = [r for r in rows if r["total"] == total]
        own = sum(r["share"] or 0.0 for r in largest if r["source"] in members)
        shares[framework] = total, min(r["coverage"] or 0.0 for r in largest), own
    return shares


def _outside(
    done: pd.DataFrame, members: set[str], what: str
) -> tuple[int | None, float | None, float | None]:
    total = int(done[what].sum()) if len(done) else 0
    if not total:
        return None, None, None
    own = float(done.loc[done["organisation"].isin(list(members)), what].sum())
    unknown = float(done.loc[done["organisation"].isna(), what].sum())
    return total, (total - own - unknown) / total, (total - own) / total


def _services(view: View, members: set[str]) -> dict[str, list[str]]:
    own = {r["target"] for r in view.rows("PROVIDES") if r["source"] in members}
    services: dict[str, list[str]] = collections.defaultdict(list)
    for row in view.rows("OFFERS"):
        if row["source"] in own:
            services[row["target"]].append(view.name(row["source"]))
    return {f: sorted(set(names)) for f, names in services.items()}
