"""Organisations, their identifiers, owners and parents, as Wikidata states them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ...graph.claims import Claims, End, Source
from ..documents import read_json
from ..web import Web

__all__ = ["SOURCE", "fetch", "load", "wanted"]

SOURCE = Source(
    id="wikidata",
    title="organisations, owners and parents from Wikidata",
    publisher="Wikidata",
    licence="CC0-1.0",
    homepage="https://www.wikidata.org/wiki/Wikidata:Data_access",
    tier="secondary",
    rank=60,
    reads=("answers of its query service, saved as *.json", "the address of the query service"),
)

_QUERY: Final = Path(__file__).parent / "data" / "organisations.rq"
_AT_ONCE: Final = 40
_ACCEPT: Final = "application/sparql-results+json"
_ENTITY: Final = re.compile(r"https?://www\.wikidata\.org/entity/(Q\d+)")
_DAY: Final = re.compile(r"[+]?(\d{4})-(\d\d)-(\d\d)T")
_IDENTIFIERS: Final = {"lei": "lei", "ror": "ror", "crunchbase": "crunchbase"}
_OWNERSHIP: Final = frozenset({"P127", "P1830"})
_PARENTS: Final = frozenset({"P749", "P355"})
_RELATIONS: Final = _OWNERSHIP | _PARENTS | {"P361"}
_NEEDED: Final = frozenset({"item"})


def load(source: Path, out: Claims) -> None:
    """Reads answers of the query service that were saved as JSON; each file is a scope, and a binding is a row.

    Raises:
        SourceError: There is no such file, or it is not the answer of a SELECT.
    """
    files = sorted(source.glob("*.json")) if source.is_dir() else [source]
    if not files:
        hint = "save an answer of the query service as JSON; the query is loaders/wikidata/data/organisations.rq"
        raise SourceError("there is no saved answer here", where=str(source), hint=hint)
    for file in files:
        bindings = _bindings(read_json(file), str(file))
        with out.scope(file.name):
            _state(bindings, file.name, out)


def fetch(web: Web, out: Claims) -> None:
    """Asks the query service for the organisations of the starter data, some at a time; each answer is a scope."""
    ids = wanted()
    text = _QUERY.read_text(encoding="utf-8")
    out.awaited = None
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        values = " ".join(f"wd:{i}" for i in some)
        name = f"{some[0]} to {some[-1]}"
        with out.scope(name):
            query = text.replace("VALUES ?item { }", f"VALUES ?item {{ {values} }}")
            page = web.get(parameters={"query": query, "format": "json"}, accept=_ACCEPT)
            _state(_bindings(page.json(), web.address), name, out)


def wanted() -> list[str]:
    """The Wikidata ids of the starter data's organisations, in order of their numbers."""
    folder = Path(__file__).parents[1] / "curated" / "data" / "nodes"
    found = set()
    for kind in ("Company", "Institution"):
        with (folder / f"{kind}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                found.update(re.findall(r"wikidata:(Q\d+)", row["identifiers"]))
    return sorted(found, key=lambda q: int(q[1:]))


def _bindings(document: object, where: str) -> list[Mapping[str, Any]]:
    head = document.get("head") if isinstance(document, dict) else None
    results = document.get("results") if isinstance(document, dict) else None
    bindings = results.get("bindings") if isinstance(results, dict) else None
    named = head.get("vars") if isinstance(head, dict) else None
    if not isinstance(bindings, list) or not isinstance(named, list):
        hint = "save the answer as JSON (SPARQL 1.1 Query Results JSON)"
        raise SourceError("not the answer of a SELECT", where=where, hint=hint)
    missing = sorted(_NEEDED - {str(n) for n in named})
    if missing:
        hint = "the query is loaders/wikidata/data/organisations.rq"
        raise SourceError(f"no variable ?{missing[0]} in the answer", where=where, hint=hint)
    return bindings


def _state(bindings: Iterable[object], file: str, out: Claims) -> None:
    """One row per binding; an item is stated with all its names and identifiers."""
    known: dict[str, tuple[str, set[str], set[str]]] = {}
    for number, binding in enumerate(bindings):
        at = f"{file}#/results/bindings/{number}"
        with out.row():
            row = _row(binding)
            item = _qid(row.get("item", ""))
            if item is None:
                out.refuse(at, f"{row.get('item', '')[:60]!r} is not an item", "item")
                continue
            name, aliases, identifiers = known.setdefault(
                item, (row.get("itemLabel", ""), set(), set())
            )
            aliases.update(filter(None, [row.get("alias", "")]))
            identifiers.update(f"{_IDENTIFIERS[k]}:{row[k]}" for k in _IDENTIFIERS if row.get(k))
            if row.get("relation"):
                _edge(item, name, row, at, out)
            else:
                _node(item, name, [], [], at, out)
    with out.rows(0):
        for item, (name, aliases, identifiers) in sorted(known.items()):
            _node(item, name, sorted(aliases - {name}), sorted(identifiers), file, out)


def _row(binding: object) -> dict[str, str]:
    """The values of a binding as text."""
    if not isinstance(binding, Mapping):
        return {}
    return {
        str(name): str(term["value"]).strip()
        for name, term in binding.items()
        if isinstance(term, Mapping) and isinstance(term.get("value"), str)
    }


def _qid(iri: str) -> str | None:
    found = _ENTITY.fullmatch(iri)
    return found[1] if found else None


def _node(
    item: str, name: str, aliases: list[str], identifiers: list[str], at: str, out: Claims
) -> End:
    end = ("Company", item.lower())
    shown = name if name and name != item else None
    known_as = [f"wikidata:{item}", *identifiers]
    url = f"https://www.wikidata.org/wiki/{item}"
    out.node(*end, shown, at=at, url=url, identifiers=known_as, aliases=aliases)
    return end


def _edge(item: str, name: str, row: Mapping[str, str], at: str, out: Claims) -> None:
    """An owner, holding, parent, subsidiary or whole; each leads from the one above to the one below."""
    relation, other, rank = row["relation"], _qid(row.get("other", "")), row.get("rank", "")
    if rank.endswith("DeprecatedRank"):
        out.skip("statement of the rank deprecated")
        return
    if other is None:
        out.skip("statement about an unknown or missing value")
        return
    if relation not in _RELATIONS:
        out.refuse(at, f"{relation!r} is no property that is read here", "relation")
        return
    one = _node(item, name, [], [], at, out)
    two = _node(other, row.get("otherLabel", ""), [], [], at, out)
    start, end, note = _dates(row)
    how: dict[str, Any] = {
        "url": f"https://www.wikidata.org/wiki/{item}#{relation}",
        "stated": relation,
        "valid_from": start,
        "valid_to": end,
        "note": note,
        "confidence": 0.9 if rank.endswith("PreferredRank") else 0.85,
    }
    if relation in _OWNERSHIP:
        owner, owned = (two, one) if relation == "P127" else (one, two)
        share = _share(row.get("share", ""))
        out.edge("OWNS", owner, owned, at=at, equity=share, **how)
    elif relation in _PARENTS:
        part, whole = (one, two) if relation == "P749" else (two, one)
        out.edge("PART_OF", part, whole, at=at, kind="subsidiary", **how)
    else:
        out.edge("PART_OF", one, two, at=at, kind="part", **how)


def _share(text: str) -> float | None:
    """The proportion (P1107) as a fraction; it is of the capital where nothing else is said, and never of votes."""
    try:
        share = float(text)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


def _dates(row: Mapping[str, str]) -> tuple[str | None, str | None, str | None]:
    """Start and end; a point in time alone says that it held then, not since when."""
    start, end, time = (_date(row.get(name, "")) for name in ("start", "end", "time"))
    note = f"stated as of {time}" if time and not start else None
    return start, end, note


def _date(text: str) -> str | None:
    """`2015-10-02T00:00:00Z` → `2015-10-02`; the first of January stands for a year."""
    found = _DAY.match(text)
    if found is None:
        return None
    year, month, day = found.groups()
    if month in {"00", "01"} and day in {"00", "01"}:
        return year
    return f"{year}-{month}" if day == "00" else f"{year}-{month}-{day}"
