"""What of a SPARQL text is refused before it is parsed: the parser has no bounds of its own."""

from __future__ import annotations

import re
from typing import Final

from ..errors import QueryRefused
from ..graph.stores.guard import check_sparql

__all__ = ["MOST_BYTES", "check"]

MOST_BYTES: Final = 1 << 16
"""Most bytes of a query text, in any language."""

_MOST_TOKENS: Final = 10_000
_MOST_CHAINED: Final = 1_000
_TOKEN: Final = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\#[^\n]*|\|\||&&|[\w:?$@.%-]+|\S"""
)
_CHAINS: Final = frozenset(
    ["||", "&&", "|", "/", "^", "!", "+", "-", "*", "=", "<", ">", "union", "optional", "minus"]
)


def check(text: str) -> None:
    """Refuses a text that is no read of this graph, or that would cost the parser too much.

    Raises:
        QueryRefused: It updates, federates or fetches; it is too long, too deep, has too many words, or chains too
            many operators.
    """
    check_sparql(text)
    chained = 0
    for tokens, match in enumerate(_TOKEN.finditer(text), 1):
        chained += match.group().lower() in _CHAINS
        if tokens > _MOST_TOKENS:
            raise QueryRefused(f"the text has more than {_MOST_TOKENS:,} words and signs")
        if chained > _MOST_CHAINED:
            raise QueryRefused(f"the text has more than {_MOST_CHAINED:,} operators")
