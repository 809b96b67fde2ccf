"""Who governs what others implement, in sentences: what one party surely decides on and most others follow first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..graph.wording import counted, listed

__all__ = ["sentence"]

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The answer in sentences; the same numbers are told as ties."""
    followed = [row for row in rows if row["outside"]]
    sure = [row for row in followed if row["sure"]]
    if not followed:
        return "No interface or format is known that somebody outside its governor implements."
    if not sure:
        count = counted(len({row["norm"] for row in followed}), "interface or format")
        return f"{count} with implementers outside: of none does one party surely decide."
    most = [row for row in sure if row["outside"] == sure[0]["outside"]]
    others = listed((f"{_governed(row)}, {row['outside']}" for row in sure[len(most) :]), 4)
    first = most[0]
    lead = f"{_governed(first)}: {first['outside']} of {first['implementers']} known implementers are not its own."
    if len(most) > 1:
        lead = f"{listed(map(_governed, most), 4)}, each with {first['outside']} implementers not its own."
    return f"What one party surely decides on and most others implement is {lead}" + (
        f" Then {others}." if others else ""
    )


def _governed(row: Row) -> str:
    return f"{row['norm_name']} (decided by {row['governor_name']})"
