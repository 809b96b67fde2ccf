"""Which frameworks one company alone can put under another licence, in sentences: what most others need first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..graph.wording import counted, listed

__all__ = ["sentence"]

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The answer in sentences; the same numbers are told as ties."""
    if not rows:
        return "No framework is known over which one company alone holds the right to relicense."
    frameworks = {row["framework"]: row for row in reversed(rows)}
    first = sorted(frameworks.values(), key=lambda row: (-row["dependents"], row["framework"]))
    most = [row for row in first if row["dependents"] == first[0]["dependents"]]
    total = counted(len(first), "framework")
    if not first[0]["dependents"]:
        return f"One company alone can put {total} under another licence; nothing is known to need them directly."
    lead = f"{listed(map(_held, most), 4)}, directly by {most[0]['dependents']:,}"
    rest = first[len(most) :]
    then = listed((f"{_held(row)}, by {row['dependents']:,}" for row in rest), 3)
    return (
        f"One company alone can put {total} under another licence; what is published keeps its own. "
        f"Needed by most other known frameworks and models: {lead}{f'; then {then}' if rest else ''}."
    )


def _held(row: Row) -> str:
    return f"{row['framework_name']} ({row['company_name']})"
