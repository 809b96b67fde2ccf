#: id: Q20
#: summary: Whose models open code or weights but not data; whose label exceeds the licence?
#: description: >
#:   Per model that is described part by part, or that its maker calls open source. Its class in the Model Openness
#:   Framework (White et al. 2024); the shares of code, weights and data under an open licence; the partial-openness gap
#:   (the better of code and weights, less data), which is no keeping of data where the maker names the data sets; the
#:   licence gap (available but not openly licensed). `claim_gap`: its maker calls it open source, and its licence is
#:   not, or a finding says so. Parts whose terms nobody states widen the class to a range. Gaps are measures of this
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
#:   - {name: datasets, type: integer, unit: "data sets that its maker names"}
#:   - {name: claim, type: boolean, unit: "its maker calls it open source; empty: no label is recorded"}
#:   - {name: claim_gap, type: boolean, unit: "and it is not, by its licence or a finding"}
#:   - {name: licences, type: string, unit: ""}
#:   - {name: limits, type: string, unit: "what its mildest licence forbids or ends"}
#:   - {name: missing, type: string, unit: "what keeps it from the next class"}
#: order: [claim_gap desc, datasets, gap desc, model]
#: reading: >
#:   A gap of 0.5 or more opens what can be copied and keeps what it was made of. No class means that something required
#:   is closed or missing, not that nothing is open. Makers choose their words under no common rule: a label is what the
#:   page says. Empty shares: nobody has described its parts.
#: since: "0.2"
"""Openness gaps of models."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import Any, Final

from ..graph.wording import counted, listed
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
_LIMITS: Final = {
    "field_of_use": "some uses forbidden",
    "mau_cap": "cap on users",
    "non_commercial": "no commerce",
    "no_saas": "no service",
    "output_use": "limits on output",
    "termination": "can be ended",
}


def answer(view: View, maker: str) -> Found:
    """One row per model that is described or labelled."""
    labels = _Labels(view)
    makers: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("CREATED"):
        makers[row["target"]].add(row["source"])
    named: dict[str, set[str]] = collections.defaultdict(set)
    for row in view.rows("TRAINED_ON", "disclosed"):
        if row["disclosed"] is not False:
            named[row["source"]].add(row["target"])
    group = view.group(maker) if maker else ""
    every = labels.parts.keys() | labels.claimed.keys()
    wanted = [m for m in every if not maker or any(view.group(o) == group for o in makers[m])]
    rows = [
        {
            "model": model,
            "model_name": view.name(model),
            "maker_name": listed(sorted(view.name(o) for o in makers[model])) or None,
            "datasets": len(named[model]),
            **labels.claim(model),
            **_openness(openness(labels.parts[model]) if model in labels.parts else None),
        }
        for model in wanted
    ]
    rows.sort(
        key=lambda r: (
            not r["claim_gap"],
            bool(r["datasets"]),
            2.0 if r["gap"] is None else -r["gap"],
            r["model"],
        )
    )
    models = view.state.snapshot.nodes.get("Model", 0)
    unknown = [f"the parts of {models - len(labels.parts)} of {models} models are not described"]
    if not any(r["claim"] for r in rows):
        unknown.append("no maker's own label is recorded for these models")
    nothing = "No model of this maker is described part by part, and none is labelled."
    described = [r for r in rows if r["gap"] is not None]
    closed = sum(r["openness_class"] is None for r in described)
    n, coverage = len(described), len(labels.parts) / models if models else None
    beyond, claimed = (sum(r[c] is True for r in rows) for c in ("claim_gap", "claim"))
    keeps = sum(_keeps(r) for r in rows)
    measures = (
        Measure("models that keep their data", keeps, "models", n=n, coverage=coverage),
        Measure("unclassified", closed, "models", n=n, coverage=coverage),
        Measure("labels beyond the licence", beyond, "models", n=claimed),
    )
    cited = tuple(k for m in wanted for k in labels.keys[m]) if maker else ()
    return Found(rows, _summary(rows) if rows else nothing, measures, tuple(unknown), cited)


class _Labels:
    """What is stated of the parts, the labels and the licences of models."""

    def __init__(self, view: View) -> None:
        self.parts: dict[str, dict[str, Part]] = collections.defaultdict(dict)
        self.keys: dict[str, list[str]] = collections.defaultdict(list)
        self.claimed: dict[str, str] = {}
        self._refused: set[str] = set()
        self._licences: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
        self._read_findings(view)
        licences = {r["id"]: r for r in _nodes(view, "License", "name", "osi", "restrictions")}
        for row in view.rows("LICENSED_UNDER"):
            if row["source_kind"] == "Model" and row["target"] in licences:
                self._licences[row["source"]].append(licences[row["target"]])
                self.keys[row["source"]].append(row["key"])

    def _read_findings(self, view: View) -> None:
        norms = _nodes(view, "Norm", "category", "aliases")
        component = {
            n["id"]: n["aliases"][0]
            for n in norms
            if n["category"] == "openness_component"
            and n["aliases"]
            and n["id"].startswith("norm/mof-")
        }
        for row in view.rows("SATISFIES", "result", "assessor"):
            model, own = row["source"], row["assessor"] == "self"
            if row["source_kind"] != "Model":
                continue
            if row["target"] in component and row["result"]:
                self.parts[model][component[row["target"]]] = _STATES[row["result"]]
            elif row["target"] in _DEFINITIONS and own and row["result"] == "yes":
                self.claimed[model] = row["key"]
            elif row["target"] in _DEFINITIONS and row["result"] == "no":
                self._refused.add(model)
            else:
                continue
            self.keys[model].append(row["key"])

    def claim(self, model: str) -> Row:
        """The columns of its label and licence; what no licence or finding tells stays unknown."""
        licences = self._licences[model]
        mildest = min(
            licences, key=lambda r: (not r["osi"], len(r["restrictions"] or ())), default=None
        )
        limits = [_LIMITS[x] for x in (mildest["restrictions"] or ())] if mildest else []
        opened = None if mildest is None else bool(mildest["osi"]) and not limits
        if opened is False and mildest and mildest["osi"] is None and not limits:
            opened = None
        gap = None
        if model in self.claimed:
            gap = True if model in self._refused or opened is False else False if opened else None
        return {
            "claim": True if model in self.claimed else None,
            "claim_gap": gap,
            "licences": listed(sorted({r["name"] for r in licences})) or None,
            "limits": ", ".join(sorted(limits)) or None,
        }


def _nodes(view: View, kind: str, *columns: str) -> list[dict[str, Any]]:
    if kind not in view.state.kinds:
        return []
    return list(view.state.nodes(kind, ["id", *columns]).to_pylist())


def _keeps(row: Row) -> bool:
    """Whether it opens code or weights, and keeps its data: no data open, and no data set named."""
    return row["gap"] is not None and row["gap"] >= _WIDE and not row["datasets"]


def _by_maker(rows: Sequence[Row]) -> str:
    counts = collections.Counter(r["maker_name"] or "maker not known" for r in rows)
    return listed((f"{m} {n}" for m, n in sorted(counts.items(), key=lambda c: (-c[1], c[0]))), 4)


def _summary(rows: Sequence[Row]) -> str:
    """Labels beside licences, then who keeps data, by maker."""
    parts = []
    claimed = [r for r in rows if r["claim"]]
    if claimed:
        beyond = [r for r in claimed if r["claim_gap"]]
        lead = f"Of {counted(len(claimed), 'model')} that their makers call open source"
        named = f": {_by_maker(beyond)}" if beyond else ""
        parts.append(f"{lead}, {len(beyond)} come under licences that are not{named}.")
    described = [r for r in rows if r["gap"] is not None]
    if described:
        keeps = [r for r in described if _keeps(r)]
        classes = collections.Counter(r["openness_class"] for r in described)
        reached = ", ".join(f"class {c}: {classes[c]}" for c in ("I", "II", "III") if classes[c])
        lead = f"{len(keeps)} of {len(described)} described models open code or weights"
        named = f": {_by_maker(keeps)}" if keeps else ""
        classed = f"{reached or 'none reaches a class'}, unclassified: {classes[None]}"
        parts.append(
            f"{lead}, and neither open nor name the data they learned from{named}; {classed}."
        )
    return " ".join(parts)


def _openness(model: Openness | None) -> Row:
    """The columns that say how open a model is; empty where nobody has described its parts."""
    if model is None:
        shares = ("code", "weights", "data", "gap", "licence_gap")
        return dict.fromkeys(("openness_class", "class_at_best", *shares, "missing"))
    own, unlicensed = model.open, model.licence_gap
    return {
        "openness_class": model.openness_class,
        "class_at_best": model.class_at_best,
        "code": float(own.code),
        "weights": float(own.weights),
        "data": float(own.data),
        "gap": float(own.gap),
        "licence_gap": float(max(unlicensed.code, unlicensed.weights, unlicensed.data)),
        "missing": listed(model.missing, 4) or None,
    }
