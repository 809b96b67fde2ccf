"""Change: what the edges of two states have in common, and what not.

An edge is told by its key, which is made of what it states: the same statement in two states is one edge. Times of
recording are no change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from ..graph.schema import schema
from .state import ENDS, State

__all__ = ["Change", "What", "changes"]

What = Literal["added", "ended", "changed"]
_VOLATILE: Final = frozenset({"recorded_at", "source_ids"})


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One edge that differs.

    Attributes:
        what: `added` (only in the later state), `ended` (only in the earlier), `changed` (in both, not alike).
        relation: Its relation.
        source: Id of its source.
        target: Id of its target.
        key: Its key.
        properties: Of a changed edge: property → (before, after).
    """

    what: What
    relation: str
    source: str
    target: str
    key: str
    properties: Mapping[str, tuple[Any, Any]]


def changes(before: State, after: State, *, computed: bool = False) -> Iterator[Change]:
    """The edges that differ between two states, by relation and ends.

    Args:
        before: The earlier state.
        after: The later one; of another date, of another snapshot, or both.
        computed: Whether to give computed relations as well, such as control.
    """
    for relation in schema().relations.values():
        if relation.computed and not computed:
            continue
        old, new = (_edges(state, relation.name) for state in (before, after))
        rows = []
        for key in old.keys() | new.keys():
            one, other = old.get(key), new.get(key)
            if one is None and other is not None:
                rows.append(_change("added", relation.name, other))
            elif other is None and one is not None:
                rows.append(_change("ended", relation.name, one))
            elif one is not None and other is not None and one != other:
                differing = {n: (one[n], other[n]) for n in one if one[n] != other[n]}
                rows.append(
                    dataclasses.replace(
                        _change("changed", relation.name, other), properties=differing
                    )
                )
        yield from sorted(rows, key=lambda c: (c.source, c.target, c.what, c.key))


def _edges(state: State, relation: str) -> dict[str, dict[str, Any]]:
    names = [
        *ENDS,
        *(p.name for p in schema().edge_properties(relation) if p.name not in _VOLATILE),
    ]
    return {row["key"]: row for row in state.edges(relation, names).to_pylist()}


def _change(what: What, relation: str, row: Mapping[str, Any]) -> Change:
    return Change(what, relation, row["source"], row["target"], row["key"], {})
