"""How much a run tries where more tries find more: a little each time by default, much and anew in a soak.

By default the choices are the same every time, so that a failure is met again; a soak makes new ones from a seed that
it prints, and `--soak-seed` gives the choices of an earlier one. Its figures come at the end.
"""

from __future__ import annotations

import dataclasses
import random
from collections import defaultdict
from collections.abc import Iterable

import pytest

FIGURE = "soak: "
"""How the names of a soak's figures begin among the properties of a test."""


@dataclasses.dataclass(frozen=True)
class Effort:
    """What a run tries.

    Attributes:
        mutants: Of each format of each loader.
        kills: Of a build, at as many moments.
        swaps: Of the snapshot that is served under load.
        seed: Of the choices; empty = those of every run.
    """

    mutants: int = 20
    kills: int = 10
    swaps: int = 20
    seed: str = ""

    def chance(self, name: str) -> random.Random:
        """The choices of a test."""
        return random.Random(f"{self.seed} {name}".strip())


def add_options(parser: pytest.Parser) -> None:
    """`--soak` and `--soak-seed`."""
    group = parser.getgroup("soak", "more tries, and new ones")
    group.addoption("--soak", action="store_true", help="try more, and otherwise than before")
    group.addoption("--soak-seed", metavar="SEED", help="the choices of an earlier soak")


def choose_seed(config: pytest.Config) -> None:
    """Draws the seed of a soak that is given none, once for all processes of the run."""
    if config.getoption("soak") and not config.getoption("soak_seed"):
        config.option.soak_seed = f"{random.SystemRandom().getrandbits(32):08x}"


def effort_of(config: pytest.Config) -> Effort:
    """What this run tries."""
    if not config.getoption("soak"):
        return Effort()
    return Effort(mutants=200, kills=100, swaps=500, seed=config.getoption("soak_seed"))


def header(config: pytest.Config) -> str | None:
    """The seed of a soak, in a line."""
    return (
        f"soak: --soak-seed {config.getoption('soak_seed')}" if config.getoption("soak") else None
    )


def figures(reports: Iterable[pytest.TestReport]) -> dict[str, float]:
    """The figures that tests gave as `record_property("soak: …", number)`, added up."""
    sums: defaultdict[str, float] = defaultdict(float)
    for report in reports:
        for name, value in report.user_properties if report.when == "call" else ():
            if name.startswith(FIGURE) and isinstance(value, int | float):
                sums[name.removeprefix(FIGURE)] += value
    return dict(sums)
