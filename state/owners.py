"""Owner groups: who surely holds the majority of whom, in a state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..measures.majority import Controlled, groups

if TYPE_CHECKING:
    from .state import State

__all__ = ["owner_groups"]


def owner_groups(state: State) -> dict[str, str]:
    """The topmost sure owner of each organisation that has one, in a state."""
    table = state.edges("ULTIMATELY_CONTROLS", ["source", "target", "certainty"])
    return groups(
        [Controlled(r["source"], r["target"], r["certainty"] == "sure") for r in table.to_pylist()]
    )
