"""A small stack that can be checked by hand, as nodes and edges, and reports that name its packages.

Alpha runs on X (native) and Y (supported), Beta on X alone, as it says itself, Lib on the CPU Z, Mute does not say.
Xena, whom Over owns, makes X and runs South; Yves makes Y; Zoe makes Z; Nora runs North. North offers all chips, South
offers X. Firm holds all rights over Alpha, Nora one over Beta, the Trust two over Lib.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def package(name: str) -> dict[str, Any]:
    return {"id": name, "name": name, "identifiers": [f"purl:pkg:pypi/{name}"]}


def edges(*pairs: str, **properties: Any) -> list[dict[str, Any]]:
    """`Kind:id Kind:id` as edges."""
    found = []
    for pair in pairs:
        ends = [tuple(end.split(":")) for end in pair.split()]
        found.append({"source": ends[0], "target": ends[1], **properties})
    return found


ALL_RIGHTS = ["merge", "release", "trademark", "admin", "relicense", "appoint"]
NODES: dict[str, list[dict[str, Any]]] = {
    "Company": [
        {"id": i, "name": i.title()} for i in ("xena", "yves", "nora", "zoe", "over", "firm")
    ],
    "Institution": [{"id": "trust", "name": "The Trust"}],
    "Framework": [
        {"id": "alpha", "name": "Alpha"},
        {"id": "beta", "name": "Beta", "cla": "cla_single_firm", "complete": ["RUNS_ON=1"]},
        {"id": "lib", "name": "Lib"},
        {"id": "mute", "name": "Mute"},
    ],
    "Package": [package(n) for n in ("alpha", "beta", "lib", "mute")],
    "Processor": [
        {"id": "x", "name": "Chip X", "category": "gpu"},
        {"id": "y", "name": "Chip Y", "category": "gpu"},
        {"id": "z", "name": "Chip Z", "category": "cpu"},
    ],
    "CloudPlatform": [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}],
    "License": [{"id": "mit", "name": "MIT", "osi": True, "identifiers": ["spdx:MIT"]}],
}
EDGES: dict[str, list[dict[str, Any]]] = {
    "PUBLISHES": edges(*(f"Framework:{n} Package:{n}" for n in ("alpha", "beta", "lib", "mute"))),
    "GOVERNS": [
        *edges("Company:firm Framework:alpha", rights=ALL_RIGHTS),
        *edges("Company:nora Framework:beta", rights=["merge"]),
        *edges("Institution:trust Framework:lib", rights=["trademark", "relicense"]),
    ],
    "OWNS": edges("Company:over Company:xena", votes=0.8),
    "PROVIDES": edges(
        "Company:xena Processor:x", "Company:yves Processor:y", "Company:zoe Processor:z",
        "Company:nora CloudPlatform:north", "Company:xena CloudPlatform:south",
    ),
    "OFFERS": edges(
        "CloudPlatform:north Processor:x", "CloudPlatform:north Processor:y",
        "CloudPlatform:south Processor:x", "CloudPlatform:north Processor:z",
    ),
    "RUNS_ON": [
        *edges("Framework:alpha Processor:x", "Framework:beta Processor:x", tier="native"),
        *edges("Framework:alpha Processor:y", "Framework:lib Processor:z", tier="supported"),
    ],
    "CONTRIBUTION_SHARE": [
        *edges("Company:firm Framework:alpha", window="all", commits=90, total=100, share=0.9, low=0.9,
               high=0.95, coverage=0.95, elephant_low=1, elephant_high=1),
        *edges("Company:zoe Framework:lib", window="all", commits=20, total=100, share=0.2, low=0.2,
               high=0.9, coverage=0.3, elephant_low=1, elephant_high=9),
    ],
}  # fmt: skip


def report(
    folder: Path,
    *names: str,
    licence: str = "MIT",
    needs: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """A pip report of some packages, the first of them asked for.

    Args:
        folder: Where it goes.
        names: Of the packages.
        licence: Of all of them.
        needs: Packages by the one that requires them.
    """
    entries = [
        {
            "metadata": {
                "name": n,
                "version": "1.0",
                "license_expression": licence,
                "requires_dist": list((needs or {}).get(n, ())),
            },
            "requested": place == 0,
            "is_direct": False,
            "is_yanked": False,
        }
        for place, n in enumerate(names)
    ]
    text = {"version": "1", "pip_version": "26.0", "install": entries, "environment": {}}
    file = folder / "report.json"
    file.write_text(json.dumps(text, indent=2), encoding="utf-8")
    return file
