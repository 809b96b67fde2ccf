"""Building: loaders → claims → identity → snapshot, in that order and no other."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errors import SourceError, StackholderError, UsageError
from .graph.assembly import build_snapshot
from .graph.claims import Claims, Ledger
from .graph.forgetting import opted_out, purge, purge_snapshots
from .graph.home import Home, exchange
from .graph.partition import ledger_of, settle
from .graph.snapshot import Snapshot
from .loaders import Loader, judgement_files, loader, names

__all__ = ["Built", "Input", "Watch", "build", "run_loader"]


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Input:
    """One thing to load.

    Attributes:
        loader: Name of the loader.
        label: Name of the partition; empty for a loader that brings its own data.
        path: What to read, or the address of the source's API; empty for a loader that brings its own data.
    """

    loader: str
    label: str = "packaged"
    path: str = ""

    @property
    def live(self) -> bool:
        """Whether it is the address of an API."""
        return self.path.startswith(("http://", "https://"))

    @classmethod
    def read(cls, text: str) -> Input:
        """Reads `LOADER=PATH` or `LOADER:LABEL=PATH`; the label is the file's stem where it is left out.

        Raises:
            UsageError: It has another form, or there is no such loader.
        """
        head, equals, path = text.partition("=")
        name, _, label = head.partition(":")
        if name not in names():
            raise UsageError(
                f"there is no loader {name!r}",
                where="--source",
                hint=f"one of: {', '.join(names())}",
            )
        if not equals or not path:
            raise UsageError(
                f"{text!r} names no path", where="--source", hint=f"write --source {name}=PATH"
            )
        if cls(name, path=path).live:
            if loader(name).fetch is None:
                raise UsageError(
                    f"{name} reads files, not addresses",
                    where="--source",
                    hint=f"fetch it first, then write --source {name}=PATH",
                )
            return cls(name, _safe(label or "live"), path)
        full = Path(path).expanduser().absolute()
        stem = full.name.partition(".")[0] or full.name
        return cls(name, _safe(label or stem), str(full))


class Watch:
    """Is told how a build goes on; this one keeps silent."""

    def step(self, text: str) -> None:
        """A part of the build begins."""

    def progress(self, done: int, total: int | None) -> None:
        """So many rows of the source were read; of how many, where that is known."""

    def note(self, text: str) -> None:
        """Something that a person would want to know, e.g. that a server asks to wait."""


@dataclasses.dataclass(frozen=True, slots=True)
class Built:
    """What a build gave.

    Attributes:
        snapshot: The snapshot that is current now.
        changed: Whether it differs from the one before.
        ledgers: Of every source, run now or before.
        seconds: How long it took.
    """

    snapshot: Snapshot
    changed: bool
    ledgers: list[Ledger]
    seconds: float


def build(
    home: Home,
    inputs: Sequence[Input] = (),
    *,
    only: Sequence[str] = (),
    now: datetime.datetime | None = None,
    offline: bool = False,
    accept_loss: Sequence[str] = (),
    watch: Watch | None = None,
) -> Built:
    """Runs the loaders and publishes a snapshot.

    Loaders that bring their own data always run; other inputs are remembered and read again by every later build.
    A source that fails does not stop the others, and what it gave before stays in force.

    Args:
        home: Where everything lies.
        inputs: What to load besides what earlier builds named.
        only: Loaders to restrict the snapshot to; empty = all.
        now: Time of the build.
        offline: Whether APIs are answered from the cache alone.
        accept_loss: Partitions (`loader:label`) that may end more than half of what they stated before.
        watch: Is told what goes on.

    Raises:
        Locked: Another build is running here.
        SourceError: No source at all could be read, or the list of those who opted out is bad.
        StackholderError: The home cannot be written, e.g. since the disk is full.
    """
    clock, watch = time.monotonic(), watch or Watch()
    when = now or datetime.datetime.now(datetime.UTC)
    for name in only:
        loader(name)
    with _writable(home), home.locked():
        home.sweep()
        left_out = opted_out(home)
        if left_out:
            purge(home, left_out)
        known = _remembered(home, inputs)
        before = (home.path / "current").resolve().name if (home.path / "current").exists() else ""
        for item in known:
            if only and item.loader not in only:
                continue
            watch.step(f"reading {item.loader}:{item.label}")
            accepted = f"{item.loader}:{item.label}" in accept_loss
            run_loader(home, item, when, offline=offline, accept_loss=accepted, watch=watch)
        ledgers = [ledger_of(p) for p in home.partitions(only)]
        if all(led.failure and not (led.nodes or led.edges) for led in ledgers):
            raise SourceError(ledgers[0].failure if ledgers else "nothing to read")
        watch.step("resolving who is who")
        snapshot = build_snapshot(home, only, judgement_files())
        if left_out:
            purge_snapshots(home, left_out)
        _note(home, snapshot, when)
    return Built(snapshot, snapshot.hash != before, ledgers, time.monotonic() - clock)


def run_loader(
    home: Home,
    item: Input,
    now: datetime.datetime,
    *,
    offline: bool = False,
    accept_loss: bool = False,
    watch: Watch | None = None,
) -> Ledger:
    """Runs one loader and publishes what it gave as a partition.

    An error of the source does not escape: it is written into the ledger as `failure`, what finished scopes gave is
    published, and everything else stays as it was before. Of a source that gives fewer or more than it promises, or
    would end most of what it stated before, nothing is published.

    Args:
        home: Where claims lie.
        item: The loader, the label of its partition, and what to read.
        now: Time of the run.
        offline: Whether an API is answered from the cache alone.
        accept_loss: Whether it may end more than half of what it stated before.
        watch: Is told what goes on.
    """
    chosen, watch = loader(item.loader), watch or Watch()
    place = home.claims / item.loader / item.label
    place.mkdir(parents=True, exist_ok=True)
    clock = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
    claims = Claims(
        chosen.source,
        directory,
        label=item.label,
        origin=item.path.encode("utf-8", "replace").decode() or "the package",
        now=now,
        salt=home.salt(),
        cache=home.cache / item.loader,
        progress=watch.progress,
        left_out=opted_out(home),
    )
    try:
        _read(chosen, item, claims, offline=offline, watch=watch)
    except StackholderError as error:
        claims.ledger.failure = str(error)
    except UnicodeDecodeError as error:
        claims.ledger.failure = f"{item.path}: not UTF-8 text: byte {error.start}"
    except OSError as error:
        claims.ledger.failure = f"{error.filename or item.path}: {error.strerror or error}"
    claims.ledger.seconds = round(time.monotonic() - clock, 3)
    try:
        return settle(home, claims, now, accept_loss=accept_loss)
    except SourceError as error:
        claims.ledger.failure = str(error)
        for scope in claims.ledger.scopes:
            scope.finished = False
        return settle(home, claims, now)


def _read(chosen: Loader, item: Input, claims: Claims, *, offline: bool, watch: Watch) -> None:
    if item.live and chosen.fetch is not None:
        from .loaders.web import Web

        with Web(item.path, claims.cache / "web", offline=offline, tell=watch.note) as web:
            try:
                chosen.fetch(web, claims)
            finally:
                claims.ledger.fetched = (
                    web.oldest.isoformat(timespec="seconds") if web.oldest else ""
                )
        return
    origin = Path(item.path) if item.path else chosen.folder / "data"
    if not origin.exists():
        raise SourceError(
            "there is no such file or folder", where=str(origin), hint="look at the path"
        )
    chosen.load(origin, claims)


@contextlib.contextmanager
def _writable(home: Home) -> Iterator[None]:
    """Turns what a full or broken disk answers into one message; what a source answers never comes here."""
    try:
        yield
    except OSError as error:
        raise StackholderError(
            f"the home cannot be written: {os.strerror(error.errno) if error.errno else error}",
            where=str(error.filename or home.path),
            hint="make room there, or use another --home; what was published before still answers",
        ) from error


def _safe(label: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in label).strip(".") or "data"


def _remembered(home: Home, inputs: Sequence[Input]) -> list[Input]:
    """The packaged loaders, what earlier builds named, and what is named now."""
    file = home.path / "sources.json"
    known = [Input(**row) for row in json.loads(file.read_text())] if file.exists() else []
    given = {(i.loader, i.label): i for i in [*known, *inputs]}
    named = sorted(given.values())
    fresh = home.path / ".new-sources.json"
    fresh.write_text(json.dumps([dataclasses.asdict(i) for i in named], indent=1) + "\n")
    exchange(fresh, file)
    return [*(Input(n) for n in names() if loader(n).source.packaged), *named]


def _note(home: Home, snapshot: Snapshot, when: datetime.datetime) -> None:
    """Adds a line to the log of builds."""
    with (home.path / "builds.jsonl").open("a") as log:
        log.write(
            json.dumps({"at": when.isoformat(timespec="seconds"), "snapshot": snapshot.hash}) + "\n"
        )
