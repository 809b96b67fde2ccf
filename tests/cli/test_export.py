"""`stackholder export`: it writes what the room `exports` can write, and knows no list of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import ShellComplete
from stackholder import exports
from stackholder.cli import stackholder
from stackholder.exports import FORMATS

Cli = Callable[..., Any]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_of_exports_is_written_by_the_command(
    cli: Cli, tmp_path: Path, form: str
) -> None:
    target = tmp_path / f"out{FORMATS[form].suffix}"
    written = cli("export", form, target, "--around", "vllm")
    assert written.code == 0, written.err
    assert written.out.startswith(f"{target}: ")
    assert target.is_dir() == FORMATS[form].folder
    assert target.is_dir() or target.stat().st_size > 0


def test_a_format_that_is_added_to_exports_is_a_format_of_the_command(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("export", "another", tmp_path / "out.json").code == 2
    monkeypatch.setattr(exports, "FORMATS", {**FORMATS, "another": FORMATS["node-link"]})
    written = cli("export", "another", tmp_path / "out.json", "--around", "vllm")
    assert written.code == 0, written.err
    assert "'another'" in cli("export", "nothing", tmp_path / "out.json").err


def test_a_shell_completes_the_formats() -> None:
    complete = ShellComplete(stackholder, {}, "stackholder", "_STACKHOLDER_COMPLETE")
    offered = [item.value for item in complete.get_completions(["export"], "n")]
    assert offered == [form for form in FORMATS if form.startswith("n")]
