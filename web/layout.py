"""Where things stand in pictures: paths in layers, and the whole graph as a map."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ..answers.answer import Answer
from ..pictures.layered import layered
from ..pictures.subjects import Link, Network, Node
from ..state.paths import CONTROL
from .worker_graph import ServedGraph

__all__ = ["map", "picture"]

_HOP: Final = ("source", "target", "power", "low", "high", "amount", "label", "reason", "keys")
_FORM: Final = "islands by power"
"""What a kept map holds; another form is another file."""


def picture(answer: Answer) -> dict[str, Any]:
    """Paths as a picture, laid out as `stackholder draw paths` lays them out; x and y in [0, 1]."""
    hops = [hop for path in answer.hops for hop in path]
    edges = {key: {"key": key, **{n: hop[n] for n in _HOP}} for hop in hops for key in [_key(hop)]}
    ids = dict.fromkeys(hop[end] for hop in hops for end in ("source", "target"))
    nodes = tuple(Node(i, answer.names.get(i, i), i.partition("/")[0]) for i in ids)
    links = tuple(Link(e["source"], e["target"], e["power"]) for e in edges.values())
    layout = layered(Network("", nodes, links, "", ""), dict.fromkeys(ids, 1.0), gap=1.0, lane=0.5)
    stops = {stop.node: stop for layer in layout.layers for stop in layer if stop.node}
    deepest = max(len(layout.layers) - 1, 1)
    tallest = max(layout.heights.values(), default=0.0) + 0.5
    drawn = [
        {
            "id": node.id,
            "name": node.name,
            "kind": node.kind,
            "x": round(stops[node.id].layer / deepest, 4),
            "y": round(layout.heights[stops[node.id]] / tallest, 4),
        }
        for node in nodes
    ]
    return {"nodes": drawn, "edges": list(edges.values())}


def _key(hop: Mapping[str, Any]) -> str:
    return f"{hop['source']} {hop['target']} {hop['power']}"


def map(graph: ServedGraph, *, limit: int) -> dict[str, Any]:  # noqa: A001 - the field's term
    """The entities with most control edges and these edges, laid out; kept beside the states.

    Nodes come with the most tied first, and each with its group, the largest group being 0.
    """
    scratch: Path = graph.home.states.parent
    asked = f"{graph.state.folder.resolve()} {limit} {_FORM}"
    name = hashlib.sha256(asked.encode()).hexdigest()[:24]
    file = scratch / "maps" / f"{name}.json"
    if file.exists():
        found: dict[str, Any] = json.loads(file.read_text())
        return found
    drawn = _drawn(graph, limit)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(drawn, ensure_ascii=False))
    fresh.replace(file)
    return drawn


def _drawn(graph: ServedGraph, limit: int) -> dict[str, Any]:
    import numpy as np
    import pyarrow as pa
    from scipy.sparse import coo_matrix

    from .communities import groups_of, placed

    edges = graph.state.edges(CONTROL, ["source", "target", "source_kind", "target_kind", "power"])
    ends = pa.chunked_array([*edges["source"].chunks, *edges["target"].chunks], pa.string())
    coded = ends.combine_chunks().dictionary_encode()
    ids: list[str] = coded.dictionary.to_pylist()
    kinds = dict(
        zip(
            ends.to_pylist(),
            edges["source_kind"].to_pylist() + edges["target_kind"].to_pylist(),
            strict=True,
        )
    )
    codes = coded.indices.to_numpy(zero_copy_only=False)
    source, target = codes[: edges.num_rows], codes[edges.num_rows :]
    degree = np.bincount(codes, minlength=len(ids))
    kept = np.argsort(-degree, kind="stable")[:limit]
    number = np.full(len(ids), -1)
    number[kept] = np.arange(len(kept))
    one, other = number[source], number[target]
    inside = (one >= 0) & (other >= 0) & (one != other)
    count = len(kept)
    links = coo_matrix((np.ones(inside.sum()), (one[inside], other[inside])), shape=(count, count))
    both = (links + links.T).tocsr()
    group = groups_of(both)
    places = placed(both, group)
    names = graph.state.names([ids[i] for i in kept])
    most = float(degree.max()) if count else 1.0
    nodes = [
        {
            "id": ids[i],
            "name": names.get(ids[i], ids[i]),
            "kind": kinds[ids[i]],
            "x": round(float(x), 5),
            "y": round(float(y), 5),
            "size": round(float(degree[i] / most) ** 0.5, 4),
            "group": int(one_of),
        }
        for i, (x, y), one_of in zip(kept.tolist(), places, group, strict=True)
    ]
    powers = edges["power"].to_pylist()
    drawn = [
        [int(a), int(b), powers[row]]
        for row, a, b in zip(
            np.flatnonzero(inside).tolist(), one[inside], other[inside], strict=True
        )
    ]
    return {"nodes": nodes, "edges": drawn}
