"""Settling: what a source states now, joined with what it stated before, as one immutable partition.

a claim in a finished scope           is in force as stated
known before, stated again            keeps the time at which it was first recorded
known before, its scope finished,     is ended on the day of this run, never erased
  not stated any more                 an event (`Relation.event`) is retracted: what happened cannot end
known before, its scope unfinished    is untouched, whatever other scopes state

A run that would end most of what was known is taken for a broken file: it publishes nothing until a person accepts it.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import OutsideExpectation
from .claims import Claims, Ledger, claim_columns
from .home import Home, point, publish
from .schema import Kind, Relation, schema

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["ledger_of", "partition_columns", "settle"]

_LEAST_KNOWN: Final = 100
_MOST_LOST: Final = 0.5


@dataclasses.dataclass(frozen=True, slots=True)
class _Settled:
    """What became of one relation or kind: statements given now, in force before, and ended by this run."""

    given: int = 0
    before: int = 0
    ended: int = 0


def settle(
    home: Home, claims: Claims, now: datetime.datetime, *, accept_loss: bool = False
) -> Ledger:
    """Publishes the claims of a finished run as the partition in force.

    Args:
        home: Where claims lie.
        claims: What the loader gave.
        now: Time of the run.
        accept_loss: Whether it may end more than half of the edges known before (of 100 or more).

    Raises:
        OutsideExpectation: The counts lie outside the source's bounds, or too much would end; the partition before
            stays in force.
    """
    claims.close()
    ledger = claims.ledger
    place = home.claims / ledger.loader / ledger.label
    current = place / "current"
    before = current.resolve() if current.exists() else None
    folder = claims.directory
    ledger.nodes, ledger.edges = {}, {}
    targets: list[Kind | Relation] = [*schema().kinds.values(), *schema().relations.values()]
    settled = {target.name: _settle_one(claims, target, before, now) for target in targets}
    if ledger.complete:
        claims.check_expectations({name: one.given for name, one in settled.items()})
    if not (accept_loss or claims.source.packaged):
        _check_loss(settled.values(), ledger)
    refused = [[r.at, r.field, r.reason] for r in claims.refusals]
    (folder / "refused.json").write_text(
        json.dumps(refused, ensure_ascii=False, indent=0), encoding="utf-8"
    )
    (folder / "ledger.json").write_text(ledger.to_json(), encoding="utf-8")
    shutil.rmtree(folder / "raw", ignore_errors=True)
    target_folder = place / now.strftime("%Y%m%dT%H%M%S%f")
    if target_folder.exists():
        target_folder = target_folder.with_name(
            f"{target_folder.name}-{folder.name.removeprefix('.new-')}"
        )
    publish(folder, target_folder)
    point(current, target_folder)
    _forget(place, target_folder)
    return ledger


def _check_loss(settled: Iterable[_Settled], ledger: Ledger) -> None:
    known = ended = 0
    for one in settled:
        known, ended = known + one.before, ended + one.ended
    if known >= _LEAST_KNOWN and ended > known * _MOST_LOST:
        raise OutsideExpectation(
            f"it no longer states {ended:,} of the {known:,} edges that it stated before: nothing was published",
            where=f"{ledger.partition} ({ledger.origin})",
            hint="look whether the file is whole; if it is right, "
            f"type: stackholder build --accept-loss {ledger.partition}",
        )


def ledger_of(partition: Path) -> Ledger:
    """The ledger of a partition."""
    return Ledger.from_json((partition / "ledger.json").read_text(encoding="utf-8"))


def partition_columns(target: Kind | Relation) -> pa.Schema:
    """The Arrow schema of the claims of a kind or relation in a partition: as given, then key, recorded_at, ended."""
    import pyarrow as pa

    layout = claim_columns(target)
    added = [
        pa.field("key", pa.string()),
        pa.field("recorded_at", pa.timestamp("us", tz="UTC")),
        pa.field("ended", pa.date32()),
    ]
    return pa.schema([*(f for f in layout if f.name != "n"), *added])


def _settle_one(
    claims: Claims, target: Kind | Relation, before: Path | None, now: datetime.datetime
) -> _Settled:
    """Writes the claims of a kind or relation that are in force."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from .table_file import TableFile

    is_node = isinstance(target, Kind)
    place = f"{'nodes' if is_node else 'edges'}/{target.name}.parquet"
    raw, old = claims.directory / "raw" / place, (before / place) if before else None
    known = (
        _today(pq.read_table(old), target)
        if old is not None and old.exists()
        else partition_columns(target).empty_table()
    )
    if not known.num_rows and not raw.exists():
        return _Settled()
    finished = [s.name for s in claims.ledger.scopes if s.finished]
    read = pc.is_in(known["scope"], pa.array(finished, pa.string()))
    judged = pc.or_(read, claims.ledger.complete)
    untouched, known = known.filter(pc.invert(judged)), known.filter(judged)
    file = claims.directory / place
    file.parent.mkdir(parents=True, exist_ok=True)
    keys: list[pa.Array] = []
    ids: list[pa.Array] = []
    given = 0
    with TableFile(file, partition_columns(target)) as writer:
        for batch in _keyed(raw, target, claims.source.id, finished, untouched):
            fresh = _recorded(batch, known, now)
            writer.write_table(fresh.select(partition_columns(target).names))
            given += fresh.num_rows
            keys.append(fresh["key"].combine_chunks())
            if is_node:
                ids.append(fresh["id"].combine_chunks())
        carried = _carried(known, target, keys, ids, finished, now.date())
        rest = pa.concat_tables([untouched, carried]).select(partition_columns(target).names)
        writer.write_table(rest)
    in_force = given + (rest.num_rows if is_node else rest["ended"].null_count)
    if given or rest.num_rows:
        (claims.ledger.nodes if is_node else claims.ledger.edges)[target.name] = in_force
    else:
        file.unlink()
    if is_node:
        return _Settled(given)
    stood = known.filter(pc.is_null(known["ended"]))["key"]
    stands = carried.filter(pc.is_null(carried["ended"]))["key"]
    still = pc.or_(pc.is_in(stood, stands), pc.is_in(stood, pa.chunked_array(keys, pa.string())))
    return _Settled(given, len(stood), len(stood) - (pc.sum(still).as_py() or 0))


def _today(table: pa.Table, target: Kind | Relation) -> pa.Table:
    """Claims that an earlier version wrote, in the columns of this one: what it did not know is null."""
    import pyarrow as pa

    layout = partition_columns(target)
    if table.schema.names == layout.names:
        return table
    had = set(table.column_names)
    columns = [
        table[f.name].cast(f.type) if f.name in had else pa.nulls(table.num_rows, f.type)
        for f in layout
    ]
    return pa.table(columns, schema=layout)


def _keyed(
    raw: Path, target: Kind | Relation, loader: str, finished: list[str], untouched: pa.Table
) -> Iterator[pa.Table]:
    """The rows of finished scopes with their keys; of two equal claims, the second gets another key: both stay."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from .digests import md5

    if not raw.exists():
        return
    scopes = pa.array(finished, pa.string())
    bases: list[pa.Array] = []
    for batch in pq.ParquetFile(raw).iter_batches():
        kept = pa.Table.from_batches([batch.filter(pc.is_in(batch["scope"], scopes))])
        bases.append(_base(kept, target, loader))
    every = pa.chunked_array(bases, pa.string()).combine_chunks()
    nth = _numbers(every, _base(untouched, target, loader), untouched["key"].to_pylist())
    start = 0
    for batch, base in zip(pq.ParquetFile(raw).iter_batches(), bases, strict=True):
        kept = pa.Table.from_batches([batch.filter(pc.is_in(batch["scope"], scopes))])
        nth_of = nth[start : start + len(base)]
        start += len(base)
        numbered = pc.binary_join_element_wise(base, pa.array(nth_of).cast(pa.string()), "#")
        key = pc.if_else(pa.array(nth_of == 0), base, md5(numbered)) if np.any(nth_of) else base
        if kept.num_rows:
            yield kept.append_column("key", key)


def _numbers(bases: pa.Array, taken_bases: pa.Array, taken: list[str]) -> NDArray[np.int64]:
    """Tells equal claims apart: 0 for the first, then 1, 2 …, leaving out those whose key is taken."""
    import numpy as np
    import pyarrow.compute as pc

    every = bases.dictionary_encode()
    codes = every.indices.to_numpy(zero_copy_only=False)
    nth = np.zeros(len(codes), np.int64)
    if len(every.dictionary) < len(codes):
        order = np.argsort(codes, kind="stable")
        first = np.r_[0, np.flatnonzero(np.diff(codes[order])) + 1]
        nth[order] = np.arange(len(codes)) - np.repeat(first, np.diff(np.r_[first, len(codes)]))
    held, following = set(taken), collections.Counter[str]()
    for row in np.flatnonzero(pc.is_in(bases, taken_bases)):
        base = bases[row].as_py()
        while _numbered(base, following[base]) in held:
            following[base] += 1
        nth[row] = following[base]
        following[base] += 1
    return nth


def _numbered(base: str, nth: int) -> str:
    text = f"{base}#{nth}".encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest() if nth else base


def _base(table: pa.Table, target: Kind | Relation, loader: str) -> pa.Array:
    """The key of each claim, before equal ones are told apart."""
    import pyarrow.compute as pc

    from .digests import md5, row_text

    if isinstance(target, Kind):
        left_out = {"n", "scope", "at"}
        own = [table[f.name] for f in claim_columns(target) if f.name not in left_out]
        return md5(row_text([target.name, *own]))
    identity = [table["valid_from"], table["valid_from_precision"]]
    identity += [table[p.name] for p in target.properties if p.identity]
    stated = (
        pc.coalesce(table["identity"].combine_chunks(), row_text(identity))
        if table.num_rows
        else table["identity"].combine_chunks()
    )
    ends = [table[c] for c in ("source_kind", "source", "target_kind", "target")]
    return md5(row_text([loader, target.name, *ends, stated]))


def _recorded(fresh: pa.Table, known: pa.Table, now: datetime.datetime) -> pa.Table:
    """Adds the time at which a claim was first recorded: now, or when it was stated before."""
    import pyarrow as pa
    import pyarrow.compute as pc

    time = pa.scalar(now, pa.timestamp("us", tz="UTC"))
    recorded = pa.repeat(time, fresh.num_rows)
    if known.num_rows:
        row = pc.index_in(fresh["key"].combine_chunks(), known["key"].combine_chunks())
        recorded = pc.coalesce(known["recorded_at"].combine_chunks().take(row), recorded)
    return fresh.append_column("recorded_at", recorded).append_column(
        "ended", pa.nulls(fresh.num_rows, pa.date32())
    )


def _carried(
    known: pa.Table,
    target: Kind | Relation,
    keys: list[pa.Array],
    ids: list[pa.Array],
    finished: list[str],
    today: datetime.date,
) -> pa.Table:
    """What was known before and is not stated now: ended where its scope was read in full, else as it was.

    What happened cannot end: an event that its source no longer states is retracted.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    again = pa.chunked_array(keys, pa.string()).combine_chunks()
    rest = known.filter(pc.invert(pc.is_in(known["key"], again)))
    if isinstance(target, Kind):
        return rest.filter(
            pc.invert(pc.is_in(rest["id"], pa.chunked_array(ids, pa.string()).combine_chunks()))
        )
    day = pa.scalar(today, pa.date32())
    over = pc.and_(
        pc.is_in(rest["scope"], pa.array(finished, pa.string())), pc.is_null(rest["ended"])
    )
    runs = pc.and_(over, pc.fill_null(pc.greater(rest["valid_to"], day), True))
    end = pc.max_element_wise(day, rest["valid_from"], skip_nulls=True)
    ended = pc.if_else(over, day, rest["ended"])
    taken_back = pc.and_(pc.is_valid(ended), target.event)
    changed = {
        "ended": ended,
        "status": pc.if_else(taken_back, "retracted", rest["status"]),
        "valid_to": pc.if_else(runs, end, rest["valid_to"]),
        "valid_to_precision": pc.if_else(runs, "day", rest["valid_to_precision"]),
    }
    for name, column in changed.items():
        rest = rest.set_column(rest.schema.get_field_index(name), rest.schema.field(name), column)
    return rest


def _forget(place: Path, keep: Path) -> None:
    """Removes all versions of a partition but the one in force and the one before."""
    versions = sorted(
        p for p in place.iterdir() if p.is_dir() and not p.is_symlink() and p.name[0].isdigit()
    )
    for old in [v for v in versions if v != keep][:-1]:
        shutil.rmtree(old, ignore_errors=True)
