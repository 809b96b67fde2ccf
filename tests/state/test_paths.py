"""The k best control paths: in order, simple, each parallel edge a path of its own."""

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
from stackholder.state import paths
from stackholder.state.paths import Web, best_paths

KNOWN = json.loads((Path(__file__).parent.parent / "data/control.json").read_text())
Row = tuple[str, str, float | None]


def web(*rows: Row, **columns: list[Any]) -> Web:
    """A web of (source, target, strength); keys are k00, k01 … in the order given."""
    count = len(rows)
    return Web(
        pa.table(
            {
                "source": pa.array([r[0] for r in rows], pa.string()),
                "target": pa.array([r[1] for r in rows], pa.string()),
                "key": pa.array([f"k{i:02}" for i in range(count)], pa.string()),
                "channel": pa.array(["V"] * count, pa.string()),
                "strength": pa.array([r[2] for r in rows], pa.float64()),
                "confidence": pa.array(columns.get("confidence", [0.9] * count), pa.float64()),
                "status": pa.array(columns.get("status", ["current"] * count), pa.string()),
            }
        )
    )


def walk(path: paths.Path) -> str:
    return ">".join([path.hops[0].source, *(h.target for h in path.hops)])


def walks(*rows: Row, source: str = "X", target: str = "A", **how: Any) -> list[str]:
    return [walk(p) for p in best_paths(web(*rows), source, [target], **how)]


def test_the_worked_example_by_product_and_bottleneck() -> None:
    rows = [(*pair.split(">"), strength) for pair, strength in KNOWN["strengths"].items()]
    found = best_paths(web(*rows), "X", ["A"])
    assert [walk(p) for p in found] == [known["path"] for known in KNOWN["paths"]]
    for path, known in zip(found, KNOWN["paths"], strict=True):
        assert path.product == pytest.approx(known["product"], abs=1e-15)
        assert path.bottleneck == known["bottleneck"]


def test_confidence_is_a_second_number_and_changes_no_order() -> None:
    rows = [("X", "A", 0.8), ("X", "B", 0.9), ("B", "A", 0.8)]
    found = best_paths(web(*rows, confidence=[0.01, 1.0, 0.5]), "X", ["A"])
    assert [(p.product, p.confidence) for p in found] == [
        (pytest.approx(0.8), 0.01),
        (pytest.approx(0.72), 0.5),
    ]


def test_parallel_edges_are_paths_of_their_own() -> None:
    rows = [("X", "F", 0.9), ("X", "F", 0.9), ("X", "F", 0.5), ("F", "A", 1.0)]
    found = best_paths(web(*rows), "X", ["A"])
    assert [[h.key for h in p.hops] for p in found] == [
        ["k00", "k03"],
        ["k01", "k03"],
        ["k02", "k03"],
    ]


def test_ties_are_ordered_by_the_keys_of_their_edges() -> None:
    rows = [("X", "C", 0.5), ("X", "B", 0.5), ("C", "A", 1.0), ("B", "A", 1.0), ("X", "A", 0.5)]
    keys = [[h.key for h in p.hops] for p in best_paths(web(*rows), "X", ["A"])]
    assert keys == [["k00", "k02"], ["k01", "k03"], ["k04"]]


def test_the_order_in_which_edges_are_stored_means_nothing() -> None:
    rows = [("X", "C", 0.5), ("X", "B", 0.5), ("C", "A", 1.0), ("B", "A", 1.0), ("X", "A", 0.5)]
    table = web(*rows).table
    for order in itertools.permutations(range(5)):
        keys = [
            [h.key for h in p.hops] for p in best_paths(Web(table.take(list(order))), "X", ["A"])
        ]
        assert keys == [["k00", "k02"], ["k01", "k03"], ["k04"]]


def test_a_circle_is_not_walked_twice() -> None:
    rows = [("X", "F", 1.0), ("F", "X", 1.0), ("F", "F", 1.0), ("F", "G", 1.0), ("G", "F", 1.0)]
    assert walks(*rows, ("F", "A", 0.5)) == ["X>F>A"]


def test_from_a_thing_to_itself_there_is_no_path() -> None:
    assert walks(("A", "F", 1.0), ("F", "A", 1.0), source="A", target="A") == []


def test_what_is_unknown_null_or_disputed_carries_nothing() -> None:
    rows: list[Row] = [("X", "A", None), ("X", "A", 0.0), ("X", "A", 0.4), ("X", "A", 0.3)]
    found = web(*rows, status=["current", "current", "disputed", "current"])
    assert [p.hops[0].key for p in best_paths(found, "X", ["A"])] == ["k03"]
    assert found.unknown == 1


def test_control_does_not_flow_backwards() -> None:
    assert walks(("A", "X", 1.0)) == []


@pytest.mark.parametrize(("source", "target"), [("nobody", "A"), ("X", "nobody")])
def test_to_what_nothing_controls_there_is_no_path(source: str, target: str) -> None:
    assert walks(("X", "A", 1.0), source=source, target=target) == []
    assert best_paths(web(), source, [target]) == []


def test_a_path_has_at_most_as_many_hops_as_asked_for() -> None:
    rows = [("X", "B", 1.0), ("B", "C", 1.0), ("C", "A", 1.0), ("X", "A", 0.1)]
    assert walks(*rows, max_hops=2) == ["X>A"]
    assert walks(*rows, max_hops=3) == ["X>B>C>A", "X>A"]
    assert walks(*rows, max_hops=0) == []
    assert walks(*rows, k=1) == ["X>B>C>A"]
    assert walks(*rows, k=0) == []


def test_paths_to_several_ends_come_in_one_order() -> None:
    found = web(("X", "A", 0.5), ("A", "B", 0.5), ("X", "B", 0.4))
    assert [walk(p) for p in best_paths(found, "X", ["A", "B"])] == ["X>A", "X>B", "X>A>B"]


def test_a_chain_of_ten_thousand_hops_is_walked_to_its_end() -> None:
    count = 10_000
    names = [f"n{i:05}" for i in range(count + 1)]
    table = pa.table(
        {
            "source": names[:-1],
            "target": names[1:],
            "key": [f"k{i:05}" for i in range(count)],
            "channel": ["V"] * count,
            "strength": [1.0] * count,
            "confidence": [1.0] * count,
            "status": ["current"] * count,
        }
    )
    chain = Web(table)
    assert best_paths(chain, names[0], [names[-1]]) == []
    [path] = best_paths(chain, names[0], [names[-1]], max_hops=count)
    assert len(path.hops) == count
    assert path.product == 1.0


EDGES = st.lists(
    st.tuples(
        st.sampled_from("XABCD"),
        st.sampled_from("XABCD"),
        st.sampled_from([0.1, 0.25, 0.5, 0.8, 0.9, 1.0]),
    ),
    max_size=12,
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(EDGES, st.integers(1, 5), st.integers(1, 12))
def test_the_k_best_are_those_of_an_enumeration_of_all(rows: list[Row], hops: int, k: int) -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from("XA")
    for number, (source, target, strength) in enumerate(rows):
        graph.add_edge(source, target, key=f"k{number:02}", strength=strength)
    every = [
        (-math.prod(graph.edges[edge]["strength"] for edge in path), [edge[2] for edge in path])
        for path in nx.all_simple_edge_paths(graph, "X", "A", cutoff=hops)
    ]
    every.sort(key=lambda path: (round(path[0], 9), path[1]))
    found = best_paths(web(*rows), "X", ["A"], k=k, max_hops=hops)
    assert [[h.key for h in p.hops] for p in found] == [keys for _, keys in every[:k]]
    assert [p.product for p in found] == pytest.approx([-product for product, _ in every[:k]])
