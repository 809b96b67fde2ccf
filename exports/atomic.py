"""Where an export lands: it is written beside its target and moved there when it is whole.

What fails on the way (a full disk, an error, Ctrl-C) leaves nothing, and what stood there before as it was.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from ..errors import UsageError

__all__ = ["MANIFEST", "new_file", "new_folder"]

MANIFEST: Final = "manifest.json"
"""The file of an exported folder that lists the others under `files`."""


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """Opens what becomes `target` at the end of the block; a pipe or device is written as it is.

    Raises:
        UsageError: The target is a folder, or its folder is missing.
    """
    if target.is_dir():
        raise UsageError("this is a folder", where=str(target), hint="name a file")
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    target = target.resolve()
    fresh = _beside(target)
    try:
        with fresh.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


@contextlib.contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Makes what becomes `target` at the end of the block; an earlier export there gives way to it.

    Raises:
        UsageError: Something stands there that no export has written, or its folder is missing.
    """
    target = target.resolve()
    _check_ours(target)
    fresh = _beside(target)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    former = fresh.with_name(f"{fresh.name}-former")
    try:
        yield fresh
        for file in fresh.rglob("*"):
            _sync(file)
        _sync(fresh)
        if target.exists():
            target.rename(former)
        fresh.rename(target)
    finally:
        if former.exists() and not target.exists():
            former.rename(target)
        for left in (fresh, former):
            shutil.rmtree(left, ignore_errors=True)


def _beside(target: Path) -> Path:
    if not target.parent.is_dir():
        raise UsageError("there is no such folder", where=str(target.parent), hint="make it first")
    return target.with_name(f".new-{target.name}-{os.getpid()}")


def _check_ours(target: Path) -> None:
    """Refuses to put a folder in the place of files that no export has written."""
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError("this is a file", where=str(target), hint="name a folder")
    files = {p.relative_to(target).as_posix() for p in target.rglob("*") if not p.is_dir()}
    manifest = target / MANIFEST
    try:
        listed = json.loads(manifest.read_text())["files"] if manifest.is_file() else []
    except (ValueError, KeyError, TypeError):
        listed = []
    if files - {MANIFEST, *listed}:
        raise UsageError(
            "something else lies in this folder", where=str(target), hint="name a new or empty one"
        )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
