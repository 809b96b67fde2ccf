"""What an audit gives, as values. `Audit.to_dict` has the same names, for other programs."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json
from typing import Any

__all__ = [
    "Audit",
    "AuditedFramework",
    "AuditedModel",
    "AuditedPackage",
    "Bond",
    "Chip",
    "Decider",
    "Pair",
    "Running",
    "Share",
    "Squeezer",
    "Upkeep",
]


@dataclasses.dataclass(frozen=True, slots=True)
class AuditedPackage:
    """One package of the application.

    Attributes:
        name: Normalised name.
        version: As stated.
        requested: Whether the application asks for it itself.
        optional: Whether the file says that the application runs without it.
        framework: Id of the framework that publishes it; None = not known.
        framework_name: Its name.
        framework_confidence: How sure that is.
        framework_sign: `graph`, or `repository` where only its repository says so; empty without a framework.
        publisher: Id of the organisation or body that publishes it; None = not known, a project without one, or an
            individual.
        publisher_name: Its name; None = not known, or an individual, who is not named.
        publisher_sort: `company`, `foundation`, `community` or `individual`; None = not known.
        confidence: How sure the publisher is.
        sign: The rule that says so, such as `graph`, `repository`, `account` or `author`; empty where nothing does.
        evidence: Why it is taken for the publisher, in words.
        decider: Name of the party that surely decides on it alone; None = nobody is known to.
        licences: As its metadata state them.
        proprietary: True or False by its stated licences; None = they do not say.
        line: Line of the file that names it first; 1 where none does.
    """

    name: str
    version: str
    requested: bool
    optional: bool
    framework: str | None
    framework_name: str | None
    framework_confidence: float | None
    framework_sign: str
    publisher: str | None
    publisher_name: str | None
    publisher_sort: str | None
    confidence: float | None
    sign: str
    evidence: str
    decider: str | None
    licences: tuple[str, ...]
    proprietary: bool | None
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class AuditedModel:
    """One model or data set of the application.

    Attributes:
        name: As the file names it.
        version: As stated.
        kind: `Model` or `Dataset`.
        requested: Whether the application asks for it itself.
        optional: Whether the file says that the application runs without it.
        entity: Id in the graph; None = it is not there.
        entity_name: Its name.
        makers: Names of who made it; of what is not in the graph, of those whose account on the hub it is under.
        maker_ids: Their ids.
        evidence: Why it is taken for that entity, or for theirs.
        decider: Name of the party that surely decides on it alone; None = nobody is known to.
        licences: As the file states them, else as the graph does.
        restrictions: Limits of these licences beyond attribution and copyleft, such as `field_of_use`.
        proprietary: Whether its terms are not open; None = they are not known.
        trained_on: Names of data sets that a model is known to have learned from.
        data_disclosed: True where its maker states such a set; None = nothing is stated.
        keys: Of the statements behind all this.
        line: Line of the file that names it first; 1 where none does.
    """

    name: str
    version: str
    kind: str
    requested: bool
    optional: bool
    entity: str | None
    entity_name: str | None
    makers: tuple[str, ...]
    maker_ids: tuple[str, ...]
    evidence: str
    decider: str | None
    licences: tuple[str, ...]
    restrictions: tuple[str, ...]
    proprietary: bool | None
    trained_on: tuple[str, ...]
    data_disclosed: bool | None
    keys: tuple[str, ...]
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class AuditedFramework:
    """One framework behind the packages.

    Attributes:
        id: Its id.
        name: Its name.
        packages: Those of the application that it publishes.
        licences: Names of its licences.
        governors: Who holds which rights, as (name, rights).
        relicensors: Companies that can relicense it alone: by right, or by a contributor agreement with one firm.
        decider: Name of the party that surely decides on it alone; None = nobody is known to.
        governing: Keys of the statements on who governs it.
        keys: Keys of the statements behind all this.
    """

    id: str
    name: str
    packages: tuple[str, ...]
    licences: tuple[str, ...]
    governors: tuple[tuple[str, tuple[str, ...]], ...]
    relicensors: tuple[str, ...]
    decider: str | None
    governing: tuple[str, ...]
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Share:
    """What a party decides on one framework, model or data set, or on packages that no framework is known to publish.

    Attributes:
        id: Of the framework, model or data set; of packages without one, the publisher's.
        name: Its name; of packages without a framework, `packages that it publishes`.
        things: Names of the packages, or of the model or data set, of the application.
        low: What is known, [0, 1].
        high: What it could be at most, given what is not known.
        reason: Why, in words.
        through: Names of what lies between.
        keys: Of the statements behind it; empty where the metadata of the packages are.
    """

    id: str
    name: str
    things: tuple[str, ...]
    low: float
    high: float
    reason: str
    through: tuple[str, ...]
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Decider:
    """A party that decides on something in the application. Firms under one majority owner are one party.

    Attributes:
        rank: Its place, from 1: by `surely`, then by those of them that are asked for, then by all shares; ties share
            one.
        tied: Whether others share its place.
        id: Of the member that acts, over most packages.
        name: Its name.
        kind: Its kind.
        owner: Id of the topmost sure owner; None = itself.
        owner_name: Its name.
        surely: Names of the packages, models and data sets on which it surely decides alone: low above one half.
        in_part: Those on which it surely has a part of at most one half.
        at_most: Number of those on which it could decide alone, given what is not known; the sure ones included.
        proprietary: Number of `surely` that are not under open terms.
        shares: By framework, model and data set, the greatest first; also those of which nothing is sure.
        keys: Of the statements behind it.
    """

    rank: int
    tied: bool
    id: str
    name: str
    kind: str
    owner: str | None
    owner_name: str | None
    surely: tuple[str, ...]
    in_part: tuple[str, ...]
    at_most: int
    proprietary: int
    shares: tuple[Share, ...]
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Squeezer:
    """An owner who can make the application worse by withholding what it alone provides.

    Attributes:
        id: Of its member whose part would be missed most.
        name: Its name.
        kind: Its kind.
        owner: Id of the topmost sure owner; None = itself.
        owner_name: Its name.
        low: What is known, [0, 1]: 1 − best way left ÷ best way before. 1 = nothing is left.
        high: What it could be at most, given what is not known.
        reasons: Why, in words, what weighs most first.
        packages: Of the application, those that are hit.
        keys: Of the statements behind it; empty where the metadata of the packages are.
    """

    id: str
    name: str
    kind: str
    owner: str | None
    owner_name: str | None
    low: float
    high: float
    reasons: tuple[str, ...]
    packages: tuple[str, ...]
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """Two owners who together leave no way that is known, while either alone leaves one.

    Attributes:
        ids: Of their owner groups.
        names: Their names.
    """

    ids: tuple[str, str]
    names: tuple[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Upkeep:
    """Who keeps up a framework that the application rests on.

    Attributes:
        framework: Its id.
        name: Its name.
        packages: Those of the application that it publishes.
        support: `active`, `maintenance`, `archived`, `end_of_life`; None = not stated.
        support_since: Since when.
        decided: Whether any party is known to have a part in deciding on it.
        window: Of the count of work: `all`, or a year; empty = nothing is counted.
        total: Commits in it, automation left out; None = not stated.
        coverage: Part of them with a known employer, [0, 1]; None = nothing is counted.
        elephant: Elephant factor, least and greatest: employers that together do half of the work; unknown commits
            given to the top, and every unresolved person taken as an employer of their own; None = not stated.
        leader: Name of the employer that surely does more than anybody else; None = that is not sure.
        leader_share: Its share, if no and if every unknown commit is its own; None without a leader.
        bus: Bus factor, least and greatest: persons who together do half of the work; mirror accounts taken as one
            person each, and left out; None = no commits are loaded.
        persons: Persons with commits; None = no commits are loaded.
        keys: Of the statements behind it.
    """

    framework: str
    name: str
    packages: tuple[str, ...]
    support: str | None
    support_since: datetime.date | None
    decided: bool
    window: str
    total: int | None
    coverage: float | None
    elephant: tuple[int, int] | None
    leader: str | None
    leader_share: tuple[float, float] | None
    bus: tuple[int, int] | None
    persons: int | None
    keys: tuple[str, ...]

    @property
    def ended(self) -> bool:
        """Whether its own page says that nobody works on it any more."""
        return self.support in {"archived", "end_of_life"}


@dataclasses.dataclass(frozen=True, slots=True)
class Bond:
    """A licence or law that binds something in the application.

    Attributes:
        name: Of the licence or law.
        kind: `licence` or `law`.
        terms: `proprietary`, `restricted`, `copyleft` or `not known` of a licence; empty of a law.
        restrictions: Limits beyond attribution and copyleft, such as `field_of_use`.
        things: Names of the packages, models and data sets that it binds; of a law, of those decided on by whom it
            binds.
        bearer: Of a law: name of the party that it binds; empty of a licence.
        keys: Of the statements behind it; empty where the file itself states it.
    """

    name: str
    kind: str
    terms: str
    restrictions: tuple[str, ...]
    things: tuple[str, ...]
    bearer: str
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Chip:
    """A processor on which the application can run.

    Attributes:
        id: Its id.
        name: Its name.
        category: `gpu`, `tpu`, `asic`, `npu`, `cpu`, or empty.
        makers: Names of who makes it; empty = not known.
        tier: The lowest tier among the frameworks that are held to it; empty = one does not say.
        clouds: Names of the clouds that are known to offer it.
    """

    id: str
    name: str
    category: str
    makers: tuple[str, ...]
    tier: str
    clouds: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Running:
    """Where the application can run: the chips on which all its frameworks that say so run together.

    A CPU that a framework states is a way like any other. Beside an accelerator a framework may run on the host's CPU.
    A library that is there because another framework needs it does not narrow that framework, whose own statement says
    where it runs. What nobody states is missing, so counts are lower bounds.

    Attributes:
        stated: Names of the frameworks that say where they run, and are held to it.
        carried: Names of those that say so and that a framework needs which runs elsewhere too.
        silent: Names of those that do not say.
        chips: On which all of `stated` run; a CPU alone, or an accelerator, with a CPU beside it where one needs it.
        makers: Groups that make the chips, by name: the topmost sure owner stands for its firms.
        narrowed_by: Frameworks that leave a single maker, by name.
        makers_without: Groups that would make the chips without those.
        sole_operator: Name of the group that alone offers every one of the chips, as is stated; None = nobody.
        maker_keys: Of the statements on which chips the frameworks need and who makes them.
        operator_keys: Of the statements on who offers them.
    """

    stated: tuple[str, ...]
    carried: tuple[str, ...]
    silent: tuple[str, ...]
    chips: tuple[Chip, ...]
    makers: tuple[str, ...]
    narrowed_by: tuple[str, ...]
    makers_without: tuple[str, ...]
    sole_operator: str | None
    maker_keys: tuple[str, ...]
    operator_keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Audit:
    """An application, by the five powers over it.

    Attributes:
        file: What was audited.
        as_of: Date of the state.
        snapshot: Its hash.
        packages: All packages.
        models: All models and data sets.
        frameworks: The frameworks behind the packages, those with most packages first.
        deciders: Parties that surely have a part in deciding on something in it, those over most packages first.
        deciders_unsure: Number of further parties of whom nothing is sure, but that could have a part.
        squeezers: Owners who can make it worse alone, those who surely can first.
        pairs: Of those who cannot leave nothing alone, two that can together.
        rests_on: Upkeep of its frameworks, what is at risk first.
        bound_by: Licences that are not permissive, and laws.
        running: Where it can run.
        unknown: What is not known, in sentences.
        refused: Rows of the file that were left out: (at, field, reason).
        incomplete_sources: Sources whose last run did not read everything.
    """

    file: str
    as_of: datetime.date
    snapshot: str
    packages: tuple[AuditedPackage, ...]
    models: tuple[AuditedModel, ...]
    frameworks: tuple[AuditedFramework, ...]
    deciders: tuple[Decider, ...]
    deciders_unsure: int
    squeezers: tuple[Squeezer, ...]
    pairs: tuple[Pair, ...]
    rests_on: tuple[Upkeep, ...]
    bound_by: tuple[Bond, ...]
    running: Running
    unknown: tuple[str, ...]
    refused: tuple[tuple[str, str, str], ...]
    incomplete_sources: tuple[str, ...]

    @property
    def things(self) -> tuple[AuditedPackage | AuditedModel, ...]:
        """Packages, then models and data sets."""
        return (*self.packages, *self.models)

    @property
    def publishers(self) -> list[dict[str, Any]]:
        """Publishers by the number of packages, individuals as one row, then those that are not known.

        columns: publisher (None = individuals, who are not named, or not known), sort, packages, proprietary, open,
        licence_unknown, confidence (the least), signs (packages by the rule that says so).
        """
        groups: dict[tuple[str | None, str | None], list[AuditedPackage]]
        groups = collections.defaultdict(list)
        for package in self.packages:
            groups[package.publisher_name, package.publisher_sort].append(package)
        rows = [
            {
                "publisher": name,
                "sort": sort,
                "packages": len(some),
                "proprietary": sum(p.proprietary is True for p in some),
                "open": sum(p.proprietary is False for p in some),
                "licence_unknown": sum(p.proprietary is None for p in some),
                "confidence": min((p.confidence for p in some if p.confidence), default=None),
                "signs": dict(collections.Counter(p.sign for p in some if p.sign).most_common()),
            }
            for (name, sort), some in groups.items()
        ]
        return sorted(
            rows,
            key=lambda r: (
                r["sort"] is None,
                r["publisher"] is None,
                -r["packages"],
                r["publisher"] or "",
            ),
        )

    @property
    def headline(self) -> tuple[str, ...]:
        """The audit in a few sentences that can be quoted: what is sure, with counts."""
        from .headline import headline

        return headline(self)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values, with its headline, its publishers and what breaks any rule."""
        from .rules import ruled

        findings = [dataclasses.asdict(violation) for violation, _ in ruled(self)]
        return {
            **dataclasses.asdict(self),
            "headline": list(self.headline),
            "publishers": self.publishers,
            "findings": findings,
        }

    def to_json(self) -> str:
        """All of it as JSON."""
        return json.dumps(self.to_dict(), default=str, ensure_ascii=False, indent=1)
