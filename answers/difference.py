"""What changed between two dates or snapshots: statements, powers, and the paths that opened and closed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ..errors import NotFound, UsageError
from ..graph.home import Home
from ..graph.result import Cell, Column
from ..graph.snapshot import Snapshot
from ..state.derivation import state_at
from ..state.paths import POWER
from ..state.state import State
from .answer import Answer
from .evidence import evidence_of
from .search import day, one

__all__ = ["changed_paths", "differences"]

_SHORTEST_HASH: Final = 4


def differences(
    home: Home,
    before: str,
    after: str,
    *,
    control: bool = False,
    around: str | None = None,
    strengths: Mapping[str, Any] | None = None,
) -> Answer:
    """What changed between two dates or snapshots: one row per statement that was added, ended or changed.

    Args:
        home: Where the graph lies.
        before: A date, `current`, or the beginning of a snapshot's hash.
        after: The same.
        control: Whether the computed powers are compared, and not what sources state: one row per party, thing and
            power that began, ended or has another value.
        around: Only edges at this entity.
        strengths: The parameters of power; None = those of the package.

    Raises:
        NotFound: There is no such snapshot or entity.
        UsageError: It is neither, or the beginning of several hashes.
    """
    old, new = _states(home, before, after, strengths)
    wanted = one(new.snapshot, around).id if around else None
    columns, rows = _powers(old, new, wanted) if control else _statements(old, new, wanted)
    asked = {"before": before, "after": after, "control": control, "around": wanted}
    incomplete = new.snapshot.incomplete_sources
    notes = (f"before: {_named(old)}; after: {_named(new)}",)
    return Answer(
        "diff", new.as_of, new.snapshot.hash, asked, columns, rows, True, incomplete, notes
    )


Rows = tuple[tuple[Column, ...], list[tuple[Cell, ...]]]


def _statements(old: State, new: State, wanted: str | None) -> Rows:
    from ..graph.schema import schema
    from ..state.change import changes

    rows: list[tuple[Cell, ...]] = []
    for change in changes(old, new):
        if schema().relations[change.relation].computed:
            continue
        if wanted in {None, change.source, change.target}:
            told = "; ".join(f"{n}: {a} → {b}" for n, (a, b) in change.properties.items())
            row = (change.what, change.relation, change.source, change.target, told or None)
            rows.append((*row, change.key))
    names = ("what", "relation", "source", "target", "changed")
    return (*(Column(n, "string") for n in names), Column("edge", "edge")), rows


def _powers(old: State, new: State, wanted: str | None) -> Rows:
    """The powers that one of two states has, or that have another value, by power and thing."""
    from ..graph.schema import POWERS
    from ..graph.wording import power_text

    one_side, other_side = _held(old, wanted), _held(new, wanted)
    names = new.names({who[1] for who in one_side.keys() | other_side.keys()})
    rows: list[tuple[Cell, ...]] = []
    for who in sorted(one_side.keys() | other_side.keys(), key=lambda w: (POWERS.index(w[0]), w)):
        power, thing, party, holder = who
        was, now = one_side.get(who), other_side.get(who)
        words = [r and power_text(power, r["low"], r["high"], r["amount"]) for r in (was, now)]
        if words[0] != words[1]:
            what = "began" if was is None else "ended" if now is None else "changed"
            last = now or was or {}
            ends = (party, holder, thing, names[thing])
            rows.append((what, power, *ends, *words, last["reason"], last["basis"]))
    kinds = {"party": "entity", "thing": "entity", "edge": "edge"}
    columns = ("what", "power", "party", "party_name", "thing", "thing_name", "before", "after")
    return tuple(Column(n, kinds.get(n, "string")) for n in (*columns, "why", "edge")), rows


def _held(state: State, wanted: str | None) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """Rows of HAS_POWER by power, thing, party and holder: all, or those at an entity or at those it surely owns."""
    values = ["low", "high", "amount", "reason", "basis"]
    ends = ["source", "target", "power", "holder", "owner", "status"]
    return {
        (row["power"], row["target"], row["source"], row["holder"]): row
        for row in state.edges(POWER, [*ends, *values]).to_pylist()
        if row["status"] == "current"
        and wanted in {None, row["source"], row["target"], row["owner"]}
    }


def changed_paths(
    home: Home,
    before: str,
    after: str,
    *,
    between: tuple[str, str] | None = None,
    max_hops: int = 3,
    strengths: Mapping[str, Any] | None = None,
) -> Answer:
    """The control paths that opened or closed between two dates or snapshots, with the evidence of every hop.

    Args:
        home: Where the graph lies.
        before: A date, `current`, or the beginning of a snapshot's hash.
        after: The same.
        between: Only paths from the one entity to the other; None = all.
        max_hops: Most hops.
        strengths: The parameters of power; None = those of the package.

    Raises:
        NotFound: There is no such snapshot or entity.
        UsageError: It is neither, or the beginning of several hashes.
    """
    from ..graph.wording import counted
    from ..state import paths as control
    from .paths import columns, row_of

    old, new = _states(home, before, after, strengths)
    wanted = between and (one(new.snapshot, between[0]).id, one(new.snapshot, between[1]).id)
    graphs = [control.control_graph(state) for state in (old, new)]
    closed, opened = control.changed_paths(*graphs, max_hops=max_hops, between=wanted)
    names = new.names({n for p in (*opened, *closed) for h in p.hops for n in (h.source, h.target)})
    named = names.__getitem__
    rows = [
        (what, *row_of(path, max_hops, named))
        for what, paths in (("opened", opened), ("closed", closed))
        for path in paths
    ]
    asked = {"before": before, "after": after, "between": wanted, "max_hops": max_hops}
    notes = (
        f"before: {_named(old)}; after: {_named(new)}",
        f"paths of at most {counted(max_hops, 'hop')} over hops that only one of the two has",
    )
    evidence = evidence_of(old, [k for p in closed for k in p.keys])
    evidence |= evidence_of(new, [k for p in opened for k in p.keys])
    summary = f"{counted(len(opened), 'control path')} opened, {len(closed):,} closed."
    if opened or closed:
        verb, first = ("opened", opened[0]) if opened else ("closed", closed[0])
        summary += f" The best that {verb}: {first.describe(named)}."
    return Answer(
        "diff",
        new.as_of,
        new.snapshot.hash,
        asked,
        (Column("what", "string"), *columns(max_hops)),
        rows,
        True,
        new.snapshot.incomplete_sources,
        notes,
        evidence,
        summary=summary,
    )


def _states(
    home: Home, before: str, after: str, strengths: Mapping[str, Any] | None
) -> tuple[State, State]:
    """The two states, the earlier one first.

    Raises:
        UsageError: Of one snapshot, the first is the later one.
    """
    old, new = _state_of(home, before, strengths), _state_of(home, after, strengths)
    same = old.snapshot.hash == new.snapshot.hash
    if same and old.as_of and new.as_of and old.as_of > new.as_of:
        raise UsageError(f"{old.as_of} is after {new.as_of}", hint=f"swap them: {after} {before}")
    return old, new


def _state_of(home: Home, text: str, strengths: Mapping[str, Any] | None) -> State:
    """The state that a date or a snapshot's hash names."""
    if text != "current" and len(text) >= _SHORTEST_HASH and re.fullmatch("[0-9a-f]+", text):
        named = [f for f in sorted(home.snapshots.glob(f"{text}*")) if f.is_dir()]
        if len(named) > 1:
            names = ", ".join(f.name[:12] for f in named)
            raise UsageError(f"{text!r} begins several snapshots", hint=f"one of: {names}")
        if named:
            snapshot = Snapshot.open(named[0])
            return state_at(home, snapshot, snapshot.date, strengths)
        if not text.isdigit():
            kept = ", ".join(f.name[:12] for f in sorted(home.snapshots.glob("[0-9a-f]*")))
            raise NotFound(f"there is no snapshot {text!r}", hint=f"kept: {kept}")
    snapshot = Snapshot.open(home.current_snapshot())
    date = snapshot.date if text == "current" else day(text)
    return state_at(home, snapshot, date, strengths)


def _named(state: State) -> str:
    return f"{state.as_of} of snapshot {state.snapshot.hash[:12]}"
