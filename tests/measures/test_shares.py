"""Shares of work: hand-checked months, employers as of the month, unknowns kept, and the same numbers twice."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend
from stackholder.graph.engine import engine
from stackholder.graph.schema import schema
from stackholder.measures.concentration import elephant_factor
from stackholder.measures.shares import attribute, domains_of, employment, shares, totals

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ibis"),
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning:ibis"),
]

WORK = ibis.schema(
    {
        "source": "string",
        "target": "string",
        "window": "string",
        "email_domain": "string",
        "commits": "int64",
    }
)
EMPLOYS = ibis.schema(
    {
        "source": "string",
        "target": "string",
        "valid_from": "date",
        "valid_to": "date",
        "confidence": "float64",
    }
)
ACTORS = ibis.schema({"id": "string", "bot_kind": "string"})
ORGANISATIONS = ibis.memtable(
    pa.table(
        {
            "id": ["xilinx", "amd", "mit", "github"],
            "email_domains": [
                ["xilinx.com ../2022-02-14"],
                ["amd.com", "xilinx.com 2022-02-14/.."],
                ["mit.edu"],
                ["github.com"],
            ],
        }
    )
)


@pytest.fixture
def duck() -> Iterator[Backend]:
    with engine() as connection:
        yield connection


def table(rows: list[dict[str, Any]], layout: ibis.Schema) -> ir.Table:
    return ibis.memtable(pa.Table.from_pylist(rows, schema=layout.to_pyarrow()))


def work(*rows: tuple[str, str, str, str, int]) -> ir.Table:
    return table([dict(zip(WORK, row, strict=True)) for row in rows], WORK)


def employs(*rows: tuple[str, str, str | None, str | None, float]) -> ir.Table:
    dates = [
        (s, t, *(d and datetime.date.fromisoformat(d) for d in (a, b)), c) for s, t, a, b, c in rows
    ]
    return table([dict(zip(EMPLOYS, row, strict=True)) for row in dates], EMPLOYS)


def actors(**kinds: str) -> ir.Table:
    return table([{"id": k, "bot_kind": v} for k, v in kinds.items()], ACTORS)


def rows(duck: Backend, table: ir.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = duck.to_pyarrow(table).to_pylist()
    return found


def employers(
    duck: Backend, done: ir.Table, stated: ir.Table
) -> set[tuple[str, str, str | None, str | None]]:
    found = rows(duck, attribute(done, stated, domains_of(ORGANISATIONS)))
    return {(r["window"], r["email_domain"], r["organisation"], r["signal"]) for r in found}


def test_a_domain_belongs_to_whom_it_belonged_in_that_month(duck: Backend) -> None:
    done = work(
        ("p", "f", "2021-12", "xilinx.com", 1),
        ("p", "f", "2022-03", "xilinx.com", 1),
        ("p", "f", "2022-03", "amd.com", 1),
    )
    assert employers(duck, done, employs()) == {
        ("2021-12", "xilinx.com", "xilinx", "email_domain"),
        ("2022-03", "xilinx.com", "amd", "email_domain"),
        ("2022-03", "amd.com", "amd", "email_domain"),
    }


def test_departments_count_and_alumni_and_mail_services_do_not(duck: Backend) -> None:
    names = [
        "csail.mit.edu",
        "alum.mit.edu",
        "notmit.edu",
        "users.noreply.github.com",
        "github.com",
        "~rare",
        "gmail.com",
    ]
    done = work(*(("p", "f", "2022-03", name, 1) for name in names))
    known = {domain: owner for _, domain, owner, _ in employers(duck, done, employs())}
    assert {d: o for d, o in known.items() if o} == {"csail.mit.edu": "mit", "github.com": "github"}
    assert set(known) == set(names)


def test_a_stated_employer_goes_before_the_domain_while_it_is_valid(duck: Backend) -> None:
    done = work(
        ("p", "f", "2021-06", "mit.edu", 1),
        ("p", "f", "2021-07", "mit.edu", 1),
        ("p", "f", "2022-01", "mit.edu", 1),
        ("q", "f", "2021-07", "mit.edu", 1),
    )
    stated = employs(
        ("acme", "p", "2021-07-01", "2022-01-01", 1.0), ("guess", "p", None, None, 0.1)
    )
    found = rows(duck, attribute(done, stated, domains_of(ORGANISATIONS)))
    assert {(r["source"], r["window"], r["organisation"]) for r in found} == {
        ("p", "2021-06", "guess"),
        ("p", "2021-07", "acme"),
        ("p", "2022-01", "guess"),
        ("q", "2021-07", "mit"),
    }
    assert {r["signal"] for r in found} == {"stated", "email_domain"}


def test_today_s_employer_does_not_restate_the_past(duck: Backend) -> None:
    done = work(("p", "f", "2019-05", "gmail.com", 4))
    assert employers(duck, done, employs(("acme", "p", "2020-01-01", None, 1.0))) == {
        ("2019-05", "gmail.com", None, None)
    }


def test_unknown_commits_stay_in_the_total(duck: Backend) -> None:
    done = work(
        ("a", "f", "2022-03", "amd.com", 6),
        ("b", "f", "2022-04", "gmail.com", 4),
        ("c", "f", "2023-01", "gmail.com", 2),
    )
    attributed = attribute(done, employs(), domains_of(ORGANISATIONS))
    found = {r["window"]: r for r in rows(duck, shares(attributed, actors()))}
    assert set(found) == {"all", "2022"}
    every, year = found["all"], found["2022"]
    assert (every["commits"], every["total"], every["share"], every["low"]) == (6, 12, 0.5, 0.5)
    assert (every["high"], every["coverage"]) == (1.0, 0.5)
    assert (year["commits"], year["total"], year["share"], year["high"], year["coverage"]) == (
        6,
        10,
        0.6,
        1.0,
        0.6,
    )
    whole = {r["window"]: r for r in rows(duck, totals(attributed, actors()))}
    assert (
        whole["2023"]["coverage"],
        whole["2023"]["elephant_low"],
        whole["2023"]["elephant_high"],
    ) == (0.0, None, None)


def test_every_window_holds_from_its_last_counted_month_on(duck: Backend) -> None:
    done = work(("a", "f", "2022-03", "amd.com", 6), ("a", "f", "2023-05", "amd.com", 1))
    found = rows(duck, shares(attribute(done, employs(), domains_of(ORGANISATIONS)), actors()))
    dates = {r["window"]: (r["valid_from"], r["valid_to"]) for r in found}
    assert dates == {
        "2022": (datetime.date(2022, 3, 1), None),
        "2023": (datetime.date(2023, 5, 1), None),
        "all": (datetime.date(2023, 5, 1), None),
    }


def test_automation_is_left_out_and_mirrors_are_shown_both_ways(duck: Backend) -> None:
    done = work(
        ("robot", "f", "2022-03", "gmail.com", 90),
        ("mirror", "f", "2022-03", "gmail.com", 6),
        ("a", "f", "2022-03", "mit.edu", 4),
    )
    who = actors(robot="automation", mirror="mirror", a="none")
    attributed = attribute(
        done, employs(("google", "mirror", None, None, 0.95)), domains_of(ORGANISATIONS)
    )

    def counted(mirrors: Any) -> set[tuple[str, int, int]]:
        found = rows(duck, shares(attributed, who, mirrors=mirrors))
        return {(r["source"], r["commits"], r["total"]) for r in found if r["window"] == "all"}

    assert counted("host") == {("google", 6, 10), ("mit", 4, 10)}
    assert counted("excluded") == {("mit", 4, 4)}


def test_groups_are_merged_only_when_asked(duck: Backend) -> None:
    done = work(("a", "f", "2021-03", "xilinx.com", 3), ("b", "f", "2021-03", "amd.com", 1))
    attributed = attribute(done, employs(), domains_of(ORGANISATIONS))
    apart = rows(duck, shares(attributed, actors()))
    merged = rows(duck, shares(attributed, actors(), groups={"xilinx": "amd"}))
    assert {(r["source"], r["commits"]) for r in apart} == {("xilinx", 3), ("amd", 1)}
    assert {(r["source"], r["commits"], r["elephant_high"]) for r in merged} == {("amd", 4, 1)}


def test_employment_spans_the_months_seen_and_is_only_made_of_domains(duck: Backend) -> None:
    done = work(
        ("p", "f", "2021-12", "mit.edu", 1),
        ("p", "g", "2022-03", "cs.mit.edu", 1),
        ("q", "f", "2022-03", "mit.edu", 1),
        ("r", "f", "2022-03", "gmail.com", 1),
    )
    found = rows(
        duck,
        employment(
            attribute(done, employs(("acme", "q", None, None, 1.0)), domains_of(ORGANISATIONS))
        ),
    )
    assert [(r["source"], r["target"], r["valid_from"], r["valid_to"]) for r in found] == [
        ("mit", "p", datetime.date(2021, 12, 1), datetime.date(2022, 4, 1))
    ]
    assert (found[0]["method"], found[0]["signal"], found[0]["valid_to_precision"]) == (
        "computed",
        "email_domain",
        "month",
    )
    assert {p.name for p in schema().edge_properties("EMPLOYS")} >= set(found[0]) - {
        "source",
        "target",
    }


def test_the_columns_are_those_of_the_schema(duck: Backend) -> None:
    done = work(("a", "f", "2022-03", "amd.com", 6))
    found = shares(attribute(done, employs(), domains_of(ORGANISATIONS)), actors())
    own = {p.name for p in schema().relations["CONTRIBUTION_SHARE"].properties}
    assert own <= set(found.columns)
    assert set(found.columns) - own == {
        "source",
        "target",
        "valid_from",
        "valid_to",
        "method",
        "confidence",
    }


@pytest.mark.parametrize("seed", range(8))
def test_the_relational_elephant_is_the_exact_one(duck: Backend, seed: int) -> None:
    """The same numbers by the relational text and by plain counting."""
    chance = random.Random(seed)
    domains = ["amd.com", "mit.edu", "github.com", "gmail.com", "gmail.com", "~rare"]
    done = [
        (
            f"p{person}",
            f"f{person % 2}",
            f"20{chance.randint(18, 20)}-0{chance.randint(1, 9)}",
            domain,
            chance.randint(0, 9),
        )
        for person in range(30)
        for domain in [chance.choice(domains)]
    ]
    attributed = attribute(work(*done), employs(), domains_of(ORGANISATIONS))
    whole = {(r["target"], r["window"]): r for r in rows(duck, totals(attributed, actors()))}
    owner = {"amd.com": "amd", "mit.edu": "mit", "github.com": "github"}
    for (target, window), told in whole.items():
        mine = [d for d in done if d[1] == target and window in {"all", d[2][:4]}]
        known: dict[str, int] = {}
        persons: dict[str, int] = {}
        for person, _, _, domain, commits in mine:
            holders, name = (known, owner[domain]) if domain in owner else (persons, person)
            holders[name] = holders.get(name, 0) + commits
        given = sorted(known.values())
        given[-1:] = [given[-1] + sum(persons.values())] if any(given) else []
        apart = [*known.values(), *persons.values()] if any(given) else []
        expected = elephant_factor(given), elephant_factor(apart)
        assert (told["elephant_low"], told["elephant_high"]) == expected
        assert told["total"] == sum(known.values()) + sum(persons.values())
        assert told["known"] == sum(known.values())
