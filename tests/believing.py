"""Whether answers are believable: what a command gives, beside what those who know the field expect of it."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stackholder.cli import run

__all__ = ["faults", "listed", "rows_of", "text_of"]

Row = Mapping[str, Any]

UNREAD = re.compile(r"(^|_)(why|by|on|source|key|id|edge\d*|edges|keys|weakest|stated_by)$|^edge")
"""Columns that explain or cite: an explanation rightly names what somebody else has, or what is left."""


def rows_of(command: str) -> list[Row]:
    """The rows that a command gives, run in this process on the graph of STACKHOLDER_HOME.

    Raises:
        AssertionError: The command failed; with what it said.
    """
    words = [w for w in shlex.split(command) if w != "stackholder"]
    if "-f" in words:
        place = words.index("-f")
        del words[place : place + 2]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([*words, "--format", "json"])
    if code:
        raise AssertionError(f"{command}: {err.getvalue().strip()}")
    answer = json.loads(out.getvalue())
    for part in ("rows", "statements", "deciders"):
        if part in answer:
            return list(answer[part])
    raise AssertionError(f"{command}: no rows among {', '.join(answer)}")


def text_of(row: Row) -> str:
    """What a reader sees of a row: names and values, without ids, citations and explanations."""
    return " · ".join(_texts(row))


def _texts(value: Any, name: str = "") -> Iterator[str]:
    if value is None or UNREAD.search(name):
        return
    if name == "evidence":
        yield str(value.get("stated") or "")
    elif isinstance(value, Mapping):
        for key, part in value.items():
            named = f"{key}_name" in value or ("name" in value and key == "id")
            if not named:
                yield from _texts(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, name)
    else:
        yield f"{value:.12g}" if isinstance(value, float) else str(value)


def listed(items: str) -> list[str]:
    """Patterns of a cell: separate ones by comma, alternatives of one by a bar, with or without blanks round it."""
    return [re.sub(r"\s*\|\s*", "|", item.strip()) for item in items.split(",") if item.strip()]


def faults(rows: Sequence[Row], first: str, top: str, never: str, most: int = 3) -> list[str]:
    """What is not as expected.

    Args:
        rows: In the order of the answer.
        first: Patterns, one of which the first row must match; "" = any first row.
        top: Patterns, each of which one of the first `most` rows must match.
        never: Patterns that no row may match.
        most: How many rows are the first.
    """
    texts = [text_of(row) for row in rows]
    found = []
    wanted = listed(first)
    if wanted and not (texts and any(re.search(p, texts[0]) for p in wanted)):
        found.append(f"first is {texts[0] if texts else 'nothing'!r}, and not {first}")
    found += [
        f"{pattern} is not among the first {most}"
        for pattern in listed(top)
        if not any(re.search(pattern, text) for text in texts[:most])
    ]
    found += [
        f"{pattern} is there: {text}"
        for pattern in listed(never)
        for text in texts
        if re.search(pattern, text)
    ]
    return found
