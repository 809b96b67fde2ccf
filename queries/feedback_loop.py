#: id: Q17
#: summary: Do outside contributions lead adoption, or follow it?
#: description: >
#:   Two series by calendar year: commits from outside its leading organisation (all that are not known to be its own),
#:   and frameworks and models that need it, by the year in which they first appeared. Correlation of their yearly
#:   changes at lags of up to two years, and Granger's test with one year. The current year is left out, since it is not
#:   over.
#: tags: [researcher]
#: params:
#:   artefact: {type: entity, kinds: [Framework], example: numpy, default: "", about: "the framework; empty = each"}
#:   least: {type: integer, example: 10, default: 10, least: 1,
#:     about: least number of dependents that appeared in these years}
#: columns:
#:   - {name: artefact, type: entity, unit: ""}
#:   - {name: artefact_name, type: string, unit: ""}
#:   - {name: events, type: integer, unit: "dependents that appeared in these years"}
#:   - {name: lag, type: integer, unit: "years by which contributions lead; negative: follow"}
#:   - {name: r, type: double, unit: "correlation of yearly changes, -1 to 1"}
#:   - {name: p, type: double, unit: "probability by chance"}
#:   - {name: corrected, type: double, unit: "probability, corrected for all lags of all rows"}
#:   - {name: n, type: integer, unit: "pairs of years"}
#: order: [corrected, p, artefact, lag]
#: reading: >
#:   Report either sign, and nothing where no corrected p is small. Fewer than ten years prove nothing, and neither do
#:   fewer dependents than the least: a lead from two of them is none. Adoption is what is stated to need it: private
#:   use is not seen.
#: since: "0.2"
"""Feedback: contributions and adoption."""

from __future__ import annotations

import collections
from typing import Any, Final

from ..graph.wording import counted, listed
from ..measures.chance import holm
from ..measures.feedback import granger, lags
from .view import Found, Measure, Row, View

__all__ = ["answer"]

_CHANCE: Final = 0.05


def answer(view: View, artefact: str, least: int) -> Found:
    """One row per lag, of one framework or of each whose dependents are enough."""
    began = _began(view)
    dependents: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("DEPENDS_ON"):
        if row["source_kind"] in {"Framework", "Model"}:
            dependents[row["target"]].add(row["source"])
    every = (
        [artefact]
        if artefact
        else sorted(t for t in dependents if view.kinds.get(t) == "Framework")
    )
    series = {
        a: _Series(_outside(view, a), [began[d] for d in dependents[a] if d in began], view)
        for a in every
    }
    enough = {a: s for a, s in series.items() if s.events >= least}
    rows = [row for a, s in enough.items() for row in s.rows(view, a)]
    for row, corrected in zip(rows, holm([r["p"] for r in rows]), strict=True):
        row["corrected"] = corrected
    rows.sort(key=lambda r: (r["corrected"], r["p"], r["artefact"], r["lag"]))
    if not artefact:
        return Found(
            rows, _of_all(rows, len(enough), least), (), (_left_out(len(series) - len(enough)),)
        )
    one, name = series[artefact], view.name(artefact)
    undated = sum(d not in began for d in dependents[artefact])
    unknown = [f"{undated} of {len(dependents[artefact])} dependents have no known year"]
    if not one.work:
        unknown.append(f"who worked on {name} in which year is not known")
    n, ways = len(one.years), (("work leads", one.values), ("adoption leads", one.values[::-1]))
    measures = tuple(
        Measure(f"Granger p, {way}", granger(*values), "probability", n=n)
        for way, values in ways
        if rows
    )
    return Found(rows, _of_one(name, one, rows, least), measures, tuple(unknown))


class _Series:
    """Work from outside and adoption of one framework, by calendar year."""

    def __init__(self, work: dict[int, int], adopted: list[int], view: View) -> None:
        self.work = work
        self.years = range(min(work), min(max(work), view.as_of.year - 1) + 1) if work else range(0)
        counts = collections.Counter(y for y in adopted if y in self.years)
        self.events = sum(counts.values())
        self.values = (
            [float(work.get(y, 0)) for y in self.years],
            [float(counts[y]) for y in self.years],
        )

    def rows(self, view: View, artefact: str) -> list[dict[str, Any]]:
        """A row per lag that can be computed."""
        return [
            {
                "artefact": artefact,
                "artefact_name": view.name(artefact),
                "events": self.events,
                "lag": lag.lag,
                "r": lag.r,
                "p": lag.p,
                "corrected": lag.p,
                "n": lag.n,
            }
            for lag in lags(*self.values)
        ]


def _left_out(number: int) -> str:
    return f"{counted(number, 'framework')} with too few dated dependents or no work by year were left out"


def _of_all(rows: list[dict[str, Any]], tried: int, least: int) -> str:
    if not rows:
        return f"No framework has {least} dated dependents or more beside counted years: nothing can be compared."
    shown = {str(r["artefact"]): r for r in reversed(rows) if r["corrected"] < _CHANCE}
    of = counted(tried, "framework")
    if not shown:
        nearest = f"nearest: {rows[0]['artefact_name']}, p = {rows[0]['corrected']:.2g}"
        return (
            f"Over {of} nothing is shown: outside work neither leads adoption nor follows it, once corrected for "
            f"{len(rows)} comparisons ({nearest})."
        )
    ways = [f"on {r['artefact_name']} it {_way(r)}" for r in shown.values()]
    return f"Of {of}, outside work goes with adoption beyond chance for {len(ways)}: {listed(ways[::-1], 3)}."


def _of_one(name: str, one: _Series, rows: list[dict[str, Any]], least: int) -> str:
    if not one.work or not one.events:
        return f"Too little is dated to compare work on {name} with its adoption."
    if one.events < least:
        seen = counted(one.events, "dependent")
        return f"Only {seen} of {name} appeared in its counted years: too few to say what leads (least {least})."
    if not rows:
        return f"{len(one.years)} years are too few to compare work on {name} with its adoption."
    best = rows[0]
    if best["corrected"] >= _CHANCE:
        lag = f"the best lag ({best['lag']}) has p = {best['corrected']:.2g}, corrected for {len(rows)} lags"
        return f"Nothing is shown over {len(one.years)} years and {one.events} dependents: {lag}."
    return f"Outside work on {name} {_way(best)}."


def _way(row: Row) -> str:
    """`leads adoption by 1 year (r = 0.9, p = 0.001, corrected, 12 pairs of years)`."""
    years = counted(abs(row["lag"]), "year")
    way = (
        "moves with adoption"
        if not row["lag"]
        else f"{'leads' if row['lag'] > 0 else 'follows'} adoption by {years}"
    )
    opposite = ", the opposite way" if row["r"] < 0 else ""
    return f"{way}{opposite} (r = {row['r']:.2g}, p = {row['corrected']:.2g}, corrected, {row['n']} pairs of years)"


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
