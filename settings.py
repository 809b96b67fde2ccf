"""Settings: flag, then environment, then `stackholder.toml`, then default; nothing is read at import."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from pathlib import Path
from typing import Any

from .errors import UsageError

__all__ = ["Setting", "Settings", "settings"]

_KNOWN = {
    "home": "where claims, snapshots and stores lie",
    "store": "the store that questions are asked of",
    "timeout": "seconds after which a query is stopped",
    "limit": "most rows of an answer",
    "loaders": "folders that hold more loaders",
}
_DEFAULTS: dict[str, Any] = {"store": "", "timeout": 60.0, "limit": 100, "loaders": ""}


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """One value and where it came from.

    Attributes:
        value: The value.
        origin: `flag`, the environment variable, the file, or `default`.
    """

    value: Any
    origin: str


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one run."""

    home: Setting
    store: Setting
    timeout: Setting
    limit: Setting
    loaders: Setting


def settings(file: Path = Path("stackholder.toml"), **flags: object) -> Settings:
    """Reads the settings.

    Args:
        file: The settings file; it need not exist.
        flags: What the command line gave; None = not given.

    Raises:
        UsageError: The file is no TOML, or holds an unknown setting or a value of another type.
    """
    written = _written(file)
    found = {}
    for name in _KNOWN:
        variable = f"STACKHOLDER_{name.upper()}"
        if flags.get(name) is not None:
            found[name] = Setting(flags[name], "flag")
        elif os.environ.get(variable):
            found[name] = Setting(_typed(name, os.environ[variable], variable), variable)
        elif name in written:
            found[name] = Setting(_typed(name, written[name], str(file)), str(file))
        else:
            found[name] = Setting(_default(name), "default")
    found["home"] = Setting(Path(found["home"].value).expanduser().absolute(), found["home"].origin)
    folders = str(found["loaders"].value).split(os.pathsep)
    found["loaders"] = Setting(
        [Path(f).expanduser().absolute() for f in folders if f], found["loaders"].origin
    )
    return Settings(**found)


def _written(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"not a TOML file: {error}", where=str(file)) from error
    unknown = set(written) - set(_KNOWN)
    if unknown:
        raise UsageError(
            f"unknown setting {min(unknown)!r}",
            where=str(file),
            hint=f"known: {', '.join(_KNOWN)}",
        )
    return written


def _typed(name: str, value: object, where: str) -> object:
    default = _DEFAULTS.get(name)
    if not isinstance(default, (int, float)):
        return str(value)
    try:
        number = type(default)(str(value))
    except (TypeError, ValueError):
        number = 0
    if not 0 < number < float("inf"):
        hint = f"write a number like {default}"
        raise UsageError(f"{name} is a number above 0, not {value!r}", where=where, hint=hint)
    return number


def _default(name: str) -> object:
    if name == "home":
        import platformdirs

        return platformdirs.user_data_dir("stackholder", appauthor=False)
    return _DEFAULTS[name]
