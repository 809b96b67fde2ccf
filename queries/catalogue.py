"""The canned questions: one stem, and what its leading comment says.

`NAME.cypher` and `NAME.rq` are two texts of a question that is read off the graph; `NAME.py` is one that is computed,
by its function `answer(view, **parameters)`. Beside two texts, `NAME.py` says their answer in a sentence, by its
function `sentence(rows, parameters)`; there, entities among the parameters are their names.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from ..errors import NotFound, UsageError
from ..graph.result import Cell, Column
from ..stores import Language

if TYPE_CHECKING:
    from .view import Found, View

__all__ = ["START", "Parameter", "Question", "question", "questions"]

_MARKS: Final[Mapping[str, str]] = {".cypher": "//+ ", ".py": "#: "}
_SUFFIX: Final[Mapping[str, str]] = {"cypher": ".cypher", "sparql": ".rq"}
Bound = str | bool | int | float

START: Final[Mapping[str, tuple[str, ...]]] = {
    "ospo": ("concentration", "fragile_dependencies", "control_surplus"),
    "regulator": ("stakes_web", "funnel", "blast_radius", "joint_chokepoints"),
    "investor": ("stakes_web", "seat_price", "multiplier", "industry_dependence"),
    "cto": ("my_chokepoints", "substitutability", "framework_cloud_paths"),
    "researcher": ("feedback_loop", "talent_flow", "openness_gap", "change"),
}
"""Who asks, by tag, and which questions to start with."""


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a question.

    Attributes:
        name: As in the texts, without sigil.
        type: `entity`, `string`, `integer`, `double` or `boolean`.
        example: A value to try.
        about: What it means.
        default: Value where none is given; None = it must be given.
        kinds: Kinds that an entity may have; empty = any.
        choices: Values that it may have; empty = any.
        pattern: Regular expression that its whole text must match; empty = any.
        least: Least number that it may be; None = any.
    """

    name: str
    type: str
    example: str
    about: str
    default: Bound | None = None
    kinds: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    pattern: str = ""
    least: float | None = None

    def read(self, value: object) -> Bound:
        """The value in this parameter's type.

        Raises:
            UsageError: It has another type, is none of the choices, does not match, or is too small.
        """
        if self.choices and str(value) not in self.choices:
            hint = f"one of: {', '.join(c for c in self.choices if c)}"
            raise UsageError(
                f"{value!r} is no {self.name}", where=f"parameter {self.name}", hint=hint
            )
        if self.pattern and not re.fullmatch(self.pattern, str(value)):
            raise UsageError(
                f"{value!r} is no {self.name}",
                where=f"parameter {self.name}",
                hint=f"it is {self.about}",
            )
        try:
            typed = self._typed(value)
        except (KeyError, ValueError):
            hint = f"write: -p {self.name} {self.example}"
            raise UsageError(
                f"{value!r} is no {self.type}", where=f"parameter {self.name}", hint=hint
            ) from None
        if self.least is not None and not isinstance(typed, str) and typed < self.least:
            raise UsageError(
                f"{value} is too small",
                where=f"parameter {self.name}",
                hint=f"at least {self.least:g}",
            )
        return typed

    def _typed(self, value: object) -> Bound:
        if self.type in {"entity", "string"}:
            return str(value)
        if self.type == "boolean":
            if isinstance(value, bool):
                return value
            return {"true": True, "yes": True, "false": False, "no": False}[str(value).lower()]
        if isinstance(value, bool):
            raise ValueError(value)
        return int(str(value)) if self.type == "integer" else float(str(value))


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """A canned question.

    Attributes:
        name: Stem of its files.
        id: Number in the catalogue, e.g. `Q03`.
        summary: The question in plain English.
        description: What exactly is counted.
        tags: Who asks it.
        parameters: In order.
        columns: Of the answer, in order.
        order: Columns that the rows are ordered by.
        reading: How to judge the answer.
        since: Version that it came with.
        says: The answer in a sentence, with `{column}` of the first row and `{n}` rows; empty where it is computed.
        computed: Whether it is computed, and not read off the graph.
        companion: Whether `NAME.py` beside its two texts says it in a sentence.
    """

    name: str
    id: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    reading: str
    since: str
    says: str
    computed: bool
    companion: bool = False

    def sentence(
        self,
        rows: Sequence[tuple[Cell, ...]],
        bound: Mapping[str, Any],
        named: Callable[[str], str],
        *,
        complete: bool,
    ) -> str:
        """The answer of a query in a sentence: by the function `sentence` of its companion, or by its words.

        Args:
            rows: All rows where it has a companion, which counts them; else the first will do.
            bound: The parameters, entities by id.
            named: Gives the name of an entity.
            complete: Whether these are all rows.
        """
        records = [dict(zip((c.name for c in self.columns), row, strict=True)) for row in rows]
        if self.companion:
            module = importlib.import_module(f".{self.name}", __package__)
            return str(module.sentence(records, {**bound, **self._named(bound, named)}))
        if not rows or not self.says:
            return "" if rows else "Nothing is known that would answer this."
        shown = {
            k: "?" if v is None else f"{v:.2g}" if isinstance(v, float) else v
            for k, v in records[0].items()
        }
        count = f"{len(rows):,}" if complete else f"more than {len(rows):,}"
        return self.says.format_map({**bound, **self._named(bound, named), **shown, "n": count})

    def _named(self, bound: Mapping[str, Any], named: Callable[[str], str]) -> dict[str, str]:
        """The names of the entities among the parameters."""
        entities = [p.name for p in self.parameters if p.type == "entity"]
        return {name: named(str(bound[name])) for name in entities if bound[name]}

    def text(self, language: Language) -> str:
        """The query, with its leading comment.

        Raises:
            UsageError: The question is computed.
        """
        if self.computed:
            raise UsageError(
                f"{self.name} is computed: it has no query",
                hint=f"ask it: stackholder ask {self.name}",
            )
        text: str = _folder().joinpath(self.name + _SUFFIX[language]).read_text(encoding="utf-8")
        return text

    def compute(
        self, view: View, bound: Mapping[str, Bound]
    ) -> tuple[Found, list[tuple[Cell, ...]]]:
        """The answer of a computed question, and its rows in the order of the columns."""
        module = importlib.import_module(f".{self.name}", __package__)
        result: Found = module.answer(view, **bound)
        return result, [self._row(row) for row in result.rows]

    def _row(self, row: Mapping[str, Cell]) -> tuple[Cell, ...]:
        """A row in the order of the columns.

        Raises:
            KeyError: It lacks a column, or has one that the metadata does not name.
        """
        names = [c.name for c in self.columns]
        if row.keys() != set(names):
            raise KeyError(f"{self.name}: columns {sorted(row.keys() ^ set(names))}")
        return tuple(row[n] for n in names)

    def bind(self, values: Mapping[str, object]) -> dict[str, Bound]:
        """The values of all parameters, in their types.

        Raises:
            UsageError: One is missing, unknown, or of another type.
        """
        names = [p.name for p in self.parameters]
        for name in values:
            if name not in names:
                takes = ", ".join(names) or "none"
                raise UsageError(
                    f"{self.name} has no parameter {name!r}", hint=f"its parameters: {takes}"
                )
        bound = {}
        for parameter in self.parameters:
            value = values.get(parameter.name, parameter.default)
            if value is None or (value == "" and parameter.default != ""):
                hint = f"write: -p {parameter.name} {parameter.example}"
                raise UsageError(
                    f"{self.name} needs {parameter.name}: {parameter.about}", hint=hint
                )
            bound[parameter.name] = parameter.read(value)
        return bound


@functools.cache
def questions() -> Mapping[str, Question]:
    """All questions by name, in the order of their numbers."""
    files = [f.name.rpartition(".") for f in _folder().iterdir()]
    every = [_read(name, dot + end) for name, dot, end in files if dot + end in _MARKS]
    return {q.name: q for q in sorted(filter(None, every), key=lambda q: (q.id, q.name))}


@functools.cache
def question(name: str) -> Question:
    """The question of that name.

    Raises:
        NotFound: There is none; says which comes near.
    """
    for suffix in _MARKS if name.isidentifier() else ():
        if _folder().joinpath(name + suffix).is_file() and (one := _read(name, suffix)):
            return one
    near = difflib.get_close_matches(name, questions(), n=1)
    hint = f"did you mean {near[0]}?" if near else "list them: stackholder ask"
    raise NotFound(f"there is no question {name!r}", hint=hint)


def _folder() -> Any:
    return resources.files(__package__)


def _read(name: str, suffix: str) -> Question | None:
    """The question of a file; None for a module that is none."""
    import yaml

    mark = _MARKS[suffix]
    lines = _folder().joinpath(name + suffix).read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0].startswith(mark):
        return None
    text = "\n".join(line.removeprefix(mark) for line in lines if line.startswith(mark))
    metadata = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    parameters = tuple(
        Parameter(
            stem,
            row["type"],
            str(row["example"]),
            row["about"],
            row.get("default"),
            tuple(row.get("kinds", ())),
            tuple(str(c) for c in row.get("choices", ())),
            str(row.get("pattern", "")),
            row.get("least"),
        )
        for stem, row in (metadata.get("params") or {}).items()
    )
    columns = tuple(Column(c["name"], c["type"], c.get("unit") or "") for c in metadata["columns"])
    return Question(
        name,
        metadata["id"],
        metadata["summary"].strip(),
        metadata["description"].strip(),
        tuple(metadata["tags"]),
        parameters,
        columns,
        tuple(metadata["order"]),
        metadata["reading"].strip(),
        str(metadata["since"]),
        metadata.get("says", ""),
        suffix == ".py",
        suffix != ".py" and _folder().joinpath(f"{name}.py").is_file(),
    )
