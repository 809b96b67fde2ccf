"""The pool of workers where the system does not do what it should, and where many ask at once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from stackholder.web.pool import Pool
from stackholder.web.problem import Problem
from stackholder.web.processes import Origin
from stackholder.web.watcher import Served

pytestmark = pytest.mark.slow

EVERYTHING = b"SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@asynccontextmanager
async def working(home: Path, scratch: Path, seconds: float) -> AsyncIterator[tuple[Pool, Any]]:
    """A pool of one quick worker and two slow ones, and a request that it answers."""
    pool = Pool(scratch, quick=1, slow=2, seconds=seconds, memory=1 << 30)
    served = Served(pool, home, scratch, read_only=True)
    try:
        await pool.start()
        await served.start()
        yield (
            pool,
            {
                "job": "sparql_job:answer",
                "place": served.place(served.current),
                "results": ("JSON", "application/json"),
                "graphs": None,
            },
        )
    finally:
        await pool.close()


def below(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        found = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    except OSError:
        return []
    return [*found, *(deeper for child in found for deeper in below(child))]


async def answer(pool: Pool, job: Any, text: bytes) -> int:
    """Status of a request; 0 = answered."""
    try:
        await (await pool.run(job, text, shape=text.decode())).whole()
    except Problem as problem:
        return problem.status
    return 0


def test_a_place_is_filled_again_once_processes_can_be_started(
    starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> int:
        before = set(below(os.getpid()))
        async with working(starter, tmp_path, 5) as (pool, job):
            assert await answer(pool, job, b"ASK {}") == 0
            with monkeypatch.context() as broken:
                broken.setattr(sys, "executable", str(tmp_path / "nowhere"))
                for pid in set(below(os.getpid())) - before:
                    os.kill(pid, signal.SIGKILL)
                await asyncio.sleep(0.2)
                waiting = asyncio.ensure_future(answer(pool, job, b"ASK {}"))
                await asyncio.sleep(1)
            return await waiting or await answer(pool, job, b"ASK {}")

    assert asyncio.run(scenario()) == 0


def test_what_is_known_to_take_long_never_takes_more_places_than_there_are(
    starter: Path, tmp_path: Path
) -> None:
    async def scenario() -> list[int]:
        async with working(starter, tmp_path, 1) as (pool, job):
            assert await answer(pool, job, EVERYTHING) == 504
            return await asyncio.gather(*(answer(pool, job, EVERYTHING) for _ in range(8)))

    assert sorted(asyncio.run(scenario())) == [503] * 6 + [504] * 2


async def ended(pid: int) -> None:
    """Waits until a number is free again."""
    for _ in range(500):
        if not Path(f"/proc/{pid}").exists():
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"process {pid} is still there")


def numbered(pid: int) -> subprocess.Popen[bytes]:
    """A process that gets a number which is free: Linux gives the one after the last, and can be told that."""
    last = Path("/proc/sys/kernel/ns_last_pid")
    for _ in range(200):
        try:
            last.write_text(str(pid - 1))
        except OSError as error:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"needs root: {error}")
        other = subprocess.Popen(["sleep", "60"])
        if other.pid == pid:
            return other
        other.kill()
        other.wait()
    pytest.fail(f"no process could be given the number {pid}")


def test_a_worker_that_has_ended_leads_no_signal_to_the_process_that_gets_its_number(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        origin = Origin(tmp_path)
        try:
            worker = await origin.fork()
            os.kill(worker.pid, signal.SIGKILL)
            await ended(worker.pid)
            with numbered(worker.pid) as other:
                try:
                    before = os.getpriority(os.PRIO_PROCESS, other.pid)
                    worker.lower()
                    worker.stop("busy")
                    worker.end()
                    with pytest.raises(subprocess.TimeoutExpired):
                        other.wait(0.5)
                    assert os.getpriority(os.PRIO_PROCESS, other.pid) == before
                finally:
                    other.kill()
        finally:
            origin.close()

    asyncio.run(scenario())
