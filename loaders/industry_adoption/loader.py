"""Which organisations run on what, in which industry; shares of a survey are kept apart from adopters."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ...graph.claims import Claims, End, Record, Source
from ..documents import read_csv
from ..organisations import organisation
from ..spelling import slug

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="industry_adoption",
    title="lists and surveys of who uses what, by industry",
    publisher="whoever made the list",
    licence="NOASSERTION",
    homepage="https://unstats.un.org/unsd/classifications/Econ/isic",
    tier="secondary",
    rank=55,
    reads=("*.csv",),
)

_WANTED: Final = ("uses", "industry")
_KINDS: Final = ("Framework", "Model", "CloudPlatform", "Processor")
_SCHEMES: Final = ("isic", "nace")
_COLUMNS: Final = (
    *("organisation", "survey", "kind", "id", "industry_name", "weight", "users", "spend"),
    *("since", "until", "confidence", "url", "stated", "licence"),
)


def load(source: Path, out: Claims) -> None:
    """Reads one CSV; it is a scope, and each line a row.

    Raises:
        SourceError: It is missing, not CSV, or lacks a column.
    """
    with out.scope(source.name):
        for line, fields in read_csv(source, _WANTED):
            at = f"{source.name}:{line}"
            with out.row():
                if fields is None:
                    out.refuse(at, "has more or fewer fields than the header")
                else:
                    row = out.record({**dict.fromkeys(_COLUMNS, ""), **fields})
                    _state(row, at, out)


def _state(row: Record, at: str, out: Claims) -> None:
    said = {name: str(row[name]).strip() for name in (*_WANTED, *_COLUMNS)}
    kind = said["kind"] or "Framework"
    if kind not in _KINDS:
        out.refuse(at, f"{kind!r} is not one of {', '.join(_KINDS)}", "kind")
        return
    if not said["uses"]:
        out.refuse(at, "a value is required", "uses")
        return
    if bool(said["organisation"]) == bool(said["survey"]):
        out.refuse(at, "give either an organisation or a survey", "organisation")
        return
    industry = _industry(said["industry"], said["industry_name"], at, out)
    weight = said["weight"] or None
    if said["survey"]:
        if weight is None or not industry:
            out.refuse(at, "a survey gives a share of an industry: both are required", "weight")
            return
        user = _respondents(said["survey"], industry, at, out)
    else:
        user = organisation(said["organisation"]).state(out, at)
    used = (kind, slug(said["id"] or said["uses"]))
    known_as = [said["id"]] if ":" in said["id"] else []
    if known_as:
        used = (kind, slug(said["uses"]))
    out.node(*used, said["uses"], at=at, identifiers=known_as)
    url, licence = said["url"] or None, said["licence"] or None
    if industry:
        out.edge("IN_INDUSTRY", user, industry, at=at, url=url, licence=licence)
    out.edge(
        "USES",
        user,
        used,
        at=at,
        url=url,
        licence=licence,
        weight=weight,
        users=said["users"] or None,
        spend=said["spend"] or None,
        valid_from=said["since"] or None,
        valid_to=said["until"] or None,
        confidence=said["confidence"] or 0.9,
        stated=said["stated"] or None,
        note="share of the respondents, not a count of adopters" if said["survey"] else None,
        method="estimated" if said["survey"] else "asserted",
    )


def _industry(code: str, name: str, at: str, out: Claims) -> End | None:
    """The industry of a code such as `isic:K`, or of a name."""
    if not code:
        return None
    scheme, colon, value = code.partition(":")
    coded = bool(colon) and scheme.lower() in _SCHEMES
    end = ("Industry", f"{scheme.lower()}-{slug(value)}" if coded else slug(code))
    known_as = [f"{scheme.lower()}:{value.upper()}"] if coded else []
    out.node(*end, name or (value if coded else code), at=at, identifiers=known_as)
    return end


def _respondents(survey: str, industry: End, at: str, out: Claims) -> End:
    """Those who answered a survey in an industry: one body that stands for nobody else."""
    end = ("Institution", f"{slug(survey)}-respondents-{industry[1]}")
    name = f"Respondents of {survey} ({industry[1]})"

    out.node(*end, name, at=at, category="community")
    return end
