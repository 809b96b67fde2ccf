"""The columns of claims, and frames of many claims at once: converted whole, or not at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .schema import Kind, Property, Relation, schema

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from .ledger import Source

__all__ = ["Layout", "arrow", "claim_columns", "converted", "plain_rows", "standing"]


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one claims file, and how each is read."""

    target: Kind | Relation
    properties: Mapping[str, Property]
    arrow: pa.Schema

    @classmethod
    def of(cls, target: Kind | Relation) -> Layout:
        """The layout of the claims of a kind or relation."""
        properties = {p.name: p for p in _claim_properties(target)}
        return cls(target, properties, claim_columns(target))

    @property
    def folder(self) -> str:
        """The folder of a partition in which its file lies."""
        return "nodes" if isinstance(self.target, Kind) else "edges"


def _claim_properties(target: Kind | Relation) -> tuple[Property, ...]:
    ontology = schema()
    if isinstance(target, Kind):
        return (
            tuple(p for p in ontology.node if p.name not in {"id", "kind", "stub"})
            + target.properties
        )
    stated = tuple(
        p for p in ontology.statement if p.name not in {"key", "recorded_at", "source_ids"}
    )
    return stated + target.properties


def claim_columns(target: Kind | Relation) -> pa.Schema:
    """The Arrow schema of the claims of a kind or relation, as they lie in a partition.

    columns of a node: n, scope, at, url, id, then its properties.
    columns of an edge: n, scope, at, url, identity, source_kind, source, target_kind, target, then its properties.
    """
    import pyarrow as pa

    ends = (
        ("id",)
        if isinstance(target, Kind)
        else ("identity", "source_kind", "source", "target_kind", "target")
    )
    fixed = [pa.field("n", pa.int64())]
    fixed += [pa.field(name, pa.string()) for name in ("scope", "at", "url", *ends)]
    return pa.schema([*fixed, *(pa.field(p.name, p.arrow) for p in _claim_properties(target))])


def arrow(frame: pd.DataFrame | pa.Table) -> pa.Table | None:
    """The frame as an Arrow table, or None where a column holds values of several types."""
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        return frame
    from pandas.api.types import infer_dtype

    if any(infer_dtype(frame[name]) in {"mixed", "mixed-integer"} for name in frame.columns):
        return None
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return None


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as mappings, with None for what is missing."""
    names = [str(name) for name in frame.columns]
    plain = frame.astype(object).where(frame.notna(), None)
    return [dict(zip(names, row, strict=True)) for row in plain.itertuples(index=False, name=None)]


def _fits(stated: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether a cast reads each value as `Property.read` does, or fails."""
    from pyarrow import types

    if types.is_dictionary(stated):
        stated = stated.value_type
    if stated == wanted or types.is_null(stated):
        return True
    if types.is_string(wanted):
        return bool(types.is_large_string(stated) or types.is_string_view(stated))
    if types.is_int64(wanted) or types.is_float64(wanted):
        return bool(types.is_integer(stated) or types.is_floating(stated))
    if types.is_date32(wanted):
        moment = types.is_timestamp(stated) and stated.tz is None
        return bool(moment or types.is_date(stated) or types.is_string(stated))
    return False


def standing(layout: Layout, source: Source) -> dict[str, object]:
    """What a claim has where nothing is given."""
    if isinstance(layout.target, Kind):
        return {"url": source.homepage}
    return {
        "url": source.homepage,
        "confidence": 1.0,
        "method": "asserted",
        "status": "current",
        "licence": source.licence,
    }


def converted(
    table: pa.Table, layout: Layout, first: int, given: Mapping[str, object]
) -> pa.Table | None:
    """The table in the layout's columns, or None where some value does not fit.

    Args:
        table: What a loader states.
        layout: The columns wanted.
        first: Number of the first claim.
        given: What a claim has where the table says nothing.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not set(table.column_names) <= set(layout.arrow.names):
        return None
    count = table.num_rows
    columns = []
    try:
        for field in layout.arrow:
            if field.name == "n":
                columns.append(pa.array(range(first, first + count), pa.int64()))
                continue
            if field.name in table.column_names:
                if not _fits(table[field.name].type, field.type):
                    return None
                column = table[field.name].cast(field.type)
                if field.name in given:
                    column = pc.fill_null(column, pa.scalar(given[field.name], field.type))
            elif field.name.endswith("_precision"):
                day = field.name.removesuffix("_precision")
                dated = pc.is_valid(table[day]) if day in table.column_names else False
                column = pc.if_else(dated, "day", pa.nulls(count, pa.string()))
            else:
                column = pa.repeat(pa.scalar(given.get(field.name), field.type), count)
            columns.append(column)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    numbers = pa.array(range(1, count + 1)).cast(pa.string())
    at = layout.arrow.get_field_index("at")
    columns[at] = pc.coalesce(columns[at], pc.binary_join_element_wise("row", numbers, " "))
    whole = pa.table(columns, schema=layout.arrow)
    if isinstance(layout.target, Kind):
        names = pc.if_else(pc.is_valid(whole["name"]), whole["name"], whole["id"])
        whole = whole.set_column(whole.schema.get_field_index("name"), "name", names)
    return whole if _sound(whole, layout) else None


def _sound(table: pa.Table, layout: Layout) -> bool:
    """Whether every value of a converted table lies within the schema's bounds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def every(mask: pa.ChunkedArray) -> bool:
        return pc.all(mask).as_py() is not False

    ids = ("id",) if isinstance(layout.target, Kind) else ("source", "target")
    if any(table[i].null_count or not every(pc.not_equal(table[i], "")) for i in ids):
        return False
    for field in layout.arrow:
        text = pa.types.is_string(field.type)
        if text and not every(pc.invert(pc.match_substring(table[field.name], "\x00"))):
            return False
    if isinstance(layout.target, Relation):
        ends = (
            table.select(["source_kind", "target_kind"])
            .group_by(["source_kind", "target_kind"])
            .aggregate([])
        )
        if (
            not {(e["source_kind"], e["target_kind"]) for e in ends.to_pylist()}
            <= layout.target.pairs
        ):
            return False
        if not every(pc.less_equal(table["valid_from"], table["valid_to"])):
            return False
    for declared in layout.properties.values():
        column = table[declared.name]
        if declared.required and column.null_count:
            return False
        if declared.list:
            if column.null_count < len(column):
                return False
            continue
        if declared.type == "string" and not every(pc.not_equal(column, "")):
            return False
        if declared.choices and not every(
            pc.or_(pc.is_null(column), pc.is_in(column, pa.array(declared.choices)))
        ):
            return False
        if declared.type in {"integer", "double"} and not _within(column, declared):
            return False
    return True


def _within(column: pa.ChunkedArray, field: Property) -> bool:
    import pyarrow.compute as pc

    if field.type == "double" and pc.all(pc.is_finite(column)).as_py() is False:
        return False
    bounds = pc.min_max(column).as_py()
    least, most = bounds["min"], bounds["max"]
    if least is None:
        return True
    return not (
        (field.low is not None and least < field.low)
        or (field.above is not None and least <= field.above)
        or (field.high is not None and most > field.high)
    )
