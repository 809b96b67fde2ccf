"""What an audit does not know, in sentences: every time, filled in never."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..graph.wording import counted, listed
from .findings import AuditedModel, AuditedPackage, Running, Upkeep

__all__ = ["unknowns"]

_MOST_NAMES: Final = 4


def unknowns(
    packages: Sequence[AuditedPackage],
    models: Sequence[AuditedModel],
    rests_on: Sequence[Upkeep],
    running: Running,
    refused: int,
) -> tuple[str, ...]:
    """The sentences, those that weigh most first.

    Args:
        packages: Of the application, with who decides on each.
        models: Its models and data sets.
        rests_on: Upkeep of its frameworks.
        running: Where it runs.
        refused: Number of rows of the file that were left out.
    """
    total = counted(len(packages), "package")
    nobody = sum(p.publisher_sort is None for p in packages)
    guessed = sum(p.publisher_sort is not None and p.sign != "graph" for p in packages)
    unlicensed = sum(p.proprietary is None for p in packages)
    silent = [u.name for u in rests_on if u.elephant is None]
    sentences = (
        (nobody, f"{nobody} of {total}: neither publisher nor framework known"),
        (guessed, f"{guessed} of {total}: publisher read out of their own metadata"),
        (unlicensed, f"{unlicensed} of {total}: no licence that says open or proprietary"),
        *_listed("not in the graph", [m.name for m in models if m.entity is None]),
        *_listed("terms not known", [m.name for m in models if m.proprietary is None]),
        *_listed(
            "training data not stated",
            [m.name for m in models if m.kind == "Model" and not m.data_disclosed],
        ),
        *_listed("who decides is not known", [u.name for u in rests_on if not u.decided]),
        *_listed("work not counted by employer", silent),
        *_listed(
            "work not counted by person (bus factor)", [u.name for u in rests_on if u.bus is None]
        ),
        *_listed("where they run is not stated", running.silent),
        (
            bool(running.stated) and not running.chips,
            f"no chip is stated for all of: {listed(running.stated, _MOST_NAMES)}",
        ),
        (refused, f"{counted(refused, 'row')} of the file left out"),
    )
    return tuple(sentence for there, sentence in sentences if there)


def _listed(what: str, names: Sequence[str]) -> list[tuple[bool, str]]:
    return [(bool(names), f"{what}: {listed(sorted(names, key=str.casefold), _MOST_NAMES)}")]
