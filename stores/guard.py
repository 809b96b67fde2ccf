"""Refuses queries that would write or reach outside, by their words: not inside strings, names, IRIs or comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ..errors import QueryRefused
from . import Language

__all__ = ["check_cypher", "check_sparql", "tokens"]

_MOST_CHARACTERS: Final = 65_536
_MOST_DEPTH: Final = 100

_CYPHER: Final = (
    r"//[^\n]*",
    r"/\*.*?(?:\*/|\Z())",
    r"'(?:\\.?|[^'\\])*(?:'|())",
    r'"(?:\\.?|[^"\\])*(?:"|())',
    r"`(?:``|[^`])*(?:`|())",
    r"\d+(?:\.\d*)?",
    r"[.$:]\s*[^\W\d]\w*",
)
_SPARQL: Final = (
    r"""<[^<>"{}|^`\\\s]*>""",
    r'"{3}(?:\\.?|[^\\])*?(?:"{3}|\Z())',
    r"'{3}(?:\\.?|[^\\])*?(?:'{3}|\Z())",
    r'"(?:\\.?|[^"\\\n])*(?:"|())',
    r"'(?:\\.?|[^'\\\n])*(?:'|())",
    r"\#[^\n]*",
    r"[?$]\w+",
    r"@[\w-]+",
    r"(?:(?<![\w-])[\w-]+)?:[\w.%-]*",
    r"\d+",
)
_WORDS: Final = (r"\|\|", "&&", r"[^\W\d]\w*", r"\S")
_TOKEN: Final = {
    "cypher": re.compile("|".join((*_CYPHER, *_WORDS)), re.DOTALL),
    "sparql": re.compile("|".join((*_SPARQL, *_WORDS)), re.DOTALL),
}
_WORD: Final = re.compile("|".join(_WORDS))
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
_SPARQL_WRITES: Final = frozenset(
    ["insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"]
)
_SPARQL_REACHES: Final = frozenset(["service", "from"])


def check_cypher(text: str) -> list[str]:
    """The tokens of a Cypher text; raises QueryRefused where it is more than a read of this graph."""
    found = _bounded(text, "cypher")
    for word in _words(found):
        if word in _CYPHER_WRITES:
            raise QueryRefused(
                f"{word.upper()} is refused: this graph is read-only", hint="use MATCH … RETURN"
            )
    return found


def check_sparql(text: str) -> list[str]:
    """The tokens of a SPARQL text; raises QueryRefused where it is more than a read of this graph."""
    found = _bounded(text, "sparql")
    for word in _words(found):
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
    return found


def without_graph(text: str, graph: str) -> str:
    """A SPARQL text without `FROM <graph>`: what the clause says of the graph that is asked anyway."""
    spans: list[tuple[int, int]] = []
    before: re.Match[str] | None = None
    for match in _TOKEN["sparql"].finditer(text):
        if match.lastindex:
            break
        if match.group().isspace():
            continue
        if (
            before is not None
            and before.group().lower() == "from"
            and match.group() == f"<{graph}>"
        ):
            spans.append((before.start(), match.end()))
        before = match
    for start, end in reversed(spans):
        text = f"{text[:start]} {text[end:]}"
    return text


def tokens(text: str, language: Language) -> Iterator[str]:
    """Words, signs, strings, names and remarks of a text, in one pass over it.

    Where a string or a remark is not closed, what follows its beginning is read as words and signs.
    """
    for match in _TOKEN[language].finditer(text):
        if match.lastindex:
            yield from _WORD.findall(text, match.start())
            return
        yield match.group()


def _bounded(text: str, language: Language) -> list[str]:
    if len(text) > _MOST_CHARACTERS:
        raise QueryRefused(
            f"the text has {len(text):,} characters, at most {_MOST_CHARACTERS:,} are read"
        )
    found, depth = list(tokens(text, language)), 0
    for sign in found:
        depth += (sign in "{([") - (sign in "})]")
        if depth > _MOST_DEPTH:
            raise QueryRefused(f"brackets are nested more than {_MOST_DEPTH} deep")
    return found


def _words(found: Iterable[str]) -> Iterator[str]:
    return (token.lower() for token in found if token[0].isalpha())
