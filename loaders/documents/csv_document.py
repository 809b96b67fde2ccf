"""CSV with a header, row by row."""

from __future__ import annotations

import collections
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ...errors import SourceError

__all__ = ["read_csv"]

_LONGEST_FIELD: Final = 10 * 2**20
_AGAIN: Final = "mend the file, or get it anew"


def read_csv(
    path: Path, wanted: Sequence[str] = (), *, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str] | None]]:
    """The rows of a UTF-8 file with a header, each with the line on which it ends.

    A row with more or fewer fields than the header has is None: refuse it.

    Args:
        path: The file.
        wanted: Columns that it must have.
        delimiter: What parts the fields.

    Raises:
        SourceError: It is missing, not UTF-8, not CSV, or its header lacks a column or has one twice.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True, delimiter=delimiter)
            header = [name.strip() for name in next(reader, [])]
            _check(header, wanted, path)
            for row in reader:
                if row:
                    whole = len(row) == len(header)
                    yield reader.line_num, dict(zip(header, row, strict=True)) if whole else None
    except FileNotFoundError as error:
        raise SourceError(
            "there is no such file", where=str(path), hint="look at the path"
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(
            "the file is not UTF-8", where=f"{path}, byte {error.start}", hint="save it as UTF-8"
        ) from error
    except csv.Error as error:
        raise SourceError(
            f"not CSV: {error}", where=f"{path}:{reader.line_num}", hint=_AGAIN
        ) from error


def _check(header: list[str], wanted: Sequence[str], path: Path) -> None:
    missing = [name for name in wanted if name not in header]
    if missing:
        raise SourceError(
            f"no column {missing[0]!r}: its first line is {', '.join(header)[:200]!r}",
            where=f"{path}:1",
            hint=f"columns wanted: {', '.join(wanted)}",
        )
    counts = collections.Counter(
        filter(None, header)
    )  # columns without a name hold nothing that is wanted
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise SourceError(f"the column {twice[0]!r} stands twice", where=f"{path}:1", hint=_AGAIN)
