"""What of a query is refused before it is parsed: the parsers have no bounds of their own."""

from __future__ import annotations

import re
from typing import Final

from ..errors import QueryRefused
from ..graph.stores import Language
from ..graph.stores.guard import check_cypher, check_sparql

__all__ = ["MOST_BYTES", "check", "parameters_of", "shape"]

MOST_BYTES: Final = 1 << 16
"""Most bytes of a query text, in any language."""

_MOST_TOKENS: Final = 10_000
_MOST_CHAINED: Final = 1_000
_MOST_COMMENTS: Final = 200
_TOKEN: Final = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\#[^\n]*|\|\||&&|[\w:?$@.%-]+|\S"""
)
_BESIDE: Final = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`""", re.DOTALL
)
_VALUE: Final = re.compile(
    r"""[#][^\n]*|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|<[^<>"{}|^`\\\s]*>|\b\d+\b|\s+"""
)
_PARAMETER: Final = re.compile(r"\$(\w+)")
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
    if text.count("/*") > _MOST_COMMENTS:  # one that is not closed is looked for to the end
        raise QueryRefused(f"the text has more than {_MOST_COMMENTS} times /*")
    (check_sparql if language == "sparql" else check_cypher)(text)
    chained = 0
    for tokens, match in enumerate(_TOKEN.finditer(text), 1):
        chained += match.group().lower() in _CHAINS
        if tokens > _MOST_TOKENS:
            raise QueryRefused(f"the text has more than {_MOST_TOKENS:,} words and signs")
        if chained > _MOST_CHAINED:
            raise QueryRefused(f"the text has more than {_MOST_CHAINED:,} operators")


def parameters_of(text: str) -> set[str]:
    """Names of the parameters of a Cypher text."""
    return set(_PARAMETER.findall(_BESIDE.sub(" ", text)))


def shape(text: str) -> str:
    """A text without its values, names of things and remarks: what texts have in common that cost alike."""
    return _VALUE.sub(" ", text)
