"""A build may be killed at any moment, or meet a full disk, or another build: what was published stays."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import stackholder
from effort import Effort
from forked import command, started
from stackholder.errors import Locked
from stackholder.graph.home import Home
from stackholder.pipeline import Input, build

pytestmark = pytest.mark.slow

LOADER = "lf_landscape"
HEAD = """landscape:
  - category:
    name: Polar Compute Fund Members
    subcategories:
      - subcategory:
        name: Silver
        items:
"""
ITEM = """          - item:
            name: Firm {0} (member)
            homepage_url: https://firm-{0}.example
            crunchbase: https://www.crunchbase.com/organization/firm-{0}
            second_path:
              - Project Membership / Polar Compute Fund
"""


@dataclasses.dataclass(frozen=True)
class World:
    """A home that was built once, the input that has grown since, and what the next build gives.

    Attributes:
        home: To be copied, never built in.
        before: Hash of its snapshot.
        after: Hash of the snapshot after the next build.
        seconds: How long that build holds the lock.
        members: Number of edges by hash.
    """

    home: Path
    before: str
    after: str
    seconds: float
    members: dict[str, int]

    def copy(self, place: Path) -> Path:
        """A home of one's own; its memory of the input leads to the one file."""
        shutil.copytree(self.home, place, symlinks=True, dirs_exist_ok=True)
        return place


def words(home: Path) -> list[str]:
    return ["build", "--home", str(home), "--no-stores", "--only", LOADER]


def environment(scratch: Path) -> dict[str, str]:
    packages = str(Path(stackholder.__file__).parent.parent)
    return {"PYTHONPATH": packages, "TMPDIR": str(scratch), "PYTHONWARNINGS": ""}


@contextlib.contextmanager
def building(home: Path, scratch: Path) -> Iterator[BaseProcess]:
    """A build in a process of its own, from the moment at which it holds the lock."""
    process = started(command, words(home), scratch, environment(scratch))
    try:
        while process.is_alive() and lock_holder(home) != str(process.pid):
            time.sleep(0.001)
        yield process
    finally:
        process.kill()
        process.join()


def ended(process: BaseProcess) -> int | None:
    """Waits for a process; gives its exit code."""
    process.join()
    return process.exitcode


def signalled(process: BaseProcess, number: int) -> None:
    assert process.pid is not None
    os.kill(process.pid, number)


def lock_holder(home: Path) -> str:
    lock = home / "lock"
    return lock.read_text() if lock.exists() else ""


def rebuilt(home: Path) -> str:
    """The hash that a build gives which nothing disturbs."""
    return build(Home(home), only=[LOADER]).snapshot.hash


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    landscape, home = folder / "members.yml", folder / "home"
    landscape.write_text(HEAD + "".join(map(ITEM.format, range(20))))
    before = build(Home(home), [Input.read(f"{LOADER}={landscape}")], only=[LOADER]).snapshot
    answers(home)
    landscape.write_text(HEAD + "".join(map(ITEM.format, range(400))))
    later = folder / "later"
    shutil.copytree(home, later, symlinks=True)
    with building(later, folder) as process:
        start = time.monotonic()
        assert ended(process) == 0
        seconds = time.monotonic() - start
    after = Home(later).current_snapshot().name
    members = {before.hash: 20, after: 400}
    assert before.hash != after == rebuilt(later)
    return World(home, before.hash, after, seconds, members)


def answers(home: Path) -> tuple[str, int]:
    """Asks as a user does: the hash that answers, and how many members it knows."""
    with stackholder.open(home) as graph:
        funds = graph.state.edges("FUNDS", ["source", "target"]).to_pylist()
        found = graph.find(funds[0]["source"]).rows
        assert found[0][0] == funds[0]["source"]
        assert all(graph.snapshot.file(kind).exists() for kind in graph.snapshot.nodes)
        return graph.snapshot.hash, len(funds)


def leftovers(home: Path) -> list[Path]:
    return [p for p in home.rglob(".new-*") if "states" not in p.parts]


def test_a_build_killed_at_any_moment_costs_nothing(
    world: World, tmp_path: Path, effort: Effort, record_property: Callable[[str, object], None]
) -> None:
    kills, chance = effort.kills, effort.chance("kills")
    shares = [(i + chance.random()) / kills for i in range(kills)]
    chance.shuffle(shares)
    seconds = world.seconds
    home = world.copy(tmp_path / "home-0")
    salt = (home / "salt").read_bytes()
    seen: list[str] = []
    for number, share in enumerate(shares, 1):
        with building(home, tmp_path) as process:
            time.sleep(share * seconds)
            process.kill()
            process.join()
        hashed, members = answers(home)
        assert members == world.members[hashed]
        assert (home / "salt").read_bytes() == salt
        assert pq.read_table(home / "minted.parquet").num_rows >= 20
        seen.append(hashed)
        if hashed == world.after:  # builds are quicker now than when one was measured
            seconds = seconds * (1 + share) / 2
        if hashed == world.after or number == kills:
            assert rebuilt(home) == world.after
            assert leftovers(home) == []
            assert answers(home) == (world.after, 400)
            home = world.copy(tmp_path / f"home-{number}")
    record_property("soak: builds killed", kills)
    record_property("soak: of these before their snapshot was published", seen.count(world.before))
    assert seen.count(world.before) >= kills / 2, "too few were killed in the middle"


def test_a_first_build_that_is_killed_leaves_a_home_that_can_be_built(
    world: World, tmp_path: Path
) -> None:
    landscape = world.home.parent / "members.yml"
    home = tmp_path / "home"
    for share in (0.05, 0.3, 0.6):
        with building(home, tmp_path) as process:
            time.sleep(world.seconds * share)
            process.kill()
    fresh = build(Home(home), [Input.read(f"{LOADER}={landscape}")], only=[LOADER])
    assert fresh.snapshot.edges["FUNDS"] == 400
    assert len((home / "salt").read_bytes()) == 64


# ------------------------------------------------------------------ a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if not mounted or mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path, left: int) -> Path:
    """Fills a disk but for some bytes."""
    filler = disk / "filler"
    room = os.statvfs(disk)
    filler.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - left)))
    return filler


def fails_with_one_message(
    home: Path, scratch: Path, reason: str, prepare: Callable[[], None] | None = None
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stackholder", *words(home)],
        cwd=scratch,
        env={**os.environ, **environment(scratch)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=prepare,
    )
    assert done.returncode == 1
    assert done.stderr.count("error:") == 1, done.stderr
    assert f"{home}: the home cannot be written: {reason}\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert "defect" not in done.stderr


@pytest.mark.parametrize("left", [0, 20_000, 180_000])
def test_a_full_disk_ends_the_build_with_one_message_and_leaves_the_former_snapshot(
    world: World, small_disk: Path, tmp_path: Path, left: int
) -> None:
    home = world.copy(small_disk / "home")
    filler = fill(small_disk, left)
    fails_with_one_message(home, tmp_path, "No space left on device")
    assert answers(home) == (world.before, 20)
    filler.unlink()
    assert rebuilt(home) == world.after
    assert leftovers(home) == []


def test_a_limit_on_the_size_of_files_does_the_same(world: World, tmp_path: Path) -> None:
    home = world.copy(tmp_path / "home")

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))

    fails_with_one_message(home, tmp_path, "File too large", limit)
    assert answers(home) == (world.before, 20)
    assert rebuilt(home) == world.after


# ------------------------------------------------------------------ two builds


def test_of_two_builds_at_once_the_second_says_who_holds_the_lock(
    world: World, tmp_path: Path
) -> None:
    home = world.copy(tmp_path / "home")
    with building(home, tmp_path) as first:
        signalled(first, signal.SIGSTOP)
        with pytest.raises(Locked) as caught:
            rebuilt(home)
        assert caught.value.what == f"process {first.pid} is building here"
        assert caught.value.where == str(home)
        assert answers(home) == (world.before, 20)
        signalled(first, signal.SIGCONT)
        assert ended(first) == 0
    assert answers(home) == (world.after, 400)


def test_the_lock_of_a_dead_process_does_not_block(world: World, tmp_path: Path) -> None:
    home = world.copy(tmp_path / "home")
    with building(home, tmp_path) as first:
        first.kill()
        first.join()
    assert lock_holder(home) == str(first.pid)
    assert rebuilt(home) == world.after


def test_an_interrupted_build_says_so_and_leaves_the_former_snapshot(
    world: World, tmp_path: Path
) -> None:
    home = world.copy(tmp_path / "home")
    with building(home, tmp_path) as process:
        signalled(process, signal.SIGINT)
        assert ended(process) == 130
    assert answers(home) == (world.before, 20)
