"""The rules that an audit can break: each with a name, what it means, and what in the application breaks it.

A rule is broken by what is known. Where the unknown could go either way it is not broken; the report says what is
unknown.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ..errors import UsageError
from ..graph.wording import interval_text
from .facts import Facts
from .findings import Audit, AuditedModel, AuditedPackage, Upkeep

__all__ = ["RULES", "Rule", "Violation", "Wanted", "resolved", "ruled", "violations", "wanted"]

_HALF: Final = 0.5
_ENOUGH: Final = 1 - 1e-9
_ROUNDING: Final = 1e-9
_NAME: Final = "NAME"


@dataclasses.dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a rule is broken.

    Attributes:
        rule: Name of the rule.
        message: What breaks it, in one sentence.
        subject: Who or what: with the rule, it tells this violation from others.
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
        check: Gives the violations, from the audit and the argument.
        valid: Whether an argument can be one.
    """

    name: str
    summary: str
    advice: str
    argument: str
    check: Callable[[Audit, str], Iterator[Violation]]
    valid: Callable[[str], bool] = lambda argument: True


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
        UsageError: There is no such rule, or its argument is missing, too much, or out of its bounds.
    """
    name, equals, argument = (part.strip() for part in text.partition("="))
    rule = RULES.get(name)
    if rule is None:
        near = difflib.get_close_matches(name, RULES, 3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"one of: {', '.join(RULES)}"
        raise UsageError(f"there is no rule {name!r}", where="--fail-on", hint=hint)
    shape = f"{name}={rule.argument}" if rule.argument else name
    if bool(rule.argument) != bool(argument) or (equals and not argument):
        raise UsageError(f"not how {name} is written: {text!r}", where="--fail-on", hint=shape)
    if not rule.valid(argument):
        raise UsageError(
            f"{argument!r} is not what {name} takes",
            where="--fail-on",
            hint=f"{shape}: {rule.summary}",
        )
    return Wanted(rule, argument)


def resolved(asked: Sequence[Wanted], audit: Audit, facts: Facts) -> list[Wanted]:
    """The rules, names of organisations replaced by their ids.

    Args:
        asked: As they were typed.
        audit: Whose organisations may be named too.
        facts: Of the graph.

    Raises:
        UsageError: A name is no organisation of the graph or the application, or is one of several; with near ones.
    """
    return [
        dataclasses.replace(w, argument=_organisation(w.argument, audit, facts))
        if w.rule.argument == _NAME
        else w
        for w in asked
    ]


def _organisation(name: str, audit: Audit, facts: Facts) -> str:
    own: dict[str, str | None] = {
        p.publisher_name: p.publisher for p in audit.packages if p.publisher_name
    }
    own |= {d.name: d.id for d in audit.deciders}
    ids: dict[str, set[str]] = {}
    for kind in ("Company", "Institution"):
        for spelt, entities in facts.aliases.get(kind, {}).items():
            ids.setdefault(spelt, set()).update(entities)
        for entity in facts.kinds:
            if facts.kinds[entity] == kind:
                for spelt in (entity, entity.partition("/")[2]):
                    ids.setdefault(spelt, set()).add(entity)
    for spelt, party in own.items():
        ids.setdefault(spelt.casefold(), set()).add(party or spelt)
    matches = ids.get(name.casefold(), set())
    exact = {m for m in matches if facts.names.get(m, "").casefold() == name.casefold()}
    if len(exact or matches) == 1:
        return min(exact or matches)
    where = "--fail-on"
    if matches:
        hint = f"give its id: {' or '.join(sorted(matches))}"
        raise UsageError(f"{name!r} means several organisations", where=where, hint=hint)
    near = difflib.get_close_matches(name.casefold(), ids, 12)
    names = dict.fromkeys(facts.names.get(i, i) for spelt in near for i in sorted(ids[spelt]))
    hint = (
        f"did you mean {' or '.join(list(names)[:3])}?" if names else "look it up: stackholder find"
    )
    raise UsageError(f"no organisation is called {name!r}", where=where, hint=hint)


def violations(audit: Audit, asked: Sequence[Wanted]) -> list[Violation]:
    """What breaks the rules, in their order, each violation once."""
    every = [violation for w in asked for violation in w.rule.check(audit, w.argument)]
    return list(dict.fromkeys(every))


def ruled(audit: Audit, asked: Sequence[Wanted] = ()) -> list[tuple[Violation, bool]]:
    """What breaks any rule, and whether that rule is asked for; those that are asked for first."""
    held = violations(audit, asked)
    plain = [Wanted(rule, "") for rule in RULES.values() if not rule.argument]
    rest = [v for v in violations(audit, plain) if v not in set(held)]
    return [*((v, True) for v in held), *((v, False) for v in rest)]


def _sole_relicensor(audit: Audit, _: str) -> Iterator[Violation]:
    for framework in audit.frameworks:
        if len(framework.relicensors) == 1:
            (company,) = framework.relicensors
            yield Violation(
                "sole-relicensor",
                f"{company} alone can change the licence of {framework.name}",
                f"{company}/{framework.id}",
                framework.packages,
                framework.governing,
            )


def _elephant(audit: Audit, _: str) -> Iterator[Violation]:
    for one in audit.rests_on:
        if one.elephant is not None and one.elephant[1] == 1:
            keys = one.keys if _does_half(one) else ()  # else they would name somebody else
            yield Violation("elephant-1", _half(one), one.framework, one.packages, keys)


def _does_half(one: Upkeep) -> bool:
    """Whether its leader surely does half."""
    return one.leader_share is not None and one.leader_share[0] >= _HALF


def _half(one: Upkeep) -> str:
    """Who does half of the work; named only where that is sure."""
    number = f"{one.total:,} commits" if one.total else "the work"
    window = f"{number}{'' if one.window in {'', 'all'} else f' in {one.window}'}"
    if one.leader_share is not None and _does_half(one):
        return (
            f"{one.leader} does at least half of the work on {one.name}: "
            f"{one.leader_share[0]:.0%} of {window} are known to be its own"
        )
    return (
        f"one employer does at least half of the work on {one.name}, by {window}; "
        "which one is not known"
    )


def _archived(audit: Audit, _: str) -> Iterator[Violation]:
    for one in audit.rests_on:
        if one.ended:
            since = f" since {one.support_since}" if one.support_since else ""
            status = (one.support or "").replace("_", " ")
            yield Violation(
                "archived", f"{one.name} is {status}{since}", one.framework, one.packages, one.keys
            )


def _one_maker(audit: Audit, _: str) -> Iterator[Violation]:
    running = audit.running
    if len(running.makers) == 1 and all(c.makers for c in running.chips):
        (maker,) = running.makers
        yield Violation(
            "one-maker",
            f"every chip that all of it is stated to run on is made by {maker}: "
            f"{', '.join(c.name for c in running.chips)}",
            maker,
            _publishing(audit, running.narrowed_by or running.stated),
            running.maker_keys,
        )


def _one_operator(audit: Audit, _: str) -> Iterator[Violation]:
    running = audit.running
    if running.sole_operator is not None:
        yield Violation(
            "one-operator",
            f"every chip that all of it is stated to run on is offered by {running.sole_operator} alone",
            running.sole_operator,
            _publishing(audit, running.narrowed_by or running.stated),
            running.operator_keys,
        )


def _owner_chokepoint(audit: Audit, _: str) -> Iterator[Violation]:
    for one in audit.squeezers:
        if one.low >= _ENOUGH:
            yield Violation(
                "owner-chokepoint",
                f"without what {one.name} alone provides nothing of it is left: {one.reasons[0]}",
                one.id,
                one.packages,
                one.keys,
            )


def _squeezed(audit: Audit, low: str) -> Iterator[Violation]:
    for one in audit.squeezers:
        if one.low >= float(low) - _ROUNDING:
            yield Violation(
                "squeezed",
                f"{one.name} can surely squeeze it by {interval_text(one.low, one.low)}: {one.reasons[0]}",
                one.id,
                one.packages,
                one.keys,
            )


def _is_share(text: str) -> bool:
    try:
        return 0 < float(text) <= 1
    except ValueError:
        return False


def _proprietary(audit: Audit, _: str) -> Iterator[Violation]:
    for thing in audit.things:
        if thing.proprietary:
            yield _closed(thing, "proprietary")


def _proprietary_publisher(audit: Audit, name: str) -> Iterator[Violation]:
    wanted_name = name.casefold()
    decided = {
        thing
        for d in audit.deciders
        if wanted_name in {(n or "").casefold() for n in (d.id, d.name, d.owner, d.owner_name)}
        for thing in d.surely
    }
    for package in audit.packages:
        own = {(package.publisher_name or "").casefold(), (package.publisher or "").casefold()}
        if package.proprietary and (wanted_name in own or package.name in decided):
            yield _closed(package, "proprietary-publisher")
    for model in audit.models:
        makers = {m.casefold() for m in (*model.makers, *model.maker_ids)}
        if model.proprietary and (wanted_name in makers or model.name in decided):
            yield _closed(model, "proprietary-publisher")


def _closed(thing: AuditedPackage | AuditedModel, rule: str) -> Violation:
    if isinstance(thing, AuditedPackage):
        by = f", published by {thing.publisher_name}," if thing.publisher_name else ""
    else:
        by = f", made by {', '.join(thing.makers)}," if thing.makers else ""
    name = f"{thing.name} {thing.version}".strip()
    limits = (
        f" ({', '.join(thing.restrictions)})"
        if isinstance(thing, AuditedModel) and thing.restrictions
        else ""
    )
    message = f"{name}{by} is under terms that are not open: {', '.join(thing.licences)}{limits}"
    keys = thing.keys if isinstance(thing, AuditedModel) else ()
    return Violation(rule, message, thing.name, (thing.name,), keys)


def _unknown_licence(audit: Audit, _: str) -> Iterator[Violation]:
    for thing in audit.things:
        if thing.proprietary is None:
            stated = f" beyond {', '.join(thing.licences)!r}" if thing.licences else ""
            name = f"{thing.name} {thing.version}".strip()
            yield Violation(
                "unknown-licence",
                f"{name} states no licence that is known to be open or proprietary{stated}",
                thing.name,
                (thing.name,),
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
            "archived",
            "No framework behind its packages is archived or at the end of its life.",
            "Replace the framework, or take on its upkeep.",
            "",
            _archived,
        ),
        Rule(
            "one-maker",
            "The chips on which all of it is stated to run, CPUs among them, have more than one maker.",
            "See which frameworks narrow it, and whether all of them are needed.",
            "",
            _one_maker,
        ),
        Rule(
            "one-operator",
            "The chips on which all of it is stated to run are not all offered by one operator alone.",
            "See which frameworks narrow it, and whether all of them are needed.",
            "",
            _one_operator,
        ),
        Rule(
            "owner-chokepoint",
            "No single owner can surely leave nothing of it: by chips, licences, or packages that are not open.",
            "A second way must be there: another maker, an open package in place of a proprietary one.",
            "",
            _owner_chokepoint,
        ),
        Rule(
            "squeezed",
            "No single owner can surely make it worse by that much or more, above 0 and at most 1.",
            "See by what it is squeezed, and which other way could be made as good.",
            "LOW",
            _squeezed,
            _is_share,
        ),
        Rule(
            "proprietary",
            "No package, model or data set is under terms that are not open.",
            "Replace it, or accept its terms on purpose.",
            "",
            _proprietary,
        ),
        Rule(
            "proprietary-publisher",
            "Nothing of that publisher or maker is under terms that are not open.",
            "Replace it, or accept its terms on purpose.",
            _NAME,
            _proprietary_publisher,
        ),
        Rule(
            "unknown-licence",
            "Every package, model and data set states a licence that is known to be open or not to be.",
            "Read its terms, and ask its publisher to state them as an SPDX expression.",
            "",
            _unknown_licence,
        ),
    )
}
"""By name."""
