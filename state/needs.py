"""What each thing needs, and who alone provides it: the production graph, as it stands on one date.

Needs are ANDs of ORs (see `measures.removal`). Counted are only things that can be withheld: chips and what they are
made of, clouds, hosted services, software, models and data under terms that are not open. What is published under an
open licence stays; so do conditional and optional dependencies. Training hardware is history.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..loaders.licences import Terms as Expression
from ..loaders.licences import read_terms
from ..measures.removal import Group

if TYPE_CHECKING:
    from .state import State

__all__ = ["ACCESS", "LICENCE", "SUPPLY", "Production", "Terms", "licence_hold", "licence_holds"]

LICENCE: Final = ("id", "name", "osi", "open_data", "restrictions")
"""Properties of a licence that say what it withholds."""

_NEEDED: Final = frozenset({"Framework", "Model", "CloudPlatform", "Processor", "Dataset"})
_LICENSED: Final = ("Framework", "Model", "Dataset", "Norm")
ACCESS: Final = "access:"
"""Before the id of a chip: that it can be had where alone it is offered."""

SUPPLY: Final = "supply:"
"""Before the id of an organisation: that it can make and deliver things, which needs its own suppliers."""

Row = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """What a thing's licences let their licensor withhold.

    Attributes:
        hold: Of the mildest of its licences, 0 to 1; None = none is known.
        licence: Its id.
        keys: Of the statements.
    """

    hold: float | None
    licence: str
    keys: tuple[str, ...]


def licence_hold(licence: Mapping[str, Any], values: Mapping[str, Any]) -> float | None:
    """What one licence lets a licensor withhold or ask for, 0 to 1; None where its terms are not known.

    Args:
        licence: With id, osi, open_data, restrictions.
        values: The parameters `licence`.
    """
    restrictions = set(licence["restrictions"] or ())
    if restrictions - {"no_saas"}:
        return float(values["restricted"])
    if restrictions:
        return float(values["no_saas"])
    if licence["osi"] or licence["open_data"]:
        name = str(licence["id"]).partition("/")[2].lower()
        prefixes = tuple(p.lower() for p in values["copyleft_prefixes"])
        return float(values["copyleft" if name.startswith(prefixes) else "permissive"])
    return None if licence["osi"] is None else float(values["proprietary"])


def licence_holds(
    licences: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
) -> dict[str, float | None]:
    """What each licence lets a licensor withhold, by id; that of an expression follows from its parts.

    Of alternatives the one that withholds least counts, of what all applies the one that withholds most.
    A part that is not known leaves it open, unless no value of it could matter.

    Args:
        licences: With id, name, osi, open_data, restrictions.
        values: The parameters `licence`.
    """
    holds = {str(row["id"]): licence_hold(row, values) for row in licences}
    by_name = {str(row["name"]): holds[row["id"]] for row in licences}
    ends = {"OR": float(values["permissive"]), "AND": float(values["proprietary"])}

    def of(terms: Expression) -> float | None:
        if not terms.parts:
            return by_name.get(str(terms))
        each = [of(part) for part in terms.parts]
        known = [hold for hold in each if hold is not None]
        best = (min if terms.operator == "OR" else max)(known, default=None)
        return best if len(known) == len(each) or best == ends[terms.operator] else None

    for row in licences:
        joined = holds[row["id"]] is None and (" OR " in row["name"] or " AND " in row["name"])
        expression = read_terms(row["name"]) if joined else None
        if expression is not None:
            holds[row["id"]] = of(expression)
    return holds


class Production:
    """What is needed, offered, made and supplied, by whom. Disputed statements are left out.

    Args:
        state: Of which state.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.tiers: Mapping[str, float] = state.strengths["tier"]
        self._licences = state.strengths["licence"]
        self.makers: dict[str, set[str]] = collections.defaultdict(set)
        self.keys: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
        """Keys of the statements that say that one needs the other."""
        self.confidence: dict[str, float] = {}
        self.parties: set[str] = set()
        """Organisations, persons and bodies that something needs."""
        self.granted: dict[str, list[Row]] = collections.defaultdict(list)
        """Statements of licences, by what is licensed."""
        self.parents: dict[str, list[tuple[Row, Terms]]] = collections.defaultdict(list)
        """Of a fork or derived model: the statement, and the terms of its parent on the day it was taken."""
        self.needs: dict[str, list[Group]] = collections.defaultdict(list)
        self._whole = self._complete_lists()
        self._provided()
        self._supplied()
        self._running()
        self._dependencies()
        self._withheld()
        chips = (
            self.state.nodes("Processor", ["id", "series", "category"]).to_pylist()
            if "Processor" in self.state.kinds
            else []
        )
        self.series: dict[str, str] = {r["id"]: r["series"] for r in chips if r["series"]}
        """Product line of each chip that states one."""
        self.categories: dict[str, str] = {r["id"]: r["category"] for r in chips if r["category"]}
        """Sort of each chip that states one: gpu, cpu, …"""

    def rows(
        self, relation: str, *columns: str, between: Collection[str] | None = None
    ) -> list[Row]:
        """Current statements of a relation; only those between some kinds, or of all."""
        ends = {} if between is None else {"source_kind": between, "target_kind": between}
        return self.state.current(relation, *columns, **ends)

    def _complete_lists(self) -> dict[tuple[str, str], int]:
        """Number of entries of the lists that a source states to be whole, by entity and relation."""
        lists = {}
        for kind in self.state.kinds:
            table = self.state.nodes(kind, ["id", "complete"])
            table = table.filter(table["complete"].is_valid())
            for row in table.to_pylist():
                for item in row["complete"]:
                    relation, _, count = item.partition("=")
                    if count.strip().isdigit():
                        lists[row["id"], relation.strip()] = int(count)
        return lists

    def _is_whole(self, entity: str, relation: str, members: Iterable[str]) -> bool:
        count = self._whole.get((entity, relation))
        return count is not None and len(set(members)) >= count

    def _note(self, thing: str, member: str, row: Row) -> None:
        self.keys[thing, member].append(row["key"])
        self.confidence[row["key"]] = row["confidence"]

    def _provided(self) -> None:
        """Chips need a maker, clouds an operator; services of a platform need the platform."""
        made: dict[str, set[str]] = collections.defaultdict(set)
        kinds: dict[str, str] = {}
        rows = self.rows("PROVIDES")
        stated = {r["target"] for r in rows}
        rows += [
            r
            for r in self.rows("CREATED")
            if r["target_kind"] == "Processor" and r["target"] not in stated
        ]
        for row in rows:
            made[row["target"]].add(row["source"])
            self.parties.add(row["source"])
            kinds[row["target"]] = row["target_kind"]
            chip = row["target_kind"] == "Processor"
            self._note(row["target"], (SUPPLY if chip else "") + row["source"], row)
        for thing, makers in made.items():
            self.makers[thing] = makers
            if kinds[thing] == "CloudPlatform":
                group = Group(dict.fromkeys(makers, 1.0), about="operator")
            else:
                group = Group({self._supply(m): 1.0 for m in makers}, about="maker")
            self.needs[thing].append(group)
        for row in self.rows("PART_OF"):
            if row["source_kind"] == row["target_kind"] == "CloudPlatform":
                self._note(row["source"], row["target"], row)
                self.needs[row["source"]].append(Group({row["target"]: 1.0}, about="platform"))

    def _supply(self, organisation: str) -> str:
        """The organisation as one that delivers; it needs itself, and what it is supplied with."""
        supply = SUPPLY + organisation
        if supply not in self.needs:
            self.needs[supply].append(Group({organisation: 1.0}, about="supplier"))
        return supply

    def _supplied(self) -> None:
        """Chips, and those who make them, need each part from one of its suppliers."""
        parts: dict[tuple[str, str], dict[str, bool | None]] = collections.defaultdict(dict)
        for row in self.rows("SUPPLIES", "part", "sole"):
            chip = row["target_kind"] == "Processor"
            target = row["target"] if chip else self._supply(row["target"])
            supplier = self._supply(row["source"])
            parts[target, row["part"]][supplier] = row["sole"]
            self.parties.add(row["source"])
            self._note(target, supplier, row)
        for (thing, part), suppliers in parts.items():
            others = any(sole is False for sole in suppliers.values())
            sole = [s for s, alone in suppliers.items() if alone]
            if others and not sole:
                continue  # it is stated that others deliver as well, though not who
            members = dict.fromkeys(sole or suppliers, 1.0)
            self.needs[thing].append(Group(members, whole=len(sole) == 1, about=part))

    def _running(self) -> None:
        """Frameworks and models need a chip or cloud that runs them; exclusive chips also their shop."""
        offers: dict[str, dict[str, bool]] = collections.defaultdict(dict)
        for row in self.rows("OFFERS", "exclusive"):
            if row["target_kind"] == "Processor":
                offers[row["target"]][row["source"]] = row["exclusive"] is True
                self._note(ACCESS + row["target"], row["source"], row)
        for chip, shops in offers.items():
            alone = [s for s, exclusive in shops.items() if exclusive]
            if alone and len(alone) == len(shops):
                self.needs[ACCESS + chip] += [
                    Group({chip: 1.0}, about="chip"),
                    Group(dict.fromkeys(alone, 1.0), about="exclusive offer"),
                ]
        runs: dict[str, dict[str, float]] = collections.defaultdict(dict)
        targets: dict[str, set[str]] = collections.defaultdict(set)
        rows = self.rows("RUNS_ON", "tier")
        on_chips = {r["source"] for r in rows if r["target_kind"] == "Processor"}
        for row in rows:
            target = row["target"]
            targets[row["source"]].add(target)
            if target in self._unmade:
                continue
            if row["target_kind"] != "Processor" and row["source"] in on_chips:
                continue  # a cloud is a place where the chips are, and no way beside them
            member = ACCESS + target if ACCESS + target in self.needs else target
            weight = self.tiers[row["tier"]] if row["tier"] else min(self.tiers.values())
            runs[row["source"]][member] = max(weight, runs[row["source"]].get(member, 0.0))
            self._note(row["source"], member, row)
        for thing, members in runs.items():
            whole = self._is_whole(thing, "RUNS_ON", targets[thing])
            self.needs[thing].append(Group(members, whole=whole, about="runs on"))

    @functools.cached_property
    def _unmade(self) -> set[str]:
        """Chips and clouds that nobody provides yet; that something runs on them is mostly stated without a date."""
        day = self.state.as_of
        if day is None:
            return set()
        starts: dict[str, set[bool]] = collections.defaultdict(set)
        for row in self.state.history("PROVIDES").to_pylist():
            if row["status"] == "current":
                starts[row["target"]].add(row["valid_from"] is not None and row["valid_from"] > day)
        return {target for target, later in starts.items() if later == {True}}

    def _dependencies(self) -> None:
        """What is needed to run, always: neither to build, optional, nor on one platform only; one of each group."""
        grouped: dict[tuple[str, str], dict[str, float]] = collections.defaultdict(dict)
        for row in self.rows("DEPENDS_ON", "group", "kind", "condition", between=_NEEDED):
            if row["kind"] not in {"optional", "build"} and row["condition"] is None:
                grouped[row["source"], row["group"] or f" {row['target']}"][row["target"]] = 1.0
                self._note(row["source"], row["target"], row)
        for (thing, group), members in sorted(grouped.items()):
            alone = group.startswith(" ")
            whole = alone or self._is_whole(thing, "DEPENDS_ON", members)
            runs = any(g.about == "runs on" for g in self.needs.get(thing, ()))
            self.needs[thing].append(
                Group(members, whole=whole, breaks_only=True, about="depends on")
            )
            if (
                not runs
            ):  # how well it works without is not stated: at most as badly as what it needs
                self.needs[thing].append(Group(members, whole=False, about="depends on"))

    # ------------------------------------------------------------------ licences

    def terms(self, thing: str) -> Terms:
        """The mildest licence of a thing today."""
        return self._mildest(self.granted.get(thing, ()))

    def _mildest(self, rows: Iterable[Row]) -> Terms:
        held = [(h, r) for r in rows if (h := self._holds.get(r["target"])) is not None]
        if not held:
            return Terms(None, "", ())
        hold, row = min(held, key=lambda p: (p[0], p[1]["target"]))
        for _, other in held:
            self.confidence[other["key"]] = other["confidence"]
        return Terms(hold, row["target"], tuple(r["key"] for _, r in held))

    def terms_until(self, thing: str, day: datetime.date) -> Terms:
        """The mildest licence under which a thing was out by a day: what is published stays under its terms."""
        rows = self._grants.get(thing, ())
        return self._mildest(
            r
            for r in rows
            if r["status"] == "current" and (r["valid_from"] is None or r["valid_from"] <= day)
        )

    @functools.cached_property
    def _grants(self) -> dict[str, list[Row]]:
        """Licences of every date, by what is licensed."""
        grants: dict[str, list[Row]] = collections.defaultdict(list)
        for row in self.state.history("LICENSED_UNDER").to_pylist():
            grants[row["source"]].append(row)
        return grants

    def withholders(self, thing: str) -> set[str]:
        """Who could withhold a thing, were its terms not open: who governs it, else who makes it."""
        return (
            self._governors.get(thing) or self.makers.get(thing) or self._creators.get(thing, set())
        )

    def _withheld(self) -> None:
        """What is under terms that are not open needs one of those who grant them; so do forks of such."""
        self._holds = (
            licence_holds(self.state.nodes("License", LICENCE).to_pylist(), self._licences)
            if "License" in self.state.kinds
            else {}
        )
        for row in self.rows("LICENSED_UNDER"):
            if row["source_kind"] in _LICENSED:
                self.granted[row["source"]].append(row)
        self._governors: dict[str, set[str]] = collections.defaultdict(set)
        for row in self.rows("GOVERNS", "rights"):
            if {"release", "relicense"} & set(row["rights"] or ("release",)):
                self._governors[row["target"]].add(row["source"])
                self._note(row["target"], row["source"], row)
        self._creators: dict[str, set[str]] = collections.defaultdict(set)
        for row in self.rows("CREATED"):
            if row["source_kind"] != "Contributor":
                self._creators[row["target"]].add(row["source"])
                self._note(row["target"], row["source"], row)
        for thing in list(self.granted):
            terms = self.terms(thing)
            self._hold(thing, terms, self.withholders(thing))
        born = self._births()
        for row in self.rows("DERIVED_FROM", "valid_from"):
            day = row["valid_from"] or born.get(row["source"]) or self.state.as_of
            terms = self.terms_until(row["target"], day) if day else self.terms(row["target"])
            self.parents[row["source"]].append((row, terms))
            self.confidence[row["key"]] = row["confidence"]
            grantors = self.withholders(row["target"])
            if grantors != self.withholders(
                row["source"]
            ):  # else its own licence is what they grant
                self._hold(row["source"], terms, grantors, row)

    @functools.cached_property
    def _unpublished(self) -> set[str]:
        """Models whose weights are not known to be published anywhere: nobody else is known to have them."""
        if "Model" not in self.state.kinds:
            return set()
        rows = self.state.nodes("Model", ["id", "identifiers"]).to_pylist()
        return {
            r["id"] for r in rows if not any(i.startswith("hub:") for i in r["identifiers"] or ())
        }

    def _births(self) -> dict[str, datetime.date]:
        """Date of the first release of what is derived from something."""
        days: dict[str, datetime.date] = {}
        for kind, column in (
            ("Framework", "created"),
            ("Model", "released"),
            ("Dataset", "released"),
        ):
            if kind in self.state.kinds:
                rows = self.state.nodes(kind, ["id", column]).to_pylist()
                days |= {r["id"]: r[column] for r in rows if r[column] is not None}
        return days

    def _hold(
        self, thing: str, terms: Terms, grantors: Iterable[str], row: Row | None = None
    ) -> None:
        grantors = set(grantors)
        if terms.hold is None or terms.hold < self._licences["open_below"] or not grantors:
            return
        for grantor in grantors:
            self.keys[thing, grantor] += [*terms.keys, *([row["key"]] if row else [])]
        members = dict.fromkeys(grantors, 1.0)
        self.parties |= grantors
        about = "parent licence" if row else "licence"
        self.needs[thing].append(Group(members, always=1.0 - terms.hold, about=about))
        if thing in self._unpublished:
            self.needs[thing].append(Group(members, whole=False, about="access"))
