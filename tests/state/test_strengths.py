"""How strongly an edge carries control: hand-checked edges of every rule, in one small graph."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from stackholder.errors import UsageError
from stackholder.graph.schema import schema
from stackholder.state.state import State
from stackholder.state.strengths import RULES, parameters
from states import make_state, state_rows

Node = tuple[str, str]
Expected = float | None


def firm(name: str) -> Node:
    return ("Company", name)


def body(name: str) -> Node:
    return ("GoverningBody", name)


def work(name: str) -> Node:
    return ("Framework", name)


def chip(name: str) -> Node:
    return ("Processor", name)


def cloud(name: str) -> Node:
    return ("CloudPlatform", name)


def model(name: str) -> Node:
    return ("Model", name)


HALF = {"quota": 0.5, "quota_strict": True, "rule": "weighted_majority"}
SIX = ["merge", "release", "trademark", "admin", "relicense", "appoint"]

NODES: dict[str, list[dict[str, Any]]] = {
    "GoverningBody": [
        {"id": "merged", **HALF},
        {"id": "halves", **HALF},
        {"id": "contested", **HALF},
        {"id": "half-known", **HALF},
        {"id": "vetoed", **HALF},
        {"id": "members", "quota": 0.5, "quota_strict": True, "rule": "one_member_one_vote"},
        {"id": "agreeing", "quota": 0.5, "quota_strict": True, "rule": "consensus"},
        {"id": "silent", "rule": "weighted_majority"},
    ],
    "License": [
        {"id": "mit", "osi": True, "open_data": False},
        {"id": "gpl-3-0-only", "osi": True, "open_data": False},
        {"id": "cc-by-4-0", "osi": False, "open_data": True},
        {"id": "cc-by-sa-4-0", "osi": False, "open_data": True},
        {"id": "no-hosting", "osi": False, "open_data": False, "restrictions": ["no_saas"]},
        {
            "id": "few-users",
            "osi": False,
            "open_data": False,
            "restrictions": ["mau_cap", "no_saas"],
        },
        {"id": "all-rights-reserved", "osi": False, "open_data": False},
        {"id": "unread", "open_data": False},
    ],
}

# relation: (what it shows, source, target, properties, strength)
CASES: dict[str, list[tuple[str, Node, Node, dict[str, Any], Expected]]] = {
    "OWNS": [
        ("all votes", firm("alphabet"), firm("google"), {"votes": 1.0}, 1.0),
        ("all votes of another", firm("alphabet"), firm("waymo"), {"votes": 1.0}, 1.0),
        (
            "14 % equity, 0 votes",
            firm("google"),
            firm("anthropic"),
            {"equity": 0.14, "votes": 0},
            0,
        ),
        (
            "27 % equity, votes not stated",
            firm("microsoft"),
            firm("openai"),
            {"equity": 0.27},
            None,
        ),
        ("votes above all, one", firm("a"), firm("oversold"), {"votes": 0.7}, None),
        ("votes above all, other", firm("b"), firm("oversold"), {"votes": 0.6}, None),
    ],
    "PART_OF": [("a unit", firm("deepmind"), firm("google"), {}, 1.0)],
    "FUNDS": [
        ("a gift", firm("a"), firm("s"), {"kind": "grant"}, 0.1),
        ("to be spent there", firm("a"), firm("t"), {"cloud_commitment": True}, 0.4),
        ("exclusive", firm("a"), firm("u"), {"exclusive": True}, 0.6),
        ("both", firm("a"), firm("v"), {"exclusive": True, "cloud_commitment": True}, 0.6),
        ("neither", firm("a"), firm("w"), {"exclusive": False, "cloud_commitment": False}, 0.1),
    ],
    "EMPLOYS": [("a job", firm("google"), ("Contributor", "c"), {}, 0.9)],
    "HAS_SEAT": [
        ("two seats of one owner: one", firm("google"), body("merged"), {"votes": 1}, 1 / 6),
        ("two seats of one owner: other", firm("waymo"), body("merged"), {"votes": 1}, 1 / 6),
        ("three of six", firm("meta"), body("merged"), {"votes": 3}, 2 / 3),
        ("one of six", firm("ibm"), body("merged"), {"votes": 1}, 1 / 6),
        ("half a vote", firm("a"), body("halves"), {"votes": 0.5}, 1 / 6),
        ("another half", firm("b"), body("halves"), {"votes": 0.5}, 1 / 6),
        ("a whole vote", firm("c"), body("halves"), {"votes": 1}, 2 / 3),
        ("beside a disputed seat", firm("a"), body("contested"), {"votes": 1}, 1 / 2),
        ("beside it too", firm("b"), body("contested"), {"votes": 1}, 1 / 2),
        ("disputed", firm("c"), body("contested"), {"votes": 5, "status": "disputed"}, None),
        ("the other's votes not stated", firm("a"), body("half-known"), {"votes": 1}, None),
        ("votes not stated", firm("b"), body("half-known"), {}, None),
        ("where another has a veto", firm("a"), body("vetoed"), {"votes": 1}, None),
        ("a veto", firm("b"), body("vetoed"), {"votes": 1, "veto": True}, None),
        ("one member, one vote", firm("a"), body("members"), {}, 1 / 3),
        ("one person, one vote", ("Contributor", "c"), body("members"), {}, 1 / 3),
        ("one foundation, one vote", ("Institution", "i"), body("members"), {}, 1 / 3),
        ("consensus is no vote", firm("a"), body("agreeing"), {"votes": 1}, None),
        ("no quota", firm("a"), body("silent"), {"votes": 1}, None),
        ("a body nobody describes", firm("a"), body("unheard-of"), {"votes": 1}, None),
    ],
    "GOVERNS": [
        ("two rights", firm("a"), work("f"), {"rights": ["merge", "release"]}, 1 / 3),
        ("a legal home", ("Institution", "i"), work("f"), {"rights": ["trademark"]}, 1 / 6),
        ("all rights", firm("a"), work("g"), {"rights": SIX}, 1.0),
        ("rights not stated", firm("a"), work("h"), {}, None),
    ],
    "PROVIDES": [
        ("runs a cloud", firm("google"), cloud("google-cloud"), {}, 1.0),
        ("runs a part of it", firm("waymo"), cloud("vertex"), {}, 1.0),
        ("runs another", firm("fluidstack"), cloud("fluid"), {}, 1.0),
        ("makes a chip", firm("nvidia"), chip("gpu"), {}, 1.0),
        ("makes another", firm("nvidia"), chip("dgx"), {}, 1.0),
        ("makes a rival's", firm("amd"), chip("mi"), {}, 1.0),
    ],
    "OFFERS": [
        ("nobody else has it", cloud("google-cloud"), chip("secret"), {"exclusive": True}, 1.0),
        ("two operators: first", cloud("google-cloud"), chip("tpu"), {}, 1 / 2),
        ("two operators: first again", cloud("vertex"), chip("tpu"), {"managed": True}, 1 / 2),
        ("two operators: second", cloud("fluid"), chip("tpu"), {"exclusive": False}, 1 / 2),
        ("operator unknown: itself", cloud("somewhere"), chip("gpu"), {}, 1 / 2),
        ("and one known", cloud("fluid"), chip("gpu"), {}, 1 / 2),
        ("alone, though not bound", cloud("fluid"), work("f"), {}, 1.0),
    ],
    "RUNS_ON": [
        ("natively, elsewhere at half", work("f"), chip("gpu"), {"tier": "native"}, 1 / 2),
        ("at half, natively elsewhere", work("f"), chip("mi"), {"tier": "supported"}, 0.0),
        ("nowhere else", work("g"), chip("gpu"), {"tier": "experimental"}, 1.0),
        ("two chips of one maker: one", work("h"), chip("gpu"), {"tier": "native"}, 1.0),
        ("two chips of one maker: other", work("h"), chip("dgx"), {"tier": "native"}, 1.0),
        ("how well is not known", work("k"), chip("gpu"), {}, None),
        ("how well elsewhere is not known", work("m"), chip("gpu"), {"tier": "native"}, None),
        ("elsewhere, not known how well", work("m"), chip("mi"), {}, None),
        ("as well elsewhere at least", work("n"), chip("gpu"), {"tier": "supported"}, 0.0),
        ("better elsewhere", work("n"), chip("mi"), {"tier": "optimised"}, None),
        ("and not known how well", work("n"), cloud("somewhere"), {}, None),
    ],
    "DEPENDS_ON": [
        ("needed", work("f"), work("numpy"), {}, 1.0),
        ("one of two: one", work("f"), work("mkl"), {"group": "blas"}, 1 / 2),
        ("one of two: other", work("f"), work("openblas"), {"group": "blas"}, 1 / 2),
        ("another's group of that name", work("g"), work("mkl"), {"group": "blas"}, 1.0),
        ("optional", work("f"), work("plots"), {"kind": "optional"}, 0.1),
    ],
    "DERIVED_FROM": [
        ("from MIT", model("c1"), model("mit"), {}, 0.0),
        ("from GPL", model("c2"), model("gpl"), {}, 0.2),
        ("from open data", model("c3"), model("by"), {}, 0.0),
        ("from share-alike data", model("c4"), model("sa"), {}, 0.2),
        ("from what may not be hosted", model("c5"), model("hosted"), {}, 0.6),
        ("from what few may use", model("c6"), model("capped"), {}, 0.8),
        ("from what is reserved", model("c7"), model("closed"), {}, 1.0),
        ("the strictest of two", model("c8"), model("two"), {}, 0.8),
        ("a licence nobody read", model("c9"), model("unread"), {}, None),
        ("no licence known", model("c10"), model("bare"), {}, None),
    ],
    "IMPLEMENTS": [
        ("four fifths", work("f"), ("Norm", "onnx"), {"completeness": 0.8}, 0.8),
        ("how much is not known", work("g"), ("Norm", "onnx"), {}, 0.5),
    ],
    "SUBJECT_TO": [
        ("bound", model("m"), ("Norm", "art-53"), {}, 1.0),
        ("exempt", model("n"), ("Norm", "art-53"), {"exempt_by": "open licence"}, 0.0),
    ],
    "PUBLISHES": [("its own", work("f"), ("Package", "f"), {}, 1.0)],
}
GRANTED = {
    "mit": ["mit"],
    "gpl": ["gpl-3-0-only"],
    "by": ["cc-by-4-0"],
    "sa": ["cc-by-sa-4-0"],
    "hosted": ["no-hosting"],
    "capped": ["few-users"],
    "closed": ["all-rights-reserved"],
    "two": ["mit", "few-users"],
    "unread": ["unread"],
}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    edges: dict[str, list[dict[str, Any]]] = {
        relation: [
            {"source": s, "target": t, "at": name, "note": name, **p} for name, s, t, p, _ in rows
        ]
        for relation, rows in CASES.items()
    }
    edges["LICENSED_UNDER"] = [
        {"source": model(m), "target": ("License", licence)}
        for m, all_ in GRANTED.items()
        for licence in all_
    ]
    return make_state(tmp_path_factory.mktemp("strengths"), NODES, edges)


@pytest.mark.parametrize(
    ("relation", "name"), [(r, name) for r, rows in CASES.items() for name, *_ in rows]
)
def test_an_edge_carries_what_its_terms_say(state: State, relation: str, name: str) -> None:
    [(source, target, expected)] = [(s, t, e) for n, s, t, _, e in CASES[relation] if n == name]
    [edge] = [row for row in state_rows(state, relation).values() if row.get("note") == name]
    control = state_rows(state, "CONTROLS")[f"c-{edge['key']}"]
    carries = schema().relations[relation].control
    assert carries is not None
    assert (control["relation"], control["channel"]) == (relation, carries.channel)
    ends = [
        (control["source_kind"], control["source"]),
        (control["target_kind"], control["target"]),
    ]
    named = [(kind, own) for kind, own in (source, target)]
    assert [(k, i.partition("/")[2]) for k, i in (ends if carries.forward else ends[::-1])] == named
    found = control.get("strength")
    assert found is None if expected is None else math.isclose(found, expected, abs_tol=1e-12)


def test_every_relation_that_carries_control_is_checked_here() -> None:
    assert set(CASES) == {r.name for r in schema().relations.values() if r.control}
    assert {r.control.rule for r in schema().relations.values() if r.control} == set(RULES)


def test_every_choice_that_a_strength_is_looked_up_by_has_one() -> None:
    tiers = {p.name: p.choices for p in schema().relations["RUNS_ON"].properties}["tier"]
    rights = {p.name: p.choices for p in schema().relations["GOVERNS"].properties}["rights"]
    assert set(parameters()["tier"]) == set(tiers)
    assert set(parameters()["rights"]) == set(rights)
    assert sum(parameters()["rights"].values()) == pytest.approx(1)


def test_another_set_of_strengths_gives_another_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edges = {"EMPLOYS": [{"source": firm("a"), "target": ("Contributor", "c")}]}
    before = make_state(tmp_path, {}, edges)
    shipped = Path(__file__).parent.parent.parent / "state/strengths.toml"
    own = tmp_path / "own.toml"
    own.write_text(shipped.read_text().replace("employment = 0.9", "employment = 0.7"))
    monkeypatch.setenv("STACKHOLDER_STRENGTHS", str(own))
    after = make_state(tmp_path, {}, edges)
    assert after.snapshot.hash == before.snapshot.hash
    assert after.folder != before.folder
    assert [s.edges("CONTROLS")["strength"].to_pylist() for s in (before, after)] == [[0.9], [0.7]]


@pytest.mark.parametrize("text", [None, "not = = toml"])
def test_a_set_of_strengths_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    own = tmp_path / "own.toml"
    if text is not None:
        own.write_text(text)
    monkeypatch.setenv("STACKHOLDER_STRENGTHS", str(own))
    with pytest.raises(UsageError, match="cannot be read") as caught:
        parameters()
    assert caught.value.where == str(own)
