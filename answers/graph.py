"""The graph as a user of Python sees it; the command line calls nothing else."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..graph.home import Home
from ..graph.result import Cell, Column, Result
from ..graph.snapshot import Snapshot
from ..graph.wording import punctuated
from ..settings import settings
from ..state.derivation import state_at
from ..state.state import State
from ..state.strengths import parameters
from ..stores import Language, Parameter, Store, open_store
from .answer import Answer
from .evidence import evidence_of
from .search import Match, day, find, one

if TYPE_CHECKING:
    import networkx as nx
    import rdflib

    from ..audit import Audit
    from ..exports import ExportReport
    from ..queries.catalogue import Question
    from ..queries.view import View

__all__ = ["Graph", "open"]

_UNVERIFIED = 0.97
_TOLD = 1_000
"""Rows that a sentence is made of, however few of them are shown."""
_OWN_STORES = frozenset({"", "embedded"})


def open(  # noqa: A001
    home: str | Path | None = None,
    as_of: datetime.date | str | None = None,
    strengths: str | Path | Mapping[str, Any] | None = None,
) -> Graph:
    """The graph that the last build published.

    Args:
        home: Where it lies; None = as the settings say.
        as_of: The date whose state is asked; None = the date of the snapshot.
        strengths: A file with another set of strengths, as `state/strengths.toml`, or that set; None = as the settings
            say.

    Raises:
        NoGraph: Nothing was built there.
        UsageError: The date is none, or the strengths are no such set.
    """
    ours = settings(home=home, strengths=strengths)
    return Graph(Home(ours.home.value), as_of, parameters(ours.strengths.value))


class Graph:
    """A snapshot at a date, and everything that can be asked of it.

    Args:
        home: Where it lies.
        as_of: The date; None = that of the snapshot.
        strengths: The parameters of power; None = those of the package.
    """

    def __init__(
        self,
        home: Home,
        as_of: datetime.date | str | None = None,
        strengths: Mapping[str, Any] | None = None,
    ) -> None:
        self.home = home
        self.strengths = strengths or parameters()
        self.snapshot = Snapshot.open(home.current_snapshot())
        self.as_of = day(as_of) or self.snapshot.date
        self._state: State | None = None
        self._stores: dict[str, Store] = {}
        self._view: View | None = None

    @property
    def state(self) -> State:
        """The state at the date."""
        if self._state is None:
            self._state = self._at(self.as_of)
        return self._state

    def _at(self, day: datetime.date | None) -> State:
        return state_at(self.home, self.snapshot, day, self.strengths)

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
        limit: int | None = None,
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
            limit: Most rows; None = all.
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
        wanted = max(limit, _TOLD) if limit and asked.companion else limit
        found = used.query(asked.text(used.language), bound, timeout=timeout, limit=wanted)
        rows = found.rows[:limit]
        complete = found.complete and len(rows) == len(found.rows)
        return self.answer(
            name,
            bound,
            asked.columns,
            rows,
            complete=complete,
            explain=explain,
            cite=cite,
            notes=(asked.reading,),
            summary=asked.sentence(
                found.rows if asked.companion else rows, bound, self._name, complete=complete
            ),
        )

    def _name(self, entity: str) -> str:
        return self.state.names([entity])[entity]

    @property
    def view(self) -> View:
        """What computed questions look at."""
        if self._view is None:
            from ..queries.view import View

            self._view = View(self.state, self._at)
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
        found, rows = asked.compute(self.view, bound)
        answer = self.answer(
            asked.name,
            bound,
            asked.columns,
            rows[:limit],
            complete=limit is None or len(rows) <= limit,
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
        powers: Sequence[str] = (),
        explain: bool = True,
    ) -> Answer:
        """The k best control paths from one entity to any of some others, what is known first.

        Any number of hops that decide, then at most one of another power: squeezes, or those asked for by `powers`
        (decides, works, squeezes, pays, binds). One row per path: how it ends, its interval, hops, the path as text,
        the keys of its statements.

        Raises:
            UsageError: There is no such power.
        """
        from .paths import paths_answer

        return paths_answer(self, source, targets, k, max_hops, powers, explain=explain)

    def find(self, text: str, *, kinds: Sequence[str] = (), limit: int | None = None) -> Answer:
        """Entities whose name, alias, id or identifier holds a text; the nearest first."""
        matches = find(self.snapshot, text, kinds, None if limit is None else limit + 1)
        columns = [Column(n, "string") for n in ("id", "kind", "name", "matched")]
        rows: list[tuple[Cell, ...]] = [(m.id, m.kind, m.name, m.matched) for m in matches[:limit]]
        return self.answer(
            "find", {"text": text}, columns, rows, complete=len(rows) == len(matches)
        )

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

    def audit(
        self,
        file: str | Path,
        *,
        allow_builds: bool = False,
        watch: Callable[[str], None] = lambda words: None,
    ) -> Audit:
        """Who publishes, governs, owns and runs what a requirements file, lock or report names.

        Args:
            file: The file.
            allow_builds: Whether pip may build source distributions of a requirements file, which runs their code.
            watch: Is told how far pip has come.
        """
        from ..audit import audit
        from ..loaders.python_packages.installing import dry_run

        resolve = functools.partial(dry_run, allow_builds=allow_builds, watch=watch)
        return audit(self, Path(file), resolve)

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

    def answer(
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
        """An answer of this graph: with the evidence, the weakest statement and the sources behind its rows."""
        answer = Answer(
            question=name,
            as_of=self.as_of,
            snapshot=self.snapshot.hash,
            parameters=parameters,
            columns=tuple(columns),
            rows=rows,
            complete=complete,
            incomplete_sources=self.incomplete_sources,
            summary=punctuated(summary),
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

        state = self._at(None) if history else self.state
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


def _sureness(statement: Mapping[str, Any]) -> tuple[float, str, str, str, str]:
    """The order by confidence; of equal ones always the same is first."""
    ends = (str(statement["source"]), str(statement["relation"]), str(statement["target"]))
    return float(statement["confidence"]), *ends, str(statement["key"])
