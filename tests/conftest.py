"""What holds for all tests: values are tested, not time, and what is dear to prepare is prepared once."""

from __future__ import annotations

import pytest
from hypothesis import settings

SERVERS = {"neo4j_server", "fuseki_server"}

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file share a process, and those of all files that ask a real server, which come first."""
    for item in items:
        asks = SERVERS.intersection(getattr(item, "fixturenames", ()))
        item.add_marker(pytest.mark.xdist_group("servers" if asks else item.nodeid.split("::")[0]))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group").args[0] != "servers")
