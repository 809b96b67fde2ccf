"""Runs every benchmark, one after the other: `python -m benchmarks`, or `make bench`."""

import subprocess
import sys

NAMES = (
    *("graphml", "neo4j_csv", "rdf_load", "neo4j_live", "embedded_load", "build_memory"),
    *("git_log", "identity", "publishers", "affiliations", "measures", "serve", "map", "start"),
)


def main() -> int:
    """Gives the number of benchmarks that failed."""
    failed = 0
    for name in NAMES:
        print(f"\n== {name}", flush=True)
        failed += (
            subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
            != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())
