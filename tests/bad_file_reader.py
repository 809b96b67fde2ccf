"""Reads files with a loader in a process that may be ended: the other side of `test_bad_files.py`."""

from __future__ import annotations

import contextlib
import datetime
import json
import resource
import signal
import tempfile
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

SECONDS = 10
"""How long a file may take."""
NOW = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)


def read(requests: Connection) -> None:
    """Takes `loader, what to give it` until the other end closes; answers `failure, refusals without a place, error`.

    After the first, the process may take a gigabyte of address space more than it has then.
    """
    from stackholder.graph.home import Home
    from stackholder.pipeline import Input, run_loader

    signal.signal(signal.SIGALRM, _over)
    limited = False
    with contextlib.suppress(EOFError):
        while True:
            name, given = requests.recv()
            error, failure, placeless = "", "", 0
            with tempfile.TemporaryDirectory() as home:
                try:
                    signal.alarm(SECONDS)
                    failure = run_loader(Home(Path(home)), Input(name, "bad", given), NOW).failure
                    refused = Path(home) / f"claims/{name}/bad/current/refused.json"
                    placeless = sum(not at for at, _, _ in json.loads(refused.read_text()))
                except BaseException:
                    error = traceback.format_exc()
                finally:
                    signal.alarm(0)
            if not limited:
                pages = int(Path("/proc/self/statm").read_text().split()[0])
                size = pages * resource.getpagesize() + 2**30
                resource.setrlimit(resource.RLIMIT_AS, (size, size))
                limited = True
            requests.send((failure, placeless, error))


def _over(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS} seconds")
