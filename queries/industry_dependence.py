#: id: Q23
#: summary: Which industries lean on this?
#: description: >
#:   Per industry: its organisations that are known to use anything of the stack, and those of them that use the
#:   artefact itself or something that needs it, over one or two steps. A step is: depends on it (not as an option, and
#:   without an alternative), or runs best there, and as well on nobody else's chips or clouds. What a cloud sells is
#:   not what its customers need. Without an artefact, all that any organisation leans on, over all industries.
#: tags: [regulator, investor]
#: params:
#:   artefact: {type: entity, kinds: [Framework, Model, CloudPlatform, Processor, Dataset, Norm, Package],
#:     example: pytorch, default: "", about: "what might be missing; empty = all"}
#:   least: {type: integer, example: 3, default: 3, about: least adopters of an industry that a share is told of}
#: columns:
#:   - {name: artefact, type: entity, unit: ""}
#:   - {name: artefact_name, type: string, unit: ""}
#:   - {name: industry, type: entity, unit: "empty: over all industries"}
#:   - {name: industry_name, type: string, unit: ""}
#:   - {name: adopters, type: integer, unit: "organisations known to use anything"}
#:   - {name: dependent, type: integer, unit: "of these, organisations that lean on it"}
#:   - {name: direct, type: integer, unit: "of these, organisations that use it itself"}
#:   - {name: industries, type: integer, unit: "industries in which any of them does business"}
#:   - {name: share, type: double, unit: "fraction of the adopters"}
#:   - {name: low, type: double, unit: "fraction, 95 % interval if they were drawn at random"}
#:   - {name: high, type: double, unit: "fraction, 95 % interval"}
#: order: [dependent desc, share desc, artefact, industry]
#: reading: >
#:   Above one half the industry as known leans on it. Adopters are known because they said so, mostly on the pages of
#:   the projects they use: the share is one of those, not of the industry. An industry without known adopters is not
#:   listed.
#: since: "0.1"
"""Industries by what their organisations lean on."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed
from ..measures.chance import wilson
from ..state.strengths import parameters
from .view import Found, Measure, Row, View

__all__ = ["answer"]

_LISTED: Final = frozenset({"Framework", "Model", "Processor", "CloudPlatform"})
_STEPS: Final = 2


def answer(view: View, artefact: str, least: int) -> Found:
    """One row per industry, or per artefact over all industries."""
    uses: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("USES"):
        uses[row["source"]].add(row["target"])
    industries: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("IN_INDUSTRY"):
        if row["source"] in uses:
            industries[row["source"]].add(row["target"])
    needs = _needs(view)
    leans = {
        adopter: _within(some, needs) for adopter, some in uses.items() if adopter in industries
    }
    rows = (
        _by_industry(view, artefact, leans, uses, industries)
        if artefact
        else _by_artefact(view, leans, uses, industries)
    )
    nowhere = len(uses) - len(leans)
    unknown = [f"the industry of {nowhere} of {counted(len(uses), 'adopter')}"] if nowhere else []
    unknown.append("who uses it and has not said so")
    measures = tuple(
        Measure(
            f"{r['industry_name'] or r['artefact_name']}",
            r["share"],
            "fraction of the adopters",
            r["low"],
            r["high"],
            r["adopters"],
        )
        for r in rows[:3]
    )
    name = view.name(artefact) if artefact else ""
    return Found(
        rows, _sentence(name, rows, leans, industries, artefact, least), measures, tuple(unknown)
    )


def _needs(view: View) -> Mapping[str, set[str]]:
    """What each thing leans on by one step."""
    needs: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("DEPENDS_ON", "kind", "group"):
        if row["kind"] != "optional" and row["group"] is None:
            needs[row["source"]].add(row["target"])
    runs: dict[tuple[str, str], dict[str, float]] = collections.defaultdict(dict)
    tiers: Mapping[str, float] = parameters()["tier"]
    for row in view.rows("RUNS_ON", "tier"):
        if row["tier"]:
            runs[row["source"], row["target_kind"]][row["target"]] = tiers[row["tier"]]
    for (source, _), targets in runs.items():
        best = {t for t, worth in targets.items() if worth == max(targets.values())}
        owners = {view.routes.owner(t) for t in best}
        if len(owners) == 1 and None not in owners:
            needs[source] |= best
    return needs


def _within(used: set[str], needs: Mapping[str, set[str]]) -> set[str]:
    """What is used, and what that leans on within two steps."""
    reached, border = set(used), set(used)
    for _ in range(_STEPS):
        border = {t for s in border for t in needs.get(s, ())} - reached
        reached |= border
    return reached


def _row(
    view: View,
    artefact: str,
    industry: str | None,
    every: Sequence[str],
    leans: Mapping[str, set[str]],
    uses: Mapping[str, set[str]],
    industries: Mapping[str, set[str]],
) -> dict[str, Any]:
    dependent = [a for a in every if artefact in leans[a]]
    low, high = wilson(len(dependent), len(every))
    return {
        "artefact": artefact,
        "artefact_name": view.name(artefact),
        "industry": industry,
        "industry_name": view.name(industry) if industry else None,
        "adopters": len(every),
        "dependent": len(dependent),
        "direct": sum(artefact in uses[a] for a in dependent),
        "industries": len({i for a in dependent for i in industries[a]}),
        "share": len(dependent) / len(every),
        "low": low,
        "high": high,
    }


def _by_industry(
    view: View,
    artefact: str,
    leans: Mapping[str, set[str]],
    uses: Mapping[str, set[str]],
    industries: Mapping[str, set[str]],
) -> list[dict[str, Any]]:
    members: dict[str, list[str]] = collections.defaultdict(list)
    for adopter in leans:
        for industry in industries[adopter]:
            members[industry].append(adopter)
    rows = [
        _row(view, artefact, industry, every, leans, uses, industries)
        for industry, every in members.items()
    ]
    return sorted(rows, key=lambda r: (-r["dependent"], -r["share"], r["industry"]))


def _by_artefact(
    view: View,
    leans: Mapping[str, set[str]],
    uses: Mapping[str, set[str]],
    industries: Mapping[str, set[str]],
) -> list[dict[str, Any]]:
    things = sorted({t for some in leans.values() for t in some if view.kinds.get(t) in _LISTED})
    every = sorted(leans)
    rows = [_row(view, thing, None, every, leans, uses, industries) for thing in things]
    return sorted(rows, key=lambda r: (-r["dependent"], -r["direct"], r["artefact"]))


def _leant(rows: Sequence[Row]) -> str:
    """What most lean on, and how many; the same number is told as a tie."""
    first = [r for r in rows if r["dependent"] == rows[0]["dependent"]]
    after = (f"{r['artefact_name']} ({r['dependent']})" for r in rows[len(first) :])
    each = " each" if len(first) > 1 else ""
    return f"{listed((r['artefact_name'] for r in first), 3)} ({rows[0]['dependent']}{each}); then {listed(after, 3)}"


def _sentence(
    name: str,
    rows: Sequence[Row],
    leans: Mapping[str, set[str]],
    industries: Mapping[str, set[str]],
    artefact: str,
    least: int,
) -> str:
    if not rows:
        return "No organisation with a known industry is stated to use anything of the stack."
    every = f"{len(leans)} organisations"
    stated = "that are stated to use anything of the stack"
    if not artefact:
        used = sorted(rows, key=lambda r: (-r["direct"], r["artefact"]))
        named = (
            f"{r['artefact_name']} ({r['direct']} in {counted(r['industries'], 'industry')})"
            for r in used
        )
        known = len({i for a in leans for i in industries[a]})
        return (
            f"{every} of {known} industries are stated to use anything of the stack, most often {listed(named, 4)}. "
            f"With what that needs, they lean most on {_leant(rows)}."
        )
    total = sum(artefact in some for some in leans.values())
    if not total:
        return f"None of the {every} {stated} is known to lean on {name}."
    lead = f"{total} of {every} {stated} lean on {name}, directly or by what they use"
    enough = [r for r in rows if r["adopters"] >= least and r["dependent"]]
    if not enough:
        return f"{lead}; no industry has {least} known adopters or more."
    shown = (f"{r['industry_name']} ({r['dependent']} of {r['adopters']})" for r in enough)
    return f"{lead}: most of {listed(shown, 4)}."
