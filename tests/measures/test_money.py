"""Money of one payer to one receiver: what may be added, and what is part of something else."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st
from stackholder.measures.money import Payment, Sums, total


def paid(
    amount: float | None,
    day: str | None = None,
    *,
    cumulative: bool = False,
    stage: str | None = "closed",
    dollars: bool = True,
) -> Payment:
    when = datetime.date.fromisoformat(day) if day else None
    return Payment(amount, dollars, stage, cumulative, when)


def test_single_payments_add_up() -> None:
    """Amazon to Anthropic: 4 bn in 2023, 4 bn in 2024."""
    assert total([paid(4e9, "2023-09-25"), paid(4e9, "2024-11-22")]) == Sums(8e9, 0.0)


def test_a_running_total_holds_what_was_paid_before_it() -> None:
    single = [paid(1e9, "2019-07-22"), paid(2e9, "2021-01-01"), paid(10e9, "2023-01-23")]
    running = paid(13e9, "2024-06-01", cumulative=True)
    assert total([*single, running]) == Sums(13e9, 0.0)
    assert total([*single, running, paid(0.75e9, "2024-10-02")]) == Sums(13.75e9, 0.0)


def test_a_payment_without_a_date_lies_within_the_running_total() -> None:
    assert total([paid(5e9), paid(13e9, "2024-06-01", cumulative=True)]).paid == 13e9


def test_of_several_running_totals_the_largest_counts() -> None:
    totals = [paid(a, d, cumulative=True) for a, d in ((11e9, "2023-01-01"), (13e9, "2024-06-01"))]
    assert total(totals) == Sums(13e9, 0.0)


def test_of_equal_running_totals_the_latest_counts() -> None:
    totals = [paid(5e9, d, cumulative=True) for d in ("2023-01-01", "2024-01-01")]
    between = paid(1e9, "2023-06-01")
    assert total([*totals, between]) == total([between, *reversed(totals)]) == Sums(5e9, 0.0)


def test_a_letter_of_intent_is_no_payment() -> None:
    """NVIDIA to OpenAI: 100 bn were intended in 2025, 30 bn came in 2026."""
    intended = paid(100e9, "2025-09-22", stage="letter_of_intent")
    assert total([intended]) == Sums(None, 100e9)
    assert total([intended, paid(30e9, "2026-02-27")]) == Sums(30e9, 100e9)


def test_an_announcement_counts_as_firm() -> None:
    assert total([paid(2e9, "2026-01-26", stage="announced")]) == Sums(2e9, 0.0)
    assert total([paid(2e9, stage=None)]) == Sums(2e9, 0.0)


def test_other_currencies_and_unknown_amounts_are_not_added() -> None:
    assert total([paid(1.3e9, dollars=False), paid(None)]) == Sums(None, 0.0)
    assert total([paid(1.3e9, dollars=False), paid(1e9)]) == Sums(1e9, 0.0)


def test_nothing_is_not_zero() -> None:
    assert total([]) == Sums(None, 0.0)
    assert total([paid(0.0)]) == Sums(0.0, 0.0)


PAYMENTS = st.lists(
    st.builds(
        Payment,
        st.sampled_from([None, 1.0, 2.0, 5.0]),
        st.booleans(),
        st.sampled_from([None, "closed", "letter_of_intent"]),
        st.booleans(),
        st.sampled_from([None, datetime.date(2023, 1, 1), datetime.date(2024, 1, 1)]),
    ),
    max_size=5,
)


@given(PAYMENTS)
def test_the_sum_is_no_less_than_its_largest_part_and_no_more_than_all(
    payments: list[Payment],
) -> None:
    found = total(payments)
    firm = [
        p.amount
        for p in payments
        if p.amount is not None and p.dollars and p.stage != "letter_of_intent"
    ]
    running = [p.amount or 0.0 for p in payments if p.cumulative and p.amount in firm]
    assert (found.paid is None) == (not firm)
    if found.paid is not None:
        assert found.paid <= sum(firm)
        assert not running or found.paid >= min(running)
    assert total(reversed(payments)) == found
