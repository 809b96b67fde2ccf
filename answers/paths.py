"""Control paths as an answer: rows, sentence, hops with their evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..errors import UsageError
from ..graph.result import Cell, Column
from ..graph.schema import POWERS
from ..graph.wording import counted, interval_text
from ..state.paths import DEFAULT_POWERS, Path, best_paths, control_graph

if TYPE_CHECKING:
    from .answer import Answer
    from .graph import Graph

__all__ = ["columns", "paths_answer", "row_of"]

LEGEND: Final = (
    "decides: on it; works: does its work; squeezes: can withhold what it needs; pays: gives it money; binds: by law "
    "or licence. An interval says what is known, and what it could be at most"
)
_PARALLEL: Final = 4
"""Paths that are looked for to each that is shown, since several may be one way."""


def columns(hops: int) -> list[Column]:
    """The columns of rows of paths with at most so many hops."""
    return [
        Column("power", "string", "by which it ends"),
        Column("low", "double", "what is known, 0 to 1"),
        Column("high", "double", "what it could be at most, 0 to 1"),
        Column("confidence", "double", "of the weakest statement, 0 to 1"),
        Column("hops", "integer"),
        Column("path", "string"),
        *(Column(f"edge_{i + 1}", "edge") for i in range(hops)),
    ]


def row_of(path: Path, hops: int, named: Callable[[str], str]) -> tuple[Cell, ...]:
    """One path as a row of these columns."""
    keys: list[str | None] = [" ".join(h.keys) for h in path.hops]
    keys += [None] * (hops - len(keys))
    told = (path.power, path.low, path.high, path.confidence, len(path.hops))
    return (*told, path.describe(named), *keys)


def paths_answer(
    graph: Graph,
    source: str,
    targets: Sequence[str],
    k: int,
    max_hops: int,
    powers: Sequence[str],
    *,
    explain: bool,
) -> Answer:
    """The k best control paths; see `Graph.paths`."""
    for power in powers:
        if power not in POWERS:
            hint = f"one of: {', '.join(POWERS)}"
            raise UsageError(f"{power!r} is no power", where="parameter powers", hint=hint)
    start = graph.find_one(source)
    ends = [graph.find_one(t) for t in targets]
    asked_powers = tuple(powers) or DEFAULT_POWERS
    controls = control_graph(graph.state, asked_powers)
    found = best_paths(
        controls,
        start.id,
        [e.id for e in ends],
        k=_PARALLEL * k,
        max_hops=max_hops,
        powers=asked_powers,
    )
    ways = _ways(found)
    best, complete = ways[:k], len(ways) <= k and len(found) < _PARALLEL * k
    between = {n for p in best for hop in p.hops for n in (hop.source, hop.target)}
    names = graph.state.names({start.id, *(e.id for e in ends)} | between)
    most = max((len(p.hops) for p in best), default=0)
    rows = [row_of(p, most, names.__getitem__) for p in best]
    end_names = " or ".join(names[e.id] for e in ends)
    notes = [
        f"paths of at most {counted(max_hops, 'hop')}: any number that decide, then at most one that "
        f"{' or '.join(asked_powers)}",
        LEGEND,
    ]
    if not complete:
        notes.append(f"the {len(best)} best; there are more: -k {2 * k}")
    asked: dict[str, Any] = {"source": start.id, "targets": [e.id for e in ends]}
    asked |= {"k": k, "max_hops": max_hops, "powers": [*asked_powers]}
    answer = graph.answer(
        "paths", asked, columns(most), rows, complete=complete, explain=explain, notes=notes
    )
    hops = tuple(tuple(_plain(h) for h in p.hops) for p in best)
    summary = _sentence(best, names.__getitem__, names[start.id], end_names, asked_powers)
    return dataclasses.replace(answer, hops=hops, names=names, summary=summary)


def _ways(paths: Sequence[Path]) -> list[Path]:
    """The best path of each way: those over the same stations by the same powers are one."""
    best: dict[tuple[tuple[str, str, str], ...], Path] = {}
    for path in paths:
        best.setdefault(tuple((h.source, h.target, h.power) for h in path.hops), path)
    return list(best.values())


def _plain(hop: Any) -> dict[str, Any]:
    row: dict[str, Any] = dataclasses.asdict(hop)
    return {**row, "keys": list(row["keys"]), "label": hop.describe()}


def _sentence(
    best: Sequence[Path],
    named: Callable[[str], str],
    source: str,
    target: str,
    powers: Sequence[str],
) -> str:
    """The best path in a sentence; ties are told as ties."""
    if not best:
        return f"No path is known by which {source} {' or '.join(powers)} on {target}."
    first = best[0]
    value = (round(first.low, 9), round(first.high, 9), first.power)
    alike = sum((round(p.low, 9), round(p.high, 9), p.power) == value for p in best)
    ends = interval_text(first.low, first.high)
    lead = "The best known path" if alike == 1 else f"{alike} paths are equally good; one of them"
    if len(best) == 1:
        lead = "The only known path"
    return f"{lead} ({first.power}, {ends}): {first.describe(named)}."
