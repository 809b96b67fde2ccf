"""From claims to a snapshot: entities resolved, statements merged, tables written and named by a content hash.

The hash is made of what the rows say; times of reading are no part of it, and are renewed in the manifest.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import shutil
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .digests import TableDigest
from .engine import engine
from .home import Home, begin, exchange, point, publish
from .identity import Judgement, judgements, proposals, resolve
from .ledger import Ledger
from .partition import ledger_of
from .schema import Kind, Property, Relation, schema
from .snapshot import ENDS, EVIDENCE, Snapshot
from .table_file import TableFile, write_table
from .text import repeated

__all__ = ["build_snapshot"]

_KEPT: Final = 10
_NAMED: Final = "wikidata"
_NOTHING: Final = pa.table(
    {"id": pa.array([], pa.string()), "identifiers": pa.array([], pa.list_(pa.string()))}
)
_DOCUMENT: Final = pa.schema(
    [pa.field(n, pa.string()) for n in ("id", "name", "publisher", "licence", "tier", "url")]
)


def build_snapshot(home: Home, only: Sequence[str] = (), shipped: Sequence[Path] = ()) -> Snapshot:
    """Resolves all partitions in force and publishes the result as the current snapshot.

    Args:
        home: Where claims lie and the snapshot goes. The caller holds its lock.
        only: Names of the loaders to restrict it to; empty = all.
        shipped: Files of judgements besides the user's own, which come last.
    """
    partitions = home.partitions(only)
    ledgers = [ledger_of(p) for p in partitions]
    home.snapshots.mkdir(parents=True, exist_ok=True)
    folder = begin(home.snapshots)
    assembly = _Assembly(home, partitions, ledgers, folder)
    registry = assembly.run(judgements(*shipped, home.judgements))
    manifest = _manifest(folder, ledgers, assembly.digests)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    target = home.snapshots / str(manifest["hash"])
    if target.exists():  # the same content, read on a later day
        exchange(folder / "manifest.json", target / "manifest.json")
    publish(folder, target)
    _keep_registry(home, registry)
    point(home.path / "current", target)
    _prune(home, target)
    return Snapshot.open(target)


class _Assembly:
    """The steps from claims to the tables of a snapshot."""

    def __init__(
        self, home: Home, partitions: Sequence[Path], ledgers: Sequence[Ledger], folder: Path
    ) -> None:
        self._home = home
        self._parts = list(zip(partitions, ledgers, strict=True))
        self._folder = folder
        self.digests: dict[str, str] = {}

    def run(self, decisions: Sequence[Judgement]) -> pa.Table:
        """Writes all tables; gives the registry of minted ids."""
        with engine() as connection:
            subjects, registry = resolve(
                connection,
                self._identified(),
                self._mentioned(),
                decisions,
                self._home.path / "minted.parquet",
            )
        self._entities = _Entities(subjects)
        sources = self._documents()
        for kind in schema().kinds.values():
            self._nodes(kind, sources)
        for relation in schema().relations.values():
            self._edges(relation)
        write_table(proposals(self._named()), self._folder / "proposals.parquet")
        return registry

    def _files(self, target: Kind | Relation) -> Iterator[tuple[Path, Ledger]]:
        part = "nodes" if isinstance(target, Kind) else "edges"
        for partition, ledger in self._parts:
            file = partition / part / f"{target.name}.parquet"
            if file.exists():
                yield file, ledger

    def _identified(self) -> pa.Table:
        """What sources describe. columns: loader, rank, kind, id, identifiers."""
        tables = [
            _labelled(pq.read_table(file, columns=["id", "identifiers"]), ledger, kind=kind.name)
            for kind in schema().kinds.values()
            for file, ledger in self._files(kind)
        ]
        return pa.concat_tables(tables) if tables else _labelled(_NOTHING, None, kind="")

    def _mentioned(self) -> pa.Table:
        """What edges name. columns: loader, rank, kind, id."""
        tables = []
        for relation in schema().relations.values():
            for file, ledger in self._files(relation):
                for end in ("source", "target"):
                    names = [f"{end}_kind", end]
                    ends = pq.read_table(file, columns=names).group_by(names).aggregate([])
                    tables.append(_labelled(ends.rename_columns(["kind", "id"]), ledger))
        return (
            pa.concat_tables(tables)
            if tables
            else _labelled(_NOTHING.select(["id"]), None, kind="")
        )

    def _documents(self) -> pa.Table:
        """The documents that claims name, as nodes. columns: id, name, publisher, licence, tier, url."""
        documents: dict[str, dict[str, str | None]] = {}
        targets: list[Kind | Relation] = [*schema().kinds.values(), *schema().relations.values()]
        for target in targets:
            for file, ledger in self._files(target):
                for url in pc.unique(pq.read_table(file, columns=["url"])["url"]).to_pylist():
                    own = url == ledger.homepage
                    host = _host(url)
                    row = {
                        "publisher": ledger.publisher if own else host.removeprefix("www.") or None,
                        "licence": ledger.licence if own else None,
                        "tier": ledger.tier if own else None,
                    }
                    if url not in documents or own:
                        documents[url] = row
        rows = [
            {
                "id": _source_id(url),
                "name": url.partition("://")[2].removeprefix("www.") or url,
                "url": url,
                **row,
            }
            for url, row in documents.items()
        ]
        return pa.Table.from_pylist(sorted(rows, key=lambda r: str(r["id"])), schema=_DOCUMENT)

    def _nodes(self, kind: Kind, documents: pa.Table) -> None:
        """One row per entity: of conflicting values, that of the source with the best rank; sets are united."""
        properties = schema().node_properties(kind.name)
        layout = pa.schema(
            [pa.field("node", pa.int64()), *(pa.field(p.name, p.arrow) for p in properties)]
        )
        entities = self._entities.of(kind.name)
        statements = self._statements(kind)
        merged = _merged(statements, properties) if statements.num_rows else statements
        row = (
            pc.index_in(entities["entity"], merged["entity"].combine_chunks())
            if merged.num_rows
            else None
        )
        columns: dict[str, pa.Array] = {
            "node": entities["node"],
            "id": entities["entity"],
            "kind": pa.repeat(kind.name, entities.num_rows),
            "stub": pc.invert(entities["described"]),
        }
        for field in properties:
            if field.name not in columns:
                null = pa.nulls(entities.num_rows, field.arrow)
                columns[field.name] = (
                    null if row is None else merged[field.name].combine_chunks().take(row)
                )
        columns["name"] = pc.coalesce(
            columns["name"], pc.replace_substring_regex(entities["entity"], "^[^/]*/", "")
        )
        table = pa.table([columns[f.name] for f in layout], schema=layout)
        if kind.name in schema().evidence.targets:
            table = _with_documents(table, kind.name, documents, self._entities.count)
        self._write(f"nodes/{kind.name}", [table], [p.name for p in properties])

    def _statements(self, kind: Kind) -> pa.Table:
        """What each source says of the entities of a kind; written beside the nodes."""
        head = ("entity", "partition", "loader", "id", "at", "url", "key")
        declared = schema().node_properties(kind.name)
        wanted = [p for p in declared if p.name not in {*head, "kind", "stub"}]
        layout = pa.schema(
            [
                *(pa.field(n, pa.string()) for n in head),
                pa.field("rank", pa.int64()),
                pa.field("recorded_at", pa.timestamp("us", tz="UTC")),
                *(pa.field(p.name, p.arrow) for p in wanted),
            ]
        )
        tables = []
        for name in schema().families[kind.family]:
            for file, ledger in self._files(schema().kinds[name]):
                claims = pq.read_table(file)
                entity, _, is_kind = self._entities.find(ledger.loader, kind.family, claims["id"])
                columns = {
                    "entity": entity,
                    "partition": pa.repeat(ledger.partition, claims.num_rows),
                    "loader": pa.repeat(ledger.loader, claims.num_rows),
                    "rank": pa.repeat(ledger.rank, claims.num_rows).cast(pa.int64()),
                }
                for field in layout:
                    if field.name not in columns:
                        has = field.name in claims.column_names
                        columns[field.name] = (
                            claims[field.name] if has else pa.nulls(claims.num_rows, field.type)
                        )
                if name != kind.name:
                    columns |= {
                        p.name: _permitted(columns[p.name], p)
                        for p in wanted
                        if p.choices and not p.list
                    }
                table = pa.table([columns[f.name] for f in layout], schema=layout)
                tables.append(table.filter(pc.equal(is_kind, kind.name)))
        statements = pa.concat_tables(tables) if tables else layout.empty_table()
        statements = statements.sort_by(
            [(n, "ascending") for n in ("entity", "rank", "partition", "key")]
        )
        file = self._folder / f"statements/{kind.name}.parquet"
        file.parent.mkdir(exist_ok=True)
        write_table(statements, file)
        return statements

    def _edges(self, relation: Relation) -> None:
        """One row per claim, its ends resolved, its source named."""
        files = list(self._files(relation))
        if files:
            names = [p.name for p in schema().edge_properties(relation.name)]
            hashed = [*ENDS, *(n for n in names if n != "recorded_at"), *EVIDENCE]
            self._write(f"edges/{relation.name}", self._resolved(relation, files), hashed)

    def _resolved(
        self, relation: Relation, files: Sequence[tuple[Path, Ledger]]
    ) -> Iterator[pa.Table]:
        layout = pa.schema(
            [
                *(pa.field(n, pa.string()) for n in ENDS),
                pa.field("source_node", pa.int64()),
                pa.field("target_node", pa.int64()),
                *(pa.field(p.name, p.arrow) for p in schema().edge_properties(relation.name)),
                *(pa.field(n, pa.string()) for n in EVIDENCE),
            ]
        )
        families = {k.name: k.family for k in schema().kinds.values()}
        for file, ledger in files:
            for batch in pq.ParquetFile(file).iter_batches():
                claims = pa.Table.from_batches([batch])
                columns: dict[str, pa.Array] = {
                    "partition": pa.repeat(ledger.partition, claims.num_rows)
                }
                for end in ("source", "target"):
                    family = repeated(
                        claims[f"{end}_kind"], lambda texts: _mapped(texts, families.get)
                    )
                    entity, node, kind = self._entities.find(ledger.loader, family, claims[end])
                    columns |= {end: entity, f"{end}_node": node, f"{end}_kind": kind}
                ids = repeated(claims["url"], lambda texts: _mapped(texts, _source_id))
                columns["source_ids"] = pa.ListArray.from_arrays(
                    pa.array(range(len(ids) + 1), pa.int32()), ids
                )
                chosen = [columns[f.name] if f.name in columns else claims[f.name] for f in layout]
                yield pa.table(chosen, schema=layout)

    def _write(self, name: str, tables: Iterable[pa.Table], hashed: Sequence[str]) -> None:
        """Writes a table, streamed, and notes its content hash."""
        file = self._folder / f"{name}.parquet"
        file.parent.mkdir(exist_ok=True)
        digest = TableDigest()
        writer: TableFile | None = None
        for table in tables:
            writer = writer or TableFile(file, table.schema)
            writer.write_table(table)
            digest.add([table[c] for c in hashed])
        if writer is not None:
            writer.close()
        self.digests[name] = digest.hexdigest()

    def _named(self) -> pa.Table:
        """Organisations and projects by name. columns: id, kind, family, name."""
        tables = []
        for kind in schema().kinds.values():
            if _NAMED in kind.identifiers:
                named = pq.read_table(
                    self._folder / f"nodes/{kind.name}.parquet", columns=["id", "kind", "name"]
                )
                tables.append(named.append_column("family", pa.repeat(kind.family, named.num_rows)))
        return pa.concat_tables(tables)


class _Entities:
    """Which entity a subject is.

    Args:
        subjects: columns: loader, family, id, kind, entity, described.
    """

    def __init__(self, subjects: pa.Table) -> None:
        order = pa.array(schema().kinds)
        entities = subjects.group_by(["entity", "kind"]).aggregate([("described", "any")])
        entities = entities.append_column("place", pc.index_in(entities["kind"], order)).sort_by(
            [("place", "ascending"), ("entity", "ascending")]
        )
        self.count = entities.num_rows
        self._told = pa.table(
            {
                "entity": entities["entity"].combine_chunks(),
                "kind": entities["kind"].combine_chunks(),
                "described": entities["described_any"].combine_chunks(),
                "node": pa.array(range(entities.num_rows), pa.int64()),
            }
        )
        self._key = _subject_key(subjects["loader"], subjects["family"], subjects["id"])
        self._place = pc.index_in(
            subjects["entity"].combine_chunks(), self._told["entity"].combine_chunks()
        )

    def of(self, kind: str) -> pa.Table:
        """The entities of a kind, in the order of their numbers. columns: entity, kind, described, node."""
        return self._told.filter(pc.equal(self._told["kind"], kind)).combine_chunks()

    def find(
        self, loader: str, family: str | pa.Array, ids: pa.ChunkedArray
    ) -> tuple[pa.Array, pa.Array, pa.Array]:
        """The entity, number and kind behind each of a loader's own ids."""
        row = self._place.take(pc.index_in(_subject_key(loader, family, ids), self._key))
        entity, node, kind = (
            self._told[c].combine_chunks().take(row) for c in ("entity", "node", "kind")
        )
        return entity, node, kind


def _mapped(texts: Any, change: Callable[[str], str | None]) -> pa.Array:
    return pa.array([change(t) for t in texts.to_pylist()], pa.string())


def _subject_key(*parts: str | pa.Array) -> pa.Array:
    joined = pc.binary_join_element_wise(*parts, "\x1f")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _labelled(table: pa.Table, ledger: Ledger | None, *, kind: str | None = None) -> pa.Table:
    table = table.append_column(
        "loader", pa.repeat(ledger.loader if ledger else "", table.num_rows)
    )
    table = table.append_column(
        "rank", pa.repeat(ledger.rank if ledger else 0, table.num_rows).cast(pa.int64())
    )
    return table if kind is None else table.append_column("kind", pa.repeat(kind, table.num_rows))


def _permitted(column: pa.ChunkedArray, field: Property) -> pa.ChunkedArray:
    """Values of another kind of the family, where this kind permits them."""
    return pc.if_else(
        pc.is_in(column, pa.array(field.choices)), column, pa.scalar(None, pa.string())
    )


def _merged(statements: pa.Table, properties: Sequence[Property]) -> pa.Table:
    """One row per entity out of statements in order of rank."""
    counts = pc.value_counts(statements["entity"])
    several = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    if not len(several):
        return statements
    many = pc.is_in(statements["entity"], several)
    rows: list[dict[str, Any]] = []
    for row in statements.filter(many).to_pylist():
        if not rows or rows[-1]["entity"] != row["entity"]:
            rows.append(row)
            continue
        first = rows[-1]
        for field in properties:
            value = row.get(field.name)
            if value is None:
                continue
            if field.list:
                first[field.name] = sorted({*(first[field.name] or ()), *value})
            elif first.get(field.name) is None or field.yields == str(first[field.name]).lower():
                first[field.name] = value
    return pa.concat_tables(
        [statements.filter(pc.invert(many)), pa.Table.from_pylist(rows, schema=statements.schema)]
    )


def _with_documents(table: pa.Table, kind: str, documents: pa.Table, start: int) -> pa.Table:
    """Adds the cited documents to the nodes of their kind, numbered after all others."""
    fresh = documents.filter(pc.invert(pc.is_in(documents["id"], table["id"].combine_chunks())))
    count = fresh.num_rows
    columns = {
        "node": pa.array(range(start, start + count), pa.int64()),
        "kind": pa.repeat(kind, count),
        "stub": pa.repeat(False, count),
        "identifiers": pa.array(
            [[f"url:{u}"] for u in fresh["url"].to_pylist()], pa.list_(pa.string())
        ),
    }
    chosen = [
        columns[f.name]
        if f.name in columns
        else fresh[f.name]
        if f.name in fresh.column_names
        else pa.nulls(count, f.type)
        for f in table.schema
    ]
    return pa.concat_tables([table, pa.table(chosen, schema=table.schema)])


def _host(url: str) -> str:
    try:
        return urllib.parse.urlsplit(url).hostname or ""
    except ValueError:  # a bracket that is not closed
        return ""


def _source_id(url: str) -> str:
    return "source/" + hashlib.md5(url.encode(), usedforsecurity=False).hexdigest()[:16]


def _manifest(
    folder: Path, ledgers: Sequence[Ledger], digests: dict[str, str]
) -> dict[str, object]:
    def counts(part: str) -> dict[str, int]:
        return {
            f.stem: pq.read_metadata(f).num_rows for f in sorted((folder / part).glob("*.parquet"))
        }

    scopes = sorted((led.partition, s.name, s.finished) for led in ledgers for s in led.scopes)
    failures = sorted(led.partition for led in ledgers if led.failure)
    content = {
        "schema": schema().version,
        "tables": digests,
        "scopes": scopes,
        "failures": failures,
    }
    summed = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    dates = [led.started[:10] for led in ledgers]
    return {
        "hash": summed[:32],
        "schema": schema().version,
        "date": max(dates, default=datetime.datetime.now(datetime.UTC).date().isoformat()),
        "nodes": counts("nodes"),
        "edges": counts("edges"),
        "tables": digests,
        "sources": [dataclasses.asdict(led) for led in ledgers],
    }


def _keep_registry(home: Home, registry: pa.Table) -> None:
    fresh = home.path / ".new-minted.parquet"
    write_table(registry, fresh)
    exchange(fresh, home.path / "minted.parquet")


def _prune(home: Home, keep: Path) -> None:
    """Removes all but the newest snapshots, and the states of those that are gone."""
    kept = sorted(home.snapshots.glob("[!.]*"), key=lambda p: p.stat().st_mtime, reverse=True)[
        :_KEPT
    ]
    for old in _others(home.snapshots, {*(p.name for p in kept), keep.name}):
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(home.states / old.name, ignore_errors=True)


def _others(folder: Path, kept: set[str]) -> Iterator[Path]:
    return (p for p in folder.glob("[!.]*") if p.name not in kept)
