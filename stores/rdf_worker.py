"""A process that answers SPARQL on one Oxigraph folder, so that a query can really be stopped: by ending it.

Reads one JSON object per line, {"query": text}; answers with one JSON line each: columns, then rows in lists, then the
end. It imports nothing of the package, so that it starts at once.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pyoxigraph as ox

_ROWS_PER_LINE = 500


def _term(value: Any) -> Any:
    """A term as [kind, text, datatype]."""
    if value is None:
        return None
    if isinstance(value, ox.Literal):
        return ["literal", value.value, value.datatype.value]
    if isinstance(value, ox.NamedNode):
        return ["iri", value.value, ""]
    return ["other", str(value), ""]


def _answer(store: ox.Store, text: str) -> None:
    result = store.query(text)
    if isinstance(result, ox.QueryBoolean):
        _say({"columns": ["answer"]})
        _say(
            {
                "rows": [
                    [
                        [
                            "literal",
                            str(bool(result)).lower(),
                            "http://www.w3.org/2001/XMLSchema#boolean",
                        ]
                    ]
                ]
            }
        )
    elif isinstance(result, ox.QuerySolutions):
        names = [v.value for v in result.variables]
        _say({"columns": names})
        rows: list[list[Any]] = []
        for solution in result:
            rows.append([_term(v) for v in solution])
            if len(rows) == _ROWS_PER_LINE:
                _say({"rows": rows})
                rows = []
        _say({"rows": rows})
    else:
        _say({"columns": ["subject", "predicate", "object"]})
        _say({"rows": [[_term(t.subject), _term(t.predicate), _term(t.object)] for t in result]})
    _say({"end": True})


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answers until its input ends."""
    store = ox.Store.read_only(sys.argv[1])
    for line in sys.stdin:
        try:
            _answer(store, json.loads(line)["query"])
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            _say({"error": str(error)})


if __name__ == "__main__":
    main()
