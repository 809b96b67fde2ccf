"""Judging: which proposed pairs are one entity, decided by a person, written down, and reversible."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import NotFound, UsageError
from ..graph.home import Home, exchange
from ..graph.identity import Judgement, judgements
from ..graph.schema import schema
from ..graph.snapshot import Snapshot
from ..loaders import judgement_files
from .search import one

__all__ = ["VERDICTS", "Proposal", "Side", "decide", "proposals", "undo"]

VERDICTS = ("same", "different", "unsure")
"""What can be said of a pair."""


@dataclasses.dataclass(frozen=True, slots=True)
class Side:
    """One entity of a pair.

    Attributes:
        id: Its id.
        name: Its name.
        said: Where it is described: (what the source calls it, its name there, place, address).
    """

    id: str
    name: str
    said: tuple[tuple[str, str, str, str], ...]

    @property
    def references(self) -> frozenset[str]:
        """What its sources call it, as judgements write it: `loader:kind/id`."""
        return frozenset(reference for reference, *_ in self.said)


@dataclasses.dataclass(frozen=True, slots=True)
class Proposal:
    """Two entities that may be one.

    Attributes:
        left: One of them.
        right: The other.
        reason: Why it is proposed.
        verdict: What was decided before; empty when it is open.
    """

    left: Side
    right: Side
    reason: str
    verdict: str = ""


def proposals(home: Home, snapshot: Snapshot, *, decided: bool = False) -> list[Proposal]:
    """The pairs that a snapshot proposes.

    Args:
        home: Where the user's judgements lie.
        snapshot: The snapshot.
        decided: Whether to give those also that somebody has called different or unsure.
    """
    rows = snapshot.proposals().to_pylist()
    sides = _sides(snapshot, {row[end] for row in rows for end in ("left", "right")})
    decisions = judgements(*judgement_files(), home.judgements)
    pairs = []
    for row in rows:
        left, right = sides[row["left"]], sides[row["right"]]
        verdict = _verdict(left, right, decisions)
        if decided or not verdict:
            pairs.append(Proposal(left, right, row["reason"], verdict))
    return pairs


def decide(
    home: Home,
    snapshot: Snapshot,
    left: str,
    right: str,
    verdict: str,
    *,
    who: str,
    why: str,
    day: datetime.date,
) -> Judgement:
    """Writes a judgement into the home; it takes effect at the next build.

    Args:
        home: Where it is written.
        snapshot: In which the two are looked up.
        left: An entity by id, name or identifier, or what a source calls it (`loader:kind/id`).
        right: The other.
        verdict: One of `VERDICTS`.
        who: Who decides.
        why: For which reason.
        day: Today.

    Raises:
        UsageError: The verdict is none, both are one already, or their kinds can never be one.
        NotFound: There is no such entity.
    """
    if verdict not in VERDICTS:
        raise UsageError(f"{verdict!r} is no judgement", hint=f"one of: {', '.join(VERDICTS)}")
    with home.locked():
        ends = [_reference(snapshot, text) for text in (left, right)]
        if ends[0] == ends[1]:
            raise UsageError(
                f"{left!r} and {right!r} are one already", hint="look with: stackholder show"
            )
        families = [schema_family(reference) for reference in ends]
        if families[0] != families[1]:
            what = f"{ends[0]} and {ends[1]} are of kinds that cannot be one"
            raise UsageError(what, hint="judge two organisations, two frameworks, two models …")
        made = Judgement(ends[0], ends[1], verdict, who, day.isoformat(), why)
        kept = [j for j in judgements(home.judgements) if not _pairs(j, made.left, made.right)]
        _write(home.judgements, [*kept, made])
    return made


def undo(home: Home, snapshot: Snapshot, left: str, right: str) -> Judgement:
    """Takes the user's judgement of a pair back; the next build gives the graph as it was before.

    Raises:
        NotFound: The user has not judged this pair.
    """
    with home.locked():
        ends = [_all_references(snapshot, text) for text in (left, right)]
        own = list(judgements(home.judgements))
        gone = [j for j in own if any(_pairs(j, a, b) for a in ends[0] for b in ends[1])]
        if not gone:
            hint = f"your judgements are the lines of {home.judgements}"
            raise NotFound(f"you have not judged {left!r} and {right!r}", hint=hint)
        _write(home.judgements, [j for j in own if j not in gone])
    return gone[0]


def schema_family(reference: str) -> str:
    """The family of kinds that a reference such as `curated:company/google` belongs to."""
    slug = reference.partition(":")[2].partition("/")[0]
    families = [k.family for k in schema().kinds.values() if k.slug == slug]
    return families[0] if families else ""


def _sides(snapshot: Snapshot, entities: Iterable[str]) -> Mapping[str, Side]:
    wanted = set(entities)
    claims: dict[str, list[tuple[str, str, str, str]]] = {entity: [] for entity in wanted}
    names: dict[str, str] = {}
    for kind in snapshot.nodes:
        named = snapshot.table(kind, ["id", "name"], id=wanted)
        names |= zip(named["id"].to_pylist(), named["name"].to_pylist(), strict=True)
        if kind in schema().evidence.targets:
            continue
        columns = ["entity", "loader", "id", "name", "at", "url", "rank"]
        rows = snapshot.statements(kind, columns, entity=wanted).to_pylist()
        for row in sorted(rows, key=lambda r: r["rank"]):
            reference = f"{row['loader']}:{schema().kinds[kind].slug}/{row['id']}"
            claim = (reference, row["name"] or "", row["at"], row["url"] or "")
            claims[row["entity"]].append(claim)
    return {e: Side(e, names.get(e, e), tuple(dict.fromkeys(claims[e]))) for e in wanted}


def _verdict(left: Side, right: Side, decisions: Sequence[Judgement]) -> str:
    """The last word that was spoken on a pair."""
    a, b = left.references, right.references
    for judgement in reversed(decisions):
        straight = judgement.left in a and judgement.right in b
        if straight or (judgement.left in b and judgement.right in a):
            return judgement.verdict
    return ""


def _reference(snapshot: Snapshot, text: str) -> str:
    """What the most trusted source calls an entity; a reference of a source stands for itself."""
    return _all_references(snapshot, text)[0]


def _all_references(snapshot: Snapshot, text: str) -> list[str]:
    if schema_family(text) and ":" in text:
        return [text]
    match = one(snapshot, text)
    side = _sides(snapshot, [match.id])[match.id]
    if not side.said:
        hint = "it is only mentioned: judge what describes it"
        raise UsageError(f"no source describes {match.id}", hint=hint)
    return [reference for reference, *_ in side.said]


def _pairs(judgement: Judgement, left: str, right: str) -> bool:
    return {judgement.left, judgement.right} == {left, right}


def _write(file: Path, rows: Sequence[Judgement]) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["left", "right", "judgement", "who", "when", "why"])
    writer.writerows(dataclasses.astuple(row) for row in rows)
    if not rows:
        file.unlink(missing_ok=True)
        return
    fresh = file.with_name(f".new-{file.name}")
    fresh.write_text(stream.getvalue(), encoding="utf-8")
    exchange(fresh, file)
