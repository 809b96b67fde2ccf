"""The parameters of power: rights, tiers, licences. A versioned set, which another can stand in for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import UsageError

__all__ = ["parameters"]


def parameters(another: str | Path | Mapping[str, Any] = "") -> Mapping[str, Any]:
    """A set of strengths.

    Args:
        another: A file with another set, or that set; empty = the one of the package.

    Raises:
        UsageError: It is missing, no TOML, or no set like ours.
    """
    package = __package__.partition(".")[0]
    ours = tomllib.loads(resources.files(package).joinpath("state/strengths.toml").read_text())
    if not another:
        return ours
    hint = "begin with a copy of state/strengths.toml"
    where = "strengths" if isinstance(another, Mapping) else str(another)
    try:
        theirs = (
            another if isinstance(another, Mapping) else tomllib.loads(Path(another).read_text())
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        what = f"the set of strengths cannot be read: {error}"
        raise UsageError(what, where=where, hint=hint) from error
    for name, wrong in _differences(ours, theirs):
        raise UsageError(f"{name} {wrong}", where=where, hint=hint)
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
