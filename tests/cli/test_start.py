"""Short commands start quickly: what each may import beside the standard library, by name.

`python -m benchmarks.start` prints their CPU seconds. What may not be imported is most of a second: pandas, Ibis,
DuckDB, SciPy, NetworkX, rdflib, Rich.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

COLUMNS = {"stackholder", "click", "pyoxigraph", "numpy", "pyarrow"}
"""The command line, the schema, and Arrow, which needs NumPy."""

COMMANDS = {
    "find nvidia": COLUMNS,
    "show nvidia": COLUMNS,
    "paths nvidia cuda": COLUMNS,
    "ask who_controls -p artefact pytorch": COLUMNS | {"ladybug", "yaml"},
    "cypher 'MATCH (n:Framework) RETURN count(n)'": COLUMNS | {"ladybug"},
}
PROGRAM = """
import json, shlex, sys
before = set(sys.modules)
from stackholder.cli import run
assert run(shlex.split(sys.argv[1])) == 0
names = {name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)
print(json.dumps(sorted(names)), file=sys.stderr)
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_short_command_imports_what_it_needs_and_no_more(
    starter_home: Path, command: str
) -> None:
    arguments = f"{command} --home {starter_home} -f tsv -q"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    imported = {n for n in json.loads(done.stderr) if n[0] != "_" and n != "cython_runtime"}
    assert imported == COMMANDS[command]
