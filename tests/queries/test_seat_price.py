"""The price of a say where several bodies and currencies are known."""

from __future__ import annotations

import datetime
from pathlib import Path

from stackholder.queries.catalogue import questions
from stackholder.queries.view import Found, View
from states import make_state

TERM = {"valid_from": datetime.date(2020, 1, 1), "valid_to": datetime.date(2021, 1, 1)}


def priced(folder: Path, *payments: tuple[str, int, str]) -> Found:
    """The answer where each member sits alone in a board of its own, and so has all the power there for its fee."""
    houses = [name for name, *_ in payments]
    board = {"rule": "one_member_one_vote", "quota": 0.5, "quota_strict": True}
    state = make_state(
        folder,
        {
            "Company": [{"id": f"member-{n}", "name": f"Member {n}"} for n in houses],
            "Institution": [{"id": n, "name": n} for n in houses],
            "GoverningBody": [{"id": f"board-{n}", "name": f"Board {n}", **board} for n in houses],
        },
        {
            "GOVERNS": [
                {"source": ("GoverningBody", f"board-{n}"), "target": ("Institution", n)}
                for n in houses
            ],
            "HAS_SEAT": [
                {"source": ("Company", f"member-{n}"), "target": ("GoverningBody", f"board-{n}")}
                for n in houses
            ],
            "FUNDS": [
                {
                    "source": ("Company", f"member-{name}"),
                    "target": ("Institution", name),
                    "kind": "membership",
                    "amount": amount,
                    "currency": currency,
                    **TERM,
                }
                for name, amount, currency in payments
            ],
        },
    )
    question = questions()["seat_price"]
    answer, _ = question.compute(View(state, lambda _: state), question.bind({}))
    return answer


def test_the_cheapest_say_is_the_cheapest_of_all_bodies(tmp_path: Path) -> None:
    answer = priced(tmp_path, ("a", 900, "USD"), ("z", 300, "USD"))
    assert [r["body"] for r in answer.rows] == ["governing-body/board-a", "governing-body/board-z"]
    assert answer.summary.startswith(
        "The cheapest say cost 300 USD per unit of power (Member z, Board z)."
    )
    assert [m.value for m in answer.measures] == [300, 900]


def test_prices_in_two_currencies_are_not_compared(tmp_path: Path) -> None:
    answer = priced(tmp_path, ("a", 900, "USD"), ("b", 300, "USD"), ("c", 100, "EUR"))
    assert answer.summary.startswith(
        "The cheapest say cost 100 EUR per unit of power (Member c, Board c) "
        "or 300 USD per unit of power (Member b, Board b)."
    )


def test_who_paid_the_same_is_named_as_well(tmp_path: Path) -> None:
    answer = priced(tmp_path, ("a", 900, "USD"), ("b", 300, "USD"), ("c", 300, "USD"))
    assert answer.summary.startswith(
        "The cheapest say cost 300 USD per unit of power (Member b, Board b; Member c, Board c)."
    )


def test_a_yearly_fee_without_a_date_is_priced_by_what_is_sure_today(tmp_path: Path) -> None:
    firms = [("Company", i) for i in "pqr"]
    house, board = ("Institution", "h"), ("GoverningBody", "b")
    state = make_state(
        tmp_path,
        {
            "Company": [{"id": i, "name": i.upper()} for i in "pqr"],
            "Institution": [{"id": "h", "name": "H"}],
            "GoverningBody": [{"id": "b", "name": "B", "size": 4}],
        },
        {
            "GOVERNS": [{"source": board, "target": house, "rights": ["admin"]}],
            "HAS_SEAT": [{"source": f, "target": board} for f in firms],
            "FUNDS": [
                {
                    "source": firms[0],
                    "target": house,
                    "kind": "membership",
                    "amount": 100,
                    "currency": "USD",
                }
            ],
        },
    )
    question = questions()["seat_price"]
    [row] = question.compute(View(state, lambda _: state), question.bind({}))[0].rows
    # One of four seats; that of nobody known may be its own as well: up to one half is not sure.
    assert (row["power_mean"], row["price_year"]) == (None, None)
    whole = make_state(
        tmp_path,
        {
            "Company": [{"id": i, "name": i.upper()} for i in "pqr"],
            "Institution": [{"id": "h", "name": "H"}],
            "GoverningBody": [{"id": "b", "name": "B"}],
        },
        {
            "GOVERNS": [{"source": board, "target": house, "rights": ["admin"]}],
            "HAS_SEAT": [{"source": f, "target": board} for f in [*firms, ("Company", "s")]],
            "FUNDS": [
                {
                    "source": firms[0],
                    "target": house,
                    "kind": "membership",
                    "amount": 100,
                    "currency": "USD",
                }
            ],
        },
    )
    answer, _ = question.compute(View(whole, lambda _: whole), question.bind({}))
    assert [(r["power_mean"], r["price"], r["price_year"]) for r in answer.rows] == [
        (0.25, 400.0, 400.0)
    ]
    assert answer.unknown == ("the term of 1 payment: taken as one year",)


def test_terms_of_different_length_are_compared_by_the_year(tmp_path: Path) -> None:
    answer = priced(tmp_path, ("a", 900, "USD"), ("z", 300, "USD"))
    years = 366 / 365.25
    assert [round(r["price_year"], 6) for r in answer.rows] == [
        round(p / years, 6) for p in (900, 300)
    ]
    assert answer.summary.endswith(
        " A unit of power a year, the least in each: Board z 299 USD, Board a 898 USD."
    )
