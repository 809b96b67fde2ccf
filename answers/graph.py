"""The graph as a user of Python sees it; the command line calls nothing else."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..graph.home import Home
from ..graph.result import Cell, Column, Result
from ..graph.snapshot import Snapshot
from ..settings import settings
from ..state.derivation import state_at
from ..state.state import State
from ..stores import Language, Parameter, Store, open_store
from .answer import Answer
from .evidence import evidence_of
from .search import Match, day, find, one

if TYPE_CHECKING:
    import networkx as nx
    import rdflib

    from ..audit import Audit
    from ..exports import ExportReport
    from ..measures.stability import Stability
    from ..queries.catalogue import Question
    from ..queries.view import Measure, View

__all__ = ["Graph", "open"]

_UNVERIFIED = 0.97
_OWN_STORES = frozenset({"", "embedded"})


def open(home: str | Path | None = None, as_of: datetime.date | str | None = None) -> Graph:  # noqa: A001
    """The graph that the last build published.

    Args:
        home: Where it lies; None = as the settings say.
        as_of: The date whose state is asked; None = the date of the snapshot.

    Raises:
        NoGraph: Nothing was built there.
        UsageError: The date is none.
    """
    return Graph(Home(settings(home=home).home.value), as_of)


class Graph:
    """A snapshot at a date, and everything that can be asked of it.

    Args:
        home: Where it lies.
        as_of: The date; None = that of the snapshot.
    """

    def __init__(self, home: Home, as_of: datetime.date | str | None = None) -> None:
        self.home = home
        self.snapshot = Snapshot.open(home.current_snapshot())
        self.as_of = day(as_of) or self.snapshot.date
        self._state: State | None = None
        self._stores: dict[str, Store] = {}
        self._view: View | None = None

    @property
    def state(self) -> State:
        """The state at the date."""
        if self._state is None:
            self._state = state_at(self.home, self.snapshot, self.as_of)
        return self._state

    def store(self, name: str = "embedded") -> Store:
        """The store of that name or address, opened once."""
        if name not in self._stores:
            self._stores[name] = open_store(name, self.state)
        return self._stores[name]

    def close(self) -> None:
        """Closes the stores."""
        for store in self._stores.values():
            store.close()
        self._stores.clear()

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------ asking

    def ask(
        self,
        name: str,
        *,
        language: Language | None = None,
        store: str = "",
        limit: int | None = 100,
        timeout: float = 60.0,
        explain: bool = False,
        cite: bool = True,
        **parameters: object,
    ) -> Answer:
        """Asks a canned question.

        Args:
            name: Its name; `questions()` lists them.
            language: `cypher` or `sparql`; None = as the store speaks.
            store: `embedded`, `rdf`, `rdflib` or an address; empty = the one for the language.
            limit: Most rows.
            timeout: Seconds.
            explain: Whether to give the evidence of every statement behind the rows.
            cite: Whether to name the weakest statement and the sources; False saves a look at all statements.
            parameters: Of the question. An entity may be given by id, name, alias or identifier.

        Raises:
            NotFound: There is no such question or entity.
            UsageError: A parameter is missing, unknown, or of another type.
        """
        from ..queries.catalogue import question

        asked = question(name)
        bound = asked.bind(self._identified(asked.parameters, parameters))
        if asked.computed:
            if language or store not in _OWN_STORES:
                hint = "leave out the language and the store"
                raise UsageError(f"{name} is computed from the snapshot, not queried", hint=hint)
            return self._computed(asked, bound, limit=limit, explain=explain, cite=cite)
        used = self.store(store or ("rdf" if language == "sparql" else "embedded"))
        if language and language != used.language:
            raise UsageError(f"the store {store!r} speaks {used.language}, not {language}")
        found = used.query(asked.text(used.language), bound, timeout=timeout, limit=limit)
        rows, complete = found.rows, found.complete
        answer = self._answer(
            name,
            bound,
            asked.columns,
            rows,
            complete=complete,
            explain=explain,
            cite=cite,
            notes=(asked.reading,),
            summary=_said(asked, rows, bound, complete=complete),
        )
        return dataclasses.replace(answer, measures=_ranked(answer))

    @property
    def view(self) -> View:
        """What computed questions look at."""
        if self._view is None:
            from ..queries.view import View

            self._view = View(self.state, lambda day: state_at(self.home, self.snapshot, day))
        return self._view

    def _computed(
        self,
        asked: Question,
        bound: Mapping[str, Any],
        *,
        limit: int | None,
        explain: bool,
        cite: bool,
    ) -> Answer:
        found = asked.compute(self.view, bound)
        answer = self._answer(
            asked.name,
            bound,
            asked.columns,
            list(found.rows)[:limit],
            complete=limit is None or len(found.rows) <= limit,
            explain=explain,
            cite=cite,
            notes=(asked.reading,),
            summary=found.summary,
            basis=found.keys,
        )
        return dataclasses.replace(answer, measures=found.measures, unknown=found.unknown)

    def _identified(self, known: Sequence[Any], given: Mapping[str, object]) -> dict[str, object]:
        """The parameters, entities replaced by their ids."""
        found = dict(given)
        for parameter in known:
            value = found.get(parameter.name)
            if parameter.type == "entity" and isinstance(value, str) and value:
                found[parameter.name] = self.find_one(value, parameter.kinds).id
        return found

    def paths(
        self,
        source: str,
        *targets: str,
        k: int = 10,
        max_hops: int = 5,
        channels: Sequence[str] = (),
        explain: bool = True,
    ) -> Answer:
        """The k best control paths from one entity to any of some others, strongest first.

        Only hops through `channels` (V, G, L, I, M, R, S; empty = all). One row per path: product, bottleneck,
        confidence, hops, the path as text, the keys of its statements.
        """
        from ..measures.stability import stability
        from ..queries.view import counted
        from ..state.paths import best_paths, control_web

        start = self.find_one(source)
        ends = [self.find_one(t) for t in targets]
        web = control_web(self.state, channels)
        found = best_paths(web, start.id, [e.id for e in ends], k=k, max_hops=max_hops)
        ranked = stability([(p.product, "".join(h.channel for h in p.hops)) for p in found])
        names = self._names({h for p in found for hop in p.hops for h in (hop.source, hop.target)})
        most = max((len(p.hops) for p in found), default=0)
        rows = []
        for path in found:
            keys = [h.key for h in path.hops]
            rows.append(
                (
                    path.product,
                    path.bottleneck,
                    path.confidence,
                    len(path.hops),
                    path.told(names.__getitem__),
                    *keys,
                    *[None] * (most - len(keys)),
                )
            )
        shown = [
            Column("strength", "double", "product, 0 to 1"),
            Column("bottleneck", "double", "least strength, 0 to 1"),
            Column("confidence", "double", "product, 0 to 1"),
            Column("hops", "integer"),
            Column("path", "string"),
            *(Column(f"edge_{i + 1}", "edge") for i in range(most)),
        ]
        notes = [
            f"paths of at most {counted(max_hops, 'hop')} over control edges of known strength; "
            f"{web.unknown:,} edges of unknown strength were left out",
            "V vote, G gate, L labour, I infrastructure, M money, R legal, S structural; "
            "judge a path by its weakest hop",
        ]
        if channels:
            notes.append(f"only hops through {', '.join(channels)}")
        if len(found) == k:
            notes.append(f"the {k} best; there may be more: -k {2 * k}")
        asked: dict[str, Any] = {"source": start.id, "targets": [e.id for e in ends]}
        asked |= {"k": k, "max_hops": max_hops, **({"channels": [*channels]} if channels else {})}
        answer = self._answer(
            "paths", asked, shown, rows, complete=len(found) < k, explain=explain, notes=notes
        )
        hops = tuple(tuple(dataclasses.asdict(h) for h in p.hops) for p in found)
        said = f"The strongest of {len(rows)} paths: {rows[0][4]}." if len(rows) > 1 else ""
        return dataclasses.replace(
            answer, hops=hops, names=names, summary=said, measures=_steady(ranked)
        )

    def find(self, text: str, *, kinds: Sequence[str] = (), limit: int = 20) -> Answer:
        """Entities whose name, alias, id or identifier holds a text; the nearest first."""
        matches = find(self.snapshot, text, kinds, limit + 1)
        columns = [Column(n, "string") for n in ("id", "kind", "name", "matched")]
        rows: list[tuple[Cell, ...]] = [(m.id, m.kind, m.name, m.matched) for m in matches[:limit]]
        return self._answer("find", {"text": text}, columns, rows, complete=len(matches) <= limit)

    def find_one(self, text: str, kinds: Sequence[str] = ()) -> Match:
        """The one entity that a text means: its id, its name, an alias or an identifier.

        Raises:
            NotFound: None, with near ones to type instead.
            UsageError: Several, with their ids.
        """
        return one(self.snapshot, text, kinds)

    def show(self, entity: str) -> dict[str, Any]:
        """All that is known of an entity: its values, what each source says, its statements with their evidence."""
        from .entity import dossier

        return dossier(self.state, self.find_one(entity), self.incomplete_sources)

    def audit(self, file: str | Path) -> Audit:
        """Who publishes, governs, owns and runs what a requirements file, lock or report names."""
        from ..audit import audit

        return audit(self, Path(file))

    def cypher(
        self,
        text: str,
        *,
        store: str = "embedded",
        limit: int | None = None,
        timeout: float = 60.0,
        **parameters: Parameter,
    ) -> Result:
        """Any read query in Cypher."""
        return self._query("cypher", text, store, limit, timeout, parameters)

    def sparql(
        self,
        text: str,
        *,
        store: str = "rdf",
        limit: int | None = None,
        timeout: float = 60.0,
        **parameters: Parameter,
    ) -> Result:
        """Any read query in SPARQL."""
        return self._query("sparql", text, store, limit, timeout, parameters)

    def _query(
        self,
        language: str,
        text: str,
        store: str,
        limit: int | None,
        timeout: float,
        parameters: Mapping[str, Parameter],
    ) -> Result:
        used = self.store(store)
        if used.language != language:
            raise UsageError(f"the store {store!r} speaks {used.language}, not {language}")
        return used.query(text, parameters, timeout=timeout, limit=limit)

    # ------------------------------------------------------------------ what belongs to an answer

    @property
    def incomplete_sources(self) -> tuple[str, ...]:
        """Sources whose last run failed or left a scope unfinished."""
        return self.snapshot.incomplete_sources

    def evidence(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Per key: the statement, what was stated, by which source, when, how sure, read in full or not."""
        return evidence_of(self.state, keys)

    def _answer(
        self,
        name: str,
        parameters: Mapping[str, Any],
        columns: Sequence[Column],
        rows: Sequence[tuple[Cell, ...]],
        *,
        complete: bool,
        explain: bool = False,
        cite: bool = True,
        notes: Sequence[str] = (),
        summary: str = "",
        basis: Sequence[str] = (),
    ) -> Answer:
        answer = Answer(
            question=name,
            as_of=self.as_of,
            snapshot=self.snapshot.hash,
            parameters=parameters,
            columns=tuple(columns),
            rows=rows,
            complete=complete,
            incomplete_sources=self.incomplete_sources,
            summary=summary,
            basis=tuple(basis),
        )
        evidence = self.evidence(answer.keys) if cite and answer.keys else {}
        said = [n for n in notes if n]
        unsure = sum(e["confidence"] < _UNVERIFIED for e in evidence.values())
        if unsure:
            behind = f"{unsure} of {len(evidence)} statements behind it"
            said.append(f"{behind} are unverified: not checked against the cited page")
        cited = {u for e in evidence.values() for u in (e.get("url"), *e.get("urls", ())) if u}
        return dataclasses.replace(
            answer,
            notes=tuple(said),
            evidence=evidence if explain else {},
            weakest=min(evidence.values(), key=_sureness, default={}),
            sources=tuple(sorted(cited)),
        )

    def _names(self, ids: set[str]) -> dict[str, str]:
        import pyarrow as pa
        import pyarrow.compute as pc

        names = {i: i for i in ids}
        for kind in self.state.kinds:
            table = self.state.nodes(kind, ["id", "name"])
            some = table.filter(pc.is_in(table["id"], pa.array(sorted(ids), pa.string())))
            names |= dict(zip(some["id"].to_pylist(), some["name"].to_pylist(), strict=True))
        return names

    def export(
        self,
        form: str,
        target: str | Path,
        *,
        around: str | None = None,
        hops: int = 1,
        kinds: Sequence[str] = (),
        relations: Sequence[str] = (),
        licence: str | None = None,
        history: bool = False,
        **options: Any,
    ) -> ExportReport:
        """Writes the state, or a part of it, in a foreign format; `exports.FORMATS` lists them.

        Args:
            form: The format.
            target: The file or folder.
            around: Only what lies around this entity …
            hops: … so many edges away.
            kinds: Only these kinds; empty = all.
            relations: Only these relations; empty = all.
            licence: Only edges under this licence, or `permissive`.
            history: Every edge of every date, without computed relations.
            options: Of the format.

        Raises:
            UsageError: There is no such format, kind or relation.
            StackholderError: It could not be written; nothing is left of it.
        """
        from ..exports import export
        from ..exports.subgraph import narrowed

        state = state_at(self.home, self.snapshot, None) if history else self.state
        if around or kinds or relations or licence:
            middle = self.find_one(around).id if around else None
            state = narrowed(
                state, around=middle, hops=hops, kinds=kinds, relations=relations, licence=licence
            )
        return export(state, form, Path(target), **options)

    # ------------------------------------------------------------------ as objects

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """The state as a networkx graph: ids as nodes, statement keys as edge keys."""
        from ..exports.objects import to_networkx

        return to_networkx(self.state)

    def to_rdflib(self) -> rdflib.Graph:
        """The state as an rdflib graph."""
        from ..stores.rdflib_store import to_rdflib

        return to_rdflib(self.state)


def _said(
    asked: Question, rows: Sequence[tuple[Cell, ...]], bound: Mapping[str, Any], *, complete: bool
) -> str:
    """The answer of a query in a sentence, by the words of its question."""
    if not rows or not asked.says:
        return "" if rows else "Nothing is known that would answer this."
    first = {c.name: v for c, v in zip(asked.columns, rows[0], strict=True)}
    shown = {
        k: "?" if v is None else f"{v:.2g}" if isinstance(v, float) else v for k, v in first.items()
    }
    count = f"{len(rows):,}" if complete else f"more than {len(rows):,}"
    return asked.says.format_map({**bound, **shown, "n": count})


def _sureness(statement: Mapping[str, Any]) -> tuple[float, str, str, str, str]:
    """The order by confidence; of equal ones always the same is first."""
    ends = (str(statement["source"]), str(statement["relation"]), str(statement["target"]))
    return float(statement["confidence"]), *ends, str(statement["key"])


def _steady(found: Stability | None) -> tuple[Measure, ...]:
    """What a ranking says of itself."""
    from ..queries.view import Measure

    if found is None:
        return ()
    first = "the first stays first" if found.first_stays else "another may come first"
    unit = (
        "least rank correlation (Kendall) where the strengths of one channel are halved or raised by half; "
        f"{first}" + (f"; channel {found.channel} moves it most" if found.channel else "")
    )
    return (Measure("stability of the ranking", found.tau, unit, n=found.n),)


def _ranked(answer: Answer) -> tuple[Measure, ...]:
    """The stability of rows that are ranked by the product of their channels."""
    from ..measures.stability import stability

    names = [c.name for c in answer.columns]
    if not {"channels", "strength"} <= set(names):
        return ()
    rows = [
        (float(r["strength"]), str(r["channels"]).replace(">", ""))
        for r in answer
        if isinstance(r["strength"], float)
    ]
    return _steady(stability(rows))
