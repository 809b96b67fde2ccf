"""Measures meet the worked numbers of `tests/data/worked_examples.json`, exactly where those are fractions."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loading import load
from real import real
from stackholder.measures.chokepoints import betweenness, dominators, minimum_cut, minimum_cuts
from stackholder.measures.composite import control_surplus, mean_power, seat_price
from stackholder.measures.concentration import (
    concentration,
    dominance,
    dominance_threshold,
    elephant_factor,
    elephant_interval,
    herfindahl,
)
from stackholder.measures.duties import duty_coverage
from stackholder.measures.exposure import exposure, synergies, synergy
from stackholder.measures.integrated import ClosedGroup, control_matrix, holdings
from stackholder.measures.majority import Stake, majority_control
from stackholder.measures.openness import Part, openness
from stackholder.measures.power import banzhaf, network_power, sampled_shapley, shapley
from stackholder.measures.reach import reach
from stackholder.measures.routes import Route, funnel, substitutability
from stackholder.measures.talent import talent_flow
from stackholder.measures.trend import trend
from stackholder.state.paths import Web, best_paths, combined

TOLD: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "worked_examples.json").read_text()
)


def fractions(told: dict[str, str]) -> dict[str, Fraction]:
    return {name: Fraction(value) for name, value in told.items()}


# ------------------------------------------------------------------ paths, majority, power


def web(*edges: tuple[str, str, float]) -> Web:
    rows = [
        {
            "source": s,
            "target": t,
            "key": f"{s}{t}",
            "channel": "V",
            "strength": w,
            "confidence": 1.0,
            "status": "current",
        }
        for s, t, w in edges
    ]
    return Web(pa.Table.from_pylist(rows))


def test_paths_are_read_one_by_one_and_together() -> None:
    told = TOLD["a"]
    edges = web(("X", "F", 0.9), ("F", "A", 0.5), ("X", "P", 1.0), ("P", "A", 0.8))
    found = {
        ">".join([p.hops[0].source, *(h.target for h in p.hops)]): p
        for p in best_paths(edges, "X", ["A"])
    }
    assert {n: pytest.approx(p.product) for n, p in found.items()} == told["product"]
    assert {n: pytest.approx(p.bottleneck) for n, p in found.items()} == told["bottleneck"]
    either, flow = combined(edges, "X", "A")
    assert either == pytest.approx(told["noisy_or"])
    assert flow == pytest.approx(min(1.0, told["max_flow"]))


def test_paths_that_share_an_edge_are_not_combined() -> None:
    shared = web(("X", "M", 0.5), ("M", "A", 0.5), ("M", "B", 0.9), ("B", "A", 0.9))
    either, flow = combined(shared, "X", "A")
    assert either == pytest.approx(0.5 * 0.81), "the edge from X counts once"
    assert flow == pytest.approx(0.5)
    assert combined(shared, "A", "X") == (0.0, 0.0)


STAKES_OF_B = [
    ("A", "B", 0.6),
    ("A", "C", 0.3),
    ("B", "C", 0.25),
    ("C", "D", 0.4),
    ("B", "D", 0.15),
    ("E", "D", 0.45),
]


def controlled(
    stakes: list[tuple[str, str, float]], *threshold: float, inclusive: bool = False
) -> dict[str, list[str]]:
    pairs = majority_control([Stake(*s) for s in stakes], *threshold, inclusive=inclusive)
    return {
        who: sorted(p.controlled for p in pairs if p.controller == who and p.sure)
        for who in {s[0] for s in stakes} | {s[1] for s in stakes}
    }


def test_majority_control_at_every_threshold() -> None:
    told = TOLD["b"]
    assert controlled(STAKES_OF_B) == told["control"]
    assert controlled(STAKES_OF_B, 0.25) == told["thr25_strict"]
    assert controlled(STAKES_OF_B, 0.25, inclusive=True) == told["thr25_inclusive"]
    for case in (told["exactly_half"], told["mutual"]):
        own = [(*pair.split(">"), share) for pair, share in case["own"].items()]
        found = controlled(own)  # type: ignore[arg-type]
        assert {who: found[who] for who in case["control"]} == case["control"]
    exact = [(o, d, Fraction(str(w))) for o, d, w in STAKES_OF_B]
    assert holdings(exact).share("A", "D") == Fraction(str(told["integrated_A_D"]))


GAMES = {n: g for n, g in TOLD["d"].items() if "weights" in g}


@pytest.mark.parametrize("game", GAMES.values(), ids=list(GAMES))
def test_power_is_exact(game: dict[str, Any]) -> None:
    votes, quota = game["weights"], game["quota"]
    assert shapley(votes, quota) == [Fraction(x) for x in game["shapley"]]
    assert banzhaf(votes, quota) == [Fraction(x) for x in game["banzhaf_norm"]]
    absolute = banzhaf(votes, quota, normalised=False)
    assert absolute == [Fraction(x) for x in game["banzhaf_abs"]]
    assert Fraction(votes[0], sum(votes)) == Fraction(game["seat_share_top"])
    for exact, sample in zip(
        shapley(votes, quota), sampled_shapley(votes, quota, orders=4000), strict=True
    ):
        assert sample.low - 0.02 <= exact <= sample.high + 0.02, "sampling comes near"


@pytest.mark.parametrize(
    ("name", "votes", "quota"),
    [("[7;6,1x6]", [6, *[1] * 6], 7), ("[6;4,1x6]", [4, *[1] * 6], 6), ("[4;1x7]", [1] * 7, 4)],
)
def test_power_of_meta_with_intel_at_the_table(name: str, votes: list[int], quota: int) -> None:
    assert shapley(votes, quota)[0] == Fraction(TOLD["d"]["founders_and_intel"][name])


def test_network_power_follows_who_is_pivotal() -> None:
    told = TOLD["d"]["NPI R->Y via X"]
    shares = {
        "X": {"R": Fraction(3, 5), "Q": Fraction(2, 5)},
        "Y": {"X": Fraction(1, 2), "S": Fraction(3, 10), "T": Fraction(1, 5)},
    }
    found = network_power(shares)
    assert found["Y"]["R"] == Fraction(told["NPI"])
    assert sum(found["Y"].values()) == 1
    owned = holdings([("R", "X", Fraction(3, 5)), ("X", "Y", Fraction(1, 2))])
    assert float(owned.share("R", "Y")) == told["integrated_ownership"]
    ring = network_power({"F": {"G": Fraction(1)}, "G": {"F": Fraction(1)}})
    assert ring == {"F": {}, "G": {}}, "in a circle power is nobody's"


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6), st.integers(1, 20))
def test_power_against_brute_force(votes: list[int], quota: int) -> None:
    if quota > sum(votes):
        with pytest.raises(ValueError, match="undefined"):
            banzhaf(votes, quota)
        return
    swings = [
        sum(
            sum(votes[j] for j in some) < quota <= sum(votes[j] for j in some) + votes[i]
            for size in range(len(votes))
            for some in itertools.combinations([j for j in range(len(votes)) if j != i], size)
        )
        for i in range(len(votes))
    ]
    assert banzhaf(votes, quota) == [Fraction(s, sum(swings)) for s in swings]
    assert sum(shapley(votes, quota)) == 1


# ------------------------------------------------------------------ concentration

CHAOSS = [1000, 433, 343, 332, 202, 90, 42, 33]


def test_concentration_of_the_chaoss_example() -> None:
    told, found = TOLD["e"], concentration(CHAOSS)
    assert (found.total, found.elephant, found.dominant) == (told["total"], told["EF"], "no")
    assert found.top_share == pytest.approx(told["top_share"], abs=5e-6)
    assert found.herfindahl == pytest.approx(told["HHI"], abs=5e-6)
    assert found.herfindahl is not None
    assert found.herfindahl * 10_000 == pytest.approx(told["HHI_10000"], abs=0.05)
    assert found.gini == pytest.approx(told["gini"], abs=5e-6)
    assert found.effective == pytest.approx(told["eff_n"], abs=5e-5)
    first, second = (Fraction(c, sum(CHAOSS)) for c in CHAOSS[:2])
    assert float(dominance_threshold(first, second)) == pytest.approx(
        told["MSS_threshold"], abs=5e-6
    )
    other = told["MSS s1=.45,s2=.20"]
    assert float(dominance_threshold(Fraction(45, 100), Fraction(20, 100))) == other["threshold"]
    assert (dominance([45, 20, *[1] * 35]) == "yes") is other["dominant"]


def test_the_elephant_factor_of_equals_is_half_of_them() -> None:
    assert elephant_factor([10] * 10) == 5
    assert elephant_factor(CHAOSS[::-1]) == 2


def test_an_unknown_part_widens_every_measure() -> None:
    told = TOLD["e"]["unknown"]
    found = concentration([40, 15, 15], [1] * 30)
    assert list(found.herfindahl_interval or ()) == pytest.approx(told["HHI"])
    assert list(found.top_share_interval or ()) == pytest.approx(told["top_share"])
    bounds = found.elephant_interval
    assert bounds is not None
    assert list(elephant_interval([40, 15, 15], [15, 15]) or ()) == told["EF"]
    assert herfindahl([40, 15, 15]) == pytest.approx(told["HHI_known_only"], abs=5e-6), (
        "what dropping would give"
    )


# ------------------------------------------------------------------ openness


@pytest.mark.parametrize("name", ["OLMo-7B", "Mistral-7B-Instruct-v0.1", "Llama-3-8B-Instruct"])
def test_openness_of_the_stored_entries(name: str, tmp_path: Path) -> None:
    told = TOLD["j"][name]
    loaded = load(tmp_path, "openness_tool", real("openness", "models", f"{name}.yml"))
    called = {r["id"]: r["aliases"][0] for r in loaded.rows("Norm")}
    states: dict[str, Part] = {
        "yes": "open",
        "partial": "available",
        "unknown": "unknown",
        "no": "absent",
    }
    found = openness({called[r["target"]]: states[r["result"]] for r in loaded.rows("SATISFIES")})
    assert found.openness_class == told["class"]
    if "K" in told:
        shares = (found.open.code, found.open.weights, found.open.data, found.open.gap)
        assert shares == tuple(Fraction(told[n]) for n in ("K", "Wt", "Dt", "PG"))
    else:
        for own, wanted in ((found.open, told["open"]), (found.available, told["available"])):
            assert (own.code, own.weights, own.data) == tuple(Fraction(x) for x in wanted)


def test_no_number_of_the_file_is_left_out() -> None:
    """Every key of the file is read by a test above or below."""
    text = Path(__file__).read_text(encoding="utf-8")
    for key in TOLD:
        assert f'TOLD["{key}"]' in text, key


# ------------------------------------------------------------------ integrated ownership

STAKES = [("P", "X", Fraction(3, 5)), ("X", "Y", Fraction(1, 2)), ("Y", "X", Fraction(1, 5))]


def test_integrated_ownership_is_corrected_for_circles() -> None:
    told = TOLD["c"]
    found = holdings(STAKES)
    for pair, value in fractions(told["baldone"]).items():
        assert found.share(*pair.split(">")) == value, pair
    [(pair, value)] = fractions(told["uncorrected"]).items()
    row, column = (found.names.index(n) for n in pair.split(">"))
    assert found.uncorrected[row][column] == value
    assert found.network_value(told["value"]) == fractions(told["network_value_LM"])
    relative = holdings(control_matrix(STAKES, "relative"))
    assert relative.network_value(told["value"]) == fractions(told["network_control_RM"])
    whole = found.integrated_value(told["value"])
    assert {n: whole[n] for n in told["integrated_value"]} == fractions(told["integrated_value"])


def test_a_closed_group_has_no_shares() -> None:
    ring = [("F", "G", Fraction(3, 5)), ("G", "F", Fraction(3, 5))]
    assert holdings(ring).share("F", "G") > Fraction(1, 2)
    with pytest.raises(ClosedGroup):
        holdings(control_matrix(ring, "threshold"))


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(1, 24)), max_size=8
    )
)
def test_integrated_shares_lie_between_none_and_all(rows: list[tuple[str, str, int]]) -> None:
    stakes = [(o, d, Fraction(n, 100)) for o, d, n in rows if o != d][:4]
    found = holdings(stakes)
    assert all(0 <= x <= 1 for row in found.corrected for x in row)
    renamed = holdings([(o.upper(), d.upper(), f) for o, d, f in stakes])
    assert renamed.corrected == found.corrected
    halves = holdings([(o, d, f / 2) for o, d, f in stakes for _ in range(2)])
    assert halves.corrected == found.corrected, "parallel holdings add up"


# ------------------------------------------------------------------ chokepoints

EDGES = "s>F1 s>F2 F1>C F2>C F2>R C>N R>M N>T M>T".split()
GRAPH: nx.DiGraph[str] = nx.DiGraph([e.split(">") for e in EDGES])


def test_dominators_cuts_and_betweenness_of_the_production_graph() -> None:
    told = TOLD["f"]
    assert dominators(GRAPH, "F1", "T") == told["dominators_of_T_from_F1"]
    assert dominators(GRAPH, "s", "T") == told["dominators_from_s"]
    assert minimum_cut(GRAPH, "s", "T") == told["min_vertex_cut"]
    assert {frozenset(c) for c in minimum_cuts(GRAPH, "s", "T")} == {
        frozenset(c) for c in told["min_cuts"]
    }
    assert betweenness(GRAPH) == pytest.approx(
        {n: float(Fraction(v)) for n, v in told["betweenness"].items()}
    )


def test_without_a_way_there_is_nothing_to_cut() -> None:
    assert dominators(GRAPH, "T", "s") is None
    assert minimum_cut(GRAPH, "T", "s") is None
    assert minimum_cut(GRAPH, "N", "T") is None


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20))
def test_dominators_are_what_brute_force_finds(edges: set[tuple[int, int]]) -> None:
    graph = nx.DiGraph([(str(a), str(b)) for a, b in edges if a != b])
    graph.add_nodes_from(["0", "6"])
    found = dominators(graph, "0", "6")
    if not nx.has_path(graph, "0", "6"):
        assert found is None
        return
    wanted = {
        n
        for n in set(graph) - {"0", "6"}
        if not nx.has_path(graph.subgraph(set(graph) - {n}), "0", "6")
    }
    assert set(found or ()) == wanted


# ------------------------------------------------------------------ exposure

NEEDS = {"a1": [{"F1"}], "a2": [{"F1", "F2"}], "a3": [{"F2"}, {"M1", "M2"}]}
WEIGHTS = {"a1": 10, "a2": 30, "a3": 60}
OWNERS = {"X": {"F1", "M1"}, "Y": {"F2"}, "Z": {"M2"}}


def test_broken_and_degraded_per_owner_and_together() -> None:
    for names, told in TOLD["g"].items():
        gone = set().union(*(OWNERS[n] for n in names.split("+")))
        found = exposure(NEEDS, gone, WEIGHTS)
        assert (found.broken, found.degraded) == (
            Fraction(told["broken"]),
            Fraction(told["degraded"]),
        ), names
    assert synergy(NEEDS, OWNERS["X"], OWNERS["Y"], WEIGHTS) == Fraction(3, 10)
    # Without X and Z a3 has no M left: 10 + 60 of 100, where X alone broke 10 and Z nothing.
    assert synergies(NEEDS, OWNERS, WEIGHTS) == [
        ("X", "Z", Fraction(3, 5)),
        ("X", "Y", Fraction(3, 10)),
    ]


def test_what_breaks_takes_along_who_needs_it_and_no_weight_is_no_share() -> None:
    needs = {"a": [{"x"}], "b": [{"a"}], "c": [{"b", "y"}], "d": []}
    found = exposure(needs, {"x"})
    assert found.broken_artefacts == ("a", "b")
    assert found.degraded_artefacts == ("c",)
    assert exposure(needs, {"x"}, {}).broken is None


PARTS = st.sampled_from("pqrs")
GROUPS = st.lists(st.frozensets(PARTS, min_size=1), max_size=3)


@given(st.fixed_dictionaries({"a": GROUPS, "b": GROUPS, "c": GROUPS}), st.sets(PARTS), PARTS)
def test_more_loss_never_breaks_less_and_brute_force_agrees(
    needs: dict[str, list[frozenset[str]]], gone: set[str], more: str
) -> None:
    found, further = exposure(needs, gone), exposure(needs, gone | {more})
    assert set(found.broken_artefacts) <= set(further.broken_artefacts)
    assert set(found.broken_artefacts) == {
        a for a, groups in needs.items() if any(g <= gone for g in groups)
    }


# ------------------------------------------------------------------ routes

TIERS = [Route(o, m, Fraction(t).limit_denominator(10)) for o, m, t in TOLD["h"]["routes"]]
PLAIN = [Route(r.operator, r.maker) for r in TIERS]
NEUTRAL = [Route("own", "GPU")] * 2 + [Route(f"N{n}", "GPU") for n in range(4)]


def test_a_funnel_stands_beside_its_null() -> None:
    told = TOLD["h"]
    found = funnel("own", PLAIN, NEUTRAL)
    assert found.share == Fraction(told["funnel"])
    assert found.base == Fraction(told["base"])
    assert float(found.lift or 0) == pytest.approx(told["lift"])
    assert found.base_without == Fraction(told["base_leave_one_out"])
    assert float(found.lift_without or 0) == pytest.approx(told["lift_leave_one_out"])
    assert found.p == Fraction(told["p_at_least_2_own"])
    assert funnel("own", TIERS, NEUTRAL).share == Fraction(told["funnel_tier_weighted"])


def test_four_clouds_may_be_one_chip() -> None:
    told = TOLD["h"]
    found = substitutability(TIERS)
    assert (found.operators, found.makers) == (
        told["disjoint_by_operator"],
        told["disjoint_by_accelerator_maker"],
    )
    assert float(found.maker_index or 0) == pytest.approx(told["maker_HHI"])
    assert float(found.effective_makers or 0) == pytest.approx(told["eff_makers"], abs=5e-5)
    assert found.lock_in == Fraction(1, 2)


def test_no_routes_give_no_share_and_a_sole_operator_locks_in() -> None:
    assert funnel("own", [], NEUTRAL).share is None
    assert substitutability([]).effective_makers is None
    assert substitutability([Route("own", "TPU")]).lock_in == 1
    assert funnel("nobody", PLAIN, NEUTRAL).lift is None


# ------------------------------------------------------------------ talent, duties, reach, trend, headlines


def test_hires_against_comparable_hires() -> None:
    told = TOLD["i"]
    found = talent_flow(12, 200, 6, 400)
    assert found.ratio == pytest.approx(told["rr"])
    assert found.interval == pytest.approx(tuple(told["ci"]), abs=5e-4)
    assert found.difference == pytest.approx(told["rd"])
    assert found.log_error == pytest.approx(told["se_log"], abs=5e-6)
    assert talent_flow(0, 50, 3, 50).corrected
    assert talent_flow(1, 9, 3, 50).ratio is None
    with pytest.raises(ValueError, match="counts"):
        talent_flow(5, 4, 0, 1)


def test_duties_that_fall_away_are_no_duties_met() -> None:
    told = TOLD["k"]
    findings: Any = {"53(1)(a)": "yes", "53(1)(b)": "unknown", "53(1)(c)": "yes", "53(1)(d)": "no"}
    closed, free = duty_coverage(findings), duty_coverage(findings, open_licence=True)
    assert [float(x or 0) for x in (closed.low, closed.high)] == told["closed_weights"]
    assert [float(x or 0) for x in (free.low, free.high)] == told["open_exempt_53_2"]
    assert free.lifted == ("53(1)(a)", "53(1)(b)")
    assert duty_coverage(findings, open_licence=True, training_flop=2e25).lifted == ()
    assert duty_coverage({"53(1)(a)": "no"}, open_licence=True).low is None


def test_reach_h_and_multiplier() -> None:
    told = TOLD["l"]
    edges = [(f"d{i}", "f") for i in range(4)]
    edges += [(f"d{i}-{n}", f"d{i}") for i, count in enumerate((5, 3, 2, 0)) for n in range(count)]
    found = reach(edges * 2, "f", own={"d0"})
    assert (found.h, found.total, float(found.multiplier or 0)) == (
        told["h"],
        told["reach"],
        told["multiplier"],
    )
    assert found.external == Fraction(13, 14)
    assert reach([("f", "g"), ("g", "f")], "f").total == 1, "in a circle it does not count itself"
    assert reach([], "f").multiplier is None


@given(st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=15))
def test_reach_is_the_number_of_ancestors(edges: set[tuple[str, str]]) -> None:
    graph = nx.DiGraph(edges)
    graph.add_node("a")
    assert reach(edges, "a").total == len(nx.ancestors(graph, "a") - {"a"})


def test_a_trend_of_five_values_is_judged_exactly() -> None:
    told = TOLD["m"]
    found = trend([0.80, 0.75, 0.72, 0.60, 0.58])
    assert found is not None
    assert found.slope == pytest.approx(told["theil_sen"], abs=5e-7)
    assert found.s == told["S"]
    assert found.z == pytest.approx(told["Z"], abs=5e-5)
    assert found.p == Fraction(told["exact_p"])
    assert trend([1, 2, 3]) is None
    assert trend([1, 1, 1, 1]) is None


@given(st.permutations(range(6)))
def test_the_exact_p_is_that_of_all_orders(values: list[int]) -> None:
    found = trend(values)
    assert found is not None

    def s(order: Any) -> int:
        return sum((b > a) - (b < a) for a, b in itertools.combinations(order, 2))

    orders = [s(order) for order in itertools.permutations(range(6))]
    assert found.p == Fraction(sum(abs(x) >= abs(found.s) for x in orders), len(orders))


def test_surplus_and_the_price_of_a_seat() -> None:
    told = TOLD["n"]
    example = told["control_surplus_example"]
    found = control_surplus(
        Fraction(example["power"]), example["contribution_share"], example["contribution_share"]
    )
    assert (float(found.low), float(found.high)) == pytest.approx(
        (example["surplus"], example["surplus"])
    )
    years = {
        "default": [(1, 0), (1, Fraction(1, 6)), (1, Fraction(1, 15))],
        "four_votes_in_year_two": [(1, 0), (1, Fraction(1, 15)), (1, Fraction(1, 15))],
    }
    for name, terms in years.items():
        power = mean_power(terms)
        assert power == Fraction(told["pytorch_mean_power_of_other_founder"][name])
        price = seat_price(told["pytorch_fee_usd_3yr"], power)
        assert price == Fraction(told["pytorch_seat_price_usd_per_unit_of_power"][name])
    assert seat_price(450_000, 0) is None
