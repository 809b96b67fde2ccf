"""Where things stand in pictures: paths in layers, and the whole graph as a map."""

from __future__ import annotations

import collections
import hashlib
import json
import os
from pathlib import Path
from typing import Any, Final

from ..answers.answer import Answer
from ..state.paths import CONTROL
from .worker_graph import ServedGraph

__all__ = ["map", "picture"]

_SWEEPS: Final = 8
_HOP: Final = ("source", "target", "power", "low", "high", "amount", "label", "reason", "keys")
_FORM: Final = "islands by power"
"""What a kept map holds; another form is another file."""


def picture(answer: Answer) -> dict[str, Any]:
    """Paths as a picture: a node stands in the layer of its longest way from the start, x and y in [0, 1].

    Within a layer nodes are ordered by the mean place of their neighbours (Sugiyama, Tagawa & Toda 1981).
    """
    layer: dict[str, int] = {}
    edges: dict[str, dict[str, Any]] = {}
    for path in answer.hops:
        for place, hop in enumerate(path):
            layer[hop["source"]] = max(layer.get(hop["source"], 0), place)
            layer[hop["target"]] = max(layer.get(hop["target"], 0), place + 1)
            key = f"{hop['source']} {hop['target']} {hop['power']}"
            edges[key] = {"key": key, **{n: hop[n] for n in _HOP}}
    rows: dict[int, list[str]] = collections.defaultdict(list)
    for node, depth in layer.items():
        rows[depth].append(node)
    heights = _ordered(rows, edges.values())
    deepest = max(rows, default=1) or 1
    nodes = [
        {
            "id": node,
            "name": answer.names.get(node, node),
            "kind": node.partition("/")[0],
            "x": round(depth / deepest, 4),
            "y": round(heights[node], 4),
        }
        for node, depth in layer.items()
    ]
    return {"nodes": nodes, "edges": list(edges.values())}


def _ordered(rows: dict[int, list[str]], edges: Any) -> dict[str, float]:
    """The height of each node in its layer."""
    beside: dict[str, list[str]] = collections.defaultdict(list)
    for edge in edges:
        beside[edge["source"]].append(edge["target"])
        beside[edge["target"]].append(edge["source"])
    heights: dict[str, float] = {}
    for names in rows.values():
        _spread(names, heights)
    for sweep in range(_SWEEPS):
        for depth in sorted(rows, reverse=bool(sweep % 2)):
            means = {
                n: sum(heights[m] for m in beside[n]) / len(beside[n]) if beside[n] else heights[n]
                for n in rows[depth]
            }
            rows[depth].sort(key=lambda n: (means[n], n))
            _spread(rows[depth], heights)
    return heights


def _spread(names: list[str], heights: dict[str, float]) -> None:
    for place, name in enumerate(names):
        heights[name] = (place + 1) / (len(names) + 1)


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
