"""An audit as a page that fits a terminal: at most 45 lines of 100 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from .findings import Audit, AuditedFramework, Chokepoint, Running

__all__ = ["HEIGHT", "WIDTH", "page", "percent"]

WIDTH: Final = 100
HEIGHT: Final = 45
_CONTROLLERS: Final = 6
_RELICENSORS: Final = 4
_WORKS: Final = 4


def page(audit: Audit) -> str:
    """The page; what does not fit is counted, never dropped in silence."""
    parts = (
        _head(audit),
        _controllers(audit),
        _relicensors(audit),
        _work(audit),
        _where(audit.running),
    )
    lines = [line for part in parts for line in part]
    room = HEIGHT - len(lines) - 2
    lines += _capped("NOT KNOWN", [f"  {u}" for u in audit.unknown], room, "  …")
    return "\n".join(map(_clip, lines)) + "\n"


def percent(bounds: tuple[float, float]) -> str:
    """Two shares as `12–34 %`."""
    low, high = (round(100 * b) for b in bounds)
    return f"{low} %" if low == high else f"{low}–{high} %"


def _head(audit: Audit) -> Iterator[str]:
    yield f"{audit.file.rpartition('/')[2]}, as of {audit.as_of}"
    yield from audit.headline
    named = [f"{r['publisher']} {r['packages']}" for r in audit.publishers if r["publisher"]]
    rest = f"not known {sum(p.publisher_name is None for p in audit.packages)}"
    shown = [_fitting(named, WIDTH - 14 - len(rest)), rest] if named else [rest]
    yield f"Publishers: {', '.join(shown)}"


def _controllers(audit: Audit) -> Iterator[str]:
    yield ""
    yield "WHO CAN STEER IT: best control path to any of its frameworks, strongest first"
    if not audit.controllers:
        yield "  nobody is known: no framework behind the packages is in the graph"
        return
    many = len(audit.frameworks)
    for found in audit.controllers[:_CONTROLLERS]:
        through = " > ".join(found.path[1:])
        reach = f"{len(found.reaches)}/{many}"
        head = f"  {found.strength:.2f}  {'>'.join(found.channels):<9}  {reach:>5}"
        yield f"{head}  {_clip(found.name, 28):<28}  > {_clip(through, 41)}"
    left = len(audit.controllers) - _CONTROLLERS + audit.controllers_left_out
    counted = f"{left:,} more, none stronger; " if left > 0 else ""
    yield f"  {counted}n/{many}: frameworks reached at 0.5 or more; judge by the weakest hop"
    yield "  V vote, G gate, L labour, I infrastructure, M money, R legal, S structural"


def _relicensors(audit: Audit) -> list[str]:
    held: dict[str, list[AuditedFramework]] = {}
    for framework in audit.frameworks:
        for company in framework.relicensors:
            held.setdefault(company, []).append(framework)
    rows = []
    for company, some in sorted(held.items(), key=lambda row: (-len(row[1]), row[0])):
        names = [f.name + _alone(f) for f in some]
        rows.append(f"  {_clip(company, 28):<28}  {_fitting(names, WIDTH - 34)}")
    title = "WHO CAN CHANGE A LICENCE ALONE"
    return _capped(title, rows or ["  no company is known to"], _RELICENSORS, "  …")


def _alone(framework: AuditedFramework) -> str:
    work = framework.work
    if work is None or work.elephant is None:
        return ""
    return f" (elephant factor {_interval(work.elephant)})"


def _interval(bounds: tuple[int, int]) -> str:
    low, high = bounds
    return str(low) if low == high else f"{low}–{high}"


def _work(audit: Audit) -> list[str]:
    rows = []
    for framework in audit.frameworks:
        work = framework.work
        if work is None:
            continue
        elephant = _interval(work.elephant) if work.elephant else "?"
        bus = _interval(work.absence) if work.absence else "?"
        known = f"{work.top} {percent(work.top_share)}" if work.top else "?"
        top = known if work.leads or not work.top else f"not known; most known: {known}"
        rows.append(
            f"  {_clip(framework.name, 28):<28}  {elephant:>8}  {bus:>6}  {work.coverage:>7.0%}"
            f"  {_clip(top, 40)}"
        )
    if not rows:
        return _capped("WHOSE WORK IT IS", ["  no commits are counted: see below"], 1, "")
    heading = f"{'WHOSE WORK IT IS':<30}  elephant     bus  employer"
    second = f"{'':<30}    factor  factor    known  largest employer, share of commits"
    return _capped(heading, [second, *rows], _WORKS + 1, "  …")


def _where(running: Running) -> Iterator[str]:
    yield ""
    yield "WHERE ALL OF IT CAN RUN: chips that every framework supports, in clouds that offer them"
    if not running.needs:
        yield "  none of its frameworks says where it runs"
        return
    chips = [f"{c.name} ({c.tier or '?'})" for c in running.chips]
    yield "  chips      " + (_fitting(chips, WIDTH - 13) if chips else "none is stated for all")
    if running.hosts and running.needs != "cpu":
        yield "  host CPUs  " + _fitting(running.hosts, WIDTH - 13)
    if not running.chips:
        return
    makers = _count(running.makers, "maker")
    operators = _count(running.operators, "operator")
    yield f"  {running.ways} ways, {operators}; {makers}: " + _fitting(running.makers, 60)
    if running.narrowed_by:
        names = _fitting(running.narrowed_by, 46)
        others = _count(running.makers_without, "maker")
        yield f"  narrowed by {names}: {others} without"
    if running.ways:
        owners = [_choke(c) for c in running.chokepoints if c.kind == "owner"]
        parts = [c.names[0] for c in running.chokepoints if c.kind == "part"]
        pairs = [" + ".join(c.names) for c in running.chokepoints if c.kind == "pair"]
        yield "  cut by one owner: " + (_fitting(owners, 80) or "none")
        yield "  by one part: " + (_fitting(parts, 84) or "none")
        yield "  by two owners together: " + (_fitting(pairs, 72) or "none")


def _choke(choke: Chokepoint) -> str:
    return f"{choke.names[0]} (as {choke.role})"


def _count(names: Sequence[str], what: str) -> str:
    return f"{len(names)} {what}" + ("s" if len(names) != 1 else "")


def _capped(title: str, rows: Sequence[str], most: int, more: str) -> list[str]:
    shown = list(rows[:most])
    if len(rows) > most:
        shown[-1] = f"{more} and {len(rows) - most + 1} more"
    return ["", title, *shown]


def _fitting(names: Sequence[str], room: int) -> str:
    """As many names as fit, and how many more there are."""
    text = ""
    for place, name in enumerate(names):
        longer = f"{text}, {name}" if text else name
        left = len(names) - place - 1
        if len(longer) + (len(f" and {left} more") if left else 0) > room:
            return f"{text} and {left + 1} more" if text else _clip(name, room - 12) + " …"
        text = longer
    return text


def _clip(text: str, room: int = WIDTH) -> str:
    """A text in one line, cut where it is too long; nothing that a terminal would obey."""
    plain = "".join(c if c.isprintable() else " " for c in text).rstrip()
    return plain if len(plain) <= room else plain[: room - 1] + "…"
