"""A part of a state, as a state of its own: around one entity, of some kinds, relations or licences."""

from __future__ import annotations

import dataclasses
import json
import shutil
import tempfile
import weakref
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import NotFound, UsageError
from ..graph.schema import schema
from ..graph.table_file import TableFile, batches
from ..loaders.licences import Terms, read_terms
from ..state.state import State, edge_schema

if TYPE_CHECKING:
    from ..graph.text import Array

__all__ = ["PERMISSIVE", "NarrowedState", "narrowed"]

PERMISSIVE: Final = frozenset(
    {
        *("0BSD", "BSD-1-Clause", "BSD-2-Clause", "BSD-2-Clause-Patent", "BSD-3-Clause"),
        *("BSD-3-Clause-Clear", "MIT", "MIT-0", "ISC", "Zlib", "BSL-1.0", "PostgreSQL", "UPL-1.0"),
        *("Apache-1.1", "Apache-2.0", "Python-2.0", "PSF-2.0", "W3C", "Unlicense"),
        *("CC0-1.0", "CC-PDDC", "PDDL-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0"),
        *("ODC-By-1.0", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0"),
    }
)
"""SPDX ids of licences that ask for no more than attribution."""

_ROWS: Final = 1 << 16
_FILTERED: Final = ["source_kind", "source", "target_kind", "target", "licence"]


@dataclasses.dataclass(frozen=True)
class NarrowedState(State):
    """A part of a state. Its folder goes when this object goes.

    Attributes:
        left_out: How many nodes and edges of the whole are not in it, by reason.
    """

    left_out: dict[str, int]

    def __post_init__(self) -> None:
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in words."""
        return tuple(
            f"left out: {count:,} {what}" for what, count in self.left_out.items() if count
        )


def narrowed(
    state: State,
    *,
    around: str | None = None,
    hops: int = 1,
    kinds: Collection[str] = (),
    relations: Collection[str] = (),
    licence: str | None = None,
) -> NarrowedState:
    """A part of a state: what every condition allows.

    An edge stays if its relation, its licence and the kinds of its ends are wanted. A node stays if
    its kind is wanted and, where anything but kinds is asked for, an edge that stays leads to or
    from it. The sources that an edge cites stay with it.

    Args:
        state: The whole.
        around: Id of the entity in the middle; it stays, whatever its kind.
        hops: How many edges away from it, in either direction, along edges that stay.
        kinds: Wanted kinds; empty = all.
        relations: Wanted relations; empty = all.
        licence: `permissive` (see `PERMISSIVE`) or one SPDX id. Edges under other licences are left
            out; what is said of nodes is not parted by licence.

    Raises:
        UsageError: There is no such kind or relation, or `hops` is below nought.
        NotFound: There is no such entity.
    """
    _check(kinds, schema().kinds, "kind")
    _check(relations, schema().relations, "relation")
    if hops < 0:
        raise UsageError(f"{hops} is below nought", where="hops", hint="0 is the entity alone")
    wanted = _Wanted(frozenset(kinds), frozenset(relations), licence, around)
    folder = Path(tempfile.mkdtemp(prefix="stackholder-part-"))
    try:
        return _Part(state, wanted, folder).written(hops)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _check(names: Iterable[str], allowed: Collection[str], what: str) -> None:
    for name in names:
        if name not in allowed:
            raise UsageError(f"there is no {what} {name!r}", hint=f"one of: {', '.join(allowed)}")


@dataclasses.dataclass(frozen=True, slots=True)
class _Wanted:
    """The conditions that an edge meets or does not, whatever the other edges."""

    kinds: frozenset[str]
    relations: frozenset[str]
    licence: str | None
    around: str | None

    @property
    def only_kinds(self) -> bool:
        return not self.relations and self.licence is None and self.around is None

    def of_kinds(self, batch: pa.RecordBatch) -> Array:
        """Whether both ends of each edge are of wanted kinds, or the entity in the middle."""
        if not self.kinds:
            return pa.repeat(True, batch.num_rows)
        ends = []
        for end in ("source", "target"):
            allowed = pc.is_in(batch[f"{end}_kind"], pa.array(sorted(self.kinds)))
            ends.append(pc.or_(allowed, pc.equal(batch[end], self.around or "")))
        return pc.and_(*ends)

    def licensed(self, batch: pa.RecordBatch) -> Array:
        """Whether each edge stands under a wanted licence."""
        if self.licence is None:
            return pa.repeat(True, batch.num_rows)
        licences = pc.unique(batch["licence"]).to_pylist()
        allowed = [text for text in licences if text and _met(text, self.licence)]
        return pc.is_in(batch["licence"], pa.array(allowed, pa.string()))


def _met(expression: str, wanted: str) -> bool:
    """Whether an SPDX expression can be met with wanted licences alone; no, where it is none."""

    def one(licence: Terms) -> str:
        fits = (
            licence.licence in PERMISSIVE if wanted == "permissive" else licence.licence == wanted
        )
        return "met" if fits else "not met"

    terms = read_terms(expression)
    return (terms.value(one, ("met", "not met")) if terms else one(Terms(expression))) == "met"


class _Part:
    """Writes the part of a state into a folder that is laid out as a snapshot and a state at once."""

    def __init__(self, state: State, wanted: _Wanted, folder: Path) -> None:
        self._state = state
        self._wanted = wanted
        self._folder = folder
        self._relations = [
            r for r in state.relations if not wanted.relations or r in wanted.relations
        ]
        self._touched: list[Array] = []
        self._cited: list[Array] = []

    def written(self, hops: int) -> NarrowedState:
        """Writes edges, then nodes, then the manifest."""
        ball = None
        if self._wanted.around is not None:
            ball = self._ball(self._wanted.around, hops)
            self._touched.append(ball)
        edges, unlicensed = self._edges(ball)
        nodes = self._nodes()
        manifest = json.loads((self._state.snapshot.folder / "manifest.json").read_text())
        as_of = self._state.as_of and self._state.as_of.isoformat()
        (self._folder / "manifest.json").write_text(
            json.dumps({**manifest, "nodes": nodes, "edges": edges, "as_of": as_of})
        )
        left_out = {
            "nodes": self._state.node_count - sum(nodes.values()),
            "edges": self._state.edge_count - sum(edges.values()) - unlicensed,
            "edges under other licences": unlicensed,
        }
        snapshot = dataclasses.replace(
            self._state.snapshot, folder=self._folder, nodes=nodes, edges=edges
        )
        whole = self._state
        return NarrowedState(
            self._folder, snapshot, whole.as_of, left_out, strengths=whole.strengths
        )

    def _ball(self, around: str, hops: int) -> Array:
        """The ids of the entities at most `hops` edges away that meet the conditions."""
        kinds = self._state.kinds
        if not any(self._state.nodes(kind, ["id"], id=[around]).num_rows for kind in kinds):
            raise NotFound(
                f"there is no entity {around!r}", hint=f"type: stackholder find {around}"
            )
        inside = pa.array([around], pa.string())
        for _ in range(hops):
            met = [inside]
            for batch in self._candidates():
                for here, there in (("source", "target"), ("target", "source")):
                    met.append(batch[there].filter(pc.is_in(batch[here], inside)).unique())
            wider = pa.chunked_array(met).unique()
            if len(wider) == len(inside):
                break
            inside = wider
        return inside

    def _candidates(self) -> Iterator[pa.RecordBatch]:
        for relation in self._relations:
            for batch in self._state.edge_batches(relation, _FILTERED, _ROWS):
                yield batch.filter(
                    pc.and_(self._wanted.of_kinds(batch), self._wanted.licensed(batch))
                )

    def _edges(self, ball: Array | None) -> tuple[dict[str, int], int]:
        """Writes the edges that stay; gives their number by relation, and how many their licence alone kept out."""
        counts: dict[str, int] = {}
        unlicensed = 0
        for relation in self._relations:
            names = edge_schema(relation).names
            cites = [p.name for p in schema().edge_properties(relation) if p.reference]
            for file in self._state.edge_files(relation):
                with _Table(self._folder, file) as table:
                    for batch in batches(file, names, _ROWS):
                        fitting = self._wanted.of_kinds(batch)
                        if ball is not None:
                            ends = pc.is_in(batch["source"], ball), pc.is_in(batch["target"], ball)
                            fitting = pc.and_(fitting, pc.and_(*ends))
                        licensed = self._wanted.licensed(batch)
                        unlicensed += pc.sum(pc.and_(fitting, pc.invert(licensed))).as_py() or 0
                        self._note(table.write(batch.filter(pc.and_(fitting, licensed))), cites)
                counts[relation] = counts.get(relation, 0) + table.rows
        return {r: n for r, n in counts.items() if n}, unlicensed

    def _note(self, batch: pa.RecordBatch, cites: Sequence[str]) -> None:
        """Keeps in mind what the edges that stay lead to and cite."""
        self._touched += [batch["source"].unique(), batch["target"].unique()]
        for name in cites:
            cited = batch[name]
            self._cited.append((pc.list_flatten(cited) if _is_list(cited) else cited).unique())

    def _nodes(self) -> dict[str, int]:
        """Writes the nodes that stay; gives their number by kind."""
        touched, cited = (
            pa.chunked_array(ids, pa.string()).unique() for ids in (self._touched, self._cited)
        )
        counts = {}
        for kind in self._state.kinds:
            file = self._state.node_file(kind)
            names = ["node", *(p.name for p in schema().node_properties(kind))]
            wanted = not self._wanted.kinds or kind in self._wanted.kinds
            with _Table(self._folder, file) as table:
                for batch in batches(file, names, _ROWS):
                    if wanted and self._wanted.only_kinds:
                        table.write(batch)
                        continue
                    stays = pc.or_(pc.is_in(batch["id"], touched), pc.is_in(batch["id"], cited))
                    table.write(batch.filter(stays))
            counts[kind] = table.rows
        return {k: n for k, n in counts.items() if n}


def _is_list(column: Array) -> bool:
    return bool(pa.types.is_list(column.type))


class _Table:
    """A file in the place of `file`, below another folder; none where no row is written."""

    def __init__(self, folder: Path, file: Path) -> None:
        self._path = folder / file.parent.name / file.name
        self._writer: TableFile | None = None
        self.rows = 0

    def __enter__(self) -> _Table:
        return self

    def write(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Writes rows, and gives them back."""
        if batch.num_rows:
            if self._writer is None:
                self._path.parent.mkdir(exist_ok=True)
                self._writer = TableFile(self._path, batch.schema)
            self._writer.write_batch(batch)
            self.rows += batch.num_rows
        return batch

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()
