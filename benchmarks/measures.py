"""Measures at size: what is computed at build time, and paths and blast radius asked warm.

Beside them networkx, and scipy and DuckDB as the floor.

    python -m benchmarks.measures --nodes 1000000 --edges 10000000

`build` computes every relation of a day: dependencies, employers and shares, majorities, powers. Its floor is DuckDB
counting the same shares by a plain query on the same Parquet files. `paths` asks for the ten best paths between two
entities, with the control edges already read; the peer is networkx's Dijkstra for one best path over the same edges,
already in memory, and the floor scipy's. `blast` disables the largest maker.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import datetime
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from benchmarks.data import parser, synthetic_state
from benchmarks.measure import least, measured, table

if TYPE_CHECKING:
    from stackholder.state.paths import ControlGraph
    from stackholder.state.state import State

DAY: Final = datetime.date(2024, 6, 30)
MOST_SECONDS, MOST_MEGABYTES, MOST_WARM = 300.0, 6_000.0, 2.0


def day(options: argparse.Namespace) -> State:
    """The state of one day of the synthetic graph, made if it was not."""
    from stackholder.graph.home import Home
    from stackholder.state.derivation import state_at

    history = synthetic_state(options.nodes, options.edges, generator=options.generator)
    return state_at(Home(history.folder.parents[2]), history.snapshot, DAY)


def build(options: argparse.Namespace) -> None:
    """All relations that are computed for a day."""
    import shutil

    made = day(options)
    shutil.rmtree(made.folder)
    with measured():
        day(options)


def shares(options: argparse.Namespace) -> None:
    """Employers and shares of work, with their intervals."""
    from stackholder.state.contributions import contributions

    state = synthetic_state(options.nodes, options.edges, generator=options.generator)
    with measured():
        contributions(state.snapshot, DAY)


def duckdb(options: argparse.Namespace) -> None:
    """Commits per project and employer domain: the least that shares of work need."""
    import duckdb as engine

    state = synthetic_state(options.nodes, options.edges, generator=options.generator)
    file = state.snapshot.file("CONTRIBUTED_TO")
    with measured():
        engine.sql(
            f"SELECT target, email_domain, sum(commits) FROM '{file}' "
            f"WHERE valid_from <= DATE '{DAY}' GROUP BY ALL"
        ).fetchall()


def ends(web: ControlGraph) -> tuple[str, str]:
    """The controller of most, and what most control."""
    import numpy as np

    return (
        web.names[int(np.bincount(web.source).argmax())],
        web.names[int(np.bincount(web.target).argmax())],
    )


def paths(options: argparse.Namespace) -> None:
    """The ten best paths, warm."""
    from stackholder.state.paths import best_paths, control_graph

    web = control_graph(day(options))
    source, target = ends(web)
    best_paths(web, source, [target])
    with measured():
        best_paths(web, source, [target])


def networkx(options: argparse.Namespace) -> None:
    """One best path, warm."""
    import networkx as nx
    from stackholder.state.paths import control_graph

    web = control_graph(day(options))
    graph: nx.DiGraph[int] = nx.DiGraph()
    for start, end, cost in zip(
        web.source.tolist(), web.target.tolist(), web.cost.tolist(), strict=True
    ):
        if not graph.has_edge(start, end) or graph[start][end]["weight"] > cost:
            graph.add_edge(start, end, weight=cost)
    source, target = (web.number(e) for e in ends(web))
    with measured(), contextlib.suppress(nx.NetworkXNoPath):
        nx.dijkstra_path(graph, source, target)


def scipy(options: argparse.Namespace) -> None:
    """Costs from one entity to all, warm."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra
    from stackholder.state.paths import control_graph

    web = control_graph(day(options))
    size = len(web.names)
    # An edge that is sure costs nothing, and scipy takes nothing for no edge.
    matrix = csr_array((web.cost + 1e-12, (web.source, web.target)), shape=(size, size))
    source = web.number(ends(web)[0])
    with measured():
        dijkstra(matrix, indices=source)


def blast(options: argparse.Namespace) -> None:
    """What breaks when the largest maker goes, warm: needs already read."""
    from stackholder.measures.removal import Removal
    from stackholder.state.needs import Production

    production = Production(day(options))
    removal = Removal(production.needs)
    made = collections.Counter(maker for makers in production.makers.values() for maker in makers)
    [(largest, _)] = made.most_common(1)
    with measured():
        removal.retained({largest})


SIDES: Final[dict[str, Callable[[argparse.Namespace], None]]] = {
    "build": build,
    "shares": shares,
    "duckdb": duckdb,
    "paths": paths,
    "networkx": networkx,
    "scipy": scipy,
    "blast": blast,
}


def main() -> int:
    known = parser(__doc__)
    known.set_defaults(nodes=1_000_000, edges=10_000_000)
    options = known.parse_args()
    if options.side:
        SIDES[options.side](options)
        return 0
    clock = time.perf_counter()
    made = day(options)
    print(f"Measures: {options.nodes:,} nodes, {options.edges:,} edges, as of {DAY}", flush=True)
    print(
        f"(made or found in {time.perf_counter() - clock:.0f} s: {made.edge_count:,} edges in force or computed)",
        flush=True,
    )
    found: dict[str, Any] = {}
    for side in SIDES:
        found[side] = least("benchmarks.measures", side, options)
        print(f"{side}: {found[side].wall:.2f} s, {found[side].peak:.0f} MB", flush=True)
    table(found)
    return _judged(found)


def _judged(found: dict[str, Any]) -> int:
    lines = [
        ("build", found["build"].wall, MOST_SECONDS, "s"),
        ("build", found["build"].peak, MOST_MEGABYTES, "MB"),
        ("paths", found["paths"].wall, MOST_WARM, "s"),
        ("blast", found["blast"].wall, MOST_WARM, "s"),
    ]
    for name, value, most, unit in lines:
        print(
            f"{name}: {value:,.2f} {unit} (aim: {most:g} {unit}; {'met' if value <= most else 'MISSED'})"
        )
    for ours, peer in (("paths", "networkx"), ("paths", "scipy"), ("shares", "duckdb")):
        print(f"{ours} / {peer}: {found[ours].wall / found[peer].wall:.2f}")
    return 0 if all(value <= most for _, value, most, _ in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
