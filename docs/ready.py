"""Commands without a start: a process that has read the package waits on a socket, and forks for each that is typed.

`python ready.py SOCKET` serves until its standard input ends; `SCRIPT` is the program that asks it: it hands over its
arguments, folder, environment and streams, and ends with the exit code of the command.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys

SCRIPT = """#!{python} -ISE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as ready:
    ready.connect({address!r})
    given = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    ready.sendall(len(given).to_bytes(4))
    socket.send_fds(ready, [given], [0, 1, 2])
    code = ready.recv(1)
sys.exit(code[0] if code else 1)
"""


def serve(address: str) -> None:
    """Forks a process for each connection, until standard input ends."""
    import ibis.backends.duckdb  # noqa: F401
    import stackholder.answers.graph
    import stackholder.audit
    import stackholder.pipeline
    import stackholder.stores.embedded
    import stackholder.stores.rdf  # noqa: F401 - what most commands import

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        while sys.stdin not in select.select([door, sys.stdin], [], [])[0]:
            connection, _ = door.accept()
            if os.fork() == 0:
                door.close()
                _run(connection)
            connection.close()


def _run(connection: socket.socket) -> None:
    """Is the command: what it is given in the place of its own, then the command line."""
    from stackholder.cli import main

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size = int.from_bytes(connection.recv(4, socket.MSG_WAITALL))
    given, streams, _, _ = socket.recv_fds(connection, size, 3)
    while len(given) < size:
        given += connection.recv(size - len(given))
    arguments, folder, environment = json.loads(given)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the streams of a process stay open
    sys.stdout, sys.stderr = (
        open(number, "w", encoding="utf-8", buffering=1 if os.isatty(number) else -1, closefd=False)  # noqa: SIM115
        for number in (1, 2)
    )
    code = 1
    try:
        main(arguments)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        connection.sendall(bytes([code]))
        connection.close()
    sys.exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
