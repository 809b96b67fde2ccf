"""Questions over the whole stack, on a graph that can be worked out by hand.

Top (US) owns Sub, whose cloud offers the chip of Chips (TW), fabricated by Other (CN). Sub alone decides on F, Start
(FR) on K, nobody on H. The crew of G has four seats: two of persons whom Top and Sub employ, one of a person whose
employer is not known, one of Other. K and H need G. Top gave Start 10, which spends 7 at Sub's cloud; so did Chips.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from powers import ALL_RIGHTS, row
from stackholder.errors import UsageError
from stackholder.queries.catalogue import questions
from stackholder.queries.view import Found, View
from states import make_state

COMPANY, FRAMEWORK, PERSON, BODY = "Company", "Framework", "Contributor", "GoverningBody"


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    top, sub, chips, start, other = (
        (COMPANY, i) for i in ("top", "sub", "chips", "start", "other")
    )
    f, g, h, k = ((FRAMEWORK, i) for i in "fghk")
    crew, board, cloud, chip = (
        (BODY, "crew"),
        (BODY, "board"),
        ("CloudPlatform", "cloud"),
        ("Processor", "chip"),
    )
    house = ("Institution", "house")
    state = make_state(
        tmp_path_factory.mktemp("stack"),
        {
            COMPANY: [
                {"id": "top", "name": "Top", "jurisdiction": "US"},
                {"id": "sub", "name": "Sub", "jurisdiction": "US-DE"},
                {"id": "chips", "name": "Chips", "jurisdiction": "TW"},
                {"id": "start", "name": "Start", "jurisdiction": "FR"},
                {"id": "other", "name": "Other", "jurisdiction": "CN"},
            ],
            "Institution": [{"id": "house", "name": "House"}],
            PERSON: [{"id": f"p{i}", "name": f"P{i}"} for i in (1, 2, 3)],
            FRAMEWORK: [{"id": i, "name": i.upper()} for i in "fghk"],
            BODY: [{"id": "crew", "name": "Crew", "size": 4}, {"id": "board", "name": "Board"}],
            "CloudPlatform": [{"id": "cloud", "name": "Cloud"}],
            "Processor": [{"id": "chip", "name": "Chip"}],
        },
        {
            "OWNS": [row(top, sub, votes=1.0)],
            "EMPLOYS": [row(top, (PERSON, "p1")), row(sub, (PERSON, "p2"))],
            "HAS_SEAT": [
                *(row((PERSON, p), crew) for p in ("p1", "p2", "p3")),
                row(other, crew),
                row(sub, board),
                row(other, board),
                row(chips, board),
            ],
            "GOVERNS": [
                row(sub, f, rights=ALL_RIGHTS),
                row(start, k, rights=ALL_RIGHTS),
                row(crew, g, rights=[r for r in ALL_RIGHTS if r != "trademark"]),
            ],
            "DEPENDS_ON": [row(k, g, kind="runtime"), row(h, g, kind="runtime")],
            "PROVIDES": [row(sub, cloud), row(chips, chip)],
            "OFFERS": [row(cloud, chip)],
            "SUPPLIES": [row(other, chip, part="fabrication")],
            "FUNDS": [
                row(top, start, amount=10.0, currency="USD", kind="equity"),
                row(chips, start, kind="equity"),
                row(top, house, amount=5.0, currency="USD", kind="membership"),
            ],
            "USES": [row(start, cloud, spend=7.0)],
        },
    )
    return View(state, lambda _: state)


def ask(view: View, name: str, **parameters: object) -> tuple[list[dict[str, Any]], Found]:
    question = questions()[name]
    found, rows = question.compute(view, question.bind(parameters))
    return [dict(zip((c.name for c in question.columns), r, strict=True)) for r in rows], found


def some(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [
        tuple(round(v, 9) if isinstance(v, float) else v for v in (r[n] for n in names))
        for r in rows
    ]


# ------------------------------------------------------------------ reach_of


def test_what_one_holds_is_told_power_by_power_sure_first(view: View) -> None:
    rows, found = ask(view, "reach_of", holder="company/top")
    decides = [r for r in rows if r["power"] == "decides" and r["kind"] == FRAMEWORK]
    # Two of four seats of who holds 0.95 of the rights; with the unknown one the majority, and with it 1.
    assert some(decides, "thing_name", "sure", "low", "high", "needed_by") == [
        ("F", True, 1.0, 1.0, 0),
        ("G", False, 0.475, 1.0, 2),
    ]
    assert some([r for r in rows if r["power"] == "pays"], "thing_name", "amount") == [
        ("Start", 10.0),
        ("House", 5.0),
    ]
    assert found.summary.startswith("Top: sure to decide on 1 framework, 1 cloud or service.")
    assert "a part in deciding on 3 more: G (0.48–1), Crew (0.50–1), Board (0.33)" in found.summary


def test_the_holdings_of_a_subsidiary_are_not_its_owners(view: View) -> None:
    rows, _ = ask(view, "reach_of", holder="company/start")
    assert {r["thing_name"] for r in rows if r["power"] == "decides"} == {"K"}


def test_persons_whose_employer_is_not_known_are_not_the_body_they_sit_in(view: View) -> None:
    rows, _ = ask(view, "reach_of", holder="governing-body/crew")
    assert some(rows, "holder_name", "thing_name", "low", "high") == [("Crew", "G", 0.95, 1.0)]


def test_without_a_holder_each_is_told_by_what_is_needed_most(view: View) -> None:
    rows, found = ask(view, "reach_of")
    assert {r["holder_name"] for r in rows if r["power"] == "decides"} == {"Sub", "Start", "Chips"}
    assert all(r["sure"] for r in rows if r["power"] == "decides")
    # Nobody alone surely decides on what others need.
    assert "Nobody is known to decide on anything that others need" in found.summary


# ------------------------------------------------------------------ league


def test_the_league_counts_each_power_by_itself(view: View) -> None:
    rows, found = ask(view, "league")
    by = {r["party_name"]: r for r in rows}
    # F is one of six of the reach: F, G with K and H, H, K.
    assert some([by["Top"]], "frameworks", "reach", "clouds", "pays", "paid", "sits") == [
        (1, round(1 / 6, 9), 1, 15.0, 2, 2)
    ]
    assert by["Top"]["possible"] == 1
    assert "Sub" not in by
    assert by["Chips"]["pays"] is None
    assert by["Chips"]["paid"] == 1
    assert "the amount of 1 of 3 payments" in found.unknown


def test_a_tie_in_the_league_is_told_as_one(view: View) -> None:
    _, found = ask(view, "league")
    assert found.summary.startswith(
        "Start and Top surely decide on most frameworks: 1, 17% of all reach, each."
    )
    assert "Other and Top sit in most bodies: 2, each; then Chips (1)." in found.summary


def test_the_league_is_led_by_the_power_that_is_asked(view: View) -> None:
    rows, found = ask(view, "league", by="pays")
    assert rows[0]["party_name"] == "Top"
    assert found.summary.startswith("Top gave most")


# ------------------------------------------------------------------ interlocks


def test_bodies_that_share_firms_count_a_group_once_and_name_who_sits(view: View) -> None:
    [pair], found = ask(view, "interlocks")
    assert some(
        [pair], "one_name", "other_name", "shared", "firms_one", "firms_other", "unknown"
    ) == [("Board", "Crew", 2, 3, 2, 1)]
    assert pair["firms"] == "Other, Top"
    assert not pair["one_house"]
    # Both draw from three firms, one all of them: two shared are sure.
    assert (pair["p"], pair["corrected"]) == (1.0, 1.0)
    assert "none shares more firms than chance would give" in found.summary
    assert "for whom 1 person in these bodies work is not known" in found.unknown


def test_interlocks_of_one_firm_or_body(view: View) -> None:
    assert not ask(view, "interlocks", who="company/chips")[0]
    assert "sits in 2 of the 2 bodies" in ask(view, "interlocks", who="company/sub")[1].summary
    rows, found = ask(view, "interlocks", who="governing-body/crew")
    assert len(rows) == 1
    assert "most with Board" in found.summary


# ------------------------------------------------------------------ circular money


def test_money_that_comes_back_is_found_over_two_hops_and_three(view: View) -> None:
    rows, found = ask(view, "circular_money")
    names = (
        "investor_name",
        "receiver_name",
        "through_name",
        "invested",
        "spent",
        "promised",
        "hops",
    )
    assert some(rows, *names) == [
        ("Top", "Start", None, 10.0, 7.0, True, 2),
        # Start buys from Top's cloud, which has the chip of Chips on offer.
        ("Chips", "Start", "Top", None, 7.0, True, 3),
    ]
    assert found.summary.startswith("1 circle of two")
    assert "Start (USD 10 from Top, USD 7 to be spent there)" in found.summary
    assert "of 1 of 2 circles" in found.unknown[0]


def test_a_stake_is_told_with_what_is_bought_back_and_decided(view: View) -> None:
    rows, found = ask(view, "stakes_web", least=1)
    assert some(rows, "holder_name", "target_name", "announced", "buys", "decides_low") == [
        ("Chips", "Start", None, None, None),
        ("Top", "Start", 10.0, "Cloud", None),
    ]
    assert "In 1 of 2 ties the company buys of its holder." in found.summary


def test_a_membership_is_no_circle(view: View) -> None:
    rows, found = ask(view, "circular_money", firm="institution/house")
    assert not rows
    assert "No circle with House in it" in found.summary


# ------------------------------------------------------------------ jurisdictions


def test_a_layer_is_split_by_who_surely_decides_and_keeps_what_is_not_known(view: View) -> None:
    rows, found = ask(view, "jurisdictions")
    frameworks = [r for r in rows if r["layer"] == "frameworks"]
    # Of G, Top has 0.475 and Other 0.2375: most of it is known, and no country has more than one half.
    assert some(frameworks, "jurisdiction", "things", "decided", "at_most", "first") == [
        ("FR", 1, 0.25, 0.5, "Start (1)"),
        ("US", 1, 0.25, 0.5, "Top (1)"),
        ("not known", 1, 0.25, 0.25, None),
        ("shared", 1, 0.25, 0.5, None),
    ]
    assert [r["jurisdiction"] for r in rows if r["layer"] == "chips by foundry"] == ["CN"]
    assert "frameworks: FR and US 25% to 50%" in found.summary
    assert found.unknown == ("where 1 of 4 frameworks lie",)


def test_an_unknown_jurisdiction_says_which_there_are(view: View) -> None:
    assert ask(view, "jurisdictions", jurisdiction="tw")[0][0]["layer"] == "chips"
    with pytest.raises(UsageError) as caught:
        ask(view, "jurisdictions", jurisdiction="XX")
    assert "CN, FR, TW, US" in str(caught.value.hint)


# ------------------------------------------------------------------ what would settle


def test_the_employer_that_would_settle_a_majority_comes_first(view: View) -> None:
    rows, found = ask(view, "what_would_settle", thing="framework/g")
    assert some(rows, "missing", "facts", "width", "settles") == [
        ("the employer of 1 person in Crew", 1, 0.525, "whether Top has the majority in Crew"),
        ("who holds the right to trademark over G", 1, 0.05, None),
    ]
    assert found.summary.startswith(
        "One fact would settle whether Top has the majority in Crew: the employer of"
    )


def test_where_all_is_known_no_fact_is_missing(view: View) -> None:
    rows, found = ask(view, "what_would_settle", thing="framework/f")
    assert not rows
    assert found.summary == "No missing fact is seen that would narrow an answer about F."


def test_over_all_things_a_fact_weighs_by_what_needs_them(view: View) -> None:
    rows, found = ask(view, "what_would_settle")
    # G is needed by two: 0.525 three times; on H alone nobody is known to decide.
    assert some(rows[:2], "missing", "weight", "things", "needed_by") == [
        ("the employer of 1 person in Crew", 1.575, 1, 2),
        ("who decides on H", 1.0, 1, 0),
    ]
    assert "2 single facts would each settle an answer; next: who decides on H." in found.summary


# ------------------------------------------------------------------ an empty graph


@pytest.mark.parametrize(
    "name",
    ["reach_of", "league", "interlocks", "circular_money", "jurisdictions", "what_would_settle"],
)
def test_an_empty_graph_is_answered_and_not_known(tmp_path: Path, name: str) -> None:
    state = make_state(tmp_path, {COMPANY: [{"id": "x", "name": "X"}], FRAMEWORK: [], BODY: []}, {})
    rows, found = ask(View(state, lambda _: state), name)
    assert not rows
    assert found.summary.startswith(("Nobody", "No ", "Of nothing"))
