"""What binds an application: licences that are not permissive, and laws."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Sequence
from typing import Final

from ..loaders.python_packages.reading import Package
from .contents import printable, terms
from .facts import Facts
from .findings import AuditedFramework, AuditedModel, Bond, Decider

__all__ = ["bonds"]

_PERMISSIVE: Final = "permissive"
_ORDER: Final = ("proprietary", "restricted", "copyleft", "not known", "")

_Binding = tuple[str, str, tuple[str, ...]]
"""Name of a licence, its terms, its restrictions."""


def bonds(
    facts: Facts,
    packages: Sequence[Package],
    frameworks: Sequence[AuditedFramework],
    models: Sequence[AuditedModel],
    deciders: Sequence[Decider],
) -> tuple[Bond, ...]:
    """Licences that are not permissive, the narrowest first, then laws.

    Licences are those that the packages state, those of the frameworks behind them, and those of models and data sets.
    A law binds its bearer; what it binds here are the models and data sets on which the bearer surely decides.
    """
    things: dict[_Binding, dict[str, None]] = collections.defaultdict(dict)
    keys: dict[_Binding, dict[str, None]] = collections.defaultdict(dict)
    for package in packages:
        for licence in package.licences:
            sort = terms(licence, facts)
            if sort != _PERMISSIVE:
                limits = facts.restrictions(licence.spdx or licence.name)
                things[printable(licence.name), sort, limits][printable(package.name)] = None
    for binding, names, key in _stated(facts, frameworks, models):
        things[binding] |= dict.fromkeys(names)
        keys[binding][key] = None
    licences = [
        Bond(name, "licence", sort, limits, tuple(names), "", tuple(keys[name, sort, limits]))
        for (name, sort, limits), names in things.items()
    ]
    licences.sort(key=lambda b: (_ORDER.index(b.terms), -len(b.things), b.name.casefold()))
    return (*licences, *_laws(facts, models, deciders))


def _stated(
    facts: Facts, frameworks: Sequence[AuditedFramework], models: Sequence[AuditedModel]
) -> Iterator[tuple[_Binding, tuple[str, ...], str]]:
    """Licences that bind as the graph states them."""
    subjects: list[tuple[str, tuple[str, ...]]] = [(f.id, f.packages) for f in frameworks]
    subjects += [(m.entity, (m.name,)) for m in models if m.entity is not None]
    for subject, names in subjects:
        for row in facts.licences.get(subject, ()):
            hold = facts.hold(row["target"])
            if hold is not None and hold >= facts.least:
                name = facts.name(row["target"])
                limits = facts.restrictions(name)
                sort = "restricted" if limits else "proprietary"
                if hold < float(facts.strengths["licence"]["open_below"]):
                    sort = "copyleft"
                yield (name, sort, limits), names, row["key"]


def _laws(
    facts: Facts, models: Sequence[AuditedModel], deciders: Sequence[Decider]
) -> Iterator[Bond]:
    """Laws that bind a model or data set, or who surely decides on it: duties of makers, not of their libraries."""
    names = {m.name for m in models}
    bearers: dict[str, tuple[str, tuple[str, ...]]] = {
        m.entity: ("", (m.name,)) for m in models if m.entity is not None
    }
    for decider in deciders:
        made = tuple(name for name in decider.surely if name in names)
        if made:
            bearers[decider.id] = decider.name, made
    rows = facts.powers(bearers)
    for bearer, (name, things) in bearers.items():
        for row in rows.get(bearer, ()):
            if row["power"] == "binds" and row["source_kind"] == "Norm":
                basis = tuple(row["basis"].split())
                yield Bond(facts.name(row["source"]), "law", "", (), things, name, basis)
