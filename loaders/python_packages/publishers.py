"""Who seems to publish a package, guessed from its own author, address and repository fields.

Addresses are looked at for their domain and forgotten; no person's name or address leaves this
module. An employee's address alone says who pays the author, not who publishes: it counts only
beside other evidence.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from email.utils import getaddresses
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

__all__ = ["Publisher", "guess"]

_NAMED: Final = 0.9
_OWNER: Final = 0.8
_ADDRESS: Final = 0.7
_AGREEING: Final = 0.03
_MOST: Final = 0.96
_FORGES: Final = frozenset({"github.com", "gitlab.com"})
_COLLECTIVE = re.compile(
    r"\b(authors?|team|developers?|devs|maintainers|contributors|community|project|foundation|inc"
    r"|llc|ltd|corp|corporation|labs|group|support|packages?|software|research)\b|^$",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Publisher:
    """An organisation that the metadata of a package point to.

    Attributes:
        kind: `Company` or `Institution`.
        id: Slug, that of the starter data.
        name: As it is to be shown.
        identifiers: `scheme:value`, for recognising it.
        confidence: 0.7 to 0.96, by the strength and number of signs.
        evidence: The signs, in words.
    """

    kind: str
    id: str
    name: str
    identifiers: tuple[str, ...]
    confidence: float
    evidence: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Organisation:
    kind: str
    id: str
    name: str
    identifiers: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Tables:
    names: tuple[tuple[re.Pattern[str], _Organisation], ...]
    domains: Mapping[str, _Organisation]
    owners: Mapping[str, _Organisation]


def guess(names: Iterable[str], addresses: Iterable[str], urls: Iterable[str]) -> Publisher | None:
    """The organisation that most signs point to; None when none does, or two do equally.

    Args:
        names: Author and maintainer, as stated.
        addresses: Author's and maintainer's e-mail fields, as stated.
        urls: Home page and project addresses.
    """
    signs: dict[_Organisation, dict[str, float]] = {}
    weak: list[tuple[_Organisation, str]] = []
    names = [n for n in names if n]
    people = list(getaddresses([a for a in addresses if a]))
    for text in [*names, *(name for name, _ in people)]:
        if found := _of_name(text):
            signs.setdefault(found, {})["the author field names it"] = _NAMED
    for owner, found in _of_urls(urls):
        signs.setdefault(found, {})[f"the repository belongs to {owner}"] = _OWNER
    for name, address in people:
        domain = address.rpartition("@")[2].lower()
        if found := _of_domain(domain):
            sign = f"an address at {domain}"
            if _COLLECTIVE.search(name or " ".join(names)):
                signs.setdefault(found, {}).setdefault(sign, _ADDRESS)
            else:
                weak.append((found, sign))
    for found, sign in weak:
        if found in signs:
            signs[found].setdefault(sign, _ADDRESS)
    return _best(signs)


def _best(signs: Mapping[_Organisation, Mapping[str, float]]) -> Publisher | None:
    def weight(found: _Organisation) -> float:
        return round(
            min(_MOST, max(signs[found].values()) + _AGREEING * (len(signs[found]) - 1)), 2
        )

    ranked = sorted(signs, key=lambda found: (-weight(found), found.id))
    if not ranked or (len(ranked) > 1 and weight(ranked[0]) == weight(ranked[1])):
        return None
    best = ranked[0]
    evidence = "; ".join(sorted(signs[best]))
    return Publisher(best.kind, best.id, best.name, best.identifiers, weight(best), evidence)


def _of_name(text: str) -> _Organisation | None:
    """The organisation whose name takes up most of a text."""
    matches = ((pattern.search(text), found) for pattern, found in _tables().names)
    spans = [(match.end() - match.start(), found.id, found) for match, found in matches if match]
    return max(spans, key=lambda span: span[:2])[2] if spans else None


def _of_domain(domain: str) -> _Organisation | None:
    """The organisation of a mail domain or of a domain above it."""
    while "." in domain:
        if found := _tables().domains.get(domain):
            return found
        domain = domain.partition(".")[2]
    return None


def _of_urls(urls: Iterable[str]) -> Iterator[tuple[str, _Organisation]]:
    for url in urls:
        try:
            parts = urlsplit(url.strip())
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            continue
        owner = parts.path.strip("/").partition("/")[0].lower()
        if host in _FORGES and (found := _tables().owners.get(owner)):
            yield owner, found


@functools.cache
def _tables() -> _Tables:
    names, domains, owners = [], {}, {}
    file = Path(__file__).parent / "data" / "publishers.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            identifiers = tuple(i for i in row["identifiers"].split(";") if i)
            found = _Organisation(row["kind"], row["id"], row["name"], identifiers)
            if row["names"]:
                pattern = re.compile(rf"(?<!\w)(?:{row['names']})(?!\w)", re.IGNORECASE)
                names.append((pattern, found))
            domains.update({d: found for d in row["domains"].split(";") if d})
            owners.update({o: found for o in row["owners"].split(";") if o})
    return _Tables(tuple(names), domains, owners)
