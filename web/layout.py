"""Where things stand in pictures: paths in layers, and the whole graph as a map."""

from __future__ import annotations

import collections
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..answer import Answer
from ..control.paths import CONTROL
from .opened import ServedGraph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

__all__ = ["map", "picture"]

_SWEEPS: Final = 8
_STEPS: Final = 80
_CELLS: Final = 16
_NEAR: Final = 12


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
            edges[hop["key"]] = {
                n: hop[n] for n in ("source", "target", "key", "channel", "strength", "confidence")
            }
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

    The layout is drawn to edges and away from what is near and what is far (Fruchterman & Reingold 1991), the far
    taken together by the cells of a grid.
    """
    scratch: Path = graph.home.states.parent
    name = hashlib.sha256(f"{graph.state.folder.resolve()} {limit}".encode()).hexdigest()[:24]
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

    from .operations import names_of

    edges = graph.state.edges(
        CONTROL, ["source", "target", "source_kind", "target_kind", "channel"]
    )
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
    places = _forced((links + links.T).tocsr(), degree[kept]) if count else np.zeros((0, 2))
    names = names_of(graph.state, [ids[i] for i in kept])
    most = float(degree.max()) if count else 1.0
    nodes = [
        {
            "id": ids[i],
            "name": names.get(ids[i], ids[i]),
            "kind": kinds[ids[i]],
            "x": round(float(x), 5),
            "y": round(float(y), 5),
            "size": round(float(degree[i] / most) ** 0.5, 4),
        }
        for i, (x, y) in zip(kept.tolist(), places, strict=True)
    ]
    channels = edges["channel"].to_pylist()
    drawn = [
        [int(a), int(b), channels[row]]
        for row, a, b in zip(
            np.flatnonzero(inside).tolist(), one[inside], other[inside], strict=True
        )
    ]
    return {"nodes": nodes, "edges": drawn}


def _forced(links: csr_matrix, degree: NDArray[np.int64]) -> NDArray[np.float64]:
    """Places in [0, 1] by attraction along links and repulsion of near nodes and far cells."""
    import numpy as np
    from scipy.spatial import cKDTree

    count = links.shape[0]
    random = np.random.default_rng(7)
    places = random.normal(size=(count, 2)) * np.sqrt(count)
    weights = np.asarray(links.sum(axis=1)).ravel()
    weights[weights == 0] = 1
    mass = 1.0 + np.sqrt(degree)
    for step in range(_STEPS):
        pull = links @ places / weights[:, None] - places
        near = min(_NEAR, count)
        distances, others = cKDTree(places).query(places, k=near)
        distances, others = distances.reshape(count, near), others.reshape(count, near)
        away = places[:, None, :] - places[others]
        push = (away * (mass[others] / np.maximum(distances, 0.1) ** 2)[:, :, None]).sum(axis=1)
        push += _far(places, mass) - 0.08 * places
        move = pull + 2.0 * push
        length = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
        heat = np.sqrt(count) * 0.4 * (1 - step / _STEPS) ** 1.5
        places = places + move / length * np.minimum(length, heat)
    low, high = np.quantile(places, 0.02, axis=0), np.quantile(places, 0.98, axis=0)
    scaled: NDArray[np.float64] = np.clip((places - low) / np.maximum(high - low, 1e-9), -0.1, 1.1)
    least, most = scaled.min(axis=0), scaled.max(axis=0)
    result: NDArray[np.float64] = (scaled - least) / np.maximum(most - least, 1e-9)
    return result


def _far(places: NDArray[np.float64], mass: NDArray[np.float64]) -> NDArray[np.float64]:
    """Repulsion of the cells of a grid, each with the mass and the middle of what stands in it."""
    import numpy as np

    low, high = places.min(axis=0), places.max(axis=0)
    cells = np.minimum(
        ((places - low) / np.maximum(high - low, 1e-9) * _CELLS).astype(int), _CELLS - 1
    )
    code = cells[:, 0] * _CELLS + cells[:, 1]
    total = np.bincount(code, mass, _CELLS * _CELLS)
    held = np.flatnonzero(total)
    middle = np.stack(
        [
            np.bincount(code, mass * places[:, d], _CELLS * _CELLS)[held] / total[held]
            for d in (0, 1)
        ],
        axis=1,
    )
    away = places[:, None, :] - middle[None, :, :]
    size = float(np.max(high - low)) / _CELLS
    square = np.maximum((away**2).sum(axis=2), size**2)
    found: NDArray[np.float64] = (away * (total[held] / square)[:, :, None]).sum(axis=1)
    return found
