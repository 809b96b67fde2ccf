"""The parameters of power: rights, tiers, licences. A versioned set, replaced by STACKHOLDER_STRENGTHS."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import UsageError

__all__ = ["parameters"]


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
