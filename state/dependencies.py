"""Dependencies of packages, lifted to the frameworks that publish them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["lifted"]


def lifted(publishes: ir.Table, depends_on: ir.Table) -> ir.Table:
    """Framework A depends on framework B where a package of A needs a package of B.

    Required goes before optional where packages differ. The dates are where the three facts overlap.

    Args:
        publishes: columns: source_kind, source, target (a package), confidence, valid_from, valid_to.
        depends_on: columns: source, target (packages), kind, confidence, source_ids, licence, recorded_at,
            valid_from, valid_to.

    Returns:
        columns: source_kind, source, target_kind, target, kind, valid_from, valid_to, confidence (the product),
        source_ids, licence, recorded_at; one row per pair of frameworks.
    """
    import ibis

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
        valid_from=ibis.ifelse(pairs.begin.isnull().any(), ibis.null("date"), pairs.begin.min()),
        valid_to=ibis.ifelse(pairs.end.isnull().any(), ibis.null("date"), pairs.end.max()),
        confidence=pairs.sure.max(),
        source_ids=pairs.source_ids.collect().flatten().unique().sort(),
        licence=pairs.licence.min(),
        recorded_at=pairs.recorded_at.min(),
    )
    framework = ibis.literal("Framework")
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
        kind=ibis.ifelse(grouped.optional, "optional", "runtime"),
    ).order_by(["source", "target"])


def _latest(*dates: ir.Value) -> ir.Value:
    import ibis

    return ibis.greatest(*dates)


def _earliest(*dates: ir.Value) -> ir.Value:
    import ibis

    return ibis.least(*dates)
