"""What a worker may not do: run on, grow, open a connection, start a program.

Time: `setitimer` with the default action of SIGALRM, which ends the process whatever it is doing. Memory: `RLIMIT_AS`.
Connections and programs: a seccomp filter, where the kernel is Linux on x86-64 or ARM64; elsewhere the guards of the
query languages stand alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["deny_reaching_out", "limited_memory", "limited_time"]


class _Machine(NamedTuple):
    """Numbers of an architecture: of itself for audits, and of the system calls that are denied."""

    audit: int
    calls: tuple[int, ...]


# socket, connect, execve, execveat, io_uring_setup
_MACHINES: Final = {
    "x86_64": _Machine(0xC000003E, (41, 42, 59, 322, 425)),
    "aarch64": _Machine(0xC00000B7, (198, 203, 221, 281, 425)),
}
_NO_NEW_PRIVILEGES: Final = 38
_SECCOMP: Final = 22
_FILTER_MODE: Final = 2
_LOAD: Final = 0x20
_JUMP_EQUAL: Final = 0x15
_JUMP_LEAST: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EACCES
_OTHER_CALLS: Final = 0x40000000  # the x32 numbering of the same calls


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def deny_reaching_out() -> bool:
    """Denies this process, for ever, connections and starting programs; gives whether the kernel does so."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    code = _program(machine)
    libc = ctypes.CDLL(None, use_errno=True)
    held = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(held, ctypes.c_char_p))
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return bool(libc.prctl(_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0) == 0)


def _program(machine: _Machine) -> bytes:
    """The filter: other architectures and numberings are refused, and so is each of the calls."""
    count = len(machine.calls)
    steps = [
        (_LOAD, 0, 0, 4),
        (_JUMP_EQUAL, 0, count + 3, machine.audit),
        (_LOAD, 0, 0, 0),
        (_JUMP_LEAST, count + 1, 0, _OTHER_CALLS),
        *((_JUMP_EQUAL, count - n, 0, call) for n, call in enumerate(machine.calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


@contextlib.contextmanager
def limited_time(seconds: float) -> Iterator[None]:
    """Ends this process by SIGALRM where the block takes longer."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def limited_memory(more: int) -> Iterator[None]:
    """Lets this process have so many bytes of address space more than it has at the beginning of the block."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    held = _address_space()
    if held is None:
        yield
        return
    limit = held + more
    resource.setrlimit(resource.RLIMIT_AS, (min(limit, hard) if hard >= 0 else limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _address_space() -> int | None:
    try:
        said = os.pread(_figures(os.getpid()), 100, 0)
    except OSError:
        return None
    return int(said.split()[0]) * resource.getpagesize()


@functools.cache
def _figures(pid: int) -> int:
    """What the system says of the memory of this process, opened once."""
    return os.open(f"/proc/{pid}/statm", os.O_RDONLY)
