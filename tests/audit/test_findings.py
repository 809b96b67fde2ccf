"""What an audit finds: on a stack checked by hand, and on real reports."""

from __future__ import annotations

import itertools
import json
import math
import random
from pathlib import Path

import networkx as nx
import pytest
import stackholder
from real import real
from small_stack import edges, report
from stackholder.answers.graph import Graph
from stackholder.audit import Audit
from stackholder.audit.facts import facts_of
from stackholder.audit.page import HEIGHT, WIDTH, page
from states import make_state


def chokepoints(audit: Audit, kind: str) -> set[tuple[str, ...]]:
    return {tuple(sorted(c.names)) for c in audit.running.chokepoints if c.kind == kind}


# ------------------------------------------------------------------ where it runs


def test_the_ways_of_one_framework_are_its_chips_in_the_clouds_that_offer_them(
    hand: Graph, tmp_path: Path
) -> None:
    where = hand.audit(report(tmp_path, "alpha")).running
    assert where.needs == "accelerator"
    assert [(c.name, c.tier, c.clouds) for c in where.chips] == [
        ("Chip X", "native", ("North", "South")),
        ("Chip Y", "supported", ("North",)),
    ]
    assert where.ways == 3
    assert where.makers == ("Over", "Yves")
    assert where.operators == ("Nora", "Over")
    assert where.disjoint == 2


def test_an_owner_who_makes_the_chip_and_runs_the_cloud_is_one_owner(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "alpha"))
    assert chokepoints(audit, "part") == set()
    assert chokepoints(audit, "owner") == set()
    assert chokepoints(audit, "pair") == {("Nora", "Over"), ("Over", "Yves")}


def test_one_framework_narrows_the_whole_application_to_one_maker(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "alpha", "beta"))
    where = audit.running
    assert [c.name for c in where.chips] == ["Chip X"]
    assert where.makers == ("Over",)
    assert where.narrowed_by == ("Beta",)
    assert where.makers_without == ("Over", "Yves")
    assert chokepoints(audit, "part") == {("Chip X",)}
    assert chokepoints(audit, "owner") == {("Over",)}


def test_a_library_for_cpus_runs_beside_the_accelerator(hand: Graph, tmp_path: Path) -> None:
    where = hand.audit(report(tmp_path, "alpha", "lib")).running
    assert [c.name for c in where.chips] == ["Chip X", "Chip Y"]
    assert where.hosts == ("Chip Z",)


def test_without_accelerators_the_cpus_are_what_it_runs_on(hand: Graph, tmp_path: Path) -> None:
    audit = hand.audit(report(tmp_path, "lib"))
    assert audit.running.needs == "cpu"
    assert [c.name for c in audit.running.chips] == ["Chip Z"]
    assert chokepoints(audit, "owner") == {("Nora",), ("Zoe",)}
    assert chokepoints(audit, "part") == {("Chip Z",), ("North",)}


def test_a_framework_that_does_not_say_where_it_runs_is_named_and_not_filled_in(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "mute"))
    assert audit.running.needs == ""
    assert audit.running.chips == ()
    assert audit.running.disjoint is None
    assert "where they run is not stated: Mute" in audit.unknown
    assert hand.audit(report(tmp_path, "alpha", "mute")).running.silent == ("Mute",)


def test_frameworks_without_a_common_chip_have_no_way(tmp_path: Path) -> None:
    make_state(
        tmp_path,
        {
            "Framework": [{"id": i, "name": i.title()} for i in ("alpha", "beta")],
            "Package": [
                {"id": i, "name": i, "identifiers": [f"purl:pkg:pypi/{i}"]} for i in ("alpha", "beta")
            ],
            "Processor": [{"id": i, "name": i, "category": "gpu"} for i in "xy"],
        },
        {
            "PUBLISHES": edges("Framework:alpha Package:alpha", "Framework:beta Package:beta"),
            "RUNS_ON": edges("Framework:alpha Processor:x", "Framework:beta Processor:y"),
        },
    )  # fmt: skip
    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(report(tmp_path, "alpha", "beta"))
    assert audit.running.chips == ()
    assert audit.running.ways == 0
    assert "no chip is stated for all of: Alpha, Beta" in audit.unknown


@pytest.mark.parametrize("seed", range(3))
def test_chokepoints_are_those_that_trying_every_owner_finds(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    firms, chips, clouds = "abcde", "tuvw", "klmno"
    makers = {c: chance.choice(firms) for c in chips}
    operators = {c: chance.choice(firms) for c in clouds}
    offers = [(o, c) for o in clouds for c in chips if chance.random() < 0.35]
    runs_on = [c for c in chips if chance.random() < 0.7] or ["t"]
    make_state(
        tmp_path,
        {
            "Company": [{"id": f, "name": f} for f in firms],
            "Framework": [{"id": "alpha", "name": "Alpha"}],
            "Package": [{"id": "alpha", "name": "alpha", "identifiers": ["purl:pkg:pypi/alpha"]}],
            "Processor": [{"id": c, "name": c, "category": "gpu"} for c in chips],
            "CloudPlatform": [{"id": c, "name": c} for c in clouds],
        },
        {
            "PUBLISHES": edges("Framework:alpha Package:alpha"),
            "RUNS_ON": edges(*(f"Framework:alpha Processor:{c}" for c in runs_on)),
            "PROVIDES": edges(
                *(f"Company:{f} Processor:{c}" for c, f in makers.items()),
                *(f"Company:{f} CloudPlatform:{c}" for c, f in operators.items()),
            ),
            "OFFERS": edges(*(f"CloudPlatform:{o} Processor:{c}" for o, c in offers)),
        },
    )
    ways = [(c, o) for o, c in offers if c in runs_on]

    def cut(gone: set[str]) -> bool:
        return all(makers[c] in gone or operators[o] in gone for c, o in ways)

    owners = {(f,) for f in firms if ways and cut({f})}
    pairs = {
        p
        for p in itertools.combinations(firms, 2)
        if ways and cut(set(p)) and not any((f,) in owners for f in p)
    }
    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(report(tmp_path, "alpha"))
    assert audit.running.ways == len(ways)
    assert chokepoints(audit, "owner") == owners
    assert chokepoints(audit, "pair") == pairs


# ------------------------------------------------------------------ who controls


def test_controllers_are_ranked_by_their_best_path(hand: Graph, tmp_path: Path) -> None:
    found = {c.name: c for c in hand.audit(report(tmp_path, "alpha", "beta")).controllers}
    assert found["Firm"].strength == 1
    assert found["Firm"].channels == ("G",)
    assert found["Firm"].path == ("Firm", "Alpha")
    assert found["Over"].path == ("Over", "Xena", "Chip X", "Beta")
    assert found["Over"].strength == pytest.approx(0.8)
    assert found["Over"].channels == ("V", "I", "I")
    assert list(found)[:2] == ["Firm", "Xena"]


def test_every_controller_has_the_strength_that_trying_every_path_finds(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "alpha", "beta", "lib"))
    graph: nx.DiGraph[str] = nx.DiGraph()
    for row in hand.state.edges("CONTROLS").to_pylist():
        if row["strength"]:
            old = graph.get_edge_data(row["source"], row["target"], {"strength": 0.0})["strength"]
            graph.add_edge(row["source"], row["target"], strength=max(old, row["strength"]))
    for found in audit.controllers:
        best = max(
            math.prod(graph[a][b]["strength"] for a, b in itertools.pairwise(path))
            for f in audit.frameworks
            if f.id in graph
            for path in nx.all_simple_paths(graph, found.id, f.id, cutoff=5)
        )
        assert found.strength == pytest.approx(best)
    assert len(audit.controllers) == 6


def test_who_can_relicense_holds_the_right_or_the_agreement_of_contributors(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "alpha", "beta", "lib"))
    assert {f.name: f.relicensors for f in audit.frameworks} == {
        "Alpha": ("Firm",),
        "Beta": ("Nora",),
        "Lib": (),
    }


def test_work_is_an_interval_and_what_nobody_counted_is_unknown(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "alpha", "beta", "lib"))
    work = {f.name: f.work for f in audit.frameworks}
    assert work["Alpha"] is not None
    assert (work["Alpha"].top, work["Alpha"].elephant) == ("Firm", (1, 1))
    assert work["Lib"] is not None
    assert work["Lib"].elephant == (1, 9)
    assert work["Lib"].top_share == (0.2, 0.9)
    assert (work["Alpha"].leads, work["Lib"].leads) == (True, False)
    assert work["Beta"] is None
    assert "work not counted by employer: Beta" in audit.unknown


def test_packages_of_one_name_in_two_ecosystems_are_two(tmp_path: Path) -> None:
    names = {"py": "pypi/flame", "js": "npm/flame", "scoped": "npm/%40ice/core"}
    make_state(
        tmp_path,
        {
            "Framework": [{"id": n, "name": n} for n in names],
            "Package": [
                {"id": n, "name": "flame", "identifiers": [f"purl:pkg:{purl}"]}
                for n, purl in names.items()
            ],
        },
        {"PUBLISHES": [e for n in names for e in edges(f"Framework:{n} Package:{n}")]},
    )

    def frameworks(*purls: str) -> set[str]:
        components = [
            {"type": "library", "bom-ref": p, "name": p.rpartition("/")[2], "purl": f"pkg:{p}@1"}
            for p in purls
        ]
        file = tmp_path / "bom.json"
        bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}
        file.write_text(json.dumps(bill))
        with stackholder.open(tmp_path / "home") as graph:
            return {f.name for f in graph.audit(file).frameworks}

    assert frameworks("pypi/flame") == {"py"}
    assert frameworks("npm/flame") == {"js"}
    assert frameworks("npm/%40ice/core") == {"scoped"}
    assert frameworks("pypi/core", "npm/core", "conda/flame") == set()


def test_the_bus_factor_counts_persons_with_and_without_mirrors(tmp_path: Path) -> None:
    people = [
        {"id": "bot", "name": "bot", "bot_kind": "automation"},
        {"id": "mirror", "name": "mirror", "bot_kind": "mirror"},
        *({"id": f"p{n}", "name": f"p{n}"} for n in range(4)),
    ]
    counts = {"bot": 500, "mirror": 60, "p0": 20, "p1": 20, "p2": 10, "p3": 10}
    make_state(
        tmp_path,
        {
            "Contributor": people,
            "Framework": [{"id": "alpha", "name": "Alpha"}],
            "Package": [{"id": "alpha", "name": "alpha", "identifiers": ["purl:pkg:pypi/alpha"]}],
        },
        {
            "PUBLISHES": edges("Framework:alpha Package:alpha"),
            "CONTRIBUTED_TO": [
                {
                    **edges(f"Contributor:{who} Framework:alpha")[0],
                    "window": "2025-03",
                    "commits": count,
                    "valid_from": "2025-03-01",
                    "valid_to": "2025-04-01",
                }
                for who, count in counts.items()
            ],
        },
    )
    with stackholder.open(tmp_path / "home") as graph:
        (framework,) = graph.audit(report(tmp_path, "alpha")).frameworks
    assert framework.work is not None
    assert framework.work.absence == (1, 2)
    assert framework.work.persons == 4


# ------------------------------------------------------------------ licences and lines


@pytest.mark.parametrize(
    ("licence", "proprietary"),
    [
        ("MIT", False),
        ("MIT AND CC0-1.0", False),
        ("LicenseRef-Proprietary", True),
        ("Apache-2.0 OR BSD-2-Clause", False),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("BUSL-1.1", True),
        ("PSF-2.0", None),
    ],
)
def test_what_a_licence_makes_of_a_package(
    starter: Graph, tmp_path: Path, licence: str, proprietary: bool | None
) -> None:
    (package,) = starter.audit(report(tmp_path, "alpha", licence=licence)).packages
    assert package.proprietary is proprietary


def test_a_package_is_found_at_its_line_in_every_format(starter: Graph) -> None:
    samples = Path(__file__).parents[2] / "loaders"
    files = [
        *(samples / "python_packages/sample").iterdir(),
        *(samples / "sbom/sample").iterdir(),
    ]
    for file in files:
        audit = starter.audit(file)
        lines = file.read_text(encoding="utf-8").splitlines()
        assert audit.packages
        for package in audit.packages:
            here = lines[package.line - 1].lower().replace("_", "-").replace(".", "-")
            assert package.name.lower().replace("_", "-").replace(".", "-") in here, file


def test_the_lookups_of_a_state_are_made_once(hand: Graph) -> None:
    assert facts_of(hand.state) is facts_of(hand.state)


# ------------------------------------------------------------------ real reports


def reports() -> list[Path]:
    return sorted(real("pip-reports").glob("*.json"))


def test_every_real_report_is_audited_and_fits_one_screen(starter: Graph) -> None:
    files = reports()
    assert len(files) == 52
    for file in files:
        audit = starter.audit(file)
        lines = page(audit).rstrip("\n").split("\n")
        assert len(lines) <= HEIGHT, file.name
        assert max(map(len, lines)) <= WIDTH, file.name
        assert audit.packages
        assert audit.unknown, f"{file.name}: nothing at all is unknown?"
        assert not audit.refused
        for found in audit.controllers:
            assert 0 < found.strength <= 1
            assert found.path[0] == found.name
            assert len(found.ids) == len(found.path) == len(found.channels) + 1
        strengths = [round(c.strength, 9) for c in audit.controllers]
        assert strengths == sorted(strengths, reverse=True)


def test_jax_for_tpu_ends_at_one_maker(starter: Graph) -> None:
    where = starter.audit(real("pip-reports", "jax_tpu_.json")).running
    assert [c.name for c in where.chips] == ["Google TPU"]
    assert where.makers == ("Alphabet",)
    assert where.narrowed_by == ("libtpu",)
    assert [c.names for c in where.chokepoints if c.kind == "owner"] == [("Alphabet",)]
    assert len(starter.audit(real("pip-reports", "jax.json")).running.makers) > 1


def test_nvidia_publishes_18_of_torchs_29_packages_15_of_them_proprietary(starter: Graph) -> None:
    audit = starter.audit(real("pip-reports", "torch.json"))
    assert audit.publishers[0] == {
        "publisher": "NVIDIA",
        "packages": 18,
        "proprietary": 15,
        "open": 2,
        "licence_unknown": 1,
    }
    assert len(audit.packages) == 29
    assert audit.controllers[0].name == "NVIDIA"
    assert audit.running.makers == ("NVIDIA",)
