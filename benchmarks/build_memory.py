"""Building: time and peak memory from tables of claims to a published snapshot and its state, in one process.

    python -m benchmarks.build_memory --nodes 100000 --edges 900000

One million claims by default. Each step is told on stderr: seconds, and the peak so far.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.data import claim, parser, synthetic
from benchmarks.measure import least, measured, peak, table

MOST: Final = 1_000
"""What the peak should stay below, in MB."""


def build(options: argparse.Namespace, folder: Path) -> None:
    from stackholder.graph.assembly import build_snapshot
    from stackholder.graph.home import Home
    from stackholder.state.derivation import state_at

    home = Home(folder)
    generated = synthetic(options.nodes, options.edges, generator=options.generator)
    print(f"start: {peak():.0f} MB", file=sys.stderr)
    with measured():
        with step("claims"):
            claim(generated, home)
        with step("snapshot"):
            snapshot = build_snapshot(home)
        with step("state of every date"):
            state_at(home, snapshot, None)
        if options.derive:
            with step("state of the day"):
                state_at(home, snapshot, snapshot.date)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    clock = time.perf_counter()
    yield
    seconds = time.perf_counter() - clock
    print(f"{name}: {seconds:.1f} s, {peak():.0f} MB", file=sys.stderr)


def main() -> int:
    known = parser(__doc__)
    known.set_defaults(edges=900_000)
    known.add_argument("--derive", action="store_true", help="with computed relations of the day")
    options = known.parse_args()
    if options.side:
        with tempfile.TemporaryDirectory(prefix="stackholder-bench-") as folder:
            build(options, Path(folder))
        return 0
    synthetic(options.nodes, options.edges, generator=options.generator)
    more = ["--derive"] if options.derive else []
    figures = least("benchmarks.build_memory", "build", options, *more)
    print(f"Build of {options.nodes + options.edges:,} claims")
    table({"ours": figures})
    print(f"peak: aim {MOST} MB; {'met' if figures.peak < MOST else 'MISSED'}")
    return 0 if figures.peak < MOST else 1


if __name__ == "__main__":
    sys.exit(main())
