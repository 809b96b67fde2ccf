"""Whose work a project was, year by year, with the interval that unknown employers leave."""

from __future__ import annotations

import collections
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Final

from .canvas import MARGIN, Canvas, cut, number
from .subjects import Share, Year, Years

__all__ = ["concentration_picture"]

_WIDTH: Final = 920.0
_LEFT: Final = MARGIN + 46
_RIGHT: Final = 240.0
_SHARES: Final = 240.0
_FACTOR: Final = 120.0
_COVERAGE: Final = 60.0
_EMPLOYERS: Final = 4
_NOTES: Final = (
    "Line: commits known to be the employer's own. Band, of the largest only: up to all commits of unknown employer. "
    "No line: nothing is known, or a share too small for the counts to list.",
)

Across = Callable[[int], float]


def concentration_picture(years: Years) -> str:
    """SVG with three panels over one axis of years: shares, elephant factor, known part of the commits.

    Raises:
        ValueError: There is no year at all.
    """
    if not years.years:
        raise ValueError("no year to draw")
    canvas = Canvas(_WIDTH, years.title, _NOTES)
    first, last = years.years[0].year, years.years[-1].year
    step = (_WIDTH - _LEFT - _RIGHT) / (last - first + 1)

    def across(year: int) -> float:
        return _LEFT + (year - first + 0.5) * step

    y = _shares(canvas, years.years, across, canvas.top + 16)
    y = _factors(canvas, years.years, across, y + 34)
    y = _coverage(canvas, years.years, across, y + 46)
    every = max(1, math.ceil(38 / step))
    for year in range(first, last + 1):
        canvas.line(across(year), y, across(year), y + 4, "axis")
        if (last - year) % every == 0:
            canvas.text(across(year), y + 17, str(year), size=11.0, anchor="middle")
    canvas.text(_WIDTH - _RIGHT + 10, y + 17, "year (UTC)", size=11.0, style="soft")
    return canvas.svg(y + 26, years.source, years.as_of)


def _axis(
    canvas: Canvas,
    top: float,
    height: float,
    title: str,
    ticks: Sequence[tuple[float, str]],
    lift: float = 9.0,
) -> None:
    """A title, lines across, and their values on the left; a tick is its part of the height and its text."""
    canvas.text(MARGIN, top - lift, title, size=11.5, bold=True)
    for part, words in ticks:
        y = top + height * (1 - part)
        canvas.line(_LEFT, y, _WIDTH - _RIGHT, y, "axis" if part == 0 else "grid")
        canvas.text(_LEFT - 7, y + 4, words, size=10.5, anchor="end", style="soft")


def _shares(canvas: Canvas, years: Sequence[Year], across: Across, top: float) -> float:
    height = _SHARES
    ticks = [(p / 100, f"{p}") for p in (0, 25, 50, 75, 100)]
    _axis(canvas, top, height, "Share of the commits by employer, %", ticks)

    def up(share: float) -> float:
        return top + height * (1 - share)

    names = _largest(years)
    leader = names[0] if names else ""
    lines = [(y.year, s) for y in years for s in y.shares if s.name == leader]
    for run in _runs(lines):
        _band(canvas, run, across, up)
    ends: list[tuple[float, int, str, bool]] = []
    for rank, name in enumerate(names):
        points = [(y.year, s) for y in years for s in y.shares if s.name == name]
        for run in _runs(points):
            _curve(canvas, [(across(y), up(s.low)) for y, s in run], rank)
        year, share = points[-1]
        ends.append((up(share.low), rank, name, year == years[-1].year))
    _names(canvas, ends, top, top + height)
    return top + height


def _largest(years: Sequence[Year]) -> list[str]:
    """The employers with the most known commits over all years."""
    total: dict[str, float] = collections.defaultdict(float)
    for year in years:
        for share in year.shares:
            total[share.name] += share.low * year.commits
    return sorted(total, key=lambda n: (-total[n], n))[:_EMPLOYERS]


def _runs(points: Sequence[tuple[int, Share]]) -> list[list[tuple[int, Share]]]:
    """Years without a gap: where an employer is not listed, nothing is drawn."""
    runs: list[list[tuple[int, Share]]] = []
    for year, share in points:
        if runs and runs[-1][-1][0] == year - 1:
            runs[-1].append((year, share))
        else:
            runs.append([(year, share)])
    return runs


def _band(
    canvas: Canvas,
    run: Sequence[tuple[int, Share]],
    across: Across,
    up: Callable[[float], float],
) -> None:
    half = (across(1) - across(0)) * 0.3 if len(run) == 1 else 0.0
    upper = [(across(y), up(s.high)) for y, s in run]
    lower = [(across(y), up(s.low)) for y, s in run]
    if half:
        upper = [(upper[0][0] - half, upper[0][1]), (upper[0][0] + half, upper[0][1])]
        lower = [(lower[0][0] - half, lower[0][1]), (lower[0][0] + half, lower[0][1])]
    shape = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in [*upper, *reversed(lower)])
    years = f"{run[0][0]}–{run[-1][0]}" if len(run) > 1 else str(run[0][0])
    canvas.path(f"{shape}Z", "band", about=f"{run[0][1].name}, {years}: known to possible share")


def _curve(canvas: Canvas, points: Sequence[tuple[float, float]], rank: int) -> None:
    for (x, y), (x2, y2) in itertools.pairwise(points):
        canvas.line(x, y, x2, y2, f"curve curve-{rank}")
    for x, y in points:
        _mark(canvas, x, y, rank)


def _mark(canvas: Canvas, x: float, y: float, rank: int) -> None:
    """A disc, square, triangle or diamond: employers differ by mark and dash, not by colour."""
    shapes = (
        f"M{number(x - 3.6)} {number(y)}a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0Z",
        f"M{number(x - 3.2)} {number(y - 3.2)}h6.4v6.4h-6.4Z",
        f"M{number(x)} {number(y - 4.2)}l4 7h-8Z",
        f"M{number(x)} {number(y - 4.4)}l4.4 4.4l-4.4 4.4l-4.4 -4.4Z",
    )
    canvas.path(shapes[rank], "mark")


def _names(
    canvas: Canvas, ends: Sequence[tuple[float, int, str, bool]], top: float, bottom: float
) -> None:
    """The employers at the right, near their last value, at least a line apart; a hair leads to a last year's."""
    y = top
    placed = []
    for wish, rank, name, lasts in sorted(ends):
        y = max(wish, y)
        placed.append((y, wish, rank, name, lasts))
        y += 17
    over = max(0.0, y - 17 - bottom)
    x = _WIDTH - _RIGHT + 12
    for height, wish, rank, name, lasts in placed:
        spot = height - over
        if lasts:
            canvas.line(_WIDTH - _RIGHT, wish, x + 4, spot, "grid")
        _mark(canvas, x + 10, spot, rank)
        canvas.text(x + 20, spot + 4, cut(name, 11.0, _RIGHT - MARGIN - 26), size=11.0)


def _factors(canvas: Canvas, years: Sequence[Year], across: Across, top: float) -> float:
    factors = [(y.year, y.elephant) for y in years if y.elephant is not None]
    most = max((high for _, (_, high) in factors), default=1)
    scale = next(s for s in (2, 4, 5, 10, 20, 50, 100, 1000, 10**6) if s >= most)
    ticks = [(0.0, "0"), (0.5, f"{scale / 2:g}"), (1.0, str(scale))]
    _axis(
        canvas, top, _FACTOR, "Elephant factor: employers that together do half of the work", ticks
    )
    for year, (low, high) in factors:
        x = across(year)
        y, y2 = (top + _FACTOR * (1 - v / scale) for v in (low, high))
        if low == high:
            _mark(canvas, x, y, 0)
        else:
            canvas.line(x, y, x, y2, "curve")
            for end in (y, y2):
                canvas.line(x - 5, end, x + 5, end, "curve")
    x = _WIDTH - _RIGHT + 10
    for step, words in enumerate(
        ("bar: every value that the", "unknown commits allow", "disc: they change nothing")
    ):
        canvas.text(x, top + 22 + 15 * step, words, size=10.5, style="soft")
    return top + _FACTOR


def _coverage(canvas: Canvas, years: Sequence[Year], across: Across, top: float) -> float:
    ticks = [(0.0, "0"), (0.5, "50"), (1.0, "100")]
    _axis(canvas, top, _COVERAGE, "Commits with a known employer, %", ticks, 20.0)
    step = across(1) - across(0)
    every = max(1, math.ceil(30 / step))
    last = years[-1].year
    for year in years:
        x, tall = across(year.year), _COVERAGE * year.coverage
        wide = min(22.0, step * 0.6)
        shape = f"M{number(x - wide / 2)} {number(top + _COVERAGE)}v{number(-tall)}h{number(wide)}v{number(tall)}Z"
        canvas.path(
            shape, "mark", about=f"{year.year}: {year.coverage:.0%} of {year.commits:,} commits"
        )
        if (last - year.year) % every == 0:
            canvas.text(
                x,
                top + _COVERAGE - tall - 4,
                f"{100 * year.coverage:.0f}",
                size=10.0,
                anchor="middle",
            )
    x = _WIDTH - _RIGHT + 10
    total = sum(y.commits for y in years)
    for row, words in enumerate(
        (f"of {total:,} commits", "below 70 %, only the", "interval means anything")
    ):
        canvas.text(x, top + 12 + 15 * row, words, size=10.5, style="soft")
    return top + _COVERAGE
