"""Free software and paid compute, worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from powers import ALL_RIGHTS, row
from stackholder.queries.catalogue import questions
from stackholder.queries.view import Found, View
from states import make_state

COMPANY, FRAMEWORK, CLOUD = "Company", "Framework", "CloudPlatform"


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    """Own gives away F and G and keeps H; its shop sells F with two chips, a rival sells G as well."""
    own, rival = (COMPANY, "own"), (COMPANY, "rival")
    shop, other = (CLOUD, "shop"), (CLOUD, "other")
    chips = [("Processor", c) for c in ("slow", "fast", "odd")]
    state = make_state(
        tmp_path_factory.mktemp("free"),
        {
            COMPANY: [{"id": "own", "name": "Own"}, {"id": "rival", "name": "Rival"}],
            FRAMEWORK: [{"id": i, "name": i.upper()} for i in "fgh"],
            CLOUD: [{"id": "shop", "name": "Shop"}, {"id": "other", "name": "Other"}],
            "Processor": [{"id": i, "name": i.title()} for _, i in chips],
            "License": [
                {"id": "mit", "name": "MIT", "osi": True},
                {"id": "shut", "name": "Shut", "osi": False},
            ],
        },
        {
            "GOVERNS": [row(own, (FRAMEWORK, i), rights=ALL_RIGHTS) for i in "fgh"],
            "LICENSED_UNDER": [
                row((FRAMEWORK, "f"), ("License", "mit")),
                row((FRAMEWORK, "g"), ("License", "mit")),
                row((FRAMEWORK, "h"), ("License", "shut")),
            ],
            "PROVIDES": [row(own, shop), row(rival, other)],
            "OFFERS": [
                row(shop, (FRAMEWORK, "f"), managed=True),
                row(shop, (FRAMEWORK, "h"), managed=True),
                row(other, (FRAMEWORK, "g"), managed=True),
                *(
                    row(shop, chip, price=price)
                    for chip, price in zip(chips, (2.0, 3.0, 1.0), strict=True)
                ),
            ],
            "RUNS_ON": [row((FRAMEWORK, "f"), chip, tier="native") for chip in chips[:2]],
        },
    )
    return View(state, lambda _: state)


def ask(view: View, **parameters: object) -> tuple[list[dict[str, Any]], Found]:
    question = questions()["free_and_paid"]
    found, rows = question.compute(view, question.bind(parameters))
    return [dict(zip((c.name for c in question.columns), r, strict=True)) for r in rows], found


def test_what_is_free_stands_beside_the_least_price_of_what_it_runs_on(view: View) -> None:
    rows, found = ask(view)
    names = ("framework_name", "service_name", "managed", "rivals", "price", "processor_name")
    # H is not open; F does not run on the cheapest chip; G is offered by a rival alone.
    assert [tuple(r[n] for n in names) for r in rows] == [
        ("F", "Shop", True, 0, 2.0, "Slow"),
        ("G", None, None, 1, None, None),
    ]
    assert found.summary == (
        "Of 2 frameworks under an open licence that one firm surely decides on, 1 are offered as a service by a cloud "
        "of its own (Own 1), 1 of them by no other that is stated. The least price that is stated: F on Shop from "
        "USD 2 an hour (Slow)."
    )
    assert not found.unknown


def test_who_gives_nothing_away_is_not_listed(view: View, tmp_path: Path) -> None:
    assert not ask(view, sponsor="company/rival")[0]
    state = make_state(tmp_path, {COMPANY: [{"id": "x", "name": "X"}]}, {})
    rows, found = ask(View(state, lambda _: state))
    assert not rows
    assert found.summary.startswith("No open framework is known")
