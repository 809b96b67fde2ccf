"""Who decides on what, on small graphs made by the real road: the worked numbers of the rules, to the digit."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from powers import ALL_RIGHTS, hops, near, power_rows, powers, row
from stackholder.state.state import State
from states import make_state

PYTORCH = ("Framework", "pytorch")
CORE, MODULES = ("GoverningBody", "core"), ("GoverningBody", "modules")
META, NVIDIA = ("Company", "meta"), ("Company", "nvidia")


def pytorch(folder: Path, employers: list[tuple[str, str]]) -> State:
    """The graph of PyTorch with eight core maintainers, of whom the first work for these."""
    persons = [("Contributor", f"p{i}") for i in range(8)]
    nodes: dict[str, list[dict[str, Any]]] = {
        "GoverningBody": [
            {"id": "core", "name": "Core maintainers", "size": 8, "rule": "bdfl"},
            {"id": "modules", "name": "Module maintainers"},
        ],
        "Institution": [{"id": "house", "name": "PyTorch Foundation", "category": "foundation"}],
        "Company": [{"id": "meta", "name": "Meta"}, {"id": "nvidia", "name": "NVIDIA"}],
        "Framework": [{"id": "pytorch", "name": "PyTorch"}],
    }
    edges = {
        "GOVERNS": [
            row(CORE, PYTORCH, rights=["merge", "release", "admin", "appoint"]),
            row(MODULES, PYTORCH, rights=["merge"]),
            row(("Institution", "house"), PYTORCH, rights=["trademark"]),
        ],
        "PART_OF": [row(PYTORCH, ("Institution", "house"))],
        "HAS_SEAT": [row(p, CORE) for p in persons],
        "EMPLOYS": [row(e, p) for e, p in zip(employers, persons, strict=False)],
    }
    return make_state(folder, nodes, edges)


def test_pytorch_with_four_maintainers_whose_employer_is_known(tmp_path: Path) -> None:
    state = pytorch(tmp_path, [META, META, META, NVIDIA])
    assert powers(state, "framework/pytorch", "decides") == {
        "Core maintainers": near(0.725, 0.825),
        "Meta": near(3 / 8 * 0.725, 0.825),
        "Module maintainers": near(0.125, 0.225),
        "NVIDIA": near(1 / 8 * 0.725, 0.825),
        "PyTorch Foundation": near(0.05, 0.15),
        "4 persons whose employer is not known": near(0.0, 0.5 * 0.825),
    }
    assert powers(state, "governing-body/core", "decides") == {
        "Meta": near(3 / 8, 1.0),
        "NVIDIA": near(1 / 8, 1.0),
        "4 persons whose employer is not known": near(0.0, 0.5),
    }


def test_pytorch_once_five_of_eight_are_of_one_firm(tmp_path: Path) -> None:
    state = pytorch(tmp_path, [META] * 5 + [NVIDIA])
    decides = powers(state, "framework/pytorch", "decides")
    assert decides["Meta"] == near(0.725, 0.825)
    assert decides["NVIDIA"] == near(1 / 8 * 0.725, 3 / 8 * 0.825)
    assert decides["2 persons whose employer is not known"] == near(0.0, 2 / 8 * 0.825)


def test_what_a_foundation_hosts_is_decided_by_its_rights_alone(tmp_path: Path) -> None:
    state = pytorch(tmp_path, [])
    assert powers(state, "framework/pytorch", "decides")["PyTorch Foundation"] == near(0.05, 0.15)


# ------------------------------------------------------------------ all worked answers in one graph

TOFU, TERRAFORM = ("Framework", "opentofu"), ("Framework", "terraform")
TRUST, ANTHROPIC = ("GoverningBody", "trust"), ("Company", "anthropic")
GOOGLE, ALPHABET = ("Company", "google"), ("Company", "alphabet")
FOUNDER, FUND = ("Contributor", "founder"), ("Company", "fund")
UNIT = ("Company", "unit")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> State:
    nodes: dict[str, list[dict[str, Any]]] = {
        "Company": [
            {"id": i, "name": n}
            for i, n in (
                ("nvidia", "NVIDIA"),
                ("google", "Google"),
                ("alphabet", "Alphabet"),
                ("meta", "Meta"),
                ("hashicorp", "HashiCorp"),
                ("ibm", "IBM"),
                ("amazon", "Amazon"),
                ("anthropic", "Anthropic"),
                ("fund", "Fund"),
                ("firm", "Firm"),
                ("unit", "Unit"),
            )
        ],
        "Contributor": [{"id": "founder", "name": "Founder"}],
        "Institution": [
            {"id": "foundation", "name": "Foundation", "category": "foundation"},
            {"id": "university", "name": "University", "category": "university"},
        ],
        "GoverningBody": [
            {"id": "trust", "name": "Trust"},
            {"id": "tsc", "name": "OpenTofu TSC"},
            {"id": "board", "name": "Board"},
            {"id": "onnx-sc", "name": "ONNX steering committee"},
        ],
        "Framework": [
            {"id": i, "name": i}
            for i in ("cuda", "jax", "opentofu", "terraform", "onnx", "shy", "moved")
        ],
        "Model": [{"id": "llama-3", "name": "Llama 3"}, {"id": "joint", "name": "Joint"}],
        "Dataset": [{"id": "pile", "name": "Pile"}],
        "CloudPlatform": [{"id": "cloud", "name": "Cloud"}, {"id": "service", "name": "Service"}],
        "Package": [{"id": "jaxlib", "name": "jaxlib"}],
        "Processor": [{"id": "tpu", "name": "TPU"}],
        "Norm": [{"id": "standard", "name": "Standard"}],
    }
    edges = {
        "GOVERNS": [
            row(NVIDIA, ("Framework", "cuda"), rights=ALL_RIGHTS),
            row(GOOGLE, ("Framework", "jax"), rights=ALL_RIGHTS),
            row(("Company", "hashicorp"), TERRAFORM, rights=ALL_RIGHTS),
            row(("GoverningBody", "tsc"), TOFU, rights=["merge", "release", "admin", "appoint"]),
            row(TRUST, ANTHROPIC, rights=["appoint"], board_share=0.6),
            row(("GoverningBody", "onnx-sc"), ("Framework", "onnx"), rights=["merge", "release"]),
            row(("Institution", "foundation"), ("Framework", "shy"), rights=["trademark"]),
            row(META, ("Framework", "moved"), rights=ALL_RIGHTS),
            row(
                ("Institution", "foundation"),
                ("Framework", "moved"),
                rights=ALL_RIGHTS,
                valid_from="2022-09-12",
            ),
        ],
        "CREATED": [
            row(META, ("Model", "llama-3")),
            row(("Contributor", "founder"), ("Model", "llama-3")),
            row(META, ("Model", "joint")),
            row(("Institution", "university"), ("Model", "joint")),
            row(("Institution", "university"), ("Dataset", "pile")),
            row(("Company", "hashicorp"), TERRAFORM),
            row(META, ("Framework", "onnx")),
            row(GOOGLE, ("Norm", "standard")),
            row(GOOGLE, ("Processor", "tpu")),
        ],
        "PROVIDES": [row(GOOGLE, ("CloudPlatform", "cloud"))],
        "PART_OF": [
            row(("Framework", "onnx"), ("Institution", "foundation")),
            row(("GoverningBody", "onnx-sc"), ("Institution", "foundation")),
            row(("CloudPlatform", "service"), ("CloudPlatform", "cloud")),
            row(UNIT, GOOGLE),
        ],
        "PUBLISHES": [row(("Framework", "jax"), ("Package", "jaxlib"), official=True)],
        "DERIVED_FROM": [row(TOFU, TERRAFORM, kind="fork", valid_from="2023-09-05")],
        "OWNS": [
            row(ALPHABET, GOOGLE, votes=1.0),
            row(FOUNDER, META, votes=0.61),
            row(FUND, META, votes=0.08),
            row(("Company", "ibm"), ("Company", "hashicorp"), votes=1.0),
            row(GOOGLE, ANTHROPIC, equity=0.14, votes=0),
            row(("Company", "amazon"), ANTHROPIC, equity=0.2),
            row(FUND, ("Company", "firm"), votes=0.3),
        ],
    }
    return make_state(tmp_path_factory.mktemp("deciding"), nodes, edges)


@pytest.mark.parametrize(
    ("thing", "holder", "low", "high"),
    [
        ("framework/cuda", "NVIDIA", 1, 1),
        ("framework/jax", "Google", 1, 1),
        ("model/llama-3", "Meta", 1, 1),
        ("framework/opentofu", "OpenTofu TSC", 0.85, 1),
        ("company/anthropic", "Trust", 1, 1),
        ("company/google", "Alphabet", 1, 1),
        ("company/meta", "Founder", 1, 1),
        ("company/unit", "Google", 1, 1),
        ("company/firm", "Fund", 0, 0.3),
        ("framework/onnx", "ONNX steering committee", 0.45, 1),
        ("framework/shy", "Foundation", 0.05, 1),
        ("framework/moved", "Foundation", 1, 1),
        ("model/joint", "Meta", 0.5, 0.5),
        ("model/joint", "University", 0.5, 0.5),
        ("dataset/pile", "University", 1, 1),
        ("processor/tpu", "Google", 1, 1),
        ("cloud-platform/cloud", "Google", 1, 1),
        ("cloud-platform/service", "Google", 1, 1),
        ("package/jaxlib", "Google", 1, 1),
    ],
)
def test_the_worked_answers(graph: State, thing: str, holder: str, low: float, high: float) -> None:
    assert powers(graph, thing, "decides")[holder] == near(low, high)


@pytest.mark.parametrize(
    ("thing", "holders"),
    [
        ("framework/cuda", {"NVIDIA"}),
        ("framework/jax", {"Google"}),
        ("framework/opentofu", {"OpenTofu TSC"}),
        ("framework/onnx", {"ONNX steering committee"}),
        ("framework/moved", {"Foundation"}),
        ("company/anthropic", {"Trust", "Amazon"}),
        ("company/meta", {"Founder"}),
        ("norm/standard", set()),
    ],
)
def test_nobody_else_decides(graph: State, thing: str, holders: set[str]) -> None:
    """No fork parent, no maker of a framework or norm, no host, no owner of a stake without votes: Google in Anthropic.

    What Amazon may vote there is not stated.
    """
    assert set(powers(graph, thing, "decides")) == holders


def test_hashicorp_and_its_owner_have_no_row_on_opentofu_at_all(graph: State) -> None:
    rows = graph.edges("HAS_POWER", ["target", "holder", "owner_name"]).to_pylist()
    tofu = {n for r in rows if r["target"] == "framework/opentofu" for n in r.values()}
    assert not {"HashiCorp", "IBM", "company/hashicorp", "company/ibm"} & tofu


def test_a_group_is_one_party_by_the_name_of_the_member_that_acts(graph: State) -> None:
    [decider] = power_rows(graph, "framework/jax", "decides")
    assert (decider["holder"], decider["owner"]) == ("Google", "company/alphabet")
    assert decider["owner_name"] == "Alphabet"
    assert decider["hops"] == 1
    [founder] = power_rows(graph, "model/llama-3", "decides")
    assert (founder["holder"], founder["owner_name"]) == ("Meta", "Founder")


def test_who_decides_on_a_firm_decides_on_what_the_firm_decides_on(graph: State) -> None:
    decides = hops(graph, "decides")
    assert decides["contributor/founder", "company/meta"] == near(1.0)
    assert decides["company/meta", "model/llama-3"] == near(1.0)
    assert ("company/fund", "company/meta") not in decides, (
        "beside a majority a minority is nothing"
    )


# ------------------------------------------------------------------ boards, bodies, rosters


def decided(folder: Path, nodes: dict[str, Any], edges: dict[str, Any], thing: str) -> Any:
    return powers(make_state(folder, nodes, edges), thing, "decides")


FIRM, BOARD = ("Company", "firm"), ("GoverningBody", "board")


def test_a_board_runs_its_organisation_and_a_majority_on_it_decides(tmp_path: Path) -> None:
    nodes = {"GoverningBody": [{"id": "board", "size": 5}]}
    seats = [row(("Company", n), BOARD) for n in ("a", "b")]
    edges = {
        "GOVERNS": [row(BOARD, FIRM, rights=["admin"])],
        "HAS_SEAT": [*seats, row(("Company", "a2"), BOARD), row(("Company", "c"), BOARD)],
        "OWNS": [row(("Company", "a"), ("Company", "a2"), votes=0.9)],
    }
    assert decided(tmp_path, nodes, edges, "company/firm") == {
        "board": near(1.0),
        "a": near(2 / 5, 1.0),
        "b": near(1 / 5, 2 / 5),
        "c": near(1 / 5, 2 / 5),
    }


def test_a_right_to_appoint_fewer_than_half_is_a_seat(tmp_path: Path) -> None:
    edges = {
        "GOVERNS": [
            row(BOARD, FIRM, rights=["admin"]),
            row(("Company", "a"), FIRM, rights=["appoint"], board_share=0.25),
            row(("Company", "b"), FIRM, rights=["appoint"]),
        ]
    }
    assert decided(tmp_path, {}, edges, "company/firm") == {
        "board": near(1.0),
        "a": near(0.25),
        "b": near(0.0, 1.0),
    }


def test_a_vote_with_a_quota_is_worth_its_index(tmp_path: Path) -> None:
    """The board of the PyTorch Foundation at four votes of Meta: 2/3 and 1/15."""
    rule = {"quota": 0.5, "quota_strict": True, "rule": "weighted_majority"}
    others = [row(("Company", f"f{i}"), BOARD, votes=1) for i in range(5)]
    edges = {"HAS_SEAT": [row(META, BOARD, votes=4), *others]}
    nodes = {"GoverningBody": [{"id": "board", **rule}]}
    found = decided(tmp_path, nodes, edges, "governing-body/board")
    assert found == {"meta": near(2 / 3), **{f"f{i}": near(1 / 15) for i in range(5)}}


def test_votes_that_one_seat_does_not_state_leave_all_open(tmp_path: Path) -> None:
    rule = {"quota": 0.5, "quota_strict": True, "rule": "weighted_majority"}
    edges = {"HAS_SEAT": [row(META, BOARD, votes=4), row(NVIDIA, BOARD)]}
    found = decided(
        tmp_path, {"GoverningBody": [{"id": "board", **rule}]}, edges, "governing-body/board"
    )
    assert found == {"meta": near(0.0, 1.0), "nvidia": near(0.0, 1.0)}


def test_in_a_vote_persons_of_unknown_employers_are_votes_of_nobody(tmp_path: Path) -> None:
    """Four of seven carry: with the two of the person a has five and b four, each alone enough; alone [4; 2, 3, 2]."""
    rule = {"quota": 0.5, "quota_strict": True, "rule": "weighted_majority"}
    seats = [row(("Company", n), BOARD, votes=v) for n, v in (("a", 3), ("b", 2))]
    edges = {"HAS_SEAT": [*seats, row(("Contributor", "p"), BOARD, votes=2)]}
    nodes = {"GoverningBody": [{"id": "board", **rule}]}
    assert decided(tmp_path, nodes, edges, "governing-body/board") == {
        "a": near(0.0, 1.0),
        "b": near(0.0, 1.0),
        "1 person whose employer is not known": near(0.0, 1 / 3),
    }


def test_a_seat_that_two_sources_state_is_one_seat(tmp_path: Path) -> None:
    """Two votes against one and one of [3; 2, 1, 1]: 2/3; counted twice it would win alone."""
    rule = {"quota": 0.5, "quota_strict": True, "rule": "weighted_majority"}
    seats = [row(("Company", n), BOARD, votes=v) for n, v in (("a", 2), ("b", 1), ("c", 1))]
    again = [row(("Company", "a"), BOARD, votes=2, chair=True), row(("Company", "a"), BOARD)]
    for folder, more in (("once", []), ("again", again)):
        found = decided(
            tmp_path / folder,
            {"GoverningBody": [{"id": "board", **rule}]},
            {"HAS_SEAT": [*seats, *more]},
            "governing-body/board",
        )
        assert found == {"a": near(2 / 3), "b": near(1 / 6), "c": near(1 / 6)}, folder


def test_a_board_that_two_sources_state_is_one_board(tmp_path: Path) -> None:
    edges = {
        "GOVERNS": [
            row(BOARD, FIRM, rights=["admin"]),
            row(BOARD, FIRM, rights=["admin", "appoint"]),
        ]
    }
    edges["GOVERNS"].append(row(FIRM, PYTORCH, rights=ALL_RIGHTS))
    state = make_state(tmp_path, {}, edges)
    assert powers(state, "company/firm", "decides") == {"board": near(1.0)}
    [decider] = power_rows(state, "framework/pytorch", "decides")
    # The firm decides, and its board is no owner of it, but its organ.
    assert (decider["holder"], decider["owner_name"]) == ("firm", None)


def test_a_roster_whose_terms_have_ended_is_possible_and_says_so(tmp_path: Path) -> None:
    persons = [("Contributor", f"p{i}") for i in range(3)]
    seats = [
        row(p, BOARD, valid_from="2023-01-01", valid_to=end)
        for p, end in zip(persons, ("2025-06-01", "2025-06-01", None), strict=True)
    ]
    edges = {
        "GOVERNS": [row(BOARD, PYTORCH, rights=ALL_RIGHTS)],
        "HAS_SEAT": [{k: v for k, v in s.items() if v} for s in seats],
        "EMPLOYS": [row(META, persons[0]), row(NVIDIA, persons[2])],
    }
    nodes = {"GoverningBody": [{"id": "board", "size": 5}]}
    state = make_state(tmp_path, nodes, edges)
    assert powers(state, "framework/pytorch", "decides") == {
        "board": near(1.0),
        "nvidia": near(1 / 5, 1.0),
        "meta": near(0.0, 1.0),
    }
    [former] = [r for r in power_rows(state, "framework/pytorch", "decides") if r["low"] == 0]
    assert "had 1 of 5 seats" in former["reason"]
    assert "ended in 2025-06" in former["reason"]


def test_an_undated_right_is_cut_where_another_takes_over_all(tmp_path: Path) -> None:
    edges = {
        "GOVERNS": [
            row(META, PYTORCH, rights=ALL_RIGHTS),
            row(NVIDIA, PYTORCH, rights=ALL_RIGHTS, valid_from="2022-09-12"),
        ]
    }
    for day, holder in (("2022-09-11", "meta"), ("2022-09-12", "nvidia")):
        state = make_state(tmp_path, {}, edges, datetime.date.fromisoformat(day))
        assert powers(state, "framework/pytorch", "decides") == {holder: near(1.0)}, day


def test_a_disputed_right_counts_nothing(tmp_path: Path) -> None:
    edges = {
        "GOVERNS": [
            row(META, PYTORCH, rights=["merge"]),
            row(NVIDIA, PYTORCH, rights=["merge"], status="disputed"),
        ]
    }
    assert decided(tmp_path, {}, edges, "framework/pytorch") == {"meta": near(0.25, 1.0)}


def test_what_possibly_decides_on_a_firm_possibly_decides_on_its_works(tmp_path: Path) -> None:
    edges = {
        "OWNS": [row(("Company", "owner"), FIRM, equity=0.4), row(FUND, FIRM, votes=0.2)],
        "GOVERNS": [row(FIRM, PYTORCH, rights=ALL_RIGHTS)],
    }
    assert decided(tmp_path, {}, edges, "framework/pytorch") == {
        "firm": near(1.0),
        "owner": near(0.0, 1.0),
    }


def test_who_sits_beside_a_firm_on_its_own_board_decides_on_its_works(tmp_path: Path) -> None:
    """The chief of the firm has one of three seats; what others hold of the firm is what they hold of its board."""
    chief = ("Contributor", "chief")
    edges = {
        "GOVERNS": [row(BOARD, FIRM, rights=["admin"]), row(FIRM, PYTORCH, rights=ALL_RIGHTS)],
        "HAS_SEAT": [row(META, BOARD), row(NVIDIA, BOARD), row(chief, BOARD)],
        "EMPLOYS": [row(FIRM, chief)],
    }
    state = make_state(tmp_path, {}, edges)
    third = near(1 / 3)
    assert powers(state, "governing-body/board", "decides") == {"meta": third, "nvidia": third}
    for thing in ("company/firm", "framework/pytorch"):
        found = powers(state, thing, "decides")
        assert {n: found[n] for n in ("meta", "nvidia")} == {"meta": third, "nvidia": third}, thing


@pytest.mark.parametrize("board", [True, False])
def test_a_board_hides_nobody_who_may_hold_the_majority_of_votes(
    tmp_path: Path, board: bool
) -> None:
    governs = [row(FIRM, PYTORCH, rights=ALL_RIGHTS)]
    governs += [row(BOARD, FIRM, rights=["admin"])] if board else []
    edges = {"GOVERNS": governs, "OWNS": [row(META, FIRM, equity=0.3)]}
    found = decided(tmp_path, {}, edges, "framework/pytorch")
    assert found == {"firm": near(1.0), "meta": near(0.0, 1.0)}


def test_beside_a_right_to_appoint_the_board_an_owner_of_unknown_votes_has_no_say_in_its_works(
    tmp_path: Path,
) -> None:
    edges = {
        "GOVERNS": [
            row(("Company", "a"), FIRM, rights=["appoint"], board_share=1),
            row(FIRM, PYTORCH, rights=ALL_RIGHTS),
        ],
        "OWNS": [row(META, FIRM, equity=0.3)],
    }
    assert decided(tmp_path / "1", {}, edges, "company/firm")["meta"] == near(0.0, 1.0)
    assert decided(tmp_path / "2", {}, edges, "framework/pytorch") == {"firm": near(1.0)}


def test_persons_of_unknown_employers_may_have_the_seats_of_nobody_too(tmp_path: Path) -> None:
    """Two of five are of unknown employers and two seats are open: four of five, were they all of one."""
    nodes = {"GoverningBody": [{"id": "board", "size": 5}]}
    persons = [("Contributor", f"p{i}") for i in range(2)]
    edges = {"HAS_SEAT": [row(META, BOARD), *(row(p, BOARD) for p in persons)]}
    found = decided(tmp_path, nodes, edges, "governing-body/board")
    assert found == {"meta": near(0.2, 1.0), "2 persons whose employer is not known": near(0, 1)}


def test_bodies_that_sit_in_each_other_come_to_an_end(tmp_path: Path) -> None:
    """The first runs the one, which sits in the second, which runs the other, which sits in the first."""
    one, other = ("Institution", "one"), ("Institution", "other")
    first, second = ("GoverningBody", "first"), ("GoverningBody", "second")
    edges = {
        "GOVERNS": [row(first, one, rights=["admin"]), row(second, other, rights=["admin"])],
        "HAS_SEAT": [
            row(one, second),
            row(NVIDIA, second),
            row(other, first),
            row(META, first),
        ],
    }
    state = make_state(tmp_path, {}, edges)
    assert powers(state, "institution/one", "decides") == {
        "first": near(1.0),
        "meta": near(0.5),
        "other": near(0.5),
        "nvidia": near(0.25),
    }
    [other_row] = [
        r for r in power_rows(state, "institution/one", "decides") if r["holder"] == "other"
    ]
    assert other_row["owner_name"] is None, "the board over it is its organ, and no owner"


def test_what_lies_below_a_circle_of_owners_belongs_to_it_whatever_its_name(
    tmp_path: Path,
) -> None:
    """F and G hold each other, G holds the third; that its name comes first in the alphabet means nothing."""
    f, g = ("Company", "m-f"), ("Company", "m-g")
    for below in ("a-third", "z-third"):
        edges = {
            "GOVERNS": [
                row(("Company", below), PYTORCH, rights=ALL_RIGHTS),
                *(
                    row(source, target, rights=["appoint"], board_share=1)
                    for source, target in ((f, g), (g, f), (g, ("Company", below)))
                ),
            ]
        }
        state = make_state(tmp_path / below, {}, edges)
        [decider] = power_rows(state, "framework/pytorch", "decides")
        assert (decider["holder"], decider["owner"]) == (below, "company/m-f"), below
