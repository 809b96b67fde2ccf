"""The Foundation Model Transparency Index: what a developer discloses, indicator by indicator, and what it runs on."""

from __future__ import annotations

import csv
import dataclasses
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ...errors import SourceError
from ...graph.claims import Claims, End, Record, Source, starter_id
from ..documents import read_csv
from ..spelling import slug

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="transparency_index",
    title="reports of the Foundation Model Transparency Index",
    publisher="Stanford Center for Research on Foundation Models",
    licence="CC-BY-4.0",
    homepage="https://crfm.stanford.edu/fmti/",
    tier="primary",
    rank=40,
    reads=("*_fmtransparencyreport_EDITION.csv", "EDITION_indicators.csv", "a folder of these"),
)

_REPORT: Final = re.compile(
    r"(?P<company>.+)_fmtransparencyreport_(?P<edition>.+)\.csv", re.IGNORECASE
)
_INDICATORS: Final = re.compile(r"(?P<edition>.+)_indicators\.csv", re.IGNORECASE)
_EDITION: Final = re.compile(r"(?P<month>[A-Za-z]{3})?[a-z]*(?P<year>20\d\d)")
_MONTHS: Final = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
_COLUMNS: Final = ("Indicator", "Disclosure", "Score")
_UNUSED: Final = ("Definition", "Notes", "Justification", "References")
_HARDWARE: Final = "compute hardware"
_PROVIDER: Final = "compute provider"
_CHANNELS: Final = "top distribution channels"
_READ_IN: Final = "read in the text of the disclosure by name; look at it before you rely on it"
_CONFIDENCE: Final = 0.6
_LONGEST: Final = 300


@dataclasses.dataclass(frozen=True, slots=True)
class _Edition:
    """`Dec2025` as an id, a name and a date."""

    text: str

    @property
    def date(self) -> str | None:
        found = _EDITION.fullmatch(self.text)
        if found is None:
            return None
        month = (found["month"] or "").lower()
        number = f"-{_MONTHS.index(month) + 1:02}" if month in _MONTHS else ""
        return f"{found['year']}{number}"

    @property
    def total(self) -> str:
        """The starter data's id of the index of that year."""
        return f"foundation-model-transparency-index-{(self.date or self.text)[:4]}"

    def indicator(self, name: str) -> str:
        return f"fmti-{slug(self.text)}-{slug(name)}"


@dataclasses.dataclass(frozen=True, slots=True)
class _Mention:
    """A name that a disclosure may contain, and the starter data's entity that it means."""

    pattern: re.Pattern[str]
    kind: str
    id: str


def load(source: Path, out: Claims) -> None:
    """Reads one report or list of indicators, or every one in a folder; each file is a scope of its own.

    Raises:
        SourceError: There is no such file, its name says neither company nor edition, or it is not such a report.
    """
    for file in _files(source):
        report, indicators = _REPORT.fullmatch(file.name), _INDICATORS.fullmatch(file.name)
        with out.scope(file.name):
            if report:
                _Report(file, report["company"].replace("_", " "), report["edition"], out).give()
            elif indicators:
                _indicators(file, _Edition(indicators["edition"]), out)


def _files(source: Path) -> list[Path]:
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    known = [f for f in files if _REPORT.fullmatch(f.name) or _INDICATORS.fullmatch(f.name)]
    if not known:
        what = (
            "there is no report of the index here"
            if source.is_dir()
            else "its name says no edition"
        )
        hint = "name files as their publisher does: COMPANY_fmtransparencyreport_Dec2025.csv"
        raise SourceError(what, where=str(source), hint=hint)
    return known


def _rows(
    file: Path, wanted: tuple[str, ...], unused: tuple[str, ...], out: Claims
) -> Iterator[tuple[str, Record]]:
    """The rows that name an indicator, each within its `out.row`."""
    for line, fields in read_csv(file, wanted):
        at = f"{file.name}:{line}"
        with out.row():
            if fields is None:
                out.refuse(at, "has more or fewer fields than the header")
                continue
            row = out.record(fields)
            row.ignore(*unused)
            if row["Indicator"].strip():
                yield at, row
            else:
                out.refuse(at, "names no indicator", "Indicator")


def _indicators(file: Path, edition: _Edition, out: Claims) -> None:
    unused = ("Domain", "Subdomain", "Definition", "Notes", "Example disclosure")
    for at, row in _rows(file, ("Indicator", "Domain"), unused, out):
        _norm(row["Indicator"].strip(), edition, at, out)


def _norm(name: str, edition: _Edition, at: str, out: Claims) -> End:
    norm = ("Norm", edition.indicator(name))
    title = f"{name} (transparency indicator, {edition.text})"
    known_as = [starter_id(*norm)]
    out.node(*norm, title, at=at, category="index_indicator", aliases=[name], identifiers=known_as)
    return norm


class _Report:
    """States what one developer's report says."""

    def __init__(self, file: Path, company: str, edition: str, out: Claims) -> None:
        self._file = file
        self._company = company
        self._developer = ("Company", slug(company))
        self._edition = _Edition(edition)
        self._out = out

    def give(self) -> None:
        """One row per indicator; then the sum."""
        seen: set[str] = set()
        scores: list[float] = []
        for at, row in _rows(self._file, _COLUMNS, _UNUSED, self._out):
            name, said = row["Indicator"].strip(), row["Score"].strip()
            score = _score(said)
            if name in seen:
                self._out.refuse(at, f"{name!r} stands twice", "Indicator")
            elif said and score is None:
                self._out.refuse(at, f"{said!r} is not a score from 0 to 1", "Score")
            else:
                scores.append(score or 0)
                self._satisfies(_norm(name, self._edition, at, self._out), score, said, at)
                self._runs_on(name.lower(), row["Disclosure"], at)
            seen.add(name)
        with self._out.rows(0):
            self._out.node(*self._developer, self._company, at=self._file.name)
            if scores:
                self._total(sum(scores), len(scores))

    def _satisfies(self, norm: End, score: float | None, said: str, at: str) -> None:
        result = "unknown" if score is None else {0.0: "no", 1.0: "yes"}.get(score, "partial")
        self._out.edge(
            "SATISFIES",
            self._developer,
            norm,
            at=at,
            result=result,
            score=score,
            assessor="third_party",
            stated=said or None,
            valid_from=self._edition.date,
        )

    def _total(self, total: float, count: int) -> None:
        index, at = ("Norm", self._edition.total), self._file.name
        name = f"Foundation Model Transparency Index {self._edition.total[-4:]}"
        known_as = [starter_id(*index)]
        self._out.node(*index, name, at=at, category="index_indicator", identifiers=known_as)
        self._out.edge(
            "SATISFIES",
            self._developer,
            index,
            at=at,
            result={0.0: "no", float(count): "yes"}.get(total, "partial"),
            score=total,
            assessor="third_party",
            method="computed",
            stated=f"{total:g} of {count} indicators",
            note="sum of the scores in the report",
            valid_from=self._edition.date,
        )

    def _runs_on(self, indicator: str, text: str, at: str) -> None:
        """States the hardware, providers and channels that a disclosure names; of its models, where it names any."""
        if not indicator.startswith((_HARDWARE, _PROVIDER, _CHANNELS)):
            return
        found = [mention for mention in _mentions() if mention.pattern.search(text)]
        models = [("Model", m.id) for m in found if m.kind == "Model"]
        for mention in found:
            end = (mention.kind, mention.id)
            if indicator.startswith(_CHANNELS):
                sold = models if mention.kind == "CloudPlatform" else []
                edges = [("OFFERS", end, model) for model in sold]
            elif mention.kind == "Model":
                continue
            else:
                edges = [("RUNS_ON", model, end) for model in models] or [
                    ("USES", self._developer, end)
                ]
            for relation, source, target in edges:
                self._extracted(relation, source, target, " ".join(text.split()), at)

    def _extracted(self, relation: str, source: End, target: End, text: str, at: str) -> None:
        for end in {source, target} - {self._developer}:
            self._out.node(*end, at=at, identifiers=[starter_id(*end)])
        self._out.edge(
            relation,
            source,
            target,
            at=at,
            identity=self._edition.text,
            method="extracted",
            confidence=_CONFIDENCE,
            stated=text[:_LONGEST],
            note=_READ_IN,
        )


def _score(text: str) -> float | None:
    try:
        score = float(text)
    except ValueError:
        return None
    return score if 0 <= score <= 1 else None


@functools.cache
def _mentions() -> tuple[_Mention, ...]:
    file = Path(__file__).parent / "data/mentions.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return tuple(
            _Mention(re.compile(rf"(?<![A-Za-z]){row['text']}(?![A-Za-z])"), row["kind"], row["id"])
            for row in csv.DictReader(stream)
        )
