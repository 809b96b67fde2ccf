"""What a source is, and the record of one reading of it: scopes, counts, refusals."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Literal

__all__ = ["Ledger", "Refusal", "Scope", "Source"]


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """What a loader reads, and under which terms.

    Attributes:
        id: Name of the loader, as in its folder.
        publisher: Who publishes what it reads.
        licence: SPDX id (or LicenseRef) of what it reads; stays on every edge.
        homepage: Where to read about it.
        title: What it is, in a few words.
        tier: `primary`, `press`, `secondary` or `computed`.
        rank: Whose name and values win when sources differ: the lowest. The starter data has 0.
        expects: Least and most claims per kind or relation; outside them nothing is published.
        reads: File name patterns that it takes, for messages.
        packaged: Whether it brings its own data and needs no path.
    """

    id: str
    publisher: str
    licence: str
    homepage: str
    title: str = ""
    tier: Literal["primary", "press", "secondary", "computed"] = "primary"
    rank: int = 50
    expects: Mapping[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
    reads: tuple[str, ...] = ()
    packaged: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left out, and why.

    Attributes:
        at: File and line, or another locator.
        field: The field at fault; empty for the row as a whole.
        reason: What was wrong with it.
    """

    at: str
    field: str
    reason: str


@dataclasses.dataclass(slots=True)
class Scope:
    """A part of a source that is read in full, or not at all.

    Attributes:
        name: Unique within the source.
        finished: Whether all of it was read: only then does absence mean anything.
        rows: Claims given inside it.
    """

    name: str
    finished: bool = False
    rows: int = 0


@dataclasses.dataclass(slots=True)
class Ledger:
    """The record of one run of a loader.

    Attributes:
        loader: Name of the loader.
        label: Name of the partition beside others of the same loader.
        origin: What was read, as the user named it.
        licence: Licence of the source.
        publisher: Publisher of the source.
        homepage: Where to read about the source.
        tier: Tier of the source.
        rank: Rank of the source.
        started: When the run began (UTC).
        seconds: How long it took.
        scopes: In the order in which they were opened.
        nodes: Claims per kind that its partition holds.
        edges: Claims per relation that are in force in its partition.
        rows: Rows of the source that were read: `rows_given` + `rows_refused` + those `skipped`.
        rows_given: Those of which at least one claim was taken.
        rows_refused: Those of which none was.
        skipped: Rows outside the loader's scope, by reason.
        omitted: Parts of given rows outside the loader's scope, by reason.
        refused: Refusals, of rows and of claims.
        unread: Fields of the source that the loader never read, with their number.
        failure: Why the run stopped; empty when it did not.
        fetched: When the oldest answer of an API that it used was last confirmed (UTC); empty for files.
    """

    loader: str
    label: str
    origin: str
    licence: str
    publisher: str
    homepage: str
    tier: str
    rank: int
    started: str
    seconds: float = 0.0
    scopes: list[Scope] = dataclasses.field(default_factory=list)
    nodes: dict[str, int] = dataclasses.field(default_factory=dict)
    edges: dict[str, int] = dataclasses.field(default_factory=dict)
    rows: int = 0
    rows_given: int = 0
    rows_refused: int = 0
    skipped: dict[str, int] = dataclasses.field(default_factory=dict)
    omitted: dict[str, int] = dataclasses.field(default_factory=dict)
    refused: int = 0
    unread: dict[str, int] = dataclasses.field(default_factory=dict)
    failure: str = ""
    fetched: str = ""

    @property
    def complete(self) -> bool:
        """Whether every scope was read in full."""
        return not self.failure and all(s.finished for s in self.scopes)

    @property
    def partition(self) -> str:
        """`loader:label`."""
        return f"{self.loader}:{self.label}"

    def to_json(self) -> str:
        """The ledger as text."""
        return json.dumps(dataclasses.asdict(self), indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Ledger:
        """Reads back what `to_json` gave."""
        fields = json.loads(text)
        fields["scopes"] = [Scope(**s) for s in fields["scopes"]]
        return cls(**fields)
