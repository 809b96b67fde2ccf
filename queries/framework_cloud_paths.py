"""Where a framework runs, in sentences: the best ways first, ties as ties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed

__all__ = ["sentence"]

_TIERS: Final = ("native", "optimised", "supported", "experimental", None)

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The answer in sentences."""
    name = parameters["framework"]
    if not rows:
        return f"No way of {name} over a processor to a cloud is known."
    best = [r for r in rows if r["tier"] == rows[0]["tier"]]
    parts = [f"{name} runs best ({best[0]['tier'] or 'tier not stated'}) on {_lines(best)}."]
    lower = [r for r in rows if r["tier"] != best[0]["tier"]]
    if lower:
        following = [r for r in lower if r["tier"] == lower[0]["tier"]]
        others = sorted({r["maker_name"] or r["series"] for r in following})
        parts.append(
            f"Next best ({lower[0]['tier'] or 'tier not stated'}): processors of {listed(others, 4)}."
        )
    operators = {r["operator"] for r in rows if r["operator"]}
    makers = {r["maker_name"] for r in rows if r["maker_name"]}
    for what, parties in (("maker", makers), ("operator", operators)):
        if len(parties) == 1:
            parts.append(f"There is one {what} only.")
    parts.append(
        f"In all {counted(len(operators), 'operator')} and {counted(len(makers), 'maker')} are known."
    )
    return " ".join(parts)


def _lines(rows: Sequence[Row]) -> str:
    """Product lines, each with those who offer it, who offers most first."""
    series = list(dict.fromkeys(r["series"] for r in rows))
    texts = []
    for line in series[:2]:
        some = [r for r in rows if r["series"] == line]
        names = listed((r["operator_name"] or r["cloud_name"] for r in some), 4)
        texts.append(f"{line}, offered by {names}")
    more = f"; and {len(series) - 2} more lines" if len(series) > 2 else ""
    return "; ".join(texts) + more
