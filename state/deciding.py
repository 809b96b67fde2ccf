"""Who decides: one hop per vote, seat, right or make, and what a party reaches over all of them together.

A hop leads from a holder to what it decides on, as an interval (see `measures.deciding`). The closure goes from owners
over companies and bodies to artefacts; of things that decide on each other in a circle it takes ways that come by
nothing twice. Firms under one topmost sure majority owner are one party.
"""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ..graph.schema import schema
from ..graph.wording import counted
from ..measures.deciding import (
    ALL,
    Game,
    Interval,
    exact,
    game_power,
    rights_held,
    seat_shares,
    vote_power,
)
from ..measures.majority import Controlled
from ..measures.power import needed_votes

if TYPE_CHECKING:
    import datetime

    from .state import State

__all__ = [
    "UNKNOWN",
    "Decision",
    "Hop",
    "chains_of",
    "decisions",
    "hops_of",
    "owners",
    "parties",
    "phrase",
    "stated_votes",
    "undisplaced",
]

UNKNOWN: Final = "?"
"""Before the id of a body: the party of those who sit in it and whose employer is not known."""

_GAMES: Final = frozenset({"weighted_majority", "one_member_one_vote"})
_MADE: Final = frozenset({"Model", "Processor", "Dataset"})
_ORGANISATIONS: Final = frozenset({"Company", "Institution"})
_HAIR: Final = 1e-8
"""By how much a number that stands for "more than a half" is above it: more than what sums are rounded by."""

_SURE: Final = 1 - 1e-9
_HOST: Final = "foundation"
_MOST_KEYS: Final = 12
_MOST_IN_CIRCLE: Final = 8
"""Of larger circles of things that decide on each other, only direct deciders are followed."""

Row = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Hop:
    """One hop of deciding.

    Attributes:
        source: Who decides: an organisation, person or body, or a framework over its packages. `UNKNOWN` before a body
            = those in it whose employer is not known.
        target: On what.
        value: Low and high.
        unheld: Part of `value.high` that stands for rights nobody is known to hold.
        keys: Of the statements behind it.
        relation: Of the first of them.
        words: Why, such as `has 3 of 8 seats{of}`; see `phrase`.
        confidence: The least of the statements.
        board: Whether it is the board of an organisation over it, in which others have their say.
    """

    source: str
    target: str
    value: Interval
    keys: tuple[str, ...]
    relation: str
    words: str
    confidence: float
    unheld: float = 0.0
    board: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """What a party decides on something, all its ways together.

    Attributes:
        party: The organisation, person or body that acts; of a group of firms the nearest.
        value: Low and high.
        hops: Length of its shortest way.
        through: What lies between, of its strongest way, from the party on.
        keys: Of the statements of all its ways, those of the strongest first.
        words: Why, of the strongest way.
        confidence: The least of the statements.
        ways: How many ways there are.
    """

    party: str
    value: Interval
    hops: int
    through: tuple[str, ...]
    keys: tuple[str, ...]
    words: str
    confidence: float
    ways: int


class _Facts:
    """The statements that deciding looks at, by relation."""

    def __init__(
        self, state: State, groups: Mapping[str, str], controlled: Sequence[Controlled]
    ) -> None:
        self.state = state
        self.groups = groups
        self.sure = _by_controlled(c for c in controlled if c.sure)
        self.possible = _by_controlled(controlled)

    def rows(self, relation: str, *columns: str) -> list[Row]:
        """Current statements of a relation."""
        return self.state.current(relation, *columns)

    def sure_of(self, holder: str) -> set[str]:
        """What somebody surely controls."""
        return {company for company, holders in self.sure.items() if holder in holders}

    def possible_of(self, holder: str) -> set[str]:
        """What somebody possibly controls."""
        return {company for company, holders in self.possible.items() if holder in holders}

    def group(self, party: str) -> str:
        """The topmost sure owner; itself where it has none."""
        return self.groups.get(party, party)


def _by_controlled(pairs: Iterable[Controlled]) -> dict[str, set[str]]:
    held: dict[str, set[str]] = collections.defaultdict(set)
    for pair in pairs:
        held[pair.controlled].add(pair.controller)
    return held


def hops_of(
    state: State,
    groups: Mapping[str, str],
    controlled: Sequence[Controlled],
    rights: Mapping[str, float],
) -> list[Hop]:
    """All hops of deciding in a state.

    Args:
        state: With its edges in force.
        groups: Topmost sure owner by organisation.
        controlled: The majority fixpoint over votes.
        rights: Weights of the rights over an artefact.
    """
    facts = _Facts(state, groups, controlled)
    governed = _by_target(facts.rows("GOVERNS", "rights", "board_share", "valid_from", "valid_to"))
    return [
        *_votes(facts),
        *_boards(facts, governed, rights),
        *_seats(facts),
        *_rights(facts, governed, rights),
        *_makers(facts, governed),
        *_parts(facts, governed),
        *_publishers(facts),
    ]


def _by_target(rows: Iterable[Row]) -> dict[str, list[Row]]:
    targets: dict[str, list[Row]] = collections.defaultdict(list)
    for row in rows:
        targets[row["target"]].append(row)
    return targets


def _hop(
    source: str, value: Interval, rows: Sequence[Row], relation: str, words: str, **more: Any
) -> Hop:
    return Hop(
        source,
        more.pop("target", rows[0]["target"]),
        value,
        tuple(dict.fromkeys(r["key"] for r in rows)),
        relation,
        words,
        min(r["confidence"] for r in rows),
        **more,
    )


def _votes(facts: _Facts) -> Iterator[Hop]:
    """Owners by their votes; equity is none of them."""
    for company, rows in _by_target(
        facts.rows("OWNS", "votes", "votes_above", "votes_at_least", "votes_at_most", "equity")
    ).items():
        by_holder: dict[str, list[Row]] = collections.defaultdict(list)
        for row in rows:
            by_holder[row["source"]].append(row)
        votes = {
            holder: max((v for r in held if (v := stated_votes(r)) is not None), default=None)
            for holder, held in by_holder.items()
        }
        most = {
            holder: min(r["votes_at_most"] for r in held if r["votes_at_most"] is not None)
            for holder, held in by_holder.items()
            if any(r["votes_at_most"] is not None for r in held)
        }
        sure, possible = facts.sure.get(company, set()), facts.possible.get(company, set())
        for holder, value in vote_power(votes, most, sure, possible).items():
            if value.high > 0:
                words = _vote_words(votes[holder], value)
                yield _hop(holder, value, by_holder[holder], "OWNS", words)
        for holder in sorted(
            possible - by_holder.keys()
        ):  # by what several firms of theirs hold together
            through = facts.sure_of(holder) if holder in sure else facts.possible_of(holder)
            if through & (sure if holder in sure else possible) & by_holder.keys():
                continue  # one of these firms has the majority itself, and hands it on
            value = ALL if holder in sure else Interval(0.0, 0.0 if sure else 1.0)
            if value.high > 0:
                words = "holds most of the votes{of} through firms it controls"
                yield _hop(holder, value, rows, "OWNS", words)


def stated_votes(row: Mapping[str, Any]) -> float | None:
    """The votes of a stake: as stated, or the lower end of a stated range that is a majority by itself.

    What exceeds a half is one: a number just above stands for it.
    """
    votes, least, above = row["votes"], row["votes_at_least"], row["votes_above"]
    if votes is None and above is not None and above >= 0.5:
        votes = above + _HAIR
    elif votes is None and least is not None and least > 0.5:
        votes = least
    return None if votes is None else float(votes)


def _vote_words(votes: float | None, value: Interval) -> str:
    if votes is None:
        return "holds a stake{in_} whose votes are not stated"
    half = "more than " if 0.5 < votes <= 0.5 + _HAIR else ""
    share = f"{half}{votes * 100:.3g} % of the votes"
    through = " through others it controls" if value.low >= _SURE and votes <= 0.5 else ""
    return f"holds {share}{{of}}{', a majority' if through else ''}{through}"


def _boards(
    facts: _Facts, governed: Mapping[str, list[Row]], weights: Mapping[str, float]
) -> Iterator[Hop]:
    """Who appoints the board of an organisation, and the board itself."""
    for rows in governed.values():
        if rows[0]["target_kind"] not in _ORGANISATIONS:
            continue
        by_holder: dict[str, list[Row]] = collections.defaultdict(list)
        for row in rows:
            by_holder[row["source"]].append(row)
        held_by = {
            h: {x for r in seats for x in r["rights"] or ()} for h, seats in by_holder.items()
        }
        boards = [
            holder
            for holder, seats in by_holder.items()
            if seats[0]["source_kind"] == "GoverningBody" and "admin" in held_by[holder]
        ]
        for holder, seats in by_holder.items():
            held = held_by[holder]
            share = max(
                (r["board_share"] for r in seats if r["board_share"] is not None), default=None
            )
            if holder in boards:
                value, words = Interval(1 / len(boards), 1 / len(boards)), "runs {it} as its board"
            elif "appoint" in held and share is not None:
                value = ALL if share > 0.5 else Interval(share, share)
                words = (
                    "appoints the majority of the board{of}"
                    if share > 0.5
                    else f"appoints {share:.0%} of the board{{of}}"
                )
            elif "appoint" in held:
                value, words = Interval(0.0, 1.0), "appoints some of the board{of}"
            else:
                low = math.fsum(weights[right] for right in held)
                value = Interval(low, low if boards else 1.0)
                words = _right_words({holder: held}, holder, len(weights))
            if value.high > 0:
                yield _hop(holder, value, seats, "GOVERNS", words, board=holder in boards)


def _seats(facts: _Facts) -> Iterator[Hop]:
    """Who sits in a body: persons count for their employer, seats of one owner group are one player."""
    bodies = {row["id"]: row for row in facts.state.nodes("GoverningBody").to_pylist()}
    by_body = _by_target(r for r in facts.rows("HAS_SEAT", "votes", "veto") if r["votes"] != 0)
    ended = _by_target(_ended_seats(facts.state, by_body, bodies))
    sitting = {r["source"] for rows in (*by_body.values(), *ended.values()) for r in rows}
    employers = _employers(facts, sitting)
    for body in sorted(by_body.keys() | ended.keys()):
        if body in bodies:
            yield from _body(
                facts, bodies[body], by_body.get(body, []), ended.get(body, []), employers
            )


def former_seats(state: State) -> list[Row]:
    """The last seats of bodies whose terms have ended and that nobody is known to have taken over."""
    if "GoverningBody" not in state.kinds:
        return []
    bodies = {row["id"]: row for row in state.nodes("GoverningBody").to_pylist()}
    rows = state.edges("HAS_SEAT", ["source", "target", "status", "votes"]).to_pylist()
    sitting = _by_target(r for r in rows if r["status"] == "current" and r["votes"] != 0)
    return _ended_seats(state, sitting, bodies)


def _ended_seats(
    state: State, current: Mapping[str, list[Row]], bodies: Mapping[str, Row]
) -> list[Row]:
    """Seats whose term has ended and that nobody is known to have taken over: the last of each body."""
    day = state.as_of
    if day is None:
        return []
    rows = [
        r
        for r in state.history("HAS_SEAT").to_pylist()
        if r["status"] == "current"
        and r["valid_to"] is not None
        and r["valid_to"] <= day
        and r["votes"] != 0
    ]
    last: dict[str, datetime.date] = {}
    for row in rows:
        last[row["target"]] = max(last.get(row["target"], row["valid_to"]), row["valid_to"])
    open_seats = {
        body: (bodies[body]["size"] or 0) - len({r["source"] for r in current.get(body, ())})
        for body in last
        if body in bodies
    }
    sitting = {(r["source"], body) for body, seats in current.items() for r in seats}
    return [
        row
        for row in rows
        if row["valid_to"] == last[row["target"]]
        and (open_seats.get(row["target"], 0) > 0 or row["target"] not in current)
        and (row["source"], row["target"]) not in sitting
    ]


def _employers(facts: _Facts, persons: Iterable[str]) -> dict[str, Row]:
    """The surest employer of each person who sits somewhere."""
    rows = facts.state.current("EMPLOYS", "method", target=list(persons))
    rows.sort(key=lambda r: (r["method"] != "computed", r["confidence"], r["source"]))
    return {r["target"]: r for r in rows}


@dataclasses.dataclass(slots=True)
class _Player:
    """Seats that act together."""

    seats: int = 0
    votes: Fraction = Fraction(0)
    members: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    rows: list[Row] = dataclasses.field(default_factory=list)

    @property
    def actor(self) -> str:
        """The member with most seats, of equal ones the first by id."""
        return min(self.members, key=lambda m: (-self.members[m], m))


def _body(
    facts: _Facts, body: Row, current: list[Row], ended: list[Row], employers: Mapping[str, Row]
) -> Iterator[Hop]:
    players, persons = _players(facts, current, employers)
    roster = len({r["source"] for r in current})
    former, _ = _players(facts, ended, employers)
    size = max(body["size"] or 0, roster or len({r["source"] for r in ended}))
    unknown = len({r["source"] for r in persons}) + size - roster
    values = _values(body, current, players, unknown, size)
    over = _terms(ended)
    for group, player in sorted(players.items()):
        seats = _seats_words(player, current, size)
        words = f"has {seats}{{of}}{over if group in former else ''}"
        yield _hop(player.actor, values[group], player.rows, "HAS_SEAT", words, target=body["id"])
    for group, player in sorted(former.items()):
        if group not in players and unknown:
            words = f"had {player.seats} of {size} seats{{of}}{over}"
            with_it = _values(body, current, {**players, group: _Player()}, unknown, size)
            value = Interval(0.0, with_it[group].high)
            yield _hop(player.actor, value, player.rows, "HAS_SEAT", words, target=body["id"])
    if persons:
        votes = _seat_votes(persons)
        together = _Player(len(votes), sum((v or Fraction(0) for v in votes.values()), Fraction(0)))
        verb = "has" if together.seats == 1 else "have"
        words = f"{verb} {together.seats} of {size} seats{{of}}"
        with_them = {**players, UNKNOWN: together}
        left = unknown - together.seats
        value = Interval(0.0, _values(body, current, with_them, left, size)[UNKNOWN].high)
        yield _hop(UNKNOWN + body["id"], value, persons, "HAS_SEAT", words, target=body["id"])


def _terms(ended: Sequence[Row]) -> str:
    return (
        f" (the terms of the roster that is known ended in {max(r['valid_to'] for r in ended):%Y-%m})"
        if ended
        else ""
    )


def _players(
    facts: _Facts, seats: Iterable[Row], employers: Mapping[str, Row]
) -> tuple[dict[str, _Player], list[Row]]:
    """Seats by owner group, and those of persons without a known employer."""
    players: dict[str, _Player] = collections.defaultdict(_Player)
    persons: list[Row] = []
    seated: set[str] = set()
    seats = list(seats)
    votes = _seat_votes(seats)
    for seat in sorted(seats, key=lambda r: (r["source"], r["key"])):
        holder = seat["source"]
        job = employers.get(holder)
        if job is None and seat["source_kind"] == "Contributor":
            persons.append(seat)
            continue
        firm = job["source"] if job else holder
        player = players[facts.group(firm)]
        player.rows += [seat, *([{**job, "target": seat["target"]}] if job else [])]
        if holder not in seated:
            seated.add(holder)
            player.seats += 1
            player.votes += votes[holder] or 0
            player.members[firm] += 1
    return dict(players), persons


def _seats_words(player: _Player, current: Sequence[Row], size: int) -> str:
    """How much a player has: seats, or votes where those of all seats are known and not all are alike."""
    votes = list(_seat_votes(current).values())
    if len(votes) < size or None in votes or len(set(votes)) < 2:
        return f"{player.seats} of {size} seats"
    return f"{player.votes} of {sum(v for v in votes if v)} votes"


def _seat_votes(seats: Iterable[Row]) -> dict[str, Fraction | None]:
    """Votes of each holder of a seat in a body, however often it is stated; None where no statement says."""
    votes: dict[str, Fraction | None] = {}
    for seat in seats:
        holder, stated = seat["source"], seat["votes"]
        former = votes.setdefault(holder, None)
        if stated is not None:
            votes[holder] = max(former or Fraction(0), exact(stated))
    return votes


def _values(
    body: Row, seats: Sequence[Row], players: Mapping[str, _Player], unknown: int, size: int
) -> dict[str, Interval]:
    """Power by player: of a vote with a known quota its index, else its share of the seats."""
    voting = (
        body["rule"] in _GAMES
        and body["quota"] is not None
        and not any(s["veto"] for s in seats)
        and bool(players)
    )
    if not voting:
        return seat_shares({g: p.seats for g, p in players.items()}, size)
    if body["rule"] == "one_member_one_vote":
        votes, open_votes, total = {g: p.seats for g, p in players.items()}, unknown, size
    else:
        stated = [v for v in _seat_votes(seats).values() if v is not None]
        if len(stated) < size:
            return {g: Interval(0.0, 1.0) for g in players}
        scale = math.lcm(*(v.denominator for v in stated))
        votes = {g: int(p.votes * scale) for g, p in players.items()}
        total = int(sum(stated) * scale)
        open_votes = total - sum(votes.values())
    quota = Fraction(body["quota"]).limit_denominator(1000)
    needed = int(needed_votes(Fraction(total), quota, strict=bool(body["quota_strict"])))
    try:
        return game_power(Game(votes, open_votes, needed))
    except ValueError:
        return {g: Interval(0.0, 1.0) for g in players}


def _rights(
    facts: _Facts, governed: Mapping[str, list[Row]], weights: Mapping[str, float]
) -> Iterator[Hop]:
    """Who holds which rights over an artefact."""
    for rows in governed.values():
        if rows[0]["target_kind"] in _ORGANISATIONS:
            continue
        standing = undisplaced(rows, len(weights))
        held: dict[str, set[str] | None] = {}
        for row in standing:
            rights = None if row["rights"] is None else set(row["rights"])
            former = held.get(row["source"])
            held[row["source"]] = rights if former is None else former | (rights or set())
        for holder, share in rights_held(held, weights).items():
            mine = [r for r in standing if r["source"] == holder]
            value = Interval(min(1.0, share.low), min(1.0, share.low + share.unheld))
            value = Interval(*(1.0 if end >= _SURE else end for end in value))
            words = _right_words(held, holder, len(weights))
            yield _hop(holder, value, mine, "GOVERNS", words, unheld=value.high - value.low)


def undisplaced(rows: Sequence[Row], all_rights: int) -> list[Row]:
    """Without undated rows beside a dated one of another holder who has all rights: the change cuts them."""
    whole = {
        r["source"]
        for r in rows
        if r["valid_from"] is not None and len(set(r["rights"] or ())) == all_rights
    }
    return [
        r
        for r in rows
        if not whole
        or r["source"] in whole
        or r["valid_from"] is not None
        or r["valid_to"] is not None
    ]


def _right_words(held: Mapping[str, set[str] | None], holder: str, all_rights: int) -> str:
    rights = held[holder]
    if not rights:
        return "governs {it}, by rights that are not stated"
    shared = {r: sum(r in (others or ()) for others in held.values()) for r in rights}
    if len(rights) == all_rights and max(shared.values()) == 1:
        return "holds all rights{over}"
    order = ("merge", "release", "admin", "appoint", "relicense", "trademark")
    by_others: dict[int, list[str]] = collections.defaultdict(list)
    for right in order:
        if right in rights:
            by_others[shared[right] - 1].append(right)
    parts = [f"holds {', '.join(by_others.pop(0))}"] if 0 in by_others else []
    for others, names in sorted(by_others.items()):
        parts.append(f"shares {', '.join(names)} with {counted(others, 'other')}")
    return f"{' and '.join(parts)}{{over}}"


def _makers(facts: _Facts, governed: Mapping[str, list[Row]]) -> Iterator[Hop]:
    """Makers of models, processors and data sets, and operators of platforms, where nobody is stated to govern."""
    provided = _by_target(facts.rows("PROVIDES"))
    created = _by_target(r for r in facts.rows("CREATED") if r["target_kind"] in _MADE)
    for relation, made in (("PROVIDES", provided), ("CREATED", created)):
        for thing, rows in made.items():
            if thing in governed or (relation == "CREATED" and thing in provided):
                continue
            organisations = [r for r in rows if r["source_kind"] != "Contributor"] or rows
            makers = sorted({r["source"] for r in organisations})
            value = Interval(1 / len(makers), 1 / len(makers))
            verb = "runs {it}" if rows[0]["target_kind"] == "CloudPlatform" else "makes {it}"
            words = verb if len(makers) == 1 else f"{verb} with {len(makers) - 1} others"
            for maker in makers:
                mine = [r for r in organisations if r["source"] == maker]
                yield _hop(maker, value, mine, relation, words)


def _parts(facts: _Facts, governed: Mapping[str, list[Row]]) -> Iterator[Hop]:
    """Units of firms and services; what a foundation hosts is not decided by it, nor one body by another."""
    categories = {
        r["id"]: r["category"]
        for r in facts.state.nodes("Institution", ["id", "category"]).to_pylist()
    }
    for row in facts.rows("PART_OF"):
        whole, part = row["target"], row["source"]
        hosted = categories.get(whole) == _HOST or row["target_kind"] == "GoverningBody"
        if hosted or part in governed:
            continue
        yield _hop(whole, ALL, [row], "PART_OF", "has {it} as a part", target=part)


def _publishers(facts: _Facts) -> Iterator[Hop]:
    for rows in _by_target(facts.rows("PUBLISHES", "official")).values():
        official = [r for r in rows if r["official"]] or rows
        sources = sorted({r["source"] for r in official})
        for source in sources:
            mine = [r for r in official if r["source"] == source]
            value = Interval(1 / len(sources), 1 / len(sources))
            yield _hop(source, value, mine, "PUBLISHES", "publishes {it}")


def phrase(words: str, name: str = "") -> str:
    """The words of a hop with what they are about: `has 3 of 8 seats`, `has 3 of 8 seats of the board`."""
    return words.format(
        it=name or "it",
        of=f" of {name}" if name else "",
        in_=f" in {name}" if name else "",
        over=f" over {name}" if name else "",
    )


# ---------------------------------------------------------------------- the closure


@dataclasses.dataclass(slots=True)
class _Way:
    """What a group decides over something by one hop."""

    value: Interval
    party: str
    hops: int
    through: tuple[str, ...]
    keys: tuple[str, ...]
    words: str
    confidence: float


def parties(chains: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Who stands at the top of each organisation or unit that somebody surely decides on alone.

    Args:
        chains: As of `chains_of`.
    """
    return {entity: way[-1] for entity, way in chains.items()}


def owners(chains: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The topmost sure owner of each organisation or unit: a board is no owner of what it runs, but its organ.

    Args:
        chains: As of `chains_of`.
    """
    tops = {
        entity: next((e for e in reversed(way) if schema().kind_of(e) != "GoverningBody"), entity)
        for entity, way in chains.items()
    }
    return {entity: owner for entity, owner in tops.items() if owner != entity}


def chains_of(hops: Sequence[Hop], groups: Mapping[str, str]) -> dict[str, list[str]]:
    """From each entity that somebody surely decides on alone, whoever is over it, in order; a circle ends the chain.

    Beside the majority of votes that is the appointment of a board, the board itself, and the firm of a unit. They and
    what they decide on are one party.

    Args:
        hops: As of `hops_of`.
        groups: Topmost sure owner by organisation, by votes.
    """
    above = dict(groups)
    for hop in hops:
        alone = hop.value.low >= _SURE and hop.source != hop.target
        unit = schema().kind_of(hop.target) in _ORGANISATIONS or hop.relation == "PART_OF"
        if alone and unit and hop.target not in above:
            above[hop.target] = hop.source
    chains = {}
    for entity in sorted(above):
        way = [entity]
        while (over := above.get(way[-1])) is not None and over not in way:
            way.append(over)
        if over is not None:  # of a circle the first by name
            circle = way[way.index(over) :]
            way = [*way[: way.index(over)], min(circle)]
        chains[entity] = way
    return chains


def decisions(
    hops: Sequence[Hop],
    groups: Mapping[str, str],
    named: Callable[[str], str],
) -> dict[str, dict[str, Decision]]:
    """What each party decides on each thing: thing → its top → decision.

    What an organisation decides is passed on to its board, and to who surely decides alone on it, else to those who
    possibly do, of whom nothing is known then: a minority of its votes decides on it, and on nothing that it does.

    Args:
        hops: As of `hops_of`.
        groups: Top of each party, as of `parties`.
        named: Gives the name of an id, for the words.
    """
    into: dict[str, list[Hop]] = collections.defaultdict(list)
    for hop in hops:
        if hop.source != hop.target:
            into[hop.target].append(hop)
    organisations = {thing for thing in into if schema().kind_of(thing) in _ORGANISATIONS}
    closure = _Closure(into, organisations, groups, named)
    return {thing: closure.decide(thing, into[thing]) for thing in _in_order(into, closure.circle)}


def _circles(into: Mapping[str, list[Hop]]) -> dict[str, int]:
    """Number of the strongly connected component of each thing that lies in one with others."""
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    names = sorted({*into, *(h.source for hops in into.values() for h in hops)})
    number = {name: i for i, name in enumerate(names)}
    pairs = [(number[h.source], number[h.target]) for hops in into.values() for h in hops]
    if not pairs:
        return {}
    rows, columns = np.array(pairs).T
    shape = (len(names), len(names))
    graph = coo_matrix((np.ones(len(pairs), np.int8), (rows, columns)), shape)
    _, labels = connected_components(graph, directed=True, connection="strong")
    sizes = np.bincount(labels)
    return {name: int(labels[i]) for name, i in number.items() if sizes[labels[i]] > 1}


def _in_order(into: Mapping[str, list[Hop]], circle: Mapping[str, int]) -> Iterator[str]:
    """Things after all that decide on them, and on those in a circle with them, which are left aside."""
    members: dict[int, list[str]] = collections.defaultdict(list)
    for thing, number in circle.items():
        members[number].append(thing)
    done: set[str] = set()
    for start in sorted(into):
        stack = [(start, False)]
        while stack:
            thing, ready = stack.pop()
            if thing in done:
                continue
            if ready:
                done.add(thing)
                yield thing
                continue
            stack.append((thing, True))
            own = circle.get(thing)
            stack += [
                (h.source, False)
                for member in ([thing] if own is None else members[own])
                for h in into.get(member, ())
                if h.source in into
                and h.source not in done
                and (own is None or circle.get(h.source) != own)
            ]


class _Closure:
    """What is decided by whom, thing after thing.

    Args:
        into: Hops by what they lead to.
        organisations: Those of the things that pass on only what somebody decides alone.
        groups: Top of each party.
        named: Gives the name of an id.

    Attributes:
        circle: Number of the circle that a thing lies in.
    """

    def __init__(
        self,
        into: Mapping[str, list[Hop]],
        organisations: Collection[str],
        groups: Mapping[str, str],
        named: Callable[[str], str],
    ) -> None:
        self._into = into
        self._organisations = organisations
        self._groups = groups
        self._named = named
        self._passing: dict[str, dict[str, Decision]] = {}
        self.circle = _circles(into)
        self._sizes = collections.Counter(self.circle.values())

    def decide(self, thing: str, hops: Sequence[Hop]) -> dict[str, Decision]:
        """What each party decides on a thing, of whose deciders all outside its circle are done."""
        result = self._over(thing, hops, frozenset())
        passed = self._passed(thing)
        if thing in self._organisations:
            on = self._over(thing, passed, frozenset())
            self._passing[thing] = {g: d for g, d in on.items() if not g.startswith(UNKNOWN)}
        else:
            self._passing[thing] = result
        return result

    def _passed(self, thing: str) -> Sequence[Hop]:
        """The hops whose deciders reach beyond a thing."""
        hops = self._into.get(thing, ())
        if thing not in self._organisations:
            return hops
        surely = [h for h in hops if h.value.low >= _SURE]
        if any(not h.board for h in surely):
            return surely
        possibly = [h for h in hops if h.value.high >= _SURE > h.value.low]
        return surely + [
            dataclasses.replace(h, value=Interval(0.0, h.value.high)) for h in possibly
        ]

    def _over(self, thing: str, hops: Sequence[Hop], before: frozenset[str]) -> dict[str, Decision]:
        """What each party decides by some hops, by ways that come by nothing twice."""
        visited = before | {thing}
        ways: dict[str, list[tuple[Hop, _Way]]] = collections.defaultdict(list)
        for hop in hops:
            holder = hop.source
            if holder in visited:
                continue
            mine = self._groups.get(holder, holder)
            direct = _Way(ALL, holder, 1, (), hop.keys, hop.words, hop.confidence)
            ways[mine].append((hop, direct))
            for group, above in self._above(thing, holder, visited).items():
                if group != mine:
                    ways[group].append((hop, self._chained(hop, above)))
        return {
            group: _together(members) for group, members in ways.items() if group not in visited
        }

    def _above(self, thing: str, holder: str, visited: frozenset[str]) -> Mapping[str, Decision]:
        own = self.circle.get(holder)
        if own is None or own != self.circle.get(thing):
            return self._passing.get(holder, {})
        if self._sizes[own] > _MOST_IN_CIRCLE:
            return {}
        return self._over(holder, self._passed(holder), visited)

    def _chained(self, hop: Hop, above: Decision) -> _Way:
        inner = phrase(above.words, self._named(hop.source)).replace("{", "{{").replace("}", "}}")
        return _Way(
            above.value,
            above.party,
            above.hops + 1,
            (*above.through, hop.source),
            tuple(dict.fromkeys([*above.keys, *hop.keys]))[:_MOST_KEYS],
            f"{inner}, which {hop.words}",
            min(above.confidence, hop.confidence),
        )


def _together(ways: Sequence[tuple[Hop, _Way]]) -> Decision:
    """All ways of a party: per hop the best of its members, over hops the sum; unheld rights count once."""
    best: dict[int, tuple[Hop, _Way]] = {}
    for hop, way in ways:
        former = best.get(id(hop))
        if former is None or way.value > former[1].value:
            best[id(hop)] = hop, way
    low = math.fsum(h.value.low * w.value.low for h, w in best.values())
    high = math.fsum((h.value.high - h.unheld) * w.value.high for h, w in best.values())
    high += max(h.unheld * w.value.high for h, w in best.values())
    ranked = sorted(
        best.values(),
        key=lambda p: (
            -p[0].value.low * p[1].value.low,
            -p[0].value.high * p[1].value.high,
            p[1].hops,
            p[1].party,
        ),
    )
    _, first = ranked[0]
    keys = tuple(dict.fromkeys(k for _, way in ranked for k in way.keys))[:_MOST_KEYS]
    return Decision(
        first.party,
        Interval(min(1.0, low), min(1.0, high)),
        min(way.hops for _, way in best.values()),
        first.through,
        keys,
        first.words,
        min(way.confidence for _, way in best.values()),
        len(ranked),
    )
