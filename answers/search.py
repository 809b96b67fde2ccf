"""Finding what a user means: an entity by id, name, alias or identifier; a day by its date."""

from __future__ import annotations

import dataclasses
import datetime
import difflib
from collections.abc import Sequence
from typing import Any, Final

from ..errors import NotFound, UsageError
from ..graph.schema import Partial, schema
from ..graph.snapshot import Snapshot

__all__ = ["Match", "day", "find", "one"]

_MEANT: Final = (
    3  # the last rank at which a text means an entity, and is not only a part of its name
)


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """An entity that a text means or may mean.

    Attributes:
        id: Its id.
        kind: Its kind.
        name: Its name.
        matched: What matched.
        rank: 0 the id, 1 the name, 2 an identifier, 3 an alias, 4 the start of a word, 5 a part of it.
    """

    id: str
    kind: str
    name: str
    matched: str
    rank: int


def one(snapshot: Snapshot, text: str, kinds: Sequence[str] = ()) -> Match:
    """The one entity that a text means.

    Raises:
        NotFound: None; says what comes near.
        UsageError: Several; says their ids.
    """
    matches = find(snapshot, text, kinds, 50)
    wanted = f" among {', '.join(kinds)}" if kinds else ""
    if not matches or matches[0].rank > _MEANT:
        others = find(snapshot, text, (), 1) if kinds else []
        if others and others[0].rank <= _MEANT:
            hint = f"{others[0].id} is a {others[0].kind}; look with: stackholder find {text!r}"
            raise NotFound(f"{text!r} is no entity{wanted}", hint=hint)
        near = [m.id for m in matches[:5]] or _near(snapshot, text, kinds)
        hint = (
            f"did you mean {', '.join(near)}?" if near else f"look with: stackholder find {text!r}"
        )
        raise NotFound(f"there is no entity {text!r}{wanted}", hint=hint)
    best = [m for m in matches if m.rank == matches[0].rank]
    if len(best) > 1:
        raise UsageError(
            f"{text!r} may mean {len(best)} entities",
            hint=f"take one of the ids {', '.join(m.id for m in best[:8])}",
        )
    return best[0]


def find(snapshot: Snapshot, text: str, kinds: Sequence[str], limit: int | None) -> list[Match]:
    """Entities whose name, alias, id or identifier holds a text, the nearest first."""
    import pyarrow.compute as pc

    from ..graph.table_file import texts

    wanted = text.strip().lower()
    if not wanted:
        return []
    [separator] = texts(["\n"])
    matches: list[Match] = []
    for kind, nodes in _tables(snapshot, kinds):
        spellings = pc.binary_join_element_wise(
            nodes["id"],
            nodes["name"],
            pc.binary_join(nodes["aliases"].combine_chunks(), separator),
            pc.binary_join(nodes["identifiers"].combine_chunks(), separator),
            separator,
            null_handling="replace",
            null_replacement="",
        )
        near = nodes.filter(pc.match_substring(spellings, wanted, ignore_case=True))
        matches += [m for row in near.to_pylist() if (m := _match(kind, row, wanted))]
    order = list(schema().kinds)
    matches.sort(key=lambda m: (m.rank, order.index(m.kind), len(m.name), m.id))
    return matches[:limit]


def _tables(snapshot: Snapshot, kinds: Sequence[str]) -> list[tuple[str, Any]]:
    names = [k for k in schema().kinds if (not kinds or k in kinds) and snapshot.nodes.get(k)]
    return [(k, snapshot.table(k, ["id", "name", "aliases", "identifiers"])) for k in names]


def _match(kind: str, row: dict[str, Any], wanted: str) -> Match | None:
    tail = row["id"].partition("/")[2]
    name = row["name"]

    def hit(matched: str, rank: int) -> Match:
        return Match(row["id"], kind, name, matched, rank)

    if wanted in {row["id"].lower(), tail.lower()}:
        return hit(row["id"], 0)
    if wanted == name.lower():
        return hit(name, 1)
    for identifier in row["identifiers"] or ():
        if wanted in {identifier.lower(), identifier.partition(":")[2].lower()}:
            return hit(identifier, 2)
    for alias in row["aliases"] or ():
        if wanted == alias.lower():
            return hit(alias, 3)
    texts = [name, *(row["aliases"] or ()), tail, *(row["identifiers"] or ())]
    for rank, test in (
        (
            4,
            lambda t: (
                any(w.startswith(wanted) for w in t.lower().split()) or t.lower().startswith(wanted)
            ),
        ),
        (5, lambda t: wanted in t.lower()),
    ):
        for text in texts:
            if test(text):
                return hit(text, rank)
    return None


def _near(snapshot: Snapshot, text: str, kinds: Sequence[str]) -> list[str]:
    """Ids that look like a mistyped text."""
    ids = {
        i.partition("/")[2].lower(): i
        for _, nodes in _tables(snapshot, kinds)
        for i in nodes["id"].to_pylist()
    }
    return [
        ids[n]
        for n in difflib.get_close_matches(
            text.strip().lower().replace(" ", "-"), ids, n=5, cutoff=0.7
        )
    ]


def day(text: datetime.date | str | None) -> datetime.date | None:
    """The day that a text names; None where it names none.

    Raises:
        UsageError: It is no date.
    """
    if text is None or isinstance(text, datetime.date):
        return text
    try:
        partial = Partial.read(text)
    except ValueError as error:
        raise UsageError(str(error), where="as_of", hint="write a date like 2022-09-14") from None
    return partial.date if partial else None
