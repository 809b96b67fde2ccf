"""Bad files: mutants of every format that a loader has a sample of, from all loaders that there are.

There are twenty of each, the same in every run; a soak makes two hundred others. The first are the bad files that have
names: empty, recoded, nested a hundred thousand deep, blown up. Each loader reads its mutants in a process of its own,
with a gigabyte of address space beyond what it starts with, and ten seconds per file. A mutant may be read, refused or
partly refused; what it may not do is end the process, raise anything but our own errors, last longer, or fail without
saying where.
"""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bad_file_reader import read
from effort import Effort
from forked import pipe, started
from stackholder.loaders import loader, names

pytestmark = pytest.mark.slow

Figure = Callable[[str, object], None]
SMALL = 200_000


@dataclasses.dataclass(frozen=True)
class Sample:
    """A file of a loader's sample; `whole` is what the loader is given: it, or the folder that it lies in."""

    loader: str
    file: Path
    whole: Path

    @property
    def format(self) -> str:
        return self.file.suffix.lower() or "plain"


def samples() -> list[Sample]:
    """One sample per loader and format."""
    found: dict[tuple[str, str], Sample] = {}
    for name in names():
        folder = loader(name).folder / "sample"
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            deep = file.parent != folder
            one = Sample(name, file, folder if deep or name in WHOLE else file)
            if file.stat().st_size < SMALL and not (name == "table" and file.suffix == ".csv"):
                found.setdefault((name, one.format), one)
    return list(found.values())


WHOLE = frozenset({"transparency_index", "model_hub", "table", "os_ai_map", "governance_files"})
"""Loaders that look at the names of files, or at files beside each other: they get the folder."""

DEEP = {
    ".json": b"[" * 100_000,
    ".jsonl": b"[" * 100_000,
    ".yml": b"- " * 20_000 + b"x",
    ".yaml": b"[" * 50_000,
    ".xml": b"<a>" * 50_000,
    ".toml": b"a = " + b"[" * 50_000,
    ".lock": b"a = " + b"[" * 50_000,
}
DOUBLED = b"".join(b"k%d: &k%d [*k%d, *k%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40))
BOMBS = {
    ".yml": b"k0: &k0 [x, x]\n" + DOUBLED,
    ".yaml": b"k0: &k0 [x, x]\n" + DOUBLED,
    ".xml": b'<!DOCTYPE a [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><bom>&b;</bom>',
    ".json": b'{"a": 1e999999, "b": NaN, "c": ' + b"9" * 5_000 + b"}",
    ".csv": b'a,b\n"' + b"x" * 1_000_000,
}


def mutants(data: bytes, suffix: str, chance: random.Random) -> Iterator[bytes]:
    """Bad relatives of a file: cut, spliced, repeated, recoded, retyped, nested, blown up."""
    yield b""
    yield b"\x00" * 1000
    yield data.decode("utf-8", "replace").encode("utf-16")
    yield b"\xff\xfe" + data
    yield b"\xef\xbb\xbf" + data
    yield data.replace(b"\n", b"\r\n")
    yield data * 20
    yield from (DEEP[suffix],) if suffix in DEEP else ()
    yield from (BOMBS[suffix],) if suffix in BOMBS else ()
    lines = data.splitlines(keepends=True) or [b""]
    changes: tuple[Callable[[], bytes], ...] = (
        lambda: data[: chance.randrange(len(data) + 1)],
        lambda: data[chance.randrange(len(data) + 1) :],
        lambda: _replaced(
            data, chance, bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
        ),
        lambda: _replaced(data, chance, chance.choice(STRAY)),
        lambda: b"".join(line for line in lines if chance.random() > 0.1),
        lambda: b"".join(line * chance.choice((1, 1, 1, 2)) for line in lines),
        lambda: b"".join(chance.sample(lines, len(lines))),
        lambda: data.replace(chance.choice(MARKS), chance.choice(MARKS)),
    )
    while True:
        yield chance.choice(changes)()


STRAY = (
    *(
        b"null",
        b"true",
        b"-1",
        b"[]",
        b"{}",
        b'""',
        b"1e400",
        b"\xc3",
        b"\xed\xa0\x80",
        b"*x",
        b"&x",
    ),
    *(
        b"!!python/object:os.system ",
        b"<![CDATA[",
        b"&lt;",
        b"\t",
        b"\x1b[31m",
        "深\u202e".encode(),
        b"9" * 400,
    ),
    *(b"2022-13-45", b"' OR 1=1 --", b"../../etc"),
)
MARKS = (
    b":",
    b",",
    b'"',
    b"'",
    b"\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"=",
    b"-",
    b" ",
    b"@",
    b"#",
    b"/",
)


def _replaced(data: bytes, chance: random.Random, piece: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + piece + data[place + chance.choice((0, 1, len(piece))) :]


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process as Linux does")
@pytest.mark.parametrize(
    "sample",
    samples(),
    ids=lambda s: f"{s.loader}{'' if s.format.startswith('.') else '-'}{s.format}",
)
def test_bad_files_cost_nothing_but_a_message(
    sample: Sample, tmp_path: Path, effort: Effort, record_property: Figure
) -> None:
    attack(sample, tmp_path, effort, record_property)


def made(name: str, folder: Path) -> Sample:
    """A sample of a format that is not text: a bundle, a table of commits, a table of one's own."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir()
    if name == "bundle":
        git = [
            "git",
            "-C",
            str(folder),
            "-c",
            "user.name=Ada B",
            "-c",
            "user.email=ada@polar.example",
        ]
        subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "one"], check=True)
        file = folder / "polar__kit.bundle"
        subprocess.run([*git, "bundle", "create", "-q", file.name, "--all"], check=True)
        return Sample("git_history", file, file)
    if name == "commits":
        row = {
            "commit_sha": "a" * 40,
            "author_id": "0123456789abcdef",
            "email_domain": "polar.example",
            "author_time": 1_700_000_000,
            "is_bot": False,
            "is_service_identity": False,
        }
        file = folder / "polar__kit.parquet"
        pq.write_table(pa.Table.from_pylist([row] * 20), file)
        return Sample("git_history", file, file)
    file = folder / "stack.parquet"
    rows = {"team": ["a", "b"], "framework": ["x", "y"], "maintains": ["no", "yes"]}
    pq.write_table(pa.table(rows), file)
    (folder / "stack.toml").write_text(
        'file = "stack.parquet"\n[[edge]]\nrelation = "USES"\n'
        'source = "Company: {team}"\ntarget = "Framework: {framework}"\n'
    )
    return Sample("table", file, folder)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process as Linux does")
@pytest.mark.parametrize("name", ["bundle", "commits", "table"])
def test_bad_files_that_are_no_text_cost_no_more(
    name: str, tmp_path: Path, effort: Effort, record_property: Figure
) -> None:
    attack(made(name, tmp_path / "made"), tmp_path, effort, record_property)


def attack(sample: Sample, tmp_path: Path, effort: Effort, record: Figure) -> None:
    """Lets a loader read the mutants of a sample."""
    import shutil

    chance = effort.chance(f"{sample.loader} {sample.format}")
    requests, theirs = pipe()
    process = started(read, theirs)
    theirs.close()
    data = sample.file.read_bytes()
    place = tmp_path / "given"
    if sample.whole.is_dir():
        shutil.copytree(sample.whole, place)
        bad, given = place / sample.file.relative_to(sample.whole), place
        if sample.loader == "table":
            given = place / "stack.toml"
    else:
        place.mkdir()
        bad = given = place / sample.file.name
    told = 0
    try:
        for number, mutant in zip(
            range(effort.mutants), mutants(data, sample.format, chance), strict=False
        ):
            bad.write_bytes(mutant)
            requests.send((sample.loader, str(given)))
            shown = f"mutant {number}: {mutant[:200]!r}"
            try:
                failure, placeless, error = requests.recv()
            except EOFError:
                process.join()
                pytest.fail(f"the process ended: {process.exitcode} at {shown}")
            assert not error, f"{shown}\n{error}"
            assert not placeless, f"{placeless} rows refused without a place at {shown}"
            assert not failure or bad.name in failure or place.name in failure, (
                f"{failure!r} names no place at {shown}"
            )
            told += bool(failure)
    finally:
        process.kill()
        process.join()
    record("soak: mutants read", effort.mutants)
    record("soak: mutants refused whole, with their place", told)
    assert told >= max(1, effort.mutants // 50), (
        "hardly any mutant was noticed: is the format read at all?"
    )
