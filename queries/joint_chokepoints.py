#: id: Q11
#: summary: Which pairs of owners are each other's only backup?
#: description: >
#:   Owners of clouds and processors, singly and in pairs: what breaks when all that they provide is gone, as a share
#:   of the frameworks and models with known needs. Synergy is what breaks only when both are gone. Synergy is a
#:   measure of this project's own making.
#: tags: [regulator]
#: params:
#:   k: {type: integer, example: 10, default: 20, about: most pairs}
#: columns:
#:   - {name: one, type: entity, unit: ""}
#:   - {name: one_name, type: string, unit: ""}
#:   - {name: other, type: entity, unit: ""}
#:   - {name: other_name, type: string, unit: ""}
#:   - {name: broken_one, type: double, unit: "fraction of frameworks and models"}
#:   - {name: broken_other, type: double, unit: "fraction"}
#:   - {name: broken_both, type: double, unit: "fraction"}
#:   - {name: synergy, type: double, unit: "fraction, broken by both less broken by each"}
#:   - {name: broken, type: string, unit: "what breaks only together"}
#: order: [synergy desc, one, other]
#: reading: >
#:   A synergy above 0.1 is a pair that a merger or a common supplier would turn into one chokepoint. Alternatives
#:   that nobody states are missing.
#: since: "0.2"
"""Joint chokepoints: pairs of owners that back each other up."""

from __future__ import annotations

from ..graph.wording import counted, listed
from ..state.production import RENTED
from .view import Found, Measure, View

__all__ = ["answer"]


def answer(view: View, k: int) -> Found:
    """The pairs of greatest synergy. Only pairs that both take an alternative from something common can have any."""
    network, owned = view.network, view.production.owned()
    weights = {i: 1 for i in view.needs if view.kinds.get(i) in {"Framework", "Model"}}
    alone = {o: network.exposure(things, weights) for o, things in owned.items()}
    touched = {o: {*e.broken_artefacts, *e.degraded_artefacts} for o, e in alone.items()}
    rows = []
    owners = sorted(owned)
    for place, one in enumerate(owners):
        for other in owners[place + 1 :]:
            if touched[one].isdisjoint(touched[other]):
                continue
            both = network.exposure(owned[one] | owned[other], weights)
            first, second = alone[one].broken, alone[other].broken
            if both.broken is None or first is None or second is None:
                continue
            synergy = both.broken - first - second
            if synergy > 0:
                only = set(both.broken_artefacts) - set(alone[one].broken_artefacts)
                only -= set(alone[other].broken_artefacts)
                lost = sorted(view.name(i) for i in only if not i.startswith(RENTED))
                names = (one, view.name(one), other, view.name(other))
                shares = (float(first), float(second), float(both.broken), float(synergy))
                rows.append((*names, *shares, listed(lost, 6)))
    rows.sort(key=lambda r: (-r[7], r[0], r[2]))
    every = sum(view.state.snapshot.nodes.get(kind, 0) for kind in ("Framework", "Model"))
    unknown = (
        f"what {every - len(weights):,} of {every:,} frameworks and models need is not known",
    )
    if not rows:
        return Found([], "No two owners are known to be each other's only backup.", (), unknown)
    first_row = rows[0]
    said = (
        f"{first_row[1]} and {first_row[3]} back each other up most: together they break {first_row[6]:.0%} of the "
        f"{len(weights)} frameworks and models with known needs, {first_row[7]:.0%} only together. "
        f"{counted(len(rows), 'pair')} in all."
    )
    measures = (
        Measure(
            "greatest synergy",
            first_row[7],
            "fraction",
            n=len(weights),
            coverage=len(weights) / every,
        ),
    )
    return Found(rows[:k], said, measures, unknown)
