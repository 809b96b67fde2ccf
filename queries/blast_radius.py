#: id: Q10
#: summary: If X leaves, relicenses or switches off, what breaks?
#: description: >
#:   Modes. `service_off`: everything that X alone provides is gone: its clouds and services, the chips it makes or is
#:   the sole supplier of, software, models and data under its terms that are not open. `export_ban`: the processors
#:   that it makes are gone. `withdraw`: its people leave the projects; a project is orphaned if the contributor absence
#:   factor of its last twelve months falls below half, or nobody else may merge. `relicense`: what X alone may
#:   relicense changes terms; who can stay on present versions longer than the horizon is not touched. `fork`: X keeps
#:   name and registry, so what it holds the trademark of must be renamed. Broken: no known way is left. Degraded: the
#:   best way left is worse, or what it rests on was hit. A published version under an open licence stays. X counts with
#:   what it surely owns, and not with who owns it.
#: tags: [regulator, cto, investor]
#: params:
#:   actor: {type: entity, kinds: [Company, Institution], example: nvidia, default: "",
#:     about: "who acts; empty = each, by what breaks and is worse"}
#:   mode: {type: string, example: service_off, default: service_off,
#:     choices: [service_off, export_ban, withdraw, relicense, fork],
#:     about: "service_off, export_ban, withdraw, relicense or fork"}
#:   horizon: {type: integer, example: 12, default: 12, least: 0, about: months that are looked ahead}
#:   pinned: {type: integer, example: 0, default: 0, least: 0,
#:     about: "months that users can stay on present versions (relicense)"}
#: columns:
#:   - {name: actor, type: entity, unit: ""}
#:   - {name: actor_name, type: string, unit: ""}
#:   - {name: effect, type: string, unit: "hit, broken or degraded; total: of one actor, where all are asked"}
#:   - {name: kind, type: string, unit: ""}
#:   - {name: artefact, type: entity, unit: ""}
#:   - {name: artefact_name, type: string, unit: ""}
#:   - {name: left, type: double, unit: "0 to 1, best way left by best way before"}
#:   - {name: broken, type: double, unit: "fraction of the frameworks and models, of a total"}
#:   - {name: degraded, type: double, unit: "fraction of the frameworks and models, of a total"}
#:   - {name: why, type: string, unit: ""}
#:   - {name: edge, type: edge, unit: ""}
#: order: [broken desc, degraded desc, effect, left, kind, artefact]
#: reading: >
#:   More than 10 % broken is systemic, 1 to 10 % material. Broken means that no way is known, not that none exists:
#:   read it with how complete the alternatives are. A supplier that stops delivers no new chips: those in use run on.
#:   Orphaned is not broken.
#: since: "0.2"
"""Blast radius: what an actor's step breaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from ..graph.wording import listed, percent
from ..measures.deciding import NONE
from ..measures.exit_impact import left_behind
from ..measures.removal import Retained
from ..state.contributions import work
from ..state.needs import ACCESS, SUPPLY
from ..state.squeezing import Explanation
from .holders import ORGANISATIONS, Holders
from .view import Found, Measure, View

__all__ = ["answer"]

_COUNTED: Final = ("Framework", "Model")
_DIRECT: Final = frozenset(
    {
        *(
            "maker",
            "operator",
            "licence",
            "parent licence",
            "access",
            "exclusive offer",
            "supplier",
        ),
        *("fabrication", "memory", "packaging", "lithography", "design_ip", "assembly"),
    }
)
_STEPS: Final = {
    "service_off": "switches off what it provides",
    "export_ban": "may not deliver its chips",
    "withdraw": "withdraws its people",
    "relicense": "changes the licence of what it alone may",
    "fork": "keeps name and registry",
}
_WORDS: Final = {"withdraw": "orphaned", "relicense": "exposed", "fork": "to be renamed"}
_EFFECTS: Final = ("hit", "broken", "degraded")


def answer(view: View, actor: str, mode: str, horizon: int, pinned: int) -> Found:
    """What is hit, broken and degraded; the shares are over frameworks and models."""
    if not actor:
        return _of_all(view, mode, horizon, pinned)
    members = view.owned_by(actor)
    unknown: list[str] = []
    if mode in {"service_off", "export_ban"}:
        rows = _gone(view, members, chips_only=mode == "export_ban")
    else:
        rows = _hit_projects(view, members, mode, horizon, pinned, unknown)
    rows.sort(
        key=lambda r: (_EFFECTS.index(r["effect"]), r["left"] or 0.0, r["kind"], r["artefact"])
    )
    for row in rows:
        row |= {"actor": actor, "actor_name": view.name(actor), "broken": None, "degraded": None}
    total, every = _known(view)
    unknown.append(_not_known(total, every))
    shares = {effect: _share(rows, effect, total) for effect in ("broken", "degraded")}
    measures = tuple(
        Measure(
            effect,
            share,
            "fraction of frameworks and models with known needs",
            n=total,
            coverage=total / every if every else None,
        )
        for effect, share in shares.items()
    )
    summary = _sentence(view.name(actor), mode, rows, shares, total)
    return Found(rows, summary, measures, tuple(unknown))


def _known(view: View) -> tuple[int, int]:
    """How many frameworks and models have known needs, of how many."""
    known = sum(view.kinds.get(i) in _COUNTED for i in view.production.needs)
    return known, sum(k in _COUNTED for k in view.kinds.values())


def _not_known(total: int, every: int) -> str:
    return f"what {every - total:,} of {every:,} frameworks and models need is not known"


def _of_all(view: View, mode: str, horizon: int, pinned: int) -> Found:
    """A row per actor whose step touches anything, the widest first."""
    holders = Holders(view)
    actors = {
        holders.firm(p) for p in view.production.parties if view.kinds.get(p) in ORGANISATIONS
    }
    if mode not in {"service_off", "export_ban"}:
        governs = {r["source"] for r in view.rows("GOVERNS") if r["target_kind"] == "Framework"}
        actors = {holders.firm(p) for p in governs if view.kinds.get(p) in ORGANISATIONS}
    total, every = _known(view)
    base = every if mode in _WORDS else total
    rows: list[dict[str, Any]] = []
    unknown: list[str] = []
    for actor in sorted(actors):
        members = view.owned_by(actor)
        if mode in {"service_off", "export_ban"}:
            touched = _gone(view, members, chips_only=mode == "export_ban")
        else:
            touched = _hit_projects(view, members, mode, horizon, pinned, unknown)
        things = [r for r in touched if r["kind"] in _COUNTED]
        hit = [r for r in things if _is(r, "broken") or (mode in _WORDS and r["effect"] == "hit")]
        worse = {r["artefact"] for r in things if r["effect"] == "degraded"}
        names = sorted({r["artefact_name"] for r in hit})
        if not hit and not worse:
            continue
        rows.append(
            {
                **_row(view, "total", "", None, listed(names, 4) or "nothing breaks", ()),
                "artefact": None,
                "artefact_name": None,
                "kind": view.kinds.get(actor, ""),
                "actor": actor,
                "actor_name": view.name(actor),
                "broken": len(names) / base if base else None,
                "degraded": len(worse) / base if base else None,
            }
        )
    rows.sort(key=lambda r: (-(r["broken"] or 0.0), -(r["degraded"] or 0.0), r["actor"]))
    unknown = list(dict.fromkeys(unknown))
    unknown += [] if mode in _WORDS else [_not_known(total, every)]
    return Found(rows, _all_told(rows, mode, base), (), tuple(unknown))


def _all_told(rows: list[dict[str, Any]], mode: str, total: int) -> str:
    """Whose step reaches furthest; the same reach is told as a tie."""
    if not rows:
        return f"Of nobody it is known that anything is touched if it {_STEPS[mode]}."
    lead = rows[0]
    first = [r for r in rows if (r["broken"], r["degraded"]) == (lead["broken"], lead["degraded"])]
    counted_things = f"{total} frameworks and models" + (
        "" if mode in _WORDS else " with known needs"
    )
    verb = f"are {_WORDS[mode]}" if mode in _WORDS else "break"
    worse = "rest on them" if mode in _WORDS else "have a worse way left"
    after = (
        f"{r['actor_name']} ({percent(r['broken'])}, {percent(r['degraded'])})"
        for r in rows[len(first) :]
    )
    more = f"; then {listed(after, 4)}" if len(rows) > len(first) else ""
    names = listed((r["actor_name"] for r in first), 3)
    return (
        f"If {names} {_STEPS[mode]}, {percent(lead['broken'])} of the {counted_things} {verb} and "
        f"{percent(lead['degraded'])} {worse}, the most of all{more}."
    )


def _share(rows: list[dict[str, Any]], effect: str, total: int) -> float | None:
    """Part of the frameworks and models; what is hit because it is withheld is broken as well."""
    if not total:
        return None
    hit = {r["artefact"] for r in rows if r["kind"] in _COUNTED and _is(r, effect)}
    return len(hit) / total


def _is(row: Mapping[str, Any], effect: str) -> bool:
    return bool(
        row["effect"] == effect
        or (effect == "broken" and row["effect"] == "hit" and row["left"] == 0)
    )


def _gone(view: View, members: Collection[str], *, chips_only: bool) -> list[dict[str, Any]]:
    """What is worse off when all that the members alone provide is gone."""
    production = view.production
    chips = {
        t
        for t, makers in production.makers.items()
        if makers <= set(members) and view.kinds.get(t) == "Processor"
    }
    gone = chips if chips_only else set(members)
    left = view.removal.retained(gone)
    explain = Explanation(production, view.removal, view.name)
    rows = []
    for thing, rest in left.items():
        target = thing.removeprefix(SUPPLY)
        if thing.startswith(ACCESS) or target in members or (thing in gone and not chips_only):
            continue
        if thing in gone:
            rows.append(_row(view, "hit", thing, 0.0, "made by it", ()))
            continue
        squeeze = explain.squeeze("", target, thing, NONE, left)
        direct = _direct(view, thing, rest, left)
        effect = "hit" if direct else "broken" if rest.share == 0 else "degraded"
        rows.append(_row(view, effect, target, rest.share, squeeze.words, squeeze.keys))
        if direct and rest.share == 0 and view.kinds.get(target) in _COUNTED:
            rows.append(_row(view, "broken", target, 0.0, squeeze.words, squeeze.keys))
    return rows


def _direct(view: View, thing: str, rest: Retained, left: Mapping[str, Retained]) -> bool:
    """Whether the actor itself withholds it, and not something between the two."""
    if rest.group is None:
        return False
    group = view.removal.group(rest.group)
    if group.about not in _DIRECT:
        return False
    return any(
        m in left and (left[m].group is None or _itself(view, m, left)) for m in group.members
    )


def _itself(view: View, member: str, left: Mapping[str, Retained]) -> bool:
    """Whether a supplier is gone itself, and not for want of its own suppliers."""
    number = left[member].group
    return (
        member.startswith(SUPPLY)
        and number is not None
        and view.removal.group(number).about == "supplier"
    )


def _row(
    view: View, effect: str, thing: str, left: float | None, why: str, keys: Collection[str]
) -> dict[str, Any]:
    return {
        "effect": effect,
        "kind": view.kinds.get(thing, ""),
        "artefact": thing,
        "artefact_name": view.name(thing),
        "left": left,
        "why": why,
        "edge": " ".join(keys) or None,
    }


def _hit_projects(
    view: View, members: Collection[str], mode: str, horizon: int, pinned: int, unknown: list[str]
) -> list[dict[str, Any]]:
    """Projects that the step touches, and what rests on them: it goes on, with what is out."""
    if mode == "withdraw":
        hit = _orphaned(view, members, unknown)
    else:
        hit = _held(view, members, "relicense" if mode == "relicense" else "trademark")
        if mode == "relicense" and horizon <= pinned:
            hit = {}
            unknown.append(
                f"nothing changes within {horizon} months: users stay on present versions"
            )
    rows = [_row(view, "hit", project, None, why, keys) for project, (why, keys) in hit.items()]
    for row in view.rows("DEPENDS_ON", "kind", "condition"):
        needed = row["kind"] != "optional" and row["condition"] is None
        if (
            needed
            and row["target"] in hit
            and row["source"] not in hit
            and row["source_kind"] in _COUNTED
        ):
            why = f"rests on {view.name(row['target'])}"
            rows.append(_row(view, "degraded", row["source"], None, why, (row["key"],)))
    return list({(r["effect"], r["artefact"]): r for r in rows}.values())


def _held(view: View, members: Collection[str], right: str) -> dict[str, tuple[str, list[str]]]:
    """Frameworks over which nobody but the members holds a right."""
    holders: dict[str, set[str]] = {}
    keys: dict[str, list[str]] = {}
    for row in view.rows("GOVERNS", "rights"):
        if row["target_kind"] == "Framework" and right in (row["rights"] or ()):
            holders.setdefault(row["target"], set()).add(row["source"])
            keys.setdefault(row["target"], []).append(row["key"])
    return {
        f: (f"it alone holds the right: {right}", keys[f])
        for f, some in sorted(holders.items())
        if some <= set(members)
    }


def _orphaned(
    view: View, members: Collection[str], unknown: list[str]
) -> dict[str, tuple[str, list[str]]]:
    hit = _held(view, members, "merge")
    done = work(view.state.snapshot, view.as_of).to_pandas()
    if done.empty:
        unknown.append("no history of commits is loaded, so only rights to merge were looked at")
        return hit
    unknown.append(f"histories of commits are loaded for {done['project'].nunique()} projects only")
    for project, left in left_behind(done, members).items():
        if left.orphaned:
            after = "nobody" if left.after is None else str(left.after)
            why = (
                f"half of the work is done by {left.before} persons, without its people by {after}; "
                f"employer unknown for {left.unknown:.0%}"
            )
            hit[project] = (why, [])
    return hit


def _sentence(
    name: str,
    mode: str,
    rows: list[dict[str, Any]],
    shares: Mapping[str, float | None],
    total: int,
) -> str:
    if not rows:
        return f"If {name} {_STEPS[mode]}, nothing that is known is touched."
    hit = [r["artefact_name"] for r in rows if r["effect"] == "hit"]
    broken = [r["artefact_name"] for r in rows if r["effect"] == "broken" and r["kind"] in _COUNTED]
    parts = []
    if mode not in _WORDS:
        names = f" ({listed(broken, 6)})" if broken else ""
        parts.append(
            f"If {name} {_STEPS[mode]}, {percent(shares['broken'])} of the {total} frameworks and models with known "
            f"needs break{names}; {percent(shares['degraded'])} have a worse way left."
        )
        if hit:
            parts.append(f"Gone with it: {listed(hit, 5)}.")
        return " ".join(parts)
    parts.append(f"If {name} {_STEPS[mode]}, {len(hit)} are {_WORDS[mode]}: {listed(hit, 5)}.")
    rest = sum(r["effect"] == "degraded" for r in rows)
    parts.append(f"{rest} rest on them; what is published stays.")
    return " ".join(parts)
