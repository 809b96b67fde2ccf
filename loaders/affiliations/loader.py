"""Affiliations: lists that say whose staff use an e-mail domain, and who works for whom."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ...errors import SourceError
from ...graph.claims import Claims, Record, Source, starter_id
from .organisations import Directory, Organisation
from .readings import Bad, Period, domain_map, domain_name

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="affiliations",
    title="e-mail domains of organisations, and the user's own lists of who works for whom",
    publisher="Stackholder",
    licence="Apache-2.0",
    homepage="https://w3id.org/stackholder/data",
    tier="secondary",
    rank=70,
    reads=(
        "domain,organisation,from,to CSV",
        "contributor,organisation,from,to CSV",
        "a gitdm domain or e-mail map",
    ),
    packaged=True,
)

_PACKAGED: Final = Path(__file__).parent / "data"
_OTHER_TERMS: Final = "LicenseRef-unstated"
_PSEUDONYM: Final = re.compile(r"[0-9a-f]{16}")
_ADDRESS: Final = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_SPELLINGS: Final = {
    "organization": "organisation",
    "company": "organisation",
    "email": "contributor",
}
_LEAST_PACKAGED: Final = 500
_BESIDE: Final = frozenset({"accuracy.csv", "organisations.csv", "providers.csv", "README.md"})

_Take = Callable[[str, Record], None]


def load(source: Path, out: Claims) -> None:
    """Reads one list, or every list in a folder; each file is a scope of its own.

    A domain is stated as a set member of its organisation's `email_domains`: as `xilinx.com`, or with its period as
    `xilinx.com ../2022-02-14`. A contributor's address is hashed at once and kept nowhere.

    Raises:
        SourceError: A file has none of the three forms, or there is none.
    """
    files = [source]
    if source.is_dir():
        files = sorted(
            f
            for f in source.iterdir()
            if f.is_file() and f.name not in _BESIDE and not f.name.startswith(".")
        )
    if not files:
        raise SourceError(
            "there is no list here",
            where=str(source),
            hint="see the README of the loader affiliations",
        )
    if source == _PACKAGED:
        out.expect("Company", _LEAST_PACKAGED // 2, 100_000)
    directory = Directory(source / "organisations.csv" if source.is_dir() else None)
    terms = SOURCE.licence if source == _PACKAGED else _OTHER_TERMS
    for file in files:
        with out.scope(file.name):
            _List(file, directory, terms, out).read()


class _List:
    """One file."""

    def __init__(self, file: Path, directory: Directory, terms: str, out: Claims) -> None:
        self._file = file
        self._directory = directory
        self._terms = terms
        self._out = out

    def read(self) -> None:
        """Takes the file in whichever form it has."""
        try:
            text = self._file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise SourceError(
                "the file is not UTF-8", where=str(self._file), hint="save it as UTF-8"
            ) from error
        header = next(csv.reader(text.splitlines()[:1]), [])
        fields = [_SPELLINGS.get(h.strip().lower(), h.strip().lower()) for h in header]
        if {"domain", "organisation"} <= set(fields):
            self._each(text, fields, self._domain)
        elif {"contributor", "organisation"} <= set(fields):
            self._each(text, fields, self._contributor)
        else:
            self._map(text)

    def _each(self, text: str, fields: list[str], take: _Take) -> None:
        for at, row in self._rows(text, fields):
            try:
                take(at, row)
            except Bad as bad:
                self._out.refuse(at, bad.reason, bad.field)

    def _rows(self, text: str, fields: list[str]) -> Iterator[tuple[str, Record]]:
        reader = csv.reader(io.StringIO(text))
        next(reader)
        try:
            for cells in reader:
                at = f"{self._file.name}:{reader.line_num}"
                if len(cells) > len(fields):
                    self._out.refuse(at, f"{len(cells)} cells where the header has {len(fields)}")
                elif any(c.strip() for c in cells):
                    padded = cells + [""] * (len(fields) - len(cells))
                    yield (
                        at,
                        self._out.record(
                            dict(zip(fields, (c.strip() for c in padded), strict=True))
                        ),
                    )
        except csv.Error as error:
            where = f"{self._file}:{reader.line_num}"
            raise SourceError(
                f"not a CSV: {error}", where=where, hint="look at the quotes in that line"
            ) from error

    def _domain(self, at: str, row: Record) -> None:
        domain = domain_name(row["domain"])
        if self._directory.is_provider(domain):
            raise Bad(
                "domain",
                f"{domain} belongs to a mail provider or a project: its users are not its staff",
            )
        organisation = self._organisation(row, domain)
        period = Period.read(row.get("from", ""), row.get("to", ""))
        row.ignore("note")
        self._node(organisation, at, row.get("source_url", ""), [period.beside(domain)])

    def _contributor(self, at: str, row: Record) -> None:
        who = self._pseudonym(row["contributor"])
        organisation = self._organisation(row)
        period = Period.read(row.get("from", ""), row.get("to", ""))
        row.ignore("note")
        self._employs(organisation, who, period, at, row.get("source_url", ""))

    def _map(self, text: str) -> None:
        """A map as gitdm reads it: `domain company`, or `address company`, with `< date` where it ended."""
        given = domain_map(text)
        if given is None:
            raise SourceError(
                "this is neither a list of domains nor of contributors",
                where=f"{self._file}:1",
                hint="its first line must be domain,organisation,from,to or contributor,organisation,from,to",
            )
        for entry in given:
            at = f"{self._file.name}:{entry.line}"
            try:
                if entry.problem:
                    raise Bad("", entry.problem)
                if self._directory.is_nobody(entry.company):
                    self._out.skip("lines that say independent or unknown")
                elif "@" in entry.subject:
                    organisation = self._directory.named(entry.company)
                    self._employs(
                        organisation, self._pseudonym(entry.subject), entry.period, at, ""
                    )
                elif self._directory.is_provider(domain := domain_name(entry.subject)):
                    raise Bad(
                        "domain",
                        f"{domain} belongs to a mail provider or a project: its users are not its staff",
                    )
                else:
                    organisation = self._directory.named(entry.company, domain)
                    self._node(organisation, at, "", [entry.period.beside(domain)])
            except Bad as bad:
                self._out.refuse(at, bad.reason, bad.field)

    def _organisation(self, row: Record, domain: str = "") -> Organisation:
        given = row["organisation"]
        if not given:
            raise Bad("organisation", "a value is required")
        return self._directory.named(given, domain)

    def _pseudonym(self, given: str) -> str:
        """The contributor's id: as it is, or made of an address. Reasons never repeat what was given."""
        text = given.strip().lower()
        if _PSEUDONYM.fullmatch(text):
            return text
        if _ADDRESS.fullmatch(text):
            return self._out.pseudonym(text)
        raise Bad(
            "contributor", "neither a pseudonym (16 hexadecimal digits) nor an e-mail address"
        )

    def _node(
        self, organisation: Organisation, at: str, url: str, domains: list[str] | None = None
    ) -> None:
        self._out.node(
            organisation.kind,
            organisation.id,
            organisation.name,
            at=at,
            url=url or None,
            category=organisation.category or None,
            jurisdiction=organisation.jurisdiction or None,
            identifiers=[
                *organisation.identifiers.split(";"),
                starter_id(organisation.kind, organisation.id),
            ],
            email_domains=domains,
        )

    def _employs(
        self, organisation: Organisation, who: str, period: Period, at: str, url: str
    ) -> None:
        self._node(organisation, at, url)
        identifiers = [f"contributor:{who}"]
        self._out.node(
            "Contributor",
            who,
            f"contributor {who[:8]}",
            at=at,
            url=url or None,
            identifiers=identifiers,
        )
        self._out.edge(
            "EMPLOYS",
            (organisation.kind, organisation.id),
            ("Contributor", who),
            at=at,
            url=url or None,
            signal="list",
            valid_from=period.start or None,
            valid_to=period.end or None,
            licence=self._terms,
        )
