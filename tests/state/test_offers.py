"""Who has a chip of a product line on sale offers the line."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import stackholder
from powers import row
from stackholder.state.offers import lines_offered
from states import make_state

LINE, ONE, TWO, OTHER = (("Processor", n) for n in ("line", "one", "two", "other"))
CLOUD, SHOP = ("CloudPlatform", "cloud"), ("CloudPlatform", "shop")
CHIPS = [
    {"id": "line", "name": "Line", "series": "Line"},
    {"id": "one", "name": "Line 1", "series": "Line"},
    {"id": "two", "name": "Line 2", "series": "Line"},
    {"id": "other", "name": "Other 1", "series": "Other"},
]


def offered(tmp_path: Path, *offers: dict[str, Any]) -> list[dict[str, Any]]:
    state = make_state(tmp_path, {"Processor": CHIPS}, {"OFFERS": list(offers)})
    rows = state.edges("OFFERS").to_pylist()
    return [r for r in rows if r["method"] == "computed"]


def test_an_offer_of_a_chip_is_one_of_its_line_and_nobody_elses(tmp_path: Path) -> None:
    offers = [
        row(CLOUD, ONE, confidence=0.9, exclusive=True),
        row(CLOUD, TWO, confidence=0.8),
        row(SHOP, OTHER),
    ]
    [found] = offered(tmp_path, *offers)
    assert (found["source"], found["target"]) == ("cloud-platform/cloud", "processor/line")
    assert found["confidence"] == 0.9
    assert found["exclusive"] is None, (
        "that one chip is on sale nowhere else says nothing of the line"
    )


def test_what_is_stated_of_the_line_stays_as_it_is(tmp_path: Path) -> None:
    assert offered(tmp_path, row(CLOUD, ONE), row(CLOUD, LINE)) == []


def test_a_disputed_offer_gives_none(tmp_path: Path) -> None:
    assert offered(tmp_path, row(CLOUD, ONE, status="disputed")) == []


def test_the_offer_of_a_line_holds_from_the_first_of_its_chips_on() -> None:
    days = [datetime.date(2024, 1, 1), datetime.date(2025, 1, 1)]
    common = {
        "status": "current",
        "confidence": 0.9,
        "source_kind": "CloudPlatform",
        "source": "cloud",
        "licence": "CC0-1.0",
        "recorded_at": days[1],
    }
    offers = [
        {**common, "target": "one", "source_ids": ["b"], "valid_from": days[1], "valid_to": None},
        {
            **common,
            "target": "two",
            "source_ids": ["a"],
            "valid_from": days[0],
            "valid_to": days[1],
        },
    ]
    [found] = lines_offered(CHIPS, offers)
    assert (found["valid_from"], found["valid_to"]) == (days[0], None)
    assert found["source_ids"] == ["a", "b"]


def test_what_runs_on_a_line_has_the_clouds_that_offer_its_chips(starter_home: Path) -> None:
    """PyTorch is stated to run on AMD Instinct, Azure to have the MI300X: there is a way between them."""
    with stackholder.open(starter_home) as graph:
        answer = graph.ask("framework_cloud_paths", framework="pytorch")
    names = [c.name for c in answer.columns]
    ways = {(r[names.index("series")], r[names.index("operator_name")]) for r in answer.rows}
    assert ("AMD Instinct", "Microsoft") in ways
