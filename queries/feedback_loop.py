#: id: Q17
#: summary: Do outside contributions lead adoption, or follow it?
#: description: >
#:   Two series by calendar year: commits from outside its leading organisation (all that are not known to be its own),
#:   and frameworks and models that need it, by the year in which they first appeared. Correlation of their yearly
#:   changes at lags of up to two years, and Granger's test with one year. The current year is left out, since it is not
#:   over.
#: tags: [researcher]
#: params:
#:   artefact: {type: entity, kinds: [Framework], example: numpy, about: the framework}
#: columns:
#:   - {name: lag, type: integer, unit: "years by which contributions lead; negative: follow"}
#:   - {name: r, type: double, unit: "correlation of yearly changes, -1 to 1"}
#:   - {name: p, type: double, unit: "probability by chance"}
#:   - {name: n, type: integer, unit: "pairs of years"}
#: order: [lag]
#: reading: >
#:   Report either sign, and nothing where no p is small; five lags were tried, so read p against 0.01. Fewer than ten
#:   years prove nothing. Adoption is what is stated to need it: private use is not seen.
#: since: "0.2"
"""Feedback: contributions and adoption."""

from __future__ import annotations

import collections
import dataclasses

from ..measures.feedback import granger, lags
from .view import Found, Measure, View

__all__ = ["answer"]


def answer(view: View, artefact: str) -> Found:
    """One row per lag."""
    work = _outside(view, artefact)
    began = _began(view)
    rows_needed = [
        r["source"]
        for r in view.rows("DEPENDS_ON")
        if r["target"] == artefact and r["source_kind"] in {"Framework", "Model"}
    ]
    dependents = set(rows_needed)
    dated = [began[d] for d in dependents if d in began]
    name = view.name(artefact)
    unknown = [f"{len(dependents) - len(dated)} of {len(dependents)} dependents have no known year"]
    if not work:
        unknown.append(f"who worked on {name} in which year is not known")
    if not work or not dated:
        return Found(
            [],
            f"Too little is dated to compare work on {name} with its adoption.",
            (),
            tuple(unknown),
        )
    first, last = min(work), min(max(work), view.as_of.year - 1)
    years = range(first, last + 1)
    adopted = collections.Counter(dated)
    series = [float(work.get(y, 0)) for y in years], [float(adopted[y]) for y in years]
    tried = lags(*series)
    rows = [dataclasses.asdict(lag) for lag in tried]
    leads, follows = granger(*series), granger(series[1], series[0])
    best = min(tried, key=lambda lag: lag.p, default=None)
    if best is None:
        summary = f"{len(years)} years are too few to compare work on {name} with its adoption."
    elif best.p >= 0.01:
        summary = f"Nothing is shown over {len(years)} years: the best lag ({best.lag}) has p = {best.p:.2g}."
    else:
        way = (
            "leads adoption"
            if best.lag > 0
            else "follows adoption"
            if best.lag < 0
            else "moves with adoption"
        )
        shown = f"r = {best.r:.2g}, p = {best.p:.2g}, {best.n} pairs"
        summary = f"Outside work on {name} {way} by {abs(best.lag)} years ({shown})."
    measures = (
        Measure("Granger p, work leads", leads, "probability", n=len(years)),
        Measure("Granger p, adoption leads", follows, "probability", n=len(years)),
    )
    return Found(rows, summary, measures, tuple(unknown))


def _outside(view: View, artefact: str) -> dict[int, int]:
    """Commits a year that are not known to be the leading organisation's; of several counts the largest."""
    rows = [
        r
        for r in view.rows("CONTRIBUTION_SHARE", "window", "total", "commits")
        if r["target"] == artefact and r["window"] != "all" and r["total"]
    ]
    outside = {}
    for year in {r["window"] for r in rows}:
        counts = [r for r in rows if r["window"] == year]
        total = max(r["total"] for r in counts)
        outside[int(year)] = total - max(r["commits"] or 0 for r in counts if r["total"] == total)
    return outside


def _began(view: View) -> dict[str, int]:
    years = {}
    for kind, column in (("Framework", "created"), ("Model", "released")):
        for row in view.state.nodes(kind, ["id", column]).to_pylist():
            if row[column]:
                years[row["id"]] = row[column].year
    return years
