#: id: Q15
#: summary: How much do others build on this framework, per project that builds on it directly?
#: description: >
#:   Direct dependents are the frameworks and models that need it, as stated or computed from their packages, required
#:   or optional. Reach adds those that need them, over any number of steps; the framework itself is not counted.
#:   A dependent is external when it is governed by none of the framework's governors; one whose governors are not
#:   known is in neither part of that share. `published` is a count of another, of public repositories.
#: tags: [investor, researcher]
#: params:
#:   framework: {type: entity, kinds: [Framework], example: pytorch, default: "",
#:     about: "what is built on; empty = each"}
#: columns:
#:   - {name: framework, type: entity, unit: ""}
#:   - {name: framework_name, type: string, unit: ""}
#:   - {name: direct, type: integer, unit: "frameworks and models"}
#:   - {name: reach, type: integer, unit: "frameworks and models, over any number of steps"}
#:   - {name: multiplier, type: double, unit: "reach per direct dependent"}
#:   - {name: governed, type: integer, unit: "direct dependents whose governors are known"}
#:   - {name: external, type: integer, unit: "of these, without a governor of the framework"}
#:   - {name: external_share, type: double, unit: "fraction of the governed"}
#:   - {name: packages, type: integer, unit: "packages published"}
#:   - {name: adopters, type: integer, unit: "organisations that are stated to use it"}
#:   - {name: published, type: double, unit: "dependents that somebody else counts, by its own definition, the latest"}
#:   - {name: published_by, type: string, unit: "who counts them, and when"}
#: order: [external desc, reach desc, framework]
#: reading: >
#:   An external share above 0.9 says that others carry the building. The multiplier is null where nothing depends on
#:   it; the share is null where no governor is known. Only what is in this graph is counted: registries know many times
#:   as many, and what depends on it unseen (vendored copies, private code) is missing everywhere.
#: since: "0.1"
"""Multiplier: what others build on a framework."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, listed, percent
from ..measures.reach import reaches
from .view import Found, Measure, Row, View

__all__ = ["answer"]

_BUILT: Final = frozenset({"Framework", "Model"})
_UNCOUNTED: Final = {"published": None, "published_by": None}


def answer(view: View, framework: str) -> Found:
    """One row per framework; without one, those on which anything is built."""
    needs = {
        (r["source"], r["target"])
        for r in view.rows("DEPENDS_ON")
        if r["source_kind"] in _BUILT and r["source"] != r["target"]
    }
    direct: dict[str, set[str]] = collections.defaultdict(set)
    for source, target in needs:
        direct[target].add(source)
    wanted = (
        [framework] if framework else sorted(t for t in direct if view.kinds.get(t) == "Framework")
    )
    reach = reaches(sorted(needs), wanted)
    governors: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("GOVERNS"):
        governors[row["target"]].add(row["source"])
    packages = collections.Counter(
        t for t, _ in {(r["source"], r["target"]) for r in view.rows("PUBLISHES")}
    )
    adopters = collections.Counter(
        t for t, _ in {(r["target"], r["source"]) for r in view.rows("USES")}
    )
    published = _published(view)
    rows = [
        {
            "framework": f,
            "framework_name": view.name(f),
            **_built(direct.get(f, set()), reach.get(f, 0), governors, f),
            "packages": packages[f],
            "adopters": adopters[f],
            **published.get(f, _UNCOUNTED),
        }
        for f in wanted
    ]
    rows.sort(key=lambda r: (-r["external"], -r["reach"], r["framework"]))
    measures = tuple(
        Measure(
            f"external share of {r['framework_name']}",
            r["external_share"],
            "fraction of the direct dependents",
            n=r["governed"],
            coverage=r["governed"] / r["direct"] if r["direct"] else None,
        )
        for r in rows[:3]
    )
    every = sum(k in _BUILT for k in view.kinds.values())
    unknown = (f"what builds on it outside the {every:,} frameworks and models of this graph",)
    return Found(rows, _sentence(rows, framework, every), measures, unknown)


def _published(view: View) -> dict[str, dict[str, Any]]:
    """The latest published count of dependents by framework; of several of one day the greatest."""
    rows = [
        r
        for r in view.rows("COUNTS", "what", "value", "valid_from")
        if r["what"] == "dependents" and r["value"] is not None and r["valid_from"]
    ]
    rows.sort(key=lambda r: (r["valid_from"], r["value"]))
    return {
        r["target"]: {
            "published": r["value"],
            "published_by": f"{view.name(r['source'])}, {r['valid_from']}",
        }
        for r in rows
    }


def _built(
    near: set[str], reach: int, governors: Mapping[str, set[str]], framework: str
) -> dict[str, Any]:
    """Direct dependents, and how many of them nobody of its own governs."""
    own = governors.get(framework, set())
    governed = {d for d in near if own and governors.get(d)}
    external = {d for d in governed if not governors[d] & own}
    return {
        "direct": len(near),
        "reach": reach,
        "multiplier": reach / len(near) if near else None,
        "governed": len(governed),
        "external": len(external),
        "external_share": len(external) / len(governed) if governed else None,
    }


def _sentence(rows: Sequence[Row], framework: str, every: int) -> str:
    if not rows:
        return "Nothing is known to be built on any framework."
    first = rows[0]
    name = first["framework_name"]
    if framework and not first["direct"]:
        return f"Of the {every:,} frameworks and models of this graph none is known to build on {name}."
    if framework:
        lead = (
            f"Of the {every:,} frameworks and models of this graph, {first['reach']} build on {name}, "
            f"{first['direct']} of them directly."
        )
        known = counted(first["governed"], "direct one")
        outside = (
            f"{percent(first['external_share'])} of the {known} whose governors are known are not of its own governors."
            if first["governed"]
            else "Whose they are is not known."
        )
        used = f" {counted(first['adopters'], 'organisation')} say that they use it." * bool(
            first["adopters"]
        )
        counts = ""
        if first["published"]:
            counts = f"{first['published']:,.0f} public dependents of {name} are counted by {first['published_by']}. "
        return f"{counts}{lead} {outside}{used}"
    told = [r for r in rows if r["governed"]]
    if not told:
        return "Of nothing that is built on a framework it is known whose it is."
    tied = [
        r for r in told if (r["external"], r["reach"]) == (told[0]["external"], told[0]["reach"])
    ]
    after = (
        f"{r['framework_name']} ({r['external']} of {r['governed']})" for r in told[len(tied) :]
    )
    then = f"; then {listed(after, 4)}" if len(told) > len(tied) else ""
    of = f"{first['external']} of its {first['governed']} direct dependents in this graph whose governors are known"
    own = f"{of} are not of its own governors"
    if len(tied) > 1:
        verb = "is" if first["external"] == 1 else "are"
        own = f"{counted(first['external'], 'direct dependent')} each that {verb} not of its own governors"
    ranked = sorted(
        (r for r in rows if r["published"]), key=lambda r: (-r["published"], r["framework"])
    )
    largest = (f"{r['framework_name']} {r['published']:,.0f}" for r in ranked)
    public = f" Public dependents as others count them: {listed(largest, 4)}." if ranked else ""
    return f"Others build most on {listed((r['framework_name'] for r in tied), 3)}: {own}{then}.{public}"
