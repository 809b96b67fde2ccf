"""A snapshot: everything that is known, resolved, in one immutable folder with a content hash.

    manifest.json        hash, counts, sources with their completeness
    nodes/KIND.parquet       columns: node (dense integer), then the properties of the kind
    statements/KIND.parquet  what each source says of each node, unmerged
    edges/RELATION.parquet   columns: source_kind, source, target_kind, target, source_node, target_node,
                             the relation's properties, then partition, at, url
    sources.parquet      the ledger of every partition
    proposals.parquet    pairs of entities that may be one: to be judged

`assembly.py` makes one.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import NoGraph, NotFound
from .ledger import Ledger
from .schema import schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ENDS", "EVIDENCE", "Snapshot", "stubs"]

ENDS: Final = ("source_kind", "source", "target_kind", "target")
"""The columns of an edge before its properties."""

EVIDENCE: Final = ("partition", "at", "url")
"""Columns of an edge that say where it was read; not part of any store."""


@dataclasses.dataclass(frozen=True, slots=True)
class Snapshot:
    """A published snapshot.

    Attributes:
        folder: Where it lies.
        hash: Its content hash (its name).
        date: The day on which its sources were last read.
        nodes: Number per kind.
        edges: Number per relation.
    """

    folder: Path
    hash: str
    date: datetime.date
    nodes: dict[str, int]
    edges: dict[str, int]

    @classmethod
    def open(cls, folder: Path) -> Snapshot:
        """Opens a published snapshot.

        Raises:
            NotFound: There is none in this folder.
        """
        file = folder / "manifest.json"
        if not file.exists():
            raise NotFound(
                "there is no snapshot here", where=str(folder), hint="type: stackholder build"
            )
        manifest = json.loads(file.read_text())
        if manifest.get("schema") != schema().version:
            made, ours = manifest.get("schema"), schema().version
            what = f"this snapshot was made with version {made} of the ontology, not {ours}"
            raise NoGraph(what, where=str(folder), hint="type: stackholder build")
        return cls(
            folder,
            manifest["hash"],
            datetime.date.fromisoformat(manifest["date"]),
            manifest["nodes"],
            manifest["edges"],
        )

    def file(self, name: str) -> Path:
        """The Parquet file of a kind or relation."""
        part = "nodes" if name in schema().kinds else "edges"
        return self.folder / part / f"{name}.parquet"

    def table(
        self, name: str, columns: Sequence[str] | None = None, **wanted: Collection[str]
    ) -> pa.Table:
        """The nodes of a kind, or the edges of a relation of every date.

        Args:
            name: The kind or relation, one that has any.
            columns: None = all of the file.
            wanted: By column: only rows with one of these texts there.
        """
        return _read(self.file(name), columns, wanted)

    def statements(
        self, kind: str, columns: Sequence[str] | None = None, **wanted: Collection[str]
    ) -> pa.Table:
        """What each source says of the nodes of a kind, which it has in this snapshot; as of `table`."""
        return _read(self.folder / "statements" / f"{kind}.parquet", columns, wanted)

    def proposals(self) -> pa.Table:
        """Pairs of entities that may be one. columns: left, right, reason."""
        return _read(self.folder / "proposals.parquet")

    @property
    def ledgers(self) -> list[Ledger]:
        """The ledgers of the partitions it was made from."""
        manifest = json.loads((self.folder / "manifest.json").read_text())
        return [Ledger.from_json(json.dumps(ledger)) for ledger in manifest["sources"]]

    @property
    def incomplete_sources(self) -> tuple[str, ...]:
        """Sources whose last run failed or left a scope unfinished."""
        return tuple(ledger.partition for ledger in self.ledgers if not ledger.complete)


def _read(
    file: Path,
    columns: Sequence[str] | None = None,
    wanted: Mapping[str, Collection[str]] | None = None,
) -> pa.Table:
    from .table_file import read_table

    return read_table(file, columns, wanted)


def stubs(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What edges name and no source describes. columns: id, stated, named_by, at, count (of edges that name it)."""
    import pyarrow.compute as pc

    from .table_file import texts

    empty = {"stated": None, "named_by": None, "at": None, "count": 0}
    missing: dict[str, dict[str, Any]] = {
        row["id"]: {"id": row["id"], **empty}
        for kind in snapshot.nodes
        for row in snapshot.table(kind, ["id", "stub"]).to_pylist()
        if row["stub"]
    }
    ids = texts(missing)
    for relation in snapshot.edges:
        table = snapshot.table(relation, ["source", "target", "stated", "partition", "at"])
        either = pc.or_(*(pc.is_in(table[end], value_set=ids) for end in ("source", "target")))
        for row in table.filter(either).to_pylist():
            for end in {row["source"], row["target"]} & missing.keys():
                stub = missing[end]
                stub["count"] += 1
                if stub["named_by"] is None:
                    stub |= {"stated": row["stated"], "named_by": row["partition"], "at": row["at"]}
    return sorted(missing.values(), key=lambda stub: (-stub["count"], stub["id"]))
