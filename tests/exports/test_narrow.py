"""A part of a state is a state: what stays, what is left out, and that nothing in it leads nowhere."""

from __future__ import annotations

import gc
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from odd_graph import rows_of
from stackholder.errors import NotFound, UsageError
from stackholder.exports import export
from stackholder.exports.subgraph import NarrowedState, _met, narrowed
from stackholder.graph.schema import schema
from stackholder.state.state import State
from states import make_state

CHAIN = ["a", "b", "c", "d", "e"]
SOURCE = "https://example.org/other"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> State:
    """Firms a → b → c → d → e by OWNS; c funds x; a employs p; f stands alone."""
    nodes: dict[str, list[dict[str, Any]]] = {
        "Company": [{"id": id_, "name": id_.upper()} for id_ in [*CHAIN, "f"]],
        "Institution": [{"id": "x", "name": "X"}],
        "Contributor": [{"id": "p", "name": "P"}],
    }
    owns = [
        {"source": ("Company", a), "target": ("Company", b), "votes": 0.1}
        for a, b in itertools.pairwise(CHAIN)
    ]
    owns[-1] |= {"licence": "CC-BY-NC-4.0", "url": SOURCE}
    funds = {"source": ("Company", "c"), "target": ("Institution", "x"), "licence": "ODbL-1.0"}
    employs = {"source": ("Company", "a"), "target": ("Contributor", "p"), "licence": "MIT"}
    edges = {"OWNS": owns, "FUNDS": [funds], "EMPLOYS": [employs]}
    return make_state(tmp_path_factory.mktemp("chain"), nodes, edges, as_of=None)


def ids(state: State) -> set[str]:
    rows = (row for kind in schema().kinds for row in rows_of(state, kind))
    return {row["id"].rpartition("/")[2] for row in rows if row["kind"] != "Source"}


def facts(state: State) -> set[str]:
    return {
        f"{row['source'][-1]}>{row['target'][-1]}"
        for relation in schema().relations
        for row in rows_of(state, relation)
    }


def check_closed(state: State) -> None:
    """Every end of an edge and every source of a statement is a node; all counts are true."""
    nodes = {row["id"] for kind in schema().kinds for row in rows_of(state, kind)}
    edges = [row for relation in schema().relations for row in rows_of(state, relation)]
    assert all({e["source"], e["target"], *e["source_ids"]} <= nodes for e in edges)
    assert state.node_count == len(nodes)
    assert state.edge_count == len(edges)
    assert {k: len(rows_of(state, k)) for k in state.kinds} == state.snapshot.nodes


@pytest.mark.parametrize(
    ("hops", "inside"),
    [(0, "c"), (1, "bcdx"), (2, "abcdex"), (3, "abcdexp"), (9, "abcdexp")],
)
def test_around_an_entity(chain: State, hops: int, inside: str) -> None:
    part = narrowed(chain, around="company/c", hops=hops)
    assert ids(part) == set(inside)
    check_closed(part)
    assert part.left_out["nodes"] == chain.node_count - part.node_count
    assert part.left_out["edges"] == chain.edge_count - part.edge_count


def test_all_edges_between_the_entities_around_stay(chain: State) -> None:
    assert facts(narrowed(chain, around="company/b", hops=1)) == {"a>b", "b>c"}


def test_kinds_keep_all_their_nodes_and_the_edges_between_them(chain: State) -> None:
    part = narrowed(chain, kinds=["Company"])
    assert ids(part) == {*CHAIN, "f"}
    assert facts(part) == {"a>b", "b>c", "c>d", "d>e"}
    check_closed(part)


def test_relations_keep_the_nodes_that_they_join(chain: State) -> None:
    part = narrowed(chain, relations=["FUNDS", "EMPLOYS"])
    assert ids(part) == set("caxp")
    assert facts(part) == {"c>x", "a>p"}
    check_closed(part)


def test_the_entity_in_the_middle_stays_whatever_its_kind(chain: State) -> None:
    part = narrowed(chain, around="institution/x", hops=2, kinds=["Company"])
    assert facts(part) == {"b>c", "c>d", "c>x"}
    assert ids(part) == set("bcdx")
    check_closed(part)


def test_permissive_licences_leave_the_others_out_and_say_how_many(chain: State, out: Path) -> None:
    part = narrowed(chain, licence="permissive")
    assert facts(part) == {"a>b", "b>c", "c>d", "a>p"}
    assert part.left_out["edges under other licences"] == 2
    check_closed(part)
    cited = {row["url"] for row in rows_of(part, "Source")}
    assert SOURCE not in cited
    report = export(part, "ntriples", out / "part.nt")
    assert (report.nodes, report.edges) == (part.node_count, 4)
    assert "left out: 2 edges under other licences" in report.notes


def test_one_licence(chain: State) -> None:
    assert facts(narrowed(chain, licence="MIT")) == {"a>p"}


@pytest.mark.parametrize(
    ("expression", "permissive"),
    [
        *(
            ("MIT", True),
            ("GPL-3.0-only", False),
            ("LicenseRef-terms", False),
            ("CC-BY-SA-4.0", False),
        ),
        *(("MIT OR GPL-3.0-only", True), ("MIT AND GPL-3.0-only", False), ("MIT AND ISC", True)),
        *(("Apache-2.0 WITH LLVM-exception", True), ("(MIT OR ISC) AND GPL-3.0-only", False)),
        *(("mit", True), ("(MIT OR ISC) AND (Zlib OR SSPL-1.0)", True)),
        *(
            ("MIT AND NOASSERTION", False),
            ("ISC OR (MIT AND Odd)", False),
            ("NOASSERTION", False),
            ("CC-BY-NC-4.0", False),
        ),
    ],
)
def test_licence_expressions(expression: str, permissive: bool) -> None:
    assert _met(expression, "permissive") is permissive


def test_nothing_asked_for_is_the_whole(state: State) -> None:
    part = narrowed(state)
    assert part.left_out == {"nodes": 0, "edges": 0, "edges under other licences": 0}
    assert part.notes == ()
    for name in [*schema().kinds, *schema().relations]:
        assert rows_of(part, name) == rows_of(state, name)
    assert (part.as_of, part.snapshot.hash) == (state.as_of, state.snapshot.hash)
    assert part.snapshot.ledgers == state.snapshot.ledgers
    manifest = json.loads((part.folder / "manifest.json").read_text())
    assert manifest["as_of"] == str(state.as_of)


@pytest.mark.parametrize("name", ["graphml", "neo4j-csv", "parquet", "turtle", "node-link"])
def test_a_part_can_be_exported(name: str, state: State, out: Path) -> None:
    part = narrowed(state, around="framework/pytorch", hops=1)
    report = export(part, name, out / "part")
    assert (report.nodes, report.edges) == (part.node_count, part.edge_count)
    assert 0 < report.nodes < state.node_count


def test_its_folder_goes_with_it(chain: State) -> None:
    part: NarrowedState | None = narrowed(chain, kinds=["Company"])
    assert part is not None
    folder = part.folder
    assert folder.exists()
    part = None
    gc.collect()
    assert not folder.exists()


def test_what_does_not_exist_is_named(chain: State) -> None:
    with pytest.raises(NotFound, match="no entity 'company/nobody'"):
        narrowed(chain, around="company/nobody")
    with pytest.raises(UsageError, match="no kind 'Firm'") as caught:
        narrowed(chain, kinds=["Firm"])
    assert "Company" in caught.value.hint
    with pytest.raises(UsageError, match="no relation 'LIKES'"):
        narrowed(chain, relations=["LIKES"])
    with pytest.raises(UsageError, match="below nought"):
        narrowed(chain, around="company/a", hops=-1)
