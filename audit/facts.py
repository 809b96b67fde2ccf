"""The parts of a state that an audit looks at, read once and kept by what they are looked up with."""

from __future__ import annotations

import dataclasses
import functools
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ..graph.schema import schema
from ..measures.majority import Controlled, groups
from ..state.paths import Web, control_web
from ..state.state import State
from ..state.strengths import parameters

__all__ = ["Facts", "Row", "facts_of"]

Row = dict[str, Any]

_KEPT: Final = 4


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    folder: Path
    state: State = dataclasses.field(compare=False)


def facts_of(state: State) -> Facts:
    """The facts of a state; those of the last few states are kept, since a state never changes."""
    return _facts(_Place(state.folder, state))


@functools.lru_cache(maxsize=_KEPT)
def _facts(place: _Place) -> Facts:
    return Facts(place.state)


class Facts:
    """What an audit looks up.

    Args:
        state: Of which state.

    Attributes:
        state: The state.
        names: Name by id.
        kinds: Kind by id.
        by_identifier: Id by identifier.
        approved: Whether a licence is open, by SPDX id, where it is known.
        cla: What contributors to a framework sign, by its id.
        category: Sort of chip, by its id.
        published_by: Framework by `ecosystem/name` of a package: equal names in two ecosystems are two packages.
        publishing_organisation: (organisation, confidence) by `ecosystem/name`.
        governs, runs_on, licences, shares: Statements by framework.
        offers: Statements by the chip that is offered.
        provides: Statements by the chip or cloud that is provided.
        owners: Topmost sure owner by organisation, of those that have one.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.names: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.by_identifier: dict[str, str] = {}
        self.approved = _approved(state)
        packages = self._entities()
        self.cla = _property(state, "Framework", "cla")
        self.category = _property(state, "Processor", "category")
        self.published_by: dict[str, str] = {}
        self.publishing_organisation: dict[str, tuple[str, float]] = {}
        for row in _rows(state, "PUBLISHES", "source_kind", "official"):
            for name in packages.get(row["target"], ()):
                if row["source_kind"] == "Framework":
                    self.published_by.setdefault(name, row["source"])
                elif row["official"]:
                    organisation = (row["source"], row["confidence"])
                    self.publishing_organisation.setdefault(name, organisation)
        self.governs = _by(_rows(state, "GOVERNS", "rights", "source_kind"), "target")
        self.runs_on = _by(_rows(state, "RUNS_ON", "target_kind", "tier"), "source")
        self.offers = _by(_rows(state, "OFFERS", "target_kind"), "target")
        self.provides = _by(_rows(state, "PROVIDES"), "target")
        self.licences = _by(_rows(state, "LICENSED_UNDER"), "source")
        columns = ("method", "window", "total", "share", "low", "high", "coverage")
        shares = _rows(state, "CONTRIBUTION_SHARE", *columns, "elephant_low", "elephant_high")
        self.shares = _by(shares, "target")
        self.owners = groups(
            Controlled(r["source"], r["target"], r["certainty"] == "sure")
            for r in _rows(state, "ULTIMATELY_CONTROLS", "certainty")
        )

    def _entities(self) -> dict[str, list[str]]:
        """Fills names, kinds and identifiers; gives each `ecosystem/name` by id of a package, from its package URLs."""
        packages: dict[str, list[str]] = {}
        for kind in self.state.kinds:
            for row in self.state.nodes(kind, ["id", "name", "identifiers"]).to_pylist():
                self.names[row["id"]] = row["name"]
                self.kinds[row["id"]] = kind
                for identifier in row["identifiers"] or ():
                    self.by_identifier[identifier] = row["id"]
                    if identifier.startswith("purl:pkg:"):
                        spelt = urllib.parse.unquote(identifier.removeprefix("purl:pkg:"))
                        packages.setdefault(row["id"], []).append(spelt)
        return packages

    @functools.cached_property
    def web(self) -> Web:
        """The control edges."""
        return control_web(self.state, duties=False)

    @functools.cached_property
    def _tiers(self) -> Mapping[str, float]:
        return {tier: float(weight) for tier, weight in parameters()["tier"].items()}

    def rank(self, tier: str) -> float:
        """How well a tier of support runs, (0, 1]; 0 where none is stated."""
        return self._tiers.get(tier, 0.0)

    @functools.cached_property
    def controlling(self) -> frozenset[str]:
        """Kinds from which a control path may start: organisations and persons."""
        return frozenset({*schema().families["Organization"], "Contributor"})

    def group(self, organisation: str) -> str:
        """The topmost sure owner of an organisation; itself where nobody has a majority in it."""
        return self.owners.get(organisation, organisation)

    def owner(self, organisation: str) -> str | None:
        """The topmost sure owner; None where nobody has a majority."""
        return self.owners.get(organisation)

    def called(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Their names, sorted, each once."""
        return tuple(sorted({self.names.get(i, i) for i in ids}))


def _property(state: State, kind: str, name: str) -> dict[str, str]:
    if kind not in state.kinds:
        return {}
    rows = state.nodes(kind, ["id", name]).to_pylist()
    return {row["id"]: row[name] for row in rows if row[name] is not None}


def _approved(state: State) -> dict[str, bool]:
    """Open for software or, as CC0-1.0 is, for anything: what is not approved as source need not be proprietary."""
    if "License" not in state.kinds:
        return {}
    return {
        identifier.removeprefix("spdx:"): row["osi"] or bool(row["open_data"])
        for row in state.nodes("License", ["identifiers", "osi", "open_data"]).to_pylist()
        for identifier in row["identifiers"] or ()
        if identifier.startswith("spdx:") and (row["osi"] is not None or row["open_data"])
    }


def _rows(state: State, relation: str, *columns: str) -> list[Row]:
    """The statements of a relation that nobody disputes."""
    wanted = ["source", "target", "key", "confidence", "status", *columns]
    rows: list[Row] = state.edges(relation, wanted).to_pylist()
    return [row for row in rows if row["status"] == "current"]


def _by(rows: Sequence[Row], end: str) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[end], []).append(row)
    return found
