"""Models as the Model Openness Tool describes them: which parts are there, and under which terms."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ...graph.claims import Claims, Record, Source, starter_id
from ..documents import Table, read_yaml
from ..documents.fields import Wrong, text
from ..licences import Licence, expressed, known, named
from ..organisations import organisations
from ..spelling import slug

__all__ = ["COMPONENTS", "SOURCE", "load"]

SOURCE = Source(
    id="openness_tool",
    title="descriptions of models by the Model Openness Tool",
    publisher="LF AI & Data Foundation",
    licence="MIT",
    homepage="https://mot.isitopen.ai",
    tier="secondary",
    rank=45,
    reads=("models/*.yml of the tool, or one of them",),
)

COMPONENTS: Final[Mapping[str, str]] = {
    "Model architecture": "code",
    "Data preprocessing code": "code",
    "Training code": "code",
    "Inference code": "code",
    "Evaluation code": "code",
    "Supporting libraries and tools": "code",
    "Model parameters (Final)": "data",
    "Model parameters (Intermediate)": "data",
    "Datasets": "data",
    "Evaluation data": "data",
    "Sample model outputs": "data",
    "Model metadata": "data",
    "Model card": "document",
    "Data card": "document",
    "Technical report": "document",
    "Research paper": "document",
    "Evaluation results": "document",
}
"""The components of the framework, and whether each is code, data or a document."""

_FINAL: Final = "Model parameters (Final)"
_ABSENT: Final = re.compile(r"component(\s+component)?\s+not\s+includ", re.IGNORECASE)
_UNSTATED: Final = frozenset({"unlicensed", "undisclosed"})
_HUB: Final = re.compile(r"(?:https?://huggingface\.co/)?([\w.-]+/[\w.-]+)/?")
_UNUSED: Final = ("version", "date", "type", "architecture", "origin", "contact", "repository")
_NOT_READ: Final = ("description", "license_path", "component_path")


def load(source: Path, out: Claims) -> None:
    """Reads one description, or every `*.yml` of a folder; each is a row, and all of them one scope.

    Raises:
        SourceError: There is no description, or one of them is not YAML.
    """
    files = sorted(source.glob("*.y*ml")) if source.is_dir() else [source]
    if not files:
        hint = "give the folder `models` of the tool, or one of its *.yml files"
        raise SourceError("there is no description here", where=str(source), hint=hint)
    out.awaited = len(files)
    with out.scope("models"):
        norms: set[str] = set()
        for file in files:
            document = read_yaml(file)
            with out.row():
                try:
                    _model(file, document, out, norms)
                except Wrong as wrong:
                    out.refuse(f"{file.name}:{_line(document)}", wrong.reason, wrong.field)


def _line(document: object) -> int:
    release = document.get("release") if isinstance(document, Table) else None
    return release.line if isinstance(release, Table) else 1


def _model(file: Path, document: object, out: Claims, norms: set[str]) -> None:
    if not isinstance(document, Table) or not isinstance(document.get("release"), Table):
        raise Wrong("release", "there is no mapping under `release`")
    top = out.record(document)
    top.ignore("framework")
    release: Record = top["release"]
    release.ignore(*_UNUSED)
    name, at = text(release, "name", "release."), f"{file.name}:{_line(document)}"
    if not name:
        raise Wrong("release.name", "a value is required")
    terms = _global(release)
    parts = {c: _part(record, c, terms) for c, record in _components(release).items()}
    hub = _HUB.fullmatch(text(release, "huggingface", "release."))
    producers = organisations(text(release, "producer", "release."))

    model = ("Model", slug(file.stem))
    known_as = [f"hub:{hub[1]}"] if hub else None
    out.node(*model, name, at=at, identifiers=known_as)
    for producer in producers:
        out.edge("CREATED", producer.state(out, at), model, at=at, stated=producer.spelling)
    for component in COMPONENTS:
        result, said = parts.get(component, ("no", ""))
        norm = ("Norm", f"mof-{slug(component)}")
        if component not in norms:
            norms.add(component)
            title = f"{component} (openness component)"
            out.node(
                *norm,
                title,
                at=at,
                category="openness_component",
                aliases=[component],
                identifiers=[starter_id(*norm)],
            )
        out.edge(
            "SATISFIES",
            model,
            norm,
            at=at,
            result=result,
            assessor="third_party",
            stated=said or None,
        )
    for licence in _licences(parts.get(_FINAL, ("no", ""))[1]):
        target = ("License", licence.id)
        known_as = [f"spdx:{licence.spdx}"] if licence.spdx else None
        out.node(*target, licence.name, at=at, identifiers=known_as)
        out.edge("LICENSED_UNDER", model, target, at=at, kind="declared", stated=licence.stated)


def _global(release: Record) -> dict[str, str]:
    """The licences that a component inherits: by type (code, data, document), else of the distribution."""
    said = release.get("license")
    if said is None or said == []:
        return {}
    if not isinstance(said, Mapping):
        raise Wrong("release.license", "is not a mapping")
    found = {}
    for scope, terms in said.items():
        if isinstance(terms, Record):
            terms.ignore("path")
            found[scope] = text(terms, "name", f"release.license.{scope}.")
    return found


def _components(release: Record) -> dict[str, Record]:
    """The components by name; those that the framework does not know are refused as fields."""
    listed: Any = release.get("components") or []
    if not isinstance(listed, list) or not all(isinstance(c, Record) for c in listed):
        raise Wrong("release.components", "is not a list of mappings")
    found: dict[str, Record] = {}
    for record in listed:
        name = text(record, "name", "components.")
        record.ignore(*_NOT_READ)
        if name not in COMPONENTS:
            raise Wrong("components.name", f"{name!r} is no component of the framework")
        if name in found:
            raise Wrong("components.name", f"{name!r} stands twice")
        found[name] = record
    return found


def _part(record: Record, component: str, terms: Mapping[str, str]) -> tuple[str, str]:
    """Whether a component is there under an open licence (yes), others (partial) or unknown ones; and the terms."""
    own = record.get("license")
    said = "" if isinstance(own, Mapping) else text(record, "license", "components.")
    said = said or terms.get(COMPONENTS[component], "") or terms.get("distribution", "")
    if _ABSENT.search(said):
        return "no", said
    if said.lower() in _UNSTATED:
        return "unknown", said
    licences = _licences(said)
    free = bool(licences) and all(licence.spdx in _open() for licence in licences)
    return "yes" if free else "partial", said


def _licences(said: str) -> list[Licence]:
    if not said or said.lower() in _UNSTATED or _ABSENT.search(said):
        return []
    expression = known(said)
    return list(expressed(expression, said, inferred=False)) if expression else [named(said)]


@functools.cache
def _open() -> frozenset[str]:
    file = Path(__file__).parent / "data" / "open.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return frozenset(row["licence"] for row in csv.DictReader(stream))
