"""JSON of other tools: told for what it is, by the keys at its top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["name_of"]

_SIGNS: Final = (
    (("lockfileVersion",), "a lock file of npm", "npm sbom --sbom-format cyclonedx"),
    (("artifacts", "descriptor"), "a list of syft", "syft … -o cyclonedx-json"),
    (("SchemaVersion", "Results"), "a report of Trivy", "trivy … --format cyclonedx"),
    (("matches", "descriptor"), "a report of grype", "syft … -o cyclonedx-json"),
    (("_meta", "default"), "a Pipfile.lock", "pipenv requirements > requirements.txt"),
    (("packages", "workspace_members"), "metadata of cargo", ""),
    (("content-hash", "packages"), "a composer.lock", ""),
    (("graph_lock",), "a lock file of Conan", ""),
    (("$schema", "runs"), "a report in SARIF", ""),
    (("runs",), "a report in SARIF", ""),
    (("dependencies", "fixes"), "a report of pip-audit", ""),
    (
        ("name", "dependencies", "version"),
        "a package.json or a list of npm",
        "npm sbom --sbom-format cyclonedx",
    ),
    (
        ("name", "dependencies"),
        "a package.json or a list of npm",
        "npm sbom --sbom-format cyclonedx",
    ),
    (("_type", "subject"), "an attestation of something other than a bill", ""),
)
"""Keys that stand together, what a file with them is, and the command that makes of it what is read here."""


def name_of(top: object) -> tuple[str, str]:
    """What a JSON value is, and the command of its own tool that makes what is read; both empty where it is unknown."""
    if isinstance(top, list):
        first = top[0] if top and isinstance(top[0], Mapping) else {}
        if {"name", "version", "channel"} <= set(first):
            return "a list of conda", ""
        if {"name", "version"} <= set(first):
            return "a list of pip without what needs what", "pip inspect"
        if {"package", "dependencies"} <= set(first):
            return "a tree of pipdeptree", "pip inspect"
        return "", ""
    keys = set(top) if isinstance(top, Mapping) else set()
    return next(((name, how) for signs, name, how in _SIGNS if keys >= set(signs)), ("", ""))
