"""Who did the work: employers as of each month of commits, and the shares that follow from them.

Every step is an Ibis expression and names no engine: DuckDB and Spark run the same text. The tables that go in:

    contributed_to  source (contributor), target (project), window (YYYY-MM), email_domain, commits
    employs         source (organisation), target (contributor), valid_from, valid_to, confidence
    domains         domain, organisation (null = tells nothing of an employer), valid_from, valid_to, confidence
    contributors    id, bot_kind

An employer that a source states goes before what the domain of the address says; what neither tells stays unknown,
inside the total. Dates are half-open; the employer of a month is that of its 15th, so that a change within the
month costs at most half of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["DOMAIN_CONFIDENCE", "attribute", "domains_of", "employment", "shares", "totals"]

DOMAIN_CONFIDENCE: Final = 0.82
"""Mean accuracy of the domain signal against hand labels: pytorch .974, tensorflow .991, transformers .483."""

_MOST_LABELS: Final = 5
_NOT_STAFF: Final = r"(^|\.)(alum|alumni|alumnus|alumna|noreply|no-reply)\."


def domains_of(organisations: ir.Table, confidence: float = DOMAIN_CONFIDENCE) -> ir.Table:
    """Reads the e-mail domains of organisations, dated or not, as the table `domains`.

    Args:
        organisations: columns: id, email_domains (a set of texts: `xilinx.com`, or with its period as an ISO 8601
            interval `xilinx.com ../2022-02-14`, first day included, last day not).
        confidence: Of the signal.
    """
    import ibis

    spread = organisations.filter(organisations.email_domains.notnull())
    spread = spread.select(organisation="id", item=spread.email_domains.unnest())
    since = spread.item.re_extract(r" ([0-9-]+)/", 1)
    until = spread.item.re_extract(r"/([0-9-]+)$", 1)
    return spread.select(
        domain=spread.item.re_extract(r"^([^ ]+)", 1).lower(),
        organisation="organisation",
        valid_from=_first_day(since),
        valid_to=_first_day(until),
        confidence=ibis.literal(confidence),
    )


def attribute(contributed_to: ir.Table, employs: ir.Table, domains: ir.Table) -> ir.Table:
    """Adds the employer as of the month to each row of `contributed_to`.

    Of several stated employers the surest is taken, then the latest; of several domains the longest, then the dated.

    Returns:
        The columns of `contributed_to`, then organisation (null = unknown), signal (`stated`, `email_domain` or
        null) and confidence.
    """
    import ibis

    months = contributed_to.select("source", "window", "email_domain").distinct()
    months = months.mutate(day=(months.window + "-15").cast("date"))
    stated, seen = _stated(months, employs), _seen(months, domains)
    joined = contributed_to.left_join(stated, ["source", "window"]).drop(
        "source_right", "window_right"
    )
    joined = joined.left_join(seen, ["email_domain", "window"]).drop(
        "email_domain_right", "window_right"
    )
    signal = ibis.cases(
        (joined.stated.notnull(), "stated"), (joined.told.notnull(), "email_domain")
    )
    return joined.mutate(
        organisation=ibis.coalesce(joined.stated, joined.told),
        signal=signal,
        confidence=ibis.coalesce(joined.stated_confidence, joined.told_confidence),
    ).drop("stated", "stated_confidence", "told", "told_confidence")


def employment(attributed: ir.Table) -> ir.Table:
    """The employments that follow from domains, per organisation and contributor, from the first to the last month.

    Args:
        attributed: What `attribute` gave.

    Returns:
        columns: source (organisation), target (contributor), signal, method, confidence, valid_from, valid_to, with
        the precision of both dates.
    """
    import ibis

    seen = attributed.filter(attributed.signal == "email_domain")
    seen = seen.mutate(first=(seen.window + "-01").cast("date"))
    spans = seen.group_by(["organisation", "source"]).agg(
        confidence=seen.confidence.max(), valid_from=seen.first.min(), last=seen.first.max()
    )
    return spans.select(
        source=spans.organisation,
        target=spans.source,
        signal=ibis.literal("email_domain"),
        method=ibis.literal("computed"),
        confidence=spans.confidence,
        valid_from=spans.valid_from,
        valid_from_precision=ibis.literal("month"),
        valid_to=(spans.last + ibis.interval(months=1)).cast("date"),
        valid_to_precision=ibis.literal("month"),
    )


def totals(
    attributed: ir.Table,
    contributors: ir.Table,
    *,
    mirrors: Literal["host", "excluded"] = "host",
    groups: Mapping[str, str] | None = None,
) -> ir.Table:
    """What is known of each project and window as a whole. Arguments as in `shares`.

    Returns:
        columns: target, window, total, known, coverage, organisations, unresolved (persons), elephant_low,
        elephant_high, last (first day of the last month with commits). Elephant factors are null where no commit has
        a known employer.
    """
    return _totals(_holders(attributed, contributors, mirrors, groups))


def shares(
    attributed: ir.Table,
    contributors: ir.Table,
    *,
    mirrors: Literal["host", "excluded"] = "host",
    groups: Mapping[str, str] | None = None,
) -> ir.Table:
    """Shares of organisations in the commits of projects, over all time (`all`) and per calendar year (UTC).

    Unknown commits stay in the total: low = commits / total, high = (commits + unknown) / total. Automation is left
    out of the total. A count is valid from the last month counted on, and open: it says nothing about earlier dates,
    and what was done in a year stays so.

    Args:
        attributed: What `attribute` gave.
        contributors: columns: id, bot_kind; who is not in it is a person.
        mirrors: `host`: what a mirror bot commits is its company's; `excluded`: it is left out of the total.
        groups: Organisation that stands for another, for example its majority owner; None = everyone for themselves.

    Returns:
        columns: source (organisation), target (project), window, commits, total, share, low, high, coverage,
        elephant_low, elephant_high, valid_from, valid_to, method, confidence (mean over the commits).
    """
    import ibis

    holders = _holders(attributed, contributors, mirrors, groups)
    employed = holders.filter(holders.organisation.notnull())
    own = employed.group_by(["organisation", "target", "window"]).agg(
        commits=employed.commits.sum(), weight=employed.weight.sum()
    )
    joined = own.join(_totals(holders), ["target", "window"])
    unknown = joined.total - joined.known
    return joined.select(
        source="organisation",
        target="target",
        window="window",
        commits="commits",
        total="total",
        share=joined.commits / joined.total,
        low=joined.commits / joined.total,
        high=(joined.commits + unknown) / joined.total,
        coverage="coverage",
        elephant_low="elephant_low",
        elephant_high="elephant_high",
        valid_from=joined.last,
        valid_to=ibis.null("date"),
        method=ibis.literal("computed"),
        confidence=joined.weight / joined.commits,
    )


# ---------------------------------------------------------------------- steps


def _first_day(text: ir.StringValue) -> ir.DateValue:
    """`2022`, `2022-02` and `2022-02-14` as the first day of each; an empty text is null."""
    import ibis

    month = text.nullif("")
    return (month + ibis.literal("-01-01").substr(month.length() - 4)).cast("date")


def _valid(day: ir.DateValue, start: ir.DateValue, end: ir.DateValue) -> ir.BooleanValue:
    return (start.isnull() | (start <= day)) & (end.isnull() | (day < end))


def _stated(months: ir.Table, employs: ir.Table) -> ir.Table:
    """columns: source, window, stated, stated_confidence."""
    import ibis

    who = months.select("source", "window", "day").distinct()
    claims = employs.select(
        organisation="source",
        person="target",
        since="valid_from",
        until="valid_to",
        sure="confidence",
    )
    joined = who.join(claims, who.source == claims.person)
    joined = joined.filter(_valid(joined.day, joined.since, joined.until))
    order = [
        joined.sure.desc(nulls_first=False),
        joined.since.desc(nulls_first=False),
        joined.organisation.asc(),
    ]
    ranked = joined.mutate(
        place=ibis.row_number().over(group_by=[joined.source, joined.window], order_by=order)
    )
    return ranked.filter(ranked.place == 0).select(
        "source", "window", stated="organisation", stated_confidence="sure"
    )


def _seen(months: ir.Table, domains: ir.Table) -> ir.Table:
    """columns: email_domain, window, told, told_confidence."""
    import ibis

    seen = months.select("email_domain", "window", "day").distinct()
    seen = seen.filter(
        seen.email_domain.notnull()
        & ~seen.email_domain.startswith("~")
        & ~seen.email_domain.re_search(_NOT_STAFF)
    )
    names = seen.select("email_domain").distinct()
    parts = [
        names.select(
            "email_domain",
            suffix=names.email_domain.re_extract(rf"(^|\.)((?:[^.]+\.){{{labels - 1}}}[^.]+)$", 2),
            labels=ibis.literal(labels, "int8"),
        )
        for labels in range(2, _MOST_LABELS + 1)
    ]
    suffixes = ibis.union(*parts)
    suffixes = suffixes.filter(suffixes.suffix != "")
    claims = domains.select(
        "domain",
        told="organisation",
        since="valid_from",
        until="valid_to",
        told_confidence="confidence",
    )
    matched = suffixes.join(claims, suffixes.suffix == claims.domain)
    joined = seen.join(matched, "email_domain")
    joined = joined.filter(_valid(joined.day, joined.since, joined.until))
    order = [
        joined.labels.desc(),
        (joined.since.isnull() & joined.until.isnull()).asc(),
        joined.told_confidence.desc(nulls_first=False),
        joined.told.asc(nulls_first=False),
    ]
    ranked = joined.mutate(
        place=ibis.row_number().over(group_by=[joined.email_domain, joined.window], order_by=order)
    )
    return ranked.filter(ranked.place == 0).select(
        "email_domain", "window", "told", "told_confidence"
    )


def _holders(
    attributed: ir.Table, contributors: ir.Table, mirrors: str, groups: Mapping[str, str] | None
) -> ir.Table:
    """columns: target, window (`all` and years), organisation, person (where that is null), commits, weight, last."""
    import ibis
    import pyarrow as pa

    kinds = contributors.select(who="id", bot="bot_kind")
    rows = attributed.filter(attributed.commits > 0).left_join(
        kinds, attributed.source == kinds.who
    )
    left_out = ["automation"] if mirrors == "host" else ["automation", "mirror"]
    rows = rows.filter(rows.bot.isnull() | rows.bot.notin(left_out))
    if groups:
        columns = {"member": list(groups), "leader": list(groups.values())}
        members = ibis.memtable(pa.table(columns))
        rows = rows.left_join(members, rows.organisation == members.member)
        rows = rows.mutate(organisation=ibis.coalesce(rows.leader, rows.organisation))
    rows = rows.select(
        "target",
        "organisation",
        "commits",
        month="window",
        person=ibis.ifelse(rows.organisation.isnull(), rows.source, ibis.null("string")),
        weight=rows.commits * ibis.coalesce(rows.confidence, 0.0),
    )
    every = rows.mutate(window=ibis.literal("all")).union(
        rows.mutate(window=rows.month.substr(0, 4))
    )
    return every.group_by(["target", "window", "organisation", "person"]).agg(
        commits=every.commits.sum(), weight=every.weight.sum(), last=every.month.max()
    )


def _totals(holders: ir.Table) -> ir.Table:
    """As `totals`."""
    import ibis

    by = ["target", "window"]
    employed = holders.organisation.notnull()
    sums = holders.group_by(by).agg(
        total=holders.commits.sum(),
        known=ibis.coalesce(holders.commits.sum(where=employed), 0),
        organisations=holders.organisation.nunique(),
        unresolved=holders.person.nunique(),
        last=(holders["last"].max() + "-01").cast("date"),
    )
    sums = sums.mutate(coverage=sums.known / sums.total)
    resolved = holders.filter(employed)
    low = _elephant(resolved, sums, "elephant_low", given=sums.total - sums.known)
    high = _elephant(holders, sums, "elephant_high", given=ibis.literal(0))
    with_low = sums.left_join(low, by).drop("target_right", "window_right")
    both = with_low.left_join(high, by).drop("target_right", "window_right")
    nothing = both.known == 0
    return both.mutate(elephant_high=ibis.ifelse(nothing, ibis.null("int64"), both.elephant_high))


def _elephant(holders: ir.Table, sums: ir.Table, name: str, *, given: ir.IntegerValue) -> ir.Table:
    """The least number of holders with half of the total, when `given` is added to the largest of them."""
    import ibis

    half = sums.select("target", "window", "total", given=given)
    joined = holders.join(half, ["target", "window"])
    order = [joined.commits.desc(), joined.organisation.asc(), joined.person.asc()]
    window = ibis.window(group_by=["target", "window"], order_by=order, preceding=None, following=0)
    ranked = joined.mutate(
        place=ibis.row_number().over(group_by=["target", "window"], order_by=order) + 1,
        reached=2 * (joined.commits.sum().over(window) + joined.given) >= joined.total,
    )
    enough = ranked.filter(ranked.reached)
    return enough.group_by(["target", "window"]).agg(**{name: enough.place.min()})
