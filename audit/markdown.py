"""An audit as a report in GitHub-flavoured Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from .findings import Audit
from .rules import Wanted
from .sections import Evidence, Section, proofs, sections

__all__ = ["markdown"]


def markdown(audit: Audit, asked: Sequence[Wanted], evidence: Evidence) -> str:
    """The report.

    Args:
        audit: The audit.
        asked: Rules that the user holds it to.
        evidence: Gives what stands behind the keys of statements.
    """
    head = f"# Who holds {_plain(audit.file.rpartition('/')[2])}?"
    lines = [head, "", f"As of {audit.as_of}, snapshot `{audit.snapshot[:12]}`.", ""]
    for section in sections(audit, asked):
        lines += _section(section)
    rows = tuple((a, b, c) for a, b, c in proofs(audit, asked, evidence))
    if rows:
        lines += _section(Section("Evidence", (), ("of", "statement", "source"), rows))
    if audit.incomplete_sources:
        lines += [f"Not read in full: {_plain(', '.join(audit.incomplete_sources))}.", ""]
    return "\n".join(lines)


def _section(section: Section) -> list[str]:
    lines = [f"## {section.title}", ""]
    for sentence in section.text:
        lines += [_plain(sentence), ""]
    if section.reading:
        lines += [f"_{_plain(section.reading)}_", ""]
    if section.columns:
        lines.append("| " + " | ".join(section.columns) + " |")
        lines.append("|" + "---|" * len(section.columns))
        lines += ["| " + " | ".join(map(_plain, row)) + " |" for row in section.rows]
        if not section.rows:
            lines.append("| none " + "| " * (len(section.columns) - 1) + "|")
        lines.append("")
    return lines


def _plain(text: str) -> str:
    """A text that Markdown shows as it is: no markup, no break, no end of a cell."""
    shown = " ".join(text.split()).replace("\\", "\\\\")
    for mark in "|*_`[]#~":
        shown = shown.replace(mark, "\\" + mark)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
