"""Well-known cases, asked of the starter graph: who comes first, who is among the first, who must never be there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from believing import faults, rows_of, text_of

FILE = Path(__file__).parents[1] / "data/believability.csv"
with FILE.open(encoding="utf-8", newline="") as stream:
    CASES = list(csv.DictReader(stream))


@pytest.fixture(autouse=True)
def starter(starter_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKHOLDER_HOME", str(starter_home))


@pytest.mark.parametrize("case", CASES, ids=[case["command"] for case in CASES])
def test_an_answer_is_what_those_who_know_expect(case: dict[str, str]) -> None:
    rows = rows_of(case["command"])
    found = faults(rows, case["first"], case["top3"], case["never"])
    given = "\n  ".join(text_of(row) for row in rows[:4])
    assert not found, f"{'; '.join(found)}\nRead {case['source']}. Given:\n  {given}"


def test_every_case_says_what_it_expects_and_who_says_so() -> None:
    assert len({case["command"] for case in CASES}) == len(CASES) >= 40
    for case in CASES:
        assert case["source"].startswith("https://"), case
        assert case["first"] or case["never"], case


def test_a_wrong_answer_is_told_fault_by_fault() -> None:
    """The check itself can fail: it reads the first row, the first three, and all for what must not be there."""
    rows = [{"party": "company/x", "party_name": n, "decides_by": "beside Redis"} for n in "ABCD"]
    assert faults(rows, "A|Z", "B, C", "E") == []
    assert faults(rows, "B", "", "") == ["first is 'A', and not B"]
    assert faults(rows, "", "D", "") == ["D is not among the first 3"]
    assert faults(rows, "", "", "D, Redis") == ["D is there: D"], "an explanation may name others"
    assert faults([], "A", "", "") == ["first is 'nothing', and not A"]
