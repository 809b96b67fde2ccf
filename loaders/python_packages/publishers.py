"""Who publishes a package, by its own author, addresses, repository and licence: a cascade, the surest sign first.

A firm, a foundation and a community are named. A person is not: `individual` says that one person or a few publish
it, and no more. Addresses are looked at for their domain and forgotten; no person's name, address or account leaves
this module. An employee's address alone says who pays the author, not who publishes.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from email.utils import getaddresses
from typing import Final

from ...graph.legal_forms import is_company_name
from ..spelling import slug
from .accounts import Organisation, Sort, accounts, by_account, by_domain, by_name

__all__ = ["PERSONAL", "Description", "Publisher", "of_parent", "publisher"]

PERSONAL: Final = "person"
"""The sign of an individual of whom no account says so: the weakest, which a package that needs it overrules."""

_ACCOUNT: Final = 0.8
_NAMED: Final = 0.9
_ADDRESS: Final = 0.7
_HOLDER: Final = 0.8
_WORDED: Final = 0.8
_OWN_ACCOUNT: Final = 0.7
_PARENT: Final = 0.7
_AGREEING: Final = 0.03
_DISAGREEING: Final = 0.1
_MOST: Final = 0.96
_SAME_PERSON: Final = 0.9
_PERSON: Final = 0.8
_NOBODY: Final = 0.6

_COLLECTIVE = re.compile(
    r"\b(authors?|team|developers?|devs|maintainers|contributors|community|project|foundation|inc"
    r"|llc|ltd|corp|corporation|labs|group|support|packages?|software|research)\b|^$",
    re.IGNORECASE,
)
_TEAM = re.compile(
    r"^(?:the )?(?P<name>[\w.&+ -]{2,50}?)(?: (?:core|development|developer|maintenance))*"
    r" (?:teams?|authors|developers|devs|contributors|community|maintainers|project|organi[sz]ation)$",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(
    r"^(?:the )?[A-Z][\w.&+ -]{1,50}\b(?:foundation|institute|university|consortium|authority)$",
    re.IGNORECASE,
)
_HOLDERS = re.compile(
    r"^\W*copyright\s*(?:\(c\)|©)?\s*(?:[\d,\s–-]|present)*(?:by\s)?\s*(?P<holder>[^\n\r]{2,80})",
    re.IGNORECASE | re.MULTILINE,
)
_RIGHTS = re.compile(
    r"\s*(?:all rights reserved|and (?:other|individual)?\s*contributors).*$", re.IGNORECASE
)
_AFFIXES = re.compile(
    r"^(?:python|py)-?(?=...)|-?(?:python|py|dev|devs|team|org|project|labs?|hq|ai|io)$"
)
_PLACEHOLDERS: Final = frozenset({"your name", "author", "unknown", "none", "n/a", "see authors"})
_ROLES: Final = frozenset(
    {"contact", "info", "hello", "hey", "team", "teams", "dev", "devs", "developers", "support"}
    | {"help", "opensource", "open-source", "oss", "packages", "pypi", "sdk", "maintainers"}
    | {"admin", "engineering", "eng", "security", "python", "community"}
)
_FREE: Final = (".org", ".net", ".edu")
_LEAST: Final = 4
_BEGINNING: Final = 2_000


@dataclasses.dataclass(frozen=True, slots=True)
class Description:
    """What a package says of itself.

    Attributes:
        name: Normalised name.
        authors: Author and maintainer, as stated.
        addresses: Author's and maintainer's e-mail fields, as stated.
        links: (label, address) of its home page and project addresses.
        licence: Its licence field, which may be a whole text.
    """

    name: str
    authors: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    licence: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes a package.

    Attributes:
        sort: Company, foundation, community or individual.
        kind: `Company` or `Institution`; empty of an individual.
        id: Slug, that of the starter data where it is there; empty of an individual.
        name: As it is to be shown; empty of an individual.
        identifiers: `scheme:value`, for recognising it.
        confidence: 0.6 to 0.96, by the strength and number of signs.
        sign: The rule that answered.
        evidence: The signs, in words.
    """

    sort: Sort
    kind: str
    id: str
    name: str
    identifiers: tuple[str, ...]
    confidence: float
    sign: str
    evidence: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Signs:
    """A description, taken apart.

    Attributes:
        name: Of the package, without affixes.
        texts: Names of authors and maintainers, persons and others.
        people: (name, local part, domain) of their addresses.
        accounts: (host, account), those of its source first.
        licence: Its licence field.
    """

    name: str
    texts: tuple[str, ...]
    people: tuple[tuple[str, str, str], ...]
    accounts: tuple[tuple[str, str], ...]
    licence: str


def publisher(description: Description) -> Publisher | None:
    """Who publishes it, by the first rule that answers; None where it says nothing of anybody."""
    signs = _signs(description)
    for rule in _CASCADE:
        if one := rule(signs):
            return one
    return None


def of_parent(parents: Sequence[tuple[str, Publisher | None]], name: str) -> Publisher | None:
    """The publisher of the package that needs one and whose name begins its name; None where none or several do.

    Args:
        parents: (name, publisher) of the packages that need it.
        name: Of the package.
    """
    named = {
        (p.kind, p.id): p
        for parent, p in parents
        if p and p.id and (name.startswith(f"{parent}-") or f"{parent}-" == f"{name}-")
    }
    if len(named) != 1:
        return None
    (one,) = named.values()
    words = "a package that needs it begins its name, and is theirs"
    confidence = min(_PARENT, one.confidence)
    return dataclasses.replace(one, confidence=confidence, sign="parent", evidence=words)


# ---------------------------------------------------------------------- organisations that are known


def _of_account(signs: _Signs) -> Publisher | None:
    """Whose account its source lies in."""
    for host, account in signs.accounts:
        if one := by_account(host, account):
            named = {o for t in signs.texts if (o := by_name(t))}
            own = {o for _, _, domain in signs.people if (o := by_domain(domain))}
            words = [f"the repository belongs to {account}"]
            confidence = _ACCOUNT
            if one in named:
                confidence = _NAMED + _AGREEING
                words.insert(0, "the author field names it")
            elif named:
                confidence -= _DISAGREEING
                words.append("the author field names another")
            if one in own:
                confidence += _AGREEING
                words.append("an address of its own")
            return _publisher(one, confidence, "account", words)
    return None


def _of_name(signs: _Signs) -> Publisher | None:
    """Whom the author field names; nobody where it names two."""
    named = {o for t in signs.texts if (o := by_name(t))}
    if len(named) != 1:
        return None
    (one,) = named
    words = ["the author field names it"]
    own = any(by_domain(domain) == one for _, _, domain in signs.people)
    words += ["an address of its own"] * own
    return _publisher(one, _NAMED + _AGREEING * own, "author", words)


def _of_domain(signs: _Signs) -> Publisher | None:
    """Whose domain a team's address is at; a person's address says who pays the person."""
    texts = " ".join(signs.texts)
    owners = {
        one: domain
        for name, _, domain in signs.people
        if _COLLECTIVE.search(name or texts) and (one := by_domain(domain))
    }
    if len(owners) != 1:
        return None
    ((one, domain),) = owners.items()
    return _publisher(one, _ADDRESS, "domain", [f"an address at {domain}"])


# ---------------------------------------------------------------------- others, by what they call themselves


def _of_wording(signs: _Signs) -> Publisher | None:
    """A firm or foundation by its form, a community by being called after the package or its account."""
    for text in signs.texts:
        if one := _worded(text, signs):
            return _publisher(one, _WORDED, "collective author", ["the author field names it"])
    return None


def _of_licence(signs: _Signs) -> Publisher | None:
    """Who holds the copyright, by the first line of the licence that says so."""
    match = _HOLDERS.search(signs.licence[:_BEGINNING])
    if match is None:
        return None
    holder = _RIGHTS.sub("", match["holder"]).strip(" .,;")
    one = by_name(holder) or _worded(holder, signs)
    return _publisher(one, _HOLDER, "licence holder", ["its licence names it"]) if one else None


def _worded(text: str, signs: _Signs) -> Organisation | None:
    if is_company_name(text):
        return Organisation("Company", slug(text), text, "company")
    if _AUTHORITY.match(text):
        return Organisation("Institution", slug(text), text, "foundation")
    if any(domain == f"lists.{_plain(text)}.org" for _, _, domain in signs.people):
        return Organisation("Institution", slug(text), text, "community")
    team = _TEAM.match(text)
    if team and any(_alike(team["name"], own) for own in _own_names(signs)):
        shown = re.sub(r"^the ", "", text, flags=re.IGNORECASE)
        return Organisation("Institution", slug(shown), shown, "community")
    return None


def _own_names(signs: _Signs) -> Iterator[str]:
    yield signs.name
    yield from (account for _, account in signs.accounts)
    yield from (domain.partition(".")[0] for _, _, domain in signs.people)


def _of_own_account(signs: _Signs) -> Publisher | None:
    """A project with an account of its own, called after it or after an author with a role's address.

    It is a firm where the address is at a domain of just that name, else a community.
    """
    for _, account in signs.accounts:
        roles = [
            domain
            for name, local, domain in signs.people
            if local in _ROLES and domain.startswith(_plain(account)) and not domain.endswith(_FREE)
        ]
        named = _alike(account, signs.name)
        if named or (roles and any(t.lower() == account for t in signs.texts)):
            firm = any(domain.partition(".")[0] == _plain(account) for domain in roles)
            words = (
                ["its account has its own name"] if named else ["its account has its author's name"]
            )
            words += [f"an address at {domain}" for domain in roles[:1]]
            one = Organisation(
                "Company" if firm else "Institution",
                slug(account),
                account,
                "company" if firm else "community",
            )
            return _publisher(one, _OWN_ACCOUNT, "project account", words)
    return None


# ---------------------------------------------------------------------- individuals


def _of_person(signs: _Signs) -> Publisher | None:
    """One person or a few: the surer, the more the author and the account are one."""
    texts = [t for t in signs.texts if not _COLLECTIVE.search(t)]
    names = [account for _, account in signs.accounts]
    for account in names:
        people = [*((t, "") for t in texts), *((n, local) for n, local, _ in signs.people)]
        if any(_is_person(text, local, account) for text, local in people):
            return _individual(
                _SAME_PERSON, "personal account", "its account is called after its author"
            )
    if texts or signs.people:
        sure = _NOBODY if names else _PERSON
        return _individual(sure, PERSONAL, "its author is a person, and no organisation is named")
    if names or signs.texts:
        return _individual(
            _NOBODY, PERSONAL, "neither author nor organisation is named, only an account"
        )
    return None


def _is_person(text: str, local: str, account: str) -> bool:
    """Whether a name, or the first part of an address, is what an account is called after."""
    plain = _plain(account)
    words = [w for w in re.split(r"[^\w]+", text.lower()) if len(w) >= _LEAST]
    return any(w in plain or plain in w for w in words) or (
        len(plain) >= _LEAST and _plain(local) == plain
    )


def _individual(confidence: float, sign: str, words: str) -> Publisher:
    return Publisher("individual", "", "", "", (), confidence, sign, words)


_CASCADE: Final[tuple[Callable[[_Signs], Publisher | None], ...]] = (
    _of_account,
    _of_name,
    _of_domain,
    _of_wording,
    _of_licence,
    _of_own_account,
    _of_person,
)
"""In the order of `README.md`; what the graph knows goes before, in an audit."""


# ---------------------------------------------------------------------- parts


def _publisher(
    one: Organisation, confidence: float, sign: str, words: Collection[str]
) -> Publisher:
    sure = round(min(_MOST, confidence), 2)
    return Publisher(
        one.sort, one.kind, one.id, one.name, one.identifiers, sure, sign, "; ".join(words)
    )


def _signs(description: Description) -> _Signs:
    people = []
    for name, address in getaddresses([a for a in description.addresses if a]):
        local, _, domain = address.lower().rpartition("@")
        if domain and domain not in {"example.com", "example.org"}:
            people.append((_stated(name), local, domain))
    texts = [_stated(t) for t in description.authors]
    texts += [name for name, _, _ in people]
    return _Signs(
        description.name,
        tuple(dict.fromkeys(t for t in texts if t)),
        tuple(people),
        tuple(accounts(description.links)),
        description.licence,
    )


def _stated(text: str) -> str:
    """A name in one line; empty where it stands for none."""
    plain = " ".join(text.split()).strip(" \"'")
    lower = plain.lower().rstrip(".")
    return "" if lower in _PLACEHOLDERS or lower.startswith("see author") else plain


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def _alike(left: str, right: str) -> bool:
    """Whether two names are one but for affixes, or one begins the other's parts."""
    one, other = (
        _AFFIXES.sub("", t.lower().replace("_", "-").replace(" ", "-")) for t in (left, right)
    )
    if _plain(one) == _plain(other):
        return True
    short, long = sorted((one, other), key=len)
    return len(_plain(short)) >= _LEAST and long.startswith(f"{short}-")
