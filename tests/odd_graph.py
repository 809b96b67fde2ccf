"""A graph that can be counted by hand, with everything that a format can trip over."""

from __future__ import annotations

from typing import Any

from stackholder.graph.schema import schema
from stackholder.state.state import State

LONG = "x" * 2_000
ODD_NAMES = {
    "plain": "Plain",
    "quotes": "A & B \"quoted\" 'twice' <tag/> ]]> <!-- no --> &amp; &#65;",
    "lines": "line\nbreak\ttab\r\nand\rreturn",
    "controls": "bell\x07 vertical\x0b escape\x1b unit\x1f delete\x7f next\x85",
    "noncharacters": "first\ufffe second\uffff",
    "scripts": "深度学习框架 naïve ☃ 🧬 שלום مرحبا e\u0301",
    "long": LONG,
    "slashes": "back\\slash \\n \\\\ end\\",
    "separators": ",;\t|:; ;=SUM(A1)",
    "spaces": "  leading and trailing  ",
    "number": "007",
    "null": "null",
}
ODD_IDS = [
    *(
        "UPPER",
        "a b",
        "a~b",
        "@scope/name",
        "a%41b",
        "a:b",
        "a//b",
        "..",
        "a_b",
        "a_5Fb",
        "a.",
        "-a",
    ),
    *('q"u', "l<t", "a&b", "深度", "line\nbreak", "tab\tid", "bell\x07", "{curly}|^`", "a#b?c=d"),
]
PARALLEL = 7
STRIPPED_OF_NAMES = 4 + 2  # bell, vertical, escape, unit; U+FFFE, U+FFFF
STRIPPED_OF_IDS = 2  # `bell` in its id, and in the name that it gives where none is stated
ALIASES = [
    "a;b",
    "c,d",
    'quoted "e"',
    "unit\x1fseparated",
    "new\nline",
    "back\\slash",
    "雪",
    "]]>",
    "\ufffe",
]

NODES: dict[str, list[dict[str, Any]]] = {
    "Company": [
        *({"id": id_, "name": name} for id_, name in ODD_NAMES.items()),
        {"id": "listed", "name": "Listed", "aliases": ALIASES, "email_domains": ["one.example"]},
    ],
    "Framework": [
        {"id": "pytorch", "name": "PyTorch", "created": "2016-09-01", "role": "framework"},
        {"id": "early", "name": "Early", "created": "1850-01-01"},
    ],
    "Contributor": [
        {"id": "someone", "name": "Someone", "is_bot": False},
        {"id": "bot", "name": "A bot", "is_bot": True, "bot_kind": "mirror"},
    ],
    "Model": [
        {
            "id": "large",
            "name": "Large",
            "params": 2**62 + 1,
            "training_flop": 1.2345678901234567e26,
        },
        {"id": "small", "name": "Small", "params": 0, "training_flop": 5e-324},
    ],
    "GoverningBody": [{"id": "board", "name": "Board", "quota": 0.1, "quota_strict": True}],
    "Package": [{"id": id_, "name": id_} for id_ in ODD_IDS],
}
_OWNS = {"source": ("Company", "quotes"), "target": ("Company", "lines")}
_WORK = {"source": ("Contributor", "someone"), "target": ("Framework", "pytorch")}
EDGES: dict[str, list[dict[str, Any]]] = {
    "OWNS": [
        *({**_OWNS, "identity": f"claim {n}", "votes": n / 10} for n in range(PARALLEL)),
        {**_OWNS, "identity": "dated", "valid_from": "2020", "valid_to": "2031-12-31"},
        {**_OWNS, "identity": "noted", "note": ODD_NAMES["quotes"], "stated": ODD_NAMES["lines"]},
        {"source": ("Institution", "only-named"), "target": ("Company", "plain"), "equity": 0.3},
        {"source": ("Company", "plain"), "target": ("Company", "plain"), "interest": "itself"},
    ],
    "GOVERNS": [
        {
            "source": ("GoverningBody", "board"),
            "target": ("Framework", "pytorch"),
            "rights": ["release", "merge", "trademark"],
        }
    ],
    "CONTRIBUTED_TO": [{**_WORK, "window": "2024-01", "commits": 2**53 + 1, "reviews": 0}],
    "DEPENDS_ON": [
        {
            "source": ("Package", id_),
            "target": ("Package", "UPPER"),
            "requirement": f">1; x=='{id_}'",
        }
        for id_ in ODD_IDS[1:]
    ],
    "USES": [
        {"source": ("Company", "plain"), "target": ("Model", "large"), "weight": 0.25},
        {"source": ("Company", "plain"), "target": ("Model", "small"), "exclusive": False},
    ],
    "REPLACES": [
        {
            "source": ("Framework", "pytorch"),
            "target": ("Framework", "early"),
            "licence": "CC-BY-NC-4.0",
            "confidence": 0.5,
        }
    ],
}


def rows_of(state: State, name: str) -> list[dict[str, Any]]:
    """The nodes of a kind or the edges of a relation, without nulls and numbers of nodes."""
    if name in schema().kinds:
        table = state.nodes(name) if name in state.kinds else None
    else:
        table = state.edges(name) if name in state.relations else None
    rows = table.to_pylist() if table is not None else []
    return [{k: v for k, v in row.items() if v is not None and k != "node"} for row in rows]
