"""E-mail domains: which may be kept, because they name an organisation or a provider and not a person.

The lists lie in the data folder of the loader `affiliations`; they are read here as files, not through its code.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from importlib import resources
from typing import Final

__all__ = [
    "MANY",
    "accuracy_rows",
    "domain_of",
    "domain_rows",
    "employer_on",
    "generalised",
    "is_company",
    "is_private",
    "lists_digest",
    "looks_personal",
    "organisation_rows",
    "work_domain",
]

MANY: Final = 3
"""From so many authors on, a domain is taken not to name one of them."""

_LOCAL: Final = re.compile(
    r"\(none\)|\d+(\.\d+){3}|\[.*\]|(.*\.)?(local|localdomain|localhost|lan|home|internal|intranet|corp|invalid|test|example)"
)
_UNIVERSITY: Final = re.compile(r"(?:.*\.)?([^.]+\.(?:edu|(?:edu|ac)\.[a-z]{2}))")
_ALUMNI: Final = re.compile(r"(?:^|\.)((?:alum|alumni|alumnus|alumna|noreply|no-reply)\..*)")
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)+")
_OWN_BOXES: Final = frozenset(
    {
        "me",
        "mail",
        "email",
        "hi",
        "hello",
        "hey",
        "contact",
        "git",
        "github",
        "dev",
        "code",
        "info",
        "i",
        "oss",
        "web",
        "admin",
        "root",
    }
)
_LEAST_LETTERS: Final = 3


def _text(name: str) -> str:
    folder = resources.files(__package__.rpartition(".")[0]).joinpath("affiliations", "data", name)
    return folder.read_text(encoding="utf-8")


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(_text(name).splitlines())


def domain_rows() -> list[dict[str, str]]:
    """The packaged list: domain, organisation, from, to (dates as stated; empty = not stated)."""
    return list(_rows("domains.csv"))


def organisation_rows() -> list[dict[str, str]]:
    """The organisations of that list: id, kind, name, identifiers and more."""
    return list(_rows("organisations.csv"))


def accuracy_rows() -> list[dict[str, str]]:
    """How often signals are right: signal, repository (empty = any), accuracy, basis."""
    return list(_rows("accuracy.csv"))


@functools.cache
def lists_digest() -> str:
    """Changes when the lists do."""
    return hashlib.sha256(
        "".join(map(_text, ("domains.csv", "providers.csv"))).encode()
    ).hexdigest()[:16]


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(row["domain"] for row in domain_rows())


@functools.cache
def _providers() -> frozenset[str]:
    return frozenset(row["domain"] for row in _rows("providers.csv"))


def domain_of(address: str) -> str:
    """The domain of an address in lower case; empty where it has none."""
    return address.rpartition("@")[2].strip().strip(".").lower() if "@" in address else ""


def generalised(domain: str) -> str | None:
    """What may be kept of a domain whoever uses it; None where that depends on how many do.

    Providers and listed organisations stay; departments of those and of universities are cut to the organisation,
    alumni services to their own name. `~none`: no domain; `~local`: the name of a machine.
    """
    if not domain:
        return "~none"
    if _LOCAL.fullmatch(domain) or not _LABEL.fullmatch(domain):
        return "~local"
    if domain in _providers() or domain in _known():
        return domain
    parts = domain.split(".")
    known = next(
        (k for i in range(1, len(parts) - 1) if (k := ".".join(parts[i:])) in _known()), None
    )
    university = _UNIVERSITY.fullmatch(domain)
    if not known and not university:
        return None
    alumni = _ALUMNI.search(domain)
    return alumni[1] if alumni else known or (university and university[1])


def looks_personal(name: str, address: str) -> bool:
    """Whether the domain of an address seems to bear the name of the one who uses it."""
    local, _, domain = address.lower().rpartition("@")
    own = _letters(domain.rpartition(".")[0])
    words = [_letters(w) for w in re.split(r"[\s._+-]+", f"{name.lower()} {local}")]
    return local in _OWN_BOXES or any(len(w) >= _LEAST_LETTERS and w in own for w in words)


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", folded)


def is_private(domain: str) -> bool:
    """Whether a domain, as it is kept, is one that people use beside their work: a provider's, an own one, or none.

    `~rare` is not: it may be a small employer's.
    """
    alumni = _ALUMNI.search(domain) is not None
    return alumni or domain in _providers() or domain in {"~personal", "~local", "~none"}


@functools.cache
def _companies() -> frozenset[str]:
    return frozenset(row["id"] for row in organisation_rows() if row["kind"] == "Company")


def is_company(organisation: str) -> bool:
    """Whether the packaged list has an organisation, by its id, as a company."""
    return organisation in _companies()


@functools.lru_cache(maxsize=1 << 16)
def work_domain(domain: str) -> str:
    """A domain, as it may be kept, where the packaged list says whose staff use it; else empty."""
    kept = generalised(domain) if not domain.startswith("~") else None
    if not kept or is_private(kept) or _ALUMNI.search(kept):
        return ""
    parts = kept.split(".")
    tails = (".".join(parts[i:]) for i in range(len(parts) - 1))
    return kept if any(tail in _known() for tail in tails) else ""


@functools.lru_cache(maxsize=1 << 16)
def employer_on(domain: str, day: str) -> str:
    """Whose staff use a domain on a day (YYYY-MM-DD), by the packaged list; empty where it does not say.

    The longest listed domain counts, and of its rows one with a date before one without.
    """
    if _ALUMNI.search(domain):
        return ""
    parts = domain.split(".")
    for tail in (".".join(parts[i:]) for i in range(len(parts) - 1)):
        rows = [
            row
            for row in _owners().get(tail, ())
            if row["from"] <= day and (not row["to"] or day < row["to"])
        ]
        if rows:
            return max(rows, key=lambda row: bool(row["from"] or row["to"]))["organisation"]
    return ""


@functools.cache
def _owners() -> dict[str, list[dict[str, str]]]:
    """The rows of the packaged list by domain. Partial dates sort before the full ones of their period."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in domain_rows():
        found.setdefault(row["domain"], []).append(row)
    return found
