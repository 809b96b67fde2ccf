"""What an audit does not know, in sentences: said every time, filled in never."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .findings import AuditedFramework, AuditedPackage, Running

__all__ = ["unknowns"]

_NAMED: Final = 4


def unknowns(
    packages: Sequence[AuditedPackage],
    frameworks: Sequence[AuditedFramework],
    running: Running,
    unweighed: int,
    refused: int,
) -> tuple[str, ...]:
    """The sentences, those that weigh most first.

    Args:
        packages: Of the application.
        frameworks: Behind them.
        running: Where it runs.
        unweighed: Number of control statements of unknown strength in the graph.
        refused: Number of rows of the file that were left out.
    """
    total = len(packages)
    nobody = sum(p.publisher is None and p.framework is None for p in packages)
    plain = sum(p.framework is None for p in packages)
    guessed = sum(bool(p.publisher) and p.evidence != "stated in the graph" for p in packages)
    unlicensed = sum(p.proprietary is None for p in packages)
    found = (
        (nobody, f"{nobody} of {total} packages: neither publisher nor framework known"),
        (plain, f"{plain} of {total} packages: no framework known, so no control path is sought"),
        (guessed, f"{guessed} of {total} packages: publisher guessed from their own metadata"),
        (unlicensed, f"{unlicensed} of {total} packages: no licence that says open or proprietary"),
        *_listed("governors not stated", [f.name for f in frameworks if not f.governors]),
        *_listed(
            "work not counted by employer",
            [f.name for f in frameworks if f.work is None or f.work.elephant is None],
        ),
        *_listed(
            "work not counted by person (bus factor)",
            [f.name for f in frameworks if f.work is None or f.work.absence is None],
        ),
        *_listed("where they run is not stated", running.silent),
        (
            bool(running.stated) and not running.chips,
            f"no chip is stated for all of: {', '.join(running.stated)}",
        ),
        (
            bool(running.chips) and not running.ways,
            "no cloud is stated to offer the chips; own machines may do",
        ),
        *_listed(
            "no cloud is stated to offer",
            [c.name for c in running.chips if not c.clouds] if running.ways else [],
        ),
        *_listed("operator of the cloud not stated", running.unknown_operators),
        (unweighed, f"{unweighed:,} control statements of unknown strength are in no path"),
        (refused, f"{refused} rows of the file were left out"),
    )
    return tuple(sentence for there, sentence in found if there)


def _listed(what: str, names: Sequence[str]) -> list[tuple[bool, str]]:
    some = ", ".join(sorted(names, key=str.lower)[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return [(bool(names), f"{what}: {some}{more}")]
