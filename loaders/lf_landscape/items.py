"""The items of a landscape file, with the types of their fields looked at."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Final

from ...errors import SourceError
from ...graph.claims import Claims, Record
from ...graph.schema import Partial
from .. import spelling
from ..documents import Table, read_yaml
from ..documents.fields import Wrong, short, text, texts
from . import names

__all__ = ["Item", "Landscape", "read_landscape"]

_UNWANTED: Final = (
    *("item", "logo", "description", "homepage_url", "twitter", "linkedin", "additional_repos"),
    *("stock_ticker", "url_for_bestpractices", "organization"),
)
_UNWANTED_EXTRA: Final = (
    *("dev_stats_url", "lfx_slug", "other_links", "annotations", "youtube_url", "linkedin_url"),
    *("facebook_url", "reddit_url", "blog_url", "blog_jp_url", "slack_url", "docker_url"),
    *("helm_chart_url", "operator_chart_url"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One entry: a member, or a project.

    Attributes:
        name: Without `(member)` and the like.
        at: File and line.
        category: Name of its category.
        tier: Name of its subcategory.
        paths: Its other places (`second_path`), each once.
        crunchbase: Slug; empty when there is none.
        repository: Address of a repository on a known forge; empty when there is none.
        has_code: Whether any address of a repository is given.
        stage: `graduated`, `sandbox` …; empty for what the foundation does not house.
        accepted: Date as stated; empty when there is none.
        licence: As stated; empty when there is none.
    """

    name: str
    at: str
    category: str
    tier: str
    paths: tuple[str, ...]
    crunchbase: str
    repository: str
    has_code: bool
    stage: str
    accepted: str
    licence: str


@dataclasses.dataclass(frozen=True, slots=True)
class Landscape:
    """What one file holds.

    Attributes:
        file: Its path.
        categories: Names of its categories, in order.
        items: In order; those with a wrong field are left out.
        refused: (at, field, reason) of those.
    """

    file: Path
    categories: tuple[str, ...]
    items: tuple[Item, ...]
    refused: tuple[tuple[str, str, str], ...]


def read_landscape(file: Path, out: Claims) -> Landscape:
    """Reads a landscape file; the fields that are looked at are noted in `out`.

    Raises:
        SourceError: It is not YAML, or not a landscape.
    """
    top = read_yaml(file)
    if not isinstance(top, Table) or not isinstance(top.get("landscape"), list):
        hint = (
            "give the landscape.yml of a landscape2 site: a list of categories under `landscape:`"
        )
        raise SourceError(
            "not a landscape: there is no list under `landscape`", where=f"{file}:1", hint=hint
        )
    categories: list[str] = []
    items: list[Item] = []
    refused: list[tuple[str, str, str]] = []
    for category, record in _pairs(file, top, out.record(top), "landscape"):
        categories.append(_name(file, category, record))
        for subcategory, below in _pairs(file, category, record, "subcategories"):
            tier = _name(file, subcategory, below)
            for table, fields in _pairs(file, subcategory, below, "items"):
                at = f"{file.name}:{table.line}"
                try:
                    items.append(_item(table, fields, at, categories[-1], tier))
                except Wrong as wrong:
                    refused.append((at, wrong.field, wrong.reason))
    return Landscape(file, tuple(categories), tuple(items), tuple(refused))


def _pairs(file: Path, table: Table, record: Record, field: str) -> list[tuple[Table, Record]]:
    """The mappings under `field`, each as it lies in the file and as a record of what is read."""
    values = table.get(field)
    records: list[Record] = record.get(field) or []
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(v, Table) for v in values):
        raise SourceError(
            f"`{field}` is not a list of mappings",
            where=f"{file}:{table.line}",
            hint="each entry begins with `- category:`, `- subcategory:` or `- item:`",
        )
    return list(zip(values, records, strict=True))


def _name(file: Path, table: Table, record: Record) -> str:
    record.ignore("category", "subcategory")
    name = record.get("name")
    if not isinstance(name, str) or not name.strip():
        raise SourceError(
            "a category without a name", where=f"{file}:{table.line}", hint="give it a `name`"
        )
    return " ".join(name.split())


def _item(table: Table, record: Record, at: str, category: str, tier: str) -> Item:
    if table.twice:
        raise Wrong(table.twice, "the field is given twice")
    record.ignore(*_UNWANTED)
    extra = record.get("extra")
    if extra is not None and not isinstance(extra, Record):
        raise Wrong("extra", f"{short(table['extra'])} is not a mapping")
    if extra is not None:
        extra.ignore(*_UNWANTED_EXTRA)
    name = names.plain_name(text(record, "name"))
    if not name:
        raise Wrong("name", "a value is required")
    paths = texts(record, "second_path")
    accepted = text(extra, "accepted", "extra.") if extra is not None else ""
    try:
        Partial.read(accepted)
    except ValueError as error:
        raise Wrong("extra.accepted", str(error)) from error
    return Item(
        name=name,
        at=at,
        category=category,
        tier=tier,
        paths=tuple(paths),
        crunchbase=names.crunchbase_slug(text(record, "crunchbase")),
        repository=spelling.repository(text(record, "repo_url")),
        has_code=bool(text(record, "repo_url")),
        stage=text(record, "project"),
        accepted=accepted,
        licence=text(record, "license"),
    )
