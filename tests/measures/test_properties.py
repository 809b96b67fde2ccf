"""Properties of the measures: bounds, order, symmetry, renaming, splitting; brute force as the reference."""

from __future__ import annotations

import itertools
from fractions import Fraction

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stackholder.measures.careers import corridors, hiring, movers
from stackholder.measures.exit_impact import left_behind
from stackholder.measures.feedback import granger, lags
from stackholder.measures.reach import reaches
from stackholder.measures.routes import Route, disjoint, funnel, substitutability
from stackholder.measures.trend import interrupted

ROUTES = st.lists(
    st.builds(
        Route,
        st.sampled_from("xyz"),
        st.sampled_from("mno"),
        st.sampled_from([Fraction(1, 5), Fraction(1, 2), 1]),
    ),
    max_size=7,
)
EDGES = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=9)


# ------------------------------------------------------------------ routes


@given(ROUTES)
def test_disjoint_routes_are_a_maximum_matching(routes: list[Route]) -> None:
    pairs = {(r.operator, r.maker) for r in routes}
    best = max(
        (
            size
            for size in range(len(pairs) + 1)
            for some in itertools.combinations(sorted(pairs), size)
            if len({o for o, _ in some}) == len({m for _, m in some}) == size
        ),
        default=0,
    )
    found = substitutability(routes)
    assert disjoint(routes) == best <= min(found.operators, found.makers) or not routes


@given(ROUTES, ROUTES)
def test_funnels_lie_within_bounds_and_names_do_not_matter(
    routes: list[Route], others: list[Route]
) -> None:
    found = funnel("x", routes, others)
    for value in (found.share, found.base, found.p):
        assert value is None or 0 <= value <= 1
    swap = str.maketrans("xyz", "zxy")
    renamed = [
        [Route(r.operator.translate(swap), r.maker, r.weight) for r in some]
        for some in (routes, others)
    ]
    assert funnel("z", *renamed) == found
    split = [Route(r.operator, r.maker, Fraction(r.weight) / 2) for r in routes for _ in range(2)]
    assert funnel("x", split, others).share == found.share, "two halves of a route are the route"


@given(ROUTES)
def test_lock_in_lies_within_bounds(routes: list[Route]) -> None:
    found = substitutability(routes)
    if routes:
        assert found.lock_in is not None
        assert found.effective_makers is not None
        assert 0 <= found.lock_in <= 1
        assert 1 <= found.effective_makers <= found.makers


# ------------------------------------------------------------------ reach


@given(EDGES)
def test_reach_is_the_number_of_ancestors(edges: list[tuple[str, str]]) -> None:
    graph = nx.DiGraph(edges)
    graph.add_nodes_from("abcde")
    wanted = {artefact: len(nx.ancestors(graph, artefact) - {artefact}) for artefact in "abcde"}
    assert reaches(edges, "abcde") == wanted


# ------------------------------------------------------------------ people


def history(*rows: tuple[str, str, str, str | None, int]) -> pd.DataFrame:
    names = ["person", "project", "month", "organisation", "commits"]
    frame = pd.DataFrame(list(rows), columns=names)
    return frame.assign(mirror=False, reviews=0, security_fixes=0)


def test_a_withdrawal_orphans_where_the_absence_factor_falls_below_half() -> None:
    done = history(
        *((f"p{i}", "f", "2025-05", "firm", 10) for i in range(6)),
        ("q", "f", "2025-06", None, 10),
        ("r", "g", "2025-06", "firm", 1),
        *((f"s{i}", "g", "2025-06", "other", 10) for i in range(3)),
        ("old", "g", "2020-01", "firm", 1000),
    )
    found = left_behind(done, {"firm"})
    assert (found["f"].before, found["f"].after, found["f"].orphaned) == (4, 1, True)
    assert found["f"].unknown == pytest.approx(1 / 7)
    assert not found["g"].orphaned, "work older than a year does not count"
    assert left_behind(done, {"nobody"}) == {}


def test_whoever_is_hired_within_the_window_counts_once() -> None:
    rows = [("a", "f", "2020-01", "out", 1), ("a", "f", "2021-01", "firm", 1)]  # hired after a year
    rows += [("b", "f", "2020-01", None, 1), ("b", "g", "2023-01", "firm", 1)]  # hired too late
    rows += [("c", "f", "2020-01", "firm", 1)]  # inside from the start
    rows += [("d", "f", "2025-12", "out", 1)]  # not watched long enough
    rows += [(f"e{i}", "f", "2020-01", "out", 1) for i in range(10)]
    rows += [(f"x{i}", "g", "2020-01", "out", 1) for i in range(20)]
    rows += [("x0", "g", "2020-06", "firm", 1)]
    found = hiring(history(*rows), "f", {"firm"}, 24, "2026-06")
    assert (found.hired, found.watched, found.censored) == (1, 12, 1)
    assert (found.hired_else, found.watched_else) == (1, 20)
    assert found.unknown == pytest.approx(1 / 12)
    assert found.flow.ratio == pytest.approx((1 / 12) / (1 / 20))
    assert movers(history(*rows)) == 3


def test_corridors_lead_from_projects_and_employers_to_an_employer() -> None:
    rows = [("a", "f", "2019-01", "out", 1), ("a", "g", "2020-01", "firm", 1)]
    rows += [("b", "f", "2020-05", None, 1), ("b", "f", "2021-05", "firm-sub", 1)]
    rows += [("c", "g", "2019-01", "firm", 1), ("c", "f", "2022-01", "firm", 1)]
    found = corridors(history(*rows), {"firm", "firm-sub"}, {"out": "parent"})
    told = {(c.kind, c.entity, c.people, c.first, c.last) for c in found}
    assert told == {("project", "f", 2, 2020, 2021), ("employer", "parent", 1, 2020, 2020)}
    assert next(c for c in found if c.kind == "project").per_year == 1.0


# ------------------------------------------------------------------ series


def test_a_series_that_follows_another_is_found_at_its_lag() -> None:
    chance = np.random.default_rng(1)
    first = np.cumsum(chance.normal(size=30))
    second = np.concatenate([[0.0, 0.0], first[:-2]])
    best = min(lags(list(first), list(second)), key=lambda lag: lag.p)
    assert (best.lag, round(best.r, 6)) == (2, 1.0)
    one_later = np.concatenate([[0.0], first[:-1]]) + chance.normal(scale=0.01, size=30)
    p = granger(list(first), list(one_later))
    assert p is not None
    assert p < 1e-6
    other = granger(list(one_later), list(first))
    assert other is not None
    assert other > 0.01


def test_short_or_flat_series_say_nothing() -> None:
    assert lags([1, 2, 3], [1, 2, 3]) == []
    assert lags([1.0] * 12, list(range(12))) == []
    assert granger(list(range(8)), list(range(8))) is None


def test_a_break_is_measured_beside_its_comparison() -> None:
    jump = [1.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 3.0]
    found = interrupted(jump, 4)
    assert found is not None
    assert (found.level, found.p, found.before, found.after) == (2.0, Fraction(1, 5), 4, 4)
    same = interrupted(jump, 4, jump)
    assert same is not None
    assert same.level == 0
    assert interrupted(jump[:3], 1) is None
    assert interrupted(jump, 1) is None
