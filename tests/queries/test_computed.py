"""Computed questions on graphs whose answers can be worked out by hand, and on the starter graph."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stackholder
from parity.written import DATA, read_graph
from stackholder.errors import UsageError
from stackholder.queries.catalogue import questions
from stackholder.queries.view import Found, View

Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def found() -> dict[str, Found]:
    """The last whole answer by question, for what is beside the rows."""
    return {}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, found: dict[str, Found]) -> Ask:
    state = read_graph(tmp_path_factory.mktemp("hand"), DATA.parent / "computed.txt")
    view = View(state, lambda _: state)

    def asked(name: str, **parameters: object) -> list[dict[str, Any]]:
        question = questions()[name]
        found[name], rows = question.compute(view, question.bind(parameters))
        names = [c.name for c in question.columns]
        return [dict(zip(names, row, strict=True)) for row in rows]

    return asked


def some(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(round(v, 9) if isinstance(v, float) else v for v in (row[n] for n in names))


def test_a_funnel_is_counted_beside_its_base_rate(ask: Ask) -> None:
    [row] = ask("funnel", framework="framework/f")
    # Routes of f: one@a, two@a, two@c; of g: two@a, two@c. At a: 2 of 3, of all 3 of 5, without f 1 of 2.
    assert some(row, "controller", "own", "routes", "share", "base") == (
        "company/a-sub",
        2,
        3,
        round(2 / 3, 9),
        0.6,
    )
    assert some(row, "lift", "lift_without") == (round(10 / 9, 9), round(4 / 3, 9))
    # P(at least 2 of 3 drawn from 5 with 3 marked) = (3·2 + 1) / 10.
    assert some(row, "p") == (0.7,)


def test_a_funnel_by_tier_weighs_the_routes(ask: Ask) -> None:
    [row] = ask("funnel", framework="framework/f", weight="tier")
    assert some(row, "share") == (0.75,)  # (1 + .5) / (1 + .5 + .5)


def test_an_unknown_weight_says_which_there_are(ask: Ask) -> None:
    with pytest.raises(UsageError) as caught:
        ask("funnel", framework="framework/f", weight="usage")
    assert "one of: count, tier" in str(caught.value.hint)


def test_routes_are_independent_by_operator_and_maker_together(ask: Ask) -> None:
    g, f = ask("substitutability")
    names = (
        "framework",
        "routes",
        "operators",
        "makers",
        "disjoint",
        "effective_makers",
        "lock_in",
    )
    assert some(g, *names) == ("framework/g", 2, 2, 1, 1, 1.0, 0.0)
    # Makers 1/3 and 2/3: 1 / (1/9 + 4/9) = 1.8; without a the best that is left is supported, .5 of native.
    assert some(f, *names) == ("framework/f", 3, 2, 2, 2, 1.8, 0.5)


@pytest.mark.parametrize(
    ("actor", "mode", "effects"),
    [
        ("company/b", "service_off", "hit two, broken g, broken h"),
        ("company/a", "service_off", "hit one, hit cloud-a, degraded f"),
        ("company/a", "export_ban", "hit one, degraded f"),
        ("company/a", "relicense", "hit f"),
        ("company/b", "relicense", ""),
        ("company/a", "fork", "hit f"),
        ("institution/house", "withdraw", "hit g, degraded h"),
    ],
)
def test_a_blast_reaches_what_has_no_alternative(
    ask: Ask, actor: str, mode: str, effects: str
) -> None:
    rows = ask("blast_radius", actor=actor, mode=mode)
    told = {f"{r['effect']} {r['artefact'].partition('/')[2]}" for r in rows}
    assert told == set(filter(None, effects.split(", ")))


def test_whoever_stays_on_present_versions_is_not_touched(ask: Ask) -> None:
    assert not ask("blast_radius", actor="company/a", mode="relicense", horizon=6, pinned=12)
    assert ask("blast_radius", actor="company/a", mode="relicense", horizon=13, pinned=12)


def test_a_blast_says_what_it_does_not_know(ask: Ask, found: dict[str, Found]) -> None:
    ask("blast_radius", actor="company/b")
    broken, degraded = found["blast_radius"].measures
    # F's best way is A's chip, and stays.
    assert (broken.value, degraded.value) == (pytest.approx(2 / 3), 0)
    assert (broken.n, broken.coverage) == (3, 0.6)
    assert "what 2 of 5" in found["blast_radius"].unknown[-1]


def test_a_pair_that_backs_each_other_up_is_found_with_its_synergy(ask: Ask) -> None:
    rows = {
        some(r, "one", "other", "broken_one", "broken_other", "synergy")
        for r in ask("joint_chokepoints")
    }
    third = round(1 / 3, 9)
    # a and b make the only chips of f: alone b breaks g and h, a nothing. Without a cloud, chips can still be bought.
    assert rows == {("company/a", "company/b", 0.0, round(2 / 3, 9), third)}


def test_surplus_is_power_less_work_as_an_interval(ask: Ask) -> None:
    rows = {r["party"]: r for r in ask("control_surplus", project="framework/g")}
    names = (
        "decides_low",
        "decides_high",
        "works_low",
        "works_high",
        "surplus_low",
        "surplus_high",
    )
    # The house holds merge and trademark, 0.3, and c one of three seats of its board; 20 % of the work is nobody's.
    assert some(rows["company/c"], *names) == (0.1, 0.333333333, 0.0, 0.2, -0.1, 0.333333333)
    assert some(rows["company/b"], *names) == (0.1, 0.333333333, 0.7, 0.9, -0.8, -0.366666667)


def test_over_all_frameworks_power_beyond_work_and_work_beyond_power_are_told(
    ask: Ask, found: dict[str, Found]
) -> None:
    ask("control_surplus")
    # A-sub decides alone on F and does 75 to 85 % of the work; B does at least 70 % of G, on which the house decides.
    assert found["control_surplus"].summary.startswith(
        "On 1 framework a party decides alone while others surely do part of the work, "
        "at least so much: F (A-sub, 15%)."
    )
    assert (
        "more is done than decided by B on G (does at least 70%" in found["control_surplus"].summary
    )


def test_who_decides_without_known_work_has_no_surplus(ask: Ask, found: dict[str, Found]) -> None:
    [row] = ask("control_surplus", project="framework/h")
    assert some(row, "party", "decides_low", "surplus_low") == ("company/b", 0.25, None)
    assert any("no shares of the work" in u for u in found["control_surplus"].unknown)


def test_a_seat_is_priced_by_mean_power_over_its_term(ask: Ask) -> None:
    rows = {r["member"]: r for r in ask("seat_price")}
    # a: power 1 for two years (2 of 3 votes), then 1/3 for two: mean 2/3, 300 / (2/3) = 450. b: power 0 all the time.
    assert rows["company/a"]["power_first"] == 1
    assert rows["company/a"]["power_mean"] == pytest.approx(2 / 3, rel=1e-3)
    assert rows["company/a"]["price"] == pytest.approx(450, rel=1e-3)
    assert some(rows["company/b"], "power_mean", "known", "price") == (0.0, 1.0, None)


def test_outside_work_is_an_interval(ask: Ask) -> None:
    [row] = ask("outside_work", sponsor="company/a")
    assert some(row, "framework", "commits", "outside_low", "outside_high") == (
        "framework/f",
        40,
        0.15,
        0.25,
    )


def test_without_a_history_nobody_is_said_to_be_hired(ask: Ask, found: dict[str, Found]) -> None:
    assert not ask("talent_flow", framework="framework/f", sponsor="company/a")
    assert "No history" in found["talent_flow"].summary
    assert not ask("talent_corridors", employer="company/a")


def test_counterpower_tells_apart_what_is_not_known(ask: Ask) -> None:
    rows = ask("counterpower")
    # f: one company. Of g, h and k the rights of which nobody is known might be one company's.
    assert {r["what"]: r["count"] for r in rows if r["what"] != "fork"} == {
        "one company": 1, "foundation or body": 0, "nobody alone": 0, "not known": 3}  # fmt: skip
    [fork] = [r for r in rows if r["what"] == "fork"]
    assert some(fork, "entity", "parent_name", "days") == ("framework/g", "F", None)


def test_openness_is_told_part_by_part(ask: Ask) -> None:
    [row] = ask("openness_gap", maker="company/b")
    assert some(row, "openness_class", "code", "weights", "data", "gap") == (
        None,
        0.2,
        0.0,
        0.0,
        0.2,
    )
    assert not ask("openness_gap", maker="company/a")


def test_a_duty_without_a_finding_may_be_met(ask: Ask) -> None:
    [row] = ask("duty_coverage", subject="company/b")
    assert some(row, "applicable", "met", "open", "low", "high") == (2, 1, 1, 0.5, 1.0)


def test_a_share_that_moved_and_the_event_at_which_it_broke_are_told(ask: Ask) -> None:
    rows = ask("change", before="2017-06-01", after="2023-12-31")
    [moved] = [r for r in rows if r["sort"] == "measure"]
    assert some(moved, "what", "source", "target", "from", "to") == (
        "moved",
        "company/c",
        "framework/k",
        0.8,
        0.4,
    )
    [broke] = [r for r in rows if r["what"] == "broke"]
    assert "came under an institution" in broke["detail"]
    assert "-0.400" in broke["detail"]
    # Of the four years in which it might have broken, none makes a greater difference; 2023 is not over.
    assert broke["p"] == pytest.approx(1 / 4)


def test_too_short_a_series_shows_nothing(ask: Ask, found: dict[str, Found]) -> None:
    assert not ask("feedback_loop", artefact="framework/f")
    assert "Too little is dated" in found["feedback_loop"].summary


# ------------------------------------------------------------------ the starter graph


@pytest.fixture(scope="module")
def starter(starter_home: Path) -> Iterator[stackholder.Graph]:
    with stackholder.open(starter_home, as_of="2026-11-01") as graph:
        yield graph


@pytest.mark.parametrize("name", [n for n, q in questions().items() if q.computed])
def test_every_computed_question_answers_its_own_example(
    starter: stackholder.Graph, name: str
) -> None:
    question = questions()[name]
    answer = starter.ask(name, **{p.name: p.example for p in question.parameters})
    assert answer.summary
    assert all(len(row) == len(question.columns) for row in answer.rows)
    for row in answer:
        for column in question.columns:
            value = row[column.name]
            if column.unit.startswith(("fraction", "probability")) and isinstance(value, float):
                assert 0 <= value <= 1, (column.name, value)
    assert len(question.order) >= 1


def test_no_question_is_asked_in_a_language_it_does_not_have(starter: stackholder.Graph) -> None:
    with pytest.raises(UsageError, match="computed"):
        starter.ask("funnel", framework="pytorch", language="sparql")
    with pytest.raises(UsageError, match="computed"):
        questions()["funnel"].text("cypher")


def test_pytorch_changed_hands_between_two_dates(starter: stackholder.Graph) -> None:
    answer = starter.ask("change", before="2022-09-01", after="2022-10-01", around="pytorch")
    told = {(r["what"], r["source"], r["target"]): r for r in answer if r["sort"] == "control"}
    ended = told["ended", "company/meta-platforms", "framework/pytorch"]
    assert (ended["from"], ended["to"]) == (1.0, None)
    assert ("added", "institution/pytorch-foundation", "framework/pytorch") in told
    assert answer.weakest["confidence"] <= 1
    assert answer.sources


def test_a_date_that_is_none_says_how_to_write_one(starter: stackholder.Graph) -> None:
    with pytest.raises(UsageError) as caught:
        starter.ask("change", before="yesterday")
    assert "2022-09-14" in str(caught.value.hint)
    with pytest.raises(UsageError, match="is after"):
        starter.ask("change", before="2024-01-01", after="2023-01-01")


def test_the_first_year_of_pytorchs_board_was_metas(starter: stackholder.Graph) -> None:
    rows = {r["member"]: r for r in starter.ask("seat_price", institution="pytorch-foundation")}
    assert rows["company/meta-platforms"]["power_first"] == 1
    others = [r for m, r in rows.items() if m != "company/meta-platforms"]
    assert len(others) == 5
    assert all(
        r["power_first"] == 0 and r["price"] > rows["company/meta-platforms"]["price"]
        for r in others
    )


def test_every_answer_names_its_weakest_statement_and_sources(starter: stackholder.Graph) -> None:
    answer = starter.ask("who_controls", artefact="pytorch")
    least = min(e["confidence"] for e in starter.evidence(answer.keys).values())
    assert answer.weakest["confidence"] == least
    assert answer.sources
    assert answer.summary
    assert not starter.ask("who_controls", artefact="pytorch", cite=False).weakest


def test_the_state_of_a_date_is_what_a_question_sees(starter: stackholder.Graph) -> None:
    before = stackholder.Graph(starter.home, as_of=datetime.date(2022, 9, 1))
    row = next(iter(before.ask("control_surplus", project="pytorch")))
    assert (row["party"], row["decides_low"]) == ("company/meta-platforms", 1.0)
    before.close()
