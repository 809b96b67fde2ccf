"""Legal forms of organisations: what a name may end with and still be the same name."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["without_legal_forms"]

_LEGAL_FORM: Final = re.compile(
    r"[,\s]+(?:incorporated|inc|llc|l\.l\.c|ltd|limited|corp|corporation|gmbh(?:\s*&\s*co\.?\s*kg)?|co\.?\s*,?\s*ltd|co|company"
    r"|ag|s\.?a\.?s?|s\.?p\.?a|s\.?r\.?l|s\.?r\.?o|plc|pte|pty|private|b\.?v|n\.?v|k\.?k|oy|ab|aisbl|e\.\s?v|l\.?p|llp|ulc|pbc|se)"
    r"[.,]*$",
    re.IGNORECASE,
)


def without_legal_forms(name: str) -> str:
    """A name without its legal forms, of which there may be several: `Huawei Technologies Co., Ltd`."""
    while (cut := _LEGAL_FORM.sub("", name).rstrip(" ,")) != name and cut:
        name = cut
    return name
