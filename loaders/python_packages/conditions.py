"""Where a requirement holds: the condition that its marker states, and whether it is one at all."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Collection, Iterable
from typing import Final

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import InvalidSpecifier, SpecifierSet

__all__ = ["condition_of", "extras_of", "first_day", "holds_everywhere", "without_extras"]

_EXTRA: Final = re.compile(r"\bextra\s*==\s*[\"']([^\"']+)[\"']")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_PYTHONS: Final = tuple(f"3.{minor}" for minor in range(8, 16))
_PLATFORMS: Final = (
    ("linux", "Linux", "posix", "x86_64"),
    ("linux", "Linux", "posix", "aarch64"),
    ("darwin", "Darwin", "posix", "arm64"),
    ("darwin", "Darwin", "posix", "x86_64"),
    ("win32", "Windows", "nt", "AMD64"),
)


def extras_of(marker: str) -> tuple[str, ...]:
    """The extras that a marker names, as written."""
    return tuple(dict.fromkeys(_EXTRA.findall(marker)))


def without_extras(marker: str) -> str:
    """What is left of a marker beside the extras that it names; to be looked at, not to be evaluated."""
    return _EXTRA.sub("", marker)


def first_day(days: Iterable[object]) -> str:
    """The earliest of some days or times of upload, as YYYY-MM-DD; empty where one of them is none."""
    texts = [str(day)[:10] for day in days]
    return min(texts, default="") if all(map(_DAY.fullmatch, texts)) else ""


def condition_of(marker: str) -> str:
    """A marker as the condition of a dependency; empty for none.

    >>> condition_of('extra == "cuda"')
    'extra: cuda'
    >>> condition_of('platform_system == "Linux"')
    "platform_system == 'Linux'"
    """
    plain = " ".join(marker.replace('"', "'").split())
    extras = extras_of(marker)
    if not extras:
        return plain
    named = f"extra: {', '.join(extras)}"
    rest = re.sub(r"\b(?:and|or)\b", "", without_extras(marker))
    return f"{named}; {plain}" if re.search(r"\w", rest) else named


def holds_everywhere(markers: Iterable[str], requires_python: str = "") -> bool:
    """Whether on every platform and Python one of the markers holds, so that together they are no condition.

    `numpy>=1.26; python_version >= "3.12"` beside `numpy>=1.22; python_version < "3.12"` is a requirement on numpy, and
    so is `python_version >= "3.8"` where the package asks for 3.9 anyway. What needs an extra holds nowhere by itself.
    Looked at are CPython 3.8 to 3.15 on Linux, macOS and Windows.

    Args:
        markers: Of all requirements of one package on another; an empty one always holds.
        requires_python: Which versions of Python the package runs on (PEP 440); empty = all.
    """
    texts = set(markers)
    if "" in texts:
        return True
    places = _places(requires_python)
    return bool(places) and all(any(row[place] for row in map(_truths, texts)) for place in places)


def _environments() -> Iterable[dict[str, str]]:
    for python, (system, name, posix, machine) in itertools.product(_PYTHONS, _PLATFORMS):
        yield {
            "python_version": python,
            "python_full_version": f"{python}.9",
            "implementation_version": f"{python}.9",
            "sys_platform": system,
            "platform_system": name,
            "os_name": posix,
            "platform_machine": machine,
            "platform_python_implementation": "CPython",
            "implementation_name": "cpython",
            "platform_release": "",
            "platform_version": "",
            "extra": "",
        }


@functools.cache
def _places(requires_python: str) -> Collection[int]:
    """The numbers of the environments in which a package runs."""
    try:
        wanted = SpecifierSet(requires_python)
    except InvalidSpecifier:
        wanted = SpecifierSet()
    return [n for n, e in enumerate(_environments()) if wanted.contains(e["python_full_version"])]


@functools.lru_cache(maxsize=10_000)
def _truths(marker: str) -> tuple[bool, ...]:
    """In which environments a marker holds; nowhere, where it cannot be read."""
    try:
        read = Marker(marker)
        return tuple(read.evaluate(environment) for environment in _environments())
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return (False,) * (len(_PYTHONS) * len(_PLATFORMS))
