"""Bodies that decide by vote: who holds how much power in them, on a date.

Seats of one owner group are one player, and so are those of persons whom one group employs (employer level).
"""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ..measures.power import banzhaf, needed_votes, shapley
from .state import State, holds

if TYPE_CHECKING:
    from ..graph.snapshot import Snapshot

__all__ = ["Body", "bodies", "seats_on"]

_GAMES: Final = frozenset({"weighted_majority", "one_member_one_vote"})
_EXACT: Final = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Body:
    """A body and the power in it.

    Attributes:
        id: Its id.
        votes: Votes by player (owner group, employer or person without one).
        needed: Votes that carry a motion; None = unknown.
        shapley: Shapley–Shubik index by player; empty where it cannot be computed.
        banzhaf: Normalised Banzhaf index by player.
        why: Why there is no index; empty where there is one.
        keys: Of the seats.
    """

    id: str
    votes: Mapping[str, Fraction]
    needed: Fraction | None
    shapley: Mapping[str, Fraction]
    banzhaf: Mapping[str, Fraction]
    why: str
    keys: tuple[str, ...]


def seats_on(snapshot: Snapshot, day: datetime.date) -> list[dict[str, Any]]:
    """The seats of all bodies on a day, without computing the whole state of that day."""
    import pyarrow.parquet as pq

    if not snapshot.edges.get("HAS_SEAT"):
        return []
    table = pq.read_table(snapshot.file("HAS_SEAT"))
    return [r for r in table.filter(holds("HAS_SEAT", day)).to_pylist() if r["status"] == "current"]


def bodies(
    state: State,
    groups: Mapping[str, str],
    seats: list[dict[str, Any]] | None = None,
    *,
    employers: bool = True,
) -> dict[str, Body]:
    """All bodies with seats, by id.

    Args:
        state: Gives rules and employers.
        groups: Topmost owner by organisation.
        seats: Other seats than those of the state, such as those of another day.
        employers: Whether persons count for who employs them.
    """
    told = (
        [r for r in state.edges("HAS_SEAT").to_pylist() if r["status"] == "current"]
        if seats is None
        else seats
    )
    hired = _employers(state) if employers else {}
    rules = {row["id"]: row for row in state.nodes("GoverningBody").to_pylist()}
    by_body: dict[str, list[dict[str, Any]]] = {}
    for seat in told:
        by_body.setdefault(seat["target"], []).append(seat)
    return {
        body: _body(body, some, rules[body], hired, groups)
        for body, some in sorted(by_body.items())
        if body in rules
    }


def _employers(state: State) -> dict[str, str]:
    """Employer of each person, the surest."""
    columns = ["source", "target", "confidence", "status"]
    rows = [r for r in state.edges("EMPLOYS", columns).to_pylist() if r["status"] == "current"]
    rows.sort(key=lambda r: (r["confidence"], r["source"]))
    return {r["target"]: r["source"] for r in rows}


def _body(
    body: str,
    seats: list[dict[str, Any]],
    rule: Mapping[str, Any],
    hired: Mapping[str, str],
    groups: Mapping[str, str],
) -> Body:
    held: dict[str, float | None] = {}
    for seat in seats:
        votes = seat["votes"]
        if votes is None and rule["rule"] == "one_member_one_vote":
            votes = 1.0
        former = held.get(seat["source"])
        held[seat["source"]] = votes if former is None else max(former, votes or 0.0)
    keys = tuple(s["key"] for s in seats)
    votes_of: dict[str, Fraction] = {}
    for holder, votes in held.items():
        firm = hired.get(holder, holder)
        player = groups.get(firm, firm)
        share = Fraction(votes or 0.0).limit_denominator(_EXACT)
        votes_of[player] = votes_of.get(player, Fraction(0)) + share
    why = _obstacle(rule, seats, held)
    if why:
        return Body(body, votes_of, None, {}, {}, why, keys)
    scale = math.lcm(*(v.denominator for v in votes_of.values()))
    whole = [int(v * scale) for v in votes_of.values()]
    quota = Fraction(rule["quota"]).limit_denominator(_EXACT)
    needed = needed_votes(Fraction(sum(whole)), quota, strict=bool(rule["quota_strict"]))
    try:
        index = dict(zip(votes_of, shapley(whole, int(needed)), strict=True))
        swings = dict(zip(votes_of, banzhaf(whole, int(needed)), strict=True))
    except ValueError as error:
        return Body(body, votes_of, None, {}, {}, str(error), keys)
    return Body(body, votes_of, needed / scale, index, swings, "", keys)


def _obstacle(
    rule: Mapping[str, Any], seats: list[dict[str, Any]], held: Mapping[str, float | None]
) -> str:
    if rule["quota"] is None:
        return "its quota is not known"
    if rule["rule"] not in _GAMES:
        return (
            f"it decides by {rule['rule'] or 'a rule that is not known'}, which is no weighted game"
        )
    if any(s["veto"] for s in seats):
        return "somebody holds a veto, which is no weighted game"
    if any(v is None for v in held.values()):
        return "the votes of some seats are not known"
    return ""
