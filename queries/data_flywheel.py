"""Where use feeds the next model, in a sentence: whose data others cannot have, first."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed

__all__ = ["sentence"]

_PUBLIC: Final = "public"

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """Circles by organisation, those over public data apart."""
    name = parameters["organisation"]
    if not rows:
        about = f" at {name}" if name else ""
        return f"No circle from use to data to a next model is stated{about}; what models learn from is seldom told."
    kept = [r for r in rows if r["access_right"] != _PUBLIC]
    parts = []
    if kept:
        circles: dict[str, list[Row]] = collections.defaultdict(list)
        for row in kept:
            circles[row["organisation_name"]].append(row)
        shown = listed((f"{o} ({_circle(some[0])})" for o, some in circles.items()), 3)
        verb = "learns from its" if len(circles) == 1 else "learn from their"
        parts.append(
            f"{counted(len(circles), 'organisation')} {verb} own use, by data that others cannot have: {shown}."
        )
    public = {r["dataset_name"] for r in rows if r["access_right"] == _PUBLIC}
    if public:
        sets = f"{counted(len(public), 'data set')} of such circles {'is' if len(public) == 1 else 'are'} public"
        parts.append(f"{sets}, which is no advantage: {listed(sorted(public), 3)}.")
    return " ".join(parts)


def _circle(row: Row) -> str:
    """`Wordtune: usage data, for Jamba 1.6`."""
    via = "" if row["via"] == row["organisation"] else f"{row['via_name']}: "
    return f"{via}{row['dataset_name']}, for {row['model_name']}"
