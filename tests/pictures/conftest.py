"""Ibis calls what DuckDB and pandas are about to drop; that is for its authors to mend."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    for line in ("ignore::DeprecationWarning:ibis", "ignore::pandas.errors.Pandas4Warning:ibis"):
        config.addinivalue_line("filterwarnings", line)
