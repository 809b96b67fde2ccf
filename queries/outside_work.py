#: id: Q16
#: summary: How much code, review and security work comes from outside, into products whose owner charges?
#: description: >
#:   Frameworks that a sponsor (with all that it surely owns) governs, or of which it made the first version: the share
#:   of commits that is not its own, as an interval (unknown commits are all its own, or none), and of reviews and fixes
#:   that name a CVE or GHSA where a history of commits is loaded. `services` are clouds of the sponsor that offer it.
#: tags: [ospo, researcher]
#: params:
#:   sponsor: {type: entity, kinds: [Company, Institution], example: microsoft, about: who governs}
#:   window: {type: string, example: "2025", default: all, pattern: "all|[0-9]{4}",
#:     about: "`all`, or a year"}
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
from typing import TYPE_CHECKING, Any

from ..graph.wording import counted, listed, percent
from ..state.contributions import work
from .view import Found, Measure, View

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
    rows: list[tuple[Any, ...]] = []
    for framework in owned:
        commits, coverage, own = shares.get(framework, (None, None, None))
        bounds: tuple[float | None, float | None] = (None, None)
        if own is not None and coverage is not None:
            bounds = (max(0.0, coverage - own), 1 - own)
        done = history[history["project"] == framework]
        sold = services.get(framework, [])
        named = (framework, view.name(framework), commits, coverage, *bounds)
        told = (*_outside(done, members, "reviews"), *_outside(done, members, "security_fixes"))
        if commits is not None or sold:
            rows.append((*named, *told, len(sold), listed(sold) or None))
    rows.sort(key=lambda r: (-(r[2] or 0), r[0]))
    known = [r for r in rows if r[2]]
    name = view.name(sponsor)
    unknown = [
        f"no shares of the work are known for {len(owned) - len(known)} of {len(owned)} frameworks of {name}"
    ]
    if not known:
        return Found(
            rows, f"Nothing is known of who works on the frameworks of {name}.", (), tuple(unknown)
        )
    total = sum(r[2] for r in known)
    low, high = (sum(r[2] * r[i] for r in known) / total for i in (4, 5))
    covered = sum(r[2] * r[3] for r in known) / total
    offered = counted(sum(bool(r[12]) for r in rows), "framework")
    said = (
        f"Between {percent(low)} and {percent(high)} of the {total:,} commits to {counted(len(known), 'framework')} "
        f"of {name} come from outside; its own clouds offer {offered} of it."
    )
    measures = (
        Measure(
            "outside share",
            None,
            "fraction of commits",
            low=low,
            high=high,
            n=total,
            coverage=covered,
        ),
    )
    return Found(rows, said, measures, tuple(unknown), tuple(owned.values()))


def _shares(
    view: View, members: set[str], window: str, owned: dict[str, str]
) -> dict[str, tuple[int, float, float]]:
    """Commits, coverage and the sponsor's own share per framework; of several counts the largest."""
    by: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    for row in view.rows("CONTRIBUTION_SHARE", "window", "total", "share", "coverage"):
        if row["window"] == window and row["target"] in owned and row["total"]:
            by[row["target"]].append(row)
    found = {}
    for framework, rows in by.items():
        total = max(r["total"] for r in rows)
        largest = [r for r in rows if r["total"] == total]
        own = sum(r["share"] or 0.0 for r in largest if r["source"] in members)
        found[framework] = total, min(r["coverage"] or 0.0 for r in largest), own
    return found


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
    found: dict[str, list[str]] = collections.defaultdict(list)
    for row in view.rows("OFFERS"):
        if row["source"] in own:
            found[row["target"]].append(view.name(row["source"]))
    return {f: sorted(set(names)) for f, names in found.items()}
