"""What pictures are made of, as plain values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

__all__ = ["Ego", "Intervals", "Layers", "Link", "Network", "Node", "Share", "Year", "Years"]


@dataclasses.dataclass(frozen=True, slots=True)
class Node:
    """An entity.

    Attributes:
        id: Its id.
        name: Its name.
        kind: Its kind.
    """

    id: str
    name: str
    kind: str


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """A power of one entity over another.

    Attributes:
        source: Id of who has it.
        target: Id of whom or what it is over.
        power: decides, works, squeezes, pays or binds.
        low: What is known, 0 to 1; None for money.
        high: What it could be at most; None for money.
        amount: USD, for money; None = not stated.
        reason: Why, in words; empty = nothing is told.
        about: What to know beside it, such as `GOVERNS since 2022-09-14` or `under Alphabet`; may be empty.
    """

    source: str
    target: str
    power: str
    low: float | None = None
    high: float | None = None
    amount: float | None = None
    reason: str = ""
    about: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Network:
    """Entities and the powers between them.

    Attributes:
        title: What is shown.
        nodes: Every end of a link, in no order.
        links: Parallel ones stand side by side.
        source: Where it comes from: the line at the foot.
        as_of: Date of the state.
        notes: What to know beside it.
    """

    title: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    source: str
    as_of: str
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Ego:
    """An entity between those who have power over it and those over whom it has power.

    Attributes:
        middle: The entity.
        network: It and its neighbours; links that do not touch it are not drawn.
        left_out: How many more have power over it, and over how many more it has power, by power: none of them has more
            of that power than those in the network.
    """

    middle: str
    network: Network
    left_out: tuple[Mapping[str, int], Mapping[str, int]] = ({}, {})


@dataclasses.dataclass(frozen=True, slots=True)
class Share:
    """An employer's share of a year's work.

    Attributes:
        name: The employer.
        low: Fraction of the commits that are known to be its own.
        high: If every unknown commit is its own too.
    """

    name: str
    low: float
    high: float


@dataclasses.dataclass(frozen=True, slots=True)
class Year:
    """One year of work on a project.

    Attributes:
        year: Which.
        commits: Number, automation left out.
        coverage: Fraction with a known employer.
        shares: Of the employers, in no order.
        elephant: Elephant factor, least and greatest; None = not stated.
    """

    year: int
    commits: int
    coverage: float
    shares: tuple[Share, ...]
    elephant: tuple[int, int] | None


@dataclasses.dataclass(frozen=True, slots=True)
class Years:
    """Whose work a project was, year by year.

    Attributes:
        title: What is shown.
        years: In order; a year without commits is a gap.
        source: Where it comes from: the line at the foot.
        as_of: Date of the state.
    """

    title: str
    years: tuple[Year, ...]
    source: str
    as_of: str


@dataclasses.dataclass(frozen=True, slots=True)
class Layers:
    """How many things of each layer of the stack each firm controls.

    Attributes:
        title: What is shown.
        unit: What is counted.
        layers: Names of the columns.
        firms: Name, and one count per layer.
        left_out: Number of firms that are not shown, since they control less.
        source: Where it comes from: the line at the foot.
        as_of: Date of the state.
    """

    title: str
    unit: str
    layers: tuple[str, ...]
    firms: tuple[tuple[str, tuple[int, ...]], ...]
    left_out: int
    source: str
    as_of: str


@dataclasses.dataclass(frozen=True, slots=True)
class Intervals:
    """Shares of which only bounds are known.

    Attributes:
        title: What is shown.
        unit: Of the axis from 0 to 100.
        rows: Name, least and greatest share in [0, 1], and what is said of it.
        source: Where it comes from: the line at the foot.
        as_of: Date of the state.
        notes: What to know beside it.
    """

    title: str
    unit: str
    rows: tuple[tuple[str, float, float, str], ...]
    source: str
    as_of: str
    notes: tuple[str, ...] = ()
