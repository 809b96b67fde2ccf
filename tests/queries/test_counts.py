"""Sentences over published counts: the greatest first, each sort by itself, nothing by alphabet."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from stackholder.queries import adoption, advisories, hires


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def use(name: str, what: str, when: str, value: float, counter: str = "Host") -> dict[str, Any]:
    return {
        "framework": name.lower(),
        "framework_name": name,
        "what": what,
        "day": day(when),
        "value": value,
        "counter_name": counter,
    }


def test_use_is_told_by_sort_and_publisher_the_greatest_of_the_latest_first() -> None:
    rows = [
        use("Ash", "dependents", "2020-01-01", 900),
        use("Ash", "dependents", "2024-05-01", 1000),
        use("Oak", "dependents", "2021-02-01", 50),
        use("Oak", "dependents", "2024-05-01", 20_000),
        use("Ash", "respondents", "2022-05-01", 0.085, "Survey"),
    ]
    assert adoption.sentence(rows, {"framework": ""}) == (
        "5 published counts of use of 2 frameworks. Public repositories that name it, by Host: "
        "Oak 50 (2021-02) to 20,000 (2024-05), Ash 900 (2020-01) to 1,000 (2024-05). "
        "Respondents who use it, by Survey: Ash 8% (2022-05)."
    )
    assert adoption.sentence([], {"framework": "Elm"}) == "No count of who uses Elm is published."


def test_of_advisories_the_latest_count_of_each_is_told() -> None:
    rows = [
        {"framework": n.lower(), "framework_name": n, "day": day(when), "value": value}
        for n, when, value in (
            ("Ash", "2024-01-01", 3.0),
            ("Oak", "2023-01-01", 9.0),
            ("Oak", "2024-01-01", 12.0),
        )
    ]
    text = advisories.sentence(rows, {"framework": ""})
    assert text.startswith("Published advisories: Oak 12 by 2024-01, Ash 3 by 2024-01.")
    assert "not known" in text


@pytest.mark.parametrize(("share", "told"), [(0.0876, " (9%)"), (None, "")])
def test_moves_are_least_counts_of_those_watched(share: float | None, told: str) -> None:
    row = {
        "persons": 27,
        "watched": 309,
        "share": share,
        "source_name": "Ash",
        "organisation_name": "Firm",
    }
    text = hires.sentence([row], {})
    assert text.endswith(f"at least so many were with it later: 27 of 309{told} from Ash to Firm.")


def test_a_count_too_small_to_be_told_is_no_none() -> None:
    row = {
        "persons": None,
        "watched": 30,
        "share": None,
        "source_name": "Ash",
        "organisation_name": "Firm",
    }
    assert hires.sentence([row], {}).endswith("later: fewer than 3 of 30 from Ash to Firm.")
