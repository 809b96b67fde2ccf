"""What a computed question looks at: a state, other dates of the same snapshot, and what it gives back."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..graph.result import Cell
from ..state.state import State

if TYPE_CHECKING:
    from ..measures.exposure import Network
    from ..state.production import Production

__all__ = ["Found", "Measure", "View", "number"]


@dataclasses.dataclass(frozen=True, slots=True)
class Measure:
    """A number, and how far it can be trusted.

    Attributes:
        name: What it measures.
        value: None = unknown.
        unit: In words.
        low: Least value that the unknown part allows; None where there is no interval.
        high: Greatest value.
        n: How many cases it is taken over.
        coverage: Part of them that is known, in [0, 1]; None where it cannot be said.
    """

    name: str
    value: float | int | None
    unit: str
    low: float | None = None
    high: float | None = None
    n: int | None = None
    coverage: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What a computed question gives.

    Attributes:
        rows: In the order and with the columns that its metadata says.
        summary: The answer in a sentence.
        measures: The numbers behind that sentence.
        unknown: What could not be known, a sentence each.
        keys: Keys of the statements behind it, beside those in the rows.
    """

    rows: Sequence[tuple[Cell, ...]]
    summary: str
    measures: tuple[Measure, ...] = ()
    unknown: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


class View:
    """A state, and what several questions read off it, read once.

    Args:
        state: The state that is asked.
        at: Gives the state of the same snapshot at another date.
    """

    def __init__(self, state: State, at: Callable[[datetime.date], State]) -> None:
        self.state = state
        self.at = at
        self._names: dict[str, str] = {}
        self._groups: Mapping[str, str] | None = None
        self._production: Production | None = None
        self._needs: Mapping[str, Sequence[set[str]]] | None = None
        self._network: Network | None = None
        self._kinds: dict[str, str] = {}

    @property
    def as_of(self) -> datetime.date:
        """The date of the state."""
        return self.state.as_of or self.state.snapshot.date

    @property
    def groups(self) -> Mapping[str, str]:
        """Topmost sure majority owner by organisation; one that is not in it stands alone."""
        if self._groups is None:
            from ..state.owners import owner_groups

            self._groups = owner_groups(self.state)
        return self._groups

    @property
    def organisations(self) -> list[str]:
        """Ids of all companies and institutions."""
        from ..graph.schema import schema

        kinds = schema().families["Organization"]
        return sorted(i for k in kinds for i in self.state.nodes(k, ["id"])["id"].to_pylist())

    @property
    def production(self) -> Production:
        """Who makes, offers and runs what."""
        if self._production is None:
            from ..state.production import Production

            self._production = Production(self.state)
        return self._production

    @property
    def needs(self) -> Mapping[str, Sequence[set[str]]]:
        """What each artefact needs: groups of alternatives."""
        if self._needs is None:
            self._needs = self.production.needs()
        return self._needs

    @property
    def network(self) -> Network:
        """The same, ready to be asked of many events."""
        if self._network is None:
            from ..measures.exposure import Network

            self._network = Network(self.needs)
        return self._network

    @property
    def kinds(self) -> Mapping[str, str]:
        """The kind of each entity."""
        if not self._kinds:
            for kind in self.state.kinds:
                ids = self.state.nodes(kind, ["id"])["id"].to_pylist()
                self._kinds |= dict.fromkeys(ids, kind)
        return self._kinds

    def group(self, organisation: str) -> str:
        """The topmost owner of an organisation, or itself."""
        return self.groups.get(organisation, organisation)

    def name(self, entity: str) -> str:
        """The name of an entity."""
        if not self._names:
            for kind in self.state.kinds:
                table = self.state.nodes(kind, ["id", "name"])
                self._names |= zip(table["id"].to_pylist(), table["name"].to_pylist(), strict=True)
        return self._names.get(entity, entity)

    def rows(self, relation: str, *columns: str) -> list[dict[str, Any]]:
        """Edges in force and not disputed: ends, key, confidence and some properties."""
        wanted = ["source", "source_kind", "target", "target_kind", "key", "confidence", "status"]
        table = self.state.edges(relation, [*wanted, *columns])
        return [row for row in table.to_pylist() if row["status"] == "current"]


def number(value: Fraction | float | None) -> float | None:
    """A fraction as a cell; None stays unknown."""
    return None if value is None else float(value)
