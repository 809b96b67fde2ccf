"""Assets as the Ecosystem Graphs list them: models, data sets and applications, and what each is made from."""

from __future__ import annotations

import csv
import dataclasses
import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ...graph.claims import Claims, End, Record, Source, starter_id
from ...graph.schema import Partial
from ..documents import Table, read_yaml
from ..documents.fields import Wrong, short, text
from ..licences import expressed, known, named
from ..organisations import organisations
from ..spelling import slug

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="ecosystem_graphs",
    title="assets of the Ecosystem Graphs: models, data sets, applications",
    publisher="Stanford Center for Research on Foundation Models",
    licence="NOASSERTION",
    homepage="https://crfm.stanford.edu/ecosystem-graphs/",
    tier="secondary",
    rank=55,
    reads=("assets/*.yaml, or one of them",),
)

_KINDS: Final = {"model": "Model", "dataset": "Dataset", "application": "Framework"}
_MADE_FROM: Final[Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]]] = {
    ("Model", "Dataset"): ("TRAINED_ON", {"disclosed": True}),
    ("Model", "Model"): ("DERIVED_FROM", {}),
    ("Model", "Framework"): ("DEPENDS_ON", {}),
    ("Model", "CloudPlatform"): ("DEPENDS_ON", {}),
    ("Dataset", "Dataset"): ("DERIVED_FROM", {}),
    ("Framework", "Model"): ("DEPENDS_ON", {}),
    ("Framework", "Framework"): ("DEPENDS_ON", {}),
    ("Framework", "Dataset"): ("DEPENDS_ON", {}),
    ("Framework", "CloudPlatform"): ("DEPENDS_ON", {}),
}
_NO_RELATION: Final = "dependency of a data set on a model or an application: no relation says that"
_STUB: Final = "dependency that no file describes"
_SILENT: Final = frozenset({"", "none", "unknown", "unknkown", "n/a", "custom", "tbd"})
_UNUSED: Final = (
    "access",
    "adaptation",
    "analysis",
    "datasheet",
    "description",
    "excluded",
    "failures",
    "feedback",
    "included",
    "intended_uses",
    "modality",
    "model_card",
    "monitoring",
    "monthly_active_users",
    "nationality",
    "output_space",
    "prohibited_uses",
    "quality_control",
    "sample",
    "terms_of_service",
    "training_emissions",
    "training_hardware",
    "training_time",
    "user_distribution",
    "explanation",
    "value",
)
_HUB: Final = re.compile(r"https://huggingface\.co/(?:datasets/)?([\w.-]+/[\w.-]+)/?")
_NUMBER: Final = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*(?P<scale>[KMBT]|thousand|million|billion|trillion)?\s*"
    r"(?P<unit>parameters|tokens|[kMGT]B)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_SCALES: Final = {
    "": 0,
    "k": 3,
    "thousand": 3,
    "m": 6,
    "million": 6,
    "b": 9,
    "billion": 9,
    "t": 12,
    "trillion": 12,
}
_BYTES: Final = {"kb": 3, "mb": 6, "gb": 9, "tb": 12}


@dataclasses.dataclass(frozen=True, slots=True)
class _Asset:
    """An entry of a file that has a name and a known type."""

    end: End
    name: str
    at: str
    record: Record


def load(source: Path, out: Claims) -> None:
    """Reads one file, or every `*.yaml` of a folder; each is a scope of its own, and an asset is a row.

    Dependencies are looked for in all files that are read together.

    Raises:
        SourceError: There is no such file, or one is not a list of assets.
    """
    files = sorted(source.glob("*.y*ml")) if source.is_dir() else [source]
    if not files:
        hint = "give the folder `assets` of the Ecosystem Graphs, or one of its files"
        raise SourceError("there are no assets here", where=str(source), hint=hint)
    documents = {file: _entries(file) for file in files}
    here: dict[str, list[End]] = {}
    for entries in documents.values():
        for entry in entries:
            name, kind = entry.get("name"), _KINDS.get(str(entry.get("type")))
            if isinstance(name, str) and kind and name.strip():
                here.setdefault(_plain(name), []).append((kind, slug(name.strip())))
    out.awaited = sum(map(len, documents.values()))
    given: set[End] = set()
    for file, entries in documents.items():
        with out.scope(file.name):
            for entry in entries:
                at = f"{file.name}:{entry.line}"
                with out.row():
                    try:
                        asset = _asset(entry, at, out)
                        if asset.end in given:
                            raise Wrong("name", f"{asset.name!r} stands twice")
                        given.add(asset.end)
                        _state(asset, here, out)
                    except Wrong as wrong:
                        out.refuse(at, wrong.reason, wrong.field)


def _entries(file: Path) -> list[Table]:
    document = read_yaml(file)
    if not isinstance(document, list) or not all(isinstance(e, Table) for e in document):
        hint = "each asset begins with `- ` and has a `type` and a `name`"
        raise SourceError("not a list of assets", where=f"{file}:1", hint=hint)
    return document


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.casefold())


def _asset(entry: Table, at: str, out: Claims) -> _Asset:
    if entry.twice:
        raise Wrong(entry.twice, "the field is given twice")
    record = out.record(entry)
    record.ignore(*_UNUSED)
    kind = _KINDS.get(text(record, "type"))
    if kind is None:
        raise Wrong("type", f"{short(entry.get('type'))} is not model, dataset or application")
    name = text(record, "name")
    if not name:
        raise Wrong("name", "a value is required")
    return _Asset((kind, slug(name)), name, at, record)


def _state(asset: _Asset, here: Mapping[str, list[End]], out: Claims) -> None:
    record, at = asset.record, asset.at
    created = _said(record, "created_date")
    try:
        day = Partial.read(None if created.lower() in _SILENT else created)
    except ValueError as error:
        raise Wrong("created_date", str(error)) from error
    url = _said(record, "url")
    hub = _HUB.fullmatch(url)
    made = organisations(_said(record, "organization"))
    dependencies = list(_dependencies(record))
    named_here = {"released": created} if day and asset.end[0] != "Framework" else {}
    known_as = [f"hub:{hub[1]}"] if hub and asset.end[0] != "Framework" else None
    page = url if url.startswith("https://") else None
    own: dict[str, Any] = {**named_here, **_size(asset.end[0], _said(record, "size"))}
    if asset.end[0] == "Framework":
        own["role"] = "app"
    out.node(*asset.end, asset.name, at=at, url=page, identifiers=known_as, **own)
    for organisation in made:
        end = organisation.state(out, at)
        out.edge("CREATED", end, asset.end, at=at, url=page, stated=organisation.spelling)
    _licensed(asset, page, out)
    for dependency in dependencies:
        _made_from(asset, dependency, here, page, out)


def _licensed(asset: _Asset, page: str | None, out: Claims) -> None:
    said = " ".join(_said(asset.record, "license").split())
    if said.lower() in _SILENT:
        return
    expression = known(said)
    terms = expressed(expression, said, inferred=False) if expression else [named(said)]
    for licence in terms:
        target = ("License", licence.id)
        known_as = [f"spdx:{licence.spdx}"] if licence.spdx else None
        out.node(*target, licence.name, at=asset.at, identifiers=known_as)
        kind, stated = "declared", licence.stated
        out.edge(
            "LICENSED_UNDER", asset.end, target, at=asset.at, url=page, kind=kind, stated=stated
        )


def _made_from(
    asset: _Asset, name: str, here: Mapping[str, list[End]], page: str | None, out: Claims
) -> None:
    """States one dependency: on an asset of these files, else on what is known by that name, else on a stub."""
    known_here = here.get(_plain(name), [])
    found = [end for end in known_here if end != asset.end]
    if known_here and not found:
        out.skip("dependency on itself")
        return
    sure = True
    if found:
        target = min(found, key=lambda end: (asset.end[0], end[0]) not in _MADE_FROM)
    else:
        elsewhere = _elsewhere().get(name)
        sure = elsewhere is not None
        if elsewhere is not None and not elsewhere["kind"]:
            out.skip("dependency that names no model, data set or software")
            return
        target = (elsewhere["kind"], elsewhere["id"]) if elsewhere else ("Dataset", slug(name))
        if elsewhere is not None and elsewhere["starter"]:
            out.node(*target, name, at=asset.at, identifiers=[starter_id(*target)])
        else:
            out.skip(_STUB)
    relation, own = _MADE_FROM.get((asset.end[0], target[0]), ("", {}))
    if not relation:
        out.skip(_NO_RELATION)
        return
    out.edge(
        relation,
        asset.end,
        target,
        at=asset.at,
        url=page,
        method="extracted",
        confidence=0.9 if sure else 0.5,
        stated=name,
        note=None if sure else "taken for a data set: nothing says what it is",
        **own,
    )


def _dependencies(record: Record) -> Iterator[str]:
    value = record.get("dependencies")
    if isinstance(value, Mapping):
        value = value.get("value")
        record["dependencies"].ignore("explanation")
    if value is None or value == "":
        return
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise Wrong("dependencies", f"{short(value)} is not a list of names")
    yield from dict.fromkeys(" ".join(v.split()) for v in value if v.strip())


def _said(record: Record, field: str) -> str:
    """The text of a field, which may be `{value, explanation}`; empty where there is none."""
    value = record.get(field)
    if isinstance(value, Record):
        value.ignore("explanation")
        return text(value, "value", f"{field}.")
    return text(record, field)


def _size(kind: str, said: str) -> dict[str, Any]:
    """Parameters of a model, tokens or bytes of a data set; nothing where the text is not one plain number."""
    found = _NUMBER.fullmatch(said)
    if found is None:
        return {}
    unit, scale = found["unit"].lower(), _SCALES[(found["scale"] or "").lower()]
    number, rest = float(found["number"]), found["rest"].strip().lower()
    if kind == "Model" and unit == "parameters" and rest in {"", "(dense)", "(sparse)"}:
        return {"params": round(number * 10**scale)}
    if kind == "Dataset" and not rest and unit != "parameters":
        power = scale if unit == "tokens" else _BYTES[unit]
        return {
            "size": number * 10.0**power,
            "size_unit": "tokens" if unit == "tokens" else "bytes",
        }
    return {}


@functools.cache
def _elsewhere() -> Mapping[str, dict[str, str]]:
    """Names that occur as dependencies and are described in none of the published files: what they mean."""
    file = Path(__file__).parent / "data" / "elsewhere.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["name"]: row for row in csv.DictReader(stream)}
