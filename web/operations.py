"""What the JSON API answers, in a worker: each function takes the graph and parameters, and gives plain values."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from .. import __version__
from ..errors import UsageError
from ..graph.schema import schema
from ..pictures.holdings import Holding, holdings
from ..pictures.powers import LOOKS
from ..state.work import SHARE
from .sparql_job import graph_of
from .worker import Out
from .worker_graph import ServedGraph

if TYPE_CHECKING:
    from ..queries.catalogue import Question

__all__ = ["call", "ready"]

_OTHERS: Final = {
    "highlights": "highlights",
    "map": "layout",
    "audit": "files",
    "export": "files",
    "describe": "description",
}


def ready(asked: Mapping[str, Any]) -> None:
    """Opens the state and the stores that the operation needs."""
    graph = graph_of(asked)
    for name in asked["stores"]:
        graph.store(name)
    _ = graph.state


def call(asked: Mapping[str, Any], body: bytes, out: Out) -> None:
    """Does `operation` with `arguments`, and writes what it gives as JSON, unless it writes itself."""
    name = asked["operation"]
    module = _OTHERS.get(name)
    where = importlib.import_module(f".{module}", __package__).__dict__ if module else globals()
    arguments = dict(asked["arguments"])
    if name in {"audit", "export", "describe"}:
        where[name](graph_of(asked), out, body=body, **arguments)
        return
    found = where[name](graph_of(asked), **arguments)
    out.head("application/json")
    out.write(json.dumps(found, default=str, ensure_ascii=False, separators=(",", ":")).encode())


# ---------------------------------------------------------------------- the graph as a whole


def about(graph: ServedGraph) -> dict[str, Any]:
    """What is served, with counts."""
    state, known = graph.state, schema()
    edges = {r: state.count(r) for r in known.relations}
    return {
        "version": __version__,
        "snapshot": graph.snapshot.hash,
        "as_of": graph.as_of,
        "built": _builds(graph).get(graph.snapshot.hash),
        "nodes": state.node_count,
        "edges": sum(edges.values()),
        "incomplete_sources": list(graph.incomplete_sources),
        "kinds": [
            {"name": k.name, "about": k.comment, "count": graph.snapshot.nodes.get(k.name, 0)}
            for k in known.kinds.values()
        ],
        "relations": [
            {"name": r.name, "about": r.comment, "count": edges[r.name]}
            for r in known.relations.values()
        ],
        "powers": {power: look.words for power, look in LOOKS.items()},
    }


def snapshots(graph: ServedGraph) -> dict[str, Any]:
    """The snapshots that the home keeps, the latest first."""
    built = _builds(graph)
    kept = [f.name for f in graph.home.snapshots.glob("[0-9a-f]*") if f.is_dir()]
    rows = [
        {"hash": name, "built": built.get(name), "current": name == graph.snapshot.hash}
        for name in kept
    ]
    return {"snapshots": sorted(rows, key=lambda r: (str(r["built"]), r["hash"]), reverse=True)}


def _builds(graph: ServedGraph) -> dict[str, str]:
    """When each snapshot was built last."""
    file = graph.home.path / "builds.jsonl"
    if not file.exists():
        return {}
    rows = [json.loads(line) for line in file.read_text().split("\n") if line.strip()]
    return {row["snapshot"]: row["at"] for row in rows if row.get("snapshot")}


# ---------------------------------------------------------------------- entities


def search(graph: ServedGraph, *, q: str, limit: int) -> dict[str, Any]:
    """Entities by any of their names."""
    found = graph.find(q, limit=limit)
    return {"rows": list(found), "complete": found.complete}


def entity(graph: ServedGraph, *, id: str) -> dict[str, Any]:  # noqa: A002 - the field's term
    """All that is known of an entity, who holds it, and what it holds: each power by itself, the strongest first.

    Statements are those that are stated or counted; what stands behind a power is in `evidence`, by key.
    """
    found = graph.show(id)
    computed = schema().relations
    stated = [
        s
        for s in found["statements"]
        if not computed[s["relation"]].computed or s["relation"] == SHARE
    ]
    sides = holdings(graph.state, found["id"])
    every = [h for side in sides for h in side]
    ends = {n for h in every for n in (h.party, h.thing, *h.through)}
    names = graph.state.names({s["other"] for s in stated} | ends)
    return {
        **found,
        "statements": stated,
        "names": names,
        "holders": [_holding(h, h.party, h.holder) for h in sides[0]],
        "holdings": [_holding(h, h.thing, names[h.thing]) for h in sides[1]],
        "evidence": graph.evidence(list(dict.fromkeys(k for h in every for k in h.keys))),
    }


def _holding(holding: Holding, end: str, name: str) -> dict[str, Any]:
    """A power for the page: who or what is at its other end, and what stands behind it."""
    values = ("power", "low", "high", "amount", "label", "reason", "hops", "confidence")
    return {
        "id": end,
        "name": name,
        "kind": holding.party_kind if end == holding.party else holding.thing_kind,
        **{n: getattr(holding, n) for n in values},
        "party": holding.party,
        "holder": holding.holder,
        "owner": holding.owner,
        "owner_name": holding.owner_name,
        "through": list(holding.through),
        "keys": list(holding.keys),
    }


# ---------------------------------------------------------------------- questions


def questions(graph: ServedGraph) -> dict[str, Any]:
    """The canned questions, with their parameters and texts."""
    from ..queries.catalogue import questions as catalogue

    return {"questions": [_question(q) for q in catalogue().values()]}


def _question(question: Question) -> dict[str, Any]:
    import dataclasses

    computed = question.computed
    parameters = [{**dataclasses.asdict(p), "kinds": list(p.kinds)} for p in question.parameters]
    return {
        "name": question.name,
        "id": question.id,
        "summary": question.summary,
        "description": question.description,
        "tags": list(question.tags),
        "parameters": parameters,
        "columns": [dataclasses.asdict(c) for c in question.columns],
        "reading": question.reading,
        "computed": computed,
        "cypher": None if computed else question.text("cypher"),
        "sparql": None if computed else question.text("sparql"),
    }


def ask(
    graph: ServedGraph,
    *,
    name: str,
    limit: int,
    language: str | None,
    explain: bool,
    given: Mapping[str, str],
) -> dict[str, Any]:
    """A canned question.

    Raises:
        UsageError: It has no such parameter.
    """
    from ..queries.catalogue import question

    takes = [p.name for p in question(name).parameters]
    unknown = sorted(set(given) - set(takes))
    if unknown:
        hint = f"its parameters: {', '.join(takes) or 'none'}"
        raise UsageError(f"{name} has no parameter {unknown[0][:40]!r}", hint=hint)
    known: Any = language
    values: Mapping[str, Any] = given
    answer = graph.ask(
        name, language=known, limit=limit, explain=explain, timeout=_TIMEOUT, **values
    )
    return answer.to_dict()


_TIMEOUT: Final = 3600.0  # the worker's own clock is shorter


def paths(
    graph: ServedGraph,
    *,
    source: str,
    targets: Sequence[str],
    k: int,
    max_hops: int,
    powers: Sequence[str],
) -> dict[str, Any]:
    """The k best control paths, with a picture of them."""
    from .layout import picture

    answer = graph.paths(source, *targets, k=k, max_hops=max_hops, powers=powers)
    return {**answer.to_dict(), "picture": picture(answer)}


_EXPLAINED: Final = 1000  # rows whose statements come along


def diff(
    graph: ServedGraph, *, before: str, after: str, around: str | None, control: bool
) -> dict[str, Any]:
    """What changed between two dates or snapshots."""
    from ..answers.difference import differences

    found = differences(
        graph.home, before, after, control=control, around=around, strengths=graph.strengths
    )
    ends = ("party", "thing") if control else ("source", "target")
    named = graph.state.names({str(r[n]) for r in found for n in ends})
    keys = [k for r in list(found)[:_EXPLAINED] for k in str(r["edge"]).split()]
    return {
        **found.to_dict(),
        "names": named,
        "evidence": graph.evidence(list(dict.fromkeys(keys))),
    }
