"""Package URLs: what identifies a package, and what is only a name."""

from __future__ import annotations

import dataclasses
from typing import Final

from packageurl import PackageURL
from packaging.utils import canonicalize_name

__all__ = ["Purl", "read_purl"]

_LONGEST: Final = 2_000
_LOOSE: Final = frozenset({"generic", "oci"})
_SYSTEMS: Final = frozenset({"alpm", "apk", "brew", "conda", "deb", "nix", "qpkg", "rpm"})
_FORGES: Final = frozenset({"bitbucket", "docker", "generic", "github", "gitlab", "oci", "swid"})
_HUB: Final = "huggingface"
_SETS: Final = "datasets/"


@dataclasses.dataclass(frozen=True, slots=True)
class Purl:
    """A package URL, in its canonical spelling.

    Attributes:
        text: With version, without qualifiers: they may hold addresses.
        type: `pypi`, `npm` …
        name: With its namespace; normalised (PEP 503) for PyPI.
        version: Empty when it states none.
        id: Without scheme and version; empty when the purl alone does not tell packages apart.
        identifier: `purl:` or `hub:` and the package; empty like `id`.
    """

    text: str
    type: str
    name: str
    version: str
    id: str
    identifier: str

    @property
    def of_a_hub(self) -> bool:
        """Whether it names something on a model hub."""
        return self.type == _HUB

    @property
    def order(self) -> int:
        """0 for the registry of a language or a hub, 1 for an operating system's, 2 for what is no registry."""
        return 2 if self.type in _FORGES else 1 if self.type in _SYSTEMS else 0

    @property
    def hub_kind(self) -> str:
        """What it names on a model hub: `Model` or `Dataset`; empty = it is of no hub."""
        if not self.of_a_hub:
            return ""
        return "Dataset" if self.name.startswith(_SETS) else "Model"


def read_purl(text: str) -> Purl:
    """Reads a package URL.

    One of the type `generic` or `oci`, or from a repository of its own, is no strong identifier: equal names there
    may be different packages.

    Raises:
        ValueError: It is none; says why.
    """
    if len(text) > _LONGEST or not text.isprintable():
        raise ValueError("the purl is too long, or holds characters that cannot be printed")
    found = PackageURL.from_string(text)
    name, type_ = found.name, found.type
    if type_ == "pypi":
        if found.namespace:
            raise ValueError("a purl of PyPI has no namespace")
        name = canonicalize_name(name, validate=True)
    bare = PackageURL(type_, found.namespace, name).to_string()
    whole = PackageURL(type_, found.namespace, name, found.version).to_string()
    spelt = f"{found.namespace}/{name}" if found.namespace else name
    loose = type_ in _LOOSE or "repository_url" in dict(found.qualifiers or {})
    identifier = f"hub:{spelt.removeprefix(_SETS)}" if type_ == _HUB else f"purl:{bare}"
    return Purl(
        whole,
        type_,
        spelt,
        found.version or "",
        "" if loose else bare.removeprefix("pkg:"),
        "" if loose else identifier,
    )
