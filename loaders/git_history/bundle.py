"""Bundles: unpacked into a temporary folder for as long as they are read, since they hold addresses."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ...errors import SourceError
from .plumbing import call

__all__ = ["HEAD", "digest", "unpacked"]

HEAD: Final = "refs/stackholder/head"
"""Where the branch that is read lies in an unpacked bundle."""

_SIGNATURE: Final = b"# v"
_DAMAGED: Final = "the file is damaged or cut short: make or fetch it anew"
_WHOLE: Final = (
    "nothing of earlier bundles is kept: make it whole, with: git bundle create FILE HEAD --all"
)
_HEADER: Final = 1 << 20


def digest(bundle: Path) -> str:
    """Tells whether a file is still the one that was read (BLAKE2b)."""
    with bundle.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


@contextlib.contextmanager
def unpacked(bundle: Path) -> Iterator[Path]:
    """A bare repository with the commits and tags of a bundle, below the system's folder for temporary files.

    It is removed when the block is left, in whatever way.

    Raises:
        SourceError: The bundle is damaged, holds no branch, or needs commits that are not in it.
    """
    with tempfile.TemporaryDirectory(prefix="stackholder-bundle-") as place:
        folder = Path(place)
        _check(bundle)
        branch = _branch(bundle, folder)
        form = "sha256" if b"@object-format=sha256" in _header(bundle) else "sha1"
        start = ("init", "--quiet", "--bare", "--template=", f"--object-format={form}", ".")
        call(folder, *start, hint=_DAMAGED, where=bundle)
        call(
            folder,
            "-c",
            "protocol.file.allow=always",
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            str(bundle.resolve()),
            f"+{branch}:{HEAD}",
            "+refs/tags/*:refs/tags/*",
            hint=_DAMAGED,
            where=bundle,
        )
        yield folder


def _header(bundle: Path) -> bytes:
    """Everything before the pack: signature, what it needs, what it holds."""
    with bundle.open("rb") as stream:
        return stream.read(_HEADER).partition(b"\n\n")[0]


def _check(bundle: Path) -> None:
    """Refuses what is no bundle, or only what was added to an earlier one."""
    lines = _header(bundle).split(b"\n")
    if not lines[0].startswith(_SIGNATURE):
        raise SourceError("not a git bundle", where=str(bundle), hint=_DAMAGED)
    if any(line.startswith(b"-") for line in lines):
        what = "the bundle holds new commits only, and needs others that are not in it"
        raise SourceError(what, where=str(bundle), hint=_WHOLE)


def _branch(bundle: Path, folder: Path) -> str:
    """The branch that HEAD means, else the usual names, else the only one."""
    listed = call(
        folder, "bundle", "list-heads", str(bundle.resolve()), hint=_DAMAGED, where=bundle
    )
    text: str = os.fsdecode(listed)
    heads = [line.split(" ", 1)[1] for line in text.splitlines() if " " in line]
    branches = [h for h in heads if h.startswith("refs/heads/")]
    usual = ("HEAD", "refs/heads/main", "refs/heads/master")
    wanted = (*usual, *(branches if len(branches) == 1 else ()))
    name: str | None = next((name for name in wanted if name in heads), None)
    if name is None:
        raise SourceError(
            "the bundle holds no branch",
            where=str(bundle),
            hint="make it with: git bundle create FILE HEAD --all",
        )
    return name
