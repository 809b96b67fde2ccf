"""Who has power over an entity, and over what it has power: rows of HAS_POWER, in the order in which they are shown."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from ..graph.schema import POWERS
from ..graph.wording import power_text

if TYPE_CHECKING:
    from ..state.state import State

__all__ = ["Holding", "holdings"]

_COLUMNS: Final = (
    *("source", "source_kind", "target", "target_kind", "power", "low", "high", "amount"),
    *("hops", "holder", "owner", "owner_name", "through", "reason", "basis", "confidence"),
)
_NEEDS: Final = ("DEPENDS_ON", "RUNS_ON")


@dataclasses.dataclass(frozen=True, slots=True)
class Holding:
    """What a party can do to a thing by one power.

    Attributes:
        party: Id of the party.
        party_kind: Its kind.
        holder: Name of who has it: the party, or those in it whose employer is not known.
        thing: Id of the thing.
        thing_kind: Its kind.
        power: decides, works, squeezes, pays or binds.
        low: What is known, 0 to 1; None for money.
        high: What it could be at most; None for money.
        amount: USD, for money; None = not stated.
        hops: Length of its shortest way.
        owner: Id of the topmost sure owner of the party; None = itself.
        owner_name: Its name.
        through: Ids of what lies between, of its strongest way.
        reason: Why, in words.
        keys: Of the statements behind it.
        confidence: The least of theirs, 0 to 1.
        reach: How many need or run on the thing directly.
    """

    party: str
    party_kind: str
    holder: str
    thing: str
    thing_kind: str
    power: str
    low: float | None
    high: float | None
    amount: float | None
    hops: int
    owner: str | None
    owner_name: str | None
    through: tuple[str, ...]
    reason: str
    keys: tuple[str, ...]
    confidence: float
    reach: int = 0

    @property
    def label(self) -> str:
        """The power with its value in words: `decides 0.73–0.83`."""
        return power_text(self.power, self.low, self.high, self.amount)

    @property
    def rank(self) -> tuple[Any, ...]:
        """The order: by power, most of what is known, of what could be, of money; of equals, what more others need."""
        most = (-(self.low or 0.0), -(self.high or 0.0), -(self.amount or 0.0), -self.reach)
        return (POWERS.index(self.power), *most, self.hops, self.holder, self.party, self.thing)


def holdings(state: State, entity: str) -> tuple[list[Holding], list[Holding]]:
    """The powers over an entity, and those that it has: its own, and those of firms that it surely owns.

    Args:
        state: The state.
        entity: Its id.
    """
    import pyarrow.compute as pc

    ends = [pc.field(n) == entity for n in ("source", "target", "owner")]
    touching = (ends[0] | ends[1] | ends[2]) & (pc.field("status") == "current")
    rows = state.edges("HAS_POWER", [*_COLUMNS, "status"]).filter(touching).to_pylist()
    over = [_holding(r) for r in rows if r["target"] == entity]
    name = state.names([entity])[entity]
    own = [
        _holding(r)
        for r in rows
        if r["owner"] == entity or (r["source"] == entity and r["holder"] == name)
    ]
    needed = _needed(state, {h.thing for h in own})
    own = [dataclasses.replace(h, reach=needed[h.thing]) for h in own]
    return sorted(over, key=lambda h: h.rank), sorted(own, key=lambda h: h.rank)


def _needed(state: State, things: Collection[str]) -> collections.Counter[str]:
    """How many need or run on each of some things, directly."""
    count: collections.Counter[str] = collections.Counter()
    for relation in _NEEDS:
        edges = state.edges(relation, ["source", "target"], target=things)
        count.update(target for _, target in set(zip(*edges.to_pydict().values(), strict=True)))
    return count


def _holding(row: dict[str, Any]) -> Holding:
    return Holding(
        party=row["source"],
        party_kind=row["source_kind"],
        holder=row["holder"],
        thing=row["target"],
        thing_kind=row["target_kind"],
        power=row["power"],
        low=row["low"],
        high=row["high"],
        amount=row["amount"],
        hops=row["hops"],
        owner=row["owner"],
        owner_name=row["owner_name"],
        through=tuple((row["through"] or "").split()),
        reason=row["reason"] or "",
        keys=tuple(row["basis"].split()),
        confidence=row["confidence"],
    )
