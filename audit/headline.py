"""An audit in a few sentences that can be quoted: counts, and names only of whom something is sure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ..graph.wording import counted, interval_text, listed

if TYPE_CHECKING:
    from .findings import Audit, Squeezer

__all__ = ["contents_text", "headline", "joined"]

_MOST_REQUESTED: Final = 5
_MOST_GROUPS: Final = 3
_MOST_TIED: Final = 3
_TELLING: Final = 0.05
_ENOUGH: Final = 1 - 1e-9


def headline(audit: Audit) -> tuple[str, ...]:
    """What is in it, who decides, who can squeeze it, what it rests on, what binds it."""
    return (
        *_contents(audit),
        *_deciders(audit),
        *_requested(audit),
        *_publishers(audit),
        *_squeezers(audit),
        *_upkeep(audit),
        *_bonds(audit),
    )


def contents_text(audit: Audit) -> str:
    """`59 packages`, `59 packages, 2 models and 1 data set`."""
    models = sum(m.kind == "Model" for m in audit.models)
    sets = len(audit.models) - models
    parts = [counted(len(audit.packages), "package")] if audit.packages or not audit.models else []
    parts += [counted(models, "model")] if models else []
    parts += [counted(sets, "data set")] if sets else []
    return joined(parts)


_SORTS: Final = (
    ("company", "company", "companies"),
    ("foundation", "foundation or institution", "foundations or institutions"),
    ("community", "community", "communities"),
)


def _publishers(audit: Audit) -> Iterator[str]:
    """Who publishes its packages, by sort: firms, foundations and communities are told apart, individuals not named."""
    if not audit.packages:
        return
    rows = audit.publishers
    parts = []
    for sort, singular, plural in _SORTS:
        mine = [r for r in rows if r["sort"] == sort]
        if mine:
            noun = singular if len(mine) == 1 else plural
            parts.append(f"{sum(r['packages'] for r in mine)} by {len(mine)} {noun}")
    alone = sum(r["packages"] for r in rows if r["sort"] == "individual")
    parts += [f"{alone} by individuals or small projects, who are not named"] if alone else []
    unknown = sum(r["packages"] for r in rows if r["sort"] is None)
    total = counted(len(audit.packages), "package")
    rest = f"of {unknown} the publisher is not known" if unknown else ""
    if not parts:
        yield f"The publisher of none of its {total} is known."
    else:
        are = "is" if parts[0].startswith("1 ") else "are"
        first = parts[0].replace(" by ", f" {are} published by ", 1)
        yield f"Of {total}, {'; '.join(filter(None, [joined([first, *parts[1:]]), rest]))}."


def joined(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _contents(audit: Audit) -> Iterator[str]:
    asked = [p.name for p in audit.packages if p.requested]
    asked += [m.name for m in audit.models if m.requested]
    total = len(audit.packages) + len(audit.models)
    roots = f", asked for: {listed(asked, _MOST_REQUESTED)}" if 0 < len(asked) < total else ""
    yield f"{contents_text(audit)}{roots}."


def _deciders(audit: Audit) -> Iterator[str]:
    surely = sorted((d for d in audit.deciders if d.surely), key=lambda d: -len(d.surely))
    parts: list[str] = []
    for count, group in itertools.groupby(surely, lambda d: len(d.surely)):
        tied = list(group)
        if len(parts) == _MOST_GROUPS or (parts and len(tied) > _MOST_TIED):
            break
        names = [d.name for d in tied]
        shown = joined(names) if len(tied) <= _MOST_TIED else listed(names, _MOST_TIED)
        closed = (
            f" ({tied[0].proprietary} not open)" if len(tied) == 1 and tied[0].proprietary else ""
        )
        verb = f" {'is' if count == 1 else 'are'} surely decided on" if not parts else ""
        parts.append(f"{count}{' each' if len(tied) > 1 else ''}{closed}{verb} by {shown}")
    nobody = sum(thing.decider is None for thing in audit.things)
    rest = f"on {nobody} nobody is known to decide alone"
    sentence = "; ".join([", ".join(parts), *((rest,) * bool(nobody))]) if parts else rest
    yield f"Of {contents_text(audit)}, {sentence}."


def _requested(audit: Audit) -> Iterator[str]:
    """Who decides on what the application asks for itself, by name; what is alike stands together."""
    asked = [t.name for t in audit.things if t.requested]
    if not 0 < len(asked) <= _MOST_REQUESTED:
        return
    by_answer: dict[str, list[str]] = {}
    for name in asked:
        holders = [
            (s, d) for d in audit.deciders for s in d.shares if name in s.things and s.low > 0
        ]
        holders.sort(key=lambda pair: (-pair[0].low, -pair[0].high, pair[1].rank))
        shares = [
            f"{d.name} {interval_text(s.low, s.high)}" for s, d in holders if s.low >= _TELLING
        ]
        answer = listed(shares, 2) if shares else "nobody is known to"
        by_answer.setdefault(answer, []).append(name)
    parts = [f"{joined(names)}: {answer}" for answer, names in by_answer.items()]
    yield f"Who decides on what is asked for: {'; '.join(parts)}."


def _squeezers(audit: Audit) -> Iterator[str]:
    total = [s for s in audit.squeezers if s.low >= _ENOUGH]
    partly = [s for s in audit.squeezers if 0 < s.low < _ENOUGH]
    for one in total:
        yield f"{one.name} alone can surely stop it: {one.reasons[0]}."
    if partly:
        yield f"{listed((_squeeze(s) for s in partly), 3)} can surely squeeze it."
    possible = [s for s in audit.squeezers if s.low == 0]
    if possible and not total:
        most = [s for s in possible if s.high == possible[0].high]
        others = "" if partly else "Nobody is known to be able to squeeze it for sure; "
        could = f"{listed((s.name for s in most), 3)} could, {interval_text(0, most[0].high)}."
        yield f"{others}{could}"
    elif not audit.squeezers:
        yield "Nobody is known to be able to squeeze it alone."


def _squeeze(one: Squeezer) -> str:
    return f"{one.name} ({interval_text(one.low, one.high)})"


def _upkeep(audit: Audit) -> Iterator[str]:
    ended = [f"{u.name} ({_since(u.support, u.support_since)})" for u in audit.rests_on if u.ended]
    if ended:
        yield f"It rests on what nobody works on any more: {listed(ended, 4)}."
    single = [u for u in audit.rests_on if u.elephant is not None and u.elephant[1] == 1]
    if single:
        names = listed((u.name for u in single), 4)
        yield (
            f"One employer does at least half of the work on {len(single)} of the "
            f"{counted(len(audit.rests_on), 'framework')} behind it: {names}."
        )


def _since(support: str | None, since: object) -> str:
    words = (support or "").replace("_", " ")
    return f"{words} since {str(since)[:7]}" if since else words


def _bonds(audit: Audit) -> Iterator[str]:
    total = len(audit.things)
    closed = sum(t.proprietary is True for t in audit.things)
    unknown = sum(t.proprietary is None for t in audit.things)
    copyleft = len({t for b in audit.bound_by if b.terms == "copyleft" for t in b.things})
    parts = [f"{closed} under terms that are not open"] if closed else []
    parts += [f"{copyleft} under copyleft"] if copyleft else []
    parts += [f"{unknown} under terms that are not known"] if unknown else []
    if not parts:
        yield "All of it is under permissive terms."
    else:
        rest = "; the rest under permissive terms" if closed + copyleft + unknown < total else ""
        yield f"Of {contents_text(audit)}, {joined(parts)}{rest}."
