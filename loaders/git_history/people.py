"""Authors: from a name and an address as git gives them to a pseudonym, a domain and what sort of actor it is."""

from __future__ import annotations

import csv
import dataclasses
import functools
import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Final, NamedTuple

from .domains import domain_of, domain_rows, generalised, looks_personal

__all__ = ["Actor", "Bot", "actor", "bots_digest", "company", "contributor_of"]

_PSEUDONYMISED: Final = re.compile(r"(u|bot|svc)-([0-9a-f]{16})(?:\[bot\])?")
_PLACEHOLDER: Final = re.compile(r"(personal|rare|local|none)\.invalid")
_AUTOMATON: Final = re.compile(r"\[bot\]$|[-_ ](bot|robot)$")
_NOBODY: Final = re.compile(
    r"(your|user|first|last|full|my|no|the|test|unknown|anonymous|not|root) (full )?"
    r"(name|last|user|author|committer|committed|account)\b.*"
)
_LEAST_LETTERS: Final = 2
_KINDS: Final = {"u": "none", "bot": "automation", "svc": "mirror"}


class Bot(NamedTuple):
    """What sort of actor, and whose.

    Attributes:
        kind: `none`, `automation` or `mirror`.
        organisation: Id of the company whose work a mirror carries; empty for others.
    """

    kind: str
    organisation: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """Someone who authored, co-authored or reviewed. Holds neither name nor address.

    Attributes:
        pseudonym: 16 hexadecimal digits.
        domain: What may be kept of the domain; with fewer than three authors on it, `~rare` or `~personal`.
        shared: The domain itself, to be kept once three authors share it; empty where `domain` is final.
        key: Pseudonym of the domain, to count its authors by; empty where `domain` is final.
        bot: What sort of actor.
        called: Pseudonym of the name, by which several addresses of one person are linked; empty where the name is
            too common for that, or stands for no person.
    """

    pseudonym: str
    domain: str
    shared: str
    key: str
    bot: Bot
    called: str = ""


def contributor_of(address: str, pseudonym: Callable[[str], str]) -> str:
    """The id of the contributor who uses an address: what follows `contributor/` in the graph.

    Where a project's `.mailmap` gives a person another address, that one counts.

    Args:
        address: E-mail address, in any case; `Name <address>` too.
        pseudonym: Keyed hash (`Claims.pseudonym`).

    Raises:
        ValueError: It is no address. The message does not repeat it.
    """
    bare = address.rpartition("<")[2].partition(">")[0].strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", bare):
        raise ValueError("not an e-mail address")
    return pseudonym(bare)


def actor(name: str, address: str, pseudonym: Callable[[str], str]) -> Actor:
    """Turns a name and an address into an actor.

    Identities that are pseudonymised already (`u-ID <ID@domain>`) keep their id and their domain.

    Args:
        name: As in the commit, `.mailmap` applied.
        address: The same.
        pseudonym: Keyed hash (`Claims.pseudonym`).
    """
    address = address.strip().lower()
    known = _PSEUDONYMISED.fullmatch(name)
    if known and address.partition("@")[0] == known[2]:
        domain = domain_of(address)
        place = _PLACEHOLDER.fullmatch(domain)
        domain = f"~{place[1]}" if place else domain or "~none"
        kind = _KINDS[known[1]]
        return Actor(
            known[2], domain, "", "", Bot(kind, company(domain) if kind == "mirror" else "")
        )
    identity = pseudonym(address or f"name {name.strip().lower()}")
    domain = domain_of(address)
    kept = generalised(domain)
    bot = _bot(name, address)
    called = _called(name, pseudonym) if bot.kind == "none" else ""
    if kept is not None:
        return Actor(identity, kept, "", "", bot, called)
    rare = "~personal" if looks_personal(name, address) else "~rare"
    return Actor(identity, rare, domain, pseudonym(f"domain {domain}"), bot, called)


def _called(name: str, pseudonym: Callable[[str], str]) -> str:
    """The pseudonym of a name of two words or more; one word alone is shared by too many."""
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    words = [w for w in re.split(r"[\s._-]+", plain) if len(w) >= _LEAST_LETTERS and w.isalpha()]
    if len(words) < _LEAST_LETTERS or _NOBODY.fullmatch(plain) or "@" in plain:
        return ""
    return pseudonym(f"called {plain}")


def _bot(name: str, address: str) -> Bot:
    plain = name.strip().lower()
    bare = plain.removesuffix("[bot]").strip()
    listed = _bots()
    found = (
        listed.get(("address", _without_number(address)))
        or listed.get(("name", plain))
        or listed.get(("name", bare))
    )
    if found is None and _AUTOMATON.search(plain):
        found = Bot("automation")
    return found or Bot("none")


def _without_number(address: str) -> str:
    """`123+login@users.noreply.github.com` → `login@users.noreply.github.com`."""
    return re.sub(r"^\d+\+", "", address)


@functools.cache
def _bots() -> Mapping[tuple[str, str], Bot]:
    text = resources.files(__package__).joinpath("data", "bots.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["match"], row["value"]): Bot(row["kind"], row["organisation"]) for row in rows}


def bots_digest() -> str:
    """Changes when the list of bots does."""
    return hashlib.sha256(repr(sorted(_bots().items())).encode()).hexdigest()[:16]


@functools.cache
def _companies() -> Mapping[str, str]:
    return {row["domain"]: row["organisation"] for row in domain_rows() if not row["to"]}


def company(domain: str) -> str:
    """Whose staff use a domain today, by the packaged list; empty where it does not say."""
    parts = domain.split(".")
    tails = (".".join(parts[i:]) for i in range(len(parts) - 1))
    return next((c for tail in tails if (c := _companies().get(tail))), "")
