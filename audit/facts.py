"""The parts of a state that an audit looks at, read once and kept by what they are looked up with."""

from __future__ import annotations

import collections
import dataclasses
import functools
import urllib.parse
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ..state.needs import Production, licence_holds
from ..state.state import State
from ..state.work import COLUMNS, WorkShare, shares_of_work

__all__ = ["Facts", "Party", "Row", "facts_of"]

Row = dict[str, Any]

_CACHED: Final = 4
_UNNAMED: Final = "Contributor"
_HALF: Final = 0.5
_HUB: Final = "hub:"
_PURL: Final = "purl:pkg:"
_REPOSITORY: Final = "repository:"


@dataclasses.dataclass(frozen=True, slots=True)
class _Location:
    folder: Path
    state: State = dataclasses.field(compare=False)


def facts_of(state: State) -> Facts:
    """The facts of a state; those of the last few states are kept, since a state never changes."""
    return _facts(_Location(state.folder, state))


@functools.lru_cache(maxsize=_CACHED)
def _facts(location: _Location) -> Facts:
    return Facts(location.state)


@dataclasses.dataclass(frozen=True, slots=True)
class Party:
    """Who acts for an owner group.

    Attributes:
        id: Of the member.
        name: Its name.
        kind: Its kind.
        owner: Id of the topmost sure owner; None = itself.
        owner_name: Its name.
    """

    id: str
    name: str
    kind: str
    owner: str | None
    owner_name: str | None


class Facts:
    """What an audit looks up.

    Args:
        state: Of which state.

    Attributes:
        state: The state.
        names: Name by id, of all but persons.
        kinds: Kind by id, of all but persons.
        by_identifier: Id by identifier.
        hub: Id by kind and identifier on a model hub, in small letters.
        licence_ids: Id of a licence by SPDX id, name and alias, in small letters.
        cla: What contributors to a framework sign, by its id.
        category: Sort of chip, by its id.
        support: Status and since when, by framework.
        package_ids: Id of a package by `ecosystem/name`.
        published_by: Framework by `ecosystem/name` of a package.
        publishing_confidence: How sure that is, by the same.
        publishing_organisation: (organisation, confidence) by `ecosystem/name`.
        repositories: Framework by the address of its repository, in small letters.
        governs, runs_on, licences, shares, trained_on, created: Statements by what they are about.
        offers: Statements by the chip that is offered.
        provides: Statements by the chip or cloud that is provided.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.strengths = state.strengths
        self.names: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.aliases: dict[str, dict[str, set[str]]] = {}
        self.by_identifier: dict[str, str] = {}
        self.hub: dict[tuple[str, str], str] = {}
        self.licence_ids: dict[str, str] = {}
        self.package_ids: dict[str, str] = {}
        self.repositories: dict[str, str] = {}
        self._entities()
        self._licence_nodes()
        packages = {entity: name for name, entity in self.package_ids.items()}
        self.cla = _property(state, "Framework", "cla")
        self.category = _property(state, "Processor", "category")
        self._institutions = _property(state, "Institution", "category")
        self.support = self._support()
        self.published_by: dict[str, str] = {}
        self.publishing_confidence: dict[str, float] = {}
        self.publishing_organisation: dict[str, tuple[str, float]] = {}
        for row in _rows(state, "PUBLISHES", "source_kind", "official"):
            name = packages.get(row["target"])
            if name and row["source_kind"] == "Framework":
                if self.published_by.setdefault(name, row["source"]) == row["source"]:
                    self.publishing_confidence.setdefault(name, row["confidence"])
            elif name and row["official"]:
                self.publishing_organisation.setdefault(name, (row["source"], row["confidence"]))
        self.governs = _by(_rows(state, "GOVERNS", "rights", "source_kind"), "target")
        self.runs_on = _by(_rows(state, "RUNS_ON", "target_kind", "tier"), "source")
        self.offers = _by(_rows(state, "OFFERS", "target_kind"), "target")
        self.provides = _by(_rows(state, "PROVIDES"), "target")
        self.licences = _by(_rows(state, "LICENSED_UNDER"), "source")
        self.trained_on = _by(_rows(state, "TRAINED_ON", "disclosed"), "source")
        self.created = _by(_rows(state, "CREATED", "source_kind"), "target")
        self.needed = self._framework_needs()
        columns = (*COLUMNS, "elephant_low", "elephant_high")
        self.shares = _by(_rows(state, "CONTRIBUTION_SHARE", *columns), "target")

    def _entities(self) -> None:
        """Fills names, kinds and identifiers."""
        columns = ["id", "name", "identifiers", "aliases"]
        for kind in self.state.kinds:
            if kind == _UNNAMED:
                continue
            spelt: dict[str, set[str]] = collections.defaultdict(set)
            for row in self.state.nodes(kind, columns).to_pylist():
                entity = row["id"]
                self.names[entity] = row["name"]
                self.kinds[entity] = kind
                for name in (row["name"], *(row["aliases"] or ())):
                    spelt[name.casefold()].add(entity)
                for identifier in row["identifiers"] or ():
                    self.by_identifier[identifier] = entity
                    if identifier.startswith(_PURL):
                        self.package_ids[urllib.parse.unquote(identifier.removeprefix(_PURL))] = (
                            entity
                        )
                    elif identifier.startswith(_REPOSITORY) and kind == "Framework":
                        address = identifier.removeprefix(_REPOSITORY).lower().rstrip("/")
                        self.repositories.setdefault(address, entity)
                    elif identifier.startswith(_HUB):
                        self.hub[kind, identifier.removeprefix(_HUB).lower()] = entity
            self.aliases[kind] = spelt

    def _licence_nodes(self) -> None:
        self._licences: dict[str, Row] = {}
        if "License" not in self.state.kinds:
            return
        columns = ["id", "name", "aliases", "identifiers", "osi", "open_data", "restrictions"]
        for row in self.state.nodes("License", columns).to_pylist():
            self._licences[row["id"]] = row
            spdx = [i.removeprefix("spdx:") for i in row["identifiers"] or () if i[:5] == "spdx:"]
            for name in (row["name"], *(row["aliases"] or ()), *spdx):
                self.licence_ids.setdefault(name.casefold(), row["id"])

    def _support(self) -> dict[str, tuple[str, Any]]:
        if "Framework" not in self.state.kinds:
            return {}
        rows = self.state.nodes("Framework", ["id", "support", "support_since"]).to_pylist()
        return {r["id"]: (r["support"], r["support_since"]) for r in rows if r["support"]}

    def _framework_needs(self) -> Mapping[str, set[str]]:
        """Frameworks that a framework needs, optional ones left out."""
        needed: dict[str, set[str]] = collections.defaultdict(set)
        for row in _rows(self.state, "DEPENDS_ON", "source_kind", "target_kind", "kind"):
            if (
                row["source_kind"] == row["target_kind"] == "Framework"
                and row["kind"] != "optional"
            ):
                needed[row["source"]].add(row["target"])
        return needed

    # ------------------------------------------------------------------ powers

    def powers(self, targets: Collection[str]) -> Mapping[str, list[Row]]:
        """The rows of HAS_POWER over some things, by thing."""
        import pyarrow as pa
        import pyarrow.compute as pc

        table = self.state.edges("HAS_POWER")
        wanted = pa.array(sorted(set(targets)), pa.string())
        rows: list[Row] = table.filter(pc.is_in(table["target"], wanted)).to_pylist()
        return _by([r for r in rows if r["status"] == "current"], "target")

    @functools.cached_property
    def _owners(self) -> Mapping[str, str]:
        """Topmost sure owner of each party that has one."""
        table = self.state.edges("HAS_POWER", ["source", "owner"])
        pairs = table.filter(table["owner"].is_valid()).group_by(["source", "owner"]).aggregate([])
        rows = sorted(zip(pairs["source"].to_pylist(), pairs["owner"].to_pylist(), strict=True))
        return dict(rows)

    def group(self, party: str) -> str:
        """The topmost sure owner of a party; itself where it has none."""
        return self._owners.get(party, party)

    def party(self, entity: str) -> Party:
        """An organisation, person or body as the one that acts."""
        owner = self.group(entity)
        above = owner if owner != entity else None
        return Party(
            entity,
            self.name(entity),
            self.kinds.get(entity, _UNNAMED),
            above,
            self.name(above) if above else None,
        )

    def name(self, entity: str) -> str:
        """The name of an entity; its id where it is not in the graph."""
        return self.names.get(entity) or self.state.names([entity])[entity]

    def named(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Their names, sorted, each once."""
        return tuple(sorted({self.name(i) for i in ids}))

    @functools.cached_property
    def production(self) -> Production:
        """Who needs what."""
        return Production(self.state)

    @property
    def least(self) -> float:
        """A power that could at most be less than this is not listed."""
        return float(self.strengths["least"])

    # ------------------------------------------------------------------ who publishes

    def sort(self, entity: str) -> str:
        """`company`, `foundation` (any institution that is no community) or `community`."""
        if self.kinds.get(entity) == "Company":
            return "company"
        institution = self.kinds.get(entity) == "Institution"
        return (
            "foundation"
            if institution and self._institutions.get(entity) != "community"
            else "community"
        )

    def governors(self, framework: str) -> set[str]:
        """Who has any right over a framework."""
        return {row["source"] for row in self.governs.get(framework, ())}

    @functools.cached_property
    def account_holders(self) -> Mapping[str, str]:
        """Party by account, `https://forge/name`, where it surely decides alone on every framework that lies in it."""
        parties: dict[str, set[str]] = collections.defaultdict(set)
        powers = self.powers(self.repositories.values())
        for address, framework in self.repositories.items():
            sure = [
                r["source"]
                for r in powers.get(framework, ())
                if r["power"] == "decides" and r["low"] > _HALF
            ]
            acting = [s for s in sure if self.kinds.get(s) in {"Company", "Institution"}] or sure
            parties[address.rpartition("/")[0]].add(acting[0] if len(acting) == 1 else "")
        return {account: min(p) for account, p in parties.items() if len(p) == 1 and "" not in p}

    # ------------------------------------------------------------------ work and licences

    def work(self, framework: str) -> list[WorkShare]:
        """Shares of the work on a framework, by owner group."""
        groups = {r["source"]: self.group(r["source"]) for r in self.shares.get(framework, ())}
        return shares_of_work(self.shares.get(framework, ()), groups)

    def is_open(self, licence: str) -> bool | None:
        """Whether a licence is open for software or data, by SPDX id or name; None = that is not known."""
        node = self._licences.get(self.licence_ids.get(licence.casefold(), ""))
        if node is None:
            return None
        return True if node["osi"] or node["open_data"] else node["osi"]

    def restrictions(self, licence: str) -> tuple[str, ...]:
        """Its limits beyond attribution and copyleft, by SPDX id or name."""
        node = self._licences.get(self.licence_ids.get(licence.casefold(), ""))
        return tuple(node["restrictions"] or ()) if node else ()

    def is_copyleft(self, licence: str) -> bool:
        """Whether an open licence asks for the same terms of what is made of it, by SPDX id or name."""
        prefixes = tuple(p.casefold() for p in self.strengths["licence"]["copyleft_prefixes"])
        return licence.casefold().startswith(prefixes)

    def hold(self, licence: str) -> float | None:
        """What a licence lets its licensor withhold, by id; None where its terms are not known."""
        return self._holds.get(licence)

    @functools.cached_property
    def _holds(self) -> dict[str, float | None]:
        return licence_holds(list(self._licences.values()), self.strengths["licence"])


def _property(state: State, kind: str, name: str) -> dict[str, str]:
    if kind not in state.kinds:
        return {}
    rows = state.nodes(kind, ["id", name]).to_pylist()
    return {row["id"]: row[name] for row in rows if row[name] is not None}


def _rows(state: State, relation: str, *columns: str) -> list[Row]:
    """The statements of a relation that nobody disputes."""
    wanted = ["source", "target", "key", "confidence", "status"]
    wanted += [c for c in columns if c not in wanted]
    rows: list[Row] = state.edges(relation, wanted).to_pylist()
    return [row for row in rows if row["status"] == "current"]


def _by(rows: Sequence[Row], end: str) -> Mapping[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[end], []).append(row)
    return groups
