"""Loading a running Neo4j over Bolt: our push beside a plain loop of the `neo4j` driver.

    python -m benchmarks.neo4j_live --nodes 20000 --edges 100000 --rounds 2

The loop is what the driver's manual shows: one constraint per kind, `UNWIND $rows` in batches of 10,000, one
dictionary per row. Both load the same nodes and edges with the same properties into the same server, emptied before
each; the loop keeps no digests and cannot be repeated. Without `--address` a Neo4j of the tests is started (Java).
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .data import asked, parser

if TYPE_CHECKING:
    import neo4j
    from stackholder.state.state import State

_BATCH: Final = 10_000
_ENDS: Final = ("source_kind", "source", "target_kind", "target")


def main() -> None:
    """Loads both ways in turn, and prints the best time of each."""
    options = parser(__doc__)
    options.set_defaults(nodes=10_000, edges=40_000)
    options.add_argument("--address", help="bolt://USER:PASSWORD@HOST:PORT; it is EMPTIED")
    options.add_argument("--rounds", type=int, default=2)
    given = options.parse_args()
    state = asked(given)
    total = state.node_count + state.edge_count
    with _server(given) as address:
        sides = {"stackholder push": _push, "plain driver loop": _loop}
        times = _times(sides, address, state, given.rounds)
    print(f"{state.node_count:,} nodes, {state.edge_count:,} edges; best of {given.rounds}")
    for name, (seconds, client) in times.items():
        speed = f"{total / seconds:10,.0f} nodes and edges/s"
        print(f"{name:18} {seconds:8.2f} s {speed} {client:8.2f} s of CPU in the client")
    (ours, our_client), (peer, its_client) = times.values()
    print(f"{'ratio':18} {peer / ours:8.2f} x {its_client / our_client:8.2f} x in the client")


def _times(
    sides: dict[str, Callable[[str, State], None]], address: str, state: State, rounds: int
) -> dict[str, tuple[float, float]]:
    """The best time of each side, and the CPU time that this process then used."""
    best: dict[str, tuple[float, float]] = {}
    for _ in range(rounds):
        for name, load in sides.items():
            _empty(address)
            clock, client = time.perf_counter(), time.process_time()
            load(address, state)
            taken = time.perf_counter() - clock, time.process_time() - client
            _check(address, state)
            best[name] = min(taken, best.get(name, taken))
            print(f"  {name}: {taken[0]:.2f} s", file=sys.stderr)
    return best


def _push(address: str, state: State) -> None:
    from stackholder.stores.bolt import push

    push(address, state)


def _loop(address: str, state: State) -> None:
    with _driver(address) as driver:
        for kind in state.kinds:
            driver.execute_query(f"CREATE CONSTRAINT FOR (n:{kind}) REQUIRE n.id IS UNIQUE")
            text = f"UNWIND $rows AS row CREATE (n:{kind}) SET n = row"
            for rows in _batches(state.nodes(kind).drop_columns(["node"]).to_pylist()):
                driver.execute_query(text, rows=rows)
        for relation in state.relations:
            by_pair: dict[tuple[str, str], list[dict[str, Any]]] = {}
            for row in state.edges(relation).to_pylist():
                source_kind, source, target_kind, target = (row.pop(end) for end in _ENDS)
                rows = by_pair.setdefault((source_kind, target_kind), [])
                rows.append({"source": source, "target": target, "properties": row})
            for (source_kind, target_kind), rows in by_pair.items():
                text = (
                    f"UNWIND $rows AS row MATCH (a:{source_kind} {{id: row.source}}) "
                    f"MATCH (b:{target_kind} {{id: row.target}}) "
                    f"CREATE (a)-[r:{relation}]->(b) SET r = row.properties"
                )
                for batch in _batches(rows):
                    driver.execute_query(text, rows=batch)


def _batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]


def _empty(address: str) -> None:
    with _driver(address) as driver, driver.session() as session:
        for pattern in ("()-[x]->()", "(x)"):
            text = f"MATCH {pattern} CALL (x) {{ DELETE x }} IN TRANSACTIONS OF 10000 ROWS"
            session.run(text).consume()
        for name in session.run("SHOW CONSTRAINTS YIELD name").value():
            session.run("DROP CONSTRAINT $name", name=name).consume()


def _check(address: str, state: State) -> None:
    with _driver(address) as driver:
        for pattern, wanted in (("(x)", state.node_count), ("()-[x]->()", state.edge_count)):
            found = driver.execute_query(f"MATCH {pattern} RETURN count(x)").records[0].value()
            if found != wanted:
                raise SystemExit(f"{found:,} of {wanted:,} {pattern} were loaded")


def _driver(address: str) -> neo4j.Driver:
    from neo4j import GraphDatabase

    parts = urllib.parse.urlsplit(address)
    user = [urllib.parse.unquote(part or "") for part in (parts.username, parts.password)]
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return GraphDatabase.driver(plain, auth=(user[0], user[1]) if parts.username else None)


@contextlib.contextmanager
def _server(given: argparse.Namespace) -> Iterator[str]:
    if given.address:
        yield given.address
        return
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    from servers.neo4j_server import running_neo4j

    with (
        tempfile.TemporaryDirectory(prefix="stackholder-") as folder,
        running_neo4j(Path(folder)) as server,
    ):
        yield server.uri


if __name__ == "__main__":
    main()
