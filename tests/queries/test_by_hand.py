"""Computed questions on the graph of `tests/data/parity/graph.txt`, worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from parity.written import read_graph
from powers import row
from stackholder.measures.chance import wilson
from stackholder.queries.catalogue import questions
from stackholder.queries.view import Found, View
from states import make_state


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    state = read_graph(tmp_path_factory.mktemp("hand"))
    return View(state, lambda _: state)


def ask(view: View, name: str, **parameters: object) -> tuple[list[dict[str, Any]], Found]:
    question = questions()[name]
    found, rows = question.compute(view, question.bind(parameters))
    return [dict(zip((c.name for c in question.columns), r, strict=True)) for r in rows], found


def cells(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Some columns, ids without their kind."""
    return [tuple(_short(r[n]) for n in names) for r in rows]


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 9)
    return value.partition("/")[2] if isinstance(value, str) and "/" in value else value


# ------------------------------------------------------------------ stakes


def test_a_group_holds_each_company_once_whatever_the_number_of_statements(view: View) -> None:
    # Left out: majorities, what Alpha lends to its own Beta, Gamma's membership. What Beta gave Delta is Alpha's.
    rows, found = ask(view, "stakes_web", least=1)
    names = (
        "holder",
        "rivals",
        "target",
        "kinds",
        "equity",
        "votes",
        "closed",
        "announced",
        "exclusive",
    )
    assert cells(rows, *names) == [
        ("alpha", 2, "epsilon", "equity", None, None, None, 5e6, None),
        ("alpha", 2, "delta", "grant, shareholding", 0.2, 0.1, None, None, True),
        ("gamma", 2, "delta", None, 0.3, None, None, None, None),
        ("gamma", 2, "epsilon", None, None, 0.4, None, None, None),
    ]
    assert len(rows[1]["edge"].split()) == 4
    assert rows[0]["cloud_commitment"] is True
    assert [r["shared_by"] for r in rows] == [2, 2, 2, 2]
    assert found.summary.startswith(
        "Alpha, Gamma & Söhne hold stakes in or fund 2 other companies each, the most."
    )
    assert "Most money, as far as it is stated: Alpha USD 5 m announced." in found.summary
    assert found.unknown == ("the amount of 3 of 4 ties",)
    assert not ask(view, "stakes_web", least=3)[0]


def test_a_running_total_holds_what_was_paid_before_and_an_intent_is_no_money(
    tmp_path: Path,
) -> None:
    payer, firm, other = ("Company", "p"), ("Company", "q"), ("Company", "r")
    usd = {"currency": "USD", "kind": "equity"}
    state = make_state(
        tmp_path,
        {"Company": [{"id": i, "name": i.upper()} for i in "pqr"]},
        {
            "FUNDS": [
                row(
                    payer,
                    firm,
                    amount=8.0,
                    closed="2024-01-01",
                    stage="closed",
                    cumulative=True,
                    **usd,
                ),
                row(payer, firm, amount=3.0, closed="2023-01-01", stage="closed", **usd),
                row(payer, firm, amount=5.0, announced="2025-01-01", stage="announced", **usd),
                row(
                    payer,
                    firm,
                    amount=100.0,
                    announced="2025-06-01",
                    stage="letter_of_intent",
                    **usd,
                ),
                row(payer, other, kind="equity"),
            ]
        },
    )
    rows, found = ask(View(state, lambda _: state), "stakes_web")
    assert cells(rows, "target", "closed", "announced", "intended") == [
        ("q", 8.0, 5.0, 100.0),
        ("r", None, None, None),
    ]
    assert "P USD 8 closed and USD 5 announced" in found.summary


# ------------------------------------------------------------------ multiplier


@pytest.mark.parametrize(
    ("framework", "expected"),
    [
        # Oak: Pine (said thrice), Fern, Twig; then Moss through Pine and Far through Sky; Sky is no framework. Twig has
        # no known governor; of Pine and Fern, Fern shares Trust with Oak. The ring counts its other half only.
        ("oak", (3, 4, 4 / 3, 2, 1, 0.5, 2, 1)),
        ("core", (2, 5, 2.5, 2, 1, 0.5, 0, 0)),
        ("pine", (1, 1, 1.0, 0, 0, None, 1, 1)),
        ("lone", (0, 0, None, 0, 0, None, 0, 0)),
        ("ring1", (1, 1, 1.0, 0, 0, None, 0, 0)),
    ],
)
def test_what_builds_on_a_framework_is_counted_once(
    view: View, framework: str, expected: tuple[Any, ...]
) -> None:
    rows, _ = ask(view, "multiplier", framework=f"framework/{framework}")
    names = (
        "direct",
        "reach",
        "multiplier",
        "governed",
        "external",
        "external_share",
        "packages",
        "adopters",
    )
    assert cells(rows, *names) == [tuple(_short(v) for v in expected)]


def test_whose_it_is_is_not_known_where_nobody_is_known_to_govern(tmp_path: Path) -> None:
    builder, base = ("Framework", "builder"), ("Framework", "base")
    state = make_state(
        tmp_path,
        {"Framework": [{"id": "builder", "name": "Builder"}, {"id": "base", "name": "Base"}]},
        {
            "DEPENDS_ON": [row(builder, base, kind="runtime")],
            "GOVERNS": [row(("Company", "x"), builder, rights=["merge"])],
            "COUNTS": [
                row(
                    ("Company", "x"),
                    base,
                    what="dependents",
                    value=float(v),
                    valid_from=day,
                )
                for v, day in ((900, "2023-01-01"), (700, "2024-01-01"))
            ],
        },
    )
    rows, found = ask(View(state, lambda _: state), "multiplier", framework="framework/base")
    assert cells(rows, "direct", "governed", "external_share") == [(1, 0, None)]
    assert "Whose they are is not known." in found.summary
    # The latest count, not the greatest.
    assert cells(rows, "published") == [(700.0,)]
    assert found.summary.startswith("700 public dependents of Base are counted by")


def test_frameworks_are_ranked_by_what_outsiders_build_on_them(view: View) -> None:
    rows, found = ask(view, "multiplier")
    assert cells(rows[:2], "framework", "external", "reach") == [("core", 1, 5), ("fast", 1, 5)]
    assert all(r["direct"] for r in rows)
    tie = "Others build most on Core, Fast, Nice and 1 more: 1 direct dependent each that is not of its own governors"
    assert found.summary.startswith(tie)
    # Of what builds on Pine nobody's governors are known: that is no zero.
    assert "Pine" not in found.summary


# ------------------------------------------------------------------ industries


@pytest.mark.parametrize(
    ("artefact", "bank", "farm"),
    [
        # Gamma by Pine, Delta by itself, Epsilon by Moss, which needs Pine. Alpha is not known to use anything.
        ("framework/oak", (2, 1), (2, 1)),
        # Oak and Moss run best on Chip, and Trust uses it.
        ("processor/chip", (3, 1), (2, 0)),
        # Pine runs on no other cloud than Sea.
        ("cloud-platform/sea", (2, 1), (2, 1)),
        # Core is three steps from Moss.
        ("framework/core", (2, 0), (1, 0)),
        # Oak needs Fast or Slow, and runs worse on Slab; how well Pine runs there is not stated.
        ("framework/fast", (0, 0), (0, 0)),
        ("processor/slab", (0, 0), (0, 0)),
    ],
)
def test_an_industry_leans_on_what_has_no_alternative(
    view: View, artefact: str, bank: tuple[int, int], farm: tuple[int, int]
) -> None:
    rows, _ = ask(view, "industry_dependence", artefact=artefact)
    told = {r["industry"].partition("/")[2]: (r["dependent"], r["direct"]) for r in rows}
    assert told == {"bank": bank, "farm": farm}
    assert all(r["adopters"] == 3 for r in rows)


def test_over_all_industries_an_adopter_counts_once(view: View) -> None:
    rows, found = ask(view, "industry_dependence")
    first = {r["artefact"]: r for r in rows}
    # Gamma, Delta, Epsilon and Trust of five adopters; Delta does business in both industries.
    assert cells([first["processor/chip"]], "adopters", "dependent", "direct", "industries") == [
        (5, 4, 1, 2)
    ]
    assert rows[0]["artefact"] == "processor/chip"
    assert "5 organisations of 2 industries" in found.summary
    assert "lean most on Chip (4); then" in found.summary


def test_a_share_is_not_told_of_too_few_adopters(view: View) -> None:
    assert (
        "most of " in ask(view, "industry_dependence", artefact="framework/oak", least=3)[1].summary
    )
    summary = ask(view, "industry_dependence", artefact="framework/oak", least=4)[1].summary
    assert summary.endswith("no industry has 4 known adopters or more.")


def test_wilsons_interval_of_few_cases() -> None:
    # Newcombe 1998, table I: 15 of 148 is 0.0624 to 0.1605, and 0 of 20 is 0 to 0.1611.
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
