"""Control paths as an answer: rows, sentence, hops with their evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..errors import UsageError
from ..graph.result import Cell, Column
from ..graph.schema import POWERS
from ..graph.wording import counted, power_text
from ..state.paths import DEFAULT_POWERS, Path, best_paths, control_graph

if TYPE_CHECKING:
    from .answer import Answer
    from .graph import Graph

__all__ = ["columns", "paths_answer", "row_of"]

LEGEND: Final = (
    "decides: on it; works: does its work; squeezes: can withhold what it needs; pays: gives it money; binds: by law "
    "or licence. An interval says what is known, and what it could be at most"
)
MONEY: Final = "pays"
_PARALLEL: Final = 4
"""Paths that are looked for to each that is shown, since several may be one way."""


VERBS: Final = {
    "decides": "decides on",
    "works": "works on",
    "squeezes": "can squeeze",
    "pays": "pays",
    "binds": "binds",
}
"""The powers before what they are power over."""


def columns(hops: int) -> list[Column]:
    """The columns of rows of paths with at most so many hops."""
    return [
        Column("power", "string", "by which it ends"),
        Column("low", "double", "0 to 1, known"),
        Column("high", "double", "0 to 1, at most"),
        Column("amount", "double", "USD, closed or announced"),
        Column("confidence", "double", "of the weakest statement, 0 to 1"),
        Column("hops", "integer"),
        Column("path", "string"),
        *(Column(f"edge_{i + 1}", "edge") for i in range(hops)),
    ]


def row_of(path: Path, hops: int, named: Callable[[str], str]) -> tuple[Cell, ...]:
    """One path as a row of these columns; one that ends in money has its amount, and no interval."""
    keys: list[str | None] = [" ".join(h.keys) for h in path.hops]
    keys += [None] * (hops - len(keys))
    money = path.power == MONEY
    ends = (None, None) if money else (path.low, path.high)
    cells = (path.power, *ends, path.hops[-1].amount, path.confidence, len(path.hops))
    return (*cells, path.describe(named), *keys)


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
    paths = best_paths(
        controls,
        start.id,
        [e.id for e in ends],
        k=_PARALLEL * k,
        max_hops=max_hops,
        powers=asked_powers,
    )
    ways = _ways(paths)
    best, complete = ways[:k], len(ways) <= k and len(paths) < _PARALLEL * k
    reached = {p.hops[-1].target for p in best}
    missed = [e.id for e in ends if e.id not in reached and e.id != start.id]
    for end in missed:
        best += best_paths(controls, start.id, [end], k=1, max_hops=max_hops, powers=asked_powers)
    reached = {p.hops[-1].target for p in best}
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
    if best:
        notes += [f"no path to {names[e]} is known" for e in missed if e not in reached]
    if not complete:
        notes.append(f"the {len(best)} best; there are more: -k {2 * k}")
    asked: dict[str, Any] = {"source": start.id, "targets": [e.id for e in ends]}
    asked |= {"k": k, "max_hops": max_hops, "powers": [*asked_powers]}
    answer = graph.answer(
        "paths", asked, columns(most), rows, complete=complete, explain=explain, notes=notes
    )
    hops = tuple(tuple(_plain(h) for h in p.hops) for p in best)
    every = [*best, *ways[k:]]
    summary = _sentence(every, names.__getitem__, names[start.id], end_names, asked_powers)
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
    every: Sequence[Path],
    named: Callable[[str], str],
    source: str,
    target: str,
    powers: Sequence[str],
) -> str:
    """The best path in a sentence, among all that are known; ties are told as ties."""
    if not every:
        verbs = " or ".join(VERBS[p] for p in powers)
        return f"No path is known by which {source} {verbs} {target}."
    first = every[0]
    alike = sum(_value(p) == _value(first) for p in every)
    lead = "The best known path" if alike == 1 else f"{alike} paths are equally good; one of them"
    if len(every) == 1:
        lead = "The only known path"
    return f"{lead} ({_value(first)}): {first.describe(named)}."


def _value(path: Path) -> str:
    """By which power a path ends, and how much of it arrives."""
    if path.power == MONEY:
        return path.hops[-1].describe()
    return power_text(path.power, path.low, path.high)
