"""The k best control paths: any number of hops that decide, then at most one of another power; in order, and simple."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from powers import ALL_RIGHTS, row
from stackholder.graph.schema import POWERS
from stackholder.state.paths import ControlGraph, best_paths, changed_paths, control_graph
from stackholder.state.paths import Path as ControlPath
from states import make_state

TOLD = json.loads((Path(__file__).parents[1] / "data/worked_examples.json").read_text())["a"]
Row = tuple[str, str, float | None] | tuple[str, str, float | None, str]
"""Source, target, low (high is the same; None = money) and power, which is `decides` where it is left out."""


def graph(*rows: Row, **columns: list[Any]) -> ControlGraph:
    """Control edges with the keys k00, k01 … in the order given."""
    count = len(rows)
    low = columns.get("low", [r[2] for r in rows])
    named = {
        "source": [r[0] for r in rows],
        "target": [r[1] for r in rows],
        "power": [r[3] if len(r) == 4 else "decides" for r in rows],
        "reason": ["so"] * count,
        "basis": [f"k{i:02}" for i in range(count)],
        "status": columns.get("status", ["current"] * count),
    }
    numbers = {
        "low": low,
        "high": columns.get("high", low),
        "amount": columns.get("amount", [None] * count),
        "confidence": columns.get("confidence", [0.9] * count),
    }
    return ControlGraph(
        pa.table(
            {n: pa.array(v, pa.string()) for n, v in named.items()}
            | {n: pa.array(v, pa.float64()) for n, v in numbers.items()}
        )
    )


def walk(path: ControlPath) -> str:
    return ">".join([path.hops[0].source, *(h.target for h in path.hops)])


def walks(*rows: Row, source: str = "X", target: str = "A", **how: Any) -> list[str]:
    return [walk(p) for p in best_paths(graph(*rows), source, [target], **how)]


def keys(paths: list[ControlPath]) -> list[list[str]]:
    return [list(p.keys) for p in paths]


# ------------------------------------------------------------------ types


def test_the_worked_example() -> None:
    rows = [("X", "F", 0.9), ("F", "A", 0.5), ("X", "P", 1.0), ("P", "A", 0.8)]
    found = best_paths(graph(*rows), "X", ["A"])
    assert {walk(p): pytest.approx(p.low) for p in found} == TOLD["product"]
    assert [walk(p) for p in found] == sorted(
        TOLD["product"], key=TOLD["product"].get, reverse=True
    )


@pytest.mark.parametrize("power", POWERS)
def test_any_power_may_end_a_path(power: str) -> None:
    rows: list[Row] = [("X", "F", 1.0), ("F", "A", 0.5, power)]
    [path] = best_paths(graph(*rows), "X", ["A"], powers=POWERS)
    assert (walk(path), path.power, path.low) == ("X>F>A", power, 0.5)


@pytest.mark.parametrize("power", [p for p in POWERS if p != "decides"])
def test_no_other_power_leads_on(power: str) -> None:
    """X funds Y, which is used by Z, which implements …: that is no path."""
    for last in POWERS:
        rows: list[Row] = [("X", "F", 1.0, power), ("F", "A", 0.5, last)]
        assert walks(*rows, powers=POWERS) == [], last
        assert walks(*rows, target="F", powers=POWERS) == ["X>F"]


def test_only_the_powers_that_are_asked_for_end_a_path() -> None:
    rows: list[Row] = [("X", "A", 0.5, p) for p in POWERS]
    assert keys(best_paths(graph(*rows), "X", ["A"])) == [["k00"], ["k02"]]
    assert keys(best_paths(graph(*rows), "X", ["A"], powers=["binds"])) == [["k04"]]
    assert walks(("X", "F", 1.0), ("F", "A", 1.0, "works"), powers=["works"]) == ["X>F>A"]


def test_a_path_that_only_decides_is_none_where_another_power_is_asked() -> None:
    assert walks(("X", "A", 1.0), powers=["squeezes"]) == []


def test_ends_multiply_and_money_has_none() -> None:
    rows: list[Row] = [("X", "F", 0.375), ("F", "A", 0.725), ("X", "A", None, "pays")]
    found = graph(*rows, high=[1.0, 0.825, None], amount=[None, None, 13.8e9])
    path, money = best_paths(found, "X", ["A"], powers=POWERS)[::-1]
    assert (path.low, path.high) == (pytest.approx(0.271875), 0.825)
    assert path.describe(str.lower) == "x —decides 0.38–1→ f —decides 0.73–0.83→ a"
    assert (money.low, money.high, money.hops[0].amount) == (1.0, 1.0, 13.8e9)
    assert money.describe() == "X —pays USD 13.8 bn→ A"


def test_what_is_known_goes_before_what_is_possible() -> None:
    rows: list[Row] = [("X", "A", 0.1), ("X", "B", 0.0), ("B", "A", 0.0), ("X", "C", 0.0)]
    rows.append(("C", "A", 1.0))
    found = best_paths(graph(*rows, high=[0.1, 1.0, 1.0, 0.9, 1.0]), "X", ["A"])
    assert [(walk(p), p.low, round(p.high, 6)) for p in found] == [
        ("X>A", 0.1, 0.1),
        ("X>B>A", 0.0, 1.0),
        ("X>C>A", 0.0, 0.9),
    ]
    unknown = best_paths(graph(*rows[1:], high=[1.0, 1.0, 0.9, 1.0]), "X", ["A"], k=1)
    assert [walk(p) for p in unknown] == ["X>C>A"], "of one hop less nothing is known"


def test_a_state_gives_the_paths_of_its_graph(tmp_path: Path) -> None:
    """Alphabet holds Google, which decides on JAX, whose packages it publishes, and squeezes it by the TPU."""
    google, jax, tpu = ("Company", "google"), ("Framework", "jax"), ("Processor", "tpu")
    edges = {
        "OWNS": [row(("Company", "alphabet"), google, votes=1.0)],
        "GOVERNS": [row(google, jax, rights=ALL_RIGHTS)],
        "PROVIDES": [row(google, tpu)],
        "RUNS_ON": [row(jax, tpu, tier="native")],
        "FUNDS": [row(google, jax, amount=2e6, currency="USD")],
    }
    state = make_state(tmp_path, {}, edges)
    found = best_paths(control_graph(state), "company/alphabet", ["framework/jax"])
    assert [(p.describe(), p.low) for p in found] == [
        ("company/alphabet —decides 1→ company/google —decides 1→ framework/jax", 1.0),
        (
            "company/alphabet —decides 1→ company/google —squeezes up to 1→ framework/jax",
            0.0,
        ),
    ]
    stated = {r["key"] for n in edges for r in state.edges(n, ["key"]).to_pylist()}
    assert all(set(p.keys) <= stated for p in found)
    [money] = best_paths(
        control_graph(state, ["pays"]), "company/alphabet", ["framework/jax"], powers=["pays"]
    )
    assert money.hops[-1].describe() == "pays USD 2 m"


# ------------------------------------------------------------------ order


def test_confidence_is_a_number_of_its_own_and_changes_no_order() -> None:
    rows = [("X", "A", 0.8), ("X", "B", 0.9), ("B", "A", 0.8)]
    found = best_paths(graph(*rows, confidence=[0.01, 1.0, 0.5]), "X", ["A"])
    assert [(p.low, p.confidence) for p in found] == [
        (pytest.approx(0.8), 0.01),
        (pytest.approx(0.72), 0.5),
    ]


def test_parallel_edges_are_paths_of_their_own() -> None:
    rows = [("X", "F", 0.9), ("X", "F", 0.9), ("X", "F", 0.5), ("F", "A", 1.0)]
    found = best_paths(graph(*rows), "X", ["A"])
    assert keys(found) == [["k00", "k03"], ["k01", "k03"], ["k02", "k03"]]


def test_of_equal_paths_the_shorter_goes_first_then_the_keys_decide() -> None:
    rows = [("X", "C", 0.5), ("X", "B", 0.5), ("C", "A", 1.0), ("B", "A", 1.0), ("X", "A", 0.5)]
    wanted = [["k04"], ["k00", "k02"], ["k01", "k03"]]
    assert keys(best_paths(graph(*rows), "X", ["A"])) == wanted
    table = graph(*rows).table
    for order in itertools.permutations(range(5)):
        again = best_paths(ControlGraph(table.take(list(order))), "X", ["A"])
        assert keys(again) == wanted, "the order in which edges are stored means nothing"


def test_of_equal_paths_the_shorter_is_kept_where_few_are_asked_for() -> None:
    for middle in "BYZ":
        rows = [("X", middle, 0.5), (middle, "Y1", 1.0), ("X", "Y1", 0.5)]
        assert walks(*rows, target="Y1", k=1) == ["X>Y1"], middle


def test_a_circle_is_not_walked_twice() -> None:
    rows = [("X", "F", 1.0), ("F", "X", 1.0), ("F", "F", 1.0), ("F", "G", 1.0), ("G", "F", 1.0)]
    assert walks(*rows, ("F", "A", 0.5)) == ["X>F>A"]


def test_from_a_thing_to_itself_there_is_no_path() -> None:
    assert walks(("A", "F", 1.0), ("F", "A", 1.0), source="A", target="A") == []


def test_what_could_at_most_be_nothing_or_is_disputed_carries_nothing() -> None:
    rows: list[Row] = [("X", "A", 0.0), ("X", "A", 0.4), ("X", "A", 0.3)]
    found = graph(*rows, status=["current", "disputed", "current"])
    assert keys(best_paths(found, "X", ["A"])) == [["k02"]]


def test_control_does_not_flow_backwards() -> None:
    assert walks(("A", "X", 1.0)) == []


@pytest.mark.parametrize(("source", "target"), [("nobody", "A"), ("X", "nobody")])
def test_to_what_nothing_controls_there_is_no_path(source: str, target: str) -> None:
    assert walks(("X", "A", 1.0), source=source, target=target) == []
    assert best_paths(graph(), source, [target]) == []


def test_a_path_has_at_most_as_many_hops_as_asked_for() -> None:
    rows = [("X", "B", 1.0), ("B", "C", 1.0), ("C", "A", 1.0), ("X", "A", 0.1)]
    assert walks(*rows, max_hops=2) == ["X>A"]
    assert walks(*rows, max_hops=3) == ["X>B>C>A", "X>A"]
    assert walks(*rows, max_hops=0) == []
    assert walks(*rows, k=1) == ["X>B>C>A"]
    assert walks(*rows, k=0) == []


def test_paths_to_several_ends_come_in_one_order() -> None:
    found = graph(("X", "A", 0.5), ("A", "B", 0.5), ("X", "B", 0.4))
    assert [walk(p) for p in best_paths(found, "X", ["A", "B"])] == ["X>A", "X>B", "X>A>B"]


def test_a_chain_of_ten_thousand_hops_is_walked_to_its_end() -> None:
    count = 10_000
    names = [f"n{i:05}" for i in range(count + 1)]
    chain = graph(*((a, b, 1.0) for a, b in itertools.pairwise(names)))
    assert best_paths(chain, names[0], [names[-1]]) == []
    [path] = best_paths(chain, names[0], [names[-1]], max_hops=count)
    assert len(path.hops) == count
    assert path.low == 1.0


# ------------------------------------------------------------------ against an enumeration

EDGES = st.lists(
    st.tuples(
        st.sampled_from("XABCD"),
        st.sampled_from("XABCD"),
        st.sampled_from([0.1, 0.25, 0.5, 0.8, 0.9, 1.0]),
        st.sampled_from(["decides", "decides", "decides", "squeezes", "works"]),
    ),
    max_size=12,
)


def typed(rows: list[tuple[str, str, float, str]], hops: int) -> list[tuple[str, ...]]:
    """Keys of all simple paths, by their definition."""
    multigraph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    multigraph.add_nodes_from("XABCD")
    for number, (source, target, *_) in enumerate(rows):
        if source != target:
            multigraph.add_edge(source, target, key=f"k{number:02}")
    return [
        tuple(key for _, _, key in path)
        for start, end in itertools.permutations("XABCD", 2)
        for path in nx.all_simple_edge_paths(multigraph, start, end, cutoff=hops)
        if all(rows[int(key[1:])][3] == "decides" for _, _, key in path[:-1])
    ]


@settings(deadline=None, derandomize=True, max_examples=200)
@given(EDGES, st.integers(1, 5), st.integers(1, 12))
def test_the_k_best_are_those_of_an_enumeration_of_all(
    rows: list[tuple[str, str, float, str]], hops: int, k: int
) -> None:
    every = []
    for path in typed(rows, hops):
        some = [rows[int(key[1:])] for key in path]
        if (some[0][0], some[-1][1]) == ("X", "A") and some[-1][3] != "works":
            low = math.prod(r[2] for r in some)
            every.append((-round(low, 9), len(path), list(path)))
    every.sort()
    found = best_paths(graph(*rows), "X", ["A"], k=k, max_hops=hops)
    assert keys(found) == [path for *_, path in every[:k]]
    assert [p.low for p in found] == pytest.approx([-low for low, *_ in every[:k]])


@settings(deadline=None, derandomize=True)
@given(EDGES, st.integers(0, 11))
def test_the_paths_that_open_are_those_over_the_new_edge(
    rows: list[tuple[str, str, float, str]], place: int
) -> None:
    """An edge is the same on two dates where the same does the same to the same."""
    rows = list({r[:2] + r[3:]: r for r in rows}.values())
    after = graph(*rows)
    key = f"k{place:02}"
    before = ControlGraph(after.table.filter(pa.compute.not_equal(after.table["basis"], key)))
    closed, opened = changed_paths(before, after)
    assert closed == []
    wanted = [path for path in typed(rows, 3) if key in path]
    assert sorted(p.keys for p in opened) == sorted(wanted)
    between = changed_paths(before, after, between=("X", "A"))[1]
    assert all((p.hops[0].source, p.hops[-1].target) == ("X", "A") for p in between)
    assert len(between) == sum(
        (rows[int(p[0][1:])][0], rows[int(p[-1][1:])][1]) == ("X", "A") for p in wanted
    )
