"""Where the real inputs lie: `STACKHOLDER_REAL_DATA`, else beside the repository. In CI they must be there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(
    os.environ.get("STACKHOLDER_REAL_DATA", Path(__file__).parents[1] / "../shared/data")
).resolve()


def real(*parts: str) -> Path:
    """A real file or folder; without it the test is skipped by name, and in CI fails."""
    place = FOLDER.joinpath(*parts)
    if not place.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no real data: {place}")
    return place
