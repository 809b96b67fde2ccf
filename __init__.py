"""Stackholder: who holds your stack?

`stackholder.open()` gives the graph that `stackholder build` has published: ask it, walk it, export it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answer import Answer
    from .api import Graph, open  # noqa: A004 - the name that users type

__version__ = "0.1.0"
__all__ = ["Answer", "Graph", "__version__", "open"]

_PLACES = {"Answer": "answer", "Graph": "api", "open": "api"}


def __getattr__(name: str) -> Any:
    """Imports what is asked for, and not before: `stackholder --help` answers at once."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f".{_PLACES[name]}", __name__), name)
