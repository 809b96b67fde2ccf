"""Published advisories, in sentences: which frameworks have most, by their latest count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import listed

__all__ = ["sentence"]

_NAMED: Final = 4

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The answer in sentences."""
    if not rows:
        return (
            f"No published advisories of {parameters['framework'] or 'any framework'} are counted."
        )
    latest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["day"]):
        latest[row["framework"]] = row
    most = sorted(latest.values(), key=lambda row: (-row["value"], row["framework"]))
    counts = listed(
        (f"{r['framework_name']} {r['value']:,.0f} by {r['day']:%Y-%m}" for r in most), _NAMED
    )
    return (
        f"Published advisories: {counts}. Many advisories are a sign of attention as well as of flaws; who reported or "
        "mended them is not known."
    )
