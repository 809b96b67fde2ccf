"""Places for a large graph: groups that are tied closely become islands, near the islands they are tied to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

__all__ = ["groups_of", "placed"]

_SEED: Final = 7
_GAP: Final = 1.12
_LARGE: Final = 12
_WIDE: Final = np.array([1.0, 1.4])
_ISLAND_STEPS: Final = 300
_MEMBER_STEPS: Final = 80
_NEAR: Final = 9
_TURN: Final = np.pi * (3 - np.sqrt(5))


def groups_of(links: csr_matrix) -> Numbers:
    """The group of each node, the largest group first (Louvain: Blondel, Guillaume, Lambiotte & Lefebvre 2008)."""
    import networkx as nx

    if links.shape[0] == 0:
        return np.zeros(0, dtype=np.int64)
    found = nx.community.louvain_communities(nx.from_scipy_sparse_array(links), seed=_SEED)
    group = np.empty(links.shape[0], dtype=np.int64)
    for number, members in enumerate(sorted(found, key=lambda some: (-len(some), min(some)))):
        group[list(members)] = number
    return group


def placed(links: csr_matrix, group: Numbers) -> Floats:
    """A place for each node, the widest side of the whole from 0 to 1."""
    if len(group) == 0:
        return np.zeros((0, 2))
    radius = 1.0 + np.sqrt(np.bincount(group))
    places = _members(links, group, _islands(links, group, radius), radius)
    least = places.min(axis=0)
    scaled: Floats = (places - least) / max(float((places.max(axis=0) - least).max()), 1e-9)
    return scaled


def _islands(links: csr_matrix, group: Numbers, radius: Floats) -> Floats:
    """The middle of each group: the tied and the large drawn together without touching, the rest around them."""
    from scipy.sparse import coo_matrix

    count, nodes = len(radius), len(group)
    member = coo_matrix((np.ones(nodes), (group, np.arange(nodes))), shape=(count, nodes)).tocsr()
    ties = (member @ links @ member.T).tolil()
    ties.setdiag(0)
    ties = ties.tocsr()
    tied = (np.asarray(ties.sum(axis=1)).ravel() > 0) | (np.bincount(group) >= _LARGE)
    middle = _spiral(radius)
    if tied.any():
        middle[tied] = _apart(ties[tied][:, tied], radius[tied], middle[tied])
    outer = np.hypot(*(middle[tied] * _WIDE).T) + radius[tied] * _WIDE[1]
    middle[~tied] = _spiral(radius[~tied], start=float(outer.max(initial=0.0)))
    return middle


def _spiral(radius: Floats, start: float = 0.0) -> Floats:
    """Discs of these radii along a spiral of golden angles around what `start` holds, as dense as they are large."""
    area = start**2 + 2.0 * np.cumsum((_GAP * radius) ** 2)
    angle = _TURN * np.arange(len(radius))
    turned = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    places: Floats = turned * np.sqrt(area)[:, None] / _WIDE
    return places


def _apart(ties: csr_matrix, radius: Floats, middle: Floats) -> Floats:
    """Discs pulled to what they are tied to and to the middle of the room, and pushed out of each other."""
    weight = ties.copy()
    weight.data = np.sqrt(weight.data)
    total = np.maximum(np.asarray(weight.sum(axis=1)).ravel(), 1e-9)
    room = (radius[:, None] + radius[None, :]) * _GAP
    np.fill_diagonal(room, 0.0)
    for step in range(_ISLAND_STEPS):
        heat = 1 - step / _ISLAND_STEPS
        pull = (weight @ middle) / total[:, None] - middle
        middle = middle + heat * (0.06 * pull - 0.12 * _WIDE * middle)
        away = middle[:, None, :] - middle[None, :, :]
        distance = np.maximum(np.linalg.norm(away, axis=2), 1e-6)
        share = radius[None, :] ** 2 / (radius[:, None] ** 2 + radius[None, :] ** 2)
        push = np.maximum(room - distance, 0.0) / distance * share
        middle = middle + 0.5 * (away * push[:, :, None]).sum(axis=1)
    edge = radius[:, None]
    centred: Floats = middle - ((middle - edge).min(axis=0) + (middle + edge).max(axis=0)) / 2
    return centred


def _members(links: csr_matrix, group: Numbers, middle: Floats, radius: Floats) -> Floats:
    """Nodes near those of their own group that they are tied to, spread over the disc of the group."""
    from scipy.sparse import coo_matrix
    from scipy.spatial import cKDTree

    count = len(group)
    pairs = links.tocoo()
    own = group[pairs.row] == group[pairs.col]
    inner = coo_matrix((pairs.data[own], (pairs.row[own], pairs.col[own])), links.shape).tocsr()
    total = np.maximum(np.asarray(inner.sum(axis=1)).ravel(), 1e-9)[:, None]
    heavy = 1.0 + np.sqrt(np.diff(inner.indptr)) / 3
    random = np.random.default_rng(_SEED)
    centre, limit = middle[group], radius[group][:, None]
    offset = random.normal(size=(count, 2)) * limit / 2
    near = min(_NEAR, count)
    for step in range(_MEMBER_STEPS):
        places = centre + offset
        distance, other = cKDTree(places).query(places, k=near)
        distance, other = distance.reshape(count, near), other.reshape(count, near)
        away = places[:, None, :] - places[other]
        push = (away * (heavy[other] / np.maximum(distance, 0.2) ** 2)[:, :, None]).sum(axis=1)
        pull = np.where(total > 1e-6, (inner @ offset) / total - offset, 0.0)
        move = 0.25 * pull + 0.6 * push - 0.02 * offset
        length = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
        heat = limit * 0.2 * (1 - step / _MEMBER_STEPS)
        offset = offset + move / length * np.minimum(length, heat)
    return centre + 0.95 * limit * _evenly(offset, group, total[:, 0])


def _evenly(offset: Floats, group: Numbers, weight: Floats) -> Floats:
    """Places in the unit disc: the most tied of a group in the middle, all of it spread evenly, directions kept."""
    size = np.bincount(group)
    total = np.bincount(group, weight)
    middle = [np.bincount(group, along * weight) / total for along in offset.T]
    offset = offset - np.stack(middle, axis=1)[group]
    far = np.linalg.norm(offset, axis=1)
    order = np.lexsort((far, group))
    rank = np.empty(len(group))
    rank[order] = np.arange(len(group)) - (np.cumsum(size) - size)[group[order]]
    wanted: Floats = np.sqrt((rank + 0.5) / size[group]) / np.maximum(far, 1e-9)
    return offset * wanted[:, None]
