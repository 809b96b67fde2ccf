#: id: Q16
#: summary: How much code, review and security work comes from outside, into products whose owner charges?
#: description: >
#:   Frameworks that a sponsor (with all that it surely owns) governs, or of which it made the first version: the share
#:   of commits that is not its own, as an interval (unknown commits are all its own, or none), and of reviews and fixes
#:   that name a CVE or GHSA where a history of commits is loaded. `services` are clouds of the sponsor that offer it.
#: tags: [ospo, researcher]
#: params:
#:   sponsor: {type: entity, kinds: [Company, Institution], example: microsoft, about: who governs}
#:   window: {type: string, example: "2025", default: all, about: "`all`, or a year"}
#: columns:
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
#: order: [commits desc, framework]
#: reading: >
#:   The lower end is sure: so much is done by people known to work elsewhere. A wide interval says that employers are
#:   unknown, not that outsiders work. Most security work names no number and is not seen.
#: since: "0.2"
"""Outside work: what others put into a sponsor's projects."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..graph.wording import counted, listed, percent
from ..state.contributions import work
from .view import Found, Measure, Row, View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["answer"]


def answer(view: View, sponsor: str, window: str) -> Found:
    """One row per framework of the sponsor."""
    group = view.group(sponsor)
    members = {o for o in view.organisations if view.group(o) == group} | {sponsor}
    owned = {
        r["target"]: r["key"]
        for relation in ("CREATED", "GOVERNS")
        for r in view.rows(relation)
        if r["source"] in members and r["target_kind"] == "Framework"
    }
    shares = _shares(view, members, window, owned)
    history = work(view.state.snapshot, view.as_of).to_pandas()
    if window != "all":
        history = history[history["month"].str.startswith(window)]
    services = _services(view, members)
    rows = [
        _row(view, framework, shares.get(framework), services.get(framework, []), history, members)
        for framework in owned
        if framework in shares or framework in services
    ]
    rows.sort(key=lambda r: (-(r["commits"] or 0), r["framework"]))
    counted_rows = [r for r in rows if r["commits"]]
    name = view.name(sponsor)
    unknown = (
        f"no shares of the work are known for {len(owned) - len(counted_rows)} of {len(owned)} frameworks of {name}",
    )
    if not counted_rows:
        return Found(
            rows, f"Nothing is known of who works on the frameworks of {name}.", (), unknown
        )
    total = sum(r["commits"] for r in counted_rows)

    def mean(column: str) -> float:
        return float(sum(r["commits"] * r[column] for r in counted_rows) / total)

    low, high = mean("outside_low"), mean("outside_high")
    offered = counted(sum(bool(r["services"]) for r in rows), "framework")
    summary = (
        f"Between {percent(low)} and {percent(high)} of the {total:,} commits to "
        f"{counted(len(counted_rows), 'framework')} of {name} come from outside; its own clouds offer {offered} of it."
    )
    measures = (
        Measure(
            "outside share",
            None,
            "fraction of commits",
            low=low,
            high=high,
            n=total,
            coverage=mean("coverage"),
        ),
    )
    return Found(rows, summary, measures, unknown, tuple(owned.values()))


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
        return (None, None, None) if not len(done) else (0, None, None)
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
