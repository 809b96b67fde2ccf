"""How one reaches the other, in sentences: the best path in words, ties as ties, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, interval_text, listed, money_text

__all__ = ["sentence"]

_DIGITS: Final = 9
_MOST_HOPS: Final = 4
_VERBS: Final[Mapping[str, tuple[str, str, str]]] = {
    "decides": ("decides on", "has a part in deciding on", "may have a part in deciding on"),
    "works": ("works on", "works on", "may work on"),
    "squeezes": ("can squeeze", "can squeeze", "might squeeze"),
    "pays": ("pays", "pays", "pays"),
    "binds": ("binds", "binds", "might bind"),
}
"""By power: of more than one half, of what is known, and of what is only possible."""

Row = Mapping[str, Any]


def sentence(rows: Sequence[Row], parameters: Mapping[str, Any]) -> str:
    """The best path of each power that was asked for; paths of the same value are told as ties."""
    source, target, power = (parameters[name] for name in ("source", "target", "power"))
    if not rows:
        powers = [power] if power else ["decides", "squeezes"]
        wanted = " or ".join(_VERBS[p][0] for p in powers)
        return f"No path is known by which {source} {wanted} {target} ({_MOST_HOPS} hops at most)."
    by_power: dict[str, list[Row]] = {}
    for row in rows:
        by_power.setdefault(row["ends_by"], []).append(row)
    parts = [
        _best(source if n == 0 else "It", target, some) for n, some in enumerate(by_power.values())
    ]
    if len(rows) > len(parts):
        parts.append(f"{counted(len(rows), 'path')} of at most {_MOST_HOPS} hops are known.")
    return " ".join(parts)


def _best(source: str, target: str, rows: Sequence[Row]) -> str:
    first = rows[0]
    most, part, possible = _VERBS[first["ends_by"]]
    low = first["low"]
    verb = most if low is None or low > 0.5 else part if low > 0 else possible
    alike = [r for r in rows if _value(r) == _value(first)]
    value = _value_text(first)
    if len(alike) > 1:
        ways = listed((_through(r) or "directly" for r in alike), 3)
        each = f" ({value} each)" if value else ""
        return f"{source} {verb} {target} by {len(alike)} paths alike{each}: {ways}."
    through = _through(first)
    why = ": ".join(filter(None, (value, first["reason"])))
    lead = f"{source} {verb} {target}"
    return f"{lead}{f' {through}' if through else ''}{f' ({why})' if why else ''}."


def _through(row: Row) -> str:
    names = [n for n in (row[f"via_{i}_name"] for i in range(1, _MOST_HOPS)) if n]
    return f"through {', then '.join(names)}" if names else ""


def _value(row: Row) -> tuple[float | None, ...]:
    return tuple(
        None if v is None else round(v, _DIGITS) for v in (row["low"], row["high"], row["amount"])
    )


def _value_text(row: Row) -> str:
    return (
        money_text(row["amount"]) if row["high"] is None else interval_text(row["low"], row["high"])
    )
