"""What may be claimed: bad rows are refused with their place and reason, and the rest goes on."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stackholder.errors import OutsideExpectation
from stackholder.graph.schema import Partial, schema

GOOGLE, META = ("Company", "google"), ("Company", "meta")
BODY, TORCH = ("GoverningBody", "board"), ("Framework", "pytorch")

BAD_EDGES: dict[str, tuple[str, Any, Any, dict[str, Any], str, str]] = {
    "text for a number": (
        "OWNS",
        GOOGLE,
        META,
        {"votes": "most"},
        "votes",
        "'most' is not a number",
    ),
    "not a number": ("OWNS", GOOGLE, META, {"votes": float("nan")}, "votes", "not a finite number"),
    "a yes for a number": ("OWNS", GOOGLE, META, {"votes": True}, "votes", "is not a number"),
    "a fraction of a commit": (
        *("CONTRIBUTED_TO", ("Contributor", "c"), TORCH, {"commits": 1.5}),
        *("commits", "1.5 is not a whole number"),
    ),
    "maybe": ("FUNDS", GOOGLE, META, {"exclusive": "maybe"}, "exclusive", "neither true nor false"),
    "above the bound": ("OWNS", GOOGLE, META, {"votes": 1.01}, "votes", "1.01 is above 1"),
    "below the bound": ("OWNS", GOOGLE, META, {"equity": -0.1}, "equity", "-0.1 is below 0"),
    "unknown property": ("OWNS", GOOGLE, META, {"shares": 3}, "shares", "no property 'shares'"),
    "not of the choices": (
        *("RUNS_ON", TORCH, ("Processor", "p"), {"tier": "splendid"}),
        *("tier", "none of native, optimised, supported, experimental"),
    ),
    "one of a set": (
        *("GOVERNS", GOOGLE, TORCH, {"rights": ["merge", "own"]}),
        *("rights", "'own' is none of merge"),
    ),
    "no date": ("OWNS", GOOGLE, META, {"valid_from": "soon"}, "valid_from", "'soon' is not a date"),
    "the 31st of June": (
        *("OWNS", GOOGLE, META, {"valid_from": "2022-06-31"}),
        *("valid_from", "day is out of range"),
    ),
    "month 13": ("OWNS", GOOGLE, META, {"valid_from": "2022-13"}, "valid_from", "month must be in"),
    "ends before it begins": (
        *("OWNS", GOOGLE, META, {"valid_from": "2023-01-02", "valid_to": "2023-01-01"}),
        *("valid_to", "2023-01-01"),
    ),
    "unknown method": (
        "OWNS",
        GOOGLE,
        META,
        {"method": "guessed"},
        "method",
        "'guessed' is none of",
    ),
    "over-confident": ("OWNS", GOOGLE, META, {"confidence": 2}, "confidence", "2 is above 1"),
    "ends that are not allowed": (
        *("OWNS", GOOGLE, TORCH, {}),
        *("target_kind", "OWNS does not lead from Company to Framework"),
    ),
    "an abstract kind": (
        *("OWNS", ("Organization", "google"), META, {}),
        *("source_kind", "OWNS does not lead from Organization"),
    ),
    "a kind of its own": (
        *("OWNS", ("Firm", "google"), META, {}),
        *("source_kind", "OWNS does not lead from Firm"),
    ),
    "NUL in an id": ("OWNS", ("Company", "goo\0gle"), META, {}, "source", "NUL"),
    "NUL in a text": ("OWNS", GOOGLE, META, {"note": "a\0b"}, "note", "NUL"),
    "NUL in an address": ("OWNS", GOOGLE, META, {"url": "https://a\0b"}, "url", "NUL"),
    "half a surrogate pair in an id": ("OWNS", GOOGLE, ("Company", "\udc80"), {}, "target", "NUL"),
    "half a surrogate pair in a text": (
        "OWNS",
        GOOGLE,
        META,
        {"note": "\ud800"},
        "note",
        "surrogate",
    ),
    "an empty id": ("OWNS", GOOGLE, ("Company", ""), {}, "target", "'' is not an id"),
    "a number for an id": ("OWNS", GOOGLE, ("Company", 7), {}, "target", "7 is not an id"),
    "no relation at all": ("LOVES", GOOGLE, META, {}, "", "no kind or relation 'LOVES'"),
}

BAD_NODES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "no id": ("Company", {"id": ""}, "id", "'' is not an id"),
    "NUL in the id": ("Company", {"id": "\0"}, "id", "NUL"),
    "NUL in an alias": ("Company", {"id": "a", "aliases": ["b", "\0"]}, "aliases", "NUL"),
    "not of the choices": (
        *("Company", {"id": "a", "category": "evil"}),
        *("category", "'evil' is none of public"),
    ),
    "the bound itself": ("GoverningBody", {"id": "a", "quota": 0}, "quota", "0 is not above 0"),
    "too many digits": ("Model", {"id": "a", "params": 2**63}, "params", "whole number of 64 bits"),
    "half a date": ("Model", {"id": "a", "released": "20"}, "released", "'20' is not a date"),
    "another kind's property": ("Company", {"id": "a", "quota": 1}, "quota", "no property 'quota'"),
    "what the product itself fills in": (
        "Company",
        {"id": "a", "stub": True},
        "stub",
        "no property",
    ),
    "no kind at all": ("Planet", {"id": "a"}, "", "no kind or relation 'Planet'"),
}


@pytest.mark.parametrize("case", BAD_EDGES)
def test_a_bad_edge_is_refused_with_place_field_and_reason_and_the_rest_goes_on(
    place: Any, case: str
) -> None:
    relation, source, target, properties, field, reason = BAD_EDGES[case]
    with place.speaking() as claims, claims.scope("all"):
        assert claims.edge("OWNS", GOOGLE, META, at="deals.csv:1", votes=0.1)
        assert not claims.edge(relation, source, target, at="deals.csv:2", **properties)
        assert claims.edge("OWNS", GOOGLE, META, at="deals.csv:3", votes=0.2)
    assert [row["at"] for row in place.rows("OWNS")] == ["deals.csv:1", "deals.csv:3"]
    [(at, told_field, told)] = place.refusals()
    assert (at, told_field) == ("deals.csv:2", field)
    assert reason in told
    assert claims.ledger.refused == 1


@pytest.mark.parametrize("case", BAD_NODES)
def test_a_bad_node_is_refused_with_place_field_and_reason_and_the_rest_goes_on(
    place: Any, case: str
) -> None:
    kind, properties, field, reason = BAD_NODES[case]
    with place.speaking() as claims, claims.scope("all"):
        assert not claims.node(kind, at="firms.yml:7", **properties)
        assert claims.node("Company", "google", at="firms.yml:8")
    assert [row["id"] for row in place.rows("Company")] == ["google"]
    [(at, told_field, told)] = place.refusals()
    assert (at, told_field) == ("firms.yml:7", field)
    assert reason in told


def pairs() -> list[tuple[str, str, str]]:
    kinds = [*schema().kinds]
    return [(r.name, s, t) for r in schema().asserted for s in kinds for t in kinds]


def test_ends_are_taken_exactly_where_the_schema_allows_them(place: Any) -> None:
    needed = {
        r.name: {p.name: p.choices[0] for p in r.properties if p.required and p.choices}
        for r in schema().asserted
    }
    with place.speaking() as claims, claims.scope("all"):
        taken = {
            (name, s, t)
            for name, s, t in pairs()
            if claims.edge(name, (s, "a"), (t, "b"), at=name, **needed[name])
        }
    allowed = {(r.name, s, t) for r in schema().asserted for s, t in r.pairs}
    assert taken == allowed
    assert claims.ledger.refused == len(pairs()) - len(allowed)


def test_a_required_value_that_is_missing_is_named(place: Any) -> None:
    with place.speaking() as claims, claims.scope("all"):
        ends = {"source": ("Company", "a"), "target": ("Framework", "b")}
        assert not claims.edge("CONTRIBUTION_SHARE", **ends, at="x:1", share=0.5)
        assert claims.edge("CONTRIBUTION_SHARE", **ends, at="x:2", share=0.5, window="all")
    assert place.refusals() == [("x:1", "window", "a value is required")]


@pytest.mark.parametrize(
    ("text", "date", "precision"),
    [
        ("2022", (2022, 1, 1), "year"),
        ("2022-09", (2022, 9, 1), "month"),
        ("2022-09-14", (2022, 9, 14), "day"),
        (" 2022-09-14 ", (2022, 9, 14), "day"),
        ("2022-09-14T23:59:59Z", (2022, 9, 14), "day"),
        (datetime.date(2022, 9, 14), (2022, 9, 14), "day"),
        (datetime.datetime(2022, 9, 14, 23, tzinfo=datetime.UTC), (2022, 9, 14), "day"),
        (Partial(datetime.date(2022, 9, 1), "month"), (2022, 9, 1), "month"),
    ],
)
def test_a_date_is_the_first_day_of_what_is_stated_with_its_precision(
    place: Any, text: object, date: tuple[int, int, int], precision: str
) -> None:
    place.say(edges={"OWNS": [{"source": GOOGLE, "target": META, "valid_from": text}]})
    [row] = place.rows("OWNS")
    assert (row["valid_from"], row["valid_from_precision"]) == (datetime.date(*date), precision)
    assert "valid_to" not in row
    assert "valid_to_precision" not in row


def test_an_interval_of_one_period_is_no_error(place: Any) -> None:
    dates = {"valid_from": "2022-09", "valid_to": "2022-09"}
    place.say(edges={"OWNS": [{"source": GOOGLE, "target": META, **dates}]})
    assert len(place.rows("OWNS")) == 1


def test_what_a_claim_leaves_out_is_filled_in_from_the_source(place: Any) -> None:
    place.say({"Company": [{"id": "google"}]}, {"OWNS": [{"source": GOOGLE, "target": META}]})
    [edge] = place.rows("OWNS")
    said = (edge["method"], edge["status"], edge["confidence"], edge["licence"], edge["url"])
    assert said == ("asserted", "current", 1.0, "CC0-1.0", "https://example.org/hand")
    assert "votes" not in edge
    [node] = place.rows("Company")
    assert node["name"] == "google"


def test_a_set_has_neither_order_nor_repetition(place: Any) -> None:
    texts = {"id": "g", "aliases": "GOOG; Google ;;GOOG"}
    items = {"id": "h", "aliases": ["Google", "GOOG", None, ""]}
    place.say({"Company": [texts, items]})
    assert [row["aliases"] for row in place.rows("Company")] == [["GOOG", "Google"]] * 2


def test_a_claim_outside_any_scope_is_a_programming_error(place: Any) -> None:
    with place.speaking() as claims:
        with pytest.raises(RuntimeError, match="outside of any scope"):
            claims.node("Company", "google", at="x:1")
        with pytest.raises(RuntimeError, match="outside of any scope"):
            claims.edge("OWNS", GOOGLE, META, at="x:1")
        with pytest.raises(RuntimeError, match="outside of any scope"):
            claims.nodes("Company", pd.DataFrame({"id": ["google"]}))


def test_scopes_neither_nest_nor_repeat(place: Any) -> None:
    with place.speaking() as claims:
        with claims.scope("one"), pytest.raises(RuntimeError, match="inside 'one'"):
            claims.scope("two").__enter__()
        with pytest.raises(RuntimeError, match="twice"):
            claims.scope("one").__enter__()


def test_fields_that_nobody_reads_are_counted(place: Any) -> None:
    with place.speaking() as claims, claims.scope("all"):
        for row in ({"name": "a", "size": 1, "links": {"web": "u", "feed": "v"}}, {"name": "b"}):
            record = claims.record({**row, "places": [{"city": "x"}, {"city": "y", "zip": 1}]})
            claims.node("Company", record["name"], at="f:1", name=record.get("title"))
            record.get("links", {}).get("web")
            record["places"][0]["city"]
            record.ignore("size")
    assert claims.ledger.unread == {"links.feed": 1, "places.zip": 2}


@pytest.mark.parametrize("count", [1, 4])
def test_a_source_outside_its_bounds_publishes_nothing_and_its_former_claims_answer(
    place: Any, count: int
) -> None:
    bounds = {"expects": {"Company": (2, 3)}}
    place.say({"Company": [{"id": "a"}, {"id": "b"}]}, **bounds)
    before, snapshot = place.partition(), place.snapshot()
    with pytest.raises(OutsideExpectation, match=f"{count} claims of Company, where 2 to 3"):
        place.say({"Company": [{"id": f"new-{i}"} for i in range(count)]}, **bounds)
    assert place.partition() == before
    assert {row["id"] for row in place.rows("Company")} == {"a", "b"}
    assert place.snapshot().hash == snapshot.hash


def test_a_source_that_gives_nothing_where_some_is_expected_publishes_nothing(place: Any) -> None:
    with pytest.raises(OutsideExpectation, match="0 claims of OWNS"):
        place.say({"Company": [{"id": "a"}]}, expects={"OWNS": (1, 9)})
    assert not place.home.partitions()


# ------------------------------------------------------------------ frames

VOTES = [
    {"target": "meta", "votes": 0.5, "valid_from": datetime.date(2022, 9, 14), "note": "half"},
    {"target": "ibm", "votes": None, "valid_from": None, "note": None},
    {"target": "amd", "votes": 1.0, "valid_from": datetime.date(2020, 1, 1), "note": "all"},
]
FRAMES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "arrow": lambda frame: table(frame),
    "arrow with dictionaries": lambda frame: pa.table(
        {
            name: table(frame)[name].dictionary_encode()
            if pa.types.is_large_string(table(frame)[name].type)
            else table(frame)[name]
            for name in frame.columns
        }
    ),
    "arrow in chunks": lambda frame: pa.concat_tables(
        table(frame).slice(i, 1) for i in range(len(frame))
    ),
    "pandas with text dates": lambda frame: frame.assign(
        valid_from=frame["valid_from"].map(str, na_action="ignore")
    ),
    "pandas with times": lambda frame: frame.assign(valid_from=pd.to_datetime(frame["valid_from"])),
}


def table(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def framed(rows: list[dict[str, Any]], dtype: Any = None) -> pd.DataFrame:
    """Left to itself, pandas makes 0 beside None a float."""
    ends = {"source_kind": "Company", "source": "google", "target_kind": "Company"}
    return pd.DataFrame([{**ends, **r, "at": f"x:{n}"} for n, r in enumerate(rows, 1)], dtype=dtype)


@pytest.mark.slow
@pytest.mark.parametrize("form", FRAMES)
def test_a_frame_and_its_rows_give_the_same_partition(
    place: Any, another_place: Any, form: str
) -> None:
    with place.speaking() as claims, claims.scope("all"):
        claims.edges("OWNS", FRAMES[form](framed(VOTES)))
    other = another_place()
    with other.speaking() as claims, claims.scope("all"):
        for number, row in enumerate(VOTES, 1):
            rest = {k: v for k, v in row.items() if k != "target"}
            claims.edge("OWNS", GOOGLE, ("Company", row["target"]), at=f"x:{number}", **rest)
    assert place.rows("OWNS") == other.rows("OWNS")
    assert len(place.rows("OWNS")) == 3
    assert place.refusals() == []
    assert place.snapshot().hash == other.snapshot().hash


def test_a_frame_without_places_says_the_row_and_not_the_folder_it_came_from(place: Any) -> None:
    with place.speaking(origin=str(place.path / "votes.csv")) as claims, claims.scope("all"):
        claims.nodes("Company", pd.DataFrame({"id": ["a", "b"]}))
    assert [row["at"] for row in place.rows("Company")] == ["row 1", "row 2"]


@pytest.mark.parametrize(
    ("column", "values", "field"),
    [
        ("votes", [0.5, 2.0, 0.1], "votes"),
        ("votes", [0.5, "most", 0.1], "votes"),
        ("target", ["meta", "", "amd"], "target"),
        ("target", ["meta", None, "amd"], "target"),
        ("target", ["meta", "a\0b", "amd"], "target"),
        ("note", ["a", "b\0", "c"], "note"),
        ("url", ["https://a", "https://b\0", None], "url"),
        ("source_kind", ["Company", "Framework", "Company"], "source_kind"),
        ("valid_from", ["2020", "2o20", "2021"], "valid_from"),
        ("method", ["asserted", "guessed", None], "method"),
    ],
)
def test_a_bad_row_of_a_frame_is_found_and_the_rest_goes_on(
    place: Any, column: str, values: list[Any], field: str
) -> None:
    with place.speaking() as claims, claims.scope("all"):
        claims.edges("OWNS", framed(VOTES).assign(**{column: pd.Series(values, dtype=object)}))
    assert [row["at"] for row in place.rows("OWNS")] == ["x:1", "x:3"]
    assert [(at, told) for at, told, _ in place.refusals()] == [("x:2", field)]


def test_an_unknown_column_of_a_frame_refuses_every_row_by_its_name(place: Any) -> None:
    with place.speaking() as claims, claims.scope("all"):
        claims.edges("OWNS", framed(VOTES).assign(shares=1))
    assert [(at, field) for at, field, _ in place.refusals()] == [
        (f"x:{n}", "shares") for n in (1, 2, 3)
    ]


def test_a_frame_of_no_kind_at_all_is_refused_row_by_row(place: Any) -> None:
    with place.speaking() as claims, claims.scope("all"):
        claims.edges("LOVES", framed(VOTES))
    assert claims.ledger.refused == 3


# ------------------------------------------------------------------ a thousand rows

TEXTS = st.one_of(
    st.sampled_from(["", "google", "meta", "a b", "é", "\0", "\udc80", "x\ny"]), st.text()
)
CONFUSED = st.one_of(
    *(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        TEXTS,
        st.just("0.5"),
        st.just("2022-09"),
    ),
)
ROWS = st.fixed_dictionaries(
    {
        "relation": st.sampled_from(["OWNS", "OWNS", "GOVERNS", "EMPLOYS", "NOTHING"]),
        "source_kind": st.sampled_from(["Company", "Company", "Institution", "Framework", "Firm"]),
        "source": TEXTS,
        "target_kind": st.sampled_from(["Company", "Framework", "Contributor"]),
        "target": TEXTS,
    },
    optional={
        "votes": st.one_of(st.floats(0, 1), CONFUSED),
        "rights": st.one_of(st.lists(st.sampled_from(["merge", "release", "own"])), CONFUSED),
        "valid_from": st.one_of(st.dates(), CONFUSED),
        "valid_to": st.one_of(st.dates(), CONFUSED),
        "confidence": st.one_of(st.floats(0, 1), CONFUSED),
        "status": st.sampled_from(["current", "disputed", "wrong", ""]),
        "note": TEXTS,
        "surprise": st.just(1),
    },
)


@pytest.mark.slow
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(st.lists(ROWS, min_size=50, max_size=50))
def test_of_a_thousand_random_rows_each_is_given_or_refused(
    another_place: Any, rows: list[dict[str, Any]]
) -> None:
    place = another_place()
    with place.speaking() as claims, claims.scope("all"):
        taken = [
            claims.edge(
                row["relation"],
                (row["source_kind"], row["source"]),
                (row["target_kind"], row["target"]),
                at=f"random:{number}",
                **{k: v for k, v in row.items() if k not in {"relation", *ENDS}},
            )
            for number, row in enumerate(rows)
        ]
    given_places = {r["at"] for n in ("OWNS", "GOVERNS", "EMPLOYS") for r in place.rows(n)}
    refused_places = {at for at, _, _ in place.refusals()}
    every = {f"random:{number}" for number in range(len(rows))}
    assert given_places | refused_places == every
    assert not given_places & refused_places
    assert given_places == set(itertools.compress(sorted(every, key=place_number), taken))
    assert sum(claims.ledger.edges.values()) + claims.ledger.refused == len(rows)


ENDS = {"source_kind", "source", "target_kind", "target"}


def place_number(text: str) -> int:
    return int(text.partition(":")[2])


FITTING = {
    "votes": st.floats(0, 1),
    "equity": st.floats(0, 1),
    "interest": st.sampled_from(["shareholding", "", "é"]),
    "valid_from": st.dates(),
    "status": st.sampled_from(["current", "disputed"]),
}
STRAY = {
    "votes": st.one_of(st.integers(-1, 2), st.sampled_from(["0.5", "much"]), st.just(float("inf"))),
    "equity": st.booleans(),
    "interest": st.one_of(st.integers(), st.just("a\0")),
    "valid_from": st.sampled_from(["2022", "2022-09", "2022-09-14", "never"]),
    "status": st.sampled_from(["", "wrong"]),
}


@st.composite
def columns(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows with some of the columns, mostly fitting; now and then a column or a value strays."""
    names = draw(st.sets(st.sampled_from(sorted(FITTING))))
    straying = draw(st.sets(st.sampled_from(sorted(FITTING)), max_size=2))
    value = {
        name: st.one_of(st.none(), FITTING[name], *([STRAY[name]] if name in straying else []))
        for name in names
    }
    target = st.fixed_dictionaries({"target": st.sampled_from(["meta", "amd"]), **value})
    return draw(st.lists(target, min_size=1, max_size=8))


@pytest.mark.slow
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(columns())
def test_any_frame_gives_what_its_rows_give(another_place: Any, rows: list[dict[str, Any]]) -> None:
    by_frame, by_row = another_place(), another_place()
    with by_frame.speaking() as claims, claims.scope("all"):
        claims.edges("OWNS", framed(rows, dtype=object))
    with by_row.speaking() as claims, claims.scope("all"):
        for number, row in enumerate(rows, 1):
            rest = {k: v for k, v in row.items() if k != "target"}
            claims.edge("OWNS", GOOGLE, ("Company", row["target"]), at=f"x:{number}", **rest)
    assert by_frame.rows("OWNS") == by_row.rows("OWNS")
    assert [at for at, _, _ in by_frame.refusals()] == [at for at, _, _ in by_row.refusals()]
