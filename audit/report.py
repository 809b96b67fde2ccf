"""An audit as one HTML file: pictures inline, nothing fetched, no script; for screen and print, light and dark."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import Final

from ..graph.wording import listed
from ..pictures import intervals_picture
from .findings import Audit
from .rules import RULES, Wanted
from .sections import Evidence, Section, proofs, sections

__all__ = ["report"]

_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
_SHEET: Final = """
:root { color-scheme: light dark; --ink: #1a1a1a; --soft: #5a5a5a; --ground: #ffffff; --rule: #c9c9c9;
  --tint: #f3f3f3; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --soft: #a8a8a8; --ground: #15171a; --rule: #43484f; --tint: #202327; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 4rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2.4rem 0 .6rem; padding-top: .6rem; border-top: 2px solid var(--ink); }
p { margin: .3rem 0; max-width: 48rem; } .soft { color: var(--soft); }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--rule);
  overflow-wrap: anywhere; }
th { border-bottom: 1.5px solid var(--ink); white-space: nowrap; }
td.figure { font-variant-numeric: tabular-nums; }
td.figure, td.fixed { white-space: nowrap; }
tr.held td { font-weight: bold; }
.figures { display: flex; flex-wrap: wrap; gap: .7rem; margin: 1.2rem 0 0; padding: 0; list-style: none; }
.figures li { border: 1px solid var(--rule); background: var(--tint); padding: .55rem .9rem; min-width: 8.5rem; }
.figures b { display: block; font-size: 1.45rem; line-height: 1.2; }
figure { margin: 1rem 0; overflow-x: auto; border: 1px solid var(--rule); }
figure svg { display: block; max-width: 100%; height: auto; }
nav { margin-top: 1rem; } nav a { margin-right: 1rem; } a { color: inherit; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } nav { display: none; }
  figure, tr { break-inside: avoid; } h2 { break-after: avoid; } .scroll, figure { overflow: visible; } }
"""


def report(audit: Audit, asked: Sequence[Wanted], evidence: Evidence) -> str:
    """The report as one file.

    Args:
        audit: The audit.
        asked: Rules that the user holds it to.
        evidence: Gives what stands behind the keys of statements.
    """
    title = f"Who holds {audit.file.rpartition('/')[2]}?"
    parts = sections(audit, asked)
    proved = proofs(audit, asked, evidence)
    places = [f"part-{place}" for place in range(len(parts))]
    links = [f'<a href="#{i}">{_text(s.title)}</a>' for i, s in zip(places, parts, strict=True)]
    body = [
        f"<h1>{_text(title)}</h1>",
        f'<p class="soft">As of {audit.as_of}, Stackholder snapshot {_text(audit.snapshot[:12])}.</p>',
        _figures(audit),
        f"<nav>{''.join(links)}</nav>",
    ]
    for place, section in zip(places, parts, strict=True):
        body += _section(place, section)
    body += _proofs(proved)
    if audit.incomplete_sources:
        body.append(f"<p>Not read in full: {_text(', '.join(audit.incomplete_sources))}.</p>")
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_SHEET}</style>\n</head>\n<body>\n"
    )
    return head + "\n".join(body) + "\n</body>\n</html>\n"


def _text(text: str) -> str:
    return html.escape(text)


def _figures(audit: Audit) -> str:
    """The few numbers that matter most."""
    things = audit.things
    stopping = [s.name for s in audit.squeezers if s.low >= 1]
    ended = sum(u.ended for u in audit.rests_on)
    counts = [
        (str(len(audit.packages)), "packages"),
        *([(str(len(audit.models)), "models and data sets")] if audit.models else []),
        (str(sum(t.decider is not None for t in things)), "decided on by one party"),
        (str(sum(t.proprietary is True for t in things)), "not under open terms"),
        (str(len(audit.frameworks)), "frameworks behind them"),
        (str(sum(bool(f.relicensors) for f in audit.frameworks)), "one company can relicense"),
        (str(ended), "no longer worked on"),
        (listed(stopping, 2) or "nobody known", "can surely stop it alone"),
    ]
    items = (f"<li><b>{_text(value)}</b> {_text(words)}</li>" for value, words in counts)
    return f'<ul class="figures">{"".join(items)}</ul>'


def _section(place: str, section: Section) -> Iterator[str]:
    yield f'<h2 id="{place}">{_text(section.title)}</h2>'
    for sentence in section.text:
        yield f"<p>{_text(sentence)}</p>"
    if section.picture:
        yield f"<figure>{intervals_picture(section.picture)}</figure>"
    if section.columns and section.rows:
        head = "".join(f'<th scope="col">{_text(c)}</th>' for c in section.columns)
        yield f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>'
        for row in section.rows:
            held = ' class="held"' if row[0] == "must not be" else ""
            yield f"<tr{held}>{''.join(map(_cell, row))}</tr>"
        yield "</tbody></table></div>"
    if section.reading:
        yield f'<p class="soft">{_text(section.reading)}</p>'


def _cell(text: str) -> str:
    kind = ""
    if text[:1].isdigit() and len(text) < 16:
        kind = ' class="figure"'
    elif text in RULES or text in {"must not be", "noted"}:
        kind = ' class="fixed"'
    return f"<td{kind}>{_text(text)}</td>"


def _proofs(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    if not rows:
        return
    yield "<h2>Evidence</h2>"
    yield '<div class="scroll"><table><thead><tr><th scope="col">of</th><th scope="col">statement</th>'
    yield '<th scope="col">source</th></tr></thead><tbody>'
    for what, words, url in rows:
        shown = _text(url)
        if url.startswith(("https://", "http://")):
            shown = f'<a rel="noopener noreferrer" href="{shown}">{shown}</a>'
        yield f"<tr><td>{_text(what)}</td><td>{_text(words)}</td><td>{shown}</td></tr>"
    yield "</tbody></table></div>"
