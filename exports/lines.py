#: nquads .nq any RDF store
#: ntriples .nt any RDF store
"""N-Triples, and N-Quads, of which N-Triples are those of the default graph."""

from __future__ import annotations

from typing import BinaryIO

from ..state.state import State
from ..stores.triples import ntriples
from . import Written

__all__ = ["write"]


def write(state: State, stream: BinaryIO) -> Written:
    """Writes a state as one triple per line; see `stores.triples` for the shape."""
    triples = 0
    for piece in ntriples(state):
        stream.write(piece)
        triples += piece.count(b"\n")
    return Written(state.node_count, state.edge_count, notes=(f"{triples:,} triples",))
