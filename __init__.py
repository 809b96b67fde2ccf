"""Stackholder: who holds your stack?

`stackholder.open()` gives the graph that `stackholder build` has published: ask it, walk it, export it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answers.answer import Answer
    from .answers.graph import Graph, open  # noqa: A004 - the name that users type

__version__ = "0.1.0"
__all__ = ["Answer", "Graph", "__version__", "open"]

_MODULES = {"Answer": "answers.answer", "Graph": "answers.graph", "open": "answers.graph"}


def __getattr__(name: str) -> Any:
    """Imports what is asked for, and not before: `stackholder --help` answers at once."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
