"""The open-source AI map: organisations, and the software, models and data sets that they make."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final

from ...errors import SourceError
from ...graph.claims import Claims, End, Record, Source
from ..documents import Table, read_yaml
from ..documents.fields import Wrong, short, text, texts
from ..organisations import organisation
from ..spelling import repository, slug

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="os_ai_map",
    title="organisations and products of the open-source AI map",
    publisher="the open-source AI map",
    licence="MIT",
    homepage="https://github.com/os-ai-map",
    tier="secondary",
    rank=55,
    reads=("a folder with `organizations` and `products`",),
)

_KINDS: Final = {"software": "Framework", "model": "Model", "dataset": "Dataset"}
_ORGANISATIONS: Final[Mapping[str, str]] = {
    "company": "Company",
    "lab": "Institution",
    "foundation": "Institution",
    "government": "Institution",
    "unknown": "",
}
_HUB: Final = re.compile(r"https://huggingface\.co/(?:datasets/)?([\w.-]+/[\w.-]+)/?")
_PACKAGE: Final = re.compile(r"https?://[^/]+/(?:project|package)/([\w.@/-]+?)/?")
_PERSON: Final = "product of one person: no name is stored"
_STUB: Final = "product that no file describes"
_GUESSED: Final = "taken for software: no file says what it is"


def load(source: Path, out: Claims) -> None:
    """Reads the products, then the organisations; each file is a row, and each folder a scope.

    Raises:
        SourceError: There are no such folders, or a file is not YAML.
    """
    folders = {name: source / name for name in ("products", "organizations")}
    if not any(folder.is_dir() for folder in folders.values()):
        hint = "give the folder that holds `organizations` and `products`"
        raise SourceError("this is not the open-source AI map", where=str(source), hint=hint)
    files = {name: sorted(folder.glob("*.y*ml")) for name, folder in folders.items()}
    out.awaited = sum(map(len, files.values()))
    products: dict[str, str] = {}
    with out.scope("products"):
        _each(files["products"], out, lambda record, at: _product(record, at, products, out))
    with out.scope("organizations"):
        _each(files["organizations"], out, lambda record, at: _maker(record, at, products, out))


def _each(files: Collection[Path], out: Claims, take: Callable[[Record, str], None]) -> None:
    for file in files:
        document = read_yaml(file)
        at = f"{file.parent.name}/{file.name}:1"
        with out.row():
            try:
                if not isinstance(document, Table):
                    raise Wrong("", "not a mapping")
                if document.twice:
                    raise Wrong(document.twice, "the field is given twice")
                take(out.record(document), at)
            except Wrong as wrong:
                out.refuse(at, wrong.reason, wrong.field)


def _product(record: Record, at: str, products: dict[str, str], out: Claims) -> None:
    record.ignore("description", "comments")
    kind = _KINDS.get(text(record, "type"))
    if kind is None:
        raise Wrong("type", f"{short(record.get('type'))} is not software, model or dataset")
    id_, name = _names(record)
    if id_ in products:
        raise Wrong("name", f"{id_!r} stands twice")
    code, models, data = (
        _urls(record, f) for f in ("github", "huggingface_model", "huggingface_dataset")
    )
    packages = {"pypi": _urls(record, "pypi"), "npm": _urls(record, "npm")}
    products[id_] = kind
    known_as = [f"repository:{r}" for r in map(repository, code) if r and kind == "Framework"]
    pages = models if kind == "Model" else data if kind == "Dataset" else []
    known_as += [f"hub:{found[1]}" for found in map(_HUB.fullmatch, pages) if found]
    role: dict[str, str] = {"role": "app"} if kind == "Framework" and not code else {}
    url = next(iter([*code, *models, *data]), None)
    out.node(kind, id_, name, at=at, url=url, identifiers=known_as, aliases=None, **role)
    for ecosystem, addresses in packages.items():
        for found in map(_PACKAGE.fullmatch, addresses):
            if found and kind == "Framework":
                _publishes((kind, id_), ecosystem, found[1], at, out)


def _publishes(framework: End, ecosystem: str, name: str, at: str, out: Claims) -> None:
    package = re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "pypi" else name
    target = ("Package", f"{ecosystem}/{package}")
    purl = f"purl:pkg:{ecosystem}/{package.replace('@', '%40')}"
    out.node(*target, package, at=at, ecosystem=ecosystem, identifiers=[purl])
    out.edge("PUBLISHES", framework, target, at=at, method="extracted", confidence=0.9)


def _maker(record: Record, at: str, products: Mapping[str, str], out: Claims) -> None:
    record.ignore("comments", "github")
    said = text(record, "type")
    _, name = _names(record)
    made, homepage = texts(record, "products"), text(record, "homepage")
    if said == "individual":
        out.skip(_PERSON)
        return
    if said not in _ORGANISATIONS:
        raise Wrong("type", f"{short(said)} is not one of {', '.join(_ORGANISATIONS)}, individual")
    maker = organisation(name, _ORGANISATIONS[said])
    end = maker.state(out, at)
    url = homepage if homepage.startswith("https://") else None
    for product in made:
        kind = products.get(product)
        if kind is None:
            out.skip(_STUB)
        out.edge(
            "CREATED",
            end,
            (kind or "Framework", product),
            at=at,
            url=url,
            stated=product,
            method="extracted",
            confidence=0.9 if kind else 0.5,
            note=None if kind else _GUESSED,
        )


def _names(record: Record) -> tuple[str, str]:
    id_, name = text(record, "name"), text(record, "display_name")
    if not id_:
        raise Wrong("name", "a value is required")
    return slug(id_), name or id_


def _urls(record: Record, field: str) -> list[str]:
    """The addresses of a list of `{url}`."""
    listed = record.get(field) or []
    if not isinstance(listed, list) or not all(isinstance(one, Record) for one in listed):
        raise Wrong(field, f"{short(listed)} is not a list of addresses")
    return [found for one in listed if (found := text(one, "url", f"{field}."))]
