"""Whose people went where, in sentences: who was seen with a firm after first working on its project without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import listed, percent

__all__ = ["sentence"]

_NAMED: Final = 4

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The answer in sentences; counts are least ones."""
    if not rows:
        return "No counts of people who went from a project to a firm are stated."
    moves = listed(map(_move, rows), _NAMED)
    return f"Of those who first worked on a project without the firm, at least so many were with it later: {moves}."


def _move(row: Row) -> str:
    share = f" ({percent(row['share'])})" if row["share"] is not None else ""
    persons = "fewer than 3" if row["persons"] is None else row["persons"]
    return f"{persons} of {row['watched']}{share} from {row['source_name']} to {row['organisation_name']}"
