"""Measures meet the worked numbers of `tests/data/worked_examples.json`, exactly where those are fractions."""

from __future__ import annotations

import collections
import itertools
import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loading import load
from real import real
from stackholder.measures.composite import control_surplus, mean_power, seat_price
from stackholder.measures.concentration import elephant_factor
from stackholder.measures.duties import duty_coverage
from stackholder.measures.majority import Stake, majority_control
from stackholder.measures.openness import Part, openness
from stackholder.measures.power import sampled_shapley, shapley
from stackholder.measures.reach import reaches
from stackholder.measures.removal import Group, Removal
from stackholder.measures.routes import Route, funnel, substitutability
from stackholder.measures.talent import talent_flow
from stackholder.measures.trend import trend
from stackholder.state.paths import ControlGraph, best_paths

TOLD: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "worked_examples.json").read_text()
)


# ------------------------------------------------------------------ paths, majority, power


def test_a_path_is_worth_the_product_of_its_hops() -> None:
    strengths = {("X", "F"): 0.9, ("F", "A"): 0.5, ("X", "P"): 1.0, ("P", "A"): 0.8}
    count = len(strengths)
    values = list(strengths.values())
    table = pa.table(
        {
            "source": [source for source, _ in strengths],
            "target": [target for _, target in strengths],
            "power": ["decides"] * count,
            "low": values,
            "high": values,
            "amount": pa.nulls(count, pa.float64()),
            "reason": [""] * count,
            "basis": [str(number) for number in range(count)],
            "confidence": [1.0] * count,
            "status": ["current"] * count,
        }
    )
    found = best_paths(ControlGraph(table), "X", ["A"])
    products = {">".join(["X", *(h.target for h in p.hops)]): p.low for p in found}
    assert products == pytest.approx(TOLD["a"]["product"])


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


GAMES = {n: g for n, g in TOLD["d"].items() if "weights" in g}


@pytest.mark.parametrize("game", GAMES.values(), ids=list(GAMES))
def test_power_is_exact(game: dict[str, Any]) -> None:
    votes, quota = game["weights"], game["quota"]
    assert shapley(votes, quota) == [Fraction(x) for x in game["shapley"]]
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


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6), st.integers(1, 20))
def test_power_against_brute_force(votes: list[int], quota: int) -> None:
    if quota > sum(votes):
        with pytest.raises(ValueError, match="undefined"):
            shapley(votes, quota)
        return
    pivots = collections.Counter(
        next(i for n, i in enumerate(order) if sum(votes[j] for j in order[: n + 1]) >= quota)
        for order in itertools.permutations(range(len(votes)))
    )
    orders = math.factorial(len(votes))
    assert shapley(votes, quota) == [Fraction(pivots[i], orders) for i in range(len(votes))]


# ------------------------------------------------------------------ concentration

CHAOSS = [1000, 433, 343, 332, 202, 90, 42, 33]


def test_concentration_of_the_chaoss_example() -> None:
    told = TOLD["e"]
    assert sum(CHAOSS) == told["total"]
    assert elephant_factor(CHAOSS) == elephant_factor(CHAOSS[::-1]) == told["EF"]


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


# ------------------------------------------------------------------ removal


def test_what_breaks_per_owner_and_together() -> None:
    needs = {"a1": [{"F1"}], "a2": [{"F1", "F2"}], "a3": [{"F2"}, {"M1", "M2"}]}
    weights = {"a1": 10, "a2": 30, "a3": 60}
    owners = {"X": {"F1", "M1"}, "Y": {"F2"}, "Z": {"M2"}}
    removal = Removal(
        {a: [Group(dict.fromkeys(some, 1.0)) for some in groups] for a, groups in needs.items()}
    )
    for names, broken in TOLD["g"].items():
        gone = set().union(*(owners[n] for n in names.split("+")))
        left = removal.retained(gone)
        lost = sum(w for a, w in weights.items() if a in left and left[a].share == 0)
        assert Fraction(lost, 100) == Fraction(broken), names


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
    assert talent_flow(0, 50, 3, 50).corrected
    assert talent_flow(1, 9, 3, 50).ratio is None
    with pytest.raises(ValueError, match="counts"):
        talent_flow(5, 4, 0, 1)


def test_a_duty_that_is_unknown_may_be_met() -> None:
    told = TOLD["k"]
    closed: Any = {"53(1)(a)": "yes", "53(1)(b)": "unknown", "53(1)(c)": "yes", "53(1)(d)": "no"}
    free: Any = {"53(1)(c)": "yes", "53(1)(d)": "no"}  # Art. 53(2) lifts (a) and (b)
    for findings, bounds in ((closed, "closed_weights"), (free, "open_exempt_53_2")):
        coverage = duty_coverage(findings)
        assert [float(x or 0) for x in (coverage.low, coverage.high)] == told[bounds]
    assert duty_coverage({}).low is None


def test_reach() -> None:
    edges = [(f"d{i}", "f") for i in range(4)]
    edges += [(f"d{i}-{n}", f"d{i}") for i, count in enumerate((5, 3, 2, 0)) for n in range(count)]
    assert reaches(edges * 2, "f") == {"f": TOLD["l"]["reach"]}
    assert reaches([("f", "g"), ("g", "f")], "f") == {"f": 1}, "itself is not counted in a circle"
    assert reaches([], "f") == {"f": 0}


def test_a_trend_of_five_values_is_judged_exactly() -> None:
    told = TOLD["m"]
    found = trend([0.80, 0.75, 0.72, 0.60, 0.58])
    assert found is not None
    assert found.slope == pytest.approx(told["theil_sen"], abs=5e-7)
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
    assert found.p == Fraction(sum(abs(x) >= abs(s(values)) for x in orders), len(orders))


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
