"""The rules that an audit can break: each with a name, what it means, and what in the application breaks it.

A rule is broken by what is known. Where the unknown could go either way it is not broken; the report says what is
unknown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ..errors import UsageError
from .findings import Audit, AuditedPackage

__all__ = ["RULES", "Breach", "Rule", "Wanted", "breaches", "ruled", "wanted"]


@dataclasses.dataclass(frozen=True, slots=True)
class Breach:
    """One way in which a rule is broken.

    Attributes:
        rule: Name of the rule.
        message: What breaks it, in one sentence.
        subject: Who or what: with the rule, it tells this breach from others.
        packages: Of the application, by name; empty = all of it.
        keys: Of the statements that prove it; empty where the file itself does.
    """

    rule: str
    message: str
    subject: str
    packages: tuple[str, ...]
    keys: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        name: As it is typed after `--fail-on`.
        summary: What is forbidden.
        advice: What to do about it.
        argument: Name of what follows `=`; empty = nothing does.
        check: Gives the breaches, from the audit and the argument.
    """

    name: str
    summary: str
    advice: str
    argument: str
    check: Callable[[Audit, str], Iterator[Breach]]


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """A rule that is asked for.

    Attributes:
        rule: Which.
        argument: What was written after `=`.
    """

    rule: Rule
    argument: str


def wanted(text: str) -> Wanted:
    """Reads `RULE` or `RULE=ARGUMENT`.

    Raises:
        UsageError: There is no such rule, or its argument is missing or too much.
    """
    name, equals, argument = (part.strip() for part in text.partition("="))
    rule = RULES.get(name)
    if rule is None:
        raise UsageError(
            f"there is no rule {name!r}", where="--fail-on", hint=f"one of: {', '.join(RULES)}"
        )
    if bool(rule.argument) != bool(argument) or (equals and not argument):
        shape = f"{name}={rule.argument}" if rule.argument else name
        raise UsageError(f"not how {name} is written: {text!r}", where="--fail-on", hint=shape)
    return Wanted(rule, argument)


def breaches(audit: Audit, asked: Sequence[Wanted]) -> list[Breach]:
    """What breaks the rules, in their order, each breach once."""
    found = [breach for w in asked for breach in w.rule.check(audit, w.argument)]
    return list(dict.fromkeys(found))


def ruled(audit: Audit, asked: Sequence[Wanted] = ()) -> list[tuple[Breach, bool]]:
    """What breaks any rule, and whether that rule is asked for; those that are asked for first."""
    held = breaches(audit, asked)
    plain = [Wanted(rule, "") for rule in RULES.values() if not rule.argument]
    rest = [b for b in breaches(audit, plain) if b not in set(held)]
    return [*((b, True) for b in held), *((b, False) for b in rest)]


def _sole_relicensor(audit: Audit, _: str) -> Iterator[Breach]:
    for framework in audit.frameworks:
        for company in framework.relicensors:
            yield Breach(
                "sole-relicensor",
                f"{company} alone can change the licence of {framework.name}",
                f"{company}/{framework.id}",
                framework.packages,
                framework.governing,
            )


def _elephant(audit: Audit, _: str) -> Iterator[Breach]:
    for framework in audit.frameworks:
        work = framework.work
        if work is not None and work.elephant is not None and work.elephant[1] == 1:
            known = f"{work.top_share[0]:.0%} of {work.total:,} commits are known to be its own"
            yield Breach(
                "elephant-1",
                f"{work.top} does at least half of the work on {framework.name}: {known}"
                if work.leads
                else f"one employer, not known which, does at least half of the work on {framework.name}",
                framework.id,
                framework.packages,
                work.keys,
            )


def _one_maker(audit: Audit, _: str) -> Iterator[Breach]:
    if len(audit.running.makers) == 1:
        (maker,) = audit.running.makers
        narrowed = audit.running.narrowed_by
        yield Breach(
            "one-maker",
            f"every chip that all of it runs on is made by {maker}: "
            f"{', '.join(c.name for c in audit.running.chips)}",
            maker,
            _publishing(audit, narrowed or audit.running.stated),
            audit.running.maker_keys,
        )


def _one_operator(audit: Audit, _: str) -> Iterator[Breach]:
    if len(audit.running.operators) == 1 and not audit.running.unknown_operators:
        (operator,) = audit.running.operators
        yield Breach(
            "one-operator",
            f"every cloud that offers a chip for all of it is run by {operator}",
            operator,
            _publishing(audit, audit.running.narrowed_by or audit.running.stated),
            audit.running.operator_keys,
        )


def _owner_chokepoint(audit: Audit, _: str) -> Iterator[Breach]:
    for choke in audit.running.chokepoints:
        if choke.kind == "owner":
            yield Breach(
                "owner-chokepoint",
                f"without what {choke.names[0]} provides as {choke.role}, none of the "
                f"{audit.running.ways} known ways to run it in a cloud is left",
                choke.ids[0],
                _publishing(audit, audit.running.narrowed_by or audit.running.stated),
                choke.keys,
            )


def _proprietary(audit: Audit, _: str) -> Iterator[Breach]:
    for package in audit.packages:
        if package.proprietary:
            yield _closed(package, "proprietary")


def _proprietary_publisher(audit: Audit, name: str) -> Iterator[Breach]:
    known = {name.casefold(), f"company/{name}".casefold(), f"institution/{name}".casefold()}
    for package in audit.packages:
        called = {(package.publisher_name or "").casefold(), (package.publisher or "").casefold()}
        if package.proprietary and called & known:
            yield _closed(package, "proprietary-publisher")


def _closed(package: AuditedPackage, rule: str) -> Breach:
    by = f", published by {package.publisher_name}," if package.publisher_name else ""
    terms = ", ".join(package.licences)
    message = f"{package.name} {package.version}{by} is under a proprietary licence: {terms}"
    return Breach(rule, message, package.name, (package.name,))


def _unknown_licence(audit: Audit, _: str) -> Iterator[Breach]:
    for package in audit.packages:
        if package.proprietary is None:
            stated = f" beyond {', '.join(package.licences)!r}" if package.licences else ""
            yield Breach(
                "unknown-licence",
                f"{package.name} {package.version} states no licence that is known to be open "
                f"or proprietary{stated}",
                package.name,
                (package.name,),
            )


def _publishing(audit: Audit, frameworks: Sequence[str]) -> tuple[str, ...]:
    names = set(frameworks)
    return tuple(sorted(p for f in audit.frameworks if f.name in names for p in f.packages))


RULES: Final = {
    rule.name: rule
    for rule in (
        Rule(
            "sole-relicensor",
            "No single company can change the licence of a framework.",
            "Prefer projects under a foundation, or without a contributor agreement with one firm.",
            "",
            _sole_relicensor,
        ),
        Rule(
            "elephant-1",
            "No single employer does half of the work on a framework, whoever the unknown are.",
            "Look who else could maintain it; take part in it.",
            "",
            _elephant,
        ),
        Rule(
            "one-maker",
            "The chips on which all of it runs have more than one maker.",
            "See which frameworks narrow it, and whether all of them are needed.",
            "",
            _one_maker,
        ),
        Rule(
            "one-operator",
            "The clouds in which all of it runs have more than one operator.",
            "See which frameworks narrow it, and whether all of them are needed.",
            "",
            _one_operator,
        ),
        Rule(
            "owner-chokepoint",
            "No single owner can cut every known way to run it.",
            "A second maker or operator must be supported by every framework.",
            "",
            _owner_chokepoint,
        ),
        Rule(
            "proprietary",
            "No package is under a proprietary licence.",
            "Replace the package, or accept its terms on purpose.",
            "",
            _proprietary,
        ),
        Rule(
            "proprietary-publisher",
            "No package of that publisher is under a proprietary licence.",
            "Replace the package, or accept its terms on purpose.",
            "NAME",
            _proprietary_publisher,
        ),
        Rule(
            "unknown-licence",
            "Every package states a licence that is known to be open or proprietary.",
            "Read its terms, and ask its publisher to state them as an SPDX expression.",
            "",
            _unknown_licence,
        ),
    )
}
"""By name."""
