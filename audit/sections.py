"""What a report says, in sections that know no format: terminal, Markdown and HTML write the same."""

from __future__ import annotations

import collections
import dataclasses
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..graph.wording import counted, interval_text, listed, percent
from ..pictures import Intervals
from .findings import Audit, Decider, Running, Upkeep
from .headline import contents_text, joined
from .rules import Wanted, ruled

__all__ = ["Evidence", "Section", "proofs", "sections"]

Evidence = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
"""`Graph.evidence`."""

_DRAWN: Final = 10
_ALIKE: Final = 3
_PROVED: Final = 8
_UNKNOWN: Final = "?"
_UNNAMED: Final = {"individual": "individuals or small projects, not named", None: "not known"}


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """A part of a report.

    Attributes:
        title: Its heading.
        text: Sentences before the table.
        columns: Headings; empty = no table.
        rows: Cells as text.
        brief: Most rows where there is little room; 0 = there the section is left out.
        reading: How to read it, where there is room.
        picture: Of the same; None = none.
    """

    title: str
    text: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    brief: int = 0
    reading: str = ""
    picture: Intervals | None = None


def sections(audit: Audit, asked: Sequence[Wanted]) -> list[Section]:
    """The whole report.

    Args:
        audit: The audit.
        asked: Rules that the user holds it to.
    """
    return [
        Section("In short", audit.headline, brief=1),
        _deciders(audit),
        _squeezers(audit),
        _upkeep(audit),
        _bonds(audit),
        *([_models(audit)] if audit.models else []),
        _relicensors(audit),
        _running(audit.running),
        _findings(audit, asked),
        _publishers(audit),
        _frameworks(audit),
        Section(
            "What is not known",
            columns=("not known",),
            rows=tuple((sentence,) for sentence in audit.unknown),
            brief=5,
        ),
    ]


def _source(audit: Audit) -> str:
    return f"Stackholder, snapshot {audit.snapshot[:12]}; each statement with its own source"


# ---------------------------------------------------------------------- the powers


def _deciders(audit: Audit) -> Section:
    rows = tuple(
        (
            f"{d.rank}{'=' * d.tied}",
            d.name + (f" (of {d.owner_name})" if d.owner_name else ""),
            str(len(d.surely)),
            str(len(d.in_part)),
            str(d.at_most),
            str(d.proprietary),
            _through(d),
        )
        for d in audit.deciders
    )
    columns = ("", "party", "surely", "in part", "at most", "not open", "on what")
    unsure = audit.deciders_unsure
    more = f"{counted(unsure, 'more party')} could have a part, of which nothing is sure."
    total = contents_text(audit)
    return Section(
        "Who decides on it",
        (f"On how many of its {total} each party decides.", *((more,) * bool(unsure))),
        columns if rows else (),
        rows,
        7,
        "Surely: it holds more than half of what decides. In part: it surely holds some, but no more than half. At "
        "most: those on which it could hold more than half, given what is not known. Firms under one majority owner "
        "are one party; = marks a shared place. On what: the frameworks, models and data sets behind them, with the "
        "share that is known and the most that it could be.",
        _decider_picture(audit),
    )


def _through(decider: Decider) -> str:
    sure = [s for s in decider.shares if s.low > 0]
    return listed((f"{s.name} {interval_text(s.low, s.high)}" for s in sure), 4)


def _decider_picture(audit: Audit) -> Intervals | None:
    total = len(audit.packages) + len(audit.models)
    some = [d for d in audit.deciders if d.surely][:_DRAWN]
    if not some:
        return None
    return Intervals(
        f"Who decides on {contents_text(audit)}",
        "% of them",
        tuple(
            (
                d.name,
                len(d.surely) / total,
                max(d.at_most, len(d.surely)) / total,
                f"{len(d.surely)} surely, {d.at_most} at most",
            )
            for d in some
        ),
        _source(audit),
        str(audit.as_of),
        ("From: on which it surely decides alone. To: on which it could.",),
    )


def _squeezers(audit: Audit) -> Section:
    rows = tuple(
        (
            s.name + (f" (of {s.owner_name})" if s.owner_name else ""),
            interval_text(s.low, s.high),
            str(len(s.packages)),
            "; ".join(s.reasons),
        )
        for s in audit.squeezers
    )
    text = [] if rows else ["Nobody is known to be able to make it worse alone."]
    if audit.pairs:
        names = listed((" and ".join(p.names) for p in audit.pairs), 3)
        text.append(
            f"Two together leave no way that is known, while either alone leaves one: {names}."
        )
    return Section(
        "What can be squeezed",
        tuple(text),
        ("owner", "squeeze", "hits", "why") if rows else (),
        rows,
        4,
        "How much worse the application would be without all that an owner alone provides: 1 − best way left ÷ best "
        "way before, from what is known to what it could be at most. It needs all its frameworks, models and data "
        "sets, and one sort of machine on which all of them run that say where. A package under terms that are not "
        "open needs its publisher; what is out under an open licence stays. A cloud that is known to offer something "
        "is no squeeze: it may be had elsewhere.",
    )


def _upkeep(audit: Audit) -> Section:
    rows = tuple(
        (
            u.name,
            str(len(u.packages)),
            _support(u),
            _interval(u.elephant),
            _interval(u.bus),
            _work(u),
            _leader(u),
        )
        for u in audit.rests_on
    )
    columns = ("framework", "packages", "support", "elephant", "bus", "counted", "does most")
    counted_by_employer = sum(u.coverage is not None for u in audit.rests_on)
    text = (
        f"{counted(len(rows), 'framework')} behind its packages; of {counted_by_employer} the work is counted by "
        "employer.",
    )
    return Section(
        "What it rests on",
        text,
        columns if rows else (),
        rows,
        4,
        "What nobody can withhold must still be kept up. Elephant factor: employers that together do half of the "
        "work; bus factor: persons that do. Both as the interval that unknown employers, or mirror accounts, leave. "
        "Does most: named only where it surely does more than anybody else. Counted: commits of the window, and for "
        "how much of them the employer is known. ? is not counted.",
    )


def _support(one: Upkeep) -> str:
    words = (one.support or _UNKNOWN).replace("_", " ")
    return (
        f"{words} since {one.support_since:%Y-%m}" if one.support_since and one.support else words
    )


def _interval(bounds: tuple[int, int] | None) -> str:
    if bounds is None:
        return _UNKNOWN
    low, high = bounds
    return str(low) if low == high else f"{low}–{high}"


def _work(one: Upkeep) -> str:
    if one.coverage is None:
        return _UNKNOWN
    number = f"{one.total:,} commits" if one.total else "shares"
    when = "" if one.window == "all" else f" in {one.window}"
    return f"{number}{when}, {percent(one.coverage)} known"


def _leader(one: Upkeep) -> str:
    if one.leader is None or one.leader_share is None:
        return "not sure" if one.coverage is not None else _UNKNOWN
    low, high = (round(100 * end) for end in one.leader_share)
    return f"{one.leader} {low if low == high else f'{low}–{high}'} %"


def _bonds(audit: Audit) -> Section:
    rows = tuple(
        (
            b.name,
            b.terms or b.kind,
            joined([r.replace("_", " ") for r in b.restrictions]) if b.restrictions else "–",
            str(len(b.things)),
            (f"{b.bearer}: " if b.bearer else "") + listed(b.things, 4),
        )
        for b in audit.bound_by
    )
    columns = ("licence or law", "terms", "limits", "binds", "what")
    return Section(
        "What binds it",
        () if rows else ("No licence but permissive ones, and no law that is known.",),
        columns if rows else (),
        rows,
        4,
        "Licences that the packages state, those of the frameworks behind them, and those of models and data sets; "
        "without permissive ones. Restricted: limits beyond attribution and copyleft, such as a field of use. A law "
        "binds the maker of a model in its own matter.",
    )


def _models(audit: Audit) -> Section:
    rows = tuple(
        (
            m.name,
            "model" if m.kind == "Model" else "data set",
            joined(m.makers) if m.makers else _UNKNOWN,
            m.decider or _UNKNOWN,
            (joined(m.licences) if m.licences else _UNKNOWN)
            + (
                f" ({', '.join(r.replace('_', ' ') for r in m.restrictions)})"
                if m.restrictions
                else ""
            ),
            (listed(m.trained_on, 3) or ("stated" if m.data_disclosed else "not stated"))
            if m.kind == "Model"
            else "–",
            m.evidence or "not in the graph",
        )
        for m in audit.models
    )
    columns = (
        *("model or data set", "sort", "made by", "decides"),
        *("terms", "learned from", "recognised by"),
    )
    return Section("Models and data sets", (), columns, rows, 4)


def _relicensors(audit: Audit) -> Section:
    elephants = {u.framework: _interval(u.elephant) for u in audit.rests_on}
    held: dict[str, list[str]] = {}
    for framework in audit.frameworks:
        for company in framework.relicensors:
            factor = elephants.get(framework.id, _UNKNOWN)
            more = "" if factor == _UNKNOWN else f" (elephant factor {factor})"
            held.setdefault(company, []).append(framework.name + more)
    rows = sorted(
        ((company, str(len(names)), listed(names, 6)) for company, names in held.items()),
        key=lambda row: (-int(row[1]), row[0].casefold()),
    )
    return Section(
        "Who can change a licence alone",
        () if rows else ("No company is known to.",),
        ("company", "frameworks", "which") if rows else (),
        tuple(rows),
        3,
        "Companies that alone hold the right to relicense a framework, or to which alone its contributors sign over "
        "theirs. What is out stays under its terms. An elephant factor of 1: one employer does half of the work.",
    )


def _running(running: Running) -> Section:
    rows = tuple(
        (
            c.name,
            c.category or _UNKNOWN,
            joined(c.makers) if c.makers else _UNKNOWN,
            c.tier or _UNKNOWN,
            counted(len(c.clouds), "cloud") if c.clouds else _UNKNOWN,
        )
        for c in running.chips
    )
    columns = ("chip", "sort", "made by", "lowest tier", "known to be offered by")
    return Section(
        "Where all of it can run",
        _running_text(running),
        columns if rows else (),
        rows,
        3,
        "Chips on which everything runs that says where: a CPU alone, or an accelerator, with a CPU beside it where "
        "a framework needs one. A library that another framework needs does not narrow it. Own machines count as "
        "any other; counts are lower bounds.",
    )


def _running_text(running: Running) -> tuple[str, ...]:
    if not running.stated:
        return ("None of its frameworks says where it runs.",)
    if not running.chips:
        return (f"No chip is stated for all of {listed(running.stated, 4)}.",)
    text = [
        f"{counted(len(running.chips), 'sort')} of chips of {counted(len(running.makers), 'maker')}: "
        f"{listed(running.makers, 6)}."
    ]
    if running.narrowed_by:
        without = f"; without, {joined(running.makers_without)}" if running.makers_without else ""
        text.append(f"Narrowed to one maker by {listed(running.narrowed_by, 4)}{without}.")
    if running.sole_operator:
        text.append(f"All these chips are offered by {running.sole_operator} alone, as is stated.")
    return tuple(text)


# ---------------------------------------------------------------------- rules and contents


def _findings(audit: Audit, asked: Sequence[Wanted]) -> Section:
    every = ruled(audit, asked)
    rows: list[tuple[str, ...]] = []
    for _, group in itertools.groupby(every, lambda one: (one[0].rule, one[1])):
        some = list(group)
        shown = some if some[0][1] or len(some) <= _ALIKE else some[:1]
        rows += [
            ("must not be" if held else "noted", v.rule, v.message, listed(v.packages, 4))
            for v, held in shown
        ]
        if len(shown) < len(some):
            alike = [p for v, _ in some[1:] for p in v.packages]
            what = f"and {len(some) - 1} like it"
            rows.append(("noted", some[0][0].rule, what, listed(alike, 4)))
    text = (
        f"Against the rules that are asked for: {sum(held for _, held in every)}. "
        f"Against others: {sum(not held for _, held in every)}.",
    )
    columns = ("", "rule", "finding", "packages")
    return Section("Findings", text, columns if rows else (), tuple(rows))


def _publishers(audit: Audit) -> Section:
    columns = ("publisher", "sort", "packages", "not open", "licence ?", "sure", "known by")
    rows = tuple(
        (
            r["publisher"] or _UNNAMED[r["sort"]],
            r["sort"] or _UNKNOWN,
            *(str(r[n]) for n in ("packages", "proprietary", "licence_unknown")),
            f"{r['confidence']:.2f}" if r["confidence"] else _UNKNOWN,
            ", ".join(f"{sign} {count}" for sign, count in r["signs"].items()) or "–",
        )
        for r in audit.publishers
    )
    signs = collections.Counter(p.sign for p in audit.packages if p.sign)
    read = ", ".join(f"{sign} {count}" for sign, count in signs.most_common())
    text = (f"Known by: {read}.",) if read else ()
    return Section(
        "Who publishes its packages",
        text,
        columns if rows else (),
        rows,
        6,
        "Company: a firm. Foundation: also a university, laboratory or authority. Community: a project with a body or "
        "an account of its own. Individual: one person or a few; nobody is named. Sure: the least confidence among "
        "its packages. Known by: graph, a source states it; repository, it is that of a framework; account, it lies in "
        "the account of the publisher; all others are read out of what the package says of itself, as its uploader "
        "wrote it.",
    )


def _frameworks(audit: Audit) -> Section:
    rows = tuple(
        (
            f.name,
            str(len(f.packages)),
            ", ".join(f.licences) or _UNKNOWN,
            "; ".join(
                f"{n} ({', '.join(r) if len(r) < 6 else 'all rights'})" for n, r in f.governors
            )
            or _UNKNOWN,
            f.decider or "nobody known alone",
        )
        for f in audit.frameworks
    )
    columns = ("framework", "packages", "licence", "governed by", "decides alone")
    return Section("Frameworks behind the packages", (), columns if rows else (), rows)


def proofs(audit: Audit, asked: Sequence[Wanted], evidence: Evidence) -> list[tuple[str, str, str]]:
    """What is proved, the statement with its dates and confidence, and its address: of findings and powers."""
    about: dict[str, str] = {}
    for violation, _ in ruled(audit, asked):
        for key in violation.keys:
            about.setdefault(key, violation.rule)
    for decider in audit.deciders[:_PROVED]:
        for key in decider.keys:
            about.setdefault(key, f"{decider.name} decides")
    for squeezer in audit.squeezers[:_PROVED]:
        for key in squeezer.keys:
            about.setdefault(key, f"{squeezer.name} squeezes")
    for bond in audit.bound_by:
        for key in bond.keys:
            about.setdefault(key, f"{bond.name} binds")
    statements = evidence(sorted(about))
    rows = []
    for key, what in about.items():
        one = statements.get(key)
        if one is None:
            continue
        stated = f" “{one['stated']}”" if one.get("stated") else ""
        dates = f"{one.get('valid_from') or _UNKNOWN} to {one.get('valid_to') or 'open'}"
        words = f"{one['source']} {one['relation']} {one['target']}{stated}, {dates}, confidence {one['confidence']:g}"
        urls = [one["url"]] if one.get("url") else list(one.get("urls", ()))
        rows.append((what, words, urls[0] if urls else ""))
    return rows
