"""What a list of Python packages says, whatever the format it was written in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from .licences import Licence
from .publishers import Publisher

__all__ = ["Dependency", "Package", "Packages"]


@dataclasses.dataclass(frozen=True, slots=True)
class Dependency:
    """A requirement of one package on another of the same list.

    Attributes:
        name: Normalised name (PEP 503) of the package that is required.
        kind: `runtime`, or `optional` when only an extra needs it.
        requirement: Extras, versions and marker as written (PEP 508); empty when there are none.
        condition: Where it is needed: platform, Python, extra or version; empty = wherever the package runs.
    """

    name: str
    kind: str
    requirement: str
    condition: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Package:
    """One package at one version.

    Attributes:
        name: Normalised name (PEP 503).
        title: Name as its publisher writes it.
        version: As stated; empty when it is not known.
        requested: Whether the list was made for it, and not for something that needs it.
        extras: Extras that are in use, by whoever asked for them.
        dependencies: In the order of the metadata.
        licences: Stated licences; all of them apply.
        publisher: Who publishes it by its own metadata; None where they say nothing of anybody.
        direct: Where it is installed from, in words, when that is no index; else empty.
        yanked: Whether the publisher has withdrawn this version.
        at: File, and place in it.
        ecosystem: Type of its package URL.
        repositories: Addresses of its repositories, in memory only: an account may be a person's.
        since: Day (or year) before which what is read here cannot have been stated; empty = not known.
    """

    name: str
    title: str
    version: str
    requested: bool
    extras: frozenset[str]
    dependencies: tuple[Dependency, ...]
    licences: tuple[Licence, ...]
    publisher: Publisher | None
    direct: str
    yanked: bool
    at: str
    ecosystem: str = "pypi"
    since: str = ""
    repositories: tuple[str, ...] = dataclasses.field(default=(), repr=False)

    @property
    def remark(self) -> str:
        """What is unusual about it, in words; else empty."""
        return "; ".join(filter(None, (self.direct, "this version was withdrawn" * self.yanked)))


@dataclasses.dataclass(frozen=True, slots=True)
class Packages:
    """A list of packages that are installed together.

    Attributes:
        file: What was read.
        packages: In the order of the file.
        excluded: Number of requirements that lead to no package of the list, by reason.
        refused: Rows that were left out: (at, field, reason).
    """

    file: Path
    packages: tuple[Package, ...]
    excluded: Mapping[str, int]
    refused: tuple[tuple[str, str, str], ...]

    @property
    def roots(self) -> tuple[Package, ...]:
        """The packages that were asked for."""
        return tuple(p for p in self.packages if p.requested)
