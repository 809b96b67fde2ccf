"""Dependencies of packages, lifted to the frameworks that publish them.

A need on some platform, at some version or with some extra is no need of the framework as such: it keeps its condition,
unless a source states it without any. A dependency that a source states between the frameworks themselves goes before:
packages are further evidence for it, and do not make it harder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["lifted"]


def lifted(publishes: ir.Table, depends_on: ir.Table) -> ir.Table:
    """Framework A depends on framework B where a package of A needs a package of B.

    Required goes before optional where packages differ, unconditional before conditional; where the frameworks' own
    dependency is stated, its kind, group of alternatives and condition are taken. The dates are where the three facts
    overlap.

    Args:
        publishes: columns: source_kind, source, target (a package), confidence, valid_from, valid_to.
        depends_on: columns: source_kind, source, target_kind, target, group, kind, condition, status, confidence,
            source_ids, licence, recorded_at, valid_from, valid_to; of packages and of frameworks.

    Returns:
        columns: source_kind, source, target_kind, target, group, kind, condition (null = always), valid_from, valid_to,
        confidence (the product), source_ids, licence, recorded_at; one row per pair of frameworks.
    """
    import ibis

    between = depends_on.filter(
        (depends_on.source_kind == "Framework")
        & (depends_on.target_kind == "Framework")
        & (depends_on.status == "current")
    )
    softest = [
        (between.kind == "optional").fill_null(False).asc(),
        between.condition.notnull().asc(),
        between.group.asc(),
        between.kind.asc(),
    ]
    between = between.mutate(
        rank=ibis.row_number().over(group_by=[between.source, between.target], order_by=softest)
    )
    stated = between.filter(between.rank == 0).select(
        stated_a="source",
        stated_b="target",
        stated_kind="kind",
        stated_group="group",
        stated_where="condition",
    )
    published = publishes.filter(publishes.source_kind == "Framework")
    upper = published.select(
        a=published.source,
        need=published.target,
        a_sure=published.confidence,
        a_from="valid_from",
        a_to="valid_to",
    )
    lower = published.select(
        b=published.source,
        given=published.target,
        b_sure=published.confidence,
        b_from="valid_from",
        b_to="valid_to",
    )
    joined = depends_on.join(upper, depends_on.source == upper.need)
    joined = joined.join(lower, joined.target == lower.given)
    # hidden from the planner: as a plain inequality it would join all publishers with each other first
    joined = joined.filter(ibis.ifelse(joined.a == joined.b, False, True))
    pairs = joined.mutate(
        sure=joined.confidence * joined.a_sure * joined.b_sure,
        begin=_latest(joined.valid_from, joined.a_from, joined.b_from),
        end=_earliest(joined.valid_to, joined.a_to, joined.b_to),
        optional=(joined.kind == "optional").fill_null(False),
    )
    grouped = pairs.group_by(["a", "b"]).agg(
        optional=pairs.optional.all(),
        always=(~pairs.optional & pairs.condition.isnull()).any(),
        always_optional=(pairs.optional & pairs.condition.isnull()).any(),
        required_where=_listed(pairs.condition, ~pairs.optional),
        optional_where=_listed(pairs.condition, pairs.optional),
        valid_from=ibis.ifelse(pairs.begin.isnull().any(), ibis.null("date"), pairs.begin.min()),
        valid_to=ibis.ifelse(pairs.end.isnull().any(), ibis.null("date"), pairs.end.max()),
        confidence=pairs.sure.max(),
        source_ids=pairs.source_ids.collect().flatten().unique().sort(),
        licence=pairs.licence.min(),
        recorded_at=pairs.recorded_at.min(),
    )
    framework = ibis.literal("Framework")
    grouped = grouped.left_join(
        stated, [grouped.a == stated.stated_a, grouped.b == stated.stated_b]
    )
    unconditional = ibis.ifelse(grouped.optional, grouped.always_optional, grouped.always)
    where = ibis.ifelse(grouped.optional, grouped.optional_where, grouped.required_where)
    lifted_kind = ibis.ifelse(grouped.optional, "optional", "runtime")
    return grouped.select(
        "valid_from",
        "valid_to",
        "confidence",
        "source_ids",
        "licence",
        "recorded_at",
        source_kind=framework,
        source="a",
        target_kind=framework,
        target="b",
        group="stated_group",
        kind=ibis.ifelse(grouped.stated_a.notnull(), grouped.stated_kind, lifted_kind),
        condition=ibis.ifelse(unconditional, grouped.stated_where, where),
    ).order_by(["source", "target"])


def _listed(conditions: ir.StringColumn, where: ir.BooleanValue) -> ir.StringValue:
    """The conditions of some dependencies, each once; null where there is none."""
    texts = conditions.collect(where=where & conditions.notnull(), distinct=True).sort()
    return texts.join(" | ").nullif("")


def _latest(*dates: ir.Value) -> ir.Value:
    import ibis

    return ibis.greatest(*dates)


def _earliest(*dates: ir.Value) -> ir.Value:
    import ibis

    return ibis.least(*dates)
