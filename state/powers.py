"""The five powers of a state: decides, works, squeezes, pays, binds. Never one number of two.

`CONTROLS` holds the hops of control paths: any number that decide, then at most one of another power. `HAS_POWER` holds
what a party can do to a thing by one power, all its ways together. Firms under one topmost sure majority owner are one
party, which goes by the name of the member that acts.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..graph.schema import schema
from ..graph.wording import counted
from ..measures.majority import Controlled
from ..measures.money import Payment, total
from .deciding import UNKNOWN, Decision, chains_of, decisions, hops_of, owners, parties, phrase
from .needs import Production
from .squeezing import squeezes
from .work import COLUMNS, WorkShare, shares_of_work

if TYPE_CHECKING:
    import pyarrow as pa

    from .state import State

__all__ = ["Powers"]

_CHUNK: Final = 200_000
_ENDED: Final = ("HAS_SEAT", "LICENSED_UNDER")
"""Relations of which an ended statement may lie behind a power: a last roster, the licence on the day of a fork."""

_DECIMALS: Final = 12
_NAMED: Final = 5
_MAJOR: Final = 0.1
"""Part of the money stated from which a payer is told beside those who decide."""

Row = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class _Payment:
    """Money of one payer to one receiver.

    Attributes:
        amount: USD, closed or announced; None where none is stated.
        words: What it is.
        keys: Of the statements.
        confidence: The least of them.
    """

    amount: float | None
    words: str
    keys: tuple[str, ...]
    confidence: float


class Powers:
    """All powers at one date.

    Args:
        state: With its edges in force, shares of work and majorities.
        groups: Topmost sure owner by organisation.
        controlled: The majority fixpoint.
    """

    def __init__(
        self, state: State, groups: Mapping[str, str], controlled: Sequence[Controlled]
    ) -> None:
        self._state = state
        self._least = float(state.strengths["least"])
        self._hops = hops_of(state, groups, controlled, state.strengths["rights"])
        chains = chains_of(self._hops, groups)
        self._groups, self._owners = parties(chains), owners(chains)
        self._decisions = decisions(self._hops, self._groups, self._named)
        production = Production(state)
        self._squeezes = list(squeezes(production, self._groups, self._named, self._least))
        self._production = production
        self._works = self._work()
        self._payments = self._money()

    # ------------------------------------------------------------------ names and kinds

    @functools.cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for kind in self._state.kinds:
            if kind != "Contributor":
                table = self._state.nodes(kind, ["id", "name"])
                names |= zip(table["id"].to_pylist(), table["name"].to_pylist(), strict=True)
        return names

    @functools.cached_property
    def _persons(self) -> dict[str, str]:
        """Names of persons: only those who hold an office or a stake are ever named."""
        if "Contributor" not in self._state.kinds:
            return {}
        table = self._state.nodes("Contributor", ["id", "name"])
        return dict(zip(table["id"].to_pylist(), table["name"].to_pylist(), strict=True))

    def _named(self, entity: str) -> str:
        return self._names.get(entity) or self._persons.get(entity, entity)

    # ------------------------------------------------------------------ works and pays

    def _work(self) -> dict[str, list[WorkShare]]:
        import pyarrow.compute as pc

        table = self._state.edges("CONTRIBUTION_SHARE", list(COLUMNS))
        whole = pc.equal(table["window"], "all")
        counted_whole = pc.is_in(table["target"], pc.unique(table.filter(whole)["target"]))
        rows = table.filter(pc.or_(whole, pc.invert(counted_whole))).to_pylist()
        shares: dict[str, list[WorkShare]] = collections.defaultdict(list)
        for share in shares_of_work(rows, self._groups):
            shares[share.artefact].append(share)
        return shares

    @functools.cached_property
    def _sureness(self) -> dict[str, float]:
        table = self._state.edges("CONTRIBUTION_SHARE", ["key", "confidence"])
        return dict(zip(table["key"].to_pylist(), table["confidence"].to_pylist(), strict=True))

    def _sure(self, keys: Iterable[str]) -> float:
        return min((self._sureness[k] for k in keys), default=1.0)

    def _money(self) -> dict[tuple[str, str], _Payment]:
        """Money by payer and receiver: a running total holds the single payments before it."""
        columns = (
            "amount",
            "currency",
            "kind",
            "stage",
            "cumulative",
            "valid_from",
            "announced",
            "closed",
        )
        by_pair: dict[tuple[str, str], list[Row]] = collections.defaultdict(list)
        for row in self._production.rows("FUNDS", *columns):
            by_pair[row["source"], row["target"]].append(row)
        stakes: dict[tuple[str, str], list[Row]] = collections.defaultdict(list)
        for row in self._production.rows("OWNS", "equity", "votes"):
            if not row["votes"] and row["equity"]:
                stakes[row["source"], row["target"]].append(row)
        payments = {}
        for pair in sorted(by_pair.keys() | stakes.keys()):
            rows = by_pair.get(pair, [])
            sums = total(_payment(r) for r in rows)
            kinds = sorted({r["kind"] for r in rows if r["kind"]})
            held = max((r["equity"] for r in stakes.get(pair, ()) if r["equity"]), default=None)
            words = [", ".join(kinds)] if kinds else []
            words += [f"{held * 100:.3g} % of the capital"] if held else []
            words += [f"USD {sums.intended:,.0f} more is only intended"] if sums.intended else []
            every = [*rows, *stakes.get(pair, ())]
            payments[pair] = _Payment(
                sums.paid,
                "; ".join(words) or "money",
                tuple(r["key"] for r in every),
                min(r["confidence"] for r in every),
            )
        return payments

    # ------------------------------------------------------------------ hops

    def controls(self) -> Iterator[pa.Table]:
        """The relation CONTROLS, in parts."""
        yield from self._tables("CONTROLS", self._control_rows())

    def _control_rows(self) -> Iterator[Row]:
        for hop in self._hops:
            if not hop.source.startswith(UNKNOWN):
                yield self._row(
                    hop.source,
                    hop.target,
                    "decides",
                    hop.keys,
                    hop.confidence,
                    low=hop.value.low,
                    high=hop.value.high,
                    reason=phrase(hop.words),
                    relation=hop.relation,
                )
        for artefact, shares in self._works.items():
            for share in self._listed_work(shares):
                yield self._row(
                    share.organisations[0],
                    artefact,
                    "works",
                    share.keys,
                    self._sure(share.keys),
                    low=share.low,
                    high=share.high,
                    reason=_work_words(share),
                    relation="CONTRIBUTION_SHARE",
                )
        for squeeze in self._squeezes:
            if squeeze.keys:
                yield self._row(
                    squeeze.party,
                    squeeze.target,
                    "squeezes",
                    squeeze.keys,
                    squeeze.confidence,
                    low=squeeze.value.low,
                    high=squeeze.value.high,
                    reason=squeeze.words,
                    relation="RUNS_ON",
                )
        for (payer, receiver), payment in self._payments.items():
            yield self._row(
                payer,
                receiver,
                "pays",
                payment.keys,
                payment.confidence,
                amount=payment.amount,
                reason=payment.words,
                relation="FUNDS",
            )
        for row in self._production.rows("SUBJECT_TO", "basis", "exempt_by"):
            if row["exempt_by"] is None:
                yield self._row(
                    row["target"],
                    row["source"],
                    "binds",
                    [row["key"]],
                    row["confidence"],
                    low=1.0,
                    high=1.0,
                    reason=row["basis"],
                    relation="SUBJECT_TO",
                )
        for child, parents in self._production.parents.items():
            for row, terms in parents:
                if terms.hold is not None and self._binds(terms.hold):
                    yield self._row(
                        row["target"],
                        child,
                        "binds",
                        [row["key"], *terms.keys],
                        row["confidence"],
                        low=terms.hold,
                        high=terms.hold,
                        relation="DERIVED_FROM",
                        reason=f"derived from it, then under {self._named(terms.licence)}",
                    )

    def _binds(self, hold: float) -> bool:
        return hold >= self._least

    @staticmethod
    def _listed_work(shares: Iterable[WorkShare]) -> list[WorkShare]:
        return [s for s in shares if s.low > 0]

    # ------------------------------------------------------------------ powers

    def has_power(self) -> Iterator[pa.Table]:
        """The relation HAS_POWER, in parts."""
        yield from self._tables("HAS_POWER", self._power_rows())

    def _power_rows(self) -> Iterator[Row]:
        actors = self._actors()
        for thing, deciders in self._decisions.items():
            ties = self._ties(thing, deciders)
            for group, decision in deciders.items():
                if decision.value.high >= self._least and _acts(decision.party):
                    yield self._decision(thing, decision, ties.get(group))
        for artefact, shares in self._works.items():
            for share in self._listed_work(shares):
                if share.low >= self._least:
                    yield self._power(
                        actors.get((artefact, share.group), share.organisations[0]),
                        artefact,
                        "works",
                        share.keys,
                        self._sure(share.keys),
                        low=share.low,
                        high=share.high,
                        reason=_work_words(share),
                    )
        for squeeze in self._squeezes:
            if squeeze.keys:
                yield self._power(
                    actors.get((squeeze.target, squeeze.group), squeeze.party),
                    squeeze.target,
                    "squeezes",
                    squeeze.keys,
                    squeeze.confidence,
                    low=squeeze.value.low,
                    high=squeeze.value.high,
                    reason=squeeze.words,
                    hops=squeeze.hops,
                    through=squeeze.through,
                )
        yield from self._payers(actors)
        yield from self._laws()

    def _actors(self) -> dict[tuple[str, str], str]:
        """The member of a group that stands for it over a thing: who decides, else who can squeeze, else who works."""
        actors: dict[tuple[str, str], str] = {}
        for thing, deciders in self._decisions.items():
            for group, decision in deciders.items():
                if decision.value.high >= self._least and not group.startswith(UNKNOWN):
                    actors[thing, group] = decision.party
        for squeeze in self._squeezes:
            actors.setdefault((squeeze.target, squeeze.group), squeeze.party)
        for artefact, shares in self._works.items():
            for share in shares:
                actors.setdefault((artefact, share.group), share.organisations[0])
        return actors

    @functools.cached_property
    def _active(self) -> set[tuple[str, str]]:
        """Thing and group of those who work on it or can squeeze it."""
        active = {(s.target, s.group) for s in self._squeezes}
        for artefact, shares in self._works.items():
            active |= {(artefact, s.group) for s in shares if s.low >= self._least}
        return active

    def _ties(self, thing: str, deciders: Mapping[str, Decision]) -> dict[str, str]:
        """How those who decide alike, through others and by no other power, are told together, by group.

        Those of whom less than the least is known are one lot; of others, the same ends of the interval are a tie.
        """
        lots: dict[tuple[float, float], list[str]] = collections.defaultdict(list)
        for group, decision in deciders.items():
            low, high = decision.value
            plain = decision.hops > 1 and not group.startswith(UNKNOWN)
            if high >= self._least and plain and (thing, group) not in self._active:
                same = (round(low, 9), round(high, 9)) if low >= self._least else (-1.0, -1.0)
                lots[same].append(group)
        ties: dict[str, str] = {}
        for (low, _), members in lots.items():
            if len(members) > 1 or low < 0:
                names = sorted(self._named(deciders[g].party) for g in members)
                text = f"{counted(len(members), 'party')}, little known"
                if low >= 0:
                    text = (
                        f"{', '.join(names[:-1])} and {names[-1]}"
                        if len(names) <= _NAMED
                        else f"{len(names)} parties"
                    )
                ties |= dict.fromkeys(members, text)
        return ties

    def _decision(self, thing: str, decision: Decision, tie: str | None) -> Row:
        party, holders = decision.party, None
        if party.startswith(UNKNOWN):
            party = party.removeprefix(UNKNOWN)
            count = self._unknown_persons[party]
            holders = f"{count} person{'s' * (count != 1)} whose employer is not known"
        return self._power(
            party,
            thing,
            "decides",
            decision.keys,
            decision.confidence,
            low=decision.value.low,
            high=decision.value.high,
            reason=_ways(decision),
            hops=decision.hops,
            through=decision.through,
            holder=holders,
            tie=tie,
        )

    @functools.cached_property
    def _unknown_persons(self) -> dict[str, int]:
        return {h.target: len(h.keys) for h in self._hops if h.source.startswith(UNKNOWN)}

    def _payers(self, actors: Mapping[tuple[str, str], str]) -> Iterator[Row]:
        merged: dict[tuple[str, str], list[tuple[str, _Payment]]] = collections.defaultdict(list)
        for (payer, receiver), payment in self._payments.items():
            merged[self._groups.get(payer, payer), receiver].append((payer, payment))
        totals: dict[str, float] = collections.defaultdict(float)
        for (_, receiver), payments in merged.items():
            totals[receiver] += sum(p.amount or 0.0 for _, p in payments)
        for (group, receiver), payments in merged.items():
            amounts = [p.amount for _, p in payments if p.amount is not None]
            largest = min(payments, key=lambda pair: (-(pair[1].amount or 0.0), pair[0]))[0]
            yield self._power(
                actors.get((receiver, group), largest),
                receiver,
                "pays",
                [k for _, p in payments for k in p.keys],
                min(p.confidence for _, p in payments),
                amount=sum(amounts) if amounts else None,
                reason="; ".join(dict.fromkeys(p.words for _, p in payments)),
                listed=bool(amounts) and sum(amounts) >= _MAJOR * totals[receiver],
            )

    def _laws(self) -> Iterator[Row]:
        for row in self._production.rows("SUBJECT_TO", "basis", "exempt_by"):
            if row["exempt_by"] is None:
                yield self._power(
                    row["target"],
                    row["source"],
                    "binds",
                    [row["key"]],
                    row["confidence"],
                    low=1.0,
                    high=1.0,
                    reason=row["basis"],
                    listed=False,
                )
        for thing in self._production.granted:
            terms = self._production.terms(thing)
            if terms.hold is not None and self._binds(terms.hold):
                yield self._power(
                    terms.licence,
                    thing,
                    "binds",
                    terms.keys,
                    1.0,
                    low=terms.hold,
                    high=terms.hold,
                    reason="its licence",
                    listed=False,
                )

    def _power(
        self,
        party: str,
        target: str,
        power: str,
        keys: Sequence[str],
        confidence: float,
        *,
        hops: int = 1,
        through: Sequence[str] = (),
        holder: str | None = None,
        listed: bool = True,
        **values: Any,
    ) -> Row:
        owner = None if holder else self._owners.get(party)
        return self._row(
            party,
            target,
            power,
            keys,
            confidence,
            hops=hops,
            holder=holder or self._named(party),
            owner=owner,
            owner_name=self._named(owner) if owner else None,
            through=" ".join(through) or None,
            listed=listed,
            **values,
        )

    # ------------------------------------------------------------------ tables

    def _row(
        self,
        source: str,
        target: str,
        power: str,
        keys: Sequence[str],
        confidence: float,
        **values: Any,
    ) -> Row:
        for end in ("low", "high"):
            if values.get(end) is not None:
                values[end] = round(min(1.0, max(0.0, values[end])), _DECIMALS)
        return {
            "source_kind": schema().kind_of(source),
            "source": source,
            "target_kind": schema().kind_of(target),
            "target": target,
            "power": power,
            "confidence": confidence,
            "basis": " ".join(dict.fromkeys(keys)),
            **values,
        }

    def _tables(self, relation: str, rows: Iterator[Row]) -> Iterator[pa.Table]:
        part: list[Row] = []
        for row in rows:
            part.append(row)
            if len(part) == _CHUNK:
                yield self._table(relation, part)
                part = []
        if part:
            yield self._table(relation, part)

    def _table(self, relation: str, rows: list[Row]) -> pa.Table:
        """Rows in the layout of their relation, with what they take over from the statements behind them."""
        import pyarrow as pa

        from .state import edge_schema

        layout = edge_schema(relation)
        origins = self._origins({k for row in rows for k in row["basis"].split()})
        for row in rows:
            origin = [o for k in row["basis"].split() if (o := origins.get(k))]
            text = f"{relation} {row['source']} {row['target']} {row['power']} {row.get('holder')} {row['basis']}"
            row |= {
                "key": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
                "method": "computed",
                "status": "current",
                "source_ids": sorted({i for o in origin for i in o[0]}) or None,
                "licence": min((o[1] for o in origin), default="CC0-1.0"),
                "recorded_at": max((o[2] for o in origin), default=None),
            }
            starts = [o[3] for o in origin]
            row["valid_from"] = max(starts) if starts and None not in starts else None
        return pa.Table.from_pylist(
            [{f.name: r.get(f.name) for f in layout} for r in rows], schema=layout
        )

    def _origins(self, keys: Collection[str]) -> dict[str, tuple[list[str], str, Any, Any]]:
        """Sources, licence, time of recording and beginning of some statements, by key."""
        names = ("source_ids", "licence", "recorded_at", "valid_from")
        origins: dict[str, tuple[list[str], str, Any, Any]] = {}
        for relation in schema().relations.values():
            if relation.control is not None:
                table = self._state.edges(relation.name, ["key", *names], key=keys)
                for row in table.to_pylist():
                    origins[row["key"]] = tuple(row[n] for n in names)
        for name in _ENDED if len(origins) < len(set(keys)) else ():
            for row in self._state.history(name, key=keys).to_pylist():
                origins.setdefault(row["key"], tuple(row[n] for n in names))
        return origins


def _ways(decision: Decision) -> str:
    """Why, and how many ways more."""
    more = decision.ways - 1
    return phrase(decision.words) + (f"; {more} more way{'s' * (more != 1)}" if more else "")


def _work_words(share: WorkShare) -> str:
    """What was counted, or published."""
    of = "the work" if share.total is None else f"{share.total:,} commits"
    when = "" if share.window == "all" else f" in {share.window}"
    if share.counted and share.window == "all" and share.until is not None:
        when = f" to {share.until:%Y-%m}"
    employers = "" if share.coverage is None else f", the employer of {share.coverage:.0%} is known"
    how = "counted" if share.counted else "as published"
    return f"at least {share.low:.0%} of {of}{when} ({how}{employers})"


def _payment(row: Row) -> Payment:
    day = row["closed"] or row["announced"] or row["valid_from"]
    dollars = row["currency"] == "USD"
    return Payment(row["amount"], dollars, row["stage"], row["cumulative"] is True, day)


def _acts(party: str) -> bool:
    """Whether a party is somebody: a framework over its packages only lies between."""
    return schema().kind_of(party.removeprefix(UNKNOWN)) != "Framework"
