"""The one predicate that says what holds on a day, row by row, worked out by hand."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest
from stackholder.graph.schema import schema
from stackholder.state.state import holds

DAY = datetime.date(2022, 9, 12)
BEFORE, AFTER = (DAY + datetime.timedelta(days) for days in (-1, 1))
LASTING, EVENT = "GOVERNS", "CREATED"

#     begins   ends    status       a lasting relation holds, an event has happened
ROWS = (
    (None, None, "current", True, True),  # unknown dates are no bound
    (BEFORE, None, "current", True, True),
    (DAY, None, "current", True, True),  # the first day counts
    (AFTER, None, "current", False, False),
    (None, AFTER, "current", True, True),
    (None, DAY, "current", False, True),  # the day of the end does not; what happened stays
    (None, BEFORE, "current", False, True),
    (BEFORE, AFTER, "current", True, True),
    (AFTER, AFTER, "current", False, False),
    (BEFORE, None, "disputed", True, True),  # it is stated, and somebody else contradicts
    (BEFORE, None, "retracted", False, False),
    (None, None, "retracted", False, False),
)


@pytest.mark.parametrize(("relation", "column"), [(LASTING, 3), (EVENT, 4)])
def test_what_holds_on_a_day_has_begun_is_not_over_and_not_retracted(
    relation: str, column: int
) -> None:
    begins, ends, statuses = (pa.array(values) for values in list(zip(*ROWS, strict=True))[:3])
    table = pa.table(
        {"valid_from": begins, "valid_to": ends, "status": statuses, "row": range(len(ROWS))}
    )
    standing = table.filter(holds(relation, DAY))["row"].to_pylist()
    assert standing == [number for number, row in enumerate(ROWS) if row[column]]


def test_there_are_relations_of_both_sorts() -> None:
    assert schema().relations[EVENT].event
    assert not schema().relations[LASTING].event
