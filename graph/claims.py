"""Claims: nodes and edges as one source states them, kept per source with evidence and a ledger.

A loader writes into `Claims`; `settle` joins what it wrote with what the same source said before, and the
result is published as one immutable partition: a folder of Parquet files, a ledger, and the list of refused rows.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import OutsideExpectation
from .forgetting import persons, without
from .frames import Layout, arrow, claim_columns, converted, plain_rows, standing
from .ledger import Ledger, Refusal, Scope, Source
from .record import FieldNotes, Record
from .schema import Kind, Partial, Relation, read_text, schema

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from .table_file import TableFile

__all__ = [
    "Claims",
    "End",
    "Ledger",
    "Record",
    "Refusal",
    "Scope",
    "Source",
    "claim_columns",
    "pseudonym_of",
    "starter_id",
]

End = tuple[str, str]
"""One end of an edge: (kind, the source's own id of the node)."""

_BATCH: Final = 20_000
_OPTED_OUT: Final = "claim of a contributor who opted out"
_SPLIT_DATES: Final = {"valid_from", "valid_to"}
_MOST_REFUSALS_KEPT: Final = 100_000


def starter_id(kind: str, id: str) -> str:  # noqa: A002 - the field's standard term
    """The identifier by which any loader may name a node of the starter data: `stackholder:company/google`."""
    return f"stackholder:{schema().kinds[kind].slug}/{id}"


def pseudonym_of(text: str, salt: bytes) -> str:
    """What stands for a person or address: 16 hexadecimal digits (BLAKE2b, keyed with the home's salt)."""
    return hashlib.blake2b(text.encode(), digest_size=8, key=salt[:64]).hexdigest()


def _sound(text: str) -> str:
    """A place as text that can be written: the name of a file may hold bytes that are no UTF-8."""
    return text.encode("utf-8", "replace").decode()


@dataclasses.dataclass(slots=True)
class _Rows:
    """What becomes of the rows of the source that are being read; `count` is 1 but for rows read as one."""

    count: int = 1
    taken: int = 0
    refused: int = 0
    skipped: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)


class Claims:
    """Takes the claims of one run of one loader and refuses what the schema does not allow.

    Args:
        source: What is read.
        directory: Empty folder for the files of this run.
        label: Name of the partition.
        origin: What is read, as the user named it.
        now: Time of the run.
        salt: Secret for pseudonyms.
        cache: Folder in which the loader may keep what it can read again.
        progress: Is told how many rows were read, and of how many where that is known.
        left_out: Pseudonyms of contributors who opted out: no claim of them is taken.
    """

    def __init__(
        self,
        source: Source,
        directory: Path,
        *,
        label: str,
        origin: str,
        now: datetime.datetime,
        salt: bytes = b"",
        cache: Path | None = None,
        progress: Callable[[int, int | None], None] = lambda done, total: None,
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        self.source = source
        self.left_out = left_out
        self.directory = directory
        self.cache = cache or directory / "cache"
        self._salt = salt
        self.ledger = Ledger(
            loader=source.id,
            label=label,
            origin=origin,
            licence=source.licence,
            publisher=source.publisher,
            homepage=source.homepage,
            tier=source.tier,
            rank=source.rank,
            started=now.isoformat(timespec="seconds"),
        )
        self.refusals: list[Refusal] = []
        self.awaited: int | None = None
        self._progress = progress
        self._bounds: dict[str, tuple[int, int]] = dict(source.expects)
        self._scope: Scope | None = None
        self._layouts: dict[str, Layout] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._writers: dict[str, TableFile] = {}
        self._count = 0
        self._notes = FieldNotes()
        self._open: _Rows | None = None

    # ------------------------------------------------------------------ for loaders

    @contextlib.contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """A part of the source that is read in full, or not at all.

        An error inside it leaves it unfinished: nothing of it is taken over, and nothing that it said before ends.
        """
        if self._scope is not None:
            raise RuntimeError(f"scope {name!r} opened inside {self._scope.name!r}")
        name = _sound(name)
        if any(s.name == name for s in self.ledger.scopes):
            raise RuntimeError(f"scope {name!r} opened twice")
        self._scope = Scope(name)
        self.ledger.scopes.append(self._scope)
        try:
            yield
            self._scope.finished = True
        finally:
            self._scope = None

    @contextlib.contextmanager
    def row(self) -> Iterator[None]:
        """One row of the source: given if a claim of it was taken, else refused or skipped.

        Claims, refusals and skips outside of any row count as rows themselves.
        """
        with self._counted(_Rows()) as rows:
            yield
        if rows.taken:
            self._add(self.ledger.omitted, rows.skipped)
            self.ledger.rows_given += 1
        elif rows.refused:
            self.ledger.rows_refused += 1
        else:
            reason = next(iter(rows.skipped), "states nothing that this loader gives")
            self._add(self.ledger.skipped, {reason: 1})
        self.progress(self.ledger.rows)

    @contextlib.contextmanager
    def rows(self, count: int) -> Iterator[None]:
        """Many rows of the source that are read as one, e.g. into a frame.

        All count as given but those that `skip` and `refuse` name inside.
        """
        with self._counted(_Rows(count)) as rows:
            yield
        self._add(self.ledger.skipped, rows.skipped)
        self.ledger.rows_refused += rows.refused
        self.ledger.rows_given += count - rows.refused - rows.skipped.total()
        self.progress(self.ledger.rows)

    def progress(self, done: int) -> None:
        """Says how many rows were read; set `awaited` first where their number is known."""
        self._progress(done, self.awaited)

    def node(
        self,
        kind: str,
        id: str,  # noqa: A002 - the field's standard term
        name: str | None = None,
        *,
        at: str,
        url: str | None = None,
        **properties: object,
    ) -> bool:
        """States a node. `id` is the source's own (a slug, without the kind).

        Returns:
            Whether it was taken; else it stands among the refusals.
        """
        return self._row(kind, {"id": id, "at": at, "url": url}, {"name": name, **properties})

    def edge(
        self,
        relation: str,
        source: End,
        target: End,
        *,
        at: str,
        url: str | None = None,
        identity: str | None = None,
        **properties: object,
    ) -> bool:
        """States an edge from `source` to `target`, each (kind, the source's own id).

        Dates may be `2022`, `2022-09`, a full date or None. `identity` tells this edge from others between the same
        ends with equal own properties; left out, those properties and `valid_from` do.

        Returns:
            Whether it was taken; else it stands among the refusals.
        """
        fixed = {
            "at": at,
            "url": url,
            "identity": identity,
            "source_kind": source[0],
            "source": source[1],
            "target_kind": target[0],
            "target": target[1],
        }
        return self._row(relation, fixed, properties)

    def nodes(self, kind: str, frame: pd.DataFrame | pa.Table) -> None:
        """States many nodes. columns: id, name, at or none, and properties of the kind."""
        self._table(kind, frame)

    def edges(self, relation: str, frame: pd.DataFrame | pa.Table) -> None:
        """States many edges. columns: source_kind, source, target_kind, target, at or none, and properties."""
        self._table(relation, frame)

    def pseudonym(self, text: str) -> str:
        """A stable id for a person or address that cannot be turned back: 16 hexadecimal digits (keyed BLAKE2b)."""
        return pseudonym_of(text, self._salt)

    def record(self, data: Mapping[str, Any]) -> Record:
        """Wraps a mapping of the source, so that the fields which nobody reads are counted and shown."""
        return Record({str(k): v for k, v in data.items()}, self._notes)

    def refuse(self, at: str, reason: str, field: str = "") -> None:
        """Leaves a row out, and says why."""
        self._refuse(at, reason, field)
        if self._open is None:
            self.ledger.rows += 1
            self.ledger.rows_refused += 1
        else:
            self._open.refused += 1

    def skip(self, reason: str, count: int = 1) -> None:
        """Counts rows of the source that are none of this loader's business; inside a row, it or a part of it."""
        if self._open is None:
            self.ledger.rows += count
            self._add(self.ledger.skipped, {reason: count})
        else:
            self._open.skipped[reason] += count

    def omit(self, reason: str, count: int = 1) -> None:
        """Counts parts of rows that are none of this loader's business, where the rows themselves are given."""
        self._add(self.ledger.omitted, {reason: count})

    def describe(
        self,
        *,
        licence: str | None = None,
        publisher: str | None = None,
        homepage: str | None = None,
    ) -> None:
        """Says under which terms this partition stands, where a loader reads what others publish."""
        told = {"licence": licence, "publisher": publisher, "homepage": homepage}
        given = {name: value for name, value in told.items() if value}
        self.source = dataclasses.replace(self.source, **given)  # type: ignore[arg-type]
        for name, value in given.items():
            setattr(self.ledger, name, value)

    def expect(self, name: str, least: int, most: int) -> None:
        """Bounds the number of claims of a kind or relation in this run, besides those of the source."""
        self._bounds[name] = (least, most)

    # ------------------------------------------------------------------ rows

    @contextlib.contextmanager
    def _counted(self, rows: _Rows) -> Iterator[_Rows]:
        if self._open is not None:
            raise RuntimeError("a row opened inside a row")
        self._open = rows
        self.ledger.rows += rows.count
        try:
            yield rows
        except BaseException:
            self._add(self.ledger.skipped, {"the reading broke off here": rows.count})
            raise
        finally:
            self._open = None

    @staticmethod
    def _add(to: dict[str, int], counts: Mapping[str, int]) -> None:
        for reason, count in counts.items():
            to[reason] = to.get(reason, 0) + count

    def _refuse(self, at: str, reason: str, field: str = "") -> None:
        self.ledger.refused += 1
        if len(self.refusals) < _MOST_REFUSALS_KEPT:
            self.refusals.append(Refusal(_sound(at), field, reason))

    def _refuse_claim(self, at: str, reason: str, field: str = "") -> None:
        """Refuses a claim: the row that states it is refused only if it states nothing else."""
        self._refuse(at, reason, field)
        if self._open is None:
            self.ledger.rows += 1
            self.ledger.rows_refused += 1
        elif self._open.count == 1:
            self._open.refused += 1

    def _take(self, count: int) -> None:
        """Counts claims that were taken."""
        self._count += count
        self._current().rows += count
        if self._open is None:
            self.ledger.rows += count
            self.ledger.rows_given += count
        else:
            self._open.taken += count

    def _layout(self, name: str) -> Layout | None:
        if name not in self._layouts:
            known = schema()
            target = known.kinds.get(name) or known.relations.get(name)
            if target is None:
                return None
            self._layouts[name] = Layout.of(target)
        return self._layouts[name]

    def _row(
        self, name: str, fixed: dict[str, str | None], properties: Mapping[str, object]
    ) -> bool:
        at = _sound(str(fixed["at"]))
        fixed = {**fixed, "at": at}
        layout = self._layout(name)
        if self.left_out and self._is_left_out(name, fixed):
            self.skip(_OPTED_OUT)
            return False
        if layout is None:
            self._refuse_claim(at, f"there is no kind or relation {name!r}")
            return False
        row: dict[str, Any] = {**fixed, "scope": self._current().name, "n": self._count}
        try:
            self._check_fixed(layout, fixed)
            for field, value in properties.items():
                self._set(layout, row, field, value)
            self._complete(layout, row)
        except _Bad as bad:
            self._refuse_claim(at, bad.reason, bad.field)
            return False
        self._take(1)
        rows = self._rows.setdefault(name, [])
        rows.append(row)
        if len(rows) >= _BATCH:
            self._flush(name)
        return True

    def _is_left_out(self, name: str, fixed: Mapping[str, str | None]) -> bool:
        """Whether a claim is of, or leads to, somebody who opted out."""
        ends = [(name, fixed.get("id"))]
        ends += [(str(fixed.get(f"{end}_kind")), fixed.get(end)) for end in ("source", "target")]
        return any(kind in persons() and who in self.left_out for kind, who in ends)

    def _current(self) -> Scope:
        if self._scope is None:
            raise RuntimeError(
                "a claim outside of any scope: wrap the reading in `with claims.scope(…)`"
            )
        return self._scope

    @staticmethod
    def _check_fixed(layout: Layout, fixed: Mapping[str, str | None]) -> None:
        ids = ("id",) if isinstance(layout.target, Kind) else ("source", "target")
        for field, value in fixed.items():
            if field in ids and (not isinstance(value, str) or not value):
                raise _Bad(field, f"{value!r} is not an id")
            try:
                read_text(value)
            except ValueError as error:
                raise _Bad(field, str(error)) from error
        if isinstance(layout.target, Relation):
            source, target = str(fixed["source_kind"]), str(fixed["target_kind"])
            if (source, target) not in layout.target.pairs:
                end = "target_kind" if source in layout.target.sources else "source_kind"
                raise _Bad(end, f"{layout.target.name} does not lead from {source} to {target}")

    @staticmethod
    def _set(layout: Layout, row: dict[str, Any], field: str, value: object) -> None:
        known = layout.properties.get(field)
        if known is None:
            raise _Bad(field, f"{layout.target.name} has no property {field!r}")
        try:
            if field in _SPLIT_DATES:
                partial = Partial.read(value)
                row[field] = partial and partial.date
                if partial is not None:
                    row.setdefault(f"{field}_precision", partial.precision)
            else:
                row[field] = known.read(value)
        except ValueError as error:
            raise _Bad(field, str(error)) from error

    def _complete(self, layout: Layout, row: dict[str, Any]) -> None:
        """Fills the standing values in, and looks at the row as a whole."""
        for field, value in standing(layout, self.source).items():
            if row.get(field) is None:
                row[field] = value
        if isinstance(layout.target, Relation):
            start, end = row.get("valid_from"), row.get("valid_to")
            if start and end and start > end:
                raise _Bad("valid_to", f"{end} lies before valid_from {start}")
        elif row.get("name") is None:
            row["name"] = row["id"]
        for known in layout.properties.values():
            if known.required and row.get(known.name) is None:
                raise _Bad(known.name, "a value is required")

    # ------------------------------------------------------------------ frames

    def _table(self, name: str, frame: pd.DataFrame | pa.Table) -> None:
        """Takes a frame at once if its columns convert; else row by row, so that the bad rows are found."""
        layout = self._layout(name)
        if layout is None:
            for number in range(1, len(frame) + 1):
                self._refuse_claim(f"row {number}", f"there is no kind or relation {name!r}")
            return
        table = arrow(frame)
        given = {"scope": self._current().name} | standing(layout, self.source)
        whole = converted(table, layout, self._count, given) if table is not None else None
        if whole is None:
            rows = plain_rows(frame) if table is None else table.to_pylist()
            self._row_by_row(name, layout, rows)
            return
        if self.left_out:
            every, whole = whole.num_rows, without(whole, self.left_out)
            if every > whole.num_rows:
                self.omit(_OPTED_OUT, every - whole.num_rows)
        self._flush(name)
        self._writer(name, layout).write_table(whole)
        self._take(whole.num_rows)

    def _row_by_row(self, name: str, layout: Layout, rows: list[dict[str, Any]]) -> None:
        fixed = {f.name for f in layout.arrow} - set(layout.properties)
        ends = (
            ("id",)
            if isinstance(layout.target, Kind)
            else ("source_kind", "source", "target_kind", "target")
        )
        for number, row in enumerate(rows, 1):
            head = dict.fromkeys(("at", "url", *ends)) | {
                k: v for k, v in row.items() if k in fixed
            }
            if isinstance(layout.target, Relation):
                head.setdefault("identity", None)
            if head["at"] is None:
                head["at"] = f"row {number}"
            self._row(name, head, {k: v for k, v in row.items() if k not in fixed})

    # ------------------------------------------------------------------ files

    def _writer(self, name: str, layout: Layout) -> TableFile:
        if name not in self._writers:
            from .table_file import TableFile

            file = self.directory / "raw" / layout.folder / f"{name}.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            self._writers[name] = TableFile(file, layout.arrow)
        return self._writers[name]

    def _flush(self, name: str) -> None:
        import pyarrow as pa

        rows = self._rows.pop(name, [])
        if rows:
            layout = self._layouts[name]
            self._writer(name, layout).write_table(pa.Table.from_pylist(rows, schema=layout.arrow))

    def close(self) -> None:
        """Writes what is still in memory and closes the files of this run."""
        for name in list(self._rows):
            self._flush(name)
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()
        self.ledger.unread = self._notes.unread()

    # ------------------------------------------------------------------ publishing

    def check_expectations(self, given: Mapping[str, int]) -> None:
        """Compares what was given, per kind or relation, with what the source promises.

        Raises:
            OutsideExpectation: A count lies outside its bounds.
        """
        for name, (least, most) in self._bounds.items():
            count = given.get(name, 0)
            if not least <= count <= most:
                raise OutsideExpectation(
                    f"{count:,} claims of {name}, where {least:,} to {most:,} were expected: nothing was published",
                    where=f"{self.ledger.partition} ({self.ledger.origin})",
                    hint="look whether the file is whole or its format has changed; "
                    "the claims read before stay in force",
                )


class _Bad(Exception):
    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(reason)
