"""The powers that a small state states, for tests: by holder, as (low, high) or an amount."""

from __future__ import annotations

from typing import Any

import pytest
from stackholder.state.state import State

__all__ = ["ALL_RIGHTS", "hops", "near", "power_rows", "powers", "row", "value"]

ALL_RIGHTS = ["merge", "release", "admin", "appoint", "relicense", "trademark"]

Ends = tuple[float | None, float | None]


def row(source: tuple[str, str], target: tuple[str, str], **more: Any) -> dict[str, Any]:
    """An edge for `make_state`."""
    return {"source": source, "target": target, **more}


def power_rows(state: State, thing: str, power: str) -> list[dict[str, Any]]:
    """The rows of HAS_POWER over a thing by one power, most first."""
    rows: list[dict[str, Any]] = [
        r
        for r in state.edges("HAS_POWER").to_pylist()
        if (r["target"], r["power"]) == (thing, power)
    ]
    return sorted(rows, key=lambda r: (-(r["low"] or 0), -(r["high"] or 0), r["holder"]))


def powers(state: State, thing: str, power: str) -> dict[str, Ends]:
    """Low and high by name of the holder."""
    rows = power_rows(state, thing, power)
    ends = {r["holder"]: (r["low"], r["high"]) for r in rows}
    assert len(ends) == len(rows), "each party stands once"
    return ends


def hops(state: State, power: str) -> dict[tuple[str, str], Ends]:
    """Low and high of the hops of control paths, by controller and controlled."""
    rows = [r for r in state.edges("CONTROLS").to_pylist() if r["power"] == power]
    return {(r["source"], r["target"]): (r["low"], r["high"]) for r in rows}


def near(low: float, high: float | None = None) -> Any:
    """An interval up to rounding; one number is both ends."""
    return pytest.approx((low, low if high is None else high), abs=1e-9)


def value(state: State, thing: str, power: str, holder: str) -> Ends:
    """Of one holder; (0, 0) where it is not listed."""
    return powers(state, thing, power).get(holder, (0.0, 0.0))
