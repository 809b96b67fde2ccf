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
from typing import Any, Final

from ..graph.wording import percent
from ..measures.duties import Finding, duty_coverage
from .view import Found, Measure, View, number

__all__ = ["answer"]

_SETS: Final = ("legal_duty", "index_indicator")
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
        place = (row["source"], category.get(row["target"], ""))
        if row["exempt_by"]:
            lifted[place].add(row["target"])
        else:
            findings[place].setdefault(row["target"], "unknown")
        keys += [row["key"]] if row["source"] == subject else []
    for row in view.rows("SATISFIES", "result", "score"):
        place = (row["source"], category.get(row["target"], ""))
        if place[1] not in _SETS or row["target"] in lifted[place]:
            continue
        keys += [row["key"]] if row["source"] == subject else []
        if row["score"] is not None and row["score"] > 1:
            scores[place].add(f"{view.name(row['target'])}: {row['score']:g}")
            findings.setdefault(place, {})
            continue
        result: Finding = row["result"] or "unknown"
        former = findings[place].get(row["target"], "unknown")
        findings[place][row["target"]] = max(result, former, key=lambda f: _RANK[f])
    rows = [
        _row(view, place, findings[place], lifted[place], scores[place])
        for place in sorted(findings.keys() | {p for p, some in lifted.items() if some})
        if place[1] in _SETS and subject in {"", place[0]}
    ]
    rows.sort(key=lambda r: (r[2], r[8] if r[8] is not None else 2.0, r[0]))
    return Found(rows, _said(view, subject, rows), _measures(rows), (), tuple(keys))


def _row(
    view: View,
    place: tuple[str, str],
    found: dict[str, Finding],
    lifted: set[str],
    scores: set[str],
) -> tuple[Any, ...]:
    covered = duty_coverage(found)
    counts = collections.Counter(found.values())
    told = (
        len(found),
        counts["yes"],
        counts["no"],
        counts["partial"] + counts["unknown"],
        len(lifted),
    )
    bounds = (number(covered.low), number(covered.high))
    return (
        place[0],
        view.name(place[0]),
        place[1],
        *told,
        *bounds,
        "; ".join(sorted(scores)) or None,
    )


def _said(view: View, subject: str, rows: list[tuple[Any, ...]]) -> str:
    if not rows:
        return (
            "No duty or indicator is known."
            if not subject
            else f"No duty or indicator of {view.name(subject)} is known."
        )
    if subject:
        return " ".join(
            f"{r[1]} surely meets {r[4]} of {r[3]} {'legal duties' if r[2] == 'legal_duty' else 'indicators'} "
            f"({percent(r[8])} to {percent(r[9])})."
            for r in rows
            if r[3]
        )
    parts = []
    for name, plural in (("legal_duty", "legal duties"), ("index_indicator", "indicators")):
        some = [r for r in rows if r[2] == name]
        assessed = [r for r in some if r[8] is not None]
        low = sum(r[8] < 0.5 for r in assessed)
        if assessed:
            parts.append(
                f"{low} of {len(assessed)} subjects are not known to meet half of their {plural}"
            )
    return "; ".join(parts) + "."


def _measures(rows: list[tuple[Any, ...]]) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            f"coverage of {r[1]}, {r[2]}",
            None,
            "fraction of norms",
            low=r[8],
            high=r[9],
            n=r[3],
            coverage=1 - r[6] / r[3],
        )
        for r in [r for r in rows if r[3]][:2]
    )
