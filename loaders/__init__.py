"""Loaders: one folder per source. The presence of a folder is its registration.

A loader is a folder with a module `loader` that holds `SOURCE` (a `stackholder.graph.claims.Source`) and
`load(source: Path, out: Claims) -> None`, beside a README.md and a small sample. Where the source has an API, it also
holds `fetch(web: Web, out: Claims) -> None`.

Loaders are found here, in the folders of the setting `loaders`, and among the entry points of the group
`stackholder.loaders`, each of which names such a module.
"""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from ..errors import NotFound, UsageError
from ..graph.claims import Claims, Source
from ..settings import settings

if TYPE_CHECKING:
    from .web import Web

__all__ = ["Loader", "judgement_files", "loader", "names"]

_GROUP: Final = "stackholder.loaders"


@dataclasses.dataclass(frozen=True, slots=True)
class Loader:
    """A source and the functions that read it.

    Attributes:
        source: What it reads.
        load: Reads a file or folder.
        fetch: Reads the source's API; None where it has none.
        folder: Where its README.md, data and sample lie.
    """

    source: Source
    load: Callable[[Path, Claims], None]
    fetch: Callable[[Web, Claims], None] | None
    folder: Path


def names() -> list[str]:
    """The names of all loaders."""
    return sorted({*_folders(), *(point.name for point in entry_points(group=_GROUP))})


def loader(name: str) -> Loader:
    """The loader of that name; those of the package come first, then folders, then entry points.

    Raises:
        NotFound: There is none.
        UsageError: It is no loader: its module cannot be imported, or lacks `SOURCE` or `load`.
    """
    folder = _folders().get(name)
    points = entry_points(group=_GROUP, name=name)
    if folder is None and not points:
        raise NotFound(f"there is no loader {name!r}", hint=f"one of: {', '.join(names())}")
    where = str(folder / "loader.py") if folder else next(iter(points)).value
    try:
        module = _module(name, folder) if folder else next(iter(points)).load()
    except (ImportError, SyntaxError) as error:
        raise UsageError(f"loader {name!r} cannot be imported: {error}", where=where) from error
    source, load = getattr(module, "SOURCE", None), getattr(module, "load", None)
    if not isinstance(source, Source) or not callable(load):
        raise UsageError(
            f"loader {name!r} lacks {'load' if isinstance(source, Source) else 'SOURCE'}",
            where=where,
            hint="see `docs/adding-a-source.md`",
        )
    if source.id != name:
        raise UsageError(f"the source of loader {name!r} has the id {source.id!r}", where=where)
    place = folder or Path(str(module.__file__)).parent
    return Loader(source, load, getattr(module, "fetch", None), place)


def judgement_files() -> list[Path]:
    """The judgements of identity that loaders ship beside their data."""
    folders = (loader(name).folder for name in names())
    return sorted(
        f for f in (folder / "data" / "judgements.csv" for folder in folders) if f.exists()
    )


def _folders() -> dict[str, Path]:
    """The folders that hold a loader, by name; of two with one name the package's own counts."""
    places = [*settings().loaders.value, *(Path(place) for place in __path__)]
    return {file.parent.name: file.parent for p in places for file in p.glob("*/loader.py")}


def _module(name: str, folder: Path) -> ModuleType:
    if folder.parent in (Path(place) for place in __path__):
        return importlib.import_module(f".{name}.loader", __name__)
    package = f"_stackholder_loader_{name}"
    qualified = f"{package}.loader"
    known = sys.modules.get(qualified)
    if known is not None and known.__file__ == str(folder / "loader.py"):
        return known
    sys.modules.pop(qualified, None)
    parent = ModuleType(package)
    parent.__path__ = [str(folder)]
    sys.modules[package] = parent
    return importlib.import_module(qualified)
