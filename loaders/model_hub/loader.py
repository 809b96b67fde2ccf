"""Models and data sets of a model hub: what each was made from, under which licence, and by which organisation."""

from __future__ import annotations

import csv
import functools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ...graph.claims import Claims, End, Record, Source, starter_id
from ..documents import read_json
from ..documents.fields import Wrong, short, text
from ..licences import LONGEST, expressed, known, named
from ..web import Web

__all__ = ["SOURCE", "TOKEN", "fetch", "load"]

SOURCE = Source(
    id="model_hub",
    title="models and data sets of a model hub",
    publisher="the hub, and the makers of the models",
    licence="LicenseRef-hub-metadata",
    homepage="https://huggingface.co/docs/hub/api",
    tier="primary",
    rank=55,
    reads=("answers of the hub's API, saved as *.json", "the address of the API"),
)

TOKEN: Final = "STACKHOLDER_HUB_TOKEN"  # noqa: S105 - the name of a variable
"""Environment variable with a token of the hub; without it, what is public is read."""

_HUB: Final[End] = ("CloudPlatform", "hugging-face-hub")
_PAGE: Final = "1000"
_ID: Final = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_RELATIONS: Final = {
    "finetune": "fine-tune",
    "fine-tune": "fine-tune",
    "adapter": "fine-tune",
    "quantized": "quantise",
    "distilled": "distil",
}
_UNUSED: Final = (
    *(
        "_id",
        "id",
        "modelId",
        "author",
        "sha",
        "lastModified",
        "createdAt",
        "private",
        "likes",
        "siblings",
    ),
    *(
        "pipeline_tag",
        "library_name",
        "config",
        "transformersInfo",
        "widgetData",
        "spaces",
        "safetensors",
    ),
    *(
        "trendingScore",
        "description",
        "citation",
        "paperswithcode_id",
        "disabled",
        "downloadsAllTime",
    ),
    *("model-index", "mask_token", "usedStorage", "inference", "resourceGroup", "gguf", "key"),
)
_SILENT: Final = frozenset({"", "unknown", "other", "none"})


def load(source: Path, out: Claims) -> None:
    """Reads answers of the API that were saved; each file is a scope, and each model or data set a row.

    A file whose name begins with `datasets` lists data sets.

    Raises:
        SourceError: There is no such file, or it holds no list of models.
    """
    files = sorted(source.glob("*.json")) if source.is_dir() else [source]
    if not files:
        hint = "save an answer of the API, such as that of /api/models?full=true&cardData=true"
        raise SourceError("there is no saved answer here", where=str(source), hint=hint)
    for file in files:
        document = read_json(file)
        listed = document if isinstance(document, list) else [document]
        kind = "Dataset" if file.name.startswith("datasets") else "Model"
        with out.scope(file.name):
            _each(listed, kind, file.name, out)


def fetch(web: Web, out: Claims) -> None:
    """Asks the API for all models and data sets of the organisations that are known; each list is a scope."""
    for namespace in _namespaces():
        for path, kind in (("api/models", "Model"), ("api/datasets", "Dataset")):
            question = {"author": namespace, "full": "true", "limit": _PAGE}
            if kind == "Model":
                question["cardData"] = "true"
            with out.scope(f"{path} of {namespace}"):
                seen = 0
                for page in web.pages(path, question, token=TOKEN):
                    listed = page.json()
                    if not isinstance(listed, list):
                        raise SourceError("not a list of models", where=page.url)
                    _each(listed, kind, f"{path}?author={namespace}", out, seen)
                    seen += len(listed)


def _each(listed: Iterable[object], kind: str, place: str, out: Claims, first: int = 0) -> None:
    for number, value in enumerate(listed, first):
        at = f"{place}#/{number}"
        with out.row():
            try:
                if not isinstance(value, Mapping):
                    raise Wrong("", f"{short(value)} is not a mapping")
                _state(out.record(value), kind, at, out)
            except Wrong as wrong:
                out.refuse(at, wrong.reason, wrong.field)


def _state(record: Record, kind: str, at: str, out: Claims) -> None:
    id_ = text(record, "id") or text(record, "modelId")
    if not _ID.fullmatch(id_):
        raise Wrong("id", f"{short(id_)} is not the id of a model")
    card, tags = _card(record), _tags(record)
    created, downloads, gated = (
        text(record, "createdAt")[:10],
        record.get("downloads"),
        record.get("gated"),
    )
    record.ignore(*_UNUSED)
    end = (kind, id_.lower())
    url = f"https://huggingface.co/{'datasets/' if kind == 'Dataset' else ''}{id_}"
    known_as = [f"hub:{id_}"]
    released = created if re.fullmatch(r"\d{4}-\d\d-\d\d", created) else None
    out.node(*end, id_.rpartition("/")[2], at=at, url=url, identifiers=known_as, released=released)
    _offered(end, downloads, at, url, out)
    _maker(end, id_, at, url, out)
    _licences(end, card, tags, gated, at, url, out)
    if kind == "Model":
        _bases(end, card, tags, at, url, out)
        for dataset in _names(card, "datasets") or _tagged(tags, "dataset:"):
            if _ID.fullmatch(dataset):
                target = ("Dataset", dataset.lower())
                out.edge("TRAINED_ON", end, target, at=at, url=url, disclosed=True, stated=dataset)


def _card(record: Record) -> Mapping[str, Any]:
    card = record.get("cardData")
    if card is None:
        return {}
    if not isinstance(card, Record):
        raise Wrong("cardData", f"{short(card)} is not a mapping")
    card.ignore(*card)
    return card


def _tags(record: Record) -> list[str]:
    tags = record.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(t, str) for t in tags):
        raise Wrong("tags", f"{short(tags)} is not a list of texts")
    return tags


def _tagged(tags: Iterable[str], start: str) -> list[str]:
    return [t.removeprefix(start) for t in tags if t.startswith(start)]


def _names(card: Mapping[str, Any], field: str) -> list[str]:
    """The names under a field of a card, which may be one or several."""
    value = card.get(field)
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list):
        return []
    return list(dict.fromkeys(v.strip() for v in listed if isinstance(v, str) and v.strip()))


def _offered(end: End, downloads: object, at: str, url: str, out: Claims) -> None:
    """The hub offers it; downloads are rounded, so that a reading on another day says the same."""
    out.node(*_HUB, "Hugging Face Hub", at=at, identifiers=[starter_id(*_HUB)])
    said = None
    if isinstance(downloads, int) and not isinstance(downloads, bool) and downloads > 0:
        scale = 10 ** int(math.log10(downloads))
        said = f"about {downloads // scale * scale:,} downloads a month"
    if end[0] == "Model":
        out.edge(
            "OFFERS", _HUB, end, at=at, url=url, stated=said, method="extracted", confidence=0.95
        )


def _maker(end: End, id_: str, at: str, url: str, out: Claims) -> None:
    """The organisation behind the namespace, where it is known; a namespace may also be a person's."""
    namespace = id_.partition("/")[0].lower() if "/" in id_ else ""
    found = _namespaces().get(namespace)
    if found is None:
        out.skip("namespace that may be a person's: the maker is not stated")
        return
    maker = (found["kind"], found["id"])
    out.node(*maker, found["name"], at=at, identifiers=[starter_id(*maker)])
    out.edge(
        "CREATED", maker, end, at=at, url=url, stated=namespace, method="extracted", confidence=0.95
    )


def _licences(
    end: End,
    card: Mapping[str, Any],
    tags: list[str],
    gated: object,
    at: str,
    url: str,
    out: Claims,
) -> None:
    stated = _names(card, "license") or _tagged(tags, "license:")
    called = _names(card, "license_name")
    note = "access is granted one by one" if gated not in {None, False, "false"} else None
    for said in stated:
        name = called[0] if said.lower() in _SILENT and called else said
        if name.lower() in _SILENT:
            out.skip("licence that is stated as other or unknown")
            continue
        for target in _meant(name, at, out):
            out.edge(
                "LICENSED_UNDER",
                end,
                target,
                at=at,
                url=url,
                kind="declared",
                stated=name[:LONGEST],
                note=note,
            )


def _meant(name: str, at: str, out: Claims) -> Iterator[End]:
    """States the licences that a text means: an id of the hub, an SPDX expression or a name."""
    row = _hub_licences().get(name.lower(), {})
    if row.get("name"):
        licence = named(row["name"], name)
        known_as = [starter_id("License", row["starter"])] if row["starter"] else None
        limits = row["restrictions"].split(";") if row["restrictions"] else None
        osi = False if row["osi"] == "false" else None
        target = ("License", licence.id)
        out.node(*target, licence.name, at=at, identifiers=known_as, osi=osi, restrictions=limits)
        yield target
        return
    expression = row.get("expression") or known(name)
    for licence in expressed(expression, name, inferred=False) if expression else [named(name)]:
        target = ("License", licence.id)
        known_as = [f"spdx:{licence.spdx}"] if licence.spdx else None
        out.node(*target, licence.name, at=at, identifiers=known_as)
        yield target


def _bases(
    end: End, card: Mapping[str, Any], tags: list[str], at: str, url: str, out: Claims
) -> None:
    """What a model was made from; a base that the hub no longer has stays a stub."""
    kinds = dict(_kinds(tags))
    how = card.get("base_model_relation")
    for base in _names(card, "base_model") or list(kinds):
        if not _ID.fullmatch(base) or base.lower() == end[1]:
            out.skip("base model that is no id of a model, or the model itself")
            continue
        relation = how if isinstance(how, str) else kinds.get(base, "")
        kind = _RELATIONS.get(relation)
        stated = f"{relation} {base}".strip()
        out.edge(
            "DERIVED_FROM", end, ("Model", base.lower()), at=at, url=url, kind=kind, stated=stated
        )


def _kinds(tags: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Base models of the tags `base_model:ID` and `base_model:RELATION:ID`; the relation where it is said."""
    for tag in _tagged(tags, "base_model:"):
        relation, colon, base = tag.partition(":")
        if not colon:
            yield tag, ""
    for tag in _tagged(tags, "base_model:"):
        relation, colon, base = tag.partition(":")
        if colon:
            yield base, relation


@functools.cache
def _hub_licences() -> Mapping[str, dict[str, str]]:
    """What the hub's own ids of licences mean, where they are none of SPDX."""
    file = Path(__file__).parent / "data" / "licences.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["hub"]: row for row in csv.DictReader(stream)}


@functools.cache
def _namespaces() -> Mapping[str, dict[str, str]]:
    file = Path(__file__).parent / "data" / "namespaces.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["namespace"]: row for row in csv.DictReader(stream)}
