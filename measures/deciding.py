"""Deciding: how much of a body, of the rights over an artefact, of a company's votes somebody holds, as intervals.

Low is what is known; high is what it could be at most, given what is not known. Chains multiply the ends. Sources:
Shapley & Shubik (1954) for bodies that vote with a known quota; La Porta, López-de-Silanes & Shleifer (1999) and
IFRS 10 for control by more than half. Felsenthal & Machover (1998): the Shapley–Shubik index never falls when a player
takes over the votes of others, so that the most that a player can have is what it has with all the unknown seats.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Final, NamedTuple

from .power import sampled_shapley, shapley

__all__ = [
    "ALL",
    "NONE",
    "Game",
    "Held",
    "Interval",
    "game_power",
    "rights_held",
    "seat_shares",
    "vote_power",
]

_ROUNDING: Final = 1e-9
_EXACT_WORK: Final = 2_000_000
"""Most steps of the exact count (players² × votes); above it, orders are sampled."""


class Interval(NamedTuple):
    """A value between what is known and what it could be at most, both in [0, 1]."""

    low: float
    high: float


NONE: Final = Interval(0.0, 0.0)
ALL: Final = Interval(1.0, 1.0)


@dataclasses.dataclass(frozen=True, slots=True)
class Game:
    """A body that votes.

    Attributes:
        votes: Of each player whose votes are known to be its own.
        unknown: Votes that sit there, though it is not known for whom.
        needed: Votes that carry a motion.
    """

    votes: Mapping[str, int]
    unknown: int
    needed: int


def seat_shares(seats: Mapping[str, float], size: float) -> dict[str, Interval]:
    """Power in a body that decides by consensus, by a lead, or by a rule that is not known: the share of its seats.

    A sure share above one half is control and counts 1; where it is possible, high is 1.

    Args:
        seats: Seats by player, those of unknown players left out.
        size: Seats in all, at least their sum; the rest belongs to nobody knows whom.
    """
    total = max(size, math.fsum(seats.values()))
    unknown = total - math.fsum(seats.values())
    return {
        player: _majority(held / total, (held + unknown) / total) for player, held in seats.items()
    }


def _majority(low: float, high: float) -> Interval:
    return Interval(1.0 if low > 0.5 + _ROUNDING else low, 1.0 if high > 0.5 + _ROUNDING else high)


def game_power(game: Game) -> dict[str, Interval]:
    """Power in a body that votes: the Shapley–Shubik index; who wins alone has 1.

    Where some votes are of unknown players, who wins alone without them, and without whom nobody wins, has 1;
    everybody else at least 0 and at most the index with all of the unknown votes.

    Raises:
        ValueError: Nobody has a vote, or all votes together do not carry a motion.
    """
    if not game.unknown:
        return dict(zip(game.votes, _index(list(game.votes.values()), game.needed), strict=True))
    result = {}
    total = sum(game.votes.values()) + game.unknown
    for player, own in game.votes.items():
        low = 1.0 if own >= game.needed > total - own else 0.0
        others = [votes for other, votes in game.votes.items() if other != player]
        result[player] = Interval(low, _index([own + game.unknown, *others], game.needed)[0].high)
    return result


def _index(votes: list[int], needed: int) -> list[Interval]:
    if len(votes) ** 2 * max(needed, 1) <= _EXACT_WORK:
        return [Interval(float(v), float(v)) for v in shapley(votes, needed)]
    return [Interval(s.low, s.high) for s in sampled_shapley(votes, needed)]


class Held(NamedTuple):
    """What a holder has of the rights over an artefact.

    Attributes:
        low: Weight of the rights that it is known to hold, each divided by the number of its holders.
        unheld: Weight of the rights that nobody is known to hold: it may have them as well.
    """

    low: float
    unheld: float


def rights_held(
    holders: Mapping[str, Collection[str] | None], weights: Mapping[str, float]
) -> dict[str, Held]:
    """The rights over one artefact, by holder.

    Args:
        holders: Rights by holder; None = it governs, though it is not stated by which rights.
        weights: Of all rights; they sum to 1.
    """
    count = {
        right: sum(right in (rights or ()) for rights in holders.values()) for right in weights
    }
    unheld = math.fsum(weight for right, weight in weights.items() if not count[right])
    return {
        holder: Held(
            math.fsum(weights[right] / count[right] for right in set(rights or ())), unheld
        )
        for holder, rights in holders.items()
    }


def vote_power(
    votes: Mapping[str, float | None],
    at_most: Mapping[str, float],
    sure: Collection[str],
    possible: Collection[str],
) -> dict[str, Interval]:
    """Power over a company by its votes, of each of its direct holders.

    Who surely holds the majority has 1, and everybody else nothing. Where somebody possibly has it, and where most of
    the votes belong to nobody knows whom, others have at least nothing. Votes that are not stated are at most what the
    others leave.

    Args:
        votes: Fraction of the votes by holder; None = not stated.
        at_most: Upper end of a stated range, for holders whose votes are not stated.
        sure: Those who surely hold the majority, by the fixpoint.
        possible: Those who possibly hold it, the sure ones among them.
    """
    stated = math.fsum(v for v in votes.values() if v is not None)
    left = 1.0 if stated > 1 + 1e-6 else max(0.0, 1.0 - stated)
    result = {}
    for holder, share in votes.items():
        others = [h for h in possible if h != holder]
        if holder in sure:
            result[holder] = ALL
        elif sure:
            result[holder] = NONE
        else:
            most = (
                min(left, at_most.get(holder, 1.0)) if share is None or stated > 1 + 1e-6 else share
            )
            open_majority = others or left > 0.5 + _ROUNDING
            least = 0.0 if share is None or open_majority or stated > 1 + 1e-6 else share
            result[holder] = Interval(least, 1.0 if holder in possible else most)
    return result


def exact(votes: float) -> Fraction:
    """Votes as a fraction with a small denominator, so that halves and thirds are exact."""
    return Fraction(votes).limit_denominator(1000)
