"""Organisations and communities by name, domain and account on a forge; accounts and repositories of a package.

`data/publishers.csv` has organisations by name and mail domain, `data/accounts.csv` accounts, each with the page that
shows whose it is.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

__all__ = ["Organisation", "Sort", "accounts", "by_account", "by_domain", "by_name", "repositories"]

Sort = Literal["company", "foundation", "community", "individual"]
"""A firm · a foundation, university or authority · a project's own community · one person or a few, never named."""

_FORGES: Final = frozenset(
    {"github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "foss.heptapod.net"}
)
_PAGES: Final = (".github.io", ".gitlab.io")
_NO_OWNERS: Final = frozenset({"sponsors", "orgs", "marketplace", "apps", "topics", "about"})
_ELSEWHERE = re.compile(
    r"upstream|fund|sponsor|donat|chat|social|discuss|twitter|mastodon", re.IGNORECASE
)
_SOURCE = re.compile(r"source|repo|code|\bgit", re.IGNORECASE)
_HOME = re.compile(r"home", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class Organisation:
    """Who can publish packages and may be named.

    Attributes:
        kind: `Company` or `Institution`.
        id: Slug, that of the starter data where it is there.
        name: As it is to be shown.
        sort: Company, foundation or community.
        identifiers: `scheme:value`, for recognising it.
    """

    kind: str
    id: str
    name: str
    sort: Sort
    identifiers: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class _Tables:
    names: tuple[tuple[re.Pattern[str], Organisation], ...]
    domains: Mapping[str, Organisation]
    accounts: Mapping[tuple[str, str], Organisation]


def by_name(text: str) -> Organisation | None:
    """The organisation whose name takes up most of a text."""
    matches = ((pattern.search(text), one) for pattern, one in _tables().names)
    spans = [(match.end() - match.start(), one.id, one) for match, one in matches if match]
    return max(spans, key=lambda span: span[:2])[2] if spans else None


def by_domain(domain: str) -> Organisation | None:
    """The organisation of a domain or of a domain above it."""
    while "." in domain:
        if one := _tables().domains.get(domain):
            return one
        domain = domain.partition(".")[2]
    return None


def by_account(host: str, account: str) -> Organisation | None:
    """Whose account it is."""
    return _tables().accounts.get((host, account))


def accounts(links: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(host, account) of the forges that a package links to, each once, those of its source first.

    Args:
        links: (label, address), as stated. Links to other projects, to funding and to chats are left out.
    """
    every = [(rank, host, path[0]) for rank, host, path in _forged(links)]
    return list(dict.fromkeys((host, account) for _, host, account in sorted(every, key=_rank)))


def repositories(links: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Addresses of the repositories that a package links to, without what tells two spellings apart."""
    every = [(rank, host, path) for rank, host, path in _forged(links) if len(path) > 1]
    addresses = (
        f"https://{host}/{path[0]}/{path[1].removesuffix('.git')}"
        for _, host, path in sorted(every, key=_rank)
    )
    return tuple(dict.fromkeys(addresses))


def _rank(one: tuple[int, str, object]) -> int:
    return one[0]


def _forged(links: Iterable[tuple[str, str]]) -> Iterator[tuple[int, str, list[str]]]:
    """(rank, host, parts of the path) of each link to a forge; 0 = its source, 1 = its home, 2 = anything else."""
    for label, url in links:
        if _ELSEWHERE.search(label):
            continue
        try:
            parts = urlsplit(url.strip())
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            continue
        rank = 0 if _SOURCE.search(label) else 1 if _HOME.search(label) else 2
        path = [p for p in parts.path.lower().split("/") if p]
        if host in _FORGES and path and path[0] not in _NO_OWNERS:
            yield rank, host, path
        elif host.endswith(_PAGES):
            owner, _, site = host.partition(".")
            yield rank + 1, site.replace(".io", ".com"), [owner]


@functools.cache
def _tables() -> _Tables:
    names, domains, owners = [], {}, {}
    organisations: dict[tuple[str, str], Organisation] = {}
    for row in _rows("publishers.csv"):
        identifiers = tuple(i for i in row["identifiers"].split(";") if i)
        sort: Sort = "company" if row["kind"] == "Company" else "foundation"
        one = Organisation(row["kind"], row["id"], row["name"], sort, identifiers)
        organisations[row["kind"], row["id"]] = one
        if row["names"]:
            pattern = re.compile(rf"(?<!\w)(?:{row['names']})(?!\w)", re.IGNORECASE)
            names.append((pattern, one))
        domains.update({d: one for d in row["domains"].split(";") if d})
    for row in _rows("accounts.csv"):
        sort = _sort(row["sort"])
        one = organisations.get((row["kind"], row["organisation"])) or Organisation(
            row["kind"], row["organisation"], row["name"], sort
        )
        if one.sort != sort:
            one = dataclasses.replace(one, sort=sort)
        owners[row["host"], row["account"]] = one
    return _Tables(tuple(names), domains, owners)


def _sort(text: str) -> Sort:
    return "company" if text == "company" else "community" if text == "community" else "foundation"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / "data" / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)
