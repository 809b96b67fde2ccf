"""Java for the servers: what is missing of it, their jars, and a process that ends with the tests.

The jars come from `pom.xml` beside this file and are kept in `~/.cache/stackholder-tests`, or in
the directory that the environment variable `STACKHOLDER_TEST_CACHE` names; never shipped.
"""

import fcntl
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
JDK = 17
POM = HERE / "pom.xml"
# Small and early to start rather than fast at its peak: other work shares the machine.
OPTIONS = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
START_SECONDS = 90.0
STOP_SECONDS = 20.0
DOWNLOAD_SECONDS = 900.0


class ServerError(Exception):
    """A server, or what it is made of, could not be had; the message ends with its own words."""


def missing_java() -> str | None:
    """Says what the servers lack on this machine, or None when they can run."""
    java = shutil.which("java")
    if java is None:
        return f"no `java` on the PATH; install a JDK of version {JDK} or later"
    modules = subprocess.run(
        [java, "--list-modules"], capture_output=True, text=True, check=False
    ).stdout
    compiler = re.search(r"^jdk\.compiler@(\d+)", modules, re.MULTILINE)
    if compiler is None or int(compiler[1]) < JDK:
        return f"`java` is not a JDK of version {JDK} or later (a JRE lacks the compiler)"
    if shutil.which("mvn") is None and not _is_filled(_cache()):
        return f"no `mvn` on the PATH to fill {_cache()}; install Maven"
    return None


def jar_directories() -> Path:
    """Gives the directory with `neo4j/` and `fuseki/`, filled by Maven the first time.

    Raises:
        ServerError: Maven could not fetch the jars.
    """
    cache = _cache()
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_filled(cache):
            _fill(cache)
    return cache


@contextmanager
def running_java(
    program: Path, *arguments: str, jars: Path, log: Path, limit: float = START_SECONDS
) -> Iterator[int]:
    """Runs a single-file Java program that prints `ready PORT` and stops when its input ends.

    The kernel closes that input when this process dies, however it dies, so nothing is left behind.

    Args:
        program: The `.java` file.
        arguments: What its `main` gets.
        jars: The directory whose jars are the class path.
        log: Where its output goes.
        limit: Seconds it may take to be ready.

    Yields:
        The port.

    Raises:
        ServerError: It ended, or the limit passed, before it was ready.
    """
    command = ["java", *OPTIONS, "-cp", f"{jars}/*", str(program), *arguments]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests, which then close the input
        )
    try:
        yield _awaited_port(process, program.name, log, limit)
    finally:
        try:
            process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _awaited_port(process: subprocess.Popen[bytes], name: str, log: Path, limit: float) -> int:
    deadline = time.monotonic() + limit
    while True:
        ended = process.poll()
        words = log.read_text(errors="replace")
        if ready := re.search(r"^ready (\d+)\n", words, re.MULTILINE):
            return int(ready[1])
        if ended is not None:
            raise ServerError(f"{name} ended with {ended} before it was ready; {log}:\n{words}")
        if time.monotonic() > deadline:
            raise ServerError(f"{name} was not ready after {limit:g} s; {log}:\n{words}")
        time.sleep(0.05)


def _cache() -> Path:
    named = os.environ.get("STACKHOLDER_TEST_CACHE")
    return Path(named).resolve() if named else Path.home() / ".cache" / "stackholder-tests"


def _stamp(cache: Path) -> Path:
    return cache / "filled-from-pom.xml"


def _is_filled(cache: Path) -> bool:
    stamp = _stamp(cache)
    return stamp.is_file() and stamp.read_text() == POM.read_text()


def _fill(cache: Path) -> None:
    _stamp(cache).unlink(missing_ok=True)
    for name in ("neo4j", "fuseki"):
        shutil.rmtree(cache / name, ignore_errors=True)
    if shutil.which("mvn") is None:
        raise ServerError(f"no `mvn` on the PATH to fill {cache}; install Maven")
    command = ["mvn", "-q", "-B", "-f", str(POM), "package", f"-Djars={cache}"]
    maven = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DOWNLOAD_SECONDS,
        check=False,
    )
    if maven.returncode:
        raise ServerError(f"`{' '.join(command)}` gave {maven.returncode}:\n{maven.stdout}")
    _stamp(cache).write_text(POM.read_text())
