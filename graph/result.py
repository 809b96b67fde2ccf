"""What a query gives: columns and typed rows, and whether that is all."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

__all__ = ["Cell", "Column", "Result", "cell"]

Cell = (
    str | bool | int | float | datetime.date | datetime.datetime | list[Any] | dict[str, Any] | None
)


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column of a result.

    Attributes:
        name: As in the query.
        type: `string`, `integer`, `double`, `boolean`, `date`, `datetime`, `list`, `edge` (the key of a statement), or
            empty where the store does not say.
        unit: Unit in words; empty when it has none.
    """

    name: str
    type: str = ""
    unit: str = ""


class Result:
    """Columns and rows. The rows are read once from the store, as they are wanted, and kept.

    Args:
        columns: In order.
        rows: The rows, each with one cell per column.
        limit: Most rows that are given; with more of them the result is not complete.
    """

    def __init__(
        self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], limit: int | None = None
    ) -> None:
        self.columns = tuple(columns)
        self._source = iter(rows)
        self._rows: list[tuple[Cell, ...]] = []
        self._limit = limit
        self._complete: bool | None = None

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [c.name for c in self.columns]

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        yield from self._rows
        while self._complete is None:
            if self._limit is not None and len(self._rows) >= self._limit:
                self._complete = next(self._source, None) is None
                return
            row = next(self._source, None)
            if row is None:
                self._complete = True
                return
            self._rows.append(tuple(row))
            yield self._rows[-1]

    @property
    def rows(self) -> list[tuple[Cell, ...]]:
        """All rows."""
        return list(self)

    @property
    def complete(self) -> bool:
        """Whether these are all rows, and not only the first ones."""
        for _ in self:
            pass
        return bool(self._complete)

    def records(self) -> list[dict[str, Cell]]:
        """The rows as dictionaries."""
        return [dict(zip(self.names, row, strict=True)) for row in self]


def cell(value: object) -> Cell:
    """A value of any driver as one of our own: plain numbers, dates, times in UTC, lists, dictionaries."""
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.datetime):
        return value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
    if value is None or isinstance(value, (str, bool, int, float, datetime.date)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [cell(v) for v in value]
    if isinstance(value, dict):
        return {str(k): cell(v) for k, v in value.items() if k not in {"_ID", "_SRC", "_DST"}}
    if hasattr(value, "to_native"):
        return cell(value.to_native())
    if hasattr(value, "items"):
        return {str(k): cell(v) for k, v in value.items()}
    return str(value)
