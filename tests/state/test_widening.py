"""What is not known never makes stronger: a fact less only widens what each party decides and squeezes.

Small random worlds lie beside each other in one graph and have nothing to do with each other. One fact is taken from
each: the employer of a person, what somebody may vote, a seat in a body of stated size, another place where something
runs. The one stated exception: a further holder of a right splits that right.
"""

from __future__ import annotations

import collections
import copy
import dataclasses
import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from powers import ALL_RIGHTS, row
from stackholder.graph.schema import schema
from stackholder.state.state import State
from states import make_state

WORLDS = 120
ROUNDING = 1e-9
UNLISTED = 0.01
"""Who could at most have less is not listed."""

Edges = dict[str, list[dict[str, Any]]]
Nodes = dict[str, list[dict[str, Any]]]
Fact = tuple[str, dict[str, Any]]


class World:
    """One random graph, whose ids all begin with its name.

    Attributes:
        nodes: By kind.
        edges: By relation.
    """

    def __init__(self, name: str, chance: random.Random, seats: int = 5) -> None:
        self.name, self._chance, self._seats = name, chance, seats
        self.nodes: Nodes = collections.defaultdict(list)
        self.edges: Edges = collections.defaultdict(list)
        self._firms = [self._new("Company", f"firm{i}") for i in range(5)]
        self._persons = [self._new("Contributor", f"person{i}") for i in range(6)]
        self._works = [self._new("Framework", f"work{i}") for i in range(2)]
        self._own()
        self._sit()
        self._govern()
        self._need()

    def _new(self, kind: str, name: str, **more: Any) -> tuple[str, str]:
        self.nodes[kind].append({"id": f"{self.name}-{name}", **more})
        return kind, f"{self.name}-{name}"

    def _own(self) -> None:
        for number, firm in enumerate(self._firms[1:], 1):
            left = 1.0
            holders = self._chance.sample(self._firms[:number], min(number, 2))
            for holder in holders:
                votes = self._chance.choice([0.1, 0.3, 0.5, 0.6, None])
                if votes is None:
                    self.edges["OWNS"].append(row(holder, firm))
                elif votes <= left:
                    left = round(left - votes, 9)
                    self.edges["OWNS"].append(row(holder, firm, votes=votes))

    def _sit(self) -> None:
        self._bodies = []
        for number in range(2):
            sitting = self._chance.sample(
                [*self._persons, *self._firms], self._chance.randint(1, self._seats)
            )
            rule = self._chance.choice(
                [
                    {"rule": "consensus"},
                    {},
                    {"rule": "one_member_one_vote", "quota": 0.5, "quota_strict": True},
                    {"rule": "one_member_one_vote", "quota": 0.75, "quota_strict": False},
                    {"rule": "weighted_majority", "quota": 0.5, "quota_strict": True},
                ]
            )
            size = len(sitting) + self._chance.choice([0, 0, 1, 2])
            body = self._new("GoverningBody", f"body{number}", size=size, **rule)
            self._bodies.append(body)
            for seat in sitting:
                votes = {"votes": self._chance.choice([1, 1, 2])} if "weighted" in str(rule) else {}
                self.edges["HAS_SEAT"].append(row(seat, body, **votes))
        for person in self._persons:
            if self._chance.random() < 0.7:
                self.edges["EMPLOYS"].append(row(self._chance.choice(self._firms), person))

    def _govern(self) -> None:
        for work in self._works:
            for holder in self._chance.sample([*self._bodies, *self._firms], 2):
                rights = self._chance.sample(ALL_RIGHTS, self._chance.randint(1, 4))
                self.edges["GOVERNS"].append(row(holder, work, rights=sorted(rights)))
        if self._chance.random() < 0.5:
            board = row(self._bodies[0], self._firms[-1], rights=["admin"])
            self.edges["GOVERNS"].append(board)

    def _need(self) -> None:
        makers = self._firms[:4]
        chips = [self._new("Processor", f"chip{i}") for i in range(4)]
        for chip, maker in zip(chips, makers, strict=True):
            self.edges["PROVIDES"].append(row(maker, chip))
            for supplier in self._chance.sample([f for f in self._firms if f != maker], 2):
                if self._chance.random() < 0.3:
                    sole = {"sole": True} if self._chance.random() < 0.3 else {}
                    self.edges["SUPPLIES"].append(row(supplier, chip, part="memory", **sole))
                    if sole:
                        break
        for work in self._works:
            some = self._chance.sample(chips, self._chance.randint(0, 3))
            for chip in some:
                tier = self._chance.choice(["native", "optimised", "supported"])
                self.edges["RUNS_ON"].append(row(work, chip, tier=tier))
            if self._chance.random() < 0.6:
                for node in self.nodes["Framework"]:
                    if node["id"] == work[1]:
                        node["complete"] = [f"RUNS_ON={len(some)}"]
        if self._chance.random() < 0.6:
            self.edges["DEPENDS_ON"].append(row(self._works[0], self._works[1], kind="runtime"))

    def without(self, fact: Fact, *, value: str | None = None) -> World:
        """The same with one statement less, or with one of its values less."""
        other = copy.copy(self)
        relation, edge = fact
        rows = [r for r in self.edges[relation] if r is not edge]
        if value is not None:
            rows.append({n: v for n, v in edge.items() if n != value})
        other.edges = {**self.edges, relation: rows}
        return other


def world(seed: int, **how: int) -> World:
    return World(f"w{seed}", random.Random(seed), **how)


def together(folder: Path, worlds: list[World]) -> State:
    nodes: Nodes = collections.defaultdict(list)
    edges: Edges = collections.defaultdict(list)
    for one in worlds:
        for kind, rows in one.nodes.items():
            nodes[kind] += rows
        for relation, rows in one.edges.items():
            edges[relation] += rows
    return make_state(folder, nodes, edges)


Ends = dict[tuple[str, str], tuple[float, float]]
"""Party and thing → low and high; a group of firms goes by its topmost owner."""

UNKNOWN = "?"
"""The party of those whose employer is not known."""


@dataclasses.dataclass
class Answer:
    """What a graph says of one world.

    Attributes:
        ends: Of each party over each thing.
        tops: Owners over each firm that has one, sure or possible.
        members: Firms and bodies that belong to the party of another.
    """

    ends: Ends = dataclasses.field(default_factory=dict)
    tops: dict[str, set[str]] = dataclasses.field(
        default_factory=lambda: collections.defaultdict(set)
    )
    members: set[str] = dataclasses.field(default_factory=set)

    def of(self, party: str, thing: str) -> tuple[float, float]:
        return self.ends.get((party, thing), (0.0, UNLISTED))


def answers(state: State, power: str) -> dict[str, Answer]:
    """By world."""
    found: dict[str, Answer] = collections.defaultdict(Answer)

    def about(entity: str) -> Answer:
        return found[entity.partition("/")[2].partition("-")[0]]

    for r in state.edges("HAS_POWER").to_pylist():
        answer, party = about(r["target"]), r["owner"] or r["source"]
        if r["owner"]:
            answer.members.add(r["source"])
        if r["power"] == "decides" and r["holder"].endswith("not known"):
            party = UNKNOWN
        elif r["power"] == "decides":
            answer.tops[r["target"]].add(party)
        if r["power"] == power:
            key = party, r["target"]
            low, high = answer.ends.get(key, (0.0, 0.0))
            answer.ends[key] = (low + r["low"], high + r["high"])
    for r in state.edges("ULTIMATELY_CONTROLS").to_pylist():
        if r["certainty"] == "sure":
            about(r["target"]).members.add(r["target"])
    return found


def narrowed(before: Answer, after: Answer, actor: str | None) -> Iterator[str]:
    """What is no longer within.

    Who acted by the fact that is gone may be among those of whom nobody knows for whom they act; what is left of its
    own is listed as its own, the rest under nobody's name.
    """
    own = {actor, *before.tops.get(actor or "", ())}
    for (party, thing), (low, high) in before.ends.items():
        if party == UNKNOWN:
            continue
        least, most = after.of(party, thing)
        if party in own:
            most = math.inf if OPEN_SEATS else most + after.of(UNKNOWN, thing)[1]
        if least > low + ROUNDING or most < high - ROUNDING:
            yield f"{party} over {thing}: [{low:g}, {high:g}], and then [{least:g}, {most:g}]"
    for (party, thing), (low, high) in after.ends.items():
        new = (party, thing) not in before.ends and party not in before.members
        if new and low > ROUNDING:
            yield f"{party} over {thing}: nothing, and then [{low:g}, {high:g}]"


OPEN_SEATS = True
Taken = tuple[World, str | None]
"""The world without the fact, and who acted by it."""


def less(
    folder: Path, power: str, take: Callable[[World, random.Random], Taken | None], **how: int
) -> None:
    """Takes one fact from each world, and asserts that nothing is narrower than before."""
    chance = random.Random(7)
    worlds = [world(seed, **how) for seed in range(WORLDS)]
    pairs = [(one, take(one, chance)) for one in worlds]
    taken = [(one, *other) for one, other in pairs if other is not None]
    assert len(taken) > WORLDS / 2
    before = answers(together(folder / "before", [one for one, *_ in taken]), power)
    after = answers(together(folder / "after", [other for _, other, _ in taken]), power)
    wrong = {
        one.name: found
        for one, _, actor in taken
        if (found := list(narrowed(before[one.name], after[one.name], actor)))
    }
    if wrong:
        print(json.dumps(wrong, indent=1))
    assert not wrong


def some(world: World, relation: str, chance: random.Random) -> Fact | None:
    rows = world.edges[relation]
    return (relation, chance.choice(rows)) if rows else None


def entity(end: tuple[str, str]) -> str:
    return f"{schema().kinds[end[0]].slug}/{end[1]}"


def test_without_the_employer_of_a_person(tmp_path: Path) -> None:
    def take(one: World, chance: random.Random) -> Taken | None:
        sitting = {e["source"] for e in one.edges["HAS_SEAT"]}
        jobs = [e for e in one.edges["EMPLOYS"] if e["target"] in sitting]
        if not jobs:
            return None
        job = chance.choice(jobs)
        return one.without(("EMPLOYS", job)), entity(job["source"])

    less(tmp_path, "decides", take)


def test_without_what_somebody_may_vote(tmp_path: Path) -> None:
    """In bodies of one seat: firms that are no longer known to act together vote apart."""

    def take(one: World, chance: random.Random) -> Taken | None:
        stated = [e for e in one.edges["OWNS"] if "votes" in e]
        if not stated:
            return None
        return one.without(("OWNS", chance.choice(stated)), value="votes"), None

    less(tmp_path, "decides", take, seats=1)


def test_without_a_seat_of_a_body_of_stated_size(tmp_path: Path) -> None:
    def take(one: World, chance: random.Random) -> Taken | None:
        seat = chance.choice(one.edges["HAS_SEAT"])
        employers = [e["source"] for e in one.edges["EMPLOYS"] if e["target"] == seat["source"]]
        return one.without(("HAS_SEAT", seat)), entity([*employers, seat["source"]][0])

    less(tmp_path, "decides", take)


@pytest.mark.parametrize("relation", ["RUNS_ON"])
def test_without_another_way(tmp_path: Path, relation: str) -> None:
    def take(one: World, chance: random.Random) -> Taken | None:
        fact = some(one, relation, chance)
        return (one.without(fact), None) if fact else None

    less(tmp_path, "squeezes", take)
