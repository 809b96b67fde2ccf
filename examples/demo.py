"""`make demo`: builds the starter graph and shows what it answers; prints every command, so that it can be typed."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
REPORT = "examples/torch-transformers.report.json"
STEPS = (
    ("Build the graph: starter data, cited row by row", "build --format table"),
    (
        "Who controlled PyTorch before its foundation took effect in September 2022?",
        "ask who_controls -p artefact pytorch --as-of 2022-09-01 --limit 1 --format table",
    ),
    (
        "… and after?",
        "ask who_controls -p artefact pytorch --as-of 2022-09-15 --limit 3 --format table",
    ),
    (
        "… and today? People moved, and what they decide moved with them",
        "ask who_controls -p artefact pytorch --limit 5 --format table",
    ),
    (
        "How does Meta reach PyTorch today, with the evidence of every hop?",
        "paths meta-platforms pytorch -k 1 --format table",
    ),
    (
        "Who can squeeze PyTorch, by what it runs on?",
        "ask my_chokepoints -p framework pytorch --limit 3 --format table",
    ),
    (
        "What would break without the foundry behind most of its chips?",
        "ask blast_radius -p actor tsmc --limit 4 --format table",
    ),
    ("Audit an application: torch, transformers, accelerate", f"audit {REPORT}"),
    (
        "The graph as GraphML, for Gephi, yEd or networkx",
        "export graphml build/stackholder.graphml",
    ),
)


def main() -> int:
    """Runs the steps; gives the first exit code that is not 0."""
    clock = time.monotonic()
    command = Path(sys.executable).with_name("stackholder")
    os.chdir(ROOT)
    Path("build").mkdir(exist_ok=True)
    for title, arguments in STEPS:
        print(f"\n\x1b[1m{title}\x1b[0m\n$ .venv/bin/stackholder {arguments}", flush=True)
        done = subprocess.run([command, *shlex.split(arguments)], check=False)
        if done.returncode:
            print(f"\nthe command ended with {done.returncode}", file=sys.stderr)
            return done.returncode
    print(
        f"\n{time.monotonic() - clock:.0f} s. The graph stays: type .venv/bin/stackholder ask, "
        "or read README.md"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
