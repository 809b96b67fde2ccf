"""What a computed question looks at: a state, other dates of the same snapshot, and what it gives back."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import functools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..state.state import State

if TYPE_CHECKING:
    from ..measures.removal import Removal
    from ..state.needs import Production
    from ..state.routes import Routes

__all__ = ["Found", "Measure", "Row", "View", "number"]

Row = Mapping[str, Any]
"""A row, by the names of its columns."""


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
        rows: In the order that its metadata says, by the names of its columns.
        summary: The answer in a sentence.
        measures: The numbers behind that sentence.
        unknown: What could not be known, a sentence each.
        keys: Keys of the statements behind it, beside those in the rows.
    """

    rows: Sequence[Row]
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

    @functools.cached_property
    def routes(self) -> Routes:
        """The ways of frameworks to production."""
        from ..state.routes import Routes

        return Routes(self.state)

    @functools.cached_property
    def production(self) -> Production:
        """Who needs what, and who alone provides it."""
        from ..state.needs import Production

        return Production(self.state)

    @functools.cached_property
    def removal(self) -> Removal:
        """The same, ready to be asked of many removals."""
        from ..measures.removal import Removal

        return Removal(self.production.needs)

    @functools.cached_property
    def powers(self) -> Mapping[str, list[dict[str, Any]]]:
        """Rows of HAS_POWER by the thing that it is power over."""
        powers: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
        columns = ("power", "low", "high", "amount", "hops", "holder", "owner", "owner_name")
        for row in self.rows("HAS_POWER", *columns, "through", "reason", "basis"):
            powers[row["target"]].append(row)
        return powers

    @functools.cached_property
    def categories(self) -> dict[str, str]:
        """Sort of chip, by its id."""
        if "Processor" not in self.state.kinds:
            return {}
        rows = self.state.nodes("Processor", ["id", "category"]).to_pylist()
        return {r["id"]: r["category"] for r in rows if r["category"]}

    @functools.cached_property
    def reach(self) -> Mapping[str, int]:
        """Number of frameworks and models that need a framework, directly or through others."""
        from ..measures.reach import reaches

        needs = [
            (r["source"], r["target"])
            for r in self.rows("DEPENDS_ON", "kind", "condition")
            if {r["source_kind"], r["target_kind"]} <= {"Framework", "Model"}
            and r["kind"] != "optional"
            and r["condition"] is None
        ]
        return reaches(needs, sorted({target for _, target in needs}))

    @functools.cached_property
    def dependents(self) -> Mapping[str, int]:
        """Number of frameworks and models that need a framework directly."""
        needs = {
            (r["source"], r["target"])
            for r in self.rows("DEPENDS_ON", "kind", "condition")
            if r["kind"] != "optional" and r["condition"] is None
        }
        return collections.Counter(target for _, target in needs)

    def power_over(self, thing: str, power: str) -> list[dict[str, Any]]:
        """Who has one power over a thing: most known first, then most possible, nearest, by name."""
        rows = [r for r in self.powers.get(thing, ()) if r["power"] == power]
        return sorted(
            rows, key=lambda r: (-(r["low"] or 0.0), -(r["high"] or 0.0), r["hops"], r["holder"])
        )

    def owned_by(self, actor: str) -> set[str]:
        """An actor and what it surely owns or has as a unit; not who owns it."""
        below: dict[str, set[str]] = collections.defaultdict(set)
        for row in self.rows("ULTIMATELY_CONTROLS", "certainty"):
            if row["certainty"] == "sure":
                below[row["source"]].add(row["target"])
        organisations = set(self.organisations)
        for row in self.rows("PART_OF"):
            hosted = self._category.get(row["target"]) == "foundation"
            if row["source"] in organisations and not hosted:
                below[row["target"]].add(row["source"])
        members, waiting = {actor}, [actor]
        while waiting:
            waiting += (new := below[waiting.pop()] - members)
            members |= new
        return members

    @functools.cached_property
    def _category(self) -> dict[str, str]:
        rows = self.state.nodes("Institution", ["id", "category"]).to_pylist()
        return {r["id"]: r["category"] for r in rows if r["category"]}

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
        return self.state.current(relation, *columns)


def number(value: Fraction | float | None) -> float | None:
    """A fraction as a cell; None stays unknown."""
    return None if value is None else float(value)
