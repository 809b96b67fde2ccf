"""A need on one platform, at one version or with one extra is no need of the framework, whatever else is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from effort import Effort
from real import real
from stackholder.graph.home import Home
from stackholder.graph.snapshot import Snapshot
from stackholder.pipeline import Input, build
from stackholder.state.derivation import state_at
from stackholder.state.needs import Production
from stackholder.state.state import State
from states import make_state

Edge = dict[str, Any]
NAMES = ("torch", "cuda", "numpy", "rocm")
LINUX = "platform_system == 'Linux'"


def need(source: str, target: str, ends: str = "Package", **properties: Any) -> Edge:
    return {"source": (ends, source), "target": (ends, target), "kind": "runtime", **properties}


def graph(folder: Path, *needs: Edge, names: Sequence[str] = NAMES) -> State:
    """Frameworks that publish one package each, of their own name."""
    nodes = {
        kind: [{"id": name, "name": name} for name in names] for kind in ("Framework", "Package")
    }
    publishes = [{"source": ("Framework", n), "target": ("Package", n)} for n in names]
    return make_state(folder, nodes, {"PUBLISHES": publishes, "DEPENDS_ON": needs})


def lifted(state: State) -> dict[tuple[str, str], tuple[str, str | None, str | None]]:
    """Kind, group and condition of the computed dependencies, by the names of both frameworks."""
    return {
        (r["source"][10:], r["target"][10:]): (r["kind"], r["group"], r["condition"])
        for r in state.edges("DEPENDS_ON").to_pylist()
        if r["method"] == "computed"
    }


def needs(state: State) -> dict[str, set[frozenset[str]]]:
    """Groups of dependencies, by what depends on them."""
    groups = Production(state).needs
    found = {
        k: {frozenset(g.members) for g in v if g.about == "depends on"} for k, v in groups.items()
    }
    return {k: v for k, v in found.items() if v}


def test_a_lifted_dependency_keeps_its_condition_and_is_no_need(tmp_path: Path) -> None:
    state = graph(tmp_path, need("torch", "cuda", condition=LINUX), need("torch", "numpy"))
    assert lifted(state) == {
        ("torch", "cuda"): ("runtime", None, LINUX),
        ("torch", "numpy"): ("runtime", None, None),
    }
    assert needs(state) == {"framework/torch": {frozenset({"framework/numpy"})}}


def test_one_source_that_states_it_without_a_condition_is_enough(tmp_path: Path) -> None:
    state = graph(
        tmp_path,
        need("torch", "numpy", condition="torch 2.13.0", requirement="==2"),
        need("torch", "numpy", requirement=">=1"),
    )
    assert lifted(state) == {("torch", "numpy"): ("runtime", None, None)}


def test_an_extra_without_a_condition_does_not_lift_the_condition_of_a_requirement(
    tmp_path: Path,
) -> None:
    state = graph(
        tmp_path, need("torch", "cuda", kind="optional"), need("torch", "cuda", condition=LINUX)
    )
    assert lifted(state) == {("torch", "cuda"): ("runtime", None, LINUX)}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"kind": "optional", "group": "accelerator"}, ("optional", "accelerator", None)),
        ({"kind": "runtime", "group": "accelerator"}, ("runtime", "accelerator", None)),
        ({"kind": "build"}, ("build", None, None)),
        ({"kind": "optional", "status": "disputed"}, ("runtime", None, None)),
    ],
)
def test_what_is_stated_between_frameworks_is_not_hardened_by_their_packages(
    tmp_path: Path, stated: dict[str, Any], expected: tuple[str, str | None, str | None]
) -> None:
    own = need("torch", "cuda", "Framework") | stated
    state = graph(tmp_path, own, need("torch", "cuda"))
    assert lifted(state) == {("torch", "cuda"): expected}


def test_alternatives_stay_alternatives(tmp_path: Path) -> None:
    stated = [need("torch", n, "Framework", group="accelerator") for n in ("cuda", "rocm")]
    both = frozenset({"framework/cuda", "framework/rocm"})
    for more in ((), (need("torch", "cuda"),)):
        assert needs(graph(tmp_path, *stated, *more)) == {"framework/torch": {both}}


PAIRS = [(a, b) for a in NAMES for b in NAMES if a != b]
WORLDS = 100
"""Graphs of four frameworks each, which know nothing of each other and lie in one state."""


def test_a_further_source_adds_no_need_but_what_it_requires_without_a_condition(
    tmp_path: Path, effort: Effort
) -> None:
    chance = effort.chance("conditions")

    def drawn(world: int, ends: str, most: int) -> list[Edge]:
        return [
            need(
                f"{source}-{world}",
                f"{target}-{world}",
                ends,
                requirement=f">={n}",
                kind=chance.choice(("runtime", "optional")),
                condition=chance.choice((None, LINUX)),
                group=chance.choice((None, "one of")) if ends == "Framework" else None,
            )
            for n, (source, target) in enumerate(chance.choices(PAIRS, k=chance.randint(0, most)))
        ]

    before = [
        e for w in range(WORLDS) for e in (*drawn(w, "Framework", 3), *drawn(w, "Package", 4))
    ]
    more = [e for w in range(WORLDS) for e in drawn(w, "Package", 5)]
    names = [f"{name}-{world}" for name in NAMES for world in range(WORLDS)]
    without = needs(graph(tmp_path / "a", *before, names=names))
    with_more = needs(graph(tmp_path / "b", *before, *more, names=names))
    stated = {(e["source"][1], e["target"][1]) for e in before if e["source"][0] == "Framework"}
    hard = {
        (e["source"][1], e["target"][1])
        for e in more
        if e["kind"] == "runtime" and e["condition"] is None
    }
    added = 0
    for name in names:
        former, now = (n.get(f"framework/{name}", set()) for n in (without, with_more))
        assert former <= now, name
        for group in now - former:
            (target,) = group
            assert (name, target[10:]) in hard - stated
            added += 1
    assert added > WORLDS / 4


BROKEN = ("pytorch", "tensorflow", "jax", "vllm", "transformers")


def test_reports_of_one_platform_do_not_turn_an_answer_round(own_home: Path) -> None:
    reports = real("pip-reports")
    home = Home(own_home)
    alone = Snapshot.open(home.current_snapshot())
    more = build(home, [Input("python_packages", "reports", str(reports))]).snapshot
    first, second = (needs(state_at(home, s, s.date)) for s in (alone, more))
    chips = {"framework/cuda", "framework/cudnn", "framework/nccl", "framework/nvshmem"}
    for name in BROKEN:
        former, now = (n.get(f"framework/{name}", set()) for n in (first, second))
        assert former <= now
        assert not [group for group in now - former if group <= chips], name
