"""Git histories: our reading of a whole history, and of nothing new, against plain `git log` over the same commits.

    python -m benchmarks.git_log REPOSITORY       # a clone or a bundle; default: numpy's among the real inputs

`git log` prints what we read (author, dates, trailers); we also turn it into pseudonyms, months and claims on disk.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_REAL = Path(os.environ.get("STACKHOLDER_REAL_DATA", Path(__file__).parents[2] / "shared/data"))
_FORMAT = "--format=%H%x00%aN%x00%aE%x00%at%x00%ct%x00%P%x00%(trailers:unfold)"
_AIM = 0.7


def main() -> int:
    """Gives 1 where the aim is missed."""
    from stackholder.graph.home import Home
    from stackholder.pipeline import Input, run_loader

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("repository", nargs="?", default=_REAL / "git/bundles/numpy__numpy.bundle")
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    source = Path(given.repository)
    if not source.exists():
        print(f"no repository: {source}")
        return 1
    with tempfile.TemporaryDirectory(prefix="stackholder-bench-") as folder:
        place = Path(folder)
        clone = place / "clone.git"
        subprocess.run(["git", "clone", "--quiet", "--bare", str(source), str(clone)], check=True)
        count = int(_git(clone, "rev-list", "--count", "HEAD"))
        peer, ours, again = [], [], []
        for run in range(given.runs):
            clock = time.perf_counter()
            _git(clone, "log", "--use-mailmap", _FORMAT, "HEAD")
            peer.append(time.perf_counter() - clock)
            home = Home(place / f"home-{run}")
            for times in (ours, again):
                clock = time.perf_counter()
                ledger = run_loader(home, Input("git_history", "it", str(clone)), _now())
                times.append(time.perf_counter() - clock)
                assert not ledger.failure
                assert ledger.rows == count
    rows = {"git log": min(peer), "ours": min(ours), "ours, again": min(again)}
    print(f"{source.name}: {count:,} commits; best of {given.runs}")
    for name, seconds in rows.items():
        print(f"{name:12} {seconds:8.2f} s {count / seconds:12,.0f} commits/s")
    ratio = rows["git log"] / rows["ours"]
    print(
        f"ours / git log: {ratio:.2f} of its speed (aim: {_AIM}; {'met' if ratio >= _AIM else 'MISSED'})"
    )
    return 0 if ratio >= _AIM else 1


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


if __name__ == "__main__":
    sys.exit(main())
