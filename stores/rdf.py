"""SPARQL in a folder: Oxigraph, bulk-loaded beside the state, asked through a process that can be stopped."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ..errors import QueryError, QueryTimeout, StoreError
from ..graph.result import Cell, Column, Result
from ..state.state import State
from . import Language, Parameter, rdf_worker
from .guard import check_sparql
from .terms import bound, value_of
from .triples import ntriples

__all__ = ["RdfStore"]

_PIECE: Final = 1 << 16
_PLACE: Final = re.compile(r"error at (\d+):(\d+): ")


class RdfStore:
    """An Oxigraph folder of one state."""

    language: Language = "sparql"

    def __init__(self, state: State) -> None:
        self._worker: subprocess.Popen[bytes] | None = None
        self._folder = Path()
        self.load(state)

    def load(self, state: State) -> None:
        """Takes the folder beside the state; builds it first where it is missing."""
        self.close()
        self._folder = state.folder / "rdf"
        if not self._folder.exists():
            _build(state, self._folder)

    def query(
        self,
        text: str,
        parameters: Mapping[str, Parameter],
        *,
        timeout: float = 60.0,
        limit: int | None = None,
    ) -> Result:
        """Answers a SPARQL text; see `Store.query`."""
        check_sparql(text)
        deadline = time.monotonic() + timeout
        worker = self._started()
        request = json.dumps({"query": bound(text, parameters)}) + "\n"
        assert worker.stdin is not None  # noqa: S101 - opened with a pipe
        worker.stdin.write(request.encode())
        worker.stdin.flush()
        messages = self._messages(worker, deadline, timeout)
        head = next(messages)
        most = None if limit is None else limit + 1
        rows = list(itertools.islice(_rows(messages), most))
        if len(rows) == most:
            self.close()  # what it would still say must not be taken for the next answer
        return Result([Column(name) for name in head["columns"]], rows, limit)

    def _messages(
        self, worker: subprocess.Popen[bytes], deadline: float, timeout: float
    ) -> Iterator[dict[str, Any]]:
        assert worker.stdout is not None  # noqa: S101 - opened with a pipe
        descriptor, rest = worker.stdout.fileno(), b""
        while True:
            while b"\n" in rest:
                text, _, rest = rest.partition(b"\n")
                message: dict[str, Any] = json.loads(text)
                if "error" in message:
                    raise _translated(message)
                yield message
                if "end" in message:
                    return
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                self.close()
                raise QueryTimeout(
                    f"the query was stopped after {timeout:g} s",
                    hint="narrow it, or give it longer: --timeout SECONDS",
                )
            piece = os.read(descriptor, _PIECE)
            if not piece:
                self.close()
                raise StoreError(
                    "the query ended the process that answered it (nesting, or memory)",
                    hint="make it simpler",
                )
            rest += piece

    def _started(self) -> subprocess.Popen[bytes]:
        if self._worker is None or self._worker.poll() is not None:
            self._worker = subprocess.Popen(
                [sys.executable, "-I", str(rdf_worker.__file__), str(self._folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._worker

    def close(self) -> None:
        """Ends the process that answers."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.communicate()
            self._worker = None

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()


def _rows(messages: Iterator[dict[str, Any]]) -> Iterator[tuple[Cell, ...]]:
    for message in messages:
        for row in message.get("rows", ()):
            yield tuple(None if t is None else value_of(*t) for t in row)


def _translated(message: Mapping[str, Any]) -> QueryError:
    text = " ".join(str(message["error"]).split())
    position = _PLACE.match(text)
    return QueryError(
        textwrap.shorten(_PLACE.sub("", text), 200, placeholder=" …"),
        where=f"query, line {position[1]}, column {position[2]}" if position else "query",
        hint="see `stackholder schema --format turtle` for classes and predicates",
    )


def _build(state: State, target: Path) -> None:
    """Bulk-loads the state into a folder of its own, and moves it into place when it is whole."""
    import pyoxigraph as ox

    folder = Path(tempfile.mkdtemp(prefix=".new-", dir=state.folder))
    try:
        file = folder / "state.nt"
        with file.open("wb") as stream:
            for piece in ntriples(state):
                stream.write(piece)
        store = ox.Store(str(folder / "rdf"))
        store.bulk_load(path=str(file), format=ox.RdfFormat.N_TRIPLES)
        store.flush()
        del store
        (folder / "rdf").rename(target)
    except (OSError, SyntaxError) as error:
        raise StoreError(f"the RDF store could not be built: {error}", where=str(target)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
