"""How the command line says things: data on stdout, everything else on stderr."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from ..answers.answer import Answer
from ..graph.result import Column, Result
from .readable import detail, readable, short

if TYPE_CHECKING:
    from ..answers.graph import Graph
    from ..queries.view import Measure

__all__ = [
    "date_of",
    "default_format",
    "emit",
    "emit_result",
    "emit_rows",
    "proof",
    "say",
    "short",
    "statement",
    "told",
]

_LINE: Final = 100
_WORD: Final = 24
_GAP: Final = 2
_INDENT: Final = 4


def default_format() -> str:
    """A table on a terminal, TSV in a pipe."""
    return "table" if sys.stdout.isatty() else "tsv"


def say(text: str, *, quiet: bool = False) -> None:
    """A remark, on stderr."""
    if not quiet:
        sys.stderr.write(text + "\n")


def emit(answer: Answer, style: str, *, quiet: bool = False, more: str = "--limit") -> None:
    """Prints an answer in one of the formats; notes follow on stderr (in JSON they are part of it).

    Args:
        answer: What was found.
        style: The format.
        quiet: Whether to leave the notes out.
        more: The option that gives more rows.
    """
    if style == "json":
        sys.stdout.write(answer.to_json() + "\n")
        return
    columns: Sequence[Column] = answer.columns
    rows: Sequence[Mapping[str, Any]] = list(answer)
    empty: list[str] = []
    proofs = _proofs(answer) if answer.evidence and style not in {"table", "json"} else None
    if style in {"table", "md"}:
        columns, rows, empty = readable(columns, rows)
    if proofs is not None and style == "ndjson":
        rows = [{**row, "evidence": some} for row, some in zip(rows, proofs, strict=True)]
    elif proofs is not None:
        columns = [*columns, *(Column(f"evidence_{name}", "string") for name in _PROOF)]
        rows = [{**row, **_joined(some)} for row, some in zip(rows, proofs, strict=True)]
    if style == "table" and answer.summary:
        _paragraph(answer.summary)
    narrow = emit_rows(columns, rows, style)
    if style == "table" and answer.evidence:
        _evidence(answer)
    if empty:
        say(f"· empty in every row, not shown: {', '.join(empty)}", quiet=quiet)
    if narrow:
        say(f"· no room for: {', '.join(narrow)} (--format csv has all)", quiet=quiet)
    for measure in answer.measures:
        say(f"· {told(measure)}", quiet=quiet)
    if not answer.rows and not answer.summary:
        say("nothing was found", quiet=quiet)
    if not answer.complete:
        count = "row" if len(answer.rows) == 1 else f"{len(answer.rows)} rows"
        say(f"the first {count}: there are more ({more})", quiet=quiet)
    if answer.incomplete_sources:
        say(
            f"not read in full: {', '.join(answer.incomplete_sources)} (see: stackholder sources)",
            quiet=quiet,
        )
    for note in answer.notes:
        say(f"· {note}", quiet=quiet)
    for unknown in answer.unknown:
        say(f"· not known: {unknown}", quiet=quiet)
    if answer.weakest:
        say(f"· weakest behind it: {_weakest(answer)}", quiet=quiet)
    say(f"· as of {answer.as_of}, snapshot {answer.snapshot[:12]}", quiet=quiet)


def _proofs(answer: Answer) -> list[list[dict[str, Any]]]:
    """Per row, what stands behind it: a value per name of `_PROOF`, dates as exactly as they were stated."""
    places = [i for i, c in enumerate(answer.columns) if c.type == "edge"]
    found = []
    for row in answer.rows:
        keys = dict.fromkeys(k for i in places if row[i] for k in str(row[i]).split())
        known = (answer.evidence[key] for key in keys if key in answer.evidence)
        found.append([{name: value(said) for name, value in _PROOF.items()} for said in known])
    return found


def _joined(proofs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The statements behind a row as columns: their values in one order, so that the nth of each belong together."""
    return {
        f"evidence_{name}": " | ".join(_plain(proof[name]) for proof in proofs) for name in _PROOF
    }


def told(measure: Measure) -> str:
    """A measure in a line: value, interval, cases, coverage."""
    bounds = (
        ""
        if measure.low is measure.high is None
        else f"{short(measure.low)} to {short(measure.high)}"
    )
    if measure.value is None and bounds:
        text = f"{measure.name}: {bounds} ({measure.unit})"
    else:
        text = f"{measure.name}: {short(measure.value)} {measure.unit}" + (
            f", {bounds}" if bounds else ""
        )
    if measure.n is not None:
        text += f", n = {measure.n:,}"
    if measure.coverage is not None:
        text += f", coverage {measure.coverage:.0%}"
    return text


def _weakest(answer: Answer) -> str:
    said = answer.weakest
    where = said.get("url") or ", ".join(said.get("urls", ())) or "computed"
    edge = f"{said['source']} {said['relation']} {said['target']}"
    more = f"; {len(answer.sources)} sources in all" if len(answer.sources) > 1 else ""
    return f"{edge}, confidence {said['confidence']:g} ({where}){more}"


def _paragraph(text: str) -> None:
    """The answer in words, in lines of whole words."""
    console = _console()
    console.print(text, markup=False, width=min(console.width, _LINE))
    console.print()


def emit_rows(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], style: str, about: str = ""
) -> list[str]:
    """Prints rows in one of the formats; `about` is what JSON calls the question.

    Returns:
        The columns for which there was no room.
    """
    names = [c.name for c in columns]
    if style == "ndjson":
        for row in rows:
            sys.stdout.write(json.dumps(dict(row), default=str, ensure_ascii=False) + "\n")
    elif style == "json":
        cells = [tuple(row[n] for n in names) for row in rows]
        sys.stdout.write(Answer(about, None, "", {}, tuple(columns), cells).to_json() + "\n")
    elif style in {"csv", "tsv"}:
        writer = csv.writer(
            sys.stdout, delimiter="," if style == "csv" else "\t", lineterminator="\n"
        )
        writer.writerow(names)
        for row in rows:
            writer.writerow([_plain(row[n]) for n in names])
    elif style == "md":
        sys.stdout.write("| " + " | ".join(names) + " |\n|" + "---|" * len(names) + "\n")
        for row in rows:
            sys.stdout.write(
                "| " + " | ".join(_in_markdown(_cell(row[c.name], c)) for c in columns) + " |\n"
            )
    else:
        return _table(columns, list(rows))
    return []


def emit_result(
    result: Result, style: str, graph: Graph, parameters: Mapping[str, Any], *, quiet: bool = False
) -> None:
    """Prints what a free query gives, streamed where the format allows."""
    if style == "json":
        answer = Answer(
            "query",
            graph.as_of,
            graph.snapshot.hash,
            parameters,
            result.columns,
            result.rows,
            complete=result.complete,
            incomplete_sources=graph.incomplete_sources,
        )
        sys.stdout.write(answer.to_json() + "\n")
        return
    names = result.names
    emit_rows(result.columns, (dict(zip(names, row, strict=True)) for row in result), style)
    if not result.complete:
        say("there are more rows: --limit", quiet=quiet)


_WIDTH: Final = 140
"""Characters of a line where nobody says how many there are."""

_LEAST_WIDTH: Final = 20


def _in_markdown(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _console() -> Any:
    from rich.console import Console

    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Console(no_color=plain, highlight=False, width=_width())


def _width() -> int | None:
    """Characters of a line: of the terminal where it knows them, else as `COLUMNS` says, if that is a sound number."""
    stated = os.environ.get("COLUMNS", "").strip()
    number = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 5 else 0
    if sys.stdout.isatty():
        return None if number or not stated else _WIDTH
    return number if number >= _LEAST_WIDTH else _WIDTH


def _table(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Prints a table. Where its lines do not fit, details give way, and reasons go below their row.

    Returns:
        The names of the details that gave way.
    """
    console = _console()
    room = console.width
    narrow, below = [], []
    if _natural(columns, rows) > room:
        below = [c for c in columns if c.type == "reasons"]
        columns = [c for c in columns if c not in below]
    if _natural(columns, rows) > room and not all(map(detail, columns)):
        narrow = [c.name for c in columns if detail(c)]
        columns = [c for c in columns if not detail(c)]
    cells = [[_cell(row[c.name], c) for c in columns] for row in rows]
    headings = [_heading(c) for c in columns]
    widths = _widths(headings, cells, room - _GAP * len(columns))
    if not below:
        console.print(_grid(columns, headings, widths, cells))
        return narrow
    console.print(_grid(columns, headings, widths, []))
    before: list[str] = []
    for row, texts in zip(rows, cells, strict=True):
        console.print(_grid(columns, None, widths, [texts]))
        reasons = [r for c in below for r in row[c.name] or ()]
        for reason in ["the same"] if reasons == before != [] else reasons:
            console.print(_below(reason))
        before = reasons
    return narrow


def _natural(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> int:
    """The width of a table whose lines are not broken."""
    lines = (max([len(_heading(c)), *(len(_cell(r[c.name], c)) for r in rows)]) for c in columns)
    return sum(lines) + _GAP * len(columns)


def _below(text: str) -> Any:
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(text, style="dim"), (0, 0, 0, _INDENT))


def _grid(
    columns: Sequence[Column],
    headings: Sequence[str] | None,
    widths: Sequence[int],
    cells: Sequence[Sequence[str]],
) -> Any:
    """Cells in columns of given widths; without headings, only the cells."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD,
        header_style="bold",
        show_header=headings is not None,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )
    for column, heading, width in zip(
        columns, headings or [""] * len(columns), widths, strict=True
    ):
        side: Literal["left", "right"] = "right" if column.type in {"double", "integer"} else "left"
        table.add_column(heading, justify=side, overflow="fold", width=width)
    for row in cells:
        table.add_row(*map(Text, row))
    return table


def _heading(column: Column) -> str:
    return column.name.removesuffix("_name").replace("_", " ") or "name"


def _widths(headings: Sequence[str], cells: Sequence[Sequence[str]], room: int) -> list[int]:
    """A width per column: whole words where they fit, whole lines as far as there is room, shared evenly."""
    columns = list(zip(headings, *cells, strict=True))
    words = [max(len(w) for text in texts for w in [*text.split(), ""]) for texts in columns]
    lines = [
        max(len(line) for text in [*heading.split(), *rest] for line in [*text.split("\n"), ""])
        for heading, *rest in columns
    ]
    longest = next((n for n in range(_WORD, 1, -1) if sum(min(w, n) for w in words) <= room), 1)
    widths = [min(w, longest) for w in words]
    wanting = sorted(range(len(columns)), key=lambda i: lines[i] - widths[i])
    for done, place in enumerate(wanting):
        share = max(0, room - sum(widths)) // (len(wanting) - done)
        widths[place] += max(0, min(share, lines[place] - widths[place]))
    return widths


def _evidence(answer: Answer) -> None:
    """Per row and hop: where it comes from."""
    places = [i for i, c in enumerate(answer.columns) if c.type == "edge"]
    console = _console()
    console.print()
    for number, row in enumerate(answer.rows, 1):
        console.print(f"[bold]{number}[/bold]")
        cells = (str(row[i]) for i in places if row[i])
        for key in dict.fromkeys(k for cell in cells for k in cell.split()):
            console.print(
                "  " + statement(answer.evidence.get(key, {})), markup=False, soft_wrap=True
            )


def statement(said: Mapping[str, Any]) -> str:
    """A statement and what stands behind it, in two lines."""
    if not said:
        return "no evidence is stored"
    return f"{said['source']} {said['relation']} {said['target']}{proof(said)}"


def proof(said: Mapping[str, Any]) -> str:
    """What was stated, for when, how, how sure, and where it was read."""
    span = f"{date_of(said, 'valid_from') or '?'} → {date_of(said, 'valid_to') or 'open'}"
    where = said.get("url") or ", ".join(said.get("urls", ())) or "computed"
    stated = f" “{said['stated']}”" if said.get("stated") else ""
    sure = "verified" if said["confidence"] >= 0.97 else "unverified"
    full = "read in full" if said.get("complete") else "SOURCE NOT READ IN FULL"
    return (
        f"{stated}  [{span}] {said['method']}, confidence {said['confidence']:g} ({sure}), {full}"
        f"\n      {where}"
    )


def date_of(said: Mapping[str, Any], field: str) -> str:
    """A date of a statement, as exactly as it was stated; empty where it was not."""
    date, precision = said.get(field), said.get(f"{field}_precision", "day")
    if date is None:
        return ""
    return str(date)[: {"year": 4, "month": 7}.get(precision, 10)]


_PROOF: Final[Mapping[str, Callable[[Mapping[str, Any]], Any]]] = {
    "statement": lambda said: f"{said['source']} {said['relation']} {said['target']}",
    "stated": lambda said: said.get("stated"),
    "valid_from": lambda said: date_of(said, "valid_from"),
    "valid_to": lambda said: date_of(said, "valid_to"),
    "confidence": lambda said: said.get("confidence"),
    "method": lambda said: said.get("method"),
    "status": lambda said: said.get("status"),
    "note": lambda said: said.get("note"),
    "url": lambda said: said.get("url") or " ".join(said.get("urls", ())),
}
"""What is shown of a statement where evidence is a column."""


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ";".join(map(str, value))
    return str(value)


def _cell(value: object, column: Column) -> str:
    """A cell; an absent name is a dash, an absent measure is unknown."""
    if value is None:
        unknown = column.type in {"integer", "boolean", "date"} or (
            column.type == "double" and not column.unit.startswith("USD")
        )
        return "?" if unknown else "–"
    return short(value)
