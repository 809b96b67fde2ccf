"""Mappings of a foreign source that note which of their fields are read."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["FieldNotes", "Record"]


class Record(Mapping[str, Any]):
    """A mapping of a foreign source that notes which of its fields are read.

    Nested mappings, also inside lists, are records themselves; their fields count under `parent.child`.
    """

    def __init__(self, data: Mapping[str, Any], notes: FieldNotes, prefix: str = "") -> None:
        self._data = data
        self._notes = notes
        self._prefix = prefix
        for key in data:
            notes.seen[f"{prefix}{key}"] += 1

    def __getitem__(self, key: str) -> Any:
        value = self._data[key]
        path = f"{self._prefix}{key}"
        self._notes.read.add(path)
        return self._wrap(value, f"{path}.")

    def _wrap(self, value: Any, prefix: str) -> Any:
        if isinstance(value, Mapping):
            return Record({str(k): v for k, v in value.items()}, self._notes, prefix)
        if isinstance(value, list):
            return [self._wrap(v, prefix) for v in value]
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        """As the mapping itself; to show it is not to read it."""
        return repr(dict(self._data))

    def ignore(self, *keys: str) -> None:
        """Marks fields as known and not wanted."""
        self._notes.read.update(f"{self._prefix}{k}" for k in keys)


class FieldNotes:
    """Which fields were seen, how often, and which of them were read."""

    def __init__(self) -> None:
        self.seen: collections.Counter[str] = collections.Counter()
        self.read: set[str] = set()

    def unread(self) -> dict[str, int]:
        """The fields that nobody read, with how often each was seen."""
        return {k: n for k, n in sorted(self.seen.items()) if k not in self.read}
