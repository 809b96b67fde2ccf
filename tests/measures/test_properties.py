"""Properties of the measures: bounds, order, symmetry, renaming, splitting; brute force as the reference."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from stackholder.measures.careers import corridors, hiring, movers
from stackholder.measures.exit_impact import left_behind
from stackholder.measures.exposure import exposure, synergy
from stackholder.measures.feedback import granger, lags
from stackholder.measures.reach import reach, reaches
from stackholder.measures.routes import Route, disjoint, funnel, substitutability
from stackholder.measures.stability import _tau, stability
from stackholder.measures.trend import interrupted
from stackholder.state.paths import Web, changed_paths, combined
from stackholder.state.steering import steering

THINGS = "abcdefgh"
NEEDS = st.dictionaries(
    st.sampled_from(THINGS[:5]),
    st.lists(st.sets(st.sampled_from(THINGS), min_size=1, max_size=3), max_size=3),
    max_size=5,
)
GONE = st.sets(st.sampled_from(THINGS), max_size=4)
ROUTES = st.lists(
    st.builds(
        Route,
        st.sampled_from("xyz"),
        st.sampled_from("mno"),
        st.sampled_from([Fraction(1, 5), Fraction(1, 2), 1]),
    ),
    max_size=7,
)
EDGES = st.lists(
    st.tuples(
        st.sampled_from("abcde"), st.sampled_from("abcde"), st.sampled_from([0.1, 0.5, 0.9, 1.0])
    ),
    max_size=9,
)


def web(edges: list[tuple[str, str, float]], channel: str = "V") -> Web:
    rows = [
        {
            "source": s,
            "target": t,
            "key": f"{i}",
            "channel": channel,
            "strength": w,
            "confidence": 1.0,
            "status": "current",
        }
        for i, (s, t, w) in enumerate(edges)
        if s != t
    ]
    names = ("source", "target", "key", "channel", "status")
    layout = pa.schema(
        [
            *((n, pa.string()) for n in names),
            ("strength", pa.float64()),
            ("confidence", pa.float64()),
        ]
    )
    return Web(pa.Table.from_pylist(rows, schema=layout))


# ------------------------------------------------------------------ exposure


@given(NEEDS, GONE, GONE)
def test_synergy_is_symmetric_and_stating_a_need_twice_changes_nothing(
    needs: dict[str, list[set[str]]], one: set[str], other: set[str]
) -> None:
    assert synergy(needs, one, other) == synergy(needs, other, one)
    twice = {a: [*groups, *groups] for a, groups in needs.items()}
    assert exposure(twice, one) == exposure(needs, one)


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
    for value in (found.share, found.base, found.base_without, found.p):
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


# ------------------------------------------------------------------ paths and steering


@given(EDGES)
def test_steering_is_the_best_path_of_four_hops(edges: list[tuple[str, str, float]]) -> None:
    known = web(edges)
    graph = nx.MultiDiGraph([(s, t, {"w": w}) for s, t, w in edges if s != t])
    best: dict[str, float] = {}
    for start in set(graph) - {"a"}:
        for path in nx.all_simple_edge_paths(graph, start, "a", cutoff=4) if "a" in graph else ():
            product = float(np.prod([graph.edges[e]["w"] for e in path]))
            best[start] = max(best.get(start, 0.0), product)
    found = {s.group: s.power for s in steering(known, "a", "bcde", {})}
    assert found == pytest.approx(best)
    merged = {s.group: s.power for s in steering(known, "a", "bcde", {"b": "g", "c": "g"})}
    assert merged.get("g", 0.0) == pytest.approx(max(best.get("b", 0.0), best.get("c", 0.0)))


@given(EDGES)
def test_paths_together_lie_between_the_best_and_one(edges: list[tuple[str, str, float]]) -> None:
    either, flow = combined(web(edges), "a", "b")
    assert 0 <= either <= 1
    assert 0 <= flow <= 1
    assert (either > 0) == (flow > 0)


@given(EDGES, st.integers(0, 8))
def test_the_paths_that_open_are_those_over_the_new_edge(
    edges: list[tuple[str, str, float]], place: int
) -> None:
    after = web(edges)
    before = Web(after.table.filter(pa.compute.not_equal(after.table["key"], str(place))))
    closed, opened = changed_paths(before, after)
    assert closed == []
    graph = nx.MultiDiGraph()
    for i, (s, t, _) in enumerate(edges):
        if s != t:
            graph.add_edge(s, t, key=str(i))
    wanted = {
        tuple(k for _, _, k in path)
        for start in graph
        for end in graph
        if start != end
        for path in nx.all_simple_edge_paths(graph, start, end, cutoff=3)
        if str(place) in {k for _, _, k in path}
    }
    assert {tuple(h.key for h in p.hops) for p in opened} == wanted
    assert len(opened) == len(wanted)


@given(st.lists(st.tuples(st.floats(0.01, 1), st.sampled_from(["V", "G", "VG", "I"])), max_size=8))
def test_a_ranking_within_one_channel_is_stable(paths: list[tuple[float, str]]) -> None:
    found = stability(paths)
    if found is None:
        assert len({round(p, 12) for p, _ in paths}) < 2
        return
    assert -1 <= found.tau <= 1
    small = [(p / 2, "V") for p, _ in paths]
    one = stability(small)
    assert one is None or (one.first_stays and one.tau == pytest.approx(1.0))


def test_a_ranking_that_another_strength_turns_round_says_so() -> None:
    found = stability([(0.5, "V"), (0.4, "G")])
    assert found is not None
    assert not found.first_stays
    assert found.tau == -1


# ------------------------------------------------------------------ reach


@given(EDGES)
def test_reach_of_many_is_the_reach_of_each(edges: list[tuple[str, str, float]]) -> None:
    pairs = [(s, t) for s, t, _ in edges]
    every = reaches(pairs, "abcde")
    graph = nx.DiGraph(pairs)
    for artefact in "abcde":
        assert every[artefact] == reach(pairs, artefact).total
        wanted = len(nx.ancestors(graph, artefact) - {artefact}) if artefact in graph else 0
        assert every[artefact] == wanted


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


_RANKED = st.integers(-3, 3).map(float)


@given(st.lists(st.tuples(_RANKED, _RANKED), min_size=2, max_size=30))
def test_tau_is_what_scipy_says(pairs: list[tuple[float, float]]) -> None:
    first, second = ([p[i] for p in pairs] for i in (0, 1))
    wanted = float(scipy.stats.kendalltau(first, second).statistic)
    assert _tau(first, second) == pytest.approx(1.0 if math.isnan(wanted) else wanted)
