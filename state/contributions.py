"""Employers and shares of work on a date, counted from all commits of a snapshot up to it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final

from ..errors import NotFound
from ..graph.engine import engine, keep, read
from ..graph.schema import schema
from ..graph.snapshot import Snapshot
from ..measures.shares import attribute, domains_of, employment, shares
from .state import edge_schema, in_force

SIGNALS: Final = (
    *(
        "email_domain",
        "service_identity",
        "mailmap",
        "sign_off",
        "name_link",
        "list",
        "gitdm",
        "stated",
    ),
)
"""How an employer may be known: domain of the address, a company's own account, the address behind `.mailmap`, that of
the author's own sign-off, a name, a list, another source."""

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

__all__ = ["SIGNALS", "contributions", "coverage", "work"]


def contributions(snapshot: Snapshot, as_of: datetime.date) -> dict[str, pa.Table]:
    """What commits say of organisations: `EMPLOYS` by e-mail domain, and `CONTRIBUTION_SHARE`.

    An employer is the one of the month of the commit, never today's (rule R4); one that a source states goes before
    what a domain says.

    Args:
        snapshot: The snapshot.
        as_of: The last day that is counted.

    Returns:
        A table per relation, with both ends, own properties, dates and sources; empty where there are no commits.
    """
    import ibis

    if not snapshot.edges.get("CONTRIBUTED_TO"):
        return {}
    with engine(snapshot.edges["CONTRIBUTED_TO"]) as connection:
        done, named, attributed = _attributed(connection, snapshot, as_of)
        people = read(connection, snapshot.file("Contributor")).select("id", "bot_kind")
        kinds = named.select(source="id", source_kind="kind")
        counted = (
            shares(_authored(attributed), people)
            .join(kinds, "source")
            .join(_credits(done, "target"), "target")
        )
        jobs = employment(attributed).join(kinds, "source")
        jobs = jobs.join(_credits(done, "source").rename(target="source"), "target")
        return {
            "EMPLOYS": connection.to_pyarrow(jobs.mutate(target_kind=ibis.literal("Contributor"))),
            "CONTRIBUTION_SHARE": connection.to_pyarrow(
                counted.join(done.select("target", "target_kind").distinct(), "target")
            ),
        }


def coverage(snapshot: Snapshot, as_of: datetime.date) -> pa.Table:
    """How much of the work on each project has a known employer, and by which signal.

    Automation is left out; what a mirror bot commits counts for its company (`known`), or not at all
    (`known_without_mirrors`).

    Returns:
        columns: project, name, commits (by their author), known, then one per signal (parts of `commits`), unknown,
        mirrors (their part), known_without_mirrors. Parts in [0, 1].

    Raises:
        NotFound: No history of commits is loaded.
    """
    import ibis

    if not snapshot.edges.get("CONTRIBUTED_TO"):
        hint = "type: stackholder build --source git_history=CLONE"
        raise NotFound("no history of commits is loaded", hint=hint)
    with engine(snapshot.edges["CONTRIBUTED_TO"]) as connection:
        _, _, attributed = _attributed(connection, snapshot, as_of)
        people = read(connection, snapshot.file("Contributor")).select(who="id", bot="bot_kind")
        rows = _authored(attributed)
        rows = rows.filter(rows.commits > 0)
        rows = rows.left_join(people, rows.source == people.who)
        rows = rows.filter(rows.bot.isnull() | (rows.bot != "automation"))
        if snapshot.edges.get("EMPLOYS"):
            told = read(connection, snapshot.file("EMPLOYS"))
            jobs = told.group_by(employer="source", employee="target").agg(how=told.signal.max())
            same = [rows.organisation == jobs.employer, rows.source == jobs.employee]
            rows = rows.left_join(jobs, same)
        else:
            rows = rows.mutate(how=ibis.null("string"))
        by = ibis.ifelse(rows.signal == "stated", ibis.coalesce(rows.how, "stated"), rows.signal)
        rows = rows.mutate(by=by, mirror=(rows.bot == "mirror").fill_null(False))
        total = rows.commits.sum()

        def part(where: ir.BooleanValue) -> ir.Value:
            return ibis.coalesce(rows.commits.sum(where=where), 0) / total

        without = ~rows.mirror
        known = rows.organisation.notnull()
        sums = rows.group_by(project="target").agg(
            commits=total,
            known=part(known),
            **{signal: part((rows.by == signal).fill_null(False)) for signal in SIGNALS},
            unknown=part(~known),
            mirrors=part(rows.mirror),
            known_without_mirrors=ibis.coalesce(rows.commits.sum(where=known & without), 0)
            / rows.commits.sum(where=without),
        )
        names = read(connection, snapshot.file("Framework")).select("id", "name")
        found = sums.left_join(names, sums.project == names.id).drop("id")
        return connection.to_pyarrow(found.relocate("name", after="project").order_by("project"))


def work(snapshot: Snapshot, as_of: datetime.date) -> pa.Table:
    """Who did how much on what, month by month, automation left out.

    Args:
        snapshot: The snapshot.
        as_of: The last day that is counted.

    Returns:
        columns: person, project, month (YYYY-MM), organisation (employer in that month, null = unknown), mirror
        (whether a bot that carries the work of employees), commits, reviews, security_fixes. No row where no history of
        commits is loaded.
    """
    import ibis
    import pyarrow as pa

    if not snapshot.edges.get("CONTRIBUTED_TO"):
        texts = ("person", "project", "month", "organisation")
        counts = ("commits", "reviews", "security_fixes")
        fields = [pa.field(n, pa.string()) for n in texts] + [pa.field("mirror", pa.bool_())]
        return pa.schema([*fields, *(pa.field(n, pa.int64()) for n in counts)]).empty_table()
    with engine(snapshot.edges["CONTRIBUTED_TO"]) as connection:
        _, _, attributed = _attributed(connection, snapshot, as_of)
        people = read(connection, snapshot.file("Contributor")).select(who="id", bot="bot_kind")
        rows = attributed.left_join(people, attributed.source == people.who)
        rows = rows.filter(rows.bot.isnull() | (rows.bot != "automation"))
        rows = rows.mutate(mirror=(rows.bot == "mirror").fill_null(False))
        sums = rows.group_by(
            person="source",
            project="target",
            month="window",
            organisation="organisation",
            mirror="mirror",
        ).agg(
            commits=ibis.coalesce(rows.commits.sum(), 0),
            reviews=ibis.coalesce(rows.reviews.sum(), 0),
            security_fixes=ibis.coalesce(rows.security_fixes.sum(), 0),
        )
        return connection.to_pyarrow(sums.order_by("person", "project", "month", "organisation"))


def _attributed(
    connection: Backend, snapshot: Snapshot, as_of: datetime.date
) -> tuple[ir.Table, ir.Table, ir.Table]:
    """Contributions up to a day, organisations, and contributions with the employer of their month."""
    import ibis
    import pyarrow as pa

    layout = edge_schema("CONTRIBUTED_TO")
    batches = in_force(snapshot, "CONTRIBUTED_TO", as_of)
    done = keep(connection, "done", pa.RecordBatchReader.from_batches(layout, batches))
    done = done.drop("stated")  # `attribute` gives `stated`
    named = ibis.union(
        *(
            read(connection, snapshot.file(kind)).select("id", "kind", "email_domains")
            for kind in schema().families["Organization"]
        )
    )
    employed = attribute(done, _stated(connection, snapshot), domains_of(named))
    return done, named, keep(connection, "attributed", employed)


def _authored(attributed: ir.Table) -> ir.Table:
    """The same with authored commits alone: what a trailer credits beside its author is the same work again."""
    import ibis

    return attributed.mutate(commits=attributed.commits - ibis.coalesce(attributed.coauthored, 0))


def _stated(connection: Backend, snapshot: Snapshot) -> ir.Table:
    """Employments that sources state. columns: source, target, valid_from, valid_to, confidence."""
    import ibis
    import pyarrow as pa

    columns = {
        "source": "string",
        "target": "string",
        "valid_from": "date",
        "valid_to": "date",
        "confidence": "float64",
    }
    if not snapshot.edges.get("EMPLOYS"):
        empty = pa.schema(
            [
                pa.field(
                    n,
                    pa.string() if t == "string" else pa.date32() if t == "date" else pa.float64(),
                )
                for n, t in columns.items()
            ]
        )
        return ibis.memtable(empty.empty_table())
    stated = read(connection, snapshot.file("EMPLOYS"))
    return stated.filter(stated.status == "current").select(*columns)


def _credits(done: ir.Table, end: str) -> ir.Table:
    """Sources, licence and time of recording behind each contributor's or project's commits."""
    return done.group_by(end).agg(
        source_ids=done.source_ids.first(order_by=done.key),
        licence=done.licence.min(),
        recorded_at=done.recorded_at.min(),
    )
