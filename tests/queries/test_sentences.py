"""The sentence before a table says what is so, whatever is cut from the table."""

from __future__ import annotations

from pathlib import Path

import stackholder


def test_a_limit_cuts_rows_and_not_the_sentence(starter_home: Path) -> None:
    with stackholder.open(starter_home) as graph:
        every = graph.ask("who_controls", artefact="pytorch")
        first = graph.ask("who_controls", artefact="pytorch", limit=1)
    assert len(every.rows) > 1
    assert first.rows == every.rows[:1]
    assert not first.complete
    assert first.summary == every.summary
    assert "NVIDIA" in first.summary
