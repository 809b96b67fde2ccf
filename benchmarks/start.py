"""CPU seconds of short commands on the starter graph, warm: the least of some runs, with what it should be at most."""

from __future__ import annotations

import resource
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Final

__all__ = ["AIMS"]

AIMS: Final[Mapping[str, float]] = {
    "--help": 0.15,
    "find nvidia": 0.4,
    "show nvidia": 0.4,
    "paths nvidia cuda": 0.4,
    "ask who_controls -p artefact pytorch": 0.4,
    "ask stakes_web": 0.4,
}
_RUNS: Final = 5


def _cpu(home: str, command: str) -> float:
    """CPU seconds of one run, user and system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    program = [sys.executable, "-m", "stackholder", *shlex.split(command)]
    environment = {"STACKHOLDER_HOME": home}
    subprocess.run(
        program, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Prints a line per command; gives the number of those that take longer than they should."""
    late = 0
    with tempfile.TemporaryDirectory() as home:
        _cpu(home, "build --quiet")
        for command, most in AIMS.items():
            least = min(_cpu(home, command) for _ in range(_RUNS))
            late += least > most
            print(f"{least:.2f} s of CPU (at most {most:.2f})  stackholder {command}")
    return late


if __name__ == "__main__":
    sys.exit(main())
