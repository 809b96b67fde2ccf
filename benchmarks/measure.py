"""Measures a piece of work in a process of its own, and compares two of them.

A benchmark is a program that calls `benchmark` with the work of both sides. Started with `--side NAME` it does that
work and prints its figures; started without, it starts itself once per side and prints both with their ratio.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.data import parser

__all__ = ["Aim", "Figures", "Side", "benchmark", "least", "measured", "peak", "table"]


Side = Callable[[argparse.Namespace, Path], None]
"""The work of one side: options and an empty folder."""


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """What a piece of work took.

    Attributes:
        wall: Seconds on the clock.
        cpu: Seconds of user and system time, of all threads and ended children.
        peak: Most resident memory of the process, in MB (10^6 bytes), with the interpreter and its libraries.
    """

    wall: float
    cpu: float
    peak: float


@dataclasses.dataclass(frozen=True, slots=True)
class Aim:
    """The most that our figure may be, as a share of the peer's.

    Attributes:
        figure: `wall`, `cpu` or `peak`.
        most: The share.
    """

    figure: str
    most: float


@contextlib.contextmanager
def measured() -> Iterator[None]:
    """Measures the block, and prints the figures for `benchmark` to read. Import what it needs before."""
    clock, used = time.perf_counter(), _used()
    yield
    wall, cpu = time.perf_counter() - clock, _used() - used
    print(json.dumps(dataclasses.asdict(Figures(wall, cpu, peak()))))


def _used() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def peak() -> float:
    """Most resident memory of this process so far, in MB; `ru_maxrss` would count its starter's."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(n for n in status.read_text().splitlines() if n.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def benchmark(title: str, sides: Mapping[str, Side], aims: Sequence[Aim]) -> int:
    """The program of a benchmark; gives 1 where an aim is missed, else 0.

    Args:
        title: What is compared.
        sides: The work by name: first ours, then the peer's. Each is given the options and an empty folder.
        aims: The most that our figures may be.
    """
    program = sys.modules["__main__"]
    options = parser(program.__doc__).parse_args()
    if options.side:
        with tempfile.TemporaryDirectory(prefix="stackholder-bench-") as folder:
            sides[options.side](options, Path(folder))
        return 0
    made = [sys.executable, "-m", "benchmarks.data", *_size(options)]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    name = program.__spec__.name if program.__spec__ else ""
    print(f"{title}: {options.nodes:,} nodes, {options.edges:,} edges")
    found = {side: least(name, side, options) for side in sides}
    table(found)
    ours, theirs = list(found.values())[:2]
    verdicts = [_judged(aim, ours, theirs) for aim in aims]
    return 0 if all(verdicts) else 1


def least(module: str, side: str, options: argparse.Namespace, *more: str) -> Figures:
    """The least of each figure of some runs of one side, each in a process of its own."""
    command = [sys.executable, "-m", module, "--side", side, *_size(options), *more]
    found = []
    for _ in range(options.runs):
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found.append(Figures(**json.loads(done.stdout.splitlines()[-1])))
    return Figures(*(min(getattr(f, n) for f in found) for n in ("wall", "cpu", "peak")))


def _size(options: argparse.Namespace) -> list[str]:
    size = ["--nodes", str(options.nodes), "--edges", str(options.edges)]
    return size + (["--generator", str(options.generator)] if options.generator else [])


def _judged(aim: Aim, ours: Figures, theirs: Figures) -> bool:
    share = getattr(ours, aim.figure) / getattr(theirs, aim.figure)
    said = f"{share:.2f} of the peer's" if share > 0.5 else f"{1 / share:.1f} times less"
    print(f"{aim.figure}: {said} (aim: {aim.most:g}; {'met' if share <= aim.most else 'MISSED'})")
    return share <= aim.most


def table(rows: dict[str, Figures]) -> None:
    """Prints figures."""
    width = max(map(len, rows))
    print(f"{'':{width}}  {'wall s':>8}  {'cpu s':>8}  {'peak MB':>8}")
    for name, figures in rows.items():
        print(f"{name:{width}}  {figures.wall:8.2f}  {figures.cpu:8.2f}  {figures.peak:8.0f}")
