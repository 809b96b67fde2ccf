"""Runs pip's own dry run over a requirements file: nothing is installed, and nothing built unless that is allowed."""

from __future__ import annotations

import collections
import contextlib
import importlib.metadata
import itertools
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from packaging.version import Version

from ...errors import SourceError

__all__ = ["OLDEST_PIP", "Watch", "dry_run"]

Watch = Callable[[str], None]
"""Is told, in words, how far pip has come."""

OLDEST_PIP: Final = "25.0"
"""Older ones leave `License-Expression` out of their reports (PEP 639)."""

_TIMEOUT: Final = 600.0
_ADDRESS = re.compile(r"\S+://\S+")
_HOST = re.compile(r"\w+://(?:[^\s/@]*@)?([^\s/:?#'\"]+)|host=['\"]([^'\"]+)['\"]|connect to (\S+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_WORSE: Final = ("ERROR: ", "\N{MULTIPLICATION SIGN} ")
_NO_WHEEL: Final = "(from versions: none)"
_CONFLICT: Final = "The conflict is caused by:"
_LOOKED_AT: Final = ("Collecting ", "Processing ")
_HINT: Final = "run python -m pip install --dry-run -r on the file, and mend what it says"
_BUILD_HINT: Final = (
    "--allow-builds, if you trust it; or resolve it yourself: python -m pip install --dry-run "
    "--ignore-installed --report report.json -r FILE, and give report.json"
)
_ELSEWHERE: Final = frozenset(
    {
        "REPORT",
        "TARGET",
        "PREFIX",
        "ROOT",
        "USER",
        "LOG",
        "QUIET",
        "VERBOSE",
        "REQUIRE_VIRTUALENV",
    }
)
"""Settings of pip in the environment that say where to install and what to print, which a dry run does not."""

_BUILT = re.compile(
    r"^(?:-e|--editable)\b|^--no-binary\b|^(?:\S+\s*@\s*)?(?:git|hg|svn|bzr)\+|^\.{0,2}/|^(?:\S+\s*@\s*)?file:"
    r"|^(?:\S+\s*@\s*)?\S+\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)(?:[#\s]|$)",
    re.IGNORECASE,
)
_WHEEL = re.compile(r"\.whl(?:[#\s;]|$)", re.IGNORECASE)
_INCLUDED = re.compile(r"^(?:-r|--requirement)[\s=]*(?P<file>\S.*)$")


def dry_run(
    file: Path,
    timeout: float = _TIMEOUT,
    *,
    allow_builds: bool = False,
    watch: Watch = lambda words: None,
) -> str:
    """The installation report that pip makes of a requirements file, as text.

    pip decides from where to install, by its own settings. Only wheels are taken: to learn what a source distribution
    needs means to run its code.

    Args:
        file: The requirements file.
        timeout: Seconds.
        allow_builds: Whether source distributions, folders and repositories may be built.
        watch: Is told how far it has come.

    Raises:
        SourceError: pip is missing, too old, fails, takes too long, or would have to build. No address is repeated.
    """
    version = _pip_version(file)
    if not allow_builds:
        for at, line in _builds(file):
            what = f"{_ADDRESS.sub('(an address)', line)!r} would be built, which runs its code"
            raise SourceError(what, where=at, hint=_BUILD_HINT)
    watch(f"pip {version} resolves {file.name}")
    with tempfile.TemporaryDirectory(prefix="stackholder-pip-") as folder:
        report = Path(folder) / "report.json"
        options = ["--dry-run", "--ignore-installed", "--report", str(report)]
        options += [] if allow_builds else ["--only-binary", ":all:"]
        command = [sys.executable, "-m", "pip", "install", *options, "-r", str(file.resolve())]
        code, output = _run(command, file, timeout, watch)
        if code:
            raise _failure(output, file)
        return report.read_text(encoding="utf-8", errors="replace")


def _pip_version(file: Path) -> str:
    """Of the pip of this Python.

    Raises:
        SourceError: There is none, or it is too old.
    """
    try:
        version = importlib.metadata.version("pip")
    except importlib.metadata.PackageNotFoundError as error:
        hint = f'install it: python -m ensurepip, then python -m pip install "pip>={OLDEST_PIP}"'
        raise SourceError("this Python has no pip", where=str(file), hint=hint) from error
    if Version(version) < Version(OLDEST_PIP):
        raise SourceError(
            f"pip {version} is too old: its report leaves licence expressions out",
            where=str(file),
            hint=f'python -m pip install --upgrade "pip>={OLDEST_PIP}", or give a report of a newer pip',
        )
    return version


def _run(command: list[str], file: Path, timeout: float, watch: Watch) -> tuple[int, str]:
    """Exit code, and what pip printed, both streams in their order.

    Raises:
        SourceError: It takes too long.
    """
    process = subprocess.Popen(
        command,
        cwd=file.resolve().parent,
        env=_settings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    lines: list[str] = []
    with _reading(process.stdout, lines, watch):
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.wait()
            what = f"pip found no answer within {timeout:.0f} seconds"
            hint = "pin versions in the file, or give a report"
            raise SourceError(what, where=str(file), hint=hint) from error
    return code, "\n".join(lines)


def _settings() -> dict[str, str]:
    left_out = {f"PIP_{name}" for name in _ELSEWHERE}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    own = {"PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_COLOR": "1"}
    return {**kept, **own, "PYTHONIOENCODING": "utf-8"}


@contextlib.contextmanager
def _reading(stream: IO[bytes] | None, lines: list[str], watch: Watch) -> Iterator[None]:
    """Reads a stream to its end while the block runs."""

    def read() -> None:
        count = 0
        for line in stream or ():
            text = _COLOUR.sub("", line.decode("utf-8", "replace")).rstrip()
            lines.append(text)
            if text.startswith(_LOOKED_AT):
                count += 1
                watch(f"pip has looked at {count} packages")

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield
    finally:
        reader.join(timeout=5)


# ---------------------------------------------------------------------- what would be built


def _builds(file: Path) -> Iterator[tuple[str, str]]:
    """(file and line, requirement) of what names no wheel and no package of an index, in all files that it includes."""
    waiting = collections.deque([file])
    seen = set()
    while waiting:
        one = waiting.popleft()
        if one in seen or not one.is_file():
            continue
        seen.add(one)
        for number, line in _logical_lines(one):
            if included := _INCLUDED.match(line):
                waiting.append(one.parent / included["file"])
            elif _BUILT.match(line) and not _WHEEL.search(line):
                yield f"{one}:{number}", line


def _logical_lines(file: Path) -> Iterator[tuple[int, str]]:
    """Lines joined where they go on, without comments, each with the number of its first."""
    first, text = 1, ""
    lines = file.read_bytes().decode(_encoding(file), "replace").split("\n")
    for number, line in enumerate(lines, 1):
        if not text:
            first = number
        text += line.strip()
        if text.endswith("\\"):
            text = text[:-1] + " "
            continue
        plain = re.sub(r"(?:^|\s)#.*$", "", text).strip()
        if plain:
            yield first, plain
        text = ""


def _encoding(file: Path) -> str:
    """As pip reads it: by its byte order mark, else UTF-8."""
    return "utf-16" if file.read_bytes()[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"


# ---------------------------------------------------------------------- what went wrong


def _failure(output: str, file: Path) -> SourceError:
    """What pip says is wrong, with its own explanation of a conflict, without any address or host."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.partition(mark)[2] for mark in _WORSE for line in lines if mark in line]
    words = (errors or lines or ["it failed and said nothing"])[-1]
    if _CONFLICT in lines:
        causes = lines[lines.index(_CONFLICT) + 1 :]
        stated = itertools.takewhile(
            lambda line: re.search(r" (depends on|requested) ", line), causes
        )
        words = f"{errors[0].rstrip('.')}: {'; '.join(stated)}" if errors else words
    hint = f"perhaps there is no wheel of it for this Python: {_BUILD_HINT}"
    hint = hint if _NO_WHEEL in output else _HINT
    words = _ADDRESS.sub("(an address)", words.replace(str(file.resolve()), file.name))
    hosts = {host for match in _HOST.findall(output) for host in match if host}
    for host in sorted(hosts, key=len, reverse=True):
        words = words.replace(host, "(a host)")
    return SourceError(f"pip: {words}", where=str(file), hint=hint)
