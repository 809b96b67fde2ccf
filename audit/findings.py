"""What an audit finds, as values."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json
from typing import Any

__all__ = [
    "Audit",
    "AuditedFramework",
    "AuditedPackage",
    "Chip",
    "Chokepoint",
    "Controller",
    "Running",
    "Work",
]


@dataclasses.dataclass(frozen=True, slots=True)
class AuditedPackage:
    """One package of the application.

    Attributes:
        name: Normalised name.
        version: As stated.
        requested: Whether the application asks for it itself.
        framework: Id of the framework that publishes it; None = not known.
        publisher: Id of the organisation that publishes it; None = not known.
        publisher_name: Its name.
        confidence: How sure the publisher is.
        evidence: Why it is taken for the publisher.
        licences: As its metadata state them.
        proprietary: True or False by its stated licences; None = they do not say.
        line: Line of the file that names it first; 1 where none does.
    """

    name: str
    version: str
    requested: bool
    framework: str | None
    publisher: str | None
    publisher_name: str | None
    confidence: float | None
    evidence: str
    licences: tuple[str, ...]
    proprietary: bool | None
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class Work:
    """Whose work a framework is: commits of one window, by employer and by person.

    Attributes:
        window: `all`, or a year.
        total: Commits, automation left out.
        coverage: Part of them with a known employer, [0, 1].
        top: Name of the owner group with most known commits, with its employers where those are others.
        leads: Whether it surely does more than anybody else, whosever the unknown commits are.
        top_share: Its share, if no and if every unknown commit is its own.
        elephant: Elephant factor: unknown commits given to the top, and every unresolved person taken as an employer
            of their own; None = not stated.
        absence: Contributor absence factor ("bus factor") over persons: mirror accounts taken as one person each, and
            left out; None = no commits are loaded.
        persons: Persons with commits; None = no commits are loaded.
        keys: Of the statements behind it.
    """

    window: str
    total: int
    coverage: float
    top: str
    leads: bool
    top_share: tuple[float, float]
    elephant: tuple[int, int] | None
    absence: tuple[int, int] | None
    persons: int | None
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class AuditedFramework:
    """One framework behind the packages.

    Attributes:
        id: Its id.
        name: Its name.
        packages: Those of the application that it publishes.
        licences: Names of its licences.
        governors: Who holds which rights, as (name, rights).
        owners: Topmost sure owners of the governors, by name.
        relicensors: Companies that can relicense it alone: by right, or by a contributor agreement with one firm.
        makers: Who makes the processors it runs on.
        operators: Who runs the clouds that offer those processors.
        keys: Keys of the statements behind all this.
        governing: Of these, the statements on who governs it.
        work: Whose work it is; None = nobody has counted it.
    """

    id: str
    name: str
    packages: tuple[str, ...]
    licences: tuple[str, ...]
    governors: tuple[tuple[str, tuple[str, ...]], ...]
    owners: tuple[str, ...]
    relicensors: tuple[str, ...]
    makers: tuple[str, ...]
    operators: tuple[str, ...]
    keys: tuple[str, ...]
    governing: tuple[str, ...]
    work: Work | None


@dataclasses.dataclass(frozen=True, slots=True)
class Controller:
    """An organisation or person from whom control reaches a framework.

    Attributes:
        id: Its id.
        name: Its name.
        kind: Its kind.
        strength: Product of its best path to any framework, (0, 1].
        confidence: Product of the confidences of that path.
        channels: Of that path, hop by hop.
        path: Names along it, from the controller to the framework.
        ids: Ids along it.
        strengths: Of its hops.
        reaches: Names of the frameworks that it reaches with at least half of its influence left.
        keys: Of the statements along the path.
    """

    id: str
    name: str
    kind: str
    strength: float
    confidence: float
    channels: tuple[str, ...]
    path: tuple[str, ...]
    ids: tuple[str, ...]
    strengths: tuple[float, ...]
    reaches: tuple[str, ...]
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Chip:
    """A processor on which the application can run.

    Attributes:
        id: Its id.
        name: Its name.
        category: `gpu`, `tpu`, `asic`, `npu`, `cpu`, or empty.
        makers: Names of who makes it; empty = not known.
        tier: The lowest tier among the frameworks that state it; empty = one does not say.
        clouds: Names of the clouds that are known to offer it.
    """

    id: str
    name: str
    category: str
    makers: tuple[str, ...]
    tier: str
    clouds: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Chokepoint:
    """What cuts every known way when it is gone.

    Attributes:
        kind: `part` (a chip or cloud), `owner`, or `pair` of owners neither of whom is one alone.
        names: One name, or two.
        ids: Their ids.
        role: `chip` or `cloud` of a part; `maker`, `operator` or `maker and operator` of owners.
        keys: Of the statements behind it.
    """

    kind: str
    names: tuple[str, ...]
    ids: tuple[str, ...]
    role: str
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Running:
    """Where the application can run: what all its frameworks that say so have in common.

    A way is a chip and a cloud that offers it. Frameworks that state an accelerator are held to their accelerators; a
    library for CPUs runs on the host beside them. What nobody states is missing, so counts are lower bounds.

    Attributes:
        needs: `accelerator`, `cpu` where no framework states an accelerator, empty where none says anything.
        stated: Names of the frameworks that say where they run.
        silent: Names of those that do not.
        chips: On which all of `stated` run.
        hosts: Names of the CPUs on which those that state one run.
        makers: Groups that make the chips, by name: the topmost sure owner stands for its firms.
        operators: Groups that run the clouds.
        ways: Number of pairs of chip and cloud.
        disjoint: Least number of chips or clouds whose loss cuts every way; None without ways.
        effective_makers: Inverse Herfindahl index of the makers over the ways; None without ways.
        lock_in: 1 − best tier without the leading operator / best tier, [0, 1]; None without ways.
        narrowed_by: Frameworks that leave a single maker, by name.
        makers_without: Groups that would make the chips without those.
        chokepoints: Parts, owners and pairs of owners.
        unknown_operators: Clouds whose operator nobody states, by name.
        maker_keys: Of the statements on which chips the frameworks need and who makes them.
        operator_keys: Of the statements on who runs the clouds.
        keys: Of all statements behind the ways.
    """

    needs: str
    stated: tuple[str, ...]
    silent: tuple[str, ...]
    chips: tuple[Chip, ...]
    hosts: tuple[str, ...]
    makers: tuple[str, ...]
    operators: tuple[str, ...]
    ways: int
    disjoint: int | None
    effective_makers: float | None
    lock_in: float | None
    narrowed_by: tuple[str, ...]
    makers_without: tuple[str, ...]
    chokepoints: tuple[Chokepoint, ...]
    unknown_operators: tuple[str, ...]
    maker_keys: tuple[str, ...]
    operator_keys: tuple[str, ...]
    keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Audit:
    """What was found.

    Attributes:
        file: What was audited.
        as_of: Date of the state.
        snapshot: Its hash.
        packages: All packages.
        frameworks: The frameworks behind them, those with most packages first.
        controllers: Who reaches them, strongest first.
        controllers_left_out: How many more there are.
        running: Where it can run.
        unknown: What is not known, in sentences.
        refused: Rows of the file that were left out: (at, field, reason).
        incomplete_sources: Sources whose last run did not read everything.
    """

    file: str
    as_of: datetime.date
    snapshot: str
    packages: tuple[AuditedPackage, ...]
    frameworks: tuple[AuditedFramework, ...]
    controllers: tuple[Controller, ...]
    controllers_left_out: int
    running: Running
    unknown: tuple[str, ...]
    refused: tuple[tuple[str, str, str], ...]
    incomplete_sources: tuple[str, ...]

    @property
    def publishers(self) -> list[dict[str, Any]]:
        """Organisations by the number of packages they publish.

        columns: publisher, packages, proprietary, open, licence_unknown.
        """
        groups: dict[str | None, list[AuditedPackage]] = collections.defaultdict(list)
        for package in self.packages:
            groups[package.publisher_name].append(package)
        rows = [
            {
                "publisher": name,
                "packages": len(some),
                "proprietary": sum(p.proprietary is True for p in some),
                "open": sum(p.proprietary is False for p in some),
                "licence_unknown": sum(p.proprietary is None for p in some),
            }
            for name, some in groups.items()
        ]
        return sorted(
            rows,
            key=lambda r: (r["publisher"] is None, -int(r["packages"] or 0), str(r["publisher"])),
        )

    @property
    def headline(self) -> tuple[str, ...]:
        """What it is made of, in one or two sentences."""
        named = [r for r in self.publishers if r["publisher"]]
        asked = [p.name for p in self.packages if p.requested]
        roots = ", ".join(asked[:5]) + (f" and {len(asked) - 5} more" if len(asked) > 5 else "")
        count = len(self.packages)
        found = [f"{count} package{'s' * (count != 1)}, asked for: {roots or '?'}."]
        if named:
            top = named[0]
            found.append(
                f"{top['publisher']} publishes {top['packages']} of the {count}, "
                f"{top['proprietary']} of them under a proprietary licence."
            )
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values, with its publishers and what breaks any rule."""
        from .rules import ruled

        findings = [dataclasses.asdict(breach) for breach, _ in ruled(self)]
        return {**dataclasses.asdict(self), "publishers": self.publishers, "findings": findings}

    def to_json(self) -> str:
        """All of it as JSON."""
        return json.dumps(self.to_dict(), default=str, ensure_ascii=False, indent=1)
