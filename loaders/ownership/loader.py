"""Who owns whom, as registers state it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ...errors import SourceError
from ...graph.claims import Claims, Source
from .bods import statements
from .gleif import is_gleif_csv, relationships

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="ownership",
    title="ownership registers: GLEIF level 2, Beneficial Ownership Data Standard",
    publisher="the register",
    licence="CC0-1.0",
    homepage="https://www.gleif.org/en/lei-data/gleif-golden-copy",
    tier="primary",
    rank=65,
    reads=("GLEIF level 2 *.csv, *.xml", "BODS 0.4 *.json, *.jsonl"),
)

_HEAD: Final = 4_096
_HINT: Final = "give a level 2 file of GLEIF (CSV or XML), or BODS 0.4 statements (JSON)"
_GLEIF: Final = ("Global Legal Entity Identifier Foundation", "CC0-1.0", SOURCE.homepage)
_BODS: Final = (
    "the publisher of the statements",
    "NOASSERTION",
    "https://standard.openownership.org/",
)


def load(source: Path, out: Claims) -> None:
    """Reads one file; it is a scope, and what it states is a row each.

    Raises:
        SourceError: It is missing, broken or of another format.
    """
    if not source.is_file():
        raise SourceError("there is no such file", where=str(source), hint=_HINT)
    with source.open("rb") as stream:
        head = stream.read(_HEAD).decode("utf-8-sig", "replace").lstrip()
    gleif = head.startswith("<") or is_gleif_csv(head.partition("\n")[0])
    if not gleif and not head.startswith(("[", "{")):
        raise SourceError(
            "a register in a format that is not known", where=f"{source}:1", hint=_HINT
        )
    publisher, licence, homepage = _GLEIF if gleif else _BODS
    out.describe(publisher=publisher, licence=licence, homepage=homepage)
    with out.scope(source.name):
        (relationships if gleif else statements)(source, out)
