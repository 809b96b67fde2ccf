"""Ladybug: our load of a state against Ladybug's own COPY of the same tables from Parquet files that are there already.

    python -m benchmarks.embedded_load --nodes 100000 --edges 500000

The peer's files are cut to its needs before: one per kind, and per relation and pair of kinds, with the columns in
its order and times without a zone.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any

from benchmarks.data import asked
from benchmarks.measure import Aim, benchmark, measured

AIMS = [Aim("cpu", 1.5), Aim("wall", 1.5)]


def ours(options: argparse.Namespace, folder: Path) -> None:
    import ladybug
    from stackholder.stores.embedded import _build

    state = dataclasses.replace(asked(options), folder=folder)
    (folder / "edges").symlink_to(asked(options).folder / "edges")
    with measured():
        _build(state, folder / "embedded.lbug")
    counted(ladybug, folder, state)


def peer(options: argparse.Namespace, folder: Path) -> None:
    import ladybug
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    from stackholder.graph.schema import schema
    from stackholder.stores.embedded import ddl

    state = asked(options)
    statements = []

    def copied(name: str, table: Any, tail: str = "") -> None:
        for place, field in enumerate(table.schema):
            if pa.types.is_timestamp(field.type):
                times = table.column(place).cast(pa.timestamp("us"))
                table = table.set_column(place, field.name, times)
        file = folder / f"{len(statements)}.parquet"
        pq.write_table(table, file)
        statements.append(f"COPY `{name}` FROM '{file}' {tail}")

    for kind in state.kinds:
        copied(kind, state.nodes(kind, [p.name for p in schema().node_properties(kind)]))
    for relation in state.relations:
        edges = state.edges(relation)
        names = ["source", "target", *(p.name for p in schema().edge_properties(relation))]
        pairs = edges.group_by(["source_kind", "target_kind"]).aggregate([]).to_pylist()
        for pair in pairs:
            source, target = pair["source_kind"], pair["target_kind"]
            here = edges.filter(
                pc.and_(
                    pc.equal(edges["source_kind"], source), pc.equal(edges["target_kind"], target)
                )
            )
            copied(relation, here.select(names), f"(FROM='{source}', TO='{target}')")
    with measured():
        database = ladybug.Database(str(folder / "embedded.lbug"), buffer_pool_size=1 << 30)
        connection = ladybug.Connection(database)
        for statement in [*ddl(), *statements]:
            connection.execute(statement)
        connection.close()
        database.close()
    counted(ladybug, folder, state)


def counted(ladybug: Any, folder: Path, state: Any) -> None:
    database = ladybug.Database(str(folder / "embedded.lbug"), read_only=True)
    found = ladybug.Connection(database).execute("MATCH ()-[e]->() RETURN count(e)").get_next()
    assert found == [state.edge_count], found


if __name__ == "__main__":
    sys.exit(benchmark("Embedded load", {"ours": ours, "Ladybug's COPY": peer}, AIMS))
