"""Content hashes of rows and tables, in Arrow, a batch at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .text import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .text import Array

__all__ = ["TableDigest", "md5", "row_text"]

_NULL: Final = "\x1d"
_ITEM: Final = "\x1e"
_FIELD: Final = "\x1f"


def row_text(columns: Sequence[str | Array]) -> Array:
    """One text per row; two rows have one text only if all columns are equal, nulls included."""
    texts = [c if isinstance(c, str) else _text(c) for c in columns]
    return pc.binary_join_element_wise(
        *texts, _FIELD, null_handling="replace", null_replacement=_NULL
    )


def _text(column: Array) -> Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if whole.null_count == len(whole):
        return pa.nulls(len(whole), pa.string())
    return pc.binary_join(whole, _ITEM) if pa.types.is_list(whole.type) else plain(whole)


def md5(texts: Array) -> pa.StringArray:
    """The MD5 of each text, as 32 hexadecimal digits. Names content; protects nothing."""
    digest = hashlib.md5
    return pa.array(
        [digest(t.encode(), usedforsecurity=False).hexdigest() for t in texts.to_pylist()],
        pa.string(),
    )


class TableDigest:
    """A hash of a table as a multiset of rows: it does not depend on their order.

    Source: additive multiset hashing (Bellare & Micciancio 1997), here as the sums of the two halves of the rows' MD5
    modulo 2**64, with their number.
    """

    def __init__(self) -> None:
        self._sums: NDArray[np.uint64] = np.zeros(2, np.uint64)
        self._rows = 0

    def add(self, columns: Sequence[str | Array]) -> None:
        """Adds the rows of a batch."""
        texts = row_text(columns)
        digest = hashlib.md5
        joined = b"".join(
            digest(t.encode(), usedforsecurity=False).digest() for t in texts.to_pylist()
        )
        self._sums += np.frombuffer(joined, np.uint64).reshape(-1, 2).sum(axis=0, dtype=np.uint64)
        self._rows += len(texts)

    def hexdigest(self) -> str:
        """The hash as text."""
        return f"{self._rows:x}-{self._sums[0]:016x}{self._sums[1]:016x}"
