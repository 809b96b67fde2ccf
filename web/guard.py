"""What of a query is refused before it is parsed: the parsers have no bounds of their own."""

from __future__ import annotations

import re
from typing import Final

from ..errors import QueryRefused
from ..stores import Language
from ..stores.guard import check_cypher, check_sparql, tokens

__all__ = ["MOST_BYTES", "check", "parameters_of", "shape"]

MOST_BYTES: Final = 1 << 16
"""Most bytes of a query text, in any language."""

_MOST_TOKENS: Final = 10_000
_MOST_CHAINED: Final = 1_000
_VALUE: Final = re.compile(
    r"""[#][^\n]*|//[^\n]*|"(?:\\.?|[^"\\\n])*"?|'(?:\\.?|[^'\\\n])*'?|<[^<>"{}|^`\\\s]*>|\b\d+\b|\s+"""
)
_CHAINS: Final = frozenset(
    [
        *("||", "&&", "|", "/", "^", "!", "+", "-", "*", "%", "=", "<", ">"),
        *("union", "optional", "minus", "not", "and", "or", "xor", "in"),
    ]
)


def check(text: str, language: Language) -> None:
    """Refuses a text that is no read of this graph, or that would cost the parser too much.

    Raises:
        QueryRefused: It updates, federates or fetches; it is too long, too deep, has too many words, or chains too
            many operators.
    """
    found = (check_sparql if language == "sparql" else check_cypher)(text)
    if len(found) > _MOST_TOKENS:
        raise QueryRefused(f"the text has more than {_MOST_TOKENS:,} words and signs")
    if sum(token.lower() in _CHAINS for token in found) > _MOST_CHAINED:
        raise QueryRefused(f"the text has more than {_MOST_CHAINED:,} operators")


def parameters_of(text: str) -> set[str]:
    """Names of the parameters of a Cypher text."""
    found = tokens(text, "cypher")
    return {token[1:].lstrip() for token in found if token[0] == "$" and len(token) > 1}


def shape(text: str) -> str:
    """A text without its values, names of things and remarks: what texts have in common that cost alike."""
    return _VALUE.sub(" ", text)
