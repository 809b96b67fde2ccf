"""Files for `neo4j-admin database import`: our export against BioCypher, from the same state on disk.

    pip install biocypher
    python -m benchmarks.neo4j_csv --nodes 100000 --edges 500000

BioCypher runs without an ontology (headless) and writes CSV, with the same properties; it is given rows of Python
values, which it asks for.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from benchmarks.data import asked
from benchmarks.measure import Aim, benchmark, measured

if TYPE_CHECKING:
    from stackholder.graph.schema import Property
    from stackholder.state.state import State

AIMS = [Aim("cpu", 0.1), Aim("wall", 0.1), Aim("peak", 1.0)]
TYPES = {"integer": "int", "double": "float", "boolean": "bool"}


def ours(options: argparse.Namespace, folder: Path) -> None:
    from stackholder.exports import export, neo4j_csv

    assert neo4j_csv
    state = asked(options)
    with measured():
        export(state, "neo4j-csv", folder / "out")


def peer(options: argparse.Namespace, folder: Path) -> None:
    os.chdir(folder)  # it writes a log where it is started
    from biocypher import BioCypher

    state = asked(options)
    (folder / "schema.yaml").write_text(yaml.safe_dump(configured(state)))
    settings = {
        "biocypher": {"dbms": "neo4j", "offline": True, "strict_mode": False, "debug": False},
        "neo4j": {"file_format": "csv"},
    }
    settings["biocypher"] |= {"head_ontology": None, "log_to_disk": False}
    (folder / "settings.yaml").write_text(yaml.safe_dump(settings))
    writer = BioCypher(
        biocypher_config_path="settings.yaml",
        schema_config_path="schema.yaml",
        output_directory="out",
    )
    with measured():
        writer.write_nodes(nodes(state))
        writer.write_edges(edges(state))
        writer.write_import_call()
    rows = sum(1 for f in (folder / "out").glob("*part*") for _ in f.open())
    assert rows >= state.node_count + state.edge_count, rows


def configured(state: State) -> dict[str, Any]:
    """The kinds and relations in BioCypher's words."""
    from stackholder.graph.schema import schema

    known = schema()
    kinds = {
        name: {
            "represented_as": "node",
            "preferred_id": "id",
            "input_label": name,
            "properties": properties(known.node_properties(name)),
        }
        for name in state.kinds
    }
    relations = {
        name: {
            "represented_as": "edge",
            "input_label": name,
            "properties": properties(known.edge_properties(name)),
        }
        for name in state.relations
    }
    return kinds | relations


def properties(known: tuple[Property, ...]) -> dict[str, str]:
    """Names with types; `id` is BioCypher's own."""
    return {
        p.name: "str[]" if p.list else TYPES.get(p.type, "str") for p in known if p.name != "id"
    }


def nodes(state: State) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for kind in state.kinds:
        for row in rows(state.nodes(kind)):
            yield row.pop("id"), kind, row


def edges(state: State) -> Iterator[tuple[str, str, str, str, dict[str, Any]]]:
    for relation in state.relations:
        for batch in state.edge_batches(relation):
            for row in rows(batch):
                yield row["key"], row.pop("source"), row.pop("target"), relation, row


def rows(table: Any) -> Iterator[dict[str, Any]]:
    import pyarrow as pa

    names = [n for n in table.schema.names if n not in {"node", "source_kind", "target_kind"}]
    columns = []
    for name in names:
        column = table[name]
        is_time = pa.types.is_temporal(column.type)
        columns.append((column.cast(pa.string()) if is_time else column).to_pylist())
    for row in zip(*columns, strict=True):
        yield dict(zip(names, row, strict=True))


if __name__ == "__main__":
    sys.exit(benchmark("Neo4j import files", {"ours": ours, "BioCypher": peer}, AIMS))
