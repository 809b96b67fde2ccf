#: id: Q20
#: summary: Whose models open code or weights but not data; whose label exceeds the licence?
#: description: >
#:   Per model whose parts are described: its class in the Model Openness Framework (White et al. 2024), the shares of
#:   code, weights and data under an open licence, the partial-openness gap (the better of code and weights, less data),
#:   the licence gap (available but not openly licensed), and whether it is called open source by its maker while a
#:   finding says it is not. Parts whose terms nobody states widen the class to a range. Gaps are measures of this
#:   project's own making.
#: tags: [regulator, researcher]
#: params:
#:   maker: {type: entity, kinds: [Company, Institution], example: mistral-ai, default: "",
#:     about: "who made it; empty = all"}
#: columns:
#:   - {name: model, type: entity, unit: ""}
#:   - {name: model_name, type: string, unit: ""}
#:   - {name: maker_name, type: string, unit: ""}
#:   - {name: openness_class, type: string, unit: "I, II, III, or none"}
#:   - {name: class_at_best, type: string, unit: "if all parts with unknown terms were open"}
#:   - {name: code, type: double, unit: "fraction of 5 parts, open"}
#:   - {name: weights, type: double, unit: "fraction of 2 parts, open"}
#:   - {name: data, type: double, unit: "fraction of 3 parts, open"}
#:   - {name: gap, type: double, unit: "-1 to 1, code or weights less data"}
#:   - {name: licence_gap, type: double, unit: "0 to 1, the widest of code, weights and data"}
#:   - {name: claim_gap, type: boolean, unit: "found not to be open source though its maker says so"}
#:   - {name: missing, type: string, unit: "what keeps it from the next class"}
#: order: [gap desc, model]
#: reading: >
#:   A gap of 0.5 or more opens what can be copied and keeps what it was made of. No class means that something required
#:   is closed or missing, not that nothing is open.
#: since: "0.2"
"""Openness gaps of models."""

from __future__ import annotations

import collections
from typing import Any, Final

from ..graph.wording import listed
from ..measures.openness import Openness, Part, openness
from .view import Found, Measure, Row, View

__all__ = ["answer"]

_STATES: Final[dict[str, Part]] = {
    "yes": "open",
    "partial": "available",
    "unknown": "unknown",
    "no": "absent",
}
_DEFINITIONS: Final = frozenset(
    {"norm/open-source-definition", "norm/open-source-ai-definition-1-0"}
)
_WIDE: Final = 0.5


def answer(view: View, maker: str) -> Found:
    """One row per described model."""
    norms = view.state.nodes("Norm", ["id", "category", "aliases"]).to_pylist()
    component = {
        n["id"]: n["aliases"][0]
        for n in norms
        if n["category"] == "openness_component"
        and n["aliases"]
        and n["id"].startswith("norm/mof-")
    }
    parts: dict[str, dict[str, Part]] = collections.defaultdict(dict)
    keys: dict[str, list[str]] = collections.defaultdict(list)
    refused: set[str] = set()
    claimed: set[str] = set()
    for row in view.rows("SATISFIES", "result", "assessor"):
        if row["source_kind"] != "Model":
            continue
        if row["target"] in component and row["result"]:
            parts[row["source"]][component[row["target"]]] = _STATES[row["result"]]
            keys[row["source"]].append(row["key"])
        elif row["target"] in _DEFINITIONS and row["assessor"] == "self" and row["result"] == "yes":
            claimed.add(row["source"])
        elif row["target"] in _DEFINITIONS and row["result"] == "no":
            refused.add(row["source"])
    makers: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("CREATED"):
        makers[row["target"]].add(row["source"])
    group = view.group(maker) if maker else ""
    wanted = [m for m in parts if not maker or any(view.group(o) == group for o in makers[m])]
    rows: list[dict[str, Any]] = []
    for model in wanted:
        names = listed(sorted(view.name(o) for o in makers[model]))
        claim = model in refused if model in claimed else None
        rows.append(
            {
                "model": model,
                "model_name": view.name(model),
                "maker_name": names or None,
                "claim_gap": claim,
                **_openness(openness(parts[model])),
            }
        )
    rows.sort(key=lambda r: (-r["gap"], r["model"]))
    every = view.state.snapshot.nodes.get("Model", 0)
    unknown = [f"the parts of {every - len(parts)} of {every} models are not described"]
    unknown += (
        ["no maker's own label is recorded for these models"]
        if all(r["claim_gap"] is None for r in rows)
        else []
    )
    if not rows:
        return Found([], "No model of this maker is described part by part.", (), tuple(unknown))
    wide = sum(r["gap"] >= _WIDE for r in rows)
    classes = collections.Counter(r["openness_class"] for r in rows)
    counts = ", ".join(f"class {c}: {classes[c]}" for c in ("I", "II", "III") if classes[c])
    summary = (
        f"{wide} of {len(rows)} described models open code or weights but little data (gap of 0.5 or more); "
        f"{counts or 'none reaches a class'}, unclassified: {classes[None]}."
    )
    measures = (
        Measure("models with a wide gap", wide, "models", n=len(rows), coverage=len(parts) / every),
        Measure("unclassified", classes[None], "models", n=len(rows), coverage=len(parts) / every),
    )
    cited = tuple(k for m in wanted for k in keys[m]) if maker else ()
    return Found(rows, summary, measures, tuple(unknown), cited)


def _openness(model: Openness) -> Row:
    """The columns that say how open a model is."""
    shares, unlicensed = model.open, model.licence_gap
    return {
        "openness_class": model.openness_class,
        "class_at_best": model.class_at_best,
        "code": float(shares.code),
        "weights": float(shares.weights),
        "data": float(shares.data),
        "gap": float(shares.gap),
        "licence_gap": float(max(unlicensed.code, unlicensed.weights, unlicensed.data)),
        "missing": listed(model.missing, 4) or None,
    }
