"""Legal forms of organisations: what a name may end with and still be the same name."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_company_name", "without_legal_forms"]

_COMPANIES: Final = (
    r"inc|llc|ltd|limited|gmbh|corp|corporation|plc|pbc|b\.?v|s\.?a\.?s|s\.?r\.?l|pty|pte|oy|k\.?k"
)
"""Forms of companies alone, which no person's name ends with."""

_LEGAL_FORM: Final = re.compile(
    rf"[,\s]+(?:{_COMPANIES}|incorporated|l\.l\.c|gmbh(?:\s*&\s*co\.?\s*kg)?|co\.?\s*,?\s*ltd|co|company"
    r"|ag|s\.?a|s\.?p\.?a|s\.?r\.?o|private|n\.?v|ab|aisbl|e\.\s?v|l\.?p|llp|ulc|se)"
    r"[.,]*$",
    re.IGNORECASE,
)
_COMPANY_NAME: Final = re.compile(
    rf"^[A-Z0-9][\w.&+ -]{{1,50}}?,? (?:{_COMPANIES}|a/s)\.?$", re.IGNORECASE
)


def is_company_name(text: str) -> bool:
    """Whether a text is one name that ends with the form of a company, as `Example Labs, Inc.` does."""
    return _COMPANY_NAME.match(text) is not None


def without_legal_forms(name: str) -> str:
    """A name without its legal forms, of which there may be several: `Huawei Technologies Co., Ltd`."""
    while (cut := _LEGAL_FORM.sub("", name).rstrip(" ,")) != name and cut:
        name = cut
    return name
