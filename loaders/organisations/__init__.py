"""Organisations as catalogues spell them: one organisation however it is written, several where a text names several.

`data/spellings.csv` holds the spellings that were looked at, with the entity of the starter data that each means; any
other name stands for itself.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ...graph.claims import Claims, End, starter_id
from ..spelling import slug

__all__ = ["Organisation", "organisation", "organisations"]

_UNIVERSITY: Final = re.compile(
    r"\b(universit|college|polytechnic|institute of technology|academy of sciences|laborator(y|ies)\b)",
    re.IGNORECASE,
)
_LIST: Final = re.compile(r",\s*(?:and\s+)?|\s+and\s+|\s+&\s+|;\s*")
_NOBODY: Final = frozenset({"", "unknown", "n/a", "none", "tbd"})


@dataclasses.dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that a catalogue names.

    Attributes:
        kind: `Company` or `Institution`.
        id: Slug; that of the starter data where it is there.
        name: As it is to be shown.
        spelling: As it is written.
        starter: Whether the starter data have it.
    """

    kind: str
    id: str
    name: str
    spelling: str
    starter: bool

    @property
    def end(self) -> End:
        """One end of an edge."""
        return self.kind, self.id

    def state(self, out: Claims, at: str) -> End:
        """States the node; gives the end of an edge that leads to it."""
        known_as = [starter_id(*self.end)] if self.starter else None
        aliases = [self.spelling] if self.spelling != self.name else None
        out.node(*self.end, self.name, at=at, identifiers=known_as, aliases=aliases)
        return self.end


def organisations(text: str) -> list[Organisation]:
    """The organisations that a text names: `Microsoft, NVIDIA` → two; none for `unknown` and the like."""
    whole = " ".join(text.split())
    if whole.casefold() in _spellings():
        return [organisation(whole)]
    parts = [part for part in _LIST.split(whole) if part.casefold() not in _NOBODY]
    found = {one.end: one for one in map(organisation, parts)}
    return list(found.values())


def organisation(spelling: str, kind: str = "") -> Organisation:
    """The organisation of that name.

    Args:
        spelling: As a catalogue writes it.
        kind: What the catalogue says that it is; empty = by its name.
    """
    known = _spellings().get(spelling.casefold())
    if known is not None:
        return dataclasses.replace(known, spelling=spelling)
    guess = "Institution" if _UNIVERSITY.search(spelling) else "Company"
    return Organisation(kind or guess, slug(spelling), spelling, spelling, starter=False)


@functools.cache
def _spellings() -> Mapping[str, Organisation]:
    file = Path(__file__).parent / "data" / "spellings.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return {
            r["spelling"].casefold(): Organisation(
                r["kind"], r["id"], r["name"], r["spelling"], starter=bool(r["starter"])
            )
            for r in csv.DictReader(stream)
        }
