"""Organisations as lists name them: by id, by name, or by a name that nobody has described yet."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from importlib import resources
from pathlib import Path
from typing import Final

from ...graph.legal_forms import without_legal_forms
from ..spelling import slug

__all__ = ["Directory", "Organisation"]

_NOBODY: Final = frozenset(
    {
        "independent",
        "unknown",
        "notfound",
        "not found",
        "self",
        "hobbyist",
        "hobbyists",
        "none",
        "individual",
        "unaffiliated",
        "freelance",
    }
)
_UNIVERSITY: Final = re.compile(r"\.edu$|\.(edu|ac)\.[a-z]{2}$")


@dataclasses.dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation.

    Attributes:
        id: Slug.
        kind: `Company` or `Institution`.
        name: The name it goes by.
        category: As in the schema; empty = not known.
        jurisdiction: ISO 3166; empty = not known.
        identifiers: Joined with `;`.
    """

    id: str
    kind: str
    name: str
    category: str = ""
    jurisdiction: str = ""
    identifiers: str = ""


class Directory:
    """The packaged organisations, those of a user's `organisations.csv`, and providers of mail.

    Args:
        own: A user's file in the columns of the packaged one; it goes first.
    """

    def __init__(self, own: Path | None = None) -> None:
        data = resources.files(__package__).joinpath("data")
        texts = [data.joinpath("organisations.csv").read_text(encoding="utf-8")]
        if own is not None and own.exists():
            texts.append(own.read_text(encoding="utf-8-sig"))
        rows = [row for text in texts for row in csv.DictReader(io.StringIO(text, newline=""))]
        fields = [f.name for f in dataclasses.fields(Organisation)]
        self._by_id = {
            row["id"]: Organisation(**{f: row.get(f) or "" for f in fields}) for row in rows
        }
        self._by_name = {_plain(o.name): o for o in self._by_id.values()}
        providers = data.joinpath("providers.csv").read_text(encoding="utf-8")
        self._providers = frozenset(row["domain"] for row in csv.DictReader(providers.splitlines()))

    def named(self, text: str, domain: str = "") -> Organisation:
        """The organisation with that id or name; a new one where there is none.

        Args:
            text: Id or name.
            domain: A domain of it: a new organisation at a university's domain is an institution.
        """
        known = self._by_id.get(text.strip()) or self._by_name.get(_plain(text))
        if known is None:
            kind = "Institution" if _UNIVERSITY.search(domain) else "Company"
            known = Organisation(slug(text), kind, text.strip())
            known = self._by_id.setdefault(known.id, known)
            self._by_name[_plain(text)] = known
        return known

    def is_provider(self, domain: str) -> bool:
        """Whether addresses at a domain say nothing of an employer."""
        return domain in self._providers

    @staticmethod
    def is_nobody(company: str) -> bool:
        """Whether a name stands for no employer, as maps write it."""
        return company.strip().strip("*()").strip().lower() in _NOBODY


def _plain(name: str) -> str:
    return re.sub(r"[^\w]+", " ", without_legal_forms(name.strip().lower())).strip()
