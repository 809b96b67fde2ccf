"""Which licence the metadata of a package state, in SPDX terms where they are unambiguous.

A licence's text never leaves this module. A classifier that could mean several licences
(PEP 639 lists them: "BSD License", "Apache Software License") is kept as it is stated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..licences import LONGEST, Licence, canonical, expressed, known, named, spellings

__all__ = ["Licence", "licences"]

_APPROVED: Final = "License :: OSI Approved :: "
_SILENT: Final = frozenset(
    {"", "unknown", "none", "other", "license", "see license", "dual license"}
)
_OPEN_FAMILIES: Final = frozenset(
    {"bsd", "bsd license", "bsd licence", "bsd-style", "bsd like", "bsd-like", "bsd style"}
    | {"apache", "apache license", "apache licence", "apache software license", "asl"}
    | {"gpl", "lgpl", "agpl", "mpl", "artistic license", "artistic", "psf", "psfl", "psf license"}
    | {"python software foundation license", "python software foundation licence"}
)
"""Names of whole families of licences, each member of which is open: which one is not said."""

_BODIES: Final = (
    (("Apache License", "Version 2.0, January 2004"), (), "Apache-2.0"),
    (("Permission is hereby granted, free of charge, to any person",), (), "MIT"),
    (("Redistribution and use in source and binary forms", "names? of"), (), "BSD-3-Clause"),
    (("Redistribution and use in source and binary forms",), ("names? of",), "BSD-2-Clause"),
    (("Mozilla Public License Version 2.0",), (), "MPL-2.0"),
)


def licences(expression: str, text: str, classifiers: Sequence[str]) -> tuple[Licence, ...]:
    """The licences of a package; those of an `AND` one by one, alternatives of an `OR` as one.

    Args:
        expression: `License-Expression`; empty when there is none.
        text: `License`, which may be a name, an expression, an address or a whole licence.
        classifiers: All of its classifiers.
    """
    marks = [c for c in classifiers if c.startswith("License ::")]
    if expression:
        return tuple(expressed(canonical(expression) or expression, expression, inferred=False))
    plain = " ".join(text.split())
    is_body = len(plain) > LONGEST or "@" in plain or plain.lower().startswith("copyright")
    expression = "" if is_body else known(plain)
    if expression:
        return tuple(expressed(expression, plain, inferred=True))
    clear = [c for c in marks if c in spellings()]
    if len(marks) == 1 and clear:
        return tuple(expressed(spellings()[clear[0]], clear[0], inferred=True))
    if is_body and (found := _of_body(text)):
        return tuple(expressed(found, f"a licence text of {len(text):,} characters", inferred=True))
    return _as_stated("" if is_body or plain.lower() in _SILENT else plain, marks)


def _as_stated(name: str, marks: Sequence[str]) -> tuple[Licence, ...]:
    """A licence under the name, else the classifiers, that the metadata give it."""
    if name:
        approved = name.lower() in _OPEN_FAMILIES or any(c.startswith(_APPROVED) for c in marks)
        return (named(name, name, approved=approved),)
    marks = [c for c in marks if c != _APPROVED.removesuffix(" :: ")]
    if not marks:
        return ()
    name = " / ".join(c.rpartition(" :: ")[2] for c in marks)[:LONGEST]
    return (named(name, "; ".join(marks), approved=all(c.startswith(_APPROVED) for c in marks)),)


def _of_body(text: str) -> str:
    """The licence whose wording a text has; empty when it has that of none or of several."""
    flat = " ".join(text.split())
    found = {
        expression
        for present, absent, expression in _BODIES
        if all(re.search(p, flat, re.IGNORECASE) for p in present)
        and not any(re.search(p, flat, re.IGNORECASE) for p in absent)
    }
    return found.pop() if len(found) == 1 else ""
