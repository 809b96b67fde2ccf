"""The starter data, row by row: what no source, and no reader, could check afterwards."""

from __future__ import annotations

import collections
import csv
import datetime
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import stackholder

DATA = Path(stackholder.__file__).parent / "loaders/curated/data"
ALL_RIGHTS = {"merge", "release", "trademark", "admin", "relicense", "appoint"}
PLANNED = {"SUBJECT_TO"}
"""A law says beforehand from which day it binds."""
BEFORE_RELEASE = {"CONTRIBUTION_SHARE"}
"""Work on it comes before its first public release."""

UNVERIFIED = 0.95
"""The most that a row may have that rests on a page of which no known publisher answers."""

Row = dict[str, str]


def read(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


NODES = {file.stem: read(file) for file in sorted(DATA.glob("nodes/*.csv"))}
EDGES = {file.stem: read(file) for file in sorted(DATA.glob("edges/*.csv"))}
IDS = {kind: {row["id"] for row in rows} for kind, rows in NODES.items()}


def ends(row: Row) -> list[tuple[str, str]]:
    return [(row[f"{end}_kind"], row[end]) for end in ("source", "target")]


def edges() -> Iterator[tuple[str, Row]]:
    return ((relation, row) for relation, rows in EDGES.items() for row in rows)


def told(relation: str, row: Row) -> str:
    return f"{row['source']} {relation} {row['target']} ({row['valid_from']})"


def governed(*relations: str, end: str, kind: str) -> set[str]:
    return {r[end] for n in relations for r in EDGES[n] if r[f"{end}_kind"] == kind}


def explicitly(relation: str) -> set[str]:
    """Frameworks whose list is stated to be empty."""
    none = f"{relation}=0"
    return {r["id"] for r in NODES["Framework"] if none in r["complete"].split(";")}


def test_every_end_is_a_node_and_nothing_leads_to_itself() -> None:
    open_ends = [told(n, r) for n, r in edges() for kind, id_ in ends(r) if id_ not in IDS[kind]]
    loops = [told(n, r) for n, r in edges() if ends(r)[0] == ends(r)[1]]
    assert (open_ends, loops) == ([], [])


@pytest.mark.parametrize("kind", NODES)
def test_an_id_stands_once(kind: str) -> None:
    counts = collections.Counter(row["id"] for row in NODES[kind])
    assert [id_ for id_, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("relation", EDGES)
def test_no_two_rows_say_the_same(relation: str) -> None:
    aside = {"confidence", "source_url", "stated", "note"}
    counts = collections.Counter(
        tuple(v for k, v in row.items() if k not in aside) for row in EDGES[relation]
    )
    assert [row for row, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("table", [*NODES, *EDGES])
def test_every_row_has_a_page_and_a_confidence(table: str) -> None:
    for row in NODES.get(table) or EDGES[table]:
        page = urlsplit(row["source_url"])
        assert page.scheme in {"http", "https"}, row
        assert "." in page.netloc, row
        assert " " not in row["source_url"], row
        assert 0 < float(row["confidence"]) <= 1, row


def test_a_page_that_nobody_answers_for_verifies_nothing() -> None:
    weak = {row["domain"] for row in read(DATA / "weak_pages.csv")}
    rows = [*itertools.chain(*NODES.values()), *itertools.chain(*EDGES.values())]
    too_sure = [
        row
        for row in rows
        if urlsplit(row["source_url"]).netloc.removeprefix("www.") in weak
        and float(row["confidence"]) > UNVERIFIED
    ]
    assert too_sure == []


def test_nothing_has_begun_that_lies_in_the_future() -> None:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    begun = [("valid_from", n, r) for n, r in edges() if n not in PLANNED]
    begun += [(c, n, r) for n, r in edges() for c in ("announced", "closed") if r.get(c)]
    assert [told(n, r) for column, n, r in begun if r[column] > today] == []
    made = [
        (r["id"], r[c])
        for k in ("Framework", "Model", "Dataset")
        for r in NODES[k]
        for c in ("created", "released", "support_since")
        if r.get(c)
    ]
    assert [(id_, day) for id_, day in made if day > today] == []


def test_nothing_ends_before_it_begins() -> None:
    assert [told(n, r) for n, r in edges() if before(r["valid_to"], r["valid_from"])] == []


def before(day: str, other: str) -> bool:
    """Whether one date, as exactly as both are stated, comes first."""
    exact = min(len(day), len(other))
    return bool(exact) and day[:exact] < other[:exact]


def test_nothing_is_said_of_a_thing_before_it_was_released() -> None:
    released = {("Framework", r["id"]): r["created"] for r in NODES["Framework"]}
    for kind in ("Model", "Dataset"):
        released |= {(kind, r["id"]): r["released"] for r in NODES[kind]}
    early = [
        f"{told(n, r)}: {end[1]} came out in {released[end]}"
        for n, r in edges()
        if n not in BEFORE_RELEASE
        for end in ends(r)
        if before(r["valid_from"], released.get(end, ""))
    ]
    assert early == []
    late = [
        f"{told('CREATED', r)}: released {released[r['target_kind'], r['target']]}"
        for r in EDGES["CREATED"]
        if r["valid_from"]
        and (day := released.get((r["target_kind"], r["target"])))
        and before(day, r["valid_from"])
    ]
    assert late == []


def test_nobody_holds_all_rights_while_somebody_else_does() -> None:
    whole: dict[tuple[str, str], list[Row]] = collections.defaultdict(list)
    for row in EDGES["GOVERNS"]:
        if set(row["rights"].split(";")) == ALL_RIGHTS and row["status"] in {"", "current"}:
            whole[row["target_kind"], row["target"]].append(row)
    clashes = [
        (thing, one["source"], other["source"])
        for thing, rows in whole.items()
        for one, other in itertools.combinations(rows, 2)
        if one["source"] != other["source"] and overlap(one, other)
    ]
    assert clashes == []


def overlap(one: Row, other: Row) -> bool:
    """Whether two rows hold on one day at least; no date is no limit."""
    return all(
        (a["valid_from"] or "0") < (b["valid_to"] or "9") for a, b in ((one, other), (other, one))
    )


def test_every_processor_has_a_maker_and_a_family() -> None:
    made = governed("PROVIDES", "CREATED", end="target", kind="Processor")
    assert sorted(IDS["Processor"] - made) == []
    assert [r["id"] for r in NODES["Processor"] if not r["series"]] == []


def test_every_framework_has_a_governor_a_licence_and_a_package_or_says_that_it_has_none() -> None:
    within = governed("PART_OF", end="source", kind="Framework")
    governors = governed("GOVERNS", end="target", kind="Framework") | within
    licensed = governed("LICENSED_UNDER", end="source", kind="Framework")
    published = governed("PUBLISHES", end="source", kind="Framework")
    assert sorted(IDS["Framework"] - governors - explicitly("GOVERNS")) == []
    assert sorted(IDS["Framework"] - licensed - explicitly("LICENSED_UNDER")) == []
    assert sorted(IDS["Framework"] - published - explicitly("PUBLISHES")) == []
    assert sorted(published & explicitly("PUBLISHES")) == []


def test_every_package_has_a_publisher() -> None:
    published = governed("PUBLISHES", end="target", kind="Package")
    assert sorted(IDS["Package"] - published) == []


def test_what_is_no_longer_worked_on_says_since_when() -> None:
    ended = [r for r in NODES["Framework"] if r["support"] not in {"", "active"}]
    assert [r["id"] for r in ended if not r["support_since"]] == []


def test_a_list_that_is_whole_has_as_many_rows_as_it_says() -> None:
    short = []
    for kind, rows in NODES.items():
        for row in rows:
            for item in filter(None, row.get("complete", "").split(";")):
                relation, _, count = item.partition("=")
                listed = {
                    tuple(ends(r)[1]) for r in EDGES[relation] if ends(r)[0] == (kind, row["id"])
                }
                if len(listed) != int(count):
                    short.append((row["id"], item, len(listed)))
    assert short == []


def test_a_published_share_says_by_what_definition() -> None:
    published = [r for r in EDGES["CONTRIBUTION_SHARE"] if r["method"]]
    assert published
    for row in published:
        assert (row["method"], row["status"]) == ("asserted", ""), row
        assert row["note"].startswith("published: "), row
        assert float(row["low"]) <= float(row["share"]) <= float(row["high"]), row


def test_every_count_has_a_value_and_a_day() -> None:
    for row in EDGES["COUNTS"]:
        assert float(row["value"]) > 0, row
        assert row["valid_from"], row
        assert (float(row["value"]) < 1) == (row["what"] == "respondents"), row


def test_counts_of_persons_below_three_are_not_told_apart() -> None:
    for row in EDGES["HIRED_FROM"]:
        assert row["method"] == "computed", row
        assert all(not row[c] or int(row[c]) >= 3 for c in ("persons", "soon", "began")), row


def names(rows: Iterable[Row]) -> list[str]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize("relation", [n for n in EDGES if n != "CONTRIBUTION_SHARE"])
def test_rows_stand_in_the_order_of_their_ends(relation: str) -> None:
    rows = [ends(row) for row in EDGES[relation]]
    assert rows == sorted(rows)


@pytest.mark.parametrize("kind", NODES)
def test_nodes_stand_in_the_order_of_their_ids(kind: str) -> None:
    assert names(NODES[kind]) == sorted(names(NODES[kind]))
