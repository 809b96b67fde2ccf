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

from .domains import domain_of, domain_rows, generalised, is_private, looks_personal

__all__ = ["Actor", "Bot", "actor", "bots_digest", "company", "contributor_of", "credited"]

_PSEUDONYMISED: Final = re.compile(r"(u|bot|svc)-([0-9a-f]{16})(?:\[bot\])?")
_PLACEHOLDER: Final = re.compile(r"(personal|rare|local|none)\.invalid")
_NO_REPLY: Final = re.compile(r"(?:no|do[-_.]?not|dont)[-_.]?reply(?:[-_.+].*)?")
_TOOL: Final = re.compile(r"(?:.+[-_.])?(?:agent|assistant|bot)")
_AUTOMATON: Final = re.compile(r"\[bot\]$|[-_ ](bot|robot)$")
_MODELS: Final = frozenset(
    re.findall(
        r"\w+",
        "opus sonnet haiku fable mythos pro flash ultra nano lite mini max turbo preview latest model "
        "cli code coder agent ai bot assistant dev developer integration",
    )
)
_NUMBER: Final = re.compile(r"v?\d.*")
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
    if _is_assistant(name, address):
        return _tool(name, address, pseudonym)
    identity = pseudonym(address or f"name {name.strip().lower()}")
    domain = domain_of(address)
    kept = generalised(domain)
    bot = _bot(name, address)
    called = _called(name, pseudonym) if bot.kind == "none" else ""
    if kept is not None:
        return Actor(identity, kept, "", "", bot, called)
    rare = "~personal" if looks_personal(name, address) else "~rare"
    return Actor(identity, rare, domain, pseudonym(f"domain {domain}"), bot, called)


def credited(name: str, address: str, pseudonym: Callable[[str], str]) -> Actor:
    """Turns a co-author or reviewer into an actor.

    Who is named in a trailer under an address that takes no reply, that bears the name of a sort of tool, or that of a
    product whose version stands in the name, is a tool that added the trailer itself: neither a person nor the mirror
    of a company.

    Args:
        name: As in the trailer, `.mailmap` applied.
        address: The same.
        pseudonym: Keyed hash (`Claims.pseudonym`).
    """
    box, _, domain = address.strip().lower().rpartition("@")
    hidden = domain.startswith("users.noreply.")  # a person's, whose address the host keeps
    words, own = _words(name), _words(box)
    versioned = own and words.startswith(own) and any(map(str.isdigit, words[len(own) :]))
    product = versioned and not is_private(domain)  # `Model 5 <model@maker.example>`
    if not hidden and (_NO_REPLY.fullmatch(box) or _TOOL.fullmatch(box) or product):
        return _tool(name, address, pseudonym)
    return actor(name, address, pseudonym)


def _tool(name: str, address: str, pseudonym: Callable[[str], str]) -> Actor:
    """A tool is known by its name beside its address: the same address serves many, and companies' mirrors too."""
    address = address.strip().lower()
    kept = generalised(domain_of(address))
    identity = pseudonym(f"tool {_words(name)} {address}")
    return Actor(identity, kept or "~rare", "", "", Bot("automation"))


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
    if found is None and (_AUTOMATON.search(plain) or "[bot]@" in address):
        found = Bot("automation")
    return found or Bot("none")


def _is_assistant(name: str, address: str) -> bool:
    """Whether a name and an address are those of an assistant that writes code.

    Some are called like people (Claude, Jules, Devin): their name counts only beside an address of their maker or one
    that takes no reply; that of others beside an account of the same name, too.
    """
    words = _words(name.removesuffix("[bot]"))
    box, _, domain = address.strip().lower().rpartition("@")
    if domain.startswith("users.noreply."):
        account = box.rpartition("+")[2]
        return any(
            a.names(words)
            and a.sign != "address"
            and (a.sign == "name" or _words(account) == a.name)
            for a in _assistants()
        )
    mute = bool(_NO_REPLY.fullmatch(box))
    for assistant in _assistants():
        theirs = any(domain == d or domain.endswith(f".{d}") for d in assistant.domains)
        if assistant.names(words) and (assistant.sign == "name" or mute or theirs):
            return True
        if theirs and assistant.sign != "address" and _words(box) == assistant.name:
            return True
    return False


def _words(name: str) -> str:
    """A name in lower case, its words parted by one space."""
    return " ".join(re.split(r"[\s_-]+", unicodedata.normalize("NFKC", name).strip().lower()))


class _Assistant(NamedTuple):
    """A tool that writes code, and under which domains its maker lets it sign.

    Attributes:
        name: In lower case.
        domains: Of its maker.
        sign: By what it is known beside its maker's domains: its `name`, an `account` of that name, or an `address`
            that takes no reply.
    """

    name: str
    domains: tuple[str, ...]
    sign: str

    def names(self, words: str) -> bool:
        """Whether words are its name, with or without versions, models or remarks in brackets behind it."""
        if not words.startswith(self.name):
            return False
        rest = re.split(r"[(\[]", words.removeprefix(self.name), maxsplit=1)[0]
        parts = [part for part in re.split(r"[ .:/]+", rest) if part]
        return not rest[:1].isalpha() and all(
            part in _MODELS or bool(_NUMBER.fullmatch(part)) for part in parts
        )


@functools.cache
def _assistants() -> tuple[_Assistant, ...]:
    return tuple(
        _Assistant(row["name"], tuple(row["domains"].split(";")), row["sign"])
        for row in _listed("assistants.csv")
    )


def _listed(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _without_number(address: str) -> str:
    """`123+login@users.noreply.github.com` → `login@users.noreply.github.com`."""
    return re.sub(r"^\d+\+", "", address)


@functools.cache
def _bots() -> Mapping[tuple[str, str], Bot]:
    rows = _listed("bots.csv")
    return {(row["match"], row["value"]): Bot(row["kind"], row["organisation"]) for row in rows}


def bots_digest() -> str:
    """Changes when the lists of bots and assistants do."""
    lists = repr((sorted(_bots().items()), _assistants()))
    return hashlib.sha256(lists.encode()).hexdigest()[:16]


@functools.cache
def _companies() -> Mapping[str, str]:
    return {row["domain"]: row["organisation"] for row in domain_rows() if not row["to"]}


def company(domain: str) -> str:
    """Whose staff use a domain today, by the packaged list; empty where it does not say."""
    parts = domain.split(".")
    tails = (".".join(parts[i:]) for i in range(len(parts) - 1))
    return next((c for tail in tails if (c := _companies().get(tail))), "")
