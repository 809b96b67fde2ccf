"""What of a state, or of an answer, goes into a picture."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..errors import NotFound
from ..graph.schema import POWERS, schema
from ..measures.majority import Controlled, groups
from .holdings import Holding, holdings
from .subjects import Ego, Layers, Link, Network, Node, Share, Year, Years

if TYPE_CHECKING:
    from ..answers.answer import Answer
    from ..state.state import State

__all__ = [
    "WORKED_ON",
    "ego_of",
    "kind_of",
    "layers_of",
    "network_of",
    "shared_out",
    "source_line",
    "years_of",
]

WORKED_ON: Final = ("Framework",)
"""Kinds whose work is counted by year."""

_LAYERS: Final = {
    "Chips": ("Processor", ("PROVIDES",)),
    "Clouds": ("CloudPlatform", ("PROVIDES", "GOVERNS")),
    "Frameworks": ("Framework", ("GOVERNS",)),
    "Models": ("Model", ("GOVERNS", "CREATED")),
    "Data sets": ("Dataset", ("GOVERNS", "CREATED", "GENERATES")),
    "Standards": ("Norm", ("GOVERNS",)),
    "Seats": ("GoverningBody", ("HAS_SEAT",)),
}
"""Per column: the kind that is counted, and the relations from a firm to it."""


def source_line(state: State) -> str:
    """What stands at the foot of a picture."""
    return f"Stackholder, snapshot {state.snapshot.hash[:12]}; each statement with its own source"


def kind_of(entity: str) -> str:
    """The kind of an entity, by its id."""
    slug = entity.partition("/")[0]
    return next((k.name for k in schema().kinds.values() if k.slug == slug), "")


def network_of(answer: Answer, title: str = "") -> Network:
    """The paths of an answer of `Graph.paths` as one network; each link once.

    Args:
        answer: With or without evidence.
        title: Empty = made of the ends.
    """
    names = answer.names
    links = dict.fromkeys(
        Link(
            hop["source"],
            hop["target"],
            hop["power"],
            hop["low"],
            hop["high"],
            hop["amount"],
            hop["reason"],
            _about([answer.evidence[k] for k in hop["keys"] if k in answer.evidence]),
        )
        for path in answer.hops
        for hop in path
    )
    ends = dict.fromkeys(e for link in links for e in (link.source, link.target))
    starts = [str(answer.parameters["source"])]
    targets = [str(t) for t in answer.parameters["targets"]]
    if not title:
        title = f"Control paths from {_called(starts, names)} to {_called(targets, names)}"
    return Network(
        title,
        tuple(Node(e, names.get(e, e), kind_of(e)) for e in ends or (*starts, *targets)),
        tuple(links),
        f"Stackholder, snapshot {answer.snapshot[:12]}; each hop with its own source",
        str(answer.as_of),
        tuple(note[:1].upper() + note[1:] for note in answer.notes[:1]),
    )


def _called(ids: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(i, i.partition("/")[2].replace("-", " ")) for i in ids)


def _about(statements: Sequence[Mapping[str, Any]]) -> str:
    """The relation that a hop is read off, and since when all that stands behind it holds."""
    if not statements:
        return ""
    relation, dates = (
        str(statements[0]["relation"]),
        [said.get("valid_from") for said in statements],
    )
    if None in dates:
        return relation
    last = max(statements, key=lambda said: str(said["valid_from"]))
    exact = {"year": 4, "month": 7}.get(str(last.get("valid_from_precision", "day")), 10)
    return f"{relation} since {str(last['valid_from'])[:exact]}"


def ego_of(state: State, entity: str, most: int = 16) -> Ego:
    """An entity with those who have most power over it, and what it has most power over, each power by itself.

    Args:
        state: The state.
        entity: Its id.
        most: Most neighbours on each side, shared out among the powers.
    """
    sides = holdings(state, entity)
    counts = [collections.Counter(h.power for h in side) for side in sides]
    shown = [
        _first(side, shared_out(count, most)) for side, count in zip(sides, counts, strict=True)
    ]
    names = state.names({entity, *(h.party for h in shown[0]), *(h.thing for h in shown[1])})
    nodes = {entity: Node(entity, names[entity], kind_of(entity))}
    links = []
    for holding in shown[0]:
        alone = holding.holder == names[holding.party]
        node = holding.party if alone else f"{holding.party} {holding.holder}"
        kind = holding.party_kind if alone else "Contributor"
        nodes[node] = Node(node, holding.holder, kind)
        about = f"under {holding.owner_name}" if holding.owner_name else ""
        links.append(_link(holding, node, entity, about))
    for holding in shown[1]:
        nodes.setdefault(
            holding.thing, Node(holding.thing, names[holding.thing], holding.thing_kind)
        )
        about = f"through {holding.holder}" if holding.party != entity else ""
        links.append(_link(holding, entity, holding.thing, about))
    network = Network(
        f"{names[entity]}: who holds it, and what it holds",
        tuple(nodes[n] for n in sorted(nodes)),
        tuple(links),
        source_line(state),
        str(state.as_of),
        (
            "Each power by itself, the strongest first; firms under one majority owner are one party.",
        ),
    )
    over, own = (
        {p: n - sum(h.power == p for h in some) for p, n in count.items()}
        for count, some in zip(counts, shown, strict=True)
    )
    return Ego(entity, network, (over, own))


def _link(holding: Holding, source: str, target: str, about: str) -> Link:
    values = (holding.low, holding.high, holding.amount)
    return Link(source, target, holding.power, *values, holding.reason, about)


def shared_out(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """How many of each power there is room for: of each as many, and what one leaves goes to the first."""
    shares = dict.fromkeys((p for p in POWERS if counts.get(p)), 0)
    left = min(most, sum(counts.values()))
    while left:
        for power in [p for p in shares if shares[p] < counts[p]][:left]:
            shares[power] += 1
            left -= 1
    return shares


def _first(side: Sequence[Holding], shares: Mapping[str, int]) -> list[Holding]:
    return [
        holding
        for power, count in shares.items()
        for holding in [h for h in side if h.power == power][:count]
    ]


def years_of(state: State, framework: str) -> Years:
    """Whose work a framework was, per year up to the date of the state.

    Raises:
        NotFound: Nobody has counted its commits by year.
    """
    rows: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    for row in _yearly(state, framework):
        rows[row["window"]].append(row)
    names = state.names({framework, *(r["source"] for some in rows.values() for r in some)})
    if not rows:
        raise NotFound(
            f"no commits of {names[framework]} are counted by year",
            where=framework,
            hint="type: stackholder build --source git_history=CLONE, or ask concentration who has counts",
        )
    return Years(
        f"Whose work is {names[framework]}?",
        tuple(_year(window, some, names) for window, some in sorted(rows.items())),
        source_line(state),
        str(state.as_of),
    )


def _yearly(state: State, framework: str) -> Iterable[dict[str, Any]]:
    """Shares per calendar year, of all years: counted from commits where they are loaded, else as stated."""
    import pyarrow.compute as pc

    from ..state.contributions import contributions
    from ..state.state import in_force

    if state.as_of is None:
        return []
    counted = contributions(state.snapshot, state.as_of).get("CONTRIBUTION_SHARE")
    tables = [] if counted is None else [counted]
    if state.snapshot.edges.get("CONTRIBUTION_SHARE"):
        tables += list(in_force(state.snapshot, "CONTRIBUTION_SHARE", None))
    for table in tables:
        mine = table.filter(pc.equal(table["target"], framework)).to_pylist()
        rows = [r for r in mine if r["window"].isdigit() and int(r["window"]) <= state.as_of.year]
        if rows:
            return rows
    return []


def _year(window: str, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Year:
    total = max(r["total"] or 0 for r in rows)
    rows = [r for r in rows if (r["total"] or 0) == total]
    low = [r["elephant_low"] for r in rows if r["elephant_low"] is not None]
    high = [r["elephant_high"] for r in rows if r["elephant_high"] is not None]
    known = [r["coverage"] for r in rows if r["coverage"] is not None]
    best: dict[str, Share] = {}
    for row in rows:
        share = row["share"] or 0.0
        bounds = (
            share if row["low"] is None else row["low"],
            1.0 if row["high"] is None else row["high"],
        )
        best[row["source"]] = Share(names[row["source"]], *bounds)
    return Year(
        int(window),
        total,
        max(known, default=min(1.0, sum(r["share"] or 0.0 for r in rows))),
        tuple(best[key] for key in sorted(best)),
        (min(low), max(high)) if low and high else None,
    )


def layers_of(state: State, most: int = 20) -> Layers:
    """Firms by what they provide, govern, made or sit in; a majority owner stands for the firms it surely controls.

    Args:
        state: The state.
        most: Most firms: those in most layers, then those with most in all.
    """
    top = groups(
        Controlled(r["source"], r["target"], r["certainty"] == "sure")
        for r in state.edges(
            "ULTIMATELY_CONTROLS", ["source_kind", "source", "target", "certainty"]
        ).to_pylist()
        if r["source_kind"] in schema().families["Organization"]
    )
    held: dict[str, list[set[str]]] = {}
    for relation in dict.fromkeys(r for _, relations in _LAYERS.values() for r in relations):
        for row in state.current(relation, source_kind=["Company"]):
            firm = top.get(row["source"], row["source"])
            for number, (kind, relations) in enumerate(_LAYERS.values()):
                if kind == row["target_kind"] and relation in relations:
                    held.setdefault(firm, [set() for _ in _LAYERS])[number].add(row["target"])
    names = state.names(held)
    counted = [(names[f], tuple(len(s) for s in sets)) for f, sets in held.items()]
    counted.sort(key=lambda row: (-sum(map(bool, row[1])), -sum(row[1]), row[0].lower()))
    return Layers(
        "Firms by layer of the stack",
        "Number of things that a firm, with those it surely controls, provides, governs, made or sits in",
        tuple(_LAYERS),
        tuple(counted[:most]),
        max(0, len(counted) - most),
        source_line(state),
        str(state.as_of),
    )
