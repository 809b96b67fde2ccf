"""What a report says, in sections that know no format: Markdown and HTML write the same."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..pictures import (
    Intervals,
    Layers,
    Link,
    Network,
    Node,
    intervals_picture,
    matrix_picture,
    paths_picture,
)
from ..pictures.views import kind_of
from .findings import Audit, Chokepoint, Running
from .rules import Wanted, ruled

__all__ = ["Evidence", "Section", "control_network", "proofs", "sections"]

Evidence = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
"""`Graph.evidence`."""

_DRAWN: Final = 8
_ALIKE: Final = 3
_OPERATORS: Final = 14
_CHIPS: Final = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """A part of a report.

    Attributes:
        title: Its heading.
        text: Sentences before the table.
        columns: Headings; empty = no table.
        rows: Cells as text.
        picture: SVG; empty = none.
        network: The same as a network, for those who draw Mermaid.
    """

    title: str
    text: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    picture: str = ""
    network: Network | None = None


def sections(audit: Audit, asked: Sequence[Wanted], *, pictures: bool = True) -> list[Section]:
    """The whole report.

    Args:
        audit: What was found.
        asked: Rules that the user holds it to.
        pictures: Whether the pictures are drawn.
    """
    return [
        Section("What it is made of", audit.headline, *_publishers(audit)),
        _findings(audit, asked),
        _controllers(audit, pictures=pictures),
        _relicensors(audit),
        _work(audit, pictures=pictures),
        _where(audit, pictures=pictures),
        _frameworks(audit),
        Section("What is not known", columns=("unknown",), rows=tuple((u,) for u in audit.unknown)),
    ]


def _publishers(audit: Audit) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    columns = ("publisher", "packages", "proprietary", "open", "licence unknown")
    rows = tuple(
        (
            r["publisher"] or "not known",
            *(str(r[n]) for n in ("packages", "proprietary", "open", "licence_unknown")),
        )
        for r in audit.publishers
    )
    return columns, rows


def _findings(audit: Audit, asked: Sequence[Wanted]) -> Section:
    found = ruled(audit, asked)
    rows: list[tuple[str, ...]] = []
    for _, group in itertools.groupby(found, lambda one: (one[0].rule, one[1])):
        some = list(group)
        shown = some if some[0][1] or len(some) <= _ALIKE else some[:1]
        rows += [
            ("must not be" if held else "noted", b.rule, b.message, _some(b.packages))
            for b, held in shown
        ]
        if len(shown) < len(some):
            alike = [p for b, _ in some[1:] for p in b.packages]
            rows.append(("noted", some[0][0].rule, f"and {len(some) - 1} like it", _some(alike)))
    text = (
        f"Against the rules that are asked for: {sum(held for _, held in found)}. "
        f"Against others: {sum(not held for _, held in found)}.",
    )
    return Section("Findings", text, ("", "rule", "finding", "packages"), tuple(rows))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more


def _controllers(audit: Audit, *, pictures: bool) -> Section:
    rows = tuple(
        (
            f"{c.strength:.2f}",
            ">".join(c.channels),
            c.name,
            " → ".join(c.path),
            f"{len(c.reaches)} of {len(audit.frameworks)}",
            f"{c.confidence:.2f}",
        )
        for c in audit.controllers
    )
    text = (
        "Per organisation or person its best control path to any framework of the application: the product of the "
        "strengths along it. Judge a path by its weakest hop. Reached: frameworks at 0.5 or more.",
        "V vote, G gate, L labour, I infrastructure, M money, R legal, S structural.",
        *(
            (f"{audit.controllers_left_out:,} more, none of them stronger, are not listed.",)
            * bool(audit.controllers_left_out)
        ),
    )
    columns = ("strength", "channels", "controller", "path", "reached", "confidence")
    network = control_network(audit) if audit.controllers else None
    drawn = paths_picture(network) if network and pictures else ""
    return Section("Who can steer it", text, columns, rows, drawn, network)


def control_network(audit: Audit, most: int = _DRAWN) -> Network:
    """The best paths of the strongest controllers as one network."""
    links: dict[tuple[str, str, str], Link] = {}
    names: dict[str, str] = {}
    for found in audit.controllers[:most]:
        names |= dict(zip(found.ids, found.path, strict=True))
        hops = zip(found.ids, found.ids[1:], found.channels, found.strengths, strict=False)
        for source, target, channel, strength in hops:
            links.setdefault((source, target, channel), Link(source, target, channel, strength))
    return Network(
        f"Best control paths to the frameworks of {audit.file.rpartition('/')[2]}",
        tuple(Node(i, name, kind_of(i)) for i, name in names.items()),
        tuple(links.values()),
        _source(audit),
        str(audit.as_of),
        (f"The {min(most, len(audit.controllers))} strongest controllers, one best path each.",),
    )


def _source(audit: Audit) -> str:
    return f"Stackholder, snapshot {audit.snapshot[:12]}; each statement with its own source"


def _relicensors(audit: Audit) -> Section:
    rows = tuple(
        (company, f.name, ", ".join(f.licences) or "?", _elephant(f.work))
        for f in audit.frameworks
        for company in f.relicensors
    )
    text = (
        "Companies that alone hold the right to relicense a framework, or to which alone its contributors sign over "
        "theirs. An elephant factor of 1 beside it: the company needs nobody else to go on.",
    )
    columns = ("company", "framework", "licence today", "elephant factor")
    return Section("Who can change a licence alone", text, columns, tuple(sorted(rows)))


def _elephant(work: Any) -> str:
    return _interval(work.elephant) if work and work.elephant else "?"


def _interval(bounds: tuple[int, int]) -> str:
    low, high = bounds
    return str(low) if low == high else f"{low}–{high}"


def _work(audit: Audit, *, pictures: bool) -> Section:
    counted = [(f.name, f.work) for f in audit.frameworks if f.work is not None]
    rows = tuple(
        (
            name,
            w.window,
            f"{w.total:,}",
            f"{w.coverage:.0%}",
            _elephant(w),
            _interval(w.absence) if w.absence else "?",
            w.top if w.leads else f"not known; most known: {w.top}" if w.top else "?",
            f"{w.top_share[0]:.0%} to {w.top_share[1]:.0%}",
        )
        for name, w in counted
    )
    columns: tuple[str, ...] = (
        "framework",
        "window",
        "commits",
        "employer known",
        "elephant factor",
    )
    columns += ("bus factor", "largest employer", "its share")
    text = (
        "Elephant factor: employers that together do half of the work. Bus factor: persons that do. Both as the "
        "interval that unknown employers, or mirror accounts, leave; ? is not counted. The largest employer is "
        "not known where the work of unknown employers could make another one larger.",
    )
    named = [(name, w) for name, w in counted if w.top]
    drawn = ""
    if named and pictures:
        drawn = intervals_picture(
            Intervals(
                "Share of the work on each framework of whom most of it is known",
                "% of the commits",
                tuple(
                    (name, *w.top_share, f"{w.top}, {w.coverage:.0%} known") for name, w in named
                ),
                _source(audit),
                str(audit.as_of),
                ("From: no unknown commit is its own. To: all of them are.",),
            )
        )
    return Section("Whose work it is", text, columns if rows else (), rows, drawn)


def _where(audit: Audit, *, pictures: bool) -> Section:
    running = audit.running
    chips = tuple(
        (
            c.name,
            c.category or "?",
            ", ".join(c.makers) or "?",
            c.tier or "?",
            _some(c.clouds) or "?",
        )
        for c in running.chips
    )
    drawn = ""
    if running.ways and pictures:
        drawn = matrix_picture(_clouds(audit))
    columns = ("chip", "sort", "made by", "lowest tier", "offered in")
    return Section(
        "Where all of it can run", _told(running), columns if chips else (), chips, drawn
    )


def _told(running: Running) -> tuple[str, ...]:
    """The sentences on ways, makers, operators and chokepoints."""
    if not running.needs:
        return ("None of its frameworks says where it runs.",)
    what = "CPUs" if running.needs == "cpu" else "accelerators"
    told = [
        f"What {', '.join(running.stated)} have in common: {what} on which all of those that state one run, in clouds "
        "that are known to offer them. Own machines are not counted. Counts are lower bounds."
    ]
    if not running.chips:
        return (*told, "No chip is stated for all of them.")
    told.append(
        f"{running.ways} ways; makers: {', '.join(running.makers) or '?'} "
        f"({len(running.makers)}); operators: {len(running.operators)}."
    )
    if running.disjoint is not None and running.effective_makers is not None:
        told.append(
            f"{running.disjoint} chips or clouds must fail to cut every way; the makers weigh as "
            f"{running.effective_makers:.2f} equal ones."
        )
    if running.hosts and running.needs != "cpu":
        told.append(f"Host CPUs that all support that state one: {', '.join(running.hosts)}.")
    if running.narrowed_by:
        told.append(
            f"Narrowed to one maker by {', '.join(running.narrowed_by)}; without them: "
            f"{', '.join(running.makers_without)}."
        )
    if running.ways:
        none = ["No single part or owner, and no pair of owners, cuts every way."]
        told += [_choke(c) for c in running.chokepoints] or none
    return tuple(told)


def _choke(choke: Chokepoint) -> str:
    names = " and ".join(choke.names)
    if choke.kind == "part":
        return f"Chokepoint, {choke.role}: every way passes {names}."
    if choke.kind == "owner":
        return f"Chokepoint, owner: without what {names} provides as {choke.role}, no way is left."
    return f"Two owners: without {names}, no way is left; without either, some are."


def _clouds(audit: Audit) -> Layers:
    """Clouds that offer each chip."""
    chips = audit.running.chips
    offered = sorted(chips, key=lambda c: (-len(c.clouds), c.name))[:_CHIPS]
    clouds = sorted({cloud for c in chips for cloud in c.clouds})
    rows = [(cloud, tuple(int(cloud in c.clouds) for c in offered)) for cloud in clouds]
    rows.sort(key=lambda row: (-sum(row[1]), row[0].lower()))
    return Layers(
        "Clouds that offer the chips",
        "A square: the cloud is known to offer the chip"
        + (f"; the {_CHIPS} chips with most clouds" if len(chips) > _CHIPS else ""),
        tuple(c.name for c in offered),
        tuple(rows[:_OPERATORS]),
        max(0, len(rows) - _OPERATORS),
        _source(audit),
        str(audit.as_of),
    )


def _frameworks(audit: Audit) -> Section:
    rows = tuple(
        (
            f.name,
            str(len(f.packages)),
            ", ".join(f.licences) or "?",
            "; ".join(
                f"{n} ({', '.join(r) if len(r) < 6 else 'all rights'})" for n, r in f.governors
            )
            or "?",
            ", ".join(f.owners) or "–",
            str(len(f.makers) or "?"),
            str(len(f.operators) or "?"),
        )
        for f in audit.frameworks
    )
    columns: tuple[str, ...] = ("framework", "packages", "licence", "governed by", "owners")
    columns += ("chip makers", "cloud operators")
    return Section("Frameworks behind the packages", (), columns if rows else (), rows)


def proofs(audit: Audit, asked: Sequence[Wanted], evidence: Evidence) -> list[tuple[str, str, str]]:
    """What is proved, the statement with its dates and confidence, and its address: of paths and findings."""
    about: dict[str, str] = {}
    for breach, _ in ruled(audit, asked):
        for key in breach.keys:
            about.setdefault(key, breach.rule)
    for found in audit.controllers[:_DRAWN]:
        for key in found.keys:
            about.setdefault(key, f"path of {found.name}")
    said = evidence(sorted(about))
    rows = []
    for key, what in about.items():
        one = said.get(key)
        if one is None:
            continue
        stated = f" “{one['stated']}”" if one.get("stated") else ""
        dates = f"{one.get('valid_from') or '?'} to {one.get('valid_to') or 'open'}"
        words = f"{one['source']} {one['relation']} {one['target']}{stated}, {dates}, confidence {one['confidence']:g}"
        urls = [one["url"]] if one.get("url") else list(one.get("urls", ()))
        rows.append((what, words, urls[0] if urls else ""))
    return rows
