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
#:   - {name: lifted_by, type: string, unit: "what lifts them"}
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

from ..graph.wording import counted, listed
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
    lifted: dict[tuple[str, str], dict[str, str]] = collections.defaultdict(dict)
    scores: dict[tuple[str, str], set[str]] = collections.defaultdict(set)
    keys: list[str] = []
    for row in view.rows("SUBJECT_TO", "exempt_by"):
        norms = (row["source"], category.get(row["target"], ""))
        if row["exempt_by"]:
            lifted[norms][row["target"]] = row["exempt_by"]
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
    lifted: Mapping[str, str],
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
        "lifted_by": "; ".join(sorted(set(lifted.values()))) or None,
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
        return " ".join(filter(None, map(_of_one, rows)))
    parts = [_indicators([r for r in rows if r["set"] == "index_indicator" and r["applicable"]])]
    parts.append(_duties([r for r in rows if r["set"] == "legal_duty"]))
    return " ".join(filter(None, parts))


def _of_one(row: Row) -> str:
    plural = _PLURAL[row["set"]]
    away = ""
    if row["lifted"]:
        away = f"{row['lifted']} {plural} fall away for {row['subject_name']} ({row['lifted_by']})."
    if not row["applicable"]:
        return away
    surely = f"{row['subject_name']} surely meets {row['met']} of {row['applicable']} {plural}"
    rest = [f"{row['not_met']} are found not to be met"] if row["not_met"] else []
    rest += [f"of {row['open']} nothing is found, which is no breach"] if row["open"] else []
    text = f"{surely}; {', '.join(rest)}." if rest else f"{surely}."
    return f"{text} {away}".strip()


def _indicators(rows: Sequence[Row]) -> str:
    """Who meets most of what it was rated by, and who least; those alike are told together."""
    if not rows:
        return ""
    most, least = max(r["low"] for r in rows), min(r["low"] for r in rows)

    def named(share: float) -> str:
        some = [r for r in rows if r["low"] == share]
        return f"{listed((r['subject_name'] for r in some), 3)} ({some[0]['met']} of {some[0]['applicable']})"

    ends = f"{named(most)} surely meets most" + (f", {named(least)} least" if least < most else "")
    return f"Of {counted(len(rows), 'maker')} rated by indicators, {ends}."


def _duties(rows: Sequence[Row]) -> str:
    """What is found of all duties, and whom which clause spares some."""
    if not rows:
        return ""
    sums = {c: sum(r[c] for r in rows) for c in ("applicable", "met", "not_met", "open", "lifted")}
    parts = []
    if sums["applicable"]:
        subjects = counted(sum(r["applicable"] > 0 for r in rows), "subject")
        parts.append(
            f"Of {sums['applicable']} legal duties of {subjects}, {sums['met']} are found to be met and "
            f"{sums['not_met']} not; of {sums['open']} nothing is found, which is no breach."
        )
    spared = [r for r in rows if r["lifted"]]
    if spared:
        by = listed(sorted({str(r["lifted_by"]) for r in spared}), 2)
        spared.sort(key=lambda r: (-r["lifted"], r["subject"]))
        names = listed((r["subject_name"] for r in spared), 3)
        parts.append(
            f"{sums['lifted']} duties fall away for {counted(len(spared), 'subject')} ({names}) by {by}."
        )
    return " ".join(parts)


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
