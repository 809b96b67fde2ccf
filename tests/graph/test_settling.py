"""Settling: absence counts only where a source was read in full, and nothing is ever erased."""

from __future__ import annotations

import datetime
import random
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stackholder.errors import NoGraph, SourceError
from stackholder.graph.partition import ledger_of
from stackholder.graph.schema import schema
from stackholder.graph.snapshot import Snapshot

FIRST = datetime.datetime(2026, 11, 24, 10, 30, tzinfo=datetime.UTC)
LATER = datetime.datetime(2026, 12, 25, 8, 0, tzinfo=datetime.UTC)
LAST = datetime.datetime(2027, 1, 6, 8, 0, tzinfo=datetime.UTC)


def stake(owned: str, **properties: Any) -> dict[str, Any]:
    return {"source": ("Company", "google"), "target": ("Company", owned), **properties}


def owns(*owned: str, **properties: Any) -> dict[str, list[dict[str, Any]]]:
    return {"OWNS": [stake(o, **properties) for o in owned]}


def in_force(place: Any) -> set[str]:
    return {row["target"] for row in place.rows("OWNS") if "ended" not in row}


def ended(place: Any) -> dict[str, datetime.date]:
    return {row["target"]: row["valid_to"] for row in place.rows("OWNS") if "ended" in row}


def recorded(place: Any) -> dict[str, datetime.datetime]:
    return {row["target"]: row["recorded_at"] for row in place.rows("OWNS")}


def test_what_a_finished_scope_no_longer_states_is_ended_on_the_day_of_the_run(place: Any) -> None:
    place.say(edges=owns("deepmind", "kaggle"), day=FIRST)
    ledger = place.say(edges=owns("deepmind"), day=LATER)
    assert in_force(place) == {"deepmind"}
    assert ended(place) == {"kaggle": LATER.date()}
    assert ledger.edges == {"OWNS": 1}


def test_ended_claims_stay_in_the_history_and_out_of_the_present(place: Any) -> None:
    place.say(edges=owns("deepmind", "kaggle"), day=FIRST)
    place.say(edges=owns("deepmind"), day=LATER)
    place.say(edges=owns("deepmind"), day=LAST)
    place.snapshot()
    assert {row["target"] for row in place.edges("OWNS")} == {"company/deepmind", "company/kaggle"}
    at = {
        day: set(place.graph().__class__(place.home, day).state.edges("OWNS")["target"].to_pylist())
        for day in (FIRST.date(), LATER.date() - datetime.timedelta(1), LATER.date())
    }
    both = {"company/deepmind", "company/kaggle"}
    assert list(at.values()) == [both, both, {"company/deepmind"}]


def test_an_interval_that_was_over_before_is_not_prolonged_by_its_end(place: Any) -> None:
    place.say(edges=owns("nest", valid_from="2014", valid_to="2018-02"), day=FIRST)
    place.say(edges=owns("kaggle"), day=LATER)
    assert ended(place) == {"nest": datetime.date(2018, 2, 1)}


def test_a_future_claim_that_is_withdrawn_never_holds(place: Any) -> None:
    place.say(edges=owns("wiz", valid_from="2027-03-01"), day=FIRST)
    place.say(edges=owns("kaggle"), day=LATER)
    [wiz] = [row for row in place.rows("OWNS") if row["target"] == "wiz"]
    assert wiz["valid_from"] == wiz["valid_to"] == datetime.date(2027, 3, 1)


def test_an_error_half_way_leaves_everything_as_it_was(place: Any) -> None:
    place.say(edges=owns("deepmind", "kaggle"), day=FIRST)
    before = place.partition()
    with pytest.raises(ZeroDivisionError), place.speaking(day=LATER) as claims, claims.scope("all"):
        claims.edge("OWNS", **stake("deepmind"), at="x:1")
        raise ZeroDivisionError
    assert place.partition() == before
    assert in_force(place) == {"deepmind", "kaggle"}


def test_a_403_midway_ends_no_edge(place: Any) -> None:
    place.say(edges=owns("deepmind", "kaggle"), day=FIRST)
    with place.speaking(day=LATER) as claims:
        with pytest.raises(SourceError), claims.scope("all"):
            claims.edge("OWNS", **stake("deepmind"), at="x:1")
            raise SourceError(
                "the server answers 403 Forbidden", where="https://example.org/?page=2"
            )
        claims.ledger.failure = "the server answers 403 Forbidden"
    assert in_force(place) == {"deepmind", "kaggle"}
    assert ended(place) == {}
    assert not ledger_of(place.partition()).complete


def test_of_two_scopes_only_the_finished_one_ends_what_it_no_longer_states(place: Any) -> None:
    with place.speaking(day=FIRST) as claims:
        for scope in ("members", "projects"):
            with claims.scope(scope):
                claims.edge("OWNS", **stake(f"{scope}-kept"), at="x:1")
                claims.edge("OWNS", **stake(f"{scope}-dropped"), at="x:2")
    with place.speaking(day=LATER) as claims:
        with claims.scope("members"):
            claims.edge("OWNS", **stake("members-kept"), at="x:1")
        with pytest.raises(SourceError), claims.scope("projects"):
            claims.edge("OWNS", **stake("projects-new"), at="x:1")
            raise SourceError("the connection was lost")
    assert in_force(place) == {"members-kept", "projects-kept", "projects-dropped"}
    assert ended(place) == {"members-dropped": LATER.date()}


def test_a_claim_that_comes_back_is_in_force_again_with_its_first_recorded_at(place: Any) -> None:
    place.say(edges=owns("deepmind", "kaggle"), day=FIRST)
    place.say(edges=owns("deepmind"), day=LATER)
    place.say(edges=owns("deepmind", "kaggle", "wiz"), day=LAST)
    assert in_force(place) == {"deepmind", "kaggle", "wiz"}
    assert ended(place) == {}
    assert recorded(place) == {"deepmind": FIRST, "kaggle": FIRST, "wiz": LAST}


def test_equal_claims_stay_as_many_as_they_are_with_different_keys(place: Any) -> None:
    place.say(edges=owns(*["kaggle"] * 5))
    keys = [row["key"] for row in place.rows("OWNS")]
    assert len(keys) == len(set(keys)) == 5
    place.say(edges=owns(*["kaggle"] * 5), day=LATER)
    assert [row["key"] for row in place.rows("OWNS")] == keys
    assert place.snapshot().edges == {"OWNS": 5}


def test_of_equal_claims_as_many_end_as_are_no_longer_stated(place: Any) -> None:
    place.say(edges=owns(*["kaggle"] * 5))
    place.say(edges=owns(*["kaggle"] * 3), day=LATER)
    rows = place.rows("OWNS")
    assert sorted("ended" in row for row in rows) == [False] * 3 + [True] * 2
    assert len({row["key"] for row in rows}) == 5


def test_what_two_scopes_state_survives_when_one_of_them_breaks_off(place: Any) -> None:
    for day in (FIRST, LATER):
        with place.speaking(day=day) as claims:
            if day == FIRST:
                with claims.scope("members"):
                    claims.edge("OWNS", **stake("kaggle"), at="members:1")
            else:
                with pytest.raises(SourceError), claims.scope("members"):
                    raise SourceError("the connection was lost")
            with claims.scope("projects"):
                claims.edge("OWNS", **stake("kaggle"), at="projects:1")
    rows = place.rows("OWNS")
    assert {(row["scope"], row["at"]) for row in rows} == {
        ("members", "members:1"),
        ("projects", "projects:1"),
    }
    assert all("ended" not in row for row in rows)
    assert {row["recorded_at"] for row in rows} == {FIRST}
    assert len({row["key"] for row in rows}) == 2


def test_what_an_unfinished_scope_said_of_a_node_stands_beside_what_another_says(
    place: Any,
) -> None:
    for day in (FIRST, LATER):
        with place.speaking(day=day) as claims:
            if day == FIRST:
                with claims.scope("members"):
                    claims.node("Company", "google", "Google", jurisdiction="US", at="members:1")
            else:
                with pytest.raises(SourceError), claims.scope("members"):
                    raise SourceError("the connection was lost")
            with claims.scope("projects"):
                claims.node("Company", "google", "Google LLC", at="projects:1")
    names = {row["name"]: row.get("jurisdiction") for row in place.rows("Company")}
    assert names == {"Google": "US", "Google LLC": None}


def test_a_node_takes_its_new_values_and_is_never_erased(place: Any) -> None:
    place.say({"Company": [{"id": "google", "name": "Gogle"}, {"id": "kaggle"}]})
    place.say({"Company": [{"id": "google", "name": "Google"}]}, day=LATER)
    assert {row["id"]: row["name"] for row in place.rows("Company")} == {
        "google": "Google",
        "kaggle": "kaggle",
    }


def test_the_same_input_gives_the_same_claims_twice(place: Any) -> None:
    edges = {"OWNS": [stake("a", votes=0.5), stake("a", votes=0.25), stake("b"), stake("b")]}
    place.say({"Company": [{"id": "a"}, {"id": "b", "name": "B"}]}, edges, day=FIRST)
    before, snapshot = place.rows("OWNS"), place.snapshot()
    place.say({"Company": [{"id": "a"}, {"id": "b", "name": "B"}]}, edges, day=LATER)
    assert place.rows("OWNS") == before
    assert place.snapshot().hash == snapshot.hash


def test_keys_depend_on_the_source_the_ends_the_identity_and_nothing_else(place: Any) -> None:
    edges = {"OWNS": [stake("a", votes=0.5, note="x", confidence=0.5)]}
    place.say(edges=edges, loader="one")
    place.say(edges={"OWNS": [stake("a", votes=0.5, at="y:9", status="disputed")]}, loader="two")
    place.say(edges=edges, loader="one", label="other", day=LATER)
    keys = [
        place.rows("OWNS", *where)[0]["key"] for where in (("one",), ("one", "other"), ("two",))
    ]
    assert keys[0] == keys[1] != keys[2]
    place.say(edges={"OWNS": [stake("a", votes=0.75)]}, loader="one")
    assert {row["key"] for row in place.rows("OWNS", "one")} > {keys[0]}


def test_a_source_of_its_own_identity_may_mend_a_value_without_a_new_edge(place: Any) -> None:
    place.say(edges={"OWNS": [stake("a", votes=0.5, identity="deal 7")]})
    place.say(edges={"OWNS": [stake("a", votes=0.6, identity="deal 7")]}, day=LATER)
    [row] = place.rows("OWNS")
    assert (row["votes"], row["recorded_at"]) == (0.6, FIRST)


def test_only_the_version_in_force_and_the_one_before_are_kept(place: Any) -> None:
    for hour in range(5):
        place.say(edges=owns("kaggle"), day=FIRST + datetime.timedelta(hours=hour))
    folder = place.home.claims / "hand" / "test"
    versions = sorted(p.name for p in folder.iterdir() if p.name != "current")
    assert versions == ["20261124T133000000000", "20261124T143000000000"]
    assert (folder / "current").resolve().name == versions[-1]


def test_counts_of_the_ledger_are_those_of_the_files(place: Any) -> None:
    ledger = place.say({"Company": [{"id": "a"}]}, owns("a", "b", "b"), day=FIRST)
    assert (ledger.nodes, ledger.edges) == ({"Company": 1}, {"OWNS": 3})
    assert ledger_of(place.partition()) == ledger
    assert pq.read_metadata(place.partition() / "edges/OWNS.parquet").num_rows == 3


RUNS = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcd"), max_size=6),
        st.lists(st.sampled_from("abcd"), max_size=6),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(RUNS, st.randoms(use_true_random=False))
def test_after_any_runs_each_scope_is_as_its_last_finished_reading_says(
    another_place: Any, runs: list[tuple[list[str], list[str], bool]], chance: random.Random
) -> None:
    place = another_place()
    stated: dict[str, list[str]] = {"steady": [], "shaky": []}
    every: set[str] = set()
    for number, (steady, shaky, breaks) in enumerate(runs):
        with place.speaking(day=FIRST + datetime.timedelta(days=number)) as claims:
            with claims.scope("steady"):
                for owned in chance.sample(steady, len(steady)):
                    claims.edge("OWNS", **stake(owned), at="steady")
            stated["steady"] = steady
            try:
                with claims.scope("shaky"):
                    for owned in shaky:
                        claims.edge("OWNS", **stake(owned), at="shaky")
                    if breaks:
                        raise SourceError("the connection was lost")
                stated["shaky"] = shaky
            except SourceError:
                pass
        every |= {*steady, *stated["shaky"]}
    rows = place.rows("OWNS")
    for scope, owned in stated.items():
        found = [r["target"] for r in rows if r["scope"] == scope and "ended" not in r]
        assert sorted(found) == sorted(owned)
    assert {row["target"] for row in rows} == every
    assert len({row["key"] for row in rows}) == len(rows)


def test_claims_of_an_earlier_version_of_the_ontology_are_read_on(place: Any) -> None:
    place.say(edges=owns("deepmind", "kaggle"), day=FIRST)
    file = place.partition() / "edges/OWNS.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["votes_at_most", "interest"]), file)
    place.say(edges=owns("deepmind"), day=LATER)
    assert in_force(place) == {"deepmind"}
    assert ended(place) == {"kaggle": LATER.date()}


def test_a_snapshot_of_another_version_of_the_ontology_says_to_build_again(place: Any) -> None:
    place.say(edges=owns("deepmind"), day=FIRST)
    folder = place.snapshot().folder
    manifest = folder / "manifest.json"
    manifest.write_text(
        manifest.read_text().replace(f'"schema": "{schema().version}"', '"schema": "0.9"')
    )
    with pytest.raises(NoGraph, match=r"version 0\.9 of the ontology") as caught:
        Snapshot.open(folder)
    assert "stackholder build" in caught.value.hint
