"""The sentence before a table says what is so, whatever is cut from the table."""

from __future__ import annotations

from pathlib import Path

import stackholder


def test_the_best_path_is_not_called_the_only_one_because_others_are_cut(
    starter_home: Path,
) -> None:
    with stackholder.open(starter_home) as graph:
        several = graph.paths("meta-platforms", "pytorch")
        first = graph.paths("meta-platforms", "pytorch", k=1)
        alone = graph.paths("tsmc", "nvidia-h100", k=1)
    assert len(several.rows) > 1
    assert first.summary == several.summary
    assert first.summary.startswith("The best known path")
    assert alone.summary.startswith("The only known path")


def test_a_limit_cuts_rows_and_not_the_sentence(starter_home: Path) -> None:
    with stackholder.open(starter_home) as graph:
        every = graph.ask("who_controls", artefact="pytorch")
        first = graph.ask("who_controls", artefact="pytorch", limit=1)
    assert len(every.rows) > 1
    assert first.rows == every.rows[:1]
    assert not first.complete
    assert first.summary == every.summary
    assert "NVIDIA" in first.summary
