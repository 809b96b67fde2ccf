"""Who governs what others implement, in sentences: the interface with most implementers outside its governor first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..graph.wording import counted, listed

__all__ = ["sentence"]

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The answer in sentences; the same numbers are told as ties."""
    told = [r for r in rows if r["outside"]]
    if not told:
        return "No interface or format is known that somebody outside its governor implements."
    alone = list({r["norm"]: r for r in told if r["governors"] == 1}.values())
    if not alone:
        count = counted(len({r["norm"] for r in told}), "interface")
        return f"{count} are implemented by others; none has a single governor."
    most = [r for r in alone if r["outside"] == alone[0]["outside"]]
    names = listed((f"{r['norm_name']} ({r['governor_name']})" for r in most), 4)
    outside = most[0]["outside"]
    lead = f"{names}: {outside} of {most[0]['implementers']} known implementers are outside its governor."
    if len(most) > 1:
        lead = f"{names}: each has {outside} implementers outside its governor."
    rest = [r for r in alone if r not in most]
    more = listed((f"{r['norm_name']} ({r['governor_name']}, {r['outside']})" for r in rest), 4)
    return f"Most implemented by others under one governor: {lead}" + (
        f" Then {more}." if rest else ""
    )
