"""Forgetting: contributors who do not want to be in the graph leave claims, snapshots and states.

`opt-out.txt` in the home lists them, one pseudonym per line, comments after `#`. Loaders give nothing of them; what was
kept from earlier runs is rewritten without them; snapshots that hold them go once a new one is published.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import SourceError
from .home import Home, exchange
from .schema import schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["forget", "opted_out", "persons", "purge", "purge_snapshots", "without"]

_FILE: Final = "opt-out.txt"
_SCHEME: Final = "contributor"
_PSEUDONYM: Final = re.compile(r"(?:contributor/)?([0-9a-f]{16})")


def persons() -> frozenset[str]:
    """The kinds whose nodes are persons: those known by a pseudonym."""
    return frozenset(k.name for k in schema().kinds.values() if _SCHEME in k.identifiers)


def opted_out(home: Home) -> frozenset[str]:
    """The pseudonyms of those who are left out; none where there is no list.

    Raises:
        SourceError: A line holds something else: then nothing is read, since somebody would be overlooked.
    """
    file = home.path / _FILE
    try:
        lines = file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except FileNotFoundError:
        return frozenset()
    pseudonyms = set()
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip().lower()
        pseudonym = _PSEUDONYM.fullmatch(text)
        if pseudonym:
            pseudonyms.add(pseudonym[1])
        elif text:
            raise SourceError(
                "not the pseudonym of a contributor (16 hexadecimal digits)",
                where=f"{file}:{number}",
                hint="write one pseudonym per line, comments after #; nothing is read until this is mended",
            )
    return frozenset(pseudonyms)


def forget(home: Home, pseudonyms: Iterable[str]) -> list[str]:
    """Adds contributors to the list; gives those that were not on it.

    Raises:
        SourceError: One is no pseudonym.
    """
    wanted = set()
    for text in pseudonyms:
        pseudonym = _PSEUDONYM.fullmatch(text.strip().lower())
        if pseudonym is None:
            hint = "find it out: stackholder pseudonym < file-with-the-address"
            raise SourceError(f"{text[:40]!r} is not the pseudonym of a contributor", hint=hint)
        wanted.add(pseudonym[1])
    with home.locked():
        fresh = sorted(wanted - opted_out(home))
        if fresh:
            file = home.path / _FILE
            before = file.read_text(encoding="utf-8") if file.exists() else ""
            new = home.path / f".new-{_FILE}"
            new.write_text(before + "".join(f"{p}\n" for p in fresh), encoding="utf-8")
            exchange(new, file)
    return fresh


def without(table: pa.Table, left_out: Collection[str]) -> pa.Table:
    """A table of claims without those that are of, or lead to, somebody who is left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    gone = pa.array(sorted(left_out), pa.string())
    kinds = pa.array(sorted(persons()), pa.string())
    for end in ("source", "target"):
        if f"{end}_kind" in table.column_names:
            person = pc.and_(pc.is_in(table[f"{end}_kind"], kinds), pc.is_in(table[end], gone))
            table = table.filter(pc.invert(person))
    return table


def purge(home: Home, left_out: Collection[str]) -> int:
    """Rewrites every version of every partition without those who are left out; gives the number of rows removed.

    Only for the holder of the lock.
    """
    removed = 0
    for file in _claim_files(home):
        removed += _rewrite(file, left_out)
    return removed


def purge_snapshots(home: Home, left_out: Collection[str]) -> int:
    """Removes the snapshots and states that hold somebody who is left out; gives their number."""
    removed = 0
    for folder in sorted(home.snapshots.glob("*")):
        if folder.is_dir() and any(_holds(f, left_out) for f in _person_files(folder / "nodes")):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(home.states / folder.name, ignore_errors=True)
            removed += 1
    registry = home.path / "minted.parquet"
    if registry.exists():
        _rewrite(registry, left_out)
    return removed


def _claim_files(home: Home) -> Iterator[Path]:
    for version in home.claims.glob("*/*/[0-9]*"):
        yield from _person_files(version / "nodes")
        yield from sorted((version / "edges").glob("*.parquet"))


def _person_files(folder: Path) -> list[Path]:
    return [file for kind in sorted(persons()) if (file := folder / f"{kind}.parquet").exists()]


def _rewrite(file: Path, left_out: Collection[str]) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(file)
    gone = pa.array(sorted(left_out), pa.string())
    kept = without(table, left_out)
    if "source_kind" not in table.column_names:
        mine = pc.is_in(table["id"], gone)
        if "family" in table.column_names:
            families = pa.array(sorted({schema().kinds[k].family for k in persons()}), pa.string())
            mine = pc.and_(mine, pc.is_in(table["family"], families))
        kept = table.filter(pc.invert(mine))
    if kept.num_rows < table.num_rows:
        fresh = file.with_name(f".new-{file.name}")
        pq.write_table(kept, fresh)
        exchange(fresh, file)
    return int(table.num_rows - kept.num_rows)


def _holds(file: Path, left_out: Collection[str]) -> bool:
    import pyarrow.parquet as pq

    identifiers = (
        pq.read_table(file, columns=["identifiers"])["identifiers"].combine_chunks().flatten()
    )
    return not {f"{_SCHEME}:{p}" for p in left_out}.isdisjoint(identifiers.to_pylist())
