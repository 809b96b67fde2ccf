"""SPDX licence expressions as trees: the one reader of what AND, OR, WITH and brackets mean."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

if TYPE_CHECKING:
    from license_expression import Licensing

__all__ = ["Terms", "read_terms"]

_LONGEST: Final = 20_000
_ASSERTS_NOTHING: Final = frozenset({"NOASSERTION", "NONE"})


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """An expression in its normal form: no needless brackets, nothing twice, parts by the alphabet.

    Two expressions that the grammar of SPDX gives the same parts have equal terms and texts.

    Attributes:
        licence: Id of the one licence; empty where there are several.
        exception: What stands after WITH; empty where nothing does.
        operator: `AND` or `OR`; empty for one licence.
        parts: What it joins: two or more.
    """

    licence: str = ""
    exception: str = ""
    operator: str = ""
    parts: tuple[Terms, ...] = ()

    def __str__(self) -> str:
        """The expression in the usual spelling."""
        if not self.parts:
            return f"{self.licence} WITH {self.exception}" if self.exception else self.licence
        joined = (f"({part})" if part.parts else str(part) for part in self.parts)
        return f" {self.operator} ".join(joined)

    @property
    def asserts_nothing(self) -> bool:
        """Whether it is NONE or NOASSERTION."""
        return self.licence in _ASSERTS_NOTHING

    @property
    def conjuncts(self) -> tuple[Terms, ...]:
        """The parts that all apply; of alternatives and of one licence, itself."""
        return self.parts if self.operator == "AND" else (self,)

    @property
    def licences(self) -> Iterator[Terms]:
        """Every licence that is named, each with its exception."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.licences

    def replaced(self, change: Callable[[Terms], Terms]) -> Terms:
        """The same with each licence changed, in its normal form."""
        if not self.parts:
            return change(self)
        return _joined(self.operator, [part.replaced(change) for part in self.parts])

    def value(self, of: Callable[[Terms], str], order: tuple[str, ...]) -> str:
        """What the whole comes to: of alternatives the best, of what all applies the worst.

        Args:
            of: The value of one licence.
            order: The values, best first.
        """
        if not self.parts:
            return of(self)
        choose = min if self.operator == "OR" else max
        return choose((part.value(of, order) for part in self.parts), key=order.index)


def read_terms(expression: str) -> Terms | None:
    """Reads an SPDX expression; None where it is none, or names what SPDX does not list.

    Licences of documents (`LicenseRef-…`), NONE and NOASSERTION may be parts of it.
    """
    from license_expression import ExpressionError

    if not expression.strip() or len(expression) > _LONGEST:
        return None
    try:
        return _terms(_grammar().parse(expression))
    except (ExpressionError, InvalidLicenseExpression, RecursionError):
        return None


@functools.cache
def _grammar() -> Licensing:
    from license_expression import Licensing

    return Licensing()


def _terms(node: Any) -> Terms:
    operator = str(getattr(node, "operator", "") or "").strip()
    if operator:
        return _joined(operator, [_terms(part) for part in node.args])
    if hasattr(node, "exception_symbol"):
        return _one(node.license_symbol.key, node.exception_symbol.key)
    return _one(node.key)


@functools.lru_cache(maxsize=4096)
def _one(licence: str, exception: str = "") -> Terms:
    """One licence, as the list of SPDX spells it.

    Raises:
        InvalidLicenseExpression: It is not listed.
    """
    if licence.upper() in _ASSERTS_NOTHING:
        return Terms(licence.upper())
    document, found, reference = licence.rpartition(":")
    if found and document.startswith("DocumentRef-"):
        return Terms(f"{document}:{canonicalize_license_expression(reference)}")
    text = canonicalize_license_expression(f"{licence} WITH {exception}" if exception else licence)
    spelt, _, exempt = str(text).partition(" WITH ")
    return Terms(spelt, exempt)


def _joined(operator: str, parts: list[Terms]) -> Terms:
    flat = [
        inner for part in parts for inner in (part.parts if part.operator == operator else (part,))
    ]
    once = sorted(dict.fromkeys(flat), key=lambda part: (str(part).casefold(), str(part)))
    return once[0] if len(once) == 1 else Terms(operator=operator, parts=tuple(once))
