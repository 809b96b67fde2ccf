"""Who publishes each package of an application: what the graph knows first, then what its own metadata say.

The rules, surest first; each answer carries its rule as `sign`, why as `evidence`, and how sure it is:

1. `graph`: a framework, or an organisation, publishes it as the graph states.
2. `repository`: its repository is that of a framework, and its author names nobody else.
3. `account`: its repository lies in the account of an organisation, or in one where everything that the graph knows is
   decided on by one party.
4. the other rules of `loaders.python_packages.publishers`, down to an individual, who is never named.

Of a framework the publisher is who surely decides on it alone; where that is a body, an organisation that has rights
over the framework and that the metadata name; where nobody does, the project itself.
"""

from __future__ import annotations

import dataclasses
from typing import Final

from ..loaders.python_packages.publishers import PERSONAL, Publisher
from ..loaders.python_packages.reading import Package
from .facts import Facts, Party
from .findings import AuditedPackage

__all__ = [
    "Framework",
    "Published",
    "entity_of",
    "framework_of",
    "metadata_publisher",
    "with_publisher",
]

_REPOSITORY: Final = 0.9
_ACCOUNT: Final = 0.8
_ORGANISATIONS: Final = frozenset({"Company", "Institution"})


@dataclasses.dataclass(frozen=True, slots=True)
class Published:
    """Who publishes a package, by its metadata or by what the graph states of the package itself.

    Attributes:
        entity: Id of the organisation; None = not known, or an individual.
        name: Its name.
        sort: `company`, `foundation`, `community` or `individual`; None = not known.
        confidence: How sure that is.
        sign: The rule that says so.
        evidence: Why, in words.
    """

    entity: str | None = None
    name: str | None = None
    sort: str | None = None
    confidence: float | None = None
    sign: str = ""
    evidence: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Framework:
    """Which framework a package is of.

    Attributes:
        id: Its id.
        confidence: How sure that is.
        sign: `graph` or `repository`.
    """

    id: str
    confidence: float
    sign: str


def framework_of(package: Package, key: str, facts: Facts) -> Framework | None:
    """The framework that publishes a package, by the graph or by its repository; None where none is known to.

    Args:
        package: As its file states it.
        key: `ecosystem/name`.
        facts: Of the graph.
    """
    if framework := facts.published_by.get(key):
        return Framework(framework, facts.publishing_confidence[key], "graph")
    for repository in package.repositories:
        framework = facts.repositories.get(repository)
        if framework and not _named_elsewhere(package.publisher, framework, facts):
            return Framework(framework, _REPOSITORY, "repository")
    return None


def _named_elsewhere(publisher: Publisher | None, framework: str, facts: Facts) -> bool:
    """Whether its author names an organisation that has nothing to say in the framework."""
    if publisher is None or publisher.sign not in {"author", "collective author"}:
        return False
    return entity_of(publisher, facts) not in facts.governors(framework)


def entity_of(publisher: Publisher, facts: Facts) -> str:
    """The id of a publisher that metadata name, in the graph where it is there."""
    own = f"{publisher.kind.lower()}/{publisher.id}"
    return facts.by_identifier.get(f"stackholder:{own}", own)


def metadata_publisher(package: Package, key: str, facts: Facts) -> Published:
    """Who publishes a package, as far as no framework has a say.

    Args:
        package: As its file states it.
        key: `ecosystem/name`.
        facts: Of the graph.
    """
    if stated := facts.publishing_organisation.get(key):
        entity, sure = stated
        sort = facts.sort(entity)
        return Published(entity, facts.name(entity), sort, sure, "graph", "stated in the graph")
    guess = package.publisher
    holder = _of_framework_account(package, facts)
    if holder and (guess is None or guess.sort == "community" or guess.sign == PERSONAL):
        words = "everything of its account that the graph knows is theirs"
        return Published(holder, facts.name(holder), facts.sort(holder), _ACCOUNT, "account", words)
    if guess is None:
        return Published()
    if not guess.id:
        return Published(None, None, guess.sort, guess.confidence, guess.sign, guess.evidence)
    entity = entity_of(guess, facts)
    name = facts.names.get(entity, guess.name)
    return Published(entity, name, guess.sort, guess.confidence, guess.sign, guess.evidence)


def _of_framework_account(package: Package, facts: Facts) -> str | None:
    for repository in package.repositories[:1]:
        return facts.account_holders.get(repository.rpartition("/")[0])
    return None


def with_publisher(package: AuditedPackage, party: Party | None, facts: Facts) -> AuditedPackage:
    """A package of a framework with who publishes that; any other as it is.

    Args:
        package: With what its metadata say.
        party: Who surely decides on its framework alone.
        facts: Of the graph.
    """
    if package.framework is None:
        return package
    name = package.framework_name or package.name
    who: str | None
    called: str | None
    sort: str | None
    if party and (party.kind in _ORGANISATIONS or party.id == package.publisher):
        who, called, sort = party.id, party.name, facts.sort(party.id)
        why = f"{name}, on which it decides alone"
    elif package.publisher in facts.governors(package.framework):
        who, called, sort = package.publisher, package.publisher_name, package.publisher_sort
        why = f"{name}, over which it has rights; {package.evidence}"
    elif party and party.kind == "GoverningBody":
        who, called, sort = party.id, party.name, "community"
        why = f"{name}, on which it decides alone"
    else:
        who, called, sort = None, name, "community"
        why = f"{name}, on which nobody is known to decide alone"
    return dataclasses.replace(
        package,
        publisher=who,
        publisher_name=called,
        publisher_sort=sort,
        confidence=package.framework_confidence,
        sign=package.framework_sign,
        evidence=f"published by {why}",
    )
