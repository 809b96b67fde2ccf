"""Oxigraph: our load of a state against Oxigraph's own bulk load of the same triples from a file that is there already.

    python -m benchmarks.rdf_load --nodes 100000 --edges 500000

Ours reads Parquet, makes the triples and loads them; the peer is given N-Triples, so that what is above it is our cost.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from benchmarks.data import asked
from benchmarks.measure import Aim, benchmark, measured

AIMS = [Aim("cpu", 1.3), Aim("wall", 1.3)]


def ours(options: argparse.Namespace, folder: Path) -> None:
    import pyoxigraph as ox
    from stackholder.stores.rdf import _build

    state = dataclasses.replace(asked(options), folder=folder)
    (folder / "edges").symlink_to(asked(options).folder / "edges")
    with measured():
        _build(state, folder / "rdf")
    assert len(ox.Store.read_only(str(folder / "rdf"))) > options.edges


def peer(options: argparse.Namespace, folder: Path) -> None:
    import pyoxigraph as ox
    from stackholder.stores.triples import ntriples

    with (folder / "state.nt").open("wb") as stream:
        for piece in ntriples(asked(options)):
            stream.write(piece)
    with measured():
        store = ox.Store(str(folder / "rdf"))
        store.bulk_load(path=str(folder / "state.nt"), format=ox.RdfFormat.N_TRIPLES)
        store.flush()


if __name__ == "__main__":
    sys.exit(benchmark("RDF load", {"ours": ours, "Oxigraph alone": peer}, AIMS))
