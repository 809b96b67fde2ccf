"""How strongly an edge carries control: one function per rule that `schema.ttl` names.

Each takes the edges of one relation at one date and gives a strength per edge, from 0 to 1; None (NaN) = unknown.
The numbers come from `strengths.toml`; nothing is a constant here.
"""

from __future__ import annotations

import dataclasses
import math
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from ..errors import UsageError
from ..measures.power import needed_votes, shapley

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["RULES", "Facts", "parameters"]

_ALL = 1 - 1e-9
"""All rights together are 1, whatever the sum of six sixths is in floating point."""

Edges = pd.DataFrame
Strengths = "NDArray[np.float64]"


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may look at besides its own edges, all at one date.

    Attributes:
        table: Gives the nodes of a kind or the edges of a relation as a frame.
        group: Topmost majority owner by organisation id; an organisation that is not in it stands alone.
        parameters: The set of strengths.
    """

    table: Callable[[str], pd.DataFrame]
    group: Mapping[str, str]
    parameters: Mapping[str, Any]

    def number(self, *path: str) -> float:
        """One parameter."""
        found: Any = self.parameters
        for part in path:
            found = found[part]
        return float(found)

    def operator(self, ids: pd.Series) -> pd.Series:
        """Who stands behind a platform or chip: the owner group of its provider, or itself where unknown."""
        provided = self.table("PROVIDES").drop_duplicates("target").set_index("target")["source"]
        provider = ids.map(provided).fillna(ids)
        return provider.map(lambda i: self.group.get(i, i))


def parameters() -> Mapping[str, Any]:
    """The set of strengths in force: the file named by STACKHOLDER_STRENGTHS, else the one of the package.

    Raises:
        UsageError: The file is missing or is no TOML.
    """
    package = __package__.partition(".")[0]
    ours = tomllib.loads(resources.files(package).joinpath("state/strengths.toml").read_text())
    own = os.environ.get("STACKHOLDER_STRENGTHS")
    if not own:
        return ours
    hint = "begin with a copy of state/strengths.toml"
    try:
        theirs = tomllib.loads(Path(own).read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        said = f"the set of strengths cannot be read: {error}"
        raise UsageError(said, where=own, hint=hint) from error
    for name, wrong in _differences(ours, theirs):
        raise UsageError(f"{name} {wrong}", where=own, hint=hint)
    return theirs


def _differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with another set: names that are missing or unknown, strengths outside 0 to 1."""
    for name in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(name), theirs.get(name)
        if other is None:
            yield name, "is missing"
        elif one is None:
            yield name, "is no strength"
        elif isinstance(one, dict):
            if not isinstance(other, dict):
                yield name, "is no table"
            else:
                yield from ((f"{name}.{n}", w) for n, w in _differences(one, other))
        elif isinstance(one, float) and (
            isinstance(other, bool) or not isinstance(other, int | float) or not 0 <= other <= 1
        ):
            yield name, f"is {other!r}, which is no number from 0 to 1"
        elif not isinstance(one, float) and type(one) is not type(other):
            yield name, f"is {other!r}, which is of another type"


def _constant(name: str) -> Callable[[Edges, Facts], NDArray[np.float64]]:
    def rule(edges: Edges, facts: Facts) -> NDArray[np.float64]:
        return np.full(len(edges), facts.number(name))

    return rule


def _votes(edges: Edges, facts: Facts) -> NDArray[np.float64]:
    """The stated votes; equity is none of them (rule R3). Votes that sum to more than 1 are not believed (R1)."""
    votes = edges["votes"].astype(float)
    counted = (
        edges.assign(votes=votes)[edges["status"] == "current"]
        .groupby(["source", "target"])["votes"]
        .max()
    )
    total = edges["target"].map(counted.groupby("target").sum())
    return np.asarray(votes.where(~(total > 1 + 1e-6)), np.float64)


def _funding(edges: Edges, facts: Facts) -> NDArray[np.float64]:
    """Money, by its terms (FTC 2025 staff report on AI partnerships)."""
    exclusive = edges["exclusive"].eq(True).fillna(False).to_numpy(bool)
    committed = edges["cloud_commitment"].eq(True).fillna(False).to_numpy(bool)
    plain = np.where(
        committed, facts.number("funding", "cloud_commitment"), facts.number("funding", "plain")
    )
    return np.where(exclusive, facts.number("funding", "exclusive"), plain)


def _rights(edges: Edges, facts: Facts) -> NDArray[np.float64]:
    """Sum of the weights of the rights held; rights not stated = unknown."""

    def weight(rights: object) -> float:
        if rights is None or isinstance(rights, float):
            return math.nan
        held = math.fsum(facts.number("rights", str(r)) for r in np.asarray(rights))
        return held if held < _ALL else 1.0

    return np.asarray(edges["rights"].map(weight), np.float64)


def _offer(edges: Edges, facts: Facts) -> NDArray[np.float64]:
    """1 if exclusive, else 1/k over the k independent operators that offer the same.

    Where a source states that it is not exclusive, k is at least 2, though no other may be known.
    """
    operator = facts.operator(edges["source"])
    count = operator.groupby(edges["target"]).transform("nunique")
    exclusive = edges["exclusive"].eq(True).fillna(False).to_numpy(bool)
    shared = edges["exclusive"].eq(False).fillna(False).to_numpy(bool)
    known = count.to_numpy(float)
    return np.where(exclusive, 1.0, 1.0 / np.where(shared, np.maximum(known, 2.0), known))


def _tier(edges: Edges, facts: Facts) -> NDArray[np.float64]:
    """1 − (best tier that another maker's product gives ÷ this tier), at least 0; a tier not stated = unknown."""
    known = edges["tier"].map(lambda t: facts.number("tier", t) if isinstance(t, str) else math.nan)
    maker = facts.operator(edges["target"])
    best = (
        pd.DataFrame({"source": edges["source"], "maker": maker, "tier": known})
        .groupby(["source", "maker"])["tier"]
        .max()
    )
    found = np.full(len(edges), math.nan)
    for place, (source, own, tier) in enumerate(zip(edges["source"], maker, known, strict=True)):
        others = best[source].drop(own, errors="ignore")
        most = float(others.max()) if others.notna().any() else 0.0
        if tier > 0 and (most >= tier or not others.isna().any()):
            found[place] = max(0.0, 1.0 - most / tier)
    return found


def _dependency(edges: Edges, facts: Facts) -> NDArray[np.float64]:
    """1 for a sole requirement, 1/n in a group of n alternatives, little for an optional one."""
    strengths = np.ones(len(edges))
    grouped = edges["group"].notna().to_numpy()
    if grouped.any():
        some = edges[grouped]
        strengths[grouped] = 1.0 / some.groupby(["source", "group"])["target"].transform(
            "nunique"
        ).to_numpy(float)
    strengths[edges["kind"].eq("optional").fillna(False).to_numpy(bool)] = facts.number(
        "optional_dependency"
    )
    return strengths


def _conformance(edges: Edges, facts: Facts) -> NDArray[np.float64]:
    completeness = edges["completeness"].astype(float)
    return np.asarray(completeness.fillna(facts.number("conformance")), np.float64)


def _duty(edges: Edges, facts: Facts) -> NDArray[np.float64]:
    return np.where(edges["exempt_by"].notna(), 0.0, facts.number("duty"))


def _parent_licence(edges: Edges, facts: Facts) -> NDArray[np.float64]:
    """What the strictest licence of the parent allows its licensor; no licence known = unknown."""
    terms = facts.table("License").set_index("id")
    strictness = {i: _strictness(i, row, facts) for i, row in terms.iterrows()}
    granted = facts.table("LICENSED_UNDER")
    strictest = granted.assign(s=granted["target"].map(strictness)).groupby("source")["s"].max()
    return np.asarray(edges["target"].map(strictest), np.float64)


def _strictness(licence: object, row: pd.Series, facts: Facts) -> float:
    restrictions = (
        set(row["restrictions"]) if isinstance(row["restrictions"], (list, np.ndarray)) else set()
    )
    if restrictions - {"no_saas"}:
        return facts.number("licence", "restricted")
    if restrictions:
        return facts.number("licence", "no_saas")
    if row["osi"] is True or row["osi"] is np.True_ or row["open_data"] is True:
        name = str(licence).partition("/")[2]
        prefixes = tuple(p.lower() for p in facts.parameters["licence"]["copyleft_prefixes"])
        return facts.number(
            "licence", "copyleft" if name.lower().startswith(prefixes) else "permissive"
        )
    if row["osi"] is False or row["osi"] is np.False_:
        return facts.number("licence", "proprietary")
    return math.nan


def _shapley(edges: Edges, facts: Facts) -> NDArray[np.float64]:
    """Each seat's power in its body, seats of one owner group merged; unknown where the body is no weighted game."""
    bodies = facts.table("GoverningBody").set_index("id")
    groups = edges["source"].map(lambda holder: facts.group.get(holder, holder))
    found = np.full(len(edges), math.nan)
    for body, places in edges.groupby("target").indices.items():
        if body in bodies.index:
            power = _power(edges.iloc[places], bodies.loc[[body]].iloc[0], facts)
            found[places] = [power.get(groups.iloc[place], math.nan) for place in places]
    return found


def _power(seats: Edges, body: pd.Series, facts: Facts) -> Mapping[str, float]:
    """Power per owner group; empty where it cannot be computed from what is stated."""
    counted = seats[seats["status"] == "current"]
    quota, rule = body["quota"], body["rule"]
    if (
        pd.isna(quota)
        or rule not in {"weighted_majority", "one_member_one_vote"}
        or counted["veto"].eq(True).any()
    ):
        return {}
    votes = counted["votes"].astype(float)
    if rule == "one_member_one_vote":
        votes = votes.fillna(1.0)
    if votes.isna().any() or not len(votes):
        return {}
    per_holder = votes.groupby(counted["source"]).max()
    per_group = per_holder.groupby(per_holder.index.map(lambda h: facts.group.get(h, h))).sum()
    exact = [Fraction(v).limit_denominator(1000) for v in per_group]
    scale = math.lcm(*(f.denominator for f in exact))
    whole = [int(f * scale) for f in exact]
    needed = needed_votes(
        Fraction(sum(whole)),
        Fraction(quota).limit_denominator(1000),
        strict=bool(body["quota_strict"]),
    )
    try:
        return dict(zip(per_group.index, map(float, shapley(whole, int(needed))), strict=True))
    except ValueError:
        return {}


RULES: Final[Mapping[str, Callable[[Edges, Facts], NDArray[np.float64]]]] = {
    "votes": _votes,
    "structural": _constant("structural"),
    "funding": _funding,
    "employment": _constant("employment"),
    "shapley": _shapley,
    "rights": _rights,
    "sole": _constant("sole"),
    "offer": _offer,
    "tier": _tier,
    "dependency": _dependency,
    "parent_licence": _parent_licence,
    "conformance": _conformance,
    "duty": _duty,
}
