"""What is not known never makes stronger: a fact less only widens what each party decides and squeezes.

Small random worlds lie beside each other in one graph and have nothing to do with each other. One fact is taken from
each: the employer of a person, what somebody may vote, a seat in a body of stated size, another place where something
runs. The one stated exception: a further holder of a right splits that right.
"""

from __future__ import annotations

import collections
import copy
import dataclasses
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


class World:
    """One random graph, whose ids all begin with its name.

    Attributes:
        nodes: By kind.
        edges: By relation.

    Args:
        name: Its name.
        chance: What it is drawn by.
        seats: Most seats of a body.
        silent: Whether the votes of some stakes are not stated.
        boards: Whether some of the bodies are boards of firms.
    """

    def __init__(
        self,
        name: str,
        chance: random.Random,
        seats: int = 5,
        silent: bool = True,
        boards: bool = True,
    ) -> None:
        self.name, self._chance = name, chance
        self._seats, self._silent, self._boards = seats, silent, boards
        self.nodes: Nodes = collections.defaultdict(list)
        self.edges: Edges = collections.defaultdict(list)
        self._firms = [self._new("Company", f"firm{i}") for i in range(6)]  # nobody owns the last
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
        for number, firm in enumerate(self._firms[1:-1], 1):
            left = 1.0
            holders = self._chance.sample(self._firms[:number], min(number, 2))
            for holder in holders:
                votes = self._chance.choice([0.1, 0.3, 0.5, 0.6, *([None] if self._silent else [])])
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
        if self._boards and self._chance.random() < 0.5:
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

    def without(self, relation: str, edge: dict[str, Any], *, value: str | None = None) -> World:
        """The same with one statement less, or with one of its values less."""
        other = copy.copy(self)
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


def narrowed(before: Answer, after: Answer, actor: str, lost: str) -> Iterator[str]:
    """What is no longer within.

    Args:
        before: With the fact.
        after: Without it.
        actor: Who acts by the fact, or what it is about; "" = all are others.
        lost: What may happen to the parties of the actor: `unknown`, what they had is that of those whose employer is
            not known; `nobody`, it is nobody's; `own`, it was their own way.
    """
    own = {actor, *before.tops.get(actor, ())}
    own |= {party for party, thing in before.ends if thing == actor}
    for (party, thing), (low, high) in before.ends.items():
        if party == UNKNOWN:
            continue
        least, most = after.of(party, thing)
        if actor and party in own:
            if lost == "own":
                continue
            most = math.inf if lost == "nobody" else most + after.of(UNKNOWN, thing)[1]
        if least > low + ROUNDING or most < high - ROUNDING:
            yield f"{party} over {thing}: [{low:g}, {high:g}], and then [{least:g}, {most:g}]"
    for (party, thing), (low, high) in after.ends.items():
        new = (party, thing) not in before.ends and party not in before.members
        if new and low > ROUNDING:
            yield f"{party} over {thing}: nothing, and then [{low:g}, {high:g}]"


Taken = tuple[World, str]
"""The world without the fact, and who acted by it, or what it was about."""


def less(
    folder: Path,
    power: str,
    take: Callable[[World, random.Random], Taken | None],
    lost: str = "",
    **how: int,
) -> None:
    """Takes one fact from each world, and asserts that nothing is narrower than before."""
    chance = random.Random(7)
    worlds = [world(seed, **how) for seed in range(WORLDS)]
    pairs = [(one, take(one, chance)) for one in worlds]
    taken = [(one, *other) for one, other in pairs if other is not None]
    assert len(taken) > WORLDS / 2
    before = answers(together(folder / "before", [one for one, *_ in taken]), power)
    after = answers(together(folder / "after", [other for _, other, _ in taken]), power)
    wrong = [
        found
        for one, _, actor in taken
        for found in narrowed(before[one.name], after[one.name], actor, lost)
    ]
    assert not wrong, "\n".join(wrong)
    assert any(before[one.name].ends != after[one.name].ends for one, *_ in taken)


def entity(end: tuple[str, str]) -> str:
    return f"{schema().kinds[end[0]].slug}/{end[1]}"


def test_without_the_employer_of_a_person(tmp_path: Path) -> None:
    """Whoever the person may work for has at most what they had and what those have whose employer is not known.

    In bodies that are no boards: what those of unknown employers have of a board is told of the firm, not of its works.
    """

    def take(one: World, chance: random.Random) -> Taken | None:
        sitting = {e["source"] for e in one.edges["HAS_SEAT"]}
        jobs = [e for e in one.edges["EMPLOYS"] if e["target"] in sitting]
        if not jobs:
            return None
        job = chance.choice(jobs)
        return one.without("EMPLOYS", job), entity(job["source"])

    less(tmp_path, "decides", take, "unknown", boards=False)


def test_without_what_somebody_may_vote(tmp_path: Path) -> None:
    """In bodies of one seat: firms that are no longer known to act together vote apart, which is more or less."""

    def take(one: World, chance: random.Random) -> Taken | None:
        stated = [e for e in one.edges["OWNS"] if "votes" in e]
        if not stated:
            return None
        return one.without("OWNS", chance.choice(stated), value="votes"), ""

    less(tmp_path, "decides", take, seats=1)


def test_without_what_another_holds_of_a_company(tmp_path: Path) -> None:
    """Where all votes that are known are stated: an owner nobody names may hold what is left."""

    def take(one: World, chance: random.Random) -> Taken | None:
        stated = [e for e in one.edges["OWNS"] if "votes" in e]
        if not stated:
            return None
        stake = chance.choice(stated)
        return one.without("OWNS", stake), entity(stake["source"])

    less(tmp_path, "decides", take, "own", seats=1, silent=False)


def test_without_a_seat_of_a_body_of_stated_size(tmp_path: Path) -> None:
    def take(one: World, chance: random.Random) -> Taken | None:
        seat = chance.choice(one.edges["HAS_SEAT"])
        employers = [e["source"] for e in one.edges["EMPLOYS"] if e["target"] == seat["source"]]
        return one.without("HAS_SEAT", seat), entity([*employers, seat["source"]][0])

    less(tmp_path, "decides", take, "nobody")


def test_without_another_way(tmp_path: Path) -> None:
    def take(one: World, chance: random.Random) -> Taken | None:
        if not one.edges["RUNS_ON"]:
            return None
        way = chance.choice(one.edges["RUNS_ON"])
        return one.without("RUNS_ON", way), entity(way["target"])

    less(tmp_path, "squeezes", take, "own")


# ------------------------------------------------------------------ what changes nothing


def everything(folder: Path, worlds: list[World]) -> Ends:
    state = together(folder, worlds)
    return {
        (party, f"{power} {thing}"): ends
        for power in ("decides", "squeezes")
        for answer in answers(state, power).values()
        for (party, thing), ends in answer.ends.items()
    }


def test_names_mean_nothing(tmp_path: Path) -> None:
    """Within each world all ids of a kind are exchanged."""
    chance = random.Random(3)
    worlds = [world(seed) for seed in range(WORLDS // 2)]
    names: dict[tuple[str, str], str] = {}
    for one in worlds:
        for kind, rows in one.nodes.items():
            own = [r["id"] for r in rows]
            names |= dict(zip(((kind, n) for n in own), chance.sample(own, len(own)), strict=True))

    def renamed(one: World) -> World:
        other = copy.copy(one)
        other.nodes = {
            kind: [{**r, "id": names[kind, r["id"]]} for r in rows]
            for kind, rows in one.nodes.items()
        }
        other.edges = {
            relation: [
                {**e, **{end: (e[end][0], names[e[end]]) for end in ("source", "target")}}
                for e in rows
            ]
            for relation, rows in one.edges.items()
        }
        return other

    ids = {entity((kind, old)): entity((kind, new)) for (kind, old), new in names.items()}
    before = {
        (ids.get(party, party), f"{thing.split()[0]} {ids[thing.split()[1]]}"): ends
        for (party, thing), ends in everything(tmp_path / "before", worlds).items()
    }
    after = everything(tmp_path / "after", [renamed(one) for one in worlds])
    assert after == {key: pytest.approx(ends) for key, ends in before.items()}


SPLIT: dict[str, dict[str, Any]] = {
    "EMPLOYS": {"role": "engineer"},
    "HAS_SEAT": {"chair": True},
    "RUNS_ON": {"perf_ratio": 0.9},
    "DEPENDS_ON": {"requirement": ">=1"},
    "OWNS": {"interest": "shareholding"},
}
"""What tells a second statement of the same fact from the first."""


def test_a_fact_that_is_stated_twice_is_one_fact(tmp_path: Path) -> None:
    worlds = [world(seed) for seed in range(WORLDS // 2)]
    before = everything(tmp_path / "before", worlds)
    twice = []
    for one in worlds:
        other = copy.copy(one)
        other.edges = {
            relation: [*rows, *({**e, **SPLIT[relation]} for e in rows if relation in SPLIT)]
            for relation, rows in one.edges.items()
        }
        for edge in one.edges["GOVERNS"]:  # right by right
            other.edges["GOVERNS"] = [
                *(e for e in other.edges["GOVERNS"] if e is not edge),
                *({**edge, "rights": [right]} for right in edge["rights"]),
            ]
        twice.append(other)
    assert everything(tmp_path / "after", twice) == before


def test_what_has_nothing_to_do_with_it_changes_nothing(tmp_path: Path) -> None:
    worlds = [world(seed) for seed in range(WORLDS // 2)]
    alone = everything(tmp_path / "alone", worlds[:10])
    beside = everything(tmp_path / "beside", worlds)
    assert {key: ends for key, ends in beside.items() if key in alone} == alone
