"""The cells of affiliation lists: domains, periods, and the lines of a gitdm map."""

from __future__ import annotations

import dataclasses
import itertools
import re
from typing import Final

from ...graph.schema import Partial

__all__ = ["Bad", "Entry", "Period", "domain_map", "domain_name"]

_DOMAIN: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_LINE: Final = re.compile(r"(\S+)\s+(.+?)(?:\s*<\s*(\S+))?\Z")


class Bad(Exception):
    """A row that cannot be taken.

    Args:
        field: The column at fault; empty for the row as a whole.
        reason: What is wrong; never the text of a contributor's cell.
    """

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(reason)


def domain_name(text: str) -> str:
    """A domain in lower case, without a leading `@` or `*.`.

    Raises:
        Bad: It is none.
    """
    domain = text.strip().lower().removeprefix("@").removeprefix("*.").rstrip(".")
    try:
        plain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        plain = ""
    if not _DOMAIN.fullmatch(plain):
        raise Bad(
            "domain",
            "an address was given, not a domain" if "@" in text else f"{text!r} is not a domain",
        )
    return plain


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """A half-open period.

    Attributes:
        start: `2022`, `2022-02` or `2022-02-14`; empty = not stated.
        end: The same; the first day on which it no longer holds.
    """

    start: str = ""
    end: str = ""

    @classmethod
    def read(cls, start: str, end: str) -> Period:
        """Checks two dates as a list gives them.

        Raises:
            Bad: One is no date, or the end lies before the start.
        """
        dates = []
        for field, text in (("from", start), ("to", end)):
            try:
                dates.append(Partial.read(text.strip()))
            except ValueError as error:
                raise Bad(field, str(error)) from error
        first, last = dates
        if first and last and last.date <= first.date:
            raise Bad("to", f"{end!r} is not after {start!r}")
        return cls(start.strip(), end.strip())

    def beside(self, domain: str) -> str:
        """The domain as a member of `email_domains`: alone, or with the period as an ISO 8601 interval."""
        if not self.start and not self.end:
            return domain
        return f"{domain} {self.start or '..'}/{self.end or '..'}"


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One line of a gitdm map.

    Attributes:
        line: Its number.
        subject: A domain or an address.
        company: The name of the company.
        period: When it held: up to the line's own `< date`, from the date of the line before for the same subject.
        problem: Why it cannot be taken; empty when it can.
    """

    line: int
    subject: str
    company: str
    period: Period = Period()
    problem: str = ""


def domain_map(text: str) -> list[Entry] | None:
    """Reads a gitdm map: `domain company` or `address company` per line, with `< date` where it ended.

    Returns:
        Its entries; None where the first line that is no comment has another form.
    """
    entries: list[Entry] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        match = _LINE.match(line)
        plausible = match is not None and (
            "@" in match[1] or _DOMAIN.fullmatch(match[1].lower().removeprefix("@"))
        )
        if match is None or not plausible:
            if not entries:
                return None
            entries.append(
                Entry(number, "", "", problem="not of the form: domain company [< date]")
            )
            continue
        try:
            period = Period.read("", match[3] or "")
        except Bad as bad:
            entries.append(Entry(number, match[1], match[2], problem=bad.reason))
            continue
        entries.append(Entry(number, match[1], match[2].strip(), period))
    return _chained(entries) if entries else None


def _chained(entries: list[Entry]) -> list[Entry]:
    """Gives each line the start that the line before for the same subject ended with."""
    by_subject: dict[str, list[Entry]] = {}
    for entry in entries:
        if not entry.problem:
            by_subject.setdefault(entry.subject.lower(), []).append(entry)
    starts: dict[int, str] = {}
    for group in by_subject.values():
        # An open end is the last; dates as texts sort alike once filled up.
        ordered = sorted(group, key=lambda e: (not e.period.end, e.period.end.ljust(10, "-")))
        for before, after in itertools.pairwise(ordered):
            starts[after.line] = before.period.end
    return [
        dataclasses.replace(e, period=Period(starts.get(e.line, ""), e.period.end))
        if not e.problem
        else e
        for e in entries
    ]
