"""Refuses queries that would write or reach outside, by their words: not inside strings, names, IRIs or comments."""

from __future__ import annotations

import re
from typing import Final

from ...errors import QueryRefused

__all__ = ["check_cypher", "check_sparql"]

_MOST_CHARACTERS: Final = 65_536
_MOST_DEPTH: Final = 100

_CYPHER_TOKEN: Final = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:``|[^`])*`|[.$:]\s*\w+|\w+|[{}()\[\]]|\S""",
    re.DOTALL,
)
_CYPHER_WRITES: Final = frozenset(
    [
        "create",
        "merge",
        "delete",
        "detach",
        "set",
        "remove",
        "drop",
        "load",
        "copy",
        "foreach",
        "install",
        "attach",
        "export",
        "import",
        "alter",
        "use",
        "begin",
        "commit",
        "rollback",
        "checkpoint",
        "grant",
        "deny",
        "revoke",
        "start",
        "stop",
        "terminate",
        "call",
        "comment",
        "update",
        "uninstall",
    ]
)
_SPARQL_TOKEN: Final = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|"{3}(?:\\.|[^\\])*?"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\#[^\n]*"""
    r"""|[?$]\w+|@[\w-]+|[\w-]*:[\w.%-]*|[A-Za-z_]\w*|\d+|[{}()\[\]]|\S""",
    re.DOTALL,
)
_SPARQL_WRITES: Final = frozenset(
    ["insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"]
)
_SPARQL_REACHES: Final = frozenset(["service", "from"])


def check_cypher(text: str) -> None:
    """Raises QueryRefused where a Cypher text is more than a read of this graph."""
    for word in _words(text, _CYPHER_TOKEN):
        if word in _CYPHER_WRITES:
            raise QueryRefused(
                f"{word.upper()} is refused: this graph is read-only", hint="use MATCH … RETURN"
            )


def check_sparql(text: str) -> None:
    """Raises QueryRefused where a SPARQL text is more than a read of this graph."""
    for word in _words(text, _SPARQL_TOKEN):
        if word in _SPARQL_WRITES:
            raise QueryRefused(
                f"{word.upper()} is refused: this graph is read-only",
                hint="use SELECT, ASK, CONSTRUCT or DESCRIBE",
            )
        if word in _SPARQL_REACHES:
            raise QueryRefused(
                f"{word.upper()} is refused: it would fetch from elsewhere",
                hint="ask the graph itself",
            )


def _words(text: str, token: re.Pattern[str]) -> list[str]:
    if len(text) > _MOST_CHARACTERS:
        raise QueryRefused(
            f"the text has {len(text):,} characters, at most {_MOST_CHARACTERS:,} are read"
        )
    depth = 0
    found = []
    for match in token.finditer(text):
        word = match.group()
        depth += (word in "{([") - (word in "})]")
        if depth > _MOST_DEPTH:
            raise QueryRefused(f"brackets are nested more than {_MOST_DEPTH} deep")
        if word[0].isalpha():
            found.append(word.lower())
    return found
