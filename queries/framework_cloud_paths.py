"""Where a framework runs, in sentences: its best product lines and who offers them, then the next best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed

__all__ = ["sentence"]

_MOST: Final = 4
_UNSTATED: Final = "how well is not stated"

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The product lines of the best tier with who offers them; then the next tier, and what there is one of only."""
    framework = parameters["framework"]
    if not rows:
        return f"No cloud is known that offers a processor on which {framework} runs."
    tiers = list(dict.fromkeys(r["tier"] for r in rows))
    best = [r for r in rows if r["tier"] == tiers[0]]
    lines = _lines(best)
    alike = f"{len(lines)} product lines alike: " if len(lines) > 1 else ""
    offers = "; ".join(_offer(line, best) for line in lines[:2])
    more = f"; and {len(lines) - 2} more" if len(lines) > 2 else ""
    parts = [f"{framework} runs best ({tiers[0] or _UNSTATED}) on {alike}{offers}{more}."]
    if len(tiers) > 1:
        others = _lines([r for r in rows if r["tier"] == tiers[1]])
        following = listed((line for line in others if line not in lines), _MOST)
        if following:
            parts.append(f"Next best: {tiers[1] or _UNSTATED} on {following}.")
    return " ".join([*parts, *_alone(rows)])


def _lines(rows: Sequence[Row]) -> list[str]:
    """The product lines, whichever most operators offer first."""
    operators: dict[str, set[str]] = {}
    for row in rows:
        operators.setdefault(row["series"], set()).add(row["operator"] or row["cloud"])
    return sorted(operators, key=lambda line: -len(operators[line]))


def _offer(line: str, rows: Sequence[Row]) -> str:
    """A product line with those who offer it, who offers most of it first."""
    some = [r for r in rows if r["series"] == line]
    names = list(dict.fromkeys(r["operator_name"] or r["cloud_name"] for r in some))
    if len(names) == 1:
        only = "alone" if some[0]["exclusive"] else "is the only one known to"
        return f"{line}, which {names[0]} {only} {'offers' if some[0]['exclusive'] else 'offer'}"
    return f"{line}, which {counted(len(names), 'operator')} offer: {listed(names, _MOST)}"


def _alone(rows: Sequence[Row]) -> list[str]:
    """One maker, or one operator, of all rows; unknown ones might be others."""
    parts = []
    makers = {r["maker_name"] for r in rows}
    if len(makers) == 1 and (maker := rows[0]["maker_name"]):
        parts.append(f"No other maker than {maker} is known.")
    operators = {r["operator_name"] for r in rows}
    if len(operators) == 1 and len(rows) > 1 and (operator := rows[0]["operator_name"]):
        parts.append(f"No other operator than {operator} is known.")
    return parts
