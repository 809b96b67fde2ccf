"""The most telling facts of a state, each from a canned question, with the sources behind its rows."""

from __future__ import annotations

import collections
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from ..answers.answer import Answer
from ..errors import NotFound
from ..graph.schema import schema
from ..graph.wording import interval_text
from ..state.state import State
from .worker_graph import ServedGraph

__all__ = ["highlights"]

Row = Mapping[str, Any]
Fact = tuple[str, Sequence[Row]]
_ROWS: Final = 400
_SOURCES: Final = 4
_NAMES: Final = {"pytorch": "PyTorch", "jax": "JAX"}
_OUTSIDE: Final = 0.8


def highlights(graph: ServedGraph) -> dict[str, Any]:
    """Some facts: text, question, parameters, address in the page, sources, confidence of the weakest statement."""
    facts = []
    for name, parameters, tell in _asked():
        try:
            answer = graph.ask(name, limit=_ROWS, **parameters)
        except NotFound:  # the graph is without this entity
            continue
        for text, rows in tell(list(answer), *parameters.values()):
            facts.append(
                {
                    "text": text,
                    "question": name,
                    "parameters": parameters,
                    "address": _address(name, parameters),
                    **_behind(graph, answer, rows),
                }
            )
    return {"facts": [f for f in facts if f["sources"]]}


def _asked() -> Iterator[tuple[str, dict[str, Any], Callable[..., Iterator[Fact]]]]:
    yield "fragile_dependencies", {}, _relicensing
    yield "stakes_web", {}, _stakes
    for example in _NAMES:
        yield "framework_cloud_paths", {"framework": example}, _chips
    yield "who_controls", {"artefact": next(iter(_NAMES))}, _deciding
    yield "standards_control", {}, _norms


def _relicensing(rows: list[Row]) -> Iterator[Fact]:
    some = [r for r in rows if r["dependents"]]
    if some:
        top = some[0]
        yield (
            f"{top['company_name']} alone can put {top['framework_name']} under another licence; "
            f"{top['dependents']} frameworks and models need it directly.",
            [top],
        )
    by_company = collections.Counter((r["company_name"], r["framework"]) for r in rows)
    companies = collections.Counter(company for company, _ in by_company)
    for company, count in companies.most_common(1):
        if count > 1:
            own = [r for r in rows if r["company_name"] == company]
            yield f"{company} alone decides the licence of {count} frameworks.", own


def _stakes(rows: list[Row]) -> Iterator[Fact]:
    if rows:
        own = [r for r in rows if r["holder"] == rows[0]["holder"]]
        names = list(dict.fromkeys(str(r["target_name"]) for r in own))
        yield (
            f"{rows[0]['holder_name']} holds minority stakes in or funds {rows[0]['rivals']} companies at once, "
            f"among them {_listed(names)}.",
            own,
        )


def _chips(rows: list[Row], framework: str) -> Iterator[Fact]:
    if rows:
        top = rows[0]
        own = [r for r in rows if (r["series"], r["tier"]) == (top["series"], top["tier"])]
        best, every = ({r["operator"] for r in some if r["operator"]} for some in (own, rows))
        by = (
            f" by {top['maker_name']}"
            if top["maker_name"] not in {None, *top["series"].split()}
            else ""
        )
        yield (
            f"{_NAMES[framework]} runs best on {top['series']}{by}, which {len(best)} of the {len(every)} known "
            "operators of clouds for it offer.",
            own,
        )


def _deciding(rows: list[Row], artefact: str) -> Iterator[Fact]:
    some = [r for r in rows if r["decides_low"]]
    if some:
        first, *rest = some[:3]
        then = f", then by {_listed([_value(r) for r in rest])}" if rest else ""
        yield (
            f"{_NAMES[artefact]} is decided on by {_value(first)}{then}. From what is known to what could be, 0 to 1.",
            [{"decides_on": r["decides_on"]} for r in some[:3]],
        )


def _value(row: Row) -> str:
    return f"{row['party_name']} ({interval_text(row['decides_low'], row['decides_high'])})"


def _norms(rows: list[Row]) -> Iterator[Fact]:
    alone = [
        r
        for r in rows
        if r["governors"] == 1 and r["outside_share"] is not None and r["outside_share"] > _OUTSIDE
    ]
    if alone:
        top = max(alone, key=lambda r: (r["implementers"], r["norm"]))
        yield (
            f"{top['governor_name']} alone governs {top['norm_name']}; {top['outside']} of the "
            f"{top['implementers']} that implement it are not its own.",
            [top],
        )


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:2])} and {names[2]}" if len(names) > 2 else " and ".join(names)


def _address(name: str, parameters: Mapping[str, str]) -> str:
    query = urllib.parse.urlencode(parameters)
    return f"/ask/{name}" + (f"?{query}" if query else "")


def _behind(graph: ServedGraph, answer: Answer, rows: Sequence[Row]) -> dict[str, Any]:
    """The pages that stand behind some rows, each once, a few of them; how sure the weakest statement is."""
    columns = [c.name for c in answer.columns if c.type == "edge"]
    cells = [str(r[c]) for r in rows[:20] for c in columns if r.get(c)]
    keys = list(dict.fromkeys(key for cell in cells for key in cell.split()))
    titles = _titles(graph.state)
    found: dict[str, dict[str, str]] = {}
    statements = graph.evidence(keys).values()
    for said in statements:
        for url in [said["url"]] if said.get("url") else said.get("urls", ()):
            found.setdefault(url, {"title": titles.get(url, url), "url": url})
    return {
        "sources": list(found.values())[:_SOURCES],
        "confidence": min((said["confidence"] for said in statements), default=None),
        "as_of": answer.as_of,
    }


def _titles(state: State) -> dict[str, str]:
    """Name of each cited page by its address."""
    return {
        row["url"]: row["name"]
        for kind in schema().evidence.targets
        if kind in state.kinds
        for row in state.nodes(kind, ["url", "name"]).to_pylist()
        if row["url"] and row["name"]
    }
