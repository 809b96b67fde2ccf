"""Settings, all of them: flag, then environment, then `stackholder.toml`, then default; nothing is read at import.

Secrets come from the environment alone, and are not shown.
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from .errors import UsageError

__all__ = ["Setting", "Settings", "secret", "settings"]


_DEFAULTS: Final[Mapping[str, Any]] = {"timeout": 60.0, "limit": 100, "spill": "20GB"}
_SECRETS: Final = frozenset({"salt", "token", "hub_token", "neo4j_password", "sparql_password"})


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
    """All settings of one run.

    Attributes:
        home: Folder of claims, snapshots and stores.
        store: The store that questions are asked of.
        timeout: Seconds after which a query is stopped.
        limit: Most rows of an answer.
        loaders: Folders that hold more loaders.
        strengths: File with another set of strengths; empty = `state/strengths.toml`.
        contact: Whom a service may ask about our requests.
        memory: What joins may hold before they spill, e.g. `2GB`; empty = by the number of rows.
        spill: What they may spill to disk at most.
        salt: Turns contributors into pseudonyms; empty = one of the home's own.
        token: What requests to `serve` must bring.
        hub_token: For the model hub.
        neo4j_user: Of a Bolt server.
        neo4j_password: Of a Bolt server.
        sparql_user: Of a SPARQL server.
        sparql_password: Of a SPARQL server.
    """

    home: Setting
    store: Setting
    timeout: Setting
    limit: Setting
    loaders: Setting
    strengths: Setting
    contact: Setting
    memory: Setting
    spill: Setting
    salt: Setting
    token: Setting
    hub_token: Setting
    neo4j_user: Setting
    neo4j_password: Setting
    sparql_user: Setting
    sparql_password: Setting

    def lines(self) -> list[str]:
        """A line for each: its name, its value (of secrets, whether there is one), and where that came from."""
        rows = []
        for field in dataclasses.fields(self):
            setting = getattr(self, field.name)
            hidden = "(set)" if setting.value else "(not set)"
            value = hidden if field.name in _SECRETS else setting.value
            rows.append(f"{field.name} = {value!s}  ({setting.origin})")
        return rows


def settings(file: Path = Path("stackholder.toml"), **flags: object) -> Settings:
    """Reads the settings.

    Args:
        file: The settings file; it need not exist.
        flags: What the command line gave; None = not given.

    Raises:
        UsageError: The file is no TOML, or holds an unknown setting or a value of another type.
    """
    written = _written(file)
    every = {}
    for field in dataclasses.fields(Settings):
        name, default = field.name, _DEFAULTS.get(field.name, "")
        variable = f"STACKHOLDER_{name.upper()}"
        if flags.get(name) is not None:
            every[name] = Setting(flags[name], "flag")
        elif os.environ.get(variable):
            every[name] = Setting(_typed(name, os.environ[variable], variable, default), variable)
        elif name in written:
            every[name] = Setting(_typed(name, written[name], str(file), default), str(file))
        else:
            every[name] = Setting(default if name != "home" else _data_folder(), "default")
    every["home"] = Setting(Path(every["home"].value).expanduser().absolute(), every["home"].origin)
    folders = str(every["loaders"].value).split(os.pathsep)
    every["loaders"] = Setting(
        [Path(f).expanduser().absolute() for f in folders if f], every["loaders"].origin
    )
    return Settings(**every)


def secret(variable: str) -> str:
    """The secret in a variable of the environment that a loader names; empty where there is none."""
    return os.environ.get(variable, "")


def _written(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"not a TOML file: {error}", where=str(file)) from error
    if hidden := sorted(_SECRETS & set(written)):
        hint = f"set STACKHOLDER_{hidden[0].upper()} instead"
        raise UsageError(
            f"{hidden[0]} is a secret, which a file gives away", where=str(file), hint=hint
        )
    names = [f.name for f in dataclasses.fields(Settings) if f.name not in _SECRETS]
    if unknown := sorted(set(written) - set(names)):
        hint = f"known: {', '.join(names)}"
        raise UsageError(f"unknown setting {unknown[0]!r}", where=str(file), hint=hint)
    return written


def _typed(name: str, value: object, where: str, default: object) -> object:
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


def _data_folder() -> str:
    import platformdirs

    return platformdirs.user_data_dir("stackholder", appauthor=False)
