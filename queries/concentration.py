"""How concentrated the work is, in sentences: whoever leads is named only where it is sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..graph.wording import counted, interval_text, listed, percent

__all__ = ["sentence"]

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The answer in sentences."""
    if not rows:
        window = parameters["window"]
        of = f" of {parameters['framework']}" if parameters["framework"] else ""
        return f"No work{of} is counted for {window!r}."
    if parameters["framework"]:
        return _one(rows)
    single = [r for r in rows if r["elephant_high"] == 1]
    names = listed(dict.fromkeys(f"{r['framework_name']} ({r['top_name']})" for r in single), 4)
    frameworks = len({r["framework"] for r in rows})
    if not single:
        return (
            f"Of {counted(frameworks, 'framework')}, none is surely half done by one organisation."
        )
    count = len({r["framework"] for r in single})
    return f"On {count} of {frameworks} frameworks one organisation surely does half of the work or more: {names}."


def _one(rows: Sequence[Row]) -> str:
    first = rows[0]
    share = interval_text(first["top_low"], min(1.0, first["top_high"]))
    unknown = 1.0 - (first["coverage"] or 0.0)
    names = listed((r["top_name"] for r in rows), 4)
    sure = (
        len(rows) == 1
        and first["top_low"] > unknown
        and first["top_low"] > 1 - first["top_low"] - unknown
    )
    lead = (
        f"{names} leads on {first['framework_name']}"
        if sure
        else f"Who leads on {first['framework_name']} is not sure; most is known of {names}"
    )
    return (
        f"{lead}: {share} of {first['commits']:,} commits. Employers are known for {percent(first['coverage'])}; "
        f"{_elephant(first)}."
    )


def _elephant(row: Row) -> str:
    low, high = row["elephant_low"], row["elephant_high"]
    if low is None:
        return "how many organisations do half of it is not counted"
    ends = f"{low}" if low == high else f"{low} to {high}" if high is not None else f"{low} or more"
    return f"half of it is done by {ends} organisation{'s' * (ends != '1')}"
