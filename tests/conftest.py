"""What holds for all tests: values are tested, not time, and what is dear to prepare is prepared once."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

SERVERS = re.compile("(neo4j|fuseki)_server|empty_(neo4j|fuseki)")

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@functools.cache
def asks_a_server(file: Path) -> bool:
    """Whether tests of a file need Neo4j or Fuseki."""
    return bool(SERVERS.search(file.read_text(encoding="utf-8")))


class Rooms(LoadFileScheduling):
    """Tests of one file share a process, and so do all that need a server: each starts once."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "servers" if asks_a_server(self.config.rootpath / file) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Rooms:
    """What deals out the tests."""
    return Rooms(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a server begins first, since it takes longest."""
    items.sort(key=lambda item: not asks_a_server(item.path))
