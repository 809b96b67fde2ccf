"""The five powers side by side: work, money and law; who is listed, by which name, with what behind it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import stackholder
from powers import ALL_RIGHTS, hops, near, power_rows, powers, row
from stackholder.errors import UsageError
from stackholder.graph.home import Home
from stackholder.graph.schema import POWERS, schema
from stackholder.state.derivation import state_at
from stackholder.state.state import State
from stackholder.state.strengths import parameters
from states import TODAY, make_state

THING = ("Framework", "f")
META, AMAZON, ANTHROPIC, OPENAI = (
    ("Company", n) for n in ("meta", "amazon", "anthropic", "openai")
)


def amounts(state: State, thing: str) -> dict[str, float | None]:
    return {r["holder"]: r["amount"] for r in power_rows(state, thing, "pays")}


def share(company: tuple[str, str], known: float, **more: Any) -> dict[str, Any]:
    count = {"window": "all", "total": 100, "share": known, "low": known, "coverage": 0.9}
    return row(company, THING, **{**count, "method": "computed", **more})


# ------------------------------------------------------------------ works


def test_the_work_of_a_firm_is_what_is_known_and_that_with_all_that_is_not(tmp_path: Path) -> None:
    edges = {"CONTRIBUTION_SHARE": [share(META, 0.4), share(AMAZON, 0.1)]}
    state = make_state(tmp_path, {}, edges)
    assert powers(state, "framework/f", "works") == {
        "meta": near(0.4, 0.5),
        "amazon": near(0.1, 0.2),
    }
    assert hops(state, "works")["company/meta", "framework/f"] == near(0.4, 0.5)


def test_the_work_of_firms_under_one_owner_is_that_of_one_party(tmp_path: Path) -> None:
    edges = {
        "CONTRIBUTION_SHARE": [share(META, 0.4), share(AMAZON, 0.1)],
        "OWNS": [row(META, AMAZON, votes=0.9)],
    }
    found = powers(make_state(tmp_path, {}, edges), "framework/f", "works")
    assert found == {"meta": near(0.5, 0.6)}


def test_work_is_never_added_to_what_is_decided(tmp_path: Path) -> None:
    edges = {
        "CONTRIBUTION_SHARE": [share(META, 0.4)],
        "GOVERNS": [row(META, THING, rights=["merge"])],
    }
    state = make_state(tmp_path, {}, edges)
    assert powers(state, "framework/f", "decides") == {"meta": near(0.25, 1.0)}
    assert powers(state, "framework/f", "works") == {"meta": near(0.4, 0.5)}


def test_work_says_until_when_it_was_counted(tmp_path: Path) -> None:
    edges = {"CONTRIBUTION_SHARE": [share(META, 0.4) | {"valid_from": "2021-07"}]}
    state = make_state(tmp_path, {}, edges)
    (only,) = power_rows(state, "framework/f", "works")
    assert "to 2021-07" in only["reason"]


# ------------------------------------------------------------------ pays


def paid(payer: tuple[str, str], amount: float, **more: Any) -> dict[str, Any]:
    return row(payer, ANTHROPIC, **{"amount": amount, "currency": "USD", **more})


def test_payments_of_one_payer_are_summed_and_a_total_holds_them(tmp_path: Path) -> None:
    funds = [
        paid(AMAZON, 4e9, kind="convertible", valid_from="2023-09-25"),
        paid(AMAZON, 4e9, kind="convertible", valid_from="2024-11-22"),
        paid(("Company", "google"), 3e9, cumulative=True, valid_from="2025-03-01"),
        paid(("Company", "google"), 2e9, valid_from="2023-10-27"),
        paid(("Company", "nvidia"), 1e11, stage="letter_of_intent"),
        paid(("Company", "sk"), 1e11, currency="KRW"),
    ]
    state = make_state(tmp_path, {}, {"FUNDS": funds})
    assert amounts(state, "company/anthropic") == {
        "amazon": 8e9,
        "google": 3e9,
        "nvidia": None,
        "sk": None,
    }
    [intended] = [
        r for r in power_rows(state, "company/anthropic", "pays") if r["holder"] == "nvidia"
    ]
    assert "USD 100,000,000,000 more is only intended" in intended["reason"]
    assert {(r["low"], r["high"]) for r in power_rows(state, "company/anthropic", "pays")} == {
        (None, None)
    }, "money has no interval"


def test_a_stake_without_votes_is_money(tmp_path: Path) -> None:
    edges = {
        "OWNS": [
            row(("Company", "google"), ANTHROPIC, equity=0.14, votes=0),
            row(META, ANTHROPIC, equity=0.6, votes=0.6),
        ]
    }
    state = make_state(tmp_path, {}, edges)
    assert amounts(state, "company/anthropic") == {"google": None}
    [stake] = power_rows(state, "company/anthropic", "pays")
    assert stake["reason"] == "14 % of the capital"


def test_the_money_of_a_group_is_that_of_one_payer(tmp_path: Path) -> None:
    edges = {
        "FUNDS": [paid(AMAZON, 4e9), paid(META, 1e9)],
        "OWNS": [row(META, AMAZON, votes=1)],
    }
    assert amounts(make_state(tmp_path, {}, edges), "company/anthropic") == {"amazon": 5e9}


# ------------------------------------------------------------------ binds


def test_laws_bind_unless_something_lifts_them(tmp_path: Path) -> None:
    model = ("Model", "m")
    edges = {
        "SUBJECT_TO": [
            row(model, ("Norm", "art-53"), basis="placed on the market"),
            row(model, ("Norm", "art-55"), exempt_by="below the threshold"),
        ]
    }
    state = make_state(tmp_path, {}, edges)
    assert powers(state, "model/m", "binds") == {"art-53": near(1.0)}
    assert powers(state, "norm/art-53", "binds") == {}


def test_a_permissive_licence_binds_nobody(tmp_path: Path) -> None:
    nodes = {"License": [{"id": "mit", "osi": True, "open_data": False}]}
    edges = {"LICENSED_UNDER": [row(THING, ("License", "mit"))]}
    assert powers(make_state(tmp_path, nodes, edges), "framework/f", "binds") == {}


# ------------------------------------------------------------------ rows


def test_every_power_has_the_keys_of_the_statements_behind_it(tmp_path: Path) -> None:
    persons = [("Contributor", f"p{i}") for i in range(3)]
    body, nvidia, chip = ("GoverningBody", "core"), ("Company", "nvidia"), ("Processor", "h100")
    edges = {
        "GOVERNS": [row(body, THING, rights=ALL_RIGHTS)],
        "HAS_SEAT": [row(p, body) for p in persons],
        "EMPLOYS": [row(META, persons[0], confidence=0.6)],
        "PROVIDES": [row(nvidia, chip)],
        "RUNS_ON": [row(THING, chip, tier="native")],
        "FUNDS": [row(META, THING, amount=1e6, currency="USD")],
        "SUBJECT_TO": [row(META, ("Norm", "law"))],
        "CONTRIBUTION_SHARE": [share(META, 0.4)],
    }
    state = make_state(tmp_path, {}, edges)
    stated = {
        r["key"]: (relation, r["confidence"])
        for relation in state.relations
        if not schema().relations[relation].computed or relation == "CONTRIBUTION_SHARE"
        for r in state.edges(relation, ["key", "confidence"]).to_pylist()
    }
    rows = [*state.edges("HAS_POWER").to_pylist(), *state.edges("CONTROLS").to_pylist()]
    assert {r["power"] for r in rows} == set(POWERS)
    for one in rows:
        keys = one["basis"].split()
        assert keys
        assert set(keys) <= set(stated), one
        assert one["confidence"] == min(stated[k][1] for k in keys), one
        assert len(one["source_ids"]) == 1
        assert (one["method"], one["status"]) == ("computed", "current")
        if one["low"] is not None:
            assert 0 <= one["low"] <= one["high"] <= 1
    [through] = [
        r
        for r in rows
        if (r.get("holder"), r["target"], r["power"]) == ("meta", "framework/f", "decides")
    ]
    relations = [stated[k][0] for k in through["basis"].split()]
    assert sorted(relations) == ["EMPLOYS", "GOVERNS", "HAS_SEAT"]
    assert through["through"] == "governing-body/core"
    assert through["hops"] == 2
    assert through["confidence"] == 0.6


def test_who_could_at_most_have_less_than_a_hundredth_is_not_listed(tmp_path: Path) -> None:
    owns = [row(("Company", f"c{i}"), META, votes=v) for i, v in enumerate((0.5, 0.3, 0.009))]
    state = make_state(tmp_path, {}, {"OWNS": owns})
    assert set(powers(state, "company/meta", "decides")) == {"c0", "c1"}


def test_no_person_is_named_who_is_only_known_by_a_seat(tmp_path: Path) -> None:
    body = ("GoverningBody", "core")
    nodes = {"Contributor": [{"id": f"p{i}", "name": f"Person {i}"} for i in range(2)]}
    edges = {
        "GOVERNS": [row(body, THING, rights=ALL_RIGHTS)],
        "HAS_SEAT": [row(("Contributor", f"p{i}"), body) for i in range(2)],
    }
    state = make_state(tmp_path, nodes, edges)
    text = str(state.edges("HAS_POWER").to_pylist()) + str(state.edges("CONTROLS").to_pylist())
    assert "Person" not in text
    assert "contributor/" not in text
    assert powers(state, "framework/f", "decides") == {
        "core": near(1.0),
        "2 persons whose employer is not known": near(0.0, 1.0),
    }


# ------------------------------------------------------------------ parameters


def test_every_choice_that_a_value_is_looked_up_by_has_one() -> None:
    tiers = {p.name: p.choices for p in schema().relations["RUNS_ON"].properties}["tier"]
    rights = {p.name: p.choices for p in schema().relations["GOVERNS"].properties}["rights"]
    assert set(parameters()["tier"]) == set(tiers)
    assert set(parameters()["rights"]) == set(rights)
    assert sum(parameters()["rights"].values()) == pytest.approx(1)


def shipped() -> str:
    return (Path(__file__).parents[2] / "state/strengths.toml").read_text()


def test_another_set_of_parameters_gives_another_state(tmp_path: Path) -> None:
    edges = {"GOVERNS": [row(META, THING, rights=["merge"])]}
    before = make_state(tmp_path, {}, edges)
    own = tmp_path / "own.toml"
    own.write_text(shipped().replace("merge = 0.25", "merge = 0.35"))
    after = state_at(Home(tmp_path / "home"), before.snapshot, TODAY, parameters(own))
    assert after.folder != before.folder
    ends = [powers(s, "framework/f", "decides")["meta"] for s in (before, after)]
    assert [low for low, _ in ends] == [0.25, 0.35]


def test_two_graphs_with_two_sets_stand_side_by_side(starter_home: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(shipped().replace("supported = 0.5", "supported = 0.1"))
    with (
        stackholder.open(starter_home) as ours,
        stackholder.open(starter_home, strengths=own) as theirs,
        stackholder.open(starter_home, strengths=dict(parameters(own))) as same,
    ):
        tiers = [g.state.strengths["tier"]["supported"] for g in (ours, theirs, same, ours)]
        assert tiers == [0.5, 0.1, 0.1, 0.5]
        folders = [g.state.folder for g in (ours, theirs, same)]
        assert folders[0] != folders[1] == folders[2]
        ways = [list(g.ask("funnel", framework="pytorch", weight="tier")) for g in (ours, theirs)]
        assert ways[0] != ways[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("merge = 0.25", ""), "rights.merge is missing"),
        (("merge = 0.25", "merge = 1.5"), "rights.merge is 1.5, which is no number from 0 to 1"),
        (("merge = 0.25", "merge = 0.25\nveto = 0.1"), "rights.veto is no strength"),
        (("copyleft_prefixes = [", "copyleft_prefixes = 3 # ["), "of another type"),
        (("[tier]", "not = = toml"), "cannot be read"),
    ],
)
def test_a_wrong_set_of_parameters_is_refused_by_name(
    tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(shipped().replace(*change))
    with pytest.raises(UsageError, match=words) as caught:
        parameters(own)
    assert caught.value.where == os.fspath(own)


def test_a_set_of_parameters_that_is_missing_is_named(
    starter_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STACKHOLDER_STRENGTHS", "none.toml")
    with pytest.raises(UsageError, match="cannot be read") as caught:
        stackholder.open(starter_home)
    assert caught.value.where == "none.toml"


def test_the_relations_that_carry_power_are_those_of_the_rules() -> None:
    carriers = {
        power: {
            r.name
            for r in schema().relations.values()
            if r.control is not None and power in r.control.powers
        }
        for power in POWERS
    }
    assert carriers["decides"] == {
        *("OWNS", "PART_OF", "HAS_SEAT", "EMPLOYS", "GOVERNS", "PROVIDES", "PUBLISHES", "CREATED")
    }
    assert carriers["works"] == {"CONTRIBUTION_SHARE"}
    assert carriers["pays"] == {"FUNDS", "OWNS"}
    assert carriers["squeezes"] >= {"DEPENDS_ON", "RUNS_ON", "OFFERS", "IMPLEMENTS", "SUPPLIES"}
    assert "SUBJECT_TO" in carriers["binds"]
