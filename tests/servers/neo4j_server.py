"""A real Neo4j, and its own bulk importer, for the tests."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from neo4j import GraphDatabase

from servers.java import HERE, OPTIONS, jar_directories, running_java

IMPORT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Neo4jServer:
    """Where a running Neo4j answers, and as whom to ask; `lib` holds its jars."""

    uri: str
    user: str
    password: str | None
    lib: Path

    @property
    def auth(self) -> tuple[str, str] | None:
        """What `neo4j.GraphDatabase.driver` takes as `auth`."""
        return None if self.password is None else (self.user, self.password)

    def clear(self) -> None:
        """Deletes every node, relation, constraint and index, but the two token look-ups."""
        with GraphDatabase.driver(self.uri, auth=self.auth) as driver, driver.session() as session:
            session.run(
                "MATCH (node) CALL (node) { DETACH DELETE node } IN TRANSACTIONS OF 10000 ROWS"
            ).consume()
            for name in session.run("SHOW CONSTRAINTS YIELD name").value():
                session.run("DROP CONSTRAINT $name", name=name).consume()
            for name in session.run(
                "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"
            ).value():
                session.run("DROP INDEX $name", name=name).consume()


@contextmanager
def running_neo4j(directory: Path, *, password: str | None = None) -> Iterator[Neo4jServer]:
    """Runs a Neo4j on a free loopback port until the block ends; about 8 s to start, 11 with auth.

    Args:
        directory: Its home; what an earlier server or `admin_import` left there is opened.
        password: What user `neo4j` must give; None lets everybody in.

    Raises:
        ServerError: It could not be started; the message holds its log.
    """
    lib = jar_directories() / "neo4j"
    arguments = [str(directory.resolve()), "0", *([] if password is None else [password])]
    log = directory / "server.log"
    with running_java(HERE / "Bolt.java", *arguments, jars=lib, log=log) as port:
        yield Neo4jServer(f"bolt://127.0.0.1:{port}", "neo4j", password, lib)


def admin_import(
    arguments: Sequence[str], data_directory: Path
) -> subprocess.CompletedProcess[str]:
    """Runs `neo4j-admin database import full` with these arguments; about 4 s.

    Relative file names are taken from the current directory, as by the real command.

    Args:
        arguments: What follows `full`, but `--verbose`, which is given, and `--report-file`, which
            is `import.report` in the data directory.
        data_directory: The home that `running_neo4j` opens afterwards; no server may run on it.

    Returns:
        The finished process with its `returncode`, `stdout` and `stderr`, whether it failed or not.
    """
    home = data_directory.resolve()
    home.mkdir(parents=True, exist_ok=True)
    command = [
        *("java", *OPTIONS, "-cp", f"{jar_directories() / 'neo4j'}/*"),
        *("org.neo4j.cli.AdminTool", "database", "import", "full"),
        *("--verbose", f"--report-file={home / 'import.report'}"),
        *arguments,
    ]
    return subprocess.run(
        command,
        env={**os.environ, "NEO4J_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=IMPORT_SECONDS,
        check=False,
    )
