#: id: Q44
#: summary: What does a maker call its model, and what does the licence say?
#: description: >
#:   Per model whose maker's own word is recorded: that word, beside the licences that the model is under, whether the
#:   Open Source Initiative approved one of them, and what they forbid. `over` is true where the maker says open source
#:   and no licence of the model is approved; null where no licence is known.
#: tags: [regulator, researcher]
#: params:
#:   maker: {type: entity, kinds: [Company, Institution], example: databricks, default: "", about: "who made it"}
#: columns:
#:   - {name: model, type: entity, unit: ""}
#:   - {name: model_name, type: string, unit: ""}
#:   - {name: maker_name, type: string, unit: ""}
#:   - {name: label, type: string, unit: "the maker's word"}
#:   - {name: claimed, type: boolean, unit: "the maker says open source"}
#:   - {name: licences, type: string, unit: ""}
#:   - {name: approved, type: boolean, unit: "one of them is approved by the Open Source Initiative"}
#:   - {name: limits, type: string, unit: "what the licences forbid or end"}
#:   - {name: over, type: boolean, unit: "the label says more than the licence"}
#:   - {name: edge, type: edge, unit: ""}
#: order: [over desc, claimed desc, model]
#: reading: >
#:   An approved licence of the weights says nothing of the data and the code behind them: see `openness_gap`.
#: since: "0.3"
"""Labels: the maker's word beside the licence."""

from __future__ import annotations

import collections
from typing import Any, Final

from ..graph.wording import listed
from .view import Found, Measure, View

__all__ = ["answer"]

_DEFINITION: Final = "norm/open-source-definition"


def answer(view: View, maker: str) -> Found:
    """One row per labelled model."""
    makers: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("CREATED"):
        makers[row["target"]].add(row["source"])
    granted: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    for row in view.rows("LICENSED_UNDER"):
        granted[row["source"]].append(row)
    terms = {
        r["id"]: r for r in view.state.nodes("License", ["id", "osi", "restrictions"]).to_pylist()
    }
    rows = []
    for claim in view.rows("SATISFIES", "result", "assessor", "stated"):
        if (claim["source_kind"], claim["target"], claim["assessor"]) != (
            "Model",
            _DEFINITION,
            "self",
        ):
            continue
        model = claim["source"]
        if maker and not any(view.group(o) == view.group(maker) for o in makers[model]):
            continue
        rows.append(_row(view, claim, sorted(makers[model]), granted[model], terms))
    rows.sort(key=lambda r: (r["over"] is not True, not r["claimed"], r["model"]))
    every = view.state.snapshot.nodes.get("Model", 0)
    unknown = (f"no maker's own word is recorded for {every - len(rows)} of {every} models",)
    if not rows:
        return Found([], "No maker's own word is recorded for these models.", (), unknown)
    claimed = [r for r in rows if r["claimed"]]
    over = [r for r in claimed if r["over"]]
    summary = (
        f"{len(over)} of {len(claimed)} models that their makers call open source are under no licence that the Open "
        f"Source Initiative approved"
        + (f": {listed([r['model_name'] for r in over], 6)}." if over else ".")
    )
    measure = Measure("label beyond licence", len(over), "models", n=len(claimed))
    return Found(rows, summary, (measure,), unknown)


def _row(
    view: View,
    claim: dict[str, Any],
    makers: list[str],
    granted: list[dict[str, Any]],
    terms: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    known = [terms[g["target"]] for g in granted if g["target"] in terms]
    approved = any(t["osi"] for t in known) if known else None
    claimed = claim["result"] == "yes"
    limits = sorted({limit for t in known for limit in t["restrictions"] or ()})
    return {
        "model": claim["source"],
        "model_name": view.name(claim["source"]),
        "maker_name": listed([view.name(m) for m in makers]) or None,
        "label": claim["stated"],
        "claimed": claimed,
        "licences": listed([view.name(t["id"]) for t in known]) or None,
        "approved": approved,
        "limits": ", ".join(limits) or None,
        "over": None if approved is None else claimed and not approved,
        "edge": " ".join([claim["key"], *(g["key"] for g in granted)]),
    }
