"""Making ready what is to be served: the state of a snapshot on a date, with its stores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..graph.home import Home
from ..graph.snapshot import Snapshot
from ..state.derivation import state_at
from ..state.state import State
from ..state.strengths import parameters
from ..stores import open_store
from .worker import Out
from .worker_graph import PinnedHome, ServedGraph

__all__ = ["ready", "state"]

_STORES = {"embedded": "embedded.lbug", "rdf": "rdf"}


def ready(asked: Mapping[str, Any]) -> None:
    """Nothing is needed."""


def state(asked: Mapping[str, Any], body: bytes, out: Out) -> None:
    """Makes the state of `snapshot` on `as_of` (a date; empty = of the snapshot), with `stores`.

    Where `writable`, it lies in the home, as the command line makes it; else below `scratch`. Says what is served:
    hash, date, folder.
    """
    home, scratch = Path(asked["home"]), Path(asked["scratch"])
    snapshot = Snapshot.open(Path(asked["snapshot"]))
    strengths = parameters(asked["strengths"])
    pinned = PinnedHome(home, snapshot.folder, scratch)
    graph = ServedGraph(pinned, asked["as_of"] or None, strengths)
    if asked["writable"]:
        made = state_at(Home(home), snapshot, graph.as_of, strengths)
        _build(made, asked["stores"])
    _borrow(Home(home), graph, scratch)
    _build(graph.state, asked["stores"])
    out.head("application/json")
    made_of = {"hash": snapshot.hash, "as_of": graph.as_of.isoformat()}
    out.write(json.dumps({**made_of, "folder": str(graph.state.folder)}).encode())


def _borrow(home: Home, graph: ServedGraph, scratch: Path) -> None:
    """Links states of the home that are whole, so that they need not be made again."""
    target = scratch / "states" / graph.snapshot.hash
    target.mkdir(parents=True, exist_ok=True)
    for folder in (home.states / graph.snapshot.hash).glob(f"{graph.as_of}-*"):
        link = target / folder.name
        whole = all((folder / name).exists() for name in ("manifest.json", *_STORES.values()))
        if whole and not link.exists():
            link.symlink_to(folder.resolve())


def _build(state: State, stores: list[str]) -> None:
    for name in stores:
        if not (state.folder / _STORES[name]).exists():
            open_store(name, state).close()
