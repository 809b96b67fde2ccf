"""An export is there whole or not at all, and what stood there before stays until it is."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from stackholder.errors import StackholderError, UsageError
from stackholder.exports import FORMATS, export
from stackholder.state.state import State

FILES = [name for name, known in FORMATS.items() if not known.folder]
FOLDERS = [name for name, known in FORMATS.items() if known.folder]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_state_gives_the_same_bytes(name: str, state: State, out: Path) -> None:
    first, second = export(state, name, out / "first"), export(state, name, out / "second")
    assert (first.nodes, first.edges) == (state.node_count, state.edge_count)
    assert first.format == name
    assert first.path == out / "first"
    assert (first.nodes, first.edges, first.stripped) == (
        second.nodes,
        second.edges,
        second.stripped,
    )
    if FORMATS[name].folder:
        assert contents(out / "first") == contents(out / "second")
    else:
        assert (out / "first").read_bytes() == (out / "second").read_bytes()
    assert sorted(p.name for p in out.iterdir()) == ["first", "second"]


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("former", [True, False])
def test_an_error_midway_leaves_what_was_there(
    name: str,
    error: type[BaseException],
    former: bool,
    state: State,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if former:
        export(state, name, out / "state")
    before = contents(out)
    read = pq.ParquetFile.iter_batches
    files = []

    def torn(self: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        files.append(self)
        if len(files) > 12:
            raise error("midway")
        yield from read(self, *args, **kwargs)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", torn)
    with pytest.raises(error, match="midway"):
        export(state, name, out / "state")
    assert contents(out) == before
    assert [p.name for p in out.iterdir()] == (["state"] if former else [])


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_may_not_grow_leaves_nothing(name: str, state: State, out: Path) -> None:
    program = (
        "import pickle, sys, pathlib, resource\n"
        "from stackholder.exports import export\n"
        "from stackholder.errors import StackholderError\n"
        "state = pickle.loads(sys.stdin.buffer.read())\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))\n"
        "try: export(state, sys.argv[1], pathlib.Path(sys.argv[2]))\n"
        "except StackholderError as error: sys.exit(str(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, name, str(out / "state")],
        input=pickle.dumps(state),
        capture_output=True,
        check=False,
    )
    message = done.stderr.decode()
    assert done.returncode == 1, message
    assert message.startswith(f"{out / 'state'}: nothing was exported: ")
    assert "File too large" in message
    assert not list(out.iterdir())


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for 64 KB; skipped where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_leaves_what_was_there(name: str, state: State, tiny_disk: Path) -> None:
    (tiny_disk / "other").write_bytes(bytes(56_000))
    with pytest.raises(StackholderError, match=r"nothing was exported: .*\n  → make room"):
        export(state, name, tiny_disk / "state")
    assert [p.name for p in tiny_disk.iterdir()] == ["other"]


@pytest.mark.parametrize("name", FILES)
def test_a_former_file_is_replaced_through_a_link(name: str, state: State, out: Path) -> None:
    (out / "real").write_text("former")
    (out / "link").symlink_to("real")
    export(state, name, out / "link")
    assert (out / "link").is_symlink()
    assert len((out / "real").read_bytes()) > 1_000


@pytest.mark.parametrize("name", FILES)
def test_a_pipe_is_written_as_it_is(name: str, state: State, out: Path) -> None:
    export(state, name, out / "file")
    os.mkfifo(out / "pipe")
    with (out / "read").open("wb") as read:
        reader = subprocess.Popen(["cat", str(out / "pipe")], stdout=read)
    export(state, name, out / "pipe")
    assert reader.wait(60) == 0
    assert (out / "read").read_bytes() == (out / "file").read_bytes()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_with_anything_else_in_it_is_never_replaced(
    name: str, state: State, out: Path
) -> None:
    export(state, name, out / "state")
    (out / "state/mine.txt").write_text("precious")
    with pytest.raises(UsageError, match="something else lies in this folder"):
        export(state, name, out / "state")
    assert (out / "state/mine.txt").read_text() == "precious"
    (out / "home").mkdir()
    (out / "home/manifest.json").write_text('{"files": "mine.txt"}')
    (out / "home/a").write_text("precious")
    with pytest.raises(UsageError, match="something else lies in this folder"):
        export(state, name, out / "home")


@pytest.mark.parametrize("name", FOLDERS)
def test_an_empty_folder_and_an_earlier_export_are_replaced(
    name: str, state: State, out: Path
) -> None:
    (out / "state").mkdir()
    for _ in range(2):
        export(state, name, out / "state")
        assert [p.name for p in out.iterdir()] == ["state"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_missing_folder_is_named(name: str, state: State, out: Path) -> None:
    with pytest.raises(UsageError, match="there is no such folder"):
        export(state, name, out / "missing/state")


def test_a_file_is_not_taken_for_a_folder_nor_a_folder_for_a_file(state: State, out: Path) -> None:
    (out / "file").write_text("precious")
    with pytest.raises(UsageError, match="this is a file"):
        export(state, "parquet", out / "file")
    with pytest.raises(UsageError, match="this is a folder"):
        export(state, "graphml", out)
    assert (out / "file").read_text() == "precious"


def test_an_unknown_format_is_refused_with_the_known_ones(state: State, out: Path) -> None:
    with pytest.raises(UsageError, match="no format 'gif'") as caught:
        export(state, "gif", out / "state")
    assert all(name in caught.value.hint for name in FORMATS)


def test_exported_files_have_the_rights_that_the_user_gives_new_files(
    state: State, out: Path
) -> None:
    former = os.umask(0o027)
    try:
        export(state, "graphml", out / "file")
        export(state, "parquet", out / "folder")
    finally:
        os.umask(former)
    assert (out / "file").stat().st_mode & 0o777 == 0o640
    assert (out / "folder").stat().st_mode & 0o777 == 0o750


def test_the_list_of_formats_needs_no_heavy_import() -> None:
    program = (
        "import sys; from stackholder.exports import FORMATS\n"
        "print([m for m in ('pyarrow', 'networkx', 'pyoxigraph', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
