"""The starter data of the package: tidy CSVs, one per kind and per relation, each row with its own source."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from ...graph.claims import Claims, Source, starter_id
from ...graph.schema import schema

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="curated",
    title="starter data of the package",
    publisher="Stackholder",
    licence="Apache-2.0",
    homepage="https://w3id.org/stackholder/data",
    tier="secondary",
    rank=0,
    packaged=True,
)


def load(source: Path, out: Claims) -> None:
    """Reads `nodes/KIND.csv` and `edges/RELATION.csv`; each file is a scope of its own.

    Every node carries its id as the identifier `stackholder:KIND/ID`, which other loaders may name to mean it.
    Rows of `CONTRIBUTION_SHARE` are aggregates that our own `git_history` loader counted, method `computed`, unless
    their column `method` says otherwise: `asserted` is a share that somebody else published.
    """
    for file in sorted(source.glob("nodes/*.csv")):
        with out.scope(f"nodes/{file.name}"):
            for at, row in _rows(file):
                url = row.pop("source_url", None)
                row.pop("confidence", None)
                own = row.pop("id")
                known = starter_id(file.stem, own)
                identifiers = ";".join(filter(None, (known, row.pop("identifiers", ""))))
                out.node(
                    file.stem, own, row.pop("name"), at=at, url=url, identifiers=identifiers, **row
                )
    for file in sorted(source.glob("edges/*.csv")):
        relation = schema().relations.get(file.stem)
        method = "computed" if relation is not None and relation.computed else "asserted"
        with out.scope(f"edges/{file.name}"):
            for at, row in _rows(file):
                ends = [(row.pop(f"{end}_kind"), row.pop(end)) for end in ("source", "target")]
                url = row.pop("source_url", None)
                own = row.pop("method", method)
                out.edge(file.stem, ends[0], ends[1], at=at, url=url, method=own, **row)


def _rows(file: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a CSV with their place; empty cells are left out."""
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        for row in reader:
            at = f"{file.parent.name}/{file.name}:{reader.line_num}"
            yield (
                at,
                {
                    k: v
                    for k, v in row.items()
                    if v or k in {"id", "name", "source", "target", "source_kind", "target_kind"}
                },
            )
