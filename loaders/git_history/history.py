"""Reading `git log`: who did what in which month, streamed, without names and addresses in what comes out."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...errors import SourceError
from .domains import domain_of, work_domain
from .people import Actor, actor, credited
from .plumbing import ask, call, stream

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "COUNTS",
    "FARTHEST",
    "KINDS",
    "History",
    "Trailers",
    "fixing_tags",
    "read_history",
    "trailers",
]

COUNTS: Final = ("commits", "reviews", "merges", "security_fixes", "coauthored")
"""Columns of counts, each 0 or 1 per commit and contributor."""

KINDS: Final = ("none", "automation", "mirror")
"""Sorts of actors."""

FARTHEST: Final = 1 << 40
"""Unix times further from 1970 than this are brought there: no calendar reaches them."""

_FIELDS: Final = 6
_FORMAT: Final = "--format=%H%x00%at%x00%aN <%aE>%x00%ae%x00%P%x00%B"
_BROKEN: Final = (
    "check it with: git fsck; a partial clone or a copy that was cut short must be fetched anew"
)
_CREDIT: Final = re.compile(
    rb"^(co-authored|co-developed|reviewed|acked|signed-off)[- ]by[ \t]*:"
    rb"[ \t]*((?:\S[^\n]*)?(?:\n[ \t]+(?![\w-]+:)[^\s*-][^\n]*)*)",  # it goes on in lines that begin with a space
    re.IGNORECASE | re.MULTILINE,
)
_CONTACT: Final = re.compile(rb"[\s,;]*([^<>]*?)\s*<([^<>\n]+)>")
_VULNERABILITY: Final = re.compile(
    rb"\b(?:cve-\d{4}-\d{4,}|ghsa(?:-[23456789cfghjmpqrvwx]{4}){3})\b", re.IGNORECASE
)
_TRAILER: Final = re.compile(rb"^[a-z][a-z0-9-]*[ \t]*(?::|[ \t]#)", re.IGNORECASE)
_FIX: Final = re.compile(
    rb"^[\t *-]*(?:fix(?:es|ed)?|resolves?d?|clos(?:es?|ed)|address(?:es|ed)?|mitigat(?:es?|ed)|patch(?:es|ed)?)\b",
    re.IGNORECASE,
)
_TELL_EVERY: Final = 5_000
_NAMELESS: Final = "co-authors and reviewers without an address"
_TOOLS: Final = "co-authors and reviewers that are tools: they count for nobody"
_SIGNATURES: Final = "sign-offs: where a change came from, no work of its own"


@dataclasses.dataclass(frozen=True, slots=True)
class Trailers:
    """What the message of a commit says of others.

    Attributes:
        coauthors: (name, address), as written.
        reviewers: The same; those who acknowledged it too.
        nameless: Co-authors and reviewers without an address.
        signatures: Lines `Signed-off-by`, which state where a change came from and no work of their own.
        signers: (name, address) in them, as written.
        security: Whether it says that it fixes something with the id of a CVE or a GHSA.
    """

    coauthors: tuple[tuple[bytes, bytes], ...] = ()
    reviewers: tuple[tuple[bytes, bytes], ...] = ()
    nameless: int = 0
    signatures: int = 0
    security: bool = False
    signers: tuple[tuple[bytes, bytes], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class History:
    """What was read.

    Attributes:
        work: columns: sha, contributor (pseudonym), called (pseudonym of the name), month (months since 1970-01),
            then `COUNTS`, authored (1 of the author, 0 of others), seen_as (place in `KINDS` of the sort of actor that
            this commit shows), written and signed (listed domains of an employer: of the author's address before
            `.mailmap`, and of the author's own sign-off in the same commit). One row per commit and contributor.
        actors: Everyone in it; some twice, where they go by several names.
        total: Commits.
        omitted: Parts of them that give nothing, by reason.
        fixes: Commits that a merge calls a security fix.
    """

    work: pa.Table
    actors: tuple[Actor, ...]
    total: int
    omitted: Mapping[str, int]
    fixes: frozenset[str]


def read_history(
    folder: Path,
    revision: str,
    since: str | None,
    pseudonym: Callable[[str], str],
    tell: Callable[[int], None] = lambda done: None,
) -> History:
    """Reads the commits that a revision leads to, merges too, replace refs and other refs left alone.

    Args:
        folder: The repository.
        revision: Name or hash of the newest commit.
        since: A commit; what it leads to is left out.
        pseudonym: Keyed hash.
        tell: Is told every few thousand commits how many were read.

    Raises:
        SourceError: git failed, or its output was cut short.
    """
    span = [revision] if since is None else [revision, f"^{since}"]
    flags = (
        "--use-mailmap",
        "--no-show-signature",
        "--no-color",
        "--no-notes",
        "--no-decorate",
        "--no-patch",
    )
    blob = ("-c", f"mailmap.blob={revision}:.mailmap")
    reading = _Reading(pseudonym)
    output = stream(folder, *blob, "log", "-z", *flags, _FORMAT, *span, "--", hint=_BROKEN)
    rest, tokens, told = b"", [], 0
    for chunk in output:
        *whole, rest = (rest + chunk).split(b"\0")
        tokens += whole
        complete = len(tokens) - len(tokens) % _FIELDS
        reading.take(tokens[:complete])
        tokens = tokens[complete:]
        if reading.total - told >= _TELL_EVERY:
            told = reading.total
            tell(told)
    if rest or tokens:
        raise SourceError("the output of git log was cut short", where=str(folder), hint=_BROKEN)
    return reading.history(lambda contacts: _mapped(folder, revision, contacts))


def _mapped(
    folder: Path, revision: str, contacts: Sequence[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    """The contacts as `.mailmap` has them."""
    has_map = (folder / ".mailmap").exists() or ask(
        folder, "rev-parse", "-q", "--verify", f"{revision}:.mailmap"
    )
    if not contacts or not has_map:
        return list(contacts)
    given = b"".join(b"%s <%s>\n" % contact for contact in contacts)
    blob = ("-c", f"mailmap.blob={revision}:.mailmap")
    lines = call(folder, *blob, "check-mailmap", "--stdin", hint=_BROKEN, given=given).split(b"\n")
    return [_contact(line) for line in lines[: len(contacts)]]


def _contact(text: bytes) -> tuple[bytes, bytes]:
    """Name and address out of `Name <address>`."""
    name, _, address = text.rpartition(b"<")
    return name.strip(), address.removesuffix(b">")


def fixing_tags(folder: Path) -> list[str]:
    """The commits whose tags name a CVE or a GHSA, in the name or in the first line of the annotation.

    Raises:
        SourceError: git failed.
    """
    form = "--format=%(objectname) %(*objectname) %(refname:short) %(contents:subject)"
    lines = call(folder, "for-each-ref", form, "refs/tags", hint=_BROKEN).split(b"\n")
    named = (line.split(b" ", 2) for line in lines if _VULNERABILITY.search(line))
    return sorted({(inner or outer).decode() for outer, inner, _ in named})


def trailers(message: bytes) -> Trailers:
    """Reads what the message of a commit says of co-authors, reviewers and vulnerabilities.

    Co-authors and reviewers may stand at the start of any line after the subject, since squashed commits carry the
    messages of their parts; vulnerabilities count in the subject, in the last paragraph's trailers, and in lines that
    begin with a word like "fixes".
    """
    subject, _, body = message.lstrip(b"\n").partition(b"\n")
    found: dict[bytes, list[tuple[bytes, bytes]]] = {b"c": [], b"r": [], b"a": [], b"s": []}
    nameless = signatures = 0
    for role, credit in _CREDIT.findall(body):
        first = role[:1].lower()
        contacts = _CONTACT.findall(credit)
        found[first] += [(b" ".join(name.split()), address.strip()) for name, address in contacts]
        signatures += first == b"s"
        nameless += bool(credit.strip()) and not contacts and first != b"s"
    lines = body.rstrip().split(b"\n")
    last = len(lines) - (lines[::-1].index(b"") if b"" in lines else len(lines))
    told = [
        subject,
        *(line for line in lines[last:] if _TRAILER.match(line)),
        *(line for line in lines if _FIX.match(line)),
    ]
    return Trailers(
        tuple(found[b"c"]),
        tuple(found[b"r"] + found[b"a"]),
        nameless,
        signatures,
        any(_VULNERABILITY.search(line) for line in told),
        tuple(found[b"s"]),
    )


class _Reading:
    """Takes the fields of commits as they come and keeps numbers."""

    def __init__(self, pseudonym: Callable[[str], str]) -> None:
        self._pseudonym = pseudonym
        self._authors: dict[bytes, int] = {}
        self._written: list[bytes] = []
        self._signers: list[tuple[int, tuple[bytes, bytes]]] = []
        self._contacts: dict[tuple[bytes, bytes], int] = {}
        self._shas: list[bytes] = []
        self._codes: list[int] = []
        self._times: list[int] = []
        self._merges: list[bool] = []
        self._fixes: list[int] = []
        self._merged_fixes: set[str] = set()
        self._others: list[tuple[int, int, bool]] = []
        self._omitted = {_NAMELESS: 0, _SIGNATURES: 0, _TOOLS: 0}

    @property
    def total(self) -> int:
        """Commits that were taken."""
        return len(self._shas)

    def take(self, tokens: list[bytes]) -> None:
        """Takes whole commits: sha, time, name and address, address as written, parents, message."""
        start = len(self._shas)
        self._shas += tokens[0::_FIELDS]
        self._times += _seconds(tokens[1::_FIELDS])
        people = tokens[2::_FIELDS]
        for person in sorted(set(people) - self._authors.keys()):
            self._authors[person] = len(self._authors)
        self._codes += map(self._authors.__getitem__, people)
        self._written += tokens[3::_FIELDS]
        merged = tokens[4::_FIELDS]
        self._merges += [b" " in parents for parents in merged]
        for place, message in enumerate(tokens[5::_FIELDS], start):
            plain = message.lower()
            if b"-by" in plain or b"ed by" in plain or b"cve-" in plain or b"ghsa-" in plain:
                self._note(place, merged[place - start], trailers(message))

    def _note(self, place: int, parents: bytes, said: Trailers) -> None:
        if said.security:
            self._fixes.append(place)
            # What a merge brings in is the fix; its tip stands for it.
            self._merged_fixes.update(parents.decode().split()[1:])
        self._omitted[_NAMELESS] += said.nameless
        self._omitted[_SIGNATURES] += said.signatures
        self._signers += [(place, contact) for contact in said.signers]
        for contacts, review in ((said.coauthors, False), (said.reviewers, True)):
            for contact in contacts:
                code = self._contacts.setdefault(contact, len(self._contacts))
                self._others.append((place, code, review))

    def history(
        self, mapped: Callable[[Sequence[tuple[bytes, bytes]]], list[tuple[bytes, bytes]]]
    ) -> History:
        """Everything taken, names and addresses turned into pseudonyms."""
        import numpy as np
        import pyarrow as pa

        authors = [self._actor(_contact(person)) for person in self._authors]
        others = [self._actor(contact, credited) for contact in mapped(list(self._contacts))]
        tools = [other.bot.kind == "automation" for other in others]
        self._omitted[_TOOLS] += sum(tools[code] for _, code, _ in self._others)
        size = len(self._shas)
        merges = np.array(self._merges, dtype=bool)
        fixes = np.zeros(size, dtype=bool)
        fixes[self._fixes] = True
        codes = pa.array(self._codes, pa.int32())
        names, called = (
            pa.DictionaryArray.from_arrays(codes, pa.array(texts, pa.string())).cast(pa.string())
            for texts in ([a.pseudonym for a in authors], [a.called for a in authors])
        )
        try:
            times = np.array(self._times, dtype=np.int64)
        except OverflowError:
            times = np.array([max(-FARTHEST, min(FARTHEST, t)) for t in self._times])
        times = np.clip(times, -FARTHEST, FARTHEST)
        months = times.astype("datetime64[s]").astype("datetime64[M]").astype(np.int32)
        columns = {
            "sha": pa.array(self._shas, pa.binary()).cast(pa.string()),
            "contributor": names,
            "called": called,
            "month": pa.array(months),
            "commits": pa.array((~merges).astype(np.int8)),
            "reviews": pa.array(np.zeros(size, np.int8)),
            "merges": pa.array(merges.astype(np.int8)),
            "security_fixes": pa.array((fixes & ~merges).astype(np.int8)),
            "coauthored": pa.array(np.zeros(size, np.int8)),
            "authored": pa.array(np.ones(size, np.int8)),
            "seen_as": pa.array([_seen_as(a) for a in authors], pa.int8()).take(codes),
            "written": self._domains(authors),
            "signed": self._own_signatures(authors),
        }
        own = pa.table(columns)
        rows = self._more(authors, others, months.tolist(), fixes.tolist())
        work = pa.concat_tables([own, pa.Table.from_pylist(rows, schema=own.schema)])
        omitted = {reason: count for reason, count in self._omitted.items() if count}
        merged = frozenset(self._merged_fixes)
        return History(work, (*authors, *others), size, omitted, merged)

    def _domains(self, authors: Sequence[Actor]) -> pa.Array:
        """The employer's domain of each commit's address as written, where `.mailmap` gives its author another."""
        import pyarrow as pa

        domains = {
            address: work_domain(domain_of(_decoded(address))) for address in set(self._written)
        }
        rows = zip(self._written, self._codes, strict=True)
        texts = [
            domain if (domain := domains[address]) and domain != authors[code].domain else ""
            for address, code in rows
        ]
        return pa.array(texts, pa.string())

    def _own_signatures(self, authors: Sequence[Actor]) -> pa.Array:
        """The employer's domain of the address with which the author of each commit signed it off under one name."""
        import pyarrow as pa

        signers = {contact: self._actor(contact) for _, contact in self._signers}
        texts = [""] * len(self._shas)
        for place, contact in self._signers:
            author, signer = authors[self._codes[place]], signers[contact]
            if author.called and author.called == signer.called:
                texts[place] = work_domain(signer.domain)
        return pa.array(texts, pa.string())

    def _actor(self, contact: tuple[bytes, bytes], read: Callable[..., Actor] = actor) -> Actor:
        return read(_decoded(contact[0]), _decoded(contact[1]), self._pseudonym)

    def _more(
        self,
        authors: Sequence[Actor],
        others: Sequence[Actor],
        months: Sequence[int],
        fixes: Sequence[bool],
    ) -> list[dict[str, object]]:
        """Rows of co-authors and reviewers; each counts once per commit, and the author not again."""
        seen: dict[tuple[int, str], dict[str, object]] = {}
        for place, code, review in self._others:
            who = others[code].pseudonym
            author = authors[self._codes[place]].pseudonym
            if who == author or (self._merges[place] and not review):
                continue
            row = seen.setdefault(
                (place, who),
                {
                    "sha": self._shas[place].decode(),
                    "contributor": who,
                    "called": others[code].called,
                    "month": months[place],
                    **dict.fromkeys(COUNTS, 0),
                    "authored": 0,
                    "seen_as": _seen_as(others[code]),
                    "written": "",
                    "signed": "",
                },
            )
            row["reviews" if review else "commits"] = 1
            if not review:
                row["security_fixes"] = int(fixes[place])
                row["coauthored"] = 1
        return list(seen.values())


def _seen_as(one: Actor) -> int:
    return KINDS.index(one.bot.kind)


def _seconds(texts: Sequence[bytes]) -> list[int]:
    """Unix times; 0 where git knows none."""
    try:
        return list(map(int, texts))
    except ValueError:
        return [int(text) if text.lstrip(b"-").isdigit() else 0 for text in texts]


def _decoded(text: bytes) -> str:
    """UTF-8, or byte by byte where it is not: old commits say nothing of their encoding."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")
