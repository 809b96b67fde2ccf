"""Identity: which subjects of which sources are one entity, and under which id it is published.

A subject is what one loader calls one thing: (loader, family of its kind, the loader's own id). Strong identifiers
join subjects; judgements join or part them; names only propose. An entity keeps the id under which it was first
published, whatever is learnt about it later.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import UsageError
from .engine import keep, read
from .legal_forms import without_legal_forms
from .schema import schema

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import pyarrow as pa
    from ibis.backends.duckdb import Backend
    from numpy.typing import NDArray

__all__ = ["Judgement", "judgements", "proposals", "resolve"]

_VERDICTS: Final = ("same", "different", "unsure")
_MEMBER: Final = re.compile(r"\s*\((?:member|supporter)\)\s*$")
_TRADE: Final = re.compile(r"\s+(?:systems|technologies)$")
_MARKS: Final = re.compile(r"[^\w+]+")
_HEADER: Final = ["left", "right", "judgement", "who", "when", "why"]


@dataclasses.dataclass(frozen=True, slots=True)
class Judgement:
    """A decision about two subjects, or a subject and an identifier.

    Attributes:
        left: `loader:kind/id`, or an identifier as `scheme:value`.
        right: The same.
        verdict: `same`, `different` or `unsure`.
        who: Who decided.
        when: On which day.
        why: For which reason.
    """

    left: str
    right: str
    verdict: str
    who: str = ""
    when: str = ""
    why: str = ""


def judgements(*files: Path) -> tuple[Judgement, ...]:
    """The judgements of some files, in their order; files that do not exist hold none.

    Raises:
        UsageError: A row has another form; says file and line.
    """
    verdicts = []
    for file in files:
        if not file.exists():
            continue
        rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))
        header = next(rows, _HEADER)
        if header != _HEADER:
            raise UsageError(f"the header is not {','.join(_HEADER)}", where=f"{file}:1")
        for line, row in enumerate(rows, 2):
            if len(row) != len(_HEADER) or row[2] not in _VERDICTS:
                hint = f"write {','.join(_HEADER)}; judgement is one of {', '.join(_VERDICTS)}"
                what = f"not a judgement: {','.join(row)!r}"
                raise UsageError(what, where=f"{file}:{line}", hint=hint)
            verdicts.append(Judgement(*row))
    return tuple(verdicts)


def resolve(
    connection: Backend,
    nodes: pa.Table,
    ends: pa.Table,
    decisions: Sequence[Judgement],
    minted: Path,
) -> tuple[pa.Table, pa.Table]:
    """Decides which subjects are one entity.

    Args:
        connection: The engine.
        nodes: columns: loader, rank, kind, id, identifiers (a set of texts).
        ends: Ends of edges. columns: loader, rank, kind, id.
        decisions: The judgements.
        minted: Registry of the ids published so far. columns: loader, family, id, entity.

    Returns:
        The subjects (columns: loader, family, id, kind, entity, described) and the registry with the new ids.
    """
    import ibis

    described, mentioned = keep(connection, "described", nodes), keep(connection, "mentioned", ends)

    families = ibis.memtable(
        [
            {"kind": k.name, "family": k.family, "prefix": k.slug + "/"}
            for k in schema().kinds.values()
        ]
    )
    subjects = _subjects(described, mentioned, families)
    links = _links(described, families)
    keep(connection, "subject", subjects)
    keep(connection, "link", links)
    numbered = connection.table("subject")
    components = _components(connection, decisions)
    keep(connection, "component", components)
    joined = numbered.join(connection.table("component"), "subject")
    if minted.exists():
        minted_ids = read(connection, minted)
        joined = joined.left_join(minted_ids, ["loader", "family", "id"])
    else:
        joined = joined.mutate(entity=ibis.null(str))
    order = [
        joined.entity.isnull(),
        ~joined.described,
        joined.rank,
        joined.loader,
        joined.id,
        joined.subject,
    ]
    placed = joined.select(
        "subject",
        "loader",
        "family",
        "id",
        "kind",
        "prefix",
        "described",
        "component",
        "rank",
        "entity",
        place=ibis.row_number().over(group_by="component", order_by=order),
    )
    keep(connection, "placed", placed)
    anchors = connection.table("placed")
    anchors = anchors.filter(anchors.place == 0)
    named = anchors.mutate(wish=anchors.prefix + anchors.id)
    nth = named.mutate(
        nth=ibis.row_number().over(
            group_by="wish",
            order_by=[
                named.entity.isnull(),
                ~named.described,
                named.rank,
                named.loader,
                named.subject,
            ],
        )
    )
    taken = (
        nth.wish.isin(read(connection, minted).entity) if minted.exists() else ibis.literal(False)
    )
    minting = nth.select(
        "component",
        "loader",
        "family",
        "id",
        entity_kind=nth.kind,
        entity=ibis.coalesce(
            nth.entity,
            ibis.ifelse(
                (nth.nth == 0) & ~taken,
                nth.wish,
                nth.wish + "~" + nth.loader + ibis.ifelse(nth.nth <= 1, "", nth.nth.cast("string")),
            ),
        ),
    )
    keep(connection, "minting", minting)
    fresh = connection.table("minting").select("loader", "family", "id", "entity")
    registry = fresh
    if minted.exists():
        registry = read(connection, minted).union(
            fresh.anti_join(read(connection, minted), ["loader", "family", "id"])
        )
    chosen = connection.table("minting").select("component", "entity_kind", minted_entity="entity")
    resolved = connection.table("placed").join(chosen, "component")
    resolved = resolved.select(
        "loader",
        "family",
        "id",
        kind=resolved.entity_kind,
        entity=resolved.minted_entity,
        described=resolved.described,
    )
    return resolved.to_pyarrow(), registry.order_by(["loader", "family", "id"]).to_pyarrow()


def _subjects(nodes: ir.Table, ends: ir.Table, families: ir.Table) -> ir.Table:
    """One row per subject, numbered in a fixed order; a description goes before a mere mention."""
    import ibis

    described = nodes.select("loader", "rank", "kind", "id").mutate(described=True)
    mentioned = ends.select("loader", "rank", "kind", "id").distinct().mutate(described=False)
    every = described.union(mentioned).join(families, "kind")
    order = [~every.described, every.kind]
    grouped = every.group_by(["loader", "family", "id"]).agg(
        rank=every["rank"].min(),
        described=every.described.any(),
        kind=every.kind.first(order_by=order),
        prefix=every.prefix.first(order_by=order),
    )
    return grouped.mutate(
        subject=ibis.row_number().over(
            order_by=[grouped["rank"], grouped.loader, grouped.family, grouped.id]
        )
    )


def _links(nodes: ir.Table, families: ir.Table) -> ir.Table:
    """Strong identifiers of subjects. columns: loader, family, id, identifier (with its family before it)."""
    import ibis

    strong = ibis.memtable(
        [{"kind": k.name, "scheme": s} for k in schema().kinds.values() for s in k.identifiers]
    )
    identified = nodes.filter(nodes.identifiers.notnull()).join(families, "kind")
    spread = identified.select(
        "loader", "family", "id", "kind", identifier=identified.identifiers.unnest()
    )
    spread = spread.mutate(scheme=spread.identifier.split(":")[0])
    kept = spread.join(strong, ["kind", "scheme"])
    return kept.select(
        "loader", "family", "id", identifier=kept.family + " " + kept.identifier
    ).distinct()


def _components(connection: Backend, decisions: Sequence[Judgement]) -> pa.Table:
    """The connected components of subjects. columns: subject, component (both integers)."""
    import numpy as np
    import pyarrow as pa

    subjects, link = connection.table("subject"), connection.table("link")
    count = int(subjects.count().execute())
    joined = (
        link.join(subjects, ["loader", "family", "id"])
        .select("subject", "identifier")
        .order_by(["subject", "identifier"])
    )
    pairs = joined.to_pyarrow()
    codes = pairs["identifier"].combine_chunks().dictionary_encode()
    texts: list[str] = codes.dictionary.to_pylist()
    judged = _Judged(connection, texts, decisions, count)
    links = np.column_stack(
        [pairs["subject"].to_numpy(), codes.indices.to_numpy().astype(np.int64) + count]
    )
    cut = judged.cut
    if cut:
        links = links[[pair not in cut for pair in map(tuple, links.tolist())]]
    size = count + len(texts)
    labels = _labels(links, judged.same, size)
    for one, other in judged.different:
        if labels[one] == labels[other]:
            own = links[:, 0] == other
            apart = _labels(links[~own], judged.same, size)
            links = links[~own | (apart[links[:, 1]] != apart[one])]
            labels = _labels(links, judged.same, size)
    return pa.table(
        {"subject": np.arange(count, dtype=np.int64), "component": labels[:count].astype(np.int64)}
    )


def _labels(
    links: NDArray[np.int64], same: Sequence[tuple[int, int]], size: int
) -> NDArray[np.int32]:
    """The component of each place."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    every = np.concatenate([links, np.array(same, np.int64).reshape(-1, 2)])
    matrix = coo_array((np.ones(len(every), np.int8), every.T), shape=(size, size))
    labels: NDArray[np.int32] = connected_components(matrix, directed=False)[1]
    return labels


class _Judged:
    """Judgements as places: subjects by their number, identifiers behind them.

    Attributes:
        same: Pairs of places that are one; only within a family.
        cut: (subject, identifier) that do not belong together.
        different: (subject, subject) that are not one; the second loses what would join them.
    """

    def __init__(
        self,
        connection: Backend,
        identifiers: Sequence[str],
        decisions: Sequence[Judgement],
        count: int,
    ) -> None:
        self._places: dict[str, list[tuple[str, int]]] = {}
        decided = [d for d in decisions if d.verdict != "unsure"]
        wanted = {text for d in decided for text in (d.left, d.right)}
        folded = {text.lower() for text in wanted}
        for number, text in enumerate(identifiers, count):
            family, _, identifier = text.partition(" ")
            if identifier.lower() in folded:
                self._add(identifier.lower(), family, number)
        for row in _referred(connection, wanted) if wanted else ():
            self._add(row["reference"], row["family"], row["subject"])
        self.same: list[tuple[int, int]] = []
        self.cut: set[tuple[int, int]] = set()
        self.different: list[tuple[int, int]] = []
        for decision in decided:
            for one, other in self._pairs(decision):
                if decision.verdict == "same":
                    self.same.append((one, other))
                elif other < count:
                    self.different.append((one, other))
                else:
                    self.cut.add((one, other))

    def _add(self, text: str, family: str, number: int) -> None:
        self._places.setdefault(text, []).append((family, number))

    def _pairs(self, decision: Judgement) -> list[tuple[int, int]]:
        """Places of its two sides in one family, the lower first."""
        lefts, rights = (
            self._places.get(t) or self._places.get(t.lower(), [])
            for t in (decision.left, decision.right)
        )
        pairs = itertools.product(lefts, rights)
        return [(min(a, b), max(a, b)) for (of_a, a), (of_b, b) in pairs if of_a == of_b]


def _referred(connection: Backend, texts: Iterable[str]) -> list[dict[str, Any]]:
    """The subjects that judgements name. columns: subject, family, reference."""
    subjects = connection.table("subject")
    reference = subjects.loader + ":" + subjects.prefix + subjects.id
    referred = subjects.select("subject", "family", reference=reference)
    rows: list[dict[str, Any]] = (
        referred.filter(referred.reference.isin(sorted(texts))).to_pyarrow().to_pylist()
    )
    return rows


def proposals(nodes: pa.Table) -> pa.Table:
    """Pairs of entities of one family with one name, which nothing joins: to be judged, not merged.

    Args:
        nodes: columns: id, kind, family, name.

    Returns:
        columns: left, right, name, reason.
    """
    import pyarrow as pa

    same: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in nodes.to_pylist():
        bare = _TRADE.sub("", without_legal_forms(_MEMBER.sub("", row["name"].lower())))
        plain = _MARKS.sub("", bare)
        if plain:
            same.setdefault((row["family"], plain), []).append((row["id"], row["name"]))
    pairs = sorted((*pair, name) for group in same.values() for (pair, name) in _pairs(group))
    columns = list(zip(*pairs, strict=True)) or [(), (), ()]
    texts = [pa.array(c, pa.string()) for c in columns]
    return pa.table(
        [*texts, pa.repeat("same name", len(pairs))], names=["left", "right", "name", "reason"]
    )


def _pairs(group: Sequence[tuple[str, str]]) -> list[tuple[tuple[str, str], str]]:
    return [((a, b), name) for (a, name), (b, _) in itertools.combinations(sorted(group), 2)]
