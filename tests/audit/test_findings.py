"""What an audit finds: on a stack checked by hand, and on real reports."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import stackholder
from real import real
from small_stack import ALL_RIGHTS, edges, package, report
from stackholder.answers.graph import Graph
from stackholder.audit import Audit, Decider, Squeezer
from stackholder.audit.facts import facts_of
from stackholder.audit.page import HEIGHT, WIDTH, page
from stackholder.errors import UsageError
from stackholder.graph.wording import supplies_chips
from states import make_state

TIERS = {"native": 1.0, "optimised": 0.8, "supported": 0.5, "experimental": 0.2}


def deciders(audit: Audit) -> dict[str, Decider]:
    return {d.name: d for d in audit.deciders}


def squeezers(audit: Audit) -> dict[str, Squeezer]:
    return {s.name: s for s in audit.squeezers}


def chips(audit: Audit) -> list[str]:
    return [c.name for c in audit.running.chips]


# ------------------------------------------------------------------ who decides


def test_a_party_decides_on_the_packages_of_a_framework_by_its_rights_over_it(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "alpha", "beta", "lib", "mute"))
    assert [(d.rank, d.name, d.surely, d.in_part) for d in audit.deciders] == [
        (1, "Firm", ("alpha",), ()),
        (2, "Nora", (), ("beta",)),
        (3, "The Trust", (), ("lib",)),
    ]
    (share,) = deciders(audit)["Nora"].shares
    assert (share.low, share.high) == (0.25, 1.0)
    assert deciders(audit)["Nora"].at_most == 1
    assert [p.decider for p in audit.packages] == ["Firm", None, None, None]


def ruled_state(folder: Path, governors: Mapping[str, str], **more: Any) -> None:
    """Frameworks of one package each, by who holds all rights over it."""
    make_state(
        folder,
        {
            "Company": [{"id": c, "name": c.title()} for c in sorted(set(governors.values()))],
            "Framework": [{"id": f, "name": f.title()} for f in governors],
            "Package": [package(f) for f in governors],
            **more.get("nodes", {}),
        },
        {
            "PUBLISHES": edges(*(f"Framework:{f} Package:{f}" for f in governors)),
            "GOVERNS": edges(
                *(f"Company:{c} Framework:{f}" for f, c in governors.items()), rights=ALL_RIGHTS
            ),
            **more.get("edges", {}),
        },
    )


def test_firms_under_one_majority_owner_are_one_party_and_equal_parties_share_a_place(
    tmp_path: Path,
) -> None:
    governors = {"a": "one", "b": "two", "c": "three", "d": "four"}
    owns = {"OWNS": edges("Company:one Company:two", votes=0.9)}
    ruled_state(tmp_path, governors, edges=owns)
    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(report(tmp_path, "x", "a", "b", "c", "d"))
    assert [(d.rank, d.tied, d.name, d.owner_name, d.surely) for d in audit.deciders] == [
        (1, False, "One", None, ("a", "b")),
        (2, True, "Four", None, ("d",)),
        (2, True, "Three", None, ("c",)),
    ]


def test_who_decides_on_what_is_asked_for_goes_before_who_decides_on_as_many_others(
    tmp_path: Path,
) -> None:
    ruled_state(tmp_path, {"a": "ann", "z": "zoe"})
    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(report(tmp_path, "z", "a"))
    assert [(d.rank, d.tied, d.name) for d in audit.deciders] == [
        (1, False, "Zoe"),
        (2, False, "Ann"),
    ]


def test_an_owner_whose_votes_are_not_stated_is_counted_and_not_named(tmp_path: Path) -> None:
    stake = {"OWNS": edges("Company:fund Company:firm", equity=0.1)}
    nodes = {"Company": [{"id": c, "name": c.title()} for c in ("firm", "fund")]}
    ruled_state(tmp_path, {"a": "firm"}, nodes=nodes, edges=stake)
    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(report(tmp_path, "a"))
    assert list(deciders(audit)) == ["Firm"]
    assert audit.deciders_unsure == 1
    assert "Fund" not in page(audit)


def own_package(folder: Path, **metadata: Any) -> Path:
    entry = {
        "metadata": {"name": "own", "version": "1", "license_expression": "MIT", **metadata},
        "requested": True,
        "is_direct": False,
        "is_yanked": False,
    }
    file = folder / "own.json"
    text = {"version": "1", "pip_version": "26.0", "install": [entry], "environment": {}}
    file.write_text(json.dumps(text), encoding="utf-8")
    return file


def test_a_publisher_decides_surely_where_the_metadata_name_it_and_else_possibly(
    starter: Graph, tmp_path: Path
) -> None:
    audit = starter.audit(own_package(tmp_path, author="NVIDIA Corporation"))
    assert deciders(audit)["NVIDIA"].surely == ("own",)
    repository = ["Repository, https://github.com/NVIDIA/own"]
    audit = starter.audit(own_package(tmp_path, project_url=repository))
    assert audit.packages[0].publisher_name == "NVIDIA"
    assert audit.deciders == ()
    assert audit.deciders_unsure == 1


def test_who_can_relicense_holds_the_right_or_the_agreement_of_contributors(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "alpha", "beta", "lib"))
    assert {f.name: f.relicensors for f in audit.frameworks} == {
        "Alpha": ("Firm",),
        "Beta": ("Nora",),
        "Lib": (),
    }


# ------------------------------------------------------------------ where it runs


def test_a_framework_runs_on_the_chips_it_states_wherever_they_are_offered(
    hand: Graph, tmp_path: Path
) -> None:
    where = hand.audit(report(tmp_path, "alpha")).running
    assert [(c.name, c.tier, c.clouds) for c in where.chips] == [
        ("Chip X", "native", ("North", "South")),
        ("Chip Y", "supported", ("North",)),
    ]
    assert where.makers == ("Over", "Yves")
    assert where.sole_operator is None


def test_one_framework_narrows_the_whole_application_to_one_maker(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "alpha", "beta"))
    assert chips(audit) == ["Chip X"]
    assert audit.running.makers == ("Over",)
    assert audit.running.narrowed_by == ("Beta",)
    assert audit.running.makers_without == ("Over", "Yves")


def test_a_library_for_cpus_runs_beside_the_accelerator(hand: Graph, tmp_path: Path) -> None:
    audit = hand.audit(report(tmp_path, "alpha", "lib"))
    assert chips(audit) == ["Chip X", "Chip Y"]
    assert squeezers(audit)["Zoe"].high == 1
    assert "Zoe" not in squeezers(hand.audit(report(tmp_path, "alpha")))


def test_a_framework_that_does_not_say_where_it_runs_is_named_and_not_filled_in(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "mute"))
    assert audit.running.stated == ()
    assert chips(audit) == []
    assert audit.squeezers == ()
    assert "where they run is not stated: Mute" in audit.unknown
    assert hand.audit(report(tmp_path, "alpha", "mute")).running.silent == ("Mute",)


def hardware_state(
    folder: Path,
    runs_on: Mapping[str, Mapping[str, str]],
    makers: Mapping[str, str],
    cpus: str = "",
    *,
    whole: bool = False,
    **more: Any,
) -> None:
    """Frameworks of one package each, by the tiers at which they run on chips."""
    make_state(
        folder,
        {
            "Company": [{"id": f, "name": f.title()} for f in sorted(set(makers.values()))],
            "Framework": [
                {"id": f, "name": f.title(), "complete": [f"RUNS_ON={len(on)}"] if whole else None}
                for f, on in runs_on.items()
            ],
            "Package": [package(f) for f in runs_on],
            "Processor": [
                {"id": c, "name": f"Chip {c}", "category": "cpu" if c in cpus else "gpu"}
                for c in makers
            ],
            **more.get("nodes", {}),
        },
        {
            "PUBLISHES": edges(*(f"Framework:{f} Package:{f}" for f in runs_on)),
            "RUNS_ON": [
                edge
                for f, on in runs_on.items()
                for c, tier in on.items()
                for edge in edges(f"Framework:{f} Processor:{c}", tier=tier)
            ],
            "PROVIDES": edges(*(f"Company:{m} Processor:{c}" for c, m in makers.items())),
            **more.get("edges", {}),
        },
    )


def test_frameworks_without_a_common_chip_have_none_and_each_still_needs_its_own(
    tmp_path: Path,
) -> None:
    on = {"alpha": {"x": "native"}, "beta": {"y": "native"}}
    hardware_state(tmp_path, on, {"x": "one", "y": "two"}, whole=True)
    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(report(tmp_path, "alpha", "beta"))
    assert chips(audit) == []
    assert "no chip is stated for all of: Alpha, Beta" in audit.unknown
    assert {(s.name, s.low, s.high) for s in audit.squeezers} == {("One", 1, 1), ("Two", 1, 1)}


@pytest.mark.parametrize(("name", "title"), [
    ("lightgbm", "LightGBM"), ("spacy", "spaCy"), ("xgboost", "XGBoost"), ("faiss-cpu", "Faiss"),
    ("apache-tvm", "Apache TVM"),
])  # fmt: skip
def test_what_runs_on_any_cpu_is_cut_by_no_maker_of_accelerators(
    starter: Graph, tmp_path: Path, name: str, title: str
) -> None:
    audit = starter.audit(report(tmp_path, name))
    assert [f.name for f in audit.frameworks] == [title]
    assert {c.category for c in audit.running.chips} >= {"cpu", "gpu"}
    assert len(audit.running.makers) > 2
    makers = [s for s in audit.squeezers if not any(map(supplies_chips, s.reasons))]
    assert all(s.low == 0 and s.high < 0.5 for s in makers)
    assert all(s.low == 0 for s in audit.squeezers), (
        "a supplier of all makers could, and is not sure to"
    )


def test_a_library_for_one_chip_takes_no_chip_away_from_what_needs_it(tmp_path: Path) -> None:
    on = {"alpha": {"x": "native", "z": "supported"}, "plug": {"x": "native"}}
    hardware_state(tmp_path, on, {"x": "one", "z": "two"}, "z", whole=True)
    with stackholder.open(tmp_path / "home") as graph:
        needed = graph.audit(report(tmp_path, "alpha", "plug", needs={"alpha": ["plug"]}))
        asked = graph.audit(report(tmp_path, "plug", "alpha", needs={"alpha": ["plug"]}))
        beside = graph.audit(report(tmp_path, "alpha", "plug"))
    assert needed.running.carried == ("Plug",)
    assert chips(needed) == ["Chip x", "Chip z"]
    assert squeezers(needed)["One"].high == 0.5
    for audit in (asked, beside):
        assert audit.running.carried == ()
        assert chips(audit) == ["Chip x"]
        assert squeezers(audit)["One"].low == 1


def test_a_package_between_two_frameworks_hands_the_need_on(tmp_path: Path) -> None:
    on = {"alpha": {"x": "native", "z": "supported"}, "plug": {"x": "native"}}
    hardware_state(tmp_path, on, {"x": "one", "z": "two"}, "z")
    needs = {"alpha": ["between"], "between": ["plug"]}
    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(report(tmp_path, "alpha", "between", "plug", needs=needs))
    assert audit.running.carried == ("Plug",)


def test_chips_that_one_cloud_alone_offers_have_a_sole_operator(tmp_path: Path) -> None:
    clouds = {"CloudPlatform": [{"id": "sky", "name": "Sky"}]}
    for exclusive in (True, False):
        stated = {
            "OFFERS": edges("CloudPlatform:sky Processor:x", exclusive=exclusive),
            "PROVIDES": edges("Company:one Processor:x", "Company:one CloudPlatform:sky"),
        }
        folder = tmp_path / str(exclusive)
        hardware_state(folder, {"alpha": {"x": "native"}}, {"x": "one"}, nodes=clouds, edges=stated)
        with stackholder.open(folder / "home") as graph:
            where = graph.audit(report(tmp_path, "alpha")).running
        assert where.sole_operator == ("One" if exclusive else None)


# ------------------------------------------------------------------ what can be squeezed


def test_a_squeeze_is_what_the_best_way_left_is_worse_by(hand: Graph, tmp_path: Path) -> None:
    audit = hand.audit(report(tmp_path, "alpha"))
    (squeezer,) = audit.squeezers
    assert (squeezer.name, squeezer.owner_name) == ("Xena", "Over")
    assert (squeezer.low, squeezer.high) == (0.0, 0.5)
    assert squeezer.reasons[0] == (
        "all of it runs best on Chip X; best way left: supported on Chip Y"
    )
    assert squeezer.packages == ("alpha",)
    assert [p.names for p in audit.pairs] == [("Xena", "Yves")]


def test_a_cloud_that_is_known_to_offer_a_chip_squeezes_nothing(
    hand: Graph, tmp_path: Path
) -> None:
    for names in (["alpha"], ["alpha", "beta"], ["lib"]):
        assert "Nora" not in squeezers(hand.audit(report(tmp_path, *names)))


def test_only_a_list_that_is_stated_to_be_whole_makes_a_squeeze_sure(
    hand: Graph, tmp_path: Path
) -> None:
    beta = squeezers(hand.audit(report(tmp_path, "beta")))["Xena"]
    assert (beta.low, beta.high) == (1.0, 1.0)
    lib = squeezers(hand.audit(report(tmp_path, "lib")))["Zoe"]
    assert (lib.low, lib.high) == (0.0, 1.0)
    both = squeezers(hand.audit(report(tmp_path, "alpha", "beta")))["Xena"]
    assert (both.low, both.high) == (1.0, 1.0)


@pytest.mark.parametrize("seed", range(6))
def test_squeezes_and_pairs_are_those_that_trying_every_owner_finds(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    firms, gpus, cpus = "abcd", "tuvw", "klm"
    makers = {c: chance.choice(firms) for c in gpus + cpus}
    on: dict[str, dict[str, str]] = {}
    for framework in ("alpha", "beta"):
        some = [c for c in gpus + cpus if chance.random() < 0.6] or ["t"]
        on[framework] = {c: chance.choice(list(TIERS)) for c in some}
    hardware_state(tmp_path, on, makers, cpus)

    def best(gone: str, frameworks: list[str]) -> float:
        """The best machine: an accelerator, a CPU, or both; a framework runs on either."""

        def runs(framework: str, chip: str) -> float:
            there = chip in on[framework] and makers[chip] not in gone
            return TIERS[on[framework][chip]] if there else 0.0

        machines = itertools.product([*gpus, ""], [*cpus, ""])
        return max(min(max(runs(f, a), runs(f, c)) for f in frameworks) for a, c in machines)

    def retained(gone: str) -> float:
        parts = [["alpha"], ["beta"], ["alpha", "beta"]]
        return min(best(gone, p) / best("", p) for p in parts if best("", p))

    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(report(tmp_path, "alpha", "beta"))
    assert {s.name: s.high for s in audit.squeezers} == pytest.approx(
        {f.title(): 1 - retained(f) for f in firms if retained(f) < 0.99}
    )
    assert {p.names for p in audit.pairs} == {
        (a.title(), b.title())
        for a, b in itertools.combinations(firms, 2)
        if retained(a + b) == 0 and retained(a) > 0 and retained(b) > 0
    }


def test_a_proprietary_package_that_is_needed_breaks_the_application_with_its_publisher(
    hand: Graph, tmp_path: Path
) -> None:
    open_ones = hand.audit(report(tmp_path, "alpha"))
    assert "Firm" not in squeezers(open_ones)
    closed = hand.audit(report(tmp_path, "alpha", licence="LicenseRef-Proprietary"))
    firm = squeezers(closed)["Firm"]
    assert (firm.low, firm.high) == (1.0, 1.0)
    assert firm.packages == ("alpha",)
    assert "1 package of theirs is needed" in firm.reasons[0]


def bill(folder: Path, *components: Mapping[str, Any], needs: Any = ()) -> Path:
    """A CycloneDX bill of an application that needs all of its components."""
    parts = [{"bom-ref": f"r{n}", "version": "1", **c} for n, c in enumerate(components)]
    text = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "app", "name": "app"}},
        "components": parts,
        "dependencies": [{"ref": "app", "dependsOn": [p["bom-ref"] for p in parts]}, *needs],
    }
    file = folder / "bom.json"
    file.write_text(json.dumps(text), encoding="utf-8")
    return file


def test_what_is_optional_squeezes_nothing(hand: Graph, tmp_path: Path) -> None:
    part = {
        "type": "library",
        "name": "alpha",
        "purl": "pkg:pypi/alpha@1",
        "licenses": [{"license": {"name": "Proprietary"}}],
    }
    needed = hand.audit(bill(tmp_path, part))
    assert squeezers(needed)["Firm"].low == 1
    optional = hand.audit(bill(tmp_path, {**part, "scope": "optional"}))
    assert optional.packages[0].optional
    assert "Firm" not in squeezers(optional)


# ------------------------------------------------------------------ what it rests on


def test_work_is_an_interval_and_what_nobody_counted_is_unknown(
    hand: Graph, tmp_path: Path
) -> None:
    audit = hand.audit(report(tmp_path, "alpha", "beta", "lib"))
    kept = {u.name: u for u in audit.rests_on}
    assert (kept["Alpha"].leader, kept["Alpha"].elephant) == ("Firm", (1, 1))
    assert kept["Alpha"].leader_share == pytest.approx((0.9, 0.95))
    assert kept["Lib"].elephant == (1, 9)
    assert kept["Beta"].coverage is None
    assert "work not counted by employer: Beta" in audit.unknown


def test_an_employer_whose_share_is_not_sure_is_named_nowhere(hand: Graph, tmp_path: Path) -> None:
    audit = hand.audit(report(tmp_path, "lib"))
    (one,) = audit.rests_on
    assert one.leader is None
    assert one.coverage == pytest.approx(0.3)
    work = page(audit).partition("WHAT IT RESTS ON")[2].partition("\n\n")[0]
    assert "not sure" in work
    assert "Zoe" not in work


def test_what_is_archived_comes_first_with_its_date(tmp_path: Path) -> None:
    frameworks = [
        {"id": "new", "name": "New", "support": "active"},
        {"id": "old", "name": "Old", "support": "archived", "support_since": "2023-11-01"},
    ]
    make_state(
        tmp_path,
        {"Framework": frameworks, "Package": [package("new"), package("old")]},
        {"PUBLISHES": edges("Framework:new Package:new", "Framework:old Package:old")},
    )
    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(report(tmp_path, "new", "old"))
    assert [(u.name, u.ended) for u in audit.rests_on] == [("Old", True), ("New", False)]
    assert "It rests on what nobody works on any more: Old (archived since 2023-11)." in (
        audit.headline
    )


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
            "Package": [package("alpha")],
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
        (one,) = graph.audit(report(tmp_path, "alpha")).rests_on
    assert one.bus == (1, 2)
    assert one.persons == 4


# ------------------------------------------------------------------ what binds it


@pytest.mark.parametrize(
    ("licence", "proprietary"),
    [
        ("MIT", False),
        ("MIT AND CC0-1.0", False),
        ("LicenseRef-Proprietary", True),
        ("Apache-2.0 OR BSD-2-Clause", False),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("BUSL-1.1", True),
        ("BUSL-1.1 OR MIT", False),
        ("PSF-2.0", False),
        ("MIT-0", False),
        ("Unlicense", False),
        ("LicenseRef-Odd", None),
        ("(BUSL-1.1 AND (MIT OR Apache-2.0))", True),
        ("(MIT OR Apache-2.0) AND (SSPL-1.0 OR Elastic-2.0)", True),
        ("MIT OR (SSPL-1.0 AND Apache-2.0)", False),
        ("MIT OR LicenseRef-Proprietary", False),
        ("(((MIT)))", False),
        ("ISC OR (MIT AND LicenseRef-Odd)", False),
        ("MIT AND LicenseRef-Odd", None),
    ],
)
def test_what_a_licence_makes_of_a_package(
    starter: Graph, tmp_path: Path, licence: str, proprietary: bool | None
) -> None:
    (package,) = starter.audit(report(tmp_path, "alpha", licence=licence)).packages
    assert package.proprietary is proprietary


@pytest.mark.parametrize(
    ("licence", "terms", "limit"),
    [
        ("BUSL-1.1", "restricted", "field_of_use"),
        ("LicenseRef-Proprietary", "proprietary", ""),
        ("AGPL-3.0-only", "copyleft", ""),
        ("LicenseRef-Odd", "not known", ""),
    ],
)
def test_a_licence_that_is_not_permissive_binds_with_its_limits(
    starter: Graph, tmp_path: Path, licence: str, terms: str, limit: str
) -> None:
    audit = starter.audit(report(tmp_path, "alpha", licence=licence))
    (bond,) = audit.bound_by
    assert (bond.name, bond.kind, bond.terms, bond.things) == (
        licence,
        "licence",
        terms,
        ("alpha",),
    )
    assert limit in (*bond.restrictions, "")


def test_permissive_terms_bind_nothing(starter: Graph, tmp_path: Path) -> None:
    audit = starter.audit(report(tmp_path, "alpha", licence="MIT OR GPL-3.0-only"))
    assert audit.bound_by == ()
    assert "All of it is under permissive terms." in audit.headline


# ------------------------------------------------------------------ models and data sets


def model_state(folder: Path) -> None:
    """Mia made the model Big-1, known on the hub, from data she names, under terms with limits."""
    make_state(
        folder,
        {
            "Company": [{"id": "mia", "name": "Mia"}, {"id": "pool", "name": "Pool"}],
            "Model": [
                {"id": "big-1", "name": "Big 1", "identifiers": ["hub:mia-ai/Big-1-70B"]},
                {"id": "big", "name": "Big", "aliases": ["The Big"]},
            ],
            "Dataset": [
                {"id": "web", "name": "Web", "identifiers": ["hub:pool/web"]},
                {"id": "text", "name": "Text"},
            ],
            "License": [
                {"id": "big", "name": "Big Licence", "osi": False, "restrictions": ["mau_cap"]}
            ],
            "Norm": [{"id": "duty", "name": "The Duty", "category": "legal_duty"}],
        },
        {
            "CREATED": edges("Company:mia Model:big-1", "Company:mia Model:big",
                             "Company:pool Dataset:web"),
            "LICENSED_UNDER": edges("Model:big-1 License:big"),
            "TRAINED_ON": edges("Model:big-1 Dataset:text", disclosed=True),
            "SUBJECT_TO": edges("Company:mia Norm:duty"),
        },
    )  # fmt: skip


MODEL = {"type": "machine-learning-model", "name": "Big-1"}
SET = {"type": "data", "name": "web", "data": [{"type": "dataset"}]}


def test_models_and_data_sets_of_a_bill_are_audited_like_packages(tmp_path: Path) -> None:
    model_state(tmp_path)
    file = bill(
        tmp_path,
        {**MODEL, "purl": "pkg:huggingface/mia-ai/Big-1-70B@abc"},
        {**SET, "purl": "pkg:huggingface/datasets/pool/web"},
    )
    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(file)
    model, data = audit.models
    assert (model.kind, model.entity, model.makers) == ("Model", "model/big-1", ("Mia",))
    assert (model.licences, model.restrictions) == (("Big Licence",), ("mau_cap",))
    assert model.proprietary is True
    assert (model.trained_on, model.data_disclosed) == (("Text",), True)
    assert (data.kind, data.entity, data.decider) == ("Dataset", "dataset/web", "Pool")
    assert data.proprietary is None
    assert deciders(audit)["Mia"].surely == ("Big-1",)
    assert deciders(audit)["Mia"].proprietary == 1
    assert squeezers(audit)["Mia"].low == pytest.approx(0.8)
    assert {(b.name, b.terms, b.bearer) for b in audit.bound_by} == {
        ("Big Licence", "restricted", ""),
        ("The Duty", "", "Mia"),
    }
    assert audit.headline[0] == "1 model and 1 data set."


@pytest.mark.parametrize(
    ("component", "entity", "makers", "evidence"),
    [
        ({"name": "big-1-70b", "group": "MIA-ai"}, "model/big-1", ("Mia",), "id on the hub"),
        ({"name": "The Big"}, "model/big", ("Mia",), "its name"),
        ({"name": "Big-1-8B-it", "group": "mia-ai"}, "model/big-1", ("Mia",), "the family Big 1"),
        ({"name": "Small-3", "group": "mia-ai"}, None, ("Mia",), "its account on the hub, mia-ai"),
        ({"name": "Big-1-8B-it", "group": "other"}, None, (), ""),
        ({"name": "Bigger"}, None, (), ""),
    ],
)
def test_a_model_is_recognised_by_its_id_its_name_its_family_or_its_account(
    tmp_path: Path,
    component: Mapping[str, str],
    entity: str | None,
    makers: tuple[str, ...],
    evidence: str,
) -> None:
    model_state(tmp_path)
    with stackholder.open(tmp_path / "home") as graph:
        audit = graph.audit(bill(tmp_path, {**MODEL, **component}))
    (model,) = audit.models
    assert (model.entity, model.makers) == (entity, makers)
    assert evidence in model.evidence
    assert bool(evidence) == bool(model.evidence)
    assert model.decider == (makers[0] if makers else None)


def test_models_of_the_starter_graph_are_known_by_their_id_on_the_hub(
    starter: Graph, tmp_path: Path
) -> None:
    spdx = {
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [
            {
                "type": "ai_AIPackage",
                "spdxId": "urn:m",
                "name": "R1",
                "software_packageUrl": "pkg:huggingface/deepseek-ai/DeepSeek-R1",
            },
            {
                "type": "dataset_DatasetPackage",
                "spdxId": "urn:d",
                "name": "alpaca",
                "software_packageUrl": "pkg:huggingface/datasets/tatsu-lab/alpaca",
            },
        ],
    }
    file = tmp_path / "bom.spdx.json"
    file.write_text(json.dumps(spdx), encoding="utf-8")
    audit = starter.audit(file)
    assert [(m.kind, m.entity, m.decider) for m in audit.models] == [
        ("Model", "model/deepseek-r1", "DeepSeek"),
        ("Dataset", "dataset/alpaca-52k", "Stanford University"),
    ]
    assert "non_commercial" in audit.models[1].restrictions


# ------------------------------------------------------------------ files


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
        for each in audit.packages:
            here = lines[each.line - 1].lower().replace("_", "-").replace(".", "-")
            assert each.name.lower().replace("_", "-").replace(".", "-") in here, file


def test_a_file_that_names_nothing_is_an_error(hand: Graph, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to audit"):
        hand.audit(report(tmp_path))


def test_the_lookups_of_a_state_are_made_once(hand: Graph) -> None:
    assert facts_of(hand.state) is facts_of(hand.state)


# ------------------------------------------------------------------ real reports


def reports() -> list[Path]:
    return sorted(real("pip-reports").glob("*.json"))


def test_every_real_report_is_audited_and_only_sure_shares_have_names(starter: Graph) -> None:
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
        assert {p.decider for p in audit.packages if p.decider} <= set(deciders(audit))
        for decider in audit.deciders:
            assert decider.surely or decider.in_part
            assert len(decider.surely) <= decider.at_most <= len(audit.packages)
        counts = [len(d.surely) for d in audit.deciders]
        assert counts == sorted(counts, reverse=True)
        for squeezer in audit.squeezers:
            assert 0 <= squeezer.low <= squeezer.high <= 1
            assert squeezer.reasons
        for one in audit.rests_on:
            assert one.leader is None or one.leader_share is not None


def test_jax_for_tpu_is_stopped_by_the_package_of_google_and_jax_is_not(starter: Graph) -> None:
    tpu = starter.audit(real("pip-reports", "jax_tpu_.json"))
    assert squeezers(tpu)["Google"].low == 1
    assert squeezers(tpu)["Google"].reasons[0].endswith("not open: libtpu")
    plain = starter.audit(real("pip-reports", "jax.json"))
    assert all(s.low < 1 for s in plain.squeezers)
    assert len(plain.running.makers) > 1


def test_nvidia_decides_on_18_of_torchs_29_packages_15_of_them_proprietary(starter: Graph) -> None:
    audit = starter.audit(real("pip-reports", "torch.json"))
    first = audit.deciders[0]
    assert (first.name, len(first.surely), first.proprietary) == ("NVIDIA", 18, 15)
    assert len(audit.packages) == 29
    assert audit.squeezers[0].name == "NVIDIA"
    assert audit.squeezers[0].low == 1
    assert "18 (15 not open) are surely decided on by NVIDIA" in audit.headline[1]


def test_the_example_names_its_deciders_and_no_reseller(starter: Graph) -> None:
    file = Path(__file__).parents[2] / "examples/torch-transformers.report.json"
    audit = starter.audit(file)
    assert [d.name for d in audit.deciders[:2]] == ["NVIDIA", "Hugging Face"]
    assert "Meta Platforms" in deciders(audit)
    text = page(audit)
    for name in ("RunPod", "Fluidstack", "Vultr", "Lambda", "Yandex", "OpenAI Group PBC"):
        assert name not in text
