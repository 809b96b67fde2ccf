"""Any CSV or Parquet, mapped by a small TOML file: the way users add what they know."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ...errors import SourceError
from ...graph.claims import Claims, Record, Source
from ...graph.schema import Kind, Relation, schema
from ..documents import read_csv, read_toml
from ..documents.fields import short
from ..spelling import slug

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="table",
    title="your own tables, mapped by a small TOML file",
    publisher="you",
    licence="LicenseRef-own-data",
    homepage="https://toml.io",
    rank=30,
    reads=("*.toml beside the *.csv or *.parquet that it names",),
)

_ABOUT: Final = frozenset({"file", "publisher", "licence", "homepage", "node", "edge", "delimiter"})
_COLUMN: Final = re.compile(r"\{([^{}]+)\}")
_EDGE: Final = frozenset({"relation", "source", "target", "when"})
_NODE: Final = frozenset({"kind", "id", "name", "when"})
_LOCATION: Final = frozenset({"url"})
_BATCH: Final = 20_000


@dataclasses.dataclass(frozen=True, slots=True)
class _Text:
    """A constant, a column (`{column}`) or a mixture of both; empty where one of its columns is."""

    pattern: str
    columns: tuple[str, ...]

    @classmethod
    def of(cls, pattern: str) -> _Text:
        return cls(pattern, tuple(_COLUMN.findall(pattern)))

    def fill(self, row: Mapping[str, Any]) -> Any:
        """The value for a row; None where it is empty."""
        if self.pattern == f"{{{self.columns[0] if self.columns else ''}}}":
            value = row[self.columns[0]]
            return None if value == "" else value
        values = {c: row[c] for c in self.columns}
        if any(v is None or v == "" for v in values.values()):
            return None
        return _COLUMN.sub(lambda m: str(values[m[1]]), self.pattern)


@dataclasses.dataclass(frozen=True, slots=True)
class _End:
    """`Kind: pattern` of an id."""

    kind: str
    id: _Text

    def fill(self, row: Mapping[str, Any]) -> tuple[str, str] | None:
        said = self.id.fill(row)
        return None if said is None else (self.kind, _identity(str(said)))


@dataclasses.dataclass(frozen=True, slots=True)
class _Rule:
    """One `[[node]]` or `[[edge]]` of the mapping."""

    target: Kind | Relation
    ends: tuple[_End, ...]
    properties: Mapping[str, _Text | Any]
    when: _Text | None
    place: str


def load(source: Path, out: Claims) -> None:
    """Reads the table that a mapping names; a row is a row.

    Raises:
        SourceError: The mapping or the table is missing or broken, or names something that the ontology does not have.
    """
    file = _mapping_of(source)
    mapping = read_toml(file)
    unknown = sorted(set(mapping) - _ABOUT)
    if unknown:
        raise _error(file, unknown[0], f"known: {', '.join(sorted(_ABOUT))}")
    rules = [*_rules(mapping, "node", file), *_rules(mapping, "edge", file)]
    if not rules:
        raise SourceError(
            "it states nothing", where=str(file), hint="add a [[node]] or an [[edge]]"
        )
    table = file.parent / str(mapping.get("file") or "")
    if not mapping.get("file"):
        raise SourceError("it names no table", where=str(file), hint='write: file = "TABLE.csv"')
    said = {k: str(mapping[k]) for k in ("publisher", "licence", "homepage") if mapping.get(k)}
    out.describe(**said)
    columns = sorted({c for rule in rules for c in _columns(rule)})
    delimiter = str(mapping.get("delimiter") or ",")
    with out.scope(table.name):
        for at, row in _rows(table, columns, delimiter, out):
            with out.row():
                if row is None:
                    out.refuse(at, "has more or fewer fields than the header")
                else:
                    _state(rules, row, at, out)


def _mapping_of(source: Path) -> Path:
    found = sorted(source.glob("*.toml")) if source.is_dir() else [source]
    if len(found) != 1 or found[0].suffix != ".toml":
        raise SourceError(
            "it takes one mapping, a *.toml file",
            where=str(source),
            hint="write a TOML file beside your table; see the README.md of the loader `table`",
        )
    return found[0]


def _error(file: Path, name: str, hint: str) -> SourceError:
    return SourceError(f"{name!r} is not known here", where=str(file), hint=hint)


# ------------------------------------------------------------------ the mapping


def _rules(mapping: Mapping[str, Any], part: str, file: Path) -> Iterator[_Rule]:
    listed = mapping.get(part) or []
    if not isinstance(listed, list) or not all(isinstance(r, dict) for r in listed):
        raise SourceError(
            f"`{part}` is not a list of tables", where=str(file), hint=f"write [[{part}]]"
        )
    for number, rule in enumerate(listed, 1):
        place = f"{file}: [[{part}]] {number}"
        yield (_node if part == "node" else _edge)(rule, place)


def _node(rule: Mapping[str, Any], place: str) -> _Rule:
    kind = schema().kinds.get(str(rule.get("kind")))
    if kind is None:
        hint = f"one of: {', '.join(schema().kinds)}"
        raise SourceError(f"there is no kind {short(rule.get('kind'))}", where=place, hint=hint)
    known = {p.name for p in schema().node_properties(kind.name)} | _NODE | _LOCATION
    id_ = rule.get("id", rule.get("name"))
    if not isinstance(id_, str):
        raise SourceError(
            "a node needs an id or a name", where=place, hint='write: id = "{column}"'
        )
    properties = _properties(rule, known - {"stub"}, _NODE - {"name"}, place)
    return _Rule(kind, (_End(kind.name, _Text.of(id_)),), properties, _when(rule), place)


def _edge(rule: Mapping[str, Any], place: str) -> _Rule:
    relation = schema().relations.get(str(rule.get("relation")))
    if relation is None or relation.computed:
        names = ", ".join(n for n, r in schema().relations.items() if not r.computed)
        what = f"there is no relation {short(rule.get('relation'))} to state"
        raise SourceError(what, where=place, hint=f"one of: {names}")
    ends = tuple(_end(rule.get(end), end, place) for end in ("source", "target"))
    if (ends[0].kind, ends[1].kind) not in relation.pairs:
        what = f"{relation.name} does not lead from {ends[0].kind} to {ends[1].kind}"
        hint = f"from {', '.join(relation.sources)}; to {', '.join(sorted({t for _, t in relation.pairs}))}"
        raise SourceError(what, where=place, hint=hint)
    known = {p.name for p in schema().edge_properties(relation.name)} | _EDGE | _LOCATION
    own = known - {"key", "recorded_at", "source_ids"}
    return _Rule(relation, ends, _properties(rule, own, _EDGE, place), _when(rule), place)


def _end(said: object, name: str, place: str) -> _End:
    kind, colon, pattern = said.partition(":") if isinstance(said, str) else ("", "", "")
    if not colon or kind.strip() not in schema().kinds or not pattern.strip():
        hint = f'write: {name} = "Company: {{column}}"; kinds: {", ".join(schema().kinds)}'
        raise SourceError(f"{name}: {short(said)} is no end of an edge", where=place, hint=hint)
    return _End(kind.strip(), _Text.of(pattern.strip()))


def _properties(
    rule: Mapping[str, Any], known: set[str], fixed: frozenset[str], place: str
) -> dict[str, Any]:
    unknown = sorted(set(rule) - known - fixed)
    if unknown:
        hint = f"known: {', '.join(sorted(known))}"
        raise SourceError(f"{unknown[0]!r} is no property here", where=place, hint=hint)
    return {
        name: [_Text.of(v) if isinstance(v, str) else v for v in value]
        if isinstance(value, list)
        else _Text.of(value)
        if isinstance(value, str)
        else value
        for name, value in rule.items()
        if name not in fixed
    }


def _when(rule: Mapping[str, Any]) -> _Text | None:
    said = rule.get("when")
    return _Text.of(f"{{{said}}}") if isinstance(said, str) else None


def _columns(rule: _Rule) -> Iterator[str]:
    texts = [end.id for end in rule.ends]
    texts += [rule.when] if rule.when else []
    for value in rule.properties.values():
        texts += [
            v for v in (value if isinstance(value, list) else [value]) if isinstance(v, _Text)
        ]
    for text in texts:
        yield from text.columns


# ------------------------------------------------------------------ rows


def _rows(
    table: Path, columns: list[str], delimiter: str, out: Claims
) -> Iterator[tuple[str, Record | None]]:
    if table.suffix == ".parquet":
        yield from _parquet(table, columns, out)
        return
    for line, fields in read_csv(table, columns, delimiter=delimiter):
        yield f"{table.name}:{line}", None if fields is None else out.record(fields)


def _parquet(table: Path, columns: list[str], out: Claims) -> Iterator[tuple[str, Record]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(table)
    except FileNotFoundError as error:
        raise SourceError(
            "there is no such file", where=str(table), hint="look at the path"
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"not Parquet: {error}", where=str(table), hint="write it anew"
        ) from error
    missing = [c for c in columns if c not in file.schema_arrow.names]
    if missing:
        hint = f"it has: {', '.join(file.schema_arrow.names)}"
        raise SourceError(f"no column {missing[0]!r}", where=str(table), hint=hint)
    out.awaited = file.metadata.num_rows
    number = 0
    batches = file.iter_batches(batch_size=_BATCH)
    while True:
        try:
            batch = next(batches, None)
            rows = [] if batch is None else batch.to_pylist()
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            where = f"{table}, after row {number}"
            raise SourceError(f"not Parquet: {error}", where=where, hint="write it anew") from error
        if batch is None:
            return
        for row in rows:
            number += 1
            yield f"{table.name} row {number}", out.record(row)


def _state(rules: list[_Rule], row: Record, at: str, out: Claims) -> None:
    for rule in rules:
        if rule.when is not None and rule.when.fill(row) in {None, False, "no", "false", "0"}:
            continue
        ends = [end.fill(row) for end in rule.ends]
        if None in ends:
            empty = next(end for end, found in zip(rule.ends, ends, strict=True) if found is None)
            out.refuse(at, f"no {empty.kind} is named", ", ".join(empty.id.columns))
            continue
        filled = {n: _filled(v, row) for n, v in rule.properties.items()}
        own = {n: v for n, v in filled.items() if v is not None and v != []}
        known = [end for end in ends if end is not None]
        if isinstance(rule.target, Kind):
            out.node(known[0][0], known[0][1], own.pop("name", None), at=at, **own)
        else:
            out.edge(rule.target.name, known[0], known[1], at=at, **own)


def _filled(value: Any, row: Record) -> Any:
    if isinstance(value, list):
        return [f for v in value if (f := _filled(v, row)) is not None]
    return value.fill(row) if isinstance(value, _Text) else value


def _identity(said: str) -> str:
    """An id as it stands where it is one (`pypi/torch`, `google`), else its slug."""
    return said if re.fullmatch(r"[a-z0-9][a-z0-9._/@%-]*", said) else slug(said)
