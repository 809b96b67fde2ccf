"""Synthetic states for the benchmarks: drawn by a generator outside of the package, kept between runs.

    python -m benchmarks.data --nodes 100000 --edges 500000 --generator PATH

The generator is a program `GENERATOR OUT --nodes N --edges M`, named by `--generator`, else by the environment's
`STACKHOLDER_GENERATOR`, else `../shared/tools/generate_graph.py` beside the checkout. It writes OUT/nodes/KIND.parquet
and OUT/edges/RELATION.parquet; they are read as claims by the real road, so that the state is made like any other.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa
    from stackholder.graph.claims import Claims
    from stackholder.graph.home import Home
    from stackholder.state.state import State

__all__ = ["asked", "claim", "parser", "synthetic", "synthetic_state"]

NOW: Final = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
GENERATOR: Final = Path(__file__).parents[2] / "shared/tools/generate_graph.py"
SCHEMA: Final = Path(__file__).parents[1] / "schema.ttl"
_PIECE: Final = 100_000


def parser(purpose: str | None) -> argparse.ArgumentParser:
    """The options that every benchmark has; `--side` is what a measured process is started with."""
    options = argparse.ArgumentParser(
        description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--nodes", type=int, default=100_000)
    options.add_argument("--edges", type=int, default=500_000)
    options.add_argument("--generator", type=Path, help="program that draws the graph")
    options.add_argument("--runs", type=int, default=1, help="runs of each side; the least counts")
    options.add_argument("--side", help=argparse.SUPPRESS)
    return options


def asked(options: argparse.Namespace) -> State:
    """The state that the options ask for."""
    return synthetic_state(options.nodes, options.edges, generator=options.generator)


def synthetic(
    nodes: int, edges: int, directory: Path | None = None, generator: Path | None = None
) -> Path:
    """The folder with the generated Parquet files; made once per size.

    Args:
        nodes: How many, 3,430 at least.
        edges: How many.
        directory: Where the data of each size lie; None = `STACKHOLDER_BENCHMARKS`, else the user's cache.
        generator: The program; None = as the module says.
    """
    place = (directory or _cache()) / f"{nodes}-{edges}"
    target = place / "generated"
    if target.exists():
        return target
    program = generator or Path(os.environ.get("STACKHOLDER_GENERATOR", GENERATOR))
    if not program.exists():
        raise SystemExit(f"there is no generator {program}: name one with --generator")
    place.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
    size = ["--nodes", str(nodes), "--edges", str(edges)]
    subprocess.run([sys.executable, program, fresh, *size], check=True, stdout=sys.stderr)
    fresh.rename(target)
    return target


def synthetic_state(
    nodes: int, edges: int, directory: Path | None = None, generator: Path | None = None
) -> State:
    """A state of this many nodes and edges, every edge of every date; made once per size and schema."""
    from stackholder.graph.assembly import build_snapshot
    from stackholder.graph.home import Home
    from stackholder.graph.snapshot import Snapshot
    from stackholder.state.derivation import state_at

    generated = synthetic(nodes, edges, directory, generator)
    version = hashlib.sha256(SCHEMA.read_bytes()).hexdigest()[:8]
    home = Home(generated.parent / f"home-{version}")
    if not (home.path / "current").exists():
        shutil.rmtree(home.path, ignore_errors=True)
        claim(generated, home)
        build_snapshot(home)
    return state_at(home, Snapshot.open(home.current_snapshot()), None)


def claim(generated: Path, home: Home) -> None:
    """Takes generated tables into `home` as the claims of one source, a piece at a time."""
    from stackholder.graph.claims import Claims, Source
    from stackholder.graph.partition import settle

    source = Source(
        id="synthetic",
        publisher=GENERATOR.name,
        licence="CC0-1.0",
        homepage="https://example.org/synthetic",
    )
    place = home.claims / source.id / "generated"
    place.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
    claims = Claims(source, fresh, label="generated", origin=generated.name, now=NOW)
    with claims.scope("all"):
        _state(generated, claims)
    if claims.refusals:
        raise ValueError(f"{claims.ledger.refused:,} rows refused, first: {claims.refusals[0]}")
    settle(home, claims, NOW)


def _state(generated: Path, claims: Claims) -> None:
    from stackholder.graph.schema import schema

    for kind in schema().kinds:
        for piece in _pieces(generated / f"nodes/{kind}.parquet"):
            claims.nodes(kind, _known(piece, kind))
    for relation in schema().relations:
        for piece in _pieces(generated / f"edges/{relation}.parquet"):
            claims.edges(relation, _known(piece, relation))


def _pieces(file: Path) -> Iterator[pa.Table]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if file.exists():
        for batch in pq.ParquetFile(file).iter_batches(batch_size=_PIECE):
            yield pa.Table.from_batches([batch])


def _known(table: pa.Table, name: str) -> pa.Table:
    """The columns that the schema knows; ids without the kind; the key as the edge's own identity."""
    import pyarrow.compute as pc
    from stackholder.graph.claims import claim_columns
    from stackholder.graph.schema import schema

    known = schema()
    target = known.kinds.get(name) or known.relations[name]
    table = table.rename_columns(["identity" if c == "key" else c for c in table.column_names])
    for place, column in enumerate(table.column_names):
        if column in {"id", "source", "target"}:
            bare = pc.replace_substring_regex(table[column], "^[^/]*/", "")
            table = table.set_column(place, column, bare)
    return table.select([c for c in table.column_names if c in claim_columns(target).names])


def _cache() -> Path:
    import platformdirs

    own = os.environ.get("STACKHOLDER_BENCHMARKS")
    return Path(own) if own else Path(platformdirs.user_cache_dir("stackholder")) / "benchmarks"


def main() -> None:
    """Makes the data, and says where they are."""
    state = asked(parser(__doc__).parse_args())
    print(f"{state.node_count:,} nodes, {state.edge_count:,} edges: {state.folder}")


if __name__ == "__main__":
    main()
