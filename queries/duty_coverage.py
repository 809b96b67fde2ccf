#: id: Q21
#: summary: Which duties and indicators are met, and which fall away because it is open?
#: description: >
#:   Per organisation or model and set of norms (legal duties that bind it, indicators it was assessed on): how many are
#:   met, as an interval, where what is partly met or unknown may be met. The score of a whole index is shown, and
#:   counts as no indicator. A duty that a source states to be lifted is counted apart (for open models Art. 53(2) of
#:   Regulation (EU) 2024/1689 lifts Art. 53(1)(a) and (b), unless the risk is systemic).
#: tags: [regulator]
#: params:
#:   subject: {type: entity, kinds: [Company, Institution, Model], example: openai, default: "",
#:     about: "who is bound; empty = all"}
#: columns:
#:   - {name: subject, type: entity, unit: ""}
#:   - {name: subject_name, type: string, unit: ""}
#:   - {name: set, type: string, unit: "legal_duty or index_indicator"}
#:   - {name: applicable, type: integer, unit: "norms that apply"}
#:   - {name: met, type: integer, unit: "norms"}
#:   - {name: not_met, type: integer, unit: "norms"}
#:   - {name: open, type: integer, unit: "norms partly met or not assessed"}
#:   - {name: lifted, type: integer, unit: "norms that fall away"}
#:   - {name: low, type: double, unit: "fraction of the applicable"}
#:   - {name: high, type: double, unit: "fraction of the applicable"}
#:   - {name: scores, type: string, unit: "stated scores of whole indices"}
#: order: [set, low, subject]
#: reading: >
#:   A lower end below one half says that most duties are not known to be met, not that they are broken. Indicators are
#:   no law.
#: since: "0.2"
"""Duty coverage of organisations and models."""

from __future__ import annotations

import collections
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from ..graph.wording import percent
from ..measures.duties import Finding, duty_coverage
from .view import Found, Measure, Row, View, number

__all__ = ["answer"]

_PLURAL: Final = {"legal_duty": "legal duties", "index_indicator": "indicators"}
_RANK: Final[dict[Finding, int]] = {"unknown": 0, "partial": 1, "no": 2, "yes": 3}


def answer(view: View, subject: str) -> Found:
    """One row per subject and set of norms."""
    category = {
        n["id"]: n["category"] for n in view.state.nodes("Norm", ["id", "category"]).to_pylist()
    }
    findings: dict[tuple[str, str], dict[str, Finding]] = collections.defaultdict(dict)
    lifted: dict[tuple[str, str], set[str]] = collections.defaultdict(set)
    scores: dict[tuple[str, str], set[str]] = collections.defaultdict(set)
    keys: list[str] = []
    for row in view.rows("SUBJECT_TO", "exempt_by"):
        norms = (row["source"], category.get(row["target"], ""))
        if row["exempt_by"]:
            lifted[norms].add(row["target"])
        else:
            findings[norms].setdefault(row["target"], "unknown")
        keys += [row["key"]] if row["source"] == subject else []
    for row in view.rows("SATISFIES", "result", "score"):
        norms = (row["source"], category.get(row["target"], ""))
        if norms[1] not in _PLURAL or row["target"] in lifted[norms]:
            continue
        keys += [row["key"]] if row["source"] == subject else []
        if row["score"] is not None and row["score"] > 1:
            scores[norms].add(f"{view.name(row['target'])}: {row['score']:g}")
            findings.setdefault(norms, {})
            continue
        result: Finding = row["result"] or "unknown"
        former = findings[norms].get(row["target"], "unknown")
        findings[norms][row["target"]] = max(result, former, key=lambda f: _RANK[f])
    rows = [
        _row(view, norms, findings[norms], lifted[norms], scores[norms])
        for norms in sorted(findings.keys() | {n for n, away in lifted.items() if away})
        if norms[1] in _PLURAL and subject in {"", norms[0]}
    ]
    rows.sort(key=lambda r: (r["set"], 2.0 if r["low"] is None else r["low"], r["subject"]))
    return Found(rows, _summary(view, subject, rows), _measures(rows), (), tuple(keys))


def _row(
    view: View,
    norms: tuple[str, str],
    findings: Mapping[str, Finding],
    lifted: Collection[str],
    scores: Collection[str],
) -> Row:
    subject, category = norms
    covered = duty_coverage(findings)
    counts = collections.Counter(findings.values())
    return {
        "subject": subject,
        "subject_name": view.name(subject),
        "set": category,
        "applicable": len(findings),
        "met": counts["yes"],
        "not_met": counts["no"],
        "open": counts["partial"] + counts["unknown"],
        "lifted": len(lifted),
        "low": number(covered.low),
        "high": number(covered.high),
        "scores": "; ".join(sorted(scores)) or None,
    }


def _summary(view: View, subject: str, rows: Sequence[Row]) -> str:
    if not rows:
        return (
            "No duty or indicator is known."
            if not subject
            else f"No duty or indicator of {view.name(subject)} is known."
        )
    if subject:
        return " ".join(
            f"{r['subject_name']} surely meets {r['met']} of {r['applicable']} {_PLURAL[r['set']]} "
            f"({percent(r['low'])} to {percent(r['high'])})."
            for r in rows
            if r["applicable"]
        )
    parts = []
    for category, plural in _PLURAL.items():
        lows = [r["low"] for r in rows if r["set"] == category and r["low"] is not None]
        if lows:
            few = sum(low < 0.5 for low in lows)
            parts.append(
                f"{few} of {len(lows)} subjects are not known to meet half of their {plural}"
            )
    return "; ".join(parts) + "."


def _measures(rows: Sequence[Row]) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            f"coverage of {r['subject_name']}, {r['set']}",
            None,
            "fraction of norms",
            low=r["low"],
            high=r["high"],
            n=r["applicable"],
            coverage=1 - r["open"] / r["applicable"],
        )
        for r in [r for r in rows if r["applicable"]][:2]
    )
