"""Who publishes what, measured: how many packages of pip reports have a publisher and a licence, and how many rightly.

    python -m benchmarks.publishers [FOLDER]      # pip reports; default: those among the real inputs

Coverage is counted by sort of publisher and by the sign that says so, over every row of every report. Precision is that
of a sample which was checked by hand (`tests/data/publishers.csv`): of the answers that are given, those that are
right. An answer that is no longer the one that was checked is counted apart: check it again.
"""

from __future__ import annotations

import argparse
import collections
import csv
import dataclasses
import datetime
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stackholder.audit.findings import AuditedPackage

_SAMPLE = Path(__file__).parents[1] / "tests/data/publishers.csv"
_REAL = Path(os.environ.get("STACKHOLDER_REAL_DATA", Path(__file__).parents[2] / "shared/data"))
_ENOUGH = 0.97


@dataclasses.dataclass(frozen=True, slots=True)
class _Precision:
    """How often a sample of answers is right.

    Attributes:
        right: Answers that are.
        wrong: Packages whose answer is wrong.
        silent: Packages of the sample without an answer.
        changed: Packages whose answer is not the one that was checked.
    """

    right: int
    wrong: tuple[str, ...]
    silent: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def share(self) -> float:
        """Right ones among all answers that were checked."""
        return self.right / max(1, self.right + len(self.wrong))


def _precision(packages: Mapping[str, AuditedPackage]) -> _Precision:
    """What the sample says of packages, by name."""
    with _SAMPLE.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["package"] in packages]
    verdicts: dict[str, list[str]] = collections.defaultdict(list)
    for row in rows:
        package = packages[row["package"]]
        answer = (package.publisher_sort or "", package.publisher_name or "")
        verdict = row["verdict"] if answer == (row["sort"], row["publisher"]) else "changed"
        verdicts[verdict].append(row["package"])
    return _Precision(
        len(verdicts["right"]),
        *(tuple(verdicts[verdict]) for verdict in ("wrong", "silent", "changed")),
    )


def _audited(home: Path, reports: Iterable[Path]) -> list[AuditedPackage]:
    """Every row of every report, against the graph of a home."""
    import stackholder

    with stackholder.open(home) as graph:
        return [package for report in reports for package in graph.audit(report).packages]


def main() -> int:
    """Prints coverage, precision and licences; gives 1 where a figure falls short."""
    from stackholder.graph.home import Home
    from stackholder.pipeline import build

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", nargs="?", default=_REAL / "pip-reports", type=Path)
    folder = options.parse_args().folder
    with tempfile.TemporaryDirectory(prefix="stackholder-bench-") as home:
        build(Home(Path(home)), [], now=datetime.datetime.now(datetime.UTC))
        reports = sorted(folder.glob("*.json"))
        packages = _audited(Path(home), reports)
    print(f"{len(packages):,} rows of {len(reports)} reports")
    _table("publisher", [p.publisher_sort or "not known" for p in packages])
    _table("sign", [f"{p.sign or '–'}" for p in packages])
    answered = sum(p.publisher_sort is not None for p in packages) / len(packages)
    decided = sum(p.proprietary is not None for p in packages) / len(packages)
    sample = _precision({p.name: p for p in packages})
    print(f"publisher known {answered:.2%}   licence decided {decided:.2%}")
    print(
        f"precision {sample.share:.3f} of {sample.right + len(sample.wrong)} checked by hand; "
        f"wrong: {', '.join(sample.wrong) or 'none'}; no answer: {', '.join(sample.silent) or 'none'}; "
        f"changed since: {', '.join(sample.changed) or 'none'}"
    )
    return int(min(answered, sample.share) < _ENOUGH)


def _table(title: str, values: Sequence[str]) -> None:
    print(f"\n{title}")
    for value, count in collections.Counter(values).most_common():
        print(f"  {value:<22}{count:>7,}{count / len(values):>8.1%}")
    print()


if __name__ == "__main__":
    sys.exit(main())
