"""Runs pip's own dry run over a requirements file: nothing is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from ...errors import SourceError

__all__ = ["dry_run"]

_TIMEOUT: Final = 600.0
_ADDRESS = re.compile(r"\S+://\S+")
_HOST = re.compile(r"\w+://(?:[^\s/@]*@)?([^\s/:?#'\"]+)|host=['\"]([^'\"]+)['\"]|connect to (\S+)")
_LOUD: Final = frozenset({"FORCE_COLOR", "PIP_QUIET", "PIP_REPORT", "PIP_VERBOSE"})
_WORSE: Final = ("ERROR: ", "\N{MULTIPLICATION SIGN} ")
_HINT: Final = "run python -m pip install --dry-run -r on the file, and mend what it says"


def dry_run(file: Path, timeout: float = _TIMEOUT) -> str:
    """The installation report that pip makes of a requirements file, as text.

    pip decides from where to install, by its own settings; source distributions are built as it
    always builds them, which runs their code.

    Args:
        file: The requirements file.
        timeout: Seconds.

    Raises:
        SourceError: pip is missing, fails, or takes too long. No address is repeated in it.
    """
    with tempfile.TemporaryDirectory(prefix="stackholder-pip-") as folder:
        report = (
            Path(folder) / "report.json"
        )  # what is printed may be coloured, or mixed with remarks
        _run(file, report, timeout)
        return report.read_text(encoding="utf-8", errors="replace")


def _run(file: Path, report: Path, timeout: float) -> None:
    options = ["--dry-run", "--ignore-installed", "--quiet", "--report", str(report)]
    command = [sys.executable, "-m", "pip", "install", *options, "-r", str(file.resolve())]
    settings = {"PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_COLOR": "1"}
    own = {name: value for name, value in os.environ.items() if name not in _LOUD}
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            cwd=file.resolve().parent,
            env={**own, **settings},
            stdin=subprocess.DEVNULL,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired as error:
        what = f"pip found no answer within {timeout:.0f} seconds"
        raise SourceError(
            what, where=str(file), hint="pin versions in the file, or give a report"
        ) from error
    if done.returncode:
        raise SourceError(f"pip: {_last_error(done.stderr)}", where=str(file), hint=_HINT)


def _last_error(output: bytes) -> str:
    """The last line that says what is wrong, without any address or host."""
    text = output.decode("utf-8", "replace")
    if "No module named pip" in text:
        return "this Python has no pip; install it with: python -m ensurepip"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line.partition(mark)[2] for mark in _WORSE for line in lines if mark in line]
    line = _ADDRESS.sub("(an address)", (errors or lines or ["it failed and said nothing"])[-1])
    for host in sorted(
        {h for found in _HOST.findall(text) for h in found if h}, key=len, reverse=True
    ):
        line = line.replace(host, "(a host)")
    return line
