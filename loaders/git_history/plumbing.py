"""Running git: with an environment of its own, its exit code always looked at, its output streamed."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Final

from ...errors import SourceError
from .privacy import without_addresses

__all__ = ["ask", "call", "stream"]

_CHUNK: Final = 1 << 20

# A repository's own settings must not run programs, reach out or change what is read.
_OVERRIDES: Final = {
    "advice.graftFileDeprecated": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.logAllRefUpdates": "false",
    "core.useReplaceRefs": "false",
    "gc.auto": "0",
    "i18n.logOutputEncoding": "UTF-8",
    "log.showSignature": "false",
    "mailmap.file": "",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "safe.directory": "*",
}
_SETTINGS: Final = [part for key, value in _OVERRIDES.items() for part in ("-c", f"{key}={value}")]


def _environment(folder: Path) -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return own | {
        "LC_ALL": "C",
        "GIT_CEILING_DIRECTORIES": str(folder.resolve().parent),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_FLUSH": "0",
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


@contextlib.contextmanager
def _started(
    folder: Path, arguments: Sequence[str], given: bytes = b""
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """A running git, and the file that takes its complaints."""
    with tempfile.TemporaryFile() as complaints, tempfile.TemporaryFile() as standard_input:
        standard_input.write(given)
        standard_input.seek(0)
        try:
            process = subprocess.Popen(
                ["git", *_SETTINGS, "-C", str(folder), *arguments],
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=_environment(folder),
                pipesize=_CHUNK,
            )
        except FileNotFoundError as error:
            raise SourceError(
                "git is not installed", where=str(folder), hint="install git, then try again"
            ) from error
        with process:
            try:
                yield process, complaints
            finally:
                if process.poll() is None:
                    process.kill()


def _command(arguments: Sequence[str]) -> str:
    """The name of the command, past the settings before it."""
    return next(a for a in arguments if not a.startswith("-") and "=" not in a)


def _complaint(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    text = without_addresses(complaints.read(4096).decode("utf-8", "replace"))
    lines = text.strip().splitlines()
    return next(
        (line for line in lines if line.startswith(("fatal:", "error:"))),
        lines[0] if lines else "no message",
    )


def stream(folder: Path, *arguments: str, hint: str) -> Iterator[bytes]:
    """The output of a git command in chunks.

    Args:
        folder: The repository.
        arguments: Of git.
        hint: What the user can do when it fails.

    Raises:
        SourceError: git is missing, or ended with an error, possibly after some of the output.
    """
    with _started(folder, arguments) as (process, complaints):
        assert process.stdout is not None  # noqa: S101 - for the type checker
        while chunk := process.stdout.read(_CHUNK):
            yield chunk
        code = process.wait()
        if code:
            raise SourceError(
                f"git {_command(arguments)} failed: {_complaint(complaints)}",
                where=str(folder),
                hint=hint,
            )


def call(
    folder: Path, *arguments: str, hint: str, given: bytes = b"", where: Path | None = None
) -> bytes:
    """The whole output of a git command that must succeed.

    Args:
        folder: The repository.
        arguments: Of git.
        hint: What the user can do when it fails.
        given: Its standard input.
        where: The place to name in an error, if it is not the folder.

    Raises:
        SourceError: git is missing, or ended with an error.
    """
    code, output, complaint = _run(folder, arguments, given)
    if code:
        raise SourceError(
            f"git {_command(arguments)} failed: {complaint}", where=str(where or folder), hint=hint
        )
    return output


def ask(folder: Path, *arguments: str) -> str | None:
    """The output of a git command in one line, or None where it says no.

    Raises:
        SourceError: git is missing.
    """
    code, output, _ = _run(folder, arguments, b"")
    return None if code else output.decode("utf-8", "replace").strip()


def _run(folder: Path, arguments: Sequence[str], given: bytes) -> tuple[int, bytes, str]:
    with _started(folder, arguments, given) as (process, complaints):
        output, _ = process.communicate()
        return process.returncode, output, _complaint(complaints)
