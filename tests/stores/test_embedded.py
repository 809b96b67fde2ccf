"""The embedded store holds the state it lies beside, is built once, and says clearly why it cannot answer."""

import contextlib
import datetime
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from stackholder.errors import QueryError, QueryRefused, QueryTimeout, StoreError
from stackholder.graph.result import Result
from stackholder.state.state import State
from stackholder.stores.embedded import EmbeddedStore
from states import ODD_TEXTS, make_state, rows_in_cypher, state_rows

FILE = "embedded.lbug"


@pytest.fixture(scope="module")
def store(odd: State) -> Iterator[EmbeddedStore]:
    with contextlib.closing(EmbeddedStore(odd)) as store:
        yield store


@pytest.fixture
def fresh(odd: State, tmp_path: Path) -> State:
    """The odd state in a folder of its own, without any store."""
    folder = tmp_path / "state"
    shutil.copytree(odd.folder, folder, ignore=shutil.ignore_patterns(FILE, "rdf"))
    return State(folder, odd.snapshot, odd.as_of)


def ask(store: EmbeddedStore, text: str, **parameters: str | int) -> Result:
    return store.query(text, parameters, timeout=60)


def test_every_node_and_every_parallel_edge_comes_back_as_it_was(
    odd: State, store: EmbeddedStore
) -> None:
    for name in (*odd.kinds, *odd.relations):
        assert rows_in_cypher(store, name) == state_rows(odd, name), name
    between = (
        "MATCH (:Company {id: 'company/c0'})-[r:FUNDS]->(:Company {id: 'company/c1'}) RETURN r"
    )
    assert len(ask(store, between).rows) == 9


def test_columns_have_names_and_types(store: EmbeddedStore) -> None:
    found = ask(
        store,
        "MATCH (n:Model) WHERE n.id = 'model/least' RETURN n.name AS a, n.params AS b, "
        "n.training_flop AS c, n.released AS d, n.stub AS e, n.identifiers AS f, n.name AS g",
    )
    assert [(c.name, c.type) for c in found.columns] == [
        *[("a", "string"), ("b", "integer"), ("c", "double"), ("d", "date"), ("e", "boolean")],
        *[("f", "list"), ("g", "string")],
    ]
    assert found.rows == [
        ("least", 0, 5e-324, datetime.date(2022, 9, 1), False, None, "least"),
    ]


def test_parameters_are_values_and_never_text(store: EmbeddedStore) -> None:
    text = "MATCH (n:Company) WHERE n.name = $name RETURN n.id"
    for number, name in enumerate(ODD_TEXTS):
        assert ask(store, text, name=name, unused=1).rows == [(f"company/c{number}",)]
    assert ask(store, text, name="' OR true //").rows == []


def test_a_store_is_built_once_and_opened_again(fresh: State) -> None:
    EmbeddedStore(fresh).close()
    made = (fresh.folder / FILE).stat()
    with contextlib.closing(EmbeddedStore(fresh)) as store:
        assert len(rows_in_cypher(store, "FUNDS")) == 9
    assert (fresh.folder / FILE).stat().st_ino == made.st_ino


def test_loading_another_state_answers_from_that_one(odd: State, tmp_path: Path) -> None:
    other = make_state(tmp_path, {"Company": [{"id": "c0", "name": "only this"}]}, {})
    with contextlib.closing(EmbeddedStore(odd)) as store:
        store.load(other)
        assert rows_in_cypher(store, "Company") == state_rows(other, "Company")
        assert rows_in_cypher(store, "FUNDS") == {}
        store.load(odd)
        assert len(rows_in_cypher(store, "FUNDS")) == 9


def test_a_build_that_is_killed_leaves_no_store_and_the_next_is_whole(fresh: State) -> None:
    program = (
        "import pathlib, sys, time\n"
        "from stackholder.graph.snapshot import Snapshot\n"
        "from stackholder.state.state import State\n"
        "from stackholder.stores import embedded\n"
        "load = embedded._load\n"
        "def halting(*arguments):\n"
        "    load(*arguments)\n"
        "    print('halfway', flush=True)\n"
        "    time.sleep(600)\n"
        "embedded._load = halting\n"
        "folder, snapshot = map(pathlib.Path, sys.argv[1:])\n"
        "embedded.EmbeddedStore(State(folder, Snapshot.open(snapshot), None))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, fresh.folder, fresh.snapshot.folder],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
    ) as building:
        assert building.stdout is not None
        assert building.stdout.readline() == b"halfway\n"
        building.kill()
    assert not (fresh.folder / FILE).exists()
    with contextlib.closing(EmbeddedStore(fresh)) as store:
        assert rows_in_cypher(store, "FUNDS") == state_rows(fresh, "FUNDS")


def test_a_store_that_cannot_be_built_leaves_nothing_behind(fresh: State) -> None:
    edges = fresh.folder / "edges/FUNDS.parquet"
    edges.write_bytes(edges.read_bytes()[:100])
    with pytest.raises((StoreError, OSError, ValueError)):
        EmbeddedStore(fresh)
    assert [p.name for p in fresh.folder.glob(f"**/{FILE}*")] == []


def test_a_limit_is_kept_and_said_and_the_next_answer_is_its_own(store: EmbeddedStore) -> None:
    text = "MATCH (n:Company) RETURN n.id ORDER BY n.id"
    short = store.query(text, {}, timeout=60, limit=2)
    assert len(short.rows) == 2
    assert ask(store, "RETURN 1").rows == [(1,)]
    assert not short.complete
    assert store.query(text, {}, timeout=60, limit=len(ODD_TEXTS)).complete


def test_answers_that_are_read_in_turn_do_not_mix(store: EmbeddedStore) -> None:
    several = [iter(ask(store, f"UNWIND range(1, 3000) AS x RETURN x + {n}")) for n in (0, 10_000)]
    pairs = list(zip(*several, strict=True))
    assert pairs == [((x,), (x + 10_000,)) for x in range(1, 3001)]


def test_a_syntax_error_says_line_and_column(store: EmbeddedStore) -> None:
    with pytest.raises(QueryError, match="RETRN") as error:
        ask(store, "MATCH (n:Company)\n  RETRN n")
    assert error.value.where == "query, line 2, column 3"
    assert "\n" not in error.value.what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("MATCH (n:Compony) RETURN n", "Compony"),
        ("MATCH (n:Company) RETURN n.nme", "nme"),
        ("RETURN 1 / 0", "zero"),
        ("RETURN 1; RETURN 2", "one statement"),
        ("", "empty"),
    ],
)
def test_a_query_that_fails_says_why(text: str, what: str, store: EmbeddedStore) -> None:
    with pytest.raises(QueryError, match=what):
        ask(store, text)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (:Company {id: 'x'})",
        "MATCH (n:Company) DETACH DELETE n",
        "COPY Company FROM '/etc/passwd'",
        "LOAD FROM '/etc/passwd' RETURN *",
        "CALL show_tables() RETURN *",
        "INSTALL httpfs",
    ],
)
def test_what_would_write_or_read_files_is_refused(text: str, store: EmbeddedStore) -> None:
    with pytest.raises(QueryRefused):
        ask(store, text)


def test_a_query_is_stopped_when_its_time_is_over(store: EmbeddedStore) -> None:
    clock = time.monotonic()
    endless = "UNWIND range(1, 10000000) AS a UNWIND range(1, 10000000) AS b"
    with pytest.raises(QueryTimeout, match=r"0\.5 s"):
        store.query(f"{endless} WITH a, b WHERE (a * b) % 7 = 3 RETURN sum(a + b)", {}, timeout=0.5)
    assert time.monotonic() - clock < 20
    with contextlib.suppress(QueryTimeout):
        store.query("MATCH (a)-[r*1..30]->(b) RETURN count(*)", {}, timeout=2)
    assert ask(store, "RETURN 1").rows == [(1,)]
