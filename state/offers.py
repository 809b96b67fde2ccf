"""Offers of chips, lifted to the product line: who has one chip of a line on sale offers the line.

Sources say that a framework runs on a line ("AMD Instinct"), and that a cloud has a chip of it. A line is the processor
that bears its name.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["lines_offered"]

Row = Mapping[str, Any]


def lines_offered(processors: Iterable[Row], offers: Iterable[Row]) -> list[dict[str, Any]]:
    """One offer per cloud and line of which the cloud offers a chip, where it is not stated to offer the line itself.

    That no other operator has a chip says nothing of its line, so `exclusive` stays unknown.

    Args:
        processors: With id, name, series.
        offers: Statements with their ends, status, confidence, source_ids, licence, recorded_at, valid_from, valid_to.

    Returns:
        Rows with the ends, confidence and licence of the surest offer, all sources, and the dates of the whole.
    """
    chips = list(processors)
    lines = {chip["series"]: chip["id"] for chip in chips if chip["series"] == chip["name"]}
    line_of = {
        chip["id"]: lines[chip["series"]]
        for chip in chips
        if chip["series"] in lines and chip["id"] != lines[chip["series"]]
    }
    current = [row for row in offers if row["status"] == "current"]
    stated = {(row["source"], row["target"]) for row in current}
    members: dict[tuple[str, str], list[Row]] = collections.defaultdict(list)
    for row in current:
        line = line_of.get(row["target"])
        if line is not None and (row["source"], line) not in stated:
            members[row["source"], line].append(row)
    return [_offer(line, rows) for (_, line), rows in sorted(members.items())]


def _offer(line: str, rows: list[Row]) -> dict[str, Any]:
    surest = max(rows, key=lambda row: (row["confidence"], row["target"]))
    begins = [row["valid_from"] for row in rows]
    ends = [row["valid_to"] for row in rows]
    return {
        "source_kind": surest["source_kind"],
        "source": surest["source"],
        "target_kind": "Processor",
        "target": line,
        "confidence": surest["confidence"],
        "licence": surest["licence"],
        "source_ids": sorted({i for row in rows for i in row["source_ids"]}),
        "recorded_at": max(row["recorded_at"] for row in rows),
        "valid_from": None if None in begins else min(begins),
        "valid_to": None if None in ends else max(ends),
    }
