"""What is served: the current snapshot, followed as it changes, and its states on other dates."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ..errors import NoGraph
from ..graph.home import Home
from .pool import Pool
from .problem import Problem
from .telemetry import say

__all__ = ["Generation", "Served"]

_POLLED: Final = 0.1
_PREPARING: Final = 900.0
_KEPT: Final = 12
_QUIET_FOR: Final = 120.0
_WAITING: Final = 24
_DATE: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?\Z")
_BOTH: Final = ("embedded", "rdf")


@dataclasses.dataclass(frozen=True, slots=True)
class Generation:
    """One state of one snapshot: what a request is answered from.

    Attributes:
        hash: Of the snapshot.
        as_of: The date.
        snapshot: Folder of the snapshot.
        folder: Folder of the state.
    """

    hash: str
    as_of: str
    snapshot: Path
    folder: Path


class Served:
    """Follows the home.

    Args:
        pool: The workers.
        home: Where the graph lies.
        scratch: Where states are made that the home does not hold.
        as_of: The date that is served where a request names none; empty = of the snapshot.
        read_only: Whether nothing may be written in the home at all.
        strengths: File with another set of strengths; empty = ours.
    """

    def __init__(
        self,
        pool: Pool,
        home: Path,
        scratch: Path,
        *,
        as_of: str = "",
        read_only: bool = False,
        strengths: str = "",
    ) -> None:
        self._pool = pool
        self.home = Home(home)
        self.scratch = scratch
        self._as_of = as_of
        self._read_only = read_only
        self._strengths = strengths
        self._current: Generation | None = None
        self._others: dict[tuple[Path, str], tuple[Generation, set[str]]] = {}
        self._used: dict[Path, float] = {}
        self._making = asyncio.Lock()
        self._wanted = 0
        self.swaps = 0

    @property
    def current(self) -> Generation:
        """What requests that begin now are answered from."""
        if self._current is None:
            raise Problem(503, "nothing is served yet", retry=1)
        return self._current

    def place(self, generation: Generation) -> dict[str, str]:
        """A generation as workers are told it."""
        self._used[generation.folder] = time.monotonic()
        return {
            "home": str(self.home.path),
            "snapshot": str(generation.snapshot),
            "scratch": str(self.scratch),
            "as_of": generation.as_of,
            "strengths": self._strengths,
        }

    async def start(self) -> None:
        """Makes the current snapshot ready.

        Raises:
            NoGraph: There is none.
            Problem: It cannot be served.
        """
        self._current = await self._made(self.home.current_snapshot(), self._as_of, _BOTH)

    async def follow(self) -> None:
        """Looks for a new snapshot, makes it ready and then serves it, for ever."""
        failed: Path | None = None
        while True:
            await asyncio.sleep(_POLLED)
            try:
                snapshot = self.home.current_snapshot()
            except (NoGraph, OSError):
                continue
            if snapshot in {self.current.snapshot, failed}:
                continue
            try:
                made = await self._made(snapshot, self._as_of, _BOTH)
            except Problem as problem:
                failed = snapshot
                say("error", "a new snapshot cannot be served", reason=problem.what)
            else:
                failed = None
                self._swap(made)
            self._prune()

    def _swap(self, made: Generation) -> None:
        """Serves another generation; the one before is removed as those of other dates are."""
        before, self._current = self.current, made
        self._used.setdefault(before.folder, time.monotonic())
        self._others[before.snapshot, self._as_of] = before, set(_BOTH)
        self._others.pop((made.snapshot, self._as_of), None)
        self.swaps += 1
        say("info", "new snapshot", snapshot=made.hash)

    async def at(self, as_of: str, stores: Sequence[str] = ()) -> Generation:
        """The current snapshot on a date, with the stores that are needed; made now where it was not.

        Raises:
            Problem: It is no date, or too many are being made.
        """
        current = self.current
        if not as_of:
            return current
        if not _DATE.match(as_of):
            hint = "write a date like 2022-09-14"
            raise Problem(400, f"{as_of[:40]!r} is no date", where="as_of", hint=hint)
        key = (current.snapshot, as_of)
        known = self._others.get(key)
        if known and known[1].issuperset(stores):
            return known[0]
        if self._wanted >= _WAITING or len(self._others) > 2 * _KEPT:
            self._prune()
            raise Problem(503, "too many dates are being made ready", hint="try again", retry=5)
        self._wanted += 1
        try:
            made = await self._made(current.snapshot, as_of, stores)
        finally:
            self._wanted -= 1
        had = self._others.pop(key, (made, set()))[1]
        self._others[key] = (made, had | set(stores))
        self._prune()
        return made

    async def _made(self, snapshot: Path, as_of: str, stores: Sequence[str]) -> Generation:
        async with self._making:
            known = self._others.get((snapshot, as_of))
            if known and known[1].issuperset(stores):
                return known[0]
            request: dict[str, Any] = {
                "job": "state_job:state",
                "home": str(self.home.path),
                "snapshot": str(snapshot),
                "scratch": str(self.scratch),
                "as_of": as_of,
                "strengths": self._strengths,
                "stores": list(stores),
                "writable": not self._read_only and as_of == self._as_of,
            }
            told = json.loads(await self._pool.errand(request, _PREPARING))
        return Generation(told["hash"], told["as_of"], snapshot, Path(told["folder"]))

    def _prune(self) -> None:
        """Forgets and removes the states of other dates that were asked longest ago."""
        now = time.monotonic()
        ranked = sorted(
            self._others.items(), key=lambda item: self._used.get(item[1][0].folder, now)
        )
        for key, (generation, _) in ranked[: max(0, len(ranked) - _KEPT)]:
            if now - self._used.get(generation.folder, now) > _QUIET_FOR:
                del self._others[key]
                self._used.pop(generation.folder, None)
                if not generation.folder.is_symlink():
                    shutil.rmtree(generation.folder, ignore_errors=True)
