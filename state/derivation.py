"""The state of a snapshot at a date, made when it is first asked for."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
from collections.abc import Mapping
from typing import Any

from ..graph.home import Home, begin, publish
from ..graph.schema import schema
from ..graph.snapshot import Snapshot
from .state import HISTORY, State
from .strengths import parameters

__all__ = ["state_at"]

_RULES = "12"
"""Version of what is computed: a state that another version made is made again."""


def state_at(
    home: Home,
    snapshot: Snapshot,
    as_of: datetime.date | None,
    strengths: Mapping[str, Any] | None = None,
) -> State:
    """The state of a snapshot on a date, made now if it was not before.

    Args:
        home: Where states lie.
        snapshot: The snapshot.
        as_of: The date; None = every edge of every date.
        strengths: The parameters of power; None = those of the package.
    """
    strengths = strengths or parameters()
    made_by = {"strengths": strengths, "ontology": schema().version, "rules": _RULES}
    digest = hashlib.sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()[:8]
    name = as_of.isoformat() if as_of else HISTORY
    target = home.states / snapshot.hash / f"{name}-{digest}"
    if not (target / "manifest.json").exists():
        from .computation import compute, project

        target.parent.mkdir(parents=True, exist_ok=True)
        folder = begin(target.parent)
        try:
            project(snapshot, as_of, folder)
            if as_of is not None:
                compute(State(folder, snapshot, as_of, strengths=strengths))
            manifest = {
                "snapshot": snapshot.hash,
                "as_of": as_of and as_of.isoformat(),
                "strengths": strengths["version"],
            }
            (folder / "manifest.json").write_text(json.dumps(manifest))
            publish(folder, target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return State(target, snapshot, as_of, strengths=strengths)
