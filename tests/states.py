"""Small states for tests, made by the real road: claims, partition, snapshot, state.

state = make_state(
    tmp_path,
    {"Company": [{"id": "google", "name": "Google"}]},
    {"OWNS": [{"source": ("Company", "alphabet"), "target": ("Company", "google"), "votes": 1.0}]},
)
"""

from __future__ import annotations

import datetime
import tempfile
import urllib.parse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stackholder.graph.assembly import build_snapshot
from stackholder.graph.claims import Claims, Source
from stackholder.graph.home import Home
from stackholder.graph.partition import settle
from stackholder.graph.schema import NS, schema
from stackholder.state.derivation import state_at
from stackholder.state.state import State
from stackholder.stores import Store
from stackholder.stores.triples import ENTITY, PROP, PS

__all__ = [
    "NOW",
    "ODD_TEXTS",
    "TODAY",
    "Rows",
    "entity_iri",
    "make_state",
    "odd_state",
    "rows_in_cypher",
    "rows_in_sparql",
    "state_rows",
]

NOW = datetime.datetime(2026, 11, 24, 10, 30, 15, 123456, tzinfo=datetime.UTC)
TODAY = NOW.date()
SOURCE = Source(
    id="hand", publisher="The tests", licence="CC0-1.0", homepage="https://example.org/hand"
)
Rows = Mapping[str, Iterable[Mapping[str, Any]]]


def make_state(
    folder: Path, nodes: Rows, edges: Rows, as_of: datetime.date | None = TODAY
) -> State:
    """The state of a graph that holds these claims and nothing else.

    Args:
        folder: Where its home goes; the claims that an earlier call left there are ended.
        nodes: By kind: id (without the kind), name, and properties.
        edges: By relation: source and target as (kind, id), and properties.
        as_of: Date of the state; None = every edge, without computed relations.

    Raises:
        ValueError: A claim was refused; says which and why.
    """
    home = Home(folder / "home")
    place = home.claims / SOURCE.id / "test"
    place.mkdir(parents=True, exist_ok=True)
    claims = Claims(
        SOURCE,
        Path(tempfile.mkdtemp(prefix=".new-", dir=place)),
        label="test",
        origin="by hand",
        now=NOW,
    )
    with claims.scope("all"):
        for kind, rows in nodes.items():
            for number, row in enumerate(rows):
                claims.node(kind, **{"at": f"{kind}:{number}", **row})
        for relation, rows in edges.items():
            for number, row in enumerate(rows):
                claims.edge(relation, **{"at": f"{relation}:{number}", **row})
    if claims.refusals:
        raise ValueError(claims.refusals)
    settle(home, claims, NOW)
    return state_at(home, build_snapshot(home), as_of)


ODD_TEXTS = (
    "A & B \"quoted\" 'single' `tick` <tag> \\ \\u0041 $c0 {x}",
    "naïve façade ☃ 😀 深度学习框架 עברית",
    "line\nbreak\r\n\ttab",
    "\x01\x02\x08\x0b\x0c\x1b\x1d\x1e\x1f\x7f\x85\u2028\ufeff\ufffe\uffff",
    "x" * 2000,
    "007",
    "1e5",
    "true",
    "null",
    "2020-01-01",
    "a;b;;c",
    " spaces ",
)
"""Names that writers are known to spoil."""


def odd_state(folder: Path) -> State:
    """A state with odd texts, lists, dates, nulls and numbers, and nine edges between the same two nodes."""
    ends = {"source": ("Company", "c0"), "target": ("Company", "c1")}
    nodes = {
        "Company": [
            {"id": f"c{i}", "name": text, "aliases": [text, "other", "x;y"][: i % 4]}
            for i, text in enumerate(ODD_TEXTS)
        ],
        "Model": [
            {"id": "least", "released": "2022-09", "params": 0, "training_flop": 5e-324},
            {"id": "most", "params": 2**63 - 1, "training_flop": 1.7976931348623157e308},
            {"id": "third", "training_flop": 0.1 + 0.2},
        ],
        "License": [{"id": "mit", "osi": True, "open_data": False}],
        "GoverningBody": [{"id": "board", "quota": 2 / 3, "quota_strict": True}],
        "Framework": [{"id": "f", "created": "1969-12-31"}],
    }
    edges = {
        "FUNDS": [
            {**ends, "amount": 1e9, "valid_from": "2019-07-22"},
            {**ends, "amount": 1e9, "valid_from": "2019-07-22"},
            {**ends, "amount": 1e9, "valid_from": "2019-07-22"},
            {**ends, "amount": 0.1, "valid_from": "2019", "valid_to": "2099-01-01"},
            {**ends, "kind": "credit", "cloud_commitment": True, "exclusive": False},
            {**ends, "announced": "0001-01-01", "closed": "9999-12-31", "confidence": 0.5},
            {
                **ends,
                "stated": ODD_TEXTS[0],
                "note": ODD_TEXTS[3],
                "url": "https://example.org/ö b",
            },
            {**ends, "identity": "by its own name", "note": ODD_TEXTS[4]},
            {**ends},
        ],
        "GOVERNS": [
            {
                "source": ("GoverningBody", "board"),
                "target": ("Framework", "f"),
                "rights": ["merge", "admin", "release"],
            },
            {"source": ("Institution", "stub"), "target": ("Model", "most")},
        ],
    }
    return make_state(folder, nodes, edges)


def state_rows(state: State, name: str) -> dict[str, dict[str, Any]]:
    """What a state says of the nodes of a kind by id, or of the edges of a relation by key; without nulls."""
    table = state.nodes(name).drop_columns(["node"]) if name in state.kinds else state.edges(name)
    return _by_key({k: v for k, v in row.items() if v is not None} for row in table.to_pylist())


def rows_in_cypher(store: Store, name: str) -> dict[str, dict[str, Any]]:
    """As `state_rows`, but what a Cypher store says."""
    if name in schema().kinds:
        found, match = {}, f"MATCH (x:{name})"
        properties = schema().node_properties(name)
    else:
        found = {
            f"{end}{part}": f"{end}.{key}"
            for end in ("source", "target")
            for part, key in (("_kind", "kind"), ("", "id"))
        }
        match = f"MATCH (source)-[x:{name}]->(target)"
        properties = schema().edge_properties(name)
    found |= {p.name: f"x.{p.name}" for p in properties}
    text = f"{match} RETURN {', '.join(f'{v} AS {k}' for k, v in found.items())}"
    records = store.query(text, {}, timeout=60, limit=None).records()
    return _by_key({k: v for k, v in r.items() if v is not None} for r in records)


def rows_in_sparql(store: Store, name: str) -> dict[str, dict[str, Any]]:
    """As `state_rows`, but what a SPARQL store says."""
    if name in schema().kinds:
        properties = schema().node_properties(name)
        pattern = f"?x a <{schema().kinds[name].iri}>"
    else:
        properties = schema().edge_properties(name)
        iri = schema().relations[name].iri
        local = iri.removeprefix(NS)
        ends = f"?source <{NS}kind> ?source_kind ; <{NS}id> ?source_id"
        ends += f" . ?target <{NS}kind> ?target_kind ; <{NS}id> ?target_id"
        pattern = (
            f"?source <{iri}> ?target ; <{PROP}{local}> ?x . ?x <{PS}{local}> ?target . {ends}"
        )
    known = {p.path: p for p in properties}
    rows: dict[Any, dict[str, Any]] = {}
    text = f"SELECT * WHERE {{ {pattern} . ?x ?p ?o }}"
    for record in store.query(text, {}, timeout=60, limit=None).records():
        row = rows.setdefault(record["x"], {})
        for end in ("source", "target"):
            if end in record:
                row[f"{end}_kind"], row[end] = record[f"{end}_kind"], record[f"{end}_id"]
        if (one := known.get(str(record["p"]))) is None:
            continue
        value = record["o"]
        if one.reference:
            value = urllib.parse.unquote(str(value).removeprefix(ENTITY))
        if one.list:
            row[one.name] = sorted({*row.get(one.name, ()), value})
        elif row.setdefault(one.name, value) != value:
            raise AssertionError(f"{one.name} has two values: {row[one.name]!r}, {value!r}")
    return _by_key(rows.values())


def _by_key(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    listed = list(rows)
    keyed = {row["key" if "key" in row else "id"]: row for row in listed}
    if len(keyed) != len(listed):
        raise AssertionError(f"{len(listed)} rows, but {len(keyed)} keys")
    return keyed


def entity_iri(entity: str) -> str:
    """The IRI of an entity, as the RDF forms must write it."""
    return ENTITY + urllib.parse.quote(entity, safe="/._~@:+,;=()!$&'*-")
