"""An audit as SARIF 2.1.0 (OASIS), as code forges show it: one rule per rule, each result at the package's line."""

from __future__ import annotations

import hashlib
import json
import os
import urllib.parse
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from .. import __version__
from .findings import Audit
from .rules import RULES, Rule, Violation, Wanted, ruled
from .sections import Evidence

__all__ = ["sarif"]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME: Final = "https://w3id.org/stackholder/"
_PLACES: Final = 10
_PROOFS: Final = 5


def sarif(audit: Audit, asked: Sequence[Wanted], evidence: Evidence) -> str:
    """The log as JSON. Rules that are asked for are errors, the others warnings.

    Args:
        audit: The audit.
        asked: Rules that the user holds it to.
        evidence: Gives what stands behind the keys of statements.
    """
    every = ruled(audit, asked)
    statements = evidence(sorted({k for v, _ in every for k in v.keys[:_PROOFS]}))
    held = {w.rule.name for w in asked}
    uri = _address(audit.file)
    run = {
        "tool": {
            "driver": {
                "name": "Stackholder",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": _HOME,
                "rules": [_rule(rule, asked=rule.name in held) for rule in RULES.values()],
            }
        },
        "artifacts": [{"location": {"uri": uri}}],
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "note", "message": {"text": f"not known: {u}"}} for u in audit.unknown
                ],
            }
        ],
        "results": [_result(audit, violation, uri, statements, held=on) for violation, on in every],
        "properties": {
            "asOf": str(audit.as_of),
            "snapshot": audit.snapshot,
            "publishers": audit.publishers,
        },
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _rule(rule: Rule, *, asked: bool) -> dict[str, Any]:
    return {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": f"{rule.summary} {rule.advice}"},
        "help": {"text": rule.advice},
        "defaultConfiguration": {"level": "error" if asked else "warning"},
    }


def _result(
    audit: Audit,
    violation: Violation,
    uri: str,
    statements: Mapping[str, Mapping[str, Any]],
    *,
    held: bool,
) -> dict[str, Any]:
    lines = {t.name: t.line for t in audit.things}
    places = sorted({lines[name] for name in violation.packages if name in lines}) or [1]
    identity = f"{violation.rule} {violation.subject}".encode()
    proofs = [
        {
            "statement": f"{one['source']} {one['relation']} {one['target']}",
            "confidence": one["confidence"],
            "url": one.get("url") or ", ".join(one.get("urls", ())),
        }
        for key in violation.keys[:_PROOFS]
        if (one := statements.get(key))
    ]
    return {
        "ruleId": violation.rule,
        "ruleIndex": list(RULES).index(violation.rule),
        "level": "error" if held else "warning",
        "message": {"text": violation.message},
        "locations": [_location(uri, places[0])],
        "relatedLocations": [
            {"id": n, **_location(uri, line)} for n, line in enumerate(places[1:_PLACES], 1)
        ],
        "partialFingerprints": {"stackholder/v1": hashlib.sha256(identity).hexdigest()},
        "properties": {"packages": list(violation.packages), "evidence": proofs},
    }


def _location(uri: str, line: int) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}


def _address(file: str) -> str:
    """A path as a URI in its shortest form: relative ones stay relative to the working folder, as forges want them."""
    path = PurePath(file if PurePath(file).is_absolute() else os.path.relpath(file))
    return path.as_uri() if path.is_absolute() else urllib.parse.quote(path.as_posix())
