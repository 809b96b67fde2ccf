"""States: what is computed from a snapshot at a date, on small graphs and on the starter data."""

from __future__ import annotations

import collections
import csv
import datetime
import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import stackholder
from stackholder.graph.home import Home
from stackholder.graph.schema import schema
from stackholder.pipeline import build
from stackholder.state.derivation import state_at
from stackholder.state.integrity import breaches
from stackholder.state.state import State
from states import make_state, state_rows

STARTER = Path(stackholder.__file__).parent / "loaders/curated/data"
BOARD = "pytorch-foundation-governing-board"
At = Callable[[str], State]


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> At:
    """Gives the state of the starter data on a date."""
    home = Home(tmp_path_factory.mktemp("starter"))
    snapshot = build(home, only=["curated"]).snapshot
    return lambda day: state_at(home, snapshot, datetime.date.fromisoformat(day))


def seats(state: State) -> dict[str, dict[str, Any]]:
    """Hops into the board, by holder."""
    return {
        r["source"]: r
        for r in state_rows(state, "CONTROLS").values()
        if (r["target"], r["relation"]) == (f"governing-body/{BOARD}", "HAS_SEAT")
    }


def starter_rows(relation: str, day: str) -> list[dict[str, str]]:
    """The rows of a CSV of the starter data that hold on a date; dates given in part begin with their first day."""
    with (STARTER / f"edges/{relation}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    padded = [
        {**r, **{d: (r[d] + "-01-01"[len(r[d]) - 4 :])[:10] if r[d] else "" for d in DATES}}
        for r in rows
    ]
    return [
        r
        for r in padded
        if r["valid_from"] <= day
        and (not r["valid_to"] or day < r["valid_to"])
        and r["status"] in {"", "current"}
    ]


DATES = ("valid_from", "valid_to")


def power_of_a_seat(votes: dict[str, int], quota: Fraction, holder: str) -> Fraction:
    """Power by its definition, over all coalitions of the others: strictly more than the quota decides."""
    others = [v for name, v in votes.items() if name != holder]
    total, count = sum(votes.values()), len(votes)
    turned = Fraction(0)
    for size in range(count):
        weight = Fraction(
            math.factorial(size) * math.factorial(count - size - 1), math.factorial(count)
        )
        for coalition in itertools.combinations(others, size):
            held = sum(coalition)
            if held <= total * quota < held + votes[holder]:
                turned += weight
    return turned


# ------------------------------------------------------------------ the starter data


def test_meta_alone_decides_in_the_first_year_of_the_pytorch_foundation(at: At) -> None:
    found = {holder: (r["low"], r["high"]) for holder, r in seats(at("2022-09-20")).items()}
    assert found.pop("company/meta-platforms") == (1.0, 1.0)
    assert list(found.values()) == [(0.0, 0.0)] * 5


def test_with_four_votes_meta_has_the_power_that_the_roster_of_the_day_gives(at: At) -> None:
    roster = {
        r["source"]: int(r["votes"])
        for r in starter_rows("HAS_SEAT", "2024-10-01")
        if r["target"] == BOARD
    }
    assert roster["meta-platforms"] == 4
    assert set(roster.values()) == {1, 4}
    found = seats(at("2024-10-01"))
    for holder in roster:
        expected = pytest.approx(float(power_of_a_seat(roster, Fraction(1, 2), holder)), abs=1e-9)
        row = found[f"company/{holder}"]
        assert (row["low"], row["high"]) == (expected, expected), holder
    assert power_of_a_seat(roster, Fraction(1, 2), "meta-platforms") == Fraction(1, 3)


def test_the_reading_that_is_contested_counts_no_vote(at: At) -> None:
    state = at("2024-01-01")
    stated = [
        r["status"]
        for r in state_rows(state, "HAS_SEAT").values()
        if (r["source"], r["target"]) == ("company/meta-platforms", f"governing-body/{BOARD}")
    ]
    assert sorted(stated) == ["current", "disputed"]
    roster = {
        r["source"]: int(r["votes"])
        for r in starter_rows("HAS_SEAT", "2024-01-01")
        if r["target"] == BOARD
    }
    expected = power_of_a_seat(roster, Fraction(1, 2), "meta-platforms")
    assert seats(state)["company/meta-platforms"]["low"] == pytest.approx(float(expected))


def test_fourteen_per_cent_without_a_vote_decide_nothing(at: At) -> None:
    state = at("2025-09-08")
    powers = {
        r["power"]
        for r in state_rows(state, "CONTROLS").values()
        if (r["source"], r["target"]) == ("company/google", "company/anthropic")
    }
    assert powers == {"pays"}
    pairs = {(r["source"], r["target"]) for r in state_rows(state, "ULTIMATELY_CONTROLS").values()}
    assert not {p for p in pairs if p[1] == "company/anthropic"}


def test_a_stake_whose_votes_nobody_states_is_open_and_not_none(at: At) -> None:
    [stake] = [
        r
        for r in state_rows(at("2026-01-01"), "CONTROLS").values()
        if (r["source"], r["target"], r["power"])
        == ("company/microsoft", "company/openai-group-pbc", "decides")
    ]
    assert stake["low"] == 0
    assert stake["high"] > 0


def test_who_owns_all_controls_all_below(at: At) -> None:
    sure = {
        (r["source"], r["target"])
        for r in state_rows(at("2026-01-01"), "ULTIMATELY_CONTROLS").values()
        if r["certainty"] == "sure"
    }
    assert ("company/alphabet", "company/deepmind") in sure
    assert ("company/ibm", "company/neural-magic") in sure
    assert ("contributor/mark-zuckerberg", "company/meta-platforms") in sure
    assert not {s for s, t in sure if t == "company/anthropic"}
    assert not [p for p in sure if p[0] in {"contributor/larry-page", "contributor/sergey-brin"}]


def test_every_power_rests_on_statements_that_are_in_force(at: At) -> None:
    state = at("2026-01-01")
    stated = {
        row["key"]: row["status"]
        for relation in state.relations
        if not schema().relations[relation].computed or relation == "CONTRIBUTION_SHARE"
        for row in state.edges(relation, ["key", "status"]).to_pylist()
    }
    ended = {k for n in ("HAS_SEAT", "LICENSED_UNDER") for k in state.history(n)["key"].to_pylist()}
    rows = [r for n in ("CONTROLS", "HAS_POWER") for r in state.edges(n).to_pylist()]
    assert len(rows) > 2000
    for row in rows:
        for key in row["basis"].split():
            assert stated.get(key, "ended" if key in ended else None) in {"current", "ended"}, row
        assert row["low"] is None or 0 <= row["low"] <= row["high"] <= 1
    keys = [r["key"] for r in rows]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("day", ["2022-09-20", "2026-01-01"])
def test_the_starter_data_break_no_rule(at: At, day: str) -> None:
    assert list(breaches(at(day))) == []


def test_every_statement_of_the_starter_data_has_its_own_key(at: At) -> None:
    state = at("2026-01-01")
    counts = collections.Counter(
        k for r in state.relations for k in state.edges(r, ["key"])["key"].to_pylist()
    )
    assert max(counts.values()) == 1


# ------------------------------------------------------------------ small graphs


def owns(*rows: tuple[str, str, float | None], **common: Any) -> dict[str, list[dict[str, Any]]]:
    return {
        "OWNS": [
            {
                "source": ("Company", a),
                "target": ("Company", b),
                **({} if v is None else {"votes": v}),
                **common,
            }
            for a, b, v in rows
        ]
    }


def test_computed_relations_lie_apart_from_stated_ones(tmp_path: Path) -> None:
    state = make_state(tmp_path, {}, owns(("a", "b", 0.6), ("b", "c", 0.6)))
    stated = {f.stem for f in (state.folder / "edges").glob("*.parquet")}
    computed = {f.stem for f in (state.folder / "computed").glob("*.parquet")}
    assert stated == {"OWNS"}
    assert computed == {"CONTROLS", "HAS_POWER", "ULTIMATELY_CONTROLS"}
    for name in computed:
        assert set(state.edges(name, ["method"])["method"].to_pylist()) == {"computed"}


def test_the_fixpoint_is_stored_with_threshold_certainty_and_sources(tmp_path: Path) -> None:
    state = make_state(tmp_path, {}, owns(("a", "b", 0.6), ("b", "c", 0.6), ("x", "y", None)))
    rows = state_rows(state, "ULTIMATELY_CONTROLS").values()
    found = {(r["source"][8:], r["target"][8:], r["certainty"]) for r in rows}
    assert found == {
        ("a", "b", "sure"),
        ("b", "c", "sure"),
        ("a", "c", "sure"),
        ("x", "y", "possible"),
    }
    assert {r["threshold"] for r in rows} == {0.5}
    assert all(r["source_ids"] for r in rows)


def test_a_disputed_stake_decides_nothing_and_is_still_there(tmp_path: Path) -> None:
    state = make_state(tmp_path, {}, owns(("a", "b", 0.6), status="disputed"))
    assert state.edges("ULTIMATELY_CONTROLS").num_rows == 0
    assert [row["status"] for row in state_rows(state, "OWNS").values()] == ["disputed"]
    assert (state.edges("CONTROLS").num_rows, state.edges("HAS_POWER").num_rows) == (0, 0)


def test_votes_count_as_of_the_date(tmp_path: Path) -> None:
    edges = {
        "OWNS": [
            {
                "source": ("Company", "a"),
                "target": ("Company", "b"),
                "votes": 0.6,
                "valid_to": "2024",
            },
            {
                "source": ("Company", "c"),
                "target": ("Company", "b"),
                "votes": 0.6,
                "valid_from": "2024",
            },
        ]
    }
    found = {}
    for day in (datetime.date(2023, 12, 31), datetime.date(2024, 1, 1)):
        state = make_state(tmp_path, {}, edges, as_of=day)
        found[day.year] = [r["source"] for r in state_rows(state, "ULTIMATELY_CONTROLS").values()]
    assert found == {2023: ["company/a"], 2024: ["company/c"]}


def test_the_history_of_every_date_holds_nothing_computed(tmp_path: Path) -> None:
    state = make_state(tmp_path, {}, owns(("a", "b", 0.6)), as_of=None)
    assert state.relations == ["OWNS"]


def test_a_dependency_between_packages_is_lifted_to_the_frameworks_that_publish_them(
    tmp_path: Path,
) -> None:
    publishes = [
        ("torch", "torch"),
        ("torch", "torchvision"),
        ("numpy", "numpy"),
        ("scipy", "scipy"),
    ]
    needs = [("torch", "numpy", "optional"), ("torchvision", "numpy", "runtime")]
    needs += [
        ("torchvision", "torch", "runtime"),
        ("scipy", "numpy", "optional"),
        ("torch", "orphan", None),
    ]
    edges = {
        "PUBLISHES": [
            {"source": ("Framework", f), "target": ("Package", p), "confidence": 0.9}
            for f, p in publishes
        ],
        "DEPENDS_ON": [
            {"source": ("Package", a), "target": ("Package", b), "kind": kind, "confidence": 0.5}
            for a, b, kind in needs
        ],
    }
    state = make_state(tmp_path, {}, edges)
    lifted = pq.read_table(state.folder / "computed/DEPENDS_ON.parquet").to_pylist()
    found = {(r["source"], r["target"], r["kind"]): r["confidence"] for r in lifted}
    assert found == {
        ("framework/torch", "framework/numpy", "runtime"): pytest.approx(0.9 * 0.9 * 0.5),
        ("framework/scipy", "framework/numpy", "optional"): pytest.approx(0.9 * 0.9 * 0.5),
    }
    assert state.edges("DEPENDS_ON").num_rows == len(needs) + 2


def test_a_state_is_made_once_and_again_where_it_was_thrown_away(tmp_path: Path) -> None:
    import shutil

    first = make_state(tmp_path, {}, owns(("a", "b", 0.6)))
    tables = {r: first.edges(r) for r in first.relations}
    shutil.rmtree(tmp_path / "home/states")
    again = state_at(Home(tmp_path / "home"), first.snapshot, first.as_of)
    assert again.folder == first.folder
    assert {r: again.edges(r) for r in again.relations} == tables


def test_an_empty_graph_has_a_state(tmp_path: Path) -> None:
    state = make_state(tmp_path, {"Company": [{"id": "a"}]}, {})
    assert state.edge_count == 0
    assert list(breaches(state)) == []
