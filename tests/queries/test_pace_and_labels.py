"""Days until support, and makers' words beside licences, worked out by hand."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from stackholder.queries import labels, pace
from stackholder.queries.catalogue import questions
from stackholder.queries.view import Found, View
from stackholder.state.state import State
from stackholder.stores import open_store
from states import make_state

MAKER, CHIP, FAST = ("Company", "maker"), ("Processor", "chip"), ("Framework", "fast")
SLOW, MODEL, OWN = ("Framework", "slow"), ("Model", "model"), ("Model", "own")
OPEN = ("Norm", "open-source-definition")
NODES = {
    "Company": [{"id": "maker"}],
    "Processor": [{"id": "chip"}],
    "Framework": [{"id": "fast"}, {"id": "slow"}],
    "Model": [{"id": "model"}, {"id": "own"}],
    "Norm": [{"id": "open-source-definition", "category": "definition"}],
    "License": [
        {"id": "mit", "name": "MIT", "osi": True},
        {"id": "capped", "name": "Capped", "osi": False, "restrictions": "mau_cap;termination"},
    ],
}


def asked(state: State, question: Any, *arguments: str) -> Found:
    found = question.answer(View(state, lambda _: state), *arguments)
    assert isinstance(found, Found)
    return found


def supports(folder: Path) -> State:
    runs = [
        {"source": FAST, "target": CHIP, "valid_from": "2025-03-11"},
        {"source": SLOW, "target": CHIP, "valid_from": "2026"},
        {"source": SLOW, "target": ("Processor", "other")},
    ]
    engines = [
        {"source": MODEL, "target": FAST, "group": "engine", "valid_from": "2025-06-01"},
        {"source": MODEL, "target": SLOW, "group": "other", "valid_from": "2025-06-09"},
    ]
    edges = {
        "PROVIDES": [{"source": MAKER, "target": CHIP, "valid_from": "2025-02"}],
        "CREATED": [
            {"source": MAKER, "target": MODEL, "valid_from": "2025-06-01"},
            {"source": MAKER, "target": CHIP, "valid_from": "2024"},
        ],
        "RUNS_ON": runs,
        "DEPENDS_ON": engines,
    }
    return make_state(folder, {**NODES, "Processor": [{"id": "chip"}, {"id": "other"}]}, edges)


def test_days_are_counted_from_the_makers_own_date_and_widen_with_what_it_leaves_open(
    tmp_path: Path,
) -> None:
    state = supports(tmp_path)
    found = asked(state, pace, "")
    days = {
        (r["sort"], r["framework"]): (r["days_low"], r["days_high"])  # type: ignore[index,call-overload]
        for r in found.rows
    }
    assert days == {
        ("chip", "framework/fast"): (11, 38),  # from the last and the first of February
        ("chip", "framework/slow"): (307, 698),  # 2026-01-01 to 2026-12-31
        ("model", "framework/fast"): (0, 0),
    }
    assert found.unknown == ("1 supports, or what they support, have no date",)
    assert found.summary.startswith("1 of 1 dated support of a model came on its first day (fast)")
    assert "0 of 2 dated supports of a chip" in found.summary
    assert len(asked(state, pace, "framework/slow").rows) == 1


def test_a_label_says_more_than_a_licence_only_where_both_are_known(tmp_path: Path) -> None:
    def claim(model: tuple[str, str], result: str, word: str) -> dict[str, Any]:
        row = {"source": model, "target": OPEN, "result": result, "stated": word}
        return {**row, "assessor": "self"}

    edges = {
        "CREATED": [{"source": MAKER, "target": MODEL}],
        "SATISFIES": [claim(MODEL, "yes", "open source"), claim(OWN, "yes", "open source")],
        "LICENSED_UNDER": [{"source": MODEL, "target": ("License", "capped")}],
    }
    found = asked(make_state(tmp_path / "1", NODES, edges), labels, "")
    rows = {r["model"]: (r["approved"], r["over"], r["limits"]) for r in found.rows}  # type: ignore[index,call-overload]
    assert rows == {
        "model/model": (False, True, "mau_cap, termination"),
        "model/own": (None, None, None),
    }
    assert found.summary.startswith("1 of 2 models that their makers call open source")
    both = [*edges["LICENSED_UNDER"], {"source": MODEL, "target": ("License", "mit")}]
    again = {"LICENSED_UNDER": both, "SATISFIES": [claim(MODEL, "yes", "open source")]}
    [row] = asked(make_state(tmp_path / "2", NODES, again), labels, "").rows
    assert (row["approved"], row["over"]) == (True, False)  # type: ignore[index,call-overload]
    other = {**again, "SATISFIES": [claim(MODEL, "unknown", "open weights")]}
    found = asked(make_state(tmp_path / "3", NODES, other), labels, "")
    assert [(r["claimed"], r["over"]) for r in found.rows] == [(False, False)]  # type: ignore[index,call-overload]
    assert found.summary.startswith("0 of 0 ")


@pytest.mark.parametrize("name", ["embedded", "rdflib"])
def test_counts_and_hires_are_read_as_stated(tmp_path: Path, name: str) -> None:
    count = {"source": MAKER, "target": FAST, "value": 7, "valid_from": "2025-01-02"}
    edges = {
        "COUNTS": [{**count, "what": "downloads"}, {**count, "what": "commits"}],
        "HIRED_FROM": [
            {"source": MAKER, "target": FAST, "persons": 3, "watched": 12},
            {"source": MAKER, "target": SLOW, "watched": 5},
        ],
    }
    store = open_store(name, make_state(tmp_path, NODES, edges))
    rows = {
        question: store.query(
            questions()[question].text(store.language),
            questions()[question].bind({}),
            timeout=60,
            limit=None,
        ).rows
        for question in ("adoption", "hires")
    }
    [adopted] = rows["adoption"]
    assert adopted[:5] == ("framework/fast", "fast", "downloads", datetime.date(2025, 1, 2), 7.0)
    assert [row[:1] + row[4:8] for row in rows["hires"]] == [
        ("framework/fast", 3, None, 12, 0.25),
        ("framework/slow", None, None, 5, None),
    ]
