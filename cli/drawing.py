"""Control paths as Mermaid: text that code forges and note-takers draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..answer import Answer
from .output import date_of

__all__ = ["mermaid"]


def mermaid(answer: Answer, names: Mapping[str, str]) -> str:
    """The paths of an answer as one Mermaid graph; each edge says relation, channel, strength and date.

    Args:
        answer: What `Graph.paths` gave, with evidence.
        names: Name by entity id.
    """
    ids: dict[str, str] = {}
    lines = list(dict.fromkeys(_edges(answer, ids)))
    nodes = [f'  {short}["{_quoted(names.get(entity, entity))}"]' for entity, short in ids.items()]
    return "\n".join(["graph LR", *nodes, *lines])


def _edges(answer: Answer, ids: dict[str, str]) -> Iterator[str]:
    places = [i for i, c in enumerate(answer.columns) if c.type == "edge"]
    for row, hops in zip(answer.rows, answer.hops, strict=True):
        keys = [row[i] for i in places if row[i]]
        for key, hop in zip(keys, hops, strict=True):
            ends = [ids.setdefault(e, f"n{len(ids)}") for e in (hop["source"], hop["target"])]
            yield f'  {ends[0]} -->|"{_label(answer.evidence.get(str(key), {}), hop)}"| {ends[1]}'


def _label(said: Mapping[str, Any], hop: Mapping[str, Any]) -> str:
    date = date_of(said, "valid_from")
    since = f"<br/>since {date}" if date else ""
    return f"{said.get('relation', '')}<br/>{hop['channel']} {hop['strength']:.2g}{since}"


def _quoted(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    )
