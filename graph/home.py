"""The home: where claims, snapshots and stores lie, and how a folder is published so that a crash costs nothing."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from ..errors import Locked, NoGraph
from ..settings import settings

__all__ = ["Home", "begin", "exchange", "point", "publish"]


@dataclasses.dataclass(frozen=True, slots=True)
class Home:
    """The places below one folder.

    claims/LOADER/LABEL/ versions and `current` · snapshots/HASH/ and `current` · states/HASH/DATE/ (stores too;
    any of it can be thrown away) · sources.json · judgements.csv · minted.parquet · builds.jsonl · salt
    """

    path: Path

    @property
    def claims(self) -> Path:
        """Partitions of claims."""
        return self.path / "claims"

    @property
    def snapshots(self) -> Path:
        """Published snapshots."""
        return self.path / "snapshots"

    @property
    def states(self) -> Path:
        """Projections of snapshots at a date, with their stores."""
        return self.path / "states"

    @property
    def cache(self) -> Path:
        """What can be read or computed again."""
        return self.path / "cache"

    @property
    def judgements(self) -> Path:
        """The user's own judgements of identity."""
        return self.path / "judgements.csv"

    def current_snapshot(self) -> Path:
        """The folder of the published snapshot.

        Raises:
            NoGraph: Nothing has been published here.
        """
        link = self.path / "current"
        if not link.exists():
            raise NoGraph(
                "there is no graph in this home yet",
                where=str(self.path),
                hint="type: stackholder build",
            )
        return link.resolve()

    def partitions(self, only: Collection[str] = ()) -> list[Path]:
        """The folders of all partitions in force, or of some loaders, in the order of their names."""
        every = sorted(p.resolve() for p in self.claims.glob("*/*/current"))
        return [p for p in every if not only or p.parent.parent.name in only]

    def salt(self) -> bytes:
        """The secret that turns addresses and names of contributors into pseudonyms; made once."""
        file = self.path / "salt"
        if salt := settings().salt.value:
            return str(salt).encode()
        if not file.exists():
            self.path.mkdir(parents=True, exist_ok=True)
            fresh = self.path / f".new-salt-{os.getpid()}"
            fresh.unlink(missing_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(secrets.token_hex(32).encode())
            exchange(fresh, file)
        return file.read_bytes()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One writer at a time.

        Raises:
            Locked: Another process builds here; a lock that a dead process left is taken over.
        """
        import fcntl

        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                lock.seek(0)
                raise Locked(
                    f"process {lock.read().strip() or '?'} is building here",
                    where=str(self.path),
                    hint="wait for it, or use another --home",
                ) from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def sweep(self) -> None:
        """Removes what builds that died have left behind. Only for the holder of the lock."""
        for folder in (self.path, self.snapshots, *self.claims.glob("*/*")):
            for left in folder.glob(".new-*"):
                if left.is_symlink() or left.is_file():
                    left.unlink()
                else:
                    shutil.rmtree(left, ignore_errors=True)


def begin(parent: Path) -> Path:
    """A new folder in `parent` to write what will be published; readable as the umask says, unlike `tempfile`'s."""
    folder = parent / f".new-{secrets.token_hex(8)}"
    folder.mkdir()
    return folder


def publish(folder: Path, target: Path) -> None:
    """Makes a finished folder durable and visible under its final name in one step.

    Where `target` exists it is left as it is (equal content has an equal name) and `folder` is removed.
    """
    if not target.exists():
        for file in sorted(folder.rglob("*")):
            _sync(file)
        _sync(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.rename(target)
        except OSError:
            if not target.exists():  # else another process was quicker
                raise
        _sync(target.parent)
    shutil.rmtree(folder, ignore_errors=True)


def exchange(fresh: Path, file: Path) -> None:
    """Puts a finished file durably in the place of another, in one step."""
    _sync(fresh)
    fresh.replace(file)
    _sync(file.parent)


def point(link: Path, target: Path) -> None:
    """Makes `link` lead to `target`, in one step, relative to its folder."""
    fresh = link.with_name(f".new-{link.name}-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(target, link.parent))
    fresh.replace(link)
    _sync(link.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
