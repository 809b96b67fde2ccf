"""Who stands behind a party: its topmost owner that is an organisation, and the firms that sit in a body."""

from __future__ import annotations

import collections
import dataclasses
import functools
from collections.abc import Mapping
from typing import Final

from .view import View

__all__ = ["ORGANISATIONS", "Holders", "Seats"]

ORGANISATIONS: Final = frozenset({"Company", "Institution"})


@dataclasses.dataclass(slots=True)
class Seats:
    """What one firm, or one person without a known employer, has in a body.

    Attributes:
        holders: Who sits there: persons, or the firm itself.
        keys: Of the statements: the seats, and who employs whom.
    """

    holders: set[str] = dataclasses.field(default_factory=set)
    keys: list[str] = dataclasses.field(default_factory=list)


class Holders:
    """The parties of a view, merged by who surely owns them.

    Args:
        view: The state and what is read off it.
    """

    def __init__(self, view: View) -> None:
        self._view = view

    @functools.cached_property
    def _owners(self) -> Mapping[str, set[str]]:
        """Organisations that surely own an organisation, by its id."""
        owners: dict[str, set[str]] = collections.defaultdict(set)
        for row in self._view.rows("ULTIMATELY_CONTROLS", "certainty"):
            if row["certainty"] == "sure" and row["source_kind"] in ORGANISATIONS:
                owners[row["target"]].add(row["source"])
        return owners

    def firm(self, party: str) -> str:
        """The topmost organisation that surely owns a party; itself where none does, or where owners form a circle."""
        above = self._owners.get(party, set()) - {party}
        tops = sorted(o for o in above if not (self._owners.get(o, set()) & above) - {o})
        return tops[0] if tops else party

    @functools.cached_property
    def seats(self) -> Mapping[str, Mapping[str, Seats]]:
        """Seats by body and firm; persons count for their surest employer, else for themselves."""
        return self._sitting[0]

    def sitter(self, firm: str) -> str:
        """Under whose name a firm sits: its own, else that of its member with most seats."""
        sitters = self._sitting[1].get(firm, {})
        return (
            firm if firm in sitters or not sitters else min(sitters, key=lambda s: (-sitters[s], s))
        )

    @functools.cached_property
    def _sitting(self) -> tuple[dict[str, dict[str, Seats]], dict[str, dict[str, int]]]:
        jobs = sorted(self._view.rows("EMPLOYS"), key=lambda r: (r["confidence"], r["source"]))
        employer = {r["target"]: r for r in jobs}
        seats: dict[str, dict[str, Seats]] = collections.defaultdict(dict)
        sitters: dict[str, dict[str, int]] = collections.defaultdict(collections.Counter)
        for row in self._view.rows("HAS_SEAT", "votes"):
            if row["votes"] == 0:
                continue
            job = employer.get(row["source"])
            sitter = job["source"] if job else row["source"]
            firm = self.firm(sitter)
            sitters[firm][sitter] += 1
            own = seats[row["target"]].setdefault(firm, Seats())
            own.holders.add(row["source"])
            own.keys += [row["key"], *([job["key"]] if job else [])]
        return seats, sitters

    @functools.cached_property
    def houses(self) -> Mapping[str, set[str]]:
        """What a body is part of or governs: bodies that share any of it are of one house."""
        houses: dict[str, set[str]] = collections.defaultdict(set)
        for relation in ("PART_OF", "GOVERNS"):
            for row in self._view.rows(relation):
                if row["source_kind"] == "GoverningBody":
                    houses[row["source"]].add(row["target"])
        return houses
