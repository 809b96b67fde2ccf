"""An answer: a result with what it was asked, of which state, and how far it can be trusted."""

from __future__ import annotations

import dataclasses
import datetime
import html
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..graph.result import Cell, Column

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from ..queries.view import Measure

__all__ = ["Answer"]


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """Rows, and what belongs to them. Iterates over its rows; shows itself as a table in a notebook.

    Attributes:
        question: Name of what was asked.
        as_of: Date of the state that was asked.
        snapshot: Hash of the snapshot.
        parameters: As they were used.
        columns: Names, types and units. A column of type `edge` holds the keys of the statements behind the row,
            separated by blanks.
        rows: One cell per column.
        complete: Whether these are all rows.
        incomplete_sources: Sources whose last run did not read everything.
        notes: What to know before believing it.
        evidence: Per statement key: what was stated, where, when, how sure.
        hops: Of paths only: per row its hops, each with source, target, power, low, high, reason, confidence and keys.
        names: Name by id of the entities in the hops.
        summary: The answer in a sentence.
        measures: The numbers behind it, each with its interval and coverage.
        unknown: What could not be known, a sentence each.
        basis: Keys of statements behind it, beside those in the rows.
        weakest: The statement of least confidence behind it.
        sources: Addresses of all that it rests on.
    """

    question: str
    as_of: datetime.date | None
    snapshot: str
    parameters: Mapping[str, Any]
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    complete: bool = True
    incomplete_sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    hops: tuple[tuple[Mapping[str, Any], ...], ...] = ()
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    summary: str = ""
    measures: tuple[Measure, ...] = ()
    unknown: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    weakest: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    sources: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        names = [c.name for c in self.columns]
        return (dict(zip(names, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        count = f"{len(self.rows)} rows" if self.complete else f"the first {len(self.rows)} rows"
        return (
            f"<Answer {self.question}: {count}, as of {self.as_of}, snapshot {self.snapshot[:12]}>"
        )

    @property
    def keys(self) -> list[str]:
        """The keys of all statements behind the rows."""
        positions = [i for i, c in enumerate(self.columns) if c.type == "edge"]
        cells = (str(row[i]) for row in self.rows for i in positions if row[i])
        return list(dict.fromkeys([*(k for cell in cells for k in cell.split()), *self.basis]))

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a frame."""
        import pandas as pd

        return pd.DataFrame.from_records(list(self.rows), columns=[c.name for c in self.columns])

    def to_arrow(self) -> pa.Table:
        """The rows as an Arrow table."""
        import pyarrow as pa

        return (
            pa.Table.from_pylist(list(self), schema=None)
            if self.rows
            else pa.table({c.name: [] for c in self.columns})
        )

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values, ready for JSON."""
        values: dict[str, Any] = {
            "question": self.question,
            "as_of": self.as_of and self.as_of.isoformat(),
            "snapshot": self.snapshot or None,
            "parameters": dict(self.parameters),
            "summary": self.summary,
            "measures": [dataclasses.asdict(m) for m in self.measures],
            "unknown": list(self.unknown),
            "columns": [dataclasses.asdict(c) for c in self.columns],
            "rows": list(self),
            "complete": self.complete,
            "incomplete_sources": list(self.incomplete_sources),
            "notes": list(self.notes),
        }
        for name in ("evidence", "hops", "names", "weakest", "sources"):
            if getattr(self, name):
                values[name] = getattr(self, name)
        return values

    def to_json(self) -> str:
        """All of it as JSON; dates in ISO form."""
        return json.dumps(self.to_dict(), default=str, ensure_ascii=False, indent=1)

    def _repr_html_(self) -> str:
        shown = [i for i, c in enumerate(self.columns) if c.type != "edge"]
        head = "".join(f"<th>{html.escape(self.columns[i].name)}</th>" for i in shown)
        body = "".join(
            "<tr>"
            + "".join(
                f"<td>{'' if row[i] is None else html.escape(str(row[i]))}</td>" for i in shown
            )
            + "</tr>"
            for row in self.rows
        )
        notes = "".join(f"<p>{html.escape(n)}</p>" for n in self.notes)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"
