#: id: Q10
#: summary: If X leaves, relicenses or switches off, what breaks?
#: description: >
#:   Modes. `service_off`: the clouds and processors that X alone provides are gone. `export_ban`: the processors that
#:   it makes are gone. `withdraw`: its people leave the projects; a project is orphaned if the contributor absence
#:   factor of its last twelve months falls below half, or nobody else may merge. `relicense`: what X alone may
#:   relicense changes terms; who can stay on present versions longer than the horizon is not touched. `fork`: X keeps
#:   name and registry, so what it holds the trademark of must be renamed. What needs something that is gone is broken
#:   if it has no alternative, degraded if it has one less. A thing without known needs never breaks. X counts with
#:   all that it surely owns.
#: tags: [regulator, cto, investor]
#: params:
#:   actor: {type: entity, kinds: [Company, Institution], example: nvidia, about: who acts}
#:   mode: {type: string, example: service_off, default: service_off,
#:     about: "service_off, export_ban, withdraw, relicense or fork"}
#:   horizon: {type: integer, example: 12, default: 12, about: months that are looked ahead}
#:   pinned: {type: integer, example: 0, default: 0,
#:     about: "months that users can stay on present versions (relicense)"}
#: columns:
#:   - {name: effect, type: string, unit: "hit, broken or degraded"}
#:   - {name: kind, type: string, unit: ""}
#:   - {name: artefact, type: entity, unit: ""}
#:   - {name: artefact_name, type: string, unit: ""}
#:   - {name: why, type: string, unit: ""}
#: order: [effect, kind, artefact]
#: reading: >
#:   More than 10 % broken is systemic, 1 to 10 % material. Broken means that no way is known, not that none exists:
#:   read it with how complete the alternatives are. Orphaned is not broken.
#: since: "0.2"
"""Blast radius: what an actor's step breaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..errors import UsageError
from ..graph.wording import listed, percent
from ..measures.exit_impact import left_behind
from ..state.contributions import work
from ..state.production import RENTED, Production
from .view import Found, Measure, View

__all__ = ["answer"]

_MODES = ("service_off", "export_ban", "withdraw", "relicense", "fork")
_COUNTED = ("Framework", "Model")
_DONE = {
    "service_off": "switches off its clouds and chips",
    "export_ban": "may not deliver its chips",
    "withdraw": "withdraws its people",
    "relicense": "changes the licence of what it alone may",
    "fork": "keeps name and registry",
}


def answer(view: View, actor: str, mode: str, horizon: int, pinned: int) -> Found:
    """What is hit, broken and degraded; the shares are over frameworks and models."""
    if mode not in _MODES:
        raise UsageError(
            f"{mode!r} is no mode", where="parameter mode", hint=f"one of: {', '.join(_MODES)}"
        )
    group = view.group(actor)
    members = {o for o in view.organisations if view.group(o) == group} | {actor}
    production = view.production
    unknown: list[str] = []
    if mode in {"service_off", "export_ban"}:
        hit = _provided(production, members, chips_only=mode == "export_ban")
    elif mode == "withdraw":
        hit = _orphaned(view, members, unknown)
    else:
        hit = _held(view, members, "relicense" if mode == "relicense" else "trademark")
        if mode == "relicense" and horizon <= pinned:
            hit = {}
            unknown.append(
                f"nothing changes within {horizon} months: users stay on present versions"
            )
    kinds, needs = view.kinds, view.needs
    counted = {i: 1 for i in needs if kinds.get(i) in _COUNTED}
    done = view.network.exposure(hit, counted)
    rows = [("hit", kinds.get(i, ""), i, view.name(i), why) for i, why in hit.items()]
    for effect, some in (("broken", done.broken_artefacts), ("degraded", done.degraded_artefacts)):
        rows += [
            (
                effect,
                kinds.get(i, ""),
                i,
                view.name(i),
                _why(view, needs, i, {*hit, *done.broken_artefacts}),
            )
            for i in some
            if not i.startswith(RENTED) and i not in hit
        ]
    rows.sort(key=lambda r: (("hit", "broken", "degraded").index(r[0]), r[1], r[2]))
    known = len(counted)
    every = sum(k in _COUNTED for k in kinds.values())
    unknown.append(f"what {every - known:,} of {every:,} frameworks and models need is not known")
    word = {"withdraw": "orphaned", "relicense": "exposed", "fork": "to be renamed"}.get(
        mode, "gone"
    )
    broken = [r[3] for r in rows if r[0] == "broken" and r[1] in _COUNTED]
    said = (
        f"If {view.name(actor)} {_DONE[mode]}, this is {word}: {listed(view.name(i) for i in hit)}. "
        f"{percent(done.broken)} of the {known} frameworks and models with known needs break"
        f"{f' ({listed(broken)})' if broken else ''}, {percent(done.degraded)} lose an alternative."
        if hit
        else f"If {view.name(actor)} {_DONE[mode]}, nothing that is known is touched."
    )
    coverage = known / every if every else None
    shares = (("broken", done.broken), ("degraded", done.degraded))
    measures = tuple(
        Measure(
            name,
            None if s is None else float(s),
            "fraction of frameworks and models",
            n=known,
            coverage=coverage,
        )
        for name, s in shares
    )
    return Found(rows, said, measures, tuple(unknown))


def _provided(
    production: Production, members: Collection[str], *, chips_only: bool
) -> dict[str, str]:
    kind = {"Processor"} if chips_only else {"Processor", "CloudPlatform"}
    return {
        thing: "provided by it"
        for thing, some in sorted(production.provided.items())
        if some[0]["target_kind"] in kind and all(r["source"] in members for r in some)
    }


def _held(view: View, members: Collection[str], right: str) -> dict[str, str]:
    """Frameworks over which nobody but the members holds a right."""
    holders: dict[str, set[str]] = {}
    for row in view.rows("GOVERNS", "rights"):
        if row["target_kind"] == "Framework" and right in (row["rights"] or ()):
            holders.setdefault(row["target"], set()).add(row["source"])
    return {
        f: f"alone holds the right: {right}"
        for f, some in sorted(holders.items())
        if some <= set(members)
    }


def _orphaned(view: View, members: Collection[str], unknown: list[str]) -> dict[str, str]:
    hit = _held(view, members, "merge")
    done = work(view.state.snapshot, view.as_of).to_pandas()
    if done.empty:
        unknown.append("no history of commits is loaded, so only rights to merge were looked at")
        return hit
    seen = done["project"].nunique()
    unknown.append(f"histories of commits are loaded for {seen} projects only")
    for project, left in left_behind(done, members).items():
        if left.orphaned:
            after = "nobody" if left.after is None else str(left.after)
            hit[project] = (
                f"half of the work is done by {left.before} persons, without its people by {after}; "
                f"employer unknown for {left.unknown:.0%}"
            )
    return hit


def _why(
    view: View, needs: Mapping[str, Sequence[set[str]]], artefact: str, gone: Collection[str]
) -> str:
    told = []
    for group in needs.get(artefact, ()):
        lost = sorted(view.name(m.removeprefix(RENTED)) for m in group if m in gone)
        if lost:
            left = len(group) - len(lost)
            told.append(f"lost {listed(lost)}; {left} of {len(group)} alternatives left")
    return "; ".join(told)
