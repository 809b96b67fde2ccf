"""Bodies that decide by vote: who holds how much power in them, on a day.

Seats of one owner group are one player, and so are those of persons whom one group employs (employer level).
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from ..measures.power import needed_votes, shapley
from .state import State, holds

__all__ = ["shapley_on"]

_GAMES: Final = frozenset({"weighted_majority", "one_member_one_vote"})
_EXACT: Final = 1000


def shapley_on(
    state: State, groups: Mapping[str, str], day: datetime.date
) -> dict[str, dict[str, Fraction]]:
    """Shapley–Shubik index by body and player, of the bodies whose index on a day can be computed.

    An index needs the votes of every seat, a known quota, and a vote by majority without vetoes.

    Args:
        state: Gives rules and employers, as known at its date, and seats of every date.
        groups: Topmost owner by organisation.
        day: Whose roster counts.
    """
    employers = _employers(state)
    rules = {row["id"]: row for row in state.nodes("GoverningBody").to_pylist()}
    rosters: dict[str, list[dict[str, Any]]] = {}
    for seat in state.history("HAS_SEAT").filter(holds("HAS_SEAT", day)).to_pylist():
        if seat["status"] == "current" and seat["target"] in rules:
            rosters.setdefault(seat["target"], []).append(seat)
    indices = {
        body: _index(roster, rules[body], employers, groups) for body, roster in rosters.items()
    }
    return {body: index for body, index in indices.items() if index}


def _employers(state: State) -> dict[str, str]:
    """Employer of each person, the surest."""
    rows = sorted(state.current("EMPLOYS"), key=lambda r: (r["confidence"], r["source"]))
    return {r["target"]: r["source"] for r in rows}


def _index(
    seats: Sequence[Mapping[str, Any]],
    rule: Mapping[str, Any],
    employers: Mapping[str, str],
    groups: Mapping[str, str],
) -> dict[str, Fraction]:
    """The index of the players of a body; empty where it cannot be computed."""
    held: dict[str, float | None] = {}
    for seat in seats:
        votes = seat["votes"]
        if votes is None and rule["rule"] == "one_member_one_vote":
            votes = 1.0
        former = held.get(seat["source"])
        held[seat["source"]] = votes if former is None else max(former, votes or 0.0)
    if (
        rule["quota"] is None
        or rule["rule"] not in _GAMES
        or any(s["veto"] for s in seats)
        or None in held.values()
    ):
        return {}
    votes_of: dict[str, Fraction] = {}
    for holder, votes in held.items():
        firm = employers.get(holder, holder)
        player = groups.get(firm, firm)
        share = Fraction(votes or 0.0).limit_denominator(_EXACT)
        votes_of[player] = votes_of.get(player, Fraction(0)) + share
    scale = math.lcm(*(v.denominator for v in votes_of.values()))
    whole = [int(v * scale) for v in votes_of.values()]
    quota = Fraction(rule["quota"]).limit_denominator(_EXACT)
    needed = needed_votes(Fraction(sum(whole)), quota, strict=bool(rule["quota_strict"]))
    try:
        return dict(zip(votes_of, shapley(whole, int(needed)), strict=True))
    except ValueError:  # nobody has a vote
        return {}
