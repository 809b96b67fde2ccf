"""Who can withhold what a thing needs, on small graphs made by the real road: the worked numbers, to the digit."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from powers import ALL_RIGHTS, hops, near, power_rows, powers, row, value
from stackholder.state.needs import licence_holds
from stackholder.state.state import State
from states import make_state

PYTORCH, CUDA, JAX = (("Framework", n) for n in ("pytorch", "cuda", "jax"))
H100, B200, MI300, TPU = (("Processor", n) for n in ("h100", "b200", "mi300", "tpu"))
NVIDIA, AMD, GOOGLE, TSMC = (("Company", n) for n in ("nvidia", "amd", "google", "tsmc"))
CLOUDS = ("aws", "runpod", "azure")


def open_licence(*names: str) -> list[dict[str, Any]]:
    return [{"id": n, "name": n, "osi": True, "open_data": False} for n in names]


NODES: dict[str, list[dict[str, Any]]] = {
    "Model": [{"id": "llama-3", "identifiers": ["hub:meta-llama/Meta-Llama-3-8B"]}],
    "License": [
        *open_licence("bsd-3-clause", "apache-2-0", "mpl-2-0", "agpl-3-0-only"),
        {"id": "proprietary", "osi": False, "open_data": False},
        {"id": "busl", "osi": False, "open_data": False, "restrictions": ["field_of_use"]},
        {"id": "sspl", "osi": False, "open_data": False, "restrictions": ["no_saas"]},
        {
            "id": "llama-3-community",
            "osi": False,
            "open_data": False,
            "restrictions": ["mau_cap"],
        },
    ],
}
EDGES: dict[str, list[dict[str, Any]]] = {
    "PROVIDES": [
        row(NVIDIA, H100),
        row(NVIDIA, B200),
        row(AMD, MI300),
        row(GOOGLE, TPU),
        *(row(("Company", f"{c}-inc"), ("CloudPlatform", c)) for c in CLOUDS),
    ],
    "SUPPLIES": [
        row(TSMC, H100, part="fabrication", sole=True),
        row(TSMC, B200, part="fabrication", sole=True),
        row(("Company", "sk-hynix"), H100, part="memory"),
        row(("Company", "asml"), TSMC, part="lithography", sole=True),
        row(("Company", "samsung"), TPU, part="memory", sole=False),
    ],
    "OFFERS": [row(("CloudPlatform", c), H100) for c in ("aws", "runpod")],
    "RUNS_ON": [
        row(PYTORCH, H100, tier="optimised"),
        row(PYTORCH, B200, tier="optimised"),
        row(PYTORCH, MI300, tier="supported"),
        *(row(PYTORCH, ("CloudPlatform", c)) for c in CLOUDS),
        row(CUDA, H100, tier="native"),
        row(CUDA, B200, tier="native"),
        row(JAX, TPU, tier="native"),
        row(JAX, H100, tier="optimised"),
    ],
    "GOVERNS": [
        row(NVIDIA, CUDA, rights=ALL_RIGHTS),
        row(GOOGLE, JAX, rights=ALL_RIGHTS),
        *(
            row(("Company", firm), ("Framework", parent), rights=ALL_RIGHTS)
            for firm, parent in (
                ("redis-ltd", "redis"),
                ("elastic", "elasticsearch"),
                ("hashicorp", "terraform"),
            )
        ),
    ],
    "CREATED": [row(("Company", "meta"), ("Model", "llama-3"))],
    "LICENSED_UNDER": [
        row(CUDA, ("License", "proprietary")),
        row(PYTORCH, ("License", "bsd-3-clause")),
        row(JAX, ("License", "apache-2-0")),
        row(("Model", "llama-3"), ("License", "llama-3-community")),
        row(("Framework", "redis"), ("License", "bsd-3-clause"), valid_to="2024-03-20"),
        row(("Framework", "redis"), ("License", "sspl"), valid_from="2024-03-20"),
        row(("Framework", "elasticsearch"), ("License", "apache-2-0"), valid_to="2021-01-14"),
        row(("Framework", "elasticsearch"), ("License", "sspl"), valid_from="2021-01-14"),
        row(("Framework", "elasticsearch"), ("License", "agpl-3-0-only"), valid_from="2024-08-29"),
        row(("Framework", "terraform"), ("License", "mpl-2-0"), valid_to="2023-08-10"),
        row(("Framework", "terraform"), ("License", "busl"), valid_from="2023-08-10"),
        row(("Framework", "valkey"), ("License", "bsd-3-clause")),
        row(("Framework", "opensearch"), ("License", "apache-2-0")),
        row(("Framework", "opentofu"), ("License", "mpl-2-0")),
    ],
    "DERIVED_FROM": [
        row(("Framework", fork), ("Framework", parent), kind="fork", valid_from=day)
        for fork, parent, day in (
            ("valkey", "redis", "2024-03-28"),
            ("opensearch", "elasticsearch", "2021-04-12"),
            ("opentofu", "terraform", "2023-09-05"),
            ("late", "terraform", "2023-09-05"),
            ("hosted", "redis", "2024-04-01"),
        )
    ],
    "DEPENDS_ON": [row(("Framework", "kit"), CUDA, kind="runtime")],
}


def changed(**more: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {n: [*EDGES.get(n, []), *more.get(n, [])] for n in {*EDGES, *more}}


def complete(**lists: int) -> dict[str, list[dict[str, Any]]]:
    """Frameworks with a list of chips and clouds that a source states to be whole."""
    frameworks = [{"id": f, "complete": [f"RUNS_ON={n}"]} for f, n in lists.items()]
    return {**NODES, "Framework": frameworks}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> State:
    return make_state(tmp_path_factory.mktemp("squeezing"), NODES, EDGES)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> State:
    """The same, with the support matrices of PyTorch, CUDA and JAX stated to be whole."""
    nodes = complete(pytorch=6, cuda=2, jax=2)
    return make_state(tmp_path_factory.mktemp("whole"), nodes, EDGES)


# ------------------------------------------------------------------ the worked answers


@pytest.mark.parametrize(
    ("thing", "holder", "high"),
    [
        ("framework/pytorch", "nvidia", 0.375),
        ("framework/pytorch", "amd", 0.0),
        ("framework/jax", "google", 0.20),
        ("framework/jax", "nvidia", 0.0),
        ("framework/cuda", "nvidia", 1.0),
        *(("framework/pytorch", f"{c}-inc", 0.0) for c in CLOUDS),
        *(("processor/h100", f"{c}-inc", 0.0) for c in CLOUDS),
    ],
)
@pytest.mark.parametrize("stated", ["graph", "whole"])
def test_frameworks_and_chips(
    request: pytest.FixtureRequest, stated: str, thing: str, holder: str, high: float
) -> None:
    """What is known is 0 unless a source states the list of chips to be whole."""
    state = request.getfixturevalue(stated)
    wanted = near(high if stated == "whole" else 0.0, high)
    if (thing, holder) == ("framework/cuda", "nvidia"):
        wanted = near(1.0)  # its licence is NVIDIA's to grant
    assert value(state, thing, "squeezes", holder) == wanted


def test_a_list_counts_as_whole_only_with_all_its_entries(tmp_path: Path) -> None:
    state = make_state(tmp_path, complete(pytorch=7), EDGES)
    assert value(state, "framework/pytorch", "squeezes", "nvidia") == near(0.0, 0.375)


def test_who_alone_fabricates_a_chip_can_withhold_it(graph: State) -> None:
    assert powers(graph, "processor/h100", "squeezes") == {
        "tsmc": near(1.0),
        "asml": near(1.0),
        "sk-hynix": near(0.0, 1.0),
        "nvidia": near(1.0),
    }


def test_of_one_of_many_suppliers_nothing_hangs(graph: State) -> None:
    assert "samsung" not in powers(graph, "processor/tpu", "squeezes")


def test_a_foundry_squeezes_frameworks_through_their_chips(graph: State) -> None:
    """Without TSMC no NVIDIA chip is left; AMD's, of which no foundry is stated, and Google's are."""
    assert value(graph, "framework/pytorch", "squeezes", "tsmc") == near(0.0, 0.375)
    assert value(graph, "framework/cuda", "squeezes", "tsmc") == near(0.0, 1.0)
    assert value(graph, "framework/jax", "squeezes", "tsmc") == (0.0, 0.0)
    [row_] = [r for r in power_rows(graph, "framework/cuda", "squeezes") if r["holder"] == "asml"]
    assert row_["high"] == 1.0
    assert row_["hops"] > 2


def test_what_depends_on_something_proprietary_is_squeezed_by_its_licensor(graph: State) -> None:
    assert value(graph, "framework/kit", "squeezes", "nvidia") == near(1.0)


@pytest.mark.parametrize("fork", ["valkey", "opensearch", "opentofu"])
def test_a_fork_of_what_was_open_on_its_day_is_squeezed_by_nobody(graph: State, fork: str) -> None:
    """Redis was BSD-3-Clause up to 20 March 2024, and what was out stays so."""
    assert powers(graph, f"framework/{fork}", "squeezes") == {}


@pytest.mark.parametrize(
    ("thing", "parent", "low"),
    [("opentofu", "terraform", 0.2), ("valkey", "redis", 0.0), ("opensearch", "elasticsearch", 0)],
)
def test_copyleft_of_a_parent_binds_and_withholds_nothing(
    graph: State, thing: str, parent: str, low: float
) -> None:
    found = hops(graph, "binds").get((f"framework/{parent}", f"framework/{thing}"), (0.0, 0.0))
    assert found == near(low)
    licences = powers(graph, f"framework/{thing}", "binds")
    assert licences == ({"mpl-2-0": near(0.2)} if low else {})


def test_a_licence_with_a_user_cap_can_be_held_back_from_some(graph: State) -> None:
    assert powers(graph, "model/llama-3", "squeezes") == {"meta": near(0.8)}
    assert powers(graph, "model/llama-3", "binds") == {"llama-3-community": near(0.8)}


def test_of_a_model_that_is_published_nowhere_its_maker_may_be_the_only_source(
    tmp_path: Path,
) -> None:
    nodes = {**NODES, "Model": [{"id": "llama-3"}]}
    assert squeezed(tmp_path, EDGES, "model/llama-3", nodes) == {"meta": near(0.8, 1.0)}


def test_of_alternative_licences_the_mildest_counts(graph: State) -> None:
    """Elasticsearch is under AGPL or SSPL: .2, which binds and withholds nothing."""
    assert powers(graph, "framework/elasticsearch", "squeezes") == {}
    assert powers(graph, "framework/elasticsearch", "binds") == {"agpl-3-0-only": near(0.2)}
    assert powers(graph, "framework/terraform", "squeezes") == {"hashicorp": near(0.8)}


# ------------------------------------------------------------------ single rules


def squeezed(
    folder: Path, edges: dict[str, Any], thing: str, nodes: dict[str, Any] | None = None
) -> dict[str, Any]:
    return powers(make_state(folder, nodes or NODES, edges), thing, "squeezes")


def test_an_open_dependency_squeezes_nothing(tmp_path: Path) -> None:
    """A published version stays: neither its vendor nor its registry can take it back."""
    edges = {
        "DEPENDS_ON": [row(PYTORCH, ("Framework", "numpy"), kind="runtime")],
        "GOVERNS": [row(("Company", "vendor"), ("Framework", "numpy"), rights=ALL_RIGHTS)],
        "LICENSED_UNDER": [row(("Framework", "numpy"), ("License", "bsd-3-clause"))],
    }
    assert squeezed(tmp_path, edges, "framework/pytorch") == {}


@pytest.mark.parametrize("more", [{"kind": "optional"}, {"condition": "on Windows"}])
def test_what_is_not_always_needed_squeezes_nothing(tmp_path: Path, more: dict[str, str]) -> None:
    edges = changed(DEPENDS_ON=[row(PYTORCH, CUDA, **more)])
    assert squeezed(tmp_path, edges, "framework/pytorch")["nvidia"] == near(0.0, 0.375)


def test_of_a_group_of_dependencies_any_one_is_enough(tmp_path: Path) -> None:
    app, either = ("Framework", "app"), {"group": "maths"}
    edges = {
        "DEPENDS_ON": [row(app, ("Framework", n), **either) for n in ("mkl", "other")],
        "GOVERNS": [
            row(("Company", f), ("Framework", n), rights=ALL_RIGHTS)
            for f, n in (("intel", "mkl"), ("vendor", "other"))
        ],
        "LICENSED_UNDER": [
            row(("Framework", n), ("License", "proprietary")) for n in ("mkl", "other")
        ],
        "OWNS": [row(("Company", "holding"), ("Company", f), votes=1) for f in ("intel", "vendor")],
    }
    both = squeezed(tmp_path / "both", edges, "framework/app")
    assert list(both.values()) == [near(0.0, 1.0)], "one owner of both is one party"
    apart = {n: rows for n, rows in edges.items() if n != "OWNS"}
    assert squeezed(tmp_path / "apart", apart, "framework/app") == {}


def test_only_one_that_alone_sells_a_chip_squeezes_by_selling_it(tmp_path: Path) -> None:
    """One shop that is the only one known is not the only one."""
    shop = ("CloudPlatform", "aws")
    for folder, exclusive, wanted in (
        ("stated", {"exclusive": True}, near(0.0, 1.0)),
        ("known", {}, (0.0, 0.0)),
    ):
        edges = {
            "PROVIDES": [row(NVIDIA, H100), row(("Company", "aws-inc"), shop)],
            "OFFERS": [row(shop, H100, **exclusive)],
            "RUNS_ON": [row(CUDA, H100, tier="native")],
        }
        found = squeezed(tmp_path / folder, edges, "framework/cuda")
        assert found.get("aws-inc", (0.0, 0.0)) == wanted, folder


def test_a_cloud_is_a_way_only_for_what_states_no_chip(tmp_path: Path) -> None:
    edges = {
        "PROVIDES": [row(("Company", "aws-inc"), ("CloudPlatform", "aws"))],
        "RUNS_ON": [row(("Model", "nova"), ("CloudPlatform", "aws"))],
    }
    assert squeezed(tmp_path, edges, "model/nova") == {"aws-inc": near(0.0, 1.0)}


def test_training_hardware_is_history(tmp_path: Path) -> None:
    edges = {
        "PROVIDES": [row(NVIDIA, H100)],
        "TRAINED_WITH": [row(("Model", "m"), H100, amount=16000)],
    }
    assert squeezed(tmp_path, edges, "model/m") == {}


def test_an_interface_squeezes_nobody_by_being_there(tmp_path: Path) -> None:
    edges = {
        "IMPLEMENTS": [row(PYTORCH, ("Norm", "dlpack"))],
        "GOVERNS": [row(("Company", "vendor"), ("Norm", "dlpack"), rights=ALL_RIGHTS)],
    }
    assert squeezed(tmp_path, edges, "framework/pytorch") == {}


def test_firms_of_one_owner_are_gone_together(tmp_path: Path) -> None:
    """Two makers back each other up, unless one owns both."""
    edges = {
        "PROVIDES": [row(NVIDIA, H100), row(AMD, MI300)],
        "RUNS_ON": [row(PYTORCH, c, tier="native") for c in (H100, MI300)],
    }
    assert squeezed(tmp_path / "apart", edges, "framework/pytorch") == {}
    owned = {**edges, "OWNS": [row(("Company", "holding"), c, votes=0.6) for c in (NVIDIA, AMD)]}
    found = squeezed(tmp_path / "owned", owned, "framework/pytorch")
    assert list(found.values()) == [near(0.0, 1.0)], "one party"


def test_a_dependency_that_only_works_less_well_is_not_known_to_hurt(tmp_path: Path) -> None:
    """The app needs PyTorch; where it runs itself no source says: it may do well without a GPU."""
    app = row(("Framework", "app"), PYTORCH, kind="runtime")
    edges = changed(DEPENDS_ON=[app])
    nodes = complete(pytorch=6)
    found = squeezed(tmp_path / "silent", edges, "framework/app", nodes)
    assert found["nvidia"] == near(0.0, 0.375)
    stated = {**edges, "RUNS_ON": [*edges["RUNS_ON"], row(("Framework", "app"), MI300)]}
    assert "nvidia" not in squeezed(tmp_path / "stated", stated, "framework/app", nodes)


def test_the_reason_names_what_is_lost_and_what_is_left(graph: State) -> None:
    [reason] = [
        r["reason"]
        for r in power_rows(graph, "framework/pytorch", "squeezes")
        if r["holder"] == "nvidia"
    ]
    assert "pytorch is optimised on b200, h100; best way left: supported on mi300" in reason


def test_a_chip_that_nobody_makes_yet_is_no_way(tmp_path: Path) -> None:
    """That something runs on it is mostly stated without a date, so the day its maker began counts."""
    later = row(("Framework", "older"), ("Processor", "next"), tier="optimised")
    edges = changed(
        PROVIDES=[row(NVIDIA, ("Processor", "next"), valid_from="2025-01-01")],
        RUNS_ON=[
            row(("Framework", "older"), H100, tier="optimised"),
            row(("Framework", "older"), MI300, tier="supported"),
            later,
        ],
    )
    before = make_state(tmp_path, NODES, edges, datetime.date(2024, 1, 1))
    assert value(before, "framework/older", "squeezes", "nvidia") == near(0, 0.375)
    after = make_state(tmp_path, NODES, edges, datetime.date(2025, 6, 1))
    assert value(after, "framework/older", "squeezes", "nvidia") == near(0, 0.375)


def test_what_an_expression_withholds_follows_from_its_parts() -> None:
    values = {"permissive": 0.0, "copyleft": 0.2, "proprietary": 1.0, "restricted": 0.8}
    values |= {"no_saas": 0.5, "copyleft_prefixes": ["gpl"]}
    own: dict[str, Any] = {"MIT": True, "GPL-3.0-only": True, "SSPL-1.0": False, "ISC": None}
    joined = ["MIT OR SSPL-1.0", "MIT AND SSPL-1.0", "GPL-3.0-only OR ISC", "ISC OR MIT"]
    joined += ["(MIT AND SSPL-1.0) OR GPL-3.0-only", "MIT AND Zlib"]
    nodes = [
        {
            "id": f"license/{n.lower()}",
            "name": n,
            "osi": own.get(n),
            "open_data": None,
            "restrictions": [],
        }
        for n in (*own, *joined)
    ]
    holds = licence_holds(nodes, values)
    assert [holds[f"license/{name.lower()}"] for name in joined] == [0.0, 1.0, None, 0.0, 0.2, None]
