"""Cypher on a server: Neo4j, or another that speaks Bolt. Asked as it is; `push` is what loads it (see `bolt_push`)."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import logging
import re
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from .. import __version__
from ..errors import (
    AccessDenied,
    QueryError,
    QueryRefused,
    QueryTimeout,
    StoreError,
    Unreachable,
    UsageError,
)
from ..graph.result import Cell, Column, Result, cell
from ..graph.schema import schema
from ..settings import settings
from ..state.state import State
from . import Language, Parameter
from .bolt_push import DIGEST, LABEL, ROWS, Changes, Progress, Push
from .guard import check_cypher

if TYPE_CHECKING:
    import neo4j

__all__ = ["BoltStore", "PushReport", "push"]

_CONNECT: Final = 15.0
_FORM: Final = "like bolt://HOST:7687; a password in it is percent-encoded"
_PLACE: Final = re.compile(r"\s*\(line (\d+), column (\d+) \(offset: \d+\)\)")


@dataclasses.dataclass(frozen=True, slots=True)
class PushReport:
    """What a push has done.

    Attributes:
        nodes: Changes of nodes.
        edges: Changes of edges.
        seconds: How long it took.
    """

    nodes: Changes
    edges: Changes
    seconds: float


def push(address: str, state: State, progress: Progress | None = None) -> PushReport:
    """Makes the server at `address` hold exactly this state; see `BoltStore.push`."""
    with contextlib.closing(BoltStore(address)) as store:
        return store.push(state, progress)


class BoltStore:
    """A Bolt server.

    Args:
        address: `bolt://HOST:PORT`, `neo4j://…` or their `+s` forms; may hold `USER:PASSWORD@`.
        user: Goes before the one in the address and the environment's `STACKHOLDER_NEO4J_USER`.
        password: The same, with `STACKHOLDER_NEO4J_PASSWORD`.
        database: Which of the server's databases; None = its default.

    Raises:
        UsageError: It is not such an address.

    Attributes:
        notifications: What the server remarked on the last query, e.g. a label that it does not know.
    """

    language: Language = "cypher"

    def __init__(
        self,
        address: str,
        *,
        user: str | None = None,
        password: str | None = None,
        database: str | None = None,
    ) -> None:
        import neo4j
        from neo4j.exceptions import ConfigurationError

        _silence()
        parts = _parts(address)
        self.address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        self.notifications: tuple[str, ...] = ()
        self._database = database
        ours = settings()
        user = user or _unquoted(parts.username) or ours.neo4j_user.value
        password = password or _unquoted(parts.password) or ours.neo4j_password.value
        try:
            self._driver = neo4j.GraphDatabase.driver(
                self.address,
                auth=(user or "neo4j", password) if password else None,
                user_agent=f"stackholder/{__version__}",
                connection_timeout=_CONNECT,
                notifications_min_severity="WARNING",
            )
        except (ConfigurationError, ValueError) as error:
            raise UsageError(_first_line(error), where=self.address, hint=_FORM) from error

    def load(self, state: State) -> None:
        """Makes the server hold exactly this state; see `push`."""
        self.push(state)

    def push(self, state: State, progress: Progress | None = None) -> PushReport:
        """Makes what is ours on the server equal to a state; every other node stays as it is.

        May be ended at any moment and called again: what the server holds already is compared, not sent.

        Args:
            state: The state.
            progress: Told what has been written.

        Raises:
            Unreachable: The server does not answer, or ceased to.
            AccessDenied: It refuses the credentials, or refuses to write.
            StoreError: Foreign nodes or another push stand in the way, or the server cannot take it.
        """
        clock = time.monotonic()
        options = {"fetch_size": ROWS, "notifications_min_severity": "OFF"}
        with self._translating(), self._session("WRITE", **options) as session:
            nodes, edges = Push(session, progress or (lambda *_: None)).run(state)
        return PushReport(nodes, edges, time.monotonic() - clock)

    def query(
        self,
        text: str,
        parameters: Mapping[str, Parameter],
        *,
        timeout: float = 60.0,
        limit: int | None = None,
    ) -> Result:
        """Answers a Cypher text; see `Store.query`.

        The rows are read at once: an answer read as it is wanted would hold a transaction open on the server.
        """
        import neo4j

        check_cypher(text)
        deadline = time.monotonic() + timeout
        rows: list[tuple[Cell, ...]] = []
        with self._translating(timeout), self._session("READ") as session:
            result = session.run(neo4j.Query(text, timeout=max(timeout, 0.001)), dict(parameters))
            names = result.keys()
            for record in itertools.islice(result, None if limit is None else limit + 1):
                rows.append(tuple(_cell(value) for value in record))
                if time.monotonic() > deadline:
                    raise _timed_out(timeout)
            self.notifications = tuple(_remarks(result.consume()))
        return Result([Column(name) for name in names], rows, limit)

    def close(self) -> None:
        """Closes the connections."""
        self._driver.close()

    def _session(self, access: str, **options: Any) -> neo4j.Session:
        manager = self._driver.execute_query_bookmark_manager
        return self._driver.session(
            database=self._database, default_access_mode=access, bookmark_manager=manager, **options
        )

    @contextlib.contextmanager
    def _translating(self, timeout: float = 0.0) -> Iterator[None]:
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            yield
        except (DriverError, Neo4jError) as error:
            raise _translated(error, self.address, timeout) from error


# ---------------------------------------------------------------- what a server says


def _translated(error: Exception, address: str, timeout: float) -> StoreError:
    from neo4j.exceptions import ClientError, ConstraintError, ServiceUnavailable, SessionExpired

    code = str(getattr(error, "code", ""))
    what = _first_line(error)
    if code.startswith("Neo.ClientError.Security."):
        return AccessDenied(
            what,
            where=address,
            hint="set STACKHOLDER_NEO4J_USER and STACKHOLDER_NEO4J_PASSWORD, or write bolt://USER:PASSWORD@HOST:PORT",
        )
    if isinstance(error, (ServiceUnavailable, SessionExpired)):
        return Unreachable(
            f"no Bolt server answers: {what}", where=address, hint="start it, or check the address"
        )
    if "TransactionTimedOut" in code:
        return _timed_out(timeout)
    if code.endswith("AccessMode"):
        return QueryRefused("this graph is read-only", where="query", hint="use MATCH … RETURN")
    if isinstance(error, ConstraintError) or code.endswith("ConstraintCreationFailed"):
        return StoreError(
            f"nodes or edges of others, or another push, are in the way: {what}",
            where=address,
            hint="let the other push end, or push into a database of its own",
        )
    if isinstance(error, ClientError) and ".Statement." in code:
        position = _PLACE.search(what)
        where = f"query, line {position[1]}, column {position[2]}" if position else "query"
        return QueryError(
            _PLACE.sub("", what),
            where=where,
            hint="see `stackholder schema` for kinds, relations and properties",
        )
    return StoreError(what, where=address)


def _timed_out(timeout: float) -> QueryTimeout:
    return QueryTimeout(
        f"the query was stopped after {timeout:g} s",
        hint="narrow it, or give it longer: --timeout SECONDS",
    )


def _first_line(error: Exception) -> str:
    return str(getattr(error, "message", None) or error).partition("\n")[0].rstrip(" :")


def _parts(address: str) -> urllib.parse.SplitResult:
    """The parts of an address. A wrong one is not repeated: what could not be parted may be a password."""
    with contextlib.suppress(ValueError):
        parts = urllib.parse.urlsplit(address)
        if parts.hostname and parts.port != 0 and "@" not in parts.path:
            return parts
    raise UsageError("this is not the address of a Bolt server", hint=_FORM)


def _unquoted(text: str | None) -> str | None:
    return text and urllib.parse.unquote(text)


def _silence() -> None:
    """Keeps the driver's log out of stderr where nobody has asked for it: we say the same in our own words."""
    logger = logging.getLogger("neo4j")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _remarks(summary: neo4j.ResultSummary) -> Iterator[str]:
    """The server's warnings, but for names that our schema knows and this state just does not hold."""
    ontology = schema()
    names = {
        *ontology.kinds,
        *ontology.relations,
        *(p.name for p in ontology.node + ontology.statement),
    }
    names |= {p.name for kind in ontology.kinds.values() for p in kind.properties}
    names |= {p.name for relation in ontology.relations.values() for p in relation.properties}
    for status in summary.gql_status_objects:
        if status.raw_severity != "WARNING":
            continue
        text = status.status_description.removeprefix("warn: ")
        named = re.search(r"`([^`]+)`", text)
        if status.raw_classification == "UNRECOGNIZED" and named and named[1] in names:
            continue
        position = status.position
        yield f"line {position.line}, column {position.column}: {text}" if position else text


def _cell(value: Any) -> Cell:
    """A value of the driver as one of our own; nodes, edges and paths as the embedded store gives them."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (list, dict)):
        if isinstance(value, list):
            return [_cell(v) for v in value]
        return {k: _cell(v) for k, v in value.items() if k != DIGEST}
    if hasattr(value, "relationships"):
        return {"_NODES": _cell(list(value.nodes)), "_RELS": _cell(list(value.relationships))}
    if hasattr(value, "labels"):
        label = value.get("kind") if LABEL in value.labels else ":".join(sorted(value.labels))
        return {"_LABEL": label, **_properties(value)}
    if hasattr(value, "items"):
        return {"_LABEL": value.type, **_properties(value)}
    return cell(value)


def _properties(value: Any) -> dict[str, Cell]:
    return {k: _cell(v) for k, v in value.items() if k != DIGEST}
